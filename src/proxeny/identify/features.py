"""What a classifier sees of a text. One definition serves learning and use, so that they cannot differ.

Kinds of features, by their first letter: `L` a lemma of the interlingual lexicon or a concept's cue, `K` a
word class, `P` two lemmas and `Q` two word classes that share a sentence (who did what to what): these
four are common to all languages, and so is `M` a word
of modality anywhere in the text. `W` a stem, `B` two stems in a row, `G` a run of 3 to 5 letters of a
word, or of 2 Chinese characters: these belong to one language.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from proxeny.base.normal import fold
from proxeny.identify.lexicon import Hit, Lexicon
from proxeny.identify.words import Word

SHORTEST_RUN, LONGEST_RUN = 3, 5
LABELS_A_SENTENCE = 24
"""Lemmas of one sentence that are paired; beyond it the text is a list, not a sentence."""


def word_features(surface: str, key: str) -> list[str]:
    """The features of a word by itself: its stem and the runs of its letters."""
    found = ["W" + key]
    if ord(surface[0]) >= 0x3400:
        found += ["G" + surface[at : at + 2] for at in range(len(surface) - 1)]
        return found
    marked = f"^{fold(surface)}$"
    for size in range(SHORTEST_RUN, LONGEST_RUN + 1):
        found += ["G" + marked[at : at + size] for at in range(len(marked) - size + 1)]
    return found


def neighbour_feature(left: Word, right: Word) -> str | None:
    """The feature of two words in a row, or None across a clause."""
    if left.clause != right.clause:
        return None
    if left.end == right.start and ord(right.surface[0]) >= 0x3400:
        return "G" + left.surface[-1] + right.surface[0]
    return f"B{left.keys[0]} {right.keys[0]}"


def labels_by_sentence(words: Sequence[Word], hits: Sequence[Hit], told: Sequence[bool]) -> list[list[int]]:
    """The label numbers told in each sentence, in rising order, each once. `told`: whether a label tells of an
    incident at all, by its number; modality does not."""
    by_sentence: dict[int, set[int]] = {}
    for hit in hits:
        labels = [label for label in hit.labels if told[label]]
        if labels:
            by_sentence.setdefault(words[hit.first].sentence, set()).update(labels)
    return [sorted(labels)[:LABELS_A_SENTENCE] for labels in by_sentence.values()]


def signals_of(hits: Sequence[Hit], lexicon: Lexicon) -> list[int]:
    """The labels of modality that stand anywhere in the text, in rising order: advice and supposition tell what
    kind of text it is, though the words they govern tell of no incident."""
    return sorted({n for hit in hits for n in hit.labels if lexicon.classes[n].startswith("mod.")})


def pair_feature(pair: tuple[int, int], lexicon: Lexicon) -> str:
    """The feature of two labels that share a sentence; the order of their names, the same in all languages."""
    left, right = sorted((lexicon.labels[pair[0]], lexicon.labels[pair[1]]))
    return f"P{left} {right}"


def meaning_features(words: Sequence[Word], hits: Sequence[Hit], lexicon: Lexicon) -> set[str]:
    """The names of the features common to all languages, of the entries found."""
    found: set[str] = set()
    told = [not name.startswith("mod.") for name in lexicon.classes]
    for labels in labels_by_sentence(words, hits, told):
        classes = sorted({lexicon.classes[label] for label in labels})
        found.update("L" + lexicon.labels[label] for label in labels)
        found.update("K" + name for name in classes)
        found.update(pair_feature(pair, lexicon) for pair in combinations(labels, 2))
        found.update(f"Q{left} {right}" for left, right in combinations(classes, 2))
    return found
