"""The scenarios that stand beside the instruments hold. That every slip of a norm breaks one: test_mutations.py."""

from __future__ import annotations

from pathlib import Path

import pytest
from shipped import ROOT, library, zones

from proxeny.actions.duties import check_file
from proxeny.base.errors import InputError
from proxeny.instrument.library import Library

SCENARIOS = sorted(ROOT.glob("*/scenarios/*.yaml"))


def unmet(lib: Library, path: Path) -> list[str]:
    """The expectations of a scenario that do not hold."""
    name = path.relative_to(ROOT).as_posix()
    return [f"{f.place}: {f.message}" for f in check_file(path.read_bytes(), name, lib, zones)[1]]


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_a_scenario_holds(path: Path) -> None:
    assert unmet(library(), path) == []


def test_every_instrument_with_triggers_has_scenarios() -> None:
    listing = library().words.standings
    with_triggers = {
        n.instrument for n in library().norms if n.triggers and listing[n.standing] != "reference"
    }
    assert with_triggers <= {path.parent.parent.name for path in SCENARIOS}


def test_a_file_without_expectations_is_refused() -> None:
    with pytest.raises(InputError, match="no expect"):
        check_file(b"facts_version: 1\nactors: {XA: {kind: state}}\n", "facts.yaml", library(), zones)


def test_an_expectation_that_is_not_met_says_what_was_found() -> None:
    path = ROOT / "eu.gdpr" / "scenarios" / "breach.yaml"
    text = path.read_text(encoding="utf-8").replace("by: 2026-03-05T08:00Z", "by: 2026-03-05T09:00Z")
    (failure,) = check_file(text.encode(), "breach.yaml", library(), zones)[1]
    assert failure.place == "breach.yaml, line 11 column 3"
    assert "2026-03-05T09:00:00Z" in failure.message
    assert (
        "found: c1 towards supervisory_authority, late" in failure.message
        or "2026-03-05T08:00:00Z" in failure.message
    )
