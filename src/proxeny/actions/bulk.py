"""Identifying the text of one row, and saying it in the codes of outside schemes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from proxeny.actions.ports import Knowledge
from proxeny.identify.compose import ATTEMPTS, primary_of
from proxeny.identify.language import detect_language
from proxeny.identify.reading import Read, Reading, read
from proxeny.terms.translation import codes_for

AXES_SAID = ("type", "technique", "cause", "origin")
"""The axes whose concepts an outside code may express."""


def identify_row(text: str, knowledge: Knowledge, schemes: Sequence[str]) -> Mapping[str, Any]:
    """{types: [{slug, confidence, status, primary}], codes: {scheme: [code …]}} of one text."""
    reading = read_row(text, knowledge)
    types = [r for r in reading.found if r.axis == "type"]
    first = primary_of([r.slug for r in types], knowledge.rules("precedence"))
    return {
        "types": [
            {"slug": r.slug, "confidence": r.confidence, "status": _status(r), "primary": r.slug == first}
            for r in sorted(types, key=lambda r: (r.slug != first, -r.confidence))
        ],
        "codes": {scheme: codes_of_reading(reading, knowledge, scheme) for scheme in schemes},
    }


def read_row(text: str, knowledge: Knowledge) -> Reading:
    """The concepts read in one text."""
    return read(text, knowledge.language(detect_language(text) or "en")) if text.strip() else Reading()


def codes_of_reading(reading: Reading, knowledge: Knowledge, scheme: str) -> list[str]:
    """The codes of a scheme for what is read. Where no technique passes its threshold, the likeliest stands
    for it: a coder of a scheme such as VERIS must say how, and the likeliest is more often right than none."""
    said = [(r.slug, r.axis) for r in reading.found if r.axis in AXES_SAID]
    if not any(axis == "technique" for _, axis in said):
        said += [(r.slug, r.axis) for r in reading.below if r.axis == "technique"][:1]
    return codes_for(knowledge.crosswalks, said, scheme)


def _status(read: Read) -> str:
    return "attempted" if read.slug in ATTEMPTS and read.status == "occurred" else read.status
