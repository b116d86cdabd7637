"""MISP events: the event's own tags class, parts only support, who did it is withheld, losses are told."""

from __future__ import annotations

import datetime as dt
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proxeny.base.errors import InputError
from proxeny.base.records import encode_json
from proxeny.base.wire import DEFAULT_LIMITS, Limits
from proxeny.formats.misp import read
from proxeny.identify.report import Report
from shared import CORPUS, SHARED

VECTORS = Path(__file__).parents[1] / "vectors" / "corpus" / "misp.tsv"
ROWS = [line.split("\t") for line in VECTORS.read_text().splitlines()[1:]]


def event(**changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        "uuid": "0189b1f2-0000-7000-8000-000000000001",
        "info": "File server of a clinic encrypted",
        "date": "2026-03-01",
        "timestamp": "1772352000",
        "publish_timestamp": "1772355600",
        "threat_level_id": "1",
        "Orgc": {"name": "A team"},
    }
    made.update(changes)
    return made


def read_all(document: Any, limits: Limits = DEFAULT_LIMITS) -> list[Report]:
    return read(json.dumps(document).encode(), "in.json", limits)


def read_one(**changes: Any) -> Report:
    (report,) = read_all({"Event": event(**changes)})
    return report


def attribute(kind: str, value: Any, **more: Any) -> dict[str, Any]:
    return {"type": kind, "value": value, **more}


def refusal(document: Any) -> InputError:
    with pytest.raises(InputError) as caught:
        read_all(document)
    assert all(fault.place.startswith("in.json") and fault.remedy for fault in caught.value.faults)
    return caught.value


def reasons(report: Report) -> dict[str, str]:
    return {loss.why: loss.at for loss in report.losses}


def test_an_event_keeps_its_name_words_and_moments() -> None:
    report = read_one()
    assert (report.format, report.kind, report.part) == ("misp", "incident", None)
    assert report.title == report.text == "File server of a clinic encrypted"
    assert report.source_id == "0189b1f2-0000-7000-8000-000000000001"
    assert report.reported == dt.datetime(2026, 3, 1, 9, 0, tzinfo=dt.UTC)
    assert report.digest.startswith("sha256:")


@pytest.mark.parametrize(
    "wrap",
    [
        lambda e: {"Event": e},
        lambda e: e,
        lambda e: [e],
        lambda e: [{"Event": e}],
        lambda e: {"response": [{"Event": e}]},
        lambda e: {"response": [e]},
        lambda e: {"response": {"Event": e}},
        lambda e: {"response": e},
        lambda e: {"Event": [e]},
    ],
)
def test_an_event_is_found_in_every_envelope(wrap: Any) -> None:
    (report,) = read_all(wrap(event()))
    assert report.title == "File server of a clinic encrypted"
    assert report.part is None


def test_each_event_of_several_is_a_report_with_its_place() -> None:
    reports = read_all({"response": [{"Event": event(info="first")}, event(info="second")]})
    assert [(report.title, report.part) for report in reports] == [
        ("first", "/response/0/Event"),
        ("second", "/response/1"),
    ]
    assert reports[0].digest == reports[1].digest


def test_tags_of_the_event_class_and_tags_of_parts_only_support() -> None:
    tag = [{"name": 'rsit:malicious-code="ransomware"'}]
    report = read_one(
        Tag=tag,
        Attribute=[attribute("domain", "example.org", Tag=[{"name": 'rsit:fraud="phishing"'}])],
        Object=[{"name": "file", "Tag": [{"name": "seen"}], "Attribute": []}],
    )
    assert [(tag.scheme, tag.code, tag.scope, tag.at) for tag in report.tags] == [
        ("rsit", 'malicious-code="ransomware"', "event", "/Event/Tag/0"),
        ("rsit", 'fraud="phishing"', "part", "/Event/Attribute/0/Tag/0"),
        ("free", "seen", "part", "/Event/Object/0/Tag/0"),
    ]


