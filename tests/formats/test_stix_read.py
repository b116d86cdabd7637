"""STIX 2.1: what classes an incident, what only stands beside it, what is withheld, what is refused."""

from __future__ import annotations

import copy
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proxeny.base.errors import InputError
from proxeny.base.records import encode_json
from proxeny.formats.stix import read
from proxeny.identify.report import Report
from shared import CORPUS

VECTORS = Path(__file__).parents[1] / "vectors" / "corpus" / "stix.tsv"
ROWS = [line.split("\t") for line in VECTORS.read_text().splitlines()[1:]]

T = "2026-03-01T08:00:00.000Z"
CORE = "extension-definition--ef765651-680c-498d-9894-99799f2fa126"
RED = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"
AMBER_OF_TLP_1 = "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"
Object = dict[str, Any]


def name_of(kind: str, number: int = 1) -> str:
    return f"{kind}--{number:08x}-0000-4000-8000-000000000000"


def thing(kind: str, number: int = 1, **more: Any) -> Object:
    made = {"type": kind, "spec_version": "2.1", "id": name_of(kind, number), "created": T, "modified": T}
    return made | more


def relation(number: int, source: Object, kind: str, target: Object) -> Object:
    refs = {"source_ref": source["id"], "target_ref": target["id"]}
    return thing("relationship", number, relationship_type=kind, **refs)


def incident(number: int = 1, core: Object | None = None, **more: Any) -> Object:
    extension = {"extension_type": "property-extension", "investigation_status": "open"} | (core or {})
    made = {
        "name": "Servers encrypted",
        "description": "All shares of the clinic.",
        "extensions": {CORE: extension},
    }
    return thing("incident", number, **(made | more))


def report(number: int = 1, **more: Any) -> Object:
    return thing("report", number, **({"name": "A report", "published": T, "object_refs": []} | more))


def technique(number: int = 1, code: str = "T1486", source: str = "mitre-attack") -> Object:
    return thing(
        "attack-pattern", number, name="x", external_references=[{"source_name": source, "external_id": code}]
    )


def read_all(*objects: Object) -> list[Report]:
    bundle = {"type": "bundle", "id": name_of("bundle"), "objects": list(objects)}
    return read(json.dumps(bundle).encode(), "in.json")


def read_one(*objects: Object) -> Report:
    (found,) = read_all(*objects)
    return found


def refusal(*objects: Any) -> InputError:
    with pytest.raises(InputError) as caught:
        read_all(*objects)
    assert all(fault.place.startswith("in.json") and fault.remedy for fault in caught.value.faults)
    return caught.value


def codes(found: Report, scope: str = "event") -> list[str]:
    return [f"{tag.scheme}:{tag.code}" for tag in found.tags if tag.scope == scope]


def reasons(found: Report) -> set[str]:
    return {loss.why for loss in found.losses}


def test_an_incident_takes_its_types_from_its_extension() -> None:
    found = read_one(
        incident(core={"incident_types": ["ransomware", "Data-Exfiltration"], "determination": "suspected"})
    )
    assert (found.format, found.kind, found.title) == ("stix", "incident", "Servers encrypted")
    assert found.text == "Servers encrypted\nAll shares of the clinic."
    assert codes(found) == [
        "stix-incident:ransomware",
        "stix-incident:data-exfiltration",
        "stix-determination:suspected",
    ]
    assert found.tags[0].at == f"/objects/0/extensions/{CORE}/incident_types/0"
    assert found.source_id == name_of("incident")
    assert found.reported is not None
    assert found.reported.isoformat() == "2026-03-01T08:00:00+00:00"


@pytest.mark.parametrize("key", ["incident_types", "incident_type"])
def test_types_that_a_platform_writes_beside_the_extension_are_read(key: str) -> None:
    value: Any = ["phishing"] if key.endswith("s") else "phishing"
    assert codes(read_one(incident(**{key: value}))) == ["stix-incident:phishing"]


