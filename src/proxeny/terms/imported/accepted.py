"""The table of proposals that a person goes through, and the crosswalk that comes of what they accept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from proxeny.base.errors import Fault, InputError, refuse
from proxeny.terms.crosswalk import Predicate
from proxeny.terms.imported.files import PREDICATE_IDS, mapping, number
from proxeny.terms.imported.records import cleaned
from proxeny.terms.sssom import (
    NO_TERM,
    MappingRow,
    parse_mappings,
    parse_table,
    render_mappings,
    render_table,
)
from proxeny.terms.suggest import Suggested, Suggestion
from proxeny.terms.terminology import Terminology

COLUMNS = (
    "accept",
    "code",
    "label",
    "predicate",
    "concept",
    "slug",
    "concept_label",
    "confidence",
    "reasons",
    "comment",
)
"""`code` is "scheme:code". A person marks `accept`, and may correct predicate, confidence and comment."""

_YES = frozenset({"x", "y", "yes", "1", "true", "+"})
_NO = frozenset({"", "n", "no", "0", "false", "-"})
_REASON = 60  # code points of the words of a reason that are shown


class Accepted(msgspec.Struct, frozen=True):
    """A row that a person accepted."""

    code: str
    label: str
    predicate: Predicate
    target: str  # a concept, or NO_TERM
    confidence: float
    comment: str
    at: str


def render(name: str, suggestions: Sequence[Suggestion], terminology: Terminology, language: str) -> str:
    """The table: for each code its proposals, best first, and a last row for a code that no concept answers to."""
    return render_table(COLUMNS, _rows(name, suggestions, terminology, language))


def _rows(
    name: str, suggestions: Sequence[Suggestion], terminology: Terminology, language: str
) -> Iterator[Sequence[str]]:
    for suggestion in suggestions:
        code, called = f"{name}:{suggestion.code}", _inert(suggestion.label)
        for one in suggestion.suggested:
            label = terminology.concepts[one.concept].label[language]
            said = (one.predicate, one.concept, one.slug, label, number(one.confidence), reasons_of(one))
            yield ("", code, called, *said, "")
        yield ("", code, called, "exact", NO_TERM, "", "", "1", "none of these: say why", "")


def _inert(label: str) -> str:
    """A label of others, so that no spreadsheet takes it for a formula. The column is for the eye alone."""
    return f"'{label}" if label.startswith(("=", "+", "-", "@")) else label


def reasons_of(suggested: Suggested) -> str:
    """The reasons on one line, the strongest first."""
    return "; ".join(f"{r.why} {r.confidence:.2f}: {r.what[:_REASON]}" for r in suggested.reasons)


def read(text: str, place: str, terminology: Terminology) -> tuple[str, list[Accepted]]:
    """The vocabulary's name and the rows accepted. Raises InputError with every faulty line."""
    rows = parse_table(text, place, COLUMNS)
    faults: list[Fault] = []
    found: list[Accepted] = []
    names: dict[str, str] = {}
    for row in rows:
        at = f"{place}, line {row.line}"
        cells = dict(zip(COLUMNS, row.values, strict=True))
        names.setdefault(cells["code"].partition(":")[0], at)
        mark = cells["accept"].strip().casefold()
        if mark in _YES:
            wrong = list(_faults(cells, at, terminology))
            faults += wrong
            if not wrong:
                found.append(_accepted(cells, at))
        elif mark not in _NO:
            faults.append(Fault(at, f"accept {mark[:20]!r} is neither", "write x, or leave it empty"))
    if len(names) > 1:
        told = ", ".join(repr(name) for name in names)
        faults.append(Fault(place, f"codes of several vocabularies: {told}", "give each a file of its own"))
    faults += _conflicts(found)
    if faults:
        raise InputError(faults)
    if not found:
        raise refuse(place, "nothing is accepted", "mark rows with x in the column accept")
    return next(iter(names)), found


def _accepted(cells: Mapping[str, str], at: str) -> Accepted:
    predicate: Predicate = cells["predicate"]  # type: ignore[assignment]
    return Accepted(
        cells["code"].partition(":")[2],
        cells["label"],
        predicate,
        cells["concept"],
        float(cells["confidence"]),
        cleaned(cells["comment"]),
        at,
    )


def _faults(cells: Mapping[str, str], at: str, terminology: Terminology) -> Iterator[Fault]:
    if cells["predicate"] not in PREDICATE_IDS:
        yield Fault(at, f"no predicate {cells['predicate'][:20]!r}", "one of: " + ", ".join(PREDICATE_IDS))
    try:
        sure = 0 <= float(cells["confidence"]) <= 1
    except ValueError:
        sure = False
    if not sure:
        yield Fault(at, f"confidence {cells['confidence'][:20]!r} is not between 0 and 1", "e.g. 0.9")
    if cells["concept"] == NO_TERM:
        if not cleaned(cells["comment"]):
            yield Fault(at, "no term, and no reason why", "give the reason in the column comment")
        return
    try:
        concept = terminology.concept(cells["concept"])
    except InputError as error:
        yield from (Fault(at, f"{fault.place}: {fault.message}", fault.remedy) for fault in error.faults)
        return
    if cells["slug"] not in ("", concept.slug):
        yield Fault(at, f"{concept.id} is {concept.slug}, not {cells['slug'][:60]}", "correct one")


def _conflicts(found: Sequence[Accepted]) -> Iterator[Fault]:
    """Rows of one code that cannot both be accepted."""
    seen: dict[tuple[str, str], Accepted] = {}
    for one in found:
        if seen.setdefault((one.code, one.target), one) is not one:
            yield Fault(one.at, f"{one.code[:60]!r} is mapped to {one.target} twice", "accept one")
    for one in found:
        if one.target == NO_TERM and any(other.code == one.code for other in found if other is not one):
            yield Fault(one.at, f"{one.code[:60]!r} has both a concept and none", "accept one")


def accept(
    name: str, accepted: Sequence[Accepted], files: Mapping[str, str], terminology: Terminology
) -> str:
    """The text of the vocabulary's mapping set with the accepted rows in place of what it said of their codes.

    The first accepted row of a code is its principal concept. Raises InputError for a code that the vocabulary does
    not have, and for a mapping set that cannot be read.
    """
    mappings = parse_mappings(files.get(f"{name}.tsv", ""), f"{name}.tsv")
    before: dict[str, list[MappingRow]] = {}
    for row in mappings.rows:
        before.setdefault(row.subject_id.partition(":")[2], []).append(row)
    faults = [
        Fault(one.at, f"{name} has no code {one.code[:60]!r}", f"see {name}.codes.tsv")
        for one in accepted
        if one.code not in before
    ]
    if faults:
        raise InputError(faults)
    after: dict[str, list[MappingRow]] = {}
    for one in accepted:
        target = one.target if one.target == NO_TERM else terminology.concept(one.target).id
        slug = "" if target == NO_TERM else terminology.concept(target).slug
        label = before[one.code][0].subject_label
        row = mapping(f"{name}:{one.code}", label, (one.predicate, target, slug), one.confidence, one.comment)
        after.setdefault(one.code, []).append(row)
    rows = tuple(row for code in before for row in after.get(code, before[code]))
    return render_mappings(msgspec.structs.replace(mappings, rows=rows, lines=()))
