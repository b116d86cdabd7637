"""Receipts, chains, identities and attachments: what a desk signs it must hold, and what it signs twice is shown."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from bend import inner_with, outer_with, wrap_inner
from desks import (
    ANNA,
    BORIS,
    DESK,
    DIRECTORY,
    ROOT,
    UUIDS,
    XA_RECEIPTS,
    XB_DESK,
    XB_RECEIPTS,
    arrive,
    envelope,
    message,
    receive,
    signed,
    signer,
    stream,
)
from hypothesis import given
from hypothesis import strategies as st
from log_keys import log_key, private
from log_trees import reader, stored

from proxeny.base.encoding import read_digest, write_digest
from proxeny.base.wire import digest_of
from proxeny.exchange.attachment import open_attachment, seal_attachment
from proxeny.exchange.chain import Place, place_in_chain
from proxeny.exchange.envelope import open_arrived, split
from proxeny.exchange.evidence import (
    HiddenEntry,
    HiddenHead,
    entry_stands,
    verify_hidden_entry,
    verify_hidden_head,
)
from proxeny.exchange.identity import (
    InnerConflict,
    OuterConflict,
    earlier_receipt,
    stand,
    verify_inner_conflict,
    verify_outer_conflict,
)
from proxeny.exchange.inner import sign_inner
from proxeny.exchange.limits import ATTACHMENT
from proxeny.exchange.log.audit import Placed, place_leaf
from proxeny.exchange.log.checkpoint import Checkpoint, SignedHead, read_head, sign_checkpoint
from proxeny.exchange.log.entry import Salted, log_origin
from proxeny.exchange.log.tree import Node, consistency_proof, hash_leaf, inclusion_proof, tree_root
from proxeny.exchange.outer import Link, link_of
from proxeny.exchange.receipt import (
    Receipt,
    logged_at,
    match_receipt,
    read_receipt,
    receipt_for,
    sign_receipt,
)
from proxeny.exchange.steps import RefusedError

GOOD = envelope(signed(message()))
SALT = bytes(range(32))
XB_LOG = log_key(log_origin("XB", "real", read_digest(ROOT) or b"", 1), 9)
COMMITMENT = read_digest(arrive(GOOD).outer.commitment) or b""
PROMISED = Salted(SALT, COMMITMENT).leaf


def leaves(count: int, at: int, leaf: bytes) -> dict[Node, bytes]:
    """A log of `count` leaves with this one at a place."""
    return stored([leaf if number == at else hash_leaf(b"%d" % number) for number in range(count)])


def head(nodes: dict[Node, bytes], size: int) -> SignedHead:
    checkpoint = Checkpoint(XB_LOG.name, size, tree_root(size, reader(nodes)))
    return read_head(sign_checkpoint(checkpoint, XB_LOG, private(9).sign).write(), XB_LOG, (), "head")


def receipt(index: int = 3, size: int = 4) -> tuple[Receipt, bytes]:
    logged = logged_at(XB_LOG.name, index, SALT, size, tree_root(size, reader(leaves(size, index, PROMISED))))
    made = receipt_for(arrive(GOOD), logged, "2026-03-02T08:00:05Z")
    return made, sign_receipt(made, XB_RECEIPTS)


@given(st.integers(0, 30), st.integers(1, 30), st.sampled_from(["stored", "not-understood", None]))
def test_a_receipt_is_read_as_signed_and_fits_its_message(index: int, more: int, outcome: Any) -> None:
    logged = logged_at(XB_LOG.name, index, SALT, index + more, bytes(32))
    made = receipt_for(arrive(GOOD), logged, "2026-03-02T08:00:05.25Z", outcome)
    read, key = read_receipt(sign_receipt(made, XB_RECEIPTS), DIRECTORY.get)
    assert (read, key) == (made, XB_RECEIPTS.key)
    assert read.leaf == PROMISED
    match_receipt(read, arrive(GOOD).outer, arrive(GOOD).link.digest)


@given(st.integers(0, 2**16), st.integers(0, 7))
def test_no_bit_of_a_receipt_can_be_changed(at: int, bit: int) -> None:
    data = receipt()[1]
    at %= len(data)
    with pytest.raises(RefusedError):
        read_receipt(data[:at] + bytes([data[at] ^ (1 << bit)]) + data[at + 1 :], DIRECTORY.get)


def test_a_receipt_for_a_version_not_known_says_so() -> None:
    arrived = arrive(outer_with(GOOD, lambda value: value.update(version=2)))
    logged = logged_at(XB_LOG.name, 0, SALT, 1, bytes(32))
    assert receipt_for(arrived, logged, "2026-03-02T08:00:05Z").outcome == "not-understood"
    with pytest.raises(ValueError, match="not opened"):
        open_arrived(arrived, [], DIRECTORY.get, lambda *_: 1, lambda _: ())


def test_no_desk_signs_a_receipt_that_none_would_read() -> None:
    made = receipt()[0]
    for wrong in (
        msgspec.structs.replace(made, arrived_at="2026-03-02 08:00"),
        msgspec.structs.replace(made, log=logged_at(XB_LOG.name, 4, SALT, 4, bytes(32))),
        msgspec.structs.replace(made, receiver="xb"),
    ):
        with pytest.raises(RefusedError):
            sign_receipt(wrong, XB_RECEIPTS)


def test_a_receipt_is_no_envelope_and_gets_none() -> None:
    with pytest.raises(RefusedError) as caught:
        arrive(receipt()[1] + b"\n" + split(GOOD)[1])
    assert caught.value.step == "parse-outer"


def test_an_entry_that_stands_is_no_hidden_one() -> None:
    made, data = receipt()
    nodes = leaves(20, 3, PROMISED)
    later = head(nodes, 20)
    proof = inclusion_proof(3, 20, reader(nodes))
    assert entry_stands(made, later.note.write(), proof, XB_LOG)
    assert not verify_hidden_entry(
        HiddenEntry(data, place_leaf(later, 3, reader(nodes))), XB_LOG, DIRECTORY.get
    )
    lead = HiddenHead(
        data, later.note.write(), tree_root(4, reader(nodes)), consistency_proof(4, 20, reader(nodes))
    )
    assert not verify_hidden_head(lead, XB_LOG, DIRECTORY.get)


def test_a_hidden_entry_is_proven_by_its_receipt() -> None:
    made, data = receipt()
    nodes = leaves(20, 3, hash_leaf(b"something else"))
    later = head(nodes, 20)
    assert not entry_stands(made, later.note.write(), inclusion_proof(3, 20, reader(nodes)), XB_LOG)
    shown = place_leaf(later, 3, reader(nodes))
    hidden = HiddenEntry(data, shown)
    assert verify_hidden_entry(hidden, XB_LOG, DIRECTORY.get)
    assert verify_hidden_entry(
        msgspec.json.decode(msgspec.json.encode(hidden), type=HiddenEntry), XB_LOG, DIRECTORY.get
    )
    lead = HiddenHead(
        data, later.note.write(), tree_root(4, reader(nodes)), consistency_proof(4, 20, reader(nodes))
    )
    assert verify_hidden_head(lead, XB_LOG, DIRECTORY.get)
    # An accuser can make up neither the leaf, nor its place, nor the receipt, nor another log.
    assert not verify_hidden_entry(
        HiddenEntry(data, Placed(shown.note, hash_leaf(b"x"), shown.proof)), XB_LOG, DIRECTORY.get
    )
    elsewhere = place_leaf(later, 4, reader(nodes))
    assert not verify_hidden_entry(HiddenEntry(data, elsewhere), XB_LOG, DIRECTORY.get)
    with pytest.raises(RefusedError):
        verify_hidden_entry(HiddenEntry(sign_receipt(made, XA_RECEIPTS), shown), XB_LOG, DIRECTORY.get)
    moved = msgspec.structs.replace(made, log=logged_at("proxeny/XC/real/0/1", 3, SALT, 4, bytes(32)))
    other_log = HiddenEntry(sign_receipt(moved, XB_RECEIPTS), shown)
    assert not verify_hidden_entry(other_log, XB_LOG, DIRECTORY.get)


def chain(count: int) -> list[tuple[bytes, Link]]:
    """The outer layers of messages in a row, with their links."""
    made: list[tuple[bytes, Link]] = []
    for number in range(count):
        data = envelope(signed(message(uuid=UUIDS[number])), made[-1][1] if made else None, number + 1)
        made.append((data, arrive(data).link))
    return made


CHAIN = chain(5)


@given(st.permutations(range(5)))
def test_a_chain_is_complete_in_whatever_order_it_arrives(order: list[int]) -> None:
    known: dict[int, Link] = {}
    for at in order:
        arrived = arrive(CHAIN[at][0])
        highest = max(known, default=0)
        place = place_in_chain(arrived.outer, arrived.link, highest, known.get)
        expected = "next" if at + 1 == highest + 1 else "ahead" if at + 1 > highest else "late"
        assert place.kind == expected
        if expected == "ahead":
            assert place.missing == (highest + 1, at)
        known[at + 1] = arrived.link
        assert place_in_chain(arrived.outer, arrived.link, max(known), known.get) == Place("again")
    assert sorted(known) == [1, 2, 3, 4, 5]


@given(st.integers(0, 4), st.sets(st.integers(0, 4)))
def test_a_second_chain_is_seen_at_its_neighbours(at: int, held: set[int]) -> None:
    """Another message under a number is found out as soon as that number or a neighbour is known."""
    known = {number + 1: CHAIN[number][1] for number in held}
    before = CHAIN[at - 1][1] if at else None
    other = arrive(envelope(signed(message(uuid=UUIDS[8])), before, at + 1))
    place = place_in_chain(other.outer, other.link, max(known, default=0), known.get)
    conflicts = at in held or at + 1 in held
    assert (place.kind == "conflict") is conflicts
    if conflicts:
        assert place.against in (at + 1, at + 2)
        against = CHAIN[(place.against or 0) - 1][0]
        proof = OuterConflict(split(against)[0], other.outer_bytes)
        assert verify_outer_conflict(proof, DIRECTORY.get)


def test_no_honest_desk_can_be_accused_of_two_chains() -> None:
    outers = [split(data)[0] for data, _ in CHAIN]
    for first in outers:
        for second in outers:
            assert not verify_outer_conflict(OuterConflict(first, second), DIRECTORY.get)
    elsewhere = [
        outer_with(CHAIN[1][0], lambda value: value.update(addressee="XC")),
        outer_with(CHAIN[1][0], lambda value: value.update(context="exercise")),
    ]
    for other in elsewhere:
        assert not verify_outer_conflict(OuterConflict(outers[1], split(other)[0]), DIRECTORY.get)
    forged = outer_with(CHAIN[1][0], lambda value: value.update(digest=value["root"]), signer("XD", "outer"))
    with pytest.raises(RefusedError):
        verify_outer_conflict(OuterConflict(outers[1], split(forged)[0]), DIRECTORY.get)


def test_the_same_commitment_gets_the_first_receipt_however_it_was_sealed() -> None:
    made, data = receipt()
    given_before: dict[tuple[str, str, str], bytes] = {(made.sender, made.context, made.commitment): data}

    def first(sender: str, context: str, commitment: str) -> bytes | None:
        return given_before.get((sender, context, commitment))

    sealed_again = arrive(
        wrap_inner(signed(message()), receive(GOOD).payload, sequence=2, previous=arrive(GOOD).link.digest)
    )
    assert sealed_again.link != arrive(GOOD).link
    assert earlier_receipt(sealed_again.outer, first) == data
    assert earlier_receipt(arrive(envelope(signed(message(uuid=UUIDS[1])))).outer, first) is None
    assert (
        earlier_receipt(arrive(outer_with(GOOD, lambda v: v.update(context="exercise"))).outer, first) is None
    )


def test_two_texts_under_one_identity_are_both_kept_as_proof() -> None:
    opened = receive(GOOD)
    assert stand(opened, lambda _: ()).kind == "first"
    assert stand(opened, lambda _: (opened.inner_bytes,)).kind == "again"
    other = receive(envelope(signed(message(body={"what_happened": "fire"}))))
    found = stand(other, lambda identity: (opened.inner_bytes,) if identity == opened.identity else ())
    assert found.kind == "conflict"
    assert found.conflict == InnerConflict(opened.inner_bytes, other.inner_bytes)
    assert verify_inner_conflict(InnerConflict(opened.inner_bytes, other.inner_bytes), DIRECTORY.get)
    assert stand(other, lambda _: (opened.inner_bytes, other.inner_bytes)).kind == "again"


def test_no_honest_authority_can_be_accused_of_two_texts() -> None:
    opened = receive(GOOD)
    exercise = signed(message(context="exercise"))
    another = signed(message(uuid=UUIDS[1]))
    for other in (opened.inner_bytes, exercise, another):
        assert not verify_inner_conflict(InnerConflict(opened.inner_bytes, other), DIRECTORY.get)
    stranger = signer("XA", "authority", "nobody")
    forged, _ = inner_with(lambda value: value.update(body={"x": 1}), (ANNA, stranger))
    with pytest.raises(RefusedError):
        verify_inner_conflict(InnerConflict(opened.inner_bytes, forged), DIRECTORY.get)


@given(st.binary(max_size=200))
def test_an_attachment_is_opened_as_it_was_sealed(content: bytes) -> None:
    sealed, attached = seal_attachment(content, stream("attachment"))
    assert open_attachment(sealed, attached, "a") == content
    for wrong in (sealed[:-1], sealed + b"\0", bytes([sealed[0] ^ 1]) + sealed[1:]):
        with pytest.raises(RefusedError) as caught:
            open_attachment(wrong, attached, "a")
        assert caught.value.step == "attachment"
    bent = bytes([sealed[0] ^ 1]) + sealed[1:]
    for lie in (
        msgspec.structs.replace(attached, digest=digest_of(bent)),
        msgspec.structs.replace(attached, content=write_digest(bytes(32))),
    ):
        with pytest.raises(RefusedError):
            open_attachment(bent if lie.digest != attached.digest else sealed, lie, "a")


def test_an_attachment_beyond_the_limit_is_refused() -> None:
    with pytest.raises(RefusedError):
        seal_attachment(bytes(ATTACHMENT + 1), stream("attachment"))


def test_each_key_signs_only_what_it_is_for() -> None:
    for wrong in (XB_DESK, DESK):
        with pytest.raises(RefusedError):
            read_receipt(sign_receipt(receipt()[0], wrong), DIRECTORY.get)
    payload = receive(GOOD).payload
    with pytest.raises(RefusedError):
        receive(wrap_inner(sign_inner(payload, [ANNA, BORIS]), payload, XB_RECEIPTS))
    assert link_of(arrive(GOOD).outer, split(GOOD)[0]) == arrive(GOOD).link
