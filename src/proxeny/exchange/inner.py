"""The inner layer: the exact payload an authority signs, and the commitment to it."""

from __future__ import annotations

from typing import Any

import msgspec

from proxeny.base.encoding import tagged_hash, write_digest
from proxeny.base.members import (
    CONTEXT,
    DIGEST,
    KID,
    MOMENT,
    OBJECT,
    SECRET,
    STATE,
    UUID7,
    check_members,
    grouped,
    integer,
    keyed,
    listed,
    nullable,
    pattern,
    text,
    words,
)
from proxeny.base.records import encode_json
from proxeny.base.wire import Limits
from proxeny.exchange.jws import Jws, parse_jws, parse_object, sign_jws, verify_jws
from proxeny.exchange.keys import Find, PublicKey, Signer
from proxeny.exchange.limits import (
    ADDRESSEES,
    ATTACHMENT,
    ATTACHMENTS,
    INNER,
    INNER_JSON,
    PAYLOAD,
    REFERENCES,
    SIGNATURES,
)
from proxeny.exchange.outer import Context
from proxeny.exchange.steps import RefusedError, Step, refuse_at

TYPE = "proxeny-inner"
VERSION = 1
COMMITMENT_TAG = b"proxeny commitment v1\n"

FORMS = frozenset(("N", "F", "V", "VR", "C", "A", "R", "O", "P", "T", "X", "K", "D"))
"""Notification, follow-up, verification request and reply, consultation, acknowledgement, request, offer, action plan,
termination, final report, contact change, dispute. Others are stored and answered "not understood"."""

PUBLIC_LABEL = "TLP:CLEAR"
"""The one label under which a message may travel unsealed (FIRST, Traffic Light Protocol 2.0)."""

_PARSE: Step = "inner-parse"
_VERIFY: Step = "inner-verify"
_PAYLOAD_LIMITS = Limits(size=PAYLOAD, depth=24, values=200_000)
_LABELS = words("TLP:RED", "TLP:AMBER+STRICT", "TLP:AMBER", "TLP:GREEN", PUBLIC_LABEL)

_ALWAYS = {
    "version": integer(1),
    "form": pattern("[A-Z]{1,4}", "a form's letters"),
    "uuid": UUID7,
    "context": CONTEXT,
    "root": DIGEST,
    "sender_state": STATE,
    "addressees": listed(STATE, 1, ADDRESSEES),
    "signers": listed(KID, 1, SIGNATURES),
    "random": SECRET,
}
"""What every version says, so that a message of an unknown one has an identity and its signatures count."""

_VERSION_1 = _ALWAYS | {
    "follows": listed(UUID7, 0, REFERENCES),
    "revokes": nullable(UUID7),
    "sequence": integer(1),
    "created_at": MOMENT,
    "valid_at": MOMENT,
    "sender_role": pattern("[A-Z]{2,8}(-[A-Z])?", "a role in capital letters"),
    "authority_basis": grouped({"instrument": text(200), "article": text(100), "version": text(60)}),
    "obligation": words("mandatory", "voluntary"),
    "confidentiality": grouped({"label": _LABELS, "purpose": text(200), "expires_at": nullable(MOMENT)}),
    "event_ids": keyed(STATE, pattern("[A-Za-z0-9][A-Za-z0-9._:-]{0,63}", "an event's id"), ADDRESSEES),
    "language": pattern("[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", "a language tag (RFC 5646)"),
    "attachments": listed(
        grouped({"digest": DIGEST, "key": SECRET, "content": DIGEST, "size": integer(0, ATTACHMENT)}),
        0,
        ATTACHMENTS,
    ),
    "body": OBJECT,
}


class Basis(msgspec.Struct, frozen=True):
    """The provision under which the authority acts."""

    instrument: str
    article: str
    version: str


class Confidentiality(msgspec.Struct, frozen=True):
    """The label (TLP 2.0), what the content may be used for, and until when the restriction holds."""

    label: str
    purpose: str
    expires_at: str | None = None


