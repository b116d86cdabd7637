"""Domain objects of STIX as galaxy clusters, objects, attributes and reports of MISP."""

from __future__ import annotations

import re
from typing import Any

from proxeny.formats.between.bundle import NEVER
from proxeny.formats.between.event_draft import (
    Draft,
    Made,
    kept_labels,
    seconds_of,
    source_of,
)
from proxeny.formats.between.object_types import META_CATEGORIES
from proxeny.formats.between.stix_observables import object_of
from proxeny.formats.between.stix_patterns import Part
from proxeny.formats.between.values import FORMS, as_text
from proxeny.formats.machinetag import galaxy_meaning

Object = dict[str, Any]

COMMON = frozenset(
    {"type", "id", "spec_version", "created", "modified", "created_by_ref", "labels", "object_marking_refs"}
    | {"extensions", "revoked"}
)
"""Properties that every domain object has, and that the event holds in its own way."""
_ATTACK_SOURCES = ("mitre-attack", "mitre-mobile-attack", "mitre-ics-attack")
_ATTACK_GALAXIES = {
    "attack-pattern": "mitre-attack-pattern",
    "malware": "mitre-malware",
    "tool": "mitre-tool",
    "course-of-action": "mitre-course-of-action",
}
_GALAXIES = {
    "attack-pattern": "stix-2.1-attack-pattern",
    "malware": "stix-2.1-malware",
    "tool": "stix-2.1-tool",
    "infrastructure": "stix-2.1-infrastructure",
}
_ATTACK_ID = re.compile(r"[TSM]\d{4}(?:\.\d{3})?", re.ASCII)

# Domain objects that are an object of MISP: its name, and property, relation and type of attribute.
_OBJECTS: dict[str, tuple[str, tuple[tuple[str, str, str], ...]]] = {
    "attack-pattern": ("attack-pattern", (("name", "name", "text"), ("description", "summary", "text"))),
    "course-of-action": (
        "course-of-action",
        (("name", "name", "text"), ("description", "description", "text")),
    ),
    "vulnerability": ("vulnerability", (("name", "id", "text"), ("description", "summary", "text"))),
    "identity": (
        "identity",
        (
            ("name", "name", "text"),
            ("description", "description", "text"),
            ("identity_class", "identity_class", "text"),
            ("contact_information", "contact_information", "text"),
            ("roles", "roles", "text"),
            ("sectors", "sectors", "text"),
        ),
    ),
    "location": (
        "geolocation",
        (
            ("name", "text", "text"),
            ("description", "text", "text"),
            ("country", "countrycode", "text"),
            ("region", "region", "text"),
            ("administrative_area", "region", "text"),
            ("city", "city", "text"),
            ("street_address", "address", "text"),
            ("postal_code", "zipcode", "text"),
            ("latitude", "latitude", "float"),
            ("longitude", "longitude", "float"),
            ("precision", "accuracy-radius", "float"),
        ),
    ),
    "incident": ("incident", (("name", "name", "text"), ("description", "description", "text"))),
}
_CLUSTER_KNOWN = COMMON | {
    *("name", "description", "aliases", "external_references", "kill_chain_phases", "is_family"),
    *("malware_types", "tool_types", "infrastructure_types", "identity_class", "country", "region"),
}


def leftover(item: Object, known: frozenset[str], draft: Draft) -> None:
    """Note the properties of an object that the event does not hold."""
    rest = sorted(name for name in item.keys() - known if item[name] not in (None, "", [], {}))
    if rest:
        draft.lose(draft.pointers[item["id"]], f"properties of the {item['type']}: {', '.join(rest)}")


