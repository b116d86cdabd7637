"""Who and what a norm is held against: the two sides, the events that have happened and are known, the trigger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

import msgspec

from proxeny.instrument.norm import Norm, Pattern, Side
from proxeny.instrument.situation import Actor, Event, Situation
from proxeny.instrument.words import OTHER_STATE, Words


class Party(msgspec.Struct, frozen=True):
    """A side of a duty: an actor, or only a role where the file names nobody. `accepts`: names and roles by
    which an event may name that side."""

    name: str
    actor: Actor | None
    accepts: frozenset[str]

    @property
    def state(self) -> str | None:
        """The State whose it is."""
        return self.actor.state if self.actor else None

    @property
    def is_state(self) -> bool:
        """Whether it is a State of the file."""
        return self.actor is not None and self.actor.kind == "state"


class Scene(msgspec.Struct, frozen=True):
    """One bearer and one counterparty before the events; `trigger` is the one from which the duty runs."""

    words: Words
    situation: Situation
    events: tuple[Event, ...]
    bearer: Party
    counterparty: Party
    trigger: Event | None = None

    def matching(self, patterns: Iterable[Pattern]) -> list[Event]:
        """The events that fit one of the patterns, in the order of time."""
        wanted = tuple(patterns)
        return [event for event in self.events if any(fits(self, pattern, event) for pattern in wanted)]


def visible(situation: Situation, at: dt.datetime, known_at: dt.datetime | None) -> tuple[Event, ...]:
    """What has happened by `at` and was on record by `known_at` (None: all that is), in the order of time."""
    found = [e for e in situation.events if e.at <= at and (known_at is None or e.known_at <= known_at)]
    return tuple(sorted(found, key=lambda event: (event.at, event.number)))


def fits(scene: Scene, pattern: Pattern, event: Event) -> bool:
    """Whether the event is one of those meant."""
    if pattern.event != event.event or not _attributes_fit(scene.words, pattern, event):
        return False
    ways = [(event.by, event.to)]
    if event.turned:
        ways.append((event.to, event.by))
    return any(_is(scene, pattern.by, by) and (not to or _is(scene, pattern.to, to)) for by, to in ways)


def _attributes_fit(words: Words, pattern: Pattern, event: Event) -> bool:
    word = words.events[event.event]
    for name, asked in pattern.attributes.items():
        said = event.attributes.get(name)
        if said is None and name not in word.needs:
            continue  # what the event leaves out fits any
        if not any(words.counts_as(word.attributes[name], str(said), one) for one in asked):
            return False
    return True


def _is(scene: Scene, meant: str, name: str) -> bool:
    """Whether the actor (or role) of that name is the side or role that is meant."""
    if not meant:
        return True
    if meant == "bearer":
        return name in scene.bearer.accepts
    if meant == "counterparty":
        return name in scene.counterparty.accepts
    actor = scene.situation.actors.get(name)
    return name == meant or (actor is not None and meant in actor.roles)


def bearers(situation: Situation, norm: Norm) -> list[Party]:
    """Who may bear the duty. Where nobody holds the role, the role itself."""
    side = norm.bearer
    if side.is_any_state:
        return [_party(actor, (), ()) for actor in situation.states()]
    holders = _holders(situation, side)
    if not holders:
        return [Party(side.roles[0], None, frozenset(side.roles))]
    if not side.one:
        return [_party(actor, (), ()) for actor in holders]
    firsts: dict[str | None, Actor] = {}
    for actor in holders:
        firsts.setdefault(actor.state, actor)
    return [_party(one, side.roles, [a for a in holders if a.state == one.state]) for one in firsts.values()]


def counterparties(situation: Situation, norm: Norm, bearer: Party) -> list[Party]:
    """To whom the duty may be owed. Where nobody holds the role, the role itself."""
    side = norm.counterparty
    if side.is_any_state:
        others = [_party(a, (), ()) for a in situation.states() if a.id not in (bearer.name, bearer.state)]
        return others or [Party(OTHER_STATE, None, frozenset({OTHER_STATE}))]
    holders = [actor for actor in _holders(situation, side) if _deal(bearer, actor)]
    if not holders:
        return [Party(side.roles[0], None, frozenset(side.roles))]
    if side.one:
        return [_party(holders[0], side.roles, holders)]
    return [_party(actor, side.roles, ()) for actor in holders]


def _holders(situation: Situation, side: Side) -> list[Actor]:
    """By the order of the roles, then of the file; nobody twice."""
    found = {actor.id: actor for role in side.roles for actor in situation.holders(role)}
    return list(found.values())


def _party(actor: Actor, roles: Iterable[str], others: Iterable[Actor]) -> Party:
    """`roles` and `others`: by what else an event may name this side."""
    return Party(actor.id, actor, frozenset({actor.id, *roles, *(other.id for other in others)}))


def _deal(bearer: Party, other: Actor) -> bool:
    """A body deals with bodies of its own State, or of none; a State with anybody but itself."""
    if bearer.name == other.id:
        return False
    if bearer.is_state or other.kind == "state":
        return True
    return bearer.state is None or other.state is None or bearer.state == other.state


def sides(situation: Situation, norm: Norm) -> Iterator[tuple[Party, Party]]:
    """Every bearer with every counterparty."""
    for bearer in bearers(situation, norm):
        for counterparty in counterparties(situation, norm, bearer):
            yield bearer, counterparty
