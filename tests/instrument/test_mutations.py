"""Every slip of the pen in the norms of the table is caught: by the table, by the second table beside it (folder table),
or by a scenario beside the norm."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
import shipped
import test_table
from shipped import ROOT, library, zones

from proxeny.actions.duties import failures, read_situation
from proxeny.instrument.library import Library, limit_sources
from proxeny.instrument.mentions import around
from proxeny.instrument.norm import (
    All,
    Any_,
    Apart,
    AttributeIs,
    Condition,
    Deadline,
    Earliest,
    Latest,
    Limit,
    Norm,
    Not,
    Within,
)
from proxeny.instrument.situation import Situation

TABLE = {
    "eu.nis2": ("TestNis2", "TestDora"),
    "eu.dora": ("TestDora",),
    "eu.gdpr": ("TestGdpr",),
    "eu.cyber-solidarity-act": ("TestCyberSolidarityAct",),
    "un.norms": ("TestUnNorm",),
    "model-convention": ("TestModelConvention",),
}
"""Instruments of the table, and the part of it that is about each."""

SECOND_TABLE = sorted((Path(__file__).parent / "table").glob("*.yaml"))

Mutant = tuple[str, Norm]


def mutants(norm: Norm) -> Iterator[Mutant]:
    """The norm with one slip each."""
    for field in ("exceptions", "displaced_by"):
        grounds = getattr(norm, field)
        for number, ground in enumerate(grounds):
            rest = (*grounds[:number], *grounds[number + 1 :])
            yield f"{field} {number} dropped", changed(norm, **{field: rest})
            for what, condition in slips(ground.condition):
                other = changed(ground, condition=condition)
                again = (*grounds[:number], other, *grounds[number + 1 :])
                yield f"{field} {number}: {what}", changed(norm, **{field: again})
    if norm.condition is not None:
        yield "condition dropped", changed(norm, condition=None)
        yield "condition turned round", changed(norm, condition=Not(norm.condition))
        for what, condition in slips(norm.condition):
            yield f"condition: {what}", changed(norm, condition=condition)
    if norm.deadline is not None:
        for what, deadline in late_slips(norm.deadline):
            yield f"deadline: {what}", changed(norm, deadline=deadline)


def changed(record: Any, **fields: Any) -> Any:
    """The record with other fields."""
    return msgspec.structs.replace(record, **fields)


def slips(condition: Condition | None) -> Iterator[tuple[str, Condition]]:
    """A condition with one of its parts left out, or one of its bounds one more or less."""
    if isinstance(condition, (All, Any_)):
        for number, one in enumerate(condition.of):
            before, after = condition.of[:number], condition.of[number + 1 :]
            if before or after:
                yield f"part {number} dropped", changed(condition, of=(*before, *after))
            for what, part in slips(one):
                yield f"part {number}: {what}", changed(condition, of=(*before, part, *after))
    elif isinstance(condition, Not):
        for what, part in slips(condition.of):
            yield what, Not(part)
    elif isinstance(condition, (Apart, AttributeIs)):
        for field in ("more_than_hours", "at_most_hours", "at_least", "at_most"):
            bound = getattr(condition, field, None)
            if bound is not None:
                yield f"{field} + 1", changed(condition, **{field: bound + 1})
                yield f"{field} - 1", changed(condition, **{field: bound - 1})


def late_slips(deadline: Deadline) -> Iterator[tuple[str, Deadline]]:
    """A deadline with a limit a unit longer or shorter, or without a rule that moves or closes it."""
    if deadline.within is not None:
        for number, within in enumerate(stepped(deadline.within)):
            yield f"limit {number}", changed(deadline, within=within)
    if deadline.move is not None:
        yield "move dropped", changed(deadline, move=None)
        if deadline.move.unless is not None:
            yield "exclusion dropped", changed(deadline, move=changed(deadline.move, unless=None))
            for what, condition in slips(deadline.move.unless):
                yield f"exclusion: {what}", changed(deadline, move=changed(deadline.move, unless=condition))
    if deadline.closes != "at_the_hour":
        yield "closing dropped", changed(deadline, closes="at_the_hour")
    if deadline.where_possible:
        yield "target made strict", changed(deadline, where_possible=False)


def stepped(within: Within) -> Iterator[Within]:
    """The limits with one of them a unit longer or shorter, one left out, or the first taken for the last."""
    if isinstance(within, Limit):
        for count in (within.period.count + 1, within.period.count - 1):
            if count > 0 and not within.limit_of:
                yield changed(within, period=changed(within.period, count=count))
        return
    yield Latest(within.of) if isinstance(within, Earliest) else Earliest(within.of)
    for number, one in enumerate(within.of):
        before, after = within.of[:number], within.of[number + 1 :]
        if len(within.of) > 1:
            yield changed(within, of=(*before, *after))
        for other in stepped(one):
            yield changed(within, of=(*before, other, *after))


@cache
def near(norm_id: str) -> Library:
    """The norm with those that it refers to, that refer to it, or stand for the same row: what a slip in it changes."""
    (norm,) = library().versions(norm_id)
    lib = around(library(), (norm,))
    kept = {one.id for one in lib.norms if one.instrument == norm.instrument or one.id in _firsts(lib)}
    kept |= {one.id for one in library().norms if norm_id in (*one.awaits, *limit_sources(one))}
    kept |= {one.id for one in library().norms if set(one.rows) & set(norm.rows)}
    return changed(lib, norms=tuple(one for one in library().norms if one.id in kept))  # type: ignore[no-any-return]


def _firsts(lib: Library) -> set[str]:
    """One norm of each instrument; by it a displacing instrument is in force."""
    return {norm.id for norm in {norm.instrument: norm for norm in reversed(lib.norms)}.values()}


def with_mutant(lib: Library, norm: Norm, mutant: Norm) -> Library:
    """The library with the mutant in the place of the norm."""
    return changed(lib, norms=tuple(mutant if one is norm else one for one in lib.norms))  # type: ignore[no-any-return]


@cache
def read(path: Path) -> Situation:
    """The situation of a facts file."""
    return read_situation(path.read_bytes(), path.name, library(), zones)


def unmet(lib: Library, path: Path) -> set[str]:
    """The places of a facts file's expectations that do not hold, with what was found."""
    return {failure.place + failure.message for failure in failures(lib, read(path))}


