"""Who owes what to whom by a facts file, and whether a facts file's own expectations are met."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import msgspec

from proxeny.actions.ports import Say
from proxeny.base.errors import Fault, InputError, refuse
from proxeny.base.moments import show_moment
from proxeny.instrument.duty import LISTS, Duties, Duty, Reference
from proxeny.instrument.evaluate import evaluate, inquire
from proxeny.instrument.generate import Engine
from proxeny.instrument.library import Library
from proxeny.instrument.situation import Expectation, Situation, Zones
from proxeny.instrument.situation_file import STATUSES, parse_situation


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of a facts file. `state`: an actor, or a State with the bodies under it. `warn_after`: from a
    vague term to the time after which the desk warns."""

    at: dt.datetime
    known_at: dt.datetime | None = None
    state: str | None = None
    counterparty: str | None = None
    instruments: tuple[str, ...] = ()
    warn_after: Mapping[str, dt.timedelta] = {}


class Failure(msgspec.Struct, frozen=True):
    """An expectation that is not met: where it stands, and what was found instead."""

    place: str
    message: str


def read_situation(data: bytes, name: str, library: Library, zones: Zones) -> Situation:
    """The situation of a facts file. Raises InputError with every fault."""
    return parse_situation(data, name, library.words, frozenset(library.instruments), zones)


def duties_of_file(data: bytes, name: str, library: Library, zones: Zones, asked: Asked) -> Duties:
    """The duties of `proxeny duties`. Raises InputError with every fault of the file and of what is asked."""
    situation = read_situation(data, name, library, zones)
    faults = list(_faults(library, situation, asked))
    if faults:
        raise InputError(faults)
    return duties_of(situation, library, asked)


def duties_of(situation: Situation, library: Library, asked: Asked, engine: Engine = evaluate) -> Duties:
    """The duties in a situation. `engine`: the interpreter, which is the reference; or one of the same library that
    was generated from it (wiring.engine_of), where much is asked."""
    inquiry = inquire(library, situation, asked.at, asked.known_at, asked.warn_after)
    return engine(inquiry, asked.state, asked.counterparty, asked.instruments)


def _faults(library: Library, situation: Situation, asked: Asked) -> Iterator[Fault]:
    actors = ", ".join(situation.actors)
    states = {actor.state for actor in situation.actors.values()}
    for option, name in (("--state", asked.state), ("--counterparty", asked.counterparty)):
        if (
            name is not None
            and name not in situation.actors
            and name not in (states | set(library.words.roles))
        ):
            yield Fault(option, f"{name[:40]!r} is no actor of {situation.name}", f"known: {actors}")
    yield from unknown_instruments(library, asked.instruments)
    for term in asked.warn_after:
        if term not in library.words.vague:
            yield Fault(
                "--warn", f"{term[:40]!r} is no vague term", f"known: {', '.join(library.words.vague)}"
            )


def unknown_instruments(library: Library, names: Collection[str]) -> Iterator[Fault]:
    """A fault for each name that is no instrument's id."""
    for name in names:
        if name not in library.instruments:
            known = f"known: {', '.join(library.instruments)}"
            yield Fault("--instrument", f"{name[:40]!r} is no instrument", known)


def check_file(
    data: bytes, name: str, library: Library, zones: Zones, say: Say = str
) -> tuple[int, list[Failure]]:
    """How many expectations the file has, and those that are not met, told by `say` (English by itself). Raises
    InputError for a bad file, and for one without any."""
    situation = read_situation(data, name, library, zones)
    if not situation.expect:
        raise refuse(name, "no expect: in the file", "add expect: - {at: …, state: XA, due: [{row: D074}]}")
    return len(situation.expect), failures(library, situation, say)


def failures(library: Library, situation: Situation, say: Say = str) -> list[Failure]:
    """The expectations of a situation that are not met."""
    return [failure for one in situation.expect for failure in _unmet(library, situation, one, say)]


def _unmet(library: Library, situation: Situation, expected: Expectation, say: Say) -> Iterator[Failure]:
    found = evaluate(
        inquire(library, situation, expected.at, expected.known_at), expected.state, expected.counterparty
    )
    everything = [duty for name in LISTS for duty in getattr(found, name)]
    for name, items in expected.lists.items():
        # `due` and `open` are lists and statuses; as a key of `expect` they are the list.
        is_status = name in STATUSES and name not in LISTS
        among = [d for d in everything if d.status == name] if is_status else getattr(found, name)
        for item in items:
            if not any(_meets(duty, item) for duty in among):
                yield Failure(expected.place, _missed(name, item, everything, say))
    for row in expected.absent:
        for duty in everything:
            if row in (duty.norm, *duty.rows):
                message = say("absent: {row} is there: {duty}").format(row=row, duty=_told(duty, say))
                yield Failure(expected.place, message)


def _meets(duty: Duty | Reference, item: Mapping[str, Any]) -> bool:
    """Whether the duty has all the values; a list is a subset."""
    for key, wanted in item.items():
        if key == "row":
            if wanted not in duty.rows:
                return False
            continue
        value = getattr(duty, key, None)
        if isinstance(value, tuple):
            if not set(wanted if isinstance(wanted, list) else [wanted]) <= set(value):
                return False
        elif (value or None) != (wanted or None):
            return False
    return True


def _missed(name: str, item: Mapping[str, Any], everything: list[Duty], say: Say) -> str:
    """What is expected in a list and not there, and what is nearest to it. The words of the file stay as they are."""
    near = [d for d in everything if item.get("row") in d.rows or item.get("norm") == d.norm]
    if not near:
        return say("{list}: no {item}; found none of it").format(list=name, item=_shown(item))
    found = say("; ").join(_told(duty, say) for duty in near)
    return say("{list}: no {item}; found: {found}").format(list=name, item=_shown(item), found=found)


def _told(duty: Duty, say: Say) -> str:
    sides = say("{bearer} towards {counterparty}").format(bearer=duty.bearer, counterparty=duty.counterparty)
    limit = duty.by or duty.by_if
    return say(", ").join((sides, duty.status, show_moment(limit) if limit else say("no time")))


def _shown(item: Mapping[str, Any]) -> str:
    said = [f"{k}: {show_moment(v) if isinstance(v, dt.datetime) else v}" for k, v in item.items()]
    return "{" + ", ".join(said) + "}"
