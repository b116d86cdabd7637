"""IntelMQ events written: in the prescribed form, by ends, and whole where they were read from one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from event_cases import EMPTY, JSON, again, cases, check, plain, put, reports
from hypothesis import given
from hypothesis import strategies as st

from proxeny.formats.actor_words import actor_kind
from proxeny.formats.detect import read
from proxeny.formats.intelmq.fields import TAXONOMY
from proxeny.formats.intelmq.harmonise import harmonise
from proxeny.identify.report import Indicator, Marking, Report
from shared import CORPUS

CODES = ["infected-system", "phishing", "ddos", "brute-force"]
NAMES = st.from_regex(r"[a-z_][a-z0-9_]{1,8}", fullmatch=True).filter(lambda name: not actor_kind(name))
EVENT: dict[str, Any] = {
    "classification.type": "infected-system",
    "classification.taxonomy": "malicious-code",
    "source.ip": "192.0.2.7",
    "source.port": 4711,
    "destination.fqdn": "sink.example.net",
    "destination.port": 80,
    "protocol.application": "http",
    "time.source": "2026-03-01T10:00:00+00:00",
    "feed.provider": "Desk of XA",
}


def read_one(event: dict[str, Any]) -> Report:
    (report,) = read(json.dumps(event).encode(), "e.json", "intelmq")
    return report


def written(report: Report, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(put("intelmq", report, **more).data)
    return found


def single(indicators: tuple[Indicator, ...]) -> tuple[Indicator, ...]:
    """As many as an event has fields for: one of a type at each end, one protocol, one port an end."""
    found: dict[tuple[str, str | None], Indicator] = {}
    for item in indicators:
        kind = "ip" if item.type in ("ipv4", "ipv6") else item.type
        found.setdefault((kind, item.role), item)
    made = []
    for (kind, role), item in found.items():
        carries = kind == "ip" or (kind == "domain" and ("ip", role) not in found)
        changed = {"port": item.port if carries else None, "protocol": "ssh" if carries else None}
        made.append(msgspec.structs.replace(item, **(changed if role else {})))
    return tuple(made)


@pytest.mark.parametrize("folder", cases("intelmq"), ids=lambda folder: folder.name)
def test_a_case_folder_holds(folder: Path) -> None:
    check(folder)


def test_an_event_is_read_by_its_ends() -> None:
    report = read_one(EVENT)
    assert plain(report) == {
        ("ipv4", "192.0.2.7", "source", 4711, "http"),
        ("domain", "sink.example.net", "target", 80, "http"),
    }
    assert report.reporter == "Desk of XA"
    assert not {"/source.port", "/destination.port", "/protocol.application"} & {
        loss.at for loss in report.losses
    }


@given(reports("intelmq", CODES), st.sampled_from([(), (("ransomware", "type"), ("phishing", "technique"))]))
def test_what_is_written_says_the_same_when_read(report: Report, said: tuple[tuple[str, str], ...]) -> None:
    report = msgspec.structs.replace(report, tags=report.tags[:1], indicators=single(report.indicators))
    found = again("intelmq", put("intelmq", report, said=said))
    assert plain(found) == plain(report)
    codes = [tag.code for tag in found.tags if tag.scheme != "intelmq-taxonomy"]
    assert codes == [report.tags[0].code, *(f'{axis}="{slug}"' for slug, axis in said)]
    assert found.occurred == report.occurred
    assert found.text == report.text or report.title


@given(reports("intelmq", CODES))
def test_whatever_is_written_is_in_the_prescribed_form(report: Report) -> None:
    event = written(report, codes={"intelmq": ["phishing"]}, said=(("phishing", "type"),))
    assert harmonise(event, "e.json") == event
    assert event["classification.taxonomy"] == TAXONOMY[event["classification.type"]]


@given(st.dictionaries(NAMES, JSON, max_size=4), st.booleans())
def test_reading_then_writing_keeps_every_field_that_is_not_understood(
    more: dict[str, Any], nested: bool
) -> None:
    more = {key: value for key, value in more.items() if key != "proxeny" and not _accuses(value)}
    extra = {"extra": more} if nested else {f"extra.{key}": value for key, value in more.items()}
    document = {**EVENT, **extra, "raw": "c2Vlbg==", "status": "online", "x_own": more}
    event = written(
        read_one(document), document=document, codes={"intelmq": ["ddos"]}, said=(("ddos", "type"),)
    )
    own = event["extra"].pop("proxeny") if nested else event.pop("extra.proxeny")
    assert own == ['proxeny:type="ddos"']
    assert event == document


def _accuses(value: Any) -> bool:
    if isinstance(value, dict):
        return any(actor_kind(key) or _accuses(item) for key, item in value.items())
    if isinstance(value, str) and value.startswith("{"):
        return True
    return isinstance(value, list) and any(map(_accuses, value))


@pytest.mark.parametrize("path", sorted((CORPUS / "intelmq").glob("*.json")), ids=lambda path: path.name)
def test_a_real_event_is_written_back_whole(path: Path) -> None:
    data = path.read_bytes()
    found = json.loads(data)
    documents = found if isinstance(found, list) else [found]
    for report, document in zip(read(data, path.name, "intelmq"), documents, strict=True):
        event = written(report, document=document, said=(("phishing", "type"),))
        if not report.withheld:
            assert event | document == event


@pytest.mark.parametrize(
    "extra",
    [
        {"extra.threat_actor": "Somebody", "extra.port": 3},
        {"extra": {"adversary": {"name": "Somebody"}, "port": 3}},
        {"extra": '{"campaign":"Somebody","port":3}'},
        {"extra.deep": {"actor": ["Somebody"], "port": 3}},
    ],
)
def test_who_did_it_is_never_written_even_where_the_document_is_kept(extra: dict[str, Any]) -> None:
    document = {**EVENT, **extra}
    result = put("intelmq", read_one(document), document=document)
    assert b"Somebody" not in result.data
    assert b'"port":3' in result.data.replace(b"\\", b"") or b'"extra.port":3' in result.data
    assert "withheld" in {loss.at for loss in result.losses}


def test_the_type_of_the_source_stays_and_ours_stands_beside() -> None:
    event = written(
        read_one(EVENT), document=EVENT, codes={"intelmq": ["ddos"]}, said=(("denial-of-service", "type"),)
    )
    assert event["classification.type"] == "infected-system"
    assert event["extra.proxeny"] == ['proxeny:type="denial-of-service"']


def test_an_event_without_a_type_gets_the_one_found_in_the_form_it_has() -> None:
    flat = {name: value for name, value in EVENT.items() if not name.startswith("classification")}
    event = written(read_one(flat), document=flat, codes={"intelmq": ["ddos"]})
    assert (event["classification.type"], event["classification.taxonomy"]) == ("ddos", "availability")
    nested = {"classification": {"identifier": "x"}, "feed": {"name": "a"}, "source": {"ip": "192.0.2.7"}}
    event = written(read_one(nested), document=nested, codes={"intelmq": ["ddos"]})
    assert event["classification"] == {"identifier": "x", "type": "ddos", "taxonomy": "availability"}


def test_further_types_and_observables_are_told_as_losses() -> None:
    items = tuple(
        Indicator(type="ipv4", value=f"192.0.2.{at}", at="/x", role="source", port=at) for at in (1, 2)
    )
    report = msgspec.structs.replace(EMPTY, indicators=items)
    result = put("intelmq", report, codes={"intelmq": ["ddos", "scanner"]})
    told = " ".join(loss.why for loss in result.losses)
    assert "scanner" in told
    assert "192.0.2.2" in told
    event = msgspec.json.decode(result.data)
    assert event["extra.observables"] == ["ipv4:192.0.2.2"]
    assert (event["source.ip"], event["source.port"]) == ("192.0.2.1", 1)


@pytest.mark.parametrize("kind", ["exercise", "test"])
def test_an_exercise_is_written_as_a_test_and_never_as_real(kind: Any) -> None:
    event = written(msgspec.structs.replace(EMPTY, kind=kind), codes={"intelmq": ["ddos"]})
    assert event["classification.type"] == "test"


@pytest.mark.parametrize(
    ("tlp", "wanted"), [("TLP:CLEAR", "WHITE"), ("TLP:AMBER", "AMBER"), ("TLP:AMBER+STRICT", "RED")]
)
def test_the_marking_is_never_loosened(tlp: str, wanted: str) -> None:
    assert written(msgspec.structs.replace(EMPTY, marking=Marking(tlp=tlp)))["tlp"] == wanted


def test_a_value_that_its_field_does_not_take_is_told_and_left_out() -> None:
    bad = Indicator(type="domain", value="-bad-.example", at="/x", role="source")
    result = put("intelmq", msgspec.structs.replace(EMPTY, indicators=(bad,)))
    assert "source.fqdn" not in msgspec.json.decode(result.data)
    assert any(loss.at == "source.fqdn" and "-bad-.example" in loss.why for loss in result.losses)
