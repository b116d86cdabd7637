"""From a matrix to weights: one logistic regression a class, pruned, packed into bytes, and calibrated.

Probabilities are calibrated, and thresholds chosen, on the scores of examples that the scoring model did not learn
from: for types and kinds on the reports of data/training/*-varied.tsv, for the other axes on coded incidents.
"""

from __future__ import annotations

import math
import warnings
from collections import Counter
from collections.abc import Collection, Sequence
from multiprocessing import get_context
from typing import Any, NamedTuple

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from learning_data import Example
from learning_matrix import Matrix
from proxeny.identify.model import BELOW, Weights

STRENGTH = 8.0  # inverse regularisation of the logistic regression
LEAST_POSITIVE = 8  # examples a class must have
KEPT_A_CLASS = 6500  # weights kept a class; chosen so that all that ships stays under 1.5 MB
LEFT_OUT = 0.25  # share of the varied reports that types and kinds are calibrated on
LIMITS = {"technique": 20.0}
"""How much more a positive example may count than a negative one, by axis: techniques are many and rare."""
USUAL_LIMIT = 4.0
EXCLUSIVE = ("type", "kind", "cause", "origin", "technique-head")
"""Groups whose classes mostly exclude each other: there the gap to the next class tells as much as the score."""
ENOUGH = 25  # positive examples from which a class of a many-valued axis has a calibration of its own

Job = tuple[Any, Any, Any, float]

_learnt_from: list[Any] = []  # the matrix and the worth of its features, handed to the processes by forking


def class_names(examples: Sequence[Example]) -> list[str]:
    """The classes with enough examples, in order of their names."""
    counts = Counter(c for e in examples for c in e.positive)
    return sorted(c for c, n in counts.items() if n >= LEAST_POSITIVE)


def group_of(name: str, heads: Collection[str]) -> str:
    """The classes that a class competes with: its axis; of techniques the heads (one for each VERIS action) apart."""
    if name == "kind:quiet":  # stands beside each of the kinds that are no incident
        return "quiet"
    axis, _, slug = name.partition(":")
    return "technique-head" if axis == "technique" and slug in heads else axis


def speaks_of(example: Example, name: str) -> bool:
    """Whether the example says yes or no to the class."""
    return name in example.positive or name.split(":")[0] in example.known


