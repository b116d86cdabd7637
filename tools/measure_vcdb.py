"""Measure identification on the VERIS Community Database: tuned before 2013, tested on 2013 to 2015.

    python tools/learn.py FOLDER 2013 && python tools/measure_vcdb.py FOLDER

Near-duplicate texts are removed (tools/learning_data.py). Beside it, in the same run and on the same split: TF-IDF
(sublinear, words and pairs of words) with a linear SVM, plain and with balanced classes. Prints F1 over the seven
VERIS actions and the twelve most frequent known varieties with bootstrap intervals, the share of right top actions
among the surest, and the calibration error. Needs requirements/bench.txt and ../shared/data.
"""

from __future__ import annotations

import json
import lzma
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import f1_score
from sklearn.multiclass import OneVsRestClassifier
from sklearn.svm import LinearSVC

from learn import VCDB
from learning_data import NearDuplicates
from learning_matrix import readers
from proxeny.actions.bulk import identify_row
from proxeny.identify.model import OwnWeights, Scorer, Weights
from proxeny.identify.reading import Language, weigh
from proxeny.terms.crosswalk import require_code
from proxeny.wiring import ShippedKnowledge

ACTIONS = ("environmental", "error", "hacking", "malware", "misuse", "physical", "social")
VARIETIES = 12
BOOTSTRAPS = 300
TECHNIQUES = {
    "error": "human-error",
    "hacking": "technical-means",
    "malware": "malicious-software",
    "misuse": "misuse-of-entitlement",
    "physical": "physical-means",
    "social": "social-manipulation",
    "environmental": "natural-process",
}


