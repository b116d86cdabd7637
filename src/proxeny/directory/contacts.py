"""A State's points of contact: expiring and erasable, unlike its keys, for they speak of persons and places."""

from __future__ import annotations

import msgspec

from proxeny.base.members import (
    MOMENT,
    STATE,
    check_members,
    grouped,
    integer,
    listed,
    nullable,
    pattern,
    text,
    words,
)
from proxeny.directory.keys import PublicKey
from proxeny.directory.limits import STATE_FILE, STATE_JSON
from proxeny.directory.signed import read_json, read_signed, signers_of
from proxeny.directory.steps import DirectoryRefusedError, refuse_at

POINTS = 64
"""Points of contact of a State: a few roles, each with alternates."""

CERTIFICATES = 8
"""Pinned certificates of one address: the one in use and those that follow it."""

_ASK = "the State has to send its contacts again"


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """A point of contact: its role, and how it is reached. `certificates` are digests of the TLS certificates (DER)
    that its address may show."""

    role: str
    label: str
    languages: list[str]
    url: str | None = None
    mail: str | None = None
    phone: str | None = None
    certificates: list[str] = []


class Contacts(msgspec.Struct, frozen=True, kw_only=True):
    """The points of contact of a State, and until when they are to be believed."""

    state: str
    version: int
    expires: str
    points: list[Point]


_POINT = {
    "role": pattern("[A-Z]{2,8}(-[A-Z])?", "a role in capital letters"),
    "label": text(200),
    "languages": listed(pattern("[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", "a language tag (RFC 5646)"), 1, 20),
    "url": nullable(pattern(r"https://[!-~]{1,240}", "an https address")),
    "mail": nullable(pattern(r"[!-?A-~]{1,64}@[A-Za-z0-9.-]{1,253}", "a mail address")),
    "phone": nullable(pattern(r"\+[0-9]{4,15}", "a telephone number (ITU-T E.164)")),
    "certificates": listed(pattern("sha256:[0-9a-f]{64}", "a digest"), 0, CERTIFICATES),
}
_MEMBERS = {
    "_type": words("proxeny-contacts"),
    "state": STATE,
    "version": integer(1),
    "expires": MOMENT,
    "points": listed(grouped(_POINT), 1, POINTS),
}


def read_contacts(data: bytes, state: str, keys: dict[str, PublicKey]) -> Contacts:
    """Step `contacts`: the contacts of a State, signed by one of its `directory` keys. Raises DirectoryRefusedError."""
    place = f"states/{state}/contacts.json"
    if len(data) > STATE_FILE:
        raise refuse_at("contacts", place, f"larger than {STATE_FILE} bytes", _ASK)
    signed = read_signed(read_json(data, STATE_JSON, "contacts", place), "contacts", place)
    faults = check_members(signed.value, _MEMBERS, f"{place}/signed")
    if faults:
        raise DirectoryRefusedError("contacts", faults)
    by = {kid: key.public for kid, key in keys.items() if key.use == "directory" and key.state == state}
    if not signers_of(signed, by):
        raise refuse_at(
            "contacts", f"{place}/signatures", "not signed by the State's own directory key", _ASK
        )
    contacts = msgspec.convert({name: signed.value[name] for name in Contacts.__struct_fields__}, Contacts)
    if contacts.state != state:
        raise refuse_at("contacts", f"{place}/signed/state", f"of {contacts.state}, not of {state}", _ASK)
    return contacts
