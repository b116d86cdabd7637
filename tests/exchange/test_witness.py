"""A witness signs one history of each log (C2SP tlog-witness), and a log that shows two is proven to have done so."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from log_keys import LOG, WITNESS, head_of, private, signed_head
from log_trees import reader, stored

from proxeny.base.errors import InputError
from proxeny.exchange.log.audit import (
    EntryConflict,
    HeadConflict,
    compare_heads,
    conflicting,
    place_leaf,
    verify_entry_conflict,
    verify_head_conflict,
)
from proxeny.exchange.log.checkpoint import read_head
from proxeny.exchange.log.note import ED25519, NoteKey
from proxeny.exchange.log.tree import EMPTY, Reader, consistency_proof, hash_leaf, verify_consistency
from proxeny.exchange.log.witness import Answer, Head, Request, consider, read_request, write_request

PUBLISHED = json.loads(
    (Path(__file__).parents[1] / "vectors/exchange/log/witness.json").read_text(encoding="utf-8")
)
NOW = 1_700_000_000
HISTORY = stored([hash_leaf(b"%d" % number) for number in range(40)])
OTHER = stored([hash_leaf(b"%d" % (number if number != 7 else 99)) for number in range(40)])


def ask(kept: Head, request: Request | bytes, logs: dict[str, NoteKey] | None = None) -> Answer:
    data = request if isinstance(request, bytes) else write_request(request)
    known = {name: (key, kept) for name, key in (logs or {LOG.name: LOG}).items()}
    return consider(data, known, WITNESS, private(2).sign, NOW)


def request(old: int, new: int, read: Reader, proof: tuple[bytes, ...] | None = None) -> Request:
    steps = consistency_proof(old, new, read) if proof is None else proof
    return Request(old, steps, head_of(new, read).note.write())


def test_published_requests_are_answered_as_published() -> None:
    origin = PUBLISHED["origin"]
    logs = {origin: NoteKey(origin, ED25519, bytes.fromhex(PUBLISHED["public"]))}
    first, to_3, to_5 = (text.encode() for text in PUBLISHED["requests"])
    kept = ask(Head(), first, logs).keep
    assert kept is not None
    assert kept.size == 1
    later = ask(kept, to_5, logs).keep
    assert later is not None
    assert later.size == 5
    assert ask(kept, to_3, logs).status == 200
    assert ask(later, to_3, logs).status == 409  # the race of the specification: no roll-back
    for text in (first, to_3, to_5):
        assert write_request(read_request(text, "request")) == text


@given(st.integers(0, 39), st.integers(0, 39))
def test_every_honest_growth_is_cosigned(one: int, two: int) -> None:
    old, new = sorted((one, two))
    read = reader(HISTORY)
    kept = Head(old, head_of(old, read).checkpoint.root)
    asked = request(old, new, read)
    answer = ask(kept, asked)
    assert answer.status == 200
    assert answer.keep == Head(new, head_of(new, read).checkpoint.root)
    signed = read_head(asked.note + answer.body, LOG, (WITNESS,), "head")
    assert [(found.key, found.time) for found in signed.cosignatures] == [(WITNESS, NOW)]


@given(st.integers(8, 39), st.integers(8, 39), st.booleans())
def test_no_second_history_is_cosigned(one: int, two: int, theirs: bool) -> None:
    old, new = sorted((one, two))
    kept = Head(old, head_of(old, reader(HISTORY)).checkpoint.root)
    proof = consistency_proof(old, new, reader(OTHER if theirs else HISTORY))
    answer = ask(kept, request(old, new, reader(OTHER), proof))
    assert answer.status == 422
    assert answer.keep is None
    assert b"\xe2\x80\x94" not in answer.body
    assert answer.suspect == head_of(new, reader(OTHER)).note.write()


def test_statuses_are_those_of_the_specification() -> None:
    read = reader(HISTORY)
    kept = Head(5, head_of(5, read).checkpoint.root)
    other_log = {"other.invalid": LOG}
    assert ask(kept, request(5, 9, read)).status == 200
    assert ask(kept, request(5, 9, read), other_log).status == 404
    unsigned = request(5, 9, read).note.replace(b"\n9\n", b"\n8\n")
    assert ask(kept, Request(5, (), unsigned)).status == 403
    assert ask(kept, request(0, 9, read)) == Answer(409, b"5\n")
    assert ask(kept, request(0, 3, read)) == Answer(409, b"5\n")
    assert ask(kept, Request(9, (), head_of(5, read).note.write())).status == 400
    assert ask(kept, request(5, 9, read, ())).status == 422
    assert ask(Head(), request(0, 9, read, (EMPTY,))).status == 422
    assert ask(kept, request(5, 5, read)).status == 200
    assert ask(kept, Request(5, (), signed_head(5, EMPTY).note.write())).status == 422
    empty, bogus = (signed_head(0, root).note.write() for root in (EMPTY, kept.root))
    assert ask(Head(), Request(0, (), empty)).status == 200
    assert ask(Head(), Request(0, (), bogus)).status == 422


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(b"old 5", b"old 05"),
        lambda text: text.replace(b"old 5", b"old"),
        lambda text: text.replace(b"old 5", b"old -5"),
        lambda text: text.replace(b"old 5\n", b"old 5\n\n", 1),
        lambda text: text.replace(b"old 5\n", b"old 5\n" + b"A" * 43 + b"=\n" * 64),
        lambda text: text.replace(b"old 5\n", b"old 5\nAAAA\n"),
        lambda text: text.replace(b"old 5\n", b"old 5\n\xff\n"),
        lambda text: text[:20],
        lambda text: text[:0],
        lambda text: text + b"x" * 300_000,
    ],
)
def test_malformed_requests_are_answered_400(change: object) -> None:
    good = write_request(request(5, 9, reader(HISTORY)))
    kept = Head(5, head_of(5, reader(HISTORY)).checkpoint.root)
    assert ask(kept, good).status == 200
    assert ask(kept, change(good)) == Answer(400)  # type: ignore[operator]


@given(st.binary(max_size=200))
def test_any_bytes_are_answered(data: bytes) -> None:
    assert ask(Head(), data).status == 400


@given(st.integers(1, 40), st.integers(1, 40))
def test_two_heads_are_proven_consistent_or_in_conflict(one: int, two: int) -> None:
    """A fork from the eighth entry on: seen exactly where the older head reaches it."""
    older, newer = sorted((one, two))
    found = compare_heads(head_of(older, reader(HISTORY)), head_of(newer, reader(OTHER)), reader(OTHER))
    if older <= 7:
        roots = head_of(older, reader(HISTORY)).checkpoint.root, head_of(newer, reader(OTHER)).checkpoint.root
        assert not isinstance(found, HeadConflict)
        assert verify_consistency(older, newer, found, *roots)
    else:
        assert isinstance(found, HeadConflict)
        assert verify_head_conflict(found, LOG)
        assert verify_head_conflict(msgspec.json.decode(msgspec.json.encode(found), type=HeadConflict), LOG)


@given(st.integers(8, 40), st.integers(8, 40), st.data())
def test_no_honest_log_can_be_accused_of_a_fork(one: int, two: int, data: st.DataObject) -> None:
    older, newer = sorted((one, two))
    first, second = head_of(older, reader(HISTORY)), head_of(newer, reader(HISTORY))
    honest = compare_heads(first, second, reader(HISTORY))
    assert not isinstance(honest, HeadConflict)
    made_up = data.draw(
        st.sampled_from([EMPTY, first.checkpoint.root, head_of(older, reader(OTHER)).checkpoint.root])
    )
    accusation = HeadConflict(first.note.write(), second.note.write(), made_up, honest)
    assert not verify_head_conflict(accusation, LOG)
    with pytest.raises(InputError, match="not those of the newer head"):
        compare_heads(first, second, reader(OTHER))


def test_a_fork_that_the_log_did_not_sign_is_no_proof() -> None:
    conflict = compare_heads(head_of(20, reader(HISTORY)), head_of(30, reader(OTHER)), reader(OTHER))
    assert isinstance(conflict, HeadConflict)
    forged = msgspec.structs.replace(conflict, older=conflict.older.replace(b"\n20\n", b"\n19\n"))
    with pytest.raises(InputError):
        verify_head_conflict(forged, LOG)


def test_a_rewritten_entry_is_proven_by_two_leaves_at_its_place() -> None:
    honest = [place_leaf(head_of(size, reader(HISTORY)), 7, reader(HISTORY)) for size in (8, 20, 40)]
    rewritten = place_leaf(head_of(33, reader(OTHER)), 7, reader(OTHER))
    assert conflicting(7, honest, LOG) is None
    conflict = conflicting(7, [*honest, rewritten], LOG)
    assert conflict is not None
    assert verify_entry_conflict(conflict, LOG)
    assert not verify_entry_conflict(EntryConflict(8, conflict.first, conflict.second), LOG)
    assert not verify_entry_conflict(EntryConflict(7, honest[0], honest[1]), LOG)
    lying = msgspec.structs.replace(rewritten, leaf=honest[0].leaf)
    assert not verify_entry_conflict(EntryConflict(7, honest[0], lying), LOG)
