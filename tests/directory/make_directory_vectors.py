"""Writes tests/vectors/exchange/directory: run it after a change of the directory's form.

Every case to refuse is a good one with one thing bent, signed anew by the right keys wherever that can be.
"""

from __future__ import annotations

import base64
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

import msgspec

from federation import (
    FILES,
    FIRST,
    FIRST_ROOT,
    KEEPERS,
    ROOT,
    Json,
    contacts_file,
    key_id,
    key_row,
    keys_file,
    keys_of,
    metadata_of,
    named,
    role_value,
    root_value,
    signed,
    statement,
    tuf_key,
)
from proxeny.base.wire import digest_of
from proxeny.directory.canonical import canonical_digest
from proxeny.directory.metadata import Metadata, contacts_path, keys_path, root_digest

FOLDER = Path(__file__).parents[1] / "vectors/exchange/directory"
AT = "2026-03-02T08:00:00Z"
LATE = "2026-06-01T00:00:00Z"


class Case(NamedTuple):
    """Metadata at a moment, what was believed before, and what must come of it."""

    name: str
    what: str
    metadata: Metadata
    at: str = AT
    step: str = ""
    known: Metadata | None = None
    root: str = ROOT
    confirmed: tuple[str, ...] = ()
    stale: str | None = None
    quarantined: tuple[str, ...] = ()
    held_back: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


def with_keys(*statements: Json, state: str = "XA", **more: Any) -> Metadata:
    """The federation where one State has these statements, as the second version."""
    files = FILES | {keys_path(state): keys_file(*statements)}
    files.pop(contacts_path(state))
    return metadata_of(files, versions=(2, 2, 2), **more)


def second(keys: list[Json] | None = None, **more: Any) -> Json:
    """A second statement of XA that brings a new key of the desk."""
    rows = [*keys_of("XA"), key_row("XA", "outer", "new")] if keys is None else keys
    return statement("XA", rows, FIRST["XA"], **more)


def revoked(rows: list[Json], use: str, since: str, at: str = AT) -> list[Json]:
    mark = {"at": at, "compromised_since": since}
    return [row | {"revoked": mark} if row["use"] == use else row for row in rows]


GOOD = metadata_of(FILES)
SECOND = with_keys(FIRST["XA"], second())
ALONE = second(by=())
RECOVERED = second(
    revoked([*keys_of("XA"), key_row("XA", "directory", "new")], "directory", AT), by=("recovery",)
)
NEXT_ROOT = signed(root_value(2), KEEPERS[:2])
NEW_TIMESTAMP = signed(root_value(2, names={"timestamp": ("timestamp-2",)}), KEEPERS[:2])


