"""What generated duties call of their status: what ended them or not, whether in time, and what warns.

They are status.py, with what the norm fixes already said.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping

from proxeny.instrument.generated_run import Pair, Run, Search
from proxeny.instrument.situation import Event
from proxeny.instrument.status import said_reason
from proxeny.instrument.truth import Step

Told = tuple[str, str, dt.datetime | None, str | None]
"""Status, reason, when it was done, what proves it."""


def warns(
    warn_after: Mapping[str, dt.timedelta], vague: str, since: dt.datetime | None, at: dt.datetime
) -> bool:
    """Whether a vague term has run longer than the desk allows."""
    allowed = warn_after.get(vague)
    return bool(allowed and since and at > since + allowed)


def nothing() -> list[Event]:
    """No events."""
    return []


def grounded(event: Event) -> bool:
    """Whether a refusal gives a ground."""
    return event.attributes.get("ground") not in (None, "unknown")


def sure(
    run: Run,
    pair: Pair,
    done: list[Event],
    doubts: Iterable[tuple[frozenset[str], Search, Search]],
) -> tuple[list[Event], tuple[str, ...]]:
    """The first event of which no other running duty of the bearer has as good a claim; and the addressees of
    those before it, to be asked for where there is none."""
    asked = []
    for event in done:
        if event.to or event.event != "submitted" or pair.bearer.actor is None:
            return [event], ()
        roles = pair.bearer.actor.roles
        if not any(
            roles & own and trigger(run, pair) and event in act(run, pair) for own, trigger, act in doubts
        ):
            return [event], ()
        asked.append(f"to of {event.source or event.event}")
    return [], tuple(dict.fromkeys(asked))


def ended(
    run: Run,
    pair: Pair,
    late: dt.datetime | None,
    ends: list[tuple[dt.datetime, int, str, Event]],
    given: str,
    proof: Callable[[], list[Event]],
    steps: list[Step],
) -> Told:
    """The status of a duty that was discharged, lapsed or was refused, whichever was first."""
    _, _, name, event = min(ends, key=lambda end: end[:2])
    steps.append(run.step(name, event))
    if name == "lapsed":
        return "lapsed", "", event.at, None
    if name == "refused":
        return "refused_with_ground", str(event.attributes["ground"]), event.at, None
    proved = next((one.source for one in proof() if one.at >= event.at), None)
    if late is None or event.at <= late:
        return "discharged", "", event.at, proved
    reason = _reason(run, pair.b, late, given, event)
    if reason is not None:
        steps.append(run.step("reason", reason))
    return "discharged_late", said_reason(reason) if reason else "", event.at, proved


def unended(
    run: Run,
    pair: Pair,
    late: dt.datetime | None,
    given: str,
    names: tuple[str, ...],
    steps: list[Step],
) -> Told:
    """The status of a duty about which nothing has been done."""
    status, why = "due", ""
    if late is not None and run.at > late:
        status = "late"
        reason = _reason(run, pair.b, late, given, None)
        if reason is not None:
            status, why = "late_with_reason", said_reason(reason)
            steps.append(run.step("reason", reason))
    for event in run.of_word.get("disputed", ()):
        if event.attributes.get("duty") in names and (event.by in pair.b or event.by in pair.c):
            steps.append(run.step("disputed", event))
            return "disputed", why, None, None
    return status, why, None, None


def _reason(
    run: Run, b: frozenset[str], late: dt.datetime | None, given: str, done: Event | None
) -> Event | None:
    """The event that gives reasons for lateness in the time that the norm allows for them."""
    if not given:
        return None
    if done is not None and done.attributes.get("reason"):
        return done
    until = late if given == "before_limit" else done.at if done else None
    for event in run.of_word.get("delay_explained", ()):
        if event.by in b and (until is None or event.at <= until):
            return event
    return None
