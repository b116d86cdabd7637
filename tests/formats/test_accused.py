"""Who did it is never written, however a sender names the member, the tag or the object that says so."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import KNOWLEDGE
from proxeny.actions.convert import Asked, converter
from proxeny.base.errors import InputError
from proxeny.formats.accused import statements, unaccusing
from proxeny.formats.actor_words import actor_kind
from proxeny.formats.machinetag import meaning_of
from proxeny.formats.outgoing import TARGETS

AT = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
WHO = "SHADOWZEBRA"
UUID = "5acd1ad5-d454-4166-aa3a-498d02de0b8"

_LISTED = """
actor actors actorName threatActorName suspected_actor apt APTGroup apt-groups threat_groups x_attribution
attributed-to adversaries perpetrators campaigns malware_campaign motivations primary-motivation intrusion_sets
state_sponsor nation-state country_of_actor cfr-suspected-state-sponsor
"""
NAMES = _LISTED.split()
TAGS = [f"{name}:{WHO}" for name in ("threat-actor", "actor", "campaign", "attribution", "adversary")]
TAGS += [f'misp-galaxy:threat-actor="{WHO}"', f'threat-actor="{WHO}"', f'x-notes:suspected-actor="{WHO}"']


@pytest.mark.parametrize("name", NAMES)
def test_a_name_says_who_did_it_in_whatever_spelling(name: str) -> None:
    assert actor_kind(name) is not None


@pytest.mark.parametrize(
    "name",
    ["factor", "contractor", "attacker_ip", "family", "status", "automotive", "captcha", "attribute_count"],
)
def test_other_names_say_nothing_of_an_actor(name: str) -> None:
    assert actor_kind(name) is None


@pytest.mark.parametrize("tag", TAGS)
def test_a_tag_that_names_an_actor_is_withheld_and_leaves_no_code(tag: str) -> None:
    assert meaning_of(tag).withheld is not None
    assert not meaning_of(tag).codes


@pytest.mark.parametrize(
    "tag",
    [
        'adversary:infrastructure-status="compromised"',
        'GrayZone:Adversary Emulation="Purple"',
        'proxeny:type="ransomware"',
        'misp-galaxy:ransomware="Locky"',
        "campaign",
        "user=admin",
        "https://mail.example/?campaign=spring",
    ],
)
def test_a_tag_on_something_else_stays(tag: str) -> None:
    assert meaning_of(tag).withheld is None


def _members(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    names = st.sampled_from([*NAMES, "tags", "note", "a.b"]) | st.text(max_size=8)
    return st.dictionaries(names, inner | st.sampled_from(TAGS), max_size=4)


values = st.recursive(
    st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | _members(inner), max_leaves=12
)


@given(values)
def test_what_is_left_of_a_value_makes_no_statement_and_is_left_alone(value: Any) -> None:
    kept = unaccusing(value)
    assert not statements(kept)
    assert unaccusing(kept) == kept
    if not statements(value):
        assert kept == value


def attribute(number: int, **members: Any) -> dict[str, Any]:
    fixed = {"uuid": f"{UUID}{number:x}", "to_ids": False, "category": "Other", "timestamp": "1523391189"}
    return fixed | members


def misp_object(number: int, name: str, *attributes: dict[str, Any]) -> dict[str, Any]:
    fixed = {"uuid": f"{UUID}{number:x}", "meta-category": "misc", "timestamp": "1", "description": "d"}
    return {
        **fixed,
        "template_uuid": f"{UUID}0",
        "template_version": "1",
        "name": name,
        "Attribute": [*attributes],
    }


def text(number: int, relation: str) -> dict[str, Any]:
    return attribute(number, type="text", object_relation=relation, value=WHO)


def stix(kind: str, number: int, **members: Any) -> dict[str, Any]:
    at = "2026-01-01T00:00:00.000Z"
    fixed = {
        "type": kind,
        "spec_version": "2.1",
        "id": f"{kind}--{UUID}{number:x}",
        "created": at,
        "modified": at,
    }
    return fixed | members


ACTOR = f"threat-actor--{UUID}2"
SOURCES: dict[str, Any] = {
    "misp": {
        "Event": {
            "uuid": f"{UUID}9",
            "info": "A website was defaced",
            "date": "2026-01-01",
            "timestamp": "1704100000",
            "attribution": WHO,
            "Tag": [{"name": tag} for tag in TAGS],
            "Attribute": [
                attribute(1, type="threat-actor", value=WHO),
                attribute(2, type="ip-src", value="198.51.100.4", threat_actors=[WHO]),
            ],
            "Object": [
                misp_object(3, "attack-campaign", text(4, "name")),
                misp_object(
                    5, "incident", text(6, "attribution"), text(7, "suspectedActor"), text(8, "motive")
                ),
            ],
            "Galaxy": [
                {
                    "type": "botnet",
                    "name": "Botnet",
                    "GalaxyCluster": [
                        {"type": "botnet", "value": "B", "meta": {"cfr-suspected-state-sponsor": WHO}}
                    ],
                }
            ],
        }
    },
    "stix": {
        "type": "bundle",
        "id": f"bundle--{UUID}0",
        "objects": [
            stix(
                "incident",
                1,
                name="A website was defaced",
                x_actor=WHO,
                x_more={"attribution": WHO},
                labels=TAGS,
            ),
            stix("threat-actor", 2, name=WHO),
            stix("note", 3, content=f"by {WHO}", abstract=WHO, object_refs=[ACTOR]),
            stix("opinion", 4, opinion="agree", explanation=WHO, object_refs=[ACTOR]),
            stix("note", 5, content=f"by {WHO}", object_refs=[f"campaign--{UUID}f"]),
        ],
    },
    "veris": {
        "schema_version": "1.4.1",
        "incident_id": "1",
        "security_incident": "Confirmed",
        "summary": "A website was defaced.",
        "victim": {"country": ["XA"], "industry": "621111", "employee_count": "Unknown"},
        "actor": {
            "external": {"variety": ["Unknown"], "motive": ["Unknown"], "country": ["Unknown"], "name": [WHO]}
        },
        "action": {"hacking": {"variety": ["SQLi"], "vector": ["Web application"]}},
        "asset": {"assets": [{"variety": "S - Web application"}]},
        "attribute": {"integrity": {"variety": ["Defacement"]}},
        "timeline": {"incident": {"year": 2026}},
        "plus": {"attribution": WHO, "actor_notes": WHO, "external_region": WHO, "x": {"campaigns": [WHO]}},
        "suspected_actor": WHO,
    },
    "intelmq": {
        "classification.type": "infected-system",
        "time.source": "2026-01-01T00:00:00+00:00",
        "source.ip": "198.51.100.1",
        "extra.tags": [*TAGS, "APT99"],
        **{f"extra.{name}": [WHO] for name in NAMES},
    },
    "idea0": {
        "Format": "IDEA0",
        "ID": "x",
        "DetectTime": "2026-01-01T00:00:00Z",
        "Category": ["Attempt.Login"],
        "Ref": TAGS,
        "_XA": {name: [WHO] for name in NAMES},
        "Source": [{"IP4": ["198.51.100.1"], "ThreatActors": [WHO]}],
    },
    "xarf": {
        "xarf_version": "4.0.0",
        "report_id": "123e4567-e89b-42d3-a456-426614174000",
        "timestamp": "2026-01-01T00:00:00Z",
        "reporter": {"org": "L", "contact": "a@b.example", "domain": "b.example"},
        "sender": {"org": "L", "contact": "a@b.example", "domain": "b.example"},
        "source_identifier": "192.0.2.75",
        "category": "connection",
        "type": "ddos",
        "evidence_source": "honeypot",
        "first_seen": "2026-01-01T00:00:00Z",
        "protocol": "tcp",
        "tags": TAGS,
        **dict.fromkeys(NAMES, WHO),
    },
}


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("source", SOURCES)
def test_no_format_carries_who_did_it_into_any_other_and_the_loss_is_told(source: str, target: str) -> None:
    convert = converter(Asked(target=target, at=AT), KNOWLEDGE)
    try:
        done = convert(json.dumps(SOURCES[source]).encode(), f"{source}.json")
    except InputError:
        pytest.fail("the source itself must be read")
    for one in done:
        if one.faults:
            continue
        assert WHO not in shown(one.data, target)
        assert "APT99" not in shown(one.data, target)
        assert any("who did it" in loss.why for loss in (*one.read, *one.written))


def shown(data: bytes, target: str) -> str:
    if target != "email":
        return data.decode()
    message = email.message_from_bytes(data, policy=email.policy.default)
    return "\n".join(str(part.get_content()) for part in message.walk() if not part.is_multipart())


def test_a_chain_of_events_of_veris_says_inside_or_outside_only_and_stays() -> None:
    chain = [{"actor": "ext", "action": "hak", "asset": "srv", "attribute": "cp"}]
    record = {**SOURCES["veris"], "plus": {"event_chain": chain, "attribution": WHO}}
    (done,) = converter(Asked(target="veris", at=AT), KNOWLEDGE)(json.dumps(record).encode(), "a.json")
    assert json.loads(done.data)["plus"] == {"event_chain": chain}
