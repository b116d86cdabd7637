"""Tiles: the hashes of a tree in files that never change once full (C2SP tlog-tiles v1.0.0).

A tile holds up to 256 hashes of one level in eight. Levels between are hashed again from those of the tile.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from proxeny.base.errors import InputError, refuse
from proxeny.exchange.limits import HASH
from proxeny.exchange.log.tree import Node, Reader, hash_node

HEIGHT = 8
WIDTH = 1 << HEIGHT
_LEVELS = 63  # the highest level a path may name (tlog-tiles, Merkle Tree)

_PATH = re.compile(
    r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII
)


class Tile(NamedTuple):
    """A tile: its level, its position in the level, and how many hashes it holds (256 when full)."""

    level: int
    position: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Where it lies below the log's prefix."""
        return f"tile/{self.level}/{_index_path(self.position)}{_partial(self.width)}"

    @property
    def entries_path(self) -> str:
        """Where the entries of a tile of level 0 lie below the log's prefix."""
        return f"tile/entries/{_index_path(self.position)}{_partial(self.width)}"


def read_tile_path(path: str) -> tuple[Tile, bool] | None:
    """The tile a path names, and whether its entries are meant; None for any other path."""
    match = _PATH.fullmatch(path)
    if match is None:
        return None
    entries = match[1] == "entries"
    index = int(match[2].replace("x", "").replace("/", ""))
    tile = Tile(0 if entries else int(match[1]), index, int(match[3] or WIDTH))
    written = tile.entries_path if entries else tile.path
    return (tile, entries) if written == path and tile.level <= _LEVELS else None


def tiles_of(size: int) -> Iterator[Tile]:
    """All tiles of a tree of `size` leaves, partial ones last in each level."""
    level, count = 0, size
    while count:
        full, rest = divmod(count, WIDTH)
        for index in range(full):
            yield Tile(level, index)
        if rest:
            yield Tile(level, full, rest)
        level, count = level + 1, full


def tile_nodes(tile: Tile) -> list[Node]:
    """The complete subtrees whose hashes a tile holds, in its order."""
    first = tile.position * WIDTH
    return [Node(tile.level * HEIGHT, first + offset) for offset in range(tile.width)]


def write_tile(tile: Tile, read: Reader) -> bytes:
    """The bytes of a tile."""
    return b"".join(read(tile_nodes(tile)))


def tile_holding(node: Node, size: int) -> Tile:
    """The tile from which the hash of a node is had in a tree of `size` leaves.

    Raises ValueError when the subtree is not complete in that tree.
    """
    if (node.position + 1) << node.level > size:
        raise ValueError(f"{node} is not complete in a tree of {size}")
    level, above = divmod(node.level, HEIGHT)
    index = (node.position << above) // WIDTH
    count = size >> (level * HEIGHT)
    return Tile(level, index, min(WIDTH, count - index * WIDTH))


def tile_reader(size: int, fetch: Callable[[Tile], bytes]) -> Reader:
    """A reader of the hashes of a tree from its tiles, each fetched once in a request.

    Raises InputError when a tile has not the bytes its width says. What the tiles hold is believed only as far as the
    proofs made of them verify.
    """

    def read(nodes: Sequence[Node]) -> list[bytes]:
        held: dict[Tile, bytes] = {}
        hashes = []
        for node in nodes:
            tile = tile_holding(node, size)
            if tile not in held:
                held[tile] = _checked(tile, fetch(tile))
            hashes.append(_hash_in(held[tile], node))
        return hashes

    return read


def write_entries(entries: Sequence[bytes]) -> bytes:
    """An entry bundle: each entry after its length in two bytes (tlog-tiles, Log entries)."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def read_entries(data: bytes, tile: Tile, place: str) -> tuple[bytes, ...]:
    """The entries of a bundle. Raises InputError when they are not as many as the tile is wide."""
    entries: list[bytes] = []
    at = 0
    while at < len(data) and len(entries) < tile.width:
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if at + 2 > len(data) or end > len(data):
            break
        entries.append(data[at + 2 : end])
        at = end
    if at != len(data) or len(entries) != tile.width:
        raise _malformed(place, f"not {tile.width} entries")
    return tuple(entries)


def _checked(tile: Tile, data: bytes) -> bytes:
    if len(data) != tile.width * HASH:
        raise _malformed(tile.path, f"{len(data)} bytes where {tile.width * HASH} stand")
    return data


def _hash_in(data: bytes, node: Node) -> bytes:
    above = node.level % HEIGHT
    first = (node.position << above) % WIDTH
    row = [data[at * HASH : (at + 1) * HASH] for at in range(first, first + (1 << above))]
    while len(row) > 1:
        row = [hash_node(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]


def _index_path(index: int) -> str:
    digits = str(index)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    return "/".join([f"x{group}" for group in groups[:-1]] + groups[-1:])


def _partial(width: int) -> str:
    if not 1 <= width <= WIDTH:
        raise ValueError(f"a tile is 1 to {WIDTH} hashes wide")
    return "" if width == WIDTH else f".p/{width}"


def _malformed(place: str, what: str) -> InputError:
    return refuse(place, f"a malformed tile: {what}", "ask the log for it again")
