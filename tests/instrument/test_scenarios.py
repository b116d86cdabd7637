"""The scenarios that stand beside the instruments hold, and every slip of a norm's pen breaks one of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from shipped import ROOT, library, zones

from proxeny.actions.duties import check_file
from proxeny.base.errors import InputError
from proxeny.instrument.library import Library
from proxeny.instrument.norm import Deadline, Earliest, Latest, Limit, Norm, Period, Within

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


def mutants(norm: Norm) -> Iterator[tuple[str, Norm]]:
    """The norm with one slip: a unit more or less, an exception, a displacement or a condition dropped."""
    for number in range(len(norm.exceptions)):
        kept = norm.exceptions[:number] + norm.exceptions[number + 1 :]
        yield f"exception {number} dropped", msgspec.structs.replace(norm, exceptions=kept)
    if norm.displaced_by:
        yield "displacement dropped", msgspec.structs.replace(norm, displaced_by=())
    if norm.condition is not None:
        yield "condition dropped", msgspec.structs.replace(norm, condition=None)
    if norm.deadline is None or norm.deadline.within is None:
        return
    for step in (1, -1):
        for number, within in enumerate(stepped(norm.deadline.within, step)):
            deadline = msgspec.structs.replace(norm.deadline, within=within)
            yield f"limit {number} {step:+}", msgspec.structs.replace(norm, deadline=deadline)
    if norm.deadline.move is not None:
        yield "move dropped", with_deadline(norm, move=None)
        if norm.deadline.move.unless is not None:
            yield (
                "exclusion dropped",
                with_deadline(norm, move=msgspec.structs.replace(norm.deadline.move, unless=None)),
            )


def with_deadline(norm: Norm, **changes: Any) -> Norm:
    """The norm with another deadline."""
    assert isinstance(norm.deadline, Deadline)
    return msgspec.structs.replace(norm, deadline=msgspec.structs.replace(norm.deadline, **changes))


def stepped(within: Within, step: int) -> Iterator[Within]:
    """The limits with one of them a unit longer or shorter."""
    if isinstance(within, Limit):
        if within.period.count + step > 0 and not within.limit_of:
            period = Period(within.period.unit, within.period.count + step)
            yield msgspec.structs.replace(within, period=period)
        return
    kind: type[Earliest] | type[Latest] = type(within)
    for number, one in enumerate(within.of):
        for changed in stepped(one, step):
            yield kind((*within.of[:number], changed, *within.of[number + 1 :]))


TABLE = ("eu.nis2", "eu.dora", "eu.gdpr", "eu.cyber-solidarity-act", "un.norms", "model-convention")
MUTANTS = [
    (norm, what, mutant)
    for norm in library().norms
    if norm.instrument in TABLE
    for what, mutant in mutants(norm)
]


@pytest.mark.parametrize(
    ("norm", "what", "mutant"), MUTANTS, ids=[f"{n.id}: {what}" for n, what, _ in MUTANTS]
)
def test_a_slip_in_a_norm_breaks_a_scenario_of_its_instrument(norm: Norm, what: str, mutant: Norm) -> None:
    norms = tuple(mutant if one is norm else one for one in library().norms)
    changed = msgspec.structs.replace(library(), norms=norms)
    own = [path for path in SCENARIOS if path.parent.parent.name in (norm.instrument, "eu.dora")]
    assert any(unmet(changed, path) for path in own), what


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
