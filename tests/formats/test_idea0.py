"""IDEA0: what Warden sends is read by its ends, and written so that the next reader finds the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from event_cases import AT, EMPTY, JSON, WORDS, again, cases, check, plain, put, reports
from hypothesis import given
from hypothesis import strategies as st

from proxeny.base.errors import InputError
from proxeny.formats.actor_words import actor_kind
from proxeny.formats.detect import detect, read
from proxeny.identify.report import Indicator, Marking, Report, Withheld
from shared import CORPUS

CODES = ["Attempt.Login", "Recon.Scanning", "Malware", "Availability.DDoS"]
EVENT: dict[str, Any] = {
    "Format": "IDEA0",
    "ID": "6f1c0d1e-5c1d-4a3c-9a60-2f0c7a1f2b11",
    "DetectTime": "2026-03-01T10:00:00Z",
    "EventTime": "2026-03-01T09:59:00+00:00",
    "Category": ["Attempt.Login"],
    "Description": "Logins tried",
    "Source": [{"IP4": ["192.0.2.7"], "Port": [4711], "Proto": ["tcp", "ssh"]}],
    "Target": [{"IP6": ["2001:db8::1"], "Hostname": ["srv.example.net"], "Port": [22], "Proto": ["ssh"]}],
    "Node": [{"Name": "xa.cert.relay", "Type": ["Relay"]}, {"Name": "xa.cert.honeypot", "SW": ["Trap"]}],
}


def read_one(**changes: Any) -> Report:
    event = {name: value for name, value in {**EVENT, **changes}.items() if value is not None}
    (report,) = read(json.dumps(event).encode(), "e.json")
    return report


@pytest.mark.parametrize("folder", cases("idea0"), ids=lambda folder: folder.name)
def test_a_case_folder_holds(folder: Path) -> None:
    check(folder)


def test_ends_ports_and_the_uppermost_protocol_are_held() -> None:
    assert plain(read_one()) == {
        ("ipv4", "192.0.2.7", "source", 4711, "ssh"),
        ("ipv6", "2001:db8::1", "target", 22, "ssh"),
        ("domain", "srv.example.net", "target", 22, "ssh"),
    }


def test_the_reporter_is_the_node_that_detected_and_not_a_relay() -> None:
    assert read_one().reporter == "xa.cert.honeypot"


def test_the_content_of_an_attachment_is_never_held() -> None:
    report = read_one(
        Attach=[{"Content": "root:Geheim", "FileName": ["a.exe"], "Hash": ["sha1:" + "ab" * 20]}]
    )
    assert "Geheim" not in msgspec.json.encode(report).decode()
    assert ("sha1", "ab" * 20, None, None, None) in plain(report)
    assert "an attachment is kept out, unopened" in {loss.why for loss in report.losses}


def test_several_ports_are_lost_by_name_since_none_belongs_to_one_address() -> None:
    report = read_one(Source=[{"IP4": ["192.0.2.7"], "Port": [1, 2]}])
    assert ("ipv4", "192.0.2.7", "source", None, None) in plain(report)
    assert "not held: the ports 1, 2" in {loss.why for loss in report.losses}


def test_the_category_test_makes_the_report_a_test() -> None:
    assert read_one(Category=["Test", "Malware"]).kind == "test"
    assert read_one().kind == "incident"


def test_who_did_it_is_withheld_and_never_written() -> None:
    report = read_one(_Sensor={"threat_actor": "Somebody", "zone": 3})
    assert [(item.kind, item.value) for item in report.withheld] == [("actor", "Somebody")]
    document = {**EVENT, "_Sensor": {"threat_actor": "Somebody", "zone": 3}}
    written = put("idea0", report, document=document)
    assert b"Somebody" not in written.data
    assert msgspec.json.decode(written.data)["_Sensor"] == {"zone": 3}
    assert "withheld" in {loss.at for loss in written.losses}


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"Category": []}, "/Category"),
        ({"Category": [3]}, "/Category/0"),
        ({"DetectTime": "2026-03-01 10:00:00"}, "/DetectTime"),
        ({"DetectTime": 5}, "/DetectTime"),
        ({"DetectTime": None, "EventTime": None}, "/DetectTime"),
        ({"Source": {"IP4": []}}, "/Source"),
        ({"Source": ["192.0.2.1"]}, "/Source/0"),
        ({"Source": [{"IP4": [{}]}]}, "/Source/0/IP4/0"),
        ({"Target": [{"Port": [True]}]}, "/Target/0/Port/0"),
        ({"Confidence": 7}, "/Confidence"),
        ({"Node": "x"}, "/Node"),
        ({"Attach": [1]}, "/Attach"),
        ({"Format": "IDEA1"}, "/Format"),
        ({"ID": 3}, "/ID"),
    ],
)
def test_a_member_of_the_wrong_type_is_refused_with_its_place(change: dict[str, Any], place: str) -> None:
    with pytest.raises(InputError) as caught:
        read_one(**change)
    assert [fault.place for fault in caught.value.faults] == [f"e.json, {place}"]
    assert caught.value.faults[0].remedy


def test_every_member_is_held_or_written_down_as_lost() -> None:
    report = read_one(ConnCount=3, CeaseTime="2026-03-01T11:00:00Z", _XA={"a": 1}, Ref=["http://x.example/"])
    lost = {loss.at for loss in report.losses}
    assert {"/ConnCount", "/CeaseTime", "/_XA", "/Ref/0", "/Node/0", "/Source/0/Proto"} <= lost


@pytest.mark.parametrize("path", sorted((CORPUS / "idea0").glob("*.json")), ids=lambda path: path.name)
def test_a_real_file_is_read_and_written_back_whole(path: Path) -> None:
    data = path.read_bytes()
    assert detect(data, path.name) == "idea0"
    found = msgspec.json.decode(data)
    documents = found if isinstance(found, list) else [found]
    for report, document in zip(read(data, path.name), documents, strict=True):
        assert report.tags
        assert report.detected
        written = msgspec.json.decode(put("idea0", report, document=document).data)
        assert written | document == written


@given(st.dictionaries(WORDS, JSON, max_size=4), st.lists(st.sampled_from(CODES), max_size=2))
def test_reading_then_writing_keeps_every_member_that_is_not_understood(
    more: dict[str, Any], codes: list[str]
) -> None:
    extra = {f"_{key}": value for key, value in more.items() if not _accuses({key: value})}
    document = {**EVENT, **extra, "Source": [{**EVENT["Source"][0], "_x": extra}]}
    (report,) = read(json.dumps(document).encode(), "e.json")
    written = msgspec.json.decode(
        put("idea0", report, document=document, codes={"idea": codes}, said=(("login-attempt", "type"),)).data
    )
    own = written.pop("_proxeny")
    assert own == ['proxeny:type="login-attempt"']
    assert written.pop("Category") == list(dict.fromkeys([*EVENT["Category"], *codes]))
    assert written == {name: value for name, value in document.items() if name != "Category"}


def _accuses(value: Any) -> bool:
    if isinstance(value, dict):
        return any(actor_kind(key) or _accuses(item) for key, item in value.items())
    return isinstance(value, list) and any(map(_accuses, value))


@given(reports("idea", CODES), st.sampled_from([(), (("ransomware", "type"), ("phishing", "technique"))]))
def test_what_is_written_says_the_same_when_read(report: Report, said: tuple[tuple[str, str], ...]) -> None:
    found = again("idea0", put("idea0", report, said=said))
    assert plain(found) == plain(report)
    own = [f'{axis}="{slug}"' for slug, axis in said]
    assert [tag.code for tag in found.tags] == [*(tag.code for tag in report.tags), *own]
    assert (found.occurred, found.reported) == (report.occurred, report.reported)
    assert found.detected == report.detected or report.detected is None


def test_the_same_report_gives_the_same_bytes() -> None:
    report = msgspec.structs.replace(EMPTY, title="x")
    assert put("idea0", report) == put("idea0", report)


@pytest.mark.parametrize("tlp", ["TLP:RED", "TLP:AMBER+STRICT", "TLP:CLEAR"])
def test_the_marking_survives_as_the_first_line_of_the_note(tlp: str) -> None:
    report = msgspec.structs.replace(
        EMPTY, title="a title", text="a text\nof lines", marking=Marking(tlp=tlp)
    )
    written = put("idea0", report)
    assert msgspec.json.decode(written.data)["Note"].startswith(tlp)
    found = again("idea0", written)
    assert found.marking.tlp == tlp
    assert found.text == "a title\n\na text\nof lines"


def test_an_exercise_is_written_as_a_test_and_never_as_real() -> None:
    report = msgspec.structs.replace(EMPTY, kind="exercise", title="x")
    written = put("idea0", report, codes={"idea": ["Malware"]})
    assert msgspec.json.decode(written.data)["Category"] == ["Test", "Malware"]
    assert "kind" in {loss.at for loss in written.losses}


def test_addresses_of_prose_are_left_out_and_those_of_fields_stand_as_source_with_a_loss() -> None:
    prose = Indicator(type="ipv4", value="192.0.2.1", at="3-12")
    field = Indicator(type="ipv4", value="192.0.2.2", at="/Attribute/0")
    written = put("idea0", msgspec.structs.replace(EMPTY, title="x", indicators=(prose, field)))
    assert msgspec.json.decode(written.data)["Source"] == [{"IP4": ["192.0.2.2"]}]
    told = [loss.why for loss in written.losses if loss.at == "indicators"]
    assert any("192.0.2.1" in why for why in told)
    assert any("192.0.2.2" in why for why in told)


def test_what_is_withheld_is_told_and_not_written() -> None:
    report = msgspec.structs.replace(
        EMPTY, title="x", withheld=(Withheld(kind="actor", value="Somebody", at="/a"),)
    )
    written = put("idea0", report)
    assert b"Somebody" not in written.data
    assert any("never exported" in loss.why for loss in written.losses)


def test_a_report_without_any_time_bears_that_of_writing() -> None:
    written = put("idea0", msgspec.structs.replace(EMPTY, title="x"))
    assert msgspec.json.decode(written.data)["DetectTime"] == AT.isoformat().replace("+00:00", "Z")
    assert "detected" in {loss.at for loss in written.losses}
