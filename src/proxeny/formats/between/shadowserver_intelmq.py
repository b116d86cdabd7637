"""Rows of Shadowserver reports straight to IntelMQ events, as IntelMQ's own parser gives them, by the million.

For the header of a file one plan is made: which column goes to which field, through which function. Each row then only
runs through the plan. A value that its field does not take is kept under `extra.` and the column's name; a time, an
address or a port that is none, of the row's own end, is a fault of the row.
"""

from __future__ import annotations

import binascii
import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from proxeny.base.errors import Fault, refuse
from proxeny.base.wire import DEFAULT_LIMITS, Limits
from proxeny.formats.csv_rows import Row
from proxeny.formats.intelmq.values import CHECKS, UnfitError
from proxeny.formats.outgoing import Written
from proxeny.formats.shadowserver.read import Sheet, open_sheet, variant_of
from proxeny.formats.shadowserver.table import shipped, targets

Event = dict[str, Any]
"""An IntelMQ event in its flat form: names of fields, and values as IntelMQ's harmonisation has them."""

DOCUMENTATION = "https://www.shadowserver.org/what-we-do/network-reporting/{}/"

_IGNORED = frozenset(["", "-", "N/A"])  # what IntelMQ takes for no value
_UNSAID = frozenset(["0", "unknown"])  # what Shadowserver writes where it knows nothing
_TRUE = frozenset(["y", "yes", "true", "enabled", "1"])
_FALSE = frozenset(["n", "no", "false", "disabled", "0"])
_STRICT = frozenset(["time.source", "source.port"])  # without which a row is no event
_CACHED = 4096  # values of a column that are kept with their form; cities, names of sectors and days recur

_WHOLE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}://").match
_ADDRESS = re.compile(r"[0-9.]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*").fullmatch
_ENCODER = msgspec.json.Encoder()


def events(
    data: bytes, place: str, limits: Limits = DEFAULT_LIMITS, observed: dt.datetime | None = None
) -> Iterator[Event | Fault]:
    """The event of each row, or what is wrong with the row. `observed`: when the file was received.

    Raises InputError for a file whose header is that of no known report, naming the nearest.
    """
    sheet = open_sheet(data, place, limits)
    plan = _plan(sheet, observed)
    for row in sheet.rows:
        yield row if isinstance(row, Fault) else _event(row, plan, place)


def event_lines(
    data: bytes, place: str, limits: Limits = DEFAULT_LIMITS, observed: dt.datetime | None = None
) -> Iterator[bytes | Fault]:
    """As `events`, each event as JSON in UTF-8 without a line's end."""
    encode = _ENCODER.encode
    for found in events(data, place, limits, observed):
        yield found if isinstance(found, Fault) else encode(found)


def convert(data: bytes, place: str, at: dt.datetime) -> list[tuple[str | None, Written | Fault]]:
    """Each row of a file, by its line, as an event, or why it is none; `at` is the time of writing.

    Raises InputError for an unknown header, and for a file without rows.
    """
    done: list[tuple[str | None, Written | Fault]] = []
    sheet = open_sheet(data, place)
    plan = _plan(sheet, at)
    for row in sheet.rows:
        if isinstance(row, Fault):
            done.append((None, row))
            continue
        found = _event(row, plan, place)
        part = f"line {row.line}"
        done.append((part, found if isinstance(found, Fault) else Written(_ENCODER.encode(found))))
    if not done:
        raise refuse(place, "a header without rows", "give at least one row")
    return done


Convert = Callable[[str], Any]
"""From a cell that is not empty to the value, or None where it says nothing. Raises ValueError or UnfitError."""


class _Step(NamedTuple):
    """One column of the plan, for one of its fields."""

    at: int  # of the column, from 0
    column: str
    field: str
    convert: Convert


class _Plan(NamedTuple):
    """What each event of a file has, and the steps. `plain`: columns whose text is kept unless it is one of _UNSAID."""

    base: Event
    plain: tuple[tuple[int, str], ...]
    steps: tuple[_Step, ...]
    urls: tuple[_Step, ...]
    header: bytes  # the first line, as the raw text of an event begins
    sheet: Sheet


def _plan(sheet: Sheet, observed: dt.datetime | None) -> _Plan:
    known = shipped().columns
    plain: list[tuple[int, str]] = []
    steps: list[_Step] = []
    urls: list[_Step] = []
    for index, column in enumerate(sheet.header):
        for target in targets(sheet.kind, column, known):
            if target.convert == "word" and target.field.startswith("extra."):
                plain.append((index, target.field))
            elif target.convert == "url":
                urls.append(_Step(index, column, target.field, CHECKS[target.field]))
            else:
                steps.append(_Step(index, column, target.field, _converter(target.convert, target.field)))
    return _Plan(
        _base(sheet, observed), tuple(plain), tuple(steps), tuple(urls), sheet.raw.encode() + b"\n", sheet
    )


def _base(sheet: Sheet, observed: dt.datetime | None) -> Event:
    """What the type of report says of every row; it stands over what a row says of the same."""
    kind = sheet.kind
    said = {
        "__type": "Event",
        "feed.name": kind.feed,
        "feed.documentation": DOCUMENTATION.format(kind.page) if kind.page else "",
        "classification.taxonomy": kind.taxonomy,
        "classification.type": kind.classification,
        "classification.identifier": kind.identifier,
        "protocol.transport": kind.transport,
        "protocol.application": kind.application.lower(),
        "time.observation": observed.astimezone(dt.UTC).isoformat() if observed is not None else "",
    }
    return {name: value for name, value in said.items() if value}


