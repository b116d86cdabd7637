"""What hangs on an attribute, an object or an event of MISP: clusters, sightings, notes, opinions, relations."""

from __future__ import annotations

import re
from typing import Any

from proxeny.base.errors import InputError
from proxeny.base.moments import parse_moment
from proxeny.formats.between.bundle import (
    NEVER,
    Bundle,
    Pending,
    extension,
    is_yes,
    labels_of,
    members,
    without_empty,
)
from proxeny.formats.between.misp_galaxies import clusters_of, relate_cluster
from proxeny.formats.between.values import as_text
from proxeny.formats.stix.write_objects import stamp, stamp_of_seconds

Object = dict[str, Any]

_SCALE = (  # an opinion of MISP, from 0 to 100, on the five steps of STIX (section 4.16)
    (20, "strongly-disagree"),
    (40, "disagree"),
    (60, "neutral"),
    (80, "agree"),
    (100, "strongly-agree"),
)
_ANALYST = frozenset({"Note", "Opinion", "Relationship"})
_ACCUSING = re.compile(r"attribut|threat-actor|intrusion-set|campaign|originates")
_WORD = re.compile(r"[^a-z0-9]+")


_HANGING = ("Galaxy", "Sighting", "ShadowAttribute", "ObjectReference", "Note", "Opinion", "Relationship")


def bears(owner: Object) -> bool:
    """Whether anything hangs on an attribute or object: MISP writes the lists out where they are empty."""
    return any(map(owner.get, _HANGING))


def attach(owner: Object, main: str, pointer: str, bundle: Bundle) -> None:
    """Put into the bundle what hangs on the thing that `main` stands for."""
    made = bundle.time_of(owner)
    if owner.get("Galaxy"):
        for cluster in clusters_of(owner, main, pointer, bundle):
            relate_cluster(main, cluster, made, pointer, bundle)
    for at, sighting in members(owner, "Sighting", pointer, bundle):
        _sighting(sighting, main, at, bundle)
    for at, _ in members(owner, "ShadowAttribute", pointer, bundle):
        bundle.lose(at, "a proposal that nobody has accepted")
    for at, reference in members(owner, "ObjectReference", pointer, bundle):
        _reference(reference, "referenced_uuid", main, at, bundle)
    if not _ANALYST.isdisjoint(owner):
        analyst(owner, main, pointer, bundle)


def analyst(owner: Object, main: str, pointer: str, bundle: Bundle) -> None:
    """The notes, opinions and relations that analysts added."""
    for at, note in members(owner, "Note", pointer, bundle):
        text = as_text(note.get("note"))
        if text is None:
            bundle.lose(at, "a note without text")
            continue
        made = moment_of(note, "modified", bundle)
        properties: Object = {"content": text, "object_refs": [main]}
        if authors := note.get("authors"):
            properties["authors"] = [str(authors)]
        name = bundle.identifier("note", note.get("uuid"), at)
        source = without_empty(note, _ANALYST | {"note", "authors"}, at, bundle)
        bundle.add(bundle.domain_object("note", name, made, **properties, **_extended("note", source)))
        analyst(note, name, at, bundle)
    for at, opinion in members(owner, "Opinion", pointer, bundle):
        _opinion(opinion, main, at, bundle)
    for at, relation in members(owner, "Relationship", pointer, bundle):
        _reference(relation, "related_object_uuid", main, at, bundle)


def _extended(name: str, source: Object) -> Object:
    return {"extensions": extension(name, source)} if source else {}


def _opinion(opinion: Object, main: str, pointer: str, bundle: Bundle) -> None:
    value = as_text(opinion.get("opinion"))
    if value is None or not value.isdecimal() or int(value[:4]) > 100:
        bundle.lose(pointer, "an opinion that is no number from 0 to 100")
        return
    properties: Object = {
        "opinion": next(word for most, word in _SCALE if int(value) <= most),
        "object_refs": [main],
    }
    if comment := as_text(opinion.get("comment")):
        properties["explanation"] = comment
    if authors := opinion.get("authors"):
        properties["authors"] = [str(authors)]
    name = bundle.identifier("opinion", opinion.get("uuid"), pointer)
    source = without_empty(opinion, _ANALYST | {"comment", "authors"}, pointer, bundle)
    made = moment_of(opinion, "modified", bundle)
    bundle.add(bundle.domain_object("opinion", name, made, **properties, **_extended("opinion", source)))
    analyst(opinion, name, pointer, bundle)


