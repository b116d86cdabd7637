"""One object of MISP to objects of STIX, as the attributes alone: an indicator where one of its attributes is to be
detected, else observed data; a domain object where STIX has one of its kind; else a note."""

from __future__ import annotations

from typing import Any

from proxeny.formats.between.attribute_types import RULES, TYPES, UNKNOWN
from proxeny.formats.between.bundle import (
    APART,
    NEVER,
    Bundle,
    Labels,
    extension,
    flag,
    is_yes,
    labels_of,
    members,
    without_empty,
)
from proxeny.formats.between.misp_attributes import (
    files_of,
    filled_of,
    kept,
    put_indicator,
    put_note,
    put_observed,
    withheld,
)
from proxeny.formats.between.misp_parts import attach, bears
from proxeny.formats.between.object_types import CONSTANTS, DOMAIN_OBJECTS, OBJECTS, DomainObject, Relation
from proxeny.formats.between.places import Filled, observables_of, pattern_of
from proxeny.formats.between.values import FORMS, as_text
from proxeny.formats.misp.attributes import accused_in

Object = dict[str, Any]

_APART = APART | {"Attribute"}
_PLAIN = frozenset(
    {"id", "event_id", "uuid", "name", "meta-category", "description", "template_uuid", "template_version"}
    | {"timestamp", "distribution", "sharing_group_id", "deleted", "comment", "first_seen", "last_seen"}
    | {"Attribute"}
)
_SCALAR = _PLAIN | APART


class _Parts:
    """What the attributes of one object give, while it is converted."""

    __slots__ = ("files", "filled", "labels", "marks", "rule", "sources", "to_ids")

    def __init__(self) -> None:
        self.sources: list[Object] = []  # the attributes, as the extension keeps them
        self.filled: list[tuple[bool, bool, list[Filled]]] = []  # to_ids, exact, places
        self.files: list[Object] = []
        self.labels: list[str] = []
        self.marks: list[str] = []
        self.to_ids = False
        self.rule: tuple[str, str] | None = None

    def values(self) -> dict[str, list[str]]:
        """The values by their relation."""
        found: dict[str, list[str]] = {}
        for source in self.sources:
            relation, value = source.get("object_relation"), as_text(source["value"])
            if type(relation) is str and value is not None:
                found.setdefault(relation, []).append(value)
        return found


def convert_object(item: Object, pointer: str, bundle: Bundle) -> None:
    """Put one object with its attributes into the bundle; a loss for each attribute that is not in it."""
    name = item.get("name")
    attributes = members(item, "Attribute", pointer, bundle)
    reason = _refusal(item, name)
    if reason is not None:
        bundle.lose(pointer, reason)
        for at, _ in attributes:
            bundle.lose(at, reason)
        return
    assert isinstance(name, str)  # noqa: S101
    parts = _Parts()
    relations = OBJECTS.get(name)
    hanging: list[tuple[str, Object]] = []
    for at, attribute in attributes:
        _read(attribute, at, relations, parts, bundle)
        if bears(attribute):
            hanging.append((at, attribute))
    tags = labels_of(item, pointer, bundle)
    category = item.get("meta-category")
    own = [f'misp:name="{name}"']
    if isinstance(category, str):
        own.append(f'misp:meta-category="{category}"')
    own.append(f'misp:to_ids="{parts.to_ids}"')
    common: Object = {
        "made": bundle.time_of(item),
        "marks": _marks(tags, parts, bundle),
        "labels": list(dict.fromkeys([*own, *(tags.labels if tags is not None else ()), *parts.labels])),
        "extensions": extension("object", _source(item, attributes, parts, tags, pointer, bundle)),
    }
    if not parts.sources and attributes:
        bundle.lose(pointer, "an object of which no attribute is carried")
        return
    main = _put(item, name, parts, common, pointer, bundle)
    for owner in (item, *(attribute for _, attribute in attributes)):
        if isinstance(owner.get("uuid"), str):
            bundle.places.setdefault(owner["uuid"], main)
    for at, attribute in hanging:
        attach(attribute, main, at, bundle)
    if bears(item):
        attach(item, main, pointer, bundle)


