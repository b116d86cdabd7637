"""Several assessments of one incident: one that asks for nothing uses up no duty, and none postpones one."""

from __future__ import annotations

from typing import Any

import pytest
from shipped import duties, facts, library, moment, situation
from test_generated import same, shipped_engine

from proxeny.instrument.evaluate import inquire

PARTIES = {
    "model-convention": [
        {"state": state, "act": "ratification", "in_force": "2026-06-01", "source": "test"}
        for state in ("XA", "XB")
    ]
}


def assessed(at: str, high: int, decision: str) -> dict[str, Any]:
    """An assessment by XA in June."""
    at = f"2026-06-{at}Z"
    return {"event": "assessed", "by": "XA", "at": at, "source": at, "level_high": high, "decision": decision}


def told(events: tuple[dict[str, Any], ...]) -> str:
    """The facts file of an incident that XA assesses."""
    actors = {"XA": {"kind": "state"}, "XB": {"kind": "state"}}
    roles = {"affected_state": ["XA"]}
    return facts(actors=actors, roles=roles, parties=PARTIES, events=list(events))


LOW = assessed("02T10:00", 2, "record")
NOTIFY = assessed("02T12:00", 3, "notify")
HIGH = assessed("03T10:00", 5, "notify")
AGAIN = assessed("03T18:00", 5, "notify")
DOWN = assessed("04T10:00", 2, "record")
CASES: list[tuple[tuple[dict[str, Any], ...], dict[str, str]]] = [
    ((LOW,), {}),
    ((LOW, HIGH), {"5.3": "03T14:00"}),
    ((LOW, NOTIFY), {"5.2": "03T12:00"}),
    ((NOTIFY, HIGH), {"5.2": "03T12:00", "5.3": "03T14:00"}),
    ((HIGH, AGAIN), {"5.3": "03T14:00"}),
    ((HIGH, DOWN), {"5.3": "03T14:00"}),
]


@pytest.mark.parametrize(("events", "due"), CASES)
def test_a_later_assessment_begins_what_an_earlier_one_did_not_and_postpones_nothing(
    events: tuple[dict[str, Any], ...], due: dict[str, str]
) -> None:
    found = duties(told(events), "2026-06-09T00:00Z").due
    limits = {d.norm[-3:]: f"{d.by:%dT%H:%M}" for d in found if d.by and d.norm[-3:] in ("5.2", "5.3")}
    assert limits == due


def test_an_assessment_that_leaves_it_unknown_gives_way_to_one_that_says_so() -> None:
    vague = {key: value for key, value in NOTIFY.items() if key != "decision"}
    found = duties(told((vague,)), "2026-06-02T13:00Z")
    assert [d.needs for d in found.open if d.norm.endswith(".5.2")] == [("decision",)]
    found = duties(told((vague, assessed("02T20:00", 3, "notify"))), "2026-06-02T21:00Z")
    assert [d.by for d in found.due if d.norm.endswith(".5.2")] == [moment("2026-06-03T20:00Z")]


@pytest.mark.parametrize("events", [events for events, _ in CASES])
def test_what_is_generated_takes_the_same_assessment(events: tuple[dict[str, Any], ...]) -> None:
    same(shipped_engine(), inquire(library(), situation(told(events)), moment("2026-06-09T00:00Z")))
