"""Bytes to Reports: which objects of a STIX file are reported on, and of what kind each is."""

from __future__ import annotations

from typing import Any

import msgspec

from proxeny.base.errors import InputError, refuse
from proxeny.base.wire import DEFAULT_LIMITS, Limits, decode_json, digest_of
from proxeny.formats.draft import Draft
from proxeny.formats.entries import MAX_FAULTS
from proxeny.formats.machinetag import kind_of_tags, marking_of
from proxeny.formats.stix.beside import lose_beside
from proxeny.formats.stix.check import OBSERVABLES, Object, faults_of, moment_of
from proxeny.formats.stix.graph import Graph, Names, direct, graph_of, reach
from proxeny.formats.stix.incident import moments_of, parts_of, read_extension
from proxeny.formats.stix.linked import (
    is_actor,
    markings_of,
    read_actor,
    read_labels,
    read_observed,
    read_technique,
    read_types,
    read_victims,
)
from proxeny.formats.stix.twenty import is_old, upgraded
from proxeny.identify.report import Kind, Loss, Report

_REMEDY = 'give a bundle of STIX 2.1: {"type": "bundle", "id": …, "objects": […]}'
_CONTAINERS = ("report", "grouping")
_TYPED = ("malware", "infrastructure", "tool")
# What is read for other objects' sake, or has nothing to tell; it is no loss where it stands unlinked.
_SILENT = frozenset(
    {"relationship", "sighting", "marking-definition", "extension-definition", "identity", "location"}
    | {"event", "task", "impact", "observed-data", "note", "report", "grouping", "incident", "indicator"}
    | {"attack-pattern", "malware", "infrastructure", "tool", "vulnerability"}
    | {"threat-actor", "intrusion-set", "campaign"}
    | OBSERVABLES
)


def read(data: bytes, place: str, limits: Limits = DEFAULT_LIMITS) -> list[Report]:
    """One Report for each incident; without one, for each report or grouping; else one for the file.

    Takes a bundle, a TAXII envelope, a single object, or a list of objects, of STIX 2.1 or 2.0. Raises InputError
    with every breach of the standard (see `check`).
    """
    entries, is_attack = checked_entries(decode_json(data, place, limits), place)
    graph = graph_of(entries)
    digest = digest_of(data)
    if not graph.roots:
        return [_whole(graph, digest, is_attack, place, limits)]
    reports = [_report(graph, root, digest, place, limits) for root in graph.roots.values()]
    held = {item["id"] for items in graph.around.values() for item in items}
    containers = (*graph.by_type.get("report", ()), *graph.by_type.get("grouping", ()))
    if "incident" in graph.by_type and not all(item["id"] in held for item in containers):
        loss = Loss(at="/objects", why="reports and groupings that speak of none or several of the incidents")
        reports[0] = msgspec.structs.replace(reports[0], losses=(*reports[0].losses, loss))
    return reports


def checked_entries(document: Any, place: str) -> tuple[list[tuple[str, Object]], bool]:
    """Each object of a decoded file with its JSON pointer, in the shape of STIX 2.1, and whether they are those of
    ATT&CK as published. Raises InputError with every breach of the standard."""
    entries = _entries(document, place)
    is_attack = any(map(_is_attack, entries))
    if is_old(document, entries, is_attack):
        entries = upgraded(entries)
    faults = faults_of(entries, place, is_attack)
    if faults:
        raise InputError(faults)
    return entries, is_attack


def _entries(document: Any, place: str) -> list[tuple[str, Object]]:
    """Each object with its JSON pointer."""
    is_envelope = isinstance(document, dict) and "type" not in document and "objects" in document
    if is_envelope or (isinstance(document, dict) and document.get("type") == "bundle"):
        items, root = document.get("objects"), "/objects"
        if items is not None and not isinstance(items, list):
            raise refuse(f"{place}, /objects", "not a list", _REMEDY)
    elif isinstance(document, list):
        items, root = document, ""
    elif isinstance(document, dict) and "type" in document and "id" in document:
        return [("", document)]
    else:
        raise refuse(place, "not STIX: neither a bundle nor an object with type and id", _REMEDY)
    if not items:
        raise refuse(place, "no object in it", "give the objects of the bundle")
    faults = [
        refuse(f"{place}, {root}/{index}", "not an object", _REMEDY).faults[0]
        for index, item in enumerate(items)
        if not isinstance(item, dict)
    ]
    if faults:
        raise InputError(faults[:MAX_FAULTS])
    return [(f"{root}/{index}", item) for index, item in enumerate(items)]


def _is_attack(entry: tuple[str, Object]) -> bool:
    """Whether an object is one of ATT&CK as MITRE publishes it."""
    item = entry[1]
    for key in item:
        if key[:8] == "x_mitre_":
            return True
    return str(item.get("type"))[:8] == "x-mitre-"


