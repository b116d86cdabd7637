"""The register of an instrument from the participant table of the United Nations Treaty Collection.

Each date is an act, by its column and the mark that stands after it: A acceptance, AA approval, a accession,
d succession, s definitive signature, c formal confirmation. A participant or a date between brackets has withdrawn;
the day of that stands in a footnote only, so that its effect is left unknown (introduction to MTDSG).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping

import msgspec

from proxeny.base.errors import Fault, InputError
from proxeny.base.wire import digest_of
from proxeny.instrument.norm import PartyAct, Register
from proxeny.instrument.register_names import LEFT_OUT, code_named, name_fault
from proxeny.instrument.untc_xml import Cell, Participants, Row, Table, read_participants

ACTS = {
    "signature": "signature",
    "succession to signature": "signature",
    "ratification": "ratification",
    "acceptance": "acceptance",
    "approval": "approval",
    "accession": "accession",
    "succession": "succession",
    "definitive signature": "definitive_signature",
    "formal confirmation": "formal_confirmation",
    "act of formal confirmation": "formal_confirmation",
    "consent to be bound": "deposit",
    "provisional application": "provisional_application",
}
"""What a column may hold, by the collection's words, and the act that it is."""

_IN_FORCE = "entry into force"
_MARKS = {
    "A": "acceptance",
    "AA": "approval",
    "a": "accession",
    "d": "succession",
    "s": "definitive_signature",
    "c": "formal_confirmation",
}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DATE = re.compile(r"(\d{1,2})\s+([A-Za-z]{3,9})\.?\s+(\d{4})(?:\s*\(?([A-Za-z]{1,2})\)?(?![A-Za-z]))?")
_PART = re.compile(r"(?P<name>[^()]+?)\s*(?:\((?P<mark>[A-Za-z]{1,2})\))?\s*")
_BRACKETS = re.compile(r"\[(.*)\]\s*")
_BEFORE = "withdrawn: it stands between brackets, and the day of withdrawal in a footnote only"


class Imported(msgspec.Struct, frozen=True):
    """A register that was read, and what of it a person should look at."""

    register: Register
    remarks: tuple[Fault, ...] = ()


class Column(msgspec.Struct, frozen=True):
    """What the dates of a column are: by their mark, and without one (None: each needs a mark). `in_force`: they are
    no acts, but the days from which the row's act has effect."""

    title: str
    plain: str | None = None
    marks: Mapping[str, str] = {}
    in_force: bool = False


class _Reading(msgspec.Struct, frozen=True):
    """The file that is read, and what was found in it so far."""

    place: str
    names: Mapping[str, str]
    faults: list[Fault]
    remarks: list[Fault]
    acts: list[PartyAct]
    seen: dict[str, int]

    def at(self, row: Row) -> str:
        return f"{self.place}, line {row.line}"


def read_untc(
    data: bytes, place: str, as_of: dt.date, source: str = "", names: Mapping[str, str] | None = None
) -> Imported:
    """The register of an MTDSG file. `as_of`: the day of the table; `names`: what participants that no State's name
    fits are to be (a code, `organization`, or `-` to leave them out). Raises InputError with every fault."""
    found = read_participants(data, place)
    reading = _Reading(place, names or {}, [], [], [], {})
    for table in found.tables:
        _table(reading, table)
    for act in reading.acts:
        if act.on is not None and act.on > as_of:
            message = f"{act.act} of {act.state} on {act.on}, after the day of the table ({as_of})"
            reading.faults.append(Fault(place, message, "give the day on which it was downloaded"))
    if reading.faults:
        raise InputError(reading.faults)
    _compare(reading, found)
    said = source or f"United Nations Treaty Collection, {place.rpartition('/')[2]} ({digest_of(data)})"
    return Imported(Register(tuple(_sourced(reading.acts, said)), as_of, said), tuple(reading.remarks))


def _sourced(acts: list[PartyAct], source: str) -> Iterator[PartyAct]:
    return (msgspec.structs.replace(act, source=source) for act in acts)


def _table(reading: _Reading, table: Table) -> None:
    if table.header is None:
        message = "a table without a head"
        reading.faults.append(Fault(reading.place, message, "download the file again"))
        return
    columns = list(_columns(reading, table.header))
    for row in table.rows:
        _row(reading, row, columns)


def _columns(reading: _Reading, header: Row) -> Iterator[Column | None]:
    """The columns after the first, which names the participants."""
    for cell in header.cells[1:]:
        found = read_column(cell.text)
        if found is None:
            message = f"the column {cell.text[:60]!r} holds no act that is known"
            reading.faults.append(Fault(reading.at(header), message, f"known: {', '.join(ACTS)}"))
        yield found


def read_column(title: str) -> Column | None:
    """What a column holds: `Ratification, Acceptance(A), Accession(a)`; None where a part of it is no act."""
    if title.lower().startswith(_IN_FORCE):
        return Column(title, in_force=True)
    marks: dict[str, str] = {}
    plain: list[str] = []
    for part in re.split(r",|;|/|\band\b|\bor\b", title):
        match = _PART.fullmatch(part.strip())
        if match is None:
            return None
        act = _act(match["name"].lower())
        if act is None:
            return None
        if match["mark"]:
            marks[match["mark"]] = act
        else:
            plain.append(act)
    only = next(iter(marks.values())) if len(marks) == 1 and not plain else None
    return Column(title, plain[0] if plain else only, marks)


