"""The Common Terminology as a value: concepts on independent axes, each named in six languages (design, section 5).

Concept ids are opaque and permanent; a concept is never renamed, only deprecated with `replaced_by`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from proxeny.base.errors import refuse

LANGUAGES = ("ar", "en", "es", "fr", "ru", "zh")
AXES = (
    "type",
    "technique",
    "cause",
    "origin",
    "effect",
    "sector",
    "asset",
    "level",
    "response",
    "marking",
    "glossary",
)


class Concept(msgspec.Struct, frozen=True):
    """One concept. `broader` is the id of a concept of the same axis; `tier` is for sectors alone."""

    id: str
    axis: str
    slug: str
    label: dict[str, str]
    broader: str | None = None
    tier: int | None = None
    replaced_by: str | None = None


class Gloss(msgspec.Struct, frozen=True):
    """What is read about a concept rather than computed with."""

    definition: dict[str, str]
    cues: dict[str, list[str]]
    scope: str
    examples: list[str]


class Terminology(msgspec.Struct, frozen=True):
    """All concepts by id, and their ids by slug (slugs are unique over all axes)."""

    version: str
    concepts: dict[str, Concept]
    by_slug: dict[str, str]

    def concept(self, name: str) -> Concept:
        """The concept of that id or slug. Raises InputError naming the nearest slug."""
        found = self.concepts.get(name) or self.concepts.get(self.by_slug.get(name, ""))
        if found is None:
            from difflib import get_close_matches

            near = get_close_matches(name, self.by_slug, n=1)
            raise refuse(
                name, "no such concept", f"did you mean {near[0]!r}?" if near else "try: proxeny terms search"
            )
        return found

    def ancestors(self, concept_id: str) -> list[str]:
        """The ids of the broader concepts, nearest first."""
        found = []
        broader = self.concepts[concept_id].broader
        while broader is not None and broader not in found:
            found.append(broader)
            broader = self.concepts[broader].broader
        return found


def make_terminology(version: str, concepts: Iterable[Concept]) -> Terminology:
    """The terminology of these concepts, in their order."""
    table = {concept.id: concept for concept in concepts}
    return Terminology(version, table, {concept.slug: concept.id for concept in table.values()})


def label_of(terminology: Terminology, concept_id: str, language: str) -> str:
    """The label in that language; every concept has all six."""
    return terminology.concepts[concept_id].label[language]


def most_specific(terminology: Terminology, ids: Iterable[str]) -> list[str]:
    """The ids without those that another of them implies, in their order."""
    kept = list(dict.fromkeys(ids))
    implied = {ancestor for concept_id in kept for ancestor in terminology.ancestors(concept_id)}
    return [concept_id for concept_id in kept if concept_id not in implied]


def by_axis(terminology: Terminology) -> Mapping[str, list[Concept]]:
    """The concepts of each axis in their order."""
    axes: dict[str, list[Concept]] = {axis: [] for axis in AXES}
    for concept in terminology.concepts.values():
        axes[concept.axis].append(concept)
    return axes
