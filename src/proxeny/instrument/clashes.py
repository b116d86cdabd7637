"""Two duties that cannot both be met: which pairs may clash, and a small situation in which they do."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator

import msgspec

from proxeny.instrument.acts import exclusive, forbids_all, may_forbid, overlap
from proxeny.instrument.cases import Case, cases, event_of, specs
from proxeny.instrument.cast import Cast
from proxeny.instrument.contradictions import contradictions
from proxeny.instrument.duty import Duty
from proxeny.instrument.evaluate import inquire, outcomes
from proxeny.instrument.library import Library
from proxeny.instrument.mentions import around, conditions_of, leaves
from proxeny.instrument.never import RUNNING
from proxeny.instrument.norm import Happened, Norm, Pattern
from proxeny.instrument.norm_file import limits_of
from proxeny.instrument.situation import Situation
from proxeny.instrument.witness import shrunk

_TO_BE_DONE = ("due", "late", "late_with_reason", "standing")

Clash = tuple[str, Case]
"""The kind of conflict, and a case that shows it."""

_Shows = Callable[[Case], bool]


def clashes(library: Library, one: Norm, other: Norm) -> Iterator[Clash]:
    """The conflicts of a duty (`one`) with what stands against it (`other`). A conflict without a direction is
    told for the pair in the order of ids alone. Raises TooManyError."""
    words, own = library.words, around(library, (one, other))
    if may_forbid(words, other, one):
        yield from _shown("demanded_and_forbidden", own, one, other, lambda c: _forbidden(own, one, other, c))
    if one.id < other.id and _exclude(own, one, other):
        yield from _shown("exclusive_results", own, one, other, lambda c: _both_run(own, one, other, c))
    if one.id < other.id and _displaces(one, other) and _displaces(other, one):
        yield from _shown("displace_each_other", own, one, other, lambda c: _displaced(own, one, other, c))
    if _may_come_late(own, one, other):
        yield from _late_on_arrival(own, one, other)


def _shown(kind: str, library: Library, one: Norm, other: Norm, shows: _Shows) -> Iterator[Clash]:
    """The first case that shows it, made small."""
    for case in cases(library, (one, other), unknown=True):
        if shows(case):
            yield kind, _small(case, shows)
            return


def _small(case: Case, shows: _Shows) -> Case:
    return _of(case, shrunk(case.situation, lambda tried: shows(_of(case, tried))))


def _of(case: Case, situation: Situation) -> Case:
    return msgspec.structs.replace(case, situation=situation)


def _running(library: Library, norm: Norm, case: Case, bearer: str | None) -> list[Duty]:
    """The duties of a norm that are to be done or stand."""
    found = outcomes(inquire(library, case.situation, case.at), norm, only=bearer)
    return [o.duty for o in found if o.list in RUNNING and o.duty.status in _TO_BE_DONE]


def _forbidden(library: Library, demanding: Norm, forbidding: Norm, case: Case) -> bool:
    owed = _running(library, demanding, case, case.bearer)
    bars = _running(library, forbidding, case, case.bearer) if owed else []
    return any(
        forbids_all(library.words, case.situation, demanding, duty.counterparty, forbidding, bar.counterparty)
        for duty in owed
        for bar in bars
    )


def _exclude(library: Library, one: Norm, other: Norm) -> bool:
    """Whether every way of meeting the one excludes every way of meeting the other."""
    ways = [norm.discharge.events if norm.discharge else () for norm in (one, other)]
    if not all(ways) or not all(norm.modality in ("obligation", "recommendation") for norm in (one, other)):
        return False
    return all(exclusive(library.words, a, b) for a, b in itertools.product(*ways))


def _both_run(library: Library, one: Norm, other: Norm, case: Case) -> bool:
    """Towards the same actor, where the ways of meeting them are told to the other side."""
    told = any(way.event in ("replied", "refused") for way in (one.discharge.events if one.discharge else ()))
    first = _running(library, one, case, case.bearer)
    second = _running(library, other, case, case.bearer) if first else []
    return any(not told or a.counterparty == b.counterparty for a in first for b in second)


def _displaces(displacing: Norm, displaced: Norm) -> bool:
    return any(ground.by in (displacing.id, displacing.instrument) for ground in displaced.displaced_by)


def _displaced(library: Library, one: Norm, other: Norm, case: Case) -> bool:
    """Whether each gives way to the other, so that neither is left."""
    inquiry = inquire(library, case.situation, case.at)
    for norm, by in ((one, other), (other, one)):
        lasts = [o.duty.trace[-1] for o in outcomes(inquiry, norm, only=case.bearer) if o.list == "absent"]
        names = (by.id, by.instrument)
        if not any(s.step == "displaced" and s.value == "yes" and s.detail["by"] in names for s in lasts):
            return False
    return True


def _may_come_late(library: Library, following: Norm, before: Norm) -> bool:
    """Whether one arises by what discharges the other, with a limit that may not run from there."""
    if following.id == before.id or before.discharge is None or following.deadline is None:
        return False
    limits = list(limits_of(following.deadline))
    if _triggered_by(library, following, before):
        return any(limit.anchor is not None or limit.limit_of for limit in limits)
    leaves_ = (leaf for condition in conditions_of(following) for leaf in leaves(condition))
    asked = [leaf.pattern for leaf in leaves_ if isinstance(leaf, Happened)]
    return bool(limits) and _any_overlap(library, asked, before)


def _triggered_by(library: Library, following: Norm, before: Norm) -> bool:
    return _any_overlap(library, following.triggers, before)


def _any_overlap(library: Library, patterns: Iterable[Pattern], before: Norm) -> bool:
    ways = before.discharge.events if before.discharge else ()
    return any(overlap(library.words, one, way) for one in patterns for way in ways)


def _late_on_arrival(library: Library, following: Norm, before: Norm) -> Iterator[Clash]:
    """Where one is met at the last moment allowed, the limit of the other, which arises by that, has passed."""
    waits = following
    if _triggered_by(library, following, before):
        waits = msgspec.structs.replace(following, triggers=())
    apart = not waits.triggers and not any(trigger.by == "bearer" for trigger in following.triggers)
    group, beside = ((before,), (following,)) if apart else ((before, waits), ())
    for case in cases(library, group, unknown=True, beside=beside):
        for duty in _running(library, before, case, case.bearer):
            if duty.late_after is None or duty.late_after <= case.at:
                continue
            for met in _met_at_last(library, before, duty, case):
                if _arises_late(library, following, met):
                    small = _small(met, lambda c: _arises_late(library, following, c))
                    yield "limit_before_it_arises", small
                    return


def _met_at_last(library: Library, norm: Norm, duty: Duty, case: Case) -> Iterator[Case]:
    """The case with the duty met at its latest limit, in each way that there is."""
    situation, at = case.situation, duty.late_after
    if norm.discharge is None or at is None:
        return
    cast = Cast(library.words, situation.actors, case.bearer, situation.actors[case.bearer].state or "")
    for way in norm.discharge.events:
        for spec in specs(cast, way, norm):
            event = event_of(spec, len(situation.events), at)
            met = msgspec.structs.replace(situation, events=(*situation.events, event))
            if not any(contradictions(library.words, met)):
                yield Case(met, at, case.bearer)


def _arises_late(library: Library, norm: Norm, case: Case) -> bool:
    """Whether a duty of the norm arises by what happens at that moment, and its limit has passed."""
    late = [
        duty
        for duty in _running(library, norm, case, None)
        if duty.late_after is not None and duty.late_after < case.at
    ]
    if not late:
        return False
    events = tuple(event for event in case.situation.events if event.at < case.at)
    earlier = _of(case, msgspec.structs.replace(case.situation, events=events))
    ran = {(duty.bearer, duty.counterparty) for duty in _running(library, norm, earlier, None)}
    return any((duty.bearer, duty.counterparty) not in ran for duty in late)
