"""Decoding of outside bytes under named limits.

msgspec takes the last of duplicate keys and recurses without a limit of ours, so bytes pass a scan
for size, depth and count before any decoder sees them, and duplicate keys are refused.
Reading never executes, fetches or follows anything.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, NoReturn

from proxeny.base.errors import Fault, InputError, refuse


@dataclass(frozen=True, slots=True)
class Limits:
    """What one input may cost. Sizes in bytes, depth in nested containers, counts in values."""

    size: int = 64 * 2**20  # the largest published MISP feed event measured was 38 MiB
    depth: int = 64  # STIX patterns and MISP galaxies nest below 20; CPython recurses safely to far more
    values: int = 4_000_000  # strings, numbers, keys and containers together; bounds the memory of one decode
    text: int = 4 * 2**20  # code points of one narrative that is read for meaning


DEFAULT_LIMITS = Limits()

_OPENING = b"[{"
_STRUCTURE = re.compile(rb'"(?:[^"\\]|\\.)*+"|[\[\]{}]', re.DOTALL)


def _scan(data: bytes, limits: Limits, place: str) -> None:
    """Refuse what is nested too deep or has too many values, before memory is spent on it."""
    if data.count(b",") + data.count(b":") > limits.values:
        raise refuse(place, f"more than {limits.values} values", "split the file")
    if data.count(b"[") + data.count(b"{") <= limits.depth:
        return
    depth = 0
    for match in _STRUCTURE.finditer(data):
        char = data[match.start()]
        if char in _OPENING:
            depth += 1
            if depth > limits.depth:
                raise refuse(
                    f"{place}, byte {match.start()}", f"nested deeper than {limits.depth}", "flatten the input"
                )
        elif char != 0x22:
            depth -= 1


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _DuplicateKeyError(key)
            seen.add(key)
    return found


class _DuplicateKeyError(Exception):
    pass


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def check_size(data: bytes, place: str, limits: Limits = DEFAULT_LIMITS) -> None:
    """Raise InputError when the input is empty or larger than the limit."""
    if not data:
        raise refuse(place, "the file is empty", "give a report")
    if len(data) > limits.size:
        raise refuse(place, f"larger than {limits.size // 2**20} MiB", "split it, or leave attachments out")


def decode_text(data: bytes, place: str) -> str:
    """UTF-8 (with or without a byte order mark) or UTF-16 with one. Raises InputError otherwise."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    else:
        encoding = "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise refuse(
            f"{place}, byte {error.start}", "not UTF-8 text", "save the file as UTF-8"
        ) from error


def decode_json(data: bytes, place: str, limits: Limits = DEFAULT_LIMITS) -> Any:
    """One JSON value (RFC 8259), duplicate keys refused (RFC 7493 section 2.3), NaN refused.

    Raises InputError naming line and column. Numbers beyond a double's range are refused.
    """
    check_size(data, place, limits)
    text = decode_text(data, place)
    _scan(data, limits, place)
    try:
        return json.loads(text, object_pairs_hook=_no_duplicates, parse_constant=_no_constant)
    except _DuplicateKeyError as error:
        raise refuse(place, f"the key {str(error)[:60]!r} stands twice in one object", "keep one") from error
    except json.JSONDecodeError as error:
        at = f"{place}, line {error.lineno} column {error.colno}"
        cut = error.pos >= len(text.rstrip())
        raise refuse(
            at,
            "the JSON ends too early" if cut else f"not JSON: {error.msg}",
            "the file seems truncated: send it again whole" if cut else "correct it there",
        ) from error
    except (ValueError, RecursionError) as error:
        raise refuse(place, f"not JSON: {error}", "correct it") from error


def decode_json_lines(data: bytes, place: str, limits: Limits = DEFAULT_LIMITS) -> list[tuple[int, Any]]:
    """JSON lines: each non-blank line with its number, all faulty lines reported at once."""
    check_size(data, place, limits)
    faults: list[Fault] = []
    rows: list[tuple[int, Any]] = []
    for number, line in enumerate(data.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            rows.append((number, decode_json(line, f"{place}, line {number}", limits)))
        except InputError as error:
            faults.extend(error.faults)
    if faults:
        raise InputError(faults)
    return rows


def unknown_keys(found: dict[str, Any], known: frozenset[str] | set[str], place: str) -> list[Fault]:
    """A fault for each key that is not known, naming the nearest known one."""
    from difflib import get_close_matches

    faults = []
    for key in found:
        if key not in known:
            near = get_close_matches(str(key), known, n=1)
            remedy = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(sorted(known))}"
            faults.append(Fault(f"{place}/{key}", f"unknown key {str(key)[:60]!r}", remedy))
    return faults
