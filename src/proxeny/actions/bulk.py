"""Identifying the text of one row, and saying it in the codes of outside schemes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

import msgspec

from proxeny.actions.ports import Knowledge
from proxeny.identify.compose import ATTEMPTS, primary_of
from proxeny.identify.language import detect_language
from proxeny.identify.reading import MAX_READ, RULED_OUT, Read, bare_read, settled, status_of, weigh
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
    reads = _weighed(text, knowledge)
    types = [r for r in reads if r.axis == "type"]
    first = primary_of([r.slug for r in types], knowledge.rules("precedence"))
    types.sort(key=lambda r: (r.slug != first, -r.confidence))
    said = [(r.slug, r.axis) for r in reads if r.axis in AXES_SAID]
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


def said_of_text(text: str, knowledge: Knowledge) -> tuple[tuple[str, str], ...]:
    """The concepts that a text names, as (slug, axis), the principal type first."""
    reads = _weighed(text, knowledge)
    first = primary_of([r.slug for r in reads if r.axis == "type"], knowledge.rules("precedence"))
    return tuple(
        (r.slug, r.axis) for r in sorted(reads, key=lambda r: r.slug != first) if r.axis in AXES_SAID
    )


def _weighed(text: str, knowledge: Knowledge) -> list[Read]:
    """What the text names; where it names no technique, with the likeliest ones: a coder of a scheme such as
    VERIS must say how, and the likeliest is more often right than none."""
    if not text.strip():
        return []
    language = knowledge.language(detect_language(text) or "en")
    text = text[:MAX_READ]
    weighed = weigh(text, language)
    bares = [bare_read(named, language) for named in weighed.named]
    unsure = weighed.modes is not None and not PLAIN.issuperset(weighed.modes)
    unsure = unsure or any(bare.axis == "status" for bare in bares)
    reads = []
    for bare, named in zip(bares, weighed.named, strict=True):
        if bare.axis == "type" and unsure:
            bare = msgspec.structs.replace(bare, status=status_of(named, text, weighed, language))
        elif bare.slug in ATTEMPTS:
            bare = msgspec.structs.replace(bare, status="attempted")
        reads.append(bare)
    reads = [r for r in settled(reads) if r.status not in RULED_OUT]
    return [*reads, *_likeliest(reads, (bare_read(named, language) for named in weighed.below), knowledge)]


PLAIN = frozenset({"asserted", "denied"})
"""Modalities that leave what is found as it is: what is denied was never counted."""


def _likeliest(reads: Sequence[Read], below: Iterable[Read], knowledge: Knowledge) -> list[Read]:
    """The likeliest technique among those under their thresholds where none is found; where only the head of a
    class of techniques is found, the likeliest under it."""
    terms = knowledge.terminology
    given = {r.slug for r in reads if r.axis == "technique"}
    techniques = (r for r in below if r.axis == "technique")
    if not given:
        return list(islice(techniques, 1))
    heads = {concept.id for slug in given if (concept := terms.concept(slug)).broader is None}
    if len(heads) < len(given):
        return []
    under = (r for r in techniques if not heads.isdisjoint(terms.ancestors(terms.by_slug[r.slug])))
    return list(islice(under, 1))
