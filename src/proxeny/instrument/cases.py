"""The small situations in which a few norms may meet, one after another: the finite space of what they mention.

Roles of States are held by States, roles of bodies by bodies; one actor bears two norms where one kind of actor may hold
the roles of both. Facts are yes, no or unknown. Events are there or not, at
the times that a condition on times tells apart. Instruments bind the States of the situation; one that displaces and
binds by its register may do so or not. Nobody classifies or assesses one incident with two results, and no request is
both answered and refused.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Iterator
from typing import Any

import msgspec

from proxeny.instrument.clock import UTC
from proxeny.instrument.contradictions import contradictions
from proxeny.instrument.implied import with_implied
from proxeny.instrument.library import Library
from proxeny.instrument.mentions import ONE_RESULT, Mentions, limit_norms, mentions
from proxeny.instrument.norm import AttributeIs, Norm, PartyAct, Pattern
from proxeny.instrument.situation import Actor, Event, Situation
from proxeny.instrument.words import LEVELS, Words

MOST_SITUATIONS = 100_000
"""Of one norm, or of two; what has more is told as undecided. A person who reads a norm tells far fewer apart."""

BEARER, HOME, OTHER = "op1", "XA", "XB"
ASSUMED = "assumed"
_MONDAY = 0
_BODIES = ("entity", "authority", "organization")
_BY_REGISTER = ("parties", "transposition")

Spec = tuple[str, str, str, tuple[tuple[str, Any], ...]]
"""An event without its time: what, by whom, to whom, its attributes."""
Placed = tuple[Spec, int]
"""And how many hours after the first it comes."""


class TooManyError(Exception):
    """There are more situations than MOST_SITUATIONS."""


class Case(msgspec.Struct, frozen=True):
    """A situation, the time for which it is asked, and who bears the duty."""

    situation: Situation
    at: dt.datetime
    bearer: str


class Cast(msgspec.Struct, frozen=True):
    """Who plays: the actors by id, and who it is that a side or a role means."""

    words: Words
    actors: dict[str, Actor]
    bearer: str
    home: str

    def holding(self, role: str) -> str:
        """Who holds a role: the bearer, else the other State, else the body made for it."""
        if role in self.actors[self.bearer].roles:
            return self.bearer
        return next((actor.id for actor in self.actors.values() if role in actor.roles), self.bearer)

    def other_side(self, norm: Norm) -> str:
        """The counterparty of a norm (the first, where there are several)."""
        side = norm.counterparty
        if side.is_any_state:
            return OTHER
        holders = [a.id for role in side.roles for a in self.actors.values() if role in a.roles]
        return next((name for name in holders if name != self.bearer), OTHER)

    def named(self, meant: str, norm: Norm) -> str:
        """The actor that a pattern's `by` or `to` means; "" for anybody."""
        if meant == "counterparty":
            return self.other_side(norm)
        return self.bearer if meant == "bearer" else self.holding(meant) if meant else ""


def cases(
    library: Library,
    norms: tuple[Norm, ...],
    unknown: bool = False,
    free_roles: bool = False,
    beside: tuple[Norm, ...] = (),
) -> Iterator[Case]:
    """The situations in which all the norms are triggered, for one bearer of all. `unknown`: facts may be unknown
    too. `free_roles`: a State may hold the roles of a body and a body those of a State. `beside`: norms whose
    conditions count too, though nothing triggers them. Raises TooManyError before the first, where there are too many."""
    said = mentions((*norms, *beside), limit_norms(library, (*norms, *beside)))
    values = ("no", "yes", "unknown") if unknown else ("no", "yes")
    spaces = []
    for cast in _casts(library, norms, beside, said, free_roles):
        axes = [
            [dict(zip(said.facts, row, strict=True)) for row in itertools.product(values, repeat=len(said.facts))],
            list(_more_roles(cast, said, free_roles)),
            list(_displacing_in_force(library, norms)),
            list(itertools.product(*(_triggers(cast, norm, said) for norm in norms))),
            list(itertools.product(*_optional(cast, said))),
        ]
        spaces.append((cast, axes))
    if sum(math.prod(len(axis) for axis in axes) for _, axes in spaces) > MOST_SITUATIONS:
        raise TooManyError
    start = _start(norms)
    if start is None:
        return
    for cast, axes in spaces:
        for facts, roles, displacing, triggers, optional in itertools.product(*axes):
            placed = [*(one for one in optional if one), *(one for one in triggers if one)]
            found = _case(library, norms, cast, start, facts, roles, displacing, placed)
            if found is not None:
                yield found


