"""The report types of Shadowserver and their columns, as data/formats says them: a new type is one row there.

Sources: Shadowserver's own list of report types and fields (github.com/The-Shadowserver-Foundation/report_schema), and
the documented names of IntelMQ 3. What the columns of the three files mean stands in docs/reference/formats-shadowserver.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Literal, cast

import msgspec

from proxeny.base.errors import Fault, InputError
from proxeny.identify.report import Kind

CONVERTERS = frozenset(
    [
        "base64",
        "bool",
        "count",
        "date",
        "float",
        "fqdn",
        "int",
        "ip",
        "network",
        "text",
        "time",
        "url",
        "word",
    ]
)
"""How a cell is read; the conversion to IntelMQ has one function for each."""

_SIXTH = re.compile(r"6(?:_|$)")
_HEADS = (
    "type like feed kind classification identifier transport application severity page tells when fields columns",
    "field convert slot columns",
    "group columns",
)


class Target(msgspec.Struct, frozen=True):
    """Where a column's value goes: a field of IntelMQ (`extra.NAME` where it has none), and how it is read."""

    field: str
    convert: str


class Column(msgspec.Struct, frozen=True):
    """What a column of any report means. `slot`: what a Report makes of it, "" where it holds nothing of it."""

    target: Target
    slot: str


class Variant(msgspec.Struct, frozen=True):
    """What a row is where a word stands in one of its columns, instead of what the type says."""

    column: str
    word: str
    taxonomy: str
    classification: str
    identifier: str


class ReportType(msgspec.Struct, frozen=True, kw_only=True):
    """One type of report. `columns`: all that are known of it; `named`: they are not, so only a file's name tells it.
    `family`: which addresses it holds, where a twin holds the others. `tells`: (column, word) by which rows tell it."""

    name: str
    feed: str
    kind: Kind
    taxonomy: str
    classification: str
    identifier: str
    transport: str
    application: str
    severity: str
    page: str
    tells: tuple[tuple[str, str], ...]
    variants: tuple[Variant, ...]
    fields: Mapping[str, tuple[Target, ...]]
    columns: frozenset[str]
    named: bool
    family: Literal[4, 6] | None


class Types(msgspec.Struct, frozen=True):
    """All report types by name, and all columns by name."""

    types: Mapping[str, ReportType]
    columns: Mapping[str, Column]


@cache
def shipped() -> Types:
    """The types of data/formats, as compiled into the package."""
    made = import_module("proxeny.compiled.shadowserver")
    return parse_types(made.TYPES, made.COLUMNS, made.GROUPS)


def targets(kind: ReportType, column: str, known: Mapping[str, Column]) -> tuple[Target, ...]:
    """Where the values of a column go in a type of report. An unknown column is kept as text, as IntelMQ does."""
    own = kind.fields.get(column)
    if own is not None:
        return own
    found = known.get(column)
    target = found.target if found is not None else Target("extra", "text")
    return (_named(target, column),)


def _named(target: Target, column: str) -> Target:
    if target.field != "extra":
        return target
    return Target("extra." + re.sub(r"[^a-z0-9_]", "_", column.lower()), target.convert)


def parse_types(types: str, columns: str, groups: str) -> Types:
    """The types of the three tables of data/formats. Raises InputError with every row that is wrong."""
    faults: list[Fault] = []
    group = {row["group"]: tuple(row["columns"].split()) for _, row in _rows(groups, 2, faults)}
    known: dict[str, Column] = {}
    for place, row in _rows(columns, 1, faults):
        if row["convert"] not in CONVERTERS:
            faults.append(
                Fault(place, f"no converter {row['convert']!r}", f"one of: {', '.join(sorted(CONVERTERS))}")
            )
        for name in row["columns"].split():
            if name in known:
                faults.append(Fault(place, f"the column {name!r} stands twice", "keep one"))
            known[name] = Column(Target(row["field"], row["convert"]), row["slot"])
    raw = {row["type"]: (place, row) for place, row in _rows(types, 0, faults)}
    made: dict[str, ReportType] = {}
    for name, (place, row) in raw.items():
        whole = _with_likeness(row, raw)
        try:
            made[name] = _type(whole, row["like"], known, group)
        except (KeyError, ValueError) as error:
            faults.append(
                Fault(place, f"the type {name!r}: {error}", "see docs/reference/formats-shadowserver.md")
            )
    if faults:
        raise InputError(faults)
    twins = {kind.name for kind in made.values() if kind.family == 6}
    firsts = {raw[name][1]["like"] for name in twins}
    return Types(
        {
            name: msgspec.structs.replace(kind, family=4) if name in firsts and name not in twins else kind
            for name, kind in made.items()
        },
        known,
    )


