"""The format of a file by its content alone, and the reading of a file by any reader.

Only the reader that is needed is imported, so that a start is quick.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module

from proxeny.base.errors import Fault, InputError, refuse
from proxeny.base.wire import DEFAULT_LIMITS, Limits, check_size, decode_text, digest_of
from proxeny.identify.report import Report

Reader = Callable[[bytes, str, Limits], list[Report]]

# The name on the command line, and the module whose `read` reads it.
_READERS: dict[str, str] = {
    "misp": "proxeny.formats.misp.read",
    "stix": "proxeny.formats.stix.read",
    "veris": "proxeny.formats.veris.read",
    "intelmq": "proxeny.formats.intelmq.read",
    "idea0": "proxeny.formats.idea0.read",
    "xarf": "proxeny.formats.xarf.read",
    "iodef": "proxeny.formats.iodef.read",
    "iodef-json": "proxeny.formats.iodef_json.read",
    "shadowserver": "proxeny.formats.shadowserver.read",
    "csaf": "proxeny.formats.csaf.read",
    "email": "proxeny.formats.mail.read",
    "text": "proxeny.formats.text.read",
}
FORMATS: tuple[str, ...] = tuple(_READERS)
"""The formats that are read, by their names on the command line."""

_HEAD = 65_536  # bytes in which header lines or the shape of a text are looked for

# The first member decides: such a file needs no second decoding.
_MISP_HEAD = re.compile(rb'(?:\xef\xbb\xbf)?\s{0,64}\{\s{0,64}"Event"\s{0,8}:\s{0,64}\{')
_STIX_HEAD = re.compile(
    rb'(?:\xef\xbb\xbf)?\s{0,64}\{\s{0,64}"(?:type"\s{0,8}:\s{0,8}"bundle"|id"\s{0,8}:\s{0,8}"bundle--)'
)
# The first column of every Shadowserver report; such a file is told before a NUL in a row calls it binary.
_TIMESTAMP_HEAD = re.compile(rb'(?:\xef\xbb\xbf)?"?timestamp"?,')
_JSON_SURE = re.compile(rb'(?:\xef\xbb\xbf)?\s*(?:\{\s*(?:"|\}|$)|\[\s*(?:\{\s*"|$))')
_JSON_MAYBE = re.compile(rb'(?:\xef\xbb\xbf)?\s*\[\s*(?:[\[\]{"]|-?\d|true\b|false\b|null\b)')
_SCALAR = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*+(?:null|true|false|-?\d++(?:\.\d++)?+(?:[eE][+-]?\d++)?+"
    rb'|"(?:[^"\\\x00-\x1f]|\\.)*+")\s*+'
)
_HEADER = re.compile(rb"([A-Za-z][A-Za-z0-9-]{0,60}):[ \t]?[^\n]{0,4000}\n(?:[ \t]+\S[^\n]*\n)*+")
_LISTED = b"""
from to subject date message-id mime-version received content-type cc return-path delivered-to reply-to
sender content-transfer-encoding dkim-signature list-id x-mailer in-reply-to references arc-seal
authentication-results
"""
_MAIL_HEADERS = frozenset(_LISTED.split())
_TELLING_HEADERS = frozenset(
    [b"from", b"received", b"message-id", b"mime-version", b"return-path", b"delivered-to"]
)


def detect(data: bytes, place: str, limits: Limits = DEFAULT_LIMITS) -> str:
    """The name of the format: one of FORMATS.

    Raises InputError naming what the file seems to be where none of them fits.
    """
    return _detected(data, place, limits)[0]


def read(data: bytes, place: str, format: str = "auto", limits: Limits = DEFAULT_LIMITS) -> list[Report]:
    """The Reports of a file, in its order.

    `format` is one of FORMATS or "auto". Raises InputError with every fault found.
    """
    if format == "auto":
        name, decoded = _detected(data, place, limits)
        if decoded is not None:
            return decoded()
        format = name
    module = _READERS.get(format)
    if module is None:
        raise refuse("--format", f"no format {format!r}", f"one of: auto, {', '.join(FORMATS)}")
    reader: Reader = import_module(module).read
    return reader(data, place, limits)


def _detected(data: bytes, place: str, limits: Limits) -> tuple[str, Callable[[], list[Report]] | None]:
    """The format and, where detection decoded the file already, the rest of the reading."""
    check_size(data, place, limits)
    if _MISP_HEAD.match(data):
        return "misp", None
    if _STIX_HEAD.match(data):
        return "stix", None
    if _TIMESTAMP_HEAD.match(data) and _is_shadowserver(data):
        return "shadowserver", None
    from proxeny.formats.shapes import foreign_bytes

    fault = foreign_bytes(data, place)
    if fault:
        raise InputError(fault)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _shaped(decode_text(data, place).encode(), digest_of(data), place, limits)
    return _shaped(data, None, place, limits)


def _shaped(
    data: bytes, digest: str | None, place: str, limits: Limits
) -> tuple[str, Callable[[], list[Report]] | None]:
    """As `_detected`, of UTF-8; `digest` is that of the file where it was in another encoding."""
    from proxeny.formats.shapes import foreign_text, xml_root

    if _JSON_SURE.match(data[:_HEAD]):
        return _json_format(data, digest, place, limits)
    if _JSON_MAYBE.match(data[:_HEAD]):
        try:
            return _json_format(data, digest, place, limits)
        except InputError as error:
            if not any("not JSON" in fault.message or "too early" in fault.message for fault in error.faults):
                raise
    if _SCALAR.fullmatch(data):
        raise refuse(
            f"{place}, line 1",
            "the file is one JSON value, not a report",
            "give a report as an object, or its words as text without quotation marks",
        )
    if _is_mail(data[:_HEAD]):
        return "email", None
    # A text whole in its first bytes is looked at whole: the last character tells XML from prose.
    head = data if len(data) <= _HEAD else data[:_HEAD] + data[-16:]
    text = head.decode("utf-8-sig", "replace")
    if xml_root(text) == "iodef-document":
        return "iodef", None
    if _TIMESTAMP_HEAD.match(data) and _is_shadowserver(data):  # in UTF-16
        return "shadowserver", None
    fault = foreign_text(text, place)
    if fault:
        raise InputError(fault)
    return "text", None


def _is_shadowserver(data: bytes) -> bool:
    from proxeny.formats.shadowserver.header import looks_like

    head = data[:_HEAD].partition(b"\n")[0].decode("utf-8-sig", "replace")
    return looks_like(head.replace('"', "").strip().split(","))


def _json_format(
    data: bytes, digest: str | None, place: str, limits: Limits
) -> tuple[str, Callable[[], list[Report]] | None]:
    from proxeny.formats.entries import json_entries
    from proxeny.formats.guess import foreign_json, format_of

    entries = json_entries(data, place, limits)
    if not entries:
        raise refuse(place, "an empty list", "give at least one report")
    name = format_of(entries[0].value)
    if name is None:
        raise InputError(Fault(place, *foreign_json(entries[0].value)))
    if name in ("misp", "stix"):
        return name, None
    reader = import_module(_READERS[name])
    return name, lambda: reader.read_entries(entries, digest or digest_of(data), place)


def _is_mail(head: bytes) -> bool:
    """Header lines from the very start, at least two known, one of which only a mail has."""
    at = len(head) - len(head.lstrip(b"\r\n\xef\xbb\xbf"))
    if head.startswith(b"From ", at):  # the separator line of mbox (RFC 4155)
        at = head.find(b"\n", at) + 1
    names = set()
    while header := _HEADER.match(head, at):
        names.add(header[1].lower())
        at = header.end()
    return len(names & _MAIL_HEADERS) >= 2 and not names.isdisjoint(_TELLING_HEADERS)
