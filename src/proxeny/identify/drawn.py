"""Facts drawn from a report: what it states, what its findings raise, and nothing by absence (spec/decision.md)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from proxeny.identify.decision import Raised
from proxeny.identify.facts import (
    DecisionFacts,
    Facts,
    Integrity,
    Number,
    Records,
    Service,
    StateFacts,
    home_of,
)
from proxeny.identify.identification import Finding
from proxeny.identify.report import Stated

UNPLACED = "XZ"
"""Stands for the State concerned where neither the report nor the desk names one (ISO 3166-1 user-assigned)."""

_HAPPENED = ("occurred", "suspected")


class Drawn(msgspec.Struct, frozen=True):
    """Facts of a report, the evidence of each stated one by its path, and the answers raised."""

    facts: Facts
    evidence: dict[str, dict[str, Any]]
    raised: dict[str, Raised]


def draw(
    findings: Mapping[str, Sequence[Finding]],
    stated: Sequence[Stated],
    table: Mapping[str, Any],
    home: str | None,
    affected: Sequence[str],
    tier: Number,
) -> Drawn:
    """Facts of each State that figures are placed in; the others, and what is raised, of the State concerned.

    `table` is data/rules/raises.yaml; `affected` the States that the report names as affected; `tier` that of
    the service. Where nobody said which State is home, it is the one affected, else left open.
    """
    own = _concerned(home, affected)
    raised_facts, answers = _raised(findings, table)
    if home is not None and own != home:
        # Whether it is serious is asked of the home (question 1), and it was not the home that was hit.
        answers = {code: raised for code, raised in answers.items() if code[0] != "1"}
    abroad = set(affected) - {home}
    if abroad and (home is not None or len(abroad) > 1):
        named = f"{len(abroad)} States" if len(abroad) > 1 else next(iter(abroad))
        answers["3a"] = Raised("yes", f"report: {named} affected")
    by_state, evidence = _placed(stated, own, home)
    facts = {
        code: _state_facts(found, raised_facts if code == own else set(), tier)
        for code, found in by_state.items()
    }
    decides = home or (own if own in affected else None)
    return Drawn(Facts(home=decides, states=facts, decision=DecisionFacts()), evidence, answers)


def settled(facts: Facts) -> Facts:
    """The facts, drawn and given, without a placeholder that nothing is left for, and with the home where only one
    State remains. Never the placeholder while other States have facts."""
    others = {
        code: state
        for code, state in facts.states.items()
        if code != UNPLACED or code == facts.home or state != StateFacts()
    }
    kept = msgspec.structs.replace(facts, states=others or facts.states)
    return msgspec.structs.replace(kept, home=home_of(kept))


def affected_by_words(stated: Sequence[Stated], named: Callable[[], set[str]]) -> tuple[str, ...]:
    """The State affected as a free text tells it: the one that all its placed figures belong to, if the text names
    no other (`named`). A State that is only mentioned is not affected; it may be that of whoever did it."""
    placed = {fact.state for fact in stated if fact.state is not None}
    return tuple(placed) if len(placed) == 1 and named() == placed else ()


def _concerned(home: str | None, affected: Sequence[str]) -> str:
    """The State of the figures that none is named for: home, unless the report says that others are affected."""
    if home is not None and (not affected or home in affected):
        return home
    return affected[0] if len(set(affected)) == 1 else UNPLACED


def _placed(
    stated: Sequence[Stated], own: str, home: str | None
) -> tuple[dict[str, list[Stated]], dict[str, dict[str, Any]]]:
    """The figures by State, home first, and the evidence of each by its path."""
    by_state: dict[str, list[Stated]] = {home or own: [], own: []}
    evidence: dict[str, dict[str, Any]] = {}
    for fact in stated:
        if fact.path == "hours_since_aware":
            continue
        state = fact.state or own
        by_state.setdefault(state, []).append(fact)
        evidence[f"states.{state}.{fact.path}"] = {"kind": "text", "value": fact.words, "at": fact.at}
    return by_state, evidence


def _raised(
    findings: Mapping[str, Sequence[Finding]], table: Mapping[str, Any]
) -> tuple[set[str], dict[str, Raised]]:
    facts: set[str] = set()
    answers: dict[str, Raised] = {}
    for axis in table:
        for finding in findings.get(axis, ()):
            entry = table[axis].get(finding.slug)
            if entry is None or finding.status not in _HAPPENED:
                continue
            facts.update(entry.get("facts", ()))
            for code, answer in entry.get("answers", {}).items():
                certain = answer in ("yes", True) and finding.status == "occurred"
                if certain or code not in answers:
                    answers[code] = Raised("yes" if certain else "unknown", f"raised by {finding.slug}")
    return facts, answers


def _state_facts(stated: Sequence[Stated], raised: set[str], tier: Number) -> StateFacts:
    """One State: stated values where there are any, unknown where something only raises them."""
    values = {fact.path: fact.value for fact in stated}
    groups = {path.partition(".")[0] for path in values}
    made: dict[str, Any] = {}
    for name in ("deaths", "injuries", "loss_usd", "loss_gdp_share", "physical", "trust_anchor"):
        if name in values:
            made[name] = values[name]
        elif name in raised:
            made[name] = "unknown"
    if "services" in groups or "services" in raised:
        reach = [values[p] for p in ("services.persons", "services.share") if p in values]
        made["services"] = (
            Service(
                tier=tier,
                share=values.get("services.share", None if reach else "unknown"),  # type: ignore[arg-type]
                persons=values.get("services.persons"),  # type: ignore[arg-type]
                hours=values.get("services.hours", "unknown"),  # type: ignore[arg-type]
                degraded=values.get("services.degraded", False),  # type: ignore[arg-type]
            ),
        )
    if "records" in groups or "records" in raised:
        known = "records.persons" in values or "records.share" in values
        made["records"] = Records(
            share=values.get("records.share", None if known else "unknown"),  # type: ignore[arg-type]
            persons=values.get("records.persons"),  # type: ignore[arg-type]
            sensitive=values.get("records.sensitive", "unknown" if not known else False),  # type: ignore[arg-type]
        )
    if "integrity" in groups or "integrity" in raised:
        made["integrity"] = Integrity(
            state=values.get("integrity.state", "unknown"),  # type: ignore[arg-type]
            share=None if "integrity.persons" in values else "unknown",
            persons=values.get("integrity.persons"),  # type: ignore[arg-type]
        )
    return StateFacts(**made)