def good_cases() -> Iterator[Case]:
    yield Case("federation", "three States under two of three keepers", GOOD)
    yield Case("next-root", "a second root", metadata_of(FILES, roots=[FIRST_ROOT, NEXT_ROOT]), known=GOOD)
    yield Case("stale", "expired: marked, and as good as before", GOOD, at=LATE, stale="2026-04-01T00:00:00Z")
    yield Case("new-key", "a new key, vouched for by the directory key", SECOND, known=GOOD)
    yield Case("recovery", "keys replaced by the recovery key", with_keys(FIRST["XA"], RECOVERED), known=GOOD)
    yield Case(
        "stale-new-key",
        "expired: the new key is held back",
        SECOND,
        at=LATE,
        known=GOOD,
        stale="2026-04-01T00:00:00Z",
        held_back=("XA",),
    )
    yield Case(
        "keepers-alone",
        "a change that the State did not vouch for waits for a person",
        with_keys(FIRST["XA"], ALONE),
        known=GOOD,
        quarantined=("XA",),
    )
    after = statement("XA", ALONE["signed"]["keys"], ALONE)
    yield Case(
        "keepers-alone-after",
        "what follows such a change waits with it",
        with_keys(FIRST["XA"], ALONE, after),
        quarantined=("XA",),
    )
    yield Case(
        "confirmed",
        "the same once a person confirmed it",
        with_keys(FIRST["XA"], ALONE),
        known=GOOD,
        confirmed=(canonical_digest(ALONE["signed"]),),
    )
    erased = {path: data for path, data in FILES.items() if path != contacts_path("XB")}
    yield Case(
        "erased", "contacts of XB erased, its keys stay", metadata_of(erased, versions=(2, 2, 2)), known=GOOD
    )
    partial = msgspec.structs.replace(GOOD, files={keys_path("XA"): FILES[keys_path("XA")]})
    yield Case("partial", "only the file of one State at hand", partial)
    test_root = signed(root_value(kind="test"), KEEPERS[:2])
    yield Case(
        "test-root",
        "a root made for tests",
        metadata_of(FILES, roots=[test_root]),
        root=root_digest(test_root),
    )
    fresh = metadata_of(FILES, roots=[FIRST_ROOT, NEW_TIMESTAMP])
    value = role_value(
        "timestamp", 1, AT.replace("03", "05"), meta={"snapshot.json": named(fresh.snapshot, 1)}
    )
    counted = msgspec.structs.replace(fresh, timestamp=signed(value, ["timestamp-2"]))
    older = metadata_of(FILES, versions=(9, 1, 1))
    yield Case("counts-anew", "a new key of the timestamp counts anew", counted, known=older)
    broken = with_keys(statement("XA", keys_of("XA"), version=2))
    yield Case("one-broken", "one State's file is wrong; the others stand", broken, faults=("XA",))


def bad_cases() -> Iterator[Case]:
    yield from root_cases()
    yield from role_cases()
    yield from attack_cases()


def root_cases() -> Iterator[Case]:
    other = signed(root_value(expires="2029-01-01T00:00:00Z"), KEEPERS[:2])
    yield Case(
        "root-other_fail", "another root than the one trusted", metadata_of(FILES, roots=[other]), step="root"
    )
    yield Case("root-none_fail", "no root at all", msgspec.structs.replace(GOOD, roots=()), step="root")
    for name, what, root in (
        ("root-one-keeper", "the next root signed by one keeper", signed(root_value(2), KEEPERS[:1])),
        ("root-skipped", "a version left out", signed(root_value(3), KEEPERS[:2])),
        ("root-kind", "a federation becomes a test", signed(root_value(2, kind="test"), KEEPERS[:2])),
        ("root-strangers", "signed by its own keys only", _strangers()),
        ("root-old-keys-only", "its own new keepers did not sign", _usurped()),
        ("root-twice", "one key under two ids for a threshold of two", _twice()),
        ("root-member", "an unknown member", signed(root_value(2) | {"more": 1}, KEEPERS[:2])),
        ("root-delegation", "a role that is not one of the four", _fifth_role()),
    ):
        yield Case(f"{name}_fail", what, metadata_of(FILES, roots=[FIRST_ROOT, root]), step="root")


def _strangers() -> bytes:
    names = ("stranger-1", "stranger-2")
    return signed(root_value(2, names={"root": names, "targets": names}), names)


def _usurped() -> bytes:
    return signed(root_value(2, names={"root": ("stranger-1", "stranger-2")}), KEEPERS[:2])


def _twice() -> bytes:
    value = root_value(2)
    value["keys"]["again"] = tuf_key(KEEPERS[0])
    value["roles"]["root"]["keyids"] = [key_id(KEEPERS[0]), "again"]
    return signed(value, KEEPERS[:2])


def _fifth_role() -> bytes:
    value = root_value(2)
    value["roles"]["mirrors"] = value["roles"]["root"]
    return signed(value, KEEPERS[:2])