def convert_cluster(item: Object, draft: Draft) -> None:
    """A technique, malware, tool or infrastructure as a cluster of a galaxy, with its tag on the event."""
    source = source_of(item, "cluster")
    code = _attack_code(item)
    kind = item["type"]
    name = str(item.get("name") or kind)
    if source is not None and isinstance(source.get("type"), str) and isinstance(source.get("value"), str):
        galaxy, value = source["type"], source["value"]
    elif code is not None and kind in _ATTACK_GALAXIES:
        galaxy, value = _ATTACK_GALAXIES[kind], name if name.endswith(code) else f"{name} - {code}"
    else:
        galaxy, value = _GALAXIES.get(kind, f"stix-2.1-{kind}"), name
    at = draft.pointers[item["id"]]
    draft.done.add(item["id"])
    if galaxy_meaning(galaxy, value, code or "").withheld:
        draft.lose(at, NEVER)
        return
    tag = f'misp-galaxy:{galaxy}="{value}"'
    cluster: Object = {
        "uuid": item["id"].partition("--")[2],
        "type": galaxy,
        "value": value,
        "tag_name": tag,
    }
    if item.get("description"):
        cluster["description"] = item["description"]
    if meta := _meta(item, source):
        cluster["meta"] = meta
    title = source.get("galaxy") if source is not None else None
    draft.made[item["id"]] = Made(
        "cluster", {"tag": tag, "galaxy": galaxy, "title": title, "cluster": cluster}
    )
    leftover(item, _CLUSTER_KNOWN, draft)
    for extra in draft.tags(item):
        tags = draft.event.setdefault("Tag", [])
        if extra not in tags:
            tags.append(extra)


def put_cluster(owner: Object, made: Object, draft: Draft, relation: str = "") -> None:
    """A cluster on the event or on an attribute: in its galaxies, and as a tag."""
    bearer, kind, tag = id(owner), made["galaxy"], made["tag"]
    if (bearer, tag) in draft.clusters:
        return
    draft.clusters.add((bearer, tag))
    galaxy = draft.galaxies.get((bearer, kind))
    if galaxy is None:
        galaxy = {"type": kind, "name": made["title"] or kind, "GalaxyCluster": []}
        draft.galaxies[bearer, kind] = galaxy
        owner.setdefault("Galaxy", []).append(galaxy)
    galaxy["GalaxyCluster"].append(made["cluster"])
    names = draft.borne.get(bearer)
    if names is None:
        names = draft.borne[bearer] = {str(one.get("name")) for one in owner.get("Tag", ())}
    if tag not in names:
        names.add(tag)
        owner.setdefault("Tag", []).append(
            {"name": tag} | ({"relationship_type": relation} if relation else {})
        )


def _attack_code(item: Object) -> str | None:
    for reference in item.get("external_references", ()):
        code = reference.get("external_id")
        if reference.get("source_name") in _ATTACK_SOURCES and isinstance(code, str):
            return code if _ATTACK_ID.fullmatch(code) else None
    return None


def _meta(item: Object, source: Object | None) -> Object:
    meta: Object = {}
    references = item.get("external_references", ())
    if codes := [str(one["external_id"]) for one in references if one.get("external_id")]:
        meta["external_id"] = codes
    urls = [str(one.get("url") or one.get("description")) for one in references if not one.get("external_id")]
    urls += [str(one["url"]) for one in references if one.get("external_id") and one.get("url")]
    if urls := [url for url in urls if url != "None"]:
        meta["refs"] = urls
    if isinstance(item.get("aliases"), list):
        meta["synonyms"] = item["aliases"]
    if phases := item.get("kill_chain_phases"):
        meta["kill_chain"] = [f"{one.get('kill_chain_name')}:{one.get('phase_name')}" for one in phases]
    for prop in ("malware_types", "tool_types", "infrastructure_types"):
        if item.get(prop):
            meta[prop.replace("_", "-")] = item[prop]
    kept = source.get("meta") if source is not None else None
    return {**kept, **meta} if isinstance(kept, dict) else meta


