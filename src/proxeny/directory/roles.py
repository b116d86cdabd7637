"""The four roles of The Update Framework 1.0 as they serve here: root, timestamp, snapshot and targets.

The keepers sign as the role `targets`, by threshold. Only what The Update Framework (TUF) specifies and python-tuf
writes is read; delegations are refused, for each State signs its own files.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any, Literal

import msgspec

from proxeny.base.members import MOMENT, check_members, integer, pattern, words
from proxeny.directory.canonical import canonical_digest
from proxeny.directory.keys import is_sound_ed25519
from proxeny.directory.limits import KEYS, ROLE, ROLE_JSON, ROOTS, STATES
from proxeny.directory.signed import AGAIN, Signed, read_json, read_signed, signers_of
from proxeny.directory.steps import DirectoryRefusedError, Step, refuse_at

Kind = Literal["federation", "bilateral", "single", "test"]
"""What a root of trust is: kept by a threshold of keepers, of a pair of desks, of one State, or made for tests."""

Role = Literal["root", "timestamp", "snapshot", "targets"]
ROLES: tuple[Role, ...] = ("root", "timestamp", "snapshot", "targets")

_HEAD = {
    "spec_version": pattern(r"1\.[0-9]{1,4}(\.[0-9]{1,4})?", "a version 1 of the specification of TUF"),
    "version": integer(1),
    "expires": MOMENT,
}
_HEX = re.compile("[0-9a-f]{64}")


class RoleKeys(msgspec.Struct, frozen=True):
    """The keys of a role by key id, and how many of them must sign."""

    keys: dict[str, bytes]
    threshold: int


class Root(msgspec.Struct, frozen=True):
    """A root as believed."""

    version: int
    expires: str
    kind: Kind
    roles: dict[Role, RoleKeys]


class FileMeta(msgspec.Struct, frozen=True):
    """What one piece of metadata says of another: version, SHA-256 and length, where it says so."""

    version: int = 0
    sha256: str | None = None
    length: int | None = None


class Listing(msgspec.Struct, frozen=True):
    """A timestamp, snapshot or targets as believed: its version, its expiry and the files it names."""

    version: int
    expires: str
    files: dict[str, FileMeta]


def verify_roots(chain: tuple[bytes, ...], root_of_trust: str) -> Root:
    """Step `root`: from the root of trust, named by the digest of its signed part, to the last root of the chain.

    Each root is signed by the threshold of the one before and by its own (TUF 5.3). Raises DirectoryRefusedError.
    """
    if not 1 <= len(chain) <= ROOTS:
        raise refuse_at("root", "roots", f"not 1 to {ROOTS} roots", AGAIN)
    root: Root | None = None
    for at, data in enumerate(chain):
        place = f"roots/{at}"
        signed = _read(data, "root", place)
        if root is None and canonical_digest(signed.value) != root_of_trust:
            shown = f"the chain begins with {canonical_digest(signed.value)}, not with the root of trust"
            raise refuse_at("root", place, shown, "compare the fingerprint with the one you were told")
        new = _read_root(signed, place)
        if root is not None:
            if new.version != root.version + 1 or new.kind != root.kind:
                shown = "not the next version of the root before, of the same kind"
                raise refuse_at("root", f"{place}/signed/version", shown, AGAIN)
            _check_threshold(signed, root.roles["root"], "root", place)
        _check_threshold(signed, new.roles["root"], "root", place)
        root = new
    if root is None:
        raise AssertionError("a chain of at least one root was walked")
    return root


def verify_timestamp(data: bytes, root: Root) -> Listing:
    """Step `timestamp`: which snapshot is current. Raises DirectoryRefusedError."""
    return _listing(data, "timestamp", root, ("snapshot.json",))


def verify_snapshot(data: bytes, root: Root, timestamp: Listing) -> Listing:
    """Step `snapshot`: which targets are current; it must be the one the timestamp names. Raises as above."""
    check_file(data, timestamp.files["snapshot.json"], "snapshot", "snapshot")
    listing = _listing(data, "snapshot", root, ("targets.json",))
    _same_version(listing, timestamp.files["snapshot.json"], "snapshot")
    return listing


def verify_targets(data: bytes, root: Root, snapshot: Listing) -> Listing:
    """Step `targets`: the files of the States as the keepers signed them; the ones the snapshot names. Raises as above."""
    check_file(data, snapshot.files["targets.json"], "targets", "targets")
    signed = _read(data, "targets", "targets")
    _check_threshold(signed, root.roles["targets"], "targets", "targets")
    _check_head(signed, "targets", {"targets"})
    found = signed.value["targets"]
    if type(found) is not dict or len(found) > 2 * STATES:
        raise refuse_at("targets", "targets/signed/targets", f"not up to {2 * STATES} files", AGAIN)
    files = {
        path: _file_meta(meta, "targets", f"targets/signed/targets/{path[:80]}", versioned=False)
        for path, meta in found.items()
    }
    listing = Listing(signed.value["version"], signed.value["expires"], files)
    _same_version(listing, snapshot.files["targets.json"], "targets")
    return listing


def check_file(data: bytes, meta: FileMeta, step: Step, place: str) -> None:
    """That bytes have the length and digest that signed metadata give them. Raises DirectoryRefusedError."""
    wrong_size = meta.length is not None and len(data) != meta.length
    if wrong_size or (meta.sha256 is not None and hashlib.sha256(data).hexdigest() != meta.sha256):
        raise refuse_at(step, place, "not the file that the signed metadata name", AGAIN)


def _read(data: bytes, role: Role, place: str) -> Signed:
    if len(data) > ROLE:
        raise refuse_at(role, place, f"larger than {ROLE} bytes", AGAIN)
    return read_signed(read_json(data, ROLE_JSON, role, place), role, place)


def _check_head(signed: Signed, role: Role, more: set[str]) -> None:
    faults = check_members(signed.value, {"_type": words(role)} | _HEAD, f"{role}/signed", closed=False)
    if faults:
        raise DirectoryRefusedError(role, faults)
    odd = {"_type", *_HEAD, *more} ^ set(signed.value)
    if odd:
        name = sorted(odd)[0]
        raise refuse_at(role, f"{role}/signed/{name[:60]}", "an unknown or missing member", AGAIN)


def _check_threshold(signed: Signed, by: RoleKeys, step: Step, place: str) -> None:
    found = len(signers_of(signed, by.keys))
    if found < by.threshold:
        shown = f"signed by {found} of the {by.threshold} keys that must"
        raise refuse_at(step, f"{place}/signatures", shown, "ask the keepers to sign it")


def _listing(
    data: bytes, role: Literal["timestamp", "snapshot"], root: Root, names: tuple[str, ...]
) -> Listing:
    signed = _read(data, role, role)
    _check_threshold(signed, root.roles[role], role, role)
    _check_head(signed, role, {"meta"})
    meta = signed.value["meta"]
    if type(meta) is not dict or set(meta) != set(names):
        raise refuse_at(role, f"{role}/signed/meta", f"not exactly {', '.join(names)}", AGAIN)
    files = {
        name: _file_meta(meta[name], role, f"{role}/signed/meta/{name}", versioned=True) for name in names
    }
    return Listing(signed.value["version"], signed.value["expires"], files)


def _file_meta(value: Any, step: Role, place: str, versioned: bool) -> FileMeta:
    """Versions are asked for between roles, digests everywhere: the shorter forms of TUF leave room to mix."""
    wanted = {"version", "hashes", "length"} if versioned else {"hashes", "length"}
    if type(value) is not dict or set(value) != wanted:
        raise refuse_at(step, place, f"not exactly {', '.join(sorted(wanted))}", AGAIN)
    version, hashes, length = value.get("version", 1), value["hashes"], value["length"]
    sound = (
        integer(1)[0](version)
        and integer(1)[0](length)
        and type(hashes) is dict
        and set(hashes) == {"sha256"}
    )
    if not sound or type(hashes["sha256"]) is not str or not _HEX.fullmatch(hashes["sha256"]):
        raise refuse_at(step, place, "not a version, a length and a SHA-256", AGAIN)
    return FileMeta(version, hashes["sha256"], length)


def _same_version(listing: Listing, named: FileMeta, role: Role) -> None:
    if listing.version != named.version:
        shown = f"version {listing.version}, where version {named.version} is named"
        raise refuse_at(role, f"{role}/signed/version", shown, AGAIN)


def _read_root(signed: Signed, place: str) -> Root:
    _check_head(signed, "root", {"consistent_snapshot", "keys", "roles", "x-proxeny"})
    value = signed.value
    own = {"kind": words("federation", "bilateral", "single", "test")}
    faults = check_members(value["x-proxeny"], own, f"{place}/signed/x-proxeny")
    if faults:
        raise DirectoryRefusedError("root", faults)
    keys, roles = value["keys"], value["roles"]
    if type(keys) is not dict or type(roles) is not dict or set(roles) != set(ROLES) or len(keys) > KEYS:
        raise refuse_at("root", f"{place}/signed/roles", f"not keys, and the roles {', '.join(ROLES)}", AGAIN)
    publics = {name: _public(key, f"{place}/signed/keys/{name[:70]}") for name, key in keys.items()}
    found = {role: _role_keys(roles[role], publics, f"{place}/signed/roles/{role}") for role in ROLES}
    return Root(value["version"], value["expires"], value["x-proxeny"]["kind"], found)


def _public(key: Any, place: str) -> bytes:
    wrong = refuse_at("root", place, "not an Ed25519 key as TUF writes it", "make it with python-tuf")
    if type(key) is not dict or set(key) != {"keytype", "scheme", "keyval"}:
        raise wrong
    value = key["keyval"]
    if (key["keytype"], key["scheme"]) != ("ed25519", "ed25519") or type(value) is not dict:
        raise wrong
    public = value.get("public")
    if set(value) != {"public"} or type(public) is not str or not _HEX.fullmatch(public):
        raise wrong
    if not is_sound_ed25519(bytes.fromhex(public)):
        raise refuse_at("root", place, "a key whose signatures do not bind", "make another key")
    return bytes.fromhex(public)


def _role_keys(value: Any, publics: dict[str, bytes], place: str) -> RoleKeys:
    sound = type(value) is dict and set(value) == {"keyids", "threshold"} and type(value["keyids"]) is list
    if not sound or not all(type(name) is str and name in publics for name in value["keyids"]):
        raise refuse_at("root", place, "not the ids of keys of this root, and a threshold", AGAIN)
    keys = {name: publics[name] for name in value["keyids"]}
    if len(set(keys.values())) != len(value["keyids"]) or not integer(1, len(keys))[0](value["threshold"]):
        raise refuse_at("root", place, "a key twice, or a threshold that cannot be met", AGAIN)
    return RoleKeys(keys, value["threshold"])
