"""Verifying an evidence file with nothing but the root of trust."""

from __future__ import annotations

import datetime as dt

from proxeny.base.encoding import read_digest
from proxeny.base.errors import refuse
from proxeny.directory.metadata import root_digest
from proxeny.exchange.evidence_verify import Verdict, verify_evidence


def verify_file(data: bytes, root: str, at: dt.datetime) -> Verdict:
    """The verdict of `proxeny verify`, where `root` is a root of trust written as a digest. Raises InputError."""
    if read_digest(root) is None:
        raise refuse(
            "--root", f"{root[:60]!r} is no root of trust", "give sha256: and 64 hex digits, or its file"
        )
    return verify_evidence(data, root, at)


def root_of_file(data: bytes) -> str:
    """The root of trust that a file of a root's first version is. Raises InputError."""
    return root_digest(data)
