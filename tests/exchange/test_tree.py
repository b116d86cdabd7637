"""Merkle proofs: those of RFC 9162, equal to a naive tree, short, and none but the true one verifies."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from log_trees import OddOneOut, naive_path, naive_root, naive_subproof, reader, stored

from proxeny.exchange.log.entry import Salted, log_origin, successor_commitment
from proxeny.exchange.log.tree import (
    EMPTY,
    appended_nodes,
    consistency_proof,
    hash_leaf,
    inclusion_proof,
    root_from_inclusion,
    tree_root,
    verify_consistency,
    verify_inclusion,
)

VECTORS = json.loads(
    (Path(__file__).parents[1] / "vectors/exchange/log/tree.json").read_text(encoding="utf-8")
)
ENTRIES = [bytes.fromhex(entry) for entry in VECTORS["entries"]]
ROOTS = [bytes.fromhex(root) for root in VECTORS["roots"]]
SOME = bytes.fromhex("abacaba000000000000000000000000000000000000000000060061e00123456")

ENTRY_LISTS = st.lists(st.binary(max_size=4), max_size=70)


def unhex(proof: list[str]) -> list[bytes]:
    return [bytes.fromhex(step) for step in proof]


def test_the_published_roots_are_computed() -> None:
    read = reader(stored([hash_leaf(entry) for entry in ENTRIES]))
    assert [tree_root(size, read) for size in range(1, 9)] == ROOTS
    assert tree_root(0, read) == EMPTY == naive_root([])


@pytest.mark.parametrize("case", VECTORS["inclusion"], ids=str)
def test_the_published_inclusion_proofs_are_made_and_verified(case: Any) -> None:
    index, size, proof = case["index"], case["size"], unhex(case["proof"])
    leaf, root = hash_leaf(ENTRIES[index]), ROOTS[size - 1]
    assert list(inclusion_proof(index, size, reader(stored([hash_leaf(e) for e in ENTRIES])))) == proof
    assert verify_inclusion(index, size, leaf, proof, root)
    for why, at, of, wrong_leaf, wrong, wrong_root in spoilt_inclusions(index, size, leaf, proof, root):
        assert not verify_inclusion(at, of, wrong_leaf, wrong, wrong_root), why


@pytest.mark.parametrize("case", VECTORS["consistency"], ids=str)
def test_the_published_consistency_proofs_are_made_and_verified(case: Any) -> None:
    old, new, proof = case["old"], case["new"], unhex(case["proof"])
    roots = ROOTS[old - 1], ROOTS[new - 1]
    assert list(consistency_proof(old, new, reader(stored([hash_leaf(e) for e in ENTRIES])))) == proof
    assert verify_consistency(old, new, proof, *roots)
    for why, first, second, wrong, one, two in spoilt_consistencies(old, new, proof, *roots) if proof else ():
        assert not verify_consistency(first, second, wrong, one, two), why


def spoilt_inclusions(
    index: int, size: int, leaf: bytes, proof: list[bytes], root: bytes
) -> Iterator[tuple[str, int, int, bytes, list[bytes], bytes]]:
    """The corruptions of the published tests."""
    for at in (index - 1, index + 1, index ^ 2):
        yield "index", at, size, leaf, proof, root
    for of in (size * 2, size // 2):
        yield "size", index, of, leaf, proof, root
    yield "leaf", index, size, b"WrongLeaf", proof, root
    yield "root", index, size, leaf, proof, EMPTY
    yield "root", index, size, leaf, proof, SOME
    for wrong in spoilt(proof, b"", root, SOME):
        yield "proof", index, size, leaf, wrong, root


def spoilt_consistencies(
    old: int, new: int, proof: list[bytes], first: bytes, second: bytes
) -> Iterator[tuple[str, int, int, list[bytes], bytes, bytes]]:
    """The corruptions of the published tests."""
    for size in (old - 1, old + 1, old ^ 2):
        yield "old", size, new, proof, first, second
    for size in (new * 2, new // 2):
        yield "new", old, size, proof, first, second
    yield "first root", old, new, proof, b"WrongRoot", second
    yield "second root", old, new, proof, first, b"WrongRoot"
    yield "roots", old, new, proof, second, first
    yield "empty", old, new, [], first, second
    for wrong in spoilt(proof, b"", first, second, proof[0]):
        yield "proof", old, new, wrong, first, second


def spoilt(proof: list[bytes], *more: bytes) -> Iterator[list[bytes]]:
    for extra in more:
        yield [*proof, extra]
        yield [extra, *proof]
    for at, step in enumerate(proof):
        yield [*proof[:at], bytes([step[0] ^ 8]) + step[1:], *proof[at + 1 :]]
    if proof:
        yield proof[:-1]
    if len(proof) > 1:
        yield [proof[0], SOME, *proof[1:]]


@pytest.mark.parametrize(
    ("old", "new", "first", "second", "proof", "holds"),
    [
        (0, 0, EMPTY, EMPTY, [], True),
        (0, 1, EMPTY, SOME, [], True),
        (1, 1, SOME, SOME, [], True),
        (0, 0, SOME, SOME, [], False),
        (0, 1, SOME, SOME, [], False),
        (0, 0, EMPTY, SOME, [], False),
        (1, 1, EMPTY, SOME, [], False),
        (1, 0, SOME, SOME, [], False),
        (2, 1, SOME, SOME, [], False),
        (1, 2, SOME, SOME, [], False),
        (0, 1, EMPTY, EMPTY, [EMPTY], False),
        (1, 1, EMPTY, EMPTY, [EMPTY], False),
        (1, 2, SOME, SOME, [SOME] * 64, False),
        (-1, 2, SOME, SOME, [SOME], False),
    ],
)
def test_the_ends_of_consistency(
    old: int, new: int, first: bytes, second: bytes, proof: list[bytes], holds: bool
) -> None:
    assert verify_consistency(old, new, proof, first, second) is holds


@given(ENTRY_LISTS)
def test_roots_equal_those_of_a_naive_tree(entries: list[bytes]) -> None:
    read = reader(stored([hash_leaf(entry) for entry in entries]))
    for size in range(len(entries) + 1):
        assert tree_root(size, read) == naive_root(entries[:size])


@given(st.lists(st.binary(max_size=4), min_size=1, max_size=70), st.data())
def test_inclusion_proofs_equal_those_of_a_naive_tree_and_verify(
    entries: list[bytes], data: st.DataObject
) -> None:
    """RFC 9162, sections 2.1.3.1 and 2.1.3.2."""
    index = data.draw(st.integers(0, len(entries) - 1))
    leaves = [hash_leaf(entry) for entry in entries]
    proof = inclusion_proof(index, len(entries), reader(stored(leaves)))
    assert list(proof) == naive_path(index, entries)
    root = naive_root(entries)
    assert verify_inclusion(index, len(entries), leaves[index], proof, root)
    other = data.draw(st.integers(0, len(entries) - 1))
    if leaves[other] != leaves[index]:
        assert not verify_inclusion(other, len(entries), leaves[index], proof, root)
        assert not verify_inclusion(index, len(entries), leaves[other], proof, root)


@given(st.lists(st.binary(min_size=1, max_size=4), min_size=1, max_size=70), st.data())
def test_consistency_proofs_equal_those_of_a_naive_tree_and_verify(
    entries: list[bytes], data: st.DataObject
) -> None:
    """RFC 9162, sections 2.1.4.1 and 2.1.4.2; a history with one entry changed never verifies."""
    old = data.draw(st.integers(1, len(entries)))
    proof = consistency_proof(old, len(entries), reader(stored([hash_leaf(entry) for entry in entries])))
    assert list(proof) == naive_subproof(old, entries, True)
    root = naive_root(entries)
    assert verify_consistency(old, len(entries), proof, naive_root(entries[:old]), root)
    at = data.draw(st.integers(0, old - 1))
    rewritten = [*entries[:at], entries[at] + b"!", *entries[at + 1 :]]
    assert not verify_consistency(old, len(entries), proof, naive_root(rewritten[:old]), root)
    assert not verify_consistency(old, len(entries), proof, naive_root(entries[:old]), naive_root(rewritten))


@given(ENTRY_LISTS, st.integers(0, 70))
def test_leaves_added_together_or_singly_give_the_same_hashes(entries: list[bytes], cut: int) -> None:
    leaves = [hash_leaf(entry) for entry in entries]
    whole = stored(leaves)
    first = stored(leaves[:cut])
    first.update(appended_nodes(len(leaves[:cut]), leaves[cut:], reader(first)))
    assert first == whole


@pytest.mark.parametrize("size", [10_000_000, 10_000_000 - 1, 2**23 + 1, 9_999_991])
@pytest.mark.parametrize("at", [0.0, 0.31, 0.83886, 1.0])
def test_inclusion_among_ten_million_entries_takes_24_hashes_and_few_reads(size: int, at: float) -> None:
    index = min(size - 1, int(size * at))
    tree = OddOneOut(hash_leaf(b"common"), hash_leaf(b"odd"), index)
    proof = inclusion_proof(index, size, tree.read)
    assert len(proof) <= 24
    assert tree.reads <= 2 * 24
    assert verify_inclusion(index, size, hash_leaf(b"odd"), proof, tree_root(size, tree.read))
    assert root_from_inclusion(index, size, hash_leaf(b"common"), proof) != tree_root(size, tree.read)


@given(st.integers(1, 2**62), st.data())
def test_proofs_in_trees_of_any_size_stay_logarithmic(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(1, size))
    tree = OddOneOut(hash_leaf(b"common"), hash_leaf(b"odd"), index)
    height = (size - 1).bit_length()
    proof = inclusion_proof(index, size, tree.read)
    assert len(proof) <= height
    assert tree.reads <= 2 * height
    root, old_root = tree_root(size, tree.read), tree_root(old, tree.read)
    assert verify_inclusion(index, size, hash_leaf(b"odd"), proof, root)
    tree.reads = 0
    consistency = consistency_proof(old, size, tree.read)
    assert len(consistency) <= height + 1
    assert tree.reads <= 2 * height + 1
    assert verify_consistency(old, size, consistency, old_root, root)


def test_a_position_outside_the_tree_has_no_proof() -> None:
    read = reader(stored([SOME] * 3))
    with pytest.raises(ValueError, match="no leaf 3"):
        inclusion_proof(3, 3, read)
    with pytest.raises(ValueError, match="does not begin"):
        consistency_proof(4, 3, read)


@given(
    st.binary(min_size=32, max_size=32),
    st.binary(min_size=32, max_size=32),
    st.binary(min_size=32, max_size=32),
)
def test_an_entry_tells_nothing_that_links_two_logs(commitment: bytes, salt: bytes, other: bytes) -> None:
    """The same commitment under another salt is another entry."""
    entry = Salted(salt, commitment).entry
    assert (entry == Salted(other, commitment).entry) == (salt == other)
    assert len(entry) == 32
    assert commitment not in entry
    assert Salted(salt, commitment).leaf == hash_leaf(entry)


def test_an_entry_is_made_of_32_bytes_each() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        _ = Salted(b"short", SOME).entry


def test_origins_differ_by_state_context_root_and_generation() -> None:
    origins = {
        log_origin(state, context, root, generation)
        for state in ("XA", "XB")
        for context in ("real", "exercise")
        for root in (EMPTY, SOME)
        for generation in (1, 2)
    }
    assert len(origins) == 16
    assert successor_commitment(b"a") != successor_commitment(b"b")
