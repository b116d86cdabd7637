"""Reports written as MISP events: valid by the strict schema, without a word on who did it; an event stays whole."""

from __future__ import annotations

import copy
import datetime as dt
import json
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stix_misp_cases import AT, misp_errors, real_events

from knowledge import KNOWLEDGE
from proxeny.actions.identify import identify
from proxeny.formats.detect import read
from proxeny.formats.misp.write import write
from proxeny.formats.outgoing import Outgoing
from proxeny.identify.report import Indicator, Marking, Report, Tag, Withheld

Object = dict[str, Any]

REPORT = Report(
    digest="sha256:0",
    format="text",
    title="Files encrypted at a works",
    text="Ransomware stopped the plant.",
    source_id="T-7",
    occurred=dt.datetime(2026, 3, 1, 20, tzinfo=dt.UTC),
    reported=dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC),
    states=("XA",),
    sectors=("nis2:energy", "own:x"),
    tags=(
        Tag(
            scheme="circl",
            code='incident-classification="malware"',
            raw='circl:incident-classification="malware"',
            at="",
        ),
        Tag(scheme="idea", code="Malware.Ransomware", raw="Malware.Ransomware", at=""),
    ),
    indicators=(
        Indicator(type="ipv4", value="192.0.2.1", role="source", port=445, protocol="tcp"),
        Indicator(type="ipv6", value="2001:db8::1", role="target"),
        Indicator(type="cidr", value="192.0.2.0/24"),
        Indicator(type="domain", value="a.example", port=443),
        Indicator(type="url", value="http://a.example/b"),
        Indicator(type="email", value="a@b.example"),
        Indicator(type="sha256", value="0" * 64),
        Indicator(type="filename", value="a.exe"),
        Indicator(type="asn", value="AS64500"),
        Indicator(type="cve", value="CVE-2026-10001"),
        Indicator(type="mac", value="00:00:5e:00:53:01"),
        Indicator(type="other", value="x"),
    ),
    marking=Marking(tlp="TLP:AMBER", pap="PAP:RED"),
    withheld=(Withheld(kind="actor", value="GROUP NINE", at="/x"),),
)
CODES = {"rsit": ['malicious-code="ransomware"']}
SAID = (("ransomware", "type"),)


def outgoing(report: Report = REPORT, **more: Any) -> Outgoing:
    given: dict[str, Any] = {"report": report, "at": AT, "codes": CODES, "said": SAID}
    return Outgoing(**given | more)


def event_of(out: Outgoing) -> Object:
    found: Object = json.loads(write(out).data)["Event"]
    return found


def tags_of(event: Object) -> set[str]:
    return {tag["name"] for tag in event["Tag"]}


def test_what_is_written_is_valid_by_the_strict_schema() -> None:
    assert (
        misp_errors(json.loads(write(outgoing(found=identify(REPORT, KNOWLEDGE))).data), "schema.json") == []
    )


def test_the_terminology_stands_beside_the_recipients_own_taxonomy() -> None:
    found = tags_of(event_of(outgoing()))
    assert {'proxeny:type="ransomware"', 'rsit:malicious-code="ransomware"'} <= found
    assert {"tlp:amber", "PAP:RED", 'nis2:impact-sectors-impacted="energy"'} <= found
    assert {'circl:incident-classification="malware"', "idea:Malware.Ransomware"} <= found


def test_the_level_is_told_as_each_level_it_may_be() -> None:
    found = identify(REPORT, KNOWLEDGE)
    assert found.level is not None
    told = {tag for tag in tags_of(event_of(outgoing(found=found))) if tag.startswith("proxeny:level")}
    levels = range(found.level.low, found.level.high + 1)
    assert told == {f'proxeny:level="level-{level}"' for level in levels}


def test_observables_are_attributes_and_what_was_hit_is_never_looked_for() -> None:
    told = {(one["type"], one["value"]): one["to_ids"] for one in event_of(outgoing())["Attribute"]}
    assert told["ip-src|port", "192.0.2.1|445"] is True
    assert told["ip-dst", "2001:db8::1"] is False
    assert told["hostname|port", "a.example|443"] is True
    assert told["vulnerability", "CVE-2026-10001"] is False


def test_the_report_comes_back_when_it_is_read() -> None:
    (back,) = read(write(outgoing()).data, "x")
    assert (back.title, back.marking, back.reported) == (REPORT.title, REPORT.marking, REPORT.reported)
    assert REPORT.text in back.text
    told = {(one.type, one.value) for one in REPORT.indicators}
    assert {(one.type, one.value) for one in back.indicators} | {("other", "x")} == told
    assert {"proxeny", "rsit", "circl"} <= {tag.scheme for tag in back.tags}


