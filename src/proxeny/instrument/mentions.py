"""What a few norms mention: the facts, roles, events and times on which it depends whether they apply."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from proxeny.instrument.library import Library, limit_sources
from proxeny.instrument.norm import (
    All,
    Any_,
    Apart,
    AttributeIs,
    Condition,
    FactIs,
    Happened,
    HoldsRole,
    Norm,
    Not,
    Pattern,
)
from proxeny.instrument.norm_file import limits_of

ONE_RESULT = ("classified", "assessed")
"""Events with a result, of which one actor has one in one incident: a second would be another state of affairs."""


class Mentions(msgspec.Struct, frozen=True):
    """`roles`: (role, of which side, by which norm). `patterns`: events that may be there or not, each by the norm
    whose sides it means. `attributes`: conditions on the trigger. `values`: what patterns ask of events: the event's
    word, the attribute, its value. `hours`: the bounds of times apart."""

    facts: tuple[str, ...]
    roles: tuple[tuple[str, str, Norm], ...]
    patterns: tuple[tuple[Pattern, Norm], ...]
    attributes: tuple[AttributeIs, ...]
    values: tuple[tuple[str, str, str], ...]
    hours: tuple[int, ...]


def conditions_of(norm: Norm) -> Iterator[Condition]:
    """Every condition that stands in a norm."""
    if norm.condition is not None:
        yield norm.condition
    for ground in (*norm.exceptions, *norm.displaced_by):
        if ground.condition is not None:
            yield ground.condition
    if norm.deadline is not None and norm.deadline.move is not None and norm.deadline.move.unless is not None:
        yield norm.deadline.move.unless


def leaves(condition: Condition) -> Iterator[Condition]:
    """The conditions within it that join no others."""
    if isinstance(condition, (All, Any_)):
        for one in condition.of:
            yield from leaves(one)
    elif isinstance(condition, Not):
        yield from leaves(condition.of)
    else:
        yield condition


def mentions(norms: tuple[Norm, ...], also: tuple[Norm, ...] = ()) -> Mentions:
    """What the norms mention. Of those in `also` (from whose limits they run) the triggers too."""
    facts: dict[str, None] = {}
    roles: list[tuple[str, str, Norm]] = []
    patterns: list[tuple[Pattern, Norm]] = [(one, norm) for norm in also for one in norm.triggers[:1]]
    attributes: list[AttributeIs] = []
    hours: set[int] = set()
    for norm in (*norms, *also):
        for leaf in (leaf for condition in conditions_of(norm) for leaf in leaves(condition)):
            if isinstance(leaf, FactIs):
                facts[leaf.name] = None
            elif isinstance(leaf, HoldsRole):
                roles.append((leaf.name, leaf.of, norm))
            elif isinstance(leaf, Happened):
                patterns.append((leaf.pattern, norm))
            elif isinstance(leaf, AttributeIs):
                attributes.append(leaf)
            elif isinstance(leaf, Apart):
                patterns += [(leaf.start, norm), (leaf.end, norm)]
                hours |= {leaf.more_than_hours or leaf.at_most_hours or 0}
        if norm.deadline is not None:
            patterns += [(one.anchor, norm) for one in limits_of(norm.deadline) if one.anchor is not None]
    every = [pattern for norm in (*norms, *also) for pattern in patterns_of(norm)]
    return Mentions(
        facts=tuple(facts),
        roles=tuple(roles),
        patterns=tuple(patterns),
        attributes=tuple(attributes),
        values=tuple(
            dict.fromkeys(
                (one.event, key, v) for one in every for key, vs in one.attributes.items() for v in vs
            )
        ),
        hours=tuple(sorted(hours)),
    )


def patterns_of(norm: Norm) -> Iterator[Pattern]:
    """Every event pattern that stands in a norm but for what proves its discharge."""
    yield from (*norm.triggers, *norm.lapse, *norm.refusal, *norm.forbids)
    yield from norm.discharge.events if norm.discharge else ()
    if norm.deadline is not None:
        yield from (one.anchor for one in limits_of(norm.deadline) if one.anchor is not None)
    for leaf in (leaf for condition in conditions_of(norm) for leaf in leaves(condition)):
        if isinstance(leaf, Happened):
            yield leaf.pattern
        elif isinstance(leaf, Apart):
            yield from (leaf.start, leaf.end)


def limit_norms(library: Library, norms: tuple[Norm, ...]) -> tuple[Norm, ...]:
    """Other norms from whose limits those of the norms run, directly or not."""
    found: dict[str, Norm] = {}
    pending = [source for norm in norms for source in limit_sources(norm)]
    own = {norm.id for norm in norms}
    while pending:
        source = pending.pop()
        if source in found or source in own:
            continue
        for version in library.versions(source):
            found[source] = version
            pending.extend(limit_sources(version))
    return tuple(found.values())


def as_verified(library: Library) -> Library:
    """The library with every mark R read as S: whether a text was verified changes nothing of what it says."""
    norms = tuple(msgspec.structs.replace(n, check="S") if n.check == "R" else n for n in library.norms)
    return msgspec.structs.replace(library, norms=norms)


def around(library: Library, norms: tuple[Norm, ...]) -> Library:
    """The library of the norms alone, with those that they refer to."""
    wanted = {norm.id for norm in (*norms, *limit_norms(library, norms))}
    for norm in norms:
        wanted |= {*norm.awaits, *(ground.by for ground in norm.displaced_by)}
    kept = tuple(norm for norm in library.norms if norm.id in wanted or norm.instrument in wanted)
    return msgspec.structs.replace(library, norms=kept)
