"""Writes tests/vectors/exchange/evidence: run it after a change of the evidence file.

A case is a file whose directory stands once in blobs.json; every case to refuse is a good one with one thing bent.
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
from desks import (
    ANNA,
    BORIS,
    DESK,
    UUIDS,
    XA_RECEIPTS,
    XB_AUTHORITY,
    XB_DESK,
    XB_OPENER,
    XB_RECEIPTS,
    message,
    opener,
    signed,
    stream,
)
from log_trees import reader, stored

from federation import (
    FILES,
    FIRST,
    KEEPERS,
    ROOT,
    Json,
    keys_file,
    keys_of,
    metadata_of,
    private,
    public,
    root_value,
    statement,
)
from federation import signed as signed_role
from proxeny.base.encoding import read_digest
from proxeny.base.wire import digest_of
from proxeny.directory.metadata import Metadata, keys_path, root_digest
from proxeny.exchange.envelope import envelope_for, split
from proxeny.exchange.evidence_file import Delivered, Evidence, Logged
from proxeny.exchange.inner import Inner
from proxeny.exchange.keys import PublicKey, Signer
from proxeny.exchange.log.checkpoint import Checkpoint, sign_checkpoint
from proxeny.exchange.log.entry import Salted, log_origin
from proxeny.exchange.log.note import COSIGNATURE, ED25519, NoteKey, cosign_note
from proxeny.exchange.log.tree import Node, hash_leaf, inclusion_proof, tree_root
from proxeny.exchange.outer import parse_outer
from proxeny.exchange.receipt import Receipt, logged_at, sign_receipt
from proxeny.exchange.twins import Twin, sign_twin

FOLDER = Path(__file__).parents[1] / "vectors/exchange/evidence"
AT = "2026-03-10T00:00:00Z"
SEEN = 1772439300  # 2026-03-02T08:15:00Z
LEAVES = 11
INDEX = 6


class Case(NamedTuple):
    """An evidence file, and what must come of it."""

    name: str
    what: str
    evidence: Evidence
    step: str = ""
    root: str = ROOT
    reached: tuple[str, ...] = ("sent", "received")
    standing: str = "valid"
    witnessed: str | None = "2026-03-02T08:15:00Z"
    void: tuple[bool, ...] = ()


def desk_key(state: str, use: str) -> Signer:
    name = f"{state} {use} "
    key = PublicKey(public=public(name), use="outer", state=state)
    return Signer(key, private(name).sign)


def checkpoint_of(
    state: str, origin: str, leaves: list[bytes], witnesses: tuple[str, ...], time: int
) -> tuple[bytes, dict[Node, bytes]]:
    """A checkpoint of a State's log, cosigned by others at a time."""
    nodes = stored(leaves)
    holder = private(f"{state} checkpoint ")
    key = NoteKey(origin, ED25519, holder.public_key().public_bytes_raw())
    note = sign_checkpoint(
        Checkpoint(origin, len(leaves), tree_root(len(leaves), reader(nodes))), key, holder.sign
    )
    lines = list(note.signatures)
    for witness in witnesses:
        mine = private(f"{witness} cosignature ")
        cosigner = NoteKey(f"proxeny/{witness}/witness/1", COSIGNATURE, mine.public_key().public_bytes_raw())
        lines.append(cosign_note(note.text, cosigner, mine.sign, time))
    return msgspec.structs.replace(note, signatures=tuple(lines)).write(), nodes


