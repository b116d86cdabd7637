"""Attachments: each sealed with its own key, which stands in the inner layer.

nonce (12 bytes) | ciphertext | tag (16 bytes)          AES-256-GCM, the tag below as additional data
"""

from __future__ import annotations

import hashlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from proxeny.base.encoding import from_base64url, to_base64url, write_digest
from proxeny.base.wire import digest_of
from proxeny.exchange.inner import Attached
from proxeny.exchange.jwe import Random
from proxeny.exchange.limits import ATTACHMENT, HASH
from proxeny.exchange.steps import refuse_at

TAG = b"proxeny attachment v1\n"
_NONCE, _MAC = 12, 16


def seal_attachment(content: bytes, random: Random) -> tuple[bytes, Attached]:
    """The sealed bytes, which may travel apart from the message, and what the inner layer says of them."""
    if len(content) > ATTACHMENT:
        raise refuse_at("attachment", "attachment", f"larger than {ATTACHMENT} bytes", "split it")
    key, nonce = random(HASH), random(_NONCE)
    sealed = nonce + AESGCM(key).encrypt(nonce, content, TAG)
    digest = write_digest(hashlib.sha256(content).digest())
    return sealed, Attached(digest_of(sealed), to_base64url(key), digest, len(content))


def open_attachment(sealed: bytes, attached: Attached, place: str) -> bytes:
    """The content. Raises RefusedError at step `attachment` when it is not what the inner layer names."""
    key = from_base64url(attached.key)
    if len(sealed) != attached.size + _NONCE + _MAC or digest_of(sealed) != attached.digest or key is None:
        raise refuse_at(
            "attachment", place, "not the bytes the message names", "ask for the attachment again"
        )
    try:
        content = AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], TAG)
    except (InvalidTag, ValueError) as error:
        raise refuse_at(
            "attachment", place, "it does not open with its key", "the sender has to send it again"
        ) from error
    if digest_of(content) != attached.content:
        raise refuse_at("attachment", place, "another content than named", "the sender has to send it again")
    return content
