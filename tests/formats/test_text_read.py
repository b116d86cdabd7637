"""Text: offsets are those of the file, the kind is told by its words, what is no prose is refused by name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxeny.base.errors import InputError
from proxeny.base.records import encode_json
from proxeny.base.wire import Limits
from proxeny.formats.marking import marking_in_text
from proxeny.formats.text.read import read
from proxeny.identify.report import Report


def read_one(text: str) -> Report:
    (report,) = read(text.encode(), "note.txt")
    return report


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_text_is_the_file_as_decoded_so_offsets_are_the_files(encoding: str) -> None:
    text = "Инцидент\r\n\r\n  Узел 192.0.2.1 заражён.  \n"
    (report,) = read(text.encode(encoding), "note.txt")
    assert report.text == text
    start, end = map(int, report.indicators[0].at.split("-"))
    assert text[start:end] == "192.0.2.1"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# **Outage** at the port #\n\nText.", "Outage at the port"),
        ("intro\n\n## Late heading\n", "Late heading"),
        ("\n\nThe port is down.\nMore.", "The port is down."),
        ("TLP:AMBER\n\nThe port is down.", "The port is down."),
        ("word " * 60, "word " * 23 + "word…"),
    ],
)
def test_the_title_is_the_first_heading_or_line(text: str, title: str) -> None:
    assert read_one(text).title == title


@pytest.mark.parametrize(
    "text",
    [
        "EXERCISE EXERCISE EXERCISE\nThe port is down.",
        "[EXERCISE] The port is down",
        "TLP:GREEN\nThis is an exercise. The port is down.",
        "EXERCICE - EXERCICE - EXERCICE\nLe port est en panne.",
        "Ceci est un exercice. Le port est en panne.",
        "EJERCICIO: el puerto no funciona",
        "Esto es un simulacro: el puerto no funciona",
        "УЧЕНИЯ УЧЕНИЯ УЧЕНИЯ. Порт не работает.",
        "Это учебное сообщение. Порт не работает.",
        "【演习】港口系统中断",
        "演习演习演习 港口系统中断",
        "这是一次演习。港口系统中断",
        "تمرين تمرين تمرين: تعطل الميناء",
        "هذا تمرين. تعطل الميناء",
    ],
)
def test_an_exercise_that_says_so_at_its_start_is_one_in_every_language(text: str) -> None:
    assert read_one(text).kind == "exercise"


@pytest.mark.parametrize(
    "text",
    [
        "This is not an exercise. The port is down.",
        "Ceci n'est pas un exercice : le port est en panne.",
        "Esto no es un simulacro: el puerto no funciona",
        "Это не учебная тревога. Порт не работает.",
        "这不是演习。港口系统中断",
        "The military exercise of last week was delayed by the outage.",
        "The port is down. " * 40 + "EXERCISE EXERCISE EXERCISE",
        "We test the backups daily. The test failed and the port is down.",
    ],
)
def test_a_real_report_is_not_taken_for_an_exercise_or_a_test(text: str) -> None:
    assert read_one(text).kind == "incident"


@pytest.mark.parametrize(
    "text",
    [
        "TEST TEST TEST\nfrom the desk",
        "This is a test message.",
        "[TEST] hello",
        "Тестовое сообщение",
        "这是测试",
    ],
)
def test_a_test_message_is_one(text: str) -> None:
    assert read_one(text).kind == "test"


@pytest.mark.parametrize(
    "text",
    [
        "192.0.2.1\n192.0.2.2\n",
        "# block list\n198.51.100.0/24 ; SBL1\n203.0.113.0/24 ; SBL2\n",
        "198.51.100.1,AS64496,XA,1441008970,asprox,,,25,,tcp\n198.51.100.2,AS64496,XA,1441,auto,,,25,,tcp\n",
        "evil[.]example\nhxxp://bad[.]example/x\nd41d8cd98f00b204e9800998ecf8427e\n",
        "64496  |  NET-ONE Some Provider Name  |  198.51.100.4  |  2016-12-01  |  sshpwauth\n",
    ],
)
def test_a_list_of_indicators_is_no_incident(text: str) -> None:
    assert read_one(text).kind == "indicators"


@pytest.mark.parametrize(
    "text",
    [
        "evil.example was hacked",
        "We saw traffic from 192.0.2.1, 192.0.2.2 and 192.0.2.3, and then the server was gone.",
        "Hosts, users, and disks were hit, and 192.0.2.1 is still down.",
        "The server was encrypted.\nIt talked to:\n192.0.2.1\n",
    ],
)
def test_prose_with_indicators_and_commas_is_an_incident(text: str) -> None:
    assert read_one(text).kind == "incident"


@pytest.mark.parametrize(
    ("text", "tlp"),
    [
        ("TLP:RED\nhello", "TLP:RED"),
        ("tlp: white — hello", "TLP:CLEAR"),
        ("[TLP:AMBER+STRICT] hello", "TLP:AMBER+STRICT"),
        ("TLP:GREEN, annex TLP:RED", "TLP:RED"),
        ("TLP:GREEN\n" + "x " * 600 + "TLP:RED is stricter", "TLP:GREEN"),
        ("x " * 600 + "TLP:AMBER", "TLP:AMBER"),
        ("nothing", None),
    ],
)
def test_the_marking_of_the_first_lines_holds_and_the_strictest_wins(text: str, tlp: str | None) -> None:
    assert marking_in_text(text).tlp == tlp


def test_a_pap_label_is_read() -> None:
    assert read_one("TLP:AMBER PAP:GREEN\nhello").marking.pap == "PAP:GREEN"


def test_signatures_and_encrypted_blocks_in_it_are_losses() -> None:
    signed = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nThe port is down."
    assert "not verified" in read_one(signed).losses[0].why
    assert "not opened" in read_one("see\n-----BEGIN PGP MESSAGE-----\nxx").losses[0].why


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b" \n\t\n", "no text"),
        (b"PK\x03\x04rest", "ZIP"),
        (b"%PDF-1.7", "PDF"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"\xd0\xcf\x11\xe0\xa1", "Outlook"),
        (b"\x89PNG\r\n", "PNG"),
        (b"text\0text", "binary"),
        (b"caf\xe9 latin one", "UTF-8"),
        (b'<?xml version="1.0"?><stix:STIX_Package/>', "STIX 1"),
        (b"<!-- note --><IODEF-Document></IODEF-Document>", "IODEF"),
        (b"<html><body>x</body></html>", "HTML"),
        (b"<report><a/></report>", "'report'"),
        (b"<!-- cut -->", "without an element"),
        (b'{"Event": {}}', "JSON"),
        (b'[{"a": 1}]', "JSON"),
        (b'"timestamp","ip","port","asn"\n"2026-01-01 00:00:00",192.0.2.1,25,64496\n', "Shadowserver"),
        (b"name;street;town;country\nA;B;C;D\n", "table"),
        (b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n", "public key"),
        (b"-----BEGIN PGP MESSAGE-----\nxx", "encrypted"),
    ],
)
def test_what_is_no_prose_is_refused_by_name_with_a_remedy(data: bytes, why: str) -> None:
    with pytest.raises(InputError, match=why) as refused:
        read(data, "note.txt")
    assert len(refused.value.faults) == 1
    assert refused.value.faults[0].remedy


@pytest.mark.parametrize(
    "text",
    [
        "Mail, web, payroll, and phones are down.\nAll, we think, is lost, or nearly so, today.",
        "[TLP:RED] The port is down",
        "[1] The first host is down",
        "<unknown> wrote that the port is down",
        "Dear colleagues,\n\nthe port, the airport, the rail, and the road are closed.",
    ],
)
def test_prose_that_looks_like_a_table_or_json_or_xml_is_read(text: str) -> None:
    assert read_one(text).kind == "incident"


def test_a_text_beyond_the_limit_is_refused() -> None:
    with pytest.raises(InputError, match="more than 10 characters"):
        read(b"eleven chars", "note.txt", Limits(text=10))


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        reports = read(data, "note.txt")
    except InputError:
        return
    encode_json(reports)