def test_what_misp_cannot_say_and_who_did_it_are_named() -> None:
    written = write(outgoing())
    assert b"GROUP NINE" not in written.data
    assert [loss.at for loss in written.losses] == ["sectors", "withheld"]


def test_the_same_report_gives_the_same_bytes() -> None:
    assert write(outgoing()).data == write(outgoing()).data


WORDS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20)


@given(WORDS, WORDS, st.lists(st.sampled_from(REPORT.indicators), max_size=6))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_report_gives_a_valid_event(title: str, text: str, indicators: list[Indicator]) -> None:
    report = Report(digest="sha256:1", format="text", title=title, text=text, indicators=tuple(indicators))
    written = json.loads(write(outgoing(report)).data)
    assert misp_errors(written, "schema.json") == []
    assert read(json.dumps(written).encode(), "x")


# Reading, then writing the same format.

JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-9, 9), WORDS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=3)),
    max_leaves=6,
)
OWN = st.dictionaries(st.from_regex(r"u_[a-z]{1,6}", fullmatch=True), JSON, max_size=4)


@given(OWN, OWN, OWN, OWN, st.booleans())
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_member_that_is_not_understood_stays(
    event: Object, attribute: Object, item: Object, around: Object, bare: bool
) -> None:
    inner: Object = {
        "info": "x",
        "Attribute": [{"type": "md5", "value": "0" * 32, **attribute}],
        "Object": [{"name": "file", "Attribute": [{"type": "text", "value": "y", **attribute}], **item}],
        **event,
    }
    document = inner if bare else {"Event": inner, **around}
    before = copy.deepcopy(document)
    (report,) = read(json.dumps(document).encode(), "x")
    written = json.loads(write(outgoing(report, document=document)).data)
    assert document == before
    back = written if bare else written["Event"]
    assert {tag["name"] for tag in back.pop("Tag")} == {
        'proxeny:type="ransomware"',
        'rsit:malicious-code="ransomware"',
    }
    assert written == before


def test_real_events_stay_whole_but_for_who_did_it() -> None:
    for name, document in real_events():
        (report, *_) = read(json.dumps(document).encode(), name)
        written = write(outgoing(report, document=document, said=(), codes={}))
        if not written.losses:
            assert json.loads(written.data) == document, name
        assert all("never exported" in loss.why for loss in written.losses)


@pytest.mark.parametrize(
    ("part", "at"),
    [
        ({"Attribute": [{"type": "threat-actor", "value": "GROUP NINE"}]}, "/Event/Attribute/0"),
        ({"Tag": [{"name": "x"}, {"name": 'misp-galaxy:threat-actor="GROUP NINE"'}]}, "/Event/Tag/1"),
        (
            {"Object": [{"name": "intrusion-set", "Attribute": [{"type": "text", "value": "GROUP NINE"}]}]},
            "/Event/Object/0",
        ),
        (
            {
                "Galaxy": [
                    {
                        "type": "tool",
                        "GalaxyCluster": [{"type": "tool", "value": "t"}, {"value": "GROUP NINE - G0009"}],
                    }
                ]
            },
            "/Event/Galaxy/0/GalaxyCluster/1",
        ),
        (
            {"RelatedEvent": [{"Event": {"Galaxy": [{"type": "threat-actor", "name": "GROUP NINE"}]}}]},
            "/Event/RelatedEvent/0/Event/Galaxy/0",
        ),
    ],
)
def test_who_did_it_is_left_out_of_an_event(part: Object, at: str) -> None:
    document = {"Event": {"info": "x", **part}}
    before = copy.deepcopy(document)
    (report,) = read(json.dumps(document).encode(), "x")
    written = write(outgoing(report, document=document))
    assert b"GROUP NINE" not in written.data
    assert [loss.at for loss in written.losses] == [at]
    assert document == before


@pytest.mark.parametrize("wrap", [lambda e: {"response": e}, lambda e: e], ids=["response", "list"])
def test_of_several_events_the_one_meant_is_tagged(wrap: Any) -> None:
    document = wrap([{"Event": {"info": "x"}}, {"Event": {"info": "y"}}])
    reports = read(json.dumps(document).encode(), "x")
    back = json.loads(write(outgoing(reports[1], document=document)).data)
    back = back["response"] if isinstance(back, dict) else back
    assert ["Tag" in one["Event"] for one in back] == [False, True]


def test_codes_of_single_parts_are_told_as_lost_and_a_protocol_is_kept_in_words() -> None:
    part = Tag(scheme="cwe", code="CWE-787", raw="CWE-787", at="", scope="part")
    written = write(Outgoing(report=msgspec.structs.replace(REPORT, tags=(part,)), at=AT))
    assert any("cwe:CWE-787" in loss.why for loss in written.losses)
    comments = [one.get("comment") for one in json.loads(written.data)["Event"]["Attribute"]]
    assert "where it came from; tcp" in comments
