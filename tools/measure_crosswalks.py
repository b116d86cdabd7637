"""How well the crosswalks lead from VERIS to ATT&CK, beside a lexical baseline: `measure_crosswalks.py [PAIRS]`.

PAIRS is a table of published pairs (columns subject_id, object_id and source at least); without it, that of the
real files beside the project. For each code of VERIS the first ten codes that `terms.ranked` gives are held against
the pairs. Told are, for the action varieties alone, for every code of VERIS that the crosswalks know, and for all
that the pairs name (those that are not known, such as value_chain, answer nothing):

- recall@10: the share of the published pairs that stand among the first ten, and the most that any order can reach
  with ten answers a code (`most`), since some codes are paired with fifty techniques;
- recall a code: the mean over the codes of the share of each one's pairs;
- hit@10: the share of the codes of which at least one published technique stands among the first ten;
- precision@10: the share of the answers that are published pairs of their code.

The baseline orders the codes of the target by the words that their names share (Ochiai). Rows of which the source
begins with `scor` are names of another project's making and are left out. Nothing is learnt from the pairs.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from proxeny.terms.crosswalk import Crosswalks, find_code
from proxeny.terms.ranked import nearest_codes, same_words
from proxeny.wiring import ShippedKnowledge

ROOT = Path(__file__).resolve().parents[1]
TARGETS = ("attack-enterprise", "attack-ics", "attack-mobile")
FIRST = 10
VARIETY = ".variety."
HEAD = (
    "target",
    "codes of VERIS",
    "order",
    "codes",
    "pairs",
    "recall@10",
    "most",
    "recall a code",
    "hit@10",
    "precision@10",
)
ROW = "{:18} {:17} {:9} {:>5} {:>6} {:>10} {:>5} {:>14} {:>7} {:>13}"

Rank = Callable[[Crosswalks, str, str], list[str]]
Pairs = Mapping[str, Mapping[str, set[str]]]  # target scheme -> code of VERIS -> codes of the target


class Measured(msgspec.Struct, frozen=True):
    """Shares between 0 and 1, of `pairs` pairs of `codes` codes."""

    codes: int
    pairs: int
    recall: float
    most: float
    recall_a_code: float
    hit: float
    precision: float


def read_pairs(crosswalks: Crosswalks, table: Path) -> Pairs:
    """The published pairs by the scheme that knows the technique, in canonical spelling where the code is known."""
    found: dict[str, dict[str, set[str]]] = {target: defaultdict(set) for target in TARGETS}
    with table.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            scheme, _, rest = row["subject_id"].partition(":")
            other, _, technique = row["object_id"].partition(":")
            if scheme != "veris" or other != "attack" or row["mapping_source"].startswith("scor"):
                continue
            code = find_code(crosswalks, "veris", rest)
            for target in TARGETS:
                known = find_code(crosswalks, target, technique)
                if known is not None:
                    found[target][f"veris:{code.code if code else rest}"].add(f"{target}:{known.code}")
                    break
    return found


def is_known(crosswalks: Crosswalks, source: str) -> bool:
    return find_code(crosswalks, *source.split(":", 1)) is not None


def by_concepts(crosswalks: Crosswalks, source: str, target: str) -> list[str]:
    """The order of `terms.ranked`; nothing for a code that is not known."""
    if not is_known(crosswalks, source):
        return []
    return [near.code for near in nearest_codes(crosswalks, source, target, FIRST)]


def by_words(crosswalks: Crosswalks, source: str, target: str) -> list[str]:
    """The lexical baseline: the words that the names share, also for a code that is not known."""
    name = source.rpartition(".")[2]
    scored = [
        (same_words(name, other.label), f"{target}:{other.code}")
        for other in crosswalks.schemes[target].codes.values()
    ]
    return [other for score, other in sorted(scored, key=lambda one: -one[0])[:FIRST] if score > 0]


def measure(crosswalks: Crosswalks, pairs: Mapping[str, set[str]], target: str, rank: Rank) -> Measured:
    """The shares for one target and one way of ranking. `pairs` must hold at least one code."""
    answers = {source: rank(crosswalks, source, target) for source in pairs}
    right = {source: len(wanted & set(answers[source])) for source, wanted in pairs.items()}
    every = sum(map(len, pairs.values()))
    given = sum(map(len, answers.values()))
    return Measured(
        codes=len(pairs),
        pairs=every,
        recall=sum(right.values()) / every,
        most=sum(min(FIRST, len(wanted)) for wanted in pairs.values()) / every,
        recall_a_code=sum(right[source] / len(wanted) for source, wanted in pairs.items()) / len(pairs),
        hit=sum(number > 0 for number in right.values()) / len(pairs),
        precision=sum(right.values()) / given if given else 0.0,
    )


def main(table: Path) -> None:
    crosswalks = ShippedKnowledge().crosswalks
    print(ROW.format(*HEAD))
    for target, pairs in read_pairs(crosswalks, table).items():
        known = {source: wanted for source, wanted in pairs.items() if is_known(crosswalks, source)}
        actions = {s: wanted for s, wanted in known.items() if s.startswith("veris:action.") and VARIETY in s}
        for name, some in (("action varieties", actions), ("known", known), ("all", pairs)):
            for order, rank in (("concepts", by_concepts), ("words", by_words)):
                if some:
                    print(_row(target, name, order, measure(crosswalks, some, target, rank)))


def _row(target: str, name: str, order: str, m: Measured) -> str:
    shares = (m.recall, m.most, m.recall_a_code, m.hit, m.precision)
    return ROW.format(target, name, order, m.codes, m.pairs, *(f"{share:.3f}" for share in shares))


if __name__ == "__main__":
    main(
        Path(sys.argv[1])
        if len(sys.argv) > 1
        else ROOT.parent / "shared" / "data" / "crosswalks-published.tsv"
    )
