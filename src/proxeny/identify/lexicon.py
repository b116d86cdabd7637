"""The interlingual lexicon: the words of six languages, each standing for lemmas that all of them share.

A weight learnt on English texts counts in Arabic because both `steal` and its Arabic forms are the lemma
`steal`. The recognition cues of concepts are entries too; their label is the concept's slug after `=`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import msgspec

from proxeny.base.errors import Fault, InputError
from proxeny.identify.words import Cutter, Word, cut_by_lexicon, make_keyer, read_words


class Lexicon(msgspec.Struct, frozen=True):
    """The entries of one language, by the keys of `words`. Label numbers index `labels` and `classes`."""

    language: str
    labels: list[str]
    classes: list[str]  # the word class of each label; for a cue, `cue.` and the axis of its concept
    single: dict[str, list[int]]
    phrases: dict[
        str, list[tuple[list[str], list[int]]]
    ]  # by the first two keys: those that follow, the labels
    han: list[str]  # every entry in Chinese characters, for cutting
    longest: int  # characters of the longest of them


class Hit(msgspec.Struct, frozen=True):
    """An entry found: the words from `first` up to and with `last`, and what they stand for."""

    first: int
    last: int
    labels: tuple[int, ...]


class Reader:
    """One language ready to read: its keys and its cutting are made once, and remembered."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self._keys: Callable[[str], tuple[str, ...]] = make_keyer(lexicon.language)
        self._cut: Cutter = cut_by_lexicon(frozenset(lexicon.han), max(1, lexicon.longest))
        self._found: dict[str, tuple[int, ...]] = {}

    def words(self, text: str) -> list[Word]:
        """The words of the text, cut and keyed by this language."""
        return read_words(text, self._keys, self._cut)

    def hits(self, words: Sequence[Word]) -> list[Hit]:
        """Every entry found, in order. A phrase is told before the words inside it, which are told too."""
        hits: list[Hit] = []
        phrases = self.lexicon.phrases
        last = len(words) - 1
        for at, word in enumerate(words):
            if at < last and words[at + 1].clause == word.clause:
                for key in word.keys:
                    for second in words[at + 1].keys:
                        found = phrases.get(f"{key} {second}")
                        if found is not None:
                            self._phrases(words, at, found, hits)
            labels = self._single(word)
            if labels:
                hits.append(Hit(at, at, labels))
        return hits

    def _phrases(
        self, words: Sequence[Word], at: int, found: list[tuple[list[str], list[int]]], hits: list[Hit]
    ) -> None:
        for rest, labels in found:
            end = at + 1 + len(rest)
            if end < len(words) and words[end].clause == words[at].clause and _follows(words, at + 1, rest):
                hits.append(Hit(at, end, tuple(labels)))

    def _single(self, word: Word) -> tuple[int, ...]:
        labels = self._found.get(word.surface)
        if labels is None:
            single = self.lexicon.single
            labels = next((tuple(single[key]) for key in word.keys if key in single), ())
            self._found[word.surface] = labels
        return labels


def _follows(words: Sequence[Word], at: int, rest: Sequence[str]) -> bool:
    return all(key in words[at + offset].keys for offset, key in enumerate(rest, start=1))


@cache
def _keyer(language: str) -> Callable[[str], tuple[str, ...]]:
    return make_keyer(language)


def entry_keys(form: str, language: str) -> list[str]:
    """The keys under which a form is filed. A form in Chinese characters is one key whatever its length."""
    keyer = _keyer(language)
    whole = cut_by_lexicon(frozenset({form}), len(form))
    return [word.keys[0] for word in read_words(form, keyer, whole)]


class Row(msgspec.Struct, frozen=True):
    """One lemma as written: its forms in each language."""

    lemma: str
    word_class: str
    forms: dict[str, list[str]]


def lexicon_rows(text: str, place: str) -> list[Row]:
    """The rows of one file of data/lexicon. Raises InputError with every faulty line."""
    lines = text.splitlines()
    header = lines[0].split("\t")
    languages = header[2:]
    faults, rows = [], []
    for number, line in enumerate(lines[1:], start=2):
        cells = line.split("\t")
        if len(cells) != len(header) or not all(cell.strip() for cell in cells):
            faults.append(Fault(f"{place}, line {number}", "a cell is missing", f"fill {', '.join(header)}"))
            continue
        forms = {
            language: [form.strip() for form in cell.split(";") if form.strip()]
            for language, cell in zip(languages, cells[2:], strict=True)
        }
        rows.append(Row(cells[0], cells[1], forms))
    if faults:
        raise InputError(faults)
    return rows


def build_lexicon(language: str, entries: Sequence[tuple[str, str, str]]) -> Lexicon:
    """The lexicon of one language from (form, label, class) rows. Forms that share keys share labels."""
    labels: dict[str, int] = {}
    classes: list[str] = []
    single: dict[str, list[int]] = {}
    phrases: dict[str, dict[tuple[str, ...], list[int]]] = {}
    han: set[str] = set()
    for form, label, word_class in entries:
        if label not in labels:
            labels[label] = len(classes)
            classes.append(word_class)
        keys = entry_keys(form, language)
        if not keys:
            continue
        han.update(key for key in keys if ord(key[0]) >= 0x3400)
        if len(keys) == 1:
            targets = single.setdefault(keys[0], [])
        else:
            targets = phrases.setdefault(f"{keys[0]} {keys[1]}", {}).setdefault(tuple(keys[2:]), [])
        if labels[label] not in targets:
            targets.append(labels[label])
    return Lexicon(
        language=language,
        labels=list(labels),
        classes=classes,
        single=single,
        phrases={
            first: [
                (list(rest), targets)
                for rest, targets in sorted(rests.items(), key=lambda r: (-len(r[0]), r[0]))
            ]
            for first, rests in phrases.items()
        },
        han=sorted(han),
        longest=max((len(entry) for entry in han), default=1),
    )
