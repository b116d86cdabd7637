"""What a level of an outside scale comes to on the scale of levels 0 to 7: a range, never one level.

Outside scales weigh what is likely, the intent, the actor or the size of the body hit; the scale here counts what
has happened to people and services. So a code of theirs stands for several levels (`skos:narrowMatch`), one of
them the nearest (`skos:closeMatch`), all too unsure to be evidence: a level is only ever computed from facts.
"""

from __future__ import annotations

import re

import msgspec

from proxeny.terms.crosswalk import Crosswalks, Mapped, require_code

_LEVEL = re.compile(r"level-([0-7])")


class LevelRange(msgspec.Struct, frozen=True):
    """The levels from `low` to `high` (0 to 7) that a code may stand for, the `nearest` among them, and the
    `comment`: how the basis of the outside scale differs from that of this one."""

    low: int
    high: int
    nearest: int
    comment: str


def level_range(crosswalks: Crosswalks, scheme: str, code: str) -> LevelRange | None:
    """The range of levels of a code; None where it says none. Raises InputError for an unknown scheme or code."""
    rows = [item for item in require_code(crosswalks, scheme, code).mapped if _says_level(item)]
    if not rows:
        return None
    levels = [_level(item) for item in rows]
    return LevelRange(min(levels), max(levels), levels[0], rows[0].comment)


def _says_level(item: Mapped) -> bool:
    return item.axis == "level" and item.predicate != "related"


def _level(item: Mapped) -> int:
    match = _LEVEL.fullmatch(item.slug)
    if match is None:  # a concept of the level axis that is no level
        raise ValueError(item.slug)
    return int(match[1])
