"""Shadowserver reports (CSV) to Reports, one a row. Times are those of UTC, as Shadowserver writes them.

Where an address stands, and whose network it is, says nothing on whom an incident befell: columns of geography and of
the network's owner are losses, and so are passwords and names of accounts, whose values are never shown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any, Literal, NamedTuple

from proxeny.base.errors import Fault, InputError, refuse
from proxeny.base.wire import DEFAULT_LIMITS, Limits, digest_of
from proxeny.formats.csv_rows import Row, csv_table
from proxeny.formats.entries import all_or_none
from proxeny.formats.indicators import indicator_of, indicators_in_text
from proxeny.formats.shadowserver.header import SAMPLE, recognise
from proxeny.formats.shadowserver.table import ReportType, Variant, shipped
from proxeny.identify.report import Indicator, Loss, Report, Tag, Withheld

SHORT = 1  # cells a row may lack at its end: real reports lack the one added last
MAX_TEXT = 4_000  # code points of one cell that is read for meaning
NOTHING = frozenset(["", "0", "unknown", "-", "N/A"])  # what says that nothing is said

Side = Literal["source", "target"]
SIDES: tuple[Side, Side] = ("source", "target")


class Sheet(NamedTuple):
    """A file whose type of report is known, and its rows, read as they are asked for."""

    kind: ReportType
    header: tuple[str, ...]
    raw: str  # the line of the header
    rows: Iterator[Row | Fault]


def open_sheet(data: bytes, place: str, limits: Limits = DEFAULT_LIMITS) -> Sheet:
    """The type of a file's report, and its rows, or what is wrong with each. Raises InputError for an unknown header."""
    table = csv_table(data, place, limits, short=SHORT)
    sample = list(islice(table.rows, SAMPLE))
    good = [row for row in sample if isinstance(row, Row)]
    kind = recognise(table.header, good, place)
    return Sheet(kind, table.header, table.raw, chain(sample, table.rows))


def read(data: bytes, place: str, limits: Limits = DEFAULT_LIMITS) -> list[Report]:
    """The Reports of a file, one a row.

    Raises InputError: for an unknown header, naming the nearest type of report; else with the faults of every row (at
    most MAX_FAULTS).
    """
    empty = refuse(place, "a header without rows", "give at least one row")
    return all_or_none(read_rows(data, place, limits), empty)


def read_rows(
    data: bytes, place: str, limits: Limits = DEFAULT_LIMITS
) -> Iterator[Report | tuple[Fault, ...]]:
    """Each row's Report, or its faults, so that a batch goes on. Raises InputError for an unknown header only."""
    sheet = open_sheet(data, place, limits)
    digest = digest_of(data)
    columns = shipped().columns
    slots = [(name, columns[name].slot if name in columns else "") for name in sheet.header]
    for row in sheet.rows:
        if isinstance(row, Fault):
            yield (row,)
            continue
        try:
            yield _report(row, slots, sheet.kind, digest, place)
        except InputError as error:
            yield error.faults


class _Gathered(NamedTuple):
    """What the cells of one row say. `ends`: address, port and the like of each end of a connection."""

    ends: dict[Side, dict[str, tuple[str, str]]]
    indicators: dict[tuple[str, str], Indicator]
    texts: list[str]
    withheld: list[Withheld]
    unheld: list[str]
    losses: list[Loss]


def moment_of(text: str) -> dt.datetime:
    """The moment of a timestamp of Shadowserver, in UTC. Raises ValueError."""
    moment = dt.datetime.fromisoformat(text.strip().removesuffix(" UTC"))
    return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)


def variant_of(kind: ReportType, cells: dict[str, str]) -> Variant | None:
    """What the row is instead of what its type says, where a word of it says so."""
    return next((one for one in kind.variants if one.word in cells.get(one.column, "").lower()), None)


def _report(row: Row, slots: list[tuple[str, str]], kind: ReportType, digest: str, place: str) -> Report:
    at = f"line {row.line}"
    cells = {name: cell.strip() for (name, _), cell in zip(slots, row.cells, strict=True)}
    gathered = _Gathered({"source": {}, "target": {}}, {}, [], [], [], [])
    protocol = _protocol(kind, cells)
    said = [(name, slot, cells[name]) for name, slot in slots if cells[name] not in NOTHING]
    for name, slot, value in said:
        what, _, end = slot.partition(":")
        for side in SIDES:
            if end == side:
                gathered.ends[side].setdefault(what, (value, f"{at}, column {name}"))
    for side in SIDES:
        _take_end(gathered, side, protocol)
    for name, slot, value in said:
        if ":" not in slot:
            _take(gathered, name, slot, value, at)
    if not gathered.indicators and not gathered.texts:
        raise refuse(
            f"{place}, {at}", "neither an address nor anything that happened", "send the row again whole"
        )
    variant = variant_of(kind, cells) if kind.variants else None
    return Report(
        digest=digest,
        format="shadowserver",
        kind=kind.kind,
        part=at,
        source_id=cells.get("event_id") or None,
        title=_title(kind, gathered),
        text="\n".join(gathered.texts),
        occurred=_occurred(cells, f"{place}, {at}"),
        tags=_tags(kind, variant, at),
        indicators=tuple(gathered.indicators.values()),
        reporter="Shadowserver",
        losses=_losses(gathered, at),
        withheld=tuple(gathered.withheld),
    )


