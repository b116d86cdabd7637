"""What is not recorded and would lead to duties: the triggers of norms that may bind, of which no event has happened."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import msgspec

from proxeny.instrument.clock import UTC, local_day
from proxeny.instrument.evaluate import Inquiry
from proxeny.instrument.norm import Norm, Pattern
from proxeny.instrument.parties import binds
from proxeny.instrument.scene import Party, Scene, sides

OWN_EVENTS = ("occurred", "detected", "aware", "classified", "assessed", "recovered", "handled")
"""Events of an incident itself; requests and answers of others are not missing from a report of it."""


class Missing(msgspec.Struct, frozen=True):
    """An event with its attributes, whose act it would be, and the norms that it triggers."""

    event: str
    attributes: dict[str, tuple[str, ...]]
    by: str
    norms: tuple[str, ...]


def missing(inquiry: Inquiry, state: str, instruments: Collection[str] = ()) -> tuple[Missing, ...]:
    """Of the State and of roles that the situation gives to nobody, in the order of the norms."""
    found: dict[tuple[str, str], tuple[Pattern, list[str]]] = {}
    for norm in inquiry.library.norms:
        if not instruments or norm.instrument in instruments:
            for pattern, by in _sought(inquiry, norm, state):
                key = (f"{pattern.event} {sorted(pattern.attributes.items())}", by)
                _, norms = found.setdefault(key, (pattern, []))
                if norm.id not in norms:
                    norms.append(norm.id)
    return tuple(
        Missing(pattern.event, pattern.attributes, by, tuple(norms))
        for (_, by), (pattern, norms) in found.items()
    )


def _sought(inquiry: Inquiry, norm: Norm, state: str) -> Iterator[tuple[Pattern, str]]:
    """The patterns of the incident's own events that would trigger the norm, and whose act each would be."""
    words = inquiry.library.words
    if words.standings[norm.standing] in ("reference", "none") or not _valid(inquiry, norm):
        return
    for bearer, other in sides(inquiry.situation, norm):
        if bearer.actor is not None and bearer.name != state:
            continue
        scene = Scene(words, inquiry.situation, inquiry.events, bearer, other)
        if not scene.matching(norm.triggers) and _may_bind(inquiry, norm, state, bearer, other):
            for pattern in norm.triggers:
                if pattern.event in OWN_EVENTS:
                    yield pattern, bearer.name if pattern.by == "bearer" else (pattern.by or "any")


def _valid(inquiry: Inquiry, norm: Norm) -> bool:
    day = local_day(inquiry.at, UTC)
    return norm.valid.start <= day and (norm.valid.until is None or day < norm.valid.until)


def _may_bind(inquiry: Inquiry, norm: Norm, state: str, bearer: Party, other: Party) -> bool:
    """Whether the instrument is not known to leave the State out. A body of the State has the law of the State."""
    instrument = inquiry.library.instruments[norm.instrument]
    if instrument.bound_by == "state":
        return instrument.state == state
    day = local_day(inquiry.at, UTC)
    return binds(inquiry.library.words, instrument, inquiry.situation, bearer, other, day).value != "no"
