"""Relationships, sightings, notes and opinions of STIX, drawn when all else of the event is there."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from proxeny.formats.between.bundle import NEVER
from proxeny.formats.between.event_draft import Draft, Made, seconds_of, source_of
from proxeny.formats.between.stix_domain import COMMON, leftover, put_cluster, put_report
from proxeny.formats.between.stix_file import is_accused
from proxeny.formats.stix.check import moment_of

Object = dict[str, Any]

_OPINIONS = {
    "strongly-disagree": "0",
    "disagree": "25",
    "neutral": "50",
    "agree": "75",
    "strongly-agree": "100",
}
_NAMES = {"attribute": "Attribute", "object": "Object", "event": "Event"}


def draw_relationship(item: Object, accused: frozenset[str], draft: Draft) -> None:
    """One relationship: a reference of an object, a cluster on an attribute, or a relation that an analyst draws."""
    draft.done.add(item["id"])
    at = draft.pointers[item["id"]]
    kind, source, target = item["relationship_type"], item["source_ref"], item["target_ref"]
    if kind == "attributed-to" or is_accused(source, accused) or is_accused(target, accused):
        draft.lose(at, NEVER)
        return
    one, other = draft.made.get(source), draft.made.get(target)
    if one is None or other is None:
        missing = source if one is None else target
        why = "is not in the file" if missing not in draft.objects else "has no place in MISP"
        draft.lose(at, f"a relationship with an object that {why}")
        return
    if one.item is other.item and one.kind != "event":
        return  # an indicator and the observed data it is based on became the same thing
    known = COMMON | {"relationship_type", "source_ref", "target_ref"}
    if "cluster" in (one.kind, other.kind):
        _cluster(one, other, kind, at, draft)
    elif one.kind == "object" and other.kind in ("object", "attribute"):
        reference: Object = {
            "uuid": draft.uuid(item["id"]),
            "object_uuid": one.item["uuid"],
            "referenced_uuid": other.item["uuid"],
            "relationship_type": kind,
            "timestamp": seconds_of(item.get("modified")) or draft.seconds,
        }
        if item.get("description"):
            reference["comment"] = item["description"]
            known |= {"description"}
        one.item.setdefault("ObjectReference", []).append(reference)
    else:
        one.item.setdefault("Relationship", []).append(
            {
                "uuid": draft.uuid(item["id"]),
                "object_uuid": one.item["uuid"],
                "object_type": _NAMES[one.kind],
                "related_object_uuid": other.item["uuid"],
                "related_object_type": _NAMES[other.kind],
                "relationship_type": kind,
                "created": _date(item["created"]),
                "modified": _date(item["modified"]),
            }
        )
    leftover(item, known, draft)


@lru_cache(maxsize=4096)
def _date(timestamp: str) -> str:
    """A time as analyst data of MISP write it, in UTC."""
    return moment_of(timestamp).strftime("%Y-%m-%d %H:%M:%S")


def _cluster(one: Made, other: Made, kind: str, at: str, draft: Draft) -> None:
    if one.kind == other.kind:
        draft.lose(at, "a relationship between two clusters")
        return
    cluster, owner = (one, other) if one.kind == "cluster" else (other, one)
    if owner.kind == "object":
        attributes = owner.item.get("Attribute") or []
        if not attributes:
            draft.lose(at, "a relationship with an object without attributes")
            return
        put_cluster(attributes[0], cluster.item, draft, kind)
    else:
        put_cluster(owner.item, cluster.item, draft, kind)


def _bearer(made: Made) -> Object:
    """What bears the sightings of a thing: the attribute itself, or the first of an object."""
    if made.kind == "object" and made.item.get("Attribute"):
        found: Object = made.item["Attribute"][0]
        return found
    return made.item


def _only_accuses(item: Object, accused: frozenset[str], draft: Draft) -> bool:
    """Whether a note, an opinion or a sighting speaks of nothing but somebody who did it; then it is a loss."""
    refs = item["object_refs"] if "object_refs" in item else [item.get("sighting_of_ref")]
    if not refs or not all(is_accused(ref, accused) for ref in refs):
        return False
    draft.lose(draft.pointers[item["id"]], NEVER)
    return True


def draw_sighting(item: Object, accused: frozenset[str], draft: Draft) -> None:
    """One sighting: on the attribute that was seen, with the organisation that saw it."""
    draft.done.add(item["id"])
    if _only_accuses(item, accused, draft):
        return
    at = draft.pointers[item["id"]]
    seen = draft.made.get(item["sighting_of_ref"])
    if seen is None or seen.kind not in ("attribute", "object"):
        draft.lose(at, "a sighting of something that is no attribute of the event")
        return
    sighting: Object = {
        "uuid": draft.uuid(item["id"]),
        "date_sighting": seconds_of(item.get("last_seen") or item["modified"]) or draft.seconds,
        "type": "0",
    }
    places = [draft.objects[ref] for ref in item.get("where_sighted_refs", ()) if ref in draft.objects]
    who = next((place for place in places if place["type"] == "identity"), None)
    if who is not None:
        draft.done.add(who["id"])
        sighting["Organisation"] = {"uuid": who["id"].partition("--")[2], "name": who["name"]}
    if (source := source_of(item, "sighting")) is not None:
        sighting = {**source, **sighting}
    _bearer(seen).setdefault("Sighting", []).append(sighting)
    known = COMMON | {
        "sighting_of_ref",
        "last_seen",
        "first_seen",
        "count",
        "where_sighted_refs",
        "observed_data_refs",
    }
    leftover(item, known, draft)


def draw_note(item: Object, accused: frozenset[str], draft: Draft) -> None:
    """A note: on the one thing of the event it speaks of, else a report on the event."""
    draft.done.add(item["id"])
    if _only_accuses(item, accused, draft):
        return
    if (source := source_of(item, "attribute")) is not None or source_of(item, "object") is not None:
        return  # put into the event with the attributes and objects
    if (source := source_of(item, "event_report")) is not None:
        report = put_report(
            item, str(item.get("abstract") or item["content"]), item["content"], draft, **source
        )
        draft.made[item["id"]] = Made("event", report)
        if tags := draft.tags(item):
            report["Tag"] = tags
        return
    if (cluster := source_of(item, "cluster")) is not None and "type" in cluster and "value" in cluster:
        _noted_cluster(item, cluster, draft)
        return
    known = COMMON | {"abstract", "content", "authors", "object_refs"}
    refs = [ref for ref in item["object_refs"] if ref in draft.made]
    on = draft.made[refs[0]] if len(refs) == 1 else None
    if on is not None and on.kind in ("attribute", "object", "event"):
        note: Object = {
            "uuid": draft.uuid(item["id"]),
            "note": "\n".join(item[name] for name in ("abstract", "content") if item.get(name)),
            "authors": ", ".join(map(str, item.get("authors", ()))),
            "created": _date(item["created"]),
            "modified": _date(item["modified"]),
            "object_uuid": on.item.get("uuid", ""),
            "object_type": _NAMES[on.kind],
        }
        if (source := source_of(item, "note")) is not None:
            note |= source
        on.item.setdefault("Note", []).append(note)
        draft.made[item["id"]] = Made("event", note)
    else:
        put_report(item, str(item.get("abstract") or "Note"), item["content"], draft)
        known -= {"authors"}
    leftover(item, known, draft)


def _noted_cluster(item: Object, cluster: Object, draft: Draft) -> None:
    """A cluster of a galaxy that STIX has no object for."""
    value, galaxy = str(cluster["value"]), str(cluster["type"])
    held: Object = {
        "uuid": item["id"].partition("--")[2],
        "type": galaxy,
        "value": value,
        "tag_name": f'misp-galaxy:{galaxy}="{value}"',
    }
    words = item["content"].partition("\n")[2]
    if words:
        held["description"] = words
    if cluster.get("meta"):
        held["meta"] = cluster["meta"]
    made: Object = {
        "tag": held["tag_name"],
        "galaxy": galaxy,
        "title": cluster.get("galaxy"),
        "cluster": held,
    }
    on = draft.made.get(item["object_refs"][0])
    put_cluster(_bearer(on) if on is not None and on.kind != "cluster" else draft.event, made, draft)


def draw_opinion(item: Object, accused: frozenset[str], draft: Draft) -> None:
    """An opinion on one thing of the event; a false positive is a sighting of that type."""
    draft.done.add(item["id"])
    if _only_accuses(item, accused, draft):
        return
    at = draft.pointers[item["id"]]
    refs = [ref for ref in item["object_refs"] if ref in draft.made]
    on = draft.made[refs[0]] if refs else None
    if on is None or on.kind == "cluster":
        draft.lose(at, "an opinion on something that has no place in the event")
        return
    if (source := source_of(item, "sighting")) is not None:
        _bearer(on).setdefault("Sighting", []).append(
            {
                "date_sighting": seconds_of(item["modified"]),
                **source,
                "uuid": draft.uuid(item["id"]),
                "type": "1",
            }
        )
        return
    opinion: Object = {
        "uuid": draft.uuid(item["id"]),
        "opinion": _OPINIONS.get(item["opinion"], "50"),
        "comment": item.get("explanation", ""),
        "authors": ", ".join(map(str, item.get("authors", ()))),
        "created": _date(item["created"]),
        "modified": _date(item["modified"]),
        "object_uuid": on.item.get("uuid", ""),
        "object_type": _NAMES.get(on.kind, "Event"),
    }
    if (source := source_of(item, "opinion")) is not None:
        opinion |= source
    on.item.setdefault("Opinion", []).append(opinion)
    draft.made[item["id"]] = Made("event", opinion)
    leftover(item, COMMON | {"opinion", "explanation", "authors", "object_refs"}, draft)
