"""Base64 with one spelling for each value, and digests as they are written on the wire."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re

HASH = 32
"""A SHA-256 digest (FIPS 180-4); also the random bytes, salts and content keys."""

_URL = re.compile(r"[A-Za-z0-9_-]*")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def to_base64url(data: bytes) -> str:
    """Base64url without padding (RFC 7515, section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes | None:
    """The bytes, or None when the text is not the one spelling `to_base64url` gives (RFC 4648, section 3.5)."""
    if not _URL.fullmatch(text) or len(text) % 4 == 1:
        return None
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    return data if to_base64url(data) == text else None


def to_base64(data: bytes) -> str:
    """Standard base64 with padding (RFC 4648, section 4)."""
    return base64.b64encode(data).decode()


def from_base64(text: str) -> bytes | None:
    """The bytes, or None when the text is not the one spelling `to_base64` gives."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if to_base64(data) == text else None


def tagged_hash(tag: bytes, *parts: bytes) -> bytes:
    """SHA-256 over a tag and what follows it. Every tag ends with a line feed and no tag begins another."""
    return hashlib.sha256(tag + b"".join(parts)).digest()


def write_digest(digest: bytes) -> str:
    """A SHA-256 digest as written in messages, the same form as `base.wire.digest_of`."""
    return "sha256:" + digest.hex()


def read_digest(text: str) -> bytes | None:
    """The 32 bytes of a written digest, or None: lower case only, so that each has one spelling."""
    return bytes.fromhex(text[7:]) if _DIGEST.fullmatch(text) else None
