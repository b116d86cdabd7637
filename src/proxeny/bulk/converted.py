"""Converting each row of a chunk: a whole file, or one report of a file of JSON lines."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from pathlib import PurePath
from typing import Any

import msgspec

from proxeny.base.errors import InputError
from proxeny.base.records import encode_json
from proxeny.bulk.chunks import Chunk, Done, Row
from proxeny.bulk.identified import REJECTED, rejection

LOSSES = "losses"
"""The stream of what was lost: one line a loss."""
TABLE = ".csv"
"""The ending of a target whose reports are rows under one header."""
OUTPUT = "out:"
"""What the name of a stream begins with whose bytes are a file of the target format."""

Convert = Callable[[bytes, str], list[Any]]
"""From bytes and a place to records with `part`, `data`, `faults`, `read` and `written` (actions.convert)."""


_NUMBER = re.compile(r"-[0-9]+\Z")


class Naming(msgspec.Struct, frozen=True):
    """How the files of a target are named, and whether its entries may stand one a line."""

    suffix: str
    lines: bool
    bases: dict[str, str]  # from the name of a source to what its output's name begins with


def convert_chunk(chunk: Chunk, convert: Convert, naming: Naming) -> Done:
    """The files that come of the rows, what was lost on the way, and the rows that were refused."""
    streams: dict[str, list[bytes]] = {}
    rejected: list[bytes] = []
    further = 0  # reports of a row beyond its first
    for row in chunk.rows:
        place = f"{row.name}, line {row.number}" if row.number else row.name
        try:
            if row.fault:
                raise InputError(())
            found = convert(row.data, place)
        except InputError as error:
            faults = [str(fault) for fault in error.faults] or [row.fault]
            rejected.append(_rejected(row, faults))
            continue
        rejected += [_rejected(row, [str(fault) for fault in one.faults]) for one in found if one.faults]
        further += len(found) - 1
        good = [one for one in found if not one.faults]
        for name, data in _files(row, good, naming):
            streams.setdefault(OUTPUT + name, []).append(data)
        streams.setdefault(LOSSES, []).extend(_losses(row, good))
    streams[REJECTED] = rejected
    joined = {name: _joined(name, parts) for name, parts in streams.items()}
    return Done(chunk.number, len(chunk.rows) + further, len(rejected), joined)


def _joined(name: str, parts: list[bytes]) -> bytes:
    if not name.endswith(TABLE):
        return b"".join(parts)
    return b"".join((*parts[:1], *map(without_header, parts[1:])))


def without_header(table: bytes) -> bytes:
    """The rows of a CSV table, whose header is one line."""
    return table.partition(b"\n")[2]


def bases(sources: Iterable[str]) -> dict[str, str]:
    """What the output of each source is named by: its name without endings, a number after those that recur
    or that would be the name of a report of another source."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    plain = {source: PurePath(source).name.partition(".")[0] or "report" for source in sources}
    for source, base in plain.items():
        name, number = base, 1
        while name in taken or not _heads(name).isdisjoint(plain.values()):
            number += 1
            name = f"{base}.{number}"
        taken.add(name)
        found[source] = name
    return found


def _heads(name: str) -> set[str]:
    """The sources one of whose reports would be named so: `a-1` is the first of `a`."""
    found = set()
    while match := _NUMBER.search(name):
        name = name[: match.start()]
        found.add(name)
    return found


def is_output(name: str, naming: Naming) -> bool:
    """Whether a file of this name may be one of those that are written."""
    for ending in (naming.suffix, f"{naming.suffix}l"):
        base = name.removesuffix(ending)
        if base != name and not (_heads(base) | {base}).isdisjoint(naming.bases.values()):
            return True
    return False


def _files(row: Row, found: list[Any], naming: Naming) -> Iterable[tuple[str, bytes]]:
    base = naming.bases[row.name]
    if naming.suffix == TABLE:
        return [(f"{base}{TABLE}", one.data) for one in found]
    if row.number and naming.lines:
        return [(f"{base}{naming.suffix}l", one_line(one.data)) for one in found]
    if row.number:
        return [
            (f"{base}-{row.number}{_which(i, found)}{naming.suffix}", one.data) for i, one in enumerate(found)
        ]
    if len(found) > 1 and naming.lines:
        return [(f"{base}{naming.suffix}l", one_line(one.data)) for one in found]
    return [(f"{base}{_which(index, found)}{naming.suffix}", one.data) for index, one in enumerate(found)]


def _which(index: int, found: list[Any]) -> str:
    return f"-{index + 1}" if len(found) > 1 else ""


def one_line(data: bytes) -> bytes:
    """A JSON value on a line of its own."""
    if b"\n" in data.rstrip(b"\n"):
        data = json.dumps(msgspec.json.decode(data), ensure_ascii=False).encode()
    return data.rstrip(b"\n") + b"\n"


def _losses(row: Row, found: list[Any]) -> list[bytes]:
    """{source, row, part, side, at, why}: `side` says whether reading or writing lost it."""
    return [
        encode_json(
            {
                "source": row.name,
                "row": row.number,
                "part": one.part,
                "side": side,
                "at": loss.at,
                "why": loss.why,
            }
        )
        + b"\n"
        for one in found
        for side in ("read", "written")
        for loss in getattr(one, side)
    ]


def _rejected(row: Row, faults: list[str]) -> bytes:
    kept = row if row.number else msgspec.structs.replace(row, data=b"")  # a whole file stands where it stood
    return rejection(kept, row.name, faults) + b"\n"