def test_an_attack_galaxy_counts_for_the_event_or_for_the_part_it_stands_on() -> None:
    def galaxy(value: str, **meta: Any) -> list[dict[str, Any]]:
        cluster = {"type": "mitre-attack-pattern", "value": value, "meta": meta}
        return [{"type": "mitre-attack-pattern", "GalaxyCluster": [cluster]}]

    report = read_one(
        Galaxy=galaxy("Phishing", external_id=["T1566"]),
        Attribute=[attribute("md5", "0" * 31 + "1", Galaxy=galaxy("Code Signing - T1116"))],
    )
    assert [(tag.scheme, tag.code, tag.scope) for tag in report.tags] == [
        ("attack", "T1566", "event"),
        ("attack", "T1116", "part"),
    ]


def test_who_did_it_is_withheld_and_stands_nowhere_else() -> None:
    report = read_one(
        Tag=[{"name": 'misp-galaxy:threat-actor="GROUP ONE"'}, {"name": 'misp-galaxy:country="freedonia"'}],
        Galaxy=[
            {
                "type": "mitre-intrusion-set",
                "GalaxyCluster": [{"type": "mitre-intrusion-set", "value": "GROUP TWO"}],
            }
        ],
        Attribute=[
            attribute("threat-actor", "GROUP THREE"),
            attribute("campaign-name", "GROUP FOUR"),
            attribute("text", "GROUP FIVE", category="Attribution"),
        ],
        Object=[
            {"name": "intrusion-set", "Attribute": [attribute("text", "GROUP SIX", object_relation="name")]}
        ],
    )
    assert [statement.kind for statement in report.withheld] == [
        "actor",
        "actor-country",
        "intrusion-set",
        "actor",
        "campaign",
        "actor",
        "intrusion-set",
    ]
    assert sum("GROUP" in statement.value for statement in report.withheld) == 6
    rest = encode_json(
        [report.text, report.title, report.tags, report.indicators, report.losses, report.states]
    )
    assert b"GROUP" not in rest
    assert b"freedonia" not in rest


def test_fingerprints_of_the_category_attribution_are_indicators_still() -> None:
    report = read_one(Attribute=[attribute("x509-fingerprint-sha1", "a1" * 20, category="Attribution")])
    assert [found.type for found in report.indicators] == ["sha1"]
    assert report.withheld == ()


def test_states_come_from_targets_only() -> None:
    report = read_one(
        Tag=[{"name": "misp-galaxy:country=belgium", "relationship_type": "targets"}],
        Galaxy=[
            {
                "type": "target-information",
                "GalaxyCluster": [{"type": "target-information", "value": "X", "meta": {"iso-code": ["LU"]}}],
            }
        ],
        Attribute=[attribute("target-location", "France"), attribute("target-location", "the moon")],
    )
    assert report.states == ("BE", "LU", "FR")
    assert reasons(report)["a place hit that names no one State: the moon"] == "/Event/Attribute/1"


@pytest.mark.parametrize(
    ("kind", "value", "found"),
    [
        ("ip-dst", "192.0.2.1", [("ipv4", "192.0.2.1")]),
        ("ip-src|port", "192.0.2.1|443", [("ipv4", "192.0.2.1")]),
        ("ip-dst", "2001:DB8::1", [("ipv6", "2001:db8::1")]),
        ("hostname", "Www.Example.ORG", [("domain", "www.example.org")]),
        ("domain|ip", "example.org|192.0.2.1", [("domain", "example.org"), ("ipv4", "192.0.2.1")]),
        ("url", "hxxp://example[.]org/a", [("url", "http://example.org/a")]),
        ("email-src", "a@example.org", [("email", "a@example.org")]),
        ("malware-sample", "a|b.exe|" + "a1" * 16, [("filename", "a|b.exe"), ("md5", "a1" * 16)]),
        ("filename|sha256", "b.exe|" + "A1" * 32, [("filename", "b.exe"), ("sha256", "a1" * 32)]),
        ("AS", "AS64496", [("asn", "AS64496")]),
        ("vulnerability", "cve-2021-44228", [("cve", "CVE-2021-44228")]),
        ("mac-address", "00-00-5E-00-53-01", [("mac", "00:00:5e:00:53:01")]),
        ("regkey", "HKLM\\Run", []),
    ],
)
def test_attributes_become_indicators(kind: str, value: str, found: list[tuple[str, str]]) -> None:
    report = read_one(Attribute=[attribute(kind, value)])
    assert [(indicator.type, indicator.value) for indicator in report.indicators] == found
    assert all(indicator.at == "/Event/Attribute/0" for indicator in report.indicators)
    in_object = read_one(Object=[{"name": "x", "Attribute": [attribute(kind, value)]}])
    assert [(indicator.type, indicator.value) for indicator in in_object.indicators] == found


