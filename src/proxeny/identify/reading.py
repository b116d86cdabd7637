"""Reading a text: which concepts its words name, how sure that is, as what it is said, and by which words.

Probabilities come from the learnt weights (`model`); a cue of a concept that stands in the text lifts its
concept to the share of texts in which that cue was right when learning. Words that are denied, supposed, advised
or past never count for a type; they can only put it among those ruled out.
"""

from __future__ import annotations

from collections.abc import Sequence, Set

import msgspec

from proxeny.identify.features import signals_of
from proxeny.identify.identification import Basis, Evidence, Status
from proxeny.identify.lexicon import Hit, Reader
from proxeny.identify.modality import ASSERTED, LIVE, modalities
from proxeny.identify.model import Scorer
from proxeny.identify.words import Word

CUE_CONFIDENCE = 0.8
"""Of a concept on an axis without learnt weights whose cue stands in the text: the cues are chosen to be enough
by themselves, and about one in five still means something else."""

MAX_READ = 20_000
"""Code points of a narrative that are read for meaning; a report says it in its first pages."""

SPANS = 2  # pieces of text quoted for one finding
NEAR = 0.3  # share of the best word's weight from which a neighbouring word is quoted with it


class Language(msgspec.Struct, frozen=True):
    """One language ready to be read."""

    reader: Reader
    scorer: Scorer
    cues: dict[
        int, tuple[int, float]
    ] = {}  # by label number of a type's cue: its class, and how often it is right


def make_language(reader: Reader, scorer: Scorer) -> Language:
    """A language from its two halves."""
    numbers = {name: number for number, name in enumerate(scorer.weights.classes)}
    cues = {}
    for label, word_class in enumerate(reader.lexicon.classes):
        if word_class == "cue.type":
            slug = reader.lexicon.labels[label][1:]
            if f"type:{slug}" in numbers and slug in scorer.weights.cues:
                cues[label] = (numbers[f"type:{slug}"], scorer.weights.cues[slug])
    return Language(reader, scorer, cues)


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


class Named(msgspec.Struct, frozen=True):
    """A class of the weights that a text names: its number, its probability, and whether a cue lifted it there."""

    number: int
    chance: float
    by_cue: bool


class Weighed(msgspec.Struct, frozen=True):
    """A text with all that is computed of it before words are quoted."""

    text: str
    words: list[Word]
    hits: list[Hit]
    modes: list[str]
    live: list[int]
    named: list[Named]
    below: list[Named]


def weigh(text: str, language: Language) -> Weighed:
    """The classes that the words of the text name, and those that they nearly name."""
    words = language.reader.words(text)
    hits = language.reader.hits(words)
    modes = modalities(words, hits, language.reader.lexicon.classes)
    live = [at for at, mode in enumerate(modes) if mode in LIVE]
    signals = signals_of(hits, language.reader.lexicon)
    named, below = _named(words, hits, live, language, signals)
    return Weighed(text, words, hits, modes, live, named, below)


def _named(
    words: Sequence[Word],
    hits: Sequence[Hit],
    live: Sequence[int],
    language: Language,
    signals: Sequence[int],
) -> tuple[list[Named], list[Named]]:
    weights = language.scorer.weights
    if len(live) < len(words):
        counted = frozenset(live)
        hits = [hit for hit in hits if hit.first in counted]
        chances = language.scorer.probabilities([words[at] for at in live], words, hits, signals)
    else:
        chances = language.scorer.probabilities(words, words, hits, signals)
    floors = _cue_floors(hits, language)
    named, below = [], []
    for number, chance in enumerate(chances):
        floor = floors.get(number, 0.0)
        if chance >= weights.threshold[number] or floor >= weights.threshold[number]:
            named.append(Named(number, round(max(chance, floor), 3), floor > chance))
        elif chance >= BELOW:
            below.append(Named(number, round(chance, 3), False))
    below.sort(key=lambda n: -n.chance)
    return named, below


BELOW = 0.12
"""Probability from which a class under its threshold is worth a question to the reporter."""