class Learnt(ShippedKnowledge):
    """The shipped knowledge with English weights of another folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def language(self, code: str) -> Language:  # type: ignore[override]  # noqa: ARG002
        """English for every text: the database is in English."""
        if "kit" not in self.__dict__:
            reader = readers()["en"]
            common = msgspec.msgpack.decode(self._bytes("common"), type=Weights)
            own = msgspec.msgpack.decode(self._bytes("en"), type=OwnWeights)
            self.__dict__["kit"] = Language(reader, Scorer(common, own, reader))
        kit: Language = self.__dict__["kit"]
        return kit

    def _bytes(self, name: str) -> bytes:
        return lzma.decompress((self._folder / f"{name}.bin").read_bytes())


def split() -> tuple[list[Any], list[Any]]:
    """Rows before 2013, and those of 2013 to 2015 whose texts repeat none before."""
    rows = [json.loads(line) for line in VCDB.read_text(encoding="utf-8").splitlines()]
    rows = [r for r in rows if r["text"].strip() and any(a in ACTIONS for a in r["labels"]["action"])]
    seen = NearDuplicates()
    before = [r for r in rows if _year(r) < 2013 and seen.add(r["text"])]
    return before, [r for r in rows if 2013 <= _year(r) <= 2015 and seen.add(r["text"])]


def _year(row: Any) -> int:
    return int((row["date"] or "0")[:4])


def truth(rows: Sequence[Any], names: Sequence[str], field: str) -> Any:
    """Yes or no of each name for each row."""
    return np.array([[name in row["labels"][field] for name in names] for row in rows], int)


def scores(right: Any, given: Any) -> tuple[float, float]:
    """Micro- and macro-F1."""
    return (
        f1_score(right, given, average="micro", zero_division=0),
        f1_score(right, given, average="macro", zero_division=0),
    )


def interval(right: Any, given: Any, which: int) -> str:
    """The 95 % bootstrap interval."""
    rng = np.random.default_rng(7)
    drawn = [
        scores(right[rows], given[rows])[which]
        for rows in (rng.integers(0, len(right), len(right)) for _ in range(BOOTSTRAPS))
    ]
    return f"[{np.percentile(drawn, 2.5):.3f}, {np.percentile(drawn, 97.5):.3f}]"


def report(name: str, right: Any, given: Any) -> None:
    """One line of the table."""
    micro, macro = scores(right, given)
    print(
        f"{name:44} micro {micro:.3f} {interval(right, given, 0)}  macro {macro:.3f} {interval(right, given, 1)}"
    )


def baseline(train: Sequence[Any], test: Sequence[Any], weight: str | None) -> Callable[[Any], Any]:
    """A function from the truth of the training rows to predictions for the test rows."""
    tfidf = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2))
    x, y = tfidf.fit_transform([r["text"] for r in train]), tfidf.transform([r["text"] for r in test])
    return lambda t: OneVsRestClassifier(LinearSVC(class_weight=weight)).fit(x, t).predict(y)


def main(folder: Path) -> None:
    """Print the table."""
    knowledge = Learnt(folder)
    train, test = split()
    print(f"{len(train)} incidents before 2013, {len(test)} of 2013 to 2015 after removing near-duplicates")
    counts = Counter(
        v for r in train for v in r["labels"]["action_variety"] if not v.endswith(("Unknown", "Other"))
    )
    varieties = [v for v, _ in counts.most_common(VARIETIES)]
    canonical = {v: require_code(knowledge.crosswalks, "veris", v).code for v in varieties}
    codes = [identify_row(r["text"], knowledge, ["veris"], {})["codes"]["veris"] for r in test]
    actions = np.array(
        [[any(c.startswith(f"action.{a}") for c in row) for a in ACTIONS] for row in codes], int
    )
    found = np.array([[canonical[v] in row for v in varieties] for row in codes], int)
    right, right_varieties = truth(test, ACTIONS, "action"), truth(test, varieties, "action_variety")
    report("actions: bulk --to veris", right, actions)
    report("varieties: bulk --to veris", right_varieties, found)
    for name, weight in (("TF-IDF + linear SVM", None), ("the same, balanced classes", "balanced")):
        predict = baseline(train, test, weight)
        report(f"actions: {name}", right, predict(truth(train, ACTIONS, "action")))
        report(f"varieties: {name}", right_varieties, predict(truth(train, varieties, "action_variety")))
    surest(knowledge, test, right)


def surest(knowledge: Learnt, test: Sequence[Any], right: Any) -> None:
    """How often the likeliest action is right among the surest half and the surest 70 %, and the calibration."""
    kit = knowledge.language("en")
    numbers = [
        kit.scorer.weights.classes.index(f"technique:{t}") for a, t in TECHNIQUES.items() if _learnt(kit, t)
    ]
    names = [ACTIONS.index(a) for a, t in TECHNIQUES.items() if _learnt(kit, t)]
    chances = np.zeros((len(test), len(names)))
    for at, row in enumerate(test):
        weighed = weigh(row["text"], kit)
        for named in (*weighed.named, *weighed.below):
            if named.number in numbers:
                chances[at, numbers.index(named.number)] = named.chance
    top = chances.argmax(axis=1)
    sure, hit = chances.max(axis=1), np.array([right[i, names[t]] for i, t in enumerate(top)])
    order = np.argsort(-sure)
    for share in (0.5, 0.7):
        print(
            f"top action right in the surest {share:.0%}: {hit[order[: int(share * len(order))]].mean():.3f}"
        )
    error = 0.0
    for low in np.arange(0, 1, 0.1):
        inside = (sure >= low) & (sure < low + 0.1 + 1e-9)
        if inside.any():
            print(f"  said {sure[inside].mean():.2f}  right {hit[inside].mean():.2f}  n {inside.sum()}")
            error += inside.mean() * abs(sure[inside].mean() - hit[inside].mean())
    print(f"expected calibration error {error:.3f}")


def _learnt(kit: Language, technique: str) -> bool:
    return f"technique:{technique}" in kit.scorer.weights.classes


if __name__ == "__main__":
    main(Path(sys.argv[1]))
