"""What a log holds of a message: an entry that tells nothing, and what opens it.

The entry is a hash over a fresh salt and the commitment, so that the same message in two logs cannot be linked, and
whoever is given the salt with the message can find it. When the message and the salt are erased, the entry says
nothing of them any more.
"""

from __future__ import annotations

import msgspec

from proxeny.base.encoding import tagged_hash
from proxeny.exchange.limits import HASH
from proxeny.exchange.log.tree import hash_leaf

ENTRY_TAG = b"proxeny log entry v1\n"
SUCCESSOR_TAG = b"proxeny log successor v1\n"


class Salted(msgspec.Struct, frozen=True):
    """A commitment with the salt under which one log holds it; both of 32 bytes."""

    salt: bytes
    commitment: bytes

    @property
    def entry(self) -> bytes:
        """The 32 bytes that the log holds and may show to anybody."""
        if len(self.salt) != HASH or len(self.commitment) != HASH:
            raise ValueError("salt and commitment have 32 bytes each")
        return tagged_hash(ENTRY_TAG, self.salt, self.commitment)

    @property
    def leaf(self) -> bytes:
        """The hash of its leaf in the tree."""
        return hash_leaf(self.entry)


def successor_commitment(checkpoint: bytes) -> bytes:
    """The commitment that stands first in a log which goes on after a restore: over the predecessor's last known
    checkpoint (the exact signed note), so that the break is told and nothing before it can be denied."""
    return tagged_hash(SUCCESSOR_TAG, checkpoint)


def log_origin(state: str, context: str, root: bytes, generation: int) -> str:
    """The origin of a State's log for one context under one root of trust; generations count successors from 1.

    States never share a log, nor do contexts, so that no checkpoint can stand for another log.
    """
    return f"proxeny/{state}/{context}/{root.hex()[:32]}/{generation}"