@cache
def unmet_anyway(norm_id: str, path: Path) -> frozenset[str]:
    """Those that do not hold for want of the norms that are left out, mutant or not."""
    return frozenset(unmet(near(norm_id), path))


def broken_scenario(norm: Norm, mutant: Norm) -> bool:
    """Whether a scenario of the instrument, or of one beside it, no longer holds."""
    lib = with_mutant(near(norm.id), norm, mutant)
    folders = dict.fromkeys((norm.instrument, *(ground.by for ground in norm.displaced_by), "eu.nis2"))
    beside = [path for name in folders for path in sorted((ROOT / name / "scenarios").glob("*.yaml"))]
    return any(not unmet(lib, path) <= unmet_anyway(norm.id, path) for path in (*beside, *SECOND_TABLE))


def table_cases(part: str) -> Iterator[Callable[[], None]]:
    """Every case of a part of the table."""
    of_class = getattr(test_table, part)
    for name, case in inspect.getmembers(of_class, inspect.isfunction):
        if not name.startswith("test_"):
            continue
        marks = [mark for mark in getattr(case, "pytestmark", ()) if mark.name == "parametrize"]
        rows: Any = marks[0].args[1] if marks else [()]
        for row in rows:
            yield partial(case, of_class(), *(row if isinstance(row, tuple) else (row,)))


def broken_table(norm: Norm, mutant: Norm, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether a case of the table no longer holds where the mutant is law."""
    lib = with_mutant(library(), norm, mutant)
    monkeypatch.setattr(test_table, "duties", partial(shipped.duties, lib=lib))
    for case in itertools.chain.from_iterable(table_cases(part) for part in TABLE[norm.instrument]):
        try:
            case()
        except (AssertionError, ValueError, KeyError):
            return True
    return False


MUTANTS = [
    (norm, what, mutant)
    for norm in library().norms
    if norm.instrument in TABLE
    for what, mutant in mutants(norm)
]


@pytest.mark.parametrize(
    ("norm", "what", "mutant"), MUTANTS, ids=[f"{norm.id}: {what}" for norm, what, _ in MUTANTS]
)
def test_a_slip_is_caught(norm: Norm, what: str, mutant: Norm, monkeypatch: pytest.MonkeyPatch) -> None:
    assert broken_scenario(norm, mutant) or broken_table(norm, mutant, monkeypatch), what


@pytest.mark.parametrize("path", SECOND_TABLE, ids=lambda path: path.stem)
def test_the_second_table_holds(path: Path) -> None:
    assert unmet(library(), path) == set()


@pytest.mark.parametrize("part", sorted({part for parts in TABLE.values() for part in parts}))
def test_the_table_holds_without_a_slip(part: str) -> None:
    cases = list(table_cases(part))
    assert cases
    for case in cases:
        case()
