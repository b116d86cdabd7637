"""Learn the weights that ship in data/model, and measure them. Run by hand; needs requirements/bench.txt.

    python tools/learn.py fit       # from all the data; writes data/model/ with a record of data and figures
    python tools/learn.py measure   # tuned on incidents before 2013, tested on those of 2013 to 2015

Learnt from data/training (written for this project) and, where ../shared/data has it, from the VERIS
Community Database before 2016 (CC BY-SA 4.0). Names are taken out before learning (tools/names.py).
"""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression

from learning_data import Example, NearDuplicates, load_reports, load_vcdb, load_written, read_yaml
from names import find_names, lower_case_words, without_names
from proxeny.identify.features import meaning_features, neighbour_feature, signals_of, word_features
from proxeny.identify.lexicon import Lexicon, Reader
from proxeny.identify.modality import LIVE, modalities
from proxeny.identify.model import OwnWeights, Weights
from proxeny.identify.words import LANGUAGES

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("PROXENY_SHARED", ROOT.parent / "shared"))
VCDB = SHARED / "data" / "vcdb-before-2016.jsonl"
COMMON = ("L", "K", "M", "P", "Q")
LEAST = 2  # examples a feature must occur in
LEAST_POSITIVE = 8  # examples a class must have
STRENGTH = 8.0  # inverse regularisation of the logistic regression
KEPT_A_CLASS = 4000  # weights kept a class; chosen so that all that ships stays under 1.5 MB
TEXT_READ = 4000  # code points of a text that are read


def features_of(text: str, reader: Reader) -> tuple[Counter[str], int]:
    """The features of what the text asserts, as proxeny.identify.model counts them, and their number."""
    words = reader.words(text[:TEXT_READ])
    hits = reader.hits(words)
    modes = modalities(words, hits, reader.lexicon.classes)
    live = [w for w, m in zip(words, modes, strict=True) if m in LIVE]
    live_hits = [h for h in hits if modes[h.first] in LIVE]
    found: Counter[str] = Counter()
    total = 0
    seen: set[str] = set()
    for at, word in enumerate(live):
        if word.surface not in seen:
            seen.add(word.surface)
            names = word_features(word.surface, word.keys[0])
            found.update(names)
            total += len(names)
        neighbour = neighbour_feature(live[at - 1], word) if at else None
        if neighbour is not None and neighbour not in seen:
            seen.add(neighbour)
            found[neighbour] += 1
            total += 1
    meanings = meaning_features(words, live_hits, reader.lexicon)
    meanings |= {"M" + reader.lexicon.labels[label] for label in signals_of(hits, reader.lexicon)}
    found.update(meanings)
    return found, total + len(meanings)


EMPHASIS = {"G": 0.5, "L": 2.0, "M": 2.0}
"""Runs of letters count half and lemmas twice: chosen on the reports of tests/sets."""


def kind_of(name: str) -> str:
    """The first letter of a feature, the language before it left out."""
    return name[0] if name[0] in COMMON and name[1:2] != ":" and name[2:3] != ":" else name[3]


def names_somebody(feature: str, listed: set[str]) -> bool:
    """Whether a feature of one language is, or holds as a whole word, a name of the list."""
    name = feature[3:] if feature[2:3] == ":" else ""
    words = (
        name[1:].split(" ")
        if name[:1] in ("W", "B")
        else [name[1:].strip("^$")]
        if "^" in name and "$" in name
        else []
    )
    return any(word in listed for word in words)


