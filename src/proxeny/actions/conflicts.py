"""The audit of a folder of instruments."""

from __future__ import annotations

from collections.abc import Mapping

from proxeny.actions.instruments import read_library
from proxeny.instrument.conflicts import Audit, audit
from proxeny.instrument.library import build_library
from proxeny.instrument.words import Words


def conflicts_of_folder(
    shipped: Words, words: bytes | None, folders: Mapping[str, Mapping[str, bytes]], root: str
) -> Audit:
    """The audit of the instruments of a folder by themselves, with its own words, else with those that ship.

    Raises InputError with every fault of the files.
    """
    read = build_library(shipped, folders, root) if words is None else read_library(words, folders, root)
    return audit(read)
