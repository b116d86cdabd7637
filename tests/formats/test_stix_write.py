"""Reports written as STIX 2.1: valid, deterministic, without a word on who did it; a file that was read stays whole."""

from __future__ import annotations

import copy
import datetime as dt
import json
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stix_misp_cases import AT, STAMP, real_bundles, stix_errors

from knowledge import KNOWLEDGE
from proxeny.actions.identify import identify
from proxeny.base.errors import InputError
from proxeny.formats.detect import read
from proxeny.formats.outgoing import Author, Outgoing
from proxeny.formats.stix.incident import CORE
from proxeny.formats.stix.write import write
from proxeny.formats.stix.write_objects import TERMS_EXTENSION
from proxeny.identify.report import Indicator, Marking, Report, Stated, Tag, Withheld
from shared import CORPUS

Object = dict[str, Any]

REPORT = Report(
    digest="sha256:0",
    format="text",
    title="Files encrypted at a works",
    text="Files encrypted at a works. Ransomware stopped the plant.",
    language="en",
    occurred=dt.datetime(2026, 3, 1, 20, tzinfo=dt.UTC),
    reported=dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC),
    states=("XA", "XB"),
    sectors=("nis2:energy",),
    tags=(Tag(scheme="attack", code="T1486", raw="T1486", at=""),),
    indicators=(
        Indicator(type="ipv4", value="192.0.2.1", role="source", port=445, protocol="tcp"),
        Indicator(type="ipv6", value="2001:db8::1", role="target"),
        Indicator(type="domain", value="a.example"),
        Indicator(type="url", value="http://a.example/b"),
        Indicator(type="email", value="a@b.example"),
        Indicator(type="md5", value="0" * 32),
        Indicator(type="filename", value="it's\\a.exe"),
        Indicator(type="asn", value="AS64500"),
        Indicator(type="cve", value="CVE-2026-10001"),
        Indicator(type="mac", value="00:00:5e:00:53:01"),
        Indicator(type="other", value="x"),
    ),
    stated=(Stated(path="records.persons", value=7.0, words="7 records", at="", state="XA"),),
    marking=Marking(tlp="TLP:AMBER+STRICT", pap="PAP:GREEN"),
    reporter="Works desk",
    withheld=(Withheld(kind="actor", value="GROUP NINE", at="/x"),),
)
CODES = {"stix-incident": ["ransomware"], "rsit": ['malicious-code="ransomware"']}
SAID = (("ransomware", "type"), ("malicious", "cause"))


def outgoing(report: Report = REPORT, **more: Any) -> Outgoing:
    given: dict[str, Any] = {"report": report, "at": AT, "codes": CODES, "said": SAID}
    return Outgoing(**given | more)


def objects_of(out: Outgoing) -> list[Object]:
    found: list[Object] = json.loads(write(out).data)["objects"]
    return found


def of_type(items: list[Object], kind: str) -> list[Object]:
    return [item for item in items if item["type"] == kind]


def test_an_incident_bears_the_extension_and_the_terms() -> None:
    (incident,) = of_type(objects_of(outgoing()), "incident")
    core = incident["extensions"][CORE]
    assert core["incident_types"] == ["ransomware"]
    assert {"determination", "investigation_status"} <= core.keys()
    terms = incident["extensions"][TERMS_EXTENSION]
    assert (terms["types"], terms["causes"]) == (["ransomware"], ["malicious"])
    assert {'proxeny:type="ransomware"', 'rsit:malicious-code="ransomware"', "PAP:GREEN"} <= set(
        incident["labels"]
    )


def test_what_is_written_passes_the_validator_in_strict_mode() -> None:
    assert stix_errors(json.loads(write(outgoing()).data)) == []


@pytest.mark.parametrize("language", ["ar", "en", "es", "fr", "ru", "zh"])
def test_response_actions_are_named_in_the_language_of_the_recipient(language: str) -> None:
    found = identify(REPORT, KNOWLEDGE, language=language)
    concept = KNOWLEDGE.terminology.concept
    out = outgoing(found=found, language=language, label=lambda slug: concept(slug).label[language])
    items = objects_of(out)
    assert stix_errors(json.loads(write(out).data)) == []
    measures = of_type(items, "course-of-action")
    assert len(measures) == len(found.responses) > 0
    if language == "en":
        assert [one["name"] for one in measures] == [concept(f.slug).label["en"] for f in found.responses]
        assert not of_type(items, "language-content")
    else:
        told = {
            one["object_ref"]: one["contents"][language]["name"] for one in of_type(items, "language-content")
        }
        wanted = {
            one["id"]: concept(f.slug).label[language]
            for one, f in zip(measures, found.responses, strict=True)
        }
        assert told == wanted


