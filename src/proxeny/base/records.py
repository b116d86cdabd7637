"""How records become JSON: msgspec, with moments in UTC and members in their declared order."""

from __future__ import annotations

from typing import Any

import msgspec

_ENCODER = msgspec.json.Encoder()


def encode_json(value: Any) -> bytes:
    """The compact UTF-8 JSON of a record or of plain values."""
    return _ENCODER.encode(value)