def delivered(
    inner: Inner,
    signers: tuple[Signer, ...] = (ANNA, BORIS),
    desk: Signer = DESK,
    receipts: Signer = XB_RECEIPTS,
    *,
    witnesses: tuple[str, ...] = ("XC",),
    time: int = SEEN,
    addressee: Any = XB_OPENER.key,
    log_origin_of: Callable[[str], str] | None = None,
    bend: Callable[[Receipt], Receipt] = lambda receipt: receipt,
) -> Delivered:
    """A message handed over, acknowledged, logged and witnessed."""
    inner_bytes = signed(inner, signers)
    data = envelope_for(inner_bytes, addressee, None, 1, desk, stream("seal"))
    outer_bytes, sealed = split(data)
    outer = parse_outer(outer_bytes)[0]
    root = read_digest(inner.root) or b""
    origin = log_origin(outer.addressee, inner.context, root, 1)
    if log_origin_of:
        origin = log_origin_of(outer.addressee)
    salt = bytes(range(32))
    leaf = Salted(salt, read_digest(outer.commitment) or b"").leaf
    leaves = [leaf if at == INDEX else hash_leaf(bytes([at])) for at in range(LEAVES)]
    note, nodes = checkpoint_of(outer.addressee, origin, leaves, witnesses, time)
    first = tree_root(INDEX + 1, reader(nodes))
    receipt = Receipt(
        outcome="stored",
        receiver=outer.addressee,
        sender=outer.sender,
        context=outer.context,
        root=outer.root,
        sequence=outer.sequence,
        outer=digest_of(outer_bytes),
        digest=outer.digest,
        commitment=outer.commitment,
        arrived_at="2026-03-02T08:00:05Z",
        log=logged_at(origin, INDEX, salt, INDEX + 1, first),
    )
    proof = inclusion_proof(INDEX, LEAVES, reader(nodes))
    return Delivered(
        outer=outer_bytes,
        sealed=sealed,
        inner=inner_bytes,
        receipt=sign_receipt(bend(receipt), receipts),
        log=Logged(note, proof),
    )


NOTE = message(root=ROOT)
MESSAGE = delivered(NOTE)
DIRECTORY = metadata_of({path: data for path, data in FILES.items() if path.endswith("keys.json")})
FULL = Evidence(directory=DIRECTORY, messages=(MESSAGE,))
XA_SEAL = opener("XA").key


def answer(form: str, role: str, number: int, **changes: Any) -> Delivered:
    """An answer of XB to the notification."""
    plain = {
        "root": ROOT,
        "form": form,
        "uuid": UUIDS[number],
        "follows": [UUIDS[0]],
        "sender_state": "XB",
        "sender_role": role,
        "addressees": ["XA"],
        "event_ids": {"XB": "XB-1"},
    }
    inner = message((XB_AUTHORITY,), **(plain | changes))
    return delivered(inner, (XB_AUTHORITY,), XB_DESK, XA_RECEIPTS, addressee=XA_SEAL)


def twin(missing: str = "received", holder: Signer = XA_RECEIPTS, **changes: Any) -> bytes:
    outer = parse_outer(MESSAGE.outer)[0]
    plain: dict[str, Any] = {
        "signer": "XA",
        "state": "XB",
        "missing": missing,
        "context": outer.context,
        "root": outer.root,
        "outer": digest_of(MESSAGE.outer),
        "commitment": outer.commitment,
        "due_at": "2026-03-02T08:05:00Z",
        "stated_at": "2026-03-02T08:05:01Z",
    }
    return sign_twin(Twin(**(plain | changes)), holder)


def with_message(**changes: Any) -> Evidence:
    return msgspec.structs.replace(FULL, messages=(msgspec.structs.replace(MESSAGE, **changes),))


def revoking(state: str, use: str, since: str) -> Metadata:
    """The directory after a key was revoked."""
    mark = {"at": "2026-03-05T00:00:00Z", "compromised_since": since}
    rows = [row | {"revoked": mark} if row["use"] == use else row for row in keys_of(state)]
    told = statement(state, rows, FIRST[state])
    files = {**DIRECTORY.files, keys_path(state): keys_file(FIRST[state], told)}
    return metadata_of(files, versions=(2, 2, 2))


def having(directory: Metadata, *messages: Delivered) -> Evidence:
    return Evidence(directory=directory, messages=messages or (MESSAGE,))


