"""Proposing concepts for the codes of an imported vocabulary: from names, and by reading what is said of the codes."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from proxeny.actions.ports import Knowledge
from proxeny.identify.language import detect_language
from proxeny.identify.reading import Language, weigh
from proxeny.identify.words import LANGUAGES, WORD
from proxeny.terms.imported.records import Entry, Link, Note
from proxeny.terms.suggest import (
    Hint,
    Siblings,
    Suggested,
    Suggestion,
    Why,
    by_links,
    by_names,
    by_parent,
    by_schemes,
    combine,
    index_codes,
    index_names,
    names_of,
    ranked,
)

PHRASE = 0.7
"""Of a concept whose cue makes up the whole label; of a part of it by its share of the telling words."""

WORDS = 0.7
"""Of a concept whose name has the very words of the code."""

SIBLING = 0.8
"""What the name of a code of another scheme counts beside a name of the concept it is mapped to."""

DEFINED = 0.4
"""Of a concept whose definition holds all telling words of the code."""

TEXT = {"type": 0.6, "technique": 0.5, "effect": 0.4, "sector": 0.4}
"""Shares of the probability with which a text of the code would be read as a report of the concept, by axis."""

TEXT_ELSEWHERE = 0.15
"""The same on other axes: any short text reads as malicious and from outside."""

DOUBT = 0.3
"""The probability that means nothing: the weights were learnt from reports, which say more than a label."""

DESCRIPTION = 0.6
"""Share of what a description hints at: it also tells what the code is not."""

MOST = 5
"""Concepts proposed for a code."""

LEAST = 0.15
"""Confidence under which nothing is proposed."""

_NEAREST = 8  # concepts looked at by words
_WHOLE = 0.99  # share of the telling words from which a cue is all of the label
_OWN_AXIS = 0.6  # what is kept of a concept on an axis that no other code of the class points to


class Proposer:
    """What is needed to propose concepts, made once: names of concepts, codes of schemes, words by language."""

    def __init__(self, knowledge: Knowledge, without: Iterable[str] = ()) -> None:
        """`without`: names of schemes whose codes are not asked, such as the vocabulary itself."""
        self.knowledge = knowledge
        self.names = index_names(knowledge.terminology, knowledge.glosses)
        self.siblings = index_codes(knowledge.crosswalks, without)
        self._words: dict[str, Words] = {}

    def words(self, language: str) -> Words:
        """The words of the concepts in a language."""
        if language not in self._words:
            self._words[language] = Words(self.knowledge, language, self.siblings)
        return self._words[language]


class Words:
    """What concepts are called and how they are defined, by the words of one language and the lemmas all share."""

    def __init__(self, knowledge: Knowledge, language: str, siblings: Siblings) -> None:
        self.reading = knowledge.language(language)
        self._names: list[
            tuple[str, float, str, frozenset[str]]
        ] = []  # concept, its share, whose name, the words
        self._defined: dict[str, frozenset[str]] = {}
        counts: Counter[str] = Counter()
        for concept in knowledge.terminology.concepts.values():
            gloss = knowledge.glosses[concept.id]
            own = {concept.label[language], *gloss.cues[language]}
            told = [self._told(name) for name in sorted(own)]
            self._names += [(concept.id, 1.0, "", words) for words in told]
            self._defined[concept.id] = self._told(gloss.definition[language])
            counts.update(self._defined[concept.id].union(*told))
        self._unknown = math.log(1 + len(self._defined))
        self._rarity = {word: math.log(1 + len(self._defined) / count) for word, count in counts.items()}
        for key, codes in siblings.items():
            words = self._told(key)
            self._names += [
                (code.mapped[0].concept, SIBLING, f"{scheme}:{code.code}", words) for scheme, code in codes
            ]
        self._holding: dict[str, list[int]] = {}
        for at, (*_, words) in enumerate(self._names):
            for word in words:
                self._holding.setdefault(word, []).append(at)

    def weight(self, words: Iterable[str]) -> float:
        """How telling the words are together: the rarer among concepts, the more."""
        return sum(self._rarity.get(word, self._unknown) for word in words)

    def _told(self, text: str) -> frozenset[str]:
        reader = self.reading.reader
        scan = reader.scan(text)
        forms = (reader.forms[token] for token in scan.cut.tokens)
        found = {"w" + form.keys[0] for form in forms if form.kind == WORD}
        names = (reader.lexicon.labels[label] for hit in scan.hits for label in hit.labels)
        return frozenset(found.union("l" + name for name in names if not name.startswith("=")))

    def nearest(self, text: str) -> Iterator[tuple[str, float, str]]:
        """The concepts with a name most like the text, how like it is (Dice of weighted words, 0 to 1), whose name."""
        words = self._told(text)
        own = self.weight(words)
        if not own:
            return
        shared: dict[int, float] = {}
        for word in words:
            weight = self._rarity.get(word, self._unknown)
            for at in self._holding.get(word, ()):
                shared[at] = shared.get(at, 0.0) + weight
        best: dict[str, tuple[float, str]] = {}
        for at, common in shared.items():
            concept, share, whose, held = self._names[at]
            like = share * 2 * common / (own + self.weight(held))
            if like > best.get(concept, (0.0, ""))[0]:
                best[concept] = (like, whose)
        for concept, (like, whose) in sorted(best.items(), key=lambda item: (-item[1][0], item[0]))[
            :_NEAREST
        ]:
            yield concept, like, whose

    def defining(self, text: str) -> Iterator[tuple[str, float]]:
        """The concepts whose definition holds the words of the text, and how much of them."""
        words = self._told(text)
        own = self.weight(words) or 1.0
        found = {concept: self.weight(words & held) / own for concept, held in self._defined.items()}
        yield from sorted(found.items(), key=lambda item: (-item[1], item[0]))[:_NEAREST]


def suggest(
    entries: Sequence[Entry],
    links: Iterable[Link],
    proposer: Proposer,
    mapped: Mapping[str, Suggested] | None = None,
) -> list[Suggestion]:
    """What is proposed for each code, in their order. `mapped`: the principal concepts of codes mapped already."""
    by_code: dict[str, list[Link]] = {}
    for link in links:
        by_code.setdefault(link.code, []).append(link)
    given = dict(mapped or {})
    told = {entry.code: entry for entry in entries}
    found: dict[str, list[Suggested]] = {}
    for entry in _parents_first(entries, told):
        above = [
            best
            for code in _ancestors(entry, told)
            if (best := given.get(code) or next(iter(found.get(code, ())), None)) is not None
        ]
        hints = [*_hints(entry, by_code.get(entry.code, ()), proposer), *by_parent(above)]
        found[entry.code] = combine(hints, proposer.knowledge.terminology)
    settled = _by_class(entries, told, found)
    return [
        Suggestion(
            entry.code,
            entry.notes[0].label,
            tuple(s for s in settled[entry.code][:MOST] if s.confidence >= LEAST),
        )
        for entry in entries
    ]


def _ancestors(entry: Entry, told: Mapping[str, Entry]) -> list[str]:
    """The codes above one, nearest first; a circle ends where it closes."""
    found: list[str] = []
    at = entry.broader
    while at in told and at not in found:
        found.append(at)
        at = told[at].broader
    return found


def _parents_first(entries: Sequence[Entry], told: Mapping[str, Entry]) -> Iterator[Entry]:
    done: set[str] = set()
    for entry in entries:
        path: list[Entry] = []
        at: Entry | None = entry
        while at is not None and at.code not in done:
            done.add(at.code)
            path.append(at)
            at = told.get(at.broader)
        yield from reversed(path)


def _hints(entry: Entry, links: Sequence[Link], proposer: Proposer) -> Iterator[Hint]:
    yield from by_links(links, proposer.knowledge.crosswalks)
    yield from by_names(entry, proposer.names)
    yield from by_schemes(entry, proposer.siblings)
    for note in entry.notes:
        language = language_of(note)
        if language in LANGUAGES:
            words = proposer.words(language)
            for name in names_of(Entry(entry.code, "", (note,), "")).values():
                yield from _by_phrases(name, words, proposer)
                yield from _by_words(name, words, 1.0)
            yield from _by_words(note.description, words, DESCRIPTION)
            yield from _by_text(f"{note.label}. {note.description}", words.reading, proposer)


def language_of(note: Note) -> str:
    """The language of a note as its publisher states it, else as it reads."""
    return note.language or detect_language(f"{note.label} {note.description}") or "en"


def _by_phrases(name: str, words: Words, proposer: Proposer) -> Iterator[Hint]:
    """The concepts whose cues stand in the label; where a cue is not all of it, the code says more than that."""
    reader = words.reading.reader
    scan = reader.scan(name)
    forms = [reader.forms[token] for token in scan.cut.tokens]
    telling = [words.weight(["w" + form.keys[0]]) if form.kind == WORD else 0.0 for form in forms]
    for first, last, labels in scan.hits:
        share = sum(telling[first : last + 1]) / (sum(telling) or 1.0)
        for label in labels:
            slug = reader.lexicon.labels[label]
            if slug.startswith("="):
                concept = proposer.knowledge.terminology.by_slug[slug[1:]]
                quoted = " ".join(scan.cut.tokens[first : last + 1])
                whole = share > _WHOLE
                yield Hint(concept, "close" if whole else "broad", PHRASE * share, "phrase", quoted)


def _by_words(text: str, words: Words, share: float) -> Iterator[Hint]:
    if text:
        for concept, like, whose in words.nearest(text):
            why: Why = "like" if whose else "words"
            yield Hint(concept, "close", like**1.5 * WORDS * share, why, whose or text)
        for concept, like in words.defining(text):
            yield Hint(concept, "close", like * DEFINED * share, "definition", text)


def _by_text(text: str, language: Language, proposer: Proposer) -> Iterator[Hint]:
    """What the learnt weights make of the label and description, read as if they were a report."""
    weighed = weigh(text, language)
    for named in (*weighed.named, *weighed.below):
        axis, slug = language.scorer.names[named.number]
        concept = proposer.knowledge.terminology.by_slug.get(slug)
        sure = max(0.0, named.chance - DOUBT) / (1 - DOUBT) * TEXT.get(axis, TEXT_ELSEWHERE)
        if concept is not None and sure:
            yield Hint(concept, "close", sure, "text", text)


def _by_class(
    entries: Sequence[Entry], told: Mapping[str, Entry], found: Mapping[str, list[Suggested]]
) -> dict[str, list[Suggested]]:
    """The proposals weighed by what the codes of one class have in common: they stand on one axis as a rule."""
    heads = {entry.code: (_ancestors(entry, told) or [""])[-1] for entry in entries}
    votes: dict[str, Counter[str]] = {}
    for entry in entries:
        for best in found[entry.code][:1]:
            votes.setdefault(heads[entry.code], Counter())[best.axis] += best.confidence  # type: ignore[assignment]
    settled = {}
    for entry in entries:
        axes = votes.get(heads[entry.code], Counter())
        most = max(axes.values(), default=0) or 1
        settled[entry.code] = ranked(
            msgspec.structs.replace(
                one,
                confidence=round(one.confidence * (_OWN_AXIS + (1 - _OWN_AXIS) * axes[one.axis] / most), 3),
            )
            for one in found[entry.code]
        )
    return settled
