"""What generated duties run on: one situation at one time, indexed, with what several norms ask for kept.

The generated code (generate.py) holds what a norm says; this module holds what does not depend on the norm. It must give
what evaluate.py gives, to the last step of a trace: tests/instrument/test_generated.py holds the two together.

Steps, and the particulars in them, are shared between the duties of a run, and constant ones between runs: nobody may
write into them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import msgspec

from proxeny.identify.scale import rate
from proxeny.instrument.clock import UTC, local_day
from proxeny.instrument.duty import Duty
from proxeny.instrument.evaluate import ABSENT, Inquiry
from proxeny.instrument.library import Library
from proxeny.instrument.limits import calendars_of
from proxeny.instrument.parties import LATER, binds
from proxeny.instrument.scene import Party, Scene, sides
from proxeny.instrument.situation import Calendar, Event
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
    if word == "would_apply" or (later and word == "due" and verdict.value == "no"):
        return "would_apply", ()
    return (word, verdict.needs) if verdict.value == "unknown" else (ABSENT, ())
