"""How two codes stand to each other, through the concepts of the terminology.

A code is what its mapped concepts say together. The relation is first read on the axis of the principal
concept of each code, along the hierarchy of concepts; the other axes can only weaken it. Relations are told
as seen from the source: `broader` means that the target is the broader one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from proxeny.terms.crosswalk import Code, Crosswalks, Mapped, fold

Relation = Literal["exact", "close", "broader", "narrower", "none"]

RANK: dict[Relation, int] = {"exact": 0, "close": 1, "broader": 2, "narrower": 3, "none": 4}
_INFORMATIVE = ("type", "technique")  # the axes on which a difference makes two codes mean different things

OF_PREDICATE: dict[str, Relation] = {
    "exact": "exact",
    "close": "close",
    "broad": "broader",
    "narrow": "narrower",
    "related": "none",
}
INVERSE: dict[Relation, Relation] = {
    "exact": "exact",
    "close": "close",
    "broader": "narrower",
    "narrower": "broader",
    "none": "none",
}


class Link(msgspec.Struct, frozen=True):
    """A relation, how far the two stand apart, and the slugs that join them (none where nothing does)."""

    relation: Relation
    distance: int  # steps in the hierarchy of concepts
    via: tuple[str, ...]


NO_LINK = Link("none", 99, ())
_NEUTRAL = Link("close", 1, ())  # one calls what the other says related: no contradiction, and no evidence
_KINDS = Link(
    "close", 0, ()
)  # both are kinds of one concept: no contradiction; which kind another axis must tell


def compose(first: Relation, second: Relation) -> Relation:
    """The relation of a to c, where a stands to b as `first` says, and b to c as `second` says."""
    if "none" in (first, second) or {first, second} == {"broader", "narrower"}:
        return "none"
    return first if RANK[first] >= RANK[second] else second


def relate(crosswalks: Crosswalks, source: Code, target: Code) -> Link:
    """How two codes stand to each other, as seen from the source."""
    shared = sorted(source.notions.keys() & target.notions.keys())
    if shared:
        one, two = source.notions[shared[0]], target.notions[shared[0]]
        relation = compose(OF_PREDICATE[one], INVERSE[OF_PREDICATE[two]])
        return Link(relation, 0, (shared[0],))
    if not source.mapped or not target.mapped or "glossary" in (source.mapped[0].axis, target.mapped[0].axis):
        return NO_LINK
    if _identical(source, target):
        return Link("exact", 0, (source.mapped[0].slug,))
    if source.mapped[0].axis == target.mapped[0].axis:
        return _same_axis(crosswalks, source, target)
    return _across(crosswalks, source, target)


def _identical(source: Code, target: Code) -> bool:
    """Two schemes that share a name and map it alike mean the same, even where no concept is as narrow."""

    def meaning(code: Code) -> list[tuple[str, str]]:
        return [(item.concept, item.predicate) for item in code.mapped]

    def leaf(code: Code) -> str:
        return fold(code.code).rpartition(".")[2].replace("unauthorized", "unauthorised")

    return leaf(source) == leaf(target) and meaning(source) == meaning(target)


def _on_axis(crosswalks: Crosswalks, source: Code, target: Code, axis: str) -> Link | None:
    """The best link of two codes on one axis; None where either says nothing there."""
    near_one, ones = _rows(source, axis)
    near_two, twos = _rows(target, axis)
    if not ones or not twos:
        return None
    links = [_link(crosswalks, one, two) for one in ones for two in twos]
    best = min(links, key=lambda link: (RANK[link.relation], link.distance))
    kinds = {link.relation for link in links}
    if best.relation == "none" and (near_one & _extent(twos) or near_two & _extent(ones)):
        return _NEUTRAL
    if best.relation == "none" and _broadly(ones) & _broadly(twos):
        return _KINDS
    if best.relation == "broader" and "narrower" in kinds:
        return NO_LINK  # each covers something that the other does not
    if best.relation == "exact" and _extent(ones) != _extent(twos):
        return Link("close", best.distance, best.via)
    return best


def _rows(code: Code, axis: str) -> tuple[set[str], list[Mapped]]:
    """What a code says on one axis: the concepts it is only related to, and the rows that tell more."""
    rows = [item for item in code.mapped if item.axis == axis]
    near = {item.concept for item in rows if item.predicate == "related"}
    return near, [item for item in rows if item.predicate != "related"]


def _extent(items: Sequence[Mapped]) -> set[str]:
    return {item.concept for item in items}


def _broadly(items: Sequence[Mapped]) -> set[str]:
    """The concepts of which a code is one kind."""
    return {item.concept for item in items if item.predicate == "broad"}


def _tells(crosswalks: Crosswalks, link: Link) -> bool:
    """Whether concepts below the head of their axis join the two: a head is shared by all codes of its axis."""
    return bool(link.via) and all(crosswalks.above[crosswalks.concepts[slug]] for slug in link.via)


def _link(crosswalks: Crosswalks, one: Mapped, two: Mapped) -> Link:
    step: Relation
    via: tuple[str, ...]
    if one.concept == two.concept:
        step, distance, via = "exact", 0, (one.slug,)
    else:
        via = (one.slug, two.slug)
        up, down = crosswalks.above[one.concept], crosswalks.above[two.concept]
        if two.concept in up:
            step, distance = "broader", up.index(two.concept) + 1
        elif one.concept in down:
            step, distance = "narrower", down.index(one.concept) + 1
        else:
            return NO_LINK
    relation = compose(compose(OF_PREDICATE[one.predicate], step), INVERSE[OF_PREDICATE[two.predicate]])
    distance += two.predicate == "broad"  # a code that is itself narrower than the concept lies further off
    return Link(relation, distance, via)


def _same_axis(crosswalks: Crosswalks, source: Code, target: Code) -> Link:
    axis = source.mapped[0].axis
    link = _on_axis(crosswalks, source, target, axis) or NO_LINK
    if link == _KINDS:
        return _same_kind(crosswalks, source, target, axis)
    if link.relation == "none" or not link.via:
        return NO_LINK
    if link.relation == "exact" and source.mapped[0].concept != target.mapped[0].concept:
        link = Link("close", link.distance, link.via)
    for other in _INFORMATIVE:
        beside = None if other == axis else _on_axis(crosswalks, source, target, other)
        if beside is not None and beside.relation == "none":
            # They agree on what befell and differ in the way, or the other way round.
            link = Link("close", link.distance, link.via) if link.relation == "exact" else NO_LINK
        elif beside is not None and link.relation == "exact" and beside.relation != "exact":
            weaker = RANK[beside.relation] > 1 or beside == _KINDS
            link = Link("close", link.distance, link.via) if weaker else link
    return link


def _same_kind(crosswalks: Crosswalks, source: Code, target: Code, axis: str) -> Link:
    """The link of two codes that are kinds of one principal concept: what befell and how it was done tell which kind.
    Never exact, since the terminology has no concept for the kind itself."""
    for other in _INFORMATIVE:
        beside = None if other == axis else _on_axis(crosswalks, source, target, other)
        if beside is not None and beside.relation != "none" and _tells(crosswalks, beside):
            return Link(compose("close", beside.relation), beside.distance, beside.via)
    return NO_LINK


def _across(crosswalks: Crosswalks, source: Code, target: Code) -> Link:
    """The principal concepts stand on different axes: never exact, and what only one says narrows it."""
    one, two = source.mapped[0], target.mapped[0]
    first = _on_axis(crosswalks, source, target, one.axis)
    second = _on_axis(crosswalks, source, target, two.axis)
    if first is not None and second is not None:
        if _KINDS in (first, second) and not _tells(crosswalks, second if first == _KINDS else first):
            return NO_LINK
        relation = compose("close", compose(first.relation, second.relation))
        via = first.via or second.via
        return Link(relation, first.distance + second.distance, via) if via else NO_LINK
    if first is not None and first.via:
        return _narrowed(crosswalks, first, two, one, "narrower")
    if second is not None and second.via:
        return _narrowed(crosswalks, second, one, two, "broader")
    return NO_LINK


def _narrowed(crosswalks: Crosswalks, link: Link, principal: Mapped, other: Mapped, added: Relation) -> Link:
    """The link of two codes of which only one says this principal concept: that makes it the narrower one.

    But what befell is implied by the way in which it was done, where both name the same way; and the head
    of an axis adds next to nothing.
    """
    implied = principal.axis == "type" and other.axis == "technique" and RANK[link.relation] <= RANK["close"]
    if implied or not crosswalks.above[principal.concept]:
        added = "close"
    return Link(compose(link.relation, added), link.distance, link.via)
