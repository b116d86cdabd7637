"""Detection: the format follows from the content, and every real file meets its expected outcome."""

from __future__ import annotations

import csv
import hashlib
import json
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proxeny.base.errors import InputError
from proxeny.base.records import encode_json
from proxeny.base.wire import Limits
from proxeny.formats.detect import FORMATS, detect, read
from shared import CORPUS

VECTORS = Path(__file__).resolve().parents[1] / "vectors" / "corpus"
OURS = (
    "csaf20", "email", "idea0", "intelmq", "iodef-json", "iodef2", "shadowserver", "stix1", "stix20", "text",
    "veris", "xarf",
)  # fmt: skip

VERIS = {"action": {}, "actor": {}, "asset": {}, "attribute": {}, "incident_id": "1"}
INTELMQ = {"classification.type": "ddos", "source.ip": "192.0.2.1"}
MISP = {"Event": {"info": "x"}}
STIX = {"id": "bundle--1", "type": "bundle", "objects": []}


def expected_outcomes() -> list[tuple[str, dict[str, str]]]:
    rows = []
    for folder in OURS:
        with (VECTORS / f"{folder}.tsv").open(encoding="utf-8", newline="") as table:
            rows += [(folder, row) for row in csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE)]
    return rows


@pytest.mark.skipif(not CORPUS.is_dir(), reason=f"no corpus at {CORPUS}")
@pytest.mark.parametrize(("folder", "row"), expected_outcomes(), ids=lambda value: str(value)[:60])
def test_every_real_file_meets_its_expected_outcome(folder: str, row: dict[str, str]) -> None:
    path = CORPUS / folder / row["file"]
    if row["kind"] == "-":
        with pytest.raises(InputError) as refused:
            read(path.read_bytes(), path.name)
        assert row["error"] in str(refused.value)
        assert all(fault.remedy for fault in refused.value.faults)
        return
    reports = read(path.read_bytes(), path.name)
    assert {report.kind for report in reports} == {row["kind"]}
    assert len(reports) == int(row["lines"])
    encode_json(reports)


@pytest.mark.skipif(not CORPUS.is_dir(), reason=f"no corpus at {CORPUS}")
def test_the_tables_name_every_real_file_of_their_folders() -> None:
    named = {(folder, row["file"]) for folder, row in expected_outcomes()}
    present = {(folder, path.name) for folder in OURS for path in (CORPUS / folder).iterdir()}
    assert present == named


def _mail() -> bytes:
    message = EmailMessage()
    message["From"] = "a@b.example"
    message["Subject"] = "port down"
    message.set_content("x")
    return message.as_bytes()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (json.dumps(MISP), "misp"),
        (json.dumps([MISP, MISP]), "misp"),
        (json.dumps({"response": [MISP]}), "misp"),
        (json.dumps({"info": "x", "threat_level_id": "1"}), "misp"),
        (json.dumps(STIX), "stix"),
        (json.dumps({"objects": [], "type": "bundle"}), "stix"),
        (json.dumps([{"type": "tool", "id": "tool--1"}]), "stix"),
        (json.dumps({"objects": [{"type": "tool", "id": "tool--1"}]}), "stix"),
        (json.dumps(VERIS), "veris"),
        (json.dumps({"incidents": [VERIS]}), "veris"),
        (json.dumps({"incident": VERIS, "should": "fail"}), "veris"),
        (json.dumps(VERIS) + "\n" + json.dumps(VERIS), "veris"),
        (json.dumps(INTELMQ), "intelmq"),
        (json.dumps([INTELMQ]), "intelmq"),
        (json.dumps(INTELMQ) + "\n" + json.dumps(INTELMQ) + "\n", "intelmq"),
        (json.dumps({"classification": {"type": "ddos"}, "feed": {"name": "x"}}), "intelmq"),
        (json.dumps({"__type": "Event"}, indent=2), "intelmq"),
        (_mail().decode(), "email"),
        ("From desk Mon Mar  2 08:00:00 2026\n" + _mail().decode(), "email"),
        ("Received: from a\n\tby b\nSubject: x\n\nbody", "email"),
        ("The port is down.", "text"),
        ("Subject: the port\n\nIt is down.", "text"),
        ("Note: it is down\nDate: today\n", "text"),
        ("[TLP:RED] The port is down", "text"),
        ("[1] one\n[2] two", "text"),
        ("[test] The port is down", "text"),
        ("{port} is down", "text"),
        ("12 servers", "text"),
        ('"It is down", she said.', "text"),
        ("# Heading\n\nwords", "text"),
        ("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nThe port is down.", "text"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_the_format_follows_from_the_content(data: str, name: str, encoding: str) -> None:
    assert detect(data.encode(encoding), "x") == name


@pytest.mark.parametrize("name", ["intelmq", "veris"])
def test_json_in_utf_16_is_told_and_read(name: str) -> None:
    data = json.dumps(INTELMQ if name == "intelmq" else VERIS).encode("utf-16")
    assert detect(data, "x") == name
    (report,) = read(data, "x")
    assert report.digest == "sha256:" + hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("", "empty"),
        ('{"info": "x", "Event', "too early"),
        ('[{"classification.type": "ddos"},', "too early"),
        ('{"a": 1,}', "not JSON"),
        ("[]", "empty list"),
        ('{"a": 1, "a": 2}', "twice"),
        ('{"hello": "world"}', "not known"),
        ('{"info": "x", "uuid": "y"}', "nearest is a MISP event, but the member 'Event' is missing"),
        ('{"timeline": {}, "incident_id": "x"}', "nearest is a VERIS record, but the member 'action'"),
        ('{"type": "x", "created": "y"}', "nearest is a STIX 2.1 bundle"),
        ('{"version": "2.0", "Incident": []}', "IODEF"),
        ('{"type": "playbook", "id": "playbook--1", "workflow": {}}', "CACAO"),
        ('{"dataType": "CVE_RECORD"}', "CVE record"),
        ('{"@timestamp": "x"}', "Elastic"),
        ('{"$schema": "x", "properties": {}}', "JSON schema"),
        ('["a", "b"]', "no report"),
        ("null", "one JSON value"),
        ('"x"', "one JSON value"),
        (" -3.5e2\n", "one JSON value"),
        ("a;b;c;d\n1;2;3;4\n", "table"),
        ("<stix:STIX_Package></stix:STIX_Package>", "STIX 1"),
        ("%PDF-1.4", "PDF"),
        ("a\0b", "binary"),
    ],
)
def test_what_none_reads_is_refused_once_by_name_with_a_remedy(data: str, why: str) -> None:
    with pytest.raises(InputError, match=why) as refused:
        read(data.encode(), "x")
    assert len(refused.value.faults) == 1
    assert refused.value.faults[0].remedy


