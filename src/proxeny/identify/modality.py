"""What a word is said *as*: asserted, denied, supposed, advised, past, attempted or suspected.

A report that says "no data were taken" names a theft and denies it. The rules read the lexicon's `mod.*`
classes, so one set of rules serves six languages; they work by clause and sentence, never by grammar.
"""

from __future__ import annotations

from collections.abc import Sequence

from proxeny.identify.lexicon import Hit
from proxeny.identify.words import Word

ASSERTED, SUSPECTED, ATTEMPTED = "asserted", "suspected", "attempted"
DENIED, HYPOTHETICAL, ADVISED, PAST = "denied", "hypothetical", "advised", "past"

LIVE = frozenset({ASSERTED, SUSPECTED, ATTEMPTED})
"""What befell someone, is believed to have, or was tried. All else can only rule a type out."""

NEGATION_REACH = 6
"""Words after a negation that it denies, within its clause: long enough for an object and its attributes."""

_ORDER = (DENIED, HYPOTHETICAL, ADVISED, PAST, ATTEMPTED, SUSPECTED)
"""Where several apply to one word the first wins: a denial of a suspicion is a denial."""


def modalities(words: Sequence[Word], hits: Sequence[Hit], classes: Sequence[str]) -> list[str]:
    """The modality of each word. `classes` gives the word class of each label number."""
    marks: list[set[str]] = [set() for _ in words]
    signals = _signals(hits, classes)
    if not signals:
        return [ASSERTED] * len(words)
    clauses = _spans([word.clause for word in words])
    sentences = _spans([word.sentence for word in words])
    for hit, signal in signals:
        rule = _RULES.get(signal)
        if rule is not None:
            modality, reach = rule
            first, last = _scope(reach, hit, words, clauses, sentences)
            for at in range(first, last):
                marks[at].add(modality)
    return [next((m for m in _ORDER if m in found), ASSERTED) for found in marks]


_RULES = {
    "mod.negation": (DENIED, "after"),
    "mod.ruled-out": (DENIED, "clause"),
    "mod.hypothetical": (HYPOTHETICAL, "from-clause"),
    "mod.advice": (ADVISED, "sentence"),
    "mod.past": (PAST, "sentence"),
    "mod.elsewhere": (PAST, "sentence"),
    "mod.attempt": (ATTEMPTED, "after-all"),
    "mod.blocked": (ATTEMPTED, "sentence"),
    "mod.suspected": (SUSPECTED, "clause"),
}


def _signals(hits: Sequence[Hit], classes: Sequence[str]) -> list[tuple[Hit, str]]:
    """The hits that bear on modality. One inside a longer entry is part of that entry's meaning:
    `not` inside `cannot open` denies nothing."""
    covered: dict[int, int] = {}
    for hit in hits:
        for at in range(hit.first, hit.last + 1):
            covered[at] = max(covered.get(at, 0), hit.last - hit.first)
    signals = []
    for hit in hits:
        size = hit.last - hit.first
        if all(covered[at] <= size for at in range(hit.first, hit.last + 1)):
            signals += [(hit, classes[label]) for label in hit.labels if classes[label].startswith("mod.")]
    return signals


def _spans(numbers: Sequence[int]) -> dict[int, tuple[int, int]]:
    spans: dict[int, tuple[int, int]] = {}
    for at, number in enumerate(numbers):
        first = spans[number][0] if number in spans else at
        spans[number] = (first, at + 1)
    return spans


def _scope(
    reach: str,
    hit: Hit,
    words: Sequence[Word],
    clauses: dict[int, tuple[int, int]],
    sentences: dict[int, tuple[int, int]],
) -> tuple[int, int]:
    clause = clauses[words[hit.first].clause]
    sentence = sentences[words[hit.first].sentence]
    if reach == "after":
        return hit.last + 1, min(clause[1], hit.last + 1 + NEGATION_REACH)
    if reach == "after-all":
        return hit.last + 1, clause[1]
    if reach == "clause":
        return clause
    if reach == "from-clause":
        return clause[0], sentence[1]
    return sentence
