"""What a classifier sees of a text. One definition serves learning and use, so that they cannot differ.

Kinds of features, by their first letter: `L` a lemma of the interlingual lexicon or a concept's cue, `K` a
word class, `P` a deed and a thing that share a sentence (what was done to what), `M` a word of modality anywhere
in the text, `D` a lemma that is denied, supposed, advised or past: these are common to all languages. `W` a stem,
`G` a run of 3 to 5 letters of a word, or of 2 Chinese characters: these belong to one language. (Pairs of stems
were tried: they cost time and added nothing to runs of letters and phrases of the lexicon.)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from itertools import pairwise, product
from typing import NamedTuple

from proxeny.base.normal import fold
from proxeny.identify.lexicon import Form, Hit, Lexicon, Reader, Scan
from proxeny.identify.words import NUMBER, WORD

SHORTEST_RUN, LONGEST_RUN = 3, 5
DEEDS = ("act.", "state.", "weak.", "sign.")
THINGS = ("thing.", "data.", "who.", "place.")
"""Word classes of the lexicon. A deed and a thing that share a sentence are a feature together."""
APART = ("cue.sector", "cue.cause", "cue.origin", "mask.")
"""Word classes that are no features: they are read by their words alone, so that words can be added without learning
anew, and what somebody's sector is says nothing of what befell them."""


class Seen(NamedTuple):
    """The features of a text, each once, before they are named or weighed."""

    tokens: Collection[str]
    neighbours: Collection[tuple[str, str]]
    labels: Collection[int]
    pairs: Collection[tuple[int, int]]
    modal: Collection[int]
    denied: Collection[int]


class Telling:
    """Which labels of a lexicon are of modality, which name a deed or a state, and which a thing, a person or a
    place; by their numbers. `apart` are no features. `han`: whether the language is written in Chinese characters,
    without spaces."""

    def __init__(self, lexicon: Lexicon) -> None:
        numbers = range(len(lexicon.classes))
        self.han = lexicon.language == "zh"
        self.modal = frozenset(n for n in numbers if lexicon.classes[n].startswith("mod."))
        self.deeds = frozenset(n for n in numbers if lexicon.classes[n].startswith(DEEDS))
        self.things = frozenset(n for n in numbers if lexicon.classes[n].startswith(THINGS))
        self.apart = frozenset(n for n in numbers if lexicon.classes[n].startswith(APART))


def see(scan: Scan, live: Collection[int] | None, telling: Telling) -> Seen:
    """The features of the tokens that count. `live` are their places, None for all."""
    tokens: Sequence[str] = scan.cut.tokens
    hits: Sequence[Hit] = scan.hits
    neighbours: set[tuple[str, str]] = set(pairwise(tokens)) if telling.han else set()
    denied: set[int] = set()
    modal: set[int] = set()
    if live is not None:
        if telling.han:
            neighbours = {(tokens[at], tokens[at + 1]) for at in live if at + 1 in live}
        tokens = list({tokens[at] for at in live})
        for hit in hits:
            if hit.first not in live:
                denied.update(hit.labels)
        denied -= telling.modal
    by_sentence: dict[int, set[int]] = {}
    labels: set[int] = set()
    for first, _last, found in hits:
        if live is None or first in live:
            labels.update(found)
            sentence = scan.sentences[first]
            if sentence in by_sentence:
                by_sentence[sentence].update(found)
            else:
                by_sentence[sentence] = set(found)
        elif not telling.modal.isdisjoint(found):
            modal.update(found)
    modal |= labels & telling.modal
    modal &= telling.modal
    if modal:
        labels -= telling.modal
    labels -= telling.apart
    denied -= telling.apart
    pairs: set[tuple[int, int]] = set()
    for together in by_sentence.values():
        pairs.update(product(together & telling.deeds, together & telling.things))
    return Seen(set(tokens), neighbours, labels, pairs, modal, denied)


def token_features(token: str, form: Form) -> list[str]:
    """The features of a token by itself: its stem and the runs of its letters."""
    if form.kind == NUMBER:
        return ["W0"]
    if form.kind != WORD:
        return []
    found = ["W" + form.keys[0]]
    if ord(token[0]) >= 0x3400:
        found += ["G" + token[at : at + 2] for at in range(len(token) - 1)]
        return found
    marked = f"^{fold(token)}$"
    for size in range(SHORTEST_RUN, LONGEST_RUN + 1):
        found += ["G" + marked[at : at + size] for at in range(len(marked) - size + 1)]
    return found


def neighbour_feature(left: str, right: str) -> str | None:
    """The two Chinese characters at which two tokens meet, or None where either is of another script."""
    if ord(left[-1]) >= 0x3400 and ord(right[0]) >= 0x3400:
        return "G" + left[-1] + right[0]
    return None


def label_feature(label: int, lexicon: Lexicon) -> tuple[str, str]:
    """The features of a label: itself and its word class."""
    return "L" + lexicon.labels[label], "K" + lexicon.classes[label]


def pair_feature(pair: tuple[int, int], lexicon: Lexicon) -> str:
    """The feature of two labels that share a sentence; the order of their names, the same in all languages."""
    left, right = sorted((lexicon.labels[pair[0]], lexicon.labels[pair[1]]))
    return f"P{left} {right}"


def names_of(seen: Seen, reader: Reader) -> tuple[Counter[str], int]:
    """The features of a text by their names, counted, as learning needs them; and their number."""
    forms, lexicon = reader.forms, reader.lexicon
    found: Counter[str] = Counter()
    for token in seen.tokens:
        found.update(token_features(token, forms[token]))
    size = found.total() + size_of(seen)
    found.update(name for pair in seen.neighbours if (name := neighbour_feature(*pair)) is not None)
    for label in seen.labels:
        found.update(label_feature(label, lexicon))
    found.update(pair_feature(pair, lexicon) for pair in seen.pairs)
    found.update("M" + lexicon.labels[label] for label in seen.modal)
    found.update("D" + lexicon.labels[label] for label in seen.denied)
    return found, size


def size_of(seen: Seen) -> int:
    """The number of features that are not those of single tokens."""
    return len(seen.neighbours) + 2 * len(seen.labels) + len(seen.pairs) + len(seen.modal) + len(seen.denied)
