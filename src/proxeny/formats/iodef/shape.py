"""A document in the shape of JSON-IODEF (RFC 8727), whichever way it was written: out of XML or JSON, checked against
the facts of `classes`. What the standard does not know is set aside and named, what breaks it is a fault."""

from __future__ import annotations

import base64
from typing import Any

import msgspec

from proxeny.base.errors import Fault, InputError
from proxeny.formats.entries import MAX_FAULTS
from proxeny.formats.iodef.classes import (
    BY_ATTRIBUTE,
    IMPACTS,
    JSON_NAMES,
    NAMESPACES,
    XML,
    XSI,
    Class,
    class_of,
    leaf_of,
)
from proxeny.formats.iodef.markup import Element

Tree = dict[str, Any]

_MAX_NAME = 60  # code points shown of a name that is not known


class Shaped(msgspec.Struct, kw_only=True):
    """A document. `unknown`: what the standard does not know, as (JSON pointer, name), by the pointer of the Incident
    that holds it, "" for none. `lines`: in XML, the line of each element by the pointer to what it became."""

    place: str
    tree: Tree = msgspec.field(default_factory=dict)
    unknown: dict[str, list[tuple[str, str]]] = msgspec.field(default_factory=dict)
    faults: list[Fault] = msgspec.field(default_factory=list)
    lines: dict[str, int] = msgspec.field(default_factory=dict)

    def where(self, at: str) -> str:
        """The place to name in a fault on what stands at the pointer `at`."""
        near = at
        while near and near not in self.lines:
            near = near.rpartition("/")[0]
        line = f", line {self.lines[near]}" if near in self.lines else ""
        return f"{self.place}{line}, {at}" if at else f"{self.place}{line}"

    def fault(self, at: str, message: str, remedy: str) -> None:
        """Note what breaks the standard, as far as a person can correct it at a time."""
        if len(self.faults) < MAX_FAULTS:
            self.faults.append(Fault(self.where(at), message, remedy))

    def set_aside(self, at: str, name: str) -> None:
        """Note a member, element or attribute that the standard does not know."""
        parts = at.split("/", 3)
        incident = "/".join(parts[:3]) if parts[1:2] == ["Incident"] and len(parts) > 2 else ""
        self.unknown.setdefault(incident, []).append((at, name[:_MAX_NAME]))


def of_json(value: Any, place: str) -> Shaped:
    """The document of a decoded JSON value. Raises InputError with every fault of its structure."""
    shaped = Shaped(place=place)
    shaped.tree = _object(value, _class("IODEF-Document"), "", shaped)
    return _sound(shaped)


def of_xml(root: Element, place: str) -> Shaped:
    """The document of an XML tree. Raises InputError with every fault of its structure."""
    shaped = Shaped(place=place)
    shaped.tree = _node(root, _class("IODEF-Document"), "", shaped)
    return _sound(shaped)


def _sound(shaped: Shaped) -> Shaped:
    if shaped.faults:
        raise InputError(shaped.faults)
    return shaped


def _class(name: str) -> Class:
    found = class_of(name)
    if found is None:
        raise KeyError(name)
    return found


# JSON


def _object(value: Any, cls: Class, at: str, shaped: Shaped) -> Tree:
    if not isinstance(value, dict):
        shaped.fault(at, "not an object", f"write the {cls.name} as an object")
        return {}
    tree: Tree = {}
    for key, item in (_old_impacts(value) if cls.name == "Assessment" else value).items():
        below = f"{at}/{key}"
        member = cls.members.get(key)
        if key == cls.text:
            tree[key] = _plain(item, "number" if cls.numeric else "text", below, shaped)
        elif key in cls.attributes:
            tree[key] = _plain(item, "number" if cls.attributes[key][1] else "text", below, shaped)
        elif member is None:
            shaped.set_aside(below, key)
        elif not member.many:
            tree[key] = _member(item, key, below, shaped)
        elif isinstance(item, list):
            tree[key] = [_member(one, key, f"{below}/{i}", shaped) for i, one in enumerate(item)]
        else:
            shaped.fault(below, "not a list", "put it in brackets: [ … ]")
    _check_required(tree, cls, at, shaped)
    return tree


def _old_impacts(value: Tree) -> Tree:
    """The impacts as the drafts of RFC 8727 had them, lists of their own, brought into the list `Impact`."""
    old = [key for key in IMPACTS if isinstance(value.get(key), list)]
    if not old or "Impact" in value:
        return value
    rest = {key: item for key, item in value.items() if key not in old}
    return rest | {"Impact": [{key: item} for key in old for item in value[key]]}


def _member(value: Any, name: str, at: str, shaped: Shaped) -> Any:
    if name == "Impact":
        return _impact(value, at, shaped)
    cls = class_of(name)
    if cls is not None:
        return _object(value, cls, at, shaped)
    if name == "BulkObservableList" and isinstance(value, list):  # as the drafts of RFC 8727 had it
        value = "\n".join(item for item in value if isinstance(item, str))
    return _plain(value, leaf_of(name), at, shaped)


def _impact(value: Any, at: str, shaped: Shaped) -> Tree:
    if not isinstance(value, dict):
        shaped.fault(at, "not an object", 'write {"SystemImpact": {…}}')
        return {}
    tree: Tree = {}
    for key, item in value.items():
        if key in IMPACTS:
            tree[key] = _object(item, _class(key), f"{at}/{key}", shaped)
        else:
            shaped.set_aside(f"{at}/{key}", key)
    return tree