def good_cases() -> Iterator[Case]:
    yield Case("full", "sealed bytes, content, receipt, log, a third State's cosignature", FULL)
    bare = with_message(sealed=None, inner=None)
    yield Case("without-content", "what was handed over, without showing the content", bare)
    yield Case(
        "sent-only", "no receipt", with_message(receipt=None, log=None), reached=("sent",), witnessed=None
    )
    yield Case("unlogged", "a receipt without proof of the log", with_message(log=None), witnessed=None)
    exercise = delivered(message(root=ROOT, context="exercise"))
    yield Case(
        "exercise-unlogged",
        "of an exercise",
        having(DIRECTORY, msgspec.structs.replace(exercise, log=None)),
        witnessed=None,
    )
    test_root = signed_role(root_value(kind="test"), KEEPERS[:2])
    trial = delivered(message(root=root_digest(test_root), context="test"))
    files = dict(DIRECTORY.files)
    yield Case(
        "test",
        "of a test, under a root made for tests",
        having(metadata_of(files, roots=[test_root]), msgspec.structs.replace(trial, log=None)),
        root=root_digest(test_root),
        witnessed=None,
    )
    claimed = next(row for row in keys_of("XA") if row["use"] == "outer") | {"suite": "PX2"}
    files = {**DIRECTORY.files, keys_path("XC"): keys_file(statement("XC", [*keys_of("XC"), claimed]))}
    yield Case(
        "claimed-key",
        "another State claims the sender's key, under a suite in which none proves to hold it",
        having(metadata_of(files)),
    )
    unknown = delivered(message(root=ROOT, form="Q"))
    yield Case("unknown-form", "of a form not known", having(DIRECTORY, unknown))
    yield from answered_cases()
    yield from revoked_cases()


def answered_cases() -> Iterator[Case]:
    seen, read = answer("A", "NCP", 1), answer("A", "CA-D", 2)
    reply = answer("VR", "CA-D", 3)
    yield Case(
        "acknowledged",
        "acknowledged by a person",
        having(DIRECTORY, MESSAGE, seen),
        reached=("sent", "received", "acknowledged"),
    )
    yield Case(
        "answered",
        "acknowledged, read by the authority, answered",
        having(DIRECTORY, MESSAGE, seen, read, reply),
        reached=("sent", "received", "acknowledged", "read", "answered"),
    )
    silent = msgspec.structs.replace(with_message(receipt=None, log=None), twins=(twin(),))
    yield Case(
        "twin",
        "the sender's claim that nothing was received",
        silent,
        reached=("sent",),
        witnessed=None,
        void=(False,),
    )
    yield Case(
        "twin-void",
        "the same claim against a receipt",
        msgspec.structs.replace(FULL, twins=(twin(),)),
        void=(True,),
    )
    later = msgspec.structs.replace(FULL, twins=(twin("acknowledged"),))
    yield Case("twin-acknowledged", "received, and claimed not to be acknowledged", later, void=(False,))


def revoked_cases() -> Iterator[Case]:
    for use in ("outer", "authority"):
        before = having(revoking("XA", use, "2026-03-02T09:00:00Z"))
        yield Case(
            f"revoked-{use}-before", "witnessed before the compromise", before, standing="signed-before"
        )
        after = having(revoking("XA", use, "2026-03-02T08:15:00Z"))
        yield Case(
            f"revoked-{use}-unproven", "compromised when it was witnessed", after, standing="time-unproven"
        )
    party = delivered(NOTE, witnesses=("XA", "XB"))
    yield Case(
        "revoked-parties",
        "witnessed by the parties themselves only",
        having(revoking("XA", "outer", "2026-03-04T00:00:00Z"), party),
        standing="time-unproven",
        witnessed=None,
    )
    yield Case(
        "revoked-witness",
        "the witness's key is revoked: its time counts for nothing",
        having(revoking("XC", "cosignature", "2026-03-04T00:00:00Z")),
        witnessed=None,
    )
    yield Case(
        "revoked-log",
        "the log's key is revoked",
        having(revoking("XB", "checkpoint", "2026-03-01T00:00:00Z")),
        standing="time-unproven",
    )


def bad_cases() -> Iterator[Case]:
    yield from directory_cases()
    yield from message_cases()
    yield from log_cases()
    yield from answer_cases()
    yield from twin_cases()


def directory_cases() -> Iterator[Case]:
    other = signed_role(root_value(expires="2029-01-01T00:00:00Z"), KEEPERS[:2])
    yield Case("root-other_fail", "under another root", FULL, "directory", root=root_digest(other))
    one = metadata_of(DIRECTORY.files, keepers=KEEPERS[:1])
    yield Case("one-keeper_fail", "a directory of one keeper", having(one), "directory")
    files = {path: data for path, data in DIRECTORY.files.items() if "/XA/" not in path}
    yield Case("no-keys_fail", "without the sender's keys", having(metadata_of(files)), "verify-outer")
    rows = [*keys_of("XA")]
    foreign = [row for row in rows if row["use"] != "outer"]
    first = statement("XA", foreign)
    alone = statement("XA", rows, first, by=())
    files = {**DIRECTORY.files, keys_path("XA"): keys_file(first, alone)}
    yield Case(
        "quarantined_fail",
        "the desk's key came by the keepers alone",
        having(metadata_of(files)),
        "verify-outer",
    )


