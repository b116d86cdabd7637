"""Keys of notes made from one byte, to test with."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from proxeny.exchange.log.checkpoint import Checkpoint, SignedHead, read_head, sign_checkpoint
from proxeny.exchange.log.note import COSIGNATURE, ED25519, NoteKey
from proxeny.exchange.log.tree import Reader, tree_root


def private(seed: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)


def log_key(name: str, seed: int) -> NoteKey:
    return NoteKey(name, ED25519, private(seed).public_key().public_bytes_raw())


def witness_key(name: str, seed: int) -> NoteKey:
    return NoteKey(name, COSIGNATURE, private(seed).public_key().public_bytes_raw())


LOG = log_key("proxeny/XA/real/0123456789abcdef0123456789abcdef/1", 1)
WITNESS = witness_key("desk.invalid/xc/witness", 2)


def signed_head(size: int, root: bytes) -> SignedHead:
    note = sign_checkpoint(Checkpoint(LOG.name, size, root), LOG, private(1).sign)
    return read_head(note.write(), LOG, (), "head")


def head_of(size: int, read: Reader) -> SignedHead:
    return signed_head(size, tree_root(size, read))
