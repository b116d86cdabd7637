"""The reports of tests/sets: recall and precision of the exact slug may not fall below what was reached.

The floors are this release's figures less a margin of 0.03 (docs/figures.md says what was aimed at and reached).
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from knowledge import KNOWLEDGE
from proxeny.actions.identify import identify_reports

SETS = Path(__file__).parent.parent / "sets" / "reports"
FLOORS = json.loads((Path(__file__).parent.parent / "sets" / "floors.json").read_text(encoding="utf-8"))


def measure(path: Path) -> tuple[float, float]:
    """Precision and recall of the exact slugs over a file of labelled reports."""
    right = given = wanted = 0
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        (result,) = identify_reports(row["text"].encode(), row["id"], KNOWLEDGE, source="text")
        found = {finding.slug for finding in result.types}
        labels = {label["slug"] for label in row["types"]}
        right += len(found & labels)
        given += len(found)
        wanted += len(labels)
    return right / max(given, 1), right / max(wanted, 1)


@pytest.mark.parametrize("language", ["ar", "en", "es", "fr", "ru", "zh"])
def test_types_are_found_as_well_as_stated(language: str) -> None:
    precision, recall = measure(SETS / f"{language}.jsonl")
    assert precision >= FLOORS[language]["precision"], f"precision {precision:.3f}"
    assert recall >= FLOORS[language]["recall"], f"recall {recall:.3f}"


@pytest.mark.parametrize("language", ["ar", "en", "es", "fr", "ru", "zh"])
def test_all_quoted_words_are_the_slice_of_the_text_at_their_offsets(language: str) -> None:
    for line in (SETS / f"{language}.jsonl").read_text(encoding="utf-8").splitlines():
        (result,) = identify_reports(json.loads(line)["text"].encode(), "x", KNOWLEDGE, source="text")
        for axis in (
            "types",
            "techniques",
            "causes",
            "origins",
            "effects",
            "sectors",
            "responses",
            "ruled_out",
        ):
            for finding in getattr(result, axis):
                for evidence in finding.evidence:
                    if evidence.kind == "text":
                        first, last = evidence.at
                        assert result.report["text"][first:last] == evidence.value


@pytest.mark.parametrize("language", ["ar", "en", "es", "fr", "ru", "zh"])
def test_exactly_one_type_is_primary_where_there_is_any(language: str) -> None:
    for line in (SETS / f"{language}.jsonl").read_text(encoding="utf-8").splitlines():
        (result,) = identify_reports(json.loads(line)["text"].encode(), "x", KNOWLEDGE, source="text")
        assert sum(finding.primary for finding in result.types) == bool(result.types)
