"""Translating a code of one scheme into another, through the concepts."""

from __future__ import annotations

import msgspec

from proxeny.terms.crosswalk import Crosswalks
from proxeny.terms.translation import Translation, translate


class Translated(msgspec.Struct, frozen=True):
    """The answer of `proxeny translate`."""

    source: str = msgspec.field(name="from")
    to: list[Translation]


def translate_code(crosswalks: Crosswalks, code: str, target: str) -> Translated:
    """What `SCHEME:CODE` is called in the target scheme. Raises InputError naming the nearest known code."""
    return Translated(code, translate(crosswalks, code, target))