def _event(row: Row, plan: _Plan, place: str) -> Event | Fault:
    cells = row.cells
    event: Event = {}
    for index, field in plan.plain:
        value = cells[index]
        if value and value not in _UNSAID:
            event[field] = value
    for index, column, field, convert in plan.steps:
        value = cells[index]
        if value:
            try:
                made = convert(value)
            except (UnfitError, ValueError) as error:
                if field in _STRICT:
                    return _fault(row, column, value, error, place)
                made = value
                field = f"extra.{column}"
            if made is not None:
                event[field] = made
    for index, column, field, check in plan.urls:
        if cells[index]:
            whole = _url(dict(zip(plan.sheet.header, cells, strict=True)), cells[index])
            try:
                event[field] = check(whole)
            except UnfitError:
                event[f"extra.{column}"] = whole
    if "time.source" not in event:
        return Fault(
            f"{place}, line {row.line}, column timestamp", "no time", "write it as 2026-01-31 08:00:00"
        )
    event.update(plan.base)
    if plan.sheet.kind.variants:
        _vary(event, plan.sheet, cells)
    event["raw"] = binascii.b2a_base64(plan.header + row.raw.encode(), newline=False).decode()
    return event


def _vary(event: Event, sheet: Sheet, cells: list[str]) -> None:
    variant = variant_of(sheet.kind, dict(zip(sheet.header, cells, strict=True)))
    if variant is not None:
        event["classification.taxonomy"] = variant.taxonomy
        event["classification.type"] = variant.classification
        event["classification.identifier"] = variant.identifier


def _fault(row: Row, column: str, value: str, error: Exception, place: str) -> Fault:
    what = error.message if isinstance(error, UnfitError) else f"{value[:40]!r} cannot be read"
    remedy = "write it as 2026-01-31 08:00:00" if column == "timestamp" else "correct it"
    return Fault(f"{place}, line {row.line}, column {column}", what, remedy)


def _url(cells: Mapping[str, str], path: str) -> str:
    """The URL that a path, a line of a request or a URL stands for, with the host that the row names."""
    host = next((cells[name] for name in ("cc_dns", "http_host", "hostname", "ip") if cells.get(name)), "")
    if not host or _WHOLE(path):
        return path
    slash = path.find("/")
    scheme = cells.get("application", "")
    tail = path[slash:].split(None, 1)[0] if slash >= 0 else ""
    return f"{scheme if scheme in ('http', 'https') else 'http'}://{host}{tail}"


# One function a converter of data/formats/shadowserver-columns.tsv, for a cell that is not empty.


def _converter(name: str, field: str) -> Convert:
    read = _READ[name]
    check = CHECKS.get(field)
    if check is None:
        return read
    if read is _text:
        return _kept(lambda value: None if value in _IGNORED else check(value))

    def checked(value: str) -> Any:
        made = read(value)
        return None if made is None else check(made)

    # Addresses and ports seldom recur, and are told by one pattern; the rest recurs in most rows of a file.
    return checked if name in ("ip", "int") else _kept(checked)


def _kept(convert: Convert) -> Convert:
    return lru_cache(maxsize=_CACHED)(convert)


def _text(value: str) -> str | None:
    return None if value in _IGNORED else value


def _word(value: str) -> str | None:
    return None if value in _UNSAID or value in _IGNORED else value


def _count(value: str) -> int | None:
    return int(value) or None


def _bool(value: str) -> bool | None:
    word = value.lower()
    return True if word in _TRUE else False if word in _FALSE else None


def _time(value: str) -> str:
    """Naive times are those of UTC: the documentation of Shadowserver's reports says so of every timestamp."""
    moment = dt.datetime.fromisoformat(value.removesuffix(" UTC"))
    if moment.tzinfo is None:
        return moment.replace(tzinfo=dt.UTC).isoformat()
    return moment.astimezone(dt.UTC).isoformat()


def _date(value: str) -> str:
    """A time as a server or a certificate writes it: of RFC 3339, or of RFC 5322, section 3.3."""
    try:
        return _time(value)
    except ValueError:
        from email.utils import parsedate_to_datetime

        moment = parsedate_to_datetime(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).astimezone(dt.UTC).isoformat()


def _ip(value: str) -> str | None:
    # A network stands in the same column of some reports; it has a field of its own.
    return None if "/" in value or value == "0.0.0.0" else value  # noqa: S104


def _network(value: str) -> str | None:
    return value if "/" in value else None


def _fqdn(value: str) -> str | None:
    """A name. An address in its place says what the column of addresses says already."""
    return None if value in _IGNORED or _ADDRESS(value) else value


def _base64(value: str) -> str:
    try:
        binascii.a2b_base64(value, strict_mode=True)
    except ValueError:
        return binascii.b2a_base64(value.encode(), newline=False).decode()
    return value


_READ: Mapping[str, Convert] = {
    "base64": _base64,
    "bool": _bool,
    "count": _count,
    "date": _date,
    "float": float,
    "fqdn": _fqdn,
    "int": int,
    "ip": _ip,
    "network": _network,
    "text": _text,
    "time": _time,
    "url": _text,
    "word": _word,
}
