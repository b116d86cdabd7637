"""That a log hides what a receipt promised: the receipt, and another leaf shown at the promised place."""

from __future__ import annotations

import msgspec

from proxeny.base.encoding import read_digest
from proxeny.exchange.keys import Find
from proxeny.exchange.log.audit import Placed, leaf_stands
from proxeny.exchange.log.checkpoint import read_head
from proxeny.exchange.log.note import NoteKey
from proxeny.exchange.log.tree import verify_consistency, verify_inclusion
from proxeny.exchange.receipt import Receipt, read_receipt


class HiddenEntry(msgspec.Struct, frozen=True, tag="hidden-entry"):
    """A signed receipt that promises a leaf at a position of the receiver's log, and another leaf shown there."""

    receipt: bytes
    shown: Placed


class HiddenHead(msgspec.Struct, frozen=True, tag="hidden-head"):
    """A signed receipt that names a head, and a head the log signed whose tree began otherwise: `root` is the root of
    its beginning at the receipt's size, `proof` the consistency proof from that to the head in `note`."""

    receipt: bytes
    note: bytes
    root: bytes
    proof: tuple[bytes, ...]


def verify_hidden_entry(hidden: HiddenEntry, log: NoteKey, find: Find) -> bool:
    """Whether the record proves that the receiver signed a receipt for an entry its log does not hold.

    `log` is the key of the log the receipt names. Raises InputError when receipt or head are not signed as they should
    be: then it proves nothing.
    """
    receipt, _ = read_receipt(hidden.receipt, find)
    if receipt.log.origin != log.name:
        return False
    return leaf_stands(hidden.shown, receipt.log.index, log) and hidden.shown.leaf != receipt.leaf


def verify_hidden_head(hidden: HiddenHead, log: NoteKey, find: Find) -> bool:
    """Whether the record proves that the log went on from another head than the receipt names. Raises as above."""
    receipt, _ = read_receipt(hidden.receipt, find)
    head = read_head(hidden.note, log, (), "head").checkpoint
    promised = read_digest(receipt.log.root)
    leads = verify_consistency(receipt.log.size, head.size, hidden.proof, hidden.root, head.root)
    return receipt.log.origin == log.name and leads and hidden.root != promised


def entry_stands(receipt: Receipt, note: bytes, proof: tuple[bytes, ...], log: NoteKey) -> bool:
    """Whether a head signed by the log holds the entry of a receipt. Raises InputError for a head it did not sign."""
    head = read_head(note, log, (), "head").checkpoint
    same = receipt.log.origin == log.name
    return same and verify_inclusion(receipt.log.index, head.size, receipt.leaf, proof, head.root)
