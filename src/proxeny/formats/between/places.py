"""Places in observables of STIX, written as text, and values put into them: as a pattern, or as observables.

A place is one of, after the type of the observable and a colon (`ip` stands for the type of the address given):

    name                       a property
    protocols[]                a property that is a list
    hashes/MD5                 a member of a dictionary; also of an extension: extensions/socket-ext/socket_type
    values/data                a property of the only member of a list (registry values)
    dst_ref>ip.value           a property of the observable that is referred to
    to_refs>>email-addr.value  the same, of one of several
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, Literal, NamedTuple

from proxeny.formats.between.values import FORMS, LOOSE
from proxeny.formats.stix.write_objects import observable

Object = dict[str, Any]
_Kind = Literal["property", "list", "member", "extension", "value", "ref", "refs"]
_PLACE = re.compile(r"([a-z0-9-]+):(.+)")


class Place(NamedTuple):
    """A place, ready for use: how it is filled, the words of it, its path in a pattern, and the form of its value."""

    root: str
    kind: _Kind
    words: tuple[str, ...]
    path: str
    form: Callable[[str], Any]
    loose: bool  # whether a pattern takes a value that is not of the form


class Filled(NamedTuple):
    """A place and the value to stand there; `exact` where it has the form that an observable requires."""

    place: Place
    value: Any
    exact: bool = True


def place_of(text: str, form: str) -> Place:
    """The place that a text of the tables means."""
    match = _PLACE.fullmatch(text)
    if match is None:
        raise ValueError(f"no place: {text}")
    root, rest = match[1], match[2]
    kind, words, path = _read(rest)
    return Place(root, kind, words, path, FORMS[form], form in LOOSE)


def _read(rest: str) -> tuple[_Kind, tuple[str, ...], str]:
    """How the place is filled, its words, and its path in a pattern (section 9.7)."""
    if ">" in rest:
        prop, kind, name = re.split(r">{1,2}|\.", rest)
        if ">>" in rest:
            return "refs", (prop, kind, name), f"{prop}[*].{name}"
        return "ref", (prop, kind, name), f"{prop}.{name}"
    if rest.endswith("[]"):
        return "list", (rest[:-2],), f"{rest[:-2]}[*]"
    words = tuple(rest.split("/"))
    if len(words) > 2:
        return "extension", words[1:], f"extensions.'{words[1]}'.{'.'.join(map(_key, words[2:]))}"
    if words[0] == "values":
        return "value", words[1:], f"values[*].{words[1]}"
    if len(words) == 2:
        return "member", words, f"{words[0]}.{_key(words[1])}"
    return "property", words, rest


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_]+", name) else f"'{name}'"


def type_for(kind: str, value: Any) -> str:
    """The type of observable that a value is of, where the table leaves it to the value."""
    if kind == "ip":
        return "ipv6-addr" if ":" in value else "ipv4-addr"
    if kind == "host":
        if ":" in value:
            return "ipv6-addr"
        return "ipv4-addr" if value[-1:].isdigit() else "domain-name"
    return kind


def literal(value: Any) -> str:
    """A constant of a pattern (STIX 2.1, section 9.2)."""
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if "\\" in value or "'" in value:
        value = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{value}'"


def pattern_of(filled: Iterable[Filled]) -> str:
    """The pattern that all the values match: one observation for each type, alternatives for one place."""
    roots: dict[str, dict[str, dict[str, None]]] = {}
    for place, value, _ in filled:
        root = type_for(place.root, value)
        if place.form is FORMS["time"]:
            continue  # when it was seen is nothing to look for
        roots.setdefault(root, {}).setdefault(place.path, {})[literal(value)] = None
    observations = []
    for root, paths in roots.items():
        terms = []
        for path, constants in paths.items():
            equal = [f"{root}:{path} = {constant}" for constant in constants]
            terms.append(equal[0] if len(equal) == 1 else f"({' OR '.join(equal)})")
        observations.append(f"[{' AND '.join(terms)}]")
    return " AND ".join(observations)


# What an observable must have at the least (section 6, and the schemas of the standard).
_NEEDS: dict[str, tuple[str, ...]] = {
    "file": ("hashes", "name"),
    "network-traffic": ("src_ref", "dst_ref"),
    "artifact": ("payload_bin",),
    "autonomous-system": ("number",),
    "directory": ("path",),
    "mutex": ("name",),
    "software": ("name",),
    **dict.fromkeys(("domain-name", "email-addr", "ipv4-addr", "ipv6-addr", "mac-addr", "url"), ("value",)),
}


def observables_of(filled: Iterable[Filled], salt: bytes = b"") -> list[Object]:
    """The observables that hold the values, those referred to before those that refer. Observables that would lack
    what STIX requires are left out; what they refer to stays."""
    mains: dict[str, list[Object]] = {}
    others: dict[tuple[int, str], tuple[str, Object]] = {}  # by the holder and its property
    listed: dict[int, dict[str, dict[Any, None]]] = {}
    several: dict[tuple[int, str], list[tuple[str, Object]]] = {}
    for place, value, _ in filled:
        root = type_for(place.root, value)
        held = mains.setdefault(root, [{}])
        main = held[0]
        kind, words = place.kind, place.words
        if kind == "property":
            if words[0] not in main:
                main[words[0]] = value
            elif main[words[0]] != value and words[0] == _NEEDS.get(root, ("",))[0]:
                held.append({words[0]: value})
        elif kind == "member":
            main.setdefault(words[0], {}).setdefault(words[1], value)
        elif kind == "list":
            listed.setdefault(id(main), {}).setdefault(words[0], {})[value] = None
        elif kind == "extension":
            inner = main.setdefault("extensions", {}).setdefault(words[0], {})
            inner[words[1]] = value if len(words) == 2 else {words[2]: [value]}
        elif kind == "value":
            main.setdefault("values", [{}])[0].setdefault(words[0], value)
        elif kind == "ref":
            other = others.setdefault((id(main), words[0]), (type_for(words[1], value), {}))
            other[1].setdefault(words[2], value)
        else:
            entry = (type_for(words[1], value), {words[2]: value})
            several.setdefault((id(main), words[0]), []).append(entry)
    made: dict[str, Object] = {}
    for root, held in mains.items():
        for main in held:
            properties = dict(main)
            for prop, values in listed.get(id(main), {}).items():
                properties[prop] = list(values)
            for (holder, prop), (kind_of, inner) in others.items():
                if holder == id(main):
                    properties[prop] = _add(kind_of, inner, salt + prop.encode(), made)
            for (holder, prop), entries in several.items():
                if holder == id(main):
                    refs = [
                        _add(k, inner, salt + f"{prop}{n}".encode(), made)
                        for n, (k, inner) in enumerate(entries)
                    ]
                    properties[prop] = list(dict.fromkeys(refs))
            _complete(root, properties, made)
            if properties and any(name in properties for name in _NEEDS.get(root, tuple(properties))):
                _add(root, properties, salt, made)
    return list(made.values())


_EXTENSION_NEEDS = {  # sections 6.12.2 and 6.12.4
    "http-request-ext": {"request_method", "request_value"},
    "socket-ext": {"address_family"},
}


def _complete(root: str, properties: Object, made: dict[str, Object]) -> None:
    """Give what the standard requires beside what was said, and take away what it forbids."""
    if root == "network-traffic":
        if "protocols" not in properties:
            ref = str(properties.get("dst_ref") or properties.get("src_ref") or "")
            properties["protocols"] = [ref[:4] if ref.startswith("ipv") else "ip"]
        if str(properties.get("end", "~")) < str(properties.get("start", "")):
            del properties["end"]
        extensions = properties.get("extensions")
        if extensions is not None:
            for name, needed in _EXTENSION_NEEDS.items():
                if name in extensions and not needed <= extensions[name].keys():
                    del extensions[name]
            if not extensions:
                del properties["extensions"]
    elif root == "email-message" and properties:
        properties["is_multipart"] = False
    elif root == "windows-registry-key" and "data_type" in properties.get("values", [{}])[0]:
        value = properties["values"][0]
        if value["data_type"] not in _REGISTRY_TYPES:
            del value["data_type"]
            if not value:
                del properties["values"]
    elif root == "domain-name" and "resolves_to_refs" in properties and "value" not in properties:
        properties.clear()
    for prop in [name for name, value in properties.items() if value is None]:
        del properties[prop]
    for prop in ("creator_user_ref", "parent_ref"):
        if prop in properties and properties[prop] not in made:
            del properties[prop]


_REGISTRY_TYPES = frozenset(
    f"REG_{name}"
    for name in (
        *("NONE", "SZ", "EXPAND_SZ", "BINARY", "DWORD", "DWORD_BIG_ENDIAN", "DWORD_LITTLE_ENDIAN", "LINK"),
        *("MULTI_SZ", "RESOURCE_LIST", "FULL_RESOURCE_DESCRIPTION", "RESOURCE_REQUIREMENTS_LIST", "QWORD"),
        "INVALID_TYPE",
    )
)


def _add(kind: str, properties: Object, salt: bytes, made: dict[str, Object]) -> str:
    item = observable(kind, properties, salt=salt)
    made.setdefault(item["id"], item)
    return str(item["id"])
