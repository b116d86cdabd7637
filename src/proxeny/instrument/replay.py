"""Replay: facts files of the past held against the law, or against an instrument as if it had been in force for all.

Statistics speak of roles and norms, never of States by name (decision 10 of the duties): nothing of an actor is in
them, no name of a file, and no norm that is the law of one State.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from proxeny.instrument.duty import LISTS, Duties, Duty
from proxeny.instrument.library import Library
from proxeny.instrument.norm import Norm, PartyAct, Side, Valid
from proxeny.instrument.situation import Situation, marked
from proxeny.instrument.words import Words

REAL = "real"
"""The context of what is neither an exercise nor a test; what else a file calls it may name somebody."""

STATUSES = (
    *("waiting", "open", "due", "discharged", "discharged_late", "late", "late_with_reason"),
    *("refused_with_ground", "disputed", "lapsed", "standing"),
)


class Count(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How many duties came to which status. `norm` is left out where those of a role are counted together."""

    list: str
    role: str
    towards: str = ""
    norm: str = ""
    row: str | None = None
    total: int
    statuses: dict[str, int]


class Replay(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the duties of all files. `left_out`: duties by the law of one State, which is not told of;
    `contexts`: files by context (exercise, test, real); `context`: that of all files, None where they differ."""

    files: int
    context: str | None
    contexts: dict[str, int]
    events: int
    overlay: str | None
    notice: str
    by_role: tuple[Count, ...]
    by_norm: tuple[Count, ...]
    left_out: int


def overlaid(library: Library, overlay: str) -> Library:
    """The library with the instrument's norms valid at all times, so that it fits incidents before it was written."""
    firsts: set[str] = set()
    norms = []
    for norm in library.norms:
        if norm.instrument == overlay and norm.id not in firsts:
            firsts.add(norm.id)
            norm = msgspec.structs.replace(norm, valid=Valid(dt.date.min, norm.valid.until))
        norms.append(norm)
    return msgspec.structs.replace(library, norms=tuple(norms))


def as_if(library: Library, situation: Situation, overlay: str) -> Situation:
    """The situation with the instrument in force for every State of it from the first event on."""
    if not situation.events:
        return situation
    # A day sooner, so that it is in force in every zone on the day of the first event.
    first = min(event.at for event in situation.events).date() - dt.timedelta(days=1)
    act = "transposition" if library.instruments[overlay].bound_by == "transposition" else "accession"
    states = sorted({actor.state for actor in situation.actors.values() if actor.state is not None})
    acts = tuple(PartyAct(state=s, act=act, source="replay", on=first, in_force=first) for s in states)
    return msgspec.structs.replace(situation, parties={**situation.parties, overlay: acts})


def end_of(situation: Situation) -> dt.datetime:
    """The end of the record: its last event. What was not done by then may still have been done in time."""
    return max((event.at for event in situation.events), default=dt.datetime.min.replace(tzinfo=dt.UTC))


def tally(library: Library, overlay: str | None, found: Iterable[tuple[Situation, Duties]]) -> Replay:
    """The statistics. Only what an event led to is counted, not what stands always."""
    events = left_out = 0
    contexts: Counter[str] = Counter()
    norms = {norm.id: norm for norm in library.norms}
    by_norm: dict[tuple[str, str, str, str], Counter[str]] = {}
    by_role: dict[tuple[str, str], Counter[str]] = {}
    for situation, duties in found:
        events += len(situation.events)
        contexts[situation.context.lower() if marked(situation.context) else REAL] += 1
        for name, duty in _counted(duties):
            norm = norms[duty.norm]
            if library.instruments[norm.instrument].bound_by == "state":
                left_out += 1
                continue
            role = role_of(library.words, situation, norm.bearer, duty.bearer)
            towards = role_of(library.words, situation, norm.counterparty, duty.counterparty)
            by_norm.setdefault((name, duty.norm, role, towards), Counter())[duty.status] += 1
            by_role.setdefault((name, role), Counter())[duty.status] += 1
    return Replay(
        files=contexts.total(),
        context=next(iter(contexts)) if len(contexts) == 1 else None,
        contexts=dict(sorted(contexts.items())),
        events=events,
        overlay=overlay,
        notice=_notice(
            library, [*([overlay] if overlay else []), *(norms[key[1]].instrument for key in by_norm)]
        ),
        by_role=tuple(
            Count(list=name, role=role, total=counts.total(), statuses=_ordered(counts))
            for (name, role), counts in sorted(by_role.items(), key=lambda item: _rank(*item[0]))
        ),
        by_norm=tuple(
            _of_norm(norms, key, counts) for key, counts in sorted(by_norm.items(), key=_norm_rank)
        ),
        left_out=left_out,
    )


def _notice(library: Library, instruments: Iterable[str]) -> str:
    """What the instruments say of themselves, each once."""
    notices = dict.fromkeys(library.instruments[name].notice for name in instruments)
    return "; ".join(notice for notice in notices if notice)


def _of_norm(norms: dict[str, Norm], key: tuple[str, str, str, str], counts: Counter[str]) -> Count:
    name, norm, role, towards = key
    row = norms[norm].rows[0] if norms[norm].rows else None
    return Count(
        list=name,
        norm=norm,
        row=row,
        role=role,
        towards=towards,
        total=counts.total(),
        statuses=_ordered(counts),
    )


def _counted(duties: Duties) -> Iterator[tuple[str, Duty]]:
    for name in LISTS:
        for duty in getattr(duties, name):
            if duty.since is not None or duty.status == "waiting":
                yield name, duty


def role_of(words: Words, situation: Situation, side: Side, name: str) -> str:
    """The role in which somebody stands on a side: a word of the norm, never a name."""
    actor = situation.actors.get(name)
    if actor is None:
        return name if name in words.roles else side.roles[0]
    return next((role for role in side.roles if role in actor.roles), side.roles[0])


def _ordered(counts: Counter[str]) -> dict[str, int]:
    return {status: counts[status] for status in STATUSES if counts[status]}


def _rank(name: str, role: str) -> tuple[int, str]:
    return LISTS.index(name), role


def _norm_rank(item: tuple[tuple[str, str, str, str], Counter[str]]) -> tuple[int, str, str, str]:
    (name, norm, role, towards), _ = item
    return LISTS.index(name), norm, role, towards
