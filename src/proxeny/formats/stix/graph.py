"""The objects of one file and how they refer to each other.

Sets of objects are dictionaries without values, so that their order is that of the file and every run
gives the same Report. What one root may gather through shared objects is bounded, or a small file in
which many reports share one large object would take hours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from proxeny.formats.stix.check import Object

MAX_GATHERED = 200_000  # objects gathered through others, over all roots of one file
Names = dict[str, None]


class Link(NamedTuple):
    """A relationship as seen from one of its ends."""

    kind: str
    other: str
    outward: bool  # from this object to the other


class Graph(NamedTuple):
    """What a file holds: the newest version of each object, and the relations between them."""

    objects: dict[str, Object]
    pointers: dict[str, str]
    by_type: dict[str, list[Object]]
    links: dict[str, list[Link]]
    around: dict[str, list[Object]]  # by incident: the reports and groupings that hold it and no other
    notes: dict[str, list[Object]]  # by what they are notes on
    accused: Names  # what something is attributed to
    roots: dict[str, Object]  # what is reported on: the incidents, else the reports and groupings
    most: int  # how many objects one root may gather through others
    revoked: int
    older: int

    def linked(self, name: str) -> list[Link]:
        """The relations of an object, as far as they count."""
        found = self.links.get(name, [])
        return found if len(found) <= self.most else found[: self.most]

    def found(self, references: Iterable[str]) -> list[Object]:
        """Those of the references that the file holds, in their order."""
        return [self.objects[ref] for ref in references if ref in self.objects]


def graph_of(entries: list[tuple[str, Object]]) -> Graph:
    """The graph of checked objects. Of several versions the newest counts; revoked ones do not (3.6)."""
    objects: dict[str, Object] = {}
    pointers: dict[str, str] = {}
    older = 0
    for pointer, item in entries:
        known = objects.get(item["id"])
        if known is not None:
            older += 1
            # Both are RFC 3339 in UTC; without their Z, text order is time order whatever the precision.
            if item.get("modified", "").rstrip("Z") < known.get("modified", "").rstrip("Z"):
                continue
        objects[item["id"]] = item
        pointers[item["id"]] = pointer
    revoked = [name for name, item in objects.items() if item.get("revoked") is True]
    for name in revoked:
        del objects[name]
    by_type: dict[str, list[Object]] = {}
    for item in objects.values():
        by_type.setdefault(item["type"], []).append(item)
    notes: dict[str, list[Object]] = {}
    for item in by_type.get("note", ()):
        for ref in item["object_refs"]:
            notes.setdefault(ref, []).append(item)
    containers = [*by_type.get("report", ()), *by_type.get("grouping", ())]
    links = _links(by_type)
    roots = {item["id"]: item for item in by_type.get("incident") or containers}
    return Graph(
        objects=objects,
        pointers=pointers,
        by_type=by_type,
        links=links,
        around=_around(containers),
        notes=notes,
        accused={link.other: None for held in links.values() for link in held if _accuses(link)},
        roots=roots,
        most=max(8, MAX_GATHERED // max(1, len(roots))),
        revoked=len(revoked),
        older=older,
    )


def _accuses(link: Link) -> bool:
    return link.outward and link.kind == "attributed-to"


def _links(by_type: dict[str, list[Object]]) -> dict[str, list[Link]]:
    links: dict[str, list[Link]] = {}
    for item in by_type.get("relationship", ()):
        kind, source, target = item["relationship_type"], item["source_ref"], item["target_ref"]
        links.setdefault(source, []).append(Link(kind, target, True))
        links.setdefault(target, []).append(Link(kind, source, False))
    for item in by_type.get("sighting", ()):
        for other in (*item.get("observed_data_refs", ()), *item.get("where_sighted_refs", ())):
            links.setdefault(item["sighting_of_ref"], []).append(Link("sighted", other, True))
    return links


def _around(containers: list[Object]) -> dict[str, list[Object]]:
    around: dict[str, list[Object]] = {}
    for item in containers:
        held = [ref for ref in item["object_refs"] if ref.startswith("incident--")]
        if len(held) == 1:
            around.setdefault(held[0], []).append(item)
    return around


_HOLDING = ("object_refs", "sighting_refs", "observed_data_refs", "impacted_refs", "impact_refs")
_MAX_REACH = 3  # report -> relationship -> indicator -> observed data -> observable, seen from the report
# The way never leads on through these: they are shared by objects that have nothing to do with each other.
_ENDS = frozenset({"identity", "location", "marking-definition", "extension-definition"})


def _next_to(graph: Graph, item: Object) -> Iterator[str]:
    """What an object refers to by its own lists, and what is related to it."""
    for name in _HOLDING:
        yield from item.get(name, ())
    if "sighting_of_ref" in item:
        yield item["sighting_of_ref"]
    for link in graph.links.get(item["id"], ()):
        yield link.other


def direct(graph: Graph, root: Object, also: Iterable[str]) -> Names:
    """What is linked to a root: by its lists, by a relationship, or through what its extension names."""
    parts = dict.fromkeys(also)
    near = {**dict.fromkeys(_next_to(graph, root)), **parts}
    for item in graph.found(parts):  # the events, impacts and tasks of an incident speak for it
        if item["type"] in ("event", "impact", "task"):
            near.update(dict.fromkeys(islice(_next_to(graph, item), graph.most)))
    for item in graph.found(list(near)):
        if item["type"] == "sighting":
            near.update(dict.fromkeys(islice(_next_to(graph, item), graph.most)))
    return {name: None for name in near if name not in graph.roots}


def reach(graph: Graph, near: Names) -> Names:
    """What is linked through others, a few steps far: its indicators and observables belong to the root.

    Where only one thing is reported on, all the file holds belongs to it.
    """
    if len(graph.roots) == 1:
        return {name: None for name in graph.objects if name not in graph.roots}
    done = dict(near)
    edge = near
    for _ in range(_MAX_REACH):
        following: Names = {}
        for item in graph.found(edge):
            if item["type"] not in _ENDS and len(following) < graph.most:
                following.update(dict.fromkeys(islice(_next_to(graph, item), graph.most)))
        edge = {name: None for name in following if name not in done and name not in graph.roots}
        if not edge or len(done) > graph.most:
            break
        done.update(edge)
    return done