def _rows(text: str, table: int, faults: list[Fault]) -> Iterator[tuple[str, dict[str, str]]]:
    name = ("shadowserver-types.tsv", "shadowserver-columns.tsv", "shadowserver-groups.tsv")[table]
    lines = text.splitlines()
    head = _HEADS[table].split()
    if not lines or lines[0].split("\t") != head:
        faults.append(Fault(f"{name}, line 1", "another header", " ".join(head)))
        return
    for number, line in enumerate(lines[1:], start=2):
        cells = line.split("\t")
        if len(cells) != len(head):
            faults.append(Fault(f"{name}, line {number}", f"{len(cells)} cells", f"give {len(head)}"))
        else:
            yield f"{name}, line {number}", dict(zip(head, cells, strict=True))


def _with_likeness(row: dict[str, str], raw: Mapping[str, tuple[str, dict[str, str]]]) -> dict[str, str]:
    """The row with the cells it leaves empty taken from the row it is like; `-` is an empty cell that is meant."""
    whole = dict(row)
    if row["like"]:
        for key, value in raw[row["like"]][1].items():
            whole[key] = whole[key] or value
    return {key: "" if value == "-" else value for key, value in whole.items()}


def _type(
    row: dict[str, str], like: str, known: Mapping[str, Column], groups: Mapping[str, tuple[str, ...]]
) -> ReportType:
    names: dict[str, None] = {}
    words = row["columns"].split()
    for word in words:
        for name in groups[word[1:]] if word.startswith("@") else (word,) if word != "?" else ():
            if name not in known:
                raise ValueError(f"the column {name!r} is not in shadowserver-columns.tsv")
            names[name] = None
    taxonomy, _, classification = row["classification"].partition("/")
    if not classification:
        raise ValueError("no classification such as vulnerable/vulnerable-system")
    return ReportType(
        name=row["type"],
        feed=row["feed"],
        kind=cast(Kind, row["kind"] or "incident"),
        taxonomy=taxonomy,
        classification=classification,
        identifier=row["identifier"],
        transport=row["transport"],
        application=row["application"],
        severity=row["severity"],
        page=row["page"],
        tells=tuple(_pair(word, ":") for word in row["tells"].split()),
        variants=tuple(_variant(word) for word in row["when"].split()),
        fields={
            name: _own(name, said, known) for name, said in (_pair(w, "=") for w in row["fields"].split())
        },
        columns=frozenset(names),
        named="?" in words,
        family=6 if like and _SIXTH.search(row["type"]) else None,
    )


def _pair(word: str, sign: str) -> tuple[str, str]:
    left, found, right = word.partition(sign)
    if not found or not left or not right:
        raise ValueError(f"{word!r} is not two words joined by {sign!r}")
    return left, right


def _variant(word: str) -> Variant:
    condition, said = _pair(word, "=")
    column, part = _pair(condition, ":")
    taxonomy, classification, identifier = said.split("/")
    return Variant(column, part, taxonomy, classification, identifier)


def _own(column: str, said: str, known: Mapping[str, Column]) -> tuple[Target, ...]:
    """The fields of `FIELD:CONVERTER+FIELD…`; without a converter, that of the column."""
    made = []
    for part in said.split("+"):
        field, _, convert = part.partition(":")
        convert = convert or known[column].target.convert
        if convert not in CONVERTERS:
            raise ValueError(f"no converter {convert!r}")
        made.append(_named(Target(field, convert), column))
    return tuple(made)
