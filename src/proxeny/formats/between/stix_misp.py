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
from proxeny.formats.between.attribute_types import RULES
from proxeny.formats.between.bundle import NEVER
from proxeny.formats.between.event_draft import (
    FIXED_MARKINGS,
    Draft,
    Made,
    day_of,
    kept_labels,
    seconds_of,
    source_of,
)
from proxeny.formats.between.misp_attributes import withheld
from proxeny.formats.between.stix_domain import (
    COMMON,
    convert_cluster,
    convert_custom,
    convert_domain,
    leftover,
    put_cluster,
    put_report,
)
from proxeny.formats.between.stix_observables import convert_observables, object_of, referred
from proxeny.formats.between.stix_patterns import parts_of
from proxeny.formats.between.stix_relations import draw_note, draw_opinion, draw_relationship, draw_sighting
from proxeny.formats.between.values import as_text
from proxeny.formats.machinetag import meaning_of
from proxeny.formats.misp.attributes import ACTOR_OBJECTS
from proxeny.formats.outgoing import Written
from proxeny.formats.stix.check import OBSERVABLES
from proxeny.formats.stix.read import checked_entries
from proxeny.formats.stix.write_objects import MAKER, MISP_EXTENSION, TERMS_EXTENSION, stamp, uuid5_of
from proxeny.identify.report import Loss

Object = dict[str, Any]

_NAMESPACE = bytes.fromhex("0192d0a45f0e7c3a9b7e6f2f6b1d5c11")
_CONTAINERS = ("report", "grouping")
_CLUSTERS = frozenset({"attack-pattern", "malware", "tool", "infrastructure"})
_DOMAIN = frozenset({"vulnerability", "course-of-action", "identity", "location", "incident"})
_ACTORS = frozenset({"threat-actor", "intrusion-set", "campaign"})
_PLACING = frozenset({"located-at", "originates-from", "attributed-to"})  # whence somebody is said to be
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
    objects, pointers = _newest(entries, losses)
    accused = _accused(objects)
    markings = _markings(objects)
    pairs, holders, watchers = _links_of(objects)
    drafts = []
    spent: set[str] = set()
    used: set[str] = set()
    for container, members in _events(objects):
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
            _lose_rest(item, pointers[name], losses)
    return drafts, losses


def _newest(
    entries: list[tuple[str, Object]], losses: list[Loss]
) -> tuple[dict[str, Object], dict[str, str]]:
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


def _accused(objects: dict[str, Object]) -> frozenset[str]:
    """The objects that say who did it, by their type or because a relationship does."""
    found = {name for name, item in objects.items() if item["type"] in _ACTORS}
    for item in objects.values():
        if item["type"] != "relationship":
            continue
        kind, source, target = item["relationship_type"], item["source_ref"], item["target_ref"]
        if kind == "attributed-to" or (kind in _PLACING and source.partition("--")[0] in _ACTORS):
            found.add(target)
    return frozenset(found)


def _links_of(objects: dict[str, Object]) -> tuple[dict[str, str], dict[str, list[str]], frozenset[str]]:
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


def _markings(objects: dict[str, Object]) -> dict[str, str]:
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


