"""Verifies a Proxeny evidence file offline. This one file needs Python 3.11 and the package `cryptography`, no more.

    python one_file.py EVIDENCE ROOT        ROOT: the root of trust, as sha256:... or as the file of the first root

Copy it, read it, keep it: it shares no code with the package it stands in, so that whoever is shown evidence need not
trust the one who shows it. It checks all on which the proof rests (docs/reference/wire.md, sections 2 to 8): signatures,
thresholds, persons, digests, log proofs, witnesses, and the members of what is signed.
It prints what is proven as JSON, and ends with 0 for a file that holds, 1 for one that does not.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Json = dict[str, Any]
P = 2**255 - 19
ORDER_8 = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
SMALL_ORDER = {0, 1, P - 1, ORDER_8, P - ORDER_8}  # keys under which one signature fits many messages
ROLES = ("root", "timestamp", "snapshot", "targets")
USES = ("authority", "outer", "receipt", "seal", "checkpoint", "cosignature", "directory", "recovery")
RUNGS = ("sent", "received", "acknowledged", "read", "answered")
MOMENT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,6})?Z", re.ASCII)
DIGEST = re.compile("sha256:[0-9a-f]{64}")
STATE = re.compile("[A-Z]{2}")
UUID7 = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
LABELS = ("TLP:RED", "TLP:AMBER+STRICT", "TLP:AMBER", "TLP:GREEN", "TLP:CLEAR")
PATH = re.compile(r"states/([A-Z]{2})/(keys|contacts)\.json")
CONTROL = re.compile("[\x00-\x09\x0b-\x1f]")


class No(Exception):  # noqa: N818
    """A refusal, with the step that refuses."""


def need(truth: Any, step: str) -> None:
    if not truth:
        raise No(step)


# --- values ---------------------------------------------------------------------------------------


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def digest(data: bytes) -> str:
    return "sha256:" + sha(data).hex()


def b64(text: Any, step: str) -> bytes:
    """Standard base64 in its one spelling."""
    need(type(text) is str, step)
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise No(step) from None
    need(base64.b64encode(data).decode() == text, step)
    return data


def b64url(text: Any, step: str) -> bytes:
    """Base64url without padding in its one spelling."""
    need(type(text) is str and re.fullmatch("[A-Za-z0-9_-]*", text) and len(text) % 4 != 1, step)
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    need(url64(data) == text, step)
    return data


def url64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def load(data: bytes, step: str, most: int) -> Json:
    """A JSON object in UTF-8 with no member twice."""

    def pairs(found: list[tuple[str, Any]]) -> Json:
        need(len(dict(found)) == len(found), step)
        return dict(found)

    def constant(_: str) -> None:
        raise No(step)

    need(len(data) <= most and data[:1] == b"{", step)
    try:
        value = json.loads(data.decode(), object_pairs_hook=pairs, parse_constant=constant)
        json.dumps(value, ensure_ascii=False).encode()  # no half of a surrogate pair
    except (ValueError, RecursionError):
        raise No(step) from None
    need(type(value) is dict, step)
    return dict(value)


def exactly(value: Any, members: str, step: str) -> Json:
    need(type(value) is dict and set(value) == set(members.split()), step)
    return dict(value)


def whole(value: Any, least: int, step: str, most: int = 2**53 - 1) -> int:
    need(type(value) is int and least <= value <= most, step)
    return int(value)


def fits(pattern: re.Pattern[str], value: Any, step: str) -> str:
    need(type(value) is str and pattern.fullmatch(value), step)
    return str(value)


def moment(value: Any, step: str) -> datetime:
    try:
        return datetime.fromisoformat(fits(MOMENT, value, step).replace("Z", "+00:00"))
    except ValueError:
        raise No(step) from None


def listed(value: Any, least: int, most: int, step: str) -> list[Any]:
    need(type(value) is list and least <= len(value) <= most, step)
    return list(value)


def distinct(value: Any, least: int, most: int, pattern: re.Pattern[str], step: str) -> None:
    """A list of such values, none twice."""
    rows = [fits(pattern, one, step) for one in listed(value, least, most, step)]
    need(len(set(rows)) == len(rows), step)


def line(value: Any, most: int, step: str) -> None:
    need(type(value) is str and 0 < len(value) <= most and value.isprintable(), step)


def sound(key: bytes) -> bool:
    y = int.from_bytes(key, "little") & (2**255 - 1)
    return len(key) == 32 and y < P and y not in SMALL_ORDER


def verifies(key: bytes, signature: bytes, message: bytes) -> bool:
    if not sound(key):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def thumbprint(key: bytes, use: str) -> str:
    curve = "X25519" if use == "seal" else "Ed25519"
    return url64(sha(f'{{"crv":"{curve}","kty":"OKP","x":"{url64(key)}"}}'.encode()))


def canonical(value: Any, step: str) -> str:
    """OLPC canonical JSON, over which metadata are signed."""
    if isinstance(value, dict):
        items = (f"{canonical(name, step)}:{canonical(value[name], step)}" for name in sorted(value))
        return "{" + ",".join(items) + "}"
    if isinstance(value, list):
        return "[" + ",".join(canonical(item, step) for item in value) + "]"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    need(not isinstance(value, float), step)
    return json.dumps(value)


# --- the directory (section 7) ----------------------------------------------------------------------


def signed_part(value: Any, step: str) -> tuple[Json, bytes, dict[str, bytes]]:
    """What is signed, its bytes, and the signatures by key id."""
    exactly(value, "signatures signed", step)
    signed = value["signed"]
    need(type(signed) is dict, step)
    signatures: dict[str, bytes] = {}
    for row in listed(value["signatures"], 0, 500, step):
        exactly(row, "keyid sig", step)
        need(type(row["keyid"]) is str and row["keyid"] not in signatures, step)
        need(type(row["sig"]) is str and re.fullmatch("([0-9a-f]{2}){0,5120}", row["sig"]), step)
        signatures[row["keyid"]] = bytes.fromhex(row["sig"])
    return signed, canonical(signed, step).encode(), signatures


def signers(data: bytes, signatures: dict[str, bytes], keys: dict[str, bytes]) -> set[bytes]:
    """The keys, never the signatures, that signed."""
    return {
        keys[name] for name, sig in signatures.items() if name in keys and verifies(keys[name], sig, data)
    }


def head(signed: Json, role: str, more: str) -> None:
    exactly(signed, f"_type spec_version version expires {more}", role)
    need(signed["_type"] == role, role)
    fits(re.compile(r"1\.[0-9]{1,4}(\.[0-9]{1,4})?"), signed["spec_version"], role)
    whole(signed["version"], 1, role)
    moment(signed["expires"], role)


def role_keys(root: Json, role: str) -> tuple[dict[str, bytes], int]:
    held = exactly(root["roles"][role], "keyids threshold", "root")
    names = listed(held["keyids"], 1, 500, "root")
    need(all(type(name) is str and name in root["keys"] for name in names), "root")
    keys = {name: tuf_key(root["keys"][name]) for name in names}
    need(len(set(keys.values())) == len(names), "root")
    return keys, whole(held["threshold"], 1, "root", len(names))


def tuf_key(key: Any) -> bytes:
    exactly(key, "keytype scheme keyval", "root")
    need((key["keytype"], key["scheme"]) == ("ed25519", "ed25519"), "root")
    text = exactly(key["keyval"], "public", "root")["public"]
    public = bytes.fromhex(fits(re.compile("[0-9a-f]{64}"), text, "root"))
    need(sound(public), "root")
    return public


def threshold(data: bytes, signatures: dict[str, bytes], root: Json, role: str, step: str) -> None:
    keys, least = role_keys(root, role)
    need(len(signers(data, signatures, keys)) >= least, step)


def last_root(chain: list[Any], trust: str) -> Json:
    """Each root is signed by the threshold of the one before and by its own; the first is the root of trust."""
    root: Json = {}
    for data in listed(chain, 1, 256, "root"):
        signed, raw, signatures = signed_part(load(data, "root", 512 * 1024), "root")
        need(root or digest(raw) == trust, "root")
        head(signed, "root", "consistent_snapshot keys roles x-proxeny")
        kind = exactly(signed["x-proxeny"], "kind", "root")["kind"]
        need(kind in ("federation", "bilateral", "single", "test"), "root")
        need(type(signed["keys"]) is dict, "root")
        for key in signed["keys"].values():
            tuf_key(key)
        exactly(signed["roles"], " ".join(ROLES), "root")
        for role in ROLES:
            role_keys(signed, role)
        if root:
            need(signed["version"] == root["version"] + 1 and kind == root["x-proxeny"]["kind"], "root")
            threshold(raw, signatures, root, "root", "root")
        threshold(raw, signatures, signed, "root", "root")
        root = signed
    return root


def described(value: Any, members: str, step: str) -> Json:
    exactly(value, members, step)
    fits(re.compile("[0-9a-f]{64}"), exactly(value["hashes"], "sha256", step)["sha256"], step)
    whole(value["length"], 1, step)
    whole(value.get("version", 1), 1, step)
    return dict(value)


def same_file(data: bytes, meta: Json, step: str) -> None:
    need(len(data) == meta["length"] and sha(data).hex() == meta["hashes"]["sha256"], step)


def role_file(data: bytes, root: Json, role: str, member: str) -> Json:
    signed, raw, signatures = signed_part(load(data, role, 512 * 1024), role)
    threshold(raw, signatures, root, role, role)
    head(signed, role, member)
    need(type(signed[member]) is dict, role)
    return signed


class Book:
    """The keys of States by kid, with their rows, and the persons each form needs."""

    def __init__(self, bundle: Json, trust: str) -> None:
        roots = [b64(root, "evidence") for root in listed(bundle["roots"], 0, 2**20, "evidence")]
        parts = {role: b64(bundle[role], "evidence") for role in ROLES[1:]}
        need(type(bundle["files"]) is dict and len(bundle["files"]) <= 500, "evidence")
        files = {path: b64(data, "evidence") for path, data in bundle["files"].items()}
        self.keys: dict[str, list[tuple[str, Json]]] = {}
        self.persons: dict[str, Json] = {}
        self.root = trust
        self.parts, self.roots, self.files = parts, roots, files
        self.kind = ""

    def believe(self) -> None:
        root = last_root(self.roots, self.root)
        self.kind = root["x-proxeny"]["kind"]
        meta = role_file(self.parts["timestamp"], root, "timestamp", "meta")["meta"]
        exactly(meta, "snapshot.json", "timestamp")
        named = described(meta["snapshot.json"], "hashes length version", "timestamp")
        same_file(self.parts["snapshot"], named, "snapshot")
        snapshot = role_file(self.parts["snapshot"], root, "snapshot", "meta")
        exactly(snapshot["meta"], "targets.json", "snapshot")
        need(snapshot["version"] == named["version"], "snapshot")
        named = described(snapshot["meta"]["targets.json"], "hashes length version", "snapshot")
        same_file(self.parts["targets"], named, "targets")
        targets = role_file(self.parts["targets"], root, "targets", "targets")
        need(targets["version"] == named["version"], "targets")
        for meta in targets["targets"].values():
            described(meta, "hashes length", "targets")
        for path, data in self.files.items():
            need(path in targets["targets"] and PATH.fullmatch(path), "file")
            same_file(data, targets["targets"][path], "file")
        for path, data in self.files.items():
            if path.endswith("/keys.json"):
                try:
                    self.add(path[7:9], data)
                except No:
                    continue  # a State whose own file is wrong has no keys; the others stand

    def add(self, state: str, data: bytes) -> None:
        """The last statement that every statement from the first leads to, vouched for by the one before."""
        rows = exactly(load(data, "keys", 2**20), "statements", "keys")["statements"]
        good: Json = {}
        before: Json = {}
        waiting = False
        for row in listed(rows, 1, 1000, "keys"):
            signed, raw, signatures = signed_part(row, "keys")
            check_statement(signed, state)
            check_follows(signed, before)
            old = before.get("keys", [])
            able = {
                thumbprint(public_of(k), "outer"): public_of(k)
                for k in [*old, *signed["keys"]]
                if can_sign(k)
            }
            by = signers(raw, signatures, able)
            fresh = [key for key in signed["keys"] if key["public"] not in {k["public"] for k in old}]
            need(all(public_of(key) in by for key in fresh if can_sign(key)), "keys")
            vouching = {
                public_of(k) for k in old if k["use"] in USES[6:] and can_sign(k) and not k["revoked"]
            }
            waiting = waiting or bool(before and not by & vouching)
            good = good if waiting else signed
            before = signed
        for key in good["keys"]:
            self.keys.setdefault(thumbprint(public_of(key), key["use"]), []).append((state, key))
        self.persons[state] = good["persons"]

    def find(self, kid: str) -> tuple[str, Json] | None:
        found = [pair for pair in self.keys.get(kid, []) if pair[1]["suite"] == "PX1"]
        return found[0] if len(found) == 1 else None

    def notes(self, use: str) -> list[tuple[str, Json, bytes]]:
        """Keys of logs, or of witnesses that are not revoked, with their ids; two of one name and id are none."""
        found = []
        kind = b"\x01" if use == "checkpoint" else b"\x04"
        for kid in self.keys:
            pair = self.find(kid)
            if pair and pair[1]["use"] == use and (use == "checkpoint" or not pair[1]["revoked"]):
                name, public = pair[1]["name"], public_of(pair[1])
                found.append((*pair, sha(name.encode() + b"\n" + kind + public)[:4]))
        ids = [(key["name"], one) for _, key, one in found]
        return [row for row in found if ids.count((row[1]["name"], row[2])) == 1]


def public_of(key: Json) -> bytes:
    return b64url(key["public"], "keys")


def can_sign(key: Json) -> bool:
    return bool(key["suite"] == "PX1" and key["use"] != "seal")


def check_statement(value: Json, state: str) -> None:
    exactly(value, "_type state version previous issued_at keys persons", "keys")
    need(value["_type"] == "proxeny-keys" and value["state"] == state, "keys")
    whole(value["version"], 1, "keys", 1000)
    moment(value["issued_at"], "keys")
    need(type(value["persons"]) is dict and "*" in value["persons"] and len(value["persons"]) <= 64, "keys")
    for form, number in value["persons"].items():
        fits(re.compile(r"[A-Z]{1,4}|\*"), form, "keys")
        whole(number, 1, "keys", 8)
    rows = listed(value["keys"], 1, 500, "keys")
    for key in rows:
        check_key(key, state)
    need(len({key["public"] for key in rows}) == len(rows), "keys")


def check_key(key: Any, state: str) -> None:
    exactly(key, "use suite public person name revoked", "keys")
    need(key["use"] in USES, "keys")
    fits(re.compile("PX[1-9][0-9]{0,3}"), key["suite"], "keys")
    fits(re.compile("[A-Za-z0-9-]{0,32}"), key["person"], "keys")
    fits(re.compile("[!-*,-~]{0,255}"), key["name"], "keys")
    public = public_of(key)
    need(32 <= len(public) <= 4096, "keys")
    need(key["suite"] != "PX1" or (len(public) == 32 and (key["use"] == "seal" or sound(public))), "keys")
    need(bool(key["person"]) == (key["use"] == "authority"), "keys")
    prefix = {"checkpoint": f"proxeny/{state}/", "cosignature": f"proxeny/{state}/witness/"}
    need(
        bool(key["name"]) == (key["use"] in prefix) and key["name"].startswith(prefix.get(key["use"], "")),
        "keys",
    )
    if key["revoked"] is not None:
        told = exactly(key["revoked"], "at compromised_since", "keys")
        need(moment(told["compromised_since"], "keys") <= moment(told["at"], "keys"), "keys")


def check_follows(new: Json, old: Json) -> None:
    """Keys stay, and revocations stay and reach no less far back."""
    if not old:
        need(new["version"] == 1 and new["previous"] is None, "keys")
        need(any(key["use"] == "directory" and key["suite"] == "PX1" for key in new["keys"]), "keys")
        return
    need(
        new["version"] == old["version"] + 1 and new["previous"] == digest(canonical(old, "keys").encode()),
        "keys",
    )
    need(moment(new["issued_at"], "keys") >= moment(old["issued_at"], "keys"), "keys")
    now = {key["public"]: key for key in new["keys"]}
    for key in old["keys"]:
        kept = now.get(key["public"])
        need(kept and {**kept, "revoked": 0} == {**key, "revoked": 0}, "keys")
        if key["revoked"]:
            need(kept and kept["revoked"] and since(kept) <= since(key), "keys")


def since(key: Json) -> datetime:
    return moment(key["revoked"]["compromised_since"], "keys")


# --- signed objects (section 2) ---------------------------------------------------------------------


def unwrap(
    data: bytes, typ: str, most: int, step: str, longest: int
) -> tuple[Json, bytes, list[tuple[str, bytes, bytes]]]:
    """The payload, its bytes, and for each signature the kid, what it is over, and its bytes. One spelling only."""
    value = exactly(load(data, step, longest), "payload signatures", step)
    payload = b64url(value["payload"], step)
    rows = []
    for row in listed(value["signatures"], 1, most, step):
        exactly(row, "protected signature", step)
        header = exactly(load(b64url(row["protected"], step), step, 512), "alg kid typ", step)
        need(header["alg"] == "Ed25519" and header["typ"] == typ, step)
        need(len(b64url(header["kid"], step)) == 32, step)
        signature = b64url(row["signature"], step)
        need(0 < len(signature) <= 5120, step)
        rows.append((header["kid"], f"{row['protected']}.{value['payload']}".encode(), signature))
    need(len({kid for kid, _, _ in rows}) == len(rows), step)
    plain = [{name: row[name] for name in ("protected", "signature")} for row in value["signatures"]]
    again = json.dumps({"payload": value["payload"], "signatures": plain}, separators=(",", ":"))
    need(again.encode() == data, step)
    return load(payload, step, 2**20), payload, rows


def by_keys(rows: list[tuple[str, bytes, bytes]], book: Book, use: str, state: str, step: str) -> list[Json]:
    """The keys that signed: each known, for this use, of this State."""
    keys = []
    for kid, over, signature in rows:
        found = book.find(kid)
        need(found and found[1]["use"] == use, step)
        if found:
            need(verifies(public_of(found[1]), signature, over) and found[0] == state, step)
            keys.append(found[1])
    return keys


OUTER = 4 * (8 * 1024 + 5 * 1024 + 512) // 3 + 256
INNER = 4 * (2**20 + 8 * (5 * 1024 + 512)) // 3 + 1024
OUTER_ALWAYS = "version sender addressee context root sequence previous digest commitment"
INNER_ALWAYS = "version form uuid context root sender_state addressees signers random"
INNER_MORE = (
    "follows revokes sequence created_at valid_at sender_role authority_basis obligation confidentiality event_ids "
    "language attachments body"
)
RECEIPT = "version outcome receiver sender context root sequence outer digest commitment arrived_at log"
TWIN = "version signer state missing context root outer commitment due_at stated_at"


def shared(value: Json, states: str, digests: str, step: str) -> None:
    """Members that all statements have in common."""
    need(value["context"] in ("real", "exercise", "test"), step)
    for name in states.split():
        fits(STATE, value[name], step)
    for name in digests.split():
        fits(DIGEST, value[name], step)


def parse_outer(data: bytes) -> tuple[Json, list[tuple[str, bytes, bytes]]]:
    step = "parse-outer"
    value, payload, rows = unwrap(data, "proxeny-outer", 1, step, OUTER)
    need(len(payload) <= 8 * 1024, step)
    if whole(value.get("version"), 1, step) == 1:
        exactly(value, OUTER_ALWAYS + " seal attachments", step)
        need(value["seal"] in ("jwe", "none"), step)
        attachments = listed(value["attachments"], 0, 64, step)
        need(
            all(fits(DIGEST, one, step) for one in attachments) and len(set(attachments)) == len(attachments),
            step,
        )
    need(set(OUTER_ALWAYS.split()) <= set(value), step)
    shared(value, "sender addressee", "root digest commitment", step)
    whole(value["sequence"], 1, step)
    need((value["previous"] is None) == (value["sequence"] == 1), step)
    need(value["previous"] is None or fits(DIGEST, value["previous"], step), step)
    return value, rows


def parse_inner(data: bytes) -> tuple[Json, bytes, list[tuple[str, bytes, bytes]]]:
    step = "inner-parse"
    value, payload, rows = unwrap(data, "proxeny-inner", 8, step, INNER)
    if whole(value.get("version"), 1, step) == 1:
        exactly(value, f"{INNER_ALWAYS} {INNER_MORE}", step)
        check_inner(value, step)
    need(set(INNER_ALWAYS.split()) <= set(value), step)
    shared(value, "sender_state", "root", step)
    fits(re.compile("[A-Z]{1,4}"), value["form"], step)
    fits(UUID7, value["uuid"], step)
    distinct(value["addressees"], 1, 250, STATE, step)
    need(all(len(b64url(kid, step)) == 32 for kid in listed(value["signers"], 1, 8, step)), step)
    need(len(set(value["signers"])) == len(value["signers"]), step)
    need(len(b64url(value["random"], step)) == 32, step)
    return value, payload, rows


def check_inner(value: Json, step: str) -> None:
    """The members of version 1."""
    distinct(value["follows"], 0, 64, UUID7, step)
    need(value["revokes"] is None or fits(UUID7, value["revokes"], step), step)
    whole(value["sequence"], 1, step)
    moment(value["created_at"], step)
    moment(value["valid_at"], step)
    fits(re.compile("[A-Z]{2,8}(-[A-Z])?"), value["sender_role"], step)
    basis = exactly(value["authority_basis"], "instrument article version", step)
    line(basis["instrument"], 200, step)
    line(basis["article"], 100, step)
    line(basis["version"], 60, step)
    need(value["obligation"] in ("mandatory", "voluntary"), step)
    secrecy = exactly(value["confidentiality"], "label purpose expires_at", step)
    need(secrecy["label"] in LABELS, step)
    line(secrecy["purpose"], 200, step)
    need(secrecy["expires_at"] is None or moment(secrecy["expires_at"], step), step)
    need(type(value["event_ids"]) is dict and 0 < len(value["event_ids"]) <= 250, step)
    for state, event in value["event_ids"].items():
        fits(STATE, state, step)
        fits(re.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,63}"), event, step)
    fits(re.compile("[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}"), value["language"], step)
    for one in listed(value["attachments"], 0, 64, step):
        exactly(one, "digest key content size", step)
        fits(DIGEST, one["digest"], step)
        fits(DIGEST, one["content"], step)
        need(len(b64url(one["key"], step)) == 32, step)
        whole(one["size"], 0, step, 16 * 2**20)
    need(type(value["body"]) is dict, step)


def parse_receipt(data: bytes) -> tuple[Json, list[tuple[str, bytes, bytes]]]:
    step = "parse-receipt"
    value, payload, rows = unwrap(data, "proxeny-receipt", 1, step, OUTER)
    exactly(value, RECEIPT, step)
    whole(value["version"], 1, step, 1)
    need(len(payload) <= 8 * 1024 and value["outcome"] in ("stored", "not-understood"), step)
    shared(value, "receiver sender", "root outer digest commitment", step)
    whole(value["sequence"], 1, step)
    moment(value["arrived_at"], step)
    log = exactly(value["log"], "origin index salt size root", step)
    line(log["origin"], 255, step)
    need(len(b64url(log["salt"], step)) == 32, step)
    fits(DIGEST, log["root"], step)
    need(whole(log["index"], 0, step, 2**63 - 1) < whole(log["size"], 1, step, 2**63 - 1), step)
    return value, rows


# --- the log (section 5) ----------------------------------------------------------------------------


def read_head(
    note: bytes, origin: str, log: Json, log_id: bytes, book: Book
) -> tuple[int, bytes, list[tuple[str, int]]]:
    """Size and root of a checkpoint that the log signed, and the States and times of its cosignatures."""
    need(len(note) <= 256 * 1024, "log")
    try:
        text, blank, tail = note.decode().rpartition("\n\n")
    except UnicodeDecodeError:
        raise No("log") from None
    lines = tail.split("\n")
    need(blank and not CONTROL.search(note.decode()) and lines.pop() == "" and 0 < len(lines) <= 100, "log")
    text += "\n"
    rows = text.split("\n")
    need(len(rows) >= 4 and all(rows[:-1]) and rows[0] == origin, "log")
    fits(re.compile("0|[1-9][0-9]{0,18}"), rows[1], "log")
    size, root = int(rows[1]), b64(rows[2], "log")
    need(len(root) == 32 and size <= 2**63 - 1, "log")
    witnesses = {(key["name"], one): (state, key) for state, key, one in book.notes("cosignature")}
    by_log = False
    times = []
    for row in lines:
        match = re.fullmatch(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})", row)
        need(match, "log")
        if match is None:
            continue
        blob = b64(match[2], "log")
        need(4 < len(blob) <= 5120 + 12 and len(match[1]) <= 255, "log")
        if (match[1], blob[:4]) == (origin, log_id):
            need(verifies(public_of(log), blob[4:], text.encode()), "log")
            by_log = True
        elif (match[1], blob[:4]) in witnesses:
            state, key = witnesses[match[1], blob[:4]]
            time = int.from_bytes(blob[4:12], "big")
            over = f"cosignature/v1\ntime {time}\n{text}".encode()
            need(time < 2**63 and verifies(public_of(key), blob[12:], over), "log")
            times.append((state, time))
    need(by_log, "log")
    return size, root, times


def root_of(index: int, size: int, leaf: bytes, proof: list[bytes]) -> bytes | None:
    """RFC 9162, section 2.1.3.2."""
    if index >= size or len(proof) > 63 or any(len(step) != 32 for step in proof):
        return None
    fn, sn, root = index, size - 1, leaf
    for step in proof:
        if sn == 0:
            return None
        if fn & 1 or fn == sn:
            root = sha(b"\x01" + step + root)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            root = sha(b"\x01" + root + step)
        fn, sn = fn >> 1, sn >> 1
    return root if sn == 0 else None


# --- the evidence file (section 8) ------------------------------------------------------------------


class Message:
    """A message as proven so far."""

    def __init__(self, row: Json, book: Book) -> None:
        self.data: bytes = row["outer"]
        self.outer, rows = parse_outer(self.data)
        keys = by_keys(rows, book, "outer", self.outer["sender"], "verify-outer")
        need(self.outer["root"] == book.root, "context")
        need((self.outer["context"] == "test") == (book.kind == "test"), "context")
        need(row["sealed"] is None or digest(row["sealed"]) == self.outer["digest"], "digest")
        self.inner: Json | None = None
        self.persons = 0
        self.arrived: str | None = None
        self.logged = row["log"] is not None
        self.times: list[tuple[str, int]] = []
        if row["inner"] is not None:
            keys += self.open(row["inner"], book)
        if row["receipt"] is not None:
            keys += self.receive(row["receipt"], row["log"], book)
        third = [
            time for state, time in self.times if state not in (self.outer["sender"], self.outer["addressee"])
        ]
        seen = datetime.fromtimestamp(min(*third, 253402300799), UTC) if third else None
        self.witnessed = seen.isoformat().replace("+00:00", "Z") if seen else None
        revoked = [since(key) for key in keys if key["revoked"]]
        before = bool(seen) and all(seen < one for one in revoked if seen)
        self.standing = "valid" if not revoked else "signed-before" if before else "time-unproven"

    def open(self, data: bytes, book: Book) -> list[Json]:
        outer = self.outer
        inner, payload, rows = parse_inner(data)
        need([kid for kid, _, _ in rows] == inner["signers"], "inner-verify")
        keys = by_keys(rows, book, "authority", inner["sender_state"], "inner-verify")
        self.persons = len({key["person"] for key in keys})
        required = book.persons[inner["sender_state"]]
        need(self.persons >= required[inner["form"] if inner["form"] in required else "*"], "persons")
        need(digest(b"proxeny commitment v1\n" + payload) == outer["commitment"], "agree")
        pairs = (("sender_state", "sender"), ("context", "context"), ("root", "root"))
        need(all(inner[one] == outer[other] for one, other in pairs), "agree")
        need(outer["addressee"] in inner["addressees"], "agree")
        if inner["version"] == 1:
            need([one.get("digest") for one in inner["attachments"]] == outer.get("attachments", []), "agree")
            public = inner["confidentiality"].get("label") == "TLP:CLEAR"
            need(outer.get("seal", "none") == "jwe" or public, "agree")
        self.inner = inner
        return keys

    def receive(self, data: bytes, log: Json | None, book: Book) -> list[Json]:
        outer = self.outer
        receipt, rows = parse_receipt(data)
        keys = by_keys(rows, book, "receipt", receipt["receiver"], "verify-receipt")
        need(
            receipt["outer"] == digest(self.data) and receipt["receiver"] == outer["addressee"],
            "match-receipt",
        )
        same = ["sender", "context", "root", "sequence", "digest", "commitment"]
        need(all(receipt[name] == outer[name] for name in same), "match-receipt")
        self.arrived = receipt["arrived_at"]
        return keys + ([self.find(receipt, log, book)] if log is not None else [])

    def find(self, receipt: Json, log: Json, book: Book) -> Json:
        """That the receiver's log holds the leaf which the receipt promises."""
        place = receipt["log"]
        prefix = f"proxeny/{receipt['receiver']}/{receipt['context']}/{receipt['root'][7:39]}/"
        logs = [row for row in book.notes("checkpoint") if row[0] == receipt["receiver"]]
        logs = [row for row in logs if row[1]["name"] == place["origin"]]
        need(len(logs) == 1 and place["origin"].startswith(prefix), "log")
        key, key_id = logs[0][1:]
        size, root, self.times = read_head(log["checkpoint"], place["origin"], key, key_id, book)
        commitment = bytes.fromhex(receipt["commitment"][7:])
        leaf = sha(b"\x00" + sha(b"proxeny log entry v1\n" + b64url(place["salt"], "log") + commitment))
        need(size >= place["size"], "inclusion")
        need(size != place["size"] or f"sha256:{root.hex()}" == place["root"], "inclusion")
        need(root_of(place["index"], size, leaf, log["proof"]) == root, "inclusion")
        return key

    def proven(self) -> Json:
        inner = self.inner or {}
        shown: Json = {name: self.outer[name] for name in ("sender", "addressee", "context", "commitment")}
        shown |= {"form": inner.get("form"), "uuid": inner.get("uuid"), "persons": self.persons}
        known = inner.get("created_at") if inner.get("version") == 1 else None
        shown |= {"logged": self.logged, "created_at": known, "arrived_at": self.arrived}
        return shown | {"witnessed_at": self.witnessed, "standing": self.standing}


