"""A Report as an IODEF version 2 document in XML (RFC 7970), valid by its schema."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from typing import Any

from proxeny.formats.iodef.classes import (
    BY_ATTRIBUTE,
    IMPACTS,
    IODEF,
    NAMESPACES,
    XML_NAMES,
    Class,
    Member,
    class_of,
    space_of,
)
from proxeny.formats.iodef.compose import compose
from proxeny.formats.iodef.shape import Tree
from proxeny.formats.outgoing import Outgoing, Written
from proxeny.identify.report import Loss

_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, production 2
_REPLACEMENT = "\ufffd"
# A parser makes of each of these a blank or a line break, but not of its reference (XML 1.0, sections 2.11, 3.3.3).
_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_ATTRIBUTE = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}
)


def write(out: Outgoing) -> Written:
    """The document of a report. Characters that XML 1.0 does not allow are replaced, with a loss."""
    composed = compose(out, "2.00")
    root = class_of("IODEF-Document")
    assert root is not None  # noqa: S101
    body = "\n".join(_element("IODEF-Document", composed.tree, root, 0))
    losses = composed.losses
    forbidden = len(_FORBIDDEN.findall(body))
    if forbidden:
        body = _FORBIDDEN.sub(_REPLACEMENT, body)
        losses = (*losses, Loss(at="", why=f"characters that XML 1.0 does not allow, replaced: {forbidden}"))
    used = [uri for uri, prefix in NAMESPACES.items() if not prefix or f"<{prefix}:" in body]
    names = " ".join(f'xmlns{f":{NAMESPACES[uri]}" if NAMESPACES[uri] else ""}="{uri}"' for uri in used)
    body = body.replace("<IODEF-Document", f"<IODEF-Document {names}", 1)
    return Written(f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'.encode(), losses)


def _element(name: str, value: Any, cls: Class | None, depth: int) -> Iterator[str]:
    """The lines of one element."""
    tag = _tag(XML_NAMES.get(name, name))
    margin = "  " * depth
    by = BY_ATTRIBUTE.get(XML_NAMES.get(name, name))
    if by:
        said = value if name == "uid-ref" else base64.b64decode(value).decode()
        yield f"{margin}<{tag}{_attribute(by, said)}/>"
        return
    if cls is None:
        words = value if isinstance(value, dict) else {"value": value}
        attributes = "".join(
            _attribute(key, words[key]) for key in ("translation-id", "lang") if key in words
        )
        yield f"{margin}<{tag}{attributes}>{_escaped(words['value'])}</{tag}>"
        return
    attributes = "".join(_attribute(key, value[key]) for key in cls.attributes if key in value)
    if cls.text:
        yield f"{margin}<{tag}{attributes}>{_escaped(value.get(cls.text, ''))}</{tag}>"
        return
    inner = [line for member in cls.members.values() for line in _members(member, value, depth + 1)]
    if inner:
        yield f"{margin}<{tag}{attributes}>"
        yield from inner
        yield f"{margin}</{tag}>"
    else:
        yield f"{margin}<{tag}{attributes}/>"


def _members(member: Member, tree: Tree, depth: int) -> Iterator[str]:
    """The lines of what one member of a class holds, with the element around it that JSON-IODEF does without."""
    if member.name not in tree:
        return
    values = tree[member.name] if member.many else [tree[member.name]]
    if member.name == "Impact":
        for impact in values:
            for name in IMPACTS:
                if name in impact:
                    yield from _element(name, impact[name], class_of(name), depth)
        return
    inside = depth + 1 if member.inside else depth
    if member.inside:
        yield f"{'  ' * depth}<{member.inside}>"
    for value in values:
        yield from _element(member.name, value, class_of(member.name), inside)
    if member.inside:
        yield f"{'  ' * depth}</{member.inside}>"


def _tag(name: str) -> str:
    prefix = NAMESPACES.get(space_of(name), NAMESPACES[IODEF])
    return f"{prefix}:{name}" if prefix else name


def _attribute(name: str, value: Any) -> str:
    shown = f"xml:{name}" if name == "lang" else name
    return f' {shown}="{str(value).translate(_ATTRIBUTE)}"'


def _escaped(value: Any) -> str:
    return str(value).translate(_TEXT)
