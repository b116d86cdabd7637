"""What the codes of a report assert, through the crosswalks. An event's tags classify; the tags of its parts
support techniques only."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from proxeny.identify.identification import Evidence
from proxeny.identify.report import Tag
from proxeny.terms.crosswalk import Crosswalks
from proxeny.terms.translation import asserted

LEAST_CONFIDENCE = 0.5
"""Of a mapping, below which a code asserts nothing."""

_RELATION = {"exact": 1.0, "close": 0.95, "broad": 0.95, "narrow": 0.5, "related": 0.0}


class Coded(msgspec.Struct, frozen=True):
    """A concept that a code asserts."""

    concept: str
    axis: str
    slug: str
    confidence: float
    evidence: Evidence


def read_codes(tags: Sequence[Tag], crosswalks: Crosswalks) -> list[Coded]:
    """The concepts asserted by the tags, in the order of the tags."""
    found: list[Coded] = []
    for tag in tags:
        for mapped in asserted(crosswalks, tag.scheme, tag.code):
            if tag.scope == "part" and mapped.axis != "technique":
                continue
            confidence = mapped.confidence * _RELATION[mapped.predicate]
            if confidence >= LEAST_CONFIDENCE:
                evidence = Evidence("code", f"{tag.scheme}:{tag.code}", tag.at)
                found.append(Coded(mapped.concept, mapped.axis, mapped.slug, round(confidence, 3), evidence))
    return found
