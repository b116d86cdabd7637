"""What is due for a State by its facts files, soonest first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from proxeny.actions.duties import Asked, read_situation
from proxeny.base.errors import Fault, InputError
from proxeny.instrument.evaluate import evaluate, inquire
from proxeny.instrument.library import Library
from proxeny.instrument.reminder import Reminder, reminders_of, soonest_first
from proxeny.instrument.situation import Situation, Zones

if TYPE_CHECKING:  # its code is loaded where it is used
    from proxeny.instrument.generate import Engine


class Reminded(msgspec.Struct, frozen=True):
    """The reminders of facts files, and of each file that knows the State its name and its context."""

    reminders: tuple[Reminder, ...]
    contexts: tuple[tuple[str, str], ...]


def reminders(
    files: Iterable[tuple[bytes, str]],
    library: Library,
    zones: Zones,
    asked: Asked,
    engine: Engine = evaluate,
) -> Reminded:
    """The reminders of `proxeny due`. `files`: bytes and name of each; one that does not know the State adds nothing.

    Raises InputError with every fault of every file, and where none of them knows the State.
    """
    situations: list[Situation] = []
    faults: list[Fault] = []
    for data, name in files:
        try:
            situations.append(read_situation(data, name, library, zones))
        except InputError as error:
            faults.extend(error.faults)
    known = {name for situation in situations for name in _names(situation)}
    if not faults and asked.state not in known:
        told = ", ".join(sorted(known)[:12])
        faults.append(
            Fault("--state", f"{str(asked.state)[:40]!r} is no actor of the files", f"known: {told}")
        )
    if faults:
        raise InputError(faults)
    found: list[Reminder] = []
    contexts: list[tuple[str, str]] = []
    for situation in situations:
        if asked.state in _names(situation):
            name = situation.name.rpartition("/")[2]
            inquiry = inquire(library, situation, asked.at, asked.known_at, asked.warn_after)
            duties = engine(inquiry, asked.state, asked.counterparty, asked.instruments)
            found += reminders_of(duties, name, situation.context)
            contexts.append((name, situation.context))
    return Reminded(soonest_first(found), tuple(contexts))


def _names(situation: Situation) -> set[str]:
    """By what --state may name somebody of the file."""
    return {*situation.actors, *(actor.state for actor in situation.actors.values() if actor.state)}


def shown(found: Iterable[Reminder]) -> list[dict[str, object]]:
    """Reminders as plain values: file, context, list and uid beside the members of the duty."""
    return [
        {"uid": one.uid, "file": one.file, "context": one.context, "list": one.list, "limit": one.limit}
        | {name: getattr(one.duty, name) for name in one.duty.__struct_fields__ if name != "trace"}
        for one in found
    ]
