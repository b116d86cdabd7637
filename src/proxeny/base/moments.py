"""Moments in time: always aware, always shown in UTC. A naive time is an error (design, section 4)."""

from __future__ import annotations

import datetime as dt
import re

from proxeny.base.errors import refuse

# RFC 3339 section 5.6, plus the forms in the wild that still carry an offset: a space for the T,
# an offset without a colon, seconds left out.
_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s?(Z|z|UTC|[+-]\d\d:?\d\d)?"
)


def parse_moment(text: str, place: str) -> dt.datetime:
    """The moment written in `text`, in UTC.

    Raises InputError when it is not a date with time of day, does not exist, or bears no offset.
    """
    match = _MOMENT.fullmatch(text.strip())
    if match is None:
        raise refuse(place, f"{text[:40]!r} is not a time", "write it as 2026-03-02T08:00:00Z")
    day, minute, second, fraction, offset = match.groups()
    if offset is None:
        raise refuse(place, f"the time {text[:40]!r} has no offset", "add Z for UTC, or +02:00")
    zone = "+00:00" if offset in ("Z", "z", "UTC") else offset
    micro = (fraction or "0")[:6].ljust(6, "0")
    try:
        moment = dt.datetime.fromisoformat(f"{day}T{minute}:{second or '00'}.{micro}{zone}")
        return moment.astimezone(dt.UTC)
    except (ValueError, OverflowError) as error:
        raise refuse(place, f"{text[:40]!r} is not a time that exists", "correct the date") from error


def show_moment(moment: dt.datetime) -> str:
    """The moment in UTC as RFC 3339, with Z and without a fraction that is zero."""
    return moment.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