class Attached(msgspec.Struct, frozen=True):
    """An attachment as the inner layer names it: digest of the sealed bytes, key, digest and size of the content."""

    digest: str
    key: str
    content: str
    size: int


class Inner(msgspec.Struct, frozen=True, kw_only=True):
    """The payload of the inner layer: the header of every message (spec, 4.3), and the `body` of its form.

    `sequence` orders messages of one event; `signers` names the keys that sign, in the order of the signatures, so that
    none can be taken away; `random` (32 bytes) keeps the commitment from being guessed. There is no member for who may
    have caused an incident (design, section 10). Of an unknown version only what `_ALWAYS` names is read.
    """

    version: int = VERSION
    form: str
    uuid: str
    follows: list[str] = []
    revokes: str | None = None
    sequence: int = 1
    context: Context
    root: str
    created_at: str = ""
    valid_at: str = ""
    sender_state: str
    sender_role: str = ""
    authority_basis: Basis = Basis("", "", "")
    obligation: str = "voluntary"
    addressees: list[str]
    confidentiality: Confidentiality = Confidentiality("TLP:RED", "")
    event_ids: dict[str, str] = {}
    language: str = ""
    attachments: list[Attached] = []
    signers: list[str]
    random: str
    body: dict[str, Any] = {}

    @property
    def understood(self) -> bool:
        """Whether its version and form are known here."""
        return self.version == VERSION and self.form in FORMS


def commit(payload: bytes) -> str:
    """The commitment to an inner payload: SHA-256 over a tag and its exact bytes, as written in the outer layer."""
    return write_digest(tagged_hash(COMMITMENT_TAG, payload))


def write_payload(inner: Inner) -> bytes:
    """The payload as JSON. Raises RefusedError when no desk would take it."""
    payload = encode_json(inner)
    read_payload(payload)
    return payload


def sign_inner(payload: bytes, signers: list[Signer]) -> bytes:
    """The inner layer: the payload signed by the keys it names. Raises ValueError when they are others."""
    if read_payload(payload).signers != [signer.key.kid for signer in signers]:
        raise ValueError("the keys that sign are those the payload names, in its order")
    return sign_jws(payload, TYPE, signers)


def parse_inner(data: bytes) -> tuple[Inner, Jws]:
    """Step `inner-parse`: the inner layer, nothing verified. Raises RefusedError."""
    if len(data) > INNER:
        raise refuse_at(_PARSE, "inner", f"larger than {INNER} bytes", "send attachments by themselves")
    jws = parse_jws(data, TYPE, SIGNATURES, INNER_JSON, _PARSE, "inner")
    return read_payload(jws.payload), jws


def verify_inner(inner: Inner, jws: Jws, find: Find) -> tuple[PublicKey, ...]:
    """Step `inner-verify`: the keys that signed: all those the payload names, each an authority's of the sender.

    Raises RefusedError.
    """
    if [signature.kid for signature in jws.signatures] != inner.signers:
        shown = "the signatures are not those of the keys the payload names"
        raise refuse_at(_VERIFY, "inner/signatures", shown, "ask the sender for the message again")
    keys = verify_jws(jws, find, "authority", _VERIFY, "inner")
    for key in keys:
        if key.state != inner.sender_state:
            shown = f"a key of {key.state} signed for {inner.sender_state}"
            raise refuse_at(_VERIFY, "inner/signatures", shown, "authorities sign for their own State")
    return keys


def persons_of(keys: tuple[PublicKey, ...]) -> frozenset[str]:
    """The persons who signed: one person with two keys counts once."""
    return frozenset(key.person for key in keys)


def read_payload(payload: bytes) -> Inner:
    """The record of a payload. Raises RefusedError at step `inner-parse`."""
    value = parse_object(payload, _PAYLOAD_LIMITS, _PARSE, "inner/payload")
    known = value.get("version") == VERSION
    members = _VERSION_1 if known else _ALWAYS
    faults = check_members(value, members, "inner/payload", closed=known)
    if faults:
        raise RefusedError(_PARSE, faults)
    return msgspec.convert({name: value[name] for name in members}, Inner)