def test_events_tasks_and_impacts_of_the_incident_speak_for_it() -> None:
    happened = thing(
        "event",
        1,
        status="occurred",
        event_types=["exploit"],
        name="Entry by a flaw.",
        start_time="2026-02-27T01:00:00Z",
    )
    later = thing("event", 2, status="occurred", start_time="2026-02-28T01:00:00Z")
    feared = thing("event", 3, status="not-occurred", event_types=["destruction"], name="Wiping was feared.")
    task = thing(
        "task",
        1,
        outcome="successful",
        task_types=["detected"],
        start_time="2026-03-01T05:00:00Z",
        description="Seen by a nurse.",
    )
    paid = thing(
        "impact",
        1,
        impact_category="monetary",
        extensions={
            "monetary": {
                "variety": "response-and-recovery",
                "currency": "USD",
                "min_amount": 100,
                "max_amount": 200,
            }
        },
    )
    demanded = thing(
        "impact",
        2,
        impact_category="monetary",
        extensions={
            "monetary": {"variety": "ransom-demand", "currency": "usd", "min_amount": 0, "max_amount": 9}
        },
    )
    exposed = thing(
        "impact",
        3,
        impact_category="confidentiality",
        extensions={
            "confidentiality": {
                "loss_type": "confirmed-loss",
                "information_type": "phi",
                "record_count": 1200,
            }
        },
    )
    core = {
        "events": [{"event_ref": item["id"]} for item in (happened, later, feared)],
        "tasks": [{"task_ref": task["id"]}],
        "impact_refs": [paid["id"], demanded["id"], exposed["id"]],
        "criticality": 90,
    }
    found = read_one(incident(core=core), happened, later, feared, task, paid, demanded, exposed)
    assert codes(found) == ["stix-incident:exploit"]
    assert codes(found, "part") == ["stix-task:detected"]
    assert "Entry by a flaw.\nSeen by a nurse." in found.text
    assert "feared" not in found.text
    assert (str(found.occurred), str(found.detected)) == (
        "2026-02-27 01:00:00+00:00",
        "2026-03-01 05:00:00+00:00",
    )
    assert [(fact.path, fact.value, fact.state) for fact in found.stated] == [
        ("loss_usd", (100.0, 200.0), None),
        ("records.persons", 1200.0, None),
    ]
    assert "events that did not happen, or not yet" in reasons(found)
    assert any("criticality" in why and "never sets the level" in why for why in reasons(found))


def test_labels_that_are_machine_tags_class_and_set_the_kind() -> None:
    labels = ['rsit:fraud="phishing"', "free words"]
    found = read_one(report(labels=labels, report_types=["threat-report"]))
    assert found.kind == "incident"
    assert codes(found) == ['rsit:fraud="phishing"', "free:free words", "stix-report:threat-report"]
    assert read_one(incident(labels=['exercise:generic="x"'])).kind == "exercise"


def test_a_technique_counts_only_when_linked() -> None:
    linked, related, alone = technique(1, "T1486"), technique(2, "T1566.001"), technique(3, "T1070")
    first = incident()
    found = read_one(
        first,
        linked,
        related,
        alone,
        relation(1, first, "uses", related),
        report(object_refs=[first["id"], linked["id"]]),
    )
    assert codes(found) == ["attack:T1486", "attack:T1566.001"]
    assert "techniques linked to no incident, report or grouping" in reasons(found)
    assert codes(read_one(report(object_refs=[linked["id"]]), linked)) == ["attack:T1486"]
    assert codes(read_one(thing("grouping", context="unspecified", object_refs=[linked["id"]]), linked)) == [
        "attack:T1486"
    ]
    assert read_one(linked, thing("identity", name="x")).tags == ()


def test_a_technique_is_found_through_the_sighting_of_an_event() -> None:
    pattern = technique(code="CAPEC-98", source="capec")
    sighting = thing("sighting", sighting_of_ref=pattern["id"])
    happened = thing("event", status="occurred", sighting_refs=[sighting["id"]])
    found = read_one(incident(core={"events": [{"event_ref": happened["id"]}]}), happened, sighting, pattern)
    assert codes(found) == ["capec:CAPEC-98"]


