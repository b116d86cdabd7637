"""Rows in numbered chunks: what one process is handed at a time, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

import msgspec

from proxeny.base.wire import DEFAULT_LIMITS

CHUNK_ROWS = 500  # enough work to be worth handing over, little enough to lose when a run is killed
CHUNK_BYTES = 8 * 2**20  # of rows in one chunk, so that a few chunks of large reports fit into memory
MAX_ROW = DEFAULT_LIMITS.size  # bytes of one row


class Row(msgspec.Struct, frozen=True, array_like=True):
    """One row: its number in the source (from 1) and its JSON, or why it could not be read. Of several sources, the
    `name` of the one it is from; a whole file is one row of number 0."""

    number: int
    data: bytes
    fault: str = ""
    name: str = ""


class Chunk(msgspec.Struct, frozen=True, array_like=True):
    """Rows that are worked on together. `number` counts the chunks of a source, from 0."""

    number: int
    rows: list[Row]


class Done(msgspec.Struct, frozen=True, array_like=True):
    """What came of a chunk: for each stream of output its JSON lines, and the counts."""

    number: int
    rows: int
    refused: int
    streams: dict[str, bytes]


Work = Callable[[Chunk], Done]
"""What is done with a chunk; the same on one process, on many, and on a cluster."""


def chunked(
    rows: Iterable[Row], most_rows: int = CHUNK_ROWS, most_bytes: int = CHUNK_BYTES
) -> Iterator[Chunk]:
    """The rows in chunks, cut by count and by size: the same chunks whenever the same rows are read."""
    source = iter(rows)
    number = 0
    while held := _taken(source, most_rows, most_bytes):
        yield Chunk(number, held)
        number += 1


def _taken(source: Iterator[Row], most_rows: int, most_bytes: int) -> list[Row]:
    held: list[Row] = []
    size = 0
    for row in islice(source, most_rows):
        held.append(row)
        size += len(row.data)
        if size >= most_bytes:
            break
    return held
