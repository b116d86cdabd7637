"""When a duty is due: its limits reckoned from their anchors, with the arithmetic."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import msgspec

from proxeny.base.moments import show_moment
from proxeny.instrument.clock import UNKNOWN_CALENDARS, Span, add, closing, over, to_noon
from proxeny.instrument.norm import Deadline, Earliest, Latest, Limit, Within
from proxeny.instrument.scene import Party, Scene
from proxeny.instrument.situation import Calendar
from proxeny.instrument.truth import Step, judge, shown_event, shown_pattern

LimitOf = Callable[[str], tuple[dt.datetime | None, dt.datetime | None]]
"""From a norm's id to the earliest and latest limit of its duty for the same bearer."""


class Due(msgspec.Struct, frozen=True):
    """By when: the earliest defensible limit, the latest (None: it never turns late), and the steps."""

    by: dt.datetime | None = None
    late_after: dt.datetime | None = None
    steps: tuple[Step, ...] = ()


def reckon(deadline: Deadline | None, scene: Scene, limit_of: LimitOf) -> Due:
    """The limits of a deadline in a scene. A duty without one, or under a vague term alone, has no time."""
    if deadline is None:
        return Due()
    vague = (Step("vague", deadline.vague),) if deadline.vague else ()
    if deadline.within is None:
        return Due(steps=vague)
    found = _within(deadline.within, scene, limit_of)
    by, late, steps = found.by, found.late_after, [*vague, *found.steps]
    if by is None:
        return Due(by, late, tuple(steps))
    if deadline.move is not None:
        by, late = _moved(deadline, by, late, scene, steps)
    if deadline.closes != "at_the_hour" and late is not None:
        calendars, _ = calendars_of(scene, scene.bearer)
        last = late
        late = max(closing(last, deadline.closes, calendar) for calendar in calendars)
        if late != last:
            steps.append(Step("closes", deadline.closes, {"late_after": show_moment(late)}))
    return Due(by, None if deadline.where_possible else late, tuple(steps))


def _moved(
    deadline: Deadline, by: dt.datetime, late: dt.datetime | None, scene: Scene, steps: list[Step]
) -> tuple[dt.datetime, dt.datetime | None]:
    """The limit moved to noon of the next working day, unless its exception is proved; where that is unknown,
    `by` stays and `late_after` moves."""
    move = deadline.move
    if move is None:
        return by, late
    excluded = judge(move.unless, scene).value if move.unless is not None else "no"
    if excluded == "yes":
        steps.append(Step("move", "no", {"why": "excluded", "source": move.source}))
        return by, late
    calendars, known = calendars_of(scene, _side(scene, move.calendar))
    first, _ = over(calendars, lambda calendar: (to_noon(by, calendar),) * 2)
    if excluded == "unknown":
        first = by
    last = None if late is None else max(to_noon(late, calendar) for calendar in calendars)
    if (first, last) != (by, late):
        detail: dict[str, Any] = {"by": show_moment(first), "source": move.source}
        steps.append(Step("move", "yes" if known and excluded == "no" else "unknown", detail))
    return first, last


def _within(within: Within, scene: Scene, limit_of: LimitOf) -> Due:
    if isinstance(within, Limit):
        return _limit(within, scene, limit_of)
    found = [_within(one, scene, limit_of) for one in within.of]
    steps = [step for one in found for step in one.steps]
    running = [one for one in found if one.by is not None]
    if not running:
        return Due(steps=tuple(steps))
    pick = min if isinstance(within, Earliest) else max
    by = pick(one.by for one in running if one.by is not None)
    lates = [one.late_after for one in running]
    late = None if None in lates else pick(late for late in lates if late is not None)
    if isinstance(within, Latest) and len(running) < len(found):
        late = None  # an anchor that has not happened may still put the limit later
    steps.append(Step("min" if isinstance(within, Earliest) else "max", show_moment(by)))
    return Due(by, late, tuple(steps))


def _limit(limit: Limit, scene: Scene, limit_of: LimitOf) -> Due:
    """A period after its anchor. An anchor that has not happened starts no clock."""
    if limit.limit_of:
        by, late = limit_of(limit.limit_of)
        if by is None:
            return Due(steps=(Step("anchor", "no", {"limit_of": limit.limit_of}),))
        anchor = {"limit_of": limit.limit_of, "at": show_moment(by)}
        return _after(limit, (by, late or by), scene, Step("anchor", "yes", anchor), open_end=late is None)
    event = scene.trigger
    if limit.anchor is not None:
        found = scene.matching((limit.anchor,))
        event = (found[0] if limit.take == "first" else found[-1]) if found else None
    if event is None:
        sought = shown_pattern(limit.anchor) if limit.anchor is not None else {}
        return Due(steps=(Step("anchor", "no", sought),))
    return _after(limit, (event.at, event.at), scene, Step("anchor", "yes", shown_event(event)))


def _after(limit: Limit, start: Span, scene: Scene, anchor: Step, open_end: bool = False) -> Due:
    period = limit.period
    party = _side(scene, limit.calendar)
    calendars, known = calendars_of(scene, party)

    def reckoned(calendar: Calendar) -> Span:
        return add(start[0], period, calendar)[0], add(start[1], period, calendar)[1]

    by, late = over(calendars, reckoned)
    detail: dict[str, Any] = {"add": {period.unit: period.count}, "gives": show_moment(by)}
    if period.unit != "hours":
        detail["calendar"] = (party.state or party.name) if known else "unknown"
        if late != by:
            detail["at_latest"] = show_moment(late)
    return Due(by, None if open_end else late, (anchor, Step("arithmetic", show_moment(by), detail)))


def _side(scene: Scene, side: str) -> Party:
    return scene.bearer if side == "bearer" else scene.counterparty


def calendars_of(scene: Scene, party: Party) -> tuple[tuple[Calendar, ...], bool]:
    """The calendar of an actor, else of its State; where the file gives none, all that it may be. And whether
    it is known."""
    calendars = scene.situation.calendars
    for name in (party.name, party.state):
        if name is not None and name in calendars:
            return (calendars[name],), True
    return UNKNOWN_CALENDARS, False
