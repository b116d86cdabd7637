"""X-ARF: every version is read, evidence stays closed, and what is written passes the schemas of version 4."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from event_cases import AUTHOR, EMPTY, ENDED, JSON, WORDS, again, cases, check, plain, put, reports
from hypothesis import given
from hypothesis import strategies as st

from proxeny.base.errors import InputError
from proxeny.formats.actor_words import actor_kind
from proxeny.formats.detect import detect, read
from proxeny.formats.outgoing import Author
from proxeny.formats.xarf.types import FALLBACK, REQUIRED
from proxeny.identify.report import Indicator, Marking, Report, Tag
from shared import CORPUS, SHARED

SCHEMAS = SHARED / "data" / "schemas" / "xarf" / "v4"
needs_schemas = pytest.mark.skipif(
    not SCHEMAS.exists(), reason="the X-ARF schemas are not beside the project"
)
CONTACT = {"org": "Desk of XA", "contact": "desk@cert.example", "domain": "cert.example"}
REPORT: dict[str, Any] = {
    "xarf_version": "4.2.0",
    "report_id": "6f1c0d1e-5c1d-4a3c-9a60-2f0c7a1f2b11",
    "timestamp": "2026-03-01T10:00:00Z",
    "reporter": CONTACT,
    "sender": CONTACT,
    "source_identifier": "192.0.2.7",
    "source_port": 4711,
    "category": "connection",
    "type": "login_attack",
    "protocol": "tcp",
    "first_seen": "2026-03-01T09:00:00Z",
    "destination_ip": "2001:db8::1",
    "destination_port": 22,
    "description": "Logins tried",
    "evidence": [{"content_type": "text/plain", "payload": "R2VoZWlt"}],
    "tags": ["tlp:amber", "service:ssh"],
    "_internal": {"analyst": "Somebody"},
}
EARLIER: dict[str, Any] = {
    "Version": "3",
    "ReporterInfo": {"ReporterOrg": "Desk of XB", "ReporterOrgDomain": "xb.example"},
    "Report": {
        "ReportClass": "Activity",
        "ReportType": "LoginAttack",
        "Date": "2026-03-01T10:00:00Z",
        "SourceIp": "192.0.2.7",
        "SourcePort": 4711,
        "DestinationIp": "198.51.100.3",
        "DestinationPort": 22,
        "Samples": [{"ContentType": "text/plain", "Payload": "Geheim"}],
    },
}
SOURCE = Indicator(type="ipv4", value="192.0.2.7", at="/s", role="source", port=4711, protocol="ssh")
URL = Indicator(type="url", value="http://bad.example.org/x", at="/u", role="source")


@cache
def validator() -> Any:
    """The validator of the whole schema, formats included, that fetches nothing."""
    jsonschema = pytest.importorskip("jsonschema")
    from referencing import Registry, Resource

    found = [json.loads(path.read_text()) for path in SCHEMAS.rglob("*.json")]
    registry = Registry().with_resources(
        [(schema["$id"], Resource.from_contents(schema)) for schema in found]
    )
    master = next(schema for schema in found if schema["$id"].endswith("xarf-v4-master.json"))
    kind = jsonschema.Draft202012Validator
    return kind(master, registry=registry), kind(
        master, registry=registry, format_checker=kind.FORMAT_CHECKER
    )


def faults_of(data: bytes) -> list[str]:
    """The faults by the schema, with formats checked and without: some of its conditions hang on formats."""
    value = json.loads(data)
    return [error.message for one in validator() for error in one.iter_errors(value)]


def read_one(base: dict[str, Any] = REPORT, **changes: Any) -> Report:
    value = {name: item for name, item in {**base, **changes}.items() if item is not None}
    (report,) = read(json.dumps(value).encode(), "e.json")
    return report


def told(*indicators: Indicator, **more: Any) -> Report:
    return msgspec.structs.replace(read_one(), **{"tags": (), "indicators": indicators, **more})


@pytest.mark.parametrize("folder", cases("xarf"), ids=lambda folder: folder.name)
def test_a_case_folder_holds(folder: Path) -> None:
    check(folder)


def test_a_report_of_version_4_is_read_by_its_ends() -> None:
    report = read_one()
    assert plain(report) == {
        ("ipv4", "192.0.2.7", "source", 4711, "tcp"),
        ("ipv6", "2001:db8::1", "target", 22, "tcp"),
    }
    assert (report.tags[0].scheme, report.tags[0].code) == ("xarf", "connection/login_attack")
    assert (report.reporter, report.marking.tlp) == ("Desk of XA", "TLP:AMBER")
    assert report.occurred is not None
    assert report.occurred.hour == 9


def test_a_report_before_version_4_is_read_by_its_ends() -> None:
    report = read_one(EARLIER)
    assert plain(report) == {
        ("ipv4", "192.0.2.7", "source", 4711, None),
        ("ipv4", "198.51.100.3", "target", 22, None),
    }
    assert [tag.code for tag in report.tags] == ["Activity/LoginAttack"]
    assert report.reporter == "Desk of XB"


@pytest.mark.parametrize("base", [REPORT, EARLIER])
def test_evidence_is_never_held(base: dict[str, Any]) -> None:
    kept = msgspec.json.encode(read_one(base)).decode()
    assert "Geheim" not in kept
    assert "R2VoZWlt" not in kept
    assert "Somebody" not in kept


def test_who_did_it_is_withheld() -> None:
    report = read_one(threat_actor="Somebody", tags=["campaign:winter", "service:ssh"])
    assert {(item.kind, item.value) for item in report.withheld} == {
        ("actor", "Somebody"),
        ("campaign", "campaign:winter"),
    }
    assert "campaign" not in {tag.scheme for tag in report.tags}


@pytest.mark.parametrize(
    ("base", "change", "place"),
    [
        (REPORT, {"xarf_version": "5.0.0"}, "/xarf_version"),
        (REPORT, {"xarf_version": 4}, "/xarf_version"),
        (REPORT, {"type": None}, "/type"),
        (REPORT, {"category": 3}, "/category"),
        (REPORT, {"source_identifier": None}, "/source_identifier"),
        (REPORT, {"timestamp": "2026-03-01T10:00:00"}, "/timestamp"),
        (REPORT, {"source_port": 70000}, "/source_port"),
        (REPORT, {"reporter": "x"}, "/reporter"),
        (REPORT, {"tags": "x"}, "/tags"),
        (REPORT, {"tags": [1]}, "/tags/0"),
        (REPORT, {"confidence": 3}, "/confidence"),
        (EARLIER, {"Version": "9"}, "/Version"),
        (EARLIER, {"Report": []}, "/Report"),
        (EARLIER, {"Report": {"Date": "2026-03-01T10:00:00Z"}}, "/Report/ReportType"),
        (EARLIER, {"ReporterInfo": "x"}, "/ReporterInfo"),
    ],
)
def test_a_member_of_the_wrong_type_is_refused_with_its_place(
    base: dict[str, Any], change: dict[str, Any], place: str
) -> None:
    with pytest.raises(InputError) as caught:
        read_one(base, **change)
    assert [fault.place for fault in caught.value.faults] == [f"e.json, {place}"]
    assert caught.value.faults[0].remedy


@pytest.mark.parametrize("path", sorted((CORPUS / "xarf").glob("*.json")), ids=lambda path: path.name)
def test_a_real_file_is_read(path: Path) -> None:
    data = path.read_bytes()
    assert detect(data, path.name) == "xarf"
    (report,) = read(data, path.name)
    assert report.tags[0].scheme == "xarf"
    assert report.indicators[0].role == "source"
    assert report.occurred
    assert not report.withheld


@needs_schemas
@pytest.mark.parametrize("path", sorted((CORPUS / "xarf").glob("*.json")), ids=lambda path: path.name)
def test_a_real_file_is_written_as_the_schemas_demand(path: Path) -> None:
    data = path.read_bytes()
    (report,) = read(data, path.name)
    written = put("xarf", report, document=json.loads(data), said=(("ransomware", "type"),))
    assert faults_of(written.data) == []
    assert b"_internal" not in written.data


@needs_schemas
def test_the_types_that_are_known_here_are_those_of_the_schemas() -> None:
    master = json.loads((SCHEMAS / "xarf-v4-master.json").read_text())
    pairs = next(part["anyOf"] for part in master["allOf"] if "anyOf" in part)
    found = {
        f"{pair['properties']['category']['const']}/{kind}"
        for pair in pairs
        for kind in pair["properties"]["type"]["enum"]
    }
    assert found == REQUIRED.keys()


@needs_schemas
@given(reports("xarf", sorted(REQUIRED)), ENDED, st.sampled_from(sorted(REQUIRED)))
def test_whatever_is_written_passes_the_schemas(report: Report, source: Indicator, code: str) -> None:
    whole = msgspec.structs.replace(
        report, indicators=(msgspec.structs.replace(source, role="source"), *report.indicators)
    )
    written = put("xarf", whole, codes={"xarf": [code]}, said=(("ransomware", "type"),))
    assert faults_of(written.data) == []
    found = again("xarf", written)
    assert 'type="ransomware"' in {tag.code for tag in found.tags}
    assert found.indicators[0].role == "source"
    ends = {(item.type, item.value, item.role) for item in whole.indicators}
    assert {item[:3] for item in plain(found)} - _hosts(found) <= ends


def _hosts(report: Report) -> set[tuple[Any, ...]]:
    """The host of a URL, by which X-ARF names a source of which only a URL is known."""
    urls = [item.value for item in report.indicators if item.type == "url" and item.role == "source"]
    return {("domain", url.split("/")[2], "source") for url in urls}


@needs_schemas
@given(st.dictionaries(WORDS, JSON, max_size=4))
def test_a_whole_report_is_kept_but_for_what_must_not_be_sent_on(more: dict[str, Any]) -> None:
    extra = {f"x_{key}": value for key, value in more.items() if not _accuses({key: value})}
    document = {**REPORT, **extra}
    (report,) = read(json.dumps(document).encode(), "e.json")
    written = put("xarf", report, document=document, said=(("login-attempt", "type"),))
    value = json.loads(written.data)
    assert value.pop("tags") == ["tlp:amber", "service:ssh", "proxeny-type:login-attempt"]
    assert value == {name: item for name, item in document.items() if name not in ("_internal", "tags")}
    assert faults_of(written.data) == []


def _accuses(value: Any) -> bool:
    if isinstance(value, dict):
        return any(actor_kind(key) or _accuses(item) for key, item in value.items())
    return isinstance(value, list) and any(map(_accuses, value))


@pytest.mark.parametrize(
    ("code", "indicators"),
    [
        ("connection/login_attack", (SOURCE,)),
        ("connection/ddos", (msgspec.structs.replace(SOURCE, protocol="udp"),)),
        ("content/phishing", (SOURCE, URL)),
        ("content/fraud", (URL,)),
        ("copyright/copyright", (URL,)),
        ("vulnerability/open_service", (SOURCE,)),
        ("infrastructure/botnet", (SOURCE,)),
    ],
)
def test_a_type_is_written_where_the_report_has_what_it_demands(
    code: str, indicators: tuple[Indicator, ...]
) -> None:
    written = put("xarf", told(*indicators), codes={"xarf": [code]})
    value = json.loads(written.data)
    assert f"{value['category']}/{value['type']}" == code
    if SCHEMAS.exists():
        assert faults_of(written.data) == []


@pytest.mark.parametrize(
    ("code", "missing"),
    [
        ("connection/ddos", "source_port"),
        ("content/phishing", "url"),
        ("vulnerability/cve", "cve_id"),
        ("content/csam", "classification"),
    ],
)
def test_a_type_whose_demands_are_not_met_is_not_made_up_but_told(code: str, missing: str) -> None:
    bare = Indicator(type="ipv4", value="192.0.2.7", at="/s", role="source")
    written = put("xarf", told(bare), codes={"xarf": [code]}, said=(("ransomware", "type"),))
    value = json.loads(written.data)
    assert (f"{value['category']}/{value['type']}", value["threat_type"]) == (FALLBACK, "ransomware")
    assert missing in " ".join(loss.why for loss in written.losses if loss.at == "types")


@pytest.mark.parametrize("kind", ["exercise", "test"])
def test_an_exercise_is_refused_since_the_recipient_would_act(kind: Any) -> None:
    with pytest.raises(InputError, match="cannot mark"):
        put("xarf", told(SOURCE, kind=kind), codes={"xarf": ["connection/ddos"]})


@pytest.mark.parametrize(
    "indicators",
    [
        (),
        (Indicator(type="ipv4", value="192.0.2.1", at="3-12"),),
        (Indicator(type="ipv4", value="192.0.2.1", at="/t", role="target"),),
    ],
)
def test_without_a_source_the_report_is_refused_and_a_target_is_never_accused(
    indicators: tuple[Indicator, ...],
) -> None:
    with pytest.raises(InputError, match="needs the source") as caught:
        put("xarf", told(*indicators), said=(("ransomware", "type"),))
    assert caught.value.faults[0].remedy


def test_a_report_of_which_nothing_is_known_is_refused() -> None:
    with pytest.raises(InputError, match="needs a type"):
        put("xarf", told(SOURCE))


def test_where_no_author_was_given_a_loss_says_so() -> None:
    report = told(SOURCE, tags=(Tag(scheme="xarf", code="reputation/blocklist", raw="x", at="/t"),))
    why = [loss.why for loss in put("xarf", report, author=Author()).losses if loss.at == "reporter"]
    assert any("no reporter was given" in each for each in why)
    given_too = [loss.why for loss in put("xarf", report, author=AUTHOR).losses]
    assert not any("no reporter was given" in each for each in given_too)


def test_the_marking_and_the_text_survive() -> None:
    report = msgspec.structs.replace(
        EMPTY,
        title="a title",
        text="a title\nand more",
        indicators=(SOURCE,),
        marking=Marking(tlp="TLP:AMBER+STRICT", pap="PAP:GREEN"),
    )
    found = again("xarf", put("xarf", report, said=(("ransomware", "type"),)))
    assert (found.marking, found.text, found.title) == (report.marking, report.text, report.title)


def test_a_long_text_is_cut_and_told() -> None:
    report = told(SOURCE, text="word " * 300, title="word")
    written = put("xarf", report, said=(("ransomware", "type"),))
    assert len(json.loads(written.data)["description"]) <= 1000
    assert "text" in {loss.at for loss in written.losses}
