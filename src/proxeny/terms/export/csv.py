"""The terminology as one table, in CSV (RFC 4180): a row a concept, labels and definitions in six languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from proxeny.terms.terminology import LANGUAGES, Gloss, Terminology

COLUMNS = (
    "concept",
    "axis",
    "slug",
    "broader",
    *(f"label_{language}" for language in LANGUAGES),
    *(f"definition_{language}" for language in LANGUAGES),
)
"""`concept` and `broader` are permanent ids (`px:1029`)."""


def render(terminology: Terminology, glosses: Mapping[str, Gloss]) -> str:
    """The text of the table, with the line ends of RFC 4180, section 2."""
    rows: list[Sequence[str]] = [COLUMNS]
    for concept in terminology.concepts.values():
        definition = glosses[concept.id].definition
        rows.append(
            [
                concept.id,
                concept.axis,
                concept.slug,
                concept.broader or "",
                *(concept.label[language] for language in LANGUAGES),
                *(definition[language] for language in LANGUAGES),
            ]
        )
    return "".join(",".join(map(_quoted, row)) + "\r\n" for row in rows)


def _quoted(value: str) -> str:
    if any(char in value for char in ',"\r\n'):
        return '"' + value.replace('"', '""') + '"'
    return value