def _cue_floors(hits: Sequence[Hit], language: Language) -> dict[int, float]:
    """The least probability of the classes whose cues stand in the text, by class number."""
    floors: dict[int, float] = {}
    for hit in hits:
        for label in hit.labels:
            reliable = language.cues.get(label)
            if reliable is not None and reliable[1] > floors.get(reliable[0], 0.0):
                floors[reliable[0]] = reliable[1]
    return floors


class _Text(msgspec.Struct):
    text: str
    words: list[Word]
    hits: list[Hit]
    modes: list[str]
    language: Language


def read(text: str, language: Language) -> Reading:
    """The concepts named in the text, with the words that name them."""
    weighed = weigh(text, language)
    whole = _Text(text, weighed.words, weighed.hits, weighed.modes, language)
    live = set(weighed.live)
    found = [_read_of(whole, named, live) for named in weighed.named]
    known = {(r.axis, r.slug) for r in found}
    found += [r for r in _by_cue(whole, live) if (r.axis, r.slug) not in known]
    silent = tuple(
        (w.start, w.end) for w, m in zip(weighed.words, weighed.modes, strict=True) if m in _SILENT
    )
    return Reading(
        tuple(found),
        tuple(_ruled_out(whole, live, {r.slug for r in found})),
        tuple(bare_read(named, language) for named in weighed.below),
        silent,
    )


_SILENT = ("hypothetical", "advised", "past")


def bare_read(named: Named, language: Language) -> Read:
    """A class without its words, where nobody asks for them."""
    axis, slug = language.scorer.weights.classes[named.number].split(":", 1)
    return Read(axis, slug, named.chance, "cue" if named.by_cue else "model", "occurred", ())


def status_of(bare: Read, weighed: Weighed, language: Language) -> Status:
    """The status of a class that a text names, by the modality of the words that name it."""
    whole = _Text(weighed.text, weighed.words, weighed.hits, weighed.modes, language)
    number = language.scorer.weights.classes.index(f"{bare.axis}:{bare.slug}")
    return _support(whole, number, set(weighed.live))[1]


def _read_of(whole: _Text, named: Named, live: Set[int]) -> Read:
    bare = bare_read(named, whole.language)
    spans, status = _support(whole, named.number, live)
    return msgspec.structs.replace(bare, status=status, evidence=spans)


def _by_cue(whole: _Text, live: Set[int]) -> list[Read]:
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


def _ruled_out(whole: _Text, live: Set[int], found: set[str]) -> list[Read]:
    """Types named in clauses that deny, suppose, advise or look back, by words that do so."""
    classes = whole.language.scorer.weights.classes
    clauses = {word.clause for at, word in enumerate(whole.words) if at not in live}
    best: dict[str, Read] = {}
    for clause in sorted(clauses):
        chosen = [at for at, word in enumerate(whole.words) if word.clause == clause]
        inside = frozenset(chosen)
        hits = [hit for hit in whole.hits if hit.first in inside]
        for named in _named(whole.words, hits, chosen, whole.language, ())[0]:
            axis, slug = classes[named.number].split(":", 1)
            if (
                axis != "type"
                or slug in found
                or named.chance <= (best[slug].confidence if slug in best else 0.0)
            ):
                continue
            spans, status = _support(whole, named.number, inside - live)
            if spans:
                best[slug] = Read(axis, slug, named.chance, "model", status, spans)
    return list(best.values())


def _support(whole: _Text, number: int, chosen: Set[int]) -> tuple[tuple[Evidence, ...], Status]:
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


def _word_weights(whole: _Text, number: int, chosen: Set[int]) -> dict[int, float]:
    scorer = whole.language.scorer
    weight = {at: scorer.word_weight(whole.words[at], number) for at in chosen}
    for hit in whole.hits:
        if hit.first not in chosen:
            continue
        size = hit.last - hit.first + 1
        added = sum(scorer.label_weight(label, number) for label in hit.labels)
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
            return mode
    if all(mode == ASSERTED for mode in modes):
        return "occurred"
    return "attempted" if "attempted" in modes else "suspected"
