"""Writes tests/vectors/exchange: run it after a change of the wire (`python tests/exchange/make_vectors.py`).

Every case that must be refused is a good one with one thing bent, signed anew by the right key wherever that can be, so
that only the step it names can refuse it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec
from bend import (
    Json,
    compact,
    header_of,
    header_with,
    inner_with,
    object_with,
    outer_with,
    plain,
    row,
    sealed_with,
    signed_object,
    wrap,
    wrap_inner,
)
from desks import (
    ANNA,
    ANNA_AGAIN,
    DESK,
    DIRECTORY,
    ROOT,
    TEST_ROOT,
    UUIDS,
    XB,
    XB_AUTHORITY,
    XB_DESK,
    XB_OPENER,
    XB_RECEIPTS,
    envelope,
    message,
    opener,
    seed,
    signed,
    signer,
    stream,
)

from proxeny.base.encoding import read_digest, to_base64url
from proxeny.base.wire import digest_of
from proxeny.exchange.attachment import seal_attachment
from proxeny.exchange.envelope import join, pass_door, split
from proxeny.exchange.inner import Confidentiality, commit, write_payload
from proxeny.exchange.jwe import seal
from proxeny.exchange.keys import Signer
from proxeny.exchange.limits import OUTER
from proxeny.exchange.log.entry import Salted
from proxeny.exchange.outer import Link
from proxeny.exchange.receipt import logged_at, receipt_for

FOLDER = Path(__file__).parents[1] / "vectors/exchange"
ORDER = 2**252 + 27742317777372353535851937790883648493  # of the group (RFC 8032, section 5.1)


class Case(NamedTuple):
    """A case: its name, what it shows, the envelope, and for one to refuse the step and the good twin."""

    name: str
    what: str
    data: bytes
    step: str = ""
    twin: str = ""
    receiver: str = "XB"
    known: Mapping[str, list[str]] = MappingProxyType({})


NOTE = envelope(signed(message()))
PAYLOAD = write_payload(message())
PUBLIC = message(confidentiality=Confidentiality("TLP:CLEAR", "anybody may read it"))
UNSEALED = envelope(signed(PUBLIC), addressee="XB")
FIRST = split(NOTE)[0]
SECOND = envelope(signed(message(uuid=UUIDS[1], follows=[UUIDS[0]])), Link(digest_of(FIRST), None), 2)
RECEIPT = receipt_for(
    pass_door(NOTE, XB, DIRECTORY.get),
    logged_at("proxeny/XB/real/0123456789abcdef0123456789abcdef/1", 7, bytes(range(32)), 8, bytes(32)),
    "2026-03-02T08:00:05Z",
)
SEALED_ATTACHMENT, ATTACHED = seal_attachment(b"indicators of the event\n", stream("attachment"))
WITH_ATTACHMENT = envelope(signed(message(attachments=[ATTACHED])))
ONE = envelope(signed(message((ANNA,), form="F"), (ANNA,)))
EXERCISE = envelope(signed(message(context="exercise")))
TEST = envelope(signed(message(context="test", root=TEST_ROOT)))


def good_cases() -> Iterator[Case]:
    yield Case("notification", "sealed, signed by two persons, first of its chain", NOTE)
    yield Case("unsealed", "public content, unsealed", UNSEALED)
    yield Case("second", "the second of its chain, following the first", SECOND, known={UUIDS[0]: ["real"]})
    yield Case("attachment", "names an attachment in both layers", WITH_ATTACHMENT)
    yield Case("one-person", "a form that one person may sign", ONE)
    yield Case("exercise", "of an exercise", EXERCISE)
    yield Case("test", "of a test, under a root made for tests", TEST, receiver="XB under the test root")
    yield Case(
        "unknown-form", "of a form not known: taken, and answered so", envelope(signed(message(form="Q")))
    )
    later, payload = inner_with(lambda value: value.update(version=2, novelty=True))
    yield Case("unknown-inner-version", "an inner layer of a later version", wrap_inner(later, payload))
    newer = outer_with(NOTE, lambda value: value.update(version=2, novelty=True))
    yield Case("unknown-outer-version", "an outer layer of a later version: stored, not opened", newer)


def bad_cases() -> Iterator[Case]:
    for step, twin, cases in (
        ("frame", "notification", frames()),
        ("parse-outer", "notification", outers()),
        ("parse-outer", "notification", headers()),
        ("parse-outer", "notification", statements()),
        ("verify-outer", "notification", outer_signatures()),
        ("digest", "notification", digests()),
        ("open", "notification", sealings()),
        ("inner-parse", "notification", inner_objects()),
        ("inner-parse", "notification", inner_payloads()),
        ("inner-verify", "notification", inner_signatures()),
        ("agree", "notification", disagreements()),
    ):
        for name, what, data in cases:
            yield Case(name, what, data, step, twin)
    yield from others()


Bent = Iterator[tuple[str, str, bytes]]


def frames() -> Bent:
    outer, sealed = split(NOTE)
    yield "frame-empty", "nothing at all", b""
    yield "frame-one-part", "no line feed", outer
    yield "frame-no-sealed", "nothing after the line feed", outer + b"\n"
    yield "frame-no-outer", "nothing before the line feed", b"\n" + sealed
    yield (
        "frame-outer-long",
        "no line feed within the length of an outer layer",
        b"{" * (OUTER + 1) + b"\n" + sealed,
    )


def outers() -> Bent:
    outer, sealed = split(NOTE)
    value: Json = json.loads(outer)
    first = value["signatures"][0]
    payload = value["payload"]
    yield "outer-trailing-space", "a space after the outer layer", join(outer + b" ", sealed)
    yield "outer-leading-mark", "a byte order mark", join(b"\xef\xbb\xbf" + outer, sealed)
    yield "outer-white-space", "white space between members", join(json.dumps(value).encode(), sealed)
    swapped = {"signatures": value["signatures"], "payload": payload}
    yield "outer-order", "members in another order", join(compact(swapped), sealed)
    twice = outer[:-1] + b',"payload":"' + payload.encode() + b'"}'
    yield "outer-doubled-member", "the payload stands twice", join(twice, sealed)
    escaped = outer[:-1] + b',"payloa\\u0064":"' + payload.encode() + b'"}'
    yield (
        "outer-doubled-escaped",
        "the payload stands twice, once written with an escape",
        join(escaped, sealed),
    )
    more = compact(value | {"header": {"kid": "x"}})
    yield "outer-header-above", "a member beside payload and signatures", join(more, sealed)
    unprotected = object_with(NOTE, lambda v: v["signatures"][0].update(header={"kid": DESK.key.kid}))
    yield "outer-unprotected", "an unprotected header", unprotected
    flat = compact({"payload": payload, **first})
    yield "outer-flattened", "flattened serialization", join(flat, sealed)
    dotted = f"{first['protected']}.{payload}.{first['signature']}".encode()
    yield "outer-compact", "compact serialization", join(dotted, sealed)
    yield "outer-no-signature", "its signature stripped", object_with(NOTE, lambda v: v["signatures"].clear())
    yield (
        "outer-repeated",
        "its signature repeated",
        object_with(NOTE, lambda v: v["signatures"].append(first)),
    )
    yield "outer-list", "a list", join(b"[" + outer + b"]", sealed)
    yield "outer-padded", "base64 padding", object_with(NOTE, lambda v: v.update(payload=payload + "="))
    loose = first["signature"][:-1] + _next_character(first["signature"][-1])
    yield (
        "outer-loose-bits",
        "unused bits of base64url set",
        object_with(NOTE, lambda v: v["signatures"][0].update(signature=loose)),
    )
    standard = base64.b64encode(bytes([255] * 66)).decode()
    yield (
        "outer-base64",
        "the standard alphabet of base64",
        object_with(NOTE, lambda v: v["signatures"][0].update(signature=standard)),
    )
    long = to_base64url(bytes(5 * 1024 + 1))
    yield (
        "outer-long-signature",
        "a signature beyond the limit",
        object_with(NOTE, lambda v: v["signatures"][0].update(signature=long)),
    )
    yield "outer-number", "a number that JSON has not", join(outer[:-1] + b',"n":NaN}', sealed)
    yield (
        "outer-deep",
        "nested beyond the limit",
        join(outer[:-1] + b',"n":' + b"[" * 9 + b"]" * 9 + b"}", sealed),
    )


def headers() -> Bent:
    outer, sealed = split(NOTE)
    payload = plain(json.loads(outer)["payload"])
    bare = to_base64url(compact(header_of(DESK, "proxeny-outer") | {"alg": "none"}))
    none = compact({"payload": to_base64url(payload), "signatures": [{"protected": bare, "signature": ""}]})
    yield "alg-none", "no algorithm and no signature", join(none, sealed)
    yield (
        "alg-none-signed",
        "no algorithm beside a signature",
        header_with(NOTE, lambda h: h.update(alg="none")),
    )
    yield (
        "alg-eddsa",
        "the algorithm by its older, wider name",
        header_with(NOTE, lambda h: h.update(alg="EdDSA")),
    )
    yield "alg-es256", "another algorithm", header_with(NOTE, lambda h: h.update(alg="ES256"))
    yield "alg-hs256", "a MAC under the public key", join(_mac(payload), sealed)
    yield "header-crit", "an extension that must be understood", _head(crit=["exp"], exp=1)
    yield "header-crit-empty", "an empty list of extensions", _head(crit=[])
    yield "header-b64", "a payload that is not encoded (RFC 7797)", _head(crit=["b64"], b64=False)
    yield "header-zip", "compression", _head(zip="DEF")
    yield "header-jku", "a place to fetch keys from", _head(jku="https://keys.invalid/set")
    evil = signer("XX", "outer")
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": to_base64url(evil.key.public)}
    brought = header_with(NOTE, lambda h: h.update(jwk=jwk, kid=evil.key.kid), evil)
    yield "header-jwk", "a key that the message brings, and its signature", brought
    yield "header-x5u", "a place to fetch a certificate from", _head(x5u="https://keys.invalid/c")
    yield "header-x5c", "a certificate that the message brings", _head(x5c=["MIIB"])
    yield "header-x5t", "the thumbprint of a certificate", _head(x5t="AAAA")
    yield "header-x5t-sha256", "the other thumbprint of a certificate", _head(**{"x5t#S256": "AAAA"})
    yield "header-cty", "a member of no use", _head(cty="json")
    yield "header-no-typ", "no type", header_with(NOTE, lambda h: h.pop("typ"))
    yield "header-no-kid", "no key", header_with(NOTE, lambda h: h.pop("kid"))
    yield (
        "header-typ-inner",
        "the type of an inner layer",
        header_with(NOTE, lambda h: h.update(typ="proxeny-inner")),
    )
    receipt = header_with(
        NOTE, lambda h: h.update(typ="proxeny-receipt", kid=XB_RECEIPTS.key.kid), XB_RECEIPTS
    )
    yield "header-typ-receipt", "a receipt: receipts get no receipts", receipt
    yield "header-kid-name", "a key by a name", header_with(NOTE, lambda h: h.update(kid="desk-of-XA"))
    doubled = compact(header_of(DESK, "proxeny-outer"))[:-1] + b',"alg":"Ed25519"}'
    yield "header-doubled", "a member that stands twice", header_with(NOTE, lambda _: doubled)
    yield "header-long", "a header beyond the limit", _head(kid="A" * 600)


def statements() -> Bent:
    def with_(**changes: Any) -> bytes:
        return outer_with(NOTE, lambda value: value.update(changes))

    yield "outer-unknown-member", "a member not known in version 1", with_(responsible_state="XD")
    yield "outer-no-context", "no context", outer_with(NOTE, lambda value: value.pop("context"))
    yield "outer-context-other", "a context there is not", with_(context="drill")
    yield "outer-sequence-0", "a sequence of zero", with_(sequence=0)
    yield "outer-sequence-text", "a sequence in quotes", with_(sequence="1")
    yield "outer-sequence-true", "a sequence that is a truth value", with_(sequence=True)
    fraction = split(NOTE)[0]
    statement = plain(json.loads(fraction)["payload"]).replace(b'"sequence":1', b'"sequence":1.0')
    yield "outer-sequence-fraction", "a sequence with a fraction", outer_with(NOTE, lambda _: statement)
    yield "outer-sequence-large", "a sequence that not every reader keeps", with_(sequence=2**53)
    yield (
        "outer-first-with-previous",
        "the first of a chain that names one before",
        with_(previous=digest_of(b"x")),
    )
    yield "outer-second-without", "the second of a chain that names none before", with_(sequence=2)
    upper = digest_of(split(NOTE)[1]).upper().replace("SHA", "sha")
    yield "outer-digest-upper", "a digest in capital letters", with_(digest=upper)
    yield "outer-digest-bare", "a digest without its algorithm", with_(digest=upper[7:].lower())
    yield "outer-sender-lower", "a State in small letters", with_(sender="xa")
    yield "outer-version-0", "a version below the first", with_(version=0)
    yield "outer-seal-other", "a sealing there is not", with_(seal="pgp")
    doubled = plain(json.loads(split(NOTE)[0])["payload"])[:-1] + b',"addressee":"XC"}'
    yield "outer-statement-doubled", "a member that stands twice", outer_with(NOTE, lambda _: doubled)
    yield (
        "outer-statement-trailing",
        "bytes after the statement",
        outer_with(NOTE, lambda v: compact(v) + b"{}"),
    )


def outer_signatures() -> Bent:
    value: Json = json.loads(split(NOTE)[0])
    payload = plain(value["payload"])
    signature = plain(value["signatures"][0]["signature"])

    def with_signature(changed: bytes) -> bytes:
        return object_with(NOTE, lambda v: v["signatures"][0].update(signature=to_base64url(changed)))

    yield (
        "signature-altered",
        "one bit of the signature",
        with_signature(bytes([signature[0] ^ 1]) + signature[1:]),
    )
    yield "signature-short", "a signature of 63 bytes", with_signature(signature[:-1])
    yield "signature-long", "a signature of 65 bytes", with_signature(signature + b"\0")
    high = (int.from_bytes(signature[32:], "little") + ORDER).to_bytes(32, "little")
    yield (
        "signature-malleated",
        "the same signature in its second form",
        with_signature(signature[:32] + high),
    )
    statement = json.loads(payload)
    other = to_base64url(compact(statement | {"sequence": 2, "previous": digest_of(b"x")}))
    yield (
        "statement-altered",
        "a statement changed after signing",
        object_with(NOTE, lambda v: v.update(payload=other)),
    )
    stranger = signer("XD", "outer")
    yield "key-unknown", "a key that is not in the directory", header_with(NOTE, lambda _: None, stranger)
    yield (
        "key-other-state",
        "the desk of XC signs for XA",
        header_with(NOTE, lambda _: None, signer("XC", "outer")),
    )
    yield "key-authority", "an authority's key signs as desk", header_with(NOTE, lambda _: None, ANNA)
    receipts = signer("XA", "receipt")
    yield "key-receipts", "the desk's key for receipts", header_with(NOTE, lambda _: None, receipts)
    claimed = Signer(DESK.key, stranger.sign)
    yield (
        "key-claimed",
        "another key under the name of the desk's",
        header_with(NOTE, lambda _: None, claimed),
    )


def digests() -> Bent:
    outer, sealed = split(NOTE)
    yield "sealed-other", "the sealed bytes of another message", join(outer, split(SECOND)[1])
    yield "sealed-trailing", "a byte after the sealed ones", join(outer, sealed + b"\n")
    yield "sealed-short", "the sealed bytes cut", join(outer, sealed[:-1])
    yield "sealed-altered", "one bit of the sealed bytes", join(outer, sealed[:-9] + b"A" + sealed[-8:])
    yield "sealed-opened", "the inner layer in place of the sealed bytes", join(outer, signed(message()))


def sealings() -> Bent:
    inner = signed(message())
    old = opener("XB", "of last year")
    yield (
        "sealed-old-key",
        "sealed for a key the desk has no more",
        wrap(seal(inner, old.key, stream("o")), commit(PAYLOAD)),
    )
    yield "jwe-zip", "compression", sealed_with(NOTE, lambda h, _: h.update(zip="DEF"))
    yield (
        "jwe-crit",
        "an extension that must be understood",
        sealed_with(NOTE, lambda h, _: h.update(crit=["x"], x=1)),
    )
    yield "jwe-apu", "a member of no use", sealed_with(NOTE, lambda h, _: h.update(apu="WEE"))
    yield "jwe-direct", "another agreement", sealed_with(NOTE, lambda h, _: h.update(alg="ECDH-ES"))
    yield "jwe-rsa", "an algorithm of another kind", sealed_with(NOTE, lambda h, _: h.update(alg="RSA1_5"))
    yield "jwe-cbc", "another encryption", sealed_with(NOTE, lambda h, _: h.update(enc="A256CBC-HS512"))
    p256 = {"kty": "EC", "crv": "P-256", "x": "AAAA", "y": "AAAA"}
    yield "jwe-p256", "a key of another curve", sealed_with(NOTE, lambda h, _: h.update(epk=p256))
    zero = {"crv": "X25519", "kty": "OKP", "x": to_base64url(bytes(32))}
    yield (
        "jwe-small-order",
        "an ephemeral key of small order",
        sealed_with(NOTE, lambda h, _: h.update(epk=zero)),
    )
    yield "jwe-typ", "another type", sealed_with(NOTE, lambda h, _: h.update(typ="JWE"))
    yield "jwe-header-changed", "a header that is not the one sealed with", sealed_with(NOTE, _spaced)
    yield "jwe-six-parts", "a sixth part", sealed_with(NOTE, lambda _, parts: parts.append("AAAA"))
    yield (
        "jwe-short-tag",
        "a tag of 8 bytes",
        sealed_with(NOTE, lambda _, parts: parts.__setitem__(3, parts[3][:11])),
    )
    for at, name in enumerate(("wrapped key", "nonce", "ciphertext", "tag")):
        yield f"jwe-{name.replace(' ', '-')}-altered", f"another {name}", sealed_with(NOTE, _altered(at))
    yield "jwe-json", "JSON serialization", sealed_with(NOTE, lambda _, p: compact({"ciphertext": p[2]}))
    yield "jwe-not", "an inner layer that is said to be sealed", wrap(inner, commit(PAYLOAD))


def inner_objects() -> Bent:
    good = signed(message())
    value: Json = json.loads(good)
    first = value["signatures"][0]

    def with_rows(rows: list[Json]) -> bytes:
        return wrap_inner(compact(value | {"signatures": rows}), PAYLOAD)

    yield "inner-trailing", "a byte after the inner layer", wrap_inner(good + b"\n", PAYLOAD)
    yield "inner-repeated", "a signature repeated", with_rows([first, first])
    yield "inner-unprotected", "an unprotected header", with_rows([first | {"header": {"kid": "x"}}])
    yield "inner-no-signature", "all signatures stripped", with_rows([])
    nine = [
        row(PAYLOAD, header_of(s, "proxeny-inner"), s)
        for s in (signer("XA", "authority", str(n)) for n in range(9))
    ]
    yield "inner-many", "more signatures than the limit", with_rows(nine)
    for name, what, header in (
        ("inner-alg-none", "no algorithm", header_of(ANNA, "proxeny-inner") | {"alg": "none"}),
        (
            "inner-crit",
            "an extension that must be understood",
            header_of(ANNA, "proxeny-inner") | {"crit": ["x"]},
        ),
        ("inner-jwk", "a key that the message brings", header_of(ANNA, "proxeny-inner") | {"jwk": {}}),
        ("inner-typ-outer", "the type of an outer layer", header_of(ANNA, "proxeny-outer")),
    ):
        yield name, what, with_rows([row(PAYLOAD, header, ANNA), value["signatures"][1]])


def inner_payloads() -> Bent:
    def with_(**changes: Any) -> bytes:
        return wrap_inner(*inner_with(lambda value: value.update(changes)))

    def without(name: str) -> bytes:
        return wrap_inner(*inner_with(lambda value: value.pop(name)))

    yield "inner-unknown-member", "a member there is not", with_(responsible_state="XD")
    yield "inner-no-random", "no random bytes", without("random")
    yield "inner-no-uuid", "no uuid", without("uuid")
    yield "inner-random-short", "31 random bytes", with_(random=to_base64url(bytes(31)))
    yield "inner-uuid-4", "a uuid of another version", with_(uuid="0195d0a4-5f0e-4c3a-9b7e-000000000001")
    yield "inner-uuid-upper", "a uuid in capital letters", with_(uuid=UUIDS[0].upper())
    yield "inner-time-naive", "a time without an offset", with_(created_at="2026-03-02T08:00:00")
    yield "inner-time-none", "a time that does not exist", with_(valid_at="2026-02-30T08:00:00Z")
    yield "inner-addressee-twice", "an addressee that stands twice", with_(addressees=["XB", "XB"])
    yield "inner-no-addressee", "no addressee", with_(addressees=[])
    yield "inner-signer-twice", "a signer that stands twice", with_(signers=[ANNA.key.kid] * 2)
    yield (
        "inner-label",
        "a label there is not",
        with_(confidentiality={"label": "SECRET", "purpose": "x", "expires_at": None}),
    )
    yield (
        "inner-basis",
        "a legal basis without its version",
        with_(authority_basis={"instrument": "x", "article": "1"}),
    )
    yield "inner-body-list", "a body that is no object", with_(body=[])
    twice = PAYLOAD[:-1] + b',"form":"V"}'
    yield "inner-doubled", "a member that stands twice", wrap_inner(*inner_with(lambda _: twice))
    deep = PAYLOAD[:-2] + b',"d":' + b"[" * 30 + b"]" * 30 + b"}}"
    yield "inner-deep", "nested beyond the limit", wrap_inner(*inner_with(lambda _: deep))
    utf16 = PAYLOAD.decode().encode("utf-16")
    yield "inner-utf-16", "another encoding of text", wrap_inner(*inner_with(lambda _: utf16))


def inner_signatures() -> Bent:
    value: Json = json.loads(signed(message()))
    one, two = value["signatures"]

    def with_rows(rows: list[Json], payload: bytes = PAYLOAD) -> bytes:
        return wrap_inner(signed_object(payload, *rows), payload)

    yield "inner-stripped", "one of two signatures stripped", with_rows([one])
    yield "inner-swapped", "the signatures in another order", with_rows([two, one])
    third = signer("XA", "authority", "dora")
    yield (
        "inner-added",
        "a signature that the payload does not name",
        with_rows([one, two, row(PAYLOAD, header_of(third, "proxeny-inner"), third)]),
    )
    other = write_payload(message(body={"what_happened": "fire"}))
    yield "inner-altered", "a payload changed after signing", with_rows([one, two], other)
    yield (
        "inner-exchanged",
        "each signature under the other's name",
        with_rows([one | {"signature": two["signature"]}, two | {"signature": one["signature"]}]),
    )
    for name, what, by in (
        ("inner-other-state", "an authority of XB signs for XA", XB_AUTHORITY),
        ("inner-desk-key", "the desk's key signs as authority", DESK),
        ("inner-unknown-key", "a key that is not in the directory", third),
    ):
        yield name, what, wrap_inner(*inner_with(lambda _: None, (ANNA, by)))


def disagreements() -> Bent:
    yield "agree-commitment", "the commitment to another message", wrap(split(NOTE)[1], commit(b"{}"))
    yield (
        "agree-context",
        "an exercise in an outer layer of reality",
        wrap_inner(*inner_with(lambda value: value.update(context="exercise"))),
    )
    yield (
        "agree-root",
        "an inner layer made under another root",
        wrap_inner(*inner_with(lambda value: value.update(root=TEST_ROOT))),
    )
    yield (
        "agree-addressee",
        "handed on to XB, whom the authority did not address",
        wrap_inner(*inner_with(lambda value: value.update(addressees=["XC"]))),
    )
    yield (
        "agree-sender",
        "a message of XA in an outer layer of XC",
        wrap_inner(*inner_with(lambda _: None), signer("XC", "outer"), sender="XC"),
    )
    yield (
        "agree-unsealed",
        "content that is not public, unsealed",
        wrap(signed(message()), commit(PAYLOAD), seal="none"),
    )


def others() -> Iterator[Case]:
    yield Case(
        "persons-one",
        "one person where two are needed",
        wrap_inner(*inner_with(lambda _: None, (ANNA,))),
        "persons",
        "notification",
    )
    same = wrap_inner(*inner_with(lambda _: None, (ANNA, ANNA_AGAIN)))
    yield Case("persons-same", "one person with two keys", same, "persons", "notification")
    more = outer_with(WITH_ATTACHMENT, lambda value: value.update(attachments=[digest_of(b"another")]))
    yield Case("agree-attachments", "another attachment named outside", more, "agree", "attachment")
    none = outer_with(WITH_ATTACHMENT, lambda value: value.update(attachments=[]))
    yield Case("agree-attachments-none", "the attachment not named outside", none, "agree", "attachment")
    yield Case("context-other-root", "made under another root", TEST, "context", "test")
    unreal = outer_with(NOTE, lambda value: value.update(context="test"))
    yield Case("context-test", "a test under a root not made for tests", unreal, "context", "test")
    tested = outer_with(TEST, lambda value: value.update(context="real"))
    yield Case(
        "context-real",
        "reality under a root made for tests",
        tested,
        "context",
        "notification",
        "XB under the test root",
    )
    relabelled = outer_with(EXERCISE, lambda value: value.update(context="real"))
    yield Case("agree-relabelled", "an exercise that its desk calls real", relabelled, "agree", "exercise")
    elsewhere = outer_with(NOTE, lambda value: value.update(addressee="XC"))
    yield Case("addressee-other", "addressed to XC, brought to XB", elsewhere, "addressee", "notification")
    yield Case(
        "references-context",
        "follows a message that is of an exercise",
        SECOND,
        "references",
        "second",
        known={UUIDS[0]: ["exercise"]},
    )


def receipt_cases() -> Iterator[tuple[str, Json]]:
    """Receipts of XB for the notification, and what is none."""

    def told(name: str, what: str, data: bytes, step: str = "") -> tuple[str, Json]:
        case: Json = {"what": what} | ({"refused_at": step, "twin": "stored"} if step else {})
        return name + ("_fail" if step else ""), case | {"receipt": data.decode()}

    def with_(typ: str = "proxeny-receipt", by: Signer = XB_RECEIPTS, **changes: Any) -> bytes:
        payload = compact(msgspec.to_builtins(RECEIPT) | changes)
        return signed_object(payload, row(payload, header_of(by, typ), by))

    good = with_()
    yield told("stored", "the notification is stored", good)
    yield told("not-understood", "stored, and not understood", with_(outcome="not-understood"))
    yield told(
        "receipt-read",
        "an outcome there is not: receipts prove storage",
        with_(outcome="read"),
        "parse-receipt",
    )
    yield told("receipt-typ", "an outer layer's type", with_("proxeny-outer"), "parse-receipt")
    yield told("receipt-space", "white space", good + b" ", "parse-receipt")
    yield told("receipt-version", "a version not known", with_(version=2), "parse-receipt")
    beyond = msgspec.to_builtins(RECEIPT.log) | {"index": 8}
    yield told("receipt-beyond", "a position beyond the head it names", with_(log=beyond), "parse-receipt")
    yield told("receipt-more", "a member there is not", with_(note="x"), "parse-receipt")
    yield told(
        "receipt-desk-key", "signed by the desk's key for envelopes", with_(by=XB_DESK), "verify-receipt"
    )
    yield told("receipt-other", "signed by XA for XB", with_(by=signer("XA", "receipt")), "verify-receipt")
    forged = with_(by=Signer(XB_RECEIPTS.key, XB_DESK.sign))
    yield told("receipt-forged", "another signature", forged, "verify-receipt")
    for name, value in (
        ("context", "exercise"),
        ("root", TEST_ROOT),
        ("sender", "XC"),
        ("sequence", 2),
        ("outer", digest_of(b"x")),
        ("digest", digest_of(b"x")),
        ("commitment", digest_of(b"x")),
    ):
        changes: Json = {name: value}
        data = with_(**changes)
        yield told(f"receipt-{name}", f"for a message with another {name}", data, "match-receipt")


def _head(**members: Any) -> bytes:
    return header_with(NOTE, lambda header: header.update(members))


def _spaced(header: Json, parts: list[str]) -> bytes:
    return ".".join([to_base64url(json.dumps(header).encode()), *parts]).encode()


def _altered(part: int) -> Callable[[Json, list[str]], None]:
    """Another character within one part, where every spelling is canonical."""

    def alter(_header: Json, parts: list[str]) -> None:
        text = parts[part]
        parts[part] = text[:2] + _next_character(text[2]) + text[3:]

    return alter


def _mac(payload: bytes) -> bytes:
    """The confusion of RFC 8725, section 2.1: the public key taken for a MAC's."""
    header = to_base64url(compact(header_of(DESK, "proxeny-outer") | {"alg": "HS256"}))
    text = f"{header}.{to_base64url(payload)}".encode()
    mac = hmac.new(DESK.key.public, text, hashlib.sha256).digest()
    return signed_object(payload, {"protected": header, "signature": to_base64url(mac)})


