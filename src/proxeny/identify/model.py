"""The learnt part: linear weights over the features of a text, made by tools/learn.py, versioned and small.

Weights are bytes: pairs of a class number and a signed weight of 8 bits, to be multiplied by the class's
scale. The score of a class is its bias plus the sum of its weights over the features found, divided by
the root of the number of features; the probability is the logistic of the score after calibration
(Platt), so that of the answers given with 0.8 about eight in ten are right.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import msgspec

from proxeny.identify.features import meaning_features, neighbour_feature, word_features
from proxeny.identify.lexicon import Hit, Lexicon
from proxeny.identify.words import Word


class Weights(msgspec.Struct, frozen=True):
    """What all languages share: the classes, `axis:slug`, and the weights of `L`, `K`, `P`, `Q` features."""

    version: str
    classes: list[str]
    bias: list[float]
    scale: list[float]
    slope: list[float]  # of the calibration, with `gap` and `offset`
    gap: list[float]  # what the lead over the best other class of the axis adds
    offset: list[float]
    threshold: list[float]  # of probability, above which the class is given
    common: dict[str, bytes]
    cues: dict[str, float] = {}  # by type: in what share of texts a cue of it was right


class OwnWeights(msgspec.Struct, frozen=True):
    """The weights of the features of one language."""

    language: str
    own: dict[str, bytes]




class Scorer:
    """Weights of one language ready for use. What a word contributes is worked out once and remembered."""

    def __init__(self, weights: Weights, own: OwnWeights) -> None:
        self.weights = weights
        self._own = own.own
        self._words: dict[str, tuple[list[float], int]] = {}
        self._rows: dict[str, list[float] | None] = {}
        self._nothing = [0.0] * len(weights.classes)
        self._axes = _runs([name.partition(":")[0] for name in weights.classes])

    def probabilities(
        self, live: Sequence[Word], words: Sequence[Word], hits: Sequence[Hit], lexicon: Lexicon
    ) -> list[float]:
        """The probability of each class, in the order of `weights.classes`, from the words that count (`live`)
        and the entries that count (`hits`, numbered within `words`)."""
        rows: list[list[float]] = []
        features = 0
        seen: set[str] = set()
        before: Word | None = None
        for word in live:
            if word.surface not in seen:
                seen.add(word.surface)
                row, size = self._word(word)
                rows.append(row)
                features += size
            if before is not None:
                neighbour = neighbour_feature(before, word)
                if neighbour is not None and neighbour not in seen:
                    seen.add(neighbour)
                    features += 1
                    self._add(rows, neighbour, self._own)
            before = word
        for meaning in meaning_features(words, hits, lexicon):
            features += 1
            self._add(rows, meaning, self.weights.common)
        return self._calibrated(rows, features)

    def word_weight(self, word: Word, number: int) -> float:
        """What the word by itself adds to the class of that number, before the root is taken."""
        return self._word(word)[0][number]

    def meaning_weight(self, feature: str, number: int) -> float:
        """What a feature common to all languages adds to the class of that number."""
        row = self._row(feature, self.weights.common)
        return row[number] if row is not None else 0.0

    def _calibrated(self, rows: list[list[float]], features: int) -> list[float]:
        weights = self.weights
        totals: Iterable[float] = map(sum, zip(*rows, strict=True)) if rows else self._nothing
        root = math.sqrt(features) if features else 1.0
        scores = [bias + total / root for total, bias in zip(totals, weights.bias, strict=True)]
        chances = [0.0] * len(scores)
        for first, last in self._axes:
            best, second = _best_two(scores[first:last])
            for at in range(first, last):
                score = scores[at]
                lead = score - (second if score == best else best)
                logit = weights.slope[at] * score + weights.gap[at] * lead + weights.offset[at]
                chances[at] = 1.0 / (1.0 + math.exp(-logit)) if logit > -30.0 else 0.0
        return chances

    def _word(self, word: Word) -> tuple[list[float], int]:
        found = self._words.get(word.surface)
        if found is None:
            names = word_features(word.surface, word.keys[0])
            rows = [row for name in names if (row := self._row(name, self._own)) is not None]
            total = list(map(sum, zip(*rows, strict=True))) if rows else self._nothing
            found = self._words[word.surface] = (total, len(names))
        return found

    def _add(self, rows: list[list[float]], feature: str, table: dict[str, bytes]) -> None:
        row = self._row(feature, table)
        if row is not None:
            rows.append(row)

    def _row(self, feature: str, table: dict[str, bytes]) -> list[float] | None:
        if feature in self._rows:
            return self._rows[feature]
        packed = table.get(feature)
        row = None
        if packed is not None:
            row = list(self._nothing)
            for at in range(0, len(packed), 2):
                number, weight = packed[at], packed[at + 1]
                row[number] = (weight - 256 if weight > 127 else weight) * self.weights.scale[number]
            self._rows[feature] = row
        return row


def _best_two(scores: Sequence[float]) -> tuple[float, float]:
    if len(scores) < 2:
        return scores[0], scores[0]
    best, second = sorted(scores, reverse=True)[:2]
    return best, second


def _runs(names: Sequence[str]) -> list[tuple[int, int]]:
    """The (first, past the last) of each run of equal names; classes stand sorted by axis."""
    runs: list[tuple[int, int]] = []
    for at, name in enumerate(names):
        if runs and names[runs[-1][0]] == name:
            runs[-1] = (runs[-1][0], at + 1)
        else:
            runs.append((at, at + 1))
    return runs
