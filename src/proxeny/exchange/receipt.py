"""Receipts: what a desk signs when, and only when, it has stored a message. They prove storage, not reading.

A receipt names the leaf under which the message entered the receiver's log, so that the sender can later ask for its
proof, or prove that it was hidden. A receipt is no envelope and gets no receipt: no door takes its type.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from proxeny.base.encoding import from_base64url, read_digest, to_base64url, write_digest
from proxeny.base.members import (
    CONTEXT,
    DIGEST,
    MOMENT,
    SECRET,
    STATE,
    check_members,
    grouped,
    integer,
    text,
    words,
)
from proxeny.base.records import encode_json
from proxeny.base.wire import Limits
from proxeny.exchange.envelope import Arrived
from proxeny.exchange.jws import parse_jws, parse_object, sign_jws, verify_jws
from proxeny.exchange.keys import Find, PublicKey, Signer
from proxeny.exchange.limits import NAME, OUTER, OUTER_JSON, OUTER_PAYLOAD, TREE
from proxeny.exchange.log.entry import Salted
from proxeny.exchange.outer import Context, Outer
from proxeny.exchange.steps import RefusedError, Step, refuse_at

TYPE = "proxeny-receipt"
VERSION = 1
Outcome = Literal["stored", "not-understood"]
"""`not-understood`: stored all the same, but of a form or version this desk does not know."""

_PARSE: Step = "parse-receipt"
_VERIFY: Step = "verify-receipt"
_MATCH: Step = "match-receipt"
_LIMITS = Limits(size=OUTER_PAYLOAD, depth=3, values=200)
_MEMBERS = {
    "version": integer(1, VERSION),
    "outcome": words("stored", "not-understood"),
    "receiver": STATE,
    "sender": STATE,
    "context": CONTEXT,
    "root": DIGEST,
    "sequence": integer(1),
    "outer": DIGEST,
    "digest": DIGEST,
    "commitment": DIGEST,
    "arrived_at": MOMENT,
    "log": grouped(
        {
            "origin": text(NAME),
            "index": integer(0, TREE),
            "salt": SECRET,
            "size": integer(1, TREE),
            "root": DIGEST,
        }
    ),
}


class Logged(msgspec.Struct, frozen=True):
    """Where the receiver's log holds the message: position and salt of the leaf, and the head that first held it."""

    origin: str
    index: int
    salt: str
    size: int
    root: str


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """The statement of a receipt. `outer` is the digest of the outer layer; `arrived_at` the receiver's own clock."""

    version: int = VERSION
    outcome: Outcome
    receiver: str
    sender: str
    context: Context
    root: str
    sequence: int
    outer: str
    digest: str
    commitment: str
    arrived_at: str
    log: Logged

    @property
    def leaf(self) -> bytes:
        """The hash of the leaf that the receiver promised to hold at `log.index`."""
        salt, commitment = from_base64url(self.log.salt), read_digest(self.commitment)
        if salt is None or commitment is None:
            raise ValueError("a receipt is read before it is used")
        return Salted(salt, commitment).leaf


def receipt_for(arrived: Arrived, logged: Logged, arrived_at: str, outcome: Outcome | None = None) -> Receipt:
    """The receipt for what has passed the door. Not understood where the outer version is unknown, or where the caller
    has opened it and found an unknown form or version."""
    outer = arrived.outer
    found: Outcome = "stored" if outer.understood else "not-understood"
    return Receipt(
        outcome=outcome or found,
        receiver=outer.addressee,
        sender=outer.sender,
        context=outer.context,
        root=outer.root,
        sequence=outer.sequence,
        outer=arrived.link.digest,
        digest=outer.digest,
        commitment=outer.commitment,
        arrived_at=arrived_at,
        log=logged,
    )


def logged_at(origin: str, index: int, salt: bytes, size: int, root: bytes) -> Logged:
    """The place in the log from its values as bytes and numbers."""
    return Logged(origin, index, to_base64url(salt), size, write_digest(root))


def sign_receipt(receipt: Receipt, signer: Signer) -> bytes:
    """The receipt under the desk's key for receipts. Raises RefusedError when no desk would take it."""
    payload = encode_json(receipt)
    _read(payload)
    return sign_jws(payload, TYPE, [signer])


def read_receipt(data: bytes, find: Find) -> tuple[Receipt, PublicKey]:
    """A receipt whose signature is its receiver's. Raises RefusedError at `parse-receipt` or `verify-receipt`."""
    if len(data) > OUTER:
        raise refuse_at(_PARSE, "receipt", f"larger than {OUTER} bytes", "ask for the receipt again")
    jws = parse_jws(data, TYPE, 1, OUTER_JSON, _PARSE, "receipt")
    receipt = _read(jws.payload)
    (key,) = verify_jws(jws, find, "receipt", _VERIFY, "receipt")
    if key.state != receipt.receiver:
        shown = f"signed by {key.state} for {receipt.receiver}"
        raise refuse_at(_VERIFY, "receipt/receiver", shown, "each desk signs its own receipts")
    return receipt, key


def match_receipt(receipt: Receipt, outer: Outer, outer_digest: str) -> None:
    """That a receipt is for this outer layer, of which the exact bytes have the digest. Raises RefusedError."""
    pairs = {
        "outer": receipt.outer == outer_digest,
        "receiver": receipt.receiver == outer.addressee,
        "sender": receipt.sender == outer.sender,
        "context": receipt.context == outer.context,
        "root": receipt.root == outer.root,
        "sequence": receipt.sequence == outer.sequence,
        "digest": receipt.digest == outer.digest,
        "commitment": receipt.commitment == outer.commitment,
    }
    wrong = [name for name, same in pairs.items() if not same]
    if wrong:
        shown = f"the receipt is for another message: {', '.join(wrong)}"
        raise refuse_at(_MATCH, f"receipt/payload/{wrong[0]}", shown, "ask the receiver for its receipt")


def _read(payload: bytes) -> Receipt:
    value = parse_object(payload, _LIMITS, _PARSE, "receipt/payload")
    faults = check_members(value, _MEMBERS, "receipt/payload")
    if faults:
        raise RefusedError(_PARSE, faults)
    receipt = msgspec.convert(value, Receipt)
    if receipt.log.index >= receipt.log.size:
        raise refuse_at(_PARSE, "receipt/payload/log/index", "beyond the head it names", "ask for it again")
    return receipt
