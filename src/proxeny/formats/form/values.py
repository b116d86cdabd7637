"""Amounts and answers as forms write them."""

from __future__ import annotations

import re
from typing import Literal

_NUMBER = re.compile(r"\d{1,15}(?:\.\d{1,6})?")
_GROUPED = re.compile(r"\d{1,3}(?:([ \u00a0\u202f',])\d{3})(?:\1\d{3})*(?:\.\d{1,6})?")
_RANGE = re.compile(r"(?P<low>[^-–]+?)\s*(?:-|–|to)\s*(?P<high>[^-–]+)")
_UNKNOWN = frozenset(["unknown", "not known", "n/a"])

Amount = float | tuple[float, float] | Literal["unknown"]


def amount_of(text: str) -> Amount | None:
    """A number, a range of two (`100-200`, `100 to 200`), or unknown; None for what is none of these.

    Thousands may be set apart by a blank, an apostrophe or a comma; the fraction follows a point. A comma before any
    other number of digits than three is not guessed at.
    """
    plain = text.strip()
    if plain.lower() in _UNKNOWN:
        return "unknown"
    whole = _number(plain)
    if whole is not None:
        return whole
    match = _RANGE.fullmatch(plain)
    low, high = (_number(match["low"].strip()), _number(match["high"].strip())) if match else (None, None)
    return (low, high) if low is not None and high is not None and low <= high else None


def _number(text: str) -> float | None:
    if _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    if _GROUPED.fullmatch(text):
        plain = re.sub(r"[ \u00a0\u202f',]", "", text)
        return float(plain) if "." in plain else int(plain)
    return None


def flag_of(text: str) -> str | None:
    """yes, no or unknown; None for anything else. Other words need a table of values in the mapping."""
    word = text.strip().lower()
    if word in _UNKNOWN:
        return "unknown"
    return {"yes": "yes", "true": "yes", "no": "no", "false": "no"}.get(word)
