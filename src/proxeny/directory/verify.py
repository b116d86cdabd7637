"""The directory from its metadata: for daily use, for long times without a line, and for evidence years later.

Expiry never silences anybody: it marks the directory "stale since", and nothing new is then admitted. What was known
before is handed in, so that nothing can be rolled back.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection

import msgspec

from proxeny.base.errors import Fault
from proxeny.base.moments import parse_moment
from proxeny.directory.contacts import Contacts, read_contacts
from proxeny.directory.keys import SUITE, PublicKey
from proxeny.directory.metadata import Metadata, contacts_path, keys_path
from proxeny.directory.roles import (
    Kind,
    Listing,
    Role,
    Root,
    check_file,
    verify_roots,
    verify_snapshot,
    verify_targets,
    verify_timestamp,
)
from proxeny.directory.signed import AGAIN
from proxeny.directory.statement import Chain, StateKey, Statement, read_chain
from proxeny.directory.steps import DirectoryRefusedError, refuse_at

_PATH = re.compile(r"states/([A-Z]{2})/(keys|contacts)\.json")


class State(msgspec.Struct, frozen=True, kw_only=True):
    """What the directory holds of a State.

    `keys` are those admitted, by kid, past and revoked ones included; `persons` the number of signers by form.
    `quarantined` is the digest of a change of keys that waits for a person's confirmation; `held_back` are new keys
    that a stale directory does not admit.
    """

    state: str
    statements: tuple[str, ...]
    keys: dict[str, StateKey]
    persons: dict[str, int]
    quarantined: str | None = None
    held_back: tuple[str, ...] = ()
    contacts: Contacts | None = None
    contacts_stale_since: dt.datetime | None = None


class Directory(msgspec.Struct, frozen=True, kw_only=True):
    """A directory as believed under one root of trust. `stale_since` is when the first of its parts expired, if any.

    `versions` are those of the four roles, `role_keys` the public keys of each; both guard the next reading. `faults`
    are those of single States' files; they touch no other State.
    """

    root: str
    kind: Kind
    versions: dict[Role, int]
    role_keys: dict[Role, frozenset[bytes]]
    stale_since: dt.datetime | None
    states: dict[str, State]
    listed: frozenset[str]
    faults: tuple[Fault, ...] = ()

    @property
    def is_test(self) -> bool:
        """Whether the root was made for tests: only there test messages live, and no others do."""
        return self.kind == "test"

    def ever(self, kid: str) -> PublicKey | None:
        """The key of that kid, revoked or not: to verify what was signed, before its time is judged."""
        found = [
            (state.state, state.keys[kid])
            for state in self.states.values()
            if kid in state.keys and state.keys[kid].suite == SUITE
        ]  # those of unknown suites were claimed without proof of possession
        if len(found) != 1:  # a key that two States hold is nobody's
            return None
        state, key = found[0]
        return key.of(state)

    def live(self, kid: str) -> PublicKey | None:
        """The key of that kid unless it is revoked: to verify what arrives now."""
        key = self.ever(kid)
        return None if key is None or self.states[key.state].keys[kid].revoked else key

    def persons(self, state: str, form: str) -> int:
        """How many persons of a State must sign a form. Raises KeyError for a State not in the directory."""
        required = self.states[state].persons
        return required.get(form, required["*"])


def verify_directory(
    metadata: Metadata,
    root_of_trust: str,
    at: dt.datetime,
    known: Directory | None = None,
    confirmed: Collection[str] = (),
) -> Directory:
    """The directory that the metadata give at a moment, or DirectoryRefusedError naming the step.

    `root_of_trust` is the digest of the first root (`metadata.root_digest`); `known` the directory believed before;
    `confirmed` the digests of quarantined statements that a person confirmed over another channel.
    """
    root = verify_roots(metadata.roots, root_of_trust)  # 1 root
    timestamp = verify_timestamp(metadata.timestamp, root)  # 2 timestamp
    snapshot = verify_snapshot(metadata.snapshot, root, timestamp)  # 3 snapshot
    targets = verify_targets(metadata.targets, root, snapshot)  # 4 targets
    listings: dict[Role, Listing] = {"timestamp": timestamp, "snapshot": snapshot, "targets": targets}
    if known is not None:
        _check_rollback(root, listings, known, root_of_trust)
    for path, data in metadata.files.items():  # 5 file
        if path not in targets.files or not _PATH.fullmatch(path):
            raise refuse_at("file", path[:80], "not a file of the targets", AGAIN)
        check_file(data, targets.files[path], "file", path)
    stale = _stale_since([root.expires, *(listing.expires for listing in listings.values())], at)
    states: dict[str, State] = {}
    faults: list[Fault] = []
    listed = frozenset(match[1] for path in targets.files if (match := _PATH.fullmatch(path)))
    for name in sorted(listed):
        before = known.states.get(name) if known else None
        frozen = known is not None and stale is not None
        found = before
        try:
            found = _read_keys(name, metadata, before, frozen, confirmed)  # 6 keys
            if found is not None:
                found = _read_contacts(found, metadata, targets, before, at)  # 7 contacts
        except DirectoryRefusedError as error:
            faults += error.faults
        if found is not None:
            states[name] = found
    return Directory(
        root=root_of_trust,
        kind=root.kind,
        versions={"root": root.version, **{role: one.version for role, one in listings.items()}},
        role_keys={role: frozenset(held.keys.values()) for role, held in root.roles.items()},
        stale_since=stale,
        states=states,
        listed=listed,
        faults=tuple(faults),
    )


def _check_rollback(root: Root, listings: dict[Role, Listing], known: Directory, root_of_trust: str) -> None:
    """That no version goes back. A role whose keys a newer root replaced may count anew (TUF 1.0, 5.3.11)."""
    if known.root != root_of_trust:
        raise refuse_at("root", "roots", "another root of trust than before", "pair the desks, or join anew")
    if root.version < known.versions["root"]:
        raise refuse_at("root", "roots", f"older than version {known.versions['root']}", AGAIN)
    for role, listing in listings.items():
        same_keys = frozenset(root.roles[role].keys.values()) == known.role_keys[role]
        if same_keys and listing.version < known.versions[role]:
            shown = f"version {listing.version}, older than version {known.versions[role]} known before"
            raise refuse_at(role, f"{role}/signed/version", shown, AGAIN)
    missing = sorted(set(known.listed) - {path.split("/")[1] for path in listings["targets"].files})
    if missing:
        shown = f"the keys of {', '.join(missing)}, which were there before, are missing: keys are permanent"
        raise refuse_at("targets", "targets/signed/targets", shown, AGAIN)


def _read_keys(
    name: str, metadata: Metadata, before: State | None, frozen: bool, confirmed: Collection[str]
) -> State | None:
    """The State with its keys, and the contacts it had before."""
    data = metadata.files.get(keys_path(name))
    if data is None:
        return before
    chain = read_chain(data, name, confirmed)
    if before is not None:
        _check_extends(chain, before, name)
    return _admit(chain, name, before, frozen)


def _read_contacts(
    found: State, metadata: Metadata, targets: Listing, before: State | None, at: dt.datetime
) -> State:
    """The State with the contacts of the metadata: none where they were erased, those of before where the file is
    listed and not at hand."""
    path = contacts_path(found.state)
    data = metadata.files.get(path)
    if data is None:
        erased = msgspec.structs.replace(found, contacts=None, contacts_stale_since=None)
        return found if path in targets.files else erased
    signing = {
        kid: key.of(found.state)
        for kid, key in found.keys.items()
        if key.revoked is None and key.suite == SUITE
    }
    read = read_contacts(data, found.state, signing)
    older = before.contacts if before else None
    if older and read.version < older.version:
        raise refuse_at("contacts", path, f"older than version {older.version}", AGAIN)
    return msgspec.structs.replace(
        found, contacts=read, contacts_stale_since=_stale_since([read.expires], at)
    )


def _check_extends(chain: Chain, before: State, name: str) -> None:
    every = (*chain.statements, *chain.quarantined)
    digests = tuple(statement.digest for statement in every)
    if digests[: len(before.statements)] != before.statements:
        shown = "does not go on from the statements known before"
        raise refuse_at("keys", keys_path(name), shown, "ask the State over another channel which is true")


def _admit(chain: Chain, name: str, before: State | None, frozen: bool) -> State:
    """The keys of the last good statement. When frozen only those known before, with what they were revoked by since.

    A chain whose confirmation is not told again keeps what was believed before.
    """
    good = chain.statements
    waiting = chain.quarantined
    if before is not None and len(good) < len(before.statements):
        short = len(before.statements) - len(good)
        good, waiting = (*good, *waiting[:short]), waiting[short:]
    last: Statement = good[-1]
    keys = {key.of(name).kid: key for key in last.keys}
    persons = last.persons
    held: tuple[str, ...] = ()
    if frozen:
        admitted = before.keys if before else {}
        held = tuple(sorted(set(keys) - set(admitted)))
        keys = {kid: key for kid, key in keys.items() if kid in admitted}
        persons = before.persons if before else persons
    return State(
        state=name,
        statements=tuple(statement.digest for statement in good),
        keys=keys,
        persons=persons,
        quarantined=waiting[0].digest if waiting else None,
        held_back=held,
        contacts=before.contacts if before else None,
        contacts_stale_since=before.contacts_stale_since if before else None,
    )


def _stale_since(expiries: list[str], at: dt.datetime) -> dt.datetime | None:
    past = [moment for moment in (parse_moment(text, "expires") for text in expiries) if moment <= at]
    return min(past) if past else None