def _case(
    library: Library,
    norms: tuple[Norm, ...],
    cast: Cast,
    start: dt.datetime,
    facts: dict[str, str],
    roles: dict[str, frozenset[str]],
    displacing: tuple[str, ...],
    placed: list[Placed],
) -> Case | None:
    when: dict[Spec, int] = {}
    for spec, hours in placed:
        if when.setdefault(spec, hours) != hours:
            return None  # the same event at two times adds nothing
    if _two_results(list(when)):
        return None
    ordered = sorted(when.items(), key=lambda pair: pair[1])
    events = tuple(
        event_of(spec, number, start + dt.timedelta(hours=hours))
        for number, (spec, hours) in enumerate(ordered)
    )
    actors = {
        name: msgspec.structs.replace(actor, roles=actor.roles | roles.get(name, frozenset()))
        for name, actor in cast.actors.items()
    }
    situation = Situation(
        name="witness",
        context="test",
        actors=with_implied(library.words, actors, events),
        calendars={cast.home: UTC, OTHER: UTC},
        parties=_parties(library, norms, displacing, cast.home, start.date()),
        facts=facts,
        events=events,
    )
    if any(contradictions(library.words, situation)):
        return None
    return Case(situation, max((event.at for event in events), default=start), cast.bearer)


def event_of(spec: Spec, number: int, at: dt.datetime) -> Event:
    """The event at a time."""
    name, by, to, attributes = spec
    return Event(
        number=number, event=name, by=by, to=to, at=at, known_at=at,
        source=f"m{number + 1}", attributes=dict(attributes),
    )  # fmt: skip


def _two_results(specs: list[Spec]) -> bool:
    for one, other in itertools.combinations(specs, 2):
        same_result = one[0] == other[0] and one[0] in ONE_RESULT and one[1] == other[1]
        answered = {one[0], other[0]} == {"replied", "refused"} and one[1] == other[1]
        if same_result or (answered and dict(one[3]).get("what") == dict(other[3]).get("what")):
            return True
    return False


def _start(norms: tuple[Norm, ...]) -> dt.datetime | None:
    """Noon of the first Monday on which all the norms are in force (of the first day, where no Monday is)."""
    first = max(norm.valid.start for norm in norms)
    ends = [norm.valid.until for norm in norms if norm.valid.until is not None]
    if ends and min(ends) <= first:
        return None
    monday = first + dt.timedelta(days=(_MONDAY - first.weekday()) % 7)
    day = first if ends and min(ends) <= monday else monday
    return dt.datetime.combine(day, dt.time(12), dt.UTC)


def _casts(
    library: Library, norms: tuple[Norm, ...], beside: tuple[Norm, ...], said: Mentions, free_roles: bool
) -> Iterator[Cast]:
    """For each way in which one actor may be the bearer of all the norms."""
    words, state_laws = library.words, {library.instruments[n.instrument].state for n in norms} - {""}
    if len(state_laws) > 1:
        return
    home = next(iter(state_laws), HOME)
    for chosen in itertools.product(*(norm.bearer.roles for norm in norms)):
        roles = frozenset(role for role in chosen if role in words.roles)
        kinds = _kinds(words, chosen) or (["state"] if free_roles else [])
        if not kinds:
            continue
        is_state = "state" in kinds
        bearer = Actor(home, "state", home, roles) if is_state else Actor(BEARER, kinds[0], home, roles)
        actors = {bearer.id: bearer}
        if not is_state:
            actors[home] = Actor(home, "state", home, frozenset())
        needed = dict.fromkeys(_other_roles(norms, beside, said))
        states = frozenset(r for r in needed if r in words.roles and words.roles[r].kind == "state")
        actors[OTHER] = Actor(OTHER, "state", OTHER, states)
        for role in needed:
            if role in words.roles and role not in states:
                kind = _kinds(words, (role,))[0]
                actors[f"{role}1"] = Actor(f"{role}1", kind, home, frozenset({role}))
        yield Cast(words, actors, bearer.id, home)


def _kinds(words: Words, roles: tuple[str, ...]) -> list[str]:
    """The kinds of actor that may hold all of the roles."""
    found = list(words.kinds)
    for role in roles:
        word = words.roles.get(role)
        state = word is None or word.kind == "state"
        known = ("state",) if state else (word.held_by if word else ()) or _BODIES
        found = [kind for kind in found if kind in known]
    return found


def _other_roles(norms: tuple[Norm, ...], beside: tuple[Norm, ...], said: Mentions) -> Iterator[str]:
    """The roles of the counterparties and of whom the events name."""
    for norm in (*norms, *beside):
        side = norm.counterparty
        yield from side.roles[:1] if side.one else side.roles
    for norm in beside:
        yield from norm.bearer.roles[:1]
    patterns = [one for norm in (*norms, *beside) for one in (*norm.triggers, *norm.lapse, *norm.refusal)]
    for pattern in (*patterns, *(one for one, _ in said.patterns)):
        yield from (meant for meant in (pattern.by, pattern.to) if meant not in ("", "bearer", "counterparty"))


