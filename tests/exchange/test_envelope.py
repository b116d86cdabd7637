"""Envelopes: what is sent is what arrives, any changed bit is refused, and the standard's vectors hold."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import aes_key_wrap
from desks import (
    ANNA,
    ANNA_AGAIN,
    BORIS,
    DESK,
    DIRECTORY,
    ROOT,
    TEST_ROOT,
    UUIDS,
    XB,
    XB_OPENER,
    arrive,
    envelope,
    message,
    opener,
    receive,
    signed,
    stream,
    two_persons,
    unknown,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from proxeny.base.encoding import from_base64, from_base64url, to_base64, to_base64url
from proxeny.base.wire import digest_of
from proxeny.exchange import limits
from proxeny.exchange.envelope import Receiver, join, open_arrived, split
from proxeny.exchange.inner import Confidentiality, commit, persons_of, sign_inner, write_payload
from proxeny.exchange.jwe import concat_kdf, seal, unseal, wrapping_key
from proxeny.exchange.jws import sign_jws, signing_input
from proxeny.exchange.keys import PublicKey, Signer, verify_ed25519
from proxeny.exchange.steps import DOOR, OPENING, RefusedError

GOOD = envelope(signed(message()))

BODIES = st.dictionaries(
    st.text(max_size=8),
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.text(max_size=8)),
        lambda below: st.lists(below, max_size=3),
        max_leaves=5,
    ),
    max_size=4,
)


def refused(call: Callable[[], Any]) -> str:
    with pytest.raises(RefusedError) as caught:
        call()
    assert all(fault.place and fault.message and fault.remedy for fault in caught.value.faults)
    return caught.value.step


@given(
    st.sampled_from(["N", "F", "V", "VR", "C", "A", "R", "O", "P", "T", "X", "K", "D"]),
    BODIES,
    st.integers(1, limits.SEQUENCE),
    st.sampled_from(["en", "fr", "ar", "zh-Hans", "ru", "es"]),
    st.lists(st.sampled_from(UUIDS), unique=True, max_size=3),
)
def test_what_is_sent_is_what_arrives(
    form: str, body: dict[str, Any], sequence: int, language: str, follows: list[str]
) -> None:
    inner = message(form=form, body=body, sequence=sequence, language=language, follows=follows)
    opened = receive(envelope(signed(inner)))
    assert opened.inner == inner
    assert opened.payload == write_payload(inner)
    assert opened.keys == (ANNA.key, BORIS.key)
    assert opened.identity == ("XA", "real", UUIDS[0])


@settings(max_examples=300)
@given(st.integers(0, len(GOOD) - 1), st.integers(0, 7))
def test_no_bit_of_an_envelope_can_be_changed(at: int, bit: int) -> None:
    changed = GOOD[:at] + bytes([GOOD[at] ^ (1 << bit)]) + GOOD[at + 1 :]
    assert refused(lambda: receive(changed)) in DOOR


@given(st.integers(0, len(GOOD)), st.binary(min_size=1, max_size=3))
def test_nothing_can_be_added_to_an_envelope_or_taken_from_it(at: int, more: bytes) -> None:
    assert refused(lambda: receive(GOOD[:at] + more + GOOD[at:])) in DOOR
    assert refused(lambda: receive(GOOD[:at])) in DOOR if at < len(GOOD) else True


@given(st.binary(max_size=400))
def test_any_bytes_are_refused_at_the_door(data: bytes) -> None:
    assert refused(lambda: arrive(data)) in ("frame", "parse-outer")
    assert refused(lambda: unseal(data, [XB_OPENER], "sealed")) == "open"


@given(st.integers(0, 800), st.integers(0, 7))
def test_no_bit_of_what_is_sealed_can_be_changed(at: int, bit: int) -> None:
    """RFC 7516: header, wrapped key, nonce, ciphertext and tag are all bound."""
    sealed = split(GOOD)[1]
    at %= len(sealed)
    changed = sealed[:at] + bytes([sealed[at] ^ (1 << bit)]) + sealed[at + 1 :]
    assert refused(lambda: unseal(changed, [XB_OPENER], "sealed")) == "open"


@given(st.binary(min_size=1, max_size=200))
def test_what_is_sealed_is_opened_by_its_addressee_only(plain: bytes) -> None:
    sealed = seal(plain, XB_OPENER.key, stream("other"))
    assert unseal(sealed, [opener("XC"), XB_OPENER], "sealed") == plain
    assert refused(lambda: unseal(sealed, [opener("XC"), opener("XB", "new")], "sealed")) == "open"
    stranger = msgspec.structs.replace(opener("XC"), key=XB_OPENER.key)  # claims the key, has another
    assert refused(lambda: unseal(sealed, [stranger], "sealed")) == "open"


def test_an_ephemeral_key_of_small_order_is_refused() -> None:
    """RFC 7748, section 6.1: anybody could open, and make, what is sealed under the secret of zeros it leads to."""
    header = json.loads(from_base64url(split(GOOD)[1].decode().split(".")[0]) or b"")
    header["epk"]["x"] = to_base64url(bytes(32))
    protected = to_base64url(json.dumps(header).encode())
    wrapped = aes_key_wrap(wrapping_key(bytes(32)), bytes(32))
    sealed = AESGCM(bytes(32)).encrypt(bytes(12), b"plain", protected.encode())
    parts = (wrapped, bytes(12), sealed[:-16], sealed[-16:])
    forged = ".".join([protected, *map(to_base64url, parts)]).encode()
    assert refused(lambda: unseal(forged, [XB_OPENER], "sealed")) == "open"
    careless = msgspec.structs.replace(XB_OPENER, agree=lambda _public: bytes(32))
    assert refused(lambda: unseal(forged, [careless], "sealed")) == "open"


def test_a_public_message_may_travel_unsealed_and_no_other() -> None:
    public = signed(message(confidentiality=Confidentiality("TLP:CLEAR", "anything")))
    assert receive(envelope(public, addressee="XB")).inner.form == "N"
    assert refused(lambda: envelope(signed(message()), addressee="XB")) == "agree"


def test_one_person_with_two_keys_counts_once() -> None:
    """Distinct persons are counted, never signatures."""
    pair = (ANNA, ANNA_AGAIN)
    data = envelope(signed(message(pair), pair))
    assert refused(lambda: receive(data)) == "persons"
    assert persons_of((ANNA.key, ANNA_AGAIN.key)) == {"anna"}
    assert open_arrived(arrive(data), [XB_OPENER], DIRECTORY.get, lambda *_: 1, unknown).inner.form == "N"


def test_references_across_contexts_are_refused() -> None:
    data = envelope(signed(message(follows=[UUIDS[1]], revokes=UUIDS[2])))
    for known, fine in (
        ({}, True),
        ({UUIDS[1]: ["real"]}, True),
        ({UUIDS[1]: ["exercise", "real"]}, True),
        ({UUIDS[1]: ["exercise"]}, False),
        ({UUIDS[2]: ["test"]}, False),
    ):

        def contexts_of(uuid: str, known: dict[str, list[str]] = known) -> list[str]:
            return known.get(uuid, [])

        def opening(contexts_of: Callable[[str], list[str]] = contexts_of) -> Any:
            return open_arrived(arrive(data), [XB_OPENER], DIRECTORY.get, two_persons, contexts_of)

        if fine:
            opening()
        else:
            assert refused(opening) == "references"


@pytest.mark.parametrize(("context", "root"), [("real", ROOT), ("exercise", ROOT), ("test", TEST_ROOT)])
def test_tests_live_under_a_root_made_for_them_and_nothing_else_does(context: Any, root: str) -> None:
    data = envelope(signed(message(context=context, root=root)))
    for its_root in (ROOT, TEST_ROOT):
        for test_root in (False, True):
            receiver = Receiver(state="XB", root=its_root, test_root=test_root)
            if its_root == root and test_root == (context == "test"):
                assert receive(data, receiver).inner.context == context
            else:
                assert refused(partial(arrive, data, receiver)) == "context"


def test_a_version_or_form_not_known_is_taken_and_said_to_be_so() -> None:
    opened = receive(envelope(signed(message(form="Q"))))
    assert not opened.inner.understood
    later = msgspec.to_builtins(message()) | {"version": 2, "novelty": [1]}
    del later["body"]
    payload = msgspec.json.encode(later)
    inner_bytes = sign_inner(payload, [ANNA, BORIS])
    opened = receive(envelope(inner_bytes))
    assert not opened.inner.understood
    assert opened.identity == ("XA", "real", UUIDS[0])


def test_signatures_of_5_kilobytes_fit() -> None:
    """The limits admit them; that suite is only not known yet."""
    large = Signer(DESK.key, lambda _message: bytes(limits.SIGNATURE))
    outer = json.loads(split(GOOD)[0])
    outer_bytes = sign_jws(from_base64url(outer["payload"]) or b"", "proxeny-outer", [large])
    assert len(outer_bytes) <= limits.OUTER
    assert refused(lambda: arrive(join(outer_bytes, split(GOOD)[1]))) == "verify-outer"
    inner = signed(message())
    eight = sign_jws(
        bytes(limits.PAYLOAD),
        "proxeny-inner",
        [Signer(DESK.key, lambda _message: bytes(limits.SIGNATURE))] * limits.SIGNATURES,
    )
    assert len(eight) <= limits.INNER
    assert len(seal(eight, XB_OPENER.key, stream("large"))) <= limits.SEALED
    assert len(inner) < 4_000


def test_a_largest_message_passes_and_a_larger_one_is_refused() -> None:
    room = limits.PAYLOAD - len(write_payload(message(body={"t": ""})))
    data = envelope(signed(message(body={"t": "x" * room})))
    assert receive(data).inner.form == "N"
    assert refused(lambda: write_payload(message(body={"t": "x" * (room + 1)}))) == "inner-parse"
    assert refused(lambda: arrive(b"x" * (limits.ENVELOPE + 1))) == "frame"


def test_a_message_signed_by_others_than_it_names_is_never_made() -> None:
    with pytest.raises(ValueError, match="those the payload names"):
        sign_inner(write_payload(message()), [ANNA])
    with pytest.raises(ValueError, match="use is 'seal'"):
        seal(b"x", DESK.key, stream("x"))


@given(st.binary(max_size=80))
def test_base64_has_one_spelling(data: bytes) -> None:
    assert from_base64url(to_base64url(data)) == data
    assert from_base64(to_base64(data)) == data
    for wrong in (to_base64url(data) + "=", to_base64url(data) + "\n", " " + to_base64url(data), "é"):
        assert from_base64url(wrong) is None
        assert from_base64(wrong + "!") is None
    if len(data) % 3:  # the last character has unused bits (RFC 4648, section 3.5)
        last = to_base64url(data)[-1]
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        other = alphabet[alphabet.index(last) ^ 1]
        assert from_base64url(to_base64url(data)[:-1] + other) is None


@given(st.binary(max_size=50), st.binary(max_size=50))
def test_a_commitment_is_to_the_exact_bytes_and_no_plain_hash(one: bytes, two: bytes) -> None:
    assert (commit(one) == commit(two)) == (one == two)
    assert commit(one) != digest_of(one)


def test_the_signature_example_of_rfc_8037() -> None:
    """Appendices A.1 to A.4 (the signing input is the same for every algorithm name)."""
    private = Ed25519PrivateKey.from_private_bytes(
        from_base64url("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A") or b""
    )
    public = private.public_key().public_bytes_raw()
    assert to_base64url(public) == "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    key = PublicKey(public=public, use="outer", state="XA")
    assert key.kid == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    signed_bytes = signing_input("eyJhbGciOiJFZERTQSJ9", b"Example of Ed25519 signing")
    assert signed_bytes == b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"
    expected = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
    assert to_base64url(private.sign(signed_bytes)) == expected
    assert verify_ed25519(public, from_base64url(expected) or b"", signed_bytes)


def test_the_key_derivation_example_of_rfc_7518() -> None:
    """Appendix C."""
    numbers = "9e56d91d817135d372834283bf84269cfb316ea3da806a48f6daa7798cfe90c4"
    derived = concat_kdf(bytes.fromhex(numbers), b"A128GCM", b"Alice", b"Bob", 16)
    assert to_base64url(derived) == "VqqN6vgjbSBcIijNcacQGg"


def test_steps_are_told_apart() -> None:
    assert not set(DOOR) & set(OPENING)
    assert XB.takes("real")
    assert not XB.takes("test")
