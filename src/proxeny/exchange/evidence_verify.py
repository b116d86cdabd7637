"""What an evidence file proves, with nothing but the root of trust (docs/reference/wire.md, section 8).

`one_file.py` does the same in one file without this package; tests hold the two against each other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

import msgspec

from proxeny.base.encoding import write_digest
from proxeny.base.errors import Fault, InputError
from proxeny.base.moments import show_moment
from proxeny.base.wire import digest_of
from proxeny.directory.keys import PublicKey
from proxeny.directory.standing import Standing, standing, worst
from proxeny.directory.steps import DirectoryRefusedError
from proxeny.directory.verify import Directory, verify_directory
from proxeny.exchange.envelope import Receiver, agree, check_context
from proxeny.exchange.evidence_file import Delivered, Evidence, Logged, read_evidence
from proxeny.exchange.inner import Inner, parse_inner, persons_of, verify_inner
from proxeny.exchange.log.checkpoint import SignedHead, read_head
from proxeny.exchange.log.note import COSIGNATURE, ED25519, NoteKey
from proxeny.exchange.log.tree import verify_inclusion
from proxeny.exchange.outer import Outer, parse_outer, verify_outer
from proxeny.exchange.receipt import Receipt, match_receipt, read_receipt
from proxeny.exchange.steps import RefusedError, refuse_at
from proxeny.exchange.twins import RUNGS, Rung, is_void, read_twin

_ASK = "ask whoever gave the file for it again"


class Proven(msgspec.Struct, frozen=True, kw_only=True):
    """What is proven of one message. Times are kept apart: `created_at` is the authority's claim, `arrived_at` the
    receiver's, `witnessed_at` that of a third State; each null where nothing shows it."""

    sender: str
    addressee: str
    context: str
    commitment: str
    form: str | None
    uuid: str | None
    persons: int
    logged: bool
    created_at: str | None
    arrived_at: str | None
    witnessed_at: str | None
    standing: Standing


