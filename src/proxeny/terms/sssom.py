"""Tables of tab-separated values: SSSOM mapping sets, code lists and aliases.

The form is the SSSOM TSV (mapping-commons.github.io/sssom/spec-formats-tsv): a YAML header in lines that
begin with `#`, then a header row and one mapping a row, with quotes as in CSV where a value needs them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from proxeny.base.errors import Fault, InputError, refuse

COLUMNS = (
    "subject_id",
    "subject_label",
    "predicate_id",
    "object_id",
    "object_label",
    "mapping_justification",
    "confidence",
    "comment",
)
CODE_COLUMNS = ("code", "label", "broader")
ALIAS_COLUMNS = ("scheme", "alias", "code")
REQUIRED_HEADER = ("mapping_set_id", "license", "curie_map")  # SSSOM: the slots a mapping set must have
PREDICATES = {
    "skos:exactMatch": "exact",
    "skos:closeMatch": "close",
    "skos:broadMatch": "broad",
    "skos:narrowMatch": "narrow",
    "skos:relatedMatch": "related",
}
JUSTIFICATION = "semapv:ManualMappingCuration"
NO_TERM = "sssom:NoTermFound"
UNMAPPED = "not mapped yet"
"""The comment of a code without a term in an imported vocabulary, until a person maps it."""

_CURIE = re.compile(r"([A-Za-z0-9_.\-]+):(\S.*)")
_QUOTED = '"'
_QUOTED_VALUE = re.compile(r'"((?:[^"]|"")*+)"(?=\t|\Z)')
_PLAIN_VALUE = re.compile(r"[^\t]*")


class Row(msgspec.Struct, frozen=True):
    """One row of a table, its values in the order of the columns, with the line it starts on (from 1)."""

    line: int
    values: tuple[str, ...]


class MappingRow(msgspec.Struct, frozen=True, kw_only=True):
    """One mapping of an SSSOM set. `confidence` is between 0 and 1."""

    subject_id: str
    subject_label: str
    predicate_id: str
    object_id: str
    object_label: str
    mapping_justification: str
    confidence: float
    comment: str = ""


class MappingSet(msgspec.Struct, frozen=True):
    """An SSSOM mapping set: what its header says, and its mappings in order, each with its line."""

    header: dict[str, Any]
    rows: tuple[MappingRow, ...]
    lines: tuple[int, ...]


def _split(line: str) -> list[str] | None:
    """The values of one line, or None where a quote is not closed."""
    if _QUOTED not in line:
        return line.split("\t")
    values: list[str] = []
    at = 0
    while at <= len(line):
        match = _QUOTED_VALUE.match(line, at)
        if match:
            values.append(match[1].replace(_QUOTED * 2, _QUOTED))
        elif line.startswith(_QUOTED, at):
            return None
        else:
            match = _PLAIN_VALUE.match(line, at)
            values.append(match[0] if match else "")
        at = (match.end() if match else at) + 1
    return values


def parse_table(text: str, place: str, columns: Sequence[str]) -> list[Row]:
    """The rows of a table with exactly these columns; `#` lines at its head and blank lines are passed over.

    Raises InputError with every faulty line.
    """
    rows, faults = _read_table(text, place, columns)
    if faults:
        raise InputError(faults)
    return rows


def _read_table(text: str, place: str, columns: Sequence[str]) -> tuple[list[Row], list[Fault]]:
    faults: list[Fault] = []
    rows: list[Row] = []
    headed = False
    for number, raw in enumerate(text.split("\n"), start=1):
        line = raw.removesuffix("\r")
        if not line or (line.startswith("#") and not headed):
            continue
        at = f"{place}, line {number}"
        values = _split(line)
        if values is None:
            faults.append(Fault(at, "a quote is not closed", "double the quotes inside a quoted value"))
        elif not headed:
            headed = True
            if tuple(values) != tuple(columns):
                return [], [Fault(at, "the columns differ", "they must be: " + ", ".join(columns))]
        elif len(values) != len(columns):
            short = f"{len(values)} values for {len(columns)} columns"
            faults.append(Fault(at, short, "put one tab between two values"))
        else:
            rows.append(Row(number, tuple(values)))
    if not headed:
        faults.append(Fault(place, "no header row", "begin with: " + ", ".join(columns)))
    return rows, faults


def render_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The text of a table. Values must hold no line break (ValueError), as SSSOM rows are lines."""
    lines = []
    for row in (columns, *rows):
        if any("\n" in value or "\r" in value or "\0" in value for value in row):
            raise ValueError("a value holds a line break")
        lines.append("\t".join(_quote(value) for value in row))
    return "\n".join(lines) + "\n"


