"""Norms that can never apply: in none of the situations that their own words tell apart."""

from __future__ import annotations

import msgspec

from proxeny.instrument.cases import Case, cases
from proxeny.instrument.duty import Outcome
from proxeny.instrument.evaluate import inquire, outcomes
from proxeny.instrument.library import Library
from proxeny.instrument.mentions import around, conditions_of, leaves
from proxeny.instrument.norm import HoldsRole, Norm
from proxeny.instrument.parties import entry_into_force

APPLIES = "applies"
RUNNING = ("due", "recommended", "would_apply")
_FROM_NEAREST = (
    *(APPLIES, "limit_already_passed", "falls_away_at_once", "always_displaced", "exception_covers_all"),
    *("condition_never_met", "never_in_force", "never_triggered"),
)
"""How far it gets where it gets farthest: that is what is wrong with it."""


class Never(msgspec.Struct, frozen=True):
    """Why a norm never applies, with the case in which it comes nearest."""

    kind: str
    case: Case | None


def never_applies(library: Library, norm: Norm) -> Never | None:
    """Why the norm can never apply; None where it can. Raises TooManyError."""
    entered = entry_into_force(library.instruments[norm.instrument])
    if norm.valid.until is not None and entered is not None and norm.valid.until <= entered:
        return Never("never_in_force", next(cases(around(library, (norm,)), (norm,)), None))
    found = _nearest(library, norm, free_roles=False)
    if found.kind == APPLIES:
        return None
    if found.kind == "condition_never_met" and _only_roles_bar(library, norm):
        return Never("roles_exclude", found.case)
    return found


def _only_roles_bar(library: Library, norm: Norm) -> bool:
    """Whether it would apply, could a State hold the roles of a body and a body those of a State."""
    asked = any(isinstance(leaf, HoldsRole) for one in conditions_of(norm) for leaf in leaves(one))
    return asked and _nearest(library, norm, free_roles=True).kind == APPLIES


def _nearest(library: Library, norm: Norm, free_roles: bool) -> Never:
    own = around(library, (norm,))
    best = Never(_FROM_NEAREST[-1], None)
    for case in cases(own, (norm,), free_roles=free_roles):
        inquiry = inquire(own, case.situation, case.at)
        for outcome in outcomes(inquiry, norm, only=case.bearer):
            kind = _reached(outcome, case)
            if best.case is None or _FROM_NEAREST.index(kind) < _FROM_NEAREST.index(best.kind):
                best = Never(kind, case)
            if kind == APPLIES:
                return best
    return best


def _reached(outcome: Outcome, case: Case) -> str:
    """How far the norm got."""
    duty = outcome.duty
    if outcome.list in RUNNING:
        if duty.status in ("lapsed", "refused_with_ground"):
            return "falls_away_at_once"
        late = duty.late_after is not None and duty.late_after < case.at
        return "limit_already_passed" if late else APPLIES
    steps = [step.step for step in duty.trace]
    last = next((step for step in reversed(duty.trace) if step.value == "yes"), None)
    if outcome.list == "absent" and last is not None and duty.trace[-1] is last:
        kinds = {"displaced": "always_displaced", "exception": "exception_covers_all"}
        if last.step in kinds:
            return kinds[last.step]
    if steps[-1] == "trigger":
        return "never_triggered"
    by_law = any(need.startswith("parties.") for need in duty.needs) or "standing" not in steps
    unbound = outcome.list == "absent" and steps[-1] in ("parties", "law", "valid")
    return "never_in_force" if by_law or unbound else "condition_never_met"
