"""Two desks (XA sends, XB receives), their keys made from names, and messages to test with."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from proxeny.base.encoding import to_base64url
from proxeny.exchange.envelope import Arrived, Opened, Receiver, envelope_for, open_arrived, pass_door
from proxeny.exchange.inner import Basis, Confidentiality, Inner, sign_inner, write_payload
from proxeny.exchange.keys import Opener, PublicKey, Signer, Use
from proxeny.exchange.outer import Link

ROOT = "sha256:" + hashlib.sha256(b"root of the federation").hexdigest()
TEST_ROOT = "sha256:" + hashlib.sha256(b"root made for tests").hexdigest()
UUIDS = tuple(f"0195d0a4-5f0e-7c3a-9b7e-{number:012x}" for number in range(1, 10))


def seed(name: str) -> bytes:
    return hashlib.sha256(b"key of the tests: " + name.encode()).digest()


def signer(state: str, use: Use, person: str = "") -> Signer:
    private = Ed25519PrivateKey.from_private_bytes(seed(f"{state} {use} {person}"))
    key = PublicKey(public=private.public_key().public_bytes_raw(), use=use, state=state, person=person)
    return Signer(key, private.sign)


def opener(state: str, name: str = "") -> Opener:
    private = X25519PrivateKey.from_private_bytes(seed(f"{state} seal {name}"))
    key = PublicKey(public=private.public_key().public_bytes_raw(), use="seal", state=state)
    return Opener(key, lambda public: private.exchange(X25519PublicKey.from_public_bytes(public)))


DESK = signer("XA", "outer")
ANNA, BORIS = signer("XA", "authority", "anna"), signer("XA", "authority", "boris")
ANNA_AGAIN = Signer(
    msgspec.structs.replace(signer("XA", "authority", "anna-second").key, person="anna"),
    signer("XA", "authority", "anna-second").sign,
)
XB_DESK, XB_RECEIPTS, XB_OPENER = signer("XB", "outer"), signer("XB", "receipt"), opener("XB")
XB_AUTHORITY = signer("XB", "authority", "chen")
XA_RECEIPTS = signer("XA", "receipt")
DIRECTORY = {
    holder.key.kid: holder.key
    for holder in (
        *(DESK, ANNA, BORIS, ANNA_AGAIN, XB_DESK, XB_RECEIPTS, XB_OPENER, XB_AUTHORITY, XA_RECEIPTS),
        signer("XC", "outer"),
    )
}
XB = Receiver(state="XB", root=ROOT)


def stream(name: str) -> Callable[[int], bytes]:
    """Bytes that look random and are the same every time."""
    state = [hashlib.sha256(name.encode()).digest()]

    def draw(count: int) -> bytes:
        state[0] = hashlib.sha256(state[0]).digest()
        return hashlib.shake_256(state[0]).digest(count)

    return draw


def message(signers: tuple[Signer, ...] = (ANNA, BORIS), **changes: Any) -> Inner:
    """A notification of XA to XB and XC, as another if `changes` say so."""
    plain: dict[str, Any] = {
        "form": "N",
        "uuid": UUIDS[0],
        "context": "real",
        "root": ROOT,
        "created_at": "2026-03-02T08:00:00Z",
        "valid_at": "2026-03-02T07:30:00Z",
        "sender_state": "XA",
        "sender_role": "CA-D",
        "authority_basis": Basis("model-convention", "12(1)", "1.0"),
        "obligation": "mandatory",
        "addressees": ["XB", "XC"],
        "confidentiality": Confidentiality("TLP:AMBER", "response to this event"),
        "event_ids": {"XA": "XA-2026-0017"},
        "language": "en",
        "signers": [each.key.kid for each in signers],
        "random": to_base64url(hashlib.sha256(b"random of the message").digest()),
        "body": {"what_happened": "ransomware", "services_touched": ["health"], "needs_help": "unknown"},
    }
    return Inner(**(plain | changes))


def signed(inner: Inner, signers: tuple[Signer, ...] = (ANNA, BORIS)) -> bytes:
    return sign_inner(write_payload(inner), list(signers))


def envelope(
    inner_bytes: bytes,
    place: Link | None = None,
    sequence: int = 1,
    addressee: PublicKey | str = XB_OPENER.key,
) -> bytes:
    return envelope_for(inner_bytes, addressee, place, sequence, DESK, stream("seal"))


def two_persons(_state: str, _form: str) -> int:
    return 2


def unknown(_uuid: str) -> Collection[str]:
    return ()


def arrive(data: bytes, receiver: Receiver = XB) -> Arrived:
    return pass_door(data, receiver, DIRECTORY.get)


def receive(data: bytes, receiver: Receiver = XB) -> Opened:
    return open_arrived(arrive(data, receiver), [XB_OPENER], DIRECTORY.get, two_persons, unknown)
