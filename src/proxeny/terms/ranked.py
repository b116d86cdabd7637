"""The codes of a scheme that come nearest to a code of another, in order of closeness.

`translation.translate` gives what may be written in place of a code: its best answers and no other. Who codes
by hand wants to see more: the narrower codes, the codes beside them, and what is only near. Every code is
taken as a vector over the concepts that its rows name and over those above them, and two codes are compared by
the cosine of their vectors, where a concept counts the less the more codes of the target share it (as the
inverse document frequency of Sparck Jones, 1972, does with words). Names that share words, and a relation that
the crosswalks establish, bring a code further forward.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping

import msgspec

from proxeny.base.errors import refuse
from proxeny.terms.crosswalk import Code, Crosswalks, Scheme, require_code, require_scheme
from proxeny.terms.relation import Relation, relate

MOST = 100  # codes given at most; nobody reads more, and a scheme holds some hundred

# How much a row tells of its code, by predicate: what a code may only cover, and what is only near, tell less.
_TELLS = {"exact": 1.0, "close": 0.9, "broad": 0.75, "narrow": 0.5, "related": 0.4}
_BESIDE = 0.6  # of a row that is not the principal one, which says what the code is above all
_STEP = 0.5  # of the weight of a concept that the one above it has
_NAMES = 0.2  # of the share of equal words in the names, beside the cosine
_FORWARD: dict[Relation, float] = {"exact": 1.3, "close": 1.3, "broader": 1.1, "narrower": 1.1, "none": 1.0}
_FIRST = 2.0  # more than any cosine with names: an exact code comes first
_WORD = re.compile(r"[^\W\d_]{2,}")
_ENDINGS = ("ing", "ers", "er", "ed", "es", "s")
_STEM = 4  # letters that must be left of a word without its ending
_EMPTY = frozenset({"of", "or", "and", "the", "by", "in", "on", "to", "for", "from", "with", "over", "via"})


class Near(msgspec.Struct, frozen=True):
    """A code that is near to the source: "scheme:code", the relation that the concepts establish (`none` where the
    two are only near), the score, and the slug of the concept, or the notion, that joins them most."""

    code: str
    relation: Relation
    score: float
    via: str


def nearest_codes(crosswalks: Crosswalks, source: str, to: str, n: int = 10) -> list[Near]:
    """Up to `n` codes of the scheme `to` that come nearest to "scheme:code", the nearest first.

    Codes that have nothing in common with the source are never given, so the list may be short or empty. An exact
    code always comes first. Raises InputError for an unknown scheme or code, naming the nearest, and for an `n`
    below 1 or above MOST.
    """
    if not 1 <= n <= MOST:
        raise refuse(str(n), "not a number of codes that can be given", f"ask for 1 to {MOST}")
    name, colon, rest = source.strip().partition(":")
    if not colon:
        raise refuse(source[:120], "no scheme before the code", "write SCHEME:CODE, e.g. rsit:ddos")
    code = require_code(crosswalks, name, rest)
    target = require_scheme(crosswalks, to)
    rarity = _rarity(crosswalks, target)
    vector = _weighted(_vector(crosswalks, code), rarity)
    slugs = {identifier: slug for slug, identifier in crosswalks.concepts.items()}
    found = [
        near
        for other in target.codes.values()
        if (near := _near(crosswalks, code, vector, target, other, rarity, slugs)) is not None
    ]
    # Of equal codes those higher up come first: one class tells more than ten codes below it.
    order = {
        f"{target.name}:{other.code}": (len(_chain(crosswalks, other)), at)
        for at, other in enumerate(target.codes.values())
    }
    return sorted(found, key=lambda near: (-near.score, order[near.code]))[:n]


def _near(
    crosswalks: Crosswalks,
    code: Code,
    vector: Mapping[str, float],
    target: Scheme,
    other: Code,
    rarity: Mapping[str, float],
    slugs: Mapping[str, str],
) -> Near | None:
    link = relate(crosswalks, code, other)
    relation = link.relation
    theirs = _weighted(_vector(crosswalks, other), rarity)
    shared = {concept: weight * theirs[concept] for concept, weight in vector.items() if concept in theirs}
    size = math.hypot(*vector.values()) * math.hypot(*theirs.values())
    cosine = sum(shared.values()) / size if size else 0.0
    if cosine == 0.0 and relation == "none":
        return None
    if not shared:
        cosine = 1.0  # a notion outside the terminology joins them, and nothing else can
    names = same_words(full_name(crosswalks, code), full_name(crosswalks, other))
    score = (cosine + _NAMES * names) * _FORWARD[relation] + (_FIRST if relation == "exact" else 0.0)
    via = slugs[max(shared, key=lambda concept: shared[concept])] if shared else link.via[0]
    return Near(f"{target.name}:{other.code}", relation, round(score, 6), via)


def _vector(crosswalks: Crosswalks, code: Code) -> dict[str, float]:
    """The concepts of a code and those above them, each with the most that any row tells of it."""
    found: dict[str, float] = {}
    for at, item in enumerate(code.mapped):
        if item.axis == "glossary":
            continue  # joins no codes
        weight = _TELLS[item.predicate] * item.confidence * (_BESIDE if at else 1.0)
        for concept in (item.concept, *crosswalks.above[item.concept]):
            found[concept] = max(found.get(concept, 0.0), weight)
            weight *= _STEP
    return found


def _rarity(crosswalks: Crosswalks, target: Scheme) -> dict[str, float]:
    """For each concept how rare it is among the codes of the target: log((1 + N) / (1 + n)), never 0."""
    counted = Counter(concept for code in target.codes.values() for concept in _vector(crosswalks, code))
    every = 1 + len(target.codes)
    return {concept: math.log(every / (1 + n)) + 0.05 for concept, n in counted.items()}


def _weighted(vector: Mapping[str, float], rarity: Mapping[str, float]) -> dict[str, float]:
    """The vector with rarity; a concept that no code of the target has counts as the rarest."""
    most = max(rarity.values(), default=1.0)
    return {concept: weight * rarity.get(concept, most) for concept, weight in vector.items()}


def full_name(crosswalks: Crosswalks, code: Code) -> str:
    """The name of a code after those of the codes above it: "Credential Access: OS Credential Dumping: NTDS"."""
    return ": ".join(one.label for one in reversed(_chain(crosswalks, code)))


def _chain(crosswalks: Crosswalks, code: Code) -> list[Code]:
    """The code and those above it, the nearest first."""
    found = [code]
    while found[-1].broader:
        scheme, _, rest = found[-1].broader.partition(":")
        found.append(crosswalks.schemes[scheme].codes[rest])
    return found


def words_of(name: str) -> frozenset[str]:
    """The stems of the words of a name that tell something, in lower case."""
    return frozenset(_stem(word) for word in _WORD.findall(name.casefold()) if word not in _EMPTY)


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _STEM:
            return word[: -len(ending)]
    return word


def same_words(one: str, two: str) -> float:
    """How many of the words of two names both have: their number over the root of the product, 0 to 1 (Ochiai)."""
    ones, twos = words_of(one), words_of(two)
    return len(ones & twos) / math.sqrt(len(ones) * len(twos)) if ones and twos else 0.0
