"""Who plays in a small situation: the bearer of the norms, those towards whom they stand, and whom events name."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import msgspec

from proxeny.instrument.library import Library
from proxeny.instrument.mentions import Mentions
from proxeny.instrument.norm import Norm
from proxeny.instrument.situation import Actor
from proxeny.instrument.words import Words

BEARER, HOME = "op1", "XA"
_OTHERS = ("XB", "XC")
_BODIES = ("entity", "authority", "organization")


class Cast(msgspec.Struct, frozen=True):
    """Who plays: the actors by id, and who it is that a side or a role means."""

    words: Words
    actors: dict[str, Actor]
    bearer: str
    home: str

    @property
    def other(self) -> str:
        """The other State."""
        return other_state(self.home)

    def holding(self, role: str) -> str:
        """Who holds a role: the bearer, else the other State, else the body made for it."""
        if role in self.actors[self.bearer].roles:
            return self.bearer
        return next((actor.id for actor in self.actors.values() if role in actor.roles), self.bearer)

    def other_side(self, norm: Norm) -> str:
        """The counterparty of a norm (the first, where there are several)."""
        side = norm.counterparty
        if side.is_any_state:
            return self.other
        holders = [a.id for role in side.roles for a in self.actors.values() if role in a.roles]
        return next((name for name in holders if name != self.bearer), self.other)

    def named(self, meant: str, norm: Norm) -> str:
        """The actor that a pattern's `by` or `to` means; "" for anybody."""
        if meant == "counterparty":
            return self.other_side(norm)
        return self.bearer if meant == "bearer" else self.holding(meant) if meant else ""


def other_state(home: str) -> str:
    """A State that is not the bearer's."""
    return next(name for name in _OTHERS if name != home)


def casts(
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
        other = other_state(home)
        actors[other] = Actor(other, "state", other, states)
        for role in needed:
            if role in words.roles and role not in states:
                # Of no State, it is not the one that goes before the bearer where one of several roles is enough.
                rival = any(norm.bearer.one and role in norm.bearer.roles for norm in norms)
                state = None if rival else home
                actors[f"{role}1"] = Actor(f"{role}1", _kinds(words, (role,))[0], state, frozenset({role}))
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
        yield from (
            meant for meant in (pattern.by, pattern.to) if meant not in ("", "bearer", "counterparty")
        )


def more_roles(cast: Cast, said: Mentions, free_roles: bool) -> Iterator[dict[str, frozenset[str]]]:
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
