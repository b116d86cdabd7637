"""What a STIX file holds, before any of it is converted: newest versions, who is accused, markings, and its events."""

from __future__ import annotations

from typing import Any

from proxeny.formats.between.event_draft import FIXED_MARKINGS
from proxeny.formats.machinetag import meaning_of
from proxeny.formats.stix.write_objects import MAKER, MISP_EXTENSION, TERMS_EXTENSION
from proxeny.identify.report import Loss

Object = dict[str, Any]

MAX_GATHERED = 200_000  # objects put into more than one event, over all events of a file
CONTAINERS = ("report", "grouping")
_ACTORS = frozenset({"threat-actor", "intrusion-set", "campaign"})
_PLACING = frozenset({"located-at", "originates-from", "attributed-to"})  # whence somebody is said to be


def newest(entries: list[tuple[str, Object]], losses: list[Loss]) -> tuple[dict[str, Object], dict[str, str]]:
    """The newest version of each object; older and revoked ones are losses (section 3.6)."""
    objects: dict[str, Object] = {}
    pointers: dict[str, str] = {}
    for pointer, item in entries:
        known = objects.get(item["id"])
        if known is not None:
            newer = item.get("modified", "").rstrip("Z") >= known.get("modified", "").rstrip("Z")
            losses.append(
                Loss(at=pointers[item["id"]] if newer else pointer, why="an older version of an object")
            )
            if not newer:
                continue
        objects[item["id"]] = item
        pointers[item["id"]] = pointer
    for name in [name for name, item in objects.items() if item.get("revoked") is True]:
        losses.append(Loss(at=pointers[name], why="an object that its maker revoked"))
        del objects[name]
    return objects, pointers


def accused_of(objects: dict[str, Object]) -> frozenset[str]:
    """The objects that say who did it, by their type or because a relationship does."""
    found = {name for name, item in objects.items() if item["type"] in _ACTORS}
    for item in objects.values():
        if item["type"] != "relationship":
            continue
        kind, source, target = item["relationship_type"], item["source_ref"], item["target_ref"]
        if kind == "attributed-to" or (kind in _PLACING and source.partition("--")[0] in _ACTORS):
            found.add(target)
    return frozenset(found)


def is_accused(ref: Any, accused: frozenset[str]) -> bool:
    """Whether a reference leads to who did it, whether the file holds that object or not."""
    return isinstance(ref, str) and (ref in accused or ref.partition("--")[0] in _ACTORS)


def links_of(objects: dict[str, Object]) -> tuple[dict[str, str], dict[str, list[str]], frozenset[str]]:
    """Indicators with the observed data they are based on, both ways; the files by the artifact of their content; and
    the identities that nothing but a sighting speaks of."""
    pairs: dict[str, str] = {}
    holders: dict[str, list[str]] = {}
    watchers: set[str] = set()
    related: set[str] = set()
    for name, item in objects.items():
        kind = item["type"]
        if kind == "relationship":
            related.update((item["source_ref"], item["target_ref"]))
            if item["relationship_type"] == "based-on":
                pairs.setdefault(item["source_ref"], item["target_ref"])
                pairs.setdefault(item["target_ref"], item["source_ref"])
        elif kind == "file" and isinstance(item.get("content_ref"), str):
            holders.setdefault(item["content_ref"], []).append(name)
        elif kind == "sighting":
            watchers.update(item.get("where_sighted_refs", ()))
    return pairs, holders, frozenset(watchers - related)


def markings_of(objects: dict[str, Object]) -> dict[str, str]:
    """The tag of each marking definition of the file that is a label of TLP or PAP."""
    found = {}
    for name, item in objects.items():
        if item["type"] == "marking-definition":
            definition = item.get("definition", {})
            for label in (item.get("name"), f"tlp:{definition.get('tlp')}"):
                meaning = meaning_of(label) if isinstance(label, str) and label.strip() else None
                if meaning is not None and (meaning.tlp or meaning.pap):
                    found[name] = str(label).lower()
                    break
    return found


def events_of(objects: dict[str, Object]) -> list[tuple[Object | None, list[Object]]]:
    """Each report or grouping with what belongs to it; None for what belongs to none. Where many hold the same large
    objects, those after the first MAX_GATHERED are not gathered again."""
    containers = [item for item in objects.values() if item["type"] in CONTAINERS]
    others = [item for item in objects.values() if item["type"] not in CONTAINERS]
    if len(containers) <= 1:
        return [(containers[0] if containers else None, others)]
    drawn: dict[str, list[Object]] = {}
    for item in others:
        if item["type"] == "relationship":
            drawn.setdefault(item["source_ref"], []).append(item)
    found: list[tuple[Object | None, list[Object]]] = []
    held: set[str] = set()
    budget = MAX_GATHERED
    for container in containers:
        names = _held_by(container, objects, drawn, budget)
        budget -= sum(1 + len(objects[name].get("object_refs", ())) for name in names if name in held)
        if budget < 0:
            names = {name: None for name in names if name not in held}
        held.update(names)
        found.append((container, [objects[name] for name in names]))
    rest = [item for item in others if item["id"] not in held]
    rest = [item for item in rest if item["type"] not in ("marking-definition", "extension-definition")]
    creators = {item.get("created_by_ref") for item in objects.values()}
    if [item for item in rest if item["id"] not in creators]:
        found.append((None, rest))
    return found


def _held_by(
    container: Object, objects: dict[str, Object], drawn: dict[str, list[Object]], budget: int
) -> dict[str, None]:
    """What a report or grouping refers to, the relationships between these, and what its observed data are of."""
    names = dict.fromkeys(
        ref for ref in container["object_refs"] if ref in objects and objects[ref]["type"] not in CONTAINERS
    )
    for name in list(names):
        if budget < 0:
            break
        item = objects[name]
        relations = drawn.get(name, ())
        refs = item.get("object_refs", ()) if item["type"] == "observed-data" else ()
        budget -= len(relations) + len(refs)
        names |= dict.fromkeys(one["id"] for one in relations if one["target_ref"] in names)
        names |= dict.fromkeys(
            ref for ref in refs if ref in objects and objects[ref]["type"] not in CONTAINERS
        )
    return names


def lose_rest(item: Object, at: str, losses: list[Loss]) -> None:
    """Note an object that no event took; markings and our own definitions are in the tags, or say nothing."""
    kind, name = item["type"], item["id"]
    if kind == "extension-definition" and name in (MISP_EXTENSION, TERMS_EXTENSION):
        return
    if name == MAKER or (kind == "marking-definition" and (name in FIXED_MARKINGS or _is_label(item))):
        return
    losses.append(Loss(at=at, why=f"an object of type {kind[:60]}, which MISP has no place for"))


def _is_label(item: Object) -> bool:
    return bool(markings_of({item["id"]: item}))
