"""The terminology as open vocabularies in the manner of STIX 2.1 (section 10): one an axis, a value a concept.

STIX publishes its vocabularies as tables of value and description, and names each `…-ov`; there is no file format
for them. So this is a JSON list of such tables. Values are slugs, which are lower-case words joined by hyphens, as
section 10 asks for.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from proxeny.base.records import encode_json
from proxeny.terms.terminology import Gloss, Terminology, by_axis


class Value(msgspec.Struct, frozen=True):
    """One value of a vocabulary. `broader` is another value of it."""

    value: str
    label: str
    description: str
    concept: str
    broader: str | None = None


class Vocabulary(msgspec.Struct, frozen=True):
    """The open vocabulary of one axis."""

    name: str
    axis: str
    version: str
    values: list[Value]


def render(terminology: Terminology, glosses: Mapping[str, Gloss]) -> bytes:
    """The JSON of all vocabularies, indented, in English, as STIX states its vocabularies."""
    vocabularies = [
        Vocabulary(
            name=f"proxeny-{axis}-ov",
            axis=axis,
            version=terminology.version,
            values=[
                Value(
                    value=concept.slug,
                    label=concept.label["en"],
                    description=glosses[concept.id].definition["en"],
                    concept=concept.id,
                    broader=terminology.concepts[concept.broader].slug if concept.broader else None,
                )
                for concept in concepts
                if concept.replaced_by is None
            ],
        )
        for axis, concepts in by_axis(terminology).items()
    ]
    return msgspec.json.format(encode_json(vocabularies), indent=2) + b"\n"
