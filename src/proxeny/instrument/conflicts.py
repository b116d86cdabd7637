"""The audit: duties that cannot both be met, and norms that can never apply (docs/reference/conflicts.md).

Every norm, and every pair of norms whose words may clash, is held against all the situations that its own words tell
apart, by the interpreter itself. What is found is shown by a situation in which it is so.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import msgspec

from proxeny.instrument.cases import MOST_SITUATIONS, Case, TooManyError
from proxeny.instrument.clashes import clashes
from proxeny.instrument.library import Library
from proxeny.instrument.mentions import as_verified
from proxeny.instrument.never import never_applies
from proxeny.instrument.norm import Norm
from proxeny.instrument.witness import facts_file

KINDS = {
    "demanded_and_forbidden": "{0} demands what {1} forbids the same bearer",
    "exclusive_results": "{0} and {1} demand two things of which nobody can do both",
    "limit_before_it_arises": "the limit of {0} has passed when {1}, which it follows, is met in time",
    "displace_each_other": "{0} and {1} displace each other, and neither is left",
    "condition_never_met": "{0} can never apply: its conditions are never all met",
    "roles_exclude": "{0} can never apply: it asks a State for a body's role, or a body for a State's",
    "exception_covers_all": "{0} can never apply: an exception holds whenever its conditions do",
    "always_displaced": "{0} can never apply: it is displaced whenever its conditions hold",
    "never_in_force": "{0} can never apply: it is in force on no day, or for no bearer",
    "never_triggered": "{0} can never apply: no event fits its trigger",
    "falls_away_at_once": "{0} can never apply: it lapses, or is refused, by what triggers it",
    "limit_already_passed": "{0} can never be met in time: its limit has passed whenever it arises",
}
"""Every kind of finding, and how it is told."""

PAIRS = tuple(KINDS)[:4]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One conflict. `witness`: a facts file that shows it. `recorded`: what the norm itself says of the tension, where
    it names it (`tension_with`); it then fails no audit."""

    kind: str
    norms: tuple[str, ...]
    says: str
    witness: dict[str, Any]
    recorded: str = ""


class Audit(msgspec.Struct, frozen=True):
    """What was audited and found. `undecided`: norms and pairs with more situations than are looked at."""

    norms: int
    findings: tuple[Finding, ...]
    undecided: tuple[str, ...]

    @property
    def open(self) -> tuple[Finding, ...]:
        """The findings that no norm records."""
        return tuple(finding for finding in self.findings if not finding.recorded)


def audit(library: Library) -> Audit:
    """The audit of all norms that are ever instantiated."""
    read = as_verified(library)
    standings = library.words.standings
    norms = [norm for norm in read.norms if standings[norm.standing] not in ("reference", "none")]
    findings: list[Finding] = []
    undecided: list[str] = []
    sound: list[Norm] = []
    for norm in norms:
        try:
            never = never_applies(read, norm)
        except TooManyError:
            undecided.append(norm.id)
            never = None
        if never is None:
            sound.append(norm)
        else:
            findings.append(_finding(never.kind, (norm,), never.case))
    for one, other in itertools.permutations(sound, 2):
        if one.id == other.id:
            continue  # two versions of one norm are never in force together
        try:
            found = list(clashes(read, one, other))
        except TooManyError:
            undecided.append(f"{one.id}, {other.id}")
            continue
        findings.extend(_finding(kind, (one, other), case) for kind, case in found)
    return Audit(len(norms), tuple(_once(findings)), tuple(undecided))


def _finding(kind: str, norms: tuple[Norm, ...], case: Case | None) -> Finding:
    ids = tuple(norm.id for norm in norms)
    return Finding(
        kind=kind,
        norms=ids,
        says=KINDS[kind].format(*ids),
        witness=facts_file(case.situation) if case else {},
        recorded=_recorded(norms) if kind in PAIRS else "",
    )


def _recorded(norms: tuple[Norm, ...]) -> str:
    """The note of the tension, where one of the two names the other."""
    for norm, other in itertools.permutations(norms, 2):
        for tension in norm.tensions:
            if tension.norm == other.id:
                return f"{tension.note} ({tension.source})"
    return ""


def _once(findings: list[Finding]) -> Iterator[Finding]:
    """One of each kind for the same norms, whichever versions of them."""
    seen = set()
    for finding in findings:
        if (finding.kind, finding.norms) not in seen:
            seen.add((finding.kind, finding.norms))
            yield finding


__all__ = ["KINDS", "MOST_SITUATIONS", "Audit", "Finding", "audit"]
