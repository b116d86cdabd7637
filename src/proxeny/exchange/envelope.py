"""An envelope in and out, step by step, as docs/reference/wire.md numbers them.

    outer layer, as JSON | line feed | sealed bytes

The steps of the door (1 to 6) come before a message is stored and acknowledged; they open nothing. The steps of opening
(7 to 12) come after, so that a desk proves what it handed over without reading it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import msgspec

from proxeny.base.wire import digest_of
from proxeny.exchange.inner import PUBLIC_LABEL, VERSION, Inner, commit, parse_inner, persons_of, verify_inner
from proxeny.exchange.jwe import Random, seal, unseal
from proxeny.exchange.keys import Find, Opener, PublicKey, Signer
from proxeny.exchange.limits import ENVELOPE, OUTER
from proxeny.exchange.outer import Link, Outer, Seal, link_of, parse_outer, sign_outer, verify_outer
from proxeny.exchange.steps import refuse_at

Required = Callable[[str, str], int]
"""Gives how many persons must sign a form of a State, as the directory says: (State, form) to 1 or more."""

ContextsOf = Callable[[str], Collection[str]]
"""Gives the contexts in which messages with this uuid are known here; none where it is not known."""


class Receiver(msgspec.Struct, frozen=True, kw_only=True):
    """The desk at whose door an envelope arrives: its State, and the root of trust it stands under.

    `test_root` says that the root is one made for tests: test messages live only under such a root, and no others do.
    """

    state: str
    root: str
    test_root: bool = False

    def takes(self, context: str) -> bool:
        """Whether messages of the context may arrive under the root."""
        return (context == "test") is self.test_root


class Arrived(msgspec.Struct, frozen=True, kw_only=True):
    """What has passed the door: to be stored and acknowledged as it is."""

    outer: Outer
    outer_bytes: bytes
    sealed: bytes
    key: PublicKey

    @property
    def link(self) -> Link:
        """Its place in the sender's chain."""
        return link_of(self.outer, self.outer_bytes)


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """What was inside: the record, the exact inner layer (to prove it), and the keys that signed."""

    inner: Inner
    inner_bytes: bytes
    payload: bytes
    keys: tuple[PublicKey, ...]

    @property
    def identity(self) -> tuple[str, str, str]:
        """Sender, context and uuid."""
        return self.inner.sender_state, self.inner.context, self.inner.uuid


def envelope_for(
    inner_bytes: bytes,
    addressee: PublicKey | str,
    place: Link | None,
    sequence: int,
    signer: Signer,
    random: Random,
) -> bytes:
    """The envelope with an inner layer for one addressee, sealed for its key, or unsealed for the State named.

    `place` is the link of the outer layer before (None for the first), `sequence` the number given in the transaction.
    Raises RefusedError for an inner layer nobody would take, or an unsealed one that is not public.
    """
    inner, jws = parse_inner(inner_bytes)
    sealed_for = addressee.state if isinstance(addressee, PublicKey) else addressee
    sealed = seal(inner_bytes, addressee, random) if isinstance(addressee, PublicKey) else inner_bytes
    outer = Outer(
        sender=inner.sender_state,
        addressee=sealed_for,
        context=inner.context,
        root=inner.root,
        sequence=sequence,
        previous=place.digest if place else None,
        seal="jwe" if isinstance(addressee, PublicKey) else "none",
        digest=digest_of(sealed),
        commitment=commit(jws.payload),
        attachments=[attached.digest for attached in inner.attachments],
    )
    agree(outer, inner, jws.payload)
    return join(sign_outer(outer, signer), sealed)


def join(outer_bytes: bytes, sealed: bytes) -> bytes:
    """The envelope: the outer layer, a line feed, the sealed bytes."""
    return outer_bytes + b"\n" + sealed


def pass_door(data: bytes, receiver: Receiver, find: Find) -> Arrived:
    """Steps 1 to 6. Raises RefusedError naming the step; then nothing is stored and nobody is answered."""
    outer_bytes, sealed = split(data)  # 1 frame
    outer, jws = parse_outer(outer_bytes)  # 2 parse-outer
    key = verify_outer(outer, jws, find)  # 3 verify-outer
    check_context(outer, receiver)  # 4 context
    if outer.addressee != receiver.state:  # 5 addressee
        shown = f"addressed to {outer.addressee}, not to {receiver.state}"
        raise refuse_at("addressee", "outer/payload/addressee", shown, "send it to its addressee")
    if digest_of(sealed) != outer.digest:  # 6 digest
        raise refuse_at("digest", "sealed", "not the bytes the outer layer speaks of", "send it again whole")
    return Arrived(outer=outer, outer_bytes=outer_bytes, sealed=sealed, key=key)


