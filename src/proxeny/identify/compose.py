"""From what codes assert and what words say to the findings of a report: one list an axis, one primary type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set

import msgspec

from proxeny.identify.coded import Coded
from proxeny.identify.identification import Basis, Evidence, Finding, Status
from proxeny.identify.reading import Read, Reading
from proxeny.terms.terminology import Terminology

BESIDE_CODES = 0.9
"""Probability from which words add a type to those that codes assert: who coded the report knew it whole."""

ATTEMPTS = frozenset({"login-attempt", "exploitation-attempt"})
"""Types whose very meaning is that it did not succeed (spec/types.md, class attempt)."""

OF_A_TYPE = frozenset({"technique", "cause", "origin"})
"""Axes that say how, why and from where something happened: where the words tell of nothing, the weights answer them
by what is usual, not by what the report says."""

SAID = frozenset({"cause", "origin"})
"""Axes on which words that say it outright (cues) put the weights to silence: a report has one cause and one origin as
a rule, and on the training reports such words are right nine times in ten."""

SURE = 0.75
"""Probability from which the weights are heard on the origin although the words tell no type: who acted is often told
where what was done is not. On coded incidents it finds more origins, and no larger share of them is wrong."""

EVIDENCE_A_FINDING = 4


class Candidate(msgspec.Struct):
    """A concept on its way to a finding."""

    axis: str
    slug: str
    confidence: float
    basis: Basis
    status: Status
    evidence: list[Evidence]


def candidates(coded: Sequence[Coded], reading: Reading, suspected: bool) -> list[Candidate]:
    """Codes and words joined, concept by concept. `suspected`: the source itself says it is not confirmed.

    Where the words tell no type, no technique or cause is taken from the weights, only from codes and cues, and no
    origin of which they are not sure. Where cues tell a cause or an origin, the weights are not heard on it.
    """
    joined: dict[tuple[str, str], Candidate] = {}
    for item in coded:
        status: Status = "suspected" if suspected else "occurred"
        key = (item.axis, item.slug)
        if key in joined:
            joined[key].evidence.append(item.evidence)
            joined[key].confidence = max(joined[key].confidence, item.confidence)
        else:
            joined[key] = Candidate(item.axis, item.slug, item.confidence, "code", status, [item.evidence])
    coded_axes = {item.axis for item in coded}
    for read in reading.found:
        key = (read.axis, read.slug)
        if key in joined:
            joined[key].evidence.extend(read.evidence)
            joined[key].confidence = max(joined[key].confidence, read.confidence)
        elif read.axis not in ("kind", "status") and (
            read.axis not in coded_axes or read.confidence >= BESIDE_CODES
        ):
            joined[key] = Candidate(
                read.axis, read.slug, read.confidence, read.basis, read.status, list(read.evidence)
            )
    for candidate in joined.values():
        if candidate.axis == "type" and candidate.slug in ATTEMPTS and candidate.status == "occurred":
            candidate.status = "attempted"
    told = {c.axis for c in joined.values() if c.basis == "cue"}
    typed = any(read.axis == "type" for read in reading.found)
    return [c for c in joined.values() if c.basis != "model" or _heard(c, told, typed)]


def _heard(candidate: Candidate, told: Set[str], typed: bool) -> bool:
    """Whether the weights are heard on an axis. `told`: axes on which cues speak; `typed`: the words tell a type."""
    if candidate.axis not in SAID:
        return typed or candidate.axis not in OF_A_TYPE
    sure = candidate.axis == "origin" and candidate.confidence >= SURE
    return candidate.axis not in told and (typed or sure)


def findings(
    found: Iterable[Candidate], terminology: Terminology, precedence: Sequence[str], language: str
) -> dict[str, tuple[Finding, ...]]:
    """The findings by axis, surest first, ancestors of another finding left out, one type marked primary."""
    by_axis: dict[str, list[Candidate]] = {}
    for candidate in found:
        by_axis.setdefault(candidate.axis, []).append(candidate)
    made: dict[str, tuple[Finding, ...]] = {}
    for axis, group in by_axis.items():
        implied = {
            ancestor
            for candidate in group
            if candidate.slug in terminology.by_slug
            for ancestor in terminology.ancestors(terminology.by_slug[candidate.slug])
        }
        kept = [c for c in group if terminology.by_slug.get(c.slug) not in implied]
        first = primary_of([c.slug for c in kept], precedence) if axis == "type" else None
        made[axis] = tuple(
            finding_of(c, terminology, language, c.slug == first)
            for c in sorted(kept, key=lambda c: (c.slug != first, -c.confidence, c.slug))
        )
    return made


def finding_of(
    candidate: Candidate, terminology: Terminology, language: str, primary: bool = False
) -> Finding:
    """One candidate as a finding, named in the language."""
    concept = terminology.concept(candidate.slug)
    return Finding(
        concept=concept.id,
        slug=concept.slug,
        label=concept.label[language],
        confidence=candidate.confidence,
        basis=candidate.basis,
        status=candidate.status,
        primary=primary,
        evidence=tuple(candidate.evidence[:EVIDENCE_A_FINDING]),
    )


def primary_of(slugs: Sequence[str], precedence: Sequence[str]) -> str | None:
    """The primary among the types found: by the published precedence, never by confidence (spec/types.md)."""
    rank: Mapping[str, int] = {slug: at for at, slug in enumerate(precedence)}
    return min(slugs, key=lambda slug: (rank.get(slug, len(rank)), slug), default=None)


def from_attachment(finding: Finding, part: str) -> Candidate:
    """A type of an attachment as one of the mail it came with, with its evidence at the attachment."""
    evidence = [Evidence("code", e.value, f"{part}, {_place(e.at)}") for e in finding.evidence]
    basis: Basis = "code"
    return Candidate("type", finding.slug, finding.confidence, basis, finding.status, evidence)


def _place(at: str | tuple[int, int]) -> str:
    """Where a piece of evidence stands: a pointer, or the code points of a text."""
    return at if isinstance(at, str) else f"{at[0]}-{at[1]}"


def from_read(read: Read) -> Candidate:
    """A concept read in a text, by itself."""
    return Candidate(read.axis, read.slug, read.confidence, read.basis, read.status, list(read.evidence))
