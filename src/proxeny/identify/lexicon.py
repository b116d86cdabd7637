"""The interlingual lexicon: the words of six languages, each standing for lemmas that all of them share.

A weight learnt on English texts counts in Arabic because both `steal` and its Arabic forms are the lemma
`steal`. The recognition cues of concepts are entries too; their label is the concept's slug after `=`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import cache
from itertools import accumulate, pairwise
from operator import itemgetter
from typing import NamedTuple, TypeVar

import msgspec

from proxeny.base.errors import Fault, InputError
from proxeny.identify.words import (
    PAUSE,
    STOP,
    WORD,
    Cut,
    Cutter,
    cut_by_lexicon,
    cut_text,
    kind_of,
    make_keyer,
)

Phrases = dict[str, list[tuple[list[str], list[int]]]]
"""By the second key of a phrase: the keys that follow it, and the labels; longest first."""


class Lexicon(msgspec.Struct, frozen=True):
    """The entries of one language, by the keys of `words`. Label numbers index `labels` and `classes`."""

    language: str
    labels: list[str]
    classes: list[str]  # the word class of each label; for a cue, `cue.` and the axis of its concept
    single: dict[str, list[int]]
    phrases: dict[str, Phrases]  # by their first key
    han: list[str]  # every entry in Chinese characters, for cutting
    longest: int  # characters of the longest of them


class Form(NamedTuple):
    """What is known of a token by itself."""

    pause: int  # 1 where a clause ends
    stop: int  # 1 where a sentence ends
    labels: tuple[int, ...]  # of the entry that it is
    kind: int
    keys: tuple[str, ...]  # by which it may be found, best first; the first is its stem


class Hit(NamedTuple):
    """An entry found: the tokens from `first` up to and with `last`, and what they stand for."""

    first: int
    last: int
    labels: tuple[int, ...]


class Scan(NamedTuple):
    """A text cut and looked up: its tokens, the clause and the sentence of each, and the entries found."""

    cut: Cut
    clauses: list[int]
    sentences: list[int]
    hits: list[Hit]


MOST_FORMS, MOST_PAIRS = 100_000, 300_000
"""Tokens and neighbouring tokens remembered. A bound, so that memory has one."""

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Memo(dict[Key, Value]):
    """What was worked out for every key met, once. Emptied when it is full. The values are taken in C, by
    `map(memo.__getitem__, keys)`, not in a loop."""

    def __init__(self, make: Callable[[Key], Value], most: int) -> None:
        super().__init__()
        self._make, self._most = make, most

    def __missing__(self, key: Key) -> Value:
        if len(self) >= self._most:
            self.clear()
        value = self[key] = self._make(key)
        return value


class Reader:
    """One language ready to read: its keys and its cutting are made once, and remembered."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.forms: Memo[str, Form] = Memo(self._form, MOST_FORMS)
        self._keys = make_keyer(lexicon.language)
        self._cut: Cutter = cut_by_lexicon(frozenset(lexicon.han), max(1, lexicon.longest))
        self._begins: Memo[tuple[str, str], list[tuple[list[str], list[int]]]] = Memo(self._begun, MOST_PAIRS)

    def scan(self, text: str) -> Scan:
        """The tokens of the text and every entry found, in order. The words inside a phrase are told too."""
        cut = cut_text(text, self._cut)
        tokens = cut.tokens
        forms = list(map(self.forms.__getitem__, tokens))
        hits = [Hit(at, at, form[2]) for at, form in enumerate(forms) if form[2]]
        begun = list(map(self._begins.__getitem__, pairwise(tokens)))
        if any(begun):
            for at, phrases in enumerate(begun):
                for rest, labels in phrases:
                    if not rest or self._follows(tokens, at + 2, rest):
                        hits.append(Hit(at, at + 1 + len(rest), tuple(labels)))
            hits.sort(key=_order)
        clauses = list(accumulate(map(_PAUSE_OF, forms)))
        sentences = list(accumulate(map(_STOP_OF, forms)))
        return Scan(cut, clauses, sentences, hits)

    def _form(self, token: str) -> Form:
        kind = kind_of(token)
        if kind != WORD:
            return Form(int(kind >= PAUSE), int(kind == STOP), (), kind, (token,))
        keys, single = self._keys(token), self.lexicon.single
        return Form(0, 0, next((tuple(single[key]) for key in keys if key in single), ()), kind, keys)

    def _begun(self, pair: tuple[str, str]) -> list[tuple[list[str], list[int]]]:
        """The phrases that two tokens in a row begin: the keys that must follow, and the labels."""
        left, right = self.forms[pair[0]], self.forms[pair[1]]
        phrases = self.lexicon.phrases
        return [
            phrase
            for key in left.keys
            if key in phrases
            for second in right.keys
            for phrase in phrases[key].get(second, ())
        ]

    def _follows(self, tokens: Sequence[str], at: int, rest: Sequence[str]) -> bool:
        return at + len(rest) <= len(tokens) and all(
            key in self.forms[tokens[at + offset]].keys for offset, key in enumerate(rest)
        )


_PAUSE_OF, _STOP_OF = itemgetter(0), itemgetter(1)


def _order(hit: Hit) -> tuple[int, int]:
    """Hits by their place; a phrase before the words inside it."""
    return hit.first, -hit.last


@cache
def _keyer(language: str) -> Callable[[str], tuple[str, ...]]:
    return make_keyer(language)


def entry_keys(form: str, language: str) -> list[str]:
    """The keys under which a form is filed. A form in Chinese characters is one key whatever its length."""
    keyer = _keyer(language)
    whole = cut_by_lexicon(frozenset({form}), len(form))
    return [keyer(token)[0] for token in cut_text(form, whole).tokens if kind_of(token) == WORD]


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
    phrases: dict[tuple[str, str], dict[tuple[str, ...], list[int]]] = {}
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
            targets = phrases.setdefault((keys[0], keys[1]), {}).setdefault(tuple(keys[2:]), [])
        if labels[label] not in targets:
            targets.append(labels[label])
    by_first: dict[str, Phrases] = {}
    for (first, second), rests in phrases.items():
        longest_first = sorted(rests.items(), key=lambda r: (-len(r[0]), r[0]))
        by_first.setdefault(first, {})[second] = [(list(rest), targets) for rest, targets in longest_first]
    return Lexicon(
        language=language,
        labels=list(labels),
        classes=classes,
        single=single,
        phrases=by_first,
        han=sorted(han),
        longest=max((len(entry) for entry in han), default=1),
    )
