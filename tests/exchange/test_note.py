"""Signed notes, checkpoints and cosignatures (C2SP): the published ones verify, the altered ones do not."""

from __future__ import annotations

import base64
import contextlib
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from log_keys import LOG, WITNESS, log_key, private, signed_head

from proxeny.base.errors import InputError
from proxeny.exchange.keys import is_sound_ed25519, verify_ed25519
from proxeny.exchange.log.checkpoint import Checkpoint, read_checkpoint, read_head, sign_checkpoint
from proxeny.exchange.log.note import (
    Note,
    NoteKey,
    cosign_note,
    cosigned_message,
    read_note,
    read_signatures,
    read_vkey,
    sign_note,
    verified_by,
)
from proxeny.exchange.log.tree import EMPTY

FOLDER = Path(__file__).parents[1] / "vectors/exchange/log"
NOTES = json.loads((FOLDER / "notes.json").read_text(encoding="utf-8"))
COSIGNED = json.loads((FOLDER / "cosigned.json").read_text(encoding="utf-8"))
PETER = read_vkey(NOTES["vkeys"]["PeterNeumann"], "vkey")
ENOCH = read_vkey(NOTES["vkeys"]["EnochRoot"], "vkey")
TEXT = NOTES["text"]
PETER_LINE, ENOCH_LINE = NOTES["lines"]["PeterNeumann"], NOTES["lines"]["EnochRoot"]

NAMES = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Z"], exclude_characters="+"), min_size=1, max_size=20
)
LINES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)


def note(*lines: str, text: str = TEXT) -> bytes:
    return (text + "\n" + "".join(lines)).encode()


def test_the_published_note_is_signed_to_the_same_bytes() -> None:
    seed = base64.b64decode(NOTES["seed"]["PeterNeumann"])[1:]
    signed = Note(TEXT, (sign_note(TEXT, PETER, Ed25519PrivateKey.from_private_bytes(seed).sign),))
    assert signed.write() == note(PETER_LINE)


def test_published_notes_verify_by_the_keys_that_are_known() -> None:
    both = read_note(note(PETER_LINE, ENOCH_LINE), "note")
    assert [found.key for found in verified_by(both, [PETER], "note")] == [PETER]
    assert [found.key for found in verified_by(both, [ENOCH, PETER], "note")] == [PETER, ENOCH]
    assert both.text == TEXT
    assert both.write() == note(PETER_LINE, ENOCH_LINE)


def test_a_line_that_stands_twice_counts_once() -> None:
    twice = read_note(note(PETER_LINE, PETER_LINE), "note")
    assert len(verified_by(twice, [PETER], "note")) == 1


@pytest.mark.parametrize(
    "data",
    [
        note(ENOCH_LINE),
        note(PETER_LINE[:60] + "ABCD" + PETER_LINE[60:]),
        note(PETER_LINE, text=TEXT.replace("answer", "Answer")),
        note(PETER_LINE, PETER_LINE.replace("x08goQ", "x08go")[:-6] + "AAM=\n"),
    ],
)
def test_a_note_that_no_known_key_signed_is_refused(data: bytes) -> None:
    with pytest.raises(InputError):
        verified_by(read_note(data, "note"), [PETER], "note")


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        (TEXT + "\n").encode(),
        note(PETER_LINE[:-1]),
        b"\x01" + note(PETER_LINE),
        b"\xff" + note(PETER_LINE),
        note(
            "— Bad Name x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
        ),
        note("— Bad+Name x08go/ZJ\n"),
        note(PETER_LINE, "Unexpected line.\n"),
        note(PETER_LINE.replace("\n", "\r\n")),
        note(PETER_LINE, text="\t" + TEXT),
        note(*[PETER_LINE] * 101),
        note("— PeterNeumann x08gow==\n"),
        note("— PeterNeumann x08go/ZK=\n"),
        note("— PeterNeumann x08go/Z=\n"),
        ("\n" + PETER_LINE).encode(),
        b"x" * (256 * 1024 + 1),
    ],
)
def test_malformed_notes_are_refused(data: bytes) -> None:
    with pytest.raises(InputError) as caught:
        read_note(data, "in.note")
    assert all(fault.place.startswith("in.note") and fault.remedy for fault in caught.value.faults)


