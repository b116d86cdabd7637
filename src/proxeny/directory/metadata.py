"""Directory metadata as one file, for a stick, a mail, a pairing or an evidence file: exact bytes, in base64."""

from __future__ import annotations

from typing import Any

import msgspec

from proxeny.base.encoding import from_base64, tagged_hash, to_base64, write_digest
from proxeny.base.records import encode_json
from proxeny.directory.canonical import canonical_digest
from proxeny.directory.limits import BUNDLE, BUNDLE_JSON, ROLE_JSON, STATES
from proxeny.directory.signed import AGAIN, read_json, read_signed
from proxeny.directory.steps import refuse_at

VERSION = 1
SNAPSHOT_TAG = b"proxeny directory snapshot v1\n"
_MEMBERS = {"version", "roots", "timestamp", "snapshot", "targets", "files"}


class Metadata(msgspec.Struct, frozen=True, kw_only=True):
    """The exact bytes of what keepers and States signed: all roots from the first, the three other roles, and files
    by their path among the targets. Files may be left out: then nothing is known of them."""

    roots: tuple[bytes, ...]
    timestamp: bytes
    snapshot: bytes
    targets: bytes
    files: dict[str, bytes] = {}


def keys_path(state: str) -> str:
    """The target with a State's statements."""
    return f"states/{state}/keys.json"


def contacts_path(state: str) -> str:
    """The target with a State's points of contact."""
    return f"states/{state}/contacts.json"


def root_digest(first_root: bytes) -> str:
    """The name of a root of trust: the digest over the canonical form of the signed part of its first version.

    Signatures are not part of it, so that adding one does not change the name. Raises DirectoryRefusedError.
    """
    return canonical_digest(
        read_signed(read_json(first_root, ROLE_JSON, "root", "root"), "root", "root").value
    )


def snapshot_commitment(snapshot: bytes) -> str:
    """What enters the witnessed log for a directory snapshot: a digest over a tag and its exact bytes."""
    return write_digest(tagged_hash(SNAPSHOT_TAG, snapshot))


def plain_metadata(metadata: Metadata) -> dict[str, Any]:
    """The metadata as JSON values."""
    return {
        "version": VERSION,
        "roots": [to_base64(data) for data in metadata.roots],
        "timestamp": to_base64(metadata.timestamp),
        "snapshot": to_base64(metadata.snapshot),
        "targets": to_base64(metadata.targets),
        "files": {path: to_base64(data) for path, data in sorted(metadata.files.items())},
    }


def write_metadata(metadata: Metadata) -> bytes:
    """The metadata as one file."""
    return encode_json(plain_metadata(metadata))


def read_metadata(data: bytes) -> Metadata:
    """Step `bundle`: the metadata of one file, nothing verified. Raises DirectoryRefusedError."""
    if len(data) > BUNDLE:
        raise refuse_at("bundle", "directory", f"larger than {BUNDLE} bytes", AGAIN)
    return metadata_of(read_json(data, BUNDLE_JSON, "bundle", "directory"))


def metadata_of(value: Any) -> Metadata:
    """The same from JSON values."""
    if type(value) is not dict or set(value) != _MEMBERS or value["version"] != VERSION:
        shown = f"not exactly {', '.join(sorted(_MEMBERS))}, of version {VERSION}"
        raise refuse_at("bundle", "directory", shown, AGAIN)
    roots, files = value["roots"], value["files"]
    if type(roots) is not list or type(files) is not dict or len(files) > 2 * STATES:
        raise refuse_at(
            "bundle", "directory/files", f"not a list of roots and up to {2 * STATES} files", AGAIN
        )
    return Metadata(
        roots=tuple(_plain(root, f"roots/{at}") for at, root in enumerate(roots)),
        timestamp=_plain(value["timestamp"], "timestamp"),
        snapshot=_plain(value["snapshot"], "snapshot"),
        targets=_plain(value["targets"], "targets"),
        files={path: _plain(data, f"files/{path[:80]}") for path, data in files.items()},
    )


def _plain(text: Any, place: str) -> bytes:
    data = from_base64(text) if type(text) is str else None
    if data is None:
        raise refuse_at("bundle", f"directory/{place}", "not base64 in its one spelling", AGAIN)
    return data
