"""Tiles (C2SP tlog-tiles): paths as specified, and proofs made from them equal to those of the whole tree."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from log_trees import OddOneOut, reader, stored

from proxeny.base.errors import InputError
from proxeny.exchange.log.tiles import (
    Tile,
    read_entries,
    read_tile_path,
    tile_holding,
    tile_reader,
    tiles_of,
    write_entries,
    write_tile,
)
from proxeny.exchange.log.tree import (
    Node,
    consistency_proof,
    hash_leaf,
    inclusion_proof,
    tree_root,
    verify_consistency,
    verify_inclusion,
)

LEAVES = [hash_leaf(str(number).encode()) for number in range(1_100)]
STORED = stored(LEAVES)


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 1234067), "tile/0/x001/x234/067"),
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 999), "tile/0/999"),
        (Tile(0, 1000), "tile/0/x001/000"),
        (Tile(1, 5, 17), "tile/1/005.p/17"),
        (Tile(63, 0, 255), "tile/63/000.p/255"),
    ],
)
def test_paths_are_those_of_the_specification(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert read_tile_path(path) == (tile, False)


@pytest.mark.parametrize(
    "path",
    [
        "tile/00/000",
        "tile/64/000",
        "tile/0/0",
        "tile/0/x000/001",
        "tile/0/001/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/-1/000",
        "tile/0/../000",
        "/tile/0/000",
        "tile/0/000/",
        "tile/0/٠٠٠",
        "tile/entries/000.p/256",
    ],
)
def test_other_paths_name_no_tile(path: str) -> None:
    assert read_tile_path(path) is None


@given(st.integers(0, 63), st.integers(0, 2**60), st.integers(1, 256))
def test_paths_are_read_as_written(level: int, index: int, width: int) -> None:
    tile = Tile(level, index, width)
    assert read_tile_path(tile.path) == (tile, False)
    assert read_tile_path(tile.entries_path) == (Tile(0, index, width), True)


def test_the_example_of_the_specification() -> None:
    """Partial Tiles: a tree of 70,000, and one of 256."""
    counted = Counter((tile.level, tile.width) for tile in tiles_of(70_000))
    assert counted == {(0, 256): 273, (0, 112): 1, (1, 256): 1, (1, 17): 1, (2, 1): 1}
    assert [*tiles_of(256)] == [Tile(0, 0), Tile(1, 0, 1)]
    assert [*tiles_of(0)] == []


@settings(max_examples=40)
@given(st.integers(1, len(LEAVES)), st.data())
def test_proofs_from_tiles_equal_those_of_the_whole_tree(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(1, size))
    served = {tile: write_tile(tile, reader(STORED)) for tile in tiles_of(size)}
    read = tile_reader(size, served.__getitem__)
    assert tree_root(size, read) == tree_root(size, reader(STORED))
    assert inclusion_proof(index, size, read) == inclusion_proof(index, size, reader(STORED))
    assert consistency_proof(old, size, read) == consistency_proof(old, size, reader(STORED))


def test_a_proof_among_ten_million_entries_reads_few_tiles() -> None:
    size, index = 10_000_000, 6_543_210
    tree = OddOneOut(hash_leaf(b"common"), hash_leaf(b"odd"), index)
    fetched: list[Tile] = []

    def fetch(tile: Tile) -> bytes:
        fetched.append(tile)
        return write_tile(tile, tree.read)

    proof = inclusion_proof(index, size, tile_reader(size, fetch))
    assert len(proof) <= 24
    assert len(fetched) == len(set(fetched)) <= 6
    assert verify_inclusion(index, size, hash_leaf(b"odd"), proof, tree_root(size, tree.read))


def test_a_tile_of_another_length_is_refused() -> None:
    def short(tile: Tile) -> bytes:
        return write_tile(tile, reader(STORED))[:-1]

    with pytest.raises(InputError, match="tile/0/000"):
        inclusion_proof(3, 300, tile_reader(300, short))


def test_an_altered_tile_gives_no_proof_that_verifies() -> None:
    def altered(tile: Tile) -> bytes:
        data = write_tile(tile, reader(STORED))
        return data[:-1] + bytes([data[-1] ^ 1])

    root, old = tree_root(300, reader(STORED)), tree_root(200, reader(STORED))
    read = tile_reader(300, altered)
    assert not verify_inclusion(3, 300, LEAVES[3], inclusion_proof(3, 300, read), root)
    assert not verify_consistency(200, 300, consistency_proof(200, 300, read), old, root)


def test_a_subtree_that_is_not_complete_has_no_tile() -> None:
    with pytest.raises(ValueError, match="not complete"):
        tile_holding(Node(8, 1), 511)
    assert tile_holding(Node(7, 2), 511) == Tile(0, 1, 255)
    assert tile_holding(Node(8, 1), 512) == Tile(1, 0, 2)


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=20))
def test_entries_are_read_as_written(entries: list[bytes]) -> None:
    tile = Tile(0, 0, len(entries))
    data = write_entries(entries)
    assert list(read_entries(data, tile, "entries")) == entries
    for wrong in (data + b"\0", data[:-1], data + b"\0\0"):
        with pytest.raises(InputError):
            read_entries(wrong, tile, "entries")
