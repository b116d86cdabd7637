"""One attribute of MISP to objects of STIX: an indicator where it is to be detected, else observed data; a rule, an
identity, a location or a vulnerability where it is one; a note where STIX has nothing of its kind."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from proxeny.formats.actor_words import actor_kind
from proxeny.formats.between.attribute_types import RULES, TARGETS, TYPES, UNKNOWN, AttributeType
from proxeny.formats.between.bundle import (
    APART,
    NEVER,
    Bundle,
    Labels,
    extension,
    flag,
    is_yes,
    labels_of,
    without_empty,
)
from proxeny.formats.between.misp_galaxies import location
from proxeny.formats.between.misp_parts import attach, bears
from proxeny.formats.between.places import Filled, Place, observables_of, pattern_of
from proxeny.formats.between.values import FORMS, as_text
from proxeny.formats.misp.attributes import ACTORS, ATTRIBUTING
from proxeny.formats.stix.write_objects import observable
from proxeny.identify.state_names import state_named

Object = dict[str, Any]

_PLAIN = frozenset(
    {"id", "event_id", "object_id", "uuid", "type", "category", "to_ids", "value", "timestamp", "comment"}
    | {"distribution", "sharing_group_id", "deleted", "disable_correlation", "object_relation", "first_seen"}
    | {"last_seen"}
)
"""Members that are always single values: an attribute that has no other is kept as it stands."""
_SCALAR = _PLAIN | APART
NAME_LENGTH = 255  # of the name of an object; a longer value is cut there, and stands whole in the pattern


def withheld(attribute: Object, kind: str) -> bool:
    """Whether an attribute says who did it."""
    if kind in ACTORS or (kind in ATTRIBUTING and attribute.get("category") == "Attribution"):
        return True
    relation = attribute.get("object_relation")
    return type(relation) is str and actor_kind(relation) is not None


def kept(attribute: Object, tags: Labels | None, pointer: str, bundle: Bundle) -> Object:
    """The attribute as its extension keeps it."""
    keys = attribute.keys()
    if keys <= _PLAIN and None not in attribute.values():
        return attribute
    if keys <= _SCALAR:
        found = {key: value for key, value in attribute.items() if value is not None and key not in APART}
    else:
        found = without_empty(attribute, APART, pointer, bundle)
    if tags is not None and tags.tags:
        found["Tag"] = tags.tags
    return found


@lru_cache(maxsize=4096)
def _own_labels(kind: str, category: str, to_ids: bool) -> tuple[str, ...]:
    return (f'misp:type="{kind}"', f'misp:category="{category}"', f'misp:to_ids="{to_ids}"')


def filled_of(
    places: tuple[Place, ...], value: str, *, loose: bool, constants: tuple[tuple[Place, str], ...] = ()
) -> list[Filled] | None:
    """The places of a value, each with its part; None where one part does not fit. `loose` for a pattern."""
    parts = [value] if len(places) == 1 else value.rsplit("|", len(places) - 1)
    if not places or len(parts) != len(places):
        return None
    found = []
    for place, part in zip(places, parts, strict=True):
        form = place.form(part)
        if form is not None:
            found.append(Filled(place, form))
        elif loose and place.loose and part:
            found.append(Filled(place, part, False))
        else:
            return None
    if constants:
        found += [Filled(place, constant) for place, constant in constants]
    return found


def convert_attribute(attribute: Object, pointer: str, bundle: Bundle) -> None:
    """Put one attribute into the bundle, or a loss with its pointer."""
    kind, value = attribute.get("type"), as_text(attribute.get("value"))
    if not isinstance(kind, str) or value is None:
        bundle.lose(pointer, "an attribute without type or value")
        return
    if is_yes(attribute.get("deleted")):
        bundle.lose(pointer, "a deleted attribute")
        return
    if withheld(attribute, kind):
        bundle.lose(pointer, NEVER)
        return
    spec = TYPES.get(kind, UNKNOWN)
    tags = labels_of(attribute, pointer, bundle) if attribute.get("Tag") else None
    to_ids = flag(attribute.get("to_ids"), spec.to_ids)
    category = attribute.get("category")
    labels = [*_own_labels(kind, category if type(category) is str else spec.category, to_ids)]
    if tags is not None:
        labels += tags.labels
    source = kept(attribute, tags, pointer, bundle)
    common = {
        "made": bundle.time_of(attribute),
        "marks": tags.marks if tags is not None else None,
        "labels": labels,
    }
    main = _put(attribute, kind, value, spec, to_ids, source, common, pointer, bundle)
    uuid = attribute.get("uuid")
    if type(uuid) is str:
        bundle.places.setdefault(uuid, main)
    if bears(attribute):
        attach(attribute, main, pointer, bundle)


def _put(
    attribute: Object,
    kind: str,
    value: str,
    spec: AttributeType,
    to_ids: bool,
    source: Object,
    common: Object,
    pointer: str,
    bundle: Bundle,
) -> str:
    """The objects of an attribute; gives the identifier of the one that stands for it."""
    uuid = attribute.get("uuid")
    data = attribute.get("data")
    files = []
    if data and (files := files_of(kind, value, data)):
        source = {key: item for key, item in source.items() if key != "data"} | {"data_ref": files[0]["id"]}
    if files and to_ids and type(uuid) is not str:  # two objects will stand for it, and must be known as one
        source = source | {"uuid": bundle.identifier("observed-data", None, pointer).partition("--")[2]}
    common["extensions"] = extension("attribute", source)
    observed = ""
    if files:
        observed = put_observed(attribute, uuid, files, common, pointer, bundle)
        if not to_ids:
            return observed
    if kind in RULES:
        return _rule(attribute, kind, value, common, pointer, bundle)
    if to_ids:
        filled = filled_of(spec.places, value, loose=True, constants=spec.constants)
        if filled is not None:
            main = put_indicator(attribute, uuid, value, pattern_of(filled), "stix", common, pointer, bundle)
            if observed:
                bundle.relate("based-on", main, observed, str(common["made"]), pointer)
            return main
    elif spec.places:
        filled = filled_of(spec.places, value, loose=False, constants=spec.constants)
        items = observables_of(filled, pointer.encode() + bundle.base) if filled is not None else []
        if items:
            return put_observed(attribute, uuid, items, common, pointer, bundle)
    if observed:
        return observed
    return _other(attribute, kind, value, common, pointer, bundle)


def _other(attribute: Object, kind: str, value: str, common: Object, pointer: str, bundle: Bundle) -> str:
    """An attribute that is no observable: who or where was hit, a vulnerability, or words."""
    uuid = attribute.get("uuid")
    comment = {"description": attribute["comment"]} if isinstance(attribute.get("comment"), str) else {}
    if not comment.get("description"):
        comment = {}
    if kind in TARGETS and value:
        name = bundle.identifier("identity", uuid, pointer)
        return bundle.add(
            bundle.domain_object(
                "identity", name, name=value, identity_class=TARGETS[kind], **comment, **common
            )
        )
    if kind == "target-location" and (state := state_named(value)):
        return bundle.add(
            location(bundle.identifier("location", uuid, pointer), value, state, common, bundle)
        )
    if kind == "vulnerability" and value:
        cve = FORMS["cve"](value)
        reference: Object = (
            {"external_references": [{"source_name": "cve", "external_id": cve}]} if cve else {}
        )
        name = bundle.identifier("vulnerability", uuid, pointer)
        return bundle.add(
            bundle.domain_object("vulnerability", name, name=value, **reference, **comment, **common)
        )
    return put_note(uuid, kind, value, common, pointer, bundle)


def put_note(uuid: Any, abstract: str, content: str, common: Object, pointer: str, bundle: Bundle) -> str:
    """What STIX has no object for, in words."""
    name = bundle.identifier("note", uuid, pointer)
    return bundle.add(
        bundle.domain_object(
            "note", name, abstract=abstract, content=content, object_refs=[bundle.container], **common
        )
    )


def _rule(attribute: Object, kind: str, value: str, common: Object, pointer: str, bundle: Bundle) -> str:
    """A rule of detection as the pattern of an indicator. A pattern of STIX is not parsed here, so it stays a note."""
    if kind == "stix2-pattern" or not value:
        return put_note(attribute.get("uuid"), kind, value, common, pointer, bundle)
    return put_indicator(attribute, attribute.get("uuid"), kind, value, RULES[kind], common, pointer, bundle)


def files_of(kind: str, name: str, data: Any) -> list[Object]:
    """The artifact of a file that an attribute holds, and the file itself; never opened. Empty where the data are
    not base64. The archives of malware samples bear the password that MISP gives them all."""
    if not isinstance(data, str) or FORMS["base64"](data) is None:
        return []
    content: Object = {"payload_bin": data}
    file: Object = {"name": name} if name else {}
    if kind == "malware-sample":
        content |= {
            "mime_type": "application/zip",
            "encryption_algorithm": "mime-type-indicated",
            "decryption_key": "infected",
        }
        name, bar, digest = name.rpartition("|")
        file = {"name": name} if bar and name else file
        if FORMS["md5"](digest):
            file["hashes"] = {"MD5": digest}
    artifact = observable("artifact", content)
    if not file:
        return [artifact]
    return [artifact, observable("file", {**file, "content_ref": artifact["id"]})]


def put_indicator(
    owner: Object,
    uuid: Any,
    name: str,
    pattern: str,
    pattern_type: str,
    common: Object,
    pointer: str,
    bundle: Bundle,
) -> str:
    """An indicator with its pattern."""
    made = common["made"]
    properties: Object = {"name": name if len(name) <= NAME_LENGTH else f"{name[:NAME_LENGTH]}…"}
    comment = owner.get("comment")
    if comment and isinstance(comment, str):
        properties["description"] = comment
    properties |= {"pattern": pattern, "pattern_type": pattern_type}
    if pattern_type == "stix":
        properties["pattern_version"] = "2.1"
    first = owner.get("first_seen")
    properties["valid_from"] = (FORMS["time"](first) if isinstance(first, str) else None) or made
    identifier = bundle.identifier("indicator", uuid, pointer)
    return bundle.add(bundle.domain_object("indicator", identifier, **common, **properties))


def put_observed(
    owner: Object, uuid: Any, items: list[Object], common: Object, pointer: str, bundle: Bundle
) -> str:
    """Observed data with the observables it is of."""
    made = common["made"]
    marks = common.get("marks") or bundle.marks
    for item in items:
        if marks and item["id"] not in bundle.seen:
            item["object_marking_refs"] = marks
        bundle.add(item)
    first, last = owner.get("first_seen"), owner.get("last_seen")
    start = (FORMS["time"](first) if isinstance(first, str) else None) or made
    end = (FORMS["time"](last) if isinstance(last, str) else None) or max(start, made)
    identifier = bundle.identifier("observed-data", uuid, pointer)
    return bundle.add(
        bundle.domain_object(
            "observed-data",
            identifier,
            **common,
            first_observed=start,
            last_observed=max(start, end),
            number_observed=1,
            object_refs=list(dict.fromkeys(item["id"] for item in items)),
        )
    )