def test_a_hundred_signatures_and_long_ones_are_admitted() -> None:
    """C2SP signed-note, Format: at least 16 signatures, of up to nearly 5 kB."""
    long = "— future.invalid/key " + base64.b64encode(bytes(5000)).decode() + "\n"
    read = read_note(note(PETER_LINE, *[long] * 16), "note")
    assert len(read.signatures) == 17
    assert [found.key for found in verified_by(read, [PETER], "note")] == [PETER]
    assert len(read_note(note(*[PETER_LINE] * 100), "note").signatures) == 100


def test_every_mangling_of_a_key_is_refused() -> None:
    """The published test: all its parts, and each character changed."""
    word = NOTES["vkeys"]["PeterNeumann"]
    parts = {word[i:j] for i in range(len(word)) for j in range(i + 1, len(word) + 1)} - {word}
    changed = {word[:i] + chr(ord(word[i]) + 1) + word[i + 1 :] for i in range(len(word))}
    for wrong in parts | changed | set(NOTES["vkeys_fail"]):
        with pytest.raises(InputError):
            read_vkey(wrong, "vkey")


def test_two_known_keys_of_one_name_and_id_are_an_error_of_the_caller() -> None:
    with pytest.raises(ValueError, match="same name and id"):
        verified_by(
            read_note(note(PETER_LINE), "note"), [PETER, ClashingKey(PETER.name, 1, bytes(32))], "note"
        )


class ClashingKey(NoteKey, frozen=True):
    """A key made to have the id of another, as an attacker could search for."""

    @property
    def key_id(self) -> bytes:
        return PETER.key_id


@given(NAMES, st.lists(LINES, min_size=1, max_size=5), st.integers(1, 250))
def test_what_is_signed_is_read_and_verified(name: str, lines: list[str], seed: int) -> None:
    text = "\n".join(lines) + "\n"
    key = log_key(name, seed)
    data = Note(text, (sign_note(text, key, private(seed).sign),)).write()
    read = read_note(data, "note")
    assert read.text == text
    assert read.write() == data
    assert [found.key for found in verified_by(read, [key], "note")] == [key]
    assert read_vkey(key.vkey, "vkey") == key


@given(st.binary(max_size=300))
def test_any_bytes_are_a_note_or_a_refusal(data: bytes) -> None:
    with contextlib.suppress(InputError):
        assert read_note(data, "note").write() == data


def test_a_public_checkpoint_and_its_witnesses_verify() -> None:
    log = read_vkey(COSIGNED["log"], "log")
    witnesses = [read_vkey(word, "witness") for word in COSIGNED["witnesses"]]
    head = read_head(COSIGNED["note"].encode(), log, witnesses, "checkpoint")
    assert head.checkpoint.size == COSIGNED["size"]
    assert [(found.key, found.time) for found in head.cosignatures] == [
        (witness, COSIGNED["time"]) for witness in witnesses
    ]
    changed = COSIGNED["note"].replace(str(COSIGNED["size"]), str(COSIGNED["size"] + 1)).encode()
    for known in ([], *([witness] for witness in witnesses)):
        with pytest.raises(InputError):
            read_head(changed, log, known, "checkpoint")


def test_a_cosignature_covers_time_text_and_extension_lines() -> None:
    text = f"{LOG.name}\n1\n{base64.b64encode(bytes(32)).decode()}\nmore\n"
    line = cosign_note(text, WITNESS, private(2).sign, 1_700_000_000)
    assert verified_by(Note(text, (line,)), [WITNESS], "note")[0].time == 1_700_000_000
    later = line.signature[:7] + bytes([line.signature[7] ^ 1]) + line.signature[8:]
    for wrong in (
        Note(text.replace("more", "less"), (line,)),
        Note(text, (type(line)(line.name, line.key_id, later),)),
        Note(text, (type(line)(line.name, line.key_id, line.signature[8:]),)),
    ):
        with pytest.raises(InputError):
            verified_by(wrong, [WITNESS], "note")
    beyond = 2**63  # signed by a careless witness: C2SP tlog-cosignature, Format
    signature = beyond.to_bytes(8, "big") + private(2).sign(cosigned_message(text, beyond))
    with pytest.raises(InputError):
        verified_by(Note(text, (type(line)(line.name, line.key_id, signature),)), [WITNESS], "note")
    with pytest.raises(ValueError, match="2\\^63"):
        cosign_note(text, WITNESS, private(2).sign, 2**63)


