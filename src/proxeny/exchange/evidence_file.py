"""The evidence file: all that a message and its answers rest on, in one file that anybody can verify offline."""

from __future__ import annotations

from typing import Any

import msgspec

from proxeny.base.encoding import from_base64, to_base64
from proxeny.base.errors import InputError
from proxeny.base.records import encode_json
from proxeny.base.wire import Limits, decode_json
from proxeny.directory.metadata import Metadata, metadata_of, plain_metadata
from proxeny.exchange.limits import PROOF
from proxeny.exchange.steps import RefusedError, refuse_at

VERSION = 1
MESSAGES = 32
"""Messages of one file: a message, and what answers it over the life of an event."""

TWINS = 32
"""Negative twins of one file: each step of a delivery has a few clocks."""

SIZE = 64 * 2**20
"""A directory, and messages of a few hundred kB each."""

_LIMITS = Limits(size=SIZE, depth=8, values=20_000)
_AGAIN = "assemble it again with `proxeny evidence`, or as docs/reference/wire.md says"


class Logged(msgspec.Struct, frozen=True):
    """A checkpoint of the receiver's log with its cosignatures, and the inclusion proof of the place the receipt names."""

    checkpoint: bytes
    proof: tuple[bytes, ...]


class Delivered(msgspec.Struct, frozen=True, kw_only=True):
    """A message as handed over. `sealed` may be left out (its digest is signed), `inner` when its content is not shown."""

    outer: bytes
    sealed: bytes | None = None
    inner: bytes | None = None
    receipt: bytes | None = None
    log: Logged | None = None


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """The directory relied on, the message and then what answers it, and claims that steps were not taken."""

    directory: Metadata
    messages: tuple[Delivered, ...]
    twins: tuple[bytes, ...] = ()


def write_evidence(evidence: Evidence) -> bytes:
    """The file. Byte strings are written in base64."""
    return encode_json(
        {
            "version": VERSION,
            "directory": plain_metadata(evidence.directory),
            "messages": [_plain(message) for message in evidence.messages],
            "twins": [to_base64(twin) for twin in evidence.twins],
        }
    )


def read_evidence(data: bytes) -> Evidence:
    """Step `evidence`: the parts of a file, nothing verified. Raises RefusedError."""
    if data[:1] != b"{":
        raise refuse_at("evidence", "evidence", "not a JSON object", _AGAIN)
    try:
        value = decode_json(data, "evidence", _LIMITS)
        members = {"version", "directory", "messages", "twins"}
        if set(value) != members or value["version"] != VERSION or type(value["version"]) is not int:
            raise _wrong("", f"not exactly {', '.join(sorted(members))}, of version {VERSION}")
        directory = metadata_of(value["directory"])
    except RefusedError:
        raise
    except InputError as error:
        raise RefusedError("evidence", list(error.faults)) from error
    messages = _list(value["messages"], 1, MESSAGES, "/messages")
    twins = _list(value["twins"], 0, TWINS, "/twins")
    return Evidence(
        directory=directory,
        messages=tuple(_message(one, f"/messages/{at}") for at, one in enumerate(messages)),
        twins=tuple(_bytes(twin, f"/twins/{at}") for at, twin in enumerate(twins)),
    )


def _plain(message: Delivered) -> dict[str, Any]:
    log = message.log
    return {
        "outer": to_base64(message.outer),
        "sealed": _maybe(message.sealed),
        "inner": _maybe(message.inner),
        "receipt": _maybe(message.receipt),
        "log": {"checkpoint": to_base64(log.checkpoint), "proof": [to_base64(step) for step in log.proof]}
        if log
        else None,
    }


def _maybe(data: bytes | None) -> str | None:
    return None if data is None else to_base64(data)


def _message(value: Any, place: str) -> Delivered:
    _exactly(value, {"outer", "sealed", "inner", "receipt", "log"}, place)
    log = value["log"]
    if log is not None:
        if value["receipt"] is None:
            raise _wrong(f"{place}/log", "a proof without the receipt that names the place")
        _exactly(log, {"checkpoint", "proof"}, f"{place}/log")
        steps = _list(log["proof"], 0, PROOF, f"{place}/log/proof")
        proof = tuple(_bytes(step, f"{place}/log/proof/{at}") for at, step in enumerate(steps))
        log = Logged(_bytes(log["checkpoint"], f"{place}/log/checkpoint"), proof)
    optional = {
        name: None if value[name] is None else _bytes(value[name], f"{place}/{name}")
        for name in ("sealed", "inner", "receipt")
    }
    return Delivered(outer=_bytes(value["outer"], f"{place}/outer"), log=log, **optional)


def _exactly(value: Any, members: set[str], place: str) -> None:
    if type(value) is not dict or set(value) != members:
        raise _wrong(place, f"not an object of exactly {', '.join(sorted(members))}")


def _list(value: Any, least: int, most: int, place: str) -> list[Any]:
    if type(value) is not list or not least <= len(value) <= most:
        raise _wrong(place, f"not a list of {least} to {most}")
    return value


def _bytes(value: Any, place: str) -> bytes:
    data = from_base64(value) if type(value) is str else None
    if data is None:
        raise _wrong(place, "not base64 in its one spelling")
    return data


def _wrong(place: str, what: str) -> RefusedError:
    return refuse_at("evidence", f"evidence{place}", what, _AGAIN)
