"""The MISP event in the making while objects of STIX are converted, and what is lost on the way."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from proxeny.formats.between.attribute_types import TYPES, UNKNOWN
from proxeny.formats.between.bundle import NEVER
from proxeny.formats.machinetag import meaning_of, parse_machinetag
from proxeny.formats.stix.check import moment_of
from proxeny.formats.stix.write_objects import MISP_EXTENSION, TLP, uuid5_of
from proxeny.identify.report import Loss

Object = dict[str, Any]

_NAMESPACE = bytes.fromhex("0192d0a45f0e7c3a9b7e6f2f6b1d5c11")
# The labels under which converters of MISP keep what STIX has no property for.
_KEPT = {
    "type": "type",
    "category": "category",
    "to_ids": "to_ids",
    "name": "name",
    "meta-category": "meta-category",
}
_TLP_TAGS = {item["id"]: f"tlp:{label}" for label, item in TLP.items()}
_TLP1 = {
    "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da": "tlp:green",
    "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82": "tlp:amber",
    "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed": "tlp:red",
}
FIXED_MARKINGS: dict[str, str] = {**_TLP_TAGS, **_TLP1}
"""The tag of each marking definition that is published under a fixed identifier."""
LISTED = frozenset({"labels", "object_marking_refs"})


MAX_REFERRED = 100_000  # references from observable to observable followed in one event


@dataclass(slots=True)
class Made:
    """What an object of STIX became in the event: one attribute, one object, a cluster, or the event itself."""

    kind: Literal["attribute", "object", "cluster", "event", "nothing"]
    item: Object


@dataclass(slots=True)
class Draft:
    """One event, the objects of STIX that belong to it by identifier, and what each became."""

    objects: dict[str, Object]
    pointers: dict[str, str]
    base: bytes
    seconds: str
    head: str = ""  # the report or grouping
    event: Object = field(default_factory=dict)
    made: dict[str, Made] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)  # UUIDs that stand in the event
    restored: dict[str, str] = field(
        default_factory=dict
    )  # from the UUID of what our extension kept to its object
    losses: list[Loss] = field(default_factory=list)
    galaxies: dict[tuple[int, str], Object] = field(default_factory=dict)  # by their bearer and their type
    clusters: set[tuple[int, str]] = field(default_factory=set)  # by their bearer and their tag
    borne: dict[int, set[str]] = field(
        default_factory=dict
    )  # the names of the tags of each bearer of clusters
    budget: int = MAX_REFERRED
    markings: dict[str, str] = field(default_factory=dict)  # the tag of each marking definition
    pairs: dict[str, str] = field(default_factory=dict)  # indicators and observed data, both ways
    holders: dict[str, list[str]] = field(default_factory=dict)  # files by the artifact of their content
    watchers: frozenset[str] = frozenset()  # identities that only sightings speak of

    def lose(self, at: str, why: str) -> None:
        """Note one thing that does not go into the event."""
        self.losses.append(Loss(at=at, why=why))

    def uuid(self, identifier: str, *what: str) -> str:
        """The UUID of a thing: that of its object of STIX, where it is free."""
        if not what:
            own = identifier.partition("--")[2]
            if own not in self.used:
                self.used.add(own)
                return own
        made = uuid5_of(_NAMESPACE, self.base + "\x1f".join((identifier, *what)).encode())
        if made not in self.used:
            self.used.add(made)
            return made
        number = 0
        while made in self.used:
            number += 1
            made = uuid5_of(_NAMESPACE, f"{made}{number}".encode())
        self.used.add(made)
        return made

    def attribute(
        self, item: Object, kind: str, value: str, *, to_ids: bool, what: tuple[str, ...] = (), **more: Any
    ) -> Object:
        """An attribute with its category, flag and time."""
        spec = TYPES.get(kind, UNKNOWN)
        found: Object = {
            "uuid": self.uuid(item["id"], *what),
            "type": kind,
            "category": spec.category,
            "value": value,
            "to_ids": to_ids,
            "timestamp": seconds_of(item.get("modified")) or self.seconds,
        }
        found.update(more)
        return found

    def put(self, item: Object, kind: Literal["attribute", "object"], made: Object) -> None:
        """Put an attribute or object into the event, as what an object of STIX became."""
        self.event.setdefault("Attribute" if kind == "attribute" else "Object", []).append(made)
        self.done.add(item["id"])
        self.made.setdefault(item["id"], Made(kind, made))

    def misp_object(self, item: Object, name: str, category: str, attributes: list[Object]) -> Object:
        """An object with its attributes, each of which takes the time of the object of STIX."""
        return {
            "uuid": self.uuid(item["id"]),
            "name": name,
            "meta-category": category,
            "timestamp": seconds_of(item.get("modified")) or self.seconds,
            "Attribute": attributes,
        }

    def tags(self, item: Object) -> list[Object]:
        """The tags that the labels and markings of an object of STIX are; those that say who did it are withheld."""
        if LISTED.isdisjoint(item):
            return []
        found: dict[str, None] = {}
        at = self.pointers[item["id"]]
        for index, label in enumerate(item.get("labels", ())):
            if kept_label(label) is not None or not label.strip():
                continue
            if meaning_of(label).withheld:
                self.lose(f"{at}/labels/{index}", NEVER)
            else:
                found[label] = None
        for index, ref in enumerate(item.get("object_marking_refs", ())):
            tag = FIXED_MARKINGS.get(ref) or self.markings.get(ref)
            if tag:
                found[tag] = None
            else:
                self.lose(f"{at}/object_marking_refs/{index}", "a marking that is neither TLP nor PAP")
        return [{"name": name} for name in found]


@lru_cache(maxsize=4096)
def kept_label(label: str) -> tuple[str, str] | None:
    """What a label of a converter says of the attribute or object of MISP, None where it is a tag."""
    if not label.startswith("misp:"):
        return None
    tag = parse_machinetag(label)
    if tag is None or tag.predicate not in _KEPT or tag.value is None:
        return None
    return _KEPT[tag.predicate], tag.value


def kept_labels(item: Object) -> dict[str, str]:
    """What the labels of an object of STIX say of the attribute or object of MISP it was made from."""
    found = {}
    for label in item.get("labels", ()):
        pair = kept_label(label)
        if pair is not None:
            found[pair[0]] = pair[1]
    return found


def source_of(item: Object, name: str) -> Object | None:
    """The thing of MISP that our extension of an object of STIX keeps."""
    held = item.get("extensions")
    held = held.get(MISP_EXTENSION) if held else None
    found = held.get(name) if isinstance(held, dict) else None
    return found if isinstance(found, dict) else None


@lru_cache(maxsize=65_536)
def seconds_of(timestamp: str | None) -> str | None:
    """A timestamp of STIX as MISP writes times: seconds since 1970."""
    if timestamp is None:
        return None
    return str(int(moment_of(timestamp).timestamp()))


@lru_cache(maxsize=4096)
def day_of(timestamp: str) -> str:
    """The day of a timestamp of STIX."""
    return moment_of(timestamp).astimezone(dt.UTC).date().isoformat()