def message_cases() -> Iterator[Case]:
    outer = MESSAGE.outer
    yield Case(
        "outer-space_fail", "a space after the outer layer", with_message(outer=outer + b" "), "parse-outer"
    )
    bent = outer[:-10] + (b"A" if outer[-10:-9] != b"A" else b"B") + outer[-9:]
    yield Case("outer-altered_fail", "the outer signature altered", with_message(outer=bent), "verify-outer")
    yield Case("sealed-other_fail", "other sealed bytes", with_message(sealed=b"other"), "digest")
    inner = MESSAGE.inner or b""
    yield Case("inner-cut_fail", "the inner layer cut off", with_message(inner=inner[:-1]), "inner-parse")
    stripped = json.loads(inner)
    del stripped["signatures"][1]
    bare = json.dumps(stripped, separators=(",", ":")).encode()
    yield Case("inner-stripped_fail", "a signature stripped", with_message(inner=bare), "inner-verify")
    one = signed(message((ANNA,), root=ROOT), (ANNA,))
    yield Case("inner-one_fail", "signed by one person of two", with_message(inner=one), "persons")
    another = signed(message(root=ROOT, event_ids={"XA": "XA-2"}))
    yield Case("inner-other_fail", "another content", with_message(inner=another), "agree")
    wrong_root = delivered(message())
    yield Case("context-root_fail", "made under another root", having(DIRECTORY, wrong_root), "context")
    trial = delivered(message(root=ROOT, context="test"))
    yield Case("context-test_fail", "a test under a real root", having(DIRECTORY, trial), "context")
    receipt = MESSAGE.receipt or b""
    yield Case("receipt-cut_fail", "the receipt cut off", with_message(receipt=receipt[:-1]), "parse-receipt")
    theirs = delivered(NOTE, receipts=XA_RECEIPTS).receipt
    yield Case(
        "receipt-sender_fail", "signed by the sender itself", with_message(receipt=theirs), "verify-receipt"
    )
    other = delivered(message(root=ROOT, form="F")).receipt
    yield Case("receipt-other_fail", "for another message", with_message(receipt=other), "match-receipt")


def log_cases() -> Iterator[Case]:
    log = MESSAGE.log
    if log is None:
        raise AssertionError("the full message is logged")

    def logged(note: bytes, proof: tuple[bytes, ...] = log.proof) -> Evidence:
        return with_message(log=Logged(note, proof))

    note = log.checkpoint
    yield Case("log-cut_fail", "the checkpoint cut off", logged(note[:-1]), "log")
    unsigned = b"\n".join(
        line for line in note.split(b"\n") if b"proxeny/XB/real" not in line or b" " not in line
    )
    yield Case("log-unsigned_fail", "without the log's own signature", logged(unsigned), "log")
    text, tail = note.split(b"\n\n")
    grown = text.replace(b"\n11\n", b"\n12\n") + b"\n\n" + tail
    yield Case("log-grown_fail", "another size than signed", logged(grown), "log")
    lines = tail.split(b"\n")
    name, blob = lines[1].rsplit(b" ", 1)
    data = bytearray(base64.b64decode(blob))
    data[11] ^= 1
    earlier = b"\n".join([lines[0], name + b" " + base64.b64encode(bytes(data)), b""])
    yield Case("log-backdated_fail", "the witness's time altered", logged(text + b"\n\n" + earlier), "log")
    yield Case(
        "log-proof-short_fail", "a hash of the proof missing", logged(note, log.proof[:-1]), "inclusion"
    )
    swapped = (log.proof[1], log.proof[0], *log.proof[2:])
    yield Case("log-proof-swapped_fail", "hashes exchanged", logged(note, swapped), "inclusion")
    longer = (*log.proof, bytes(32))
    yield Case("log-proof-long_fail", "a hash too many", logged(note, longer), "inclusion")
    ahead = delivered(NOTE, bend=_ahead)
    yield Case("log-behind_fail", "a head older than the receipt's", having(DIRECTORY, ahead), "inclusion")
    same = delivered(NOTE, bend=_other_head)
    yield Case(
        "log-other-head_fail", "not the head that the receipt names", having(DIRECTORY, same), "inclusion"
    )
    elsewhere = delivered(NOTE, log_origin_of=lambda state: log_origin(state, "exercise", bytes(32), 1))
    yield Case(
        "log-other-origin_fail", "a log that is not in the directory", having(DIRECTORY, elsewhere), "log"
    )