def _next_character(char: str) -> str:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return alphabet[alphabet.index(char) ^ 1]


def keys() -> Json:
    """What the receiving desk knows, and the private halves needed to open and to make the cases again."""
    return {
        "directory": [
            msgspec.to_builtins(key) | {"kid": kid, "public": to_base64url(key.public)}
            for kid, key in DIRECTORY.items()
        ],
        "receivers": {
            "XB": {"state": "XB", "root": ROOT, "test_root": False},
            "XB under the test root": {"state": "XB", "root": TEST_ROOT, "test_root": True},
        },
        "sealing_private": {XB_OPENER.key.kid: to_base64url(seed("XB seal "))},
        "persons_required": {"N": 2, "other forms": 1},
    }


def values() -> Json:
    """Values that every implementation must compute alike."""
    commitment = commit(PAYLOAD)
    salted = Salted(bytes(range(32)), read_digest(commitment) or b"")
    return {
        "payload": to_base64url(PAYLOAD),
        "commitment": commitment,
        "salt": to_base64url(salted.salt),
        "log_entry": salted.entry.hex(),
        "log_leaf": salted.leaf.hex(),
        "outer": FIRST.decode(),
        "outer_digest": digest_of(FIRST),
        "sealed_attachment": to_base64url(SEALED_ATTACHMENT),
        "attached": msgspec.to_builtins(ATTACHED),
        "attachment": "indicators of the event\n",
    }


def write(path: Path, value: Json) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def case_file(case: Case) -> Json:
    """The JSON of a case."""
    told: Json = {"what": case.what, "receiver": case.receiver}
    if case.known:
        told["known"] = dict(case.known)
    if case.step:
        told |= {"refused_at": case.step, "twin": case.twin}
    return told | {"envelope": base64.b64encode(case.data).decode()}


def all_cases() -> Iterator[tuple[str, Json]]:
    """Each case by the name of its folder."""
    for case in good_cases():
        yield case.name, case_file(case)
    for case in bad_cases():
        yield f"{case.name}_fail", case_file(case)


def main() -> None:
    for folder in ("envelope", "receipt"):
        shutil.rmtree(FOLDER / folder, ignore_errors=True)
    write(FOLDER / "keys.json", keys())
    write(FOLDER / "values.json", values())
    for name, case in all_cases():
        assert not (FOLDER / "envelope" / name).exists(), name
        write(FOLDER / "envelope" / name / "case.json", case)
    for name, case in receipt_cases():
        write(FOLDER / "receipt" / name / "case.json", case)


if __name__ == "__main__":
    main()