def _sighting(sighting: Object, main: str, pointer: str, bundle: Bundle) -> None:
    """A sighting, or a false positive, which is an opinion in STIX; an expiration has no counterpart."""
    kind = as_text(sighting.get("type")) or "0"
    seconds = as_text(sighting.get("date_sighting"))
    made = (stamp_of_seconds(seconds) if seconds else None) or bundle.stamp
    if kind not in ("0", "1"):
        bundle.lose(pointer, "a sighting that sets an expiration")
        return
    if kind == "1":
        extended = _extended("sighting", without_empty(sighting, frozenset(), pointer, bundle))
        by = sighting.get("Organisation")
        name_of = by.get("name") if isinstance(by, dict) else None
        name = bundle.identifier("opinion", sighting.get("uuid"), pointer)
        authors = {"authors": [name_of]} if isinstance(name_of, str) and name_of else {}
        bundle.add(
            bundle.domain_object(
                "opinion",
                name,
                made,
                opinion="strongly-disagree",
                explanation="A false positive.",
                object_refs=[main],
                **authors,
                **extended,
            )
        )
        return
    who = _organisation(sighting, pointer, bundle)
    extended = _extended("sighting", without_empty(sighting, frozenset({"Organisation"}), pointer, bundle))
    name = bundle.identifier("sighting", sighting.get("uuid"), pointer)
    where = {"where_sighted_refs": [who]} if who else {}
    bundle.add(
        bundle.domain_object(
            "sighting",
            name,
            made,
            sighting_of_ref=main,
            first_seen=made,
            last_seen=made,
            count=1,
            **where,
            **extended,
        )
    )


def _organisation(sighting: Object, pointer: str, bundle: Bundle) -> str | None:
    """The identity of who saw it."""
    who = sighting.get("Organisation")
    if not isinstance(who, dict) or not isinstance(who.get("name"), str) or not who["name"]:
        return None
    return bundle.add(organisation(who, f"{pointer}/Organisation", bundle))


def organisation(who: Object, pointer: str, bundle: Bundle) -> Object:
    """An organisation of MISP as an identity: the same one has the same identifier."""
    known = f"identity--{who.get('uuid')}"
    identifier = known if known in bundle.seen else bundle.identifier("identity", who.get("uuid"), pointer)
    item = bundle.domain_object(
        "identity", identifier, bundle.stamp, name=who["name"], identity_class="organization"
    )
    if bundle.creator == identifier:
        del item["created_by_ref"]
    return item


def _reference(reference: Object, target: str, main: str, pointer: str, bundle: Bundle) -> None:
    """A relation to another thing, drawn when all are known."""
    kind = as_text(reference.get("relationship_type")) or "related-to"
    other = reference.get(target)
    if is_yes(reference.get("deleted")):
        bundle.lose(pointer, "a deleted relation")
    elif _ACCUSING.search(kind.lower()):
        bundle.lose(pointer, NEVER)
    elif not isinstance(other, str):
        bundle.lose(pointer, "a relation to nothing")
    else:
        made = bundle.time_of(reference)
        bundle.pending.append(Pending(pointer, main, other, kind, made))


def draw_relations(bundle: Bundle) -> None:
    """The relations between things of the event, now that all of them are in the bundle."""
    for item in bundle.pending:
        target = bundle.places.get(item.target)
        if target is None:
            bundle.lose(item.pointer, "a relation to something that is not in the bundle")
            continue
        kind = _WORD.sub("-", item.kind.lower()).strip("-") or "related-to"
        bundle.relate(kind, item.source, target, item.made, item.pointer)


def moment_of(owner: Object, key: str, bundle: Bundle) -> str:
    """A time as analyst data give it: without an offset it is UTC."""
    value = as_text(owner.get(key)) or ""
    if value.isdecimal():
        return stamp_of_seconds(value) or bundle.stamp
    for text in (value, f"{value}Z"):
        try:
            return stamp(parse_moment(text, ""))
        except InputError:
            continue
    return bundle.stamp


def event_reports(event: Object, pointer: str, bundle: Bundle) -> None:
    """The reports in Markdown that belong to an event, as notes on it."""
    for at, report in members(event, "EventReport", pointer, bundle):
        content = as_text(report.get("content")) or ""
        title = as_text(report.get("name")) or ""
        if is_yes(report.get("deleted")) or not (content or title):
            bundle.lose(at, "a deleted report" if content or title else "a report without text")
            continue
        tags = labels_of(report, at, bundle)
        properties: Object = {"content": content or title, "object_refs": [bundle.container]}
        if title and content:
            properties["abstract"] = title
        if tags is not None and tags.labels:
            properties["labels"] = tags.labels
        source = without_empty(report, _ANALYST | {"content", "name", "Tag"}, at, bundle)
        name = bundle.identifier("note", report.get("uuid"), at)
        marks = tags.marks if tags is not None else None
        made = bundle.time_of(report)
        bundle.add(
            bundle.domain_object("note", name, made, marks, **properties, **_extended("event_report", source))
        )
        if isinstance(report.get("uuid"), str):
            bundle.places.setdefault(report["uuid"], name)
        analyst(report, name, at, bundle)
