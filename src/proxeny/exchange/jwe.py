"""Sealing for one addressee: JSON Web Encryption, compact (RFC 7516, section 7.1), ECDH-ES+A256KW on X25519, A256GCM.

Made of the primitives of `cryptography`: one algorithm of each kind is needed, the header is closed, and the agreement
on a secret is asked of a function, so that a module can hold the key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from proxeny.base.encoding import from_base64url, to_base64url
from proxeny.base.members import KID
from proxeny.base.records import encode_json
from proxeny.exchange.jws import parse_header
from proxeny.exchange.keys import Opener, PublicKey
from proxeny.exchange.limits import HASH, INNER, SEALED
from proxeny.exchange.steps import Step, refuse_at

ALGORITHM = "ECDH-ES+A256KW"
ENCRYPTION = "A256GCM"
TYPE = "proxeny-sealed"

_STEP: Step = "open"
_HEADER = {"alg", "enc", "epk", "kid", "typ"}
_RESEND = "the sender has to seal it as docs/reference/wire.md says"
_NONCE, _TAG, _WRAPPED = 12, 16, HASH + 8  # RFC 7518, sections 5.3 and 4.4; RFC 3394 adds 8 bytes

Random = Callable[[int], bytes]
"""Gives that many bytes from a cryptographic source (`secrets.token_bytes`)."""


def seal(plain: bytes, addressee: PublicKey, random: Random) -> bytes:
    """The bytes sealed for the holder of the key, under a fresh key pair, content key and nonce."""
    if addressee.use != "seal":
        raise ValueError("seal for a key whose use is 'seal'")
    ephemeral = X25519PrivateKey.from_private_bytes(random(HASH))
    content_key, nonce = random(HASH), random(_NONCE)
    secret = ephemeral.exchange(X25519PublicKey.from_public_bytes(addressee.public))
    x = to_base64url(ephemeral.public_key().public_bytes_raw())
    header = {
        "alg": ALGORITHM,
        "enc": ENCRYPTION,
        "epk": {"crv": "X25519", "kty": "OKP", "x": x},
        "kid": addressee.kid,
        "typ": TYPE,
    }
    protected = to_base64url(encode_json(header))
    wrapped = aes_key_wrap(wrapping_key(secret), content_key)
    sealed = AESGCM(content_key).encrypt(nonce, plain, protected.encode())
    parts = (wrapped, nonce, sealed[:-_TAG], sealed[-_TAG:])
    return ".".join((protected, *map(to_base64url, parts))).encode()


def unseal(data: bytes, openers: Sequence[Opener], place: str) -> bytes:
    """What was sealed for one of these keys. Raises RefusedError at step `open`."""
    if len(data) > SEALED:
        raise refuse_at(_STEP, place, f"larger than {SEALED} bytes", "send attachments by themselves")
    parts = data.decode("ascii", "replace").split(".")
    if len(parts) != 5:
        raise refuse_at(_STEP, place, "not the five parts of a sealed message", _RESEND)
    protected = parts[0]
    kid, ephemeral = _read_header(protected, f"{place}/protected")
    wrapped, nonce, body, tag = (
        _part(text, least, most, f"{place}/{name}")
        for text, (name, least, most) in zip(
            parts[1:],
            (
                ("encrypted_key", _WRAPPED, _WRAPPED),
                ("iv", _NONCE, _NONCE),
                ("ciphertext", 1, INNER),
                ("tag", _TAG, _TAG),
            ),
            strict=True,
        )
    )
    opener = next((opener for opener in openers if opener.key.kid == kid), None)
    if opener is None or opener.key.use != "seal":
        raise refuse_at(
            _STEP, f"{place}/protected/kid", "sealed for another key", "seal it for the addressee's key"
        )
    try:
        secret = opener.agree(ephemeral)
        if not any(secret):  # RFC 7748, section 6.1: a point of small order
            raise ValueError
        content_key = aes_key_unwrap(wrapping_key(secret), wrapped)
        return AESGCM(content_key).decrypt(nonce, body + tag, protected.encode())
    except (InvalidTag, InvalidUnwrap, ValueError) as error:
        raise refuse_at(_STEP, place, "it does not open with the addressee's key", _RESEND) from error


def wrapping_key(secret: bytes) -> bytes:
    """The key that wraps the content key: Concat KDF (RFC 7518, section 4.6.2), one round of SHA-256."""
    return concat_kdf(secret, ALGORITHM.encode(), b"", b"")


def concat_kdf(secret: bytes, algorithm: bytes, sender: bytes, receiver: bytes, length: int = HASH) -> bytes:
    """NIST SP 800-56A, section 5.8.1, as RFC 7518 fills it in, for up to 32 bytes."""
    fields = b"".join(len(part).to_bytes(4, "big") + part for part in (algorithm, sender, receiver))
    info = fields + (length * 8).to_bytes(4, "big")
    return hashlib.sha256((1).to_bytes(4, "big") + secret + info).digest()[:length]


def _read_header(protected: str, place: str) -> tuple[str, bytes]:
    """The key it is sealed for, and the ephemeral public key."""
    header = parse_header(protected, _HEADER, _STEP, place)
    for name, expected in (("alg", ALGORITHM), ("enc", ENCRYPTION), ("typ", TYPE)):
        if header[name] != expected:
            shown = f"{str(header[name])[:40]!r}, where {expected!r} stands"
            raise refuse_at(_STEP, f"{place}/{name}", shown, _RESEND)
    epk = header["epk"]
    ephemeral = None
    if (
        type(epk) is dict
        and set(epk) == {"crv", "kty", "x"}
        and (epk["crv"], epk["kty"]) == ("X25519", "OKP")
    ):
        ephemeral = from_base64url(epk["x"]) if type(epk["x"]) is str else None
    if ephemeral is None or len(ephemeral) != HASH or not KID[0](header["kid"]):
        raise refuse_at(_STEP, place, "not a key's thumbprint and an ephemeral X25519 key", _RESEND)
    return header["kid"], ephemeral


def _part(text: str, least: int, most: int, place: str) -> bytes:
    data = from_base64url(text)
    if data is None or not least <= len(data) <= most:
        raise refuse_at(_STEP, place, "not base64url in its one spelling, or of another length", _RESEND)
    return data
