"""Reading a facts file of duties: every fault at once, each with its place (docs/reference/facts-file-duties.md)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from proxeny.base.errors import InputError
from proxeny.base.yaml_wire import YAML_LIMITS, Document, Path
from proxeny.identify.facts import LIST_N, Facts
from proxeny.identify.facts_file import read_facts
from proxeny.identify.state_codes import is_state_code
from proxeny.instrument.contradictions import contradictions
from proxeny.instrument.duty import Duty
from proxeny.instrument.implied import with_implied
from proxeny.instrument.instrument_file import read_acts
from proxeny.instrument.norm import PartyAct
from proxeny.instrument.reading import Reader, open_document
from proxeny.instrument.situation import (
    CONTEXTS,
    Actor,
    Calendar,
    Event,
    Expectation,
    Situation,
    Zones,
)
from proxeny.instrument.words import LEVELS, Words

VERSION = 1
_NAMES = (".yaml", ".yml")
_KEY = re.compile(rb"""(?m)(?:^[ \t]*|[{,]\s*)["']?facts_version["']?\s*:""")
_KEYS = (
    *("facts_version", "context", "actors", "roles", "calendars", "parties", "facts", "states"),
    *("home", "more_states", "events", "expect"),
)
_IMPACT = ("home", "states", "more_states")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_EVENT = ("event", "by", "at", "to", "source", "known_at", "note")
_LISTS = ("due", "recommended", "would_apply", "open", "reference")
STATUSES = (
    *("waiting", "open", "due", "discharged", "discharged_late", "late", "late_with_reason"),
    *("refused_with_ground", "disputed", "lapsed", "standing"),
)
_EXPECT = ("at", "known_at", "state", "counterparty", "absent", *_LISTS, *STATUSES)
_MOST_NAME = 80


def is_facts_file(data: bytes, name: str) -> bool:
    """Whether it is a facts file of duties and no report: by its ending, or by the key `facts_version`."""
    return name.endswith(_NAMES) or _KEY.search(data[: YAML_LIMITS.size]) is not None


def parse_situation(
    data: bytes, name: str, words: Words, instruments: frozenset[str], zones: Zones
) -> Situation:
    """The facts of a file (YAML or JSON). Raises InputError with every fault, contradictions among them."""
    reader = open_document(data, name)
    found = _File(reader, words, instruments, zones).situation()
    if reader.faults or found is None:
        raise InputError(reader.faults)
    return found


class _File(msgspec.Struct, frozen=True):
    """A file that is being read."""

    reader: Reader
    words: Words
    instruments: frozenset[str]
    zones: Zones

    def situation(self) -> Situation | None:
        reader, raw = self.reader, self.reader.document.value
        if not isinstance(raw, dict):
            reader.fault((), "no facts file", "write facts_version: 1, actors: and so on")
            return None
        values = reader.mapping(raw, (), _KEYS)
        if values.get("facts_version") != VERSION:
            reader.fault(("facts_version",), "not facts_version 1", f"write facts_version: {VERSION}")
        actors = self._actors(values)
        events = tuple(self._events(values.get("events"), actors))
        situation = Situation(
            name=reader.document.name,
            context=self._context(values.get("context")),
            actors=with_implied(self.words, actors, events),
            calendars=dict(self._calendars(values.get("calendars"), actors)),
            parties=dict(self._parties(values.get("parties"))),
            facts=dict(self._facts(values.get("facts"))),
            impact=self._impact(values),
            events=events,
            expect=tuple(self._expect(values.get("expect"), actors)),
        )
        for path, message, remedy in contradictions(self.words, situation):
            reader.fault(path, message, remedy)
        return situation

    def _context(self, raw: Any) -> str:
        """A word that is no context would pass for a real incident: it is refused."""
        word = raw.lower() if isinstance(raw, str) else raw
        return "" if raw is None else self.reader.word(word, ("context",), CONTEXTS, "context")

    def _actors(self, values: dict[str, Any]) -> dict[str, Actor]:
        reader = self.reader
        given = reader.mapping(values.get("actors"), ("actors",))
        if not given:
            reader.fault(("actors",), "no actors", "write actors: {XA: {kind: state}}")
        roles: dict[str, set[str]] = {}
        for role, path, members in self._roles(values.get("roles")):
            for own, member in reader.items(members, path):
                if self._actor_named(member, own, given):
                    roles.setdefault(member, set()).add(role)
        found = {}
        for name, entry in given.items():
            path = ("actors", name)
            own_values = reader.mapping(entry, path, ("kind", "state", "roles", "name"))
            kind = reader.word(own_values.get("kind"), (*path, "kind"), self.words.kinds, "kind of actor")
            state = self._state_of(name, kind, own_values, path, given)
            listed = own_values.get("roles")
            own = reader.words(listed, (*path, "roles"), self.words.roles, "role") if listed else ()
            held = frozenset(own) | roles.get(name, set())
            self._check_roles(name, kind, held, path)
            found[name] = Actor(name, kind, state, held)
        return found

    def _roles(self, raw: Any) -> Iterator[tuple[str, Path, Any]]:
        for role, members in self.reader.mapping(raw, ("roles",)).items():
            if role in self.words.roles:
                yield role, ("roles", role), members
            else:
                self.reader.mapping({role: None}, ("roles",), self.words.roles)

    def _actor_named(self, name: Any, path: Path, actors: Any) -> bool:
        if isinstance(name, str) and name in actors:
            return True
        self.reader.fault(path, f"{str(name)[:40]!r} is no actor of this file", "add it under actors:")
        return False

    def _state_of(
        self, name: str, kind: str, values: dict[str, Any], path: Path, actors: dict[str, Any]
    ) -> str | None:
        reader, state = self.reader, values.get("state")
        if len(name) > _MOST_NAME:
            reader.key_fault(path, f"a name longer than {_MOST_NAME} characters", "shorten it")
        if kind == "state":
            if not is_state_code(name):
                reader.key_fault(path, f"{name[:20]!r} is no State code", "ISO 3166-1 alpha-2, or XA to XZ")
            if state is not None and state != name:
                reader.fault((*path, "state"), "a State of another State", "leave state: out")
            return name
        if state is None:
            return None
        if not is_state_code(str(state)):
            known = "ISO 3166-1 alpha-2, or XA to XZ"
            reader.fault((*path, "state"), f"{str(state)[:20]!r} is no State code", known)
        elif isinstance(actors.get(state), dict) and actors[state].get("kind") != "state":
            reader.fault((*path, "state"), f"the actor {state} is no State", "write kind: state there")
        return str(state)

    def _check_roles(self, name: str, kind: str, held: frozenset[str], path: Path) -> None:
        for role in sorted(held):
            wanted = self.words.roles[role].kind
            if kind and wanted == "state" and kind != "state":
                self.reader.fault(
                    path, f"{name} is no State and cannot be {role}", "give the role to its State"
                )

    def _calendars(self, raw: Any, actors: dict[str, Actor]) -> Iterator[tuple[str, Calendar]]:
        reader = self.reader
        for name, entry in reader.mapping(raw, ("calendars",)).items():
            path = ("calendars", name)
            if name not in actors and not is_state_code(name):
                reader.key_fault(path, f"{name[:20]!r} is neither a State nor an actor", "write its code")
            values = reader.mapping(entry, path, ("tz", "weekend", "holidays"))
            if not reader.require(values, path, ("tz",), "add tz: a zone as Europe/Paris, or UTC"):
                continue
            zone = self.zones(str(values["tz"]))
            if zone is None:
                message = f"{str(values['tz'])[:40]!r} is no time zone"
                reader.fault((*path, "tz"), message, "a name of the IANA database: Asia/Dubai, UTC")
                continue
            weekend = values.get("weekend", ["sat", "sun"])
            days = [reader.word(d, p, _DAYS, "day") for p, d in reader.items(weekend, (*path, "weekend"))]
            holidays = [
                reader.date(d, p) for p, d in reader.items(values.get("holidays"), (*path, "holidays"))
            ]
            if len(set(days)) >= len(_DAYS):
                reader.fault((*path, "weekend"), "a week without a working day", "leave at least one")
            yield (
                name,
                Calendar(
                    zone,
                    frozenset(_DAYS.index(day) for day in days if day),
                    frozenset(day for day in holidays if day is not None),
                ),
            )

    def _parties(self, raw: Any) -> Iterator[tuple[str, tuple[PartyAct, ...]]]:
        reader = self.reader
        for name, entry in reader.mapping(raw, ("parties",), self.instruments).items():
            path = ("parties", name)
            yield name, tuple(read_acts(reader, self.words, entry, path))

    def _facts(self, raw: Any) -> Iterator[tuple[str, str]]:
        for name, value in self.reader.mapping(raw, ("facts",), self.words.facts).items():
            yield name, self.reader.answer(value, ("facts", name))

    def _impact(self, values: dict[str, Any]) -> Facts:
        """The impact facts of "Identify", read by its own rules, at their places in this file."""
        document = self.reader.document
        own = {key: values[key] for key in _IMPACT if values.get(key) is not None}
        if not own:
            return Facts()
        given = Document(document.name, own, document.keys, document.values)
        try:
            return read_facts(given).facts
        except InputError as error:
            self.reader.faults.extend(error.faults)
            return Facts()

    def _events(self, raw: Any, actors: dict[str, Actor]) -> Iterator[Event]:
        for number, (path, entry) in enumerate(self.reader.items(raw, ("events",))):
            event = self._event(number, entry, path, actors)
            if event is not None:
                yield event

    def _event(self, number: int, raw: Any, path: Path, actors: dict[str, Actor]) -> Event | None:
        reader = self.reader
        if not isinstance(raw, dict):
            reader.fault(
                path, "no event", "write {event: aware, of: incident, by: op1, at: 2026-03-02T08:00Z}"
            )
            return None
        if not reader.require(raw, path, ("event", "by", "at")):
            return None
        name = reader.word(raw["event"], (*path, "event"), self.words.events, "event")
        if not name:
            return None
        word = self.words.events[name]
        sender = ("from",) if name == "received" else ()
        values = reader.mapping(raw, path, (*_EVENT, *sender, *word.attributes))
        reader.require(values, path, word.needs, f"{name} needs {', '.join(word.needs)}")
        if "from" in values and "to" in values and values["to"] != values["by"]:
            reader.key_fault((*path, "to"), "received by one and sent to another", "keep from: who sent it")
        at = reader.moment(values["at"], (*path, "at"))
        known = reader.moment(values["known_at"], (*path, "known_at")) if "known_at" in values else at
        by = self._whose(values["by"], (*path, "by"), actors)
        other = "from" if "from" in values else "to"
        to = self._other_side(values.get(other), (*path, other), actors)
        if at is None or known is None or not by:
            return None
        if known < at:
            reader.fault((*path, "known_at"), "known before it happened", "correct the times")
        return Event(
            number=number,
            event=name,
            by=by,
            at=at,
            known_at=known,
            to=to,
            turned=name == "received" and other == "to" and bool(to),
            source=reader.text(values.get("source"), (*path, "source")),
            attributes=dict(self._attributes(values, path, word.attributes)),
        )

    def _whose(self, name: Any, path: Path, actors: dict[str, Actor]) -> str:
        """An actor, or a role that no actor of the file holds."""
        if isinstance(name, str) and name in self.words.roles:
            holders = [actor.id for actor in actors.values() if name in actor.roles]
            if not holders:
                return name
            self.reader.fault(path, f"{name} is a role, held by {holders[0]}", "name the actor")
            return ""
        return str(name) if self._actor_named(name, path, actors) else ""

    def _other_side(self, name: Any, path: Path, actors: dict[str, Actor]) -> str:
        """An actor, or a role that no actor of the file need hold."""
        if name is None:
            return ""
        if isinstance(name, str) and (name in actors or name in self.words.roles):
            return name
        self.reader.fault(path, f"{str(name)[:40]!r} is neither an actor of this file nor a role", "add it")
        return ""

    def _attributes(
        self, values: dict[str, Any], path: Path, known: dict[str, str]
    ) -> Iterator[tuple[str, Any]]:
        reader = self.reader
        for name, kind in known.items():
            if name not in values:
                continue
            raw, own = values[name], (*path, name)
            if kind == "level":
                yield name, "unknown" if raw == "unknown" else reader.count(raw, own, LEVELS[0], LEVELS[-1])
            elif kind == "list_n":
                yield name, self._list_n(raw, own)
            elif kind in ("text", "duty"):
                yield name, reader.text(raw, own)
            elif raw == "unknown":
                yield name, raw
            else:
                said = raw.lower() if isinstance(raw, str) else raw
                yield name, reader.word(said, own, self.words.values[kind], name)

    def _list_n(self, raw: Any, path: Path) -> str:
        """Items of list N that apply, or whether any does."""
        if isinstance(raw, list):
            for own, item in self.reader.items(raw, path):
                self.reader.word(item, own, (*LIST_N, "N"), "item of list N")
            return "yes" if raw else "no"
        if raw in (*LIST_N, "N"):  # an item; or the list itself, as in "list N applies"
            return "yes"
        return self.reader.answer(raw, path)

    def _expect(self, raw: Any, actors: dict[str, Actor]) -> Iterator[Expectation]:
        reader = self.reader
        for path, entry in reader.items(raw, ("expect",)):
            values = reader.mapping(entry, path, _EXPECT)
            if not reader.require(values, path, ("at", "state")):
                continue
            at = reader.moment(values["at"], (*path, "at"))
            known = values.get("known_at")
            state, counterparty = values["state"], values.get("counterparty")
            self._actor_named(state, (*path, "state"), actors)
            if at is None:
                continue
            absent = tuple(
                reader.text(e, p) for p, e in reader.items(values.get("absent"), (*path, "absent"))
            )
            yield Expectation(
                place=reader.document.at(path),
                at=at,
                known_at=None if known is None else reader.moment(known, (*path, "known_at")),
                state=str(state),
                counterparty=None if counterparty is None else str(counterparty),
                lists={
                    key: tuple(self._expected(values[key], (*path, key)))
                    for key in dict.fromkeys((*_LISTS, *STATUSES))
                    if key in values
                },
                absent=absent,
            )

    def _expected(self, raw: Any, path: Path) -> Iterator[dict[str, Any]]:
        """A row or norm by its name alone, or an item with the values that it must have."""
        for own, entry in self.reader.items(raw, path):
            if isinstance(entry, str):
                yield {"row" if entry[:1] == "D" and entry[1:].isdigit() else "norm": entry}
                continue
            item = dict(self.reader.mapping(entry, own, Duty.__struct_fields__))
            for key in ("by", "late_after", "by_if"):
                if item.get(key) is not None:
                    item[key] = self.reader.moment(item[key], (*own, key))
            yield item
