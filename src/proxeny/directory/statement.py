"""What a State says of its own keys: a chain of statements, each vouched for by the one before.

Keys are permanent and impersonal: a statement holds every key the State ever had, and names persons by labels. Keepers
alone cannot give a State new keys: a change that no previous `directory` or `recovery` key signed is quarantined.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import msgspec

from proxeny.base.encoding import from_base64url
from proxeny.base.members import (
    DIGEST,
    MOMENT,
    STATE,
    check_members,
    grouped,
    integer,
    listed,
    nullable,
    pattern,
    words,
)
from proxeny.base.moments import parse_moment
from proxeny.directory.canonical import canonical_digest
from proxeny.directory.keys import SUITE, PublicKey, Use, is_sound_ed25519
from proxeny.directory.limits import KEYS, PERSONS, PUBLIC, STATE_FILE, STATE_JSON, STATEMENTS
from proxeny.directory.signed import Signed, read_json, read_signed, signers_of
from proxeny.directory.steps import DirectoryRefusedError, refuse_at

USES: tuple[Use, ...] = (
    *("authority", "outer", "receipt", "seal"),
    *("checkpoint", "cosignature", "directory", "recovery"),
)
VOUCHING: tuple[Use, ...] = ("directory", "recovery")
_NAMED: tuple[Use, ...] = ("checkpoint", "cosignature")
_ASK = "the State has to send a statement as docs/reference/wire.md says"
_ANY_FORM = "*"


class Revoked(msgspec.Struct, frozen=True):
    """That a key is not to be relied on: told at `at`, from `compromised_since` on. For a key that merely was
    replaced both are the same."""

    at: str
    compromised_since: str


class StateKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key as a statement holds it. `person` is a label for keys of authorities, `name` that of a log or a witness."""

    use: Use
    suite: str
    public: str
    person: str = ""
    name: str = ""
    revoked: Revoked | None = None

    @property
    def bytes(self) -> bytes:
        """The public key."""
        return from_base64url(self.public) or b""

    def of(self, state: str) -> PublicKey:
        """The key as messages are verified with."""
        return PublicKey(public=self.bytes, use=self.use, state=state, person=self.person, suite=self.suite)


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """A statement: which keys, and how many persons must sign each form ("*" for those not named)."""

    state: str
    version: int
    previous: str | None
    issued_at: str
    keys: list[StateKey]
    persons: dict[str, int]
    digest: str


class Chain(msgspec.Struct, frozen=True):
    """The statements of a State as read: those vouched for, and those that wait for a person to confirm the first."""

    statements: tuple[Statement, ...]
    quarantined: tuple[Statement, ...] = ()

    @property
    def digests(self) -> tuple[str, ...]:
        return tuple(statement.digest for statement in self.statements)


def read_chain(data: bytes, state: str, confirmed: Collection[str]) -> Chain:
    """Step `keys`: the statements of a State, each following from the one before.

    `confirmed` holds digests of statements that a person confirmed over another channel. Raises DirectoryRefusedError
    when the file is no chain of statements; a change that nobody vouched for is no refusal, but quarantined.
    """
    place = f"states/{state}/keys.json"
    if len(data) > STATE_FILE:
        raise refuse_at("keys", place, f"larger than {STATE_FILE} bytes", _ASK)
    value = read_json(data, STATE_JSON, "keys", place)
    rows = value.get("statements")
    if set(value) != {"statements"} or type(rows) is not list or not 1 <= len(rows) <= STATEMENTS:
        raise refuse_at("keys", place, f"not 1 to {STATEMENTS} statements", _ASK)
    good: list[Statement] = []
    waiting: list[Statement] = []
    before: Statement | None = None
    for at, row in enumerate(rows):
        here = f"{place}/statements/{at}"
        signed = read_signed(row, "keys", here)
        statement = _read_statement(signed, state, here)
        _check_follows(statement, before, here)
        signers = signers_of(signed, _kids(statement, state) | (_kids(before, state) if before else {}))
        _check_possession(statement, before, signers, here)
        vouched = before is None or bool(signers & _vouching(before))
        waits = bool(waiting) or not vouched
        if waits and (statement.digest not in confirmed):
            waiting.append(statement)
        else:
            good += [*waiting, statement]  # a person who confirms a statement confirms what led to it
            waiting = []
        before = statement
    return Chain(tuple(good), tuple(waiting))


def _read_statement(signed: Signed, state: str, place: str) -> Statement:
    faults = check_members(signed.value, _MEMBERS, f"{place}/signed")
    if faults:
        raise DirectoryRefusedError("keys", faults)
    value = signed.value | {"digest": canonical_digest(signed.value)}
    statement = msgspec.convert({name: value[name] for name in Statement.__struct_fields__}, Statement)
    if statement.state != state:
        raise refuse_at("keys", f"{place}/signed/state", f"of {statement.state}, not of {state}", _ASK)
    if _ANY_FORM not in statement.persons:
        raise refuse_at("keys", f"{place}/signed/persons", 'no number for "*", all other forms', _ASK)
    if len({key.public for key in statement.keys}) != len(statement.keys):
        raise refuse_at("keys", f"{place}/signed/keys", "a key has two uses, or stands twice", _ASK)
    for at, key in enumerate(statement.keys):
        _check_key(key, state, f"{place}/signed/keys/{at}")
    return statement


