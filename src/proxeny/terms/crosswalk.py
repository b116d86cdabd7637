"""Crosswalks: the codes of outside schemes, what concepts each stands for, and how codes may be spelt.

The records are put together once, when the package is built (`crosswalk_build`), and stored as msgpack.
Everything here is a look-up.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

import msgspec

from proxeny.base.errors import refuse

Predicate = Literal["exact", "close", "broad", "narrow", "related"]
"""As SKOS reads from the code to the concept: `broad` says that the concept is broader than the code."""


class Mapped(msgspec.Struct, frozen=True, array_like=True):
    """One concept that a code stands for."""

    concept: str  # the permanent id, "px:1037"
    slug: str
    axis: str
    predicate: Predicate
    confidence: float  # of the mapping, 0..1, as its curator judged it
    comment: str = ""


class Code(msgspec.Struct, frozen=True, array_like=True):
    """A code of a scheme. `mapped` has the principal concept first; where it is empty, `reason` says why."""

    code: str  # canonical spelling, without the scheme
    label: str
    broader: str = ""  # "scheme:code" of the code above it; of another scheme where that holds the classes
    mapped: tuple[Mapped, ...] = ()
    reason: str = ""
    notions: dict[str, Predicate] = {}  # notions outside the terminology


class Scheme(msgspec.Struct, frozen=True, array_like=True):
    """An outside scheme. `codes` stand as published; `spellings` leads from folded spellings to codes."""

    name: str
    title: str
    version: str
    source: str
    spelling: str  # machinetag | dotted | plain
    licence: str
    note: str
    codes: dict[str, Code]
    spellings: dict[str, str]
    open: bool = False  # an open vocabulary: its sources may write words of their own
    address: str = ""  # what the prefix of its codes stands for in a CURIE


class Crosswalks(msgspec.Struct, frozen=True):
    """All crosswalks with their indexes. Compiled when the package is built; msgpack stores it as it is."""

    schemes: dict[str, Scheme]
    names: dict[str, str]  # folded name or other name of a scheme -> scheme
    concepts: dict[str, str]  # slug -> id
    above: dict[str, tuple[str, ...]]  # id -> the ids above it, nearest first
    by_concept: dict[str, dict[str, tuple[str, ...]]]  # id -> scheme -> codes, in published order


_GAP = re.compile(r"[\s_\-]+")
_PART = re.compile(r"[:=.]+")
_QUOTES = str.maketrans("", "", "\"'“”«»")


def fold(spelling: str) -> str:
    """A spelling without what writers vary: case, quotes, `:`, `=` and `.`, blanks, `_` and `-`."""
    plain = spelling.translate(_QUOTES).strip().casefold()
    parts = [_GAP.sub("-", part.strip()).strip("-") for part in _PART.split(plain)]
    return ".".join(part for part in parts if part)


def find_scheme(crosswalks: Crosswalks, name: str) -> Scheme | None:
    """The scheme of this name, in any case, or None."""
    found = crosswalks.names.get(fold(name))
    return crosswalks.schemes[found] if found else None


def find_code(crosswalks: Crosswalks, scheme: str, code: str) -> Code | None:
    """The code in any of its spellings, or None where the scheme or the code is not known."""
    found = crosswalks.schemes.get(scheme) or find_scheme(crosswalks, scheme)
    if found is None:
        return None
    canonical = code if code in found.codes else found.spellings.get(fold(code))
    return found.codes[canonical] if canonical is not None else None


def require_scheme(crosswalks: Crosswalks, name: str) -> Scheme:
    """As find_scheme; an unknown one is refused with InputError that names the nearest."""
    found = find_scheme(crosswalks, name)
    if found is None:
        raise refuse(name, f"no scheme {name[:60]!r}", _nearest(fold(name), crosswalks.names))
    return found


def require_code(crosswalks: Crosswalks, scheme: str, code: str) -> Code:
    """As find_code; what is not known is refused with InputError that names the nearest."""
    found = require_scheme(crosswalks, scheme)
    canonical = found.spellings.get(fold(code))
    if canonical is None:
        remedy = code_remedy(found.name, nearest_code(found, code))
        raise refuse(f"{found.name}:{code}"[:120], f"{found.name} has no code {code[:60]!r}", remedy)
    return found.codes[canonical]


def nearest_code(scheme: Scheme, code: str) -> str | None:
    """The code of the scheme that is spelt most like this one, as "scheme:code"; None where none is like it."""
    near = _near(fold(code), scheme.spellings)
    return f"{scheme.name}:{near}" if near else None


def _near(folded: str, spellings: Mapping[str, str]) -> str | None:
    from difflib import get_close_matches

    near = get_close_matches(folded, list(spellings), n=1, cutoff=0.5)
    return spellings[near[0]] if near else None


def code_remedy(scheme: str, nearest: str | None) -> str:
    """What a person who wrote an unknown code can do. `nearest`: the `nearest_code`."""
    return (
        f"did you mean {nearest}?" if nearest else f"`proxeny terms list --scheme {scheme}` names the codes"
    )


def _nearest(folded: str, spellings: Mapping[str, str]) -> str:
    near = _near(folded, spellings)
    if near:
        return f"did you mean {near}?"
    return "known: " + ", ".join(sorted(set(spellings.values())))