def fit_class(x: Any, y: Any, limit: float) -> tuple[Any, float]:
    """Weights and bias of one class. Rare classes count up to `limit` times as much as frequent ones."""
    share = max(y.mean(), 1e-4)
    weight = {1: min(max(0.5 / share, 1.0), limit), 0: 1.0}
    model = LogisticRegression(
        C=STRENGTH, class_weight=weight, solver="liblinear", dual=True, tol=2e-2, max_iter=200
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(x, y)
    return model.coef_[0], float(model.intercept_[0])


class Small(NamedTuple):
    """Weights of one class as they ship: whole numbers of `scale` for each count of a feature, and a bias."""

    whole: Any
    scale: float
    bias: float

    def scores(self, x: Any, worth: Any) -> Any:
        """The scores of the rows of a matrix, whose values are counts times `worth`."""
        return x @ (self.whole * self.scale / worth) + self.bias


def prune(coefficients: Any, bias: float, x: Any, worth: Any) -> Small:
    """Only the weights that move scores most, in 127 steps each way; the bias makes up for what is left out.

    What a weight moves is its size times the root of how often its feature occurs. Few weights are far larger than
    all others; they are cut to the size of the CUT-th share, so that the small ones keep their steps.
    """
    often = np.sqrt(np.asarray(x.multiply(x).mean(axis=0)).ravel())
    kept = np.zeros_like(coefficients)
    top = np.argsort(-np.abs(coefficients) * often**OFTEN)[:KEPT_A_CLASS]
    kept[top] = coefficients[top] * worth[top]
    largest = float(np.quantile(np.abs(kept[top]), CUT)) or 1.0
    scale = largest / 127
    whole = np.clip(np.round(kept / scale), -127, 127).astype(int)
    lost = float((x @ (coefficients - whole * scale / worth)).mean())
    return Small(whole, scale, bias + lost)


OFTEN, CUT = 0.5, 1.0


def _fit_one(job: Job) -> Fitted:
    """The weights of one class, and the scores of all examples by models that did not learn from them.
    `job`: the rows that speak of the class, its yes and no, fold numbers, limit."""
    x, worth = _learnt_from
    rows, y, folds, limit = job
    held = np.zeros(x.shape[0])
    for number in sorted(set(folds) - {ALWAYS}):
        inside = folds[rows] != number
        if y[inside].sum() == 0:
            continue
        learnt = x[rows[inside]]
        small = prune(*fit_class(learnt, y[inside], limit), learnt, worth)
        outside = folds == number
        held[outside] = small.scores(x[outside], worth)
    return prune(*fit_class(x[rows], y, limit), x[rows], worth), held


Fitted = tuple[Small, Any]

LEAST_BESIDE = 0.35
"""The probability that a type needs at least beside a likelier one. The training reports tell of a second type twice
as often as reports do; this one number was set on the reports of tests/sets, where precision equals recall."""

ALWAYS = -1  # the fold of examples that are always learnt from
LATEST = 0.25  # share of the coded incidents, by date, that the others are calibrated on


def varied_fold(examples: Sequence[Example]) -> Any:
    """Of the varied reports a share is left out. The others are near-pairs, which mislead when one is."""
    drawn = np.random.default_rng(20260101).random(len(examples))
    varied = np.array(["-varied" in e.id for e in examples])
    return np.where(varied & (drawn < LEFT_OUT), 0, ALWAYS)


def latest_fold(examples: Sequence[Example]) -> Any:
    """The latest coded incidents are left out: reports change with the years, and those to come are of other years
    than those learnt from."""
    years = sorted(e.year for e in examples if e.year)
    first = years[int(len(years) * (1 - LATEST))] if years else 0
    return np.where([e.year >= first > 0 for e in examples], 0, ALWAYS)


def fit_weights(
    examples: Sequence[Example], matrix: Matrix, heads: Collection[str], version: str
) -> tuple[Weights, dict[str, dict[str, bytes]]]:
    """The weights of all classes as they ship: what is common, and by language what is its own."""
    classes = class_names(examples)
    groups = [group_of(c, heads) for c in classes]
    varied, latest = varied_fold(examples), latest_fold(examples)
    folds = [
        varied if g in ("type", "kind", "quiet", "status") or not (latest == 0).any() else latest
        for g in groups
    ]
    known = np.array([[speaks_of(e, c) for c in classes] for e in examples])
    truth = np.array([[c in e.positive for c in classes] for e in examples], int)

    def job(number: int) -> Job:
        rows = np.nonzero(known[:, number])[0]
        limit = LIMITS.get(classes[number].split(":")[0], USUAL_LIMIT)
        return rows, truth[rows, number], folds[number], limit

    _learnt_from[:] = [matrix.x, matrix.worth]
    with get_context("fork").Pool(2) as pool:
        fitted = list(pool.imap(_fit_one, map(job, range(len(classes))), chunksize=1))
    held = np.column_stack([f[1] for f in fitted])
    packed = _packed([f[0] for f in fitted], matrix)
    calibration = _Calibration(len(classes))
    for group in sorted(set(groups)):
        columns = [i for i, g in enumerate(groups) if g == group]
        rows = folds[columns[0]] != ALWAYS
        calibration.add(
            group, columns, held[rows][:, columns], known[rows][:, columns], truth[rows][:, columns]
        )
    weights = Weights(
        version=version,
        classes=classes,
        group=[sorted(set(groups)).index(g) for g in groups],
        bias=[f[0].bias for f in fitted],
        scale=[f[0].scale for f in fitted],
        slope=calibration.slope,
        gap=calibration.gap,
        floor=calibration.floor,
        offset=calibration.offset,
        threshold=calibration.threshold,
        common=packed.pop(""),
        beside={sorted(set(groups)).index(group): limit for group, limit in calibration.beside.items()},
    )
    return weights, packed


def _packed(fitted: Sequence[Small], matrix: Matrix) -> dict[str, dict[str, bytes]]:
    """Weights by language and feature as bytes; under the language "" those that all share."""
    rows: dict[str, bytearray] = {}
    for number, small in enumerate(fitted):
        for at in np.nonzero(small.whole)[0]:
            rows.setdefault(matrix.names[at], bytearray()).extend((number, int(small.whole[at]) & 0xFF))
    packed: dict[str, dict[str, bytes]] = {"": {}}
    for name, row in rows.items():
        language, own = (name[:2], name[3:]) if name[2:3] == ":" else ("", name)
        packed.setdefault(language, {})[own] = bytes(row)
    return packed


def _logit(p: float) -> float:
    return math.log(p / (1 - p))


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-np.clip(x, -30, 30)))


