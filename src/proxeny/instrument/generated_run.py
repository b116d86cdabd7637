"""What generated duties run on: one situation at one time, indexed, with what several norms ask for kept.

The generated code (generate.py) holds what a norm says; this module holds what does not depend on the norm. It must give
what evaluate.py gives, to the last step of a trace: tests/instrument/test_generated.py holds the two together.

Steps, and the particulars in them, are shared between the duties of a run, and constant ones between runs: nobody may
write into them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import lru_cache
from typing import Any

import msgspec

from proxeny.base.moments import show_moment
from proxeny.identify.scale import rate
from proxeny.instrument.clock import UTC, add, closing, local_day, over, to_noon
from proxeny.instrument.duty import Duty
from proxeny.instrument.evaluate import ABSENT, Inquiry
from proxeny.instrument.library import Library
from proxeny.instrument.limits import calendars_of
from proxeny.instrument.norm import Period
from proxeny.instrument.parties import LATER, binds
from proxeny.instrument.scene import Party, Scene, sides
from proxeny.instrument.situation import Calendar, Event
from proxeny.instrument.status import said_reason
from proxeny.instrument.truth import Step, Verdict, shown_event

Found = list[tuple[str, Duty]]
"""Duties, each with the list in which it stands (due, recommended, would_apply, open)."""
Assess = Callable[["Run", "Pair", Found], None]
"""What is generated for a norm: adds the duties of a bearer towards a counterparty."""
Search = Callable[["Run", "Pair"], list[Event]]
"""What is generated for the patterns of events: the events that fit, in the order of time."""
Law = tuple[dt.date, str, tuple[str, ...], tuple[Step, ...]]
"""The day it was for the bearer, in which list the standing puts a duty, what is unknown of that, the steps to it."""
Times = tuple[dt.datetime | None, dt.datetime | None]


class Rule(msgspec.Struct, frozen=True):
    """A norm as code. `sides`: the number of the first norm of the library that has the same two sides."""

    instrument: str
    sides: int
    assess: Assess


class Program(msgspec.Struct, frozen=True):
    """The norms of a library as code, by their number in it; those that are only shown have none. `by_event`: which
    may be triggered where such an event has happened; `always`: those that stand whatever happens. `laws`: instruments
    with a standing."""

    library: Library
    rules: dict[int, Rule]
    by_event: dict[str, tuple[int, ...]]
    always: tuple[int, ...]
    versions: dict[str, tuple[int, ...]]
    laws: tuple[tuple[str, str], ...]


class Pair:
    """A bearer and a counterparty; `asked`: whether duties between them are asked for. `laws`: what was found of
    the law between them, by its number in the program and the time."""

    __slots__ = ("asked", "b", "bearer", "c", "laws", "other")

    def __init__(self, bearer: Party, other: Party, asked: bool) -> None:
        self.bearer, self.other, self.asked = bearer, other, asked
        self.b, self.c = bearer.accepts, other.accepts
        self.laws: dict[tuple[int, dt.datetime], Law] = {}


class Run:
    """One inquiry about a State and what is owed to one actor; None: about all."""

    __slots__ = (
        "_binding",
        "_limits",
        "_pairs",
        "_players",
        "_running",
        "_scene",
        "_shown",
        "_steps",
        "at",
        "counterparty",
        "events",
        "facts",
        "inquiry",
        "of_word",
        "program",
        "situation",
        "state",
        "warn_after",
    )

    def __init__(
        self, program: Program, inquiry: Inquiry, state: str | None, counterparty: str | None
    ) -> None:
        self.state, self.counterparty = state, counterparty
        self.program, self.inquiry, self.situation = program, inquiry, inquiry.situation
        self.at, self.events, self.warn_after = inquiry.at, inquiry.events, inquiry.warn_after
        self.facts = {
            name: said if said in ("yes", "no") else "unknown" for name, said in self.situation.facts.items()
        }
        self.of_word: dict[str, list[Event]] = {}
        for event in self.events:
            self.of_word.setdefault(event.event, []).append(event)
        self._binding: dict[Any, Verdict] = {}
        self._limits: dict[Any, Times] = {}
        self._pairs: dict[int, list[Pair]] = {}
        self._players: dict[str, frozenset[str]] = {}
        self._running: dict[Any, dt.datetime | None] = {}
        self._shown: dict[int, dict[str, Any]] = {}
        self._steps: dict[Any, Step] = {}
        nobody = Party("", None, frozenset())
        self._scene = Scene(program.library.words, self.situation, self.events, nobody, nobody)

    def pairs(self, sides_of: int) -> list[Pair]:
        """Every bearer with every counterparty, for the norms with the sides of that one."""
        found = self._pairs.get(sides_of)
        if found is None:
            norm = self.program.library.norms[sides_of]
            found = self._pairs[sides_of] = [
                Pair(bearer, other, self._asked(bearer.name, other.name))
                for bearer, other in sides(self.situation, norm)
            ]
        return found

    def _asked(self, bearer: str, other: str) -> bool:
        """Whether duties between the two are asked for (evaluate.concerns)."""
        state, counterparty, actors = self.state, self.counterparty, self.situation.actors
        to = actors.get(other)
        if counterparty is not None and counterparty != other and (to is None or counterparty != to.state):
            return False
        if state is None:
            return True
        own = actors.get(bearer)
        if own is None or own.state is None:
            return state == bearer or to is None or state in (to.id, to.state)
        return state in (own.id, own.state)

    def players(self, role: str) -> frozenset[str]:
        """By which names an event may mean a role."""
        found = self._players.get(role)
        if found is None:
            found = frozenset({role, *(actor.id for actor in self.situation.holders(role))})
            self._players[role] = found
        return found

    def shown(self, event: Event) -> dict[str, Any]:
        """An event for a trace."""
        found = self._shown.get(id(event))
        if found is None:
            found = self._shown[id(event)] = shown_event(event)
        return found

    def step(self, name: str, event: Event) -> Step:
        """A step that an event made."""
        key = name, id(event)
        found = self._steps.get(key)
        if found is None:
            found = self._steps[key] = Step(name, "yes", self.shown(event))
        return found

    def binds(self, instrument: str, bearer: Party, other: Party, day: dt.date) -> Verdict:
        """Whether the instrument binds the two on that day."""
        key = instrument, bearer.state, other.name if other.is_state else None, day
        found = self._binding.get(key)
        if found is None:
            library = self.program.library
            act = library.instruments[instrument]
            found = binds(library.words, act, self.situation, bearer, other, day)
            self._binding[key] = found
        return found

    def law(self, pair: Pair, number: int, when: dt.datetime) -> Law:
        """In which list a norm of an instrument and a standing stands at a time at which it is valid."""
        instrument, standing = self.program.laws[number]
        bearer, calendars = pair.bearer, self.situation.calendars
        day = local_day(when, calendars.get(bearer.name) or calendars.get(bearer.state or "") or UTC)
        word = self.program.library.words.standings[standing]
        verdict = self.binds(instrument, bearer, pair.other, day)
        steps = (Step("standing", standing, {"list": word}), *verdict.steps)
        found = pair.laws[number, when] = (day, *_listed(word, verdict), steps)
        return found

    def running(self, norm_id: str, bearer: Party) -> dt.datetime | None:
        """Since when a duty of that norm and that bearer runs; None where none does."""
        key = norm_id, bearer.name
        if key not in self._running:
            self._running[key] = next(
                (
                    duty.since or self.at
                    for listed, duty in self._of_norm(norm_id, bearer)
                    if listed in ("due", "recommended", "would_apply")
                    and duty.status not in ("lapsed", "refused_with_ground")
                ),
                None,
            )
        return self._running[key]

    def limit_of(self, norm_id: str, bearer: Party) -> Times:
        """The earliest limit of that norm's duties of that bearer, and its latest reading."""
        key = norm_id, bearer.name
        found = self._limits.get(key)
        if found is None:
            times = [(duty.by or duty.by_if, duty.late_after) for _, duty in self._of_norm(norm_id, bearer)]
            known = [(by, late) for by, late in times if by is not None]
            found = self._limits[key] = min(known, key=lambda pair: pair[0]) if known else (None, None)
        return found

    def _of_norm(self, norm_id: str, bearer: Party) -> Found:
        found: Found = []
        for number in self.program.versions.get(norm_id, ()):
            rule = self.program.rules.get(number)
            for pair in self.pairs(rule.sides) if rule else ():
                if pair.bearer.name == bearer.name and rule:
                    rule.assess(self, pair, found)
        return found

    def calendars(self, party: Party) -> tuple[tuple[Calendar, ...], bool]:
        """The calendars that may be an actor's, and whether its own is known."""
        return calendars_of(self._scene, party)

    def national_level(self, bearer: Party) -> int | None:
        """The upper end of the national level of the bearer's State, by the impact facts."""
        impact, state = self.situation.impact, bearer.state
        return rate(impact).national[state].high if state in impact.states else None


def _listed(word: str, verdict: Verdict) -> tuple[str, tuple[str, ...]]:
    if verdict.value == "yes":
        return ("due" if word == "would_apply" and verdict.steps else word), ()
    later = {step.value for step in verdict.steps} & {LATER, "no"} == {LATER}
    if word == "would_apply" or (later and word == "due"):
        return "would_apply", ()
    return (word, verdict.needs) if verdict.value == "unknown" else (ABSENT, ())


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


def warns(
    warn_after: Mapping[str, dt.timedelta], vague: str, since: dt.datetime | None, at: dt.datetime
) -> bool:
    """Whether a vague term has run longer than the desk allows."""
    allowed = warn_after.get(vague)
    return bool(allowed and since and at > since + allowed)


Told = tuple[str, str, dt.datetime | None, str | None]
"""Status, reason, when it was done, what proves it."""


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
