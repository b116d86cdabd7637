"""The rows of a CSV file (RFC 4180), each with its line; what is wrong with one row is told of that row alone.

A quotation mark that is never closed spoils its own line and not the rest of the file. Cells are text: nothing in
them is calculated, followed or fetched.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import NamedTuple

from proxeny.base.errors import Fault, InputError
from proxeny.base.wire import DEFAULT_LIMITS, Limits, check_size, decode_text

MAX_CELL = (
    131_072  # code points of one cell: the limit of Python's csv module, which no feed we know comes near
)
MAX_LINES = 200  # of one row, whose cells hold line breaks; beyond it a quotation mark was forgotten
MAX_COLUMNS = 1_000  # the widest report of Shadowserver has some 110


class Row(NamedTuple):
    """The cells of one row. `line`: where it begins, from 1; `raw`: as written, without the line's end."""

    line: int
    cells: list[str]
    raw: str


class Table(NamedTuple):
    """The names of the columns, the line they stand in as written, and the rows below, read as they are asked for."""

    header: tuple[str, ...]
    raw: str
    rows: Iterator[Row | Fault]


def csv_table(
    data: bytes, place: str, limits: Limits = DEFAULT_LIMITS, separator: str = ",", short: int = 0
) -> Table:
    """The table of a file, in UTF-8, or in UTF-16 with a byte order mark.

    A row that cannot be read is a Fault among the rows. `short`: how many cells a row may lack at its end; they are
    taken as empty. Raises InputError where there is no header to read them by: an empty file, a name that is missing
    or stands twice.
    """
    check_size(data, place, limits)
    reading = _Reading(data, place, separator)
    first = next((at for at, line in enumerate(reading.lines) if line.strip()), None)
    if first is None:
        raise InputError(Fault(place, "the file is empty", "give a header and rows"))
    found, after = reading.row(first)
    if isinstance(found, Fault):
        raise InputError(found)
    header = tuple(cell.strip() for cell in found.cells)
    faults = _header_faults(header, f"{place}, line {found.line}")
    if faults:
        raise InputError(faults)
    return Table(header, found.raw, _rows(reading, after, len(header), short))


def _header_faults(header: tuple[str, ...], where: str) -> list[Fault]:
    faults = []
    seen: set[str] = set()
    if len(header) > MAX_COLUMNS:
        faults.append(Fault(where, f"more than {MAX_COLUMNS} columns", "leave out those that are empty"))
    for at, name in enumerate(header[:MAX_COLUMNS], start=1):
        if not name:
            faults.append(Fault(where, f"column {at} has no name", "name it, or leave it out"))
        elif name in seen:
            faults.append(Fault(where, f"the column {name[:60]!r} stands twice", "keep one"))
        seen.add(name)
    return faults


def _rows(reading: _Reading, at: int, width: int, short: int) -> Iterator[Row | Fault]:
    end = len(reading.lines)
    while at < end:
        if not reading.lines[at]:
            at += 1
            continue
        row, at = reading.row(at)
        if isinstance(row, Row) and len(row.cells) != width:
            count = len(row.cells)
            if width - short <= count < width:
                row.cells.extend([""] * (width - count))
                yield row
                continue
            yield Fault(
                f"{reading.place}, line {row.line}",
                f"{count} {'cell' if count == 1 else 'cells'} where the header names {width} columns",
                "the row seems cut short: send it again"
                if count < width
                else "quote cells that hold a separator",
            )
        else:
            yield row


class _Reading:
    """The lines of a file, and one reader that is handed one row at a time, so that no fault lasts beyond its row."""

    def __init__(self, data: bytes, place: str, separator: str) -> None:
        self.place = place
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            text, broken = decode_text(data, place), False
        else:
            # Bytes that are no UTF-8 become lone surrogates, told of their row later.
            try:
                text, broken = data.decode("utf-8-sig"), False
            except UnicodeDecodeError:
                text, broken = data.decode("utf-8-sig", "surrogateescape"), True
        self._suspect = broken or "\0" in text
        self.lines = text.replace("\r\n", "\n").removesuffix("\r").split("\n")
        self._line: str | None = None
        self._reader = csv.reader(self, strict=True, delimiter=separator)

    def __iter__(self) -> _Reading:
        return self

    def __next__(self) -> str:
        line, self._line = self._line, None
        if line is None:
            raise StopIteration
        return line

    def row(self, at: int) -> tuple[Row | Fault, int]:
        """The row that begins at a line, or what is wrong with it; and the line after it."""
        line = self._line = self.lines[at]
        after = at + 1
        try:
            cells = next(self._reader)
        except csv.Error as error:
            end = self._closing(at) if line.count('"') % 2 else None
            if end is None:
                return self._fault(at, str(error)), after
            line = self._line = "\n".join(self.lines[at:end])
            try:
                cells = next(self._reader)
            except csv.Error as second:
                return self._fault(at, str(second)), after
            after = end
        if (
            len(line) > MAX_CELL and max(map(len, cells)) > MAX_CELL
        ):  # the csv module's own limit is one of the process
            return self._fault(at, "field limit"), after
        if self._suspect:
            if "\0" in line:
                return Fault(f"{self.place}, line {at + 1}", "a NUL character", "remove it"), after
            if any("\ud800" <= char <= "\udfff" for char in line):
                return Fault(
                    f"{self.place}, line {at + 1}", "not UTF-8 text", "save the file as UTF-8"
                ), after
        return Row(at + 1, cells, line), after

    def _closing(self, at: int) -> int | None:
        """The line after the one that closes the quotation open at the end of a line; None where none does."""
        for end in range(at + 1, min(at + MAX_LINES, len(self.lines))):
            if self.lines[end].count('"') % 2:
                return end + 1
        return None

    def _fault(self, at: int, error: str) -> Fault:
        where = f"{self.place}, line {at + 1}"
        if "field limit" in error:
            return Fault(
                where, f"a cell longer than {MAX_CELL} characters", "shorten it, or send it as a file"
            )
        if "unexpected end" in error:
            return Fault(where, "a quotation mark is not closed", "close it; write one inside a cell twice")
        if "new-line" in error:
            return Fault(where, "a carriage return in the middle of a line", "end lines with LF or CR LF")
        return Fault(
            where, "a quotation mark in the wrong place", 'write the cell as "…", a mark inside it twice'
        )