def _plain(value: Any, kind: str, at: str, shaped: Shaped) -> Any:
    """A plain value, blanks around a text stripped; words may be an object with their language."""
    if kind == "words" and isinstance(value, dict):
        words = {key: item for key, item in value.items() if key in ("value", "lang", "translation-id")}
        for key in value:
            if key not in words:
                shaped.set_aside(f"{at}/{key}", key)
        if isinstance(words.get("value"), str) and all(isinstance(item, str) for item in words.values()):
            return words | {"value": words["value"].strip()}
        shaped.fault(at, "not a text with its language", 'write {"value": "…", "lang": "en"}')
        return ""
    if kind == "number":
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return value
        shaped.fault(at, "not a number", "write it without quotation marks")
        return 0
    if isinstance(value, str):
        return value.strip()
    shaped.fault(at, "not a text", "put it in quotation marks")
    return ""


# XML


def _node(element: Element, cls: Class, at: str, shaped: Shaped) -> Tree:
    tree: Tree = {}
    shaped.lines[at] = element.line
    for space, name, value in element.attributes:
        if name in cls.attributes and (not space or (space == XML and name == "lang")):
            number = cls.attributes[name][1]
            tree[name] = _number(value, f"{at}/{name}", shaped) if number else value.strip()
        elif space != XSI:
            shaped.set_aside(f"{at}/{name}", f"{name} of {cls.name}")
    text = element.text.strip()
    if cls.text and cls.numeric:
        if text:  # RFC 7970, section 3.12.5, has a Confidence without a number, which its schema does not
            tree[cls.text] = _number(text, at, shaped)
    elif cls.text:
        tree[cls.text] = text
    elif text:
        shaped.set_aside(at, f"characters between the elements of {cls.name}")
    for child in element.children:
        _child(child, tree, cls, at, shaped)
    _check_required(tree, cls, at, shaped)
    return tree


def _child(child: Element, tree: Tree, cls: Class, at: str, shaped: Shaped) -> None:
    """Take a child element into the tree of its parent."""
    name = JSON_NAMES.get(child.name, child.name)
    known = child.space in NAMESPACES
    member = cls.members.get(name)
    if known and name in IMPACTS and cls.name == "Assessment":
        impacts = tree.setdefault("Impact", [])
        below = f"{at}/Impact/{len(impacts)}"
        shaped.lines[below] = child.line
        impacts.append({name: _node(child, _class(name), f"{below}/{name}", shaped)})
    elif known and any(other.inside == name for other in cls.members.values()):
        _unwrapped(child, tree, cls, at, shaped)
    elif not known or member is None or name == "Impact":
        shaped.set_aside(at, f"{child.name} in {cls.name}")
    elif member.many:
        items = tree.setdefault(name, [])
        items.append(_value(child, name, f"{at}/{name}/{len(items)}", shaped))
    elif name in tree:
        shaped.lines[at] = child.line
        shaped.fault(at, f"{child.name} stands twice in {cls.name}", "keep one")
    else:
        tree[name] = _value(child, name, f"{at}/{name}", shaped)


def _unwrapped(wrapper: Element, tree: Tree, cls: Class, at: str, shaped: Shaped) -> None:
    """The members inside an element that JSON-IODEF does without; a restriction of it goes over to them."""
    over = {
        name: value
        for space, name, value in wrapper.attributes
        if not space and name in ("restriction", "ext-restriction")
    }
    for child in wrapper.children:
        name = JSON_NAMES.get(child.name, child.name)
        member = cls.members.get(name)
        if child.space not in NAMESPACES or member is None or member.inside != wrapper.name:
            shaped.set_aside(at, f"{child.name} in {wrapper.name}")
            continue
        _child(child, tree, cls, at, shaped)
        inner = tree[name][-1]
        if over and isinstance(inner, dict) and "restriction" not in inner:
            inner.update(over)


def _value(element: Element, name: str, at: str, shaped: Shaped) -> Any:
    cls = class_of(name)
    if cls is not None:
        return _node(element, cls, at, shaped)
    shaped.lines[at] = element.line
    kind = leaf_of(name)
    by = BY_ATTRIBUTE.get(element.name)
    known = ("lang", "translation-id") if kind == "words" else (by,)
    attributes = {key: value for space, key, value in element.attributes if key in known}
    for space, key, _ in element.attributes:
        if key not in known and space != XSI:
            shaped.set_aside(f"{at}/{key}", f"{key} of {name}")
    if by:
        said = attributes.get(by, "").strip()
        return said if name == "uid-ref" else base64.b64encode(said.encode()).decode()
    if kind == "number":
        return _number(element.text, at, shaped)
    text = element.text.strip()
    if kind == "words":
        return {"value": text, **attributes} if attributes else text
    return text


def _number(text: str, at: str, shaped: Shaped) -> int | float:
    """A number of XML Schema; its `INF` and `NaN` are none that anything here can use."""
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if value != value or value in (float("inf"), float("-inf")) or "_" in text:
        shaped.fault(at, f"{text.strip()[:40]!r} is not a number", "write digits")
        return 0
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def _check_required(tree: Tree, cls: Class, at: str, shaped: Shaped) -> None:
    for name, (required, _) in cls.attributes.items():
        if required and name not in tree:
            shaped.fault(at, f"{cls.name} without {name}", f"add {name} (RFC 7970)")
    if cls.text and cls.text not in tree and not cls.numeric:
        shaped.fault(at, f"{cls.name} without {cls.text}", f"add {cls.text} (RFC 8727)")
    for name, member in cls.members.items():
        if member.required and not tree.get(name) and tree.get(name) != 0:
            shaped.fault(at, f"{cls.name} without {name}", f"add {name} (RFC 7970)")