def test_words_of_linked_malware_class_and_those_of_tools_only_support() -> None:
    bad = thing("malware", is_family=True, malware_types=["Ransomware"])
    tool = thing("tool", name="t", tool_types=["remote-access"])
    found = read_one(report(object_refs=[bad["id"], tool["id"]]), bad, tool)
    assert codes(found) == ["stix-malware:ransomware"]
    assert codes(found, "part") == ["stix-tool:remote-access"]
    assert codes(read_one(bad, thing("url", value="http://example.org/")), "part") == [
        "stix-malware:ransomware"
    ]


def test_who_did_it_is_withheld_and_stands_nowhere_else() -> None:
    first = incident(object_marking_refs=[])
    actor = thing("threat-actor", name="GROUP ONE", primary_motivation="MOTIVE", goals=["MOTIVE TWO"])
    group = thing("intrusion-set", name="GROUP TWO", labels=["apt1"], description="GROUP of freedonia")
    campaign = thing("campaign", name="GROUP THREE", objective="MOTIVE THREE")
    service = thing("identity", 2, name="GROUP FOUR", sectors=["government"])
    home = thing("location", country="FR", name="freedonia")
    found = read_one(
        first,
        actor,
        group,
        campaign,
        service,
        home,
        relation(1, first, "attributed-to", actor),
        relation(2, actor, "located-at", home),
        relation(3, actor, "attributed-to", service),
        relation(4, first, "attributed-to", group),
        relation(5, first, "attributed-to", service),
    )
    assert {statement.kind for statement in found.withheld} == {
        "actor",
        "intrusion-set",
        "campaign",
        "motive",
        "actor-country",
    }
    assert {statement.value for statement in found.withheld if statement.kind == "actor-country"} == {"FR"}
    rest = encode_json([found.text, found.tags, found.losses, found.states, found.sectors, found.stated])
    assert not any(word in rest for word in (b"GROUP", b"MOTIVE", b"freedonia", b"FR", b"government"))


def test_states_and_sectors_are_those_of_whom_the_incident_hit() -> None:
    first = incident()
    victim = thing("identity", name="Clinic", sectors=["healthcare"])
    home = thing("location", 1, country="LU")
    place = thing("location", 2, name="Belgium", region="western-europe")
    elsewhere = thing("location", 3, country="FR")
    found = read_one(
        first,
        victim,
        home,
        place,
        elsewhere,
        relation(1, first, "targets", victim),
        relation(2, victim, "located-at", home),
        relation(3, first, "located-at", place),
    )
    assert found.states == ("LU", "BE")
    assert found.sectors == ("stix-sector:healthcare",)


def test_what_a_tool_targets_in_general_counts_only_where_the_report_holds_it() -> None:
    bad = thing("malware", is_family=True)
    held, other = thing("location", 1, country="LU"), thing("location", 2, country="BE")
    found = read_one(
        report(object_refs=[bad["id"], held["id"]]),
        bad,
        held,
        other,
        relation(1, bad, "targets", held),
        relation(2, bad, "targets", other),
    )
    assert found.states == ("LU",)


def test_indicators_come_from_observables_patterns_and_vulnerabilities() -> None:
    pattern = (
        "[ipv4-addr:value = '192.0.2.7'] OR [file:hashes.'SHA-256' = '"
        + "A1" * 32
        + "' AND file:name = 'it\\'s.exe']"
    )
    found = read_one(
        thing("indicator", pattern=pattern, pattern_type="stix", valid_from=T),
        thing("indicator", 2, pattern="alert tcp any", pattern_type="snort", valid_from=T),
        {"type": "domain-name", "id": name_of("domain-name"), "value": "Example.ORG"},
        {"type": "autonomous-system", "id": name_of("autonomous-system"), "number": 64496},
        {"type": "file", "id": name_of("file"), "hashes": {"MD5": "b2" * 16}, "name": "a.exe"},
        {"type": "user-account", "id": name_of("user-account"), "user_id": "x"},
        thing(
            "vulnerability",
            name="CVE-2021-44228",
            external_references=[{"source_name": "cve", "external_id": "CVE-2021-44228"}],
        ),
    )
    assert found.kind == "indicators"
    assert [(one.type, one.value, one.at) for one in found.indicators] == [
        ("ipv4", "192.0.2.7", "/objects/0"),
        ("sha256", "a1" * 32, "/objects/0"),
        ("filename", "it's.exe", "/objects/0"),
        ("domain", "example.org", "/objects/2"),
        ("asn", "AS64496", "/objects/3"),
        ("md5", "b2" * 16, "/objects/4"),
        ("filename", "a.exe", "/objects/4"),
        ("cve", "CVE-2021-44228", "/objects/6"),
    ]
    assert {"rules written in snort", "values of type user-account"} <= reasons(found)