@pytest.mark.parametrize(
    "data", [b"[" * 100_000, b'{"a":' * 100_000, b"[" * 70 + b"]" * 70, b'[{"a":' + b"[" * 9999]
)
def test_a_bomb_of_nesting_is_refused(data: bytes) -> None:
    with pytest.raises(InputError):
        read(data, "x")


def test_a_file_beyond_the_limit_is_refused_before_it_is_read() -> None:
    with pytest.raises(InputError, match="larger than"):
        read(b" " * 2**21, "x", limits=Limits(size=2**20))


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_that_is_given_is_believed_and_its_reader_refuses_what_is_not_its_own(name: str) -> None:
    data = b"hello" if name != "text" else json.dumps(MISP).encode()
    with pytest.raises(InputError):
        read(data, "x", name)


def test_a_format_without_a_reader_is_refused_with_those_there_are() -> None:
    with pytest.raises(InputError, match=f"one of: auto, {', '.join(FORMATS)}"):
        read(b"hello", "x", "xml")


def read_or_refuse(data: bytes) -> None:
    try:
        reports = read(data, "x")
    except InputError:
        return
    encode_json(reports)


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    read_or_refuse(data)


_NAMES = """Event info type id objects action actor asset attribute classification.type incident document
Format xarf_version Incident incidents response $schema properties __type source feed GalaxyCluster"""
_KEYS = st.sampled_from(_NAMES.split()) | st.text(max_size=5)
_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(["bundle", "Event", "bundle--1"])
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=10,
)


@given(_VALUES)
def test_any_json_is_read_or_refused(value: Any) -> None:
    read_or_refuse(json.dumps(value).encode())


def _mutable() -> list[Path]:
    folders = ("veris", "intelmq", "email", "text")
    return (
        [path for folder in folders for path in sorted((CORPUS / folder).glob("*"))]
        if CORPUS.is_dir()
        else []
    )


@pytest.mark.skipif(not CORPUS.is_dir(), reason=f"no corpus at {CORPUS}")
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
@pytest.mark.parametrize("path", _mutable(), ids=lambda path: path.name)
def test_a_real_file_with_bytes_changed_or_cut_is_read_or_refused(path: Path, data: st.DataObject) -> None:
    content = bytearray(path.read_bytes()[:20_000])
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        end = min(len(content), start + data.draw(st.integers(0, 40)))
        content[start:end] = data.draw(
            st.binary(max_size=6) | st.sampled_from([b'"', b"{", b"]", b"null", b"0", b","])
        )
    read_or_refuse(bytes(content))