def read_evidence(data: bytes, trust: str) -> tuple[Book, list[Json], list[bytes]]:
    step = "evidence"
    value = exactly(load(data, step, 64 * 2**20), "version directory messages twins", step)
    whole(value["version"], 1, step, 1)
    bundle = exactly(value["directory"], "version roots timestamp snapshot targets files", step)
    need(bundle["version"] == 1, step)
    book = Book(bundle, trust)
    messages = []
    for row in listed(value["messages"], 1, 32, step):
        exactly(row, "outer sealed inner receipt log", step)
        need(row["log"] is None or row["receipt"] is not None, step)
        plain: Json = {"outer": b64(row["outer"], step), "log": None}
        for name in ("sealed", "inner", "receipt"):
            plain[name] = None if row[name] is None else b64(row[name], step)
        if row["log"] is not None:
            log = exactly(row["log"], "checkpoint proof", step)
            proof = [b64(one, step) for one in listed(log["proof"], 0, 63, step)]
            plain["log"] = {"checkpoint": b64(log["checkpoint"], step), "proof": proof}
        messages.append(plain)
    return book, messages, [b64(twin, step) for twin in listed(value["twins"], 0, 32, step)]


def check_answer(first: Message, later: Message) -> None:
    one, other = first.outer, later.outer
    need((other["sender"], other["addressee"]) == (one["addressee"], one["sender"]), "follows")
    need(other["context"] == one["context"] and first.inner and later.inner, "follows")
    known = later.inner if later.inner and later.inner["version"] == 1 else {}
    need(first.inner and first.inner["uuid"] in known.get("follows", []), "follows")