def _report(graph: Graph, root: Object, digest: str, place: str, limits: Limits) -> Report:
    """The Report of one incident, report or grouping, with what is linked to it."""
    draft = Draft(place=place)
    at = graph.pointers[root["id"]]
    is_incident = root["type"] == "incident"
    around = graph.around.get(root["id"], []) if is_incident else []
    also = [*parts_of(root), *(ref for item in around for ref in item["object_refs"])] if is_incident else []
    near = direct(graph, root, also)
    far = reach(graph, near)
    title = root.get("name", "").strip()
    for item in (root, *around):
        _narrative(item, draft)
        read_labels(item, graph.pointers[item["id"]], "event", draft)
        for word in item.get("report_types", ()):
            draft.tag("stix-report", word, f"{graph.pointers[item['id']]}/report_types", "event")
    if is_incident:
        read_extension(graph, root, at, draft)
    for note in graph.notes.get(root["id"], ()):
        draft.texts += [note[name] for name in ("abstract", "content") if note.get(name)]
    _linked(graph, near, far, draft)
    read_victims(graph, root, near, draft)
    _losses(graph, root, far, at, draft)
    lose_beside(graph, (root, *graph.found(far)), draft)
    draft.event_meanings += [meaning for item in (root, *around) for meaning in markings_of(graph, item)]
    draft.part_meanings += [meaning for item in graph.found(far) for meaning in markings_of(graph, item)]
    occurred, detected = moments_of(graph, root) if is_incident else (None, None)
    reported = root.get("published") or root.get("created")
    return _finished(
        draft,
        digest=digest,
        kind=_kind(root, draft),
        part=at if len(graph.roots) > 1 else None,
        source_id=root["id"],
        title=title,
        text=draft.narrative(at, limits.text),
        language=root.get("lang"),
        occurred=occurred,
        detected=detected,
        reported=moment_of(reported) if reported else None,
        confidence=str(root["confidence"]) if "confidence" in root else None,
    )


def _narrative(item: Object, draft: Draft) -> None:
    for name in ("name", "description"):
        if item.get(name, "").strip():
            draft.texts.append(item[name].strip() if name == "name" else item[name])


def _linked(graph: Graph, near: Names, far: Names, draft: Draft) -> None:
    """What is linked directly may class; what is farther gives indicators, or is withheld."""
    for item in graph.found(far):
        kind, name = item["type"], item["id"]
        at = graph.pointers[name]
        if is_actor(graph, item):
            read_actor(graph, item, at, draft)
        elif kind in _TYPED:
            read_types(item, at, "event" if name in near else "part", draft)
        elif kind == "attack-pattern":
            if name in near:
                read_technique(item, at, draft)
            else:
                draft.lose(at, "techniques linked to no incident, report or grouping")
        if kind not in _CONTAINERS and item.get("labels"):
            read_labels(item, at, "part", draft)
    read_observed(graph, graph.found(far), draft)


def _losses(graph: Graph, root: Object, far: Names, at: str, draft: Draft) -> None:
    missing = sum(ref not in graph.objects for ref in root.get("object_refs", ()))
    if missing:
        draft.lose(f"{at}/object_refs", f"objects referred to that the file does not hold: {missing}")
    for item in graph.found(far):
        if item["type"] not in _SILENT:
            draft.lose(graph.pointers[item["id"]], f"objects of type {item['type'][:40]}")
    if graph.revoked:
        draft.lose(at, f"objects that their makers revoked: {graph.revoked}")
    if graph.older:
        draft.lose(at, f"older versions of objects: {graph.older}")


def _kind(root: Object, draft: Draft) -> Kind:
    """What the root is, by the first of these that holds (docs/reference/formats-stix.md)."""
    told = kind_of_tags(draft.tags.values())
    if told:
        return told
    if root["type"] == "incident":
        return "incident"
    if any(tag.code.lower() == "threat-report" for tag in draft.tags.values() if tag.scope == "event"):
        return "threat-report"
    if root["type"] == "grouping" and root["context"] == "suspicious-activity":
        return "incident"
    kinds = set(root.get("report_types", ()))
    if kinds and kinds <= {"indicator", "observed-data"}:
        return "indicators"
    return "advisory" if kinds == {"vulnerability"} else "threat-report"


def _whole(graph: Graph, digest: str, is_attack: bool, place: str, limits: Limits) -> Report:
    """The Report of a file without incident, report or grouping: it never classes anything."""
    draft = Draft(place=place)
    kinds = {item["type"] for item in graph.objects.values()}
    marked = True
    for item in graph.objects.values():
        markings = markings_of(graph, item)
        draft.part_meanings += markings
        if item["type"] not in OBSERVABLES and item["type"] not in _SILENT - {"indicator", "malware"}:
            marked = marked and bool(markings)
    everything = dict.fromkeys(graph.objects)
    _linked(graph, {}, everything, draft)
    _losses(graph, {}, everything, "", draft)
    lose_beside(graph, graph.objects.values(), draft)
    if marked:
        draft.event_meanings += draft.part_meanings
    if is_attack:
        kind: Kind = "reference"
    elif kinds & (OBSERVABLES | {"indicator", "observed-data", "sighting"}):
        kind = "indicators"
    else:
        kind = "threat-report" if kinds & {"campaign", "malware-analysis", "note", "opinion"} else "reference"
    named = [item for item in graph.objects.values() if item.get("name") and not is_actor(graph, item)]
    only = named[0] if len(named) == 1 and len(graph.objects) == 1 else {}
    title = only.get("name", "").strip()
    return _finished(
        draft,
        digest=digest,
        kind=kind,
        source_id=only.get("id"),
        title=title,
        text=title[: limits.text],
        language=only.get("lang"),
    )


def _finished(draft: Draft, **fields: Any) -> Report:
    return Report(
        format="stix",
        states=tuple(draft.states),
        sectors=tuple(draft.sectors),
        tags=tuple(draft.tags.values()),
        indicators=tuple(draft.indicators.values()),
        stated=tuple(draft.stated),
        marking=marking_of(draft.event_meanings, draft.part_meanings),
        losses=draft.all_losses(),
        withheld=tuple(draft.withheld.values()),
        **fields,
    )
