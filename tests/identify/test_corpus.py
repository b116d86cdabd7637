"""The real files of the readable formats: the primary types that each is told by, as reviewed by eye."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from knowledge import KNOWLEDGE
from proxeny.actions.identify import identify_reports
from shared import CORPUS

VECTORS = Path(__file__).parents[1] / "vectors" / "corpus"
FOLDERS = {
    "csaf20": "csaf20",
    "email": "email",
    "idea0": "idea0",
    "intelmq": "intelmq",
    "iodef-json": "iodef-json",
    "iodef2": "iodef2",
    "misp": "misp",
    "shadowserver": "shadowserver",
    "stix": "stix21",
    "stix20": "stix20",
    "text": "text",
    "veris": "veris",
    "xarf": "xarf",
}


def readable() -> list[tuple[str, str, str]]:
    """(folder, file, primary types) of every file that is read."""
    found = []
    for table, folder in FOLDERS.items():
        with (VECTORS / f"{table}.tsv").open(encoding="utf-8", newline="") as rows:
            for row in csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE):
                if row["lines"] != "0":
                    found.append((folder, row["file"], row["primary"]))
    return found


@pytest.mark.parametrize(("folder", "file", "primary"), readable(), ids=lambda value: str(value)[:60])
def test_a_real_file_is_told_by_its_primary_types(folder: str, file: str, primary: str) -> None:
    path = CORPUS / folder / file
    if not path.exists():
        pytest.skip(f"the real files are not beside the project: {path.name} is absent")
    results = identify_reports(path.read_bytes(), file, KNOWLEDGE)
    told = sorted({finding.slug for result in results for finding in result.types if finding.primary})
    assert " ".join(told or ["-"]) == primary
