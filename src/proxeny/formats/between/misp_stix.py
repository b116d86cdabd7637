"""MISP events to a STIX 2.1 bundle, attribute by attribute, past the Report (docs/reference/misp-stix.md).

Every attribute, object, cluster, tag, report and sighting of an event is in the bundle or in the losses, by its JSON
pointer. What says who did it is never exported. The event itself is not changed.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

from proxeny.base.errors import Fault, InputError, refuse
from proxeny.base.wire import decode_json
from proxeny.formats.between.bundle import APART, Bundle, extension, is_yes, labels_of, members, without_empty
from proxeny.formats.between.misp_attributes import convert_attribute
from proxeny.formats.between.misp_galaxies import clusters_of
from proxeny.formats.between.misp_objects import convert_object
from proxeny.formats.between.misp_parts import (
    analyst,
    draw_relations,
    event_reports,
    moment_of,
    organisation,
)
from proxeny.formats.between.values import as_text
from proxeny.formats.entries import MAX_FAULTS
from proxeny.formats.outgoing import Written
from proxeny.formats.stix.write_objects import (
    DEFINER,
    IDENTIFIER,
    MISP_DEFINITION,
    TLP,
    stamp,
    stamp_of_seconds,
    uuid5_of,
)

Object = dict[str, Any]

_NAMESPACE = bytes.fromhex("0192d0a45f0e7c3a9b7e6f2f6b1d5c11")
_CONTENT = ("info", "Attribute", "Object")
_APART = APART | {"Attribute", "Object", "EventReport", "RelatedEvent"}
_REMEDY = 'give an event as MISP exports it: {"Event": {"info": …}}'
_encode = msgspec.json.Encoder().encode
_DEFINITIONS: list[Any] = [msgspec.Raw(_encode(item)) for item in (DEFINER, MISP_DEFINITION)]
_sorted = msgspec.json.Encoder(order="sorted").encode


def convert(data: bytes, place: str, at: dt.datetime) -> list[tuple[str | None, Written]]:
    """A bundle for each event of a MISP file, with the pointer of the event where there are several. `at` is the
    time for an event that bears none. Raises InputError for what is no MISP event."""
    events = _events(decode_json(data, place), place)
    many = len(events) > 1
    return [
        (pointer if many else None, _written([_converted(event, pointer, stamp(at), set())]))
        for pointer, event in events
    ]


def bundle_of(event: Any, at: dt.datetime) -> Written:
    """One bundle of a decoded MISP event, or of all the events of a search's answer. Raises InputError as `convert`."""
    seen: set[str] = set()
    return _written([_converted(inner, pointer, stamp(at), seen) for pointer, inner in _events(event, "")])


def _written(bundles: list[Bundle]) -> Written:
    names = " ".join(bundle.container for bundle in bundles)
    head: Object = {
        "type": "bundle",
        "id": f"bundle--{uuid5_of(_NAMESPACE, names.encode())}",
        "objects": [*(item for bundle in bundles for item in bundle.objects), *_DEFINITIONS],
    }
    return Written(_encode(head), tuple(loss for bundle in bundles for loss in bundle.losses))


def _events(document: Any, place: str) -> list[tuple[str, Object]]:
    """Each event with its JSON pointer, in the shapes that MISP exports."""
    root = ""
    if isinstance(document, dict) and "response" in document:
        document, root = document["response"], "/response"
    if isinstance(document, dict) and isinstance(document.get("Event"), list):
        document, root = document["Event"], f"{root}/Event"
    entries = [(root, document)]
    if isinstance(document, list):
        entries = [(f"{root}/{index}", item) for index, item in enumerate(document)]
    if not entries:
        raise refuse(place, "a list without any event", "the search found nothing: widen it")
    found: list[tuple[str, Object]] = []
    faults: list[Fault] = []
    for pointer, item in entries:
        inner = item.get("Event", item) if isinstance(item, dict) else None
        where = f"{pointer}/Event" if isinstance(item, dict) and "Event" in item else pointer
        if isinstance(inner, dict) and any(key in inner for key in _CONTENT):
            found.append((where, inner))
        elif len(faults) < MAX_FAULTS:
            at = f"{place}, {where}" if where else place
            faults.append(Fault(at, "not a MISP event: no `info`, no `Attribute`, no `Object`", _REMEDY))
    if faults:
        raise InputError(faults)
    return found


