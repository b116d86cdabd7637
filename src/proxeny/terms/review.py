"""The reviews of translated labels by back-translation, keyed by the hash of the label: an edit shows as unreviewed."""

from __future__ import annotations

import hashlib
from typing import Literal

import msgspec

from proxeny.base.errors import Fault, InputError

COLUMNS = ("concept", "language", "hash", "back_translation", "verdict")
HASH_DIGITS = 12  # of SHA-256 in hexadecimal; 48 bits tell a few thousand labels apart

Verdict = Literal["same", "near"]
"""`same`: the back-translation is the English label; `near`: it differs in words but not in meaning."""


class Review(msgspec.Struct, frozen=True):
    """One label, translated back to English by someone who did not see the English."""

    concept: str
    language: str
    hash: str
    back_translation: str
    verdict: str


def label_hash(label: str) -> str:
    """The key of a label's wording."""
    return hashlib.sha256(label.encode("utf-8")).hexdigest()[:HASH_DIGITS]


def read_reviews(text: str, place: str) -> list[Review]:
    """The table. Raises InputError with every faulty line."""
    lines = text.splitlines()
    faults, reviews = [], []
    if not lines or tuple(lines[0].split("\t")) != COLUMNS:
        raise InputError(Fault(f"{place}, line 1", "not the columns of a review table", ", ".join(COLUMNS)))
    for number, line in enumerate(lines[1:], start=2):
        cells = line.split("\t")
        if len(cells) != len(COLUMNS) or cells[4] not in ("same", "near"):
            faults.append(
                Fault(f"{place}, line {number}", "not a review", "five cells, the last `same` or `near`")
            )
        else:
            reviews.append(Review(*cells))
    if faults:
        raise InputError(faults)
    return reviews