def test_the_report_comes_back_when_it_is_read() -> None:
    (back,) = read(write(outgoing()).data, "x")
    for field in ("kind", "title", "marking", "language", "occurred", "reported"):
        assert getattr(back, field) == getattr(REPORT, field), field
    told = {(one.type, one.value) for one in REPORT.indicators} - {("other", "x")}
    assert {(one.type, one.value) for one in back.indicators} == told
    assert {"proxeny", "rsit", "stix-incident", "attack"} <= {tag.scheme for tag in back.tags}


def test_the_states_affected_are_places_of_the_incident() -> None:
    items = objects_of(outgoing())
    (incident,) = of_type(items, "incident")
    places = {item["id"]: item["country"] for item in of_type(items, "location")}
    located = [item for item in of_type(items, "relationship") if item["relationship_type"] == "located-at"]
    assert [(one["source_ref"], places[one["target_ref"]]) for one in located] == [
        (incident["id"], "XA"),
        (incident["id"], "XB"),
    ]


def test_what_was_hit_is_observed_and_never_looked_for() -> None:
    items = objects_of(outgoing())
    assert not any("2001:db8::1" in one["pattern"] for one in of_type(items, "indicator"))
    assert [one["value"] for one in of_type(items, "ipv6-addr")] == ["2001:db8::1"]


def test_who_did_it_is_told_as_withheld_and_never_written() -> None:
    written = write(outgoing())
    assert b"GROUP NINE" not in written.data
    assert [loss.at for loss in written.losses if "never exported" in loss.why] == ["withheld"]
    kinds = {item["type"] for item in json.loads(written.data)["objects"]}
    assert kinds.isdisjoint({"threat-actor", "intrusion-set", "campaign"})


def test_what_stix_cannot_say_is_named() -> None:
    assert {loss.at for loss in write(outgoing()).losses} == {"indicators/10", "indicators", "withheld"}


def test_a_report_that_is_on_no_incident_becomes_a_report() -> None:
    for kind, word in (
        ("threat-report", "threat-report"),
        ("indicators", "indicator"),
        ("advisory", "vulnerability"),
    ):
        out = outgoing(Report(digest="sha256:1", format="text", kind=kind, text="x"), said=(), codes={})  # type: ignore[arg-type]
        (found,) = of_type(objects_of(out), "report")
        assert found["report_types"] == [word]
        assert stix_errors(json.loads(write(out).data)) == []


def test_the_same_report_gives_the_same_bytes_and_another_author_another_identity() -> None:
    assert write(outgoing()).data == write(outgoing()).data
    one, other = (objects_of(outgoing(author=Author(name=name))) for name in ("Desk A", "Desk B"))
    assert of_type(one, "incident")[0]["created_by_ref"] != of_type(other, "incident")[0]["created_by_ref"]


WORDS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20)
INDICATORS = st.lists(st.sampled_from(REPORT.indicators), max_size=6)


@given(WORDS, WORDS, INDICATORS, st.sampled_from(["incident", "exercise", "indicators", "reference"]))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_report_gives_a_bundle_that_is_read(
    title: str, text: str, indicators: list[Indicator], kind: Any
) -> None:
    report = Report(
        digest="sha256:2", format="text", kind=kind, title=title, text=text, indicators=tuple(indicators)
    )
    (back,) = read(write(outgoing(report, said=())).data, "x")
    told = {(one.type, one.value) for one in indicators} - {("other", "x")}
    assert {(one.type, one.value) for one in back.indicators} == told


# Reading, then writing the same format.


def thing(kind: str, number: int, **more: Any) -> Object:
    name = f"{kind}--00000000-0000-4000-8000-{number:012d}"
    return {"type": kind, "id": name, "spec_version": "2.1", "created": STAMP, "modified": STAMP, **more}


def bundle(*items: Object, **more: Any) -> Object:
    return {
        "type": "bundle",
        "id": "bundle--00000000-0000-4000-8000-000000000000",
        "objects": list(items),
        **more,
    }


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-9, 9), WORDS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=3)),
    max_leaves=6,
)
OWN = st.dictionaries(st.from_regex(r"x_[a-z]{1,6}", fullmatch=True), JSON, max_size=4)


@given(OWN, OWN, OWN)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_member_that_is_not_understood_stays(one: Object, other: Object, around: Object) -> None:
    document = bundle(thing("incident", 1, name="x", **one), thing("x-of-tomorrow", 2, **other), **around)
    before = copy.deepcopy(document)
    (report,) = read(json.dumps(document).encode(), "x")
    written = json.loads(write(outgoing(report, document=document)).data)
    assert document == before
    assert written["objects"][:2] == before["objects"]
    assert {key: held for key, held in written.items() if key != "objects"} == {
        key: held for key, held in before.items() if key != "objects"
    }
    (note,) = of_type(written["objects"], "note")
    assert note["object_refs"] == [before["objects"][0]["id"]]
    assert 'proxeny:type="ransomware"' in note["labels"]