def _marks(tags: Labels | None, parts: _Parts, bundle: Bundle) -> list[str] | None:
    """The markings of an object: its own, else those of the event, and those of its attributes beside them, since the
    strictest counts."""
    own = tags.marks if tags is not None else None
    return list(dict.fromkeys([*(own or bundle.marks), *parts.marks])) if parts.marks else own


def _refusal(item: Object, name: Any) -> str | None:
    """Why an object does not go into the bundle."""
    if not isinstance(name, str) or not name:
        return "an object without a name, or a part of one"
    if is_yes(item.get("deleted")):
        return "a deleted object, or a part of one"
    return NEVER if accused_in(name) else None


def _source(
    item: Object,
    attributes: list[tuple[str, Object]],
    parts: _Parts,
    tags: Any,
    pointer: str,
    bundle: Bundle,
) -> Object:
    """The object as its extension keeps it: as it stood where nothing of it is carried apart."""
    if item.keys() <= _PLAIN and None not in item.values() and len(parts.sources) == len(attributes):
        pairs = zip(parts.sources, attributes, strict=True)
        if attributes and all(source is attribute for source, (_, attribute) in pairs):
            return item
    if item.keys() <= _SCALAR:
        found = {key: value for key, value in item.items() if value is not None and key not in _APART}
    else:
        found = without_empty(item, _APART, pointer, bundle)
    if parts.sources:
        found["Attribute"] = parts.sources
    if tags is not None and tags.tags:
        found["Tag"] = tags.tags
    return found


def _read(
    attribute: Object,
    pointer: str,
    relations: dict[str, Relation] | None,
    parts: _Parts,
    bundle: Bundle,
) -> None:
    """Take one attribute in, or note its loss."""
    relation, value, kind = attribute.get("object_relation"), attribute.get("value"), attribute.get("type")
    if type(value) is not str:
        value = as_text(value)
    if value is None:
        bundle.lose(pointer, "an attribute without type or value")
        return
    if attribute.get("deleted") and is_yes(attribute["deleted"]):
        bundle.lose(pointer, "a deleted attribute")
        return
    kind = kind if isinstance(kind, str) else ""
    if withheld(attribute, kind):
        bundle.lose(pointer, NEVER)
        return
    spec = TYPES.get(kind, UNKNOWN)
    tags = labels_of(attribute, pointer, bundle) if attribute.get("Tag") else None
    if tags is not None:
        parts.labels += tags.labels
        parts.marks += tags.marks
    source = kept(attribute, tags, pointer, bundle)
    to_ids = attribute.get("to_ids")
    if type(to_ids) is not bool:
        to_ids = flag(to_ids, spec.to_ids)
    parts.to_ids = parts.to_ids or to_ids
    if attribute.get("data") and (files := files_of(kind, value, attribute["data"])):
        parts.files += files
        source = {key: held for key, held in source.items() if key != "data"} | {"data_ref": files[0]["id"]}
    parts.sources.append(source)
    if kind in RULES and kind != "stix2-pattern" and value:
        parts.rule = parts.rule or (RULES[kind], value)
    if relations is None:
        places = spec.places
    else:
        row = relations.get(relation) if type(relation) is str else None
        places = row.places if row is not None else ()
    filled = filled_of(places, value, loose=True) if places else None
    if filled is not None:
        parts.filled.append((to_ids, all(held.exact for held in filled), filled))


def _put(item: Object, name: str, parts: _Parts, common: Object, pointer: str, bundle: Bundle) -> str:
    """The objects for an object of MISP; gives the identifier of the one that stands for it."""
    uuid = item.get("uuid")
    domain = DOMAIN_OBJECTS.get(name)
    if domain is not None and (properties := _properties(domain, parts.values())):
        identifier = bundle.identifier(domain.type, uuid, pointer)
        if parts.files:
            _extra_files(parts.files, item, common, pointer, bundle)
        return bundle.add(bundle.domain_object(domain.type, identifier, **common, **properties))
    if parts.rule is not None:
        return put_indicator(item, uuid, name, parts.rule[1], parts.rule[0], common, pointer, bundle)
    constants = [Filled(place, value) for place, value in CONSTANTS.get(name, ())]
    looked_for = [place for to_ids, _, filled in parts.filled if to_ids for place in filled]
    observed = ""
    exact = [place for _, good, filled in parts.filled if good for place in filled]
    items = (
        [] if looked_for and not parts.files else _observed(exact, constants, parts.files, pointer, bundle)
    )
    if items:
        observed = put_observed(item, uuid, items, common, pointer, bundle)
    if looked_for:
        pattern = pattern_of([*looked_for, *constants])
        if pattern:
            title = next((held[0] for held in parts.values().values()), name)
            main = put_indicator(item, uuid, f"{name}: {title}", pattern, "stix", common, pointer, bundle)
            if observed:
                bundle.relate("based-on", main, observed, common["made"], pointer)
            return main
    if observed:
        return observed
    lines = [f"{relation}: {value}" for relation, values in parts.values().items() for value in values]
    return put_note(uuid, name, "\n".join(lines) or name, common, pointer, bundle)