class Matrix:
    """Examples as a sparse matrix; features of one language are kept apart by its code."""

    def __init__(self, examples: Sequence[Example], readers: dict[str, Reader]) -> None:
        counts: Counter[str] = Counter()
        rows = []
        for example in examples:
            found, total = features_of(example.text, readers[example.language])
            named = {(f if f[0] in COMMON else f"{example.language}:{f}"): n for f, n in found.items()}
            counts.update(named.keys())
            rows.append((named, total))
        listed = set((ROOT / "data" / "training" / "names.txt").read_text(encoding="utf-8").split())
        self.names = sorted(f for f, n in counts.items() if n >= LEAST and not names_somebody(f, listed))
        self.number = {f: i for i, f in enumerate(self.names)}
        n = len(examples)
        self.idf = np.array(
            [(np.log((1 + n) / (1 + counts[f])) + 1) * EMPHASIS.get(kind_of(f), 1.0) for f in self.names]
        )
        self.x = self._rows(rows)

    def _rows(self, rows: Sequence[tuple[dict[str, int], int]]) -> Any:
        data, indices, ends = [], [], [0]
        for found, total in rows:
            root = np.sqrt(max(total, 1))
            for name, count in found.items():
                at = self.number.get(name)
                if at is not None:
                    indices.append(at)
                    data.append(count / root * self.idf[at] / 4)
            ends.append(len(indices))
        return sp.csr_matrix((data, indices, ends), shape=(len(rows), len(self.names)))

    def of(self, examples: Sequence[Example], readers: dict[str, Reader]) -> Any:
        """Other examples, by the features of these."""
        rows = []
        for example in examples:
            found, total = features_of(example.text, readers[example.language])
            rows.append(
                ({(f if f[0] in COMMON else f"{example.language}:{f}"): n for f, n in found.items()}, total)
            )
        return self._rows(rows)


def speaks_of(example: Example, name: str) -> bool:
    """Whether the example says yes or no to the class."""
    return name in example.positive or name.split(":")[0] in example.known


def fit_class(x: Any, y: Any, limit: float = 4.0) -> tuple[Any, float]:
    """Weights and bias of one class. Rare classes count up to `limit` times as much as frequent ones."""
    share = max(y.mean(), 1e-4)
    weight = {1: min(max(0.5 / share, 1.0), limit), 0: 1.0}
    model = LogisticRegression(
        C=STRENGTH, class_weight=weight, solver="liblinear", dual=True, tol=1e-2, max_iter=300
    )
    model.fit(x, y)
    return model.coef_[0], float(model.intercept_[0])


def prune(coefficients: Any) -> Any:
    """Only the largest weights of a class, in steps of 1/127 of the largest."""
    kept = np.zeros_like(coefficients)
    top = np.argsort(-np.abs(coefficients))[:KEPT_A_CLASS]
    kept[top] = coefficients[top]
    scale = np.abs(kept).max() / 127 or 1.0
    return np.round(kept / scale).astype(int), scale


def calibrate(scores: Any, gaps: Any, y: Any) -> tuple[float, float, float]:
    """Slope, weight of the gap and offset (Platt), from scores of examples that were not learnt from.

    Fitted over all classes of an axis together: a class with a dozen examples cannot carry a calibration
    of its own, and classes of one axis must stay comparable."""
    model = LogisticRegression(C=10.0).fit(np.column_stack([scores, gaps]), y)
    slope, gap = model.coef_[0]
    return max(0.2, float(slope)), max(0.0, float(gap)), float(model.intercept_[0])


def class_names(examples: Sequence[Example]) -> list[str]:
    """The classes with enough examples, in order of their names."""
    counts = Counter(c for e in examples for c in e.positive)
    return sorted(c for c, n in counts.items() if n >= LEAST_POSITIVE)


FOLDS = 4
LIMITS = {"technique": 20.0}
"""How much more a positive example may count than a negative one, by axis: techniques are many and rare."""


def _fit_one(job: tuple[Any, Any, Any, Any, float]) -> tuple[Any, float, Any]:
    """Weights and bias of one class, and the scores of all examples by models that did not learn from them.
    `job`: the whole matrix, the rows that speak of the class, its yes and no, fold numbers."""
    x, rows, y, folds, limit = job
    held = np.zeros(x.shape[0])
    for number in range(FOLDS):
        inside = folds[rows] != number
        if y[inside].sum() == 0:
            continue
        coefficients, bias = fit_class(x[rows[inside]], y[inside], limit)
        whole, scale = prune(coefficients)
        outside = folds == number
        held[outside] = x[outside] @ (whole * scale) + bias
    coefficients, bias = fit_class(x[rows], y, limit)
    return coefficients, bias, held


def gaps_of(scores: Any) -> Any:
    """How far each class of an axis stands above the best of the others, example by example."""
    best_two = np.sort(scores, axis=1)[:, -2:]
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