def _converted(event: Object, pointer: str, at: str, seen: set[str]) -> Bundle:
    bundle = _begun(event, pointer, at, seen)
    tags = labels_of(event, pointer, bundle)
    if tags is not None:
        bundle.marks = tags.marks
    for key in ("Attribute", "Object"):
        put = convert_attribute if key == "Attribute" else convert_object
        found = event.get(key)
        if type(found) is not list:
            for where, item in members(event, key, pointer, bundle):
                put(item, where, bundle)
            continue
        for index, item in enumerate(found):
            where = f"{pointer}/{key}/{index}"
            if type(item) is dict:
                put(item, where, bundle)
            else:
                bundle.lose(where, "not an object")
    if event.get("Galaxy"):
        clusters_of(event, bundle.container, pointer, bundle)
    if event.get("EventReport"):
        event_reports(event, pointer, bundle)
    analyst(event, bundle.container, pointer, bundle)
    for key, why in (
        ("ShadowAttribute", "a proposal that nobody has accepted"),
        ("RelatedEvent", "a related event"),
        ("ObjectReference", "a relation of the event itself"),
        ("Sighting", "a sighting of the event itself"),
    ):
        if event.get(key):
            for where, _ in members(event, key, pointer, bundle):
                bundle.lose(where, why)
    draw_relations(bundle)
    _finish(event, tags, pointer, bundle)
    return bundle


def _begun(event: Object, pointer: str, at: str, seen: set[str]) -> Bundle:
    """The bundle with the identity of who made the event, and the identifier the event will have."""
    made = at
    for key in ("timestamp", "publish_timestamp"):
        value = event.get(key)
        found = stamp_of_seconds(value) if value and type(value) in (str, int) else None
        if found:
            made = found
            break
    else:
        day = event.get("date")
        if isinstance(day, str) and len(day) >= 10:
            try:
                made = stamp(dt.datetime.combine(dt.date.fromisoformat(day[:10]), dt.time(), dt.UTC))
            except ValueError:
                made = at
    uuid = event.get("uuid")
    if type(uuid) is not str or IDENTIFIER.fullmatch(uuid) is None:
        uuid = uuid5_of(_NAMESPACE, _sorted(event))
    kind = "report" if is_yes(event.get("published")) else "grouping"
    container = f"{kind}--{uuid}"
    if container in seen:
        uuid = uuid5_of(_NAMESPACE, f"{pointer}{uuid}".encode())
        container = f"{kind}--{uuid}"
    bundle = Bundle(container, made, uuid.encode(), seen=seen)
    bundle.seen.add(container)
    if isinstance(event.get("uuid"), str):
        bundle.places[event["uuid"]] = container
    who = event.get("Orgc") or event.get("Org")
    if isinstance(who, dict) and isinstance(who.get("name"), str) and who["name"]:
        identity = organisation(who, f"{pointer}/Orgc", bundle)
        bundle.creator = bundle.add(identity)
    return bundle


def _finish(event: Object, tags: Any, pointer: str, bundle: Bundle) -> None:
    """Put the definitions used, and the report or grouping that holds all, into the bundle."""
    held = [item["id"] for item in bundle.objects if item["id"] != bundle.creator]
    title = as_text(event.get("info")) or "MISP event"
    source = without_empty(event, _APART, pointer, bundle)
    if tags is not None and tags.tags:
        source["Tag"] = tags.tags
    properties: Object = {"name": title}
    if bundle.container.startswith("report"):
        published = event.get("publish_timestamp")
        properties["published"] = moment_of({"at": published}, "at", bundle) if published else bundle.stamp
    else:
        properties["context"] = "unspecified"
    if tags is not None and tags.labels:
        properties["labels"] = tags.labels
    properties["object_refs"] = held or [bundle.creator or DEFINER["id"]]
    if source:
        properties["extensions"] = extension("event", source)
    kind, _, _ = bundle.container.partition("--")
    item = bundle.domain_object(kind, bundle.container, bundle.stamp, **properties)
    bundle.objects.insert(0, item)
    for label in bundle.used_tlp:
        bundle.add(TLP[label])