def test_what_is_marked_for_detection_is_kept_whatever_its_type() -> None:
    report = read_one(
        Attribute=[attribute("mutex", "Global\\x", to_ids=True), attribute("mutex", "y", to_ids=False)]
    )
    assert [(found.type, found.value) for found in report.indicators] == [("other", "Global\\x")]
    assert reasons(report)["values of type mutex"] == "/Event/Attribute/1"


def test_a_value_that_is_not_of_its_type_is_a_loss() -> None:
    report = read_one(Attribute=[attribute("ip-dst", "not an address")])
    assert report.indicators == ()
    assert "values of type ip-dst that are not well formed" in reasons(report)


def test_narrative_is_title_text_and_event_reports_in_order() -> None:
    report = read_one(
        Attribute=[attribute("comment", "Found at night."), attribute("text", "All shares were hit.")],
        Object=[
            {
                "name": "annotation",
                "Attribute": [attribute("text", "Restored from tape.", object_relation="text")],
            },
            {"name": "pe", "Attribute": [attribute("text", ".rsrc", object_relation="entrypoint-section")]},
        ],
        EventReport=[
            {"name": "What we know", "content": "Nobody was hurt."},
            {"name": "old", "content": "wrong", "deleted": True},
        ],
    )
    assert report.text.split("\n") == [
        "File server of a clinic encrypted",
        "Found at night.",
        "All shares were hit.",
        "Restored from tape.",
        "What we know",
        "Nobody was hurt.",
    ]


def test_the_narrative_is_bounded_and_the_rest_is_a_loss() -> None:
    (report,) = read_all({"info": "x" * 50}, Limits(text=20))
    assert len(report.text) == 20
    assert "the narrative beyond its first 20 characters" in reasons(report)


def test_deleted_and_proposed_content_is_ignored_and_told() -> None:
    report = read_one(
        ShadowAttribute=[attribute("domain", "proposed.example")],
        Attribute=[
            attribute("domain", "deleted.example", deleted=True),
            attribute(
                "domain", "kept.example", deleted="0", ShadowAttribute=[attribute("domain", "p.example")]
            ),
            attribute("domain", "deleted2.example", deleted="1"),
        ],
        Object=[{"name": "x", "deleted": 1, "Attribute": [attribute("domain", "deleted3.example")]}],
    )
    assert [indicator.value for indicator in report.indicators] == ["kept.example"]
    assert {
        "deleted attributes: not read (2 times)",
        "deleted objects: not read",
        "proposals that nobody has accepted (2 times)",
    } <= set(reasons(report))


@pytest.mark.parametrize("level", ["1", "2", "3", "4", 1])
def test_the_threat_level_of_the_sender_changes_nothing_but_the_losses(level: Any) -> None:
    report = read_one(threat_level_id=level)
    without = read_one(threat_level_id=None)
    assert report.tags == without.tags
    assert report.stated == ()
    assert report.kind == without.kind
    assert any("never sets the level" in why for why in reasons(report))


def test_a_date_without_a_time_of_day_is_no_moment() -> None:
    report = read_one()
    assert report.occurred is None
    assert reasons(report)["a date without a time of day: 2026-03-01"] == "/Event/date"


@pytest.mark.parametrize(
    ("stamps", "reported"),
    [
        ({"publish_timestamp": "0"}, "2026-03-01T08:00:00+00:00"),
        ({"publish_timestamp": 1772355600}, "2026-03-01T09:00:00+00:00"),
        ({"publish_timestamp": "2026-03-01T10:00:00+01:00"}, "2026-03-01T09:00:00+00:00"),
        ({"publish_timestamp": "", "timestamp": None}, None),
    ],
)
def test_the_moment_of_reporting_is_that_of_publication_else_of_the_last_change(
    stamps: dict[str, Any], reported: str | None
) -> None:
    report = read_one(**stamps)
    assert (report.reported.isoformat() if report.reported else None) == reported


