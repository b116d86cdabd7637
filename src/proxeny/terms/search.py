"""Finding a concept from what a person types, in any of the six languages, accents and misspellings allowed."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from proxeny.base.normal import fold, grams, is_han
from proxeny.terms.terminology import Gloss, Terminology

CLOSE_ENOUGH = 78.0
"""rapidfuzz ratio (0 to 100) from which a misspelt word is taken for a known one: two letters in nine."""


class Found(msgspec.Struct, frozen=True):
    """A concept found, by which of its names, and how well (0 to 1)."""

    concept: str
    slug: str
    axis: str
    label: str
    matched: str
    language: str
    score: float


def search(
    terminology: Terminology, glosses: Mapping[str, Gloss], query: str, language: str, limit: int = 10
) -> list[Found]:
    """The concepts that answer the query best first; labels are given in `language`."""
    asked = fold(query.strip())
    if not asked:
        return []
    best: dict[str, tuple[float, str, str]] = {}
    for concept in terminology.concepts.values():
        for name, of in _names(concept.slug, concept.label, glosses.get(concept.id)):
            score = _score(asked, fold(name))
            if score > best.get(concept.id, (0.0, "", ""))[0]:
                best[concept.id] = (score, name, of)
    ranked = sorted(best.items(), key=lambda item: (-item[1][0], item[0]))[:limit]
    return [
        Found(
            concept=concept_id,
            slug=terminology.concepts[concept_id].slug,
            axis=terminology.concepts[concept_id].axis,
            label=terminology.concepts[concept_id].label[language],
            matched=name,
            language=of,
            score=round(score, 3),
        )
        for concept_id, (score, name, of) in ranked
    ]


def _names(slug: str, label: Mapping[str, str], gloss: Gloss | None) -> list[tuple[str, str]]:
    names = [(slug, "slug"), (slug.replace("-", " "), "slug")]
    names += [(text, language) for language, text in label.items()]
    if gloss is not None:
        names += [(cue, language) for language, cues in gloss.cues.items() for cue in cues]
    return names


def _score(asked: str, name: str) -> float:
    """1 for the same name; less for a beginning, shared words or Chinese pairs, and a misspelling."""
    if asked == name:
        return 1.0
    shorter, longer = sorted((len(asked), len(name)))
    if name.startswith(asked) and len(asked) >= 3:
        return 0.7 + 0.25 * shorter / longer
    if any(is_han(c) for c in asked):
        if asked in name:
            return 0.6 + 0.3 * shorter / longer
        shared = grams(asked) & grams(name)
        return 0.5 * len(shared) / max(len(grams(asked)), 1)
    words, others = asked.split(), name.split()
    exact = sum(word in others for word in words)
    if exact == len(words):
        return 0.6 + 0.3 * len(words) / len(others)
    return max(_misspelt(asked, name), 0.5 * exact / max(len(words), len(others)))


def _misspelt(asked: str, name: str) -> float:
    if abs(len(asked) - len(name)) > 3 or len(asked) < 4:
        return 0.0
    from rapidfuzz.fuzz import ratio

    likeness = float(ratio(asked, name, score_cutoff=CLOSE_ENOUGH))
    return 0.8 * likeness / 100
