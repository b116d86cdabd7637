"""Examples as a sparse matrix of features; features of one language are kept apart by its code (`fr:Wvol`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import scipy.sparse as sp

from learning_data import Example
from proxeny.identify.features import Telling, names_of, see
from proxeny.identify.lexicon import Lexicon, Reader
from proxeny.identify.modality import LIVE, modalities
from proxeny.identify.words import LANGUAGES

ROOT = Path(__file__).resolve().parent.parent
COMMON = frozenset("LKMPD")
"""Kinds of features that all languages share (proxeny.identify.features)."""

LEAST = 3  # examples a feature must occur in
TEXT_READ = 4000  # code points of a text that are read
EMPHASIS = {"G": 0.75, "L": 2.0, "M": 2.0}
"""Runs of letters count less and lemmas more: chosen by leaving out training reports."""


def readers() -> dict[str, Reader]:
    """The six languages as compiled into the package."""
    folder = ROOT / "src" / "proxeny" / "compiled"
    return {
        language: Reader(
            msgspec.msgpack.decode((folder / f"lexicon-{language}.msgpack").read_bytes(), type=Lexicon)
        )
        for language in LANGUAGES
    }


def is_common(feature: str) -> bool:
    """Whether a feature of the matrix is one that all languages share."""
    return feature[2:3] != ":"


def _kind(feature: str) -> str:
    return feature[0] if is_common(feature) else feature[3]


def _names_somebody(feature: str, listed: set[str]) -> bool:
    """Whether a feature of one language is, or holds as a whole word, a name of the list."""
    if is_common(feature):
        return False
    name = feature[3:]
    if name[0] == "W":
        return name[1:] in listed
    return name[1:2] == "^" and name[-1] == "$" and name[2:-1] in listed


class Matrix:
    """The features of examples, weighed by how rare they are."""

    def __init__(self, examples: Sequence[Example]) -> None:
        self._readers = readers()
        self._telling = {code: Telling(reader.lexicon) for code, reader in self._readers.items()}
        rows = [self._features(example) for example in examples]
        counts: Counter[str] = Counter()
        for found, _size in rows:
            counts.update(found.keys())
        listed = set((ROOT / "data" / "training" / "names.txt").read_text(encoding="utf-8").split())
        self.names = sorted(f for f, n in counts.items() if n >= LEAST and not _names_somebody(f, listed))
        self._number = {f: i for i, f in enumerate(self.names)}
        n = len(examples)
        self.worth = np.array(
            [(np.log((1 + n) / (1 + counts[f])) + 1) * EMPHASIS.get(_kind(f), 1.0) / 4 for f in self.names]
        )
        self.x = self._rows(rows)

    def of(self, examples: Sequence[Example]) -> Any:
        """Other examples, by the features of these."""
        return self._rows([self._features(example) for example in examples])

    def _features(self, example: Example) -> tuple[dict[str, int], int]:
        reader = self._readers[example.language]
        scan = reader.scan(example.text[:TEXT_READ])
        modes = modalities(scan, reader.lexicon.classes)
        live = None if modes is None else frozenset(at for at, mode in enumerate(modes) if mode in LIVE)
        found, size = names_of(see(scan, live, self._telling[example.language]), reader)
        own = {(f if f[0] in COMMON else f"{example.language}:{f}"): n for f, n in found.items()}
        return own, size

    def _rows(self, rows: Sequence[tuple[dict[str, int], int]]) -> Any:
        data, indices, ends = [], [], [0]
        for found, size in rows:
            root = np.sqrt(max(size, 1))
            for name, count in found.items():
                at = self._number.get(name)
                if at is not None:
                    indices.append(at)
                    data.append(count / root * self.worth[at])
            ends.append(len(indices))
        return sp.csr_matrix((data, indices, ends), shape=(len(rows), len(self.names)))
