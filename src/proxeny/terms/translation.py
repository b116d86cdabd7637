"""From the codes of one scheme to those of another, and to and from the concepts of the terminology."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set

import msgspec

from proxeny.base.errors import refuse
from proxeny.terms.crosswalk import (
    Code,
    Crosswalks,
    Mapped,
    Scheme,
    find_code,
    require_code,
    require_scheme,
)
from proxeny.terms.relation import INVERSE, OF_PREDICATE, RANK, Link, Relation, relate

_READABLE = 3  # close answers are filled up with narrower ones to no more than this
_POSSIBLE = 0.5  # a row no surer than this joins codes in a translation, and is no evidence of its concept
_UNDECIDED = 2  # more codes than this, each close to one concept by a secondary row, are rather its kinds


class Translation(msgspec.Struct, frozen=True):
    """One answer: the code with its scheme, how it stands to the source, and what joins the two."""

    code: str  # "scheme:code"
    relation: Relation
    via: tuple[str, ...]  # slugs from source to target; a notion or a code where no concept joins them


def concepts_of(crosswalks: Crosswalks, scheme: str, code: str) -> tuple[Mapped, ...]:
    """The concepts a code stands for, the principal first; empty where it stands for none.

    Rows with `narrow` say what the code may also cover, rows with `related` what it is only near to:
    neither is evidence. Raises InputError for an unknown scheme or code.
    """
    return require_code(crosswalks, scheme, code).mapped


def asserted(crosswalks: Crosswalks, scheme: str, code: str) -> tuple[Mapped, ...]:
    """The concepts that a code asserts, without what it may only cover; empty for an unknown code.

    Rows no surer than `_POSSIBLE` are left out too. Where the principal row itself is `narrow`, the code covers
    several and asserts none of them for sure: then the principal stands alone with half its confidence.
    """
    found = find_code(crosswalks, scheme, code)
    if found is None or not found.mapped:
        return ()
    sure = tuple(
        item
        for item in found.mapped
        if item.predicate in ("exact", "close", "broad") and item.confidence > _POSSIBLE
    )
    principal = found.mapped[0]
    if principal.predicate == "narrow" and not any(item.axis == principal.axis for item in sure):
        half = msgspec.structs.replace(principal, confidence=principal.confidence / 2)
        return (half, *sure)
    return sure


def codes_of(crosswalks: Crosswalks, concepts: Iterable[str], scheme: str) -> list[tuple[str, Relation]]:
    """The codes of a scheme mapped to any of these concepts (ids or slugs), best first.

    The relation is that of the concept to the code: `broader` says that the code is broader.
    Raises InputError for an unknown concept or scheme.
    """
    found = require_scheme(crosswalks, scheme)
    best: dict[str, Relation] = {}
    for concept in concepts:
        identifier = _concept_id(crosswalks, concept)
        for code in crosswalks.by_concept.get(identifier, {}).get(found.name, ()):
            for item in found.codes[code].mapped:
                if item.concept == identifier:
                    relation = INVERSE[OF_PREDICATE[item.predicate]]
                    if RANK[relation] < RANK[best.get(code, "none")]:
                        best[code] = relation
    order = {code: at for at, code in enumerate(found.codes)}
    return sorted(best.items(), key=lambda pair: (RANK[pair[1]], order[pair[0]]))


def translate(crosswalks: Crosswalks, source: str, to: str) -> list[Translation]:
    """What "scheme:code" is called in another scheme, best first; empty where nothing answers to it.

    Nothing weaker stands beside an exact answer, and no class beside a code below it. Raises InputError for
    an unknown scheme or code, naming the nearest.
    """
    name, colon, rest = source.strip().partition(":")
    if not colon:
        raise refuse(source[:120], "no scheme before the code", "write SCHEME:CODE, e.g. rsit:ddos")
    origin = require_scheme(crosswalks, name)
    code = require_code(crosswalks, name, rest)
    target = require_scheme(crosswalks, to)
    if origin.name == target.name:
        return [Translation(f"{target.name}:{code.code}", "exact", tuple(m.slug for m in code.mapped[:1]))]
    found = (
        _by_publisher(origin, code, target)
        or _by_concepts(crosswalks, code, target)
        or _by_own_class(crosswalks, code, target)
    )
    return _ranked(target, found)


def _by_concepts(crosswalks: Crosswalks, code: Code, target: Scheme) -> dict[str, Link]:
    links = {other.code: relate(crosswalks, code, other) for other in target.codes.values()}
    return {other: link for other, link in links.items() if link.relation != "none"}


def _by_publisher(origin: Scheme, code: Code, target: Scheme) -> dict[str, Link]:
    """The class of a code, or the codes of a class, where the classes form a scheme of their own."""
    source = f"{origin.name}:{code.code}"
    if code.broader.startswith(f"{target.name}:"):
        return {code.broader.partition(":")[2]: Link("broader", 1, (code.broader,))}
    return {
        other.code: Link("narrower", 1, (source,))
        for other in target.codes.values()
        if other.broader == source
    }


def _by_own_class(crosswalks: Crosswalks, code: Code, target: Scheme) -> dict[str, Link]:
    """Where nothing else answers, what the class above the code is called there: broader, as the class is.

    Only the very same class will do for a code of no concept; else also a close one, unless the code itself
    says something else on the axis that joins the classes.
    """
    said = {item.axis for item in code.mapped}
    above, distance = code.broader, 1
    while above:
        scheme, _, rest = above.partition(":")
        parent = crosswalks.schemes[scheme].codes[rest]
        silent = {item.slug for item in parent.mapped if item.axis not in said}
        links = {
            other: link
            for other, link in _by_concepts(crosswalks, parent, target).items()
            if link.relation == "exact" or (link.relation == "close" and said and link.via[0] in silent)
        }
        classes = {other for other in links if not set(_ancestors(target, other)) & links.keys()}
        if classes:
            return {other: Link("broader", distance, links[other].via) for other in sorted(classes)}
        above, distance = parent.broader, distance + 1
    return {}


def _ranked(target: Scheme, found: dict[str, Link]) -> list[Translation]:
    if not found:
        return []
    best = min(RANK[link.relation] for link in found.values())
    kept = {code: link for code, link in found.items() if RANK[link.relation] == best}
    if best >= RANK["broader"]:
        nearest = min(link.distance for link in kept.values())
        kept = {code: link for code, link in kept.items() if link.distance == nearest}
    kept = _without_ancestors(target, kept)
    if best == RANK["close"]:
        narrower = {
            code: link
            for code, link in found.items()
            if link.relation == "narrower"
            and link.distance == 0
            and not set(_ancestors(target, code)) & kept.keys()
        }
        if len(kept) + len(narrower) <= _READABLE:
            kept |= narrower
    order = {code: at for at, code in enumerate(target.codes)}
    ranked = sorted(kept.items(), key=lambda pair: (RANK[pair[1].relation], pair[1].distance, order[pair[0]]))
    return [Translation(f"{target.name}:{code}", link.relation, link.via) for code, link in ranked]


def _ancestors(scheme: Scheme, code: str) -> list[str]:
    """The codes above one, within its scheme."""
    found = []
    above = scheme.codes[code].broader
    while above.startswith(f"{scheme.name}:"):
        found.append(above[len(scheme.name) + 1 :])
        above = scheme.codes[found[-1]].broader
    return found


def _without_ancestors(scheme: Scheme, found: dict[str, Link]) -> dict[str, Link]:
    above = {ancestor for code in found for ancestor in _ancestors(scheme, code)}
    return {code: link for code, link in found.items() if code not in above}


def _concept_id(crosswalks: Crosswalks, concept: str) -> str:
    found = concept if concept in crosswalks.above else crosswalks.concepts.get(concept)
    if found is None:
        from difflib import get_close_matches

        near = get_close_matches(concept, list(crosswalks.concepts), n=1)
        raise refuse(concept[:60], f"no concept {concept[:60]!r}", f"did you mean {near[0]}?" if near else "")
    return found


def codes_for(crosswalks: Crosswalks, concepts: Sequence[tuple[str, str]], scheme: str) -> list[str]:
    """The codes of a scheme that express a set of identified concepts, given as (slug, axis).

    For each concept the exact or close codes, else the least broad one that covers it; never a narrower one. A
    code that says a concept only beside another one is taken where nothing better says anything, and none whose
    class says something else than was found on the same axis. In the order of the concepts, each code once,
    no class beside a code below it. Raises InputError for an unknown concept or scheme.
    """
    found = require_scheme(crosswalks, scheme)
    given = [_concept_id(crosswalks, slug) for slug, _ in concepts]
    implied = {identifier for one in given for identifier in (one, *crosswalks.above[one])}
    axes = {axis for _, axis in concepts}
    ranked = [
        (axis, *_best_codes(crosswalks, found, identifier, implied))
        for identifier, (_, axis) in zip(given, concepts, strict=True)
    ]
    sure = any(codes for _, tier, codes in ranked if tier != _SECONDARY)
    chosen = dict.fromkeys(
        code
        for axis, tier, codes in ranked
        for code in codes
        if (tier != _SECONDARY or not sure) and not _at_odds(found, code, tier, axis, axes, implied)
    )
    above = {ancestor for code in chosen for ancestor in _ancestors(found, code)}
    return [code for code in chosen if code not in above]


def _at_odds(scheme: Scheme, code: str, tier: int, axis: str, axes: Set[str], implied: Set[str]) -> bool:
    """Whether a class above the code, or the code itself, is principally of something that was not found, on one of
    the `axes` where something else was; on the concept's own `axis` only for classes of techniques, since a report
    tells of several types, each at home in its class."""

    def unsaid(one: str, where: Set[str]) -> bool:
        principal = next(iter(scheme.codes[one].mapped), None)
        return principal is not None and principal.axis in where and principal.concept not in implied

    others = axes - {axis}
    classes = axes if axis == "technique" else others
    return any(unsaid(one, classes) for one in _ancestors(scheme, code)) or (
        tier > 0 and unsaid(code, others)
    )


_BROADER = 2  # the tier of codes that say more than the concept
_SECONDARY = 1  # the tier of codes that say a concept only beside their principal one


def _best_codes(
    crosswalks: Crosswalks, scheme: Scheme, identifier: str, implied: set[str]
) -> tuple[int, list[str]]:
    """The codes for one concept and their tier: its own, else those of the nearest concept above it."""
    for at, concept in enumerate((identifier, *crosswalks.above[identifier])):
        tiers: dict[int, list[str]] = {}
        for code in crosswalks.by_concept.get(concept, {}).get(scheme.name, ()):
            tier = _tier(crosswalks, scheme.codes[code], concept, implied)
            if tier is not None:
                tiers.setdefault(tier, []).append(code)
        if at:
            tiers.pop(_SECONDARY, None)  # a secondary row of an ancestor tells too little
        for tier in sorted(tiers):
            if tier == _SECONDARY and len(tiers[tier]) > _UNDECIDED:
                continue
            exact = [code for code in tiers[tier] if _says_exactly(scheme.codes[code], concept)]
            return max(tier, _BROADER if at else tier), exact or tiers[tier]
    return 0, []


def _says_exactly(code: Code, concept: str) -> bool:
    return any(item.concept == concept and item.predicate == "exact" for item in code.mapped)


def _tier(crosswalks: Crosswalks, code: Code, concept: str, implied: set[str]) -> int | None:
    """How well a code expresses one concept: 0 as its own, 1 by a secondary row, 2 as a broader code."""
    principal = code.mapped[0]
    rows = [item for item in code.mapped if item.concept == concept and item.confidence > _POSSIBLE]
    predicates = {item.predicate for item in rows}
    if predicates & {"exact", "close"}:
        if principal.concept == concept:
            return 0
        if principal.predicate == "broad":
            # Narrower than its principal concept by this very row: needs the principal too.
            return 0 if principal.concept in implied else None
        if "exact" in predicates and crosswalks.above[concept]:
            return 0
        # The head of an axis adds next to nothing to what the row says.
        return 0 if principal.concept in implied or not crosswalks.above[principal.concept] else 1
    if "broad" in predicates:
        others = [item for item in code.mapped if item.axis != rows[0].axis]
        own = any(item.concept in implied and item.predicate in ("exact", "close") for item in others)
        if not own:
            return None
        return 0 if principal.concept in implied or principal.axis == rows[0].axis else _BROADER
    return _BROADER if "narrow" in predicates else None