def _occurred(cells: dict[str, str], where: str) -> dt.datetime:
    written = cells["timestamp"]
    try:
        return moment_of(written)
    except (ValueError, OverflowError):
        raise refuse(
            f"{where}, column timestamp",
            f"{written[:40]!r} is not a time",
            "write it as 2026-01-31 08:00:00 (UTC)",
        ) from None


def _tags(kind: ReportType, variant: Variant | None, at: str) -> tuple[Tag, ...]:
    """The type of report; and the class that Shadowserver gives it, which only classifies where the row, not the type
    of report, says it."""
    name, scope = (variant.classification, "event") if variant is not None else (kind.classification, "part")  # type: str, Literal["event", "part"]
    return (
        Tag(scheme="shadowserver", code=kind.name, raw=kind.name, at=at),
        Tag(scheme="intelmq", code=name, raw=name, at=at, scope=scope),
    )


def _protocol(kind: ReportType, cells: dict[str, str]) -> str | None:
    """That of transport where the row or its type says it, else that of the application."""
    said = (cells.get("protocol"), kind.transport, cells.get("application"), kind.application)
    return next((word.lower() for word in said if word and word not in NOTHING), None)


def _take(gathered: _Gathered, name: str, what: str, value: str, at: str) -> None:
    """What one cell says, by the slot of its column."""
    if what in ("time", "transport", "application", "id"):
        return
    if what == "text":
        gathered.texts.append(f"{name}: {value[:MAX_TEXT]}")
        _lose_beyond(gathered, name, value, at)
    elif what == "tag":
        gathered.texts.append(f"{name}: {value[:MAX_TEXT]}")
        _lose_beyond(gathered, name, value, at)
        for found in indicators_in_text(value.upper()):
            if found.type == "cve":
                _add(gathered, found.type, found.value, f"{at}, column {name}")
    elif what == "actor":
        gathered.withheld.append(Withheld(kind="actor", value=value[:500], at=f"{at}, column {name}"))
    elif what == "secret":
        gathered.losses.append(
            Loss(at=f"{at}, column {name}", why="an account or password: not held, not shown")
        )
    elif what == "severity":
        why = f"severity {value[:40]!r}: Shadowserver's own scale, taken for no level here"
        gathered.losses.append(Loss(at=f"{at}, column {name}", why=why))
    elif what and indicator_of(what, value) is not None:
        _add(gathered, what, value, f"{at}, column {name}")
    else:
        gathered.unheld.append(name)


def _lose_beyond(gathered: _Gathered, name: str, value: str, at: str) -> None:
    if len(value) > MAX_TEXT:
        why = f"what stands beyond its first {MAX_TEXT} characters"
        gathered.losses.append(Loss(at=f"{at}, column {name}", why=why))


def _take_end(gathered: _Gathered, side: Side, protocol: str | None) -> None:
    """The observables of one end of a connection: its address with port and protocol, its name, network and URL."""
    end = gathered.ends[side]
    port = _port(gathered, end)
    for what, (value, where) in end.items():
        # An address stands where a name belongs in some reports, a network where an address belongs in others.
        found = indicator_of(what, value, where) or indicator_of("ip", value, where)
        if found is None:
            # Many reports put a path, or a name that is none, where a whole one belongs.
            gathered.losses.append(Loss(at=where, why=f"{value[:60]!r} is no {what}"))
            continue
        whole = found.type in ("ipv4", "ipv6")
        gathered.indicators.setdefault(
            (found.type, found.value),
            Indicator(
                type=found.type,
                value=found.value,
                at=where,
                role=side,
                port=port if whole else None,
                protocol=protocol if whole else None,
            ),
        )
    if "ip" not in end and port is not None:
        gathered.losses.append(
            Loss(at=_port_column(side), why=f"port {port} of an address that is not given")
        )


def _port_column(side: Side) -> str:
    """The columns of a port, for a person."""
    return "column port or src_port" if side == "source" else "column dst_port"


def _port(gathered: _Gathered, end: dict[str, tuple[str, str]]) -> int | None:
    value, where = end.pop("port", ("", ""))
    if not value:
        return None
    if value.isascii() and value.isdigit() and len(value) < 6 and int(value) < 65_536:
        return int(value)
    gathered.losses.append(Loss(at=where, why=f"{value[:40]!r} is no port"))
    return None


def _add(gathered: _Gathered, kind: str, value: str, where: str) -> None:
    found = indicator_of(kind, value, where)
    if found is not None:
        gathered.indicators.setdefault((found.type, found.value), found)


def _title(kind: ReportType, gathered: _Gathered) -> str:
    first: Any = next(iter(gathered.indicators.values()), None)
    return f"{kind.feed}: {first.value}" if first is not None else kind.feed


def _losses(gathered: _Gathered, at: str) -> tuple[Loss, ...]:
    losses = list(gathered.losses)
    if gathered.unheld:
        losses.append(Loss(at=at, why=f"not held: {', '.join(name[:60] for name in gathered.unheld)}"))
    return tuple(losses)
