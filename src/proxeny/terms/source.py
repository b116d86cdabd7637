"""Reading the terminology's source, one YAML file an axis, and checking all of it at once.

What is refused: a missing language, a label twice within an axis and language, a dangling or circular
`broader`, an id or slug twice, a cue claimed by two concepts of an axis without a rule to decide.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from proxeny.base.errors import Fault, InputError
from proxeny.terms.terminology import AXES, LANGUAGES, Concept, Gloss, Terminology, make_terminology


class SourceConcept(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A concept as written in a file."""

    id: str
    slug: str
    label: dict[str, str]
    definition: dict[str, str]
    cues: dict[str, list[str]]
    scope: str = ""
    examples: list[str] = []
    broader: str | None = None
    tier: int | None = None
    replaced_by: str | None = None


class SourceAxis(msgspec.Struct, forbid_unknown_fields=True):
    """One file."""

    axis: str
    concepts: list[SourceConcept]


class CueRule(msgspec.Struct, forbid_unknown_fields=True):
    """Which concept of an axis a cue means where two claim it."""

    axis: str
    language: str
    cue: str
    means: str
    why: str


def read_axis(values: Any, place: str) -> SourceAxis:
    """One file's parsed YAML as an axis. Raises InputError."""
    try:
        axis = msgspec.convert(values, SourceAxis)
    except msgspec.ValidationError as error:
        raise InputError(Fault(place, str(error), "see docs/reference/terminology.md")) from error
    if axis.axis not in AXES:
        raise InputError(Fault(place, f"unknown axis {axis.axis!r}", f"known: {', '.join(AXES)}"))
    return axis


def build_terminology(
    version: str, axes: list[SourceAxis], rules: list[CueRule]
) -> tuple[Terminology, dict[str, Gloss]]:
    """The checked terminology, and the glosses by concept id. Raises InputError with every fault."""
    faults = list(find_faults(axes, rules))
    if faults:
        raise InputError(faults)
    ids = {c.slug: c.id for axis in axes for c in axis.concepts}
    concepts = [
        Concept(
            id=c.id,
            axis=axis.axis,
            slug=c.slug,
            label=c.label,
            broader=ids[c.broader] if c.broader else None,
            tier=c.tier,
            replaced_by=c.replaced_by,
        )
        for axis in axes
        for c in axis.concepts
    ]
    glosses = {c.id: Gloss(c.definition, c.cues, c.scope, c.examples) for axis in axes for c in axis.concepts}
    return make_terminology(version, concepts), glosses


def find_faults(axes: list[SourceAxis], rules: list[CueRule]) -> Iterator[Fault]:
    """Every fault of the whole source."""
    yield from _identity_faults(axes)
    for axis in axes:
        yield from _language_faults(axis)
        yield from _hierarchy_faults(axis)
        yield from _label_faults(axis)
        yield from _cue_faults(axis, rules)


def _identity_faults(axes: list[SourceAxis]) -> Iterator[Fault]:
    seen: dict[str, str] = {}
    for axis in axes:
        for concept in axis.concepts:
            for name in (concept.id, concept.slug):
                if name in seen:
                    yield Fault(
                        f"{axis.axis}/{concept.slug}", f"{name} is also {seen[name]}", "give each its own"
                    )
                seen[name] = f"{axis.axis}/{concept.slug}"


def _language_faults(axis: SourceAxis) -> Iterator[Fault]:
    for concept in axis.concepts:
        fields: Mapping[str, Mapping[str, Any]] = {
            "label": concept.label,
            "definition": concept.definition,
            "cues": concept.cues,
        }
        for name, texts in fields.items():
            missing = [language for language in LANGUAGES if not texts.get(language)]
            if missing:
                yield Fault(
                    f"{axis.axis}/{concept.slug}", f"no {name} in {', '.join(missing)}", "translate it"
                )


def _hierarchy_faults(axis: SourceAxis) -> Iterator[Fault]:
    broader = {c.slug: c.broader for c in axis.concepts}
    for slug in broader:
        path = [slug]
        at = broader[slug]
        while at is not None:
            if at not in broader:
                yield Fault(
                    f"{axis.axis}/{path[-1]}", f"broader {at!r} does not exist", "name a slug of this axis"
                )
                break
            if at in path:
                yield Fault(
                    f"{axis.axis}/{slug}", f"circular broader: {' > '.join([*path, at])}", "break the circle"
                )
                break
            path.append(at)
            at = broader[at]


def _label_faults(axis: SourceAxis) -> Iterator[Fault]:
    seen: dict[tuple[str, str], str] = {}
    for concept in axis.concepts:
        for language, label in concept.label.items():
            key = (language, label.casefold())
            if key in seen:
                yield Fault(
                    f"{axis.axis}/{concept.slug}",
                    f"label {label!r} ({language}) is also {seen[key]}'s",
                    "tell them apart",
                )
            seen.setdefault(key, concept.slug)


def _cue_faults(axis: SourceAxis, rules: list[CueRule]) -> Iterator[Fault]:
    decided = {(r.language, r.cue.casefold()) for r in rules if r.axis == axis.axis}
    seen: dict[tuple[str, str], str] = {}
    for concept in axis.concepts:
        for language, cues in concept.cues.items():
            for cue in cues:
                key = (language, cue.casefold())
                if seen.get(key, concept.slug) != concept.slug and key not in decided:
                    yield Fault(
                        f"{axis.axis}/{concept.slug}",
                        f"cue {cue!r} ({language}) is claimed by {seen[key]} too",
                        "drop it from one, or add a rule to data/terms/cue-rules.yaml",
                    )
                seen.setdefault(key, concept.slug)


def cue_entries(axes: list[SourceAxis], rules: list[CueRule], language: str) -> list[tuple[str, str, str]]:
    """(form, label, class) rows of the cues of one language for the lexicon, rules applied."""
    means = {(r.axis, r.cue.casefold()): r.means for r in rules if r.language == language}
    entries = []
    for axis in axes:
        for concept in axis.concepts:
            for cue in [concept.label[language], *concept.cues[language]]:
                if means.get((axis.axis, cue.casefold()), concept.slug) == concept.slug:
                    entries.append((cue, f"={concept.slug}", f"cue.{axis.axis}"))
    return entries
