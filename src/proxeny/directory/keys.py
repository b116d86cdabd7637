"""Public keys, what each may sign, and the one suite there is.

A suite names all algorithms at once and is bound to the key in the directory. A message never chooses: its header must
say what the key's suite says. Suite PX1 is Ed25519 (RFC 8032), ECDH-ES+A256KW on X25519 (RFC 8037, RFC 7518), A256GCM
and SHA-256.
"""

from __future__ import annotations

import hashlib
from typing import Literal

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from proxeny.base.encoding import to_base64url

Use = Literal["authority", "outer", "receipt", "seal", "checkpoint", "cosignature", "directory", "recovery"]
"""What a key is for; none serves two uses. `recovery` vouches for a change of keys when those for `directory` are lost;
`checkpoint` and `cosignature` sign notes of logs."""

SUITE = "PX1"

_P = 2**255 - 19
_ORDER_8 = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
_SMALL_ORDER = frozenset((0, 1, _P - 1, _ORDER_8, _P - _ORDER_8))
"""The y coordinates of the points of edwards25519 whose order divides 8 (RFC 8032, section 5.1)."""


class PublicKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key of the directory: whose it is, what it may sign or open, and for authority keys which person holds it."""

    public: bytes  # 32 bytes
    use: Use
    state: str
    person: str = ""
    suite: str = SUITE

    @property
    def kid(self) -> str:
        """The name by which headers call it: its thumbprint as a JSON Web Key (RFC 7638; RFC 8037, section 2)."""
        curve = "X25519" if self.use == "seal" else "Ed25519"
        jwk = f'{{"crv":"{curve}","kty":"OKP","x":"{to_base64url(self.public)}"}}'
        return to_base64url(hashlib.sha256(jwk.encode()).digest())


def is_sound_ed25519(public: bytes) -> bool:
    """Whether 32 bytes are a key whose signatures bind: written canonically, and of no small order.

    Under a key of small order one signature fits many messages, so that its holder could deny any of them.
    """
    y = int.from_bytes(public, "little") & (2**255 - 1)
    return len(public) == 32 and y < _P and y not in _SMALL_ORDER


def verify_ed25519(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the signature is one over the message by that key (RFC 8032, section 5.1.7)."""
    if not is_sound_ed25519(public):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
