"""Translating a code of one scheme into another, through the concepts."""

from __future__ import annotations

import msgspec

from proxeny.terms.crosswalk import Crosswalks, require_code, require_scheme
from proxeny.terms.translation import Translation, translate


class NoAnswer(msgspec.Struct, frozen=True):
    """Why no code of the target answers to the source."""

    reason: str


class Translated(msgspec.Struct, frozen=True):
    """The answer of `proxeny translate`. `none` is there exactly where `to` is empty."""

    source: str = msgspec.field(name="from")
    to: list[Translation]
    none: NoAnswer | None = None


def translate_code(crosswalks: Crosswalks, code: str, target: str) -> Translated:
    """What `SCHEME:CODE` is called in the target scheme. Raises InputError naming the nearest known code."""
    answers = translate(crosswalks, code, target)
    return Translated(code, answers, None if answers else NoAnswer(_reason(crosswalks, code, target)))


def _reason(crosswalks: Crosswalks, code: str, target: str) -> str:
    """That of the code's own row without a term (SSSOM's NoTermFound), else that the target has no word for it."""
    scheme, _, rest = code.strip().partition(":")
    own = require_code(crosswalks, scheme, rest).reason
    return own or f"no code of {require_scheme(crosswalks, target).name} answers to it"
