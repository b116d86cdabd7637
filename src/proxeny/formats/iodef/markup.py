"""XML to plain elements, under limits. Nothing is expanded, fetched or followed: a document type is refused, and
with it every entity that XML does not define itself (RFC 7970, section 4.1, has documents well-formed without one).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.parsers import expat

import msgspec

from proxeny.base.errors import InputError, refuse
from proxeny.base.wire import Limits, check_size

MAX_ELEMENTS = 400_000  # an observable takes some eight; Reports hold 20,000 of them
MAX_ATTRIBUTES = 64  # of one element; a class of IODEF has at most ten, and names of namespaces count
MAX_ATTRIBUTE = 65_536  # code points of one value; those of IODEF are codes, names and addresses

_DECLARED = re.compile(r"\s*<\?xml\b[^>]{0,200}?\bencoding\s*=\s*[\"']([\w.-]{1,40})[\"']")
_READ = frozenset({"utf-8", "utf8", "utf-16", "utf-16le", "utf-16be", "us-ascii", "ascii"})
_SEPARATOR = "\x1f"  # never part of a name or of a namespace: XML 1.0 does not allow it
_ENDS = frozenset({3, 5, 6, 20})  # codes of expat.errors that say that the file stops before its end


class Element(msgspec.Struct):
    """An element with its namespace and local name. `attributes`: (namespace, name, value); `text`: its characters."""

    space: str
    name: str
    line: int
    attributes: list[tuple[str, str, str]]
    children: list[Element]
    text: str = ""


def parse_xml(data: bytes, place: str, limits: Limits) -> Element:
    """The root element. Raises InputError, with line and column, for what is not well-formed, for a document type,
    for another encoding than UTF-8 or UTF-16, and beyond the limits."""
    check_size(data, place, limits)
    _check_encoding(data, place)
    builder = _Builder(place, limits.depth)
    parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
    parser.buffer_text = True
    parser.ordered_attributes = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    builder.line = lambda: parser.CurrentLineNumber
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.characters
    parser.StartDoctypeDeclHandler = builder.doctype
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise _not_xml(error, place) from error
    assert builder.root is not None  # noqa: S101  # well-formed XML has one root element
    return builder.root


class _Builder:
    """Expat calls these four; what they gather is the tree."""

    def __init__(self, place: str, depth: int) -> None:
        self.place = place
        self.depth = depth
        self.root: Element | None = None
        self.open: list[Element] = []
        self.parts: list[list[str]] = []
        self.count = 0
        self.line: Callable[[], int] = lambda: 0

    def refusal(self, message: str, remedy: str) -> InputError:
        return refuse(f"{self.place}, line {self.line()}", message, remedy)

    def start(self, tag: str, pairs: list[str]) -> None:
        self.count += 1
        if self.count > MAX_ELEMENTS:
            raise self.refusal(f"more than {MAX_ELEMENTS} elements", "split the file")
        if len(self.open) >= self.depth:
            raise self.refusal(f"nested deeper than {self.depth}", "flatten the document")
        if len(pairs) > 2 * MAX_ATTRIBUTES:
            raise self.refusal(f"more than {MAX_ATTRIBUTES} attributes of one element", "leave some out")
        attributes = []
        for index in range(0, len(pairs), 2):
            space, _, name = pairs[index].rpartition(_SEPARATOR)
            if len(pairs[index + 1]) > MAX_ATTRIBUTE:
                message = f"the attribute {name[:40]!r} is longer than {MAX_ATTRIBUTE} characters"
                raise self.refusal(message, "shorten it")
            attributes.append((space, name, pairs[index + 1]))
        space, _, name = tag.rpartition(_SEPARATOR)
        element = Element(space, name, self.line(), attributes, [])
        if self.open:
            self.open[-1].children.append(element)
        else:
            self.root = element
        self.open.append(element)
        self.parts.append([])

    def end(self, tag: str) -> None:  # noqa: ARG002  # expat has checked that it closes the last that was opened
        self.open.pop().text = "".join(self.parts.pop())

    def characters(self, text: str) -> None:
        self.parts[-1].append(text)

    def doctype(self, *_: object) -> None:
        raise self.refusal(
            "a document type (<!DOCTYPE …>), which may define or fetch entities",
            "leave it out: IODEF needs none",
        )


def _check_encoding(data: bytes, place: str) -> None:
    """Expat reads more encodings than a recipient may be asked for; RFC 7970, section 4.1, names UTF-8 and UTF-16."""
    head = data[:512].decode(
        "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "latin-1", "replace"
    )
    declared = _DECLARED.match(head.removeprefix("\xef\xbb\xbf"))
    if declared and declared[1].lower() not in _READ:
        raise refuse(f"{place}, line 1", f"the encoding {declared[1]!r}", "save the file as UTF-8")


def _not_xml(error: expat.ExpatError, place: str) -> InputError:
    at = f"{place}, line {error.lineno} column {error.offset + 1}"
    why = expat.ErrorString(error.code)
    if error.code in _ENDS:
        return refuse(at, "the XML ends too early", "the file seems truncated: send it again whole")
    if "encoding" in why or "token" in why:
        return refuse(at, f"not XML: {why}", "correct it there, and save the file as UTF-8")
    return refuse(at, f"not XML: {why}", "correct it there")