def _events(objects: dict[str, Object]) -> list[tuple[Object | None, list[Object]]]:
    """Each report or grouping with what belongs to it; None for what belongs to none."""
    containers = [item for item in objects.values() if item["type"] in _CONTAINERS]
    if len(containers) <= 1:
        return [(containers[0] if containers else None, [i for i in objects.values() if i not in containers])]
    found: list[tuple[Object | None, list[Object]]] = []
    held: set[str] = set()
    for container in containers:
        names = dict.fromkeys(ref for ref in container["object_refs"] if ref in objects)
        for item in objects.values():
            if item["type"] == "relationship" and item["source_ref"] in names and item["target_ref"] in names:
                names.setdefault(item["id"])
        for item in [objects[name] for name in names]:
            for ref in item.get("object_refs", ()) if item["type"] == "observed-data" else ():
                names.setdefault(ref)
        names = {name: None for name in names if name in objects and objects[name]["type"] not in _CONTAINERS}
        held.update(names)
        found.append((container, [objects[name] for name in names]))
    rest = [item for name, item in objects.items() if name not in held and item not in containers]
    rest = [item for item in rest if item["type"] not in ("marking-definition", "extension-definition")]
    creators = {item.get("created_by_ref") for item in objects.values()}
    if [item for item in rest if item["id"] not in creators]:
        found.append((None, rest))
    return found


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
        elif draft.objects[ref]["type"] in _CONTAINERS:
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
    if name in draft.done or _restore(item, draft):
        return
    if kind == "indicator":
        _indicator(item, draft)
    elif kind == "observed-data":
        _observed(item, draft)
    elif kind in _CLUSTERS or (kind in _DOMAIN and _is_cluster(item)):
        convert_cluster(item, draft)
    elif kind in _DOMAIN and not (kind == "identity" and name in draft.watchers):
        _domain(item, draft)
    elif kind.startswith("x-misp-") and convert_custom(item, draft):
        _withhold(name, draft)


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


def _withhold(name: str, draft: Draft) -> None:
    """Take what an object became out of the event again where it says who did it."""
    made = draft.made[name]
    item = made.item
    if made.kind == "attribute":
        accusing = withheld(item, str(item.get("type")))
    else:
        accusing = item.get("name") in ACTOR_OBJECTS
        kept = [one for one in item["Attribute"] if not withheld(one, str(one.get("type")))]
        if not accusing and len(kept) != len(item["Attribute"]):
            draft.lose(draft.pointers[name], NEVER)
            item["Attribute"] = kept
    if accusing:
        held = draft.event["Attribute" if made.kind == "attribute" else "Object"]
        held.pop()  # it was put there last
        draft.lose(draft.pointers[name], NEVER)
        del draft.made[name]


def _restore(item: Object, draft: Draft) -> bool:
    """Put the attribute or object that our extension keeps back as it stood; False where there is none."""
    if "extensions" not in item or MISP_EXTENSION not in item["extensions"]:
        return False
    for kind in ("attribute", "object"):
        source = source_of(item, kind)
        if source is None or (kind == "attribute" and ("type" not in source or "value" not in source)):
            continue
        if kind == "object" and ("name" not in source or not isinstance(source.get("Attribute", []), list)):
            continue
        _restore_one(item, kind, source, draft)
        return True
    return False


def _restore_one(item: Object, kind: Any, source: Object, draft: Draft) -> None:
    draft.done.update(item.get("object_refs", ()) if item["type"] == "observed-data" else ())
    draft.done.add(item["id"])
    own = source.get("uuid")
    other = draft.pairs.get(item["id"], "")
    if other in draft.made and source_of(draft.objects[other], kind) == source:
        draft.made[item["id"]] = draft.made[other]  # an indicator and its observed data keep the same thing
        return
    made = {key: held for key, held in source.items() if key not in ("data_ref", "Attribute", "Tag")}
    if not isinstance(own, str) or own in draft.used:
        made["uuid"] = draft.uuid(item["id"], "restored")
    else:
        draft.used.add(own)
    if kind == "attribute":
        _data(source, made, draft)
        if tags := draft.tags(item):
            made["Tag"] = _told(source, tags)
    else:
        made["Attribute"] = []
        if source.get("Tag"):
            made["Tag"] = _told(source, draft.tags(item))
        for one in source.get("Attribute", ()):
            if isinstance(one, dict):
                inner = {key: held for key, held in one.items() if key != "data_ref"}
                _data(one, inner, draft)
                made["Attribute"].append(inner)
    draft.put(item, kind, made)
    _withhold(item["id"], draft)


def _told(source: Object, tags: list[Object]) -> list[Object]:
    """The tags, with what the source told of each (colour and the like)."""
    held = source.get("Tag")
    told = {tag.get("name"): tag for tag in held if isinstance(tag, dict)} if isinstance(held, list) else {}
    return [told.get(tag["name"], tag) for tag in tags]


