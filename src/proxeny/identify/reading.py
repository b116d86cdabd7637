"""Reading a text: which concepts its words name, how sure that is, as what it is said, and by which words.

Probabilities come from the learnt weights (`model`), in which cues and lemmas of the lexicon count beside words; on
axes without learnt weights a cue is enough. Words that are denied, supposed, advised
or past never count for a type; they can only put it among those ruled out.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import NamedTuple

import msgspec

from proxeny.identify.features import see
from proxeny.identify.identification import Basis, Evidence, Status
from proxeny.identify.lexicon import Hit, Reader, Scan
from proxeny.identify.modality import ASSERTED, LIVE, modalities
from proxeny.identify.model import Scorer

CUE_CONFIDENCE = 0.8
"""Of a concept on an axis without learnt weights whose cue stands in the text: the cues are chosen to be enough
by themselves, and about one in five still means something else."""

LESS_NAMED = 0.5
"""Of the times that the sector named most is named: a sector named no more often than this is left out, for a report
names those who were hit more often than those who helped, treated, insured or reported it."""

MAX_READ = 16_000
"""Code points of a narrative that are read for meaning; a report says it in its first pages."""

SPANS = 2  # pieces of text quoted for one finding
NEAR = 0.3  # share of the best word's weight from which a neighbouring word is quoted with it

RULED_OUT = frozenset({"denied", "hypothetical", "advised", "past"})
"""Statuses with which a type is not found but ruled out."""

_ASIDE = frozenset({"advised", "past"})
_SILENT = RULED_OUT - {"denied"}


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


class Named(NamedTuple):
    """A class of the weights that a text names: its number and its probability."""

    number: int
    chance: float


class Weighed(NamedTuple):
    """A text with all that is computed of it before words are quoted. `modes` is None when all is asserted."""

    scan: Scan
    modes: list[str] | None
    live: frozenset[int] | None
    named: list[Named]
    below: list[Named]


def weigh(text: str, language: Language) -> Weighed:
    """The classes that the words of the text name, and those that they nearly name."""
    scan = language.reader.scan(text)
    modes = modalities(scan, language.reader.lexicon.classes)
    live = None if modes is None else frozenset(at for at, mode in enumerate(modes) if mode in LIVE)
    return Weighed(scan, modes, live, *_named(scan, live, language.scorer))


def _named(scan: Scan, live: frozenset[int] | None, scorer: Scorer) -> tuple[list[Named], list[Named]]:
    weights = scorer.weights
    chances = scorer.chances(see(scan, live, scorer.telling))
    best: dict[int, float] = {}
    for number, chance in chances:
        group = weights.group[number]
        if chance > best.get(group, 0.0):
            best[group] = chance
    named: list[Named] = []
    below: list[Named] = []
    for number, chance in chances:
        group = weights.group[number]
        least = weights.threshold[number]
        if chance < best[group]:
            least = weights.beside.get(group, least)
        (named if chance >= least else below).append(Named(number, round(chance, 3)))
    below.sort(key=lambda n: -n.chance)
    return named, below


class _Text:
    """A weighed text that is quoted from."""

    def __init__(self, text: str, weighed: Weighed, language: Language) -> None:
        self.text, self.scan, self.language = text, weighed.scan, language
        self.places = range(len(weighed.scan.cut.tokens))
        self.asserted = weighed.modes is None
        self.modes = weighed.modes or [ASSERTED] * len(self.places)
        self.live = frozenset(self.places) if weighed.live is None else weighed.live
        self.spans = weighed.scan.cut.spans()
        self.status = _status_by_words(weighed.named, language)


def _status_by_words(named: Sequence[Named], language: Language) -> Status:
    """What the weights make of the whole text: that something was only tried, or is only suspected."""
    classes = language.scorer.weights.classes
    given = {classes[n.number]: n.chance for n in named if classes[n.number].startswith("status:")}
    best = max(given, key=lambda name: given[name], default="status:occurred")
    return (
        "attempted"
        if best == "status:attempted"
        else "suspected"
        if best != "status:occurred"
        else "occurred"
    )


def read(text: str, language: Language) -> Reading:
    """The concepts named in the text, with the words that name them."""
    weighed = weigh(text, language)
    whole = _Text(text, weighed, language)
    learnt = settled([_read_of(whole, named) for named in weighed.named])
    found = [r for r in learnt if r.status not in RULED_OUT]
    known = {(r.axis, r.slug) for r in learnt}
    found += [r for r in _by_cue(whole) if (r.axis, r.slug) not in known]
    types = {r.slug for r in found if r.axis == "type"}
    ruled_out = [r for r in learnt if r.axis == "type" and r.status in RULED_OUT]
    known_out = types | {r.slug for r in ruled_out}
    silent = tuple(span for span, mode in zip(whole.spans, whole.modes, strict=True) if mode in _SILENT)
    return Reading(
        tuple(found),
        (*ruled_out, *_ruled_out(whole, known_out)),
        tuple(bare_read(named, language) for named in weighed.below),
        silent,
    )


def settled(learnt: Sequence[Read]) -> list[Read]:
    """What is read, where a text that tells of an incident and asserts no type keeps the types that advice and looks
    back surround: it must tell of something, and who reports also says what should be done."""
    types = [r for r in learnt if r.axis == "type"]
    quiet = max((r.confidence for r in learnt if (r.axis, r.slug) == ("kind", "quiet")), default=0.0)
    if any(r.status not in RULED_OUT for r in types) or quiet > max(
        (r.confidence for r in types), default=0.0
    ):
        return list(learnt)
    return [
        msgspec.structs.replace(r, status="occurred") if r.axis == "type" and r.status in _ASIDE else r
        for r in learnt
    ]


def bare_read(named: Named, language: Language) -> Read:
    """A class without its words, where nobody asks for them."""
    axis, slug = language.scorer.names[named.number]
    return Read(axis, slug, named.chance, "model", "occurred", ())


def status_of(named: Named, text: str, weighed: Weighed, language: Language) -> Status:
    """The status of a class that a text names, by the modality of the words that name it."""
    return _read_of(_Text(text, weighed, language), named).status


def _read_of(whole: _Text, named: Named) -> Read:
    bare = bare_read(named, whole.language)
    spans, status = _support(whole, named.number, None)
    if status == "occurred" and bare.axis == "type":
        status = whole.status
    return msgspec.structs.replace(bare, status=status, evidence=spans)


def _by_cue(whole: _Text) -> list[Read]:
    """Concepts of the axes without learnt classes, and techniques too rare to learn, by their cues."""
    found = []
    for axis, named in _cues(whole).items():
        places: dict[str, list[Hit]] = {}
        for hit, slug in _outermost(named):
            if slug is not None:
                places.setdefault(slug, []).append(hit)
        most = max(map(len, places.values()), default=0)
        for slug, hits in places.items():
            if axis == "sector" and len(hits) <= LESS_NAMED * most and len(hits) < most:
                continue
            evidence = tuple(_quote(whole, hit.first, hit.last) for hit in hits[:SPANS])
            status = _status(whole, {hits[0].first: 1.0})
            found.append(Read(axis, slug, CUE_CONFIDENCE, "cue", status, evidence))
    return found


def _cues(whole: _Text) -> dict[str, list[tuple[Hit, str | None]]]:
    """By axis the cues that count, with their slugs, and the words that look like one and are none (`mask`)."""
    lexicon = whole.language.reader.lexicon
    named: dict[str, list[tuple[Hit, str | None]]] = {}
    for hit in whole.scan.hits:
        if hit.first in whole.live:
            for label in hit.labels:
                kind, _, axis = lexicon.classes[label].partition(".")
                if kind in ("cue", "mask") and axis != "type":
                    slug = lexicon.labels[label][1:] if kind == "cue" else None
                    named.setdefault(axis, []).append((hit, slug))
    return named


def _outermost(named: Sequence[tuple[Hit, str | None]]) -> Iterator[tuple[Hit, str | None]]:
    """The cues that lie in no longer one: a university hospital is no university, a bank account no bank."""
    end, widest = -1, (-1, -1)
    for hit, slug in named:
        if hit.last > end or (hit.first, hit.last) == widest:
            end, widest = hit.last, (hit.first, hit.last)
            yield hit, slug


def _ruled_out(whole: _Text, found: Set[str]) -> list[Read]:
    """Types named in clauses that deny, suppose, advise or look back, by words that do so."""
    scorer = whole.language.scorer
    clauses = whole.scan.clauses
    best: dict[str, Read] = {}
    for clause in sorted({clauses[at] for at in whole.places if at not in whole.live}):
        inside = frozenset(range(bisect_left(clauses, clause), bisect_right(clauses, clause)))
        for named in _named(whole.scan, inside, scorer)[0]:
            axis, slug = scorer.names[named.number]
            if axis != "type" or slug in found or (slug in best and best[slug].confidence >= named.chance):
                continue
            spans, status = _support(whole, named.number, inside - whole.live)
            if spans:
                best[slug] = Read(axis, slug, named.chance, "model", status, spans)
    return list(best.values())


def _support(whole: _Text, number: int, chosen: Set[int] | None) -> tuple[tuple[Evidence, ...], Status]:
    """The words that speak most for a class, quoted, and the modality in which they stand. `chosen`: the places
    looked at, None for all that count."""
    weight = _place_weights(whole, number, whole.live if chosen is None else chosen)
    if not weight:
        return (), "occurred"
    spans: list[tuple[int, int]] = []
    left = dict(weight)
    most = max(weight.values())
    while left and len(spans) < SPANS:
        top = max(left, key=left.__getitem__)
        if spans and left[top] < NEAR * 2 * most:
            break
        first, last = _widened(whole, weight, top)
        spans.append((first, last))
        for at in range(first, last + 1):
            left.pop(at, None)
    evidence = tuple(_quote(whole, first, last) for first, last in spans)
    return evidence, _status(whole, weight)


def _widened(whole: _Text, weight: dict[int, float], top: int) -> tuple[int, int]:
    """The words around the best one, in its clause, that speak for the class too."""
    clauses = whole.scan.clauses
    least = NEAR * weight[top]
    first = last = top
    while weight.get(first - 1, 0.0) >= least and clauses[first - 1] == clauses[top]:
        first -= 1
    while weight.get(last + 1, 0.0) >= least and clauses[last + 1] == clauses[top]:
        last += 1
    return first, last


def _place_weights(whole: _Text, number: int, chosen: Set[int]) -> dict[int, float]:
    scorer = whole.language.scorer
    tokens = whole.scan.cut.tokens
    every = scorer.token_weights(tokens, number)
    weight = {at: every[at] for at in chosen}
    for hit in whole.scan.hits:
        if hit.first in chosen:
            size = hit.last - hit.first + 1
            added = sum(scorer.label_weight(label, number) for label in hit.labels) / size
            for at in range(hit.first, hit.last + 1):
                if at in weight:
                    weight[at] += added
    return {at: value for at, value in weight.items() if value > 0}


def _quote(whole: _Text, first: int, last: int) -> Evidence:
    start, end = whole.spans[first][0], whole.spans[last][1]
    return Evidence("text", whole.text[start:end], (start, end))


def _status(whole: _Text, weight: Mapping[int, float]) -> Status:
    """The status that the modality of most of the words gives, by their weight."""
    if whole.asserted:
        return "occurred"
    by_mode: dict[str, float] = {}
    for at, value in weight.items():
        by_mode[whole.modes[at]] = by_mode.get(whole.modes[at], 0.0) + value
    return _STATUS[max(by_mode, key=by_mode.__getitem__)]


_STATUS: dict[str, Status] = {
    "asserted": "occurred",
    "suspected": "suspected",
    "attempted": "attempted",
    "denied": "denied",
    "hypothetical": "hypothetical",
    "advised": "advised",
    "past": "past",
}
