"""Reading a text: which concepts its words name, how sure that is, as what it is said, and by which words.

Probabilities come from the learnt weights (`model`); a cue of a concept that stands in the text lifts its
concept to the share of texts in which that cue was right when learning. Words that are denied, supposed, advised
or past never count for a type; they can only put it among those ruled out.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from proxeny.identify.identification import Basis, Evidence, Status
from proxeny.identify.lexicon import Hit, Reader
from proxeny.identify.modality import ASSERTED, LIVE, modalities
from proxeny.identify.model import Scorer
from proxeny.identify.words import Word

CUE_CONFIDENCE = 0.8
"""Of a concept on an axis without learnt weights whose cue stands in the text: the cues are chosen to be enough
by themselves, and about one in five still means something else."""

SPANS = 2  # pieces of text quoted for one finding
NEAR = 0.3  # share of the best word's weight from which a neighbouring word is quoted with it


class Language(msgspec.Struct, frozen=True):
    """One language ready to be read."""

    reader: Reader
    scorer: Scorer


class Read(msgspec.Struct, frozen=True):
    """A concept read in a text."""

    axis: str
    slug: str
    confidence: float
    basis: Basis
    status: Status
    evidence: tuple[Evidence, ...]


class Reading(msgspec.Struct, frozen=True):
    """All that is read in a text. `below` are classes under their threshold, best first."""

    found: tuple[Read, ...] = ()
    ruled_out: tuple[Read, ...] = ()
    below: tuple[Read, ...] = ()
    silent: tuple[tuple[int, int], ...] = ()  # spans of what is supposed, advised or past


class _Text(msgspec.Struct):
    text: str
    words: list[Word]
    hits: list[Hit]
    modes: list[str]
    language: Language


def read(text: str, language: Language) -> Reading:
    """The concepts named in the text."""
    words = language.reader.words(text)
    hits = language.reader.hits(words)
    modes = modalities(words, hits, language.reader.lexicon.classes)
    whole = _Text(text, words, hits, modes, language)
    live = {at for at, mode in enumerate(modes) if mode in LIVE}
    chances = _chances(whole, live)
    found, below = _by_model(whole, chances, live)
    known = {(r.axis, r.slug) for r in found}
    found += [r for r in _by_cue(whole, live) if (r.axis, r.slug) not in known]
    ruled_out = _ruled_out(whole, live, {r.slug for r in found}) if len(live) < len(words) else []
    silent = tuple((w.start, w.end) for w, m in zip(words, modes, strict=True) if m in _SILENT)
    return Reading(tuple(found), tuple(ruled_out), tuple(below), silent)


_SILENT = ("hypothetical", "advised", "past")


def _chances(whole: _Text, chosen: set[int]) -> list[float]:
    live = [whole.words[at] for at in range(len(whole.words)) if at in chosen]
    hits = [hit for hit in whole.hits if hit.first in chosen]
    return whole.language.scorer.probabilities(live, whole.words, hits, whole.language.reader.lexicon)


def _by_model(whole: _Text, chances: Sequence[float], live: set[int]) -> tuple[list[Read], list[Read]]:
    weights = whole.language.scorer.weights
    lifted = _cue_floors(whole, live)
    found, below = [], []
    for number, name in enumerate(weights.classes):
        axis, slug = name.split(":", 1)
        floor = lifted.get(slug, 0.0)
        chance = max(chances[number], floor)
        if chance >= weights.threshold[number]:
            basis: Basis = "cue" if floor > chances[number] else "model"
            spans, status = _support(whole, number, live)
            found.append(Read(axis, slug, round(chance, 3), basis, status, spans))
        elif chance >= BELOW:
            below.append(Read(axis, slug, round(chance, 3), "model", "occurred", ()))
    below.sort(key=lambda r: -r.confidence)
    return found, below


BELOW = 0.12
"""Probability from which a class under its threshold is worth a question to the reporter."""


def _cue_floors(whole: _Text, live: set[int]) -> dict[str, float]:
    """The least probability of the types whose cues stand among the live words."""
    lexicon = whole.language.reader.lexicon
    reliability = whole.language.scorer.weights.cues
    floors: dict[str, float] = {}
    for hit in whole.hits:
        if hit.first in live:
            for label in hit.labels:
                if lexicon.classes[label] == "cue.type":
                    slug = lexicon.labels[label][1:]
                    floors[slug] = max(floors.get(slug, 0.0), reliability.get(slug, 0.0))
    return floors


def _by_cue(whole: _Text, live: set[int]) -> list[Read]:
    """Concepts of the axes without learnt classes, and techniques too rare to learn, by their cues."""
    lexicon = whole.language.reader.lexicon
    places: dict[tuple[str, str], list[Hit]] = {}
    for hit in whole.hits:
        if hit.first in live:
            for label in hit.labels:
                word_class = lexicon.classes[label]
                if word_class.startswith("cue.") and word_class != "cue.type":
                    places.setdefault((word_class[4:], lexicon.labels[label][1:]), []).append(hit)
    found = []
    for (axis, slug), hits in places.items():
        evidence = tuple(_quote(whole, hit.first, hit.last) for hit in hits[:SPANS])
        found.append(Read(axis, slug, CUE_CONFIDENCE, "cue", _status(whole, [hits[0].first]), evidence))
    return found


def _ruled_out(whole: _Text, live: set[int], found: set[str]) -> list[Read]:
    """Types named in clauses that deny, suppose, advise or look back, by words that do so."""
    weights = whole.language.scorer.weights
    clauses = {word.clause for at, word in enumerate(whole.words) if at not in live}
    best: dict[str, Read] = {}
    for clause in sorted(clauses):
        chosen = {at for at, word in enumerate(whole.words) if word.clause == clause}
        chances = _chances(whole, chosen)
        lifted = _cue_floors(whole, chosen - live)
        for number, name in enumerate(weights.classes):
            axis, slug = name.split(":", 1)
            chance = max(chances[number], lifted.get(slug, 0.0))
            if axis != "type" or slug in found or chance < weights.threshold[number]:
                continue
            spans, status = _support(whole, number, chosen - live)
            if spans and chance > (best[slug].confidence if slug in best else 0.0):
                best[slug] = Read(axis, slug, round(chance, 3), "model", status, spans)
    return list(best.values())


def _support(whole: _Text, number: int, chosen: set[int]) -> tuple[tuple[Evidence, ...], Status]:
    """The words that speak most for a class, quoted, and the modality in which they stand."""
    weight = _word_weights(whole, number, chosen)
    if not weight:
        return (), "occurred"
    spans: list[tuple[int, int]] = []
    left = dict(weight)
    while left and len(spans) < SPANS:
        top = max(left, key=lambda at: left[at])
        if spans and left[top] < NEAR * 2 * max(weight.values()):
            break
        first = last = top
        least = NEAR * left[top]
        while first - 1 in weight and weight[first - 1] >= least and _together(whole, first - 1, first):
            first -= 1
        while last + 1 in weight and weight[last + 1] >= least and _together(whole, last, last + 1):
            last += 1
        spans.append((first, last))
        for at in range(first, last + 1):
            left.pop(at, None)
    evidence = tuple(_quote(whole, first, last) for first, last in spans)
    return evidence, _status(whole, range(spans[0][0], spans[0][1] + 1))


def _word_weights(whole: _Text, number: int, chosen: set[int]) -> dict[int, float]:
    scorer, lexicon = whole.language.scorer, whole.language.reader.lexicon
    weight = {at: scorer.word_weight(whole.words[at], number) for at in chosen}
    for hit in whole.hits:
        if hit.first not in chosen:
            continue
        size = hit.last - hit.first + 1
        added = sum(scorer.meaning_weight("L" + lexicon.labels[label], number) for label in hit.labels)
        for at in range(hit.first, hit.last + 1):
            if at in weight:
                weight[at] += added / size
    return {at: value for at, value in weight.items() if value > 0}


def _together(whole: _Text, left: int, right: int) -> bool:
    return whole.words[left].clause == whole.words[right].clause


def _quote(whole: _Text, first: int, last: int) -> Evidence:
    start, end = whole.words[first].start, whole.words[last].end
    return Evidence("text", whole.text[start:end], (start, end))


def _status(whole: _Text, places: Sequence[int]) -> Status:
    modes = [whole.modes[at] for at in places]
    for mode in ("denied", "hypothetical", "advised", "past"):
        if mode in modes:
            return mode  # type: ignore[return-value]
    if all(mode == ASSERTED for mode in modes):
        return "occurred"
    return "attempted" if "attempted" in modes else "suspected"
