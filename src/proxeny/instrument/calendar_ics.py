"""Reminders as iCalendar (RFC 5545): each duty a to-do, with an alarm before its limit."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterable, Iterator

from proxeny.base.moments import show_moment
from proxeny.instrument.labels import Labels
from proxeny.instrument.reminder import ENDED, Reminder
from proxeny.instrument.situation import marked

PRODUCT = "-//Proxeny//Duties//EN"
WIDTH = 75  # octets of a line without its end (section 3.1)
LEAST_LEAD = dt.timedelta(minutes=15)
MOST_LEAD = dt.timedelta(hours=24)
_SHARE = 4  # the alarm rings when a quarter of the time is left, within the two leads above

# What TEXT may not hold (section 3.3.11; tab and line feed may), and what some readers take for the end of a line.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_URI = re.compile(r"https?://[!-~]+")
_STATUS = {"discharged": "COMPLETED", "discharged_late": "COMPLETED"}
_CANCELLED = ("lapsed", "refused_with_ground")


Say = Callable[[str], str]
"""From an English message to that of a language."""


def write_calendar(
    found: Iterable[Reminder],
    state: str,
    at: dt.datetime,
    labels: Labels,
    say: Say,
    contexts: Collection[str] = (),
) -> bytes:
    """The calendar, UTF-8 with CRLF. `at`: when it was reckoned; `labels` and `say`: of a person's language;
    `contexts`: of the files that were asked.

    An object holds at least one component (section 3.6): where there is no duty, a journal entry says so.
    """
    told = list(found)
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN"]
    for one in told:
        lines += _todo(one, at, labels, say)
    if not told:
        lines += _nothing(state, at, say, contexts)
    lines.append("END:VCALENDAR")
    return b"".join(fold(line) for line in lines)


def escape(text: str) -> str:
    """A text value: backslash, semicolon, comma and line feed are escaped; other control characters go."""
    plain = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    for char, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        plain = plain.replace(char, written)
    return plain


def fold(line: str) -> bytes:
    """A content line in lines of at most 75 octets, none of which ends within a character."""
    parts: list[bytes] = []
    part = b""
    for char in line:
        octets = char.encode("utf-8", "replace")
        if len(part) + len(octets) > WIDTH:
            parts.append(part)
            part = b" "
        part += octets
    return b"\r\n".join((*parts, part)) + b"\r\n"


def _todo(one: Reminder, at: dt.datetime, labels: Labels, say: Say) -> Iterator[str]:
    duty = one.duty
    exercise = marked(one.context)
    mark = f"{say(one.context.upper())}: " if exercise else ""
    head = f"{mark}{duty.instrument} {duty.provision}: {labels.of('statuses', duty.status)}"
    yield "BEGIN:VTODO"
    yield f"UID:{one.uid}"
    yield f"DTSTAMP:{_utc(at)}"
    if one.limit is not None:
        yield f"DUE:{_utc(one.limit)}"
    yield f"SUMMARY:{escape(head)}"
    yield f"DESCRIPTION:{escape(_described(one, mark, labels, say))}"
    yield f"STATUS:{_state(duty.status)}"
    if duty.status in _STATUS and duty.done_at is not None:
        yield f"COMPLETED:{_utc(duty.done_at)}"
    categories = [one.list.upper(), *([one.context.upper()] if exercise else [])]
    yield f"CATEGORIES:{','.join(escape(word) for word in categories)}"
    yield "CLASS:PRIVATE"
    if _URI.fullmatch(duty.url):
        yield f"URL:{duty.url}"
    yield from _own(one)
    if duty.status not in ENDED and one.list != "open" and one.limit is not None:
        yield from _alarm(one.limit - (duty.since or one.limit), head)
    yield "END:VTODO"


def _own(one: Reminder) -> Iterator[str]:
    """What no property of the standard holds, for programs."""
    duty = one.duty
    values = {
        "ROW": duty.row or "",
        "NORM": duty.norm,
        "PROVISION": duty.provision,
        "STANDING": duty.standing,
        "CHECK": duty.check,
        "BEARER": duty.bearer,
        "COUNTERPARTY": duty.counterparty,
        "DUTY-STATUS": duty.status,
        "LATE-AFTER": show_moment(duty.late_after) if duty.late_after else "",
        "NEEDS": ", ".join(duty.needs),
        "NOTICE": duty.notice,
        "CONTEXT": one.context,
        "FILE": one.file,
    }
    yield from (f"X-PROXENY-{name}:{escape(value)}" for name, value in values.items() if value)


def _described(one: Reminder, mark: str, labels: Labels, say: Say) -> str:
    duty = one.duty
    lines = [
        f"{mark}{duty.summary}" if duty.summary else mark.strip(),
        f"{labels.party(duty.bearer)} → {labels.party(duty.counterparty)}",
        " ".join(part for part in (duty.row or "", duty.norm, duty.reference, f"[{duty.check}]") if part),
        f"? {labels.joined(labels.needed(need) for need in duty.needs)}" if duty.needs else "",
        say(duty.notice) if duty.notice else "",
    ]
    return "\n".join(line for line in lines if line)


def _state(status: str) -> str:
    return "CANCELLED" if status in _CANCELLED else _STATUS.get(status, "NEEDS-ACTION")


def _alarm(allowed: dt.timedelta, head: str) -> Iterator[str]:
    """`allowed`: all the time that the duty gives."""
    lead = min(max(allowed / _SHARE, LEAST_LEAD), MOST_LEAD)
    yield "BEGIN:VALARM"
    yield "ACTION:DISPLAY"
    yield f"DESCRIPTION:{escape(head)}"
    yield f"TRIGGER;RELATED=END:-PT{int(lead.total_seconds() // 60)}M"
    yield "END:VALARM"


def _nothing(state: str, at: dt.datetime, say: Say, contexts: Collection[str]) -> Iterator[str]:
    """Marked where every file is; a real one among them makes it true of what is real."""
    words = sorted({context.upper() for context in contexts}) if all(map(marked, contexts)) else []
    mark = "".join(f"{say(word)}: " for word in words)
    yield "BEGIN:VJOURNAL"
    yield f"UID:proxeny-nothing-due-{escape(state)}"
    yield f"DTSTAMP:{_utc(at)}"
    yield f"DTSTART:{_utc(at)}"
    yield f"SUMMARY:{escape(f'{mark}{state}')}: 0"
    if words:
        yield f"CATEGORIES:{','.join(words)}"
    yield "CLASS:PRIVATE"
    yield "END:VJOURNAL"


def _utc(moment: dt.datetime) -> str:
    """A date with time in UTC (section 3.3.5, form 2), which knows no part of a second."""
    return moment.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")