def _data(source: Object, made: Object, draft: Draft) -> None:
    """Give an attribute its file back, which an artifact holds."""
    ref = source.get("data_ref")
    artifact = draft.objects.get(ref) if isinstance(ref, str) else None
    if artifact is not None:
        draft.done.add(artifact["id"])
        draft.done.update(draft.holders.get(artifact["id"], ()))
        if "payload_bin" in artifact:
            made["data"] = artifact["payload_bin"]


def _indicator(item: Object, draft: Draft) -> None:
    """An indicator as the attributes its pattern compares with; a rule or another pattern stays whole."""
    labels = kept_labels(item)
    tags = draft.tags(item)
    pattern, language = item["pattern"], item["pattern_type"]
    comment = "\n".join(item[name] for name in ("name", "description") if item.get(name))
    more: Object = {"comment": comment} if comment and comment != pattern else {}
    if item.get("valid_until"):
        more["last_seen"] = item["valid_until"]
    if tags:
        more["Tag"] = tags
    found = parts_of(pattern, labels.get("type", ""), labels.get("name", "")) if language == "stix" else None
    known = COMMON | {"name", "description", "pattern", "pattern_type", "pattern_version", "valid_from"}
    known |= {"valid_until"}
    if item.get("indicator_types") == ["unknown"]:
        known |= {"indicator_types"}
    if labels.get("category") or labels.get("name"):
        known |= {"kill_chain_phases"}  # in which converters of MISP say the category once more
    leftover(item, known, draft)
    if labels.get("category"):
        more["category"] = labels["category"]
    if found is None:
        kind = next((name for name, rule in RULES.items() if rule == language), "text")
        if kind == "text":
            more["comment"] = f"pattern of type {language}" + (f": {comment}" if comment else "")
        draft.put(item, "attribute", draft.attribute(item, kind, pattern, to_ids=kind != "text", **more))
        return
    name, parts = found
    if name:
        made = object_of(item, name, parts, draft, tags, to_ids=True)
        if comment:
            made["comment"] = comment
        draft.put(item, "object", made)
        return
    for number, part in enumerate(parts):
        what = (str(number),) if number else ()
        made = draft.attribute(item, part.type, part.value, to_ids=True, what=what, **more)
        draft.put(item, "attribute", made)


def _observed(item: Object, draft: Draft) -> None:
    """Observed data as what their observables are."""
    held = [draft.objects[ref] for ref in item.get("object_refs", ()) if ref in draft.objects]
    held = [one for one in held if one["type"] not in ("relationship", *_LATE)]
    if (
        held
        and all(one["id"] in draft.holders or one["id"] in draft.done for one in held)
        and any(one["id"] in draft.done for one in held)
    ):
        draft.done.add(item["id"])  # files that an attribute has back already
        return
    at = draft.pointers[item["id"]]
    missing = [ref for ref in item.get("object_refs", ()) if ref not in draft.objects]
    draft.done.add(item["id"])
    if missing:
        draft.lose(f"{at}/object_refs", f"observables that the file has not: {len(missing)}")
    if held:
        made = convert_observables(held, item, draft, kept_labels(item).get("type", ""))
        if made:
            draft.made[item["id"]] = made[0]
    elif "objects" in item:
        draft.lose(f"{at}/objects", "observables in the deprecated form of STIX 2.1")
    known = COMMON | {"object_refs", "first_observed", "last_observed", "objects"}
    leftover(item, known | ({"number_observed"} if item.get("number_observed") == 1 else set()), draft)


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
            _LATE[item["type"]](item, draft)
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


def _lose_rest(item: Object, at: str, losses: list[Loss]) -> None:
    """Note an object that no event took; markings and our own definitions are in the tags, or say nothing."""
    kind, name = item["type"], item["id"]
    if kind == "extension-definition" and name in (MISP_EXTENSION, TERMS_EXTENSION):
        return
    if name == MAKER or (kind == "marking-definition" and (name in FIXED_MARKINGS or _is_label(item))):
        return
    losses.append(Loss(at=at, why=f"an object of type {kind[:60]}, which MISP has no place for"))


def _is_label(item: Object) -> bool:
    return bool(_markings({item["id"]: item}))
