"""IntelMQ: the type is the code, addresses are indicators, geography and raw lines are left out."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxeny.base.errors import InputError
from proxeny.formats.intelmq.read import read
from proxeny.identify.report import Report

EVENT: dict[str, Any] = {
    "__type": "Event",
    "classification.type": "infected-system",
    "classification.taxonomy": "malicious-code",
    "classification.identifier": "salityp2p",
    "event_description.text": "Sinkhole attempted connection",
    "comment": "seen twice",
    "source.ip": "192.0.2.7",
    "source.asn": 64496,
    "source.network": "192.0.2.0/24",
    "source.fqdn": "bot.example",
    "source.geolocation.cc": "XA",
    "source.account": "user@bot.example",
    "destination.url": "http://sink.example/x",
    "malware.hash.md5": "d41d8cd98f00b204e9800998ecf8427e",
    "malware.name": "salityp2p",
    "time.source": "2026-03-01T10:00:00+02:00",
    "time.observation": "2026-03-01T09:00:00+00:00",
    "feed.name": "Sinkhole",
    "feed.accuracy": 90.0,
    "extra.adversary": "Somebody",
    "tlp": "amber",
    "raw": "U29tZWJvZHkgZGlkIGl0",
}


def read_one(**changes: Any) -> Report:
    event = {name: value for name, value in {**EVENT, **changes}.items() if value is not None}
    (report,) = read(json.dumps(event).encode(), "e.json")
    return report


def read_or_refuse(data: bytes) -> list[Report]:
    try:
        return read(data, "e.json")
    except InputError:
        return []


def test_an_event_becomes_a_report() -> None:
    report = read_one()
    assert (report.kind, report.format) == ("incident", "intelmq")
    assert report.text == "Sinkhole attempted connection\n\nseen twice"
    assert report.title == "Sinkhole attempted connection"
    assert report.marking.tlp == "TLP:AMBER"
    assert report.confidence == "feed accuracy 90.0"
    assert report.occurred is not None
    assert report.occurred.isoformat() == "2026-03-01T08:00:00+00:00"
    assert report.reported is not None


def test_the_type_is_the_code_and_the_rest_of_the_classification_only_supports() -> None:
    tags = [(tag.scheme, tag.code, tag.scope) for tag in read_one().tags]
    assert tags == [
        ("intelmq", "infected-system", "event"),
        ("intelmq-taxonomy", "malicious-code", "part"),
        ("intelmq-identifier", "salityp2p", "part"),
    ]


@pytest.mark.parametrize(
    ("name", "scheme", "code"),
    [
        ("c2-server", "intelmq", "c2-server"),
        ("c&c", "intelmq-old", "c&c"),
        ("botnet drone", "intelmq-old", "botnet drone"),
        ("Unauthorised-information-access", "intelmq-old", "Unauthorised-information-access"),
        ("unauthorised-information-access", "intelmq", "unauthorised-information-access"),
        ("never-heard-of", "intelmq", "never-heard-of"),
    ],
)
def test_old_names_belong_to_the_old_scheme(name: str, scheme: str, code: str) -> None:
    tag = read_one(**{"classification.type": name}).tags[0]
    assert (tag.scheme, tag.code, tag.raw) == (scheme, code, name)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("test", "test"),
        ("blacklist", "indicators"),
        ("tor", "indicators"),
        (None, "indicators"),
        ("ddos", "incident"),
    ],
)
def test_the_kind_follows_the_type(name: str | None, kind: str) -> None:
    assert read_one(**{"classification.type": name}).kind == kind


def test_addresses_on_both_sides_are_indicators() -> None:
    assert {(item.type, item.value) for item in read_one().indicators} == {
        ("ipv4", "192.0.2.7"),
        ("asn", "AS64496"),
        ("cidr", "192.0.2.0/24"),
        ("domain", "bot.example"),
        ("email", "user@bot.example"),
        ("url", "http://sink.example/x"),
        ("md5", "d41d8cd98f00b204e9800998ecf8427e"),
    }


def test_geography_is_a_loss_and_never_a_state_affected() -> None:
    report = read_one()
    assert report.states == ()
    assert "/source.geolocation.cc" in {loss.at for loss in report.losses}


def test_raw_and_the_values_of_extra_are_kept_out_of_the_report() -> None:
    report = read_one(**{"extra.remark": "Something"})
    kept = msgspec.json.encode(report).decode()
    assert "U29tZWJvZHk" not in kept
    assert "Something" not in kept
    assert {"/raw", "/extra.remark"} <= {loss.at for loss in report.losses}


def test_each_lost_member_of_extra_is_named() -> None:
    report = read_one(extra={"port": 3, "os": {"name": "x", "list": [1, 2]}}, **{"extra.tag": "t"})
    lost = [loss.why for loss in report.losses if "extra" in loss.at]
    assert lost == [f"not held: extra.{name}" for name in ("port", "os.name", "os.list", "tag")]
    many = read_one(extra={f"n{at}": at for at in range(150)})
    assert "not held: 50 further members of extra" in {loss.why for loss in many.losses}


@pytest.mark.parametrize(
    "extra",
    [
        {"extra.threat_actor": "Somebody", "extra.campaign": "Something", "extra.malware": "emotet"},
        {"extra": {"Threat Actor": {"name": "Somebody"}, "campaign": ["Something"], "malware": "emotet"}},
        {"extra": '{"actor": "Somebody", "campaign_name": "Something", "malware": "emotet"}'},
    ],
)
def test_what_names_an_actor_in_extra_is_withheld_and_a_family_of_malware_is_not(
    extra: dict[str, Any],
) -> None:
    report = read_one(**{"extra.adversary": None, **extra})
    assert [(item.kind, item.value) for item in report.withheld] == [
        ("actor", "Somebody"),
        ("campaign", "Something"),
    ]
    rest = msgspec.json.encode(msgspec.structs.replace(report, withheld=())).decode()
    assert "Somebody" not in rest
    assert "not held: extra.malware" in {loss.why for loss in report.losses}


def test_every_field_is_held_or_written_down_as_lost() -> None:
    report = read_one(**{"source.port": 80, "status": "online", "source.ip": "nonsense"})
    lost = {loss.at for loss in report.losses}
    assert {"/source.port", "/status", "/source.ip", "/feed.name", "/malware.name"} <= lost


def test_an_event_without_words_is_titled_by_its_type_and_address() -> None:
    report = read_one(**{"event_description.text": None, "comment": None, "destination.url": None})
    assert report.title == "infected-system: bot.example"
    assert report.text == ""


def test_the_hierarchical_form_says_the_same() -> None:
    nested: dict[str, Any] = {}
    for name, value in EVENT.items():
        if name == "malware.hash.md5":
            nested.setdefault("malware", {}).setdefault("hash", {})["md5"] = value
        else:
            *groups, last = name.split(".")
            node = nested
            for group in groups:
                node = node.setdefault(group, {})
            node[last] = value
    (report,) = read(json.dumps(nested).encode(), "e.json")
    flat = read_one()
    assert (report.tags, report.text, report.occurred) == (flat.tags, flat.text, flat.occurred)
    assert set(report.indicators) == set(flat.indicators)


@pytest.mark.parametrize("join", [json.dumps, lambda events: "\r\n".join(map(json.dumps, events)) + "\n\n"])
def test_a_list_and_json_lines_give_one_report_an_event(join: Any) -> None:
    reports = read(join([EVENT, EVENT, EVENT]).encode(), "e.json")
    assert len(reports) == 3
    assert len({report.part for report in reports}) == 3


def test_all_faults_of_all_events_are_told_at_once() -> None:
    events = [
        EVENT,
        {**EVENT, "time.source": "2026-03-01T10:00:00"},
        {**EVENT, "classification.type": 5, "time.observation": "yesterday"},
        {"hello": "world"},
        {"__type": "Report", "raw": "eA=="},
    ]
    with pytest.raises(InputError) as refused:
        read(json.dumps(events).encode(), "e.json")
    assert [fault.place for fault in refused.value.faults] == [
        "e.json/1/time.source",
        "e.json/2/classification.type",
        "e.json/2/time.observation",
        "e.json/3",
        "e.json/4",
    ]
    assert "no offset" in refused.value.faults[0].message


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("[]", "no IntelMQ event"),
        ("3", "no IntelMQ event"),
        ('{"a": 1}', "classification.type"),
        ("{", "too early"),
    ],
)
def test_what_is_no_event_is_refused(data: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        read(data.encode(), "e.json")


_VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=12)
    | st.lists(st.text(max_size=4), max_size=2)
)
_NESTED = st.recursive(
    _VALUES, lambda inner: st.dictionaries(st.text(max_size=6), inner, max_size=2), max_leaves=4
)


@given(st.dictionaries(st.sampled_from(sorted(EVENT)) | st.text(max_size=12), _NESTED, max_size=6))
def test_an_event_with_anything_anywhere_is_read_or_refused(changes: dict[str, Any]) -> None:
    msgspec.json.encode(read_or_refuse(json.dumps({**EVENT, **changes}).encode()))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    assert isinstance(read_or_refuse(data), list)