def convert_domain(item: Object, draft: Draft) -> None:
    """A vulnerability, measure, identity, place or incident as an object of MISP, or a CVE as an attribute."""
    name, rows = _OBJECTS[item["type"]]
    parts: list[Part] = []
    known = set(COMMON)
    for prop, relation, kind in rows:
        value = item.get(prop)
        if value in (None, "", []):
            continue
        known.add(prop)
        for one in value if isinstance(value, list) else [value]:
            if (text := as_text(one)) is not None:
                parts.append(Part(kind, text, relation))
    for prop, value in item.items():  # what converters of MISP keep of its objects
        if prop.startswith("x_misp_"):
            relation = prop.removeprefix("x_misp_").replace("_", "-")
            for one in value if isinstance(value, list) else [value]:
                if (text := as_text(one)) is not None:
                    known.add(prop)
                    parts.append(Part("text", text, relation))
    known |= {"external_references"}
    _references(item, parts, name, draft)
    tags = draft.tags(item)
    alone = item["type"] == "vulnerability" and len({part.value for part in parts}) == 1
    if alone and (cve := FORMS["cve"](parts[0].value)):
        made = draft.attribute(item, "vulnerability", cve, to_ids=False)
        if tags:
            made["Tag"] = tags
        draft.put(item, "attribute", made)
    elif parts:
        draft.put(item, "object", object_of(item, name, parts, draft, tags, to_ids=False))
    else:
        draft.lose(draft.pointers[item["id"]], f"a {item['type']} that says nothing")
        draft.done.add(item["id"])
    leftover(item, frozenset(known), draft)


def _references(item: Object, parts: list[Part], name: str, draft: Draft) -> None:
    """The external references of an object, as relations of its own."""
    for index, one in enumerate(item.get("external_references", ())):
        code, url = as_text(one.get("external_id")), as_text(one.get("url"))
        if code and name in ("vulnerability", "attack-pattern"):
            code = code.removeprefix("CAPEC-") if one.get("source_name") == "capec" else code
            parts.append(Part("vulnerability" if FORMS["cve"](code) else "text", code, "id"))
        elif code:
            parts.append(Part("text", f"{one.get('source_name')}: {code}", "reference-id"))
        if url:
            parts.append(Part("link", url, "references"))
        if not code and not url:
            draft.lose(f"{draft.pointers[item['id']]}/external_references/{index}", "a reference in words")


def convert_custom(item: Object, draft: Draft) -> bool:
    """An attribute or object that a converter kept as a type of its own; False where it is none."""
    kind = item["type"]
    if kind == "x-misp-attribute" and isinstance(item.get("x_misp_type"), str):
        value = as_text(item.get("x_misp_value"))
        if value is None:
            return False
        labels = kept_labels(item)
        made = draft.attribute(item, item["x_misp_type"], value, to_ids=labels.get("to_ids") == "True")
        for prop, key in (
            ("x_misp_category", "category"),
            ("x_misp_comment", "comment"),
            ("x_misp_data", "data"),
        ):
            if isinstance(item.get(prop), str):
                made[key] = item[prop]
        if tags := draft.tags(item):
            made["Tag"] = tags
        draft.put(item, "attribute", made)
        return True
    held = item.get("x_misp_attributes")
    if kind == "x-misp-object" and isinstance(held, list):
        name = str(item.get("x_misp_name") or "unknown")
        category = str(item.get("x_misp_meta_category") or META_CATEGORIES.get(name, "misc"))
        made = draft.misp_object(item, name, category, [])
        for index, one in enumerate(held):
            value = as_text(one.get("value")) if isinstance(one, dict) else None
            if value is None or not isinstance(one.get("type"), str):
                draft.lose(
                    f"{draft.pointers[item['id']]}/x_misp_attributes/{index}", "an attribute without value"
                )
                continue
            given = {key: text for key, text in one.items() if key not in ("type", "value", "to_ids", "uuid")}
            attribute = draft.attribute(
                item, one["type"], value, to_ids=one.get("to_ids") is True, what=(str(index),), **given
            )
            made["Attribute"].append(attribute)
        draft.put(item, "object", made)
        return True
    return False


def put_report(item: Object, title: str, content: str, draft: Draft, **more: Any) -> Object:
    """A report in Markdown on the event."""
    report: Object = {
        "uuid": draft.uuid(item["id"], *more.pop("what", ())),
        "name": title,
        "content": content,
        "timestamp": seconds_of(item.get("modified")) or draft.seconds,
        **more,
    }
    draft.event.setdefault("EventReport", []).append(report)
    return report
