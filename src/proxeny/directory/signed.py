"""Metadata as signed: `{"signatures":[{"keyid":…,"sig":…}],"signed":{…}}`, and whether enough keys signed it.

What is counted are public keys, never signatures: one key under two names counts once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from proxeny.base.errors import InputError
from proxeny.base.wire import Limits, decode_json
from proxeny.directory.canonical import canonical
from proxeny.directory.keys import verify_ed25519
from proxeny.directory.limits import KEYS, SIGNATURE
from proxeny.directory.steps import DirectoryRefusedError, Step, refuse_at

AGAIN = "ask the keepers for the metadata again"


class Signed(msgspec.Struct, frozen=True):
    """Metadata as parsed: what is signed, its canonical bytes, and the signatures by key id, none verified yet."""

    value: dict[str, Any]
    data: bytes
    signatures: dict[str, bytes]


def read_json(data: bytes, limits: Limits, step: Step, place: str) -> dict[str, Any]:
    """A JSON object without doubled members. Raises DirectoryRefusedError at `step`."""
    if data[:1] != b"{":  # no byte order mark, no other encoding
        raise refuse_at(step, place, "not a JSON object", AGAIN)
    try:
        value = decode_json(data, place, limits)
    except InputError as error:
        raise DirectoryRefusedError(step, list(error.faults)) from error
    if type(value) is not dict:
        raise refuse_at(step, place, "not a JSON object", AGAIN)
    return value


def read_signed(value: Any, step: Step, place: str) -> Signed:
    """The parts of signed metadata. Raises DirectoryRefusedError at `step`."""
    if type(value) is not dict or set(value) != {"signatures", "signed"} or type(value["signed"]) is not dict:
        raise refuse_at(step, place, "not an object of signatures and signed", AGAIN)
    rows = value["signatures"]
    if type(rows) is not list or len(rows) > KEYS:
        raise refuse_at(step, f"{place}/signatures", f"not a list of up to {KEYS} signatures", AGAIN)
    signatures: dict[str, bytes] = {}
    for at, row in enumerate(rows):
        here = f"{place}/signatures/{at}"
        if type(row) is not dict or set(row) != {"keyid", "sig"} or type(row["keyid"]) is not str:
            raise refuse_at(step, here, "a signature has keyid and sig", AGAIN)
        if row["keyid"] in signatures:
            raise refuse_at(step, here, "one key signed twice", AGAIN)
        signatures[row["keyid"]] = _hex(row["sig"], step, f"{here}/sig")
    try:
        return Signed(value["signed"], canonical(value["signed"]), signatures)
    except (ValueError, UnicodeEncodeError) as error:
        raise refuse_at(step, f"{place}/signed", str(error), AGAIN) from error


def signers_of(signed: Signed, keys: Mapping[str, bytes]) -> frozenset[bytes]:
    """The public keys among those given (by key id) whose signature holds. Signatures of other keys are ignored."""
    return frozenset(
        keys[name]
        for name, signature in signed.signatures.items()
        if name in keys and verify_ed25519(keys[name], signature, signed.data)
    )


def _hex(text: Any, step: Step, place: str) -> bytes:
    if type(text) is str and len(text) <= 2 * SIGNATURE and text == text.lower():
        try:
            data = bytes.fromhex(text)
        except ValueError:
            data = b""
        if data and data.hex() == text:
            return data
    if text == "":  # how python-tuf writes that a key has yet to sign
        return b""
    raise refuse_at(step, place, f"not up to {SIGNATURE} bytes in lower hexadecimal", AGAIN)
