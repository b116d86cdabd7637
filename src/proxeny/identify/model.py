"""The learnt part: linear weights over the features of a text, made by tools/learn.py, versioned and small.

Weights are bytes: pairs of a class number and a signed weight of 8 bits, to be multiplied by the class's
scale. The score of a class is its bias plus the sum of its weights over the features found, divided by
the root of the number of features; the probability is the logistic of the score after calibration
(Platt), so that of the answers given with 0.8 about eight in ten are right.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import chain

import msgspec

from proxeny.identify.features import (
    Seen,
    Telling,
    label_feature,
    neighbour_feature,
    pair_feature,
    size_of,
    token_features,
)
from proxeny.identify.lexicon import MOST_FORMS, MOST_PAIRS, Lexicon, Memo, Reader

BELOW = 0.12
"""Probability from which a class under its threshold is worth a question to the reporter; what is less likely
is not told at all."""


_LEAST = math.log(BELOW / (1 - BELOW))


class Weights(msgspec.Struct, frozen=True):
    """What all languages share: the classes, `axis:slug`, sorted, and the weights of features common to all."""

    version: str
    classes: list[str]
    group: list[int]  # classes of one group compete
    bias: list[float]
    scale: list[float]
    slope: list[float]  # of the calibration, with `gap` and `offset`
    gap: list[float]  # what the lead over the best other class of the group adds
    floor: list[float]  # the score under which a class is not looked at
    offset: list[float]
    threshold: list[float]  # of probability, above which the class is given
    common: dict[str, bytes]
    beside: dict[
        int, float
    ] = {}  # by group: the threshold of a class beside a likelier one, where it is another


class OwnWeights(msgspec.Struct, frozen=True):
    """The weights of the features of one language."""

    language: str
    own: dict[str, bytes]


LANE = 24
"""Bits of a lane. A row of class weights is one integer with a lane for each class, above a first lane that counts
features: adding two integers adds all classes at once, in C. No text of MAX_READ code points can fill a lane: it
has at most three runs of letters, and less than one other feature, for each code point, of 127 at most."""

_SIGN = 1 << (LANE - 1)
_WIDTH = LANE // 8
_MOST_CUTS = 4096  # numbers of features whose cuts are remembered


class Scorer:
    """Weights of one language ready for use."""

    def __init__(self, weights: Weights, own: OwnWeights, reader: Reader) -> None:
        self.weights = weights
        self.telling = Telling(reader.lexicon)
        self._own, self._common = own.own, weights.common
        self._lexicon: Lexicon = reader.lexicon
        self._forms = reader.forms
        self._signs = sum(_SIGN << (LANE * number) for number in range(len(weights.classes) + 1))
        self._bytes = _WIDTH * (len(weights.classes) + 1)
        self.names = [(axis, slug) for axis, _, slug in (name.partition(":") for name in weights.classes)]
        self._cuts: Memo[int, int] = Memo(self._cut_at, _MOST_CUTS)
        self._tokens: Memo[str, int] = Memo(self._of_token, MOST_FORMS)
        self._spread: Memo[str, bytes] = Memo(self._spread_out, MOST_FORMS)
        self._neighbours: Memo[tuple[str, str], int] = Memo(self._of_neighbours, MOST_PAIRS)
        self._labels: Memo[int, int] = Memo(self._of_label, MOST_PAIRS)
        self._pairs: Memo[tuple[int, int], int] = Memo(self._of_pair, MOST_PAIRS)
        self._modal: Memo[int, int] = Memo(lambda n: self._named("M", n), MOST_PAIRS)
        self._denied: Memo[int, int] = Memo(lambda n: self._named("D", n), MOST_PAIRS)

    def chances(self, seen: Seen) -> list[tuple[int, float]]:
        """(class number, probability) of each class at BELOW or above it, in order of the numbers."""
        total, size = self._total(seen)
        root = math.sqrt(size) or 1.0
        weights, signs = self.weights, self._signs
        passed = (total + signs - self._cuts[size]) & signs
        if not passed:
            return []
        lanes = (total + signs).to_bytes(self._bytes, "little")
        scores: list[tuple[int, float]] = []
        best: dict[int, tuple[float, float]] = {}  # by group: the best score and the second
        while passed:
            bit = passed & -passed
            passed ^= bit
            at = bit.bit_length() // LANE - 1
            lane = int.from_bytes(lanes[_WIDTH * at : _WIDTH * at + _WIDTH], "little") - _SIGN
            number = at - 1
            score = weights.bias[number] + lane * weights.scale[number] / root
            scores.append((number, score))
            group = weights.group[number]
            first, second = best.get(group, (weights.floor[number], weights.floor[number]))
            if score > second:
                best[group] = (score, first) if score > first else (first, score)
        found = []
        for number, score in scores:
            first, second = best[weights.group[number]]
            lead = score - (second if score == first else first)
            logit = weights.slope[number] * score + weights.gap[number] * lead + weights.offset[number]
            if logit >= _LEAST:
                found.append((number, 1.0 / (1.0 + math.exp(-logit))))
        return found

    def _total(self, seen: Seen) -> tuple[int, int]:
        """The packed sum of all weights, its first lane taken off, and the number of features."""
        total = sum(
            filter(
                None,
                chain(
                    map(self._tokens.__getitem__, seen.tokens),
                    map(self._neighbours.__getitem__, seen.neighbours),
                    map(self._labels.__getitem__, seen.labels),
                    map(self._pairs.__getitem__, seen.pairs),
                    map(self._modal.__getitem__, seen.modal),
                    map(self._denied.__getitem__, seen.denied),
                ),
            )
        )
        counted = total & (_SIGN - 1)
        return total - counted, counted + size_of(seen)

    def _cut_at(self, size: int) -> int:
        """Lane by lane the least sum of weights with which a text of so many features reaches the floor. The lane
        that counts features gets one that is never reached."""
        root = math.sqrt(size) or 1.0
        packed = _SIGN - 1
        rows = zip(self.weights.floor, self.weights.bias, self.weights.scale, strict=True)
        for number, (floor, bias, scale) in enumerate(rows):
            packed += math.ceil((floor - bias) * root / scale) << (LANE * (number + 1))
        return packed

    def token_weights(self, tokens: Sequence[str], number: int) -> list[float]:
        """What each token by itself adds to the class of that number, before the root is taken."""
        at, scale, spread = _WIDTH * (number + 1), self.weights.scale[number], self._spread
        return [
            (int.from_bytes(spread[token][at : at + _WIDTH], "little") - _SIGN) * scale for token in tokens
        ]

    def label_weight(self, label: int, number: int) -> float:
        """What a lemma or cue of the lexicon adds to the class of that number, before the root is taken."""
        return self._lane(self._labels[label], number + 1) * self.weights.scale[number]

    def _lane(self, packed: int, lane: int) -> int:
        return ((packed + self._signs) >> (LANE * lane) & ((1 << LANE) - 1)) - _SIGN

    def _of_token(self, token: str) -> int:
        own = self._own
        names = token_features(token, self._forms[token])
        return sum(_pack(own[name]) for name in names if name in own) + len(names)

    def _spread_out(self, token: str) -> bytes:
        """The lanes of a token as bytes, from which one is read without touching the others."""
        lanes = self._tokens[token] + self._signs
        return lanes.to_bytes(self._bytes, "little")

    def _of_neighbours(self, pair: tuple[str, str]) -> int:
        name = neighbour_feature(*pair)
        return 0 if name is None else _pack(self._own.get(name, b""))

    def _of_label(self, label: int) -> int:
        return sum(_pack(self._common.get(name, b"")) for name in label_feature(label, self._lexicon))

    def _of_pair(self, pair: tuple[int, int]) -> int:
        return _pack(self._common.get(pair_feature(pair, self._lexicon), b""))

    def _named(self, kind: str, label: int) -> int:
        return _pack(self._common.get(kind + self._lexicon.labels[label], b""))


def _pack(weights: bytes) -> int:
    packed = 0
    for at in range(0, len(weights), 2):
        weight = weights[at + 1]
        packed += (weight - 256 if weight > 127 else weight) << (LANE * (weights[at] + 1))
    return packed
