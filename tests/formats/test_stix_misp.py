"""STIX, 2.1 and 2.0, to MISP events: every object is in an event or in the losses, and nothing says who did it."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stix_misp_cases import AT, STAMP, attributes_of, misp_errors, real_bundles, real_events

from proxeny.base.errors import InputError
from proxeny.formats.between.misp_stix import bundle_of
from proxeny.formats.between.stix_misp import convert, event_of
from proxeny.formats.between.stix_patterns import parsed

Object = dict[str, Any]

DATED = {"spec_version": "2.1", "created": STAMP, "modified": STAMP}


def name_of(kind: str, number: int) -> str:
    return f"{kind}--00000000-0000-4000-8000-{number:012d}"


def thing(kind: str, number: int = 1, **more: Any) -> Object:
    return {"type": kind, "id": name_of(kind, number), **DATED, **more}


def bundle(*objects: Object) -> Object:
    return {"type": "bundle", "id": name_of("bundle", 0), "objects": list(objects)}


def indicator(pattern: str, number: int = 1, **more: Any) -> Object:
    return thing("indicator", number, pattern=pattern, pattern_type="stix", valid_from=STAMP, **more)


def event(*objects: Object) -> Object:
    found: Object = json.loads(event_of(bundle(*objects), AT).data)["Event"]
    return found


def values(*objects: Object) -> list[tuple[str, str]]:
    return [(one["type"], one["value"]) for _, one in attributes_of(event(*objects))]


# Each object of a generated bundle bears one of these words, by which it is found again.
MARKED: dict[str, Any] = {
    "ipv4-addr": lambda n: {"value": f"192.0.2.{n}"},
    "domain-name": lambda n: {"value": f"m{n}.example"},
    "url": lambda n: {"value": f"http://example/m{n}x"},
    "mutex": lambda n: {"name": f"m{n}x"},
    "file": lambda n: {"name": f"m{n}x", "hashes": {"MD5": "0" * 32}, "size": 3},
    "user-account": lambda n: {"account_login": f"m{n}x", "user_id": "7"},
    "process": lambda n: {"pid": 7, "command_line": f"m{n}x"},
    "windows-registry-key": lambda n: {"key": f"m{n}x", "values": [{"name": "a", "data": "b"}]},
    "x509-certificate": lambda n: {"serial_number": f"m{n}x"},
    "software": lambda n: {"name": f"m{n}x", "version": "1"},
    "email-message": lambda n: {"is_multipart": False, "subject": f"m{n}x"},
    "indicator": lambda n: {"pattern": f"[file:name = 'm{n}x']", "pattern_type": "stix", "valid_from": STAMP},
    "attack-pattern": lambda n: {"name": f"m{n}x"},
    "malware": lambda n: {"name": f"m{n}x", "is_family": True},
    "tool": lambda n: {"name": f"m{n}x"},
    "infrastructure": lambda n: {"name": f"m{n}x"},
    "course-of-action": lambda n: {"name": f"m{n}x"},
    "vulnerability": lambda n: {"name": f"m{n}x"},
    "identity": lambda n: {"name": f"m{n}x", "sectors": ["energy"]},
    "location": lambda n: {"region": f"m{n}x"},
    "incident": lambda n: {"name": f"m{n}x"},
    "threat-actor": lambda n: {"name": f"m{n}x"},
    "campaign": lambda n: {"name": f"m{n}x"},
    "x-of-tomorrow": lambda n: {"name": f"m{n}x"},
    "malware-analysis": lambda n: {"product": f"m{n}x", "result": "benign"},
}
OBSERVED = list(MARKED)[:11]
CLUSTERS = {
    "attack-pattern",
    "malware",
    "tool",
    "infrastructure",
}  # a relation with one is a tag on the other end


@st.composite
def bundles(draw: st.DrawFn) -> Object:
    kinds = draw(st.lists(st.sampled_from(list(MARKED)), min_size=1, max_size=8))
    items = []
    for number, kind in enumerate(kinds, start=1):
        item = thing(kind, number, **MARKED[kind](number))
        if kind in OBSERVED:
            item = {key: held for key, held in item.items() if key not in DATED} | {"spec_version": "2.1"}
        items.append(item)
    names = [item["id"] for item in items]
    some = st.lists(st.sampled_from(names), min_size=1, max_size=4, unique=True)
    number = len(items)
    for _ in range(draw(st.integers(0, 3))):
        number += 1
        ends = {"source_ref": draw(st.sampled_from(names)), "target_ref": draw(st.sampled_from(names))}
        kind = draw(st.sampled_from(["related-to", "based-on", "uses", "attributed-to"]))
        items.append(thing("relationship", number, relationship_type=kind, **ends))
    for kind, more in (
        ("note", {"content": "n"}),
        ("opinion", {"opinion": "agree"}),
        ("report", {"name": "r", "published": STAMP}),
        ("grouping", {"name": "g", "context": "unspecified"}),
    ):
        if draw(st.booleans()):
            number += 1
            items.append(thing(kind, number, object_refs=draw(some), **more))
    observed = [name for name in names if name.partition("--")[0] in OBSERVED]
    if draw(st.booleans()) and observed:
        number += 1
        seen = {
            "first_observed": STAMP,
            "last_observed": STAMP,
            "number_observed": 1,
            "object_refs": observed[:3],
        }
        items.append(thing("observed-data", number, **seen))
    return bundle(*draw(st.permutations(items)))


def marker_of(item: Object) -> str | None:
    """The word that tells the object from all others, where it bears one."""
    number = int(item["id"][-12:])
    words = (f"m{number}x", f"192.0.2.{number}", f"m{number}.example")
    return next((word for word in words if word in json.dumps(item)), None)


@given(bundles())
@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_object_is_in_an_event_or_in_the_losses(document: Object) -> None:
    before = copy.deepcopy(document)
    written = event_of(document, AT)
    assert document == before
    lost = [loss.at for loss in written.losses]
    text = written.data.decode()
    for index, item in enumerate(document["objects"]):
        at = f"/objects/{index}"
        if at in lost:
            continue
        marker = marker_of(item)
        if item["type"] == "relationship":
            kinds = {item[end].partition("--")[0] for end in ("source_ref", "target_ref")}
            same = item["source_ref"] == item["target_ref"]
            assert same or kinds & CLUSTERS or item["id"].partition("--")[2] in text
        elif marker is not None:
            assert marker in text, item["type"]
    if any(item["type"] in ("threat-actor", "campaign") for item in document["objects"]):
        assert any("never exported" in loss.why for loss in written.losses)
        actors = [i for i in document["objects"] if i["type"] in ("threat-actor", "campaign")]
        assert not any(f'"{item["name"]}"' in text for item in actors)


@given(bundles())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_uuid_stands_twice_and_every_attribute_has_what_misp_requires(document: Object) -> None:
    written = json.loads(event_of(document, AT).data)
    wrapped = written.get("response", [written])
    found = [one for each in wrapped for _, one in attributes_of(each)]
    found += [item for each in wrapped for item in each["Event"].get("Object", ())]
    names = [one["uuid"] for one in found]
    assert len(names) == len(set(names))
    for one in found:
        assert "Attribute" in one or {"type", "category", "value", "to_ids", "timestamp"} <= one.keys()


def test_real_files_become_events_of_the_misp_schema() -> None:
    for name, document in real_bundles():
        written = json.loads(event_of(document, AT).data)
        for each in written.get("response", [written]):
            assert misp_errors(each, "schema-lax.json") == [], name


def test_bundles_of_real_events_become_events_of_the_misp_schema() -> None:
    for name, document in real_events():
        lost = json.loads(bundle_of(document, AT).data)
        written = json.loads(event_of(lost, AT).data)
        for each in written.get("response", [written]):
            faults = misp_errors(each, "schema-lax.json")
            wrapped = document.get("response", document)
            given_events = wrapped if isinstance(wrapped, list) else [wrapped]
            theirs = [fault for one in given_events for fault in misp_errors(one, "schema-lax.json")]
            assert not faults or theirs, name


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("[ipv4-addr:value = '192.0.2.1']", [("ip-dst", "192.0.2.1")]),
        ("[domain-name:value = 'it\\'s.example']", [("domain", "it's.example")]),
        ("[file:hashes.'SHA-256' = 'aa']", [("sha256", "aa")]),
        ("[file:hashes['SHA-256'] = 'aa']", [("sha256", "aa")]),
        ("[autonomous-system:number = 64500]", [("AS", "AS64500")]),
        (
            "[url:value = 'http://a/'] OR [domain-name:value = 'b.example']",
            [("url", "http://a/"), ("domain", "b.example")],
        ),
        (
            "[file:name = 'a' AND file:hashes.MD5 = 'b']",
            [("filename", "a"), ("md5", "b")],
        ),
        (
            "[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '192.0.2.1']",
            [("ip-dst", "192.0.2.1")],
        ),
    ],
)
def test_a_pattern_of_equalities_becomes_attributes(pattern: str, found: list[tuple[str, str]]) -> None:
    assert values(indicator(pattern)) == found


@pytest.mark.parametrize(
    "pattern",
    [
        "[file:name LIKE 'a%']",
        "[file:name != 'a']",
        "[file:size > 7]",
        "[file:name = 'a'] FOLLOWEDBY [file:name = 'b']",
        "[file:name = 'a'] REPEATS 5 TIMES",
        "[file:name = 'a' AND (file:size = 1 OR file:size = 2)]",
        "[x-of-tomorrow:name = 'a']",
        "not a pattern",
    ],
)
def test_any_other_pattern_stays_whole(pattern: str) -> None:
    assert values(indicator(pattern)) == [("stix2-pattern", pattern)]


@given(st.text(alphabet="[]() =':ANDORfile.name\\1*", max_size=60))
@settings(max_examples=200, deadline=None)
def test_no_text_breaks_the_reading_of_patterns(pattern: str) -> None:
    found = parsed(pattern)
    assert found is None or found.comparisons


def test_a_rule_of_detection_is_an_attribute_of_its_own_type() -> None:
    rule = thing("indicator", pattern="rule a { condition: true }", pattern_type="yara", valid_from=STAMP)
    assert values(rule) == [("yara", "rule a { condition: true }")]
    other = thing("indicator", pattern="index=main", pattern_type="spl", valid_from=STAMP)
    ((_, one),) = attributes_of(event(other))
    assert (one["type"], one["to_ids"], one["comment"]) == ("text", False, "pattern of type spl")


def test_observed_data_become_objects_with_what_they_refer_to() -> None:
    address = {"type": "ipv4-addr", "id": name_of("ipv4-addr", 7), "value": "192.0.2.1"}
    flow = {
        "type": "network-traffic",
        "id": name_of("network-traffic", 8),
        "dst_ref": address["id"],
        "dst_port": 443,
        "protocols": ["tcp"],
    }
    seen: Object = {"first_observed": STAMP, "last_observed": STAMP, "number_observed": 1}
    held = thing("observed-data", object_refs=[address["id"], flow["id"]], **seen)
    (found,) = event(address, flow, held)["Object"]
    assert found["name"] == "network-connection"
    told = {(one["object_relation"], one["type"], one["value"]) for one in found["Attribute"]}
    assert told >= {("ip-dst", "ip-dst", "192.0.2.1"), ("dst-port", "port", "443")}


def test_each_report_is_an_event_and_what_none_holds_another() -> None:
    items = [indicator(f"[file:name = 'f{n}']", n) for n in (1, 2, 3)]
    reports = [
        thing("report", n, name=f"r{n}", published=STAMP, object_refs=[items[n - 1]["id"]]) for n in (1, 2)
    ]
    parts = convert(json.dumps(bundle(*items, *reports)).encode(), "in.json", AT)
    assert [part for part, _ in parts] == ["/objects/3", "/objects/4", None]
    events = [json.loads(written.data) for _, written in parts]
    told = [(each["Event"]["info"], [one["value"] for _, one in attributes_of(each)]) for each in events]
    assert told == [("r1", ["f1"]), ("r2", ["f2"]), ("Objects of a STIX file", ["f3"])]


def test_a_relation_with_malware_puts_its_cluster_on_the_attribute() -> None:
    malware = thing("malware", 2, name="Example", is_family=True)
    relation = thing(
        "relationship",
        3,
        relationship_type="indicates",
        source_ref=name_of("indicator", 1),
        target_ref=malware["id"],
    )
    found = event(indicator("[file:name = 'a']"), malware, relation)
    (attribute,) = found["Attribute"]
    assert attribute["Tag"] == [
        {"name": 'misp-galaxy:stix-2.1-malware="Example"', "relationship_type": "indicates"}
    ]
    assert "Galaxy" not in found


def test_a_sighting_stands_on_what_was_seen() -> None:
    desk = thing("identity", 2, name="Desk")
    sighting = thing("sighting", 3, sighting_of_ref=name_of("indicator", 1), where_sighted_refs=[desk["id"]])
    (attribute,) = event(indicator("[file:name = 'a']"), desk, sighting)["Attribute"]
    assert attribute["Sighting"][0]["Organisation"]["name"] == "Desk"


@pytest.mark.parametrize(
    "parts",
    [
        [thing("threat-actor", 2, name="GROUP NINE")],
        [thing("intrusion-set", 2, name="GROUP NINE")],
        [thing("campaign", 2, name="GROUP NINE")],
        [
            thing("identity", 2, name="GROUP NINE"),
            thing(
                "relationship",
                3,
                relationship_type="attributed-to",
                source_ref=name_of("indicator", 1),
                target_ref=name_of("identity", 2),
            ),
        ],
        [
            thing("threat-actor", 3, name="x"),
            thing("location", 2, region="GROUP NINE"),
            thing(
                "relationship",
                4,
                relationship_type="located-at",
                source_ref=name_of("threat-actor", 3),
                target_ref=name_of("location", 2),
            ),
        ],
        [thing("tool", 2, name="t", labels=['misp-galaxy:threat-actor="GROUP NINE"'])],
        [thing("x-misp-attribute", 2, x_misp_type="threat-actor", x_misp_value="GROUP NINE")],
        [
            thing(
                "x-misp-object",
                2,
                x_misp_name="intrusion-set",
                x_misp_attributes=[{"type": "text", "object_relation": "name", "value": "GROUP NINE"}],
            )
        ],
    ],
)
def test_who_did_it_is_never_exported(parts: list[Object]) -> None:
    written = event_of(bundle(indicator("[file:name = 'a']"), *parts), AT)
    assert b"GROUP NINE" not in written.data
    assert any("never exported" in loss.why for loss in written.losses)


def test_properties_that_an_event_cannot_hold_are_named() -> None:
    written = event_of(bundle(thing("tool", name="t", x_own="y")), AT)
    assert [(loss.at, loss.why) for loss in written.losses] == [
        ("/objects/0", "properties of the tool: x_own")
    ]


def test_older_and_revoked_objects_are_lost_by_name() -> None:
    newer = thing("tool", 1, name="new") | {"modified": "2026-04-01T00:00:00.000Z"}
    gone = thing("tool", 2, name="gone", revoked=True)
    written = event_of(bundle(newer, thing("tool", 1, name="old"), gone), AT)
    assert [loss.at for loss in written.losses] == ["/objects/1", "/objects/2"]
    assert b"old" not in written.data


def test_a_breach_of_the_standard_is_refused_with_its_place() -> None:
    with pytest.raises(InputError) as refused:
        convert(json.dumps(bundle(thing("identity"))).encode(), "in.json", AT)
    assert [fault.place for fault in refused.value.faults] == ["in.json, /objects/0"]
