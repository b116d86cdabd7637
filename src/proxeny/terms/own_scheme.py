"""The Common Terminology as a scheme among the others: `proxeny:type="ransomware"`, the machine tags that this system
writes into other formats, so that what it wrote is read again for exactly what it said."""

from __future__ import annotations

from collections.abc import Iterable

from proxeny.terms.crosswalk import Code, Mapped, Scheme, fold
from proxeny.terms.terminology import Concept

NAME = "proxeny"
_NO_CODES = frozenset(
    {"glossary", "marking"}
)  # words of instruments, and markings, which are no codes of an event


def own_scheme(concepts: Iterable[Concept]) -> Scheme:
    """Every concept that may be said of an event, as a code of its axis and slug."""
    known = {c.id: c for c in concepts if c.axis not in _NO_CODES}
    codes = {
        own_code(c): Code(
            own_code(c),
            c.label.get("en", c.slug),
            f"{NAME}:{own_code(known[c.broader])}" if c.broader in known else "",
            (Mapped(c.id, c.slug, c.axis, "exact", 1.0),),
        )
        for c in known.values()
    }
    spellings = {fold(code): code for code in codes}
    for concept in known.values():
        spellings.setdefault(fold(concept.slug), own_code(concept))
        spellings.setdefault(fold(concept.id), own_code(concept))
    return Scheme(
        name=NAME,
        title="Common Terminology",
        version="this release",
        source="Proxeny",
        spelling="machinetag",
        licence="Apache-2.0",
        note="Each concept by its axis and slug; a slug alone, or a permanent id, will do.",
        codes=codes,
        spellings=spellings,
        address="https://proxeny.org/terms/said#",
    )


def own_code(concept: Concept) -> str:
    """The code of a concept in its own scheme: `type="ransomware"`."""
    return f'{concept.axis}="{concept.slug}"'
