"""The learnt part: linear weights over the features of a text, made by tools/learn.py, versioned and small.

Weights are bytes: pairs of a class number and a signed weight of 8 bits, to be multiplied by the class's
scale. The score of a class is its bias plus the sum of its weights over the features found, divided by
the root of the number of features; the probability is the logistic of the score after calibration
(Platt), so that of the answers given with 0.8 about eight in ten are right.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import combinations
from struct import Struct

import msgspec

from proxeny.identify.features import labels_by_sentence, neighbour_feature, pair_feature, word_features
from proxeny.identify.lexicon import Hit, Lexicon
from proxeny.identify.words import Word


class Weights(msgspec.Struct, frozen=True):
    """What all languages share: the classes, `axis:slug`, and the weights of `L`, `K`, `M`, `P`, `Q` features."""

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


LANE = 32
"""Bits of a lane. A row of class weights is one integer with a lane for each class: adding two integers adds
all classes at once, in C. A text of 20,000 words whose every word had the largest weights stays below 2**31."""

_ZERO = 1 << (LANE - 1)


class Scorer:
    """Weights of one language ready for use. What a word contributes is worked out once and remembered."""

    def __init__(self, weights: Weights, own: OwnWeights, lexicon: Lexicon) -> None:
        self.weights = weights
        self.lexicon = lexicon
        self._own = own.own
        self._words: dict[str, tuple[int, int]] = {}
        self._neighbours: dict[tuple[str, str], int] = {}
        self._meanings: dict[str, int] = {}
        self._pairs: dict[tuple[int, int], int] = {}
        self._class_pairs: dict[tuple[str, str], int] = {}
        self._told = [not name.startswith("mod.") for name in lexicon.classes]
        size = len(weights.classes)
        self._zero = sum(_ZERO << (LANE * number) for number in range(size))
        self._lanes = Struct(f"<{size}I")
        self._axes = _runs([name.partition(":")[0] for name in weights.classes])

    def probabilities(
        self, live: Sequence[Word], words: Sequence[Word], hits: Sequence[Hit], signals: Sequence[int]
    ) -> list[float]:
        """The probability of each class, in the order of `weights.classes`, from the words that count (`live`)
        the entries that count (`hits`, numbered within `words`) and the modality of the whole (`signals`)."""
        total, features = self._of_words(live)
        total += sum(self._meaning("M" + self.lexicon.labels[label]) for label in signals)
        features += len(signals)
        for meaning, count in self._of_meanings(words, hits):
            total += meaning
            features += count
        return self._calibrated(total, features)

    def word_weight(self, word: Word, number: int) -> float:
        """What the word by itself adds to the class of that number, before the root is taken."""
        return self._lane(self._word(word)[0], number) * self.weights.scale[number]

    def label_weight(self, label: int, number: int) -> float:
        """What a lemma or cue of the lexicon adds to the class of that number, before the root is taken."""
        return (
            self._lane(self._meaning("L" + self.lexicon.labels[label]), number) * self.weights.scale[number]
        )

    def _lane(self, packed: int, number: int) -> int:
        return ((packed + self._zero) >> (LANE * number) & ((1 << LANE) - 1)) - _ZERO

    def _of_words(self, live: Sequence[Word]) -> tuple[int, int]:
        total = features = 0
        seen: set[str] = set()
        neighbours: set[str] = set()
        before: Word | None = None
        for word in live:
            if word.surface not in seen:
                seen.add(word.surface)
                packed, size = self._word(word)
                total += packed
                features += size
            if before is not None:
                name = neighbour_feature(before, word)
                if name is not None and name not in neighbours:
                    neighbours.add(name)
                    features += 1
                    packed_pair = self._own.get(name)
                    if packed_pair is not None:
                        total += self._pack(packed_pair)
            before = word
        return total, features

    def _of_meanings(self, words: Sequence[Word], hits: Sequence[Hit]) -> Iterator[tuple[int, int]]:
        """The packed weights and the number of the features that all languages share, each told once."""
        lemmas: dict[int, None] = {}
        classes: dict[str, None] = {}
        pairs: dict[tuple[int, int], None] = {}
        class_pairs: dict[tuple[str, str], None] = {}
        for labels in labels_by_sentence(words, hits, self._told):
            lemmas.update(dict.fromkeys(labels))
            names = sorted({self.lexicon.classes[label] for label in labels})
            classes.update(dict.fromkeys(names))
            pairs.update(dict.fromkeys(combinations(labels, 2)))
            class_pairs.update(dict.fromkeys(combinations(names, 2)))
        yield sum(self._meaning("L" + self.lexicon.labels[label]) for label in lemmas), len(lemmas)
        yield sum(self._meaning("K" + name) for name in classes), len(classes)
        yield sum(map(self._pair, pairs)), len(pairs)
        yield sum(map(self._class_pair, class_pairs)), len(class_pairs)

    def _meaning(self, name: str) -> int:
        packed = self._meanings.get(name)
        if packed is None:
            packed = self._meanings[name] = self._pack(self.weights.common.get(name, b""))
        return packed

    def _pair(self, pair: tuple[int, int]) -> int:
        packed = self._pairs.get(pair)
        if packed is None:
            packed = self._pairs[pair] = self._pack(
                self.weights.common.get(pair_feature(pair, self.lexicon), b"")
            )
        return packed

    def _class_pair(self, pair: tuple[str, str]) -> int:
        packed = self._class_pairs.get(pair)
        if packed is None:
            name = f"Q{pair[0]} {pair[1]}"
            packed = self._class_pairs[pair] = self._pack(self.weights.common.get(name, b""))
        return packed

    def _word(self, word: Word) -> tuple[int, int]:
        found = self._words.get(word.surface)
        if found is None:
            names = word_features(word.surface, word.keys[0])
            total = sum(self._pack(self._own[name]) for name in names if name in self._own)
            found = self._words[word.surface] = (total, len(names))
        return found

    def _pack(self, weights: bytes) -> int:
        packed = 0
        for at in range(0, len(weights), 2):
            weight = weights[at + 1]
            packed += (weight - 256 if weight > 127 else weight) << (LANE * weights[at])
        return packed

    def _calibrated(self, total: int, features: int) -> list[float]:
        weights = self.weights
        root = math.sqrt(features) if features else 1.0
        lanes = self._lanes.unpack((total + self._zero).to_bytes(self._lanes.size, "little"))
        scores = [
            bias + (lane - _ZERO) * scale / root
            for lane, bias, scale in zip(lanes, weights.bias, weights.scale, strict=True)
        ]
        chances = [0.0] * len(scores)
        for first, last in self._axes:
            best, second = _best_two(scores[first:last])
            for at in range(first, last):
                score = scores[at]
                lead = score - (second if score == best else best)
                logit = weights.slope[at] * score + weights.gap[at] * lead + weights.offset[at]
                if logit > _HOPELESS:
                    chances[at] = 1.0 / (1.0 + math.exp(-logit))
        return chances


_HOPELESS = -4.0  # a logit below it is a probability under 0.02, which no threshold and no question asks for


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
