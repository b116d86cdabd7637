"""The folder of an imported vocabulary: the same files as `data/crosswalks`, and what its publisher says of the codes.

`NAME.codes.tsv` lists the codes, `NAME.tsv` maps them (SSSOM), `schemes.yaml` says what they are. Beside them
`NAME.notes.tsv` keeps labels and descriptions by language, `NAME.links.tsv` mappings to other schemes: both only help
to propose concepts. A code that nobody has mapped has no term, and its comment is UNMAPPED.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from proxeny.base.errors import Fault, InputError
from proxeny.base.yaml_wire import decode_yaml
from proxeny.terms.crosswalk import Predicate
from proxeny.terms.curie import TERMS, made_address
from proxeny.terms.imported.records import Entry, Imported, Link
from proxeny.terms.sssom import (
    CODE_COLUMNS,
    JUSTIFICATION,
    NO_TERM,
    PREDICATES,
    UNMAPPED,
    MappingRow,
    MappingSet,
    render_mappings,
    render_table,
)
from proxeny.terms.terminology import Terminology

SCHEMES = "schemes.yaml"
NOTE_COLUMNS = ("code", "language", "label", "description")
LINK_COLUMNS = ("code", "predicate", "target", "confidence")
PREDICATE_IDS: dict[Predicate, str] = {name: key for key, name in PREDICATES.items()}  # type: ignore[misc]
_SURE = 1.0  # of a code without a term: that nobody has mapped it is certain


def vocabulary_files(imported: Imported, terminology: Terminology) -> dict[str, str]:
    """The files of a vocabulary by their names, without SCHEMES.

    Raises InputError for every mapping to a concept that the terminology does not have.
    """
    name = imported.name
    codes = [(entry.code, entry.notes[0].label, entry.broader) for entry in imported.entries]
    notes = [
        (entry.code, note.language, note.label, note.description)
        for entry in imported.entries
        for note in entry.notes
    ]
    others = [
        (link.code, link.predicate, link.target, number(link.confidence))
        for link in imported.links
        if not is_concept(link.target)
    ]
    files = {
        f"{name}.codes.tsv": render_table(CODE_COLUMNS, codes),
        f"{name}.tsv": render_mappings(_mappings(imported, terminology)),
        f"{name}.notes.tsv": render_table(NOTE_COLUMNS, notes),
    }
    return files | ({f"{name}.links.tsv": render_table(LINK_COLUMNS, others)} if others else {})


def is_concept(target: str) -> bool:
    """Whether the target of a link is a concept of the terminology."""
    return target.startswith("px:")


def number(value: float) -> str:
    """A confidence as the tables write it."""
    return repr(value).removesuffix(".0")


def _mappings(imported: Imported, terminology: Terminology) -> MappingSet:
    mapped: dict[str, dict[str, Link]] = {}
    faults: list[Fault] = []
    for link in imported.links:
        if not is_concept(link.target):
            continue
        try:
            terminology.concept(link.target)
        except InputError as error:
            faults += (
                Fault(link.at, f"{link.target}: {fault.message}", fault.remedy) for fault in error.faults
            )
            continue
        if mapped.setdefault(link.code, {}).setdefault(link.target, link) is not link:
            faults.append(Fault(link.at, f"{link.code[:60]!r} is mapped to {link.target} twice", "keep one"))
        if link.code in imported.reasons:
            faults.append(Fault(link.at, f"{link.code[:60]!r} has both a concept and none", "keep one"))
    if faults:
        raise InputError(faults)
    rows = [
        row
        for entry in imported.entries
        for row in _rows(imported, entry, list(mapped.get(entry.code, {}).values()), terminology)
    ]
    return MappingSet(_header(imported), tuple(rows), ())


def _rows(
    imported: Imported, entry: Entry, links: Sequence[Link], terminology: Terminology
) -> Iterable[MappingRow]:
    subject, label = f"{imported.name}:{entry.code}", entry.notes[0].label
    for link in links:
        slug = terminology.concept(link.target).slug
        yield mapping(subject, label, (link.predicate, link.target, slug), link.confidence, link.comment)
    if not links:
        reason = imported.reasons.get(entry.code, UNMAPPED)
        yield mapping(subject, label, ("exact", NO_TERM, ""), _SURE, reason)


def mapping(
    subject: str, label: str, said: tuple[Predicate, str, str], confidence: float, comment: str
) -> MappingRow:
    """A row of a mapping set. `said`: the predicate, the object and its label."""
    return MappingRow(
        subject_id=subject,
        subject_label=label,
        predicate_id=PREDICATE_IDS[said[0]],
        object_id=said[1],
        object_label=said[2],
        mapping_justification=JUSTIFICATION,
        confidence=confidence,
        comment=comment,
    )


def _header(imported: Imported) -> dict[str, Any]:
    return {
        "curie_map": {
            imported.name: imported.address or made_address(imported.name),
            "px": TERMS,
            "semapv": "https://w3id.org/semapv/vocab/",
            "skos": "http://www.w3.org/2004/02/skos/core#",
            "sssom": "https://w3id.org/sssom/",
        },
        "license": imported.licence,
        "mapping_set_id": made_address(imported.name).removesuffix("#"),
        "mapping_set_title": f"{imported.title} to the Common Terminology",
        "object_source": "px",
        "subject_source": imported.name,
        "subject_source_version": imported.version,
    }


def described(imported: Imported, before: str, place: str) -> str:
    """The text of SCHEMES with this vocabulary added to those of `before`. Raises InputError."""
    import yaml

    schemes = read_schemes(before, place)
    schemes[imported.name] = {
        "title": imported.title,
        "version": imported.version,
        "source": imported.source,
        "spelling": imported.spelling,
        "licence": imported.licence,
    }
    return yaml.safe_dump(schemes, allow_unicode=True, sort_keys=False, width=10_000)


def read_schemes(text: str, place: str) -> dict[str, Any]:
    """What SCHEMES says of each vocabulary. Raises InputError where it is no mapping of mappings."""
    value: Mapping[str, Any] = decode_yaml(text.encode(), place).value if text.strip() else {}
    if not isinstance(value, dict) or not all(isinstance(about, dict) for about in value.values()):
        raise InputError(Fault(place, "not a list of schemes", "write a mapping for each, e.g. `title: …`"))
    return dict(value)
