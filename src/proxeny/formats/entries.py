"""The entries of a JSON file: one value, a list of values, or one value a line (JSON lines)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeVar

from proxeny.base.errors import Fault, InputError
from proxeny.base.wire import Limits, decode_json, decode_json_lines

MAX_FAULTS = 200  # of one file; a person corrects no more at a time, and memory stays bounded

MAX_NAMES, MAX_NAME = 40, 60  # how many names of members a loss shows, and how much of each
_FIRST_LINE_IS_WHOLE = re.compile(rb"(?:\xef\xbb\xbf)?\s*+\{[^\n]*\}[ \t\r]*+\n\s*+\{")

Read = TypeVar("Read")


class Entry(NamedTuple):
    """One value of a file: `part` names it within the file (None where it is the whole file)."""

    part: str | None
    place: str
    value: Any


def json_entries(data: bytes, place: str, limits: Limits) -> list[Entry]:
    """The entries of the file. Raises InputError where it is neither JSON nor JSON lines."""
    if _FIRST_LINE_IS_WHOLE.match(data):
        rows = decode_json_lines(data, place, limits)
        return [Entry(f"line {number}", f"{place}, line {number}", value) for number, value in rows]
    return entries_of(decode_json(data, place, limits), place)


def entries_of(value: Any, place: str) -> list[Entry]:
    """The items of a list, or the one value."""
    if isinstance(value, list):
        return [Entry(f"/{index}", f"{place}/{index}", item) for index, item in enumerate(value)]
    return [Entry(None, place, value)]


def read_each(entries: list[Entry], read_one: Callable[[Entry], Read]) -> list[Read]:
    """Every entry read; where some are faulty, one InputError with the faults of all (at most MAX_FAULTS)."""
    done: list[Read] = []
    faults: list[Fault] = []
    for entry in entries:
        try:
            done.append(read_one(entry))
        except InputError as error:
            faults += error.faults
            if len(faults) >= MAX_FAULTS:
                break
    if faults:
        raise InputError(faults[:MAX_FAULTS])
    return done


def all_or_none(rows: Iterable[Read | tuple[Fault, ...]], empty: InputError) -> list[Read]:
    """Every row that was read, where none is faulty; else one InputError with the faults of all (at most MAX_FAULTS).
    `empty` is raised where there is no row at all."""
    done: list[Read] = []
    faults: list[Fault] = []
    for row in rows:
        if isinstance(row, tuple):
            faults += row
            if len(faults) >= MAX_FAULTS:
                break
        else:
            done.append(row)
    if faults:
        raise InputError(faults[:MAX_FAULTS])
    if not done:
        raise empty
    return done


def pointer(*keys: object) -> str:
    """A JSON pointer (RFC 6901) to a member."""
    return "".join("/" + str(key).replace("~", "~0").replace("/", "~1") for key in keys)


def members_beside(owners: Iterable[dict[str, Any]], held: frozenset[str]) -> str:
    """The names of the members that hold anything in any of the objects and are not `held`, sorted, with commas."""
    owners = list(owners)
    names = set().union(*(owner.keys() for owner in owners)) - held
    said = sorted(name for name in names if any(owner.get(name) not in _NOTHING for owner in owners))
    shown = ", ".join(name[:MAX_NAME] for name in said[:MAX_NAMES])
    return shown + (f" and {len(said) - MAX_NAMES} more" if len(said) > MAX_NAMES else "")


_NOTHING: tuple[Any, ...] = (None, "", [], {})


def shortened(text: str, length: int = 120) -> str:
    """The first line of a text, cut at a word where it is longer than `length` code points."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    if len(line) <= length:
        return line
    head = line[:length]
    return (head.rpartition(" ")[0] if " " in head[length // 2 :] else head).rstrip(" ,;:") + "…"