@pytest.mark.parametrize(
    "stamp", ["yesterday", "2026-03-01T10:00:00", "2026-03-01", "9" * 20, 10**18, 1.5, [1]]
)
def test_a_time_that_is_none_or_naive_is_refused(stamp: Any) -> None:
    error = refusal({"Event": event(timestamp=stamp)})
    assert "/Event/timestamp" in str(error)


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, "incident"),
        ({"Tag": [{"name": 'exercise:cyber-europe="2018"'}, {"name": 'rsit:test="test"'}]}, "exercise"),
        ({"Tag": [{"name": 'rsit:test="test"'}]}, "test"),
        ({"Tag": [{"name": "type:OSINT"}, {"name": 'circl:incident-classification="malware"'}]}, "incident"),
        ({"Tag": [{"name": "type:OSINT"}]}, "threat-report"),
        ({"Tag": [{"name": 'osint:source-type="blog-post"'}]}, "threat-report"),
        ({"info": "OSINT - A new downloader"}, "threat-report"),
        ({"info": "IoC 2026-03-01", "Attribute": [attribute("domain", "example.org")]}, "indicators"),
        ({"info": "", "Attribute": [attribute("domain", "example.org")]}, "indicators"),
        ({"info": "医院文件服务器被加密", "Attribute": [attribute("domain", "example.org")]}, "incident"),
    ],
)
def test_the_kind_follows_the_written_rule(changes: dict[str, Any], kind: str) -> None:
    assert read_one(**changes).kind == kind


def test_a_collection_without_its_event_is_never_an_incident() -> None:
    (report,) = read_all({"response": {"Attribute": [attribute("domain", "example.org")]}})
    assert (report.kind, len(report.indicators)) == ("indicators", 1)


def test_the_strictest_marking_of_event_and_parts_holds() -> None:
    report = read_one(
        Tag=[{"name": "tlp:green"}, {"name": "PAP:AMBER"}],
        Attribute=[attribute("domain", "example.org", Tag=[{"name": "tlp:amber+strict"}])],
    )
    assert (report.marking.tlp, report.marking.pap) == ("TLP:AMBER+STRICT", "PAP:AMBER")


def test_every_fault_is_told_at_once() -> None:
    error = refusal(
        [
            {"Event": event(info=7, Tag=["x"], Attribute="many")},
            {
                "Event": event(
                    timestamp="soon", Object=[{"name": "x", "Attribute": [7]}], Tag=[{"colour": "red"}]
                )
            },
            "no event",
        ][:2]
    )
    assert [fault.place for fault in error.faults] == [
        "in.json, /0/Event/info",
        "in.json, /0/Event/Tag/0",
        "in.json, /0/Event/Attribute",
        "in.json, /1/Event/Tag/0/name",
        "in.json, /1/Event/Object/0/Attribute/0",
        "in.json, /1/Event/timestamp",
    ]


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"0189b1f2-0000-7000-8000-000000000001": {"info": "x", "Orgc": {}}}, "manifest"),
        ({"type": "x", "GalaxyCluster": []}, "a galaxy"),
        ({"namespace": "rsit", "predicates": []}, "a taxonomy"),
        ({"saved": False, "errors": "No"}, "error message"),
        ({"Event": {}}, "without a title"),
        ({"Event": 7}, "without a title"),
        ({"x": 1}, "no `info`"),
        ([], "without any event"),
        ({"response": []}, "without any event"),
        (7, "not an object"),
        ([7, "x"], "not an object"),
        (None, "not an object"),
    ],
)
def test_what_is_no_event_is_refused_by_name(document: Any, said: str) -> None:
    assert said in str(refusal(document))


KEYS = (
    *("Event", "info", "Tag", "name", "Attribute", "type", "value", "Object", "Galaxy", "GalaxyCluster"),
    *("timestamp", "deleted", "EventReport", "content", "meta", "external_id", "response", "category"),
)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=8)),
    lambda below: st.one_of(
        st.lists(below, max_size=4),
        st.dictionaries(
            st.sampled_from(KEYS),
            below,
            max_size=5,
        ),
    ),
    max_leaves=25,
)