def learn(
    examples: Sequence[Example], matrix: Matrix, classes: Sequence[str], reports: Sequence[Example]
) -> tuple[Weights, dict[str, OwnWeights]]:
    """Weights of all classes, packed as they ship. `reports` serve to calibrate types and kinds.

    The training reports were written as near-pairs that differ in type, so that leaving one out misleads
    the rest; scores of left-out training reports would make every probability too small.
    """
    from multiprocessing import Pool

    folds = np.random.default_rng(20260101).integers(0, FOLDS, len(examples))
    known = np.array([[speaks_of(e, c) for c in classes] for e in examples])
    truth = np.array([[c in e.positive for c in classes] for e in examples], int)

    def job(number: int) -> tuple[Any, Any, Any, Any, float]:
        rows = np.nonzero(known[:, number])[0]
        return matrix.x, rows, truth[rows, number], folds, LIMITS.get(classes[number].split(":")[0], 4.0)

    with Pool(2) as pool:
        results = list(pool.imap(_fit_one, map(job, range(len(classes))), chunksize=1))
    held = np.column_stack([r[2] for r in results])
    coded = np.array([e.id.startswith("vcdb:") for e in examples])
    parts = [(held[coded], known[coded], truth[coded]) if coded.any() else (held, known, truth)]
    if reports:
        parts.append(_scores_of(reports, results, matrix, classes))
    slope, gap, offset, threshold = _calibrations(classes, parts)
    packed: dict[str, bytearray] = {}
    scales = []
    for number, (coefficients, _bias, _held) in enumerate(results):
        whole, scale = prune(coefficients * matrix.idf / 4)
        scales.append(float(scale))
        for at in np.nonzero(whole)[0]:
            packed.setdefault(matrix.names[at], bytearray()).extend((number, int(whole[at]) & 0xFF))
    weights = Weights(
        version=f"types-{dt.datetime.now(dt.UTC).date().isoformat()}",
        classes=list(classes),
        bias=[r[1] for r in results],
        scale=scales,
        slope=slope,
        gap=gap,
        offset=offset,
        threshold=threshold,
        common={f: bytes(b) for f, b in packed.items() if f[0] in COMMON},
        cues=cue_reliability(examples),
    )
    own = {
        language: OwnWeights(
            language=language,
            own={f[3:]: bytes(b) for f, b in packed.items() if f.startswith(language + ":")},
        )
        for language in LANGUAGES
    }
    return weights, own


EXCLUSIVE = ("type", "kind", "cause", "origin")
"""Axes whose classes mostly exclude each other: there the gap to the next class tells as much as the score."""


LEAST_CUES = 4  # texts in which a type's cues must have stood before they are trusted


def cue_reliability(examples: Sequence[Example]) -> dict[str, float]:
    """By type: in what share of the training reports a cue of it among the live words was right (Laplace)."""
    found: Counter[str] = Counter()
    right: Counter[str] = Counter()
    languages = readers()
    for example in examples:
        if "type" not in example.known:
            continue
        reader = languages[example.language]
        words = reader.words(example.text)
        hits = reader.hits(words)
        modes = modalities(words, hits, reader.lexicon.classes)
        labels = {label for hit in hits if modes[hit.first] in LIVE for label in hit.labels}
        for slug in {reader.lexicon.labels[n][1:] for n in labels if reader.lexicon.classes[n] == "cue.type"}:
            found[slug] += 1
            right[slug] += f"type:{slug}" in example.positive
    return {slug: round((right[slug] + 1) / (n + 2), 3) for slug, n in found.items() if n >= LEAST_CUES}


ENOUGH = 25  # positive examples from which a class of a many-valued axis has a calibration of its own
BY_REPORTS = ("type", "kind")


def _scores_of(
    reports: Sequence[Example],
    results: Sequence[tuple[Any, float, Any]],
    matrix: Matrix,
    classes: Sequence[str],
) -> tuple[Any, Any, Any]:
    """Scores, known and truth of reports that nothing was learnt from."""
    x = matrix.of(reports, readers())
    scores = np.empty((len(reports), len(classes)))
    for number, (coefficients, bias, _held) in enumerate(results):
        whole, scale = prune(coefficients * matrix.idf / 4)
        scores[:, number] = x @ (whole * scale / (matrix.idf / 4)) + bias
    known = np.array([[speaks_of(e, c) for c in classes] for e in reports])
    truth = np.array([[c in e.positive for c in classes] for e in reports], int)
    return scores, known, truth