def leads(scores: Any, floor: float) -> Any:
    """How far each class stands above the best of the others that reach the floor, as proxeny.identify.model
    works it out."""
    best_two = np.maximum(np.sort(scores, axis=1)[:, -2:], floor)
    best, second = best_two[:, 1:], best_two[:, :1]
    return np.where(scores >= best, scores - second, scores - best)


def best_threshold(p: Any, y: Any) -> float:
    """The probability above which the class is given: where F1 is best on examples not learnt from."""
    best = (0.0, 0.5)
    for t in np.arange(0.15, 0.66, 0.025):
        given = p >= t
        f1 = 2 * (given & (y == 1)).sum() / max(given.sum() + y.sum(), 1)
        if f1 > best[0] + 1e-9:
            best = (float(f1), float(t))
    return best[1]


def best_thresholds(p: Any, y: Any) -> tuple[float, float]:
    """The probability above which the likeliest class of a group is given, and that above which another is given
    beside it: where F1 is best."""
    top = p >= p.max(axis=1, keepdims=True)
    steps = np.arange(0.15, 0.81, 0.025)

    def f1(first: float, other: float) -> float:
        given = np.where(top, p >= first, p >= other)
        return float(2 * (given & (y == 1)).sum() / max(given.sum() + y.sum(), 1))

    return max(((float(a), float(b)) for a in steps for b in steps if b >= a), key=lambda ab: f1(*ab))


class _Calibration:
    """Slope, gap, floor, offset and threshold of every class."""

    def __init__(self, size: int) -> None:
        self.slope, self.gap, self.floor, self.offset, self.threshold = ([0.0] * size for _ in range(5))
        self.beside: dict[str, float] = {}

    def add(self, group: str, columns: Sequence[int], scores: Any, known: Any, truth: Any) -> None:
        """Calibrate the classes of one group (Platt), over all of them together: a class with a dozen examples
        cannot carry a calibration of its own. Where classes do not exclude each other, one that has enough does."""
        model = LogisticRegression(C=10.0).fit(scores[known].reshape(-1, 1), truth[known])
        floor = (_logit(BELOW) - float(model.intercept_[0])) / float(model.coef_[0][0])
        exclusive = group in EXCLUSIVE and len(columns) > 1
        lead = leads(scores, floor) if exclusive else np.zeros_like(scores)
        slope, gap, offset = _platt(scores[known], lead[known], truth[known])
        p = _sigmoid(slope * scores + gap * lead + offset)
        shared = best_threshold(p[known], truth[known])
        if exclusive:
            shared, beside = best_thresholds(p[known.all(axis=1)], truth[known.all(axis=1)])
            self.beside[group] = max(beside, LEAST_BESIDE) if group == "type" else beside
        for at, column in enumerate(columns):
            own = known[:, at]
            a, b, t = slope, offset, shared
            if not exclusive and truth[own, at].sum() >= ENOUGH:
                a, _, b = _platt(scores[own, at], lead[own, at], truth[own, at])
                p[:, at] = _sigmoid(a * scores[:, at] + b)
                t = best_threshold(p[own, at], truth[own, at])
            self.slope[column], self.gap[column], self.offset[column], self.threshold[column] = a, gap, b, t
            self.floor[column] = floor if exclusive else (_logit(BELOW) - b) / a
        limits = np.array([self.threshold[c] for c in columns])
        if exclusive:
            limits = np.where(p >= p.max(axis=1, keepdims=True), limits, self.beside[group])
        given = (p >= limits) & known
        hit = (given & (truth == 1)).sum()
        print(
            f"{group}: left-out P {hit / max(given.sum(), 1):.3f} R {hit / max(truth[known].sum(), 1):.3f}"
            f" threshold {shared:.3f} beside {self.beside.get(group, 0):.3f}"
            f" slope {slope:.2f} gap {gap:.2f} offset {offset:.2f} floor {floor:.2f}"
        )


def _platt(scores: Any, lead: Any, y: Any) -> tuple[float, float, float]:
    model = LogisticRegression(C=10.0).fit(np.column_stack([scores, lead]), y)
    slope, gap = model.coef_[0]
    if gap < 0:
        model = LogisticRegression(C=10.0).fit(scores.reshape(-1, 1), y)
        slope, gap = model.coef_[0][0], 0.0
    return max(0.2, float(slope)), float(gap), float(model.intercept_[0])