class Claim(msgspec.Struct, frozen=True):
    """A negative twin in the file: who claims that a step was missing, and whether proof stands against it."""

    signer: str
    missing: Rung
    stated_at: str
    void: bool


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What came of an evidence file: the steps that passed, in order, and the one that refused it, if any.

    `reached` are the steps of delivery that are proven of the first message. Of a file that was refused nothing is
    said to be proven. `stale_since` tells that the directory in the file had expired when it was verified.
    """

    valid: bool
    passed: tuple[str, ...]
    refused_at: str | None = None
    faults: tuple[Fault, ...] = ()
    root: str = ""
    kind: str | None = None
    stale_since: str | None = None
    messages: tuple[Proven, ...] = ()
    reached: tuple[Rung, ...] = ()
    claims: tuple[Claim, ...] = ()


def verify_evidence(
    data: bytes,
    root_of_trust: str,
    at: dt.datetime,
    newer: Directory | None = None,
    confirmed: Collection[str] = (),
) -> Verdict:
    """The verdict on a file. Never raises for what the file holds.

    `newer` is a directory believed later than the file was made: revocations in it count too, which whoever made the
    file could have left out. `confirmed` are digests of statements of keys that a person confirmed.
    """
    passed: list[str] = []
    try:
        evidence = read_evidence(data)  # 1 evidence
        passed.append("evidence")
        directory = _directory(evidence, root_of_trust, at, confirmed)  # 2 directory
        passed.append("directory")
        return _judge(evidence, directory, newer, passed)
    except RefusedError as error:
        return Verdict(
            valid=False, passed=tuple(passed), refused_at=error.step, faults=error.faults, root=root_of_trust
        )


def _directory(evidence: Evidence, root: str, at: dt.datetime, confirmed: Collection[str]) -> Directory:
    try:
        return verify_directory(evidence.directory, root, at, confirmed=confirmed)
    except DirectoryRefusedError as error:
        raise RefusedError("directory", list(error.faults)) from error


class _Read(msgspec.Struct, frozen=True):
    proven: Proven
    outer: Outer
    digest: str
    inner: Inner | None
    receipt: Receipt | None


def _judge(evidence: Evidence, directory: Directory, newer: Directory | None, passed: list[str]) -> Verdict:
    read: list[_Read] = []
    for at, message in enumerate(evidence.messages):
        one = _message(message, directory, newer, passed, f"messages/{at}")
        if read:
            _check_answers(read[0], one)
            passed.append("follows")
        read.append(one)
    first = read[0]
    reached = _reached(read)
    claims = []
    for twin in evidence.twins:
        claims.append(_claim(twin, first, frozenset(reached), directory))
        passed.append("twin")
    return Verdict(
        valid=True,
        passed=tuple(passed),
        root=directory.root,
        kind=directory.kind,
        stale_since=show_moment(directory.stale_since) if directory.stale_since else None,
        messages=tuple(one.proven for one in read),
        reached=reached,
        claims=tuple(claims),
    )


def _message(
    message: Delivered, directory: Directory, newer: Directory | None, passed: list[str], place: str
) -> _Read:
    outer, jws = parse_outer(message.outer)  # 3 parse-outer
    passed.append("parse-outer")
    keys = [verify_outer(outer, jws, directory.ever)]  # 4 verify-outer
    passed.append("verify-outer")
    receiver = Receiver(state=outer.addressee, root=directory.root, test_root=directory.is_test)
    check_context(outer, receiver)  # 5 context
    passed.append("context")
    if message.sealed is not None:
        if digest_of(message.sealed) != outer.digest:  # 6 digest
            raise refuse_at("digest", f"{place}/sealed", "not the bytes the outer layer speaks of", _ASK)
        passed.append("digest")
    inner: Inner | None = None
    signers: tuple[PublicKey, ...] = ()
    if message.inner is not None:
        inner, signers = _inner(message.inner, outer, directory, passed)  # 7 to 10
    receipt: Receipt | None = None
    witnessed: int | None = None
    if message.receipt is not None:
        receipt, key = read_receipt(message.receipt, directory.ever)  # 11 parse-receipt, 12 verify-receipt
        passed += ("parse-receipt", "verify-receipt")
        match_receipt(receipt, outer, digest_of(message.outer))  # 13 match-receipt
        passed.append("match-receipt")
        keys.append(key)
        if message.log is not None:
            head, key = _logged(message.log, receipt, directory, place)  # 14 log, 15 inclusion
            keys.append(key)
            passed += ("log", "inclusion")
            witnessed = _witnessed(head, outer, directory)
    seen = dt.datetime.fromtimestamp(min(witnessed, _LATEST), dt.UTC) if witnessed is not None else None
    proven = Proven(
        sender=outer.sender,
        addressee=outer.addressee,
        context=outer.context,
        commitment=outer.commitment,
        form=inner.form if inner else None,
        uuid=inner.uuid if inner else None,
        persons=len(persons_of(signers)),
        logged=message.log is not None,
        created_at=(inner.created_at or None) if inner else None,
        arrived_at=receipt.arrived_at if receipt else None,
        witnessed_at=show_moment(seen) if seen else None,
        standing=_standing([*keys, *signers], seen, directory, newer),
    )
    return _Read(proven, outer, digest_of(message.outer), inner, receipt)


def _inner(
    data: bytes, outer: Outer, directory: Directory, passed: list[str]
) -> tuple[Inner, tuple[PublicKey, ...]]:
    inner, jws = parse_inner(data)  # 7 inner-parse
    passed.append("inner-parse")
    signers = verify_inner(inner, jws, directory.ever)  # 8 inner-verify
    passed.append("inner-verify")
    needed = directory.persons(inner.sender_state, inner.form)  # 9 persons
    if len(persons_of(signers)) < needed:
        shown = f"signed by {len(persons_of(signers))} of {needed} persons"
        raise refuse_at("persons", "inner/signatures", shown, "another person of the authority has to sign")
    passed.append("persons")
    agree(outer, inner, jws.payload)  # 10 agree
    passed.append("agree")
    return inner, signers


def _logged(
    logged: Logged, receipt: Receipt, directory: Directory, place: str
) -> tuple[SignedHead, PublicKey]:
    """That the log which the receipt names holds its leaf, under a head that this log signed; and the log's key."""
    origin = receipt.log.origin
    prefix = f"proxeny/{receipt.receiver}/{receipt.context}/{receipt.root[7:39]}/"
    found = [
        (key, note)
        for key, note in _note_keys(directory, "checkpoint")
        if key.state == receipt.receiver and note.name == origin
    ]
    if len(found) != 1 or not origin.startswith(prefix):
        raise refuse_at(
            "log", f"{place}/receipt/log/origin", "not a log of the receiver in the directory", _ASK
        )
    key, log = found[0]
    witnesses = [note for _, note in _note_keys(directory, "cosignature")]
    try:
        head = read_head(logged.checkpoint, log, witnesses, f"{place}/log/checkpoint")
    except InputError as error:
        raise RefusedError("log", list(error.faults)) from error
    size, root = head.checkpoint.size, head.checkpoint.root
    same_head = size != receipt.log.size or write_digest(root) == receipt.log.root
    holds = verify_inclusion(receipt.log.index, size, receipt.leaf, logged.proof, root)
    if size < receipt.log.size or not same_head or not holds:
        shown = "the head does not hold what the receipt promises"
        raise refuse_at(
            "inclusion", f"{place}/log", shown, "keep it: with the receipt it may prove misconduct"
        )
    return head, key