def open_arrived(
    arrived: Arrived, openers: Sequence[Opener], find: Find, required: Required, contexts_of: ContextsOf
) -> Opened:
    """Steps 7 to 12, for an outer layer whose version is known. Raises RefusedError naming the step."""
    if not arrived.outer.understood:
        raise ValueError("an outer layer of an unknown version is stored and answered, not opened")
    inner_bytes = _open(arrived.outer.seal, arrived.sealed, openers)  # 7 open
    inner, jws = parse_inner(inner_bytes)  # 8 inner-parse
    keys = verify_inner(inner, jws, find)  # 9 inner-verify
    needed = required(inner.sender_state, inner.form)  # 10 persons
    if len(persons_of(keys)) < needed:
        shown = f"signed by {len(persons_of(keys))} of {needed} persons"
        raise refuse_at("persons", "inner/signatures", shown, "another person of the authority has to sign")
    agree(arrived.outer, inner, jws.payload)  # 11 agree
    check_references(inner, contexts_of)  # 12 references
    return Opened(inner=inner, inner_bytes=inner_bytes, payload=jws.payload, keys=keys)


def split(data: bytes) -> tuple[bytes, bytes]:
    """Step `frame`: the outer layer and the sealed bytes. Looks no further for the line feed than an outer layer."""
    if len(data) > ENVELOPE:
        raise refuse_at(
            "frame", "envelope", f"larger than {ENVELOPE} bytes", "send attachments by themselves"
        )
    end = data.find(b"\n", 0, OUTER + 1)
    if end < 1 or end + 1 == len(data):
        shown = f"no line feed between two parts in the first {OUTER} bytes"
        raise refuse_at("frame", "envelope", shown, "send outer layer, line feed and sealed bytes")
    return data[:end], data[end + 1 :]


def check_context(outer: Outer, receiver: Receiver) -> None:
    """Step `context`: the root of trust is this desk's, and the context one that lives under it."""
    if outer.root != receiver.root:
        shown = "made under another root of trust"
        raise refuse_at("context", "outer/payload/root", shown, "join the same federation, or pair the desks")
    if not receiver.takes(outer.context):
        shown = f"the context {outer.context!r} does not live under this root"
        raise refuse_at("context", "outer/payload/context", shown, "test only under a root made for tests")


def agree(outer: Outer, inner: Inner, payload: bytes) -> None:
    """Step `agree`: both layers say the same. Raises RefusedError with all that they say otherwise."""
    pairs: list[tuple[str, bool]] = [
        ("commitment", commit(payload) == outer.commitment),
        ("sender", inner.sender_state == outer.sender),
        ("addressee", outer.addressee in inner.addressees),
        ("context", inner.context == outer.context),
        ("root", inner.root == outer.root),
    ]
    if inner.version == VERSION:
        public = inner.confidentiality.label == PUBLIC_LABEL
        pairs.append(("attachments", [a.digest for a in inner.attachments] == outer.attachments))
        pairs.append(("seal", outer.seal == "jwe" or public))
    wrong = [name for name, same in pairs if not same]
    if wrong:
        shown = f"inner and outer layer differ in {', '.join(wrong)}"
        raise refuse_at("agree", f"outer/payload/{wrong[0]}", shown, "the sending desk has to send it again")


def check_references(inner: Inner, contexts_of: ContextsOf) -> None:
    """Step `references`: what is followed or revoked is not known under another context.

    What is not known at all is no fault: it may still be on its way.
    """
    named = [*inner.follows, *([inner.revokes] if inner.revokes else [])]
    for uuid in named:
        known = contexts_of(uuid)
        if known and inner.context not in known:
            shown = (
                f"a message of context {inner.context!r} refers to {uuid}, which is of {sorted(known)[0]!r}"
            )
            raise refuse_at("references", "inner/payload/follows", shown, "keep exercise and reality apart")


def _open(how: Seal, sealed: bytes, openers: Sequence[Opener]) -> bytes:
    return unseal(sealed, openers, "sealed") if how == "jwe" else sealed
