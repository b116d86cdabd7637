"""The outer layer: what a desk says, under its own key, of the bytes it hands to one addressee."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from proxeny.base.members import CONTEXT, DIGEST, STATE, check_members, integer, listed, nullable, words
from proxeny.base.records import encode_json
from proxeny.base.wire import Limits, digest_of
from proxeny.exchange.jws import Jws, parse_jws, parse_object, sign_jws, verify_jws
from proxeny.exchange.keys import Find, PublicKey, Signer
from proxeny.exchange.limits import ATTACHMENTS, OUTER, OUTER_JSON, OUTER_PAYLOAD
from proxeny.exchange.steps import RefusedError, Step, refuse_at

TYPE = "proxeny-outer"
VERSION = 1
Context = Literal["real", "exercise", "test"]
Seal = Literal["jwe", "none"]

_PARSE: Step = "parse-outer"
_VERIFY: Step = "verify-outer"
_PAYLOAD_LIMITS = Limits(size=OUTER_PAYLOAD, depth=3, values=1_000)

_ALWAYS = {
    "version": integer(1),
    "sender": STATE,
    "addressee": STATE,
    "context": CONTEXT,
    "root": DIGEST,
    "sequence": integer(1),
    "previous": nullable(DIGEST),
    "digest": DIGEST,
    "commitment": DIGEST,
}
"""What every version says, so that a desk can store and acknowledge a message of a version it does not know."""

_VERSION_1 = _ALWAYS | {"seal": words("jwe", "none"), "attachments": listed(DIGEST, 0, ATTACHMENTS)}


class Outer(msgspec.Struct, frozen=True, kw_only=True):
    """The statement of the outer layer. Digests are written as "sha256:" and hex.

    `sequence` counts what the sender handed to the addressee in the context, from 1; `previous` is the digest of the
    outer layer before it. `digest` is that of the sealed bytes, `commitment` that of the inner payload under its tag,
    `attachments` those of the attachments as sealed. Of an unknown version `seal` and `attachments` are not read.
    """

    version: int = VERSION
    sender: str
    addressee: str
    context: Context
    root: str
    sequence: int
    previous: str | None
    seal: Seal = "none"
    digest: str
    commitment: str
    attachments: list[str] = []

    @property
    def understood(self) -> bool:
        """Whether its version is known here."""
        return self.version == VERSION


class Link(msgspec.Struct, frozen=True):
    """A place in the chain of a desk's outer layers: its own digest and that of the one before."""

    digest: str
    previous: str | None


def sign_outer(outer: Outer, signer: Signer) -> bytes:
    """The outer layer under the desk's key. Raises RefusedError when no desk would take it."""
    payload = encode_json(outer)
    _read(payload)
    return sign_jws(payload, TYPE, [signer])


def parse_outer(data: bytes) -> tuple[Outer, Jws]:
    """Step `parse-outer`: the outer layer, nothing verified. Raises RefusedError."""
    if len(data) > OUTER:
        raise refuse_at(_PARSE, "outer", f"larger than {OUTER} bytes", "send attachments by themselves")
    jws = parse_jws(data, TYPE, 1, OUTER_JSON, _PARSE, "outer")
    return _read(jws.payload), jws


def verify_outer(outer: Outer, jws: Jws, find: Find) -> PublicKey:
    """Step `verify-outer`: the key that signed, which must be one of the sender's for this use. Raises RefusedError."""
    (key,) = verify_jws(jws, find, "outer", _VERIFY, "outer")
    if key.state != outer.sender:
        shown = f"signed by {key.state}, though the sender is {outer.sender}"
        raise refuse_at(_VERIFY, "outer/sender", shown, "each desk signs for itself")
    return key


def link_of(outer: Outer, data: bytes) -> Link:
    """The link of an outer layer (with its exact bytes) in its chain."""
    return Link(digest_of(data), outer.previous)


def _read(payload: bytes) -> Outer:
    value: dict[str, Any] = parse_object(payload, _PAYLOAD_LIMITS, _PARSE, "outer/payload")
    known = value.get("version") == VERSION
    members = _VERSION_1 if known else _ALWAYS
    faults = check_members(value, members, "outer/payload", closed=known)
    if faults:
        raise RefusedError(_PARSE, faults)
    outer = msgspec.convert({name: value[name] for name in members}, Outer)
    if (outer.sequence == 1) != (outer.previous is None):
        shown = "the first of a chain, and only it, has no previous"
        raise refuse_at(
            _PARSE, "outer/payload/previous", shown, "count and chain as docs/reference/wire.md says"
        )
    return outer