def _note_keys(directory: Directory, use: str) -> list[tuple[PublicKey, NoteKey]]:
    """Keys of logs, revoked ones included (their standing is judged), or of witnesses, without revoked ones (a thief of
    a witness's key dates as he likes). Two of one name and id are none."""
    kind, find = (ED25519, directory.ever) if use == "checkpoint" else (COSIGNATURE, directory.live)
    found = []
    for state in directory.states.values():
        for kid, row in state.keys.items():
            key = find(kid) if row.use == use else None
            if key is not None:
                found.append((key, NoteKey(row.name, kind, key.public)))
    ids = [(note.name, note.key_id) for _, note in found]
    return [pair for pair in found if ids.count((pair[1].name, pair[1].key_id)) == 1]


def _witnessed(head: SignedHead, outer: Outer, directory: Directory) -> int | None:
    """The earliest time of a third State's cosignature."""
    parties = (outer.sender, outer.addressee)
    third = [note for key, note in _note_keys(directory, "cosignature") if key.state not in parties]
    times = [found.time for found in head.cosignatures if found.key in third and found.time is not None]
    return min(times, default=None)


def _standing(
    keys: list[PublicKey], seen: dt.datetime | None, directory: Directory, newer: Directory | None
) -> Standing:
    found: list[Standing] = []
    for believed in (directory, newer):
        for key in keys:
            same_root = believed is not None and believed.root == directory.root
            state = believed.states.get(key.state) if believed is not None and same_root else None
            if state and key.kid in state.keys:
                found.append(standing(state.keys[key.kid], seen))
    return worst(found)


def _check_answers(first: _Read, later: _Read) -> None:
    """That a later message is the addressee's, to the sender of the first, in its context, and follows it by its uuid."""
    uuid = first.inner.uuid if first.inner else None
    back = (later.outer.sender, later.outer.addressee) == (first.outer.addressee, first.outer.sender)
    if not back or later.outer.context != first.outer.context or later.inner is None or uuid is None:
        raise refuse_at("follows", "messages", "not an answer to the first message, with both contents", _ASK)
    if uuid not in later.inner.follows:
        raise refuse_at("follows", "messages", "does not follow the first message", _ASK)


def _reached(read: list[_Read]) -> tuple[Rung, ...]:
    """The steps of delivery proven of the first message. An acknowledgement (form A) is a person's; by the role of an
    authority it shows reading; any other form that follows is an answer."""
    found: set[Rung] = {"sent"}
    if read[0].receipt is not None:
        found.add("received")
    for later in read[1:]:
        if later.inner is not None and later.inner.form == "A":
            found |= (
                {"acknowledged", "read"} if later.inner.sender_role.startswith("CA") else {"acknowledged"}
            )
        else:
            found.add("answered")
    return tuple(rung for rung in RUNGS if rung in found)


def _claim(data: bytes, first: _Read, reached: frozenset[Any], directory: Directory) -> Claim:
    twin, _ = read_twin(data, directory.ever)
    pairs = (
        (twin.signer, first.outer.sender),
        (twin.state, first.outer.addressee),
        (twin.context, first.outer.context),
        (twin.root, first.outer.root),
        (twin.outer, first.digest),
        (twin.commitment, first.outer.commitment),
    )
    if any(one != other for one, other in pairs):
        raise refuse_at("twin", "twins", "a claim about another message", _ASK)
    return Claim(twin.signer, twin.missing, twin.stated_at, is_void(twin, reached))


_LATEST = 253402300799  # the last second of the year 9999, the latest that can be written as a time
