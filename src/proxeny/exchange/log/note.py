"""Signed notes and their keys (C2SP signed-note v1.0.0), with timestamped cosignatures (C2SP tlog-cosignature v1.0.1).

Signature types: 0x01, Ed25519 over the text; 0x04, Ed25519 over a time and the text (cosignature/v1).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence

import msgspec

from proxeny.base.encoding import from_base64, to_base64
from proxeny.base.errors import InputError, refuse
from proxeny.exchange.keys import verify_ed25519
from proxeny.exchange.limits import NAME, NOTE, NOTE_SIGNATURES, SIGNATURE

ED25519 = 0x01
COSIGNATURE = 0x04
_TYPES = (ED25519, COSIGNATURE)
_LATEST = 2**63 - 1  # C2SP tlog-cosignature, Format: a time MUST NOT exceed it

_CONTROL = re.compile("[\x00-\x09\x0b-\x1f]")
_LINE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
_VKEY = re.compile(r"([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)")

Sign = Callable[[bytes], bytes]
"""Gives the signature over a message, from a key that the caller holds."""


class NoteKey(msgspec.Struct, frozen=True):
    """A public key of notes: its name, the signature type, and the 32 bytes of an Ed25519 key."""

    name: str
    type: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes by which signature lines name the key (signed-note, Signatures)."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.type]) + self.public).digest()[:4]

    @property
    def vkey(self) -> str:
        """The key as one word: name+id+base64 (signed-note, Verifier keys)."""
        return f"{self.name}+{self.key_id.hex()}+{to_base64(bytes([self.type]) + self.public)}"


class NoteSignature(msgspec.Struct, frozen=True):
    """A signature line: the key's name and id, and the signature (with a time before it for type 0x04)."""

    name: str
    key_id: bytes
    signature: bytes

    @property
    def line(self) -> str:
        return f"— {self.name} {to_base64(self.key_id + self.signature)}\n"


class Note(msgspec.Struct, frozen=True):
    """A note as read: nothing of it is trusted until `verified_by` has named a key."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def write(self) -> bytes:
        return (self.text + "\n" + "".join(signature.line for signature in self.signatures)).encode()


class Verified(msgspec.Struct, frozen=True):
    """A signature that holds. `time` is that of a cosignature, in seconds since 1970 UTC."""

    key: NoteKey
    time: int | None = None


def read_vkey(text: str, place: str) -> NoteKey:
    """A key from its word. Raises InputError for a form, type or id that does not fit."""
    match = _VKEY.fullmatch(text)
    material = from_base64(match[3]) if match else None
    if match is None or material is None or len(match[1]) > NAME:
        raise refuse(place, f"{text[:60]!r} is not a key of notes", "give it as name+id+base64")
    if material[0] not in _TYPES or len(material) != 33:
        raise refuse(
            place, f"a key of type 0x{material[0]:02x} with {len(material) - 1} bytes", "give Ed25519"
        )
    key = NoteKey(match[1], material[0], material[1:])
    if key.key_id.hex() != match[2]:
        raise refuse(place, f"the id {match[2]} is not that of the key", "ask its owner for the word again")
    return key


def read_note(data: bytes, place: str) -> Note:
    """A note from its bytes, with its signatures not yet verified. Raises InputError when it is malformed."""
    if len(data) > NOTE:
        raise refuse(place, f"larger than {NOTE} bytes", "ask for a note with fewer signatures")
    try:
        whole = data.decode()
    except UnicodeDecodeError as error:
        raise refuse(f"{place}, byte {error.start}", "not UTF-8", "ask for the note again") from error
    if _CONTROL.search(whole):
        raise _malformed(place, "a control character")
    head, blank, tail = whole.rpartition("\n\n")
    lines = tail.split("\n")
    if not blank or lines.pop() != "" or not lines:
        raise _malformed(place, "not a text, an empty line and signature lines")
    if len(lines) > NOTE_SIGNATURES:
        raise _malformed(place, f"more than {NOTE_SIGNATURES} signatures")
    return Note(head + "\n", tuple(_read_line(line, place) for line in lines))


def read_signatures(data: bytes, place: str) -> tuple[NoteSignature, ...]:
    """Signature lines by themselves, as a witness answers. Raises InputError when they are malformed."""
    return read_note(b"-\n\n" + data, place).signatures


def verified_by(note: Note, keys: Sequence[NoteKey], place: str) -> tuple[Verified, ...]:
    """The signatures of the note by known keys, in the order of their lines, each once.

    Unknown keys are ignored. Raises InputError when a line of a known key does not verify, or no line is of one
    (signed-note, Signatures), and ValueError when two known keys have one name and id.
    """
    known = {(key.name, key.key_id): key for key in keys}
    if len(known) != len(set(keys)):
        raise ValueError("two keys have the same name and id")
    found: list[Verified] = []
    for line in note.signatures:
        key = known.get((line.name, line.key_id))
        if key is None:
            continue
        verified = _verify_line(note.text, line, key)
        if verified is None:
            raise refuse(place, f"the signature of {key.name} does not verify", "keep the note as evidence")
        if verified not in found:
            found.append(verified)
    if not found:
        raise refuse(place, "no signature of a known key", "ask for the note again, or for its key")
    return tuple(found)


def sign_note(text: str, key: NoteKey, sign: Sign) -> NoteSignature:
    """The signature of type 0x01 over a text, which ends with a line feed."""
    _check_text(text, key, ED25519)
    return NoteSignature(key.name, key.key_id, sign(text.encode()))


def cosign_note(text: str, key: NoteKey, sign: Sign, time: int) -> NoteSignature:
    """The cosignature over a text at a time in seconds since 1970 UTC."""
    _check_text(text, key, COSIGNATURE)
    if not 0 <= time <= _LATEST:
        raise ValueError("a time from 0 to 2^63 - 1")
    signature = sign(cosigned_message(text, time))
    return NoteSignature(key.name, key.key_id, time.to_bytes(8, "big") + signature)


def cosigned_message(text: str, time: int) -> bytes:
    """The bytes a cosigner signs (tlog-cosignature, Ed25519 signed message)."""
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def _check_text(text: str, key: NoteKey, kind: int) -> None:
    if key.type != kind:
        raise ValueError(f"a key of type 0x{kind:02x} signs here")
    if not text.endswith("\n") or _CONTROL.search(text) or not re.fullmatch(r"[^\s+]{1,255}", key.name):
        raise ValueError(
            "a text ends with a line feed, and has no control characters; a name has no space or plus"
        )


def _read_line(line: str, place: str) -> NoteSignature:
    match = _LINE.fullmatch(line)
    blob = from_base64(match[2]) if match else None
    if match is None or blob is None or not 4 < len(blob) <= SIGNATURE + 12 or len(match[1]) > NAME:
        raise _malformed(place, f"the signature line {line[:40]!r}")
    return NoteSignature(match[1], blob[:4], blob[4:])


def _verify_line(text: str, line: NoteSignature, key: NoteKey) -> Verified | None:
    if key.type == ED25519:
        return Verified(key) if verify_ed25519(key.public, line.signature, text.encode()) else None
    time = int.from_bytes(line.signature[:8], "big")
    if time > _LATEST or not verify_ed25519(key.public, line.signature[8:], cosigned_message(text, time)):
        return None
    return Verified(key, time)


def _malformed(place: str, what: str) -> InputError:
    return refuse(place, f"a malformed note: {what}", "ask for the note again")
