"""E-mail: every charset becomes words, attachments become children, and what is not opened is told."""

from __future__ import annotations

import hashlib
import json
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxeny.base.errors import InputError
from proxeny.base.records import encode_json
from proxeny.formats.mail.parts import MAX_PARTS
from proxeny.formats.mail.read import read
from proxeny.formats.mail.words import header_words, html_words
from proxeny.identify.report import Report

EVENT = {"__type": "Event", "classification.type": "ddos", "source.ip": "192.0.2.7"}


def mail(subject: str = "Port down", body: str = "The port is down.", **headers: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "clerk@port.example"
    message["To"] = "desk@cert.example"
    message["Subject"] = subject
    message["Date"] = headers.pop("date", "Mon, 02 Mar 2026 10:00:00 +0200")
    message["Message-ID"] = "<1@port.example>"
    if body:
        message.set_content(body)
    return message


def read_one(message: EmailMessage | bytes) -> Report:
    data = message if isinstance(message, bytes) else message.as_bytes()
    (report,) = read(data, "m.eml")
    return report


def losses(report: Report) -> str:
    return " | ".join(f"{loss.at}: {loss.why}" for loss in report.losses)


def test_a_mail_becomes_a_report_whose_text_is_subject_and_body() -> None:
    report = read_one(mail("TLP:AMBER Port down", "From 192.0.2.7 it came."))
    assert report.text == "TLP:AMBER Port down\n\nFrom 192.0.2.7 it came."
    assert (report.format, report.kind, report.title) == ("email", "incident", "TLP:AMBER Port down")
    assert report.source_id == "1@port.example"
    assert report.reported is not None
    assert report.reported.isoformat() == "2026-03-02T08:00:00+00:00"
    assert report.marking.tlp == "TLP:AMBER"
    start, end = map(int, report.indicators[0].at.split("-"))
    assert report.text[start:end] == "192.0.2.7"


@pytest.mark.parametrize(
    ("words", "charset", "encoding"),
    [
        ("Порт не работает", "koi8-r", "base64"),
        ("Порт не работает", "windows-1251", "quoted-printable"),
        ("港口系统中断", "gb2312", "base64"),
        ("港口系統中斷", "big5", "base64"),
        ("تعطل نظام الميناء", "windows-1256", "quoted-printable"),
        ("El puerto está caído", "iso-8859-1", "quoted-printable"),
        ("Le port est arrêté — demain", "windows-1252", "8bit"),
        ("The port is down", "us-ascii", "7bit"),
        ("港が停止", "iso-2022-jp", "7bit"),
        ("Порт не работает", "utf-8", "base64"),
    ],
)
def test_every_charset_and_encoding_becomes_words(words: str, charset: str, encoding: str) -> None:
    import base64
    import quopri

    raw = words.encode(charset)
    coded = {"base64": base64.encodebytes, "quoted-printable": quopri.encodestring}.get(
        encoding, lambda b: b
    )(raw)
    subject = base64.b64encode(raw).decode()
    data = (
        f"From: a@b.example\r\nSubject: =?{charset}?B?{subject}?=\r\nMIME-Version: 1.0\r\n"
        f"Content-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    ).encode() + coded
    report = read_one(data)
    assert report.title == words
    assert report.text.rstrip() == f"{words}\n\n{words}"


def test_a_charset_that_is_none_or_wrong_is_read_as_utf_8_or_told() -> None:
    head = b"From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset="
    assert read_one(head + b"x-none\r\n\r\nport \xc3\xa9").text == "port é"
    assert read_one(head + b"idna\r\n\r\nport \xc3\xa9").text == "port é"
    report = read_one(head + b"utf-8\r\n\r\nport \xff")
    assert report.text == "port \ufffd"
    assert "no characters of its charset" in losses(report)


def test_raw_bytes_and_folded_words_in_a_subject_are_read() -> None:
    assert header_words("=?utf-8?q?port_?=\r\n =?utf-8?q?down?=") == "port down"
    assert read_one("From: a@b.example\nSubject: Порт\nTo: x@y.example\n\nтекст".encode()).title == "Порт"


def test_html_is_read_as_words_where_there_is_no_plain_text() -> None:
    message = mail(body="")
    message.set_content(
        "<html><head><title>no</title></head><style>p{}</style><script>evil()</script><p>The port"
        '<br>is &amp; stays down</p><a href="hxxp://evil[.]example/x">more</a></html>',
        subtype="html",
    )
    report = read_one(message)
    assert report.text == "Port down\n\nThe port\nis & stays down\nmore"
    assert ("url", "http://evil.example/x") in {(item.type, item.value) for item in report.indicators}


def test_plain_text_is_preferred_to_html() -> None:
    message = mail(body="plain words")
    message.add_alternative("<p>html words</p>", subtype="html")
    assert read_one(message).text == "Port down\n\nplain words"


@pytest.mark.parametrize(
    "hostile", ["<", "<!--", "<script>", "<a href=", "</", "&", "<p", "<style>x", "<![CDATA["]
)
def test_hostile_html_is_read(hostile: str) -> None:
    text, _ = html_words(hostile * 50_000)
    assert len(text) <= len(hostile) * 50_000


def test_structured_attachments_become_children() -> None:
    message = mail()
    events = "\n".join(json.dumps(EVENT) for _ in range(2))
    message.add_attachment(
        events.encode(), maintype="application", subtype="octet-stream", filename="ev.json"
    )
    message.add_attachment("A note on the port.", filename="note.txt")
    report = read_one(message)
    assert [(child.format, child.part) for child in report.children] == [
        ("intelmq", "ev.json, line 1"),
        ("intelmq", "ev.json, line 2"),
        ("text", "note.txt"),
    ]
    assert report.children[0].digest == "sha256:" + hashlib.sha256(events.encode()).hexdigest()


def test_a_forwarded_mail_becomes_a_child_and_forwarding_without_end_stops() -> None:
    inner = mail("Inner", "The dam is down.")
    for level in range(8):
        outer = mail(f"Outer {level}", "see below")
        outer.add_attachment(inner)
        inner = outer
    report = read_one(inner)
    depth = 0
    while report.children:
        (report,) = report.children
        depth += 1
    assert 1 <= depth <= 8
    assert report.format == "email"


def test_other_attachments_are_losses_with_name_type_size_and_digest() -> None:
    message = mail()
    message.add_attachment(b"%PDF-1.7 x", maintype="application", subtype="pdf", filename="план.pdf")
    report = read_one(message)
    digest = hashlib.sha256(b"%PDF-1.7 x").hexdigest()
    assert "'план.pdf' (application/pdf, 10 bytes, sha256:" + digest in losses(report)
    assert ("sha256", digest) in {(item.type, item.value) for item in report.indicators}
    assert ("filename", "план.pdf") in {(item.type, item.value) for item in report.indicators}
    assert report.children == ()


def test_a_faulty_attachment_is_a_loss_and_the_mail_is_still_read() -> None:
    message = mail()
    message.add_attachment(b'{"Event": ', maintype="application", subtype="json", filename="cut.json")
    report = read_one(message)
    assert report.text == "Port down\n\nThe port is down.\n".rstrip()
    assert "not read" in losses(report)


def test_encrypted_parts_are_not_opened_and_signatures_not_verified() -> None:
    encrypted = (
        b"From: a@b.example\nSubject: s\nMIME-Version: 1.0\n"
        b'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=x\n\n'
        b"--x\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n\n--x\n"
        b"Content-Type: application/octet-stream\n\n-----BEGIN PGP MESSAGE-----\n\n--x--\n"
    )
    assert "encrypted, not opened" in losses(read_one(encrypted))
    signed = (
        b"From: a@b.example\nSubject: s\nMIME-Version: 1.0\n"
        b"Content-Type: multipart/signed; boundary=x\n\n--x\n"
        b"Content-Type: text/plain\n\nThe port is down.\n--x\n"
        b"Content-Type: application/pgp-signature; name=s.asc\n\n-----BEGIN PGP SIGNATURE-----\n\n--x--\n"
    )
    report = read_one(signed)
    assert report.text == "s\n\nThe port is down."
    assert "not verified" in losses(report)


@pytest.mark.parametrize(
    ("date", "iso"),
    [
        ("Mon, 02 Mar 2026 08:00:00 -0000", "2026-03-02T08:00:00+00:00"),
        ("2 Mar 2026 08:00 GMT", "2026-03-02T08:00:00+00:00"),
        ("Mon, 02 Mar 2026 08:00:00", None),
        ("yesterday", None),
        ("Mon, 99 Mar 2026 08:00:00 +0000", None),
    ],
)
def test_a_date_without_an_offset_is_a_loss_not_a_guess(date: str, iso: str | None) -> None:
    report = read_one(f"From: a@b.example\nSubject: s\nDate: {date}\n\nx".encode())
    assert (report.reported.isoformat() if report.reported else None) == iso
    assert ("Date" in {loss.at for loss in report.losses}) == (iso is None)


@pytest.mark.parametrize(
    ("subject", "kind"), [("EXERCISE EXERCISE EXERCISE port down", "exercise"), ("[TEST] x", "test")]
)
def test_an_exercise_is_told_by_its_subject(subject: str, kind: str) -> None:
    assert read_one(mail(subject)).kind == kind


def _many_parts(count: int) -> bytes:
    head = b"From: a@b.example\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n"
    return head + b"--x\nContent-Type: text/plain\n\nhello\n" * count + b"--x--\n"


def _deep(levels: int) -> bytes:
    data = b"From: a@b.example\nMIME-Version: 1.0\n"
    for level in range(levels):
        data += b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (level, level)
    return data + b"\nhello\n"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b"no header at all\n\nx", "no header line"),
        (b"From: a@b.example\nTo: c@d.example\n\n\n", "neither words"),
        (_many_parts(MAX_PARTS + 1), "more than 200 parts"),
        (_deep(50), "deeper than 10"),
        (_deep(5000), "more than 200 parts"),
        (b"From: a@b.example\nX: " + b"y" * 300_000 + b"\n\nx", "mail headers"),
        (b"From: a@b.example\n\n" + b"\n" * 2_100_000, "lines"),
        (b"From: a@b.example\n\n" + b"\r" * 2_100_000, "lines"),
        (_many_parts(1) + b"\nContent-Type: text/plain" + b';a="' * 10_000, "mail headers"),
        (b"-----BEGIN PGP MESSAGE-----\nx", "encrypted"),
        (b"PK\x03\x04", "ZIP"),
    ],
)
def test_what_is_no_mail_or_goes_beyond_the_limits_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(InputError, match=why):
        read(data, "m.eml")


_HEADERS = """From: a@b.example
Subject: =?utf-8?B?!!?=
Content-Type: multipart/mixed; boundary=x
Content-Type: message/rfc822
Content-Type: text/html; charset=utf-16
Content-Type: text/plain; charset=punycode
Content-Transfer-Encoding: base64
Content-Transfer-Encoding: x-uuencode
Content-Disposition: attachment; filename*=utf-8''%FF"
Content-Disposition: attachment; filename*0*=idna''a; filename*1=b
Date: Mon, 1 Jan
begin 6 x
--x
--x--

=?
AAAA"""
_PIECES = st.sampled_from([line.encode() + b"\n" for line in _HEADERS.split("\n")])


@given(st.lists(_PIECES | st.binary(max_size=12), max_size=14))
def test_any_bytes_are_read_or_refused(pieces: list[bytes]) -> None:
    try:
        reports: list[Any] = list(read(b"From: a@b.example\n" + b"".join(pieces), "m.eml"))
    except InputError:
        return
    encode_json(reports)
