"""IntelMQ events in the prescribed form: what has it stays, what can be brought into it is, the rest is refused whole."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from event_cases import MOMENTS
from hypothesis import given
from hypothesis import strategies as st

from proxeny.base.errors import Fault, InputError
from proxeny.formats.intelmq.fields import FIELDS, RENAMED, TAXONOMY
from proxeny.formats.intelmq.harmonise import harmonise
from proxeny.formats.intelmq.names import OLD_TYPES, TYPES
from shared import CORPUS

EVENT: dict[str, Any] = {
    "__type": "Event",
    "classification.taxonomy": "malicious-code",
    "classification.type": "infected-system",
    "feed.accuracy": 90.0,
    "feed.url": "https://feeds.example.net/sink?a=1",
    "malware.name": "sality",
    "protocol.transport": "tcp",
    "source.asn": 64496,
    "source.fqdn": "bot_1.example.net",
    "source.geolocation.cc": "XA",
    "source.geolocation.latitude": 48.2,
    "source.ip": "192.0.2.7",
    "source.network": "192.0.2.0/24",
    "source.port": 4711,
    "source.registry": "RIPE",
    "source.tor_node": False,
    "time.source": "2026-03-01T10:00:00+00:00",
    "tlp": "AMBER",
    "raw": "c2Vlbg==",
    "extra.more": {"Free": [1]},
}


def one(name: str, value: Any) -> Any:
    return harmonise({name: value}, "e.json").get(name)


def tried(event: dict[str, Any], place: str) -> tuple[dict[str, Any], tuple[Fault, ...]]:
    """The event harmonised, or the faults for which it was refused."""
    try:
        return harmonise(event, place), ()
    except InputError as error:
        return {}, error.faults


def test_an_event_in_the_prescribed_form_stays_as_it_is() -> None:
    assert harmonise(EVENT, "e.json") == EVENT


@given(
    st.sampled_from(sorted(FIELDS)), st.integers() | st.text(max_size=30) | st.booleans() | MOMENTS.map(str)
)
def test_what_was_harmonised_once_is_harmonised(name: str, value: Any) -> None:
    once, faults = tried({name: value}, "e.json")
    assert all(fault.place == f"e.json/{name}" and fault.remedy for fault in faults)
    assert harmonise(once, "e.json") == once


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("source.ip", "192.0.2.7/32", "192.0.2.7"),
        ("source.ip", "2001:0DB8::0001", "2001:db8::1"),
        ("source.ip", "fe80::1%eth0", "fe80::1"),
        ("source.network", "192.0.2.9/24", "192.0.2.0/24"),
        ("source.fqdn", "Bot.Example.NET.", "bot.example.net"),
        ("source.fqdn", "bücher.example", "xn--bcher-kva.example"),
        ("source.url", "hxxps://bad.example.net/a", "https://bad.example.net/a"),
        ("source.asn", "AS64496", 64496),
        ("source.port", "80", 80),
        ("source.geolocation.cc", "xa", "XA"),
        ("source.registry", "ripencc", "RIPE"),
        ("source.tor_node", "true", True),
        ("source.geolocation.latitude", "48.2", 48.2),
        ("feed.accuracy", "90", 90.0),
        ("malware.name", "Sality", "sality"),
        ("protocol.transport", "TCP", "tcp"),
        ("time.source", "2026-03-01 12:00:00+02:00", "2026-03-01T10:00:00+00:00"),
        ("classification.type", "Botnet Drone", "infected-system"),
        ("classification.taxonomy", "malicious code", "malicious-code"),
        ("tlp", "TLP:clear", "WHITE"),
        ("severity", "High", "high"),
        ("event_hash", "ab12", "AB12"),
        ("comment", "  seen ", "seen"),
        ("source.account", 5, "5"),
        ("output", {"a": 1}, '{"a":1}'),
    ],
)
def test_a_value_is_brought_into_its_form(name: str, value: Any, wanted: Any) -> None:
    assert one(name, value) == wanted


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("source.ip", "192.0.2.07"),
        ("source.ip", "0.0.0.0"),
        ("source.ip", 3221225991),
        ("source.ip", "192.0.2.1/24"),
        ("source.network", "nonsense"),
        ("source.fqdn", "192.0.2.1"),
        ("source.fqdn", "two words"),
        ("source.fqdn", "a..example"),
        ("source.fqdn", "-a.example"),
        ("source.fqdn", "a-.example"),
        ("source.url", "example.net/a"),
        ("source.url", "javascript:1"),
        ("source.asn", 0),
        ("source.asn", 2**32),
        ("source.port", 65536),
        ("source.port", -1),
        ("source.port", True),
        ("source.port", 80.5),
        ("source.geolocation.cc", "XAA"),
        ("source.geolocation.latitude", 91),
        ("source.tor_node", "yes"),
        ("feed.accuracy", 101),
        ("malware.name", "sal\u00eety"),
        ("malware.hash.md5", "a" * 201),
        ("time.source", "2026-03-01T10:00:00"),
        ("time.source", "2026-02-30T10:00:00+00:00"),
        ("time.source", 1772359200),
        ("classification.type", "infected-sistem"),
        ("classification.taxonomy", "malice"),
        ("protocol.transport", "carrier pigeon"),
        ("tlp", "AMBER+STRICT"),
        ("raw", "not base64!"),
        ("comment", ["a"]),
        ("extra", "[1]"),
        ("extra.Free", 1),
        ("source.ipp", "192.0.2.1"),
        ("__type", "Report"),
    ],
)
def test_what_a_field_does_not_take_is_refused_with_a_remedy(name: str, value: Any) -> None:
    with pytest.raises(InputError) as caught:
        one(name, value)
    (fault,) = caught.value.faults
    assert fault.place == f"e.json/{name}"
    assert fault.remedy


def test_all_faults_are_told_at_once_and_an_unknown_field_names_the_nearest() -> None:
    with pytest.raises(InputError) as caught:
        harmonise({"source.ip": "x", "source.prot": 80, "classification.type": "pishing"}, "e.json")
    remedies = {fault.place: fault.remedy for fault in caught.value.faults}
    assert remedies.keys() == {"e.json/source.ip", "e.json/source.prot", "e.json/classification.type"}
    assert "'source.port'" in remedies["e.json/source.prot"]
    assert "'phishing'" in remedies["e.json/classification.type"]


@pytest.mark.parametrize("value", [None, "", "-", "N/A"])
def test_no_value_is_left_out(value: Any) -> None:
    assert harmonise({"source.ip": value, "extra.x": value}, "e.json") == {}


def test_the_class_follows_from_the_type() -> None:
    event = harmonise({"classification.type": "ddos", "classification.taxonomy": "other"}, "e.json")
    assert event["classification.taxonomy"] == "availability"


def test_every_type_of_any_version_has_a_class() -> None:
    assert TAXONOMY.keys() == TYPES
    new = {name for name in OLD_TYPES if name in TYPES}
    assert OLD_TYPES.keys() - new == RENAMED.keys()
    assert set(RENAMED.values()) <= TYPES


def test_the_hierarchical_form_gives_the_flat_one() -> None:
    nested = {
        "source": {"ip": "192.0.2.7", "geolocation": {"cc": "xa"}},
        "malware": {"hash": {"md5": "ab"}},
        "extra": {"a": {"B": 1}},
    }
    assert harmonise(nested, "e.json") == {
        "source.ip": "192.0.2.7",
        "source.geolocation.cc": "XA",
        "malware.hash.md5": "ab",
        "extra.a": {"B": 1},
    }
    with pytest.raises(InputError) as caught:
        harmonise({"source": {"geolocation": {"cc": "long"}}}, "e.json")
    assert caught.value.faults[0].place == "e.json/source/geolocation/cc"


def test_extra_of_the_first_version_is_opened() -> None:
    assert harmonise({"extra": '{"a": 1}'}, "e.json") == {"extra.a": 1}


@given(MOMENTS, st.integers(-720, 720))
def test_a_time_of_any_offset_comes_out_in_utc(moment: dt.datetime, minutes: int) -> None:
    zone = dt.timezone(dt.timedelta(minutes=minutes))
    written = one("time.source", moment.astimezone(zone).isoformat())
    assert dt.datetime.fromisoformat(written) == moment
    assert written.endswith("+00:00")


@given(st.ip_addresses())
def test_every_address_comes_out_as_it_is_or_is_refused_as_that_of_no_host(address: Any) -> None:
    if address.is_unspecified:
        with pytest.raises(InputError):
            one("source.ip", str(address))
    else:
        assert one("source.ip", str(address)) == str(address)


@pytest.mark.parametrize("path", sorted((CORPUS / "intelmq").glob("*.json")), ids=lambda path: path.name)
def test_a_real_event_is_in_the_prescribed_form_or_told_why_not(path: Any) -> None:
    found = json.loads(path.read_text())
    for event in found if isinstance(found, list) else [found]:
        harmonised, faults = tried(event, path.name)
        assert all(fault.remedy for fault in faults)
        assert harmonise(harmonised, path.name) == harmonised
