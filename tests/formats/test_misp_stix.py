"""MISP events to STIX 2.1: nothing is lost without a loss, nothing says who did it, and the result is valid."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from stix_misp_cases import AT, attributes_of, events, real_events, stix_errors, told

from proxeny.base.errors import InputError
from proxeny.formats.between.misp_stix import bundle_of, convert
from proxeny.formats.between.stix_misp import event_of
from proxeny.formats.stix.read import checked_entries
from proxeny.formats.stix.write_objects import MISP_EXTENSION, observable

Object = dict[str, Any]
ACTOR = {"type": "threat-actor", "value": "GROUP NINE", "category": "Attribution"}


def objects_of(event: Object) -> list[Object]:
    found: list[Object] = json.loads(bundle_of(event, AT).data)["objects"]
    return found


def one_of(event: Object, kind: str) -> Object:
    (found,) = [item for item in objects_of(event) if item["type"] == kind]
    return found


@given(events())
@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
def test_attributes_in_are_those_carried_and_those_lost(event: Object) -> None:
    before = copy.deepcopy(event)
    written = bundle_of(event, AT)
    assert event == before
    bundle = json.loads(written.data)
    entries, _ = checked_entries(bundle, "x")
    names = [item["id"] for _, item in entries]
    assert len(names) == len(set(names))
    lost = {loss.at for loss in written.losses}
    kept = ((at, one) for at, one in attributes_of(event) if at not in lost)
    assert told(attributes_of(json.loads(event_of(bundle, AT).data))) == told(kept)
    known = set(names)
    for item in bundle["objects"]:
        assert set(item.get("object_refs", ())) <= known
        assert item.get("created_by_ref", names[0]) in known


@given(events())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_unknown_member_of_an_attribute_comes_back(event: Object) -> None:
    written = bundle_of(event, AT)
    lost = {loss.at for loss in written.losses}
    back = [one for _, one in attributes_of(json.loads(event_of(json.loads(written.data), AT).data))]
    for at, attribute in attributes_of(event):
        if at not in lost:
            unknown = {
                key: held for key, held in attribute.items() if key.startswith("u_") and held is not None
            }
            assert any(unknown.items() <= one.items() and one["value"] == attribute["value"] for one in back)


def test_real_events_are_carried_or_lost_by_name_and_are_not_changed() -> None:
    for name, event in real_events():
        before = copy.deepcopy(event)
        written = bundle_of(event, AT)
        assert event == before, name
        lost = {loss.at for loss in written.losses}
        documents = event.get("response", [event])
        documents = documents if isinstance(documents, list) else [documents]
        prefix = "/response/{}" if "response" in event else ""
        kept = [
            (at, one)
            for number, document in enumerate(documents)
            for at, one in attributes_of(document, prefix.format(number))
            if at not in lost
        ]
        back = json.loads(event_of(json.loads(written.data), AT).data)
        assert told(attributes_of(back)) == told(iter(kept)), name


def test_real_events_give_bundles_that_the_validator_accepts_in_strict_mode() -> None:
    faults = {name: errors for name, event in real_events() if (errors := stix_errors(bundle(event)))}
    assert not faults


def bundle(event: Object) -> Object:
    found: Object = json.loads(bundle_of(event, AT).data)
    return found


def test_each_loss_names_one_attribute() -> None:
    event = {
        "info": "x",
        "Attribute": [ACTOR, ACTOR, {"type": "md5"}, 7, {"type": "url", "value": "x", "deleted": True}],
    }
    losses = bundle_of(event, AT).losses
    assert [loss.at for loss in losses] == [f"/Attribute/{n}" for n in range(5)]


@pytest.mark.parametrize(
    "part",
    [
        {"Attribute": [ACTOR]},
        {"Attribute": [{"type": "text", "value": "GROUP NINE", "category": "Attribution"}]},
        {"Object": [{"name": "intrusion-set", "Attribute": [{"type": "text", "value": "GROUP NINE"}]}]},
        {"Object": [{"name": "file", "Attribute": [{**ACTOR, "object_relation": "who"}]}]},
        {"Tag": [{"name": 'misp-galaxy:threat-actor="GROUP NINE"'}]},
        {
            "Galaxy": [
                {"type": "threat-actor", "GalaxyCluster": [{"type": "threat-actor", "value": "GROUP NINE"}]}
            ]
        },
        {
            "Attribute": [
                {"type": "md5", "value": "0" * 32, "Tag": [{"name": 'threat-actor:name="GROUP NINE"'}]}
            ]
        },
        {
            "Attribute": [
                {
                    "type": "md5",
                    "value": "0" * 32,
                    "Galaxy": [
                        {"type": "mitre-intrusion-set", "GalaxyCluster": [{"value": "GROUP NINE - G0009"}]}
                    ],
                }
            ]
        },
    ],
)
def test_who_did_it_is_never_exported(part: Object) -> None:
    written = bundle_of({"info": "x", **part}, AT)
    assert b"GROUP NINE" not in written.data
    assert any("never exported" in loss.why for loss in written.losses)


@pytest.mark.parametrize(
    ("attribute", "pattern"),
    [
        ({"type": "ip-dst", "value": "192.0.2.1"}, "[ipv4-addr:value = '192.0.2.1']"),
        ({"type": "ip-src", "value": "2001:db8::1"}, "[ipv6-addr:value = '2001:db8::1']"),
        ({"type": "domain", "value": "it's.example"}, "[domain-name:value = 'it\\'s.example']"),
        ({"type": "filename", "value": "a\\b"}, "[file:name = 'a\\\\b']"),
        ({"type": "sha256", "value": "0" * 64}, f"[file:hashes.'SHA-256' = '{'0' * 64}']"),
        (
            {"type": "ip-dst|port", "value": "192.0.2.1|443"},
            "[network-traffic:dst_ref.value = '192.0.2.1' AND network-traffic:dst_port = 443]",
        ),
        (
            {"type": "domain|ip", "value": "a.example|192.0.2.1"},
            "[domain-name:value = 'a.example' AND domain-name:resolves_to_refs[*].value = '192.0.2.1']",
        ),
        (
            {"type": "user-agent", "value": "x", "to_ids": True},
            "[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = 'x']",
        ),
    ],
)
def test_what_is_to_be_detected_becomes_an_indicator(attribute: Object, pattern: str) -> None:
    assert one_of({"info": "x", "Attribute": [attribute]}, "indicator")["pattern"] == pattern


def test_what_is_not_to_be_detected_becomes_observed_data_with_its_observables() -> None:
    found = objects_of(
        {"info": "x", "Attribute": [{"type": "domain|ip", "value": "a.example|192.0.2.1", "to_ids": False}]}
    )
    by_type = {item["type"]: item for item in found}
    assert by_type["domain-name"]["resolves_to_refs"] == [by_type["ipv4-addr"]["id"]]
    assert set(by_type["observed-data"]["object_refs"]) == {
        by_type["ipv4-addr"]["id"],
        by_type["domain-name"]["id"],
    }


def test_observables_bear_the_identifiers_of_the_standard() -> None:
    """STIX 2.1, section 2.9: what stix2 gives for the same observables."""
    assert (
        observable("ipv4-addr", {"value": "198.51.100.3"})["id"]
        == "ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4"
    )
    assert (
        observable("domain-name", {"value": "example.com"})["id"]
        == "domain-name--bedb4899-d24b-5401-bc86-8f6b4cc18ec7"
    )
    two = {"hashes": {"SHA-256": "1" * 64, "MD5": "0" * 32}, "name": "x"}
    assert observable("file", two) != observable("file", two | {"name": "y"})
    assert observable("file", two)["id"] == observable("file", two | {"hashes": {"MD5": "0" * 32}})["id"]


def test_an_object_becomes_one_indicator_over_what_is_to_be_detected() -> None:
    parts = [
        {"type": "md5", "object_relation": "md5", "value": "0" * 32, "to_ids": True},
        {"type": "filename", "object_relation": "filename", "value": "a.exe", "to_ids": True},
        {"type": "size-in-bytes", "object_relation": "size-in-bytes", "value": "12", "to_ids": False},
    ]
    found = one_of(
        {"info": "x", "Object": [{"name": "file", "meta-category": "file", "Attribute": parts}]}, "indicator"
    )
    assert found["pattern"] == f"[file:hashes.MD5 = '{'0' * 32}' AND file:name = 'a.exe']"
    assert len(found["extensions"][MISP_EXTENSION]["object"]["Attribute"]) == 3


def test_a_technique_on_an_attribute_is_what_its_indicator_indicates() -> None:
    cluster = {
        "uuid": "e042a41b-5ecf-4f3a-8f1f-1b528c534772",
        "type": "mitre-attack-pattern",
        "value": "Example Technique - T9999",
        "meta": {"external_id": ["T9999"], "kill_chain": ["mitre-attack:impact"]},
    }
    galaxy = [{"type": "mitre-attack-pattern", "GalaxyCluster": [cluster]}]
    found = objects_of({"info": "x", "Attribute": [{"type": "md5", "value": "0" * 32, "Galaxy": galaxy}]})
    by_type = {item["type"]: item for item in found}
    technique = by_type["attack-pattern"]
    assert technique["name"] == "Example Technique"
    assert technique["external_references"] == [{"source_name": "mitre-attack", "external_id": "T9999"}]
    relation = by_type["relationship"]
    ends = (relation["source_ref"], relation["relationship_type"], relation["target_ref"])
    assert ends == (by_type["indicator"]["id"], "indicates", technique["id"])


def test_an_events_marking_stands_on_all_that_has_none_of_its_own() -> None:
    event = {
        "info": "x",
        "Tag": [{"name": "tlp:red"}],
        "Attribute": [
            {"type": "md5", "value": "0" * 32},
            {"type": "md5", "value": "1" * 32, "Tag": [{"name": "tlp:clear"}]},
        ],
    }
    marks = {item["id"]: item["name"] for item in objects_of(event) if item["type"] == "marking-definition"}
    one, other = [item for item in objects_of(event) if item["type"] == "indicator"]
    assert [marks[ref] for item in (one, other) for ref in item["object_marking_refs"]] == [
        "TLP:RED",
        "TLP:CLEAR",
    ]


def test_files_go_whole_and_come_back() -> None:
    event = {
        "info": "x",
        "Attribute": [{"type": "malware-sample", "value": "a.exe|" + "0" * 32, "data": "UEsDBA=="}],
    }
    artifact = one_of(event, "artifact")
    assert (artifact["payload_bin"], artifact["decryption_key"]) == ("UEsDBA==", "infected")
    ((_, back),) = attributes_of(
        json.loads(event_of({"type": "bundle", "id": "bundle--x", "objects": objects_of(event)}, AT).data)
    )
    assert back["data"] == "UEsDBA=="


def test_the_same_event_gives_the_same_bytes() -> None:
    event = {
        "info": "x",
        "Attribute": [{"type": "md5", "value": "0" * 32}],
        "Object": [{"name": "file", "Attribute": []}],
    }
    assert bundle_of(event, AT).data == bundle_of(copy.deepcopy(event), AT).data


def test_several_events_are_several_bundles_by_their_pointers() -> None:
    data = json.dumps({"response": [{"Event": {"info": "x"}}, {"Event": {"info": "y"}}]}).encode()
    assert [part for part, _ in convert(data, "in.json", AT)] == ["/response/0/Event", "/response/1/Event"]


@pytest.mark.parametrize(
    "document", [{}, [], [7], {"response": []}, {"response": 7}, {"Event": 7}, {"errors": "x"}]
)
def test_what_is_no_event_is_refused_with_its_place(document: Any) -> None:
    with pytest.raises(InputError) as refused:
        convert(json.dumps(document).encode(), "in.json", AT)
    assert all(fault.place.startswith("in.json") and fault.remedy for fault in refused.value.faults)


def test_an_attribute_that_two_objects_stand_for_comes_back_once() -> None:
    event = {
        "info": "",
        "Attribute": [{"type": "ip-src", "value": ""}, {"type": "yara", "value": "", "data": "AAAA"}],
    }
    back = json.loads(event_of(json.loads(bundle_of(event, AT).data), AT).data)
    assert told(attributes_of(back)) == told(attributes_of(event))
