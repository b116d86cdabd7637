"""The register of an instrument from a CSV table (RFC 4180): state, act, on, in_force, source, text."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator, Mapping

from proxeny.base.errors import Fault, InputError
from proxeny.base.wire import Limits, check_size, decode_text, digest_of, unknown_keys
from proxeny.instrument.norm import PartyAct, Register
from proxeny.instrument.register_names import LEFT_OUT, code_named, name_fault
from proxeny.instrument.untc import Imported
from proxeny.instrument.words import Words

COLUMNS = ("state", "act", "on", "in_force", "source", "text")
NEEDED = ("state", "act")
LIMITS = Limits(size=4 * 2**20)  # some 200 States with twenty acts and a reservation each stay below
MAX_TEXT = 400  # characters of a source or a text: as a register may hold


def read_register_csv(
    data: bytes,
    place: str,
    words: Words,
    as_of: dt.date,
    source: str = "",
    names: Mapping[str, str] | None = None,
) -> Imported:
    """The register of a table. A State is named by its code or its English name, days as 2026-03-02; `text` is what
    the act says (of a reservation). Raises InputError with every fault, each with line and column."""
    check_size(data, place, LIMITS)
    said = source or f"{place.rpartition('/')[2]} ({digest_of(data)})"
    faults: list[Fault] = []
    acts = [
        act
        for line, row in _rows(data, place, faults)
        if (act := _act(row, f"{place}, line {line}", words, as_of, said, names or {}, faults)) is not None
    ]
    if not acts and not faults:
        faults.append(Fault(place, "no row below the head", f"give rows of {', '.join(COLUMNS)}"))
    if faults:
        raise InputError(faults)
    return Imported(Register(tuple(acts), as_of, said))


def _rows(data: bytes, place: str, faults: list[Fault]) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows by the names of their columns, with the line where each ends."""
    text = decode_text(data, place)
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    header: list[str] | None = None
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if header is None:
                header = [cell.strip().lower() for cell in cells]
                faults.extend(_head_faults(header, f"{place}, line {reader.line_num}"))
                if faults:
                    return
            elif len(cells) > len(header):
                message = f"{len(cells)} cells where the head names {len(header)} columns"
                faults.append(
                    Fault(f"{place}, line {reader.line_num}", message, "quote cells that hold a comma")
                )
            else:
                yield reader.line_num, dict(zip(header, (cell.strip() for cell in cells), strict=False))
    except csv.Error as error:
        faults.append(Fault(f"{place}, line {reader.line_num}", f"no CSV: {error}", "correct the quotes"))


def _head_faults(header: list[str], place: str) -> Iterator[Fault]:
    yield from unknown_keys(dict.fromkeys(header), set(COLUMNS), place)
    for name in NEEDED:
        if name not in header:
            yield Fault(place, f"no column {name}", f"the head is {','.join(COLUMNS)}")
    for name in sorted({name for name in header if header.count(name) > 1}):
        yield Fault(place, f"the column {name[:40]!r} stands twice", "keep one")


def _act(
    row: Mapping[str, str],
    place: str,
    words: Words,
    as_of: dt.date,
    source: str,
    names: Mapping[str, str],
    faults: list[Fault],
) -> PartyAct | None:
    before = len(faults)
    name = row.get("state", "")
    if names.get(name) == LEFT_OUT:
        return None
    state = code_named(name, names)
    if state is None:
        faults.append(name_fault(f"{place} column state", name))
    act = row.get("act", "").lower().replace(" ", "_")
    if act not in words.acts:
        known = f"known: {', '.join(words.acts)}"
        faults.append(Fault(f"{place} column act", f"{act[:40]!r} is no act of a State", known))
    on = _day(row.get("on", ""), f"{place} column on", faults)
    in_force = _day(row.get("in_force", ""), f"{place} column in_force", faults)
    if on is not None and on > as_of:
        faults.append(
            Fault(f"{place} column on", f"{on} is after the day of the table ({as_of})", "correct one")
        )
    if on is not None and in_force is not None and in_force < on:
        faults.append(Fault(f"{place} column in_force", "in force before the act", "correct the days"))
    texts = {key: " ".join(row.get(key, "").split()) for key in ("source", "text")}
    for key, text in texts.items():
        if len(text) > MAX_TEXT:
            faults.append(Fault(f"{place} column {key}", f"longer than {MAX_TEXT} characters", "shorten it"))
        elif not text.isprintable():
            faults.append(Fault(f"{place} column {key}", "characters that cannot be printed", "remove them"))
    if len(faults) > before or state is None:
        return None
    return PartyAct(
        state=state, act=act, source=texts["source"] or source, on=on, in_force=in_force, note=texts["text"]
    )


def _day(text: str, place: str, faults: list[Fault]) -> dt.date | None:
    if not text:
        return None
    try:
        if len(text) == len("2026-03-02"):
            return dt.date.fromisoformat(text)
    except ValueError:
        pass
    faults.append(Fault(place, f"{text[:40]!r} is no day", "write it as 2026-03-02"))
    return None
