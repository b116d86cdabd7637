"""What a facts file of duties says: actors, roles, calendars, parties, legal facts, events, what is expected."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import msgspec

from proxeny.identify.facts import Facts
from proxeny.instrument.norm import PartyAct

Zones = Callable[[str], dt.tzinfo | None]
"""From the name of a time zone (IANA) to its rules; None where there is no such zone."""

EXERCISES = ("exercise", "test")
"""Contexts that are marked wherever a person reads what came of the file."""
CONTEXTS = ("real", *EXERCISES)


def marked(context: str) -> bool:
    """Whether the context of a facts file is an exercise or a test."""
    return context in EXERCISES


class Actor(msgspec.Struct, frozen=True):
    """A State, an entity, an authority or an organization. `state`: whose it is; of a State, itself."""

    id: str
    kind: str
    state: str | None
    roles: frozenset[str]


class Calendar(msgspec.Struct, frozen=True):
    """Local time and working days of a State. `weekend`: days by number, Monday is 0."""

    zone: dt.tzinfo
    weekend: frozenset[int]
    holidays: frozenset[dt.date] = frozenset()


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """What happened: `by` whose act it is (of `received`, who received it), `to` the other side where named.

    `turned`: the file named the other side of a `received` by `to`, so that either may be the receiver.
    `known_at`: since when it is on record; `source`: the message or record that says so.
    """

    number: int
    event: str
    by: str
    at: dt.datetime
    known_at: dt.datetime
    to: str = ""
    turned: bool = False
    source: str = ""
    attributes: dict[str, Any] = {}


class Expectation(msgspec.Struct, frozen=True, kw_only=True):
    """What must be found at a time: `lists` by name, each a subset; `absent` rows or norms."""

    place: str
    at: dt.datetime
    known_at: dt.datetime | None
    state: str
    counterparty: str | None
    lists: dict[str, tuple[dict[str, Any], ...]]
    absent: tuple[str, ...]


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """The whole file. `implied`: roles that the file gives to nobody and an event shows, with that event."""

    name: str
    context: str
    actors: dict[str, Actor]
    calendars: dict[str, Calendar] = {}
    parties: dict[str, tuple[PartyAct, ...]] = {}
    facts: dict[str, str] = {}
    impact: Facts = Facts()
    events: tuple[Event, ...] = ()
    expect: tuple[Expectation, ...] = ()

    def holders(self, role: str) -> list[Actor]:
        """The actors that hold a role, in the order of the file."""
        return [actor for actor in self.actors.values() if role in actor.roles]

    def states(self) -> list[Actor]:
        """The actors that are States, in the order of the file."""
        return [actor for actor in self.actors.values() if actor.kind == "state"]
