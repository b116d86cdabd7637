"""What a signature is worth whose key was revoked (decision 8 of docs/decisions/0012-directory.md)."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from proxeny.base.moments import parse_moment
from proxeny.directory.statement import StateKey

Standing = Literal["valid", "signed-before", "time-unproven"]
"""`time-unproven`: the signature is valid, but nobody proves that it is older than the compromise; a person decides."""


def standing(key: StateKey, witnessed_at: dt.datetime | None) -> Standing:
    """How a signature of a key stands.

    `witnessed_at` is the earliest time at which a third State cosigned a tree that contains what was signed, or None.
    Only that counts: the signer's clock and the receiver's are theirs, and a thief of the key dates as he likes.
    """
    if key.revoked is None:
        return "valid"
    since = parse_moment(key.revoked.compromised_since, "compromised_since")
    return "signed-before" if witnessed_at is not None and witnessed_at < since else "time-unproven"


def worst(standings: list[Standing]) -> Standing:
    """The standing of what several keys signed."""
    return max(standings, key=("valid", "signed-before", "time-unproven").index, default="valid")