def test_real_files_stay_whole_but_for_who_did_it() -> None:
    for name, document in real_bundles():
        reports = read(json.dumps(document).encode(), name)
        written = write(outgoing(reports[0], document=document))
        back = json.loads(written.data)
        objects = back if isinstance(back, list) else back.get("objects", [])
        inside = isinstance(document, dict) and "objects" in document
        whole = document["objects"] if inside else document if isinstance(document, list) else [document]
        lost = {loss.at for loss in written.losses}
        for index, item in enumerate(whole):
            at = f"/objects/{index}" if inside else f"/{index}" if len(whole) > 1 else ""
            assert item in objects or any(place.startswith(at) for place in lost), (name, at)


def test_a_file_written_again_passes_the_validator_where_it_did_before() -> None:
    for name, document in real_bundles():
        if "objects" not in document or document.get("spec_version") == "2.0" or stix_errors(document):
            continue
        reports = read(json.dumps(document).encode(), name)
        assert stix_errors(json.loads(write(outgoing(reports[0], document=document)).data)) == [], name


def test_a_file_of_stix_2_0_stays_one() -> None:
    if not (CORPUS / "stix20").is_dir():
        pytest.skip(f"no corpus at {CORPUS}")
    for path in (CORPUS / "stix20").glob("*.json"):
        document = json.loads(path.read_bytes())
        reports = read(path.read_bytes(), path.name)
        data = write(outgoing(reports[0], document=document)).data
        back = json.loads(data)
        assert back["spec_version"] == "2.0"
        assert not any(item.get("spec_version") for item in back["objects"])
        assert any('proxeny:type="ransomware"' in item.get("labels", ()) for item in back["objects"])
        assert read(data, "x")


@pytest.mark.parametrize(
    "item",
    [
        thing("threat-actor", 2, name="GROUP NINE"),
        thing("intrusion-set", 2, name="GROUP NINE"),
        thing("campaign", 2, name="GROUP NINE"),
        thing("tool", 2, name="t", labels=["GROUP", 'threat-actor:name="GROUP NINE"']),
        thing(
            "note",
            2,
            content="GROUP NINE",
            object_refs=["threat-actor--00000000-0000-4000-8000-000000000009"],
        ),
        thing(
            "relationship",
            2,
            relationship_type="attributed-to",
            description="GROUP NINE",
            source_ref="incident--00000000-0000-4000-8000-000000000001",
            target_ref="identity--00000000-0000-4000-8000-000000000007",
        ),
        thing(
            "report",
            2,
            name="r",
            published=STAMP,
            object_refs=[
                "threat-actor--00000000-0000-4000-8000-000000000009",
                "incident--00000000-0000-4000-8000-000000000001",
            ],
        ),
    ],
)
def test_who_did_it_is_left_out_of_a_file_with_its_references(item: Object) -> None:
    document = bundle(thing("incident", 1, name="x"), item)
    (report,) = read(json.dumps(document).encode(), "x")
    written = write(outgoing(report, document=document))
    assert b"GROUP NINE" not in written.data
    assert b"threat-actor--" not in written.data
    assert any("never exported" in loss.why and loss.at.startswith("/objects/1") for loss in written.losses)
    assert document["objects"][1] == item


def test_one_object_and_a_list_are_written_as_such() -> None:
    item = thing("incident", 1, name="x")
    (report,) = read(json.dumps(item).encode(), "x")
    assert json.loads(write(outgoing(report, document=item)).data)["objects"][0] == item
    assert json.loads(write(outgoing(report, document=[item])).data)[0] == item


def test_reading_what_was_written_twice_adds_nothing() -> None:
    document = bundle(thing("incident", 1, name="x"))
    (report,) = read(json.dumps(document).encode(), "x")
    once = json.loads(write(outgoing(report, document=document)).data)
    assert json.loads(write(outgoing(report, document=once)).data) == once


def test_a_written_incident_with_a_fault_is_refused_again() -> None:
    items = objects_of(outgoing())
    of_type(items, "incident")[0].pop("name")
    with pytest.raises(InputError, match="incident without 'name'"):
        read(json.dumps(bundle(*items)).encode(), "x")


def test_codes_of_single_parts_are_told_as_lost_and_a_protocol_without_a_port_is_kept() -> None:
    part = Tag(scheme="cwe", code="CWE-787", raw="CWE-787", at="", scope="part")
    one = Indicator(type="ipv4", value="192.0.2.1", role="source", protocol="tcp")
    report = msgspec.structs.replace(REPORT, tags=(part,), indicators=(one,))
    written = write(Outgoing(report=report, at=AT))
    assert any("cwe:CWE-787" in loss.why for loss in written.losses)
    (traffic,) = (item for item in json.loads(written.data)["objects"] if item["type"] == "network-traffic")
    assert traffic["protocols"] == ["ipv4", "tcp"]
    assert not stix_errors(json.loads(written.data))
