"""The language-neutral vectors: the good are taken, each of the others is refused at the step it names, and no trace
of what the door refuses is stored."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import make_vectors
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from proxeny.base.encoding import from_base64url, read_digest
from proxeny.base.wire import digest_of
from proxeny.exchange.attachment import open_attachment
from proxeny.exchange.envelope import Receiver, open_arrived, pass_door
from proxeny.exchange.inner import Attached, commit
from proxeny.exchange.jwe import unseal
from proxeny.exchange.jws import parse_jws, verify_jws
from proxeny.exchange.keys import Opener, PublicKey
from proxeny.exchange.limits import INNER_JSON
from proxeny.exchange.log.entry import Salted
from proxeny.exchange.receipt import Receipt, match_receipt, read_receipt
from proxeny.exchange.steps import DOOR, OPENING, RefusedError

FOLDER = Path(__file__).parents[1] / "vectors/exchange"
KEYS = json.loads((FOLDER / "keys.json").read_text(encoding="utf-8"))
CASES: dict[str, Any] = {
    path.parent.name: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted(FOLDER.glob("envelope/*/case.json"))
}
RECEIPTS: dict[str, Any] = {
    path.parent.name: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted(FOLDER.glob("receipt/*/case.json"))
}
GOOD = [name for name in CASES if not name.endswith("_fail")]
BAD = [name for name in CASES if name.endswith("_fail")]


def plain(text: str) -> bytes:
    return from_base64url(text) or b""


DIRECTORY = {
    row["kid"]: PublicKey(
        public=plain(row["public"]),
        use=row["use"],
        state=row["state"],
        person=row["person"],
        suite=row["suite"],
    )
    for row in KEYS["directory"]
}


def openers() -> list[Opener]:
    found = []
    for kid, private in KEYS["sealing_private"].items():
        secret = X25519PrivateKey.from_private_bytes(plain(private))

        def agree(public: bytes, secret: X25519PrivateKey = secret) -> bytes:
            return secret.exchange(X25519PublicKey.from_public_bytes(public))

        found.append(Opener(DIRECTORY[kid], agree))
    return found


def persons(_state: str, form: str) -> int:
    required = KEYS["persons_required"]
    return int(required.get(form, required["other forms"]))


def take_in(case: Any, stored: list[Any], messages: list[Any]) -> None:
    """What a desk does with bytes at its door: store when they have passed it, then open."""
    arrived = pass_door(
        base64.b64decode(case["envelope"]), Receiver(**KEYS["receivers"][case["receiver"]]), DIRECTORY.get
    )
    stored.append(arrived)
    if arrived.outer.understood:
        known = case.get("known", {})
        opened = open_arrived(arrived, openers(), DIRECTORY.get, persons, lambda uuid: known.get(uuid, []))
        messages.append(opened)


@pytest.mark.parametrize("name", GOOD)
def test_good_envelopes_are_taken(name: str) -> None:
    stored: list[Any] = []
    messages: list[Any] = []
    take_in(CASES[name], stored, messages)
    assert len(stored) == 1
    understood = bool(messages) and messages[0].inner.understood
    assert understood is not name.startswith("unknown")


@pytest.mark.parametrize("name", BAD)
def test_bent_envelopes_are_refused_at_the_step_they_name(name: str) -> None:
    case = CASES[name]
    stored: list[Any] = []
    messages: list[Any] = []
    with pytest.raises(RefusedError) as caught:
        take_in(case, stored, messages)
    assert caught.value.step == case["refused_at"]
    assert all(fault.place and fault.message and fault.remedy for fault in caught.value.faults)
    assert messages == []
    assert len(stored) == (caught.value.step in OPENING)
    assert case["twin"] in GOOD


@pytest.mark.parametrize("name", RECEIPTS)
def test_receipts_are_taken_or_refused_at_the_step_they_name(name: str) -> None:
    case = RECEIPTS[name]
    note = base64.b64decode(CASES["notification"]["envelope"])
    arrived = pass_door(note, Receiver(**KEYS["receivers"]["XB"]), DIRECTORY.get)

    def take() -> Receipt:
        receipt, _ = read_receipt(case["receipt"].encode(), DIRECTORY.get)
        match_receipt(receipt, arrived.outer, arrived.link.digest)
        return receipt

    if name.endswith("_fail"):
        with pytest.raises(RefusedError) as caught:
            take()
        assert caught.value.step == case["refused_at"]
    else:
        assert take().outcome == name


def test_there_are_forty_at_the_door_and_as_many_inside() -> None:
    steps = [CASES[name]["refused_at"] for name in BAD]
    assert sum(step in DOOR for step in steps) >= 40
    assert sum(step in OPENING for step in steps) >= 40
    assert set(steps) == {*DOOR, *OPENING}


def test_the_files_are_what_is_made_today() -> None:
    """The wire does not change unnoticed: the same keys and bytes give the same files."""
    assert dict(make_vectors.all_cases()) == CASES
    assert dict(make_vectors.receipt_cases()) == RECEIPTS
    assert make_vectors.keys() == KEYS
    assert make_vectors.values() == json.loads((FOLDER / "values.json").read_text(encoding="utf-8"))


def test_values_that_all_must_compute_alike() -> None:
    values = json.loads((FOLDER / "values.json").read_text(encoding="utf-8"))
    assert commit(plain(values["payload"])) == values["commitment"]
    salted = Salted(plain(values["salt"]), read_digest(values["commitment"]) or b"")
    assert (salted.entry.hex(), salted.leaf.hex()) == (values["log_entry"], values["log_leaf"])
    assert digest_of(values["outer"].encode()) == values["outer_digest"]
    attached = Attached(**values["attached"])
    sealed = plain(values["sealed_attachment"])
    assert open_attachment(sealed, attached, "attachment") == values["attachment"].encode()
    assert all(key.kid == kid for kid, key in DIRECTORY.items())


def test_what_another_implementation_signed_and_sealed_is_taken() -> None:
    jose = json.loads((FOLDER / "jose.json").read_text(encoding="utf-8"))
    assert unseal(jose["sealed"].encode(), openers(), "sealed") == jose["plain"].encode()
    jws = parse_jws(jose["signed"].encode(), "proxeny-inner", 1, INNER_JSON, "inner-parse", "inner")
    assert jws.payload == jose["payload"].encode()
    (key,) = verify_jws(jws, DIRECTORY.get, "authority", "inner-verify", "inner")
    assert (key.state, key.person) == ("XA", "anna")
