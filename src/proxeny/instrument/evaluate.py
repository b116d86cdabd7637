"""The interpreter: every norm held against a situation. It is the reference; anything faster must equal it.

Norms are law in force at the time of the trigger; `at` sets the status, `known_at` the knowledge. For each norm and
each pair of sides, in this order: the trigger, the law (validity, standing, parties), the conditions, the exceptions,
the displacement, the mark of verification, the deadline, the status. The first that fails ends it, and is the answer to
"why not".
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import msgspec

from proxeny.instrument.clock import UTC, local_day
from proxeny.instrument.duty import LISTS, Duties, Duty, Outcome, new_duty, new_reference
from proxeny.instrument.library import Library
from proxeny.instrument.limits import Due, reckon
from proxeny.instrument.norm import Ground, Norm
from proxeny.instrument.parties import LATER, binds
from proxeny.instrument.scene import Party, Scene, sides, visible
from proxeny.instrument.situation import Event, Situation
from proxeny.instrument.status import status_of
from proxeny.instrument.trigger import first_of
from proxeny.instrument.truth import Step, Verdict, judge, shown_event, shown_pattern

ABSENT = "absent"


class Inquiry(msgspec.Struct, frozen=True):
    """What is asked: a situation, at a time, by what was known then. `warn_after`: from a vague term to the time
    after which the desk warns."""

    library: Library
    situation: Situation
    at: dt.datetime
    known_at: dt.datetime | None = None
    warn_after: Mapping[str, dt.timedelta] = {}
    events: tuple[Event, ...] = ()


def inquire(
    library: Library,
    situation: Situation,
    at: dt.datetime,
    known_at: dt.datetime | None = None,
    warn_after: Mapping[str, dt.timedelta] | None = None,
) -> Inquiry:
    """The inquiry at a time, with the events that had happened and were known."""
    return Inquiry(library, situation, at, known_at, warn_after or {}, visible(situation, at, known_at))


def evaluate(
    inquiry: Inquiry,
    state: str | None = None,
    counterparty: str | None = None,
    instruments: Collection[str] = (),
) -> Duties:
    """Every duty of a State and of the bodies under it (or of one actor), towards all or one counterparty.

    A duty of a body without a State is listed for the State to which it is owed.
    """
    library = inquiry.library
    norms = [n for n in library.norms if not instruments or n.instrument in instruments]
    found: dict[str, list[Outcome]] = {name: [] for name in LISTS}
    for norm in norms:
        for outcome in outcomes(inquiry, norm):
            if outcome.list != ABSENT and concerns(inquiry.situation, outcome, state, counterparty):
                found[outcome.list].append(outcome)
    references = [n for n in norms if library.words.standings[n.standing] == "reference"]
    lists = {name: tuple(outcome.duty for outcome in found[name]) for name in LISTS}
    notices = [f"{d.instrument}: {d.notice}" for duties in lists.values() for d in duties if d.notice]
    return Duties(
        at=inquiry.at,
        known_at=inquiry.known_at,
        state=state,
        context=inquiry.situation.context,
        reference=tuple(new_reference(norm) for norm in references),
        notices=tuple(dict.fromkeys(notices)),
        **lists,
    )


def concerns(situation: Situation, outcome: Outcome, state: str | None, counterparty: str | None) -> bool:
    """Whether the duty is one of those asked for."""
    duty = outcome.duty
    if counterparty is not None and counterparty not in _names(situation, duty.counterparty):
        return False
    if state is None:
        return True
    bearer = situation.actors.get(duty.bearer)
    if bearer is None or bearer.state is None:
        other = situation.actors.get(duty.counterparty)
        return state == duty.bearer or other is None or state in (other.id, other.state)
    return state in (bearer.id, bearer.state)


def _names(situation: Situation, name: str) -> tuple[str | None, ...]:
    actor = situation.actors.get(name)
    return (name, actor.state) if actor else (name,)


def outcomes(inquiry: Inquiry, norm: Norm, only: str | None = None) -> Iterator[Outcome]:
    """What becomes of a norm, for every pair of sides (or for the bearer named `only`)."""
    if inquiry.library.words.standings[norm.standing] in ("reference", "none"):
        return
    for bearer, other in sides(inquiry.situation, norm):
        if only is None or bearer.name == only:
            scene = Scene(inquiry.library.words, inquiry.situation, inquiry.events, bearer, other)
            yield from _of_pair(inquiry, norm, scene)


def _of_pair(inquiry: Inquiry, norm: Norm, scene: Scene) -> Iterator[Outcome]:
    if not norm.triggers:
        if scene.bearer.actor is not None:
            yield _assess(inquiry, norm, scene, Step("trigger", "yes", {"always": True}), inquiry.at)
        return
    matched = scene.matching(norm.triggers)
    if not matched:
        yield _untriggered(inquiry, norm, scene)
        return
    chosen = {"first": [first_of(norm, scene, matched)], "latest": matched[-1:], "each": matched}[norm.take]
    for event in chosen:
        own = msgspec.structs.replace(scene, trigger=event)
        yield _assess(inquiry, norm, own, Step("trigger", "yes", shown_event(event)), event.at)


def _untriggered(inquiry: Inquiry, norm: Norm, scene: Scene) -> Outcome:
    """Not instantiated; waiting where the duty runs whose discharge is the trigger."""
    sought = Step("trigger", "no", shown_pattern(norm.triggers[0]))
    for awaited in norm.awaits:
        for version in inquiry.library.versions(awaited):
            for outcome in outcomes(inquiry, version, only=scene.bearer.name):
                running = outcome.list in ("due", "recommended", "would_apply")
                if running and outcome.duty.status not in ("lapsed", "refused_with_ground"):
                    since = outcome.duty.since or inquiry.at
                    return _assess(
                        inquiry, norm, scene, Step("awaits", "yes", {"norm": awaited}), since, True
                    )
    return _absent(inquiry, norm, scene, [sought])


def _assess(
    inquiry: Inquiry, norm: Norm, scene: Scene, start: Step, when: dt.datetime, waiting: bool = False
) -> Outcome:
    """One instance: `when` is the time whose law it is."""
    steps = [start]
    listed, needs = _law(inquiry, norm, scene, when, steps)
    if listed != ABSENT:
        for verdict in _conditions(norm, scene, waiting):
            steps.extend(verdict.steps)
            needs.extend(verdict.needs)
            if verdict.value == "no":
                return _absent(inquiry, norm, scene, steps)
    if listed == ABSENT or _suppressed(inquiry, norm, scene, when, steps):
        return _absent(inquiry, norm, scene, steps)
    if norm.check == "R" and listed == "due":
        steps.append(Step("check", "unknown", {"check": norm.check}))
        needs.append("check")
    due = (
        Due() if waiting else reckon(norm.deadline, scene, lambda norm_id: _limit_of(inquiry, norm_id, scene))
    )
    steps.extend(due.steps)
    since = scene.trigger.at if scene.trigger else None
    if needs:
        duty = _duty(inquiry, norm, scene, "open", steps, needs=tuple(dict.fromkeys(needs)), by_if=due.by)
        return Outcome("open", msgspec.structs.replace(duty, since=since))
    if waiting:
        return Outcome(listed, _duty(inquiry, norm, scene, "waiting", steps))
    told = status_of(norm, scene, due, inquiry.at, lambda event: _unclear(inquiry, norm, scene, event))
    steps.extend(told.pop("steps", ()))
    status = told.pop("status")
    vague = norm.deadline.vague if norm.deadline else ""
    allowed = inquiry.warn_after.get(vague)
    told["warn"] = bool(status == "due" and allowed and since and inquiry.at > since + allowed)
    times = {"by": due.by, "late_after": due.late_after, "since": since}
    return Outcome(listed, _duty(inquiry, norm, scene, status, steps, **times, **told))


def _law(
    inquiry: Inquiry, norm: Norm, scene: Scene, when: dt.datetime, steps: list[Step]
) -> tuple[str, list[str]]:
    """In which list the standing puts it at that time, and what is unknown of that."""
    library = inquiry.library
    day = _day(inquiry.situation, scene.bearer, when)
    word = library.words.standings[norm.standing]
    valid = norm.valid
    span = {"from": valid.start.isoformat(), "until": valid.until.isoformat() if valid.until else None}
    if valid.until is not None and day >= valid.until:
        steps.append(Step("valid", "no", span))
        return ABSENT, []
    if day < valid.start:
        steps.append(Step("valid", LATER, span))
        first = library.versions(norm.id)[0].valid.start == valid.start
        return ("would_apply" if first and word != "recommended" else ABSENT), []
    instrument = library.instruments[norm.instrument]
    verdict = binds(library.words, instrument, inquiry.situation, scene.bearer, scene.counterparty, day)
    steps.append(Step("standing", norm.standing, {"list": word}))
    steps.extend(verdict.steps)
    if verdict.value == "yes":
        # What binds by treaty is due once in force between the two, however it stood before.
        by_treaty = word == "would_apply" and bool(verdict.steps)
        return ("due" if by_treaty else word), []
    later = {step.value for step in verdict.steps} & {LATER, "no"} == {LATER}
    if word == "would_apply" or (later and word == "due" and verdict.value == "no"):
        return "would_apply", []
    return (word, list(verdict.needs)) if verdict.value == "unknown" else (ABSENT, [])


def _day(situation: Situation, bearer: Party, when: dt.datetime) -> dt.date:
    """The day it was for the bearer."""
    calendars = situation.calendars
    calendar = calendars.get(bearer.name) or calendars.get(bearer.state or "") or UTC
    return local_day(when, calendar)


def _conditions(norm: Norm, scene: Scene, waiting: bool) -> Iterator[Verdict]:
    """The conditions; of a waiting duty they are not asked yet, for they may hang on its trigger."""
    if norm.condition is not None and not waiting:
        yield judge(norm.condition, scene)


def _suppressed(inquiry: Inquiry, norm: Norm, scene: Scene, when: dt.datetime, steps: list[Step]) -> bool:
    """Whether an exception or a displacement is proved. One that is unknown or false is shown and changes nothing."""
    for kind, grounds in (("exception", norm.exceptions), ("displaced", norm.displaced_by)):
        for ground in grounds:
            verdict = _ground(inquiry, ground, scene, when)
            if verdict.value == "yes" or verdict.steps:
                steps.extend(verdict.steps)
                detail = {"source": ground.source} | ({"by": ground.by} if ground.by else {})
                steps.append(Step(kind, verdict.value, detail))
            if verdict.value == "yes":
                return True
    return False


def _ground(inquiry: Inquiry, ground: Ground, scene: Scene, when: dt.datetime) -> Verdict:
    """The condition; and what displaces must itself be law for the bearer at that time."""
    verdict = judge(ground.condition, scene) if ground.condition is not None else Verdict("yes")
    if verdict.value != "yes" or not ground.by:
        return verdict
    library = inquiry.library
    day = _day(inquiry.situation, scene.bearer, when)
    displacing = [n for n in library.norms if ground.by in (n.id, n.instrument)]
    if not any(n.valid.start <= day and (n.valid.until is None or day < n.valid.until) for n in displacing):
        return Verdict("no", verdict.steps)
    instrument = library.instruments[displacing[0].instrument]
    bound = binds(library.words, instrument, inquiry.situation, scene.bearer, scene.counterparty, day)
    return Verdict(bound.value, (*verdict.steps, *bound.steps))


def _unclear(inquiry: Inquiry, norm: Norm, scene: Scene, event: Event) -> bool:
    """Whether an act that names no addressee fits a running duty of the same bearer towards quite other roles."""
    if event.to or event.event != "submitted" or scene.bearer.actor is None:
        return False
    roles = set(norm.counterparty.roles)
    for other in inquiry.library.norms:
        if other.instrument == norm.instrument or other.discharge is None or not other.triggers:
            continue
        if roles & set(other.counterparty.roles) or not scene.bearer.actor.roles & set(other.bearer.roles):
            continue
        if scene.matching(other.triggers) and event in scene.matching(other.discharge.events):
            return True
    return False


def _limit_of(inquiry: Inquiry, norm_id: str, scene: Scene) -> tuple[dt.datetime | None, dt.datetime | None]:
    """The earliest limit of another norm's duty of the same bearer."""
    found = [
        (outcome.duty.by or outcome.duty.by_if, outcome.duty.late_after)
        for version in inquiry.library.versions(norm_id)
        for outcome in outcomes(inquiry, version, only=scene.bearer.name)
        if outcome.list != ABSENT
    ]
    running = [(by, late) for by, late in found if by is not None]
    return min(running, key=lambda pair: pair[0]) if running else (None, None)


def _duty(inquiry: Inquiry, norm: Norm, scene: Scene, status: str, steps: list[Step], **values: Any) -> Duty:
    instrument = inquiry.library.instruments[norm.instrument]
    names = scene.bearer.name, scene.counterparty.name
    return new_duty(norm, instrument, *names, status=status, trace=tuple(steps), **values)


def _absent(inquiry: Inquiry, norm: Norm, scene: Scene, steps: list[Step]) -> Outcome:
    return Outcome(ABSENT, _duty(inquiry, norm, scene, ABSENT, steps))
