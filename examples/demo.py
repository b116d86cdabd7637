"""The demo: every example report identified, a table of all; one answered in a partner's format; what is due, and why."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from proxeny.actions.identify import identify_reports
from proxeny.cli.card import card
from proxeny.identify.identification import Identification
from proxeny.wiring import ShippedKnowledge, read_input

HERE = Path(__file__).resolve().parent
REPORTS = HERE / "reports"
FACTS = HERE / "duties" / "hospital.yaml"
NOW = "2026-03-03T08:00Z"  # the hour at which the exercise looks at its duties


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
    with tempfile.TemporaryDirectory() as folder:
        report = next(path for path in sorted(REPORTS.iterdir()) if path.suffix == ".json")
        shown = [
            _shown("convert", str(report), "--to", "stix", "-o", folder),
            _shown("convert", str(report), "--to", "email", "--lang", "ar", "-o", folder),
            _shown("duties", str(FACTS), "--state", "XA", "--at", NOW),
            _shown("why", "eu.gdpr.33.1", str(FACTS), "--at", NOW),
        ]
        written = sorted(path.name for path in Path(folder).iterdir())
    print(f"\nwritten: {', '.join(written)}")
    return 0 if all(result.level is not None for _, result in rows) and not any(shown) else 1


def _shown(*words: str) -> int:
    """Run a command as a person would, after showing it. Its exit code."""
    print("\n$ proxeny " + " ".join(word.removeprefix(f"{HERE.parent}/") for word in words), flush=True)
    command = [sys.executable, "-m", "proxeny", *words]
    return subprocess.run(command, check=False).returncode  # noqa: S603 - our own words


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