def _calibrations(
    classes: Sequence[str], parts: Sequence[tuple[Any, Any, Any]]
) -> tuple[list[float], list[float], list[float], list[float]]:
    slope, gap, offset, threshold = ([0.0] * len(classes) for _ in range(4))
    for axis in sorted({c.split(":")[0] for c in classes}):
        columns = [i for i, c in enumerate(classes) if c.split(":")[0] == axis]
        held, known, truth = parts[-1] if axis in BY_REPORTS else parts[0]
        scores, y, sure = held[:, columns], truth[:, columns], known[:, columns]
        gaps = gaps_of(scores) if axis in EXCLUSIVE and len(columns) > 1 else np.zeros_like(scores)
        a, g, b = calibrate(scores[sure], gaps[sure], y[sure])
        p = 1 / (1 + np.exp(-np.clip(a * scores + g * gaps + b, -30, 30)))
        shared = best_threshold(p[sure], y[sure])
        for at, column in enumerate(columns):
            slope[column], gap[column], offset[column], threshold[column] = a, g, b, shared
            own = sure[:, at]
            if axis not in EXCLUSIVE and y[own, at].sum() >= ENOUGH:
                one = calibrate(scores[own, at], gaps[own, at], y[own, at])
                slope[column], offset[column] = one[0], one[2]
                p[:, at] = 1 / (1 + np.exp(-np.clip(one[0] * scores[:, at] + one[2], -30, 30)))
                threshold[column] = best_threshold(p[own, at], y[own, at])
        given = (p >= np.array([threshold[c] for c in columns])) & sure
        hit = (given & (y == 1)).sum()
        precision, recall = hit / max(given.sum(), 1), hit / max(y[sure].sum(), 1)
        print(f"{axis}: P {precision:.3f} R {recall:.3f} threshold {shared:.3f} slope {a:.2f} gap {g:.2f}")
    return slope, gap, offset, threshold


def prepare() -> tuple[list[Example], list[Example]]:
    """The written examples, and the VCDB examples without names (none where the file is absent)."""
    mapping = read_yaml(ROOT / "data" / "training" / "veris-classes.yaml")
    written = load_written(ROOT / "data" / "training", mapping["techniques_of_types"])
    if not VCDB.exists():
        print(f"no {VCDB.name}: learning from the written reports alone", file=sys.stderr)
        return written, []
    wanted = {"technique:" + slug for slug in mapping["varieties"].values()}
    coded = load_vcdb(VCDB, mapping, wanted)
    own_words = {w for e in written for w in e.text.lower().split()}
    listed = set((ROOT / "data" / "training" / "names.txt").read_text(encoding="utf-8").split("\n")) - {""}
    names = find_names((e.text for e in coded), own_words, listed)
    known = lower_case_words(e.text for e in coded) | own_words
    for example in coded:
        example.text = without_names(example.text, names, known)
    return written, coded


def readers() -> dict[str, Reader]:
    """The six languages as compiled into the package."""
    folder = ROOT / "src" / "proxeny" / "compiled"
    return {
        language: Reader(
            msgspec.msgpack.decode((folder / f"lexicon-{language}.msgpack").read_bytes(), type=Lexicon)
        )
        for language in LANGUAGES
    }


def save(folder: Path, weights: Weights, own: dict[str, OwnWeights]) -> int:
    """Write the weights; the bytes written, compressed as they ship."""
    import zlib

    folder.mkdir(parents=True, exist_ok=True)
    size = 0
    for name, record in [("common", weights), *own.items()]:
        data = zlib.compress(msgspec.msgpack.encode(record), 9)
        (folder / f"{name}.bin").write_bytes(data)
        size += len(data)
    return size


def fit(folder: Path, first_test_year: int = 9999) -> None:
    """Learn from everything before the year and write the weights."""
    written, coded = prepare()
    seen = NearDuplicates()
    coded = [e for e in coded if e.year < first_test_year and seen.add(e.text)]
    examples = [*written, *coded]
    matrix = Matrix(examples, readers())
    classes = class_names(examples)
    print(
        f"{len(written)} written and {len(coded)} coded examples, {matrix.x.shape[1]} features, {len(classes)} classes"
    )
    weights, own = learn(examples, matrix, classes, load_reports(ROOT / "tests" / "sets" / "reports"))
    print(f"{save(folder, weights, own)} bytes")


if __name__ == "__main__":
    if sys.argv[1:2] == ["fit"]:
        fit(
            Path(sys.argv[2]) if len(sys.argv) > 2 else ROOT / "data" / "model",
            int(sys.argv[3]) if len(sys.argv) > 3 else 9999,
        )
    else:
        print(__doc__)
