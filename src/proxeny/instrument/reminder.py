"""Reminders: the duties of facts files that a desk still has to see to, soonest first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from uuid import UUID, uuid5

import msgspec

from proxeny.base.moments import show_moment
from proxeny.instrument.duty import Duties, Duty

RUNNING = ("due", "late", "late_with_reason", "disputed", "open")
"""The statuses of what is still to be done."""

ENDED = ("discharged", "discharged_late", "lapsed", "refused_with_ground")
"""The statuses of what is over; a calendar that had it should learn that."""

LISTS = ("due", "recommended", "open")
"""The lists that remind. What would apply is no duty."""

_SPACE = UUID(
    "5b0f3a5e-2f0b-5c55-9e0f-6a1c0d7b8f21"
)  # of these reminders (RFC 9562, section 5.5); never to be changed


class Reminder(msgspec.Struct, frozen=True, kw_only=True):
    """A duty with its time. `uid` stays the same while file, norm, sides and trigger do; `limit`: by when, or when an
    open duty would be due; `file`: the facts file's name, `context`: its word (test, exercise, real)."""

    uid: str
    file: str
    context: str
    list: str
    limit: dt.datetime | None
    duty: Duty


def reminders_of(found: Duties, file: str, context: str) -> Iterator[Reminder]:
    """The duties that something triggered, running or ended, of one facts file."""
    for name in LISTS:
        listed: tuple[Duty, ...] = getattr(found, name)
        for duty in listed:
            if duty.since is not None and duty.status in (*RUNNING, *ENDED):
                yield Reminder(
                    uid=_uid(duty, file),
                    file=file,
                    context=context,
                    list=name,
                    limit=duty.by or duty.by_if,
                    duty=duty,
                )


def soonest_first(found: Iterable[Reminder]) -> tuple[Reminder, ...]:
    """By time; what has none comes last. Reminders that came out with one uid are told apart."""
    ordered = sorted(found, key=_by_time)
    seen: dict[str, int] = {}
    told = []
    for one in ordered:
        count = seen[one.uid] = seen.get(one.uid, 0) + 1
        told.append(one if count == 1 else msgspec.structs.replace(one, uid=f"{one.uid}-{count}"))
    return tuple(told)


def _by_time(one: Reminder) -> tuple[bool, str, str, str, str, str]:
    limit = show_moment(one.limit) if one.limit else ""
    return one.limit is None, limit, one.file, one.duty.norm, one.duty.bearer, one.duty.counterparty


def _uid(duty: Duty, file: str) -> str:
    """A name of the duty's own (RFC 7986, section 5.3: a UUID that tells nothing of who made it)."""
    trigger = duty.trace[0].detail if duty.trace else {}
    since = show_moment(duty.since) if duty.since else ""
    parts = (
        *(file, duty.norm, duty.bearer, duty.counterparty, since),
        *(str(trigger.get(key, "")) for key in ("event", "by", "to", "source")),
    )
    return str(uuid5(_SPACE, "\n".join(parts)))
