"""First trust: a file and a fingerprint that a known person speaks. Never in silence on first use."""

from __future__ import annotations

import datetime as dt
import re

from proxeny.base.encoding import read_digest
from proxeny.directory.metadata import read_metadata, root_digest
from proxeny.directory.steps import refuse_at
from proxeny.directory.verify import Directory, verify_directory

GROUPS = 10
"""Groups of five digits: 166 bits of the digest, so that a second file with the same groups cannot be found."""


def fingerprint(root_of_trust: str) -> str:
    """A root of trust as it is spoken: ten groups of five decimal digits, which every language has words for."""
    digest = read_digest(root_of_trust)
    if digest is None:
        raise ValueError("a root of trust is written sha256: and 64 hex digits")
    number = int.from_bytes(digest, "big") % 10 ** (5 * GROUPS)
    digits = str(number).zfill(5 * GROUPS)
    return " ".join(digits[at : at + 5] for at in range(0, len(digits), 5))


def pair(data: bytes, spoken: str, at: dt.datetime) -> Directory:
    """The directory of a pair of desks from its file, when the fingerprint heard is that of its root.

    Step `pairing`. Raises DirectoryRefusedError, also when the file is of another kind than `bilateral`.
    """
    metadata = read_metadata(data)
    root = root_digest(metadata.roots[0] if metadata.roots else b"")
    if re.sub(r"\D", "", spoken) != fingerprint(root).replace(" ", ""):
        shown = "the fingerprint heard is not that of the file"
        raise refuse_at(
            "pairing", "directory/roots/0", shown, "call again on a number you know; do not go on"
        )
    directory = verify_directory(metadata, root, at)
    if directory.kind != "bilateral":
        shown = f"a root of kind {directory.kind!r}, not bilateral"
        raise refuse_at("pairing", "directory/roots/0", shown, "join a federation with its keepers instead")
    return directory
