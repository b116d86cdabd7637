"""The STIX bundle in the making while a MISP event is converted, and what is lost on the way."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from proxeny.formats.accused import accuses
from proxeny.formats.between.values import as_text
from proxeny.formats.machinetag import meaning_of
from proxeny.formats.stix.write_objects import IDENTIFIER, MISP_EXTENSION, TLP, stamp_of_seconds, uuid5_of
from proxeny.identify.report import Loss

Object = dict[str, Any]

NEVER = "a statement on who did it: never exported"
APART = frozenset(
    {"Tag", "Galaxy", "Sighting", "ShadowAttribute", "Note", "Opinion", "Relationship", "ObjectReference"}
)
"""Members of an attribute or object that go into objects of their own."""
_NAMESPACE = bytes.fromhex("0192d0a45f0e7c3a9b7e6f2f6b1d5c11")
_KEY = re.compile(r"[A-Za-z0-9_-]{1,250}", re.ASCII)  # of a dictionary of STIX (section 2.4)
_YES = (True, 1, "1")  # MISP writes its flags as booleans, numbers or digits
_OWN_TLP = ("white", *TLP)


@dataclass(slots=True)
class Pending:
    """A relation between two things of the event, drawn when all are known."""

    pointer: str
    source: str  # an identifier of STIX
    target: str  # a UUID of MISP
    kind: str
    made: str  # the time it was drawn


@dataclass(slots=True)
class Bundle:
    """Objects in order, and by what identifier each thing of the event went into them."""

    container: str  # the identifier of the report or grouping
    stamp: str  # the time of the event
    base: bytes  # tells derived identifiers of this event from those of others
    creator: str | None = None
    marks: list[str] = field(default_factory=list)  # the markings of the event
    objects: list[Object] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    losses: list[Loss] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)  # by the UUID of MISP
    pending: list[Pending] = field(default_factory=list)
    used_tlp: dict[str, None] = field(default_factory=dict)

    def lose(self, at: str, why: str) -> None:
        """Note one thing that does not go into the bundle."""
        self.losses.append(Loss(at=at, why=why))

    def identifier(self, kind: str, uuid: Any, pointer: str) -> str:
        """The identifier for a thing of the event: by its own UUID where it has one that is free."""
        if type(uuid) is str and IDENTIFIER.fullmatch(uuid):
            own = f"{kind}--{uuid}"
            if own not in self.seen:
                return own
        return f"{kind}--{uuid5_of(_NAMESPACE, self.base + kind.encode() + pointer.encode())}"

    def add(self, item: Object) -> str:
        """Put an object in, once; give its identifier."""
        name: str = item["id"]
        if name not in self.seen:
            self.seen.add(name)
            self.objects.append(item)
        return name

    def domain_object(
        self, kind: str, identifier: str, made: str, marks: list[str] | None = None, **properties: Any
    ) -> Object:
        """A domain object or relationship with the properties that all have (section 3.2)."""
        item: Object = {"type": kind, "spec_version": "2.1", "id": identifier}
        if self.creator is not None:
            item["created_by_ref"] = self.creator
        item["created"] = item["modified"] = made
        item.update(properties)
        if marks or self.marks:
            item["object_marking_refs"] = marks or self.marks
        return item

    def relate(self, kind: str, source: str, target: str, made: str, pointer: str, uuid: Any = None) -> str:
        """A relationship between two objects of the bundle."""
        identifier = self.identifier("relationship", uuid, f"{pointer}\x1f{kind}\x1f{source}\x1f{target}")
        return self.add(
            self.domain_object(
                "relationship", identifier, made, relationship_type=kind, source_ref=source, target_ref=target
            )
        )

    def time_of(self, owner: Object, key: str = "timestamp") -> str:
        """The time of a thing, else that of the event."""
        value = owner.get(key)
        if value:
            found = stamp_of_seconds(value) if type(value) is str or type(value) is int else None
            if found:
                return found
        return self.stamp


def is_yes(value: Any) -> bool:
    """Whether a flag of MISP is set."""
    return value in _YES


def flag(value: Any, default: bool) -> bool:
    """A flag of MISP, or what holds where it is not given."""
    return default if value is None else value in _YES or value == "true"


def members(owner: Object, key: str, pointer: str, bundle: Bundle) -> list[tuple[str, Object]]:
    """The objects of a list with their pointers; what is no object is lost."""
    found = owner.get(key)
    if not found:
        return []
    if isinstance(found, dict):
        return [(f"{pointer}/{key}", found)]
    if not isinstance(found, list):
        bundle.lose(f"{pointer}/{key}", "neither a list nor an object")
        return []
    items = []
    for index, item in enumerate(found):
        if isinstance(item, dict):
            items.append((f"{pointer}/{key}/{index}", item))
        else:
            bundle.lose(f"{pointer}/{key}/{index}", "not an object")
    return items


@lru_cache(maxsize=4096)
def _is_key(name: str) -> bool:
    return _KEY.fullmatch(name) is not None


def without_empty(owner: Object, apart: frozenset[str], pointer: str, bundle: Bundle) -> Object:
    """The members of a thing of MISP as a dictionary of STIX: without those that are null or empty, which STIX
    forbids and which say nothing, and without those that are carried apart."""
    kept = {}
    for key, value in owner.items():
        if key in apart or value is None or value == [] or value == {}:
            continue
        if accuses(key, value):
            bundle.lose(f"{pointer}/{key}", NEVER)
            continue
        if not _is_key(key):
            bundle.lose(f"{pointer}/{key}", "a member whose name STIX does not allow")
            continue
        if type(value) is dict:
            value = without_empty(value, frozenset(), f"{pointer}/{key}", bundle)
        elif type(value) is list:
            value = [
                without_empty(entry, frozenset(), f"{pointer}/{key}/{index}", bundle)
                if type(entry) is dict
                else entry
                for index, entry in enumerate(value)
                if entry is not None
            ]
        if value not in ({}, []):
            kept[key] = value
    return kept


def extension(name: str, content: Object) -> Object:
    """The extension that holds a thing of MISP as it stood."""
    return {MISP_EXTENSION: {"extension_type": "property-extension", name: content}}


@dataclass(slots=True)
class Labels:
    """What the tags of a thing say: labels, markings, and the tags as they stood, without those withheld."""

    labels: list[str]
    marks: list[str]
    tags: list[Object]


def labels_of(owner: Object, pointer: str, bundle: Bundle) -> Labels | None:
    """The tags of an event, object or attribute; None where it has none. Those that say who did it are withheld."""
    if not owner.get("Tag"):
        return None
    found = Labels([], [], [])
    for at, tag in members(owner, "Tag", pointer, bundle):
        name = as_text(tag.get("name"))
        if not name or not name.strip():
            bundle.lose(at, "a tag without a name")
            continue
        meaning = meaning_of(name)
        if meaning.withheld:
            bundle.lose(at, NEVER)
            continue
        found.tags.append(without_empty(tag, frozenset(), at, bundle))
        word = name.strip().lower()
        label = word[4:] if word.startswith("tlp:") else ""
        if label in _OWN_TLP:
            bundle.used_tlp[label] = None
            found.marks.append(TLP[label]["id"])
        elif name not in found.labels:
            found.labels.append(name)
    return found