def _ahead(receipt: Receipt) -> Receipt:
    return msgspec.structs.replace(receipt, log=msgspec.structs.replace(receipt.log, size=LEAVES + 1))


def _other_head(receipt: Receipt) -> Receipt:
    return msgspec.structs.replace(receipt, log=msgspec.structs.replace(receipt.log, size=LEAVES))


def answer_cases() -> Iterator[Case]:
    def then(*later: Delivered) -> Evidence:
        return having(DIRECTORY, MESSAGE, *later)

    yield Case(
        "follows-other_fail",
        "follows another message",
        then(answer("A", "NCP", 1, follows=[UUIDS[5]])),
        "follows",
    )
    yield Case("follows-nothing_fail", "follows nothing", then(answer("A", "NCP", 1, follows=[])), "follows")
    sealed = msgspec.structs.replace(answer("A", "NCP", 1), inner=None)
    yield Case("follows-closed_fail", "an answer whose content is not shown", then(sealed), "follows")
    yield Case("follows-same_fail", "the sender follows itself", then(MESSAGE), "follows")
    drill = msgspec.structs.replace(answer("A", "NCP", 1, context="exercise"), log=None)
    yield Case("follows-context_fail", "an answer in another context", then(drill), "follows")


def twin_cases() -> Iterator[Case]:
    def with_twin(data: bytes) -> Evidence:
        return msgspec.structs.replace(FULL, twins=(data,))

    yield Case(
        "twin-other_fail", "about another message", with_twin(twin(outer="sha256:" + "0" * 64)), "twin"
    )
    yield Case("twin-stranger_fail", "claimed by another State", with_twin(twin(holder=XB_RECEIPTS)), "twin")
    yield Case("twin-desk_fail", "signed with the desk's key", with_twin(twin(holder=DESK)), "twin")
    yield Case(
        "twin-receipt_fail", "a receipt in place of a claim", with_twin(MESSAGE.receipt or b""), "twin"
    )
    yield Case("twin-cut_fail", "cut off", with_twin(twin()[:-1]), "twin")


BLOBS: dict[str, str] = {}


def put(data: bytes | None) -> str | None:
    if data is None:
        return None
    BLOBS[digest_of(data)] = base64.b64encode(data).decode()
    return digest_of(data)


def by_digest(evidence: Evidence) -> Json:
    """The file with the digest of each part in place of its bytes, which stand once in blobs.json."""
    directory = evidence.directory
    return {
        "version": 1,
        "directory": {
            "version": 1,
            "roots": [put(data) for data in directory.roots],
            "timestamp": put(directory.timestamp),
            "snapshot": put(directory.snapshot),
            "targets": put(directory.targets),
            "files": {path: put(data) for path, data in sorted(directory.files.items())},
        },
        "messages": [
            {
                "outer": put(one.outer),
                "sealed": put(one.sealed),
                "inner": put(one.inner),
                "receipt": put(one.receipt),
                "log": {"checkpoint": put(one.log.checkpoint), "proof": [put(step) for step in one.log.proof]}
                if one.log
                else None,
            }
            for one in evidence.messages
        ],
        "twins": [put(data) for data in evidence.twins],
    }


def plain(case: Case) -> Json:
    found: Json = {"what": case.what, "root": case.root, "evidence": by_digest(case.evidence)}
    if case.step:
        return found | {"refused_at": case.step}
    return found | {
        "refused_at": None,
        "reached": list(case.reached),
        "standing": case.standing,
        "witnessed_at": case.witnessed,
        "void": list(case.void),
    }


def every_case() -> list[Case]:
    return [*good_cases(), *bad_cases()]


if __name__ == "__main__":
    shutil.rmtree(FOLDER, ignore_errors=True)
    for case in every_case():
        folder = FOLDER / case.name
        folder.mkdir(parents=True)
        (folder / "case.json").write_text(json.dumps(plain(case), indent=1) + "\n", encoding="utf-8")
    (FOLDER / "blobs.json").write_text(json.dumps(BLOBS, indent=0, sort_keys=True) + "\n", encoding="utf-8")
