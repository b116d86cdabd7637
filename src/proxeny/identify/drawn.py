"""Facts drawn from a report: what it states, what its findings raise, and nothing by absence (spec/decision.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from proxeny.identify.decision import Raised
from proxeny.identify.facts import DecisionFacts, Facts, Integrity, Records, Service, StateFacts
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
    states: Sequence[str],
    tier: int | None,
) -> Drawn:
    """Facts of the State concerned: `home`, or the one State that the report names as affected.

    `table` is data/rules/raises.yaml; `tier` that of the sector found, None where none is found.
    """
    own = home or (states[0] if len(states) == 1 else UNPLACED)
    raised_facts, answers = _raised(findings, table)
    if len(set(states)) > 1:
        answers["3a"] = Raised("yes", f"report: {len(set(states))} States affected")
    by_state: dict[str, list[Stated]] = {own: []}
    evidence: dict[str, dict[str, Any]] = {}
    for fact in stated:
        state = fact.state or own
        if fact.path == "hours_since_aware":
            continue
        by_state.setdefault(state, []).append(fact)
        evidence[f"states.{state}.{fact.path}"] = {"kind": "text", "value": fact.words, "at": fact.at}
    facts = {
        code: _state_facts(found, raised_facts if code == own else set(), tier)
        for code, found in by_state.items()
    }
    return Drawn(Facts(home=own, states=facts, decision=DecisionFacts()), evidence, answers)


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


def _state_facts(stated: Sequence[Stated], raised: set[str], tier: int | None) -> StateFacts:
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
                tier=tier if tier is not None else "unknown",
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
