"""Proofs that a log has misbehaved, which convince anybody who has its key: forks and rewrites.

A fork or a rewrite of heads: the log signed two heads of which the older does not begin the newer. The proof is the
root that a beginning of the newer tree has at the older size, with the consistency proof from it: only one root can
lead to the newer head, so the older signature was given for another history.

A rewritten entry: two different leaves are shown at one position by inclusion proofs under signed heads. An entry that
a receipt promised and the log hides is proven with that receipt (`exchange.evidence`).
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from proxeny.exchange.log.checkpoint import SignedHead, read_head
from proxeny.exchange.log.note import NoteKey
from proxeny.exchange.log.tree import (
    Node,
    Reader,
    consistency_proof,
    inclusion_proof,
    tree_root,
    verify_consistency,
    verify_inclusion,
)
from proxeny.exchange.steps import refuse_at


class HeadConflict(msgspec.Struct, frozen=True, tag="head-conflict"):
    """Two heads a log signed, and the root that the tree of the newer has at the size of the older."""

    older: bytes
    newer: bytes
    root: bytes
    proof: tuple[bytes, ...]


class Placed(msgspec.Struct, frozen=True):
    """A leaf (as its hash) shown at a position under a head that the log signed."""

    note: bytes
    leaf: bytes
    proof: tuple[bytes, ...]


class EntryConflict(msgspec.Struct, frozen=True, tag="entry-conflict"):
    """Two leaves shown at the same position of a log under heads that it signed: an entry was rewritten."""

    index: int
    first: Placed
    second: Placed


def compare_heads(first: SignedHead, second: SignedHead, read: Reader) -> HeadConflict | tuple[bytes, ...]:
    """The consistency proof between two heads of one log, or the proof that there is none.

    `read` gives the hashes of the larger tree. Raises InputError at step `evidence` when it does not: then nothing is
    proven of the log, and its hashes are to be asked for again.
    """
    older, newer = sorted((first, second), key=lambda head: head.checkpoint.size)
    size = older.checkpoint.size
    if tree_root(newer.checkpoint.size, read) != newer.checkpoint.root:
        raise refuse_at(
            "evidence", "hashes", "not those of the newer head", "ask the log for its tiles again"
        )
    root = tree_root(size, read)
    proof = consistency_proof(size, newer.checkpoint.size, read)
    if root == older.checkpoint.root:
        return proof
    return HeadConflict(older.note.write(), newer.note.write(), root, proof)


def place_leaf(head: SignedHead, index: int, read: Reader) -> Placed:
    """The leaf that stands at a position of the tree of a head, with its proof. Raises ValueError beyond its size."""
    proof = inclusion_proof(index, head.checkpoint.size, read)
    return Placed(head.note.write(), read([Node(0, index)])[0], proof)


def verify_head_conflict(conflict: HeadConflict, log: NoteKey) -> bool:
    """Whether the record proves that the log signed two histories.

    Raises InputError when a head in it is not signed by the log.
    """
    older = read_head(conflict.older, log, (), "older head").checkpoint
    newer = read_head(conflict.newer, log, (), "newer head").checkpoint
    leads = verify_consistency(older.size, newer.size, conflict.proof, conflict.root, newer.root)
    return leads and conflict.root != older.root and older.size > 0


def verify_entry_conflict(conflict: EntryConflict, log: NoteKey) -> bool:
    """Whether the record proves that two leaves stood at one position of the log. Raises as above."""
    both = (conflict.first, conflict.second)
    shown = all(leaf_stands(placed, conflict.index, log) for placed in both)
    return shown and conflict.first.leaf != conflict.second.leaf


def leaf_stands(placed: Placed, index: int, log: NoteKey) -> bool:
    """Whether the leaf stands at the position under a head signed by the log. Raises as above."""
    head = read_head(placed.note, log, (), "head").checkpoint
    return verify_inclusion(index, head.size, placed.leaf, placed.proof, head.root)


def conflicting(index: int, shown: Sequence[Placed], log: NoteKey) -> EntryConflict | None:
    """The first two of what was shown at a position that cannot both be true, if any."""
    standing = [placed for placed in shown if leaf_stands(placed, index, log)]
    for placed in standing[1:]:
        if placed.leaf != standing[0].leaf:
            return EntryConflict(index, standing[0], placed)
    return None
