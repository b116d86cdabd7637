"""The rows of the participant table in the XML of the United Nations Treaty Collection, under limits.

The file is that of a treaty in "Multilateral Treaties Deposited with the Secretary-General" (MTDSG): below Treaty,
Participants holds tables, each with a Thead and the Rows of a Tbody, whose Row has one Entry a column. Nothing is
expanded, fetched or followed: a document type, and with it every entity that XML does not define itself, is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.parsers import expat

import msgspec

from proxeny.base.errors import InputError, refuse
from proxeny.base.wire import DEFAULT_LIMITS, Limits, check_size

DEEPEST = 64  # elements within elements; the table stands some eight deep
MAX_ROWS = 2_000  # of all tables; there are some 200 States, and a treaty has one table or a few
MAX_ENTRY = 2_000  # characters of one cell

_SEPARATOR = "\x1f"  # never part of a name or of a namespace: XML 1.0 does not allow it
_TABLE, _HEAD, _ROW, _ENTRY, _NOTE = "table", "thead", "row", "entry", "superscript"
_COUNTS = ("signatories", "parties")
_WRITTEN_NOTE = re.compile(r"<\s*superscript\s*>(.*?)<\s*/\s*superscript\s*>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^<>]{0,200}>")


class Cell(msgspec.Struct, frozen=True):
    """The text of an Entry without markup, and the numbers of the footnotes that stand in it."""

    text: str
    notes: tuple[str, ...] = ()


class Row(msgspec.Struct, frozen=True):
    """The cells of a row, and the line where it begins."""

    line: int
    cells: tuple[Cell, ...]


class Table(msgspec.Struct, frozen=True):
    """One participant table."""

    header: Row | None
    rows: tuple[Row, ...]


class Participants(msgspec.Struct, frozen=True):
    """The tables of a file, and how many signatories and parties its head says there are."""

    tables: tuple[Table, ...]
    counts: dict[str, int]


def read_participants(data: bytes, place: str, limits: Limits = DEFAULT_LIMITS) -> Participants:
    """The participant tables of a file. Raises InputError for what is not well-formed, for a document type, beyond
    the limits, and where there is no table."""
    check_size(data, place, limits)
    gathering = _Gathering(place)
    parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    gathering.line = lambda: parser.CurrentLineNumber
    parser.StartElementHandler = gathering.start
    parser.EndElementHandler = gathering.end
    parser.CharacterDataHandler = gathering.characters
    parser.StartDoctypeDeclHandler = gathering.doctype
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        where = f"{place}, line {error.lineno} column {error.offset + 1}"
        raise refuse(where, f"not XML: {expat.ErrorString(error.code)}", "download the file again") from error
    if not any(table.rows for table in gathering.tables):
        raise refuse(
            place,
            "no participant table in it",
            "give the XML of the treaty's page at treaties.un.org, or a CSV table",
        )
    return Participants(tuple(gathering.tables), gathering.counts)


class _Gathering:
    """Expat calls these four; what they gather is the tables."""

    def __init__(self, place: str) -> None:
        self.place = place
        self.line: Callable[[], int] = lambda: 0
        self.open: list[str] = []
        self.tables: list[Table] = []
        self.counts: dict[str, int] = {}
        self.header: Row | None = None
        self.rows: list[Row] = []
        self.cells: list[Cell] = []
        self.text: list[str] = []
        self.notes: list[str] = []
        self.begun = 0
        self.total = 0

    def start(self, tag: str, _: object) -> None:
        name = tag.rpartition(_SEPARATOR)[2].lower()
        if len(self.open) >= DEEPEST:
            raise self._refusal(f"nested deeper than {DEEPEST}", "it is no file of treaties.un.org")
        self.open.append(name)
        if name == _ROW:
            self.begun, self.cells = self.line(), []
        elif name == _ENTRY or name in _COUNTS:
            self.text, self.notes = [], []
        elif name == _TABLE:
            self.header, self.rows = None, []

    def end(self, tag: str) -> None:
        name = tag.rpartition(_SEPARATOR)[2].lower()
        self.open.pop()
        if name in _COUNTS and "".join(self.text).strip().isdecimal():
            self.counts[name] = int("".join(self.text).strip()[:6])
        if "participants" not in self.open:
            return
        if name == _ENTRY:
            self.cells.append(cell_of("".join(self.text), self.notes))
        elif name == _ROW:
            self._row(Row(self.begun, tuple(self.cells)))
        elif name == _TABLE:
            self.tables.append(Table(self.header, tuple(self.rows)))

    def characters(self, text: str) -> None:
        if _NOTE in self.open:
            self.notes.append(text)
        else:
            self.text.append(text)

    def doctype(self, *_: object) -> None:
        raise self._refusal(
            "a document type (<!DOCTYPE …>), which may define or fetch entities",
            "give the XML of treaties.un.org, not a web page",
        )

    def _row(self, row: Row) -> None:
        self.total += 1
        if self.total > MAX_ROWS:
            raise self._refusal(f"more than {MAX_ROWS} rows", "it is no table of participants")
        if _HEAD in self.open:
            self.header = row
        elif any(cell.text for cell in row.cells):
            self.rows.append(row)

    def _refusal(self, message: str, remedy: str) -> InputError:
        return refuse(f"{self.place}, line {self.line()}", message, remedy)


def cell_of(raw: str, notes: list[str]) -> Cell:
    """A cell. The collection writes the markup of footnotes as text (`&lt;superscript&gt;`); elements are taken too."""
    found = [*notes, *_WRITTEN_NOTE.findall(raw)]
    text = _TAG.sub("", _WRITTEN_NOTE.sub(" ", raw))
    numbers = [number for note in found for number in re.findall(r"\w+", note)]
    return Cell(" ".join(text.split())[:MAX_ENTRY], tuple(number[:10] for number in numbers))
