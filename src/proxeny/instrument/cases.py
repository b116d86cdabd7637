"""The small situations in which a few norms may meet, one after another: the finite space of what they mention.

Roles of States are held by States, roles of bodies by bodies; one actor bears two norms where one kind of actor may hold
the roles of both. Facts are yes, no or unknown. Events are there or not, at the times that a condition on times tells
apart. Instruments bind the States of the situation; one that displaces and binds by its register may do so or not.
Nobody classifies or assesses one incident with two results, and no request is both answered and refused.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from typing import Any

import msgspec

from proxeny.identify.facts import Facts, StateFacts
from proxeny.instrument.cast import Cast, casts, more_roles, other_state
from proxeny.instrument.clock import UTC
from proxeny.instrument.contradictions import contradictions
from proxeny.instrument.implied import with_implied
from proxeny.instrument.library import Library
from proxeny.instrument.mentions import ONE_RESULT, Mentions, conditions_of, leaves, limit_norms, mentions
from proxeny.instrument.norm import AttributeIs, Norm, PartyAct, Pattern
from proxeny.instrument.situation import Actor, Event, Situation
from proxeny.instrument.words import LEVELS, Words

MOST_SITUATIONS = 20_000
"""Tried of one norm, or of two; where that settles nothing, it is told as undecided. Our own: nobody who reads a norm
tells so many apart."""

IMPACTS = (
    StateFacts(),
    StateFacts(loss_usd=10_000_000),
    StateFacts(injuries=1),
    *(StateFacts(deaths=count) for count in (1, 10, 100, 1000)),
)
"""Impact facts of the national levels 0 and 2 to 7 (docs/reference/scale.md), for triggers that give no level."""

ASSUMED = "assumed"
_ANSWERS = ("replied", "refused")
_MONDAY = 0
_BY_REGISTER = ("parties", "transposition")

Spec = tuple[str, str, str, tuple[tuple[str, Any], ...]]
"""An event without its time: what, by whom, to whom, its attributes."""
Placed = tuple[Spec, int]
"""And how many hours after the first it comes."""


class TooManyError(Exception):
    """More situations than MOST_SITUATIONS, and nothing settled."""


class Case(msgspec.Struct, frozen=True):
    """A situation, the time for which it is asked, and who bears the duty."""

    situation: Situation
    at: dt.datetime
    bearer: str


def cases(
    library: Library,
    norms: tuple[Norm, ...],
    unknown: bool = False,
    free_roles: bool = False,
    beside: tuple[Norm, ...] = (),
) -> Iterator[Case]:
    """The situations in which all the norms are triggered, for one bearer of all. `unknown`: facts may be unknown
    too. `free_roles`: a State may hold the roles of a body and a body those of a State. `beside`: norms whose
    conditions count too, though nothing triggers them. Raises TooManyError after MOST_SITUATIONS."""
    said = mentions((*norms, *beside), limit_norms(library, (*norms, *beside)))
    values = ("no", "yes", "unknown") if unknown else ("no", "yes")
    start, count = _start(norms), 0
    if start is None:
        return
    for cast in casts(library, norms, beside, said, free_roles):
        choices: list[list[Placed | None]] = [
            *(_triggers(cast, norm, said) for norm in norms),
            *_optional(cast, said),
        ]
        backgrounds = list(_backgrounds(library, norms, cast, said, start.date(), free_roles))
        facts = [[(name, value) for value in values] for name in said.facts]
        for placed in itertools.product(*choices):
            count += 1
            if count > MOST_SITUATIONS:
                raise TooManyError
            events = _events([one for one in placed if one], start)
            if events is None:
                continue
            for background in backgrounds:
                for answers in itertools.product(*facts):
                    count += 1
                    if count > MOST_SITUATIONS:
                        raise TooManyError
                    case = _case(library.words, background, dict(answers), events, start, cast.bearer)
                    if case is not None:
                        yield case


def _events(placed: list[Placed], start: dt.datetime) -> tuple[Event, ...] | None:
    """The events in the order of time; None where that is no state of affairs, or adds nothing."""
    when: dict[Spec, int] = {}
    for spec, hours in placed:
        if when.setdefault(spec, hours) != hours:
            return None  # the same event at two times adds nothing
    if _two_results(list(when)):
        return None
    ordered = sorted(when.items(), key=lambda pair: pair[1])
    return tuple(
        event_of(spec, number, start + dt.timedelta(hours=hours))
        for number, (spec, hours) in enumerate(ordered)
    )


def _backgrounds(
    library: Library, norms: tuple[Norm, ...], cast: Cast, said: Mentions, day: dt.date, free_roles: bool
) -> Iterator[Situation]:
    """What is so beside facts and events: who holds which roles, what is in force, how bad it is."""
    roles = more_roles(cast, said, free_roles)
    for held, displacing, impact in itertools.product(
        roles, _displacing_in_force(library, norms), _impacts(cast, norms)
    ):
        yield Situation(
            name="witness",
            context="test",
            actors=_with_roles(cast.actors, held),
            calendars={cast.home: UTC, cast.other: UTC},
            parties=_parties(library, norms, displacing, cast.home, day),
            impact=impact,
        )


def _case(
    words: Words,
    background: Situation,
    facts: dict[str, str],
    events: tuple[Event, ...],
    start: dt.datetime,
    bearer: str,
) -> Case | None:
    actors = with_implied(words, background.actors, events)
    whole = msgspec.structs.replace(background, actors=actors, facts=facts, events=events)
    if any(contradictions(words, whole)):
        return None
    return Case(whole, max((event.at for event in events), default=start), bearer)


def _with_roles(actors: dict[str, Actor], more: dict[str, frozenset[str]]) -> dict[str, Actor]:
    return {
        name: msgspec.structs.replace(actor, roles=actor.roles | more[name]) if name in more else actor
        for name, actor in actors.items()
    }


def _impacts(cast: Cast, norms: tuple[Norm, ...]) -> list[Facts]:
    """Impact facts of the bearer's State, where a norm asks for a level that its trigger cannot give."""
    for norm in norms:
        given = [set(cast.words.events[one.event].attributes) for one in norm.triggers] or [set[str]()]
        for leaf in (leaf for condition in conditions_of(norm) for leaf in leaves(condition)):
            if not isinstance(leaf, AttributeIs) or leaf.values:
                continue
            if any(leaf.name not in names for names in given):
                return [Facts(states={cast.home: impact}) for impact in IMPACTS]
    return [Facts()]


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
        answered = {one[0], other[0]} == set(_ANSWERS) and one[1] == other[1]
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