def _extra_files(files: list[Object], item: Object, common: Object, pointer: str, bundle: Bundle) -> None:
    """The files of an object that becomes a domain object, as observed data beside it."""
    rest = {key: value for key, value in common.items() if key != "extensions"}
    put_observed(item, None, files, rest, f"{pointer}/files", bundle)


def _observed(
    filled: list[Filled], constants: list[Filled], files: list[Object], pointer: str, bundle: Bundle
) -> list[Object]:
    items = observables_of([*filled, *constants], pointer.encode() + bundle.base) if filled else []
    if not files:
        return items
    contents = [file["id"] for file in files if file["type"] == "artifact"]
    for item in items:
        if item["type"] == "file" and "content_ref" not in item and len(contents) == 1:
            item["content_ref"] = contents[0]
    # A file that the other attributes tell more of replaces the one made of name and data alone.
    told = {item["id"] for item in items}
    return [file for file in files if file["id"] not in told] + items


def _properties(domain: DomainObject, values: dict[str, list[str]]) -> Object:
    """The properties of a domain object; empty where it would lack what the standard requires."""
    found: Object = {}
    for prop, relations in domain.properties:
        given = [value for relation in relations for value in values.get(relation, ()) if value]
        if not given:
            continue
        if domain.identity_class == "individual" and prop == "name":
            found[prop] = _person(values) or given[0]
        elif prop in ("latitude", "longitude"):
            number = _number(given[0])
            if number is not None:
                found[prop] = number
        elif prop == "contact_information":
            found[prop] = "; ".join(given)
        elif prop != "country" or len(given[0]) == 2:
            found[prop] = given[0].upper() if prop == "country" else given[0]
    if domain.type == "location":
        return _location(found, values)
    if "name" not in found:
        return {}
    if domain.type == "identity":
        classes = values.get("identity_class") or [domain.identity_class]
        found["identity_class"] = classes[0]
        if roles := [*values.get("role", ()), *values.get("roles", ())]:
            found["roles"] = roles
    references = _references(domain, values)
    return {**found, "external_references": references} if references else found


def _person(values: dict[str, list[str]]) -> str:
    whole = values.get("full-name")
    return (
        whole[0]
        if whole
        else " ".join(
            values[part][0] for part in ("first-name", "middle-name", "last-name") if values.get(part)
        )
    )


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if -180 <= number <= 180 else None


def _location(found: Object, values: dict[str, list[str]]) -> Object:
    if not {"latitude", "longitude"} <= found.keys() or abs(found["latitude"]) > 90:
        found.pop("latitude", None)
        found.pop("longitude", None)
    if streets := values.get("address"):
        found["street_address"] = streets[0]
    if codes := values.get("zipcode"):
        found["postal_code"] = codes[0]
    return found if {"country", "region", "latitude"} & found.keys() else {}


def _references(domain: DomainObject, values: dict[str, list[str]]) -> list[Object]:
    found = []
    for value in values.get("id", ()):
        if domain.type == "vulnerability" and (cve := FORMS["cve"](value)):
            found.append({"source_name": "cve", "external_id": cve})
        elif domain.type == "attack-pattern" and value.removeprefix("CAPEC-").isdecimal():
            found.append({"source_name": "capec", "external_id": f"CAPEC-{value.removeprefix('CAPEC-')}"})
    found += [
        {"source_name": "url", "url": url}
        for url in (*values.get("references", ()), *values.get("reference", ()))
        if FORMS["url"](url)
    ]
    return found
