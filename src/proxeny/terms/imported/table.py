"""A national taxonomy in CSV as a vocabulary: code, label, and if wished broader, description and language.

A code that is told in several languages has a row for each; the first row tells its place in the order and its
broader code. Values may be parted by commas, semicolons or tabs, whichever the header line uses.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

import msgspec

from proxeny.base.errors import Fault, InputError, refuse
from proxeny.base.wire import check_size, decode_text, digest_of
from proxeny.terms.imported.records import (
    Entry,
    Imported,
    Note,
    checked_name,
    cleaned,
    entry_faults,
    raise_all,
)

COLUMNS = ("code", "label", "broader", "description", "language")
REQUIRED = ("code", "label")
_DELIMITERS = (",", ";", "\t")
_LANGUAGE_LETTERS = (2, 3)  # ISO 639-1 and 639-3


def read(data: bytes, place: str, name: str) -> Imported:
    """The vocabulary of a CSV file under this name. Raises InputError with every fault, each with its line."""
    check_size(data, place)
    text = decode_text(data, place)
    scheme = checked_name(name, place)
    rows, faults = _rows(text, place)
    entries = _merged(rows, faults)
    faults += entry_faults(entries, place) if entries or not faults else []
    raise_all(faults)
    return Imported(
        name=scheme,
        title=scheme,
        version=digest_of(data)[: len("sha256:") + 12],
        source=place.rpartition("/")[2],
        licence="not stated",
        spelling="machinetag" if all("=" in entry.code for entry in entries) else "plain",
        entries=tuple(entries),
    )


def parse_rows(text: str, place: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a table with the line each begins on. Raises InputError at what is no CSV (RFC 4180)."""
    lines = (line + "\n" for line in text.split("\n"))  # not at what Unicode also calls a line end
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        first = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise refuse(f"{place}, line {first}", f"not CSV: {error}", "correct the quotes") from error
        if any(value.strip() for value in row):
            yield first, row


def _rows(text: str, place: str) -> tuple[list[tuple[str, dict[str, str]]], list[Fault]]:
    """The rows as read, each with its place, by the names of their columns."""
    first = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    rows: list[tuple[str, dict[str, str]]] = []
    faults: list[Fault] = []
    header: Sequence[str] = ()
    try:
        for line, values in parse_rows(text, place, delimiter):
            at = f"{place}, line {line}"
            if not header:
                header = [value.strip().casefold() for value in values]
                faults += _header_faults(header, at)
                if faults:
                    return [], faults
            elif len(values) != len(header):
                faults.append(
                    Fault(at, f"{len(values)} values for {len(header)} columns", "one value a column")
                )
            else:
                rows.append((at, dict(zip(header, map(str.strip, values), strict=True))))
    except InputError as error:
        faults += error.faults
    if not header and not faults:
        faults.append(Fault(place, "no header line", "begin with: " + ",".join(COLUMNS)))
    return rows, faults


def _header_faults(header: Sequence[str], at: str) -> Iterator[Fault]:
    for column in header:
        if column not in COLUMNS:
            near = get_close_matches(column, COLUMNS, n=1)
            remedy = f"did you mean {near[0]!r}?" if near else "columns: " + ", ".join(COLUMNS)
            yield Fault(at, f"unknown column {column[:60]!r}", remedy)
    for column in REQUIRED:
        if column not in header:
            yield Fault(at, f"no column {column!r}", "columns: " + ", ".join(COLUMNS))
    if len(set(header)) < len(header):
        yield Fault(at, "a column stands twice", "keep one")


def _merged(rows: Sequence[tuple[str, dict[str, str]]], faults: list[Fault]) -> list[Entry]:
    """One entry a code, with the notes of all its rows."""
    entries: dict[str, Entry] = {}
    for at, row in rows:
        wrong = list(_row_faults(row, at, entries.get(row["code"])))
        faults += wrong
        if wrong:
            continue
        note = Note(
            row.get("language", "").casefold(), cleaned(row["label"]), cleaned(row.get("description", ""))
        )
        before = entries.get(row["code"])
        if before is None:
            entries[row["code"]] = Entry(row["code"], row.get("broader", ""), (note,), at)
        else:
            entries[row["code"]] = msgspec.structs.replace(before, notes=(*before.notes, note))
    return list(entries.values())


def _row_faults(row: dict[str, str], at: str, before: Entry | None) -> Iterator[Fault]:
    language = row.get("language", "").casefold()
    for column in REQUIRED:
        if not row[column]:
            yield Fault(at, f"no {column}", "fill it in")
    if language and not (language.isascii() and language.isalpha() and len(language) in _LANGUAGE_LETTERS):
        yield Fault(at, f"{language[:20]!r} is no language", "write its ISO 639 code, e.g. fr")
    if before is not None:
        if language in {note.language for note in before.notes}:
            told = f"in {language!r}" if language else "without a language"
            yield Fault(at, f"{row['code'][:60]!r} stands twice {told}", f"keep one; see {before.at}")
        if row.get("broader", "") not in ("", before.broader):
            yield Fault(at, f"{row['code'][:60]!r} has two broader codes", f"keep one; see {before.at}")
