"""A small federation made from names: three keepers, States XA, XB and XC with all their keys, and its metadata."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from proxeny.base.encoding import to_base64url
from proxeny.directory.canonical import canonical, canonical_digest
from proxeny.directory.keys import PublicKey
from proxeny.directory.metadata import Metadata, contacts_path, keys_path, root_digest
from proxeny.directory.statement import USES

Json = dict[str, Any]
EXPIRES = "2026-04-01T00:00:00Z"
KEEPERS = ("keeper-1", "keeper-2", "keeper-3")


def private(name: str) -> Ed25519PrivateKey:
    """A key made from a name; those of States have the names that tests/exchange/desks.py gives them."""
    return Ed25519PrivateKey.from_private_bytes(
        hashlib.sha256(b"key of the tests: " + name.encode()).digest()
    )


def public(name: str) -> bytes:
    return private(name).public_key().public_bytes_raw()


def tuf_key(name: str) -> Json:
    return {"keytype": "ed25519", "scheme": "ed25519", "keyval": {"public": public(name).hex()}}


def key_id(name: str) -> str:
    return hashlib.sha256(canonical(tuf_key(name))).hexdigest()


def signed(value: Json, names: Iterable[str]) -> bytes:
    """Metadata of a role signed by keys of keepers."""
    rows = [{"keyid": key_id(name), "sig": private(name).sign(canonical(value)).hex()} for name in names]
    return json.dumps({"signatures": rows, "signed": value}, indent=1).encode()


def root_value(version: int = 1, kind: str = "federation", **changes: Any) -> Json:
    """A root with two of three keepers, and keys of its own for the roles that are signed daily."""
    names = {"root": KEEPERS, "targets": KEEPERS, "snapshot": ("snapshot",), "timestamp": ("timestamp",)}
    thresholds = {"root": 2, "targets": 2, "snapshot": 1, "timestamp": 1}
    names |= changes.pop("names", {})
    every = sorted({name for group in names.values() for name in group})
    return {
        "_type": "root",
        "spec_version": "1.0.31",
        "version": version,
        "expires": "2028-01-01T00:00:00Z",
        "consistent_snapshot": True,
        "keys": {key_id(name): tuf_key(name) for name in every},
        "roles": {
            role: {"keyids": [key_id(name) for name in group], "threshold": min(thresholds[role], len(group))}
            for role, group in names.items()
        },
        "x-proxeny": {"kind": kind},
    } | changes


def named(data: bytes, version: int) -> Json:
    return {"version": version, **sized(data)}


def sized(data: bytes) -> Json:
    return {"hashes": {"sha256": hashlib.sha256(data).hexdigest()}, "length": len(data)}


def role_value(role: str, version: int, expires: str, **more: Any) -> Json:
    return {"_type": role, "spec_version": "1.0.31", "version": version, "expires": expires} | more


def metadata_of(
    files: Mapping[str, bytes],
    *,
    roots: Sequence[bytes] | None = None,
    versions: tuple[int, int, int] = (1, 1, 1),
    expires: str = EXPIRES,
    keepers: Sequence[str] = KEEPERS[:2],
) -> Metadata:
    """Metadata over files; versions are those of timestamp, snapshot and targets."""
    listing = {path: sized(data) for path, data in sorted(files.items())}
    targets = signed(role_value("targets", versions[2], expires, targets=listing), keepers)
    meta = {"targets.json": named(targets, versions[2])}
    snapshot = signed(role_value("snapshot", versions[1], expires, meta=meta), ["snapshot"])
    meta = {"snapshot.json": named(snapshot, versions[1])}
    timestamp = signed(role_value("timestamp", versions[0], expires, meta=meta), ["timestamp"])
    chain = tuple(roots) if roots else (FIRST_ROOT,)
    return Metadata(roots=chain, timestamp=timestamp, snapshot=snapshot, targets=targets, files=dict(files))


def key_row(state: str, use: str, person: str = "", name: str = "", **changes: Any) -> Json:
    """A key of a State as a statement holds it."""
    holder = f"{state} {use} {person}"
    data = public(holder)
    if use == "seal":
        secret = hashlib.sha256(b"key of the tests: " + holder.encode()).digest()
        data = X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()
    row = {"use": use, "suite": "PX1", "public": to_base64url(data), "name": name, "revoked": None}
    return row | {"person": person.partition("-")[0] if use == "authority" else ""} | changes


def kid_of(row: Json) -> str:
    return PublicKey(public=public_of(row), use=row["use"], state="XX").kid


def public_of(row: Json) -> bytes:
    from proxeny.base.encoding import from_base64url

    return from_base64url(row["public"]) or b""


PERSONS = {"XA": ("anna", "boris"), "XB": ("chen",), "XC": ("dora",)}


def origin(state: str) -> str:
    return f"proxeny/{state}/real/{ROOT.removeprefix('sha256:')[:32]}/1"


def keys_of(state: str) -> list[Json]:
    rows = [key_row(state, "authority", person) for person in PERSONS[state]]
    rows += [key_row(state, use) for use in ("outer", "receipt", "seal", "directory", "recovery")]
    rows.append(key_row(state, "checkpoint", name=origin(state)))
    rows.append(key_row(state, "cosignature", name=f"proxeny/{state}/witness/1"))
    return rows


def holder_names(state: str) -> dict[str, str]:
    """The names of the private keys that a statement of the State may need, by kid."""
    persons = (*PERSONS[state], "anna-second", "new", "newer")
    names = [f"{state} {use} {person}" for use in USES for person in ("", *persons)]
    return {PublicKey(public=public(name), use="outer", state=state).kid: name for name in names}


def statement(
    state: str,
    keys: list[Json],
    before: Json | None = None,
    *,
    by: Sequence[str] = ("directory",),
    silent: Sequence[str] = (),
    **changes: Any,
) -> Json:
    """A statement signed by its new keys and, where one went before, by keys with the uses named in `by`."""
    value = {
        "_type": "proxeny-keys",
        "state": state,
        "version": before["signed"]["version"] + 1 if before else 1,
        "previous": canonical_digest(before["signed"]) if before else None,
        "issued_at": "2026-01-05T00:00:00Z",
        "keys": keys,
        "persons": {"N": len(PERSONS[state]), "*": 1},
    } | changes
    old = before["signed"]["keys"] if before else []
    fresh = [
        row for row in keys if row["public"] not in {one["public"] for one in old} and row["use"] != "seal"
    ]
    vouching = [row for row in old if row["use"] in by and not row["revoked"]]
    holders = holder_names(state)
    signers = {kid_of(row) for row in (*fresh, *vouching)} - set(silent)
    rows = [
        {"keyid": kid, "sig": private(holders[kid]).sign(canonical(value)).hex()}
        for kid in sorted(signers)
        if kid in holders
    ]
    return {"signatures": rows, "signed": value}


def keys_file(*statements: Json) -> bytes:
    return json.dumps({"statements": list(statements)}).encode()


def contacts_file(state: str, version: int = 1, expires: str = EXPIRES, by: str = "") -> bytes:
    point = {
        "role": "NCP",
        "label": f"Duty officer of {state}",
        "languages": ["en", "fr"],
        "url": f"https://{state.lower()}.invalid/",
        "mail": f"duty@{state.lower()}.invalid",
        "phone": "+99912345",
        "certificates": ["sha256:" + "ab" * 32],
    }
    value = role_value("proxeny-contacts", version, expires, state=state, points=[point])
    del value["spec_version"]
    name = by or f"{state} directory "
    kid = PublicKey(public=public(name), use="directory", state=state).kid
    row = {"keyid": kid, "sig": private(name).sign(canonical(value)).hex()}
    return json.dumps({"signatures": [row], "signed": value}).encode()


FIRST_ROOT = signed(root_value(), KEEPERS[:2])
ROOT = root_digest(FIRST_ROOT)
FIRST = {state: statement(state, keys_of(state)) for state in PERSONS}
FILES = {
    **{keys_path(state): keys_file(FIRST[state]) for state in PERSONS},
    **{contacts_path(state): contacts_file(state) for state in PERSONS},
}