def _act(name: str) -> str | None:
    """The act of a column's words; what it is done under may follow (`provisional application under article 5`)."""
    words = " ".join(name.split())
    return ACTS.get(words) or next(
        (act for known, act in ACTS.items() if words.startswith(f"{known} ")), None
    )


def _row(reading: _Reading, row: Row, columns: list[Column | None]) -> None:
    if not row.cells:
        return
    name, gone = _unbracketed(row.cells[0].text)
    name = re.sub(r"[\d,*\s]+$", "", name)
    if reading.names.get(name) == LEFT_OUT:
        return
    state = code_named(name, reading.names)
    if state is None:
        reading.faults.append(name_fault(reading.at(row), name))
        return
    if state in reading.seen and state != "organization":
        message = f"{name[:60]!r} stands in line {reading.seen[state]} too"
        reading.faults.append(Fault(reading.at(row), message, "keep one row of a participant"))
        return
    reading.seen[state] = row.line
    if len(row.cells) - 1 > len(columns):
        message = f"{len(row.cells)} cells where the head names {len(columns) + 1} columns"
        reading.faults.append(Fault(reading.at(row), message, "download the file again"))
        return
    _acts(reading, row, state, gone, columns)


def _acts(reading: _Reading, row: Row, state: str, gone: bool, columns: list[Column | None]) -> None:
    found: list[PartyAct] = []
    effect = None
    withdrawn = gone
    for cell, column in zip(row.cells[1:], columns, strict=False):
        if column is None or not cell.text:
            continue
        dates, bracketed = _dates(reading, row, cell, column)
        withdrawn = withdrawn or bracketed
        if column.in_force:
            effect = dates[0][1] if dates else None
        note = _note((*row.cells[0].notes, *cell.notes))
        found += [PartyAct(state=state, act=act, source="", on=day, note=note) for act, day in dates]
    if effect is not None and found:
        found[-1] = msgspec.structs.replace(found[-1], in_force=effect)
    if withdrawn and found:
        reading.remarks.append(
            Fault(
                reading.at(row),
                f"{state} has {_BEFORE}",
                f"write in_force: with the withdrawal of {state}; without it its effect is unknown",
            )
        )
        found.append(PartyAct(state=state, act="withdrawal", source="", note=_BEFORE))
    reading.acts.extend(found)


def _note(numbers: tuple[str, ...]) -> str:
    return f"see footnote {', '.join(dict.fromkeys(numbers))} of the table" if numbers else ""


def _unbracketed(text: str) -> tuple[str, bool]:
    match = _BRACKETS.fullmatch(text)
    return (match[1].strip(), True) if match else (text, False)


def _dates(reading: _Reading, row: Row, cell: Cell, column: Column) -> tuple[list[tuple[str, dt.date]], bool]:
    """The acts and days of a cell, and whether they stand between brackets."""
    text, gone = _unbracketed(cell.text)
    found = []
    rest = text
    for match in _DATE.finditer(text):
        rest = rest.replace(match[0], "", 1)
        day = _day(match[1], match[2], match[3])
        mark = match[4] or ""
        act = column.marks.get(mark) or _MARKS.get(mark) if mark else column.plain
        if column.in_force:
            act = _IN_FORCE
        if day is None:
            reading.faults.append(
                Fault(reading.at(row), f"{match[0][:40]!r} is no day that exists", "correct it")
            )
        elif act is None:
            said = f"the mark {mark!r} of {match[0][:40]!r}" if mark else f"{match[0][:40]!r} without a mark"
            message = f"{said} in the column {column.title[:60]!r} tells no act"
            reading.faults.append(Fault(reading.at(row), message, f"known marks: {', '.join(_MARKS)}"))
        else:
            found.append((act, day))
    if rest.strip(" ;,/-–"):
        message = f"{text[:60]!r} is no date of the table"
        reading.faults.append(
            Fault(reading.at(row), message, "write it as 25 Oct 2025, with a mark after it")
        )
        return [], gone
    return found, gone


def _day(day: str, month: str, year: str) -> dt.date | None:
    if month[:3].lower() not in _MONTHS:
        return None
    try:
        return dt.date(int(year), _MONTHS.index(month[:3].lower()) + 1, int(day))
    except ValueError:
        return None


def _compare(reading: _Reading, found: Participants) -> None:
    """A remark where the head of the file counts others than its table holds: the table may be cut short."""
    binding = {
        act.state
        for act in reading.acts
        if act.act not in ("signature", "provisional_application", "withdrawal")
    }
    gone = {act.state for act in reading.acts if act.act == "withdrawal"}
    signed = {act.state for act in reading.acts if act.act in ("signature", "definitive_signature")}
    for name, states in (("signatories", signed), ("parties", binding - gone)):
        said = found.counts.get(name)
        if said is not None and said != len(states):
            message = f"its head counts {said} {name}, its table {len(states)}"
            reading.remarks.append(Fault(reading.place, message, "make sure that the table is whole"))