@pytest.mark.parametrize("unit", ["a", "a:b.c", "[a:b = '", "a:b ", "\\'", "url:value = 'x\\"])
def test_a_hostile_pattern_costs_no_more_than_its_length(unit: str) -> None:
    """The length of a pattern whose work grew with its square would be felt for minutes."""
    pattern = thing("indicator", pattern=unit * 100_000, pattern_type="stix", valid_from=T)
    assert (
        read_one(pattern, technique() | {"name": " " * 100_000, "external_references": []}).kind
        == "indicators"
    )


def test_each_report_of_several_takes_only_what_is_linked_to_it() -> None:
    def observable(number: int) -> Object:
        return {"type": "ipv4-addr", "id": name_of("ipv4-addr", number), "value": f"192.0.2.{number}"}

    seen = thing(
        "observed-data",
        first_observed=T,
        last_observed=T,
        number_observed=1,
        object_refs=[name_of("ipv4-addr", 1)],
    )
    shared = thing("identity", name="x")
    reports = read_all(
        report(1, name="one", object_refs=[seen["id"], shared["id"]]),
        report(2, name="two", object_refs=[name_of("ipv4-addr", 2), shared["id"], name_of("url", 9)]),
        seen,
        shared,
        *(observable(number) for number in (1, 2, 3)),
    )
    assert [(found.title, found.part) for found in reports] == [("one", "/objects/0"), ("two", "/objects/1")]
    assert [[one.value for one in found.indicators] for found in reports] == [["192.0.2.1"], ["192.0.2.2"]]
    assert "objects referred to that the file does not hold: 1" in reasons(reports[1])


def test_each_incident_is_a_report_and_reports_beside_them_are_told() -> None:
    reports = read_all(
        incident(1), incident(2), report(object_refs=[name_of("incident", 1), name_of("incident", 2)])
    )
    assert [found.source_id for found in reports] == [name_of("incident", 1), name_of("incident", 2)]
    assert any("none or several of the incidents" in why for why in reasons(reports[0]))


@pytest.mark.parametrize(
    ("root", "kind"),
    [
        (report(report_types=["threat-report"]), "threat-report"),
        (report(), "threat-report"),
        (report(report_types=["indicator", "observed-data"]), "indicators"),
        (report(report_types=["vulnerability"]), "advisory"),
        (thing("grouping", context="suspicious-activity", object_refs=[]), "incident"),
        (
            thing("grouping", context="suspicious-activity", object_refs=[], labels=["Threat-Report"]),
            "threat-report",
        ),
        (thing("grouping", context="malware-analysis", object_refs=[]), "threat-report"),
        (thing("identity", name="x"), "reference"),
        (thing("campaign", name="x"), "threat-report"),
        ({"type": "url", "id": name_of("url"), "value": "http://example.org/"}, "indicators"),
    ],
)
def test_the_kind_follows_the_written_rule(root: Object, kind: str) -> None:
    assert read_one(root).kind == kind


def test_the_strictest_marking_holds_by_fixed_id_name_or_extension() -> None:
    own = thing("marking-definition", 7, name="TLP:GREEN")
    extended = thing(
        "marking-definition",
        8,
        extensions={
            "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d": {"tlp_2_0": "amber+strict"}
        },
    )
    old = thing("marking-definition", 9, definition_type="tlp", definition={"tlp": "white"})
    for item in (own, extended, old):
        del item["modified"]

    def marked(*refs: str) -> str | None:
        return read_one(incident(object_marking_refs=list(refs)), own, extended, old).marking.tlp

    assert marked(old["id"]) == "TLP:CLEAR"
    assert marked(own["id"]) == "TLP:GREEN"
    assert marked(own["id"], AMBER_OF_TLP_1) == "TLP:AMBER"
    assert marked(own["id"], extended["id"]) == "TLP:AMBER+STRICT"
    assert marked(own["id"], RED) == "TLP:RED"
    assert marked(name_of("marking-definition", 99)) is None
    granular = incident(granular_markings=[{"marking_ref": RED, "selectors": ["description"]}])
    assert read_one(granular).marking.tlp == "TLP:RED"