def _more_roles(cast: Cast, said: Mentions, free_roles: bool) -> Iterator[dict[str, frozenset[str]]]:
    """Which of the roles in conditions are held beside those that all must hold."""
    asked: dict[tuple[str, str], None] = {}
    for role, side, norm in said.roles:
        name = cast.bearer if side == "bearer" else cast.other_side(norm)
        fits = (cast.words.roles[role].kind == "state") == (cast.actors[name].kind == "state")
        if role not in cast.actors[name].roles and (fits or free_roles):
            asked[name, role] = None
    for held in itertools.product((False, True), repeat=len(asked)):
        more: dict[str, frozenset[str]] = {}
        for (name, role), has in zip(asked, held, strict=True):
            if has:
                more[name] = more.get(name, frozenset()) | {role}
        yield more


def _displacing_in_force(library: Library, norms: tuple[Norm, ...]) -> Iterator[tuple[str, ...]]:
    """Which instruments that displace bind by their register; the norms' own always do."""
    own = {norm.instrument for norm in norms}
    by_id = {norm.id: norm.instrument for norm in library.norms}
    named = [by_id.get(g.by, g.by) for norm in norms for g in norm.displaced_by]
    free = [n for n in dict.fromkeys(named) if n not in own and library.instruments[n].bound_by in _BY_REGISTER]
    for count in range(len(free) + 1):
        yield from itertools.combinations(free, count)


def _parties(
    library: Library, norms: tuple[Norm, ...], displacing: tuple[str, ...], home: str, day: dt.date
) -> dict[str, tuple[PartyAct, ...]]:
    """Acts by which the instruments bind both States since the year before."""
    since = dt.date(day.year - 1, 1, 1)
    found = {}
    for name in dict.fromkeys((*(norm.instrument for norm in norms), *displacing)):
        how = library.instruments[name].bound_by
        if how in _BY_REGISTER:
            act = "transposition" if how == "transposition" else "accession"
            found[name] = tuple(
                PartyAct(state=state, act=act, source=ASSUMED, in_force=since) for state in (home, OTHER)
            )
    return found


def _offsets(said: Mentions) -> tuple[int, ...]:
    """Hours that fall on either side of every bound, and of two bounds one after the other."""
    single = {0, *said.hours, *(hours + 1 for hours in said.hours)}
    both = {a + b for a in single for b in single} if len(said.hours) > 1 else set()
    return tuple(sorted(single | both))


def _triggers(cast: Cast, norm: Norm, said: Mentions) -> list[Placed | None]:
    found = dict.fromkeys(spec for one in norm.triggers for spec in specs(cast, one, norm, said))
    return [(spec, hours) for spec in found for hours in _offsets(said)] or [None]


def _optional(cast: Cast, said: Mentions) -> Iterator[list[Placed | None]]:
    """Events that may be there or not."""
    found = dict.fromkeys(
        spec for one, norm in said.patterns for spec in itertools.islice(specs(cast, one, norm, said), 1)
    )
    for spec in found:
        yield [None, *((spec, hours) for hours in _offsets(said))]


def specs(cast: Cast, pattern: Pattern, norm: Norm, said: Mentions | None = None) -> Iterator[Spec]:
    """The events that a pattern means, with every value of an attribute that tells a difference."""
    word = cast.words.events[pattern.event]
    by = cast.named(pattern.by, norm) or cast.bearer
    to = cast.named(pattern.to, norm)
    choices: dict[str, list[Any]] = {}
    for name, kind in word.attributes.items():
        values = _values(cast.words, pattern, name, kind, said, name in word.needs)
        if values:
            choices[name] = values
    for row in itertools.product(*choices.values()):
        yield pattern.event, by, to, tuple(zip(choices, row, strict=True))


def _values(
    words: Words, pattern: Pattern, name: str, kind: str, said: Mentions | None, needed: bool
) -> list[Any]:
    about = [one for one in said.attributes if one.name == name] if said else []
    asked = pattern.attributes.get(name, ())
    if kind == "level":
        return sorted(_levels(about))
    if kind == "list_n":
        return ["no", "yes"] if about else []
    if kind not in words.values:
        return ["D000"] if needed else []
    mentioned = [value for one in about for value in one.values]
    if said and pattern.event in ONE_RESULT:
        mentioned += [v for one, _ in said.patterns for v in one.attributes.get(name, ())]
    known = words.values[kind]
    wide = [v for v in known if not asked or any(words.counts_as(kind, v, one) for one in asked)]
    found = [v for v in dict.fromkeys((*asked, *mentioned)) if v in wide]
    if mentioned:
        found += [v for v in wide if v not in found][:1]
    return found or (wide[:1] if needed else [])


def _levels(about: list[AttributeIs]) -> set[int]:
    found = set()
    for one in about:
        if one.at_least is not None:
            found |= {one.at_least - 1, one.at_least}
        if one.at_most is not None:
            found |= {one.at_most, one.at_most + 1}
    return {level for level in found if level in LEVELS}