def _displacing_in_force(library: Library, norms: tuple[Norm, ...]) -> Iterator[tuple[str, ...]]:
    """Which instruments that displace bind by their register; the norms' own always do."""
    own = {norm.instrument for norm in norms}
    by_id = {norm.id: norm.instrument for norm in library.norms}
    named = [by_id.get(g.by, g.by) for norm in norms for g in norm.displaced_by]
    free = [
        n for n in dict.fromkeys(named) if n not in own and library.instruments[n].bound_by in _BY_REGISTER
    ]
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
        listed = {act.state for act in library.instruments[name].register.acts}
        if how in _BY_REGISTER or (how == "direct" and listed & {home, other_state(home)}):
            act = "transposition" if how == "transposition" else "accession"
            found[name] = tuple(
                PartyAct(state=state, act=act, source=ASSUMED, in_force=since)
                for state in (home, other_state(home))
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
    found: dict[Spec, None] = {}
    for pattern, norm in said.patterns:
        by_whom = itertools.groupby(specs(cast, pattern, norm, said), key=lambda spec: spec[1])
        found |= dict.fromkeys(next(group) for _, group in by_whom)
    for spec in found:
        yield [None, *((spec, hours) for hours in _offsets(said))]


def specs(cast: Cast, pattern: Pattern, norm: Norm, said: Mentions | None = None) -> Iterator[Spec]:
    """The events that a pattern means, with every value of an attribute that tells a difference. What anybody may do
    the bearer does, or the other side."""
    word = cast.words.events[pattern.event]
    whose = [cast.named(pattern.by, norm) or cast.bearer]
    if not pattern.by:
        whose.append(cast.other_side(norm))
    to = cast.named(pattern.to, norm)
    choices: dict[str, list[Any]] = {}
    for name, kind in word.attributes.items():
        values = _values(cast.words, pattern, name, kind, said, name in word.needs)
        if values:
            choices[name] = values
    for by in whose:
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
    mentioned += [
        v for event, key, v in (said.values if said else ()) if (event, key) == (pattern.event, name)
    ]
    known = words.values[kind]
    wide = [v for v in known if not asked or any(words.counts_as(kind, v, one) for one in asked)]
    found = [v for v in dict.fromkeys((*asked, *mentioned)) if v in wide]
    if about or not asked:
        rest = [v for v in wide if v not in found]
        apart = [v for v in rest if not any(words.counts_as(kind, v, one) for one in found)]
        found += (apart or rest)[: bool(mentioned or needed)]
    return found


def _levels(about: list[AttributeIs]) -> set[int]:
    found = set()
    for one in about:
        if one.at_least is not None:
            found |= {one.at_least - 1, one.at_least}
        if one.at_most is not None:
            found |= {one.at_most, one.at_most + 1}
    return {level for level in found if level in LEVELS}
