"""The entries of a national form: rows of a table as objects, or objects of JSON."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from proxeny.base.errors import Fault, InputError, refuse
from proxeny.base.wire import Limits
from proxeny.formats.csv_rows import csv_table
from proxeny.formats.entries import Entry, entries_of, json_entries, pointer
from proxeny.formats.form.mapping import Mapping


def form_entries(data: bytes, place: str, limits: Limits, mapping: Mapping) -> Iterator[Entry | Fault]:
    """The rows of a table as objects, or the entries of JSON."""
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start in (b"{", b"["):
        yield from _json(data, place, limits, mapping)
        return
    table = csv_table(data, place, limits, mapping.separator)
    faults = _missing(set(table.header), mapping, f"{place}, line 1")
    if faults:
        raise InputError(faults)
    for row in table.rows:
        if isinstance(row, Fault):
            yield row
        elif any(row.cells):
            part = f"line {row.line}"
            yield Entry(part, f"{place}, {part}", dict(zip(table.header, row.cells, strict=True)))


def _missing(header: set[str], mapping: Mapping, where: str) -> list[Fault]:
    """A fault for each source of which the table has no column, naming the nearest that it has."""
    faults = []
    for source in mapping.sources():
        if source.names and header.isdisjoint(source.names):
            near = get_close_matches(source.names[0], header, n=1)
            remedy = f"did you mean {near[0]!r}?" if near else "correct the mapping, or give the whole form"
            faults.append(Fault(where, f"no column {source.names[0]!r}, which the mapping names", remedy))
    return faults


def _json(data: bytes, place: str, limits: Limits, mapping: Mapping) -> Iterator[Entry | Fault]:
    entries = json_entries(data, place, limits)
    if mapping.records and len(entries) == 1:
        value: Any = at_pointer(entries[0].value, mapping.records)
        if value is None and _is_entry(entries[0].value, mapping):
            # One entry by itself, as a batch gives the rows of a table.
            yield entries[0]
            return
        if value is None:
            raise refuse(place, f"no member {mapping.records}, which the mapping names", "correct records:")
        entries = [
            Entry(mapping.records + (one.part or ""), one.place, one.value)
            for one in entries_of(value, place + mapping.records)
        ]
    for entry in entries:
        if isinstance(entry.value, dict):
            yield entry
        else:
            yield Fault(entry.place, "no object", "give each entry of the form as an object")


def _is_entry(value: Any, mapping: Mapping) -> bool:
    names = {name for source in mapping.sources() for name in source.names}
    return isinstance(value, dict) and not names.isdisjoint(value)


def at_pointer(value: Any, path: str) -> Any:
    """The value at a JSON pointer (RFC 6901), None where there is none."""
    for key in path[1:].split("/"):
        key = key.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict):
            value = value.get(key)
        elif isinstance(value, list) and key.isascii() and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
        else:
            return None
    return value


def members(value: Any, at: str, used: set[str], root: Any) -> Iterator[tuple[str, Any]]:
    """The members of an entry by name; those of objects that the mapping looks into, by pointer."""
    for key, item in value.items():
        path = at + pointer(key)
        name = key if value is root else path
        if name in used or path in used:
            continue
        if isinstance(item, dict) and item:
            yield from members(item, path, used, root)
        else:
            yield (name if value is root and not at else path), item
