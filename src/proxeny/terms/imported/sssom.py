"""An SSSOM mapping set in TSV as a vocabulary: what it maps are the codes, and what it maps them to their concepts.

Any columns that SSSOM knows may stand in any order; those of no use here are passed over. Either side may hold the
vocabulary's codes; where it is the object, the predicates are turned round. Percent-encoded codes are decoded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from proxeny.base.errors import Fault, InputError, refuse
from proxeny.base.wire import check_size, decode_text, digest_of
from proxeny.base.yaml_wire import decode_yaml
from proxeny.terms.crosswalk import Predicate
from proxeny.terms.curie import TERMS, percent_decode
from proxeny.terms.imported.records import (
    Entry,
    Imported,
    Link,
    Note,
    checked_name,
    cleaned,
    entry_faults,
    raise_all,
)
from proxeny.terms.imported.table import parse_rows
from proxeny.terms.sssom import NO_TERM

UNSTATED = 0.8
"""Confidence of a mapping that states none: it was judged, and nobody says how surely."""

REQUIRED = ("subject_id", "predicate_id", "object_id", "mapping_justification")
"""The slots without which SSSOM knows no mapping."""

_PREDICATES: dict[str, Predicate] = {
    "skos:exactMatch": "exact",
    "skos:closeMatch": "close",
    "skos:broadMatch": "broad",
    "skos:narrowMatch": "narrow",
    "skos:relatedMatch": "related",
    "owl:equivalentClass": "exact",
    "owl:sameAs": "exact",
    "rdfs:subClassOf": "broad",
    "semapv:crossSpeciesExactMatch": "related",
}
_TURNED: dict[Predicate, Predicate] = {"broad": "narrow", "narrow": "broad"}
_CONCEPTS = "px"


class _Row(msgspec.Struct, frozen=True):
    """A row in the direction from the vocabulary's code."""

    at: str
    prefix: str
    code: str
    label: str
    predicate: Predicate
    target: str
    confidence: float
    comment: str


def read(data: bytes, place: str, name: str | None = None) -> Imported:
    """The vocabulary of an SSSOM file: that of the prefix which most rows map. `name` in place of the prefix.

    Raises InputError with every fault, each with its line.
    """
    check_size(data, place)
    text = decode_text(data, place)
    head, body, first = _parted(text)
    header = _header(head, place)
    prefixes = {str(key): str(value) for key, value in header["curie_map"].items()}
    faults: list[Fault] = []
    rows = list(_rows(body, place, first, prefixes, faults))
    raise_all(faults)
    if not rows:
        raise refuse(place, "no mappings", "give at least one row")
    prefix = Counter(row.prefix for row in rows).most_common(1)[0][0]
    scheme = checked_name(name or prefix, place)
    own = [row for row in rows if row.prefix == prefix]
    entries = _entries(own)
    raise_all(entry_faults(entries, place))
    return Imported(
        name=scheme,
        title=cleaned(header.get("mapping_set_title")) or scheme,
        version=str(
            header.get("subject_source_version") or header.get("mapping_set_version") or digest_of(data)[:19]
        ),
        source=str(header.get("mapping_set_id") or place.rpartition("/")[2]),
        licence=str(header.get("license") or "not stated"),
        spelling="machinetag" if all("=" in entry.code for entry in entries) else "plain",
        entries=tuple(entries),
        links=tuple(_links(own)),
        reasons={row.code: row.comment or "no concept found" for row in own if row.target == NO_TERM},
        address=prefixes.get(prefix, ""),
        passed_over=tuple(
            f"{row.at}: a code of {row.prefix}, not of {prefix}" for row in rows if row.prefix != prefix
        ),
    )


def _parted(text: str) -> tuple[str, str, int]:
    """The YAML of the lines that begin with `#`, the table, and the line on which the table begins."""
    lines = text.split("\n")
    size = next((at for at, line in enumerate(lines) if not line.startswith("#")), len(lines))
    return "\n".join(line[1:] for line in lines[:size]), "\n".join(lines[size:]), size + 1


