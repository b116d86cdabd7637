"""Identifying the text of one row, and saying it in the codes of outside schemes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from proxeny.actions.ports import Knowledge
from proxeny.identify.compose import ATTEMPTS, primary_of
from proxeny.identify.language import detect_language
from proxeny.identify.reading import MAX_READ, Language, Read, Weighed, bare_read, status_of, weigh
from proxeny.terms.translation import codes_for

AXES_SAID = ("type", "technique", "cause", "origin")
"""The axes whose concepts an outside code may express."""


Codes = dict[tuple[tuple[str, str], ...], dict[str, list[str]]]


def row_identifier(knowledge: Knowledge, schemes: Sequence[str]) -> Callable[[str], Mapping[str, Any]]:
    """A function from a text to {types: [{slug, confidence, status, primary}], codes: {scheme: [code …]}}.

    Few sets of concepts make up most rows, so the codes of a set are worked out once.
    """
    known: Codes = {}
    return lambda text: identify_row(text, knowledge, schemes, known)


def identify_row(text: str, knowledge: Knowledge, schemes: Sequence[str], known: Codes) -> Mapping[str, Any]:
    """The result of one row. `known` holds the codes of sets of concepts met before, and is added to."""
    reads, likeliest = _weighed(text, knowledge)
    types = [r for r in reads if r.axis == "type"]
    first = primary_of([r.slug for r in types], knowledge.rules("precedence"))
    types.sort(key=lambda r: (r.slug != first, -r.confidence))
    said = [(r.slug, r.axis) for r in reads if r.axis in AXES_SAID]
    if likeliest is not None:
        said.append((likeliest.slug, likeliest.axis))
    key = tuple(said)
    if key not in known:
        known[key] = {scheme: codes_for(knowledge.crosswalks, said, scheme) for scheme in schemes}
    return {
        "types": [
            {"slug": r.slug, "confidence": r.confidence, "status": r.status, "primary": r.slug == first}
            for r in types
        ],
        "codes": known[key],
    }


def _weighed(text: str, knowledge: Knowledge) -> tuple[list[Read], Read | None]:
    """What the text names, and, where it names no technique, the likeliest one: a coder of a scheme such as
    VERIS must say how, and the likeliest is more often right than none."""
    if not text.strip():
        return [], None
    language = knowledge.language(detect_language(text) or "en")
    weighed = weigh(text[:MAX_READ], language)
    reads = [_with_status(bare_read(named, language), weighed, language) for named in weighed.named]
    if any(r.axis == "technique" for r in reads):
        return reads, None
    nearly = [r for named in weighed.below if (r := bare_read(named, language)).axis == "technique"]
    return reads, nearly[0] if nearly else None


def _with_status(bare: Read, weighed: Weighed, language: Language) -> Read:
    if bare.axis != "type":
        return bare
    if any(mode in ("suspected", "attempted") for mode in weighed.modes):
        return msgspec.structs.replace(bare, status=status_of(bare, weighed, language))
    return msgspec.structs.replace(bare, status="attempted") if bare.slug in ATTEMPTS else bare
