"""Observables of STIX as attributes and objects of MISP, with those they refer to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from proxeny.formats.between.event_draft import Draft, Made
from proxeny.formats.between.object_types import META_CATEGORIES, type_of_relation
from proxeny.formats.between.stix_patterns import Part, relations_at
from proxeny.formats.between.values import as_text

Object = dict[str, Any]

_SIMPLE = {  # observables that one value tells whole, and the type of attribute
    "domain-name": "domain",
    "ipv4-addr": "ip-dst",
    "ipv6-addr": "ip-dst",
    "url": "url",
    "email-addr": "email",
    "mac-addr": "mac-address",
}
_OBJECTS = {  # the object of MISP for the others
    "file": "file",
    "network-traffic": "network-connection",
    "process": "process",
    "user-account": "user-account",
    "x509-certificate": "x509",
    "windows-registry-key": "registry-key",
    "email-message": "email",
    "directory": "directory",
    "artifact": "artifact",
    "autonomous-system": "asn",
    "mutex": "mutex",
    "software": "cpe-asset",
    "domain-name": "domain-ip",
}
_ATTRIBUTES = {  # relations that, alone, are an attribute of their own
    ("file", "filename"): "filename",
    ("file", "md5"): "md5",
    ("file", "sha1"): "sha1",
    ("file", "sha256"): "sha256",
    ("file", "sha512"): "sha512",
    ("file", "ssdeep"): "ssdeep",
    ("file", "tlsh"): "tlsh",
    ("asn", "asn"): "AS",
    ("mutex", "name"): "mutex",
    ("registry-key", "key"): "regkey",
    ("x509", "x509-fingerprint-md5"): "x509-fingerprint-md5",
    ("x509", "x509-fingerprint-sha1"): "x509-fingerprint-sha1",
    ("x509", "x509-fingerprint-sha256"): "x509-fingerprint-sha256",
}
_HEAD = frozenset(
    {"type", "id", "spec_version", "object_marking_refs", "labels", "granular_markings", "defanged"}
    | {"is_multipart", "created", "modified", "created_by_ref"}
)
_MAX_DEPTH = 4  # references followed from one observable


def referred(items: Iterable[Object]) -> set[str]:
    """What observables refer to."""
    found: set[str] = set()
    for item in items:
        for name, value in item.items():
            if name.endswith("_ref") and isinstance(value, str) and name != "created_by_ref":
                found.add(value)
            elif name.endswith("_refs") and isinstance(value, list) and name != "object_marking_refs":
                found.update(one for one in value if isinstance(one, str))
    return found


def convert_observables(items: list[Object], holder: Object, draft: Draft, labelled: str = "") -> list[Made]:
    """What the observables are in MISP, each with those it refers to. `holder` gives time and tags: the observed
    data, or the observable itself. `labelled` is the type of attribute that the labels of a converter name."""
    held = {item["id"] for item in items}
    inner = referred(items) & held
    roots = [item for item in items if item["id"] not in inner] or items[:1]
    made = []
    for number, item in enumerate(roots):
        made.append(
            _convert(
                item, holder, draft, labelled if len(roots) == 1 else "", "" if not number else item["id"]
            )
        )
    draft.done.update(held)
    return [one for one in made if one is not None]


def _convert(item: Object, holder: Object, draft: Draft, labelled: str, what: str) -> Made | None:
    kind = item["type"]
    at = draft.pointers[item["id"]]
    tags = draft.tags(holder) + ([] if holder is item else draft.tags(item))
    more: Object = {"Tag": tags} if tags else {}
    words = (what,) if what else ()
    if kind in _SIMPLE and not (item.keys() - _HEAD - {"value"}):
        value = as_text(item.get("value")) or ""
        name = labelled if labelled and "|" not in labelled else _SIMPLE[kind]
        made = draft.attribute(holder, name, value, to_ids=False, what=words, **more)
        return _placed(holder, "attribute", made, item, draft)
    if kind not in _OBJECTS:
        parts = (
            [Part(_SIMPLE[kind], str(item["value"]), "value")] if kind in _SIMPLE and "value" in item else []
        )
        parts += _others(item, frozenset({"value"}), at, draft)
        name = kind
    else:
        name = _OBJECTS[kind]
        parts = _parts(item, name, at, draft, 0)
    if not parts:
        draft.lose(at, f"an observable of type {kind[:60]} without a value that MISP has a place for")
        return None
    if (one := _alone(parts, name)) is not None:
        made = draft.attribute(holder, labelled or one, parts[0].value, to_ids=False, what=words, **more)
        return _placed(holder, "attribute", made, item, draft)
    if labelled.count("|") + 1 == len(parts) and labelled:
        value = "|".join(part.value for part in parts)
        made = draft.attribute(holder, labelled, value, to_ids=False, what=words, **more)
        return _placed(holder, "attribute", made, item, draft)
    result = object_of(holder, name, parts, draft, tags, to_ids=False, what=words)
    return _placed(holder, "object", result, item, draft)


def _placed(holder: Object, kind: Any, made: Object, item: Object, draft: Draft) -> Made:
    draft.put(holder, kind, made)
    draft.done.add(item["id"])
    found = Made(kind, made)
    draft.made.setdefault(item["id"], found)
    return found


def _alone(parts: list[Part], name: str) -> str | None:
    return _ATTRIBUTES.get((name, parts[0].relation)) if len(parts) == 1 else None


def object_of(
    holder: Object,
    name: str,
    parts: list[Part],
    draft: Draft,
    tags: list[Object],
    *,
    to_ids: bool,
    what: tuple[str, ...] = (),
) -> Object:
    """An object of MISP with an attribute for each part. Tags stand on its attributes, since objects bear none."""
    made = draft.misp_object(holder, name, META_CATEGORIES.get(name, "misc"), [])
    for number, part in enumerate(parts):
        attribute = draft.attribute(
            holder,
            part.type,
            part.value,
            to_ids=to_ids,
            what=(*what, str(number), part.relation),
            object_relation=part.relation,
        )
        if tags:
            attribute["Tag"] = tags
        if part.data:
            attribute["data"] = part.data
        made["Attribute"].append(attribute)
    return made


def _parts(item: Object, name: str, at: str, draft: Draft, depth: int) -> list[Part]:
    """The attributes of an object of MISP, from the properties of an observable and of those it refers to."""
    table = relations_at(name)
    root = item["type"]
    seen = {item["id"]}
    found: list[Part] = []
    for prop, value in item.items():
        if prop in _HEAD:
            continue
        before = len(found)
        if prop.endswith("_ref"):
            found += _referred_parts(root, prop, value, name, draft, depth, seen, several=False)
        elif prop.endswith("_refs") and isinstance(value, list):
            for ref in value:
                found += _referred_parts(root, prop, ref, name, draft, depth, seen, several=True)
        elif prop == "values" and isinstance(value, list):
            for entry in value:
                if isinstance(entry, dict):
                    found += _scalars(entry, root, "values[*].", name, table)
        elif isinstance(value, dict) and prop == "extensions":
            for extension, content in value.items():
                if isinstance(content, dict):
                    found += _scalars(content, root, f"extensions.'{extension}'.", name, table)
        elif isinstance(value, dict):
            found += _scalars(value, root, f"{prop}.", name, table)
        elif isinstance(value, list):
            for one in value:
                if (text := as_text(one)) is not None:
                    found.append(_part(root, f"{prop}[*]", prop, text, name, table))
        elif prop == "payload_bin" and isinstance(value, str):
            found.append(Part("attachment", item["id"], "payload_bin", value))
        elif (text := as_text(value)) is not None:
            found.append(_part(root, prop, prop, text, name, table))
        if len(found) == before and value not in (None, [], {}):
            draft.lose(f"{at}/{prop}", f"{prop} of {root}: no place in MISP")
    return found


def _scalars(
    content: Object, root: str, path: str, name: str, table: dict[tuple[str, str], str]
) -> list[Part]:
    found = []
    for key, value in content.items():
        word = key if key.replace("_", "").isalnum() else f"'{key}'"
        if isinstance(value, dict):
            found += _scalars(value, root, f"{path}{word}.", name, table)
            continue
        for one in value if isinstance(value, list) else [value]:
            if (text := as_text(one)) is not None:
                found.append(_part(root, f"{path}{word}", key, text, name, table))
            elif isinstance(one, dict):
                found += _scalars(one, root, f"{path}{word}.", name, table)
    return found


def _part(root: str, path: str, prop: str, value: str, name: str, table: dict[tuple[str, str], str]) -> Part:
    """The attribute for one value: at the relation that MISP has for it, else under the name of the property."""
    relation = table.get((root, path))
    if relation is None:
        return Part("text", value, prop.removeprefix("x_misp_").replace("_", "-").lower())
    kind = type_of_relation(name, relation)
    return Part(kind, f"AS{value}" if kind == "AS" and value.isdecimal() else value, relation)


def _referred_parts(
    root: str, prop: str, ref: Any, name: str, draft: Draft, depth: int, seen: set[str], *, several: bool
) -> list[Part]:
    """The attributes that come from an observable referred to."""
    other = draft.objects.get(ref) if isinstance(ref, str) else None
    if other is None or depth >= _MAX_DEPTH or draft.budget < 0:
        return []
    if depth and other["id"] in seen:
        return []
    seen.add(other["id"])
    draft.budget -= 1
    draft.done.add(other["id"])
    table = relations_at(name)
    path = f"{prop}[*]" if several else prop
    found = []
    for key, value in other.items():
        if key in _HEAD:
            continue
        text = as_text(value)
        relation = table.get((root, f"{path}.{key}"))
        if relation is not None and text is not None:
            found.append(
                Part(_type_at(name, relation, other["type"]), text, _relation_at(relation, other["type"]))
            )
        elif text is not None:
            if key == "payload_bin":
                found.append(Part("attachment", other["id"], "attachment", text))
                continue
            word = f"{prop.removesuffix('_refs').removesuffix('_ref')}-{key}".replace("_", "-")
            found.append(Part("text", text, word))
        elif isinstance(value, dict):
            word = prop.removesuffix("_refs").removesuffix("_ref").replace("_", "-")
            for inner in _scalars(value, other["type"], f"{key}.", "", {}):
                found.append(Part(inner.type, inner.value, f"{word}-{inner.relation}"))
        elif key.endswith(("_ref", "_refs")):
            for one in value if isinstance(value, list) else [value]:
                found += _referred_parts(
                    root, f"{path}.{key}", one, name, draft, depth + 1, seen, several=False
                )
    return found


def _relation_at(relation: str, kind: str) -> str:
    if kind == "domain-name" and relation in ("ip-src", "ip-dst"):
        return f"hostname-{relation[3:]}"
    return relation


def _type_at(name: str, relation: str, kind: str) -> str:
    return type_of_relation(name, _relation_at(relation, kind))


def _others(item: Object, known: frozenset[str], at: str, draft: Draft) -> list[Part]:
    """The values of an observable of a type of its own."""
    found = []
    for prop, value in item.items():
        if prop in _HEAD or prop in known:
            continue
        if (text := as_text(value)) is not None:
            found.append(Part("text", text, prop.replace("_", "-")))
        elif isinstance(value, (dict, list)) and value:
            inner = value if isinstance(value, dict) else {prop: value}
            scalars = _scalars(inner, "", "", "", {})
            found += scalars
            if not scalars:
                draft.lose(f"{at}/{prop}", f"{prop}: no place in MISP")
    return found
