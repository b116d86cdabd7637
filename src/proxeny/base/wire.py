"""Decoding of outside bytes under named limits.

msgspec decodes fast and strictly (no NaN, no lone surrogates, no number beyond a double), but it takes
the last of duplicate keys and stops nesting only at the interpreter's own limit. So what it returns is
walked once for depth and for the number of keys, and that number is held against the keys written.
Reading never executes, fetches or follows anything.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

import msgspec

from proxeny.base.errors import Fault, InputError, refuse


@dataclass(frozen=True, slots=True)
class Limits:
    """What one input may cost. Sizes in bytes, depth in nested containers, counts in values."""

    size: int = 64 * 2**20  # the largest published MISP feed event measured was 38 MiB
    depth: int = 64  # STIX patterns and MISP galaxies nest below 20; CPython recurses safely to far more
    values: int = 4_000_000  # strings, numbers, keys and containers together; bounds the memory of one decode
    text: int = 4 * 2**20  # code points of one narrative that is read for meaning


DEFAULT_LIMITS = Limits()

_DECODER = msgspec.json.Decoder()
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")  # the byte order marks of UTF-8 and UTF-16
_OPENING = b"[{"
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_STRUCTURE = re.compile(rb'"(?:[^"\\]|\\.)*+"|[\[\]{}]', re.DOTALL)


def digest_of(data: bytes) -> str:
    """The name of these exact bytes: "sha256:" and the hex digest."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def _too_many(data: bytes, limits: Limits) -> bool:
    # Every value but the first follows a comma, a colon or an opening bracket, so those bound the count.
    # An input with fewer bytes than the limit needs no counting.
    return len(data) > limits.values and sum(map(data.count, (b",", b":", b"[", b"{"))) > limits.values


def _too_deep(data: bytes, place: str, limits: Limits) -> InputError:
    """The refusal of what nests too deep, with the byte at which it does."""
    depth = 0
    at = 0
    for match in _STRUCTURE.finditer(data):
        char = data[match.start()]
        if char in _OPENING:
            depth += 1
            if depth > limits.depth:
                at = match.start()
                break
        elif char != 0x22:
            depth -= 1
    return refuse(f"{place}, byte {at}", f"nested deeper than {limits.depth}", "flatten the input")


def _keys_and_depth(value: Any, deepest: int) -> tuple[int, int]:
    """How many keys the decoded value has, and how deep it nests (counted to one more than `deepest`)."""
    keys = depth = 0
    level = [value] if type(value) is dict or type(value) is list else []
    while level and depth <= deepest:
        depth += 1
        below: list[Any] = []
        for node in level:
            if type(node) is dict:
                keys += len(node)
                for child in node.values():
                    if type(child) is dict or type(child) is list:
                        below.append(child)
            else:
                for child in node:
                    if type(child) is dict or type(child) is list:
                        below.append(child)
        level = below
    return keys, depth


def _keys_written_at_most(data: bytes) -> int:
    """No fewer than the keys written in the JSON text.

    A key ends with a quote, then a colon with nothing but white space between. Without any white space
    all of those are found, and perhaps a few more that stand inside a string: too many is safe.
    """
    return data.translate(None, b" \t\r\n").count(b'":')


def _no_duplicates(pairs: list[tuple[str, Any]]) -> None:
    if len(dict(pairs)) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _DuplicateKeyError(key)
            seen.add(key)


class _DuplicateKeyError(Exception):
    pass


def check_size(data: bytes, place: str, limits: Limits = DEFAULT_LIMITS) -> None:
    """Raise InputError when the input is empty or larger than the limit."""
    if not data:
        raise refuse(place, "the file is empty", "give a report")
    if len(data) > limits.size:
        raise refuse(place, f"larger than {limits.size // 2**20} MiB", "split it, or leave attachments out")


def decode_text(data: bytes, place: str) -> str:
    """UTF-8 (with or without a byte order mark) or UTF-16 with one. Raises InputError otherwise."""
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise refuse(f"{place}, byte {error.start}", "not UTF-8 text", "save the file as UTF-8") from error


def _not_json(data: bytes, place: str, why: str) -> InputError:
    """The refusal of what is not JSON, with line and column as found by the standard library."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        return refuse(f"{place}, byte {error.start}", "not UTF-8 text", "save the file as UTF-8")
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        at = f"{place}, line {error.lineno} column {error.colno}"
        if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string"):
            return refuse(at, "the JSON ends too early", "the file seems truncated: send it again whole")
        return refuse(at, f"not JSON: {error.msg}", "correct it there")
    except (ValueError, RecursionError) as error:
        return refuse(place, f"not JSON: {error}", "correct it")
    # What the standard library lets pass: NaN, lone surrogates, numbers beyond a double.
    if _SURROGATE.search(data):
        return refuse(
            place, "not JSON: half of a surrogate pair", "write the character itself, or both halves"
        )
    return refuse(place, f"not JSON: {why}", "correct it")


def decode_json(data: bytes, place: str, limits: Limits = DEFAULT_LIMITS) -> Any:
    """One JSON value (RFC 8259), in UTF-8, or in UTF-16 with a byte order mark.

    Refused with InputError: duplicate keys, lone surrogates and numbers beyond a double (RFC 7493,
    sections 2.3, 2.1 and 2.2), NaN, nesting or counts above the limits. Syntax faults name line and column.
    """
    check_size(data, place, limits)
    if data.startswith(_MARKS):
        data = decode_text(data, place).encode()
    if _too_many(data, limits):
        raise refuse(place, f"more than {limits.values} values", "split the file")
    try:
        value = _DECODER.decode(data)
    except RecursionError:
        raise _too_deep(data, place, limits) from None
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise _not_json(data, place, str(error)) from error
    keys, depth = _keys_and_depth(value, limits.depth)
    if depth > limits.depth:
        raise _too_deep(data, place, limits)
    if keys != _keys_written_at_most(data):
        try:
            json.loads(data, object_pairs_hook=_no_duplicates)
        except _DuplicateKeyError as error:
            twice = f"the key {str(error)[:60]!r} stands twice in one object"
            raise refuse(place, twice, "keep one") from error
    return value


def decode_json_lines(data: bytes, place: str, limits: Limits = DEFAULT_LIMITS) -> list[tuple[int, Any]]:
    """JSON lines: each non-blank line with its number, all faulty lines reported at once."""
    check_size(data, place, limits)
    if data.startswith(_MARKS):
        data = decode_text(data, place).encode()
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
