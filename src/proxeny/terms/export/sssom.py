"""Crosswalks as one SSSOM mapping set in TSV (mapping-commons.github.io/sssom/spec-formats-tsv).

What the crosswalks of `data/crosswalks` keep as their publishers spell it is written here as the standard asks:
codes are percent-encoded, and the licence is a URI. A code of no concept has the object `sssom:NoTermFound`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import yaml

from proxeny.terms.crosswalk import Code, Crosswalks, Scheme
from proxeny.terms.curie import TERMS, curie_of
from proxeny.terms.sssom import COLUMNS, JUSTIFICATION, NO_TERM, PREDICATES, UNMAPPED, render_table

LICENCE = "https://www.apache.org/licenses/LICENSE-2.0"
OUTSIDE = "https://proxeny.org/outside/"
_PREFIXES = {
    "outside": OUTSIDE,
    "px": TERMS,
    "semapv": "https://w3id.org/semapv/vocab/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "sssom": "https://w3id.org/sssom/",
}
_PREDICATE_IDS = {name: identifier for identifier, name in PREDICATES.items()}


def render(crosswalks: Crosswalks, schemes: Sequence[str], version: str) -> str:
    """The mapping set of these schemes, which must be known. Codes that nobody has mapped yet are left out."""
    chosen = [crosswalks.schemes[name] for name in schemes]
    header = yaml.safe_dump(_header(chosen, version), allow_unicode=True, sort_keys=False, width=10_000)
    lines = "".join(f"#{line}\n" for line in header.rstrip("\n").split("\n"))
    return lines + render_table(COLUMNS, [row for scheme in chosen for row in _rows(scheme)])


def _header(schemes: Sequence[Scheme], version: str) -> dict[str, Any]:
    prefixes = {scheme.name: scheme.address for scheme in schemes}
    one = schemes[0] if len(schemes) == 1 else None
    return {
        "mapping_set_id": f"https://proxeny.org/crosswalks/{one.name if one else 'all'}",
        "mapping_set_title": f"{one.title if one else 'Outside schemes'} to the Common Terminology",
        "mapping_set_version": version,
        "license": LICENCE,
        **({"subject_source_version": one.version} if one else {}),
        "curie_map": dict(sorted((prefixes | _PREFIXES).items())),
    }


def _rows(scheme: Scheme) -> Iterator[Sequence[str]]:
    for code in scheme.codes.values():
        subject = curie_of(scheme.name, code.code)
        for predicate, target, label, confidence, comment in _objects(code):
            yield (subject, code.label, predicate, target, label, JUSTIFICATION, confidence, comment)


def _objects(code: Code) -> Iterator[tuple[str, str, str, str, str]]:
    """Predicate, object, its label, confidence and comment of each mapping of a code."""
    for item in code.mapped:
        confidence = repr(item.confidence).removesuffix(".0")
        yield _PREDICATE_IDS[item.predicate], item.concept, item.slug, confidence, item.comment
    if not code.mapped and code.reason != UNMAPPED:
        yield _PREDICATE_IDS["exact"], NO_TERM, "", "", code.reason
    for notion, predicate in code.notions.items():
        yield _PREDICATE_IDS[predicate], notion, "", "", ""
