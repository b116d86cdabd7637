"""JSON Web Signatures in one spelling: general JSON serialization (RFC 7515, section 7.2.1), Ed25519 only.

What RFC 7515 leaves open is closed here. A signed object is `{"payload":…,"signatures":[{"protected":…,"signature":…}]}`
with exactly these members in this order and no white space; base64url has one spelling; each protected header has
exactly `alg`, `kid` and `typ`; no key signs twice. So whoever passes a message on cannot change a byte of it unnoticed,
and nothing in a header can choose an algorithm, bring a key or name a place to fetch one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from proxeny.base.encoding import from_base64url, to_base64url
from proxeny.base.errors import InputError
from proxeny.base.members import KID
from proxeny.base.records import encode_json
from proxeny.base.wire import Limits, decode_json
from proxeny.exchange.keys import SIGNATURE_ALGORITHM, SUITE, Find, PublicKey, Signer, Use, verify_ed25519
from proxeny.exchange.limits import HEADER, SIGNATURE
from proxeny.exchange.steps import RefusedError, Step, refuse_at

_RESEND = "the sender has to send it as docs/reference/wire.md says"
_HEADER = {"alg", "kid", "typ"}
_DANGERS = {
    "zip": "compression, which hides how much there is",
    "jku": "a place to fetch keys from",
    "jwk": "a key the message brings itself",
    "x5u": "a place to fetch a certificate from",
    "x5c": "a certificate the message brings itself",
    "x5t": "a certificate",
    "x5t#S256": "a certificate",
    "crit": "an extension that must be understood",
    "b64": "a payload that is not encoded",
}
_HEADER_LIMITS = Limits(size=HEADER, depth=3, values=40)


class Signature(msgspec.Struct, frozen=True):
    """One signature: the key it names, the exact protected header as encoded, and its bytes."""

    kid: str
    protected: str
    value: bytes


class Jws(msgspec.Struct, frozen=True):
    """A signed object as parsed: nothing is verified yet."""

    payload: bytes
    signatures: tuple[Signature, ...]


def signing_input(protected: str, payload: bytes) -> bytes:
    """What is signed (RFC 7515, section 5.1): the encoded header, a full stop, the encoded payload."""
    return f"{protected}.{to_base64url(payload)}".encode()


def sign_jws(payload: bytes, typ: str, signers: Sequence[Signer]) -> bytes:
    """The payload signed by each signer, in that order."""
    signatures = []
    for signer in signers:
        header = encode_json({"alg": SIGNATURE_ALGORITHM, "kid": signer.key.kid, "typ": typ})
        protected = to_base64url(header)
        signatures.append(
            Signature(signer.key.kid, protected, signer.sign(signing_input(protected, payload)))
        )
    return write_jws(Jws(payload, tuple(signatures)))


def write_jws(jws: Jws) -> bytes:
    """The one spelling of a signed object."""
    signatures = [
        {"protected": signature.protected, "signature": to_base64url(signature.value)}
        for signature in jws.signatures
    ]
    return encode_json({"payload": to_base64url(jws.payload), "signatures": signatures})


def parse_jws(data: bytes, typ: str, most: int, limits: Limits, step: Step, place: str) -> Jws:
    """A signed object of that type with at most that many signatures.

    Raises RefusedError at `step` for everything that docs/reference/wire.md does not allow.
    """
    value = parse_object(data, limits, step, place)
    if set(value) != {"payload", "signatures"}:
        odd = sorted(set(value) ^ {"payload", "signatures"})[0]
        raise refuse_at(step, f"{place}/{odd[:60]}", "a signed object has payload and signatures", _RESEND)
    payload = _decode(value["payload"], limits.size, step, f"{place}/payload")
    rows = value["signatures"]
    if type(rows) is not list or not 1 <= len(rows) <= most:
        raise refuse_at(step, f"{place}/signatures", f"not 1 to {most} signatures", _RESEND)
    signatures = tuple(
        _parse_signature(row, typ, step, f"{place}/signatures/{at}") for at, row in enumerate(rows)
    )
    if len({signature.kid for signature in signatures}) != len(signatures):
        raise refuse_at(step, f"{place}/signatures", "one key signed twice", _RESEND)
    jws = Jws(payload, signatures)
    if write_jws(jws) != data:
        raise refuse_at(step, place, "not its one spelling: white space, order, or bytes after it", _RESEND)
    return jws


def verify_jws(jws: Jws, find: Find, use: Use, step: Step, place: str) -> tuple[PublicKey, ...]:
    """The keys that signed, in order: each known, meant for this use, and every signature valid.

    The algorithm is that of the key's suite. Raises RefusedError at `step`.
    """
    return tuple(
        _verify_signature(jws, signature, find, use, step, f"{place}/signatures/{at}")
        for at, signature in enumerate(jws.signatures)
    )


def parse_object(data: bytes, limits: Limits, step: Step, place: str) -> dict[str, Any]:
    """A JSON object in UTF-8 without a byte order mark, without doubled members. Raises RefusedError at `step`."""
    if data[:1] != b"{":
        raise refuse_at(step, place, "not a JSON object", _RESEND)
    try:
        value = decode_json(data, place, limits)
    except InputError as error:
        raise RefusedError(step, list(error.faults)) from error
    if type(value) is not dict:
        raise refuse_at(step, place, "not a JSON object", _RESEND)
    return value


def parse_header(protected: Any, members: set[str], step: Step, place: str) -> dict[str, Any]:
    """A protected header with exactly these members. Raises RefusedError at `step`, and says what a danger is."""
    header = parse_object(_decode(protected, HEADER, step, place), _HEADER_LIMITS, step, place)
    for name, what in _DANGERS.items():
        if name in header:
            raise refuse_at(
                step, f"{place}/{name}", f"the header names {what}", "it is never taken: leave it out"
            )
    if set(header) != members:
        odd = sorted(set(header) ^ members)[0]
        raise refuse_at(step, f"{place}/{odd[:60]}", f"a header has {', '.join(sorted(members))}", _RESEND)
    return header


def _parse_signature(row: Any, typ: str, step: Step, place: str) -> Signature:
    if type(row) is not dict or set(row) != {"protected", "signature"}:
        if type(row) is dict and "header" in row:
            raise refuse_at(
                step, f"{place}/header", "an unprotected header", "it is never taken: leave it out"
            )
        raise refuse_at(step, place, "a signature has protected and signature", _RESEND)
    header = parse_header(row["protected"], _HEADER, step, f"{place}/protected")
    if header["alg"] != SIGNATURE_ALGORITHM:
        shown = f"the algorithm {str(header['alg'])[:20]!r}"
        raise refuse_at(step, f"{place}/protected/alg", shown, f"sign with {SIGNATURE_ALGORITHM}")
    if header["typ"] != typ:
        shown = f"the type {str(header['typ'])[:40]!r}, where {typ!r} stands"
        raise refuse_at(step, f"{place}/protected/typ", shown, _RESEND)
    if not KID[0](header["kid"]):
        raise refuse_at(step, f"{place}/protected/kid", f"not {KID[1]}", _RESEND)
    value = _decode(row["signature"], SIGNATURE, step, f"{place}/signature")
    return Signature(header["kid"], row["protected"], value)


def _verify_signature(
    jws: Jws, signature: Signature, find: Find, use: Use, step: Step, place: str
) -> PublicKey:
    key = find(signature.kid)
    if key is None:
        raise refuse_at(
            step, place, f"the key {signature.kid} is not in the directory", "update the directory"
        )
    if key.kid != signature.kid or key.use != use or key.suite != SUITE:
        raise refuse_at(
            step, place, f"the key {signature.kid} is not for this use", f"sign with one for {use!r}"
        )
    if not verify_ed25519(key.public, signature.value, signing_input(signature.protected, jws.payload)):
        raise refuse_at(step, place, "the signature does not verify", "the sender has to send it again")
    return key


def _decode(value: Any, most: int, step: Step, place: str) -> bytes:
    data = from_base64url(value) if type(value) is str and len(value) <= 4 * most // 3 + 4 else None
    if data is None or not data or len(data) > most:
        raise refuse_at(step, place, f"not 1 to {most} bytes in base64url, in its one spelling", _RESEND)
    return data
