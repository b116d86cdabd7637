"""A STIX file, 2.1 or 2.0, to MISP events, object by object, past the Report (docs/reference/misp-stix.md).

Each report or grouping is an event, with what it refers to; what none refers to is an event of its own, or joins the
only one. Every object of the file is in an event or in the losses, by its JSON pointer. What says who did it is never
exported. The document itself is not changed.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

from proxeny.base.wire import decode_json
from proxeny.formats.between.bundle import NEVER
from proxeny.formats.between.event_draft import (
    Draft,
    Made,
    day_of,
    seconds_of,
    source_of,
)
from proxeny.formats.between.stix_domain import (
    COMMON,
    convert_cluster,
    convert_custom,
    convert_domain,
    leftover,
    put_cluster,
    put_report,
)
from proxeny.formats.between.stix_file import (
    CONTAINERS,
    accused_of,
    events_of,
    links_of,
    lose_rest,
    markings_of,
    newest,
)
from proxeny.formats.between.stix_observables import convert_observables, referred
from proxeny.formats.between.stix_relations import draw_note, draw_opinion, draw_relationship, draw_sighting
from proxeny.formats.between.stix_restore import restore, withhold
from proxeny.formats.between.stix_signs import put_indicator, put_observed
from proxeny.formats.between.values import as_text
from proxeny.formats.outgoing import Written
from proxeny.formats.stix.check import OBSERVABLES
from proxeny.formats.stix.read import checked_entries
from proxeny.formats.stix.write_objects import MAKER, MISP_EXTENSION, TERMS_EXTENSION, stamp, uuid5_of
from proxeny.identify.report import Loss

Object = dict[str, Any]

_NAMESPACE = bytes.fromhex("0192d0a45f0e7c3a9b7e6f2f6b1d5c11")
_CLUSTERS = frozenset({"attack-pattern", "malware", "tool", "infrastructure"})
_DOMAIN = frozenset({"vulnerability", "course-of-action", "identity", "location", "incident"})
_LATE = {"note": draw_note, "opinion": draw_opinion, "sighting": draw_sighting}
_encode = msgspec.json.Encoder().encode


def convert(data: bytes, place: str, at: dt.datetime) -> list[tuple[str | None, Written]]:
    """A MISP event for each report or grouping of a STIX file, with its pointer where there are several, and one for
    what none of them holds. `at` is the time for an event that bears none. Raises InputError with every breach of the
    standard."""
    drafts, rest = _drafts(decode_json(data, place), place, at)
    many = len(drafts) > 1
    found = []
    for number, draft in enumerate(drafts):
        losses = (*draft.losses, *rest) if not number else draft.losses
        part = draft.pointers.get(draft.head) if many else None
        found.append((part, Written(_encode({"Event": draft.event}), tuple(losses))))
    return found


def event_of(document: Any, at: dt.datetime) -> Written:
    """The MISP event of a decoded STIX file, or its events as the answer of a search. Raises InputError as `convert`."""
    drafts, rest = _drafts(document, "", at)
    wrapped = [{"Event": draft.event} for draft in drafts]
    losses = [loss for draft in drafts for loss in draft.losses]
    return Written(_encode(wrapped[0] if len(wrapped) == 1 else {"response": wrapped}), (*losses, *rest))


def _drafts(document: Any, place: str, at: dt.datetime) -> tuple[list[Draft], list[Loss]]:
    """The events in the making, done, and the losses that are those of none of them."""
    entries, _ = checked_entries(document, place)
    losses: list[Loss] = []
    objects, pointers = newest(entries, losses)
    accused = accused_of(objects)
    markings = markings_of(objects)
    pairs, holders, watchers = links_of(objects)
    drafts = []
    spent: set[str] = set()
    used: set[str] = set()
    for container, members in events_of(objects):
        head = container["id"] if container is not None else ""
        draft = Draft(
            objects,
            pointers,
            (head or "\x1f".join(objects)).encode(),
            str(int(at.timestamp())),
            head=head,
            markings=markings,
            used=used,
            pairs=pairs,
            holders=holders,
            watchers=watchers,
        )
        _begin(container, members, at, draft)
        kept = [item for item in members if "extensions" in item and MISP_EXTENSION in item["extensions"]]
        for item in kept:
            _put(item, accused, draft)
        for item in members if len(kept) < len(members) else ():
            _put(item, accused, draft)
        _draw(container, members, accused, draft)
        drafts.append(draft)
        spent |= draft.done
    for name, item in objects.items():
        if name not in spent:
            lose_rest(item, pointers[name], losses)
    return drafts, losses


def _begin(container: Object | None, members: list[Object], at: dt.datetime, draft: Draft) -> None:
    """The members of the event itself."""
    incidents = [item for item in members if item["type"] == "incident"]
    head = container or (incidents[0] if len(incidents) == 1 else None)
    stamps = [item["modified"] for item in members if "modified" in item]
    time = head["modified"] if head is not None else max(stamps, default=stamp(at))
    draft.seconds = seconds_of(time) or draft.seconds
    event = draft.event
    uuid = container["id"].partition("--")[2] if container else uuid5_of(_NAMESPACE, draft.base)
    draft.used.add(uuid)
    event |= {
        "uuid": uuid,
        "info": str((head or {}).get("name") or "Objects of a STIX file"),
        "date": day_of(time),
        "timestamp": draft.seconds,
        "threat_level_id": "4",
        "analysis": "0",
        "published": False,
        "distribution": "0",
    }
    maker = draft.objects.get(str((head or {}).get("created_by_ref")))
    if maker is not None and maker["type"] == "identity":
        draft.done.add(maker["id"])
        event["Orgc"] = {"name": maker["name"], "uuid": maker["id"].partition("--")[2]}
    if container is None:
        return
    draft.done.add(container["id"])
    draft.made[container["id"]] = Made("event", event)
    if container.get("published"):
        event["publish_timestamp"] = seconds_of(container["published"])
        event["published"] = True
    source = source_of(container, "event")
    if source is not None:
        event |= {
            key: held for key, held in source.items() if key not in ("uuid", "Attribute", "Object", "Tag")
        }
    if tags := draft.tags(container):
        event["Tag"] = tags
    if container.get("description"):
        put_report(container, "Description", container["description"], draft, what=("description",))
    _links(container, draft)
    known = COMMON | {"name", "description", "published", "object_refs", "context", "external_references"}
    leftover(container, known, draft)
    for index, ref in enumerate(container["object_refs"]):
        if ref not in draft.objects:
            if ref != MAKER:
                draft.lose(
                    f"{draft.pointers[container['id']]}/object_refs/{index}",
                    "an object that the file has not",
                )
        elif draft.objects[ref]["type"] in CONTAINERS:
            draft.lose(
                f"{draft.pointers[container['id']]}/object_refs/{index}", "that it holds another report"
            )


def _links(container: Object, draft: Draft) -> None:
    for index, one in enumerate(container.get("external_references", ())):
        url, code = as_text(one.get("url")), as_text(one.get("external_id"))
        if url or code:
            kind = "link" if url else "text"
            made = draft.attribute(
                container,
                kind,
                url or f"{one.get('source_name')}: {code}",
                to_ids=False,
                what=("reference", str(index)),
            )
            draft.event.setdefault("Attribute", []).append(made)
        else:
            at = draft.pointers[container["id"]]
            draft.lose(f"{at}/external_references/{index}", "a reference in words")


def _put(item: Object, accused: frozenset[str], draft: Draft) -> None:
    """Put what is no relation into the event."""
    kind, name = item["type"], item["id"]
    if kind == "relationship" or (kind in _LATE and not _kept(item)):
        return
    if name in accused:
        draft.lose(draft.pointers[name], NEVER)
        draft.done.add(name)
        return
    if name in draft.done or restore(item, draft):
        return
    if kind == "indicator":
        put_indicator(item, draft)
    elif kind == "observed-data":
        put_observed(item, draft)
    elif kind in _CLUSTERS or (kind in _DOMAIN and _is_cluster(item)):
        convert_cluster(item, draft)
    elif kind in _DOMAIN and not (kind == "identity" and name in draft.watchers):
        _domain(item, draft)
    elif kind.startswith("x-misp-") and convert_custom(item, draft):
        withhold(name, draft)


def _kept(item: Object) -> bool:
    """Whether a note stands for an attribute or object of MISP."""
    return source_of(item, "attribute") is not None or source_of(item, "object") is not None


def _is_cluster(item: Object) -> bool:
    """Whether a domain object was a cluster of MISP, or is a measure of ATT&CK, which MISP has a galaxy for."""
    if source_of(item, "cluster") is not None:
        return True
    references = item.get("external_references", ()) if item["type"] == "course-of-action" else ()
    return any(str(one.get("source_name")).startswith("mitre-") for one in references)


def _domain(item: Object, draft: Draft) -> None:
    if item["id"] == MAKER:
        draft.done.add(item["id"])
        return
    convert_domain(item, draft)
    extension = item.get("extensions", {}).get(TERMS_EXTENSION)
    if isinstance(extension, dict):
        for axis in ("types", "techniques", "causes", "origins", "effects", "sectors", "responses"):
            words = extension.get(axis)
            for word in words if isinstance(words, list) else ():
                tag = {"name": f'proxeny:{axis.removesuffix("s")}="{word}"'}
                tags = draft.event.setdefault("Tag", [])
                if tag not in tags:
                    tags.append(tag)


def _draw(container: Object | None, members: list[Object], accused: frozenset[str], draft: Draft) -> None:
    """Put in what needs all else to be there: observables that nothing observed, relations, notes, clusters."""
    alone = [item for item in members if item["id"] not in draft.done and item["type"] in OBSERVABLES]
    inner = referred(alone)
    for item in alone:
        if item["id"] not in inner:
            convert_observables([item], item, draft)
    for item in alone:
        if item["id"] not in draft.done:
            convert_observables([item], item, draft)
    if container is None:
        draft.made.setdefault("", Made("event", draft.event))
    for item in members:
        if item["type"] == "relationship":
            draw_relationship(item, accused, draft)
        elif item["type"] in _LATE and item["id"] not in draft.done:
            _LATE[item["type"]](item, accused, draft)
    bound = {
        held["value"]
        for owner in (*draft.event.get("Attribute", ()), *_inner(draft.event))
        for galaxy in owner.get("Galaxy", ())
        for held in galaxy["GalaxyCluster"]
    }
    for made in list(draft.made.values()):
        if made.kind == "cluster" and made.item["cluster"]["value"] not in bound:
            put_cluster(draft.event, made.item, draft)


def _inner(event: Object) -> list[Object]:
    return [one for item in event.get("Object", ()) for one in item["Attribute"]]