def steps_reached(messages: list[Message]) -> list[str]:
    found = {"sent"} | ({"received"} if messages[0].arrived else set())
    for later in messages[1:]:
        inner = later.inner or {}
        if inner.get("form") != "A":
            found.add("answered")
        else:
            found |= {"acknowledged", "read"} if inner["sender_role"].startswith("CA") else {"acknowledged"}
    return [rung for rung in RUNGS if rung in found]


def read_twin(data: bytes, first: Message, reached: list[str], book: Book) -> Json:
    value, payload, rows = unwrap(data, "proxeny-twin", 1, "twin", OUTER)
    exactly(value, TWIN, "twin")
    whole(value["version"], 1, "twin", 1)
    need(len(payload) <= 8 * 1024 and value["missing"] in RUNGS[1:], "twin")
    shared(value, "signer state", "root outer commitment", "twin")
    need(moment(value["stated_at"], "twin") >= moment(value["due_at"], "twin"), "twin")
    by_keys(rows, book, "receipt", value["signer"], "twin")
    need((value["signer"], value["state"]) == (first.outer["sender"], first.outer["addressee"]), "twin")
    need(value["outer"] == digest(first.data) and value["signer"] != value["state"], "twin")
    need(all(value[name] == first.outer[name] for name in ("context", "root", "commitment")), "twin")
    void = any(rung in reached for rung in RUNGS[RUNGS.index(value["missing"]) :])
    return {
        "signer": value["signer"],
        "missing": value["missing"],
        "stated_at": value["stated_at"],
        "void": void,
    }


