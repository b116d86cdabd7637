"""Translating a code of one scheme into another, through the concepts."""

from __future__ import annotations

import msgspec

from proxeny.terms.crosswalk import Crosswalks, require_code, require_scheme
from proxeny.terms.level_range import LevelRange, level_range
from proxeny.terms.ranked import Near, nearest_codes
from proxeny.terms.translation import Translation, translate


class NoAnswer(msgspec.Struct, frozen=True):
    """Why no code of the target answers to the source."""

    reason: str


class Translated(msgspec.Struct, frozen=True):
    """The answer of `proxeny translate`. `none` is there exactly where `to` is empty; `level` where the code is a level
    of an outside scale: the range it may stand for here."""

    source: str = msgspec.field(name="from")
    to: list[Translation]
    none: NoAnswer | None = None
    level: LevelRange | None = None


class Nearest(msgspec.Struct, frozen=True):
    """The answer of `proxeny translate --nearest`: the codes that come nearest, in order."""

    source: str = msgspec.field(name="from")
    nearest: list[Near]


def translate_code(crosswalks: Crosswalks, code: str, target: str) -> Translated:
    """What `SCHEME:CODE` is called in the target scheme. Raises InputError naming the nearest known code."""
    answers = translate(crosswalks, code, target)
    none = None if answers else NoAnswer(_reason(crosswalks, code, target))
    scheme, _, rest = code.strip().partition(":")
    return Translated(code, answers, none, level_range(crosswalks, scheme, rest))


def nearest_to(crosswalks: Crosswalks, code: str, target: str, most: int) -> Nearest:
    """Up to `most` codes of the target scheme, nearest first. Raises InputError as `translate_code` does."""
    return Nearest(code, nearest_codes(crosswalks, code, target, most))


def _reason(crosswalks: Crosswalks, code: str, target: str) -> str:
    """That of the code's own row without a term (SSSOM's NoTermFound), else that the target has no word for it."""
    scheme, _, rest = code.strip().partition(":")
    own = require_code(crosswalks, scheme, rest).reason
    return own or f"no code of {require_scheme(crosswalks, target).name} answers to it"
