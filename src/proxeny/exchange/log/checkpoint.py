"""Checkpoints: the size and root of a log as a signed note (C2SP tlog-checkpoint v1.0.0)."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from proxeny.base.encoding import from_base64, to_base64
from proxeny.base.errors import InputError, refuse
from proxeny.exchange.limits import HASH, NAME, TREE
from proxeny.exchange.log.note import (
    ED25519,
    Note,
    NoteKey,
    Sign,
    Verified,
    read_note,
    sign_note,
    verified_by,
)

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


class Checkpoint(msgspec.Struct, frozen=True):
    """The head of a tree: the log's origin, its number of leaves and its root. Extension lines are kept, not read."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The text that is signed."""
        return "".join(
            f"{line}\n" for line in (self.origin, self.size, to_base64(self.root), *self.extensions)
        )


class SignedHead(msgspec.Struct, frozen=True):
    """A checkpoint whose log has signed it, with the exact note and the cosignatures of known witnesses."""

    checkpoint: Checkpoint
    note: Note
    cosignatures: tuple[Verified, ...] = ()


def read_checkpoint(text: str, place: str) -> Checkpoint:
    """The checkpoint in the text of a note. Raises InputError when it is malformed."""
    lines = text.removesuffix("\n").split("\n")
    if len(lines) < 3 or not all(lines) or not text.endswith("\n"):
        raise _malformed(place, "fewer than three lines, or an empty one")
    origin, size, root = lines[:3]
    decoded = from_base64(root)
    if len(origin) > NAME:
        raise _malformed(place, f"an origin longer than {NAME} characters")
    if not _SIZE.fullmatch(size) or int(size) > TREE:
        raise _malformed(place, f"the tree size {size[:24]!r}")
    if decoded is None or len(decoded) != HASH:
        raise _malformed(place, f"the root hash {root[:50]!r}")
    return Checkpoint(origin, int(size), decoded, tuple(lines[3:]))


def sign_checkpoint(checkpoint: Checkpoint, key: NoteKey, sign: Sign) -> Note:
    """The checkpoint as a note signed by its log. Raises ValueError for a checkpoint that none could read."""
    try:
        read_checkpoint(checkpoint.text, "checkpoint")
    except InputError as error:
        raise ValueError(str(error)) from error
    return Note(checkpoint.text, (sign_note(checkpoint.text, key, sign),))


def read_head(data: bytes, log: NoteKey, witnesses: Sequence[NoteKey], place: str) -> SignedHead:
    """A checkpoint signed by this log, whose key is named as its origin. Raises InputError otherwise."""
    if log.type != ED25519:
        raise ValueError("a log signs with a key of type 0x01")
    note = read_note(data, place)
    checkpoint = read_checkpoint(note.text, place)
    if checkpoint.origin != log.name:
        raise refuse(place, f"a checkpoint of {checkpoint.origin[:80]!r}", f"ask for one of {log.name!r}")
    found = verified_by(note, (log, *witnesses), place)
    if all(verified.key != log for verified in found):
        raise refuse(place, f"not signed by {log.name!r}", "ask the log for its checkpoint")
    return SignedHead(checkpoint, note, tuple(verified for verified in found if verified.key != log))


def _malformed(place: str, what: str) -> InputError:
    return refuse(place, f"a malformed checkpoint: {what}", "ask the log for its checkpoint again")
