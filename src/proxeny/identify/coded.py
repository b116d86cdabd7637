"""What the codes of a report assert, through the crosswalks. An event's tags classify; the tags of its parts
support techniques only."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from proxeny.identify.identification import Evidence
from proxeny.identify.report import Loss, Tag
from proxeny.terms.crosswalk import Crosswalks, Scheme, code_remedy, nearest_code
from proxeny.terms.own_scheme import NAME as OWN
from proxeny.terms.translation import asserted, codes_for
from proxeny.terms.unknown import is_unknown, places_of

LEAST_CONFIDENCE = 0.5
"""Of a mapping, below which a code asserts nothing."""

MOST_UNKNOWN = 20  # unknown codes told of one report; a search for the nearest takes some milliseconds
_SHOWN = 120  # code points of an unknown code shown

NUMBERED = frozenset({"naics"})
"""Schemes whose codes are numbers in which a longer one is a kind of what a shorter beginning of it names."""

_RELATION = {"exact": 1.0, "close": 0.95, "broad": 0.95, "narrow": 0.5, "related": 0.0}


class Coded(msgspec.Struct, frozen=True):
    """A concept that a code asserts."""

    concept: str
    axis: str
    slug: str
    confidence: float
    evidence: Evidence


def read_codes(tags: Sequence[Tag], crosswalks: Crosswalks) -> list[Coded]:
    """The concepts asserted by the tags, in the order of the tags. Codes that this system itself wrote beside its own,
    as the nearest words of another vocabulary, say no more than those."""
    found: list[Coded] = []
    echoes = _echoes(tags, crosswalks)
    for tag in tags:
        if (tag.scheme, tag.code) in echoes:
            continue
        for mapped in asserted(crosswalks, tag.scheme, tag.code):
            if tag.scope == "part" and mapped.axis != "technique":
                continue
            confidence = mapped.confidence * _RELATION[mapped.predicate]
            if confidence >= LEAST_CONFIDENCE:
                evidence = Evidence("code", f"{tag.scheme}:{tag.code}", tag.at)
                found.append(Coded(mapped.concept, mapped.axis, mapped.slug, round(confidence, 3), evidence))
    return found


def sectors_coded(sectors: Sequence[str], crosswalks: Crosswalks) -> list[Coded]:
    """The sectors that the sectors of a Report ("naics:622110") assert. Of a numbered scheme a code that is not listed
    is read as the longest listed one that begins it; sectors of schemes that are not shipped assert nothing."""
    tags = (
        Tag(scheme=scheme, code=code, raw=whole, at="sectors")
        for whole, scheme, code in map(_sector, sectors)
    )
    return [
        msgspec.structs.replace(coded, evidence=Evidence("code", tag.raw, tag.at))
        for tag in tags
        for coded in read_codes([_listed(tag, crosswalks) if tag.scheme in NUMBERED else tag], crosswalks)
        if coded.axis == "sector"
    ]


def _sector(sector: str) -> tuple[str, str, str]:
    scheme, _, code = sector.partition(":")
    return sector, scheme, code


def _listed(tag: Tag, crosswalks: Crosswalks) -> Tag:
    """The tag with the longest beginning of its code that the scheme lists."""
    scheme = crosswalks.schemes.get(tag.scheme)
    code = tag.code
    while scheme is not None and code and code not in scheme.codes:
        code = code[:-1]
    return msgspec.structs.replace(tag, code=code or tag.code)


def _echoes(tags: Sequence[Tag], crosswalks: Crosswalks) -> frozenset[tuple[str, str]]:
    """The codes of other schemes by which the concepts of the report's own `proxeny:` codes are said there."""
    own = [tag for tag in tags if tag.scheme == OWN and tag.scope == "event"]
    said = [(m.slug, m.axis) for tag in own for m in asserted(crosswalks, OWN, tag.code)]
    if not said:
        return frozenset()
    others = {tag.scheme for tag in tags if tag.scheme != OWN and tag.scheme in crosswalks.schemes}
    return frozenset((scheme, code) for scheme in others for code in codes_for(crosswalks, said, scheme))


def unknown_codes(tags: Sequence[Tag], crosswalks: Crosswalks) -> list[Loss]:
    """A loss for each code that the shipped scheme it names does not know; the rest of the report is still read."""
    first: dict[tuple[str, str], str] = {}  # where each code stands first
    for tag in tags:
        first.setdefault((tag.scheme, tag.code), tag.at)
    places: dict[str, dict[str, bool]] = {}
    losses: list[Loss] = []
    for (name, code), at in first.items():
        scheme = crosswalks.schemes.get(name)
        if scheme is None or scheme.open or code in scheme.codes:
            continue
        if name not in places:
            places[name] = places_of(scheme)
        if not is_unknown(crosswalks, name, code, places[name]):
            continue
        if len(losses) == MOST_UNKNOWN:
            return [*losses, Loss(at=at, why="further unknown codes are not told")]
        losses.append(_unknown(scheme, code, at))
    return losses


def _unknown(scheme: Scheme, code: str, at: str) -> Loss:
    shown = code[:_SHOWN]
    nearest = nearest_code(scheme, shown)
    why = f"{scheme.name} has no code {shown!r}; {code_remedy(scheme.name, nearest)}"
    return Loss(at=at, why=why, code=f"{scheme.name}:{shown}", nearest=nearest)
