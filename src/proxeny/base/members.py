"""Closed sets of JSON members: each with what it may be, all faults told at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from proxeny.base.encoding import HASH, from_base64url, read_digest
from proxeny.base.errors import Fault, InputError
from proxeny.base.moments import parse_moment

Check = Callable[[Any], bool]
Members = Mapping[str, tuple[Check, str]]
"""For each member how it is checked, and in words what it is to be. All stand in every message; null where allowed."""

SEQUENCE = 2**53 - 1
"""The largest integer every JSON reader keeps exactly (RFC 7493, section 2.2)."""

_STATE = re.compile("[A-Z]{2}")
_UUID7 = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z", re.ASCII)
_RESEND = "the sender has to send it as docs/reference/wire.md says"


def check_members(found: Any, members: Members, place: str, closed: bool = True) -> list[Fault]:
    """A fault for each member that is missing, wrong or (where the set is closed) unknown."""
    if type(found) is not dict:
        return [Fault(place, "not an object", _RESEND)]
    faults = [
        Fault(f"{place}/{name}", f"not {what}" if name in found else f"missing: {what}", _RESEND)
        for name, (check, what) in members.items()
        if name not in found or not check(found[name])
    ]
    if closed:
        unknown = (name for name in found if name not in members)
        faults += [Fault(f"{place}/{name[:60]}", "an unknown member", _RESEND) for name in unknown]
    return faults


def integer(low: int, high: int = SEQUENCE) -> tuple[Check, str]:
    """A whole number written without a fraction."""
    return lambda value: type(value) is int and low <= value <= high, f"a whole number from {low} to {high}"


def words(*allowed: str) -> tuple[Check, str]:
    """One of a few words."""
    return lambda value: type(value) is str and value in allowed, f"one of {', '.join(allowed)}"


def pattern(expression: str, what: str) -> tuple[Check, str]:
    """A text of one form."""
    compiled = re.compile(expression)
    return lambda value: type(value) is str and compiled.fullmatch(value) is not None, what


def text(longest: int) -> tuple[Check, str]:
    """One line of printable text, not empty."""
    return (
        lambda value: type(value) is str and 0 < len(value) <= longest and value.isprintable(),
        f"a line of 1 to {longest} characters",
    )


def nullable(member: tuple[Check, str]) -> tuple[Check, str]:
    """The same, or null."""
    check, what = member
    return lambda value: value is None or check(value), f"{what}, or null"


def listed(member: tuple[Check, str], least: int, most: int) -> tuple[Check, str]:
    """A list of such values, none twice."""
    check, what = member

    def fits(value: Any) -> bool:
        return (
            type(value) is list
            and least <= len(value) <= most
            and all(map(check, value))
            and len(set(map(repr, value))) == len(value)
        )

    return fits, f"{least} to {most} values, none twice, each {what}"


def grouped(members: Members) -> tuple[Check, str]:
    """An object with exactly these members."""
    return lambda value: not check_members(value, members, ""), f"an object of {', '.join(members)}"


def keyed(key: tuple[Check, str], member: tuple[Check, str], most: int) -> tuple[Check, str]:
    """An object of 1 to `most` such values, under such keys."""

    def fits(value: Any) -> bool:
        return (
            type(value) is dict
            and 0 < len(value) <= most
            and all(map(key[0], value))
            and all(map(member[0], value.values()))
        )

    return fits, f"an object of 1 to {most} members, each {key[1]} with {member[1]}"


def _is_moment(value: Any) -> bool:
    if type(value) is not str or not _MOMENT.fullmatch(value):
        return False
    try:
        parse_moment(value, "")
    except InputError:
        return False
    return True


def _is_secret(value: Any) -> bool:
    return type(value) is str and len(value) == 43 and len(from_base64url(value) or b"") == HASH


STATE = pattern(_STATE.pattern, "a State's two capital letters")
UUID7 = pattern(_UUID7.pattern, "a UUID of version 7 in lower case (RFC 9562, section 5.7)")
DIGEST = (lambda value: type(value) is str and read_digest(value) is not None, "sha256: and 64 hex digits")
MOMENT = (_is_moment, "a time in UTC as 2026-03-02T08:00:00Z")
SECRET = (_is_secret, "32 bytes in base64url")
KID = (_is_secret, "a key's thumbprint: 32 bytes in base64url")
CONTEXT = words("real", "exercise", "test")
OBJECT: tuple[Check, str] = (lambda value: type(value) is dict, "an object")