def role_cases() -> Iterator[Case]:
    one = metadata_of(FILES, keepers=KEEPERS[:1])
    yield Case("targets-one-keeper_fail", "targets signed by one keeper of two", one, step="targets")
    daily = metadata_of(FILES, keepers=("snapshot", "timestamp"))
    yield Case("targets-daily-keys_fail", "targets signed by the keys of the day", daily, step="targets")
    for role, step in (("timestamp", "timestamp"), ("snapshot", "snapshot"), ("targets", "targets")):
        good: bytes = getattr(GOOD, role)
        bent = good.replace(b'"expires": "2026', b'"expires": "2027')
        change = {role: bent}
        yield Case(
            f"{role}-altered_fail", "its expiry put off", msgspec.structs.replace(GOOD, **change), step=step
        )
        change = {role: good[:-20]}
        yield Case(
            f"{role}-truncated_fail", "its end cut off", msgspec.structs.replace(GOOD, **change), step=step
        )
    doubled = GOOD.timestamp.replace(b'"_type"', b'"version": 1, "_type"')
    yield Case(
        "timestamp-doubled_fail",
        "a member twice",
        msgspec.structs.replace(GOOD, timestamp=doubled),
        step="timestamp",
    )

    def other_files(files: dict[str, bytes]) -> Metadata:
        return msgspec.structs.replace(GOOD, files=files)

    files = dict(GOOD.files)
    files[keys_path("XA")] = FILES[keys_path("XB")]
    yield Case(
        "file-swapped_fail",
        "the file of another State",
        msgspec.structs.replace(GOOD, files=files),
        step="file",
    )
    files = GOOD.files | {"states/XD/keys.json": FILES[keys_path("XB")]}
    yield Case(
        "file-unlisted_fail",
        "a file the keepers did not sign",
        msgspec.structs.replace(GOOD, files=files),
        step="file",
    )


def attack_cases() -> Iterator[Case]:
    newer = metadata_of(FILES, versions=(5, 5, 5))
    for name, versions, step in (
        ("rollback-timestamp", (4, 5, 5), "timestamp"),
        ("rollback-snapshot", (5, 4, 5), "snapshot"),
        ("rollback-targets", (5, 5, 4), "targets"),
    ):
        yield Case(
            f"{name}_fail",
            "a version older than known",
            metadata_of(FILES, versions=versions),
            step=step,
            known=newer,
        )
    rooted = metadata_of(FILES, roots=[FIRST_ROOT, NEXT_ROOT])
    yield Case("rollback-root_fail", "the root of before", GOOD, step="root", known=rooted)
    fewer = {path: data for path, data in FILES.items() if "/XB/" not in path}
    yield Case(
        "dropped-state_fail",
        "a State vanished",
        metadata_of(fewer, versions=(2, 2, 2)),
        step="targets",
        known=GOOD,
    )
    mixed = msgspec.structs.replace(metadata_of(FILES, versions=(2, 2, 2)), targets=GOOD.targets)
    yield Case("mixed-targets_fail", "targets of one day with the snapshot of another", mixed, step="targets")
    mixed = msgspec.structs.replace(GOOD, timestamp=newer.timestamp)
    yield Case(
        "mixed-timestamp_fail", "timestamp of one day with the snapshot of another", mixed, step="snapshot"
    )
    mixed = msgspec.structs.replace(SECOND, files=GOOD.files)
    yield Case("mixed-files_fail", "files of one day with the targets of another", mixed, step="file")