def _quote(value: str) -> str:
    if "\t" in value or _QUOTED in value or value.startswith("#"):
        return _QUOTED + value.replace(_QUOTED, _QUOTED * 2) + _QUOTED
    return value


def _header(text: str, place: str) -> tuple[dict[str, Any], list[Fault]]:
    import yaml

    lines = []
    for line in text.split("\n"):
        if not line.startswith("#"):
            break
        lines.append(line[1:])
    try:
        header = yaml.safe_load("\n".join(lines)) or {}
    except yaml.YAMLError as error:
        return {}, [Fault(place, f"the header is not YAML: {error}", "correct the lines that begin with #")]
    if not isinstance(header, dict):
        return {}, [Fault(place, "the header is not a mapping", "write `name: value` after each #")]
    missing = [name for name in REQUIRED_HEADER if name not in header]
    return header, [Fault(place, f"the header lacks {name}", "SSSOM requires it") for name in missing]


def _mapping_row(row: Row, place: str, prefixes: Mapping[str, str]) -> tuple[MappingRow | None, list[Fault]]:
    subject, label, predicate, target, target_label, justification, stated, comment = row.values
    at = f"{place}, line {row.line}"
    faults = []
    for name, value in (("subject_id", subject), ("object_id", target)):
        match = _CURIE.fullmatch(value)
        if match is None or match[1] not in prefixes:
            faults.append(Fault(at, f"{name} {value[:60]!r} has no prefix of the curie_map", "declare it"))
    if predicate not in PREDICATES:
        faults.append(Fault(at, f"unknown predicate {predicate[:60]!r}", "known: " + ", ".join(PREDICATES)))
    if justification != JUSTIFICATION:
        faults.append(Fault(at, f"unknown justification {justification[:60]!r}", f"write {JUSTIFICATION}"))
    if target == NO_TERM and not comment:
        faults.append(Fault(at, "no term, and no reason why", "give the reason in the comment"))
    try:
        confidence = float(stated)
    except ValueError:
        confidence = -1.0
    if not 0 <= confidence <= 1:
        faults.append(Fault(at, f"confidence {stated[:20]!r} is not between 0 and 1", "e.g. 0.9"))
    if faults:
        return None, faults
    return MappingRow(
        subject_id=subject,
        subject_label=label,
        predicate_id=predicate,
        object_id=target,
        object_label=target_label,
        mapping_justification=justification,
        confidence=confidence,
        comment=comment,
    ), []


def parse_mappings(text: str, place: str) -> MappingSet:
    """An SSSOM mapping set from its text. Raises InputError with all faults, each with its line."""
    header, faults = _header(text, place)
    if faults:  # without its prefixes every row would be at fault
        raise InputError(faults)
    prefixes = header["curie_map"]
    if not isinstance(prefixes, dict):
        raise refuse(place, "curie_map is not a mapping", "write `prefix: address` lines under it")
    rows: list[MappingRow] = []
    lines: list[int] = []
    table, faults = _read_table(text, place, COLUMNS)
    for row in table:
        mapping, wrong = _mapping_row(row, place, prefixes)
        faults += wrong
        if mapping is not None:
            rows.append(mapping)
            lines.append(row.line)
    if faults:
        raise InputError(faults)
    return MappingSet(header, tuple(rows), tuple(lines))


def render_mappings(mappings: MappingSet) -> str:
    """The text of a mapping set; parsing it gives the same header and mappings."""
    import yaml

    header = yaml.safe_dump(mappings.header, allow_unicode=True, sort_keys=False, width=10_000)
    lines = "".join(f"#{line}\n" for line in header.rstrip("\n").split("\n"))
    table = render_table(COLUMNS, (_values(row) for row in mappings.rows))
    return lines + table


def _values(row: MappingRow) -> tuple[str, ...]:
    return (
        row.subject_id,
        row.subject_label,
        row.predicate_id,
        row.object_id,
        row.object_label,
        row.mapping_justification,
        repr(row.confidence).removesuffix(".0"),
        row.comment,
    )
