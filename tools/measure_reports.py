"""Measure identification on the labelled reports of tests/sets, and write docs/figures.md.

    python tools/measure_reports.py [FILE ...]    # FILEs hold what measure_vcdb.py printed, and go in as they are

Nothing is learnt from these reports. Recall and precision are of the exact slug; statuses are counted over the types
that are right. Misses are told by kind.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from proxeny.actions.identify import identify_reports
from proxeny.identify.identification import Identification
from proxeny.wiring import ShippedKnowledge

ROOT = Path(__file__).resolve().parent.parent
SETS = {
    "reports": "Short reports (committed before the cues were written; 70 a language)",
    "ordinary": "Ordinary people's words (written after the lexicon was frozen; 30 a language)",
}
PAIRS = 12  # confusions shown


class Tally:
    """What one file of reports adds up to."""

    def __init__(self) -> None:
        self.rows = self.right = self.given = self.wanted = self.primary = self.kind = self.status = 0
        self.misses: Counter[str] = Counter()
        self.pairs: Counter[tuple[str, str]] = Counter()

    def add(self, row: Any, result: Identification) -> None:
        """Count one report."""
        found = {f.slug: f.status for f in result.types}
        wanted = {t["slug"]: t["status"] for t in row["types"]}
        both = found.keys() & wanted.keys()
        self.rows += 1
        self.right += len(both)
        self.given += len(found)
        self.wanted += len(wanted)
        self.status += sum(found[slug] == wanted[slug] for slug in both)
        self.primary += next((f.slug for f in result.types if f.primary), None) == row["primary"]
        self.kind += result.report["kind"] == ("reference" if row["kind"] == "none" else row["kind"])
        self._miss(sorted(wanted.keys() - both), sorted(found.keys() - both), result, bool(wanted))

    def _miss(self, missed: list[str], wrong: list[str], result: Identification, told: bool) -> None:
        for slug in missed:
            if result.level is None:
                self.misses["taken for no incident"] += 1
            elif wrong:
                self.misses["another type given"] += 1
                self.pairs[slug, wrong[0]] += 1
            elif slug in {f.slug for f in result.ruled_out}:
                self.misses["taken for ruled out"] += 1
            else:
                self.misses["no type given, or a second one missed"] += 1
        if wrong and not missed:
            self.misses["a type too many" if told else "an incident seen where there is none"] += len(wrong)

    def line(self, name: str) -> str:
        """One row of the table."""
        shares = (
            self.right / max(self.given, 1),
            self.right / max(self.wanted, 1),
            self.primary / max(self.rows, 1),
            self.status / max(self.right, 1),
            self.kind / max(self.rows, 1),
        )
        return f"| {name} | {self.rows} | " + " | ".join(f"{share:.3f}" for share in shares) + " |"


def measure(path: Path, knowledge: ShippedKnowledge, all_: Tally) -> Tally:
    """The tally of one file, added to that of all."""
    own = Tally()
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        (result,) = identify_reports(row["text"].encode(), row["id"], knowledge, source="text")
        own.add(row, result)
        all_.add(row, result)
    return own


def tables(knowledge: ShippedKnowledge) -> Iterator[str]:
    """The lines of docs/figures.md on the reports."""
    for folder, title in SETS.items():
        all_ = Tally()
        yield from (f"## {title}", "")
        yield "| language | reports | precision | recall | primary right | status right | kind right |"
        yield "|---|---|---|---|---|---|---|"
        for path in sorted((ROOT / "tests" / "sets" / folder).glob("*.jsonl")):
            yield measure(path, knowledge, all_).line(path.stem)
        yield all_.line("all")
        yield from ("", "Misses: " + "; ".join(f"{what} {n}" for what, n in all_.misses.most_common()) + ".")
        pairs = "; ".join(f"{a} as {b} {n}" for (a, b), n in all_.pairs.most_common(PAIRS))
        yield from (f"Most frequent: {pairs}.", "")


def main(extra: list[str]) -> None:
    """Write and print."""
    knowledge = ShippedKnowledge()
    version = knowledge.language("en").scorer.weights.version
    lines = ["# Figures of identification", "", f"Written by `tools/measure_reports.py`; {version}.", ""]
    lines += tables(knowledge)
    for name in extra:
        lines += [
            "## Coded incidents (VERIS Community Database)",
            "",
            "```",
            Path(name).read_text().rstrip(),
            "```",
            "",
        ]
    (ROOT / "docs" / "figures.md").write_text("\n".join(lines), encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main(sys.argv[1:])