def test_the_newest_version_counts_and_revoked_objects_do_not() -> None:
    newer = incident(name="newer", modified="2026-03-01T08:00:00.001Z")
    revoked = technique() | {"revoked": True}
    found = read_one(newer, incident(name="older"), revoked, report(object_refs=[newer["id"], revoked["id"]]))
    assert found.title == "newer"
    assert found.tags == ()
    assert {"older versions of objects: 1", "objects that their makers revoked: 1"} <= reasons(found)


def test_notes_on_the_incident_belong_to_its_narrative() -> None:
    note = thing(
        "note", abstract="Later", content="Power was back at noon.", object_refs=[name_of("incident")]
    )
    assert read_one(incident(), note).text.endswith("Later\nPower was back at noon.")


def test_language_and_confidence_are_those_of_the_incident() -> None:
    found = read_one(incident(lang="fr", confidence=70))
    assert (found.language, found.confidence) == ("fr", "70")


@pytest.mark.parametrize(
    "wrap",
    [lambda o: o, lambda o: [o], lambda o: {"objects": [o], "more": False}],
)
def test_an_envelope_a_list_or_one_object_is_read(wrap: Any) -> None:
    (found,) = read(json.dumps(wrap(incident())).encode(), "in.json")
    assert (found.kind, found.part) == ("incident", None)


BREACHES: list[tuple[Object, str, str]] = [
    ({"modified": None}, "/modified", "not a timestamp"),
    ({"created": "2026-03-01T08:00:00"}, "/created", "not a timestamp"),
    ({"created": "2026-03-01T08:00:00+00:00"}, "/created", "not a timestamp"),
    ({"created": "2026-03-01 08:00:00Z"}, "/created", "not a timestamp"),
    ({"created": "2026-02-30T08:00:00Z"}, "/created", "not a timestamp"),
    ({"created": 7}, "/created", "not a timestamp"),
    ({"modified": "2025-03-01T08:00:00Z"}, "/modified", "modified is before created"),
    ({"id": "identity--1"}, "/id", "no identifier"),
    ({"id": 7}, "/id", "no identifier"),
    ({"id": name_of("tool")}, "/id", "one of a tool"),
    ({"type": "Identity"}, "/type", "no type"),
    ({"type": ["identity"]}, "/type", "no type"),
    ({"spec_version": "2.2"}, "/spec_version", "of STIX 2.2"),
    ({"name": 7}, "/name", "not text"),
    ({"name": None}, "/name", "not text"),
    ({"labels": "x"}, "/labels", "not a list of texts"),
    ({"created_by_ref": name_of("tool")}, "/created_by_ref", "must to a identity"),
    ({"created_by_ref": "x"}, "/created_by_ref", "no identifier"),
    ({"object_marking_refs": [name_of("tool")]}, "/object_marking_refs", "must to a marking-definition"),
    ({"object_marking_refs": 7}, "/object_marking_refs", "not a list"),
    ({"external_references": ["x"]}, "/external_references", "not a list of objects"),
    ({"extensions": []}, "/extensions", "not an object"),
    ({"revoked": "no"}, "/revoked", "neither true nor false"),
    ({"confidence": 101}, "/confidence", "0 to 100"),
]


@pytest.mark.parametrize(("changes", "where", "said"), BREACHES)
def test_what_the_standard_forbids_is_refused_with_its_place(changes: Object, where: str, said: str) -> None:
    error = refusal(incident(), thing("identity", name="x") | changes)
    assert [(fault.place, said in fault.message) for fault in error.faults] == [
        (f"in.json, /objects/1{where}", True)
    ]


