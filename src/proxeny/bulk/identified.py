"""Identifying the text of each row of a chunk; a row that is refused says why and the rest go on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from proxeny.base.errors import InputError, refuse
from proxeny.base.records import encode_json
from proxeny.base.wire import decode_json
from proxeny.bulk.chunks import Chunk, Done, Row

Identify = Callable[[str], Mapping[str, Any]]

RESULTS, REJECTED = "results", "rejected"
"""The streams of a run: one line a row, and again each refused row as it came, with its reasons."""


def identify_chunk(chunk: Chunk, field: str, identify: Identify, place: str) -> Done:
    """One result line a row, in order: {id, types, codes} or {id, types: [], codes: {}, faults}.

    A row must be an object with the text in `field`; its `id` is carried over, also when the row is refused, else the
    row's number is used.
    """
    results: list[bytes] = []
    rejected: list[bytes] = []
    for row in chunk.rows:
        value = None
        try:
            value = _decoded(row, place)
            text = _text_of(value, field, f"{place}, line {row.number}")
            results.append(encode_json({"id": _id_of(value, row.number), **identify(text)}))
        except InputError as error:
            faults = [str(fault) for fault in error.faults]
            identifier = _id_of(value, row.number)
            results.append(encode_json({"id": identifier, "types": [], "codes": {}, "faults": faults}))
            rejected.append(rejection(row, identifier, faults))
    streams = {RESULTS: _lines(results), REJECTED: _lines(rejected)}
    return Done(chunk.number, len(chunk.rows), len(rejected), streams)


def rejection(row: Row, identifier: Any, faults: list[str]) -> bytes:
    """The line of a refused row in the file of those: where it stood, why, and what it was."""
    return encode_json(
        {
            "row": row.number,
            "id": identifier,
            "faults": faults,
            "data": row.data.decode(errors="replace").rstrip(),
        }
    )


def _decoded(row: Row, place: str) -> Any:
    if row.fault:
        raise refuse("", row.fault)
    return decode_json(row.data, f"{place}, line {row.number}")


def _lines(values: list[bytes]) -> bytes:
    return b"".join(value + b"\n" for value in values)


def _id_of(row: Any, number: int) -> Any:
    return row.get("id", number) if isinstance(row, dict) else number


def _text_of(row: Any, field: str, place: str) -> str:
    if not isinstance(row, dict):
        raise refuse(place, "not an object", "one JSON object a line")
    text = row.get(field)
    if not isinstance(text, str):
        raise refuse(
            f"{place}/{field}",
            f"no text under {field!r}",
            f"name the field with --text; there are: {', '.join(map(str, row))[:200]}",
        )
    return text
