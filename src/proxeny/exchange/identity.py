"""Same message or two: what a desk does when an identity or a commitment comes again, and proofs of equivocation.

The identity of a message is (sender, context, uuid); its commitment says which bytes it was. The same commitment again
is the same message, however it was sealed and whichever way it came. Another commitment under the same identity means
that the sender's authority signed two texts for one message: both are kept and shown, neither replaces the other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec

from proxeny.base.wire import digest_of
from proxeny.exchange.envelope import Opened
from proxeny.exchange.inner import commit, parse_inner, verify_inner
from proxeny.exchange.keys import Find
from proxeny.exchange.outer import Outer, parse_outer, verify_outer

FirstReceipt = Callable[[str, str, str], bytes | None]
"""Gives the receipt first given for a commitment: (sender, context, commitment) to its bytes, or None."""

InnerUnder = Callable[[tuple[str, str, str]], tuple[bytes, ...]]
"""Gives the inner layers stored under an identity, the first one first."""


class InnerConflict(msgspec.Struct, frozen=True, tag="inner-conflict"):
    """Two inner layers of one identity with different payloads, both signed by the sender's authority."""

    first: bytes
    second: bytes


class OuterConflict(msgspec.Struct, frozen=True, tag="outer-conflict"):
    """Two outer layers of one desk with the same addressee, context, root and sequence, or where the one says it
    follows the other and does not."""

    first: bytes
    second: bytes


class Standing(msgspec.Struct, frozen=True):
    """How an opened message stands to those stored: the first of its identity, the same again, or in conflict."""

    kind: Literal["first", "again", "conflict"]
    conflict: InnerConflict | None = None


def earlier_receipt(outer: Outer, given: FirstReceipt) -> bytes | None:
    """The receipt to give again at the door, when this commitment was stored before.

    The sealed bytes may be others than before (sealed anew for a new key). A desk that could not open the first keeps
    these for opening; it gives the first receipt all the same, for receipts prove storage and not reading.
    """
    return given(outer.sender, outer.context, outer.commitment)


def stand(opened: Opened, under: InnerUnder) -> Standing:
    """How an opened message stands to those with its identity. Both of a conflict are to be kept."""
    mine = commit(opened.payload)
    others = under(opened.identity)
    if not others:
        return Standing("first")
    for stored in others:
        if commit(parse_inner(stored)[1].payload) == mine:
            return Standing("again")
    return Standing("conflict", InnerConflict(others[0], opened.inner_bytes))


def verify_inner_conflict(conflict: InnerConflict, find: Find) -> bool:
    """Whether the record proves that an authority signed two texts as one message.

    Raises RefusedError when either is not signed as it should be: then it proves nothing.
    """
    identities, commitments = [], []
    for data in (conflict.first, conflict.second):
        inner, jws = parse_inner(data)
        verify_inner(inner, jws, find)
        identities.append((inner.sender_state, inner.context, inner.root, inner.uuid))
        commitments.append(commit(jws.payload))
    return identities[0] == identities[1] and commitments[0] != commitments[1]


def verify_outer_conflict(conflict: OuterConflict, find: Find) -> bool:
    """Whether the record proves that a desk signed two chains. Raises RefusedError as above."""
    places: list[tuple[str, str, str, str]] = []
    outers: list[Outer] = []
    for data in (conflict.first, conflict.second):
        outer, jws = parse_outer(data)
        verify_outer(outer, jws, find)
        outers.append(outer)
        places.append((outer.sender, outer.addressee, outer.context, outer.root))
    if places[0] != places[1] or conflict.first == conflict.second:
        return False
    first, second = sorted(zip(outers, (conflict.first, conflict.second), strict=True), key=_sequence)
    if first[0].sequence == second[0].sequence:
        return True
    return first[0].sequence + 1 == second[0].sequence and second[0].previous != digest_of(first[1])


def _sequence(pair: tuple[Outer, bytes]) -> int:
    return pair[0].sequence
