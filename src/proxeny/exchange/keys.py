"""How keys are found, and asked to sign or to open. The keys themselves are the directory's."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from proxeny.directory.keys import SUITE, PublicKey, Use, is_sound_ed25519, verify_ed25519

__all__ = ("SUITE", "PublicKey", "Use", "is_sound_ed25519", "verify_ed25519")

SIGNATURE_ALGORITHM = "Ed25519"  # RFC 9864, section 2.2: the fully specified name; "EdDSA" is refused

Find = Callable[[str], PublicKey | None]
"""Gives the key of that kid which the directory held valid when it counts, or None."""

Sign = Callable[[bytes], bytes]
"""Gives the signature over a message, from a key that the caller holds (a file, or a module with PKCS#11)."""


class Signer(msgspec.Struct, frozen=True):
    """A key to sign with: its public side, and the function that signs."""

    key: PublicKey
    sign: Sign


class Opener(msgspec.Struct, frozen=True):
    """A key to open with: its public side, and the function that agrees on a secret (X25519, RFC 7748) with another."""

    key: PublicKey
    agree: Callable[[bytes], bytes]