def test_witness_lines_are_read_as_they_are_answered() -> None:
    text = f"{LOG.name}\n0\n{base64.b64encode(EMPTY).decode()}\n"
    line = cosign_note(text, WITNESS, private(2).sign, 0)
    assert read_signatures(line.line.encode(), "answer") == (line,)


def test_a_key_signs_only_what_its_type_says() -> None:
    with pytest.raises(ValueError, match="0x01"):
        sign_note("a\n", WITNESS, private(2).sign)
    with pytest.raises(ValueError, match="0x04"):
        cosign_note("a\n", LOG, private(1).sign, 0)
    with pytest.raises(ValueError, match="line feed"):
        sign_note("a", LOG, private(1).sign)


@given(
    st.integers(1, 2**63 - 1), st.binary(min_size=32, max_size=32), st.lists(LINES.filter(bool), max_size=3)
)
def test_checkpoints_are_read_as_written(size: int, root: bytes, extensions: list[str]) -> None:
    checkpoint = Checkpoint(LOG.name, size, root, tuple(extensions))
    assert read_checkpoint(checkpoint.text, "head") == checkpoint
    data = sign_checkpoint(checkpoint, LOG, private(1).sign).write()
    assert read_head(data, LOG, (), "head").checkpoint == checkpoint


@pytest.mark.parametrize(
    "text",
    [
        "origin\n1\n",
        "\n1\n" + "A" * 43 + "=\n",
        "origin\n01\n" + "A" * 43 + "=\n",
        "origin\n-1\n" + "A" * 43 + "=\n",
        "origin\n+1\n" + "A" * 43 + "=\n",
        "origin\n١\n" + "A" * 43 + "=\n",
        f"origin\n{2**63}\n" + "A" * 43 + "=\n",
        "origin\n1\n" + "A" * 42 + "B=\n",
        "origin\n1\n" + "A" * 40 + "\n",
        "origin\n1\n" + "A" * 43 + "=\n\n",
        "origin\n1\n" + "A" * 43 + "=",
        "o" * 256 + "\n1\n" + "A" * 43 + "=\n",
    ],
)
def test_malformed_checkpoints_are_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_checkpoint(text, "head")


def test_a_head_of_another_log_is_refused_even_if_signed_by_the_same_key() -> None:
    other = log_key("proxeny/XA/exercise/0123456789abcdef0123456789abcdef/1", 1)
    data = sign_checkpoint(Checkpoint(other.name, 1, bytes(32)), other, private(1).sign).write()
    with pytest.raises(InputError, match="a checkpoint of"):
        read_head(data, LOG, (), "head")


def test_a_head_that_only_a_witness_signed_is_refused() -> None:
    text = signed_head(1, bytes(32)).checkpoint.text
    data = Note(text, (cosign_note(text, WITNESS, private(2).sign, 1),)).write()
    with pytest.raises(InputError, match="not signed by"):
        read_head(data, LOG, (WITNESS,), "head")


@pytest.mark.parametrize(
    "public",
    [
        bytes(32),
        bytes([1]) + bytes(31),
        (2**255 - 20).to_bytes(32, "little"),
        (2**255 - 19).to_bytes(32, "little"),
        (2**255 - 18).to_bytes(32, "little"),
        bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
        bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"),
        bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
        bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85"),
        bytes(31),
    ],
)
def test_keys_that_bind_nobody_are_refused(public: bytes) -> None:
    """Points of small order and non-canonical encodings (RFC 8032, section 5.1)."""
    assert not is_sound_ed25519(public)
    assert not verify_ed25519(public, bytes(64), b"")


def test_a_signature_has_one_form() -> None:
    """RFC 8032, section 5.1.7: S at or above the order of the group is refused."""
    order = 2**252 + 27742317777372353535851937790883648493
    public = private(1).public_key().public_bytes_raw()
    signature = private(1).sign(b"message")
    high = int.from_bytes(signature[32:], "little") + order
    assert verify_ed25519(public, signature, b"message")
    assert not verify_ed25519(public, signature[:32] + high.to_bytes(32, "little"), b"message")
    assert not verify_ed25519(public, signature + b"\0", b"message")