def _check_key(key: StateKey, state: str, place: str) -> None:
    if bool(key.person) != (key.use == "authority") or bool(key.name) != (key.use in _NAMED):
        shown = "a person stands with keys of authorities, a name with those of logs and witnesses, and only there"
        raise refuse_at("keys", place, shown, _ASK)
    prefix = {"checkpoint": f"proxeny/{state}/", "cosignature": f"proxeny/{state}/witness/"}.get(key.use, "")
    if not key.name.startswith(prefix):  # so that no State's log or witness is mistaken for another's
        raise refuse_at("keys", f"{place}/name", f"does not begin with {prefix!r}", _ASK)
    if key.suite == SUITE and (
        len(key.bytes) != 32 or (key.use != "seal" and not is_sound_ed25519(key.bytes))
    ):
        raise refuse_at("keys", f"{place}/public", "not a key of its suite", _ASK)
    revoked = key.revoked
    if revoked and parse_moment(revoked.compromised_since, place) > parse_moment(revoked.at, place):
        raise refuse_at("keys", f"{place}/revoked", "compromised after it was revoked", _ASK)


def _check_follows(new: Statement, old: Statement | None, place: str) -> None:
    """That a statement goes on from the one before: keys stay, revocations stay and reach no less far back."""
    if (new.version, new.previous) != ((old.version + 1, old.digest) if old else (1, None)):
        raise refuse_at("keys", f"{place}/signed/previous", "does not follow the statement before", _ASK)
    if old is None:
        if not any(key.use == "directory" and key.suite == SUITE for key in new.keys):
            raise refuse_at("keys", f"{place}/signed/keys", "no key to sign the next statement with", _ASK)
        return
    if parse_moment(new.issued_at, place) < parse_moment(old.issued_at, place):
        raise refuse_at("keys", f"{place}/signed/issued_at", "earlier than the statement before", _ASK)
    now = {key.public: key for key in new.keys}
    for key in old.keys:
        kept = now.get(key.public)
        if kept is None or msgspec.structs.replace(kept, revoked=key.revoked) != key:
            raise refuse_at("keys", f"{place}/signed/keys", "a key of before was dropped or changed", _ASK)
        if key.revoked and (kept.revoked is None or _since(kept) > _since(key)):
            raise refuse_at("keys", f"{place}/signed/keys", "a revocation was taken back", _ASK)


def _check_possession(new: Statement, old: Statement | None, signers: frozenset[bytes], place: str) -> None:
    """That every new key which can sign signed the statement that brings it, so that none claims another's key."""
    known = {key.public for key in old.keys} if old else set()
    for at, key in enumerate(new.keys):
        silent = key.suite == SUITE and key.use != "seal" and key.bytes not in signers
        if silent and key.public not in known:
            shown = "the key did not sign the statement that brings it"
            raise refuse_at("keys", f"{place}/signed/keys/{at}", shown, _ASK)


def _kids(statement: Statement, state: str) -> dict[str, bytes]:
    return {
        key.of(state).kid: key.bytes for key in statement.keys if key.suite == SUITE and key.use != "seal"
    }


def _vouching(statement: Statement) -> frozenset[bytes]:
    return frozenset(
        key.bytes
        for key in statement.keys
        if key.use in VOUCHING and key.suite == SUITE and key.revoked is None
    )


def _since(key: StateKey) -> Any:
    return parse_moment(key.revoked.compromised_since, "") if key.revoked else None


def _is_public(value: Any) -> bool:
    data = from_base64url(value) if type(value) is str and len(value) <= 2 * PUBLIC else None
    return data is not None and 32 <= len(data) <= PUBLIC


_KEY = {
    "use": words(*USES),
    "suite": pattern("PX[1-9][0-9]{0,3}", "a suite"),
    "public": (_is_public, "a public key in base64url"),
    "person": pattern("[A-Za-z0-9-]{0,32}", "a label of up to 32 letters and digits"),
    "name": pattern(r"[!-*,-~]{0,255}", "a name of up to 255 characters without space and plus"),
    "revoked": nullable(grouped({"at": MOMENT, "compromised_since": MOMENT})),
}

_FORM = pattern(r"[A-Z]{1,4}|\*", "a form's letters")
_NUMBER = integer(1, PERSONS)


def _are_persons(value: Any) -> bool:
    return (
        type(value) is dict
        and len(value) <= 64
        and all(map(_FORM[0], value))
        and all(map(_NUMBER[0], value.values()))
    )


_MEMBERS = {
    "_type": words("proxeny-keys"),
    "state": STATE,
    "version": integer(1, STATEMENTS),
    "previous": nullable(DIGEST),
    "issued_at": MOMENT,
    "keys": listed(grouped(_KEY), 1, KEYS),
    "persons": (_are_persons, f"an object from forms to 1 to {PERSONS} persons"),
}
