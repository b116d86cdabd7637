"""What a classifier sees of a text. One definition serves learning and use, so that they cannot differ.

Kinds of features, by their first letter: `L` a lemma of the interlingual lexicon or a concept's cue, `K` a
word class, `P` two lemmas and `Q` two word classes that share a sentence (who did what to what): these
four are common to all languages. `W` a stem, `B` two stems in a row, `G` a run of 3 to 5 letters of a
word, or of 2 Chinese characters: these belong to one language.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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


def meaning_features(words: Sequence[Word], hits: Sequence[Hit], lexicon: Lexicon) -> set[str]:
    """The features common to all languages, of the words given and the entries found among them."""
    by_sentence: dict[int, list[int]] = {}
    for hit in hits:
        labels = by_sentence.setdefault(words[hit.first].sentence, [])
        for label in hit.labels:
            if label not in labels and not lexicon.classes[label].startswith("mod."):
                labels.append(label)
    found: set[str] = set()
    for labels in by_sentence.values():
        found.update(_sentence_features(labels[:LABELS_A_SENTENCE], lexicon))
    return found


def _sentence_features(labels: Sequence[int], lexicon: Lexicon) -> Iterator[str]:
    names = sorted(lexicon.labels[label] for label in labels)
    classes = sorted({lexicon.classes[label] for label in labels})
    for at, name in enumerate(names):
        yield "L" + name
        for other in names[at + 1 :]:
            yield f"P{name} {other}"
    for at, word_class in enumerate(classes):
        yield "K" + word_class
        for other in classes[at + 1 :]:
            yield f"Q{word_class} {other}"
