"""Promises of the directory that hold for all keys, changes and times, and that python-tuf reads and writes the same."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from securesystemslib.formats import encode_canonical
from securesystemslib.signer._crypto_signer import CryptoSigner
from securesystemslib.signer._key import SSlibKey
from tuf.api._payload import MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp
from tuf.api.metadata import Metadata as TufMetadata
from tuf.api.serialization.json import JSONSerializer
from tuf.ngclient._internal.trusted_metadata_set import TrustedMetadataSet
from tuf.ngclient.config import EnvelopeType

from federation import (
    FILES,
    FIRST,
    FIRST_ROOT,
    KEEPERS,
    ROOT,
    contacts_file,
    key_row,
    keys_file,
    keys_of,
    kid_of,
    metadata_of,
    private,
    root_value,
    signed,
    statement,
)
from proxeny.base.moments import parse_moment
from proxeny.directory.canonical import canonical
from proxeny.directory.metadata import (
    Metadata,
    contacts_path,
    keys_path,
    read_metadata,
    root_digest,
    snapshot_commitment,
    write_metadata,
)
from proxeny.directory.pairing import fingerprint, pair
from proxeny.directory.standing import standing, worst
from proxeny.directory.statement import Revoked, StateKey, read_chain
from proxeny.directory.steps import DirectoryRefusedError
from proxeny.directory.verify import Directory, verify_directory

AT = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
GOOD = metadata_of(FILES)
BELIEVED = verify_directory(GOOD, ROOT, AT)
EPOCH = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
TIMES = st.integers(0, 20 * 365 * 86400).map(lambda second: EPOCH + dt.timedelta(seconds=second))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_canonical_json_is_that_of_securesystemslib(value: Any) -> None:
    assert canonical(value).decode() == encode_canonical(value)


def test_canonical_json_has_no_fractions() -> None:
    with pytest.raises(ValueError, match="float"):
        canonical({"a": [1.5]})


@given(
    st.lists(st.binary(max_size=20), max_size=3),
    st.dictionaries(st.text(max_size=5), st.binary(max_size=20), max_size=3),
)
def test_metadata_come_back_from_a_file_as_they_were(roots: list[bytes], files: dict[str, bytes]) -> None:
    metadata = Metadata(roots=tuple(roots), timestamp=b"t", snapshot=b"", targets=b"\xff", files=files)
    assert read_metadata(write_metadata(metadata)) == metadata


@given(st.binary(max_size=60) | JSON.map(lambda value: json.dumps(value).encode()))
def test_no_bytes_do_worse_than_be_refused(data: bytes) -> None:
    with pytest.raises(DirectoryRefusedError):
        read_metadata(data)
    for part in ("timestamp", "snapshot", "targets"):
        with pytest.raises(DirectoryRefusedError):
            verify_directory(msgspec.structs.replace(GOOD, **{part: data}), ROOT, AT)
    with pytest.raises(DirectoryRefusedError):
        read_chain(data, "XA", ())


@settings(max_examples=150)
@given(st.data())
def test_a_bit_turned_anywhere_is_refused_or_changes_nothing(data: st.DataObject) -> None:
    part = data.draw(st.sampled_from(["roots", "timestamp", "snapshot", "targets", keys_path("XA")]))
    good: bytes = FIRST_ROOT if part == "roots" else GOOD.files.get(part) or getattr(GOOD, part)
    at, bit = data.draw(st.integers(0, len(good) - 1)), data.draw(st.integers(0, 7))
    bent = good[:at] + bytes([good[at] ^ (1 << bit)]) + good[at + 1 :]
    change: dict[str, Any] = {part: bent}
    if part == "roots":
        change = {"roots": (bent,)}
    elif part not in ("timestamp", "snapshot", "targets"):
        change = {"files": GOOD.files | {part: bent}}
    try:
        found = verify_directory(msgspec.structs.replace(GOOD, **change), ROOT, AT)
    except DirectoryRefusedError:
        return
    assert found == BELIEVED


@given(TIMES)
def test_expiry_takes_no_key_from_anybody(at: dt.datetime) -> None:
    found = verify_directory(GOOD, ROOT, at)
    assert (found.stale_since is not None) == (at >= parse_moment("2026-04-01T00:00:00Z", ""))
    for state in ("XA", "XB", "XC"):
        assert found.states[state].keys == BELIEVED.states[state].keys
    assert found.persons("XA", "N") == 2
    assert found.persons("XA", "Q") == 1


@given(TIMES, TIMES)
def test_a_frozen_directory_admits_no_new_key_but_heeds_revocations(
    first: dt.datetime, second: dt.datetime
) -> None:
    fresh = key_row("XA", "outer", "new")
    mark = {"at": "2026-02-01T00:00:00Z", "compromised_since": "2026-01-20T00:00:00Z"}
    rows = [row | {"revoked": mark} if row["use"] == "outer" else row for row in keys_of("XA")]
    changed = statement("XA", [*rows, fresh], FIRST["XA"], persons={"*": 1})
    metadata = metadata_of({keys_path("XA"): keys_file(FIRST["XA"], changed)} | _others(), versions=(2, 2, 2))
    known = verify_directory(GOOD, ROOT, first)
    found = verify_directory(metadata, ROOT, second, known)
    old = kid_of(key_row("XA", "outer"))
    assert found.live(old) is None
    assert found.ever(old) is not None
    assert (found.live(kid_of(fresh)) is None) == (found.stale_since is not None)
    assert found.persons("XA", "N") == (1 if found.stale_since is None else 2)


def _others() -> dict[str, bytes]:
    return {path: data for path, data in FILES.items() if "/XA/" not in path}


STEPS = st.lists(st.sampled_from(["directory", "recovery", "keepers alone"]), min_size=1, max_size=4)


@settings(max_examples=40)
@given(STEPS, st.integers(0, 3))
def test_keepers_alone_never_give_a_state_a_key_until_a_person_confirms_it(
    steps: list[str], confirm: int
) -> None:
    names = iter(("new", "newer", "anna-second", "boris"))
    chain = [FIRST["XA"]]
    for step in steps:
        rows = [*chain[-1]["signed"]["keys"], key_row("XA", "outer", next(names))]
        by = () if step == "keepers alone" else (step,)
        chain.append(statement("XA", rows, chain[-1], by=by))
    first_alone = steps.index("keepers alone") + 1 if "keepers alone" in steps else len(chain)
    found = read_chain(keys_file(*chain), "XA", ())
    assert len(found.statements) == first_alone
    if found.quarantined:
        told = found.quarantined[min(confirm, len(found.quarantined) - 1)].digest
        after = read_chain(keys_file(*chain), "XA", {told})
        assert told in after.digests
        assert after.digests[: len(found.statements)] == found.digests


def test_a_change_once_confirmed_stays_so_without_being_told_again() -> None:
    alone = statement("XA", [*keys_of("XA"), key_row("XA", "outer", "new")], FIRST["XA"], by=())
    files = FILES | {keys_path("XA"): keys_file(FIRST["XA"], alone)}
    metadata = metadata_of(files, versions=(2, 2, 2))
    waiting = verify_directory(metadata, ROOT, AT, BELIEVED)
    quarantined = waiting.states["XA"].quarantined
    assert quarantined is not None
    confirmed = verify_directory(metadata, ROOT, AT, waiting, {quarantined})
    later = verify_directory(metadata, ROOT, AT, confirmed)
    assert later.states["XA"] == confirmed.states["XA"]
    assert later.live(kid_of(key_row("XA", "outer", "new"))) is not None


def test_contacts_expire_by_themselves_and_never_go_back() -> None:
    files = FILES | {contacts_path("XA"): contacts_file("XA", 2, "2026-01-01T00:00:00Z")}
    newer = verify_directory(metadata_of(files), ROOT, AT)
    assert newer.states["XA"].contacts_stale_since == dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    assert newer.stale_since is None
    back = verify_directory(metadata_of(FILES, versions=(2, 2, 2)), ROOT, AT, newer)
    assert [fault.place for fault in back.faults] == ["states/XA/contacts.json"]
    assert back.states["XA"] == newer.states["XA"]


def test_contacts_vanish_when_erased_and_stay_when_merely_not_at_hand() -> None:
    keys_only = {path: data for path, data in FILES.items() if path != contacts_path("XB")}
    erased = verify_directory(metadata_of(keys_only, versions=(2, 2, 2)), ROOT, AT, BELIEVED)
    assert erased.states["XB"].contacts is None
    assert erased.states["XB"].keys == BELIEVED.states["XB"].keys
    away = verify_directory(msgspec.structs.replace(GOOD, files=keys_only), ROOT, AT, BELIEVED)
    assert away.states == BELIEVED.states


def test_a_snapshot_enters_the_log_by_its_own_tag() -> None:
    data = b"proxeny directory snapshot v1\n" + GOOD.snapshot
    assert snapshot_commitment(GOOD.snapshot) == "sha256:" + hashlib.sha256(data).hexdigest()


def test_a_wrong_contacts_file_does_not_hold_up_a_revocation() -> None:
    mark = {"at": "2026-02-01T00:00:00Z", "compromised_since": "2026-01-20T00:00:00Z"}
    rows = [row | {"revoked": mark} if row["use"] == "outer" else row for row in keys_of("XA")]
    changed = statement("XA", rows, FIRST["XA"])
    files = FILES | {keys_path("XA"): keys_file(FIRST["XA"], changed), contacts_path("XA"): b"{}"}
    found = verify_directory(metadata_of(files, versions=(2, 2, 2)), ROOT, AT, BELIEVED)
    assert [fault.place for fault in found.faults] == ["states/XA/contacts.json"]
    assert found.live(kid_of(key_row("XA", "outer"))) is None
    assert found.states["XA"].contacts == BELIEVED.states["XA"].contacts


@given(TIMES, st.none() | TIMES)
def test_only_a_third_states_cosignature_puts_a_signature_before_a_compromise(
    since: dt.datetime, witnessed: dt.datetime | None
) -> None:
    shown = since.isoformat().replace("+00:00", "Z")
    key = StateKey(use="outer", suite="PX1", public="", revoked=Revoked(shown, shown))
    proven = witnessed is not None and witnessed < since
    assert standing(key, witnessed) == ("signed-before" if proven else "time-unproven")
    assert standing(msgspec.structs.replace(key, revoked=None), witnessed) == "valid"


def test_the_worst_standing_counts() -> None:
    assert worst([]) == "valid"
    assert worst(["valid", "time-unproven", "signed-before"]) == "time-unproven"


PAIR_ROOT = signed(
    root_value(kind="bilateral", names={"root": KEEPERS[:2], "targets": KEEPERS[:2]}), KEEPERS[:2]
)
PAIR_FILE = write_metadata(metadata_of(FILES, roots=[PAIR_ROOT]))


def test_a_pair_is_made_by_the_file_and_the_fingerprint_heard_and_is_labelled() -> None:
    spoken = fingerprint(root_digest(PAIR_ROOT))
    assert pair(PAIR_FILE, spoken, AT).kind == "bilateral"
    assert pair(PAIR_FILE, spoken.replace(" ", "-"), AT).root == root_digest(PAIR_ROOT)


@given(st.text(max_size=60))
def test_no_pair_is_made_with_another_fingerprint(spoken: str) -> None:
    with pytest.raises(DirectoryRefusedError) as caught:
        pair(PAIR_FILE, spoken, AT)
    assert caught.value.step == "pairing"


def test_a_federation_is_not_joined_by_pairing() -> None:
    with pytest.raises(DirectoryRefusedError) as caught:
        pair(write_metadata(GOOD), fingerprint(ROOT), AT)
    assert caught.value.step == "pairing"


def test_the_directory_of_another_root_does_not_replace_the_one_believed() -> None:
    other = metadata_of(FILES, roots=[PAIR_ROOT])
    with pytest.raises(DirectoryRefusedError) as caught:
        verify_directory(other, root_digest(PAIR_ROOT), AT, BELIEVED)
    assert caught.value.step == "root"


# python-tuf


def test_python_tuf_believes_what_we_believe() -> None:
    root_of_long = signed(root_value(expires="2999-01-01T00:00:00Z"), KEEPERS[:2])
    metadata = metadata_of(FILES, roots=[root_of_long], expires="2999-01-01T00:00:00Z")
    trusted = TrustedMetadataSet(root_of_long, EnvelopeType.METADATA)
    trusted.update_timestamp(metadata.timestamp)
    trusted.update_snapshot(metadata.snapshot)
    targets = trusted.update_targets(metadata.targets)
    for path, data in metadata.files.items():
        targets.targets[path].verify_length_and_hashes(data)


def written_by_tuf() -> Metadata:
    """A federation of which python-tuf wrote and signed all four roles."""
    signers = {name: CryptoSigner(private(name)) for name in (*KEEPERS, "snapshot", "timestamp")}
    expires = dt.datetime(2026, 4, 1, tzinfo=dt.UTC)
    root = Root(expires=expires, unrecognized_fields={"x-proxeny": {"kind": "federation"}})
    for role, names in {
        "root": KEEPERS,
        "targets": KEEPERS,
        "snapshot": ["snapshot"],
        "timestamp": ["timestamp"],
    }.items():
        for name in names:
            key = signers[name].public_key
            assert isinstance(key, SSlibKey)
            root.add_key(key, role)
        root.roles[role].threshold = 2 if len(names) > 1 else 1
    targets = Targets(expires=expires)
    for path, data in FILES.items():
        targets.targets[path] = TargetFile.from_data(path, data, ["sha256"])
    first = _sign(root, [signers[name] for name in KEEPERS[:2]])
    third = _sign(targets, [signers[name] for name in KEEPERS[1:]])
    listed = Snapshot(expires=expires)
    listed.meta["targets.json"] = MetaFile.from_data(1, third, ["sha256"])
    snapshot = _sign(listed, [signers["snapshot"]])
    newest = Timestamp(expires=expires)
    newest.snapshot_meta = MetaFile.from_data(1, snapshot, ["sha256"])
    timestamp = _sign(newest, [signers["timestamp"]])
    return Metadata(roots=(first,), timestamp=timestamp, snapshot=snapshot, targets=third, files=FILES)


def _sign(value: Any, signers: list[CryptoSigner]) -> bytes:
    metadata = TufMetadata(value)
    for signer in signers:
        metadata.sign(signer, append=True)
    return metadata.to_bytes(JSONSerializer(compact=False))


def test_what_python_tuf_writes_is_believed() -> None:
    metadata = written_by_tuf()
    found: Directory = verify_directory(metadata, root_digest(metadata.roots[0]), AT)
    assert found.faults == ()
    assert {name: state.keys for name, state in found.states.items()} == {
        name: state.keys for name, state in BELIEVED.states.items()
    }