@pytest.mark.parametrize(
    ("kind", "required"),
    [
        ("identity", ["created", "modified", "name"]),
        ("indicator", ["created", "modified", "pattern", "pattern_type", "valid_from"]),
        ("report", ["created", "modified", "name", "published", "object_refs"]),
        ("relationship", ["created", "modified", "relationship_type", "source_ref", "target_ref"]),
        ("malware", ["created", "modified", "is_family"]),
        ("url", ["value"]),
        ("marking-definition", ["created"]),
    ],
)
def test_every_missing_property_is_named(kind: str, required: list[str]) -> None:
    error = refusal(incident(), {"type": kind, "spec_version": "2.1", "id": name_of(kind)})
    assert [fault.message.split("'")[1] for fault in error.faults] == required


def test_one_of_several_properties_is_required() -> None:
    assert "none of region, country, latitude" in str(refusal(incident(), thing("location")))


def test_all_breaches_of_a_file_are_told_at_once() -> None:
    error = refusal(incident(name=1, confidence=-1), {"type": "x"}, thing("tool", name="t", created="?"))
    assert [fault.place.removeprefix("in.json, /objects") for fault in error.faults] == [
        "/0/name",
        "/0/confidence",
        "/1/type",
        "/2/created",
    ]


def test_one_object_without_version_among_others_is_a_fault() -> None:
    old = thing("identity", name="x")
    del old["spec_version"]
    assert "counts as STIX 2.0" in str(refusal(incident(), old))


@pytest.mark.parametrize(
    "document",
    [7, None, "x", {}, {"type": "x"}, [], {"type": "bundle"}, {"type": "bundle", "objects": 7}, [7]],
)
def test_what_is_no_stix_is_refused(document: Any) -> None:
    with pytest.raises(InputError, match=r"in\.json"):
        read(json.dumps(document).encode(), "in.json")


def test_attack_as_published_is_read_as_reference() -> None:
    """ATT&CK leaves out spec_version and is_family, and adds properties and types of its own."""
    pattern = technique() | {"x_mitre_version": "1.0"}
    bad = thing("malware", name="m", x_mitre_domains=["enterprise-attack"])
    group = thing("intrusion-set", name="GROUP")
    tactic = thing("x-mitre-tactic", name="Impact", x_mitre_shortname="impact")
    statement = thing("marking-definition", definition_type="statement", definition={"statement": "©"})
    for item in (pattern, bad, group, tactic, statement):
        del item["spec_version"]
    found = read_one(pattern, bad, group, tactic, statement)
    assert (found.kind, found.tags) == ("reference", ())
    assert [statement.value for statement in found.withheld] == ["GROUP"]


JSON = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.text(max_size=6), st.just(T), st.just(name_of("tool"))
    ),
    lambda below: st.one_of(
        st.lists(below, max_size=4),
        st.dictionaries(
            st.sampled_from(("type", "id", "objects", "spec_version", "name", "created")), below, max_size=5
        ),
    ),
    max_leaves=20,
)
WHOLE: list[Object] = [
    incident(
        core={
            "incident_types": ["ransomware"],
            "events": [{"event_ref": name_of("event")}],
            "impact_refs": [name_of("impact")],
            "confidentiality_impacts": [{"information_type": "pii", "record_count": 3}],
        }
    ),
    thing("event", status="occurred", event_types=["x"], sighting_refs=[name_of("sighting")], start_time=T),
    thing(
        "impact", impact_category="physical", extensions={"physical": {"impact_type": "damaged-functional"}}
    ),
    thing("sighting", sighting_of_ref=name_of("attack-pattern"), where_sighted_refs=[name_of("identity")]),
    technique(),
    thing("identity", name="x", sectors=["energy"]),
    thing("location", country="FR"),
    thing(
        "relationship",
        relationship_type="targets",
        source_ref=name_of("incident"),
        target_ref=name_of("identity"),
    ),
    thing("malware", is_family=False, malware_types=["worm"], labels=["tlp:red"]),
    thing("threat-actor", name="y", goals=["z"]),
    thing("indicator", pattern="[url:value = 'http://example.org/']", pattern_type="stix", valid_from=T),
    {"type": "file", "id": name_of("file"), "hashes": {"MD5": "b2" * 16}},
    thing("marking-definition", name="TLP:RED", definition_type="tlp", definition={"tlp": "red"}),
    report(object_refs=[name_of("incident"), name_of("malware")], granular_markings=[{"marking_ref": RED}]),
]