def verify(data: bytes, trust: str) -> Json:
    """The verdict: `valid`, and either the step that refused or what is proven."""
    try:
        book, rows, twins = read_evidence(data, trust)
        try:
            book.believe()
        except No:
            raise No("directory") from None
        messages: list[Message] = []
        for row in rows:
            messages.append(Message(row, book))
            if len(messages) > 1:
                check_answer(messages[0], messages[-1])
        reached = steps_reached(messages)
        claims = [read_twin(twin, messages[0], reached, book) for twin in twins]
    except No as no:
        return {"valid": False, "refused_at": str(no)}
    shown = [message.proven() for message in messages]
    return {"valid": True, "kind": book.kind, "messages": shown, "reached": reached, "claims": claims}


def main(words: list[str], read: Callable[[str], bytes], say: Callable[[str], Any]) -> int:
    """Exit code 0 for a file that holds, 1 for one that does not, 2 for another use."""
    if len(words) != 2:
        say(str(__doc__))
        return 2
    trust = words[1]
    if not DIGEST.fullmatch(trust):
        try:
            trust = digest(signed_part(load(read(trust), "root", 512 * 1024), "root")[1])
        except No:
            say("ROOT is neither sha256:... nor the file of a root")
            return 2
    verdict = verify(read(words[0]), trust)
    say(json.dumps(verdict, indent=1))
    return 0 if verdict["valid"] else 1


def _read(path: str) -> bytes:
    with open(path, "rb") as file:  # noqa: PTH123
        return file.read()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], _read, print))
