"""JSON lines in, JSON lines out, in order, one result a row; a row that is refused says why and the rest go on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from proxeny.base.errors import InputError, refuse
from proxeny.base.records import encode_json
from proxeny.base.wire import decode_json

Identify = Callable[[str], Mapping[str, Any]]


def identify_lines(
    lines: Iterable[bytes], field: str, identify: Identify, place: str, first: int = 1
) -> Iterator[tuple[bytes, bool]]:
    """The encoded result of each non-blank line and whether the row was good.

    A row must be an object with the text in `field`; its `id` is carried over, also when the row is refused, else the
    line's number is used. `first` is the number of the first line.
    """
    for number, line in enumerate(lines, start=first):
        if not line.strip():
            continue
        row = None
        try:
            row = decode_json(line, f"{place}, line {number}")
            text = _text_of(row, field, f"{place}, line {number}")
            yield encode_json({"id": _id_of(row, number), **identify(text)}), True
        except InputError as error:
            faults = [str(fault) for fault in error.faults]
            yield encode_json({"id": _id_of(row, number), "types": [], "codes": {}, "faults": faults}), False


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
