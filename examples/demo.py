"""The demo: identify every example report, print the cards, then a table of all."""

from __future__ import annotations

import sys
from pathlib import Path

from proxeny.actions.identify import identify_reports
from proxeny.cli.card import card
from proxeny.identify.identification import Identification
from proxeny.wiring import ShippedKnowledge, read_input

REPORTS = Path(__file__).resolve().parent / "reports"


def main() -> int:
    """Identify all, in the order of their names. 0 when every report was read and told as an incident."""
    knowledge = ShippedKnowledge()
    rows: list[tuple[str, Identification]] = []
    for path in sorted(REPORTS.iterdir()):
        for result in identify_reports(read_input(str(path)), path.name, knowledge):
            print(card(result, path.name, knowledge.say("en"), knowledge.labels("en")), end="\n\n")
            rows.append((path.name, result))
    print(f"{'report':26} {'format':8} {'lang':4}  {'type':34} {'level':7} decision")
    for name, result in rows:
        print(_row(name, result))
    return 0 if all(result.level is not None for _, result in rows) else 1


def _row(name: str, result: Identification) -> str:
    types = ", ".join(finding.slug for finding in result.types[:2]) or "-"
    level = "-"
    if result.level is not None:
        level = (
            f"{result.level.low}"
            if result.level.low == result.level.high
            else f"{result.level.low}-{result.level.high}"
        )
    decision = result.decision.result if result.decision else "-"
    report = result.report
    return f"{name:26} {report['format']:8} {report['language'] or '-':4}  {types:34} {level:7} {decision}"


if __name__ == "__main__":
    sys.exit(main())
