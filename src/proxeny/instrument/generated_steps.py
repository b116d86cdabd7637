"""What generated duties call of conditions and deadlines: each adds its step, and gives yes, no or unknown, or times.

They are truth.py and limits.py, with what the norm fixes already said.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Any

from proxeny.base.moments import show_moment
from proxeny.instrument.clock import add, closing, over, to_noon
from proxeny.instrument.generated_run import Run, Times
from proxeny.instrument.norm import Period
from proxeny.instrument.scene import Party
from proxeny.instrument.situation import Event
from proxeny.instrument.truth import Step

_CLOCK = tuple(f"T{hour:02}:{minute:02}:00Z" for hour in range(24) for minute in range(60))


@lru_cache(maxsize=4096)
def _day_shown(ordinal: int) -> str:
    return dt.date.fromordinal(ordinal).isoformat()


def shown_moment(moment: dt.datetime) -> str:
    """The moment as show_moment has it; whole minutes of UTC, as most limits are, by a table."""
    if moment.tzinfo is not dt.UTC or moment.second or moment.microsecond:
        return show_moment(moment)
    return _day_shown(moment.toordinal()) + _CLOCK[moment.hour * 60 + moment.minute]


def role(party: Party, name: str, steps: list[Step]) -> str:
    """Whether a side holds the role."""
    holds = name in (party.actor.roles if party.actor else party.accepts)
    value = "yes" if holds else "no"
    steps.append(Step("role", value, {"role": name, "of": party.name}))
    return value


def attribute(run: Run, event: Event | None, name: str, values: Collection[str], steps: list[Step]) -> str:
    """Whether the trigger's attribute is one of the values."""
    said = event.attributes.get(name) if event else None
    if said is None and name == "list":
        said = "no"
    value = "unknown" if said is None or said == "unknown" else "yes" if said in values else "no"
    _attribute_step(run, event, name, said, value, steps)
    return value


def level(
    run: Run,
    event: Event | None,
    bearer: Party,
    name: str,
    bounds: tuple[int | None, int | None],
    steps: list[Step],
) -> str:
    """Whether the level that the trigger says, else that of the impact facts, is within the bounds."""
    said = event.attributes.get(name) if event else None
    high = said if isinstance(said, int) else run.national_level(bearer) if said is None else None
    value = "unknown"
    if high is not None:
        least, most = bounds
        value = "yes" if (least is None or high >= least) and (most is None or high <= most) else "no"
    _attribute_step(run, event, name, high, value, steps)
    return value


def _attribute_step(
    run: Run, event: Event | None, name: str, said: Any, value: str, steps: list[Step]
) -> None:
    detail = {"attribute": name, "is": said} | (run.shown(event) if event else {})
    detail["is"] = said
    steps.append(Step("attribute", value, detail))


def apart(
    starts: list[Event],
    ends: list[Event],
    bounds: tuple[int | None, int | None],
    missing: tuple[Step, Step],
    steps: list[Step],
) -> str:
    """Whether the first of the events are so far apart: more than, or at most, so many hours. `missing`: the steps
    that say which has not happened."""
    if not starts or not ends:
        steps.append(missing[1] if starts else missing[0])
        return "unknown"
    start, end = starts[0], ends[0]
    hours = (end.at - start.at).total_seconds() / 3600
    detail: dict[str, Any] = {
        "from": shown_moment(start.at),
        "to": shown_moment(end.at),
        "sources": [start.source, end.source],
        "hours": round(hours, 4),
    }
    more, most = bounds
    if more is not None:
        detail["more_than_hours"] = more
        value = "yes" if hours > more else "no"
    else:
        detail["at_most_hours"] = most
        value = "yes" if hours <= (most or 0) else "no"
    steps.append(Step("apart", value, detail))
    return value


def after(
    run: Run, period: Period, party: Party, first: dt.datetime, last: dt.datetime, steps: list[Step]
) -> tuple[dt.datetime, dt.datetime]:
    """A period of days, working days or months after an anchor."""
    calendars, known = run.calendars(party)
    by, late = over(calendars, lambda own: (add(first, period, own)[0], add(last, period, own)[1]))
    gives = shown_moment(by)
    detail: dict[str, Any] = {"add": {period.unit: period.count}, "gives": gives}
    detail["calendar"] = (party.state or party.name) if known else "unknown"
    if late != by:
        detail["at_latest"] = shown_moment(late)
    steps.append(Step("arithmetic", gives, detail))
    return by, late


def whichever(name: str, times: Iterable[Times], steps: list[Step]) -> Times:
    """The first (`min`) or the last (`max`) of the limits that run."""
    found = list(times)
    running = [by for by, _ in found if by is not None]
    if not running:
        return None, None
    pick = min if name == "min" else max
    by = pick(running)
    lates = [late for by, late in found if by is not None]
    known = [late for late in lates if late is not None]
    late = pick(known) if len(known) == len(lates) else None
    if name == "max" and len(running) < len(found):
        late = None
    steps.append(Step(name, shown_moment(by)))
    return by, late


def moved(
    run: Run,
    party: Party,
    times: tuple[dt.datetime, dt.datetime | None],
    excluded: str,
    source: str,
    steps: list[Step],
) -> tuple[dt.datetime, dt.datetime | None]:
    """A limit on a weekend or a holiday moved to noon of the next working day, unless that is excluded."""
    by, late = times
    if excluded == "yes":
        steps.append(Step("move", "no", {"why": "excluded", "source": source}))
        return by, late
    calendars, known = run.calendars(party)
    first = by if excluded == "unknown" else min(to_noon(by, own) for own in calendars)
    last = None if late is None else max(to_noon(late, own) for own in calendars)
    if (first, last) != (by, late):
        detail = {"by": shown_moment(first), "source": source}
        steps.append(Step("move", "yes" if known and excluded == "no" else "unknown", detail))
    return first, last


def closed(
    run: Run, bearer: Party, how: str, late: dt.datetime | None, steps: list[Step]
) -> dt.datetime | None:
    """The latest reading of a period: to the end of its last day."""
    if late is None:
        return None
    last = max(closing(late, how, own) for own in run.calendars(bearer)[0])
    if last != late:
        steps.append(Step("closes", how, {"late_after": shown_moment(last)}))
    return last