@given(JSON)
def test_any_document_is_read_or_refused(document: Any) -> None:
    with suppress(InputError):
        for found in read(json.dumps(document).encode(), "in.json"):
            encode_json(found)


@settings(max_examples=200)
@given(st.data())
def test_any_mutation_of_a_bundle_is_read_or_refused(data: st.DataObject) -> None:
    """Whatever stands at one place of a good bundle, nothing but InputError is raised."""
    objects = copy.deepcopy(WHOLE)
    owner: Any = objects
    while True:
        keys = list(owner) if isinstance(owner, dict) else list(range(len(owner)))
        key = data.draw(st.sampled_from(keys))
        below = owner[key]
        if not isinstance(below, (dict, list)) or not below or data.draw(st.booleans()):
            break
        owner = below
    if data.draw(st.booleans()):
        owner[key] = data.draw(JSON)
    else:
        del owner[key]
    with suppress(InputError):
        for found in read_all(*objects):
            encode_json(found)


def test_the_same_bytes_always_give_the_same_report() -> None:
    assert encode_json(read_all(*WHOLE)) == encode_json(read_all(*copy.deepcopy(WHOLE)))


def test_many_reports_that_share_one_large_object_stay_cheap() -> None:
    """Each may gather only its share of what hangs on the object they have in common."""
    hub = thing("observed-data", first_observed=T, last_observed=T, number_observed=1)
    hub["object_refs"] = [name_of("ipv4-addr", number) for number in range(1000)]
    seen = [{"type": "ipv4-addr", "id": ref, "value": "192.0.2.1"} for ref in hub["object_refs"]]
    reports = read_all(hub, *seen, *(report(number, object_refs=[hub["id"]]) for number in range(1000)))
    assert len(reports) == 1000
    assert sum(len(found.indicators) for found in reports) == 1000


@pytest.mark.parametrize(
    ("file", "kind", "lines", "error"), [row[:4] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_a_published_file_meets_its_expected_outcome(file: str, kind: str, lines: str, error: str) -> None:
    path = CORPUS / "stix21" / file
    if not path.exists():
        pytest.skip("the shared corpus is not here")
    if error:
        with pytest.raises(InputError, match=error):
            read(path.read_bytes(), file)
        return
    reports = read(path.read_bytes(), file)
    assert [len(reports), {found.kind for found in reports}] == [int(lines), {kind}]


def test_every_published_file_has_an_expected_outcome() -> None:
    if not (CORPUS / "stix21").exists():
        pytest.skip("the shared corpus is not here")
    assert sorted(path.name for path in (CORPUS / "stix21").iterdir()) == sorted(row[0] for row in ROWS)


def test_published_stix_2_0_is_read() -> None:
    if not (CORPUS / "stix20").exists():
        pytest.skip("the shared corpus is not here")
    for path in (CORPUS / "stix20").iterdir():
        reports = read(path.read_bytes(), path.name)
        assert reports
        assert all(report.indicators for report in reports)


@given(st.integers(0, 6), st.text("qz", min_size=3))
def test_a_property_that_a_report_does_not_hold_is_named_in_the_losses(index: int, name: str) -> None:
    uuid = "5acd1ad5-d454-4166-aa3a-498d02de0b8"
    at = {"created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z"}
    kinds: tuple[tuple[str, dict[str, Any]], ...] = (
        ("incident", {"name": "A case", **at}),
        ("malware", {"is_family": True, **at}),
        ("tool", {"name": "T", **at}),
        ("identity", {"name": "I", **at}),
        ("domain-name", {"value": "a.example"}),
        ("vulnerability", {"name": "CVE-2026-0001", **at}),
        ("file", {"name": "f.exe"}),
    )
    objects = [
        {"type": kind, "spec_version": "2.1", "id": f"{kind}--{uuid}{number}", **members}
        for number, (kind, members) in enumerate(kinds)
    ]
    objects[index][f"x_{name}"] = 0
    data = json.dumps({"type": "bundle", "id": f"bundle--{uuid}9", "objects": objects}).encode()
    (report,) = read(data, "bundle.json")
    assert any(f"x_{name}" in loss.why for loss in report.losses)
    assert any("is_family" in loss.why for loss in report.losses)