def statement_cases() -> Iterator[Case]:
    """Files that keepers signed and that are no chain of statements: the State is refused, the others stand."""
    rows = keys_of("XA")
    first = FIRST["XA"]
    own = key_row("XA", "outer")
    stolen = key_row("XB", "outer")
    mute = [row for row in rows if row["use"] != "directory"]
    nobody = [rows[0] | {"person": ""}, *rows[1:]]
    foreign = [*rows[:-1], rows[-1] | {"name": "proxeny/XC/witness/1"}]
    log = next(row for row in rows if row["use"] == "checkpoint")
    elsewhere = [row for row in rows if row != log] + [log | {"name": log["name"].replace("XA", "XC")}]
    bends: list[tuple[str, str, Callable[[], list[Json]]]] = [
        ("dropped-key", "a key of before is missing", lambda: [first, second(rows[1:])]),
        (
            "changed-use",
            "a key changes its use",
            lambda: [first, second([*rows[:-1], rows[-1] | {"use": "checkpoint"}])],
        ),
        ("two-uses", "one key for two uses", lambda: [statement("XA", [*rows, own | {"use": "receipt"}])]),
        ("stolen-key", "the key of another State", lambda: [statement("XA", [*rows, stolen])]),
        (
            "no-directory-key",
            "none to sign the next with",
            lambda: [statement("XA", mute)],
        ),
        ("skipped", "a version left out", lambda: [first, second(version=3)]),
        (
            "other-previous",
            "follows another statement",
            lambda: [first, second(previous="sha256:" + "0" * 64)],
        ),
        ("other-state", "of another State", lambda: [FIRST["XB"]]),
        ("no-persons", "no number for other forms", lambda: [statement("XA", rows, persons={"N": 2})]),
        (
            "no-person",
            "a key of an authority that is nobody's",
            lambda: [statement("XA", nobody)],
        ),
        ("earlier", "earlier than the one before", lambda: [first, second(issued_at="2025-01-01T00:00:00Z")]),
        ("unrevoked", "a revocation taken back", _unrevoked),
        (
            "witness-name",
            "a witness named as another State's",
            lambda: [statement("XA", foreign)],
        ),
        (
            "log-name",
            "a log named as another State's",
            lambda: [statement("XA", elsewhere)],
        ),
        ("member", "an unknown member", lambda: [statement("XA", rows, culprit="XB")]),
    ]
    for name, what, make in bends:
        yield Case(f"keys-{name}", what, with_keys(*make()), faults=("XA",))
    fork = second(issued_at="2026-02-01T00:00:00Z")
    yield Case("keys-fork", "another history than known", _later(fork), known=SECOND, faults=("XA",))
    shorter = metadata_of(FILES, versions=(3, 3, 3))
    yield Case("keys-rollback", "the statements of before", shorter, known=SECOND, faults=("XA",))
    wrong = FILES | {contacts_path("XA"): contacts_file("XA", by="XB directory ")}
    yield Case("contacts-other-state", "contacts signed by another State", metadata_of(wrong), faults=("XA",))


def _later(fork: Json) -> Metadata:
    files = FILES | {keys_path("XA"): keys_file(FIRST["XA"], fork)}
    files.pop(contacts_path("XA"))
    return metadata_of(files, versions=(3, 3, 3))


def _unrevoked() -> list[Json]:
    told = second(revoked(keys_of("XA"), "outer", AT))
    return [FIRST["XA"], told, statement("XA", keys_of("XA"), told)]


BLOBS: dict[str, str] = {}


def by_digest(metadata: Metadata) -> Json:
    """The metadata with the digest of each part in place of its bytes, which stand once in blobs.json."""

    def put(data: bytes) -> str:
        BLOBS[digest_of(data)] = base64.b64encode(data).decode()
        return digest_of(data)

    return {
        "roots": [put(data) for data in metadata.roots],
        "timestamp": put(metadata.timestamp),
        "snapshot": put(metadata.snapshot),
        "targets": put(metadata.targets),
        "files": {path: put(data) for path, data in sorted(metadata.files.items())},
    }


def plain(case: Case) -> Json:
    return {
        "what": case.what,
        "root": case.root,
        "at": case.at,
        "known": by_digest(case.known) if case.known else None,
        "confirmed": list(case.confirmed),
        "directory": by_digest(case.metadata),
        "refused_at": case.step or None,
        "stale_since": case.stale,
        "quarantined": list(case.quarantined),
        "held_back": list(case.held_back),
        "faulty": list(case.faults),
    }


def every_case() -> list[Case]:
    return [*good_cases(), *bad_cases(), *statement_cases()]


if __name__ == "__main__":
    shutil.rmtree(FOLDER, ignore_errors=True)
    for case in every_case():
        folder = FOLDER / case.name
        folder.mkdir(parents=True)
        (folder / "case.json").write_text(json.dumps(plain(case), indent=1) + "\n", encoding="utf-8")
    (FOLDER / "blobs.json").write_text(json.dumps(BLOBS, indent=0, sort_keys=True) + "\n", encoding="utf-8")