@given(JSON)
def test_any_document_is_read_or_refused(document: Any) -> None:
    with suppress(InputError):
        for report in read_all(document):
            encode_json(report)


@settings(max_examples=150)
@given(st.data())
def test_any_mutation_of_an_event_is_read_or_refused(data: st.DataObject) -> None:
    """Whatever stands at one place of a real event's structure, nothing but InputError is raised."""
    made = event(
        Tag=[{"name": 'rsit:fraud="phishing"'}],
        Galaxy=[
            {"type": "country", "GalaxyCluster": [{"type": "country", "value": "x", "meta": {"ISO": "FR"}}]}
        ],
        Attribute=[attribute("domain|ip", "example.org|192.0.2.1", Tag=[{"name": "tlp:red"}], comment="x")],
        Object=[{"name": "file", "Attribute": [attribute("md5", "a1" * 16)]}],
        EventReport=[{"name": "n", "content": "c"}],
    )
    owner: Any = made
    while True:
        keys = list(owner) if isinstance(owner, dict) else list(range(len(owner)))
        key = data.draw(st.sampled_from(keys))
        below = owner[key]
        if not isinstance(below, (dict, list)) or not below or data.draw(st.booleans()):
            break
        owner = below
    owner[key] = data.draw(JSON)
    with suppress(InputError):
        for report in read_all({"Event": made}):
            encode_json(report)


@pytest.mark.parametrize(
    ("file", "kind", "lines", "error"), [row[:4] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_a_published_file_meets_its_expected_outcome(file: str, kind: str, lines: str, error: str) -> None:
    path = CORPUS / "misp" / file
    if not path.exists():
        pytest.skip("the shared corpus is not here")
    if error:
        with pytest.raises(InputError, match=error):
            read(path.read_bytes(), file)
        return
    reports = read(path.read_bytes(), file)
    assert [len(reports), {report.kind for report in reports}] == [int(lines), {kind}]
    assert not any(report.occurred for report in reports)


def test_every_published_file_has_an_expected_outcome() -> None:
    if not (CORPUS / "misp").exists():
        pytest.skip("the shared corpus is not here")
    assert sorted(path.name for path in (CORPUS / "misp").iterdir()) == sorted(row[0] for row in ROWS)


def test_the_events_that_test_a_converter_are_all_read_and_none_is_changed() -> None:
    path = SHARED / "data" / "misp-events.jsonl"
    if not path.exists():
        pytest.skip("the shared events are not here")
    for line in path.read_text().splitlines():
        row = json.loads(line)
        (report,) = read_all(row["event"])
        assert report.title == row["event"]["Event"]["info"]
        assert report.losses


@given(
    st.sampled_from(["event", "attribute", "object", "inner", "tag", "galaxy", "cluster"]),
    st.text("qz", min_size=3),
)
def test_a_member_that_a_report_does_not_hold_is_named_in_the_losses(owner: str, name: str) -> None:
    inner: dict[str, Any] = {"type": "text", "value": "x", "object_relation": "text"}
    cluster: dict[str, Any] = {"type": "tool", "value": "T"}
    galaxy: dict[str, Any] = {"type": "tool", "GalaxyCluster": [cluster]}
    attribute: dict[str, Any] = {"type": "ip-src", "value": "192.0.2.7", "Galaxy": [galaxy]}
    whole: dict[str, Any] = {"name": "report", "Attribute": [inner]}
    tag: dict[str, Any] = {"name": "tlp:green"}
    event: dict[str, Any] = {"info": "A case", "Attribute": [attribute], "Object": [whole], "Tag": [tag]}
    owners = {"event": event, "attribute": attribute, "object": whole, "inner": inner, "tag": tag}
    (owners | {"galaxy": galaxy, "cluster": cluster})[owner][name] = 0
    (report,) = read(json.dumps({"Event": event}).encode(), "event.json")
    assert any(name in loss.why for loss in report.losses)