def _header(head: str, place: str) -> dict[str, Any]:
    value = decode_yaml(head.encode(), f"{place}, header").value if head.strip() else {}
    if not isinstance(value, dict) or not isinstance(value.get("curie_map"), dict):
        raise refuse(place, "the header has no curie_map", "SSSOM in TSV begins with `#curie_map:` lines")
    return value


def _rows(
    body: str, place: str, first: int, prefixes: Mapping[str, str], faults: list[Fault]
) -> Iterator[_Row]:
    columns: Sequence[str] = ()
    own_prefix = next((key for key, value in prefixes.items() if value == TERMS), _CONCEPTS)
    try:
        for line, values in parse_rows(body, place, "\t"):
            at = f"{place}, line {line + first - 1}"
            if not columns:
                columns = [value.strip() for value in values]
                missing = [name for name in REQUIRED if name not in columns]
                faults += [Fault(at, f"no column {name}", "SSSOM requires it") for name in missing]
                if missing:
                    return
            elif len(values) != len(columns):
                what = f"{len(values)} values for {len(columns)} columns"
                faults.append(Fault(at, what, "put one tab between two values"))
            else:
                row = _row(dict(zip(columns, values, strict=True)), at, own_prefix, prefixes, faults)
                if row is not None:
                    yield row
    except InputError as error:
        faults += error.faults
    if not columns and not faults:
        faults.append(Fault(place, "no header row", "begin with: " + ", ".join(REQUIRED)))


def _row(
    cells: Mapping[str, str], at: str, concepts: str, prefixes: Mapping[str, str], faults: list[Fault]
) -> _Row | None:
    subject, target, predicate = cells["subject_id"], cells["object_id"], cells["predicate_id"]
    wrong = []
    for column, value in (("subject_id", subject), ("object_id", target)):
        prefix, colon, local = value.partition(":")
        if not colon or not local or (prefix not in prefixes and value != NO_TERM):
            wrong.append(Fault(at, f"{column} {value[:60]!r} has no prefix of the curie_map", "declare it"))
    if predicate not in _PREDICATES:
        known = ", ".join(_PREDICATES)
        wrong.append(Fault(at, f"predicate {predicate[:60]!r} says nothing here", f"known: {known}"))
    confidence = _confidence(cells.get("confidence", ""))
    if confidence is None:
        wrong.append(Fault(at, f"confidence {cells['confidence'][:20]!r} is not between 0 and 1", "e.g. 0.9"))
    faults += wrong
    if wrong or confidence is None:
        return None
    turned = subject.partition(":")[0] == concepts
    relation = _PREDICATES[predicate]
    code, other = (target, subject) if turned else (subject, target)
    prefix, _, local = code.partition(":")
    label = cleaned(cells.get("object_label" if turned else "subject_label", ""))
    return _Row(
        at,
        prefix,
        percent_decode(local),
        label or percent_decode(local),
        _TURNED.get(relation, relation) if turned else relation,
        _target(other, concepts),
        confidence,
        cleaned(cells.get("comment", "")),
    )


def _confidence(stated: str) -> float | None:
    if not stated.strip():
        return UNSTATED
    try:
        value = float(stated)
    except ValueError:
        return None
    return value if 0 <= value <= 1 else None


def _target(curie: str, concepts: str) -> str:
    prefix, _, local = curie.partition(":")
    return f"{_CONCEPTS if prefix == concepts else prefix}:{percent_decode(local)}"


def _entries(rows: Sequence[_Row]) -> list[Entry]:
    first: dict[str, _Row] = {}
    for row in rows:
        first.setdefault(row.code, row)
    return [Entry(code, "", (Note("", cleaned(row.label)),), row.at) for code, row in first.items()]


def _links(rows: Sequence[_Row]) -> Iterator[Link]:
    for row in rows:
        if row.target != NO_TERM:
            yield Link(row.code, row.predicate, row.target, row.confidence, row.comment, row.at)
