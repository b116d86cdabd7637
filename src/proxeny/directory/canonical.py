"""Canonical JSON, the form in which metadata is signed (OLPC canonical JSON, as the TUF specification 1.0, 4.2 asks)."""

from __future__ import annotations

import hashlib
from typing import Any

from proxeny.base.encoding import write_digest


def canonical(value: Any) -> bytes:
    """Sorted members, no white space, only quote and backslash escaped. Raises ValueError for a fraction."""
    parts: list[str] = []
    _write(value, parts)
    return "".join(parts).encode()


def canonical_digest(value: Any) -> str:
    """The digest over the canonical form: how a root of trust and a statement are named."""
    return write_digest(hashlib.sha256(canonical(value)).digest())


def _write(value: Any, parts: list[str]) -> None:
    if isinstance(value, str):
        parts.append('"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"')
    elif value is None or isinstance(value, bool):
        parts.append({None: "null", True: "true", False: "false"}[value])
    elif isinstance(value, int):
        parts.append(str(value))
    elif isinstance(value, dict):
        parts.append("{")
        for at, name in enumerate(sorted(value)):
            parts.append("," if at else "")
            _write(name, parts)
            parts.append(":")
            _write(value[name], parts)
        parts.append("}")
    elif isinstance(value, list | tuple):
        parts.append("[")
        for at, item in enumerate(value):
            parts.append("," if at else "")
            _write(item, parts)
        parts.append("]")
    else:
        raise ValueError(f"canonical JSON has no {type(value).__name__}")
