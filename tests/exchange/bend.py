"""Bends good envelopes: signed objects of any shape, and envelopes whose outer layer is right about a wrong inside."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import msgspec
from desks import ANNA, BORIS, DESK, ROOT, XB_OPENER, message, stream

from proxeny.base.encoding import from_base64url, to_base64url
from proxeny.base.wire import digest_of
from proxeny.exchange.envelope import join, split
from proxeny.exchange.inner import Inner, commit
from proxeny.exchange.jwe import seal
from proxeny.exchange.jws import signing_input
from proxeny.exchange.keys import Signer

Json = dict[str, Any]


def compact(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def plain(text: str) -> bytes:
    return from_base64url(text) or b""


def header_of(signer: Signer, typ: str) -> Json:
    return {"alg": "Ed25519", "kid": signer.key.kid, "typ": typ}


def row(payload: bytes, header: Json | bytes, signer: Signer) -> Json:
    """One signature of an object, under any header."""
    raw = header if isinstance(header, bytes) else compact(header)
    protected = to_base64url(raw)
    return {"protected": protected, "signature": to_base64url(signer.sign(signing_input(protected, payload)))}


def signed_object(payload: bytes, *rows: Json) -> bytes:
    return compact({"payload": to_base64url(payload), "signatures": list(rows)})


def outer_payload(sealed: bytes, commitment: str, **changes: Any) -> bytes:
    """The statement of an outer layer of XA to XB, first of its chain."""
    statement = {
        "version": 1,
        "sender": "XA",
        "addressee": "XB",
        "context": "real",
        "root": ROOT,
        "sequence": 1,
        "previous": None,
        "seal": "jwe",
        "digest": digest_of(sealed),
        "commitment": commitment,
        "attachments": [],
    }
    return compact(statement | changes)


def wrap(sealed: bytes, commitment: str, signer: Signer = DESK, **changes: Any) -> bytes:
    """An envelope whose outer layer is well made, around whatever is given."""
    payload = outer_payload(sealed, commitment, **changes)
    return join(signed_object(payload, row(payload, header_of(signer, "proxeny-outer"), signer)), sealed)


def wrap_inner(inner_bytes: bytes, payload: bytes, signer: Signer = DESK, **changes: Any) -> bytes:
    """The same around any inner layer, sealed for XB."""
    return wrap(seal(inner_bytes, XB_OPENER.key, stream("seal")), commit(payload), signer, **changes)


def inner_with(
    change: Callable[[Json], Any], signers: tuple[Signer, ...] = (ANNA, BORIS), inner: Inner | None = None
) -> tuple[bytes, bytes]:
    """An inner layer whose payload was changed before it was signed; and that payload."""
    value = msgspec.to_builtins(inner or message(signers))
    changed = change(value)
    payload = changed if isinstance(changed, bytes) else compact(value)
    rows = [row(payload, header_of(each, "proxeny-inner"), each) for each in signers]
    return signed_object(payload, *rows), payload


def outer_with(good: bytes, change: Callable[[Json], Any], signer: Signer = DESK) -> bytes:
    """The envelope with another statement in its outer layer, signed anew."""
    outer, sealed = split(good)
    value = json.loads(plain(json.loads(outer)["payload"]))
    changed = change(value)
    payload = changed if isinstance(changed, bytes) else compact(value)
    return join(signed_object(payload, row(payload, header_of(signer, "proxeny-outer"), signer)), sealed)


def header_with(good: bytes, change: Callable[[Json], Any], signer: Signer = DESK) -> bytes:
    """The envelope with another protected header of its outer layer, signed anew."""
    outer, sealed = split(good)
    payload = plain(json.loads(outer)["payload"])
    header = header_of(signer, "proxeny-outer")
    changed = change(header)
    return join(
        signed_object(payload, row(payload, changed if isinstance(changed, bytes) else header, signer)),
        sealed,
    )


def object_with(good: bytes, change: Callable[[Json], Any]) -> bytes:
    """The envelope with its outer layer changed after it was signed."""
    outer, sealed = split(good)
    value = json.loads(outer)
    changed = change(value)
    return join(changed if isinstance(changed, bytes) else compact(value), sealed)


def sealed_with(good: bytes, change: Callable[[Json, list[str]], Any]) -> bytes:
    """The envelope with another sealing header or other parts, and an outer layer that says so."""
    outer, sealed = split(good)
    protected, *parts = sealed.decode().split(".")
    header = json.loads(plain(protected))
    changed = change(header, parts)
    bent = (
        changed if isinstance(changed, bytes) else ".".join([to_base64url(compact(header)), *parts]).encode()
    )
    statement = json.loads(plain(json.loads(outer)["payload"]))
    return wrap(bent, statement["commitment"])
