"""A vocabulary as it was read, whatever its form, and what is refused in every form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from proxeny.base.errors import Fault, InputError, refuse
from proxeny.terms.crosswalk import Predicate, fold

MOST_CODES = 50_000
"""The largest lists in use (NAICS, CWE, the tag galaxies of MISP) have a few thousand."""

MOST_TEXT = 4_000
"""Code points of a label or description that are kept: descriptions are a few sentences."""

LONGEST_CODE = 512
"""Code points of a code: MISP keeps 255 of a tag."""

DEEPEST = 32
"""Codes above one another: the taxonomies in use nest below ten deep."""

_NAME = re.compile(r"[a-z0-9][a-z0-9_.\-]{0,63}")
_RESERVED = frozenset({"px", "semapv", "skos", "sssom", "outside", "free", "owl", "schemes"})
_CONTROLS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
_BLANKS = re.compile(r"\s+")


class Note(msgspec.Struct, frozen=True):
    """What a publisher says of a code in one language (a code of ISO 639-1, or "" where it is not stated)."""

    language: str
    label: str
    description: str = ""


class Entry(msgspec.Struct, frozen=True):
    """One code as read, with the place it stands at. `broader` is a code of the same vocabulary, or ""."""

    code: str
    broader: str
    notes: tuple[Note, ...]
    at: str


class Link(msgspec.Struct, frozen=True):
    """What a code is mapped to: a concept (`px:1029`), or a code of another scheme (`rsit:…`)."""

    code: str
    predicate: Predicate  # from the code to the target
    target: str
    confidence: float
    comment: str
    at: str


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """A vocabulary: its entries in published order, and what its publisher says of them as a whole.

    `reasons` says of codes why they have no concept; `passed_over` which parts of the source were not taken.
    """

    name: str
    title: str
    version: str
    source: str
    licence: str
    spelling: str  # machinetag | plain
    entries: tuple[Entry, ...]
    links: tuple[Link, ...] = ()
    reasons: dict[str, str] = {}
    address: str = ""  # what the prefix of its codes stands for, where that is stated
    passed_over: tuple[str, ...] = ()


def checked_name(name: str, place: str) -> str:
    """A name for the vocabulary, in small letters as tags are compared. It names files, so it is held to letters,
    digits, `_`, `.` and `-`. Raises InputError."""
    folded = name.strip().casefold()
    if _NAME.fullmatch(folded) is None or folded.startswith("aliases"):
        raise refuse(
            place,
            f"{name[:60]!r} cannot name a vocabulary",
            "give --name: letters a to z, digits, `_`, `.` and `-`, at most 64",
        )
    if folded in _RESERVED:
        raise refuse(place, f"{folded!r} has a meaning of its own here", "give another --name")
    return folded


def cleaned(value: Any) -> str:
    """A label or description on one line, its blanks made single; "" for what is no text."""
    return _BLANKS.sub(" ", _CONTROLS.sub(" ", value)).strip()[:MOST_TEXT] if isinstance(value, str) else ""


def code_faults(code: str, at: str) -> list[Fault]:
    """What is wrong with the spelling of a code."""
    if _CONTROLS.search(code):
        return [Fault(at, f"the code {code[:60]!r} holds a control character", "take it out")]
    if len(code) > LONGEST_CODE:
        return [Fault(at, f"a code of more than {LONGEST_CODE} characters", "shorten it")]
    if not fold(code):
        return [Fault(at, f"the code {code[:60]!r} has no letter or digit", "give it a name")]
    return []


def entry_faults(entries: Sequence[Entry], place: str) -> list[Fault]:
    """What is wrong with the codes together: none, too many, two spelt alike, a broader one that is none."""
    if not entries:
        return [Fault(place, "no codes", "give at least one")]
    if len(entries) > MOST_CODES:
        return [Fault(place, f"more than {MOST_CODES} codes", "split the vocabulary")]
    faults: list[Fault] = []
    first: dict[str, Entry] = {}
    for entry in entries:
        faults += code_faults(entry.code, entry.at)
        other = first.setdefault(fold(entry.code), entry)
        if other is not entry:
            what = "stands twice" if other.code == entry.code else f"is spelt like {other.code[:60]!r}"
            faults.append(Fault(entry.at, f"{entry.code[:60]!r} {what}", f"keep one; see {other.at}"))
    above = {entry.code: entry.broader for entry in entries}
    for entry in entries:
        faults += _broader_faults(entry, above)
    return faults


def _broader_faults(entry: Entry, above: dict[str, str]) -> Iterable[Fault]:
    if entry.broader and entry.broader not in above:
        yield Fault(entry.at, f"broader {entry.broader[:60]!r} is no code", "name a code of this file")
        return
    at, steps = entry.broader, 0
    while at and at != entry.code and steps < DEEPEST:
        at, steps = above.get(at, ""), steps + 1
    if at == entry.code:
        yield Fault(entry.at, f"broader of {entry.code[:60]!r} leads in a circle", "correct it")
    elif at:
        yield Fault(entry.at, f"{entry.code[:60]!r} stands more than {DEEPEST} deep", "flatten it")


def raise_all(faults: Sequence[Fault]) -> None:
    """Raise InputError where there are faults."""
    if faults:
        raise InputError(faults)
