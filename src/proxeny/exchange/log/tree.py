"""Merkle tree hashing, and inclusion and consistency proofs (RFC 9162, section 2.1), over a reader of stored hashes.

Stored are the hashes of complete subtrees only: node (level, position) is the hash of the leaves from position * 2^level to
(position + 1) * 2^level. They never change, so that a log only ever adds hashes. A proof reads at most two of them for
each level of the tree.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import NamedTuple

from proxeny.exchange.limits import HASH, PROOF


class Node(NamedTuple):
    """A complete subtree: its level above the leaves, and its position among those of the level."""

    level: int
    position: int


Reader = Callable[[Sequence[Node]], Sequence[bytes]]
"""Gives the stored hashes of complete subtrees, in the order asked for."""

EMPTY = hashlib.sha256().digest()
"""The hash of the tree without leaves (RFC 9162, section 2.1.1)."""


def hash_leaf(entry: bytes) -> bytes:
    """The hash of a leaf: SHA-256(0x00 || entry)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def hash_node(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node: SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def tree_root(size: int, read: Reader) -> bytes:
    """The root of the tree of the first `size` leaves."""
    return _fold_ranges([(0, size)], read)[0] if size else EMPTY


def inclusion_proof(index: int, size: int, read: Reader) -> tuple[bytes, ...]:
    """The hashes that lead from a leaf to the root (RFC 9162, section 2.1.3.1), lowest first.

    Raises ValueError when the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    begin, end, path = 0, size, []
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((begin, middle))
            begin = middle
    return tuple(_fold_ranges(path[::-1], read))


def consistency_proof(old: int, new: int, read: Reader) -> tuple[bytes, ...]:
    """The hashes that show the tree of `old` leaves to begin that of `new` (RFC 9162, section 2.1.4.1).

    Empty when `old` is zero or equals `new`. Raises ValueError when `old` is larger.
    """
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {old} does not begin one of {new}")
    if old in (0, new):
        return ()
    begin, end, path, whole = 0, new, [], True
    while end != old:
        middle = begin + _split(end - begin)
        if old <= middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((begin, middle))
            begin, whole = middle, False
    if not whole:
        path.append((begin, end))
    return tuple(_fold_ranges(path[::-1], read))


def root_from_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes]) -> bytes | None:
    """The root to which a proof leads from the hash of a leaf (RFC 9162, section 2.1.3.2); None if it cannot be one."""
    if not 0 <= index < size or not _are_hashes((leaf, *proof)) or len(proof) > PROOF:
        return None
    fn, sn, root = index, size - 1, leaf
    for step in proof:
        if sn == 0:
            return None
        if fn & 1 or fn == sn:
            root = hash_node(step, root)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            root = hash_node(root, step)
        fn, sn = fn >> 1, sn >> 1
    return root if sn == 0 else None


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the proof shows the leaf at that position of the tree with that root."""
    return len(root) == HASH and root_from_inclusion(index, size, leaf, proof) == root


def verify_consistency(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Whether the proof shows the older tree to begin the newer (RFC 9162, section 2.1.4.2).

    The tree without leaves begins every tree; its proof is empty, and its root is held to be EMPTY.
    """
    if not 0 <= old <= new or not _are_hashes((old_root, new_root, *proof)) or len(proof) > PROOF:
        return False
    if old == new:
        return not proof and old_root == new_root and (old > 0 or old_root == EMPTY)
    if old == 0:
        return not proof and old_root == EMPTY
    if not proof:
        return False
    path = list(proof)
    if old & (old - 1) == 0:  # a whole power of two: its root is a node of the newer tree
        path.insert(0, old_root)
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    first = second = path[0]
    for step in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            first, second = hash_node(step, first), hash_node(step, second)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            second = hash_node(second, step)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and first == old_root and second == new_root


def appended_nodes(size: int, leaves: Sequence[bytes], read: Reader) -> dict[Node, bytes]:
    """The hashes to be stored when leaves (given as their hashes) are added to a tree of `size`.

    Reads the right edge of the tree: one hash for each bit set in `size`, and nothing when it is empty.
    """
    edge_nodes = _nodes(0, size)[::-1]  # lowest first
    edge = dict(zip(edge_nodes, read(edge_nodes), strict=True)) if edge_nodes else {}
    new: dict[Node, bytes] = {}
    for offset, leaf in enumerate(leaves):
        node, digest = Node(0, size + offset), leaf
        new[node] = edge[node] = digest
        while node.position & 1:
            digest = hash_node(edge[Node(node.level, node.position - 1)], digest)
            node = Node(node.level + 1, node.position >> 1)
            new[node] = edge[node] = digest
    return new


def _split(count: int) -> int:
    """The largest power of two smaller than `count` (at least 2): where RFC 9162 divides a tree."""
    return 1 << ((count - 1).bit_length() - 1)


def _nodes(begin: int, end: int) -> list[Node]:
    """The complete subtrees that make up a range, largest first. Every range of a proof begins aligned to them."""
    nodes = []
    while begin < end:
        level = (end - begin).bit_length() - 1
        nodes.append(Node(level, begin >> level))
        begin += 1 << level
    return nodes


def _fold_ranges(ranges: Sequence[tuple[int, int]], read: Reader) -> list[bytes]:
    """The tree hash of each range, with one request to the reader."""
    parts = [_nodes(begin, end) for begin, end in ranges]
    hashes = iter(read([node for nodes in parts for node in nodes]))
    folded = []
    for nodes in parts:
        row = [next(hashes) for _ in nodes]
        digest = row.pop()
        while row:
            digest = hash_node(row.pop(), digest)
        folded.append(digest)
    return folded


def _are_hashes(values: Sequence[bytes]) -> bool:
    return all(len(value) == HASH for value in values)
