"""Trees to test with: a naive one written as RFC 9162 defines it, and one of any size with a single odd leaf."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from proxeny.exchange.log.tree import Node, Reader, appended_nodes


def naive_root(entries: Sequence[bytes]) -> bytes:
    """MTH of RFC 9162, section 2.1.1, as written there."""
    if not entries:
        return hashlib.sha256().digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    k = 1
    while k * 2 < len(entries):
        k *= 2
    return hashlib.sha256(b"\x01" + naive_root(entries[:k]) + naive_root(entries[k:])).digest()


def naive_path(m: int, entries: Sequence[bytes]) -> list[bytes]:
    """PATH of RFC 9162, section 2.1.3.1, as written there."""
    if len(entries) == 1:
        return []
    k = 1
    while k * 2 < len(entries):
        k *= 2
    if m < k:
        return [*naive_path(m, entries[:k]), naive_root(entries[k:])]
    return [*naive_path(m - k, entries[k:]), naive_root(entries[:k])]


def naive_subproof(m: int, entries: Sequence[bytes], b: bool) -> list[bytes]:
    """SUBPROOF of RFC 9162, section 2.1.4.1, as written there."""
    if m == len(entries):
        return [] if b else [naive_root(entries)]
    k = 1
    while k * 2 < len(entries):
        k *= 2
    if m <= k:
        return [*naive_subproof(m, entries[:k], b), naive_root(entries[k:])]
    return [*naive_subproof(m - k, entries[k:], False), naive_root(entries[:k])]


def stored(leaves: Sequence[bytes]) -> dict[Node, bytes]:
    """The stored hashes of a tree of these leaf hashes, added one after another."""
    nodes: dict[Node, bytes] = {}
    for size, leaf in enumerate(leaves):
        nodes.update(appended_nodes(size, [leaf], reader(nodes)))
    return nodes


def reader(nodes: dict[Node, bytes]) -> Reader:
    return lambda wanted: [nodes[node] for node in wanted]


class OddOneOut:
    """A tree of any size whose leaves are all alike but one; its hashes are computed when asked for, and counted."""

    def __init__(self, common: bytes, odd: bytes, index: int) -> None:
        self.index = index
        self.reads = 0
        self._common, self._odd = [common], [odd]
        for level in range(63):
            pair = self._common[level], self._odd[level]
            left, right = (pair[1], pair[0]) if (index >> level) & 1 == 0 else pair
            self._common.append(hashlib.sha256(b"\x01" + pair[0] + pair[0]).digest())
            self._odd.append(hashlib.sha256(b"\x01" + left + right).digest())

    def read(self, wanted: Sequence[Node]) -> list[bytes]:
        self.reads += len(wanted)
        return [
            (self._odd if self.index >> node.level == node.position else self._common)[node.level]
            for node in wanted
        ]
