"""YAML under limits: plain values only, each with the line and column where it stands.

JSON is accepted as YAML. Words are read by the core schema of YAML 1.2 (section 10.3), not by YAML 1.1:
`yes`, `no`, `on` and `off` stay words, `NO` is Norway, `010` is ten and `08:30` is text. Keys are always the
text as written, so that `1e` and `NO` are keys like any other. Left out of the core schema, because nobody
means them: hexadecimal and octal numbers, infinity and not-a-number. Tags are refused: they construct. An
alias counts as often as it is used, so that no small file unfolds into a large one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from proxeny.base.errors import Fault, InputError, refuse
from proxeny.base.wire import Limits, decode_text

YAML_LIMITS = Limits(size=2**20, depth=16, values=100_000)
"""A file that a person writes: every State with thirty services stays below a tenth of each."""

Path = tuple[str | int, ...]
"""Keys and list positions from the root."""

_DIGITS = r"[0-9](?:_?[0-9])*"
_INTEGER = re.compile(rf"[-+]?{_DIGITS}")
_DECIMAL = re.compile(rf"[-+]?(?:\.[0-9]+|{_DIGITS}(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{{1,3}})?")
_LONGEST_NUMBER = 40  # characters; what is longer is no quantity, and costs time to convert
_WORDS: dict[str, Any] = (
    dict.fromkeys(("", "~", "null", "Null", "NULL"))
    | dict.fromkeys(("true", "True", "TRUE"), True)
    | dict.fromkeys(("false", "False", "FALSE"), False)
)
# YAML 1.2, production 1 (c-printable): what may stand in a file at all.
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Document(msgspec.Struct, frozen=True):
    """The value of a file, and where its parts stand: line and column from 1, a column being a code point.

    `faults` are the keys that stand twice, where they were asked to be kept (`scan_yaml`).
    """

    name: str
    value: Any
    keys: dict[Path, tuple[int, int]]
    values: dict[Path, tuple[int, int]]
    faults: tuple[Fault, ...] = ()

    def at(self, path: Path) -> str:
        """File, line and column of the value there, or of the nearest that has a place."""
        return self._show(self.values, path)

    def at_key(self, path: Path) -> str:
        """File, line and column of the key of the value there."""
        return self._show(self.keys if path in self.keys else self.values, path)

    def _show(self, places: dict[Path, tuple[int, int]], path: Path) -> str:
        while path and path not in places:
            path = path[:-1]
        place = places.get(path) or self.values.get(path)
        return _place(self.name, *place) if place else self.name


def decode_yaml(data: bytes, name: str, limits: Limits = YAML_LIMITS) -> Document:
    """The one document of a file. Raises InputError with line and column; all doubled keys at once."""
    document = scan_yaml(data, name, limits)
    if document.faults:
        raise InputError(document.faults)
    return document


def scan_yaml(data: bytes, name: str, limits: Limits = YAML_LIMITS) -> Document:
    """As `decode_yaml`, but doubled keys are kept as `faults` (the first stands), to be told with others."""
    import yaml

    text = _text(data, name, limits)
    try:
        # The C parser where PyYAML was built with it: the same events, twenty times as fast.
        return _build(yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)), name, limits)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = _place(name, mark.line + 1, mark.column + 1) if mark else name
        raise refuse(where, f"not YAML: {error.problem or error.context}", "correct it there") from error
    except yaml.YAMLError as error:
        raise refuse(name, "not YAML", "save it as UTF-8 text and correct it") from error


def _text(data: bytes, name: str, limits: Limits) -> str:
    """The characters of the file: within the size, printable, not empty."""
    if len(data) > limits.size:
        raise refuse(name, f"larger than {limits.size} bytes", "split it, or give a smaller file")
    text = decode_text(data, name)
    bad = _UNPRINTABLE.search(text)
    if bad is not None:
        line, column = text.count("\n", 0, bad.start()) + 1, bad.start() - text.rfind("\n", 0, bad.start())
        where = _place(name, line, column)
        raise refuse(where, f"the control character U+{ord(bad.group()):04X}", "remove it")
    if not text.strip():
        raise refuse(name, "the file is empty", "give key: value lines")
    # JSON may be indented with tabs, YAML may not; one blank for each keeps every column.
    return text.replace("\t", " ") if text.lstrip()[0] in "{[" else text


class _Open(msgspec.Struct):
    """A container that is being filled. `key`: the key read last, whose value comes next."""

    value: Any
    path: Path
    anchor: str | None
    first: int  # how many values had been counted before it
    key: str | None = None
    height: int = 1


class _Anchored(msgspec.Struct):
    """A value with a name, what it counts, and how many containers deep it is."""

    value: Any
    count: int
    height: int


class _Reading(msgspec.Struct):
    """What has been read so far."""

    name: str
    limits: Limits
    keys: dict[Path, tuple[int, int]] = {}
    values: dict[Path, tuple[int, int]] = {}
    faults: list[Fault] = []
    anchors: dict[str, _Anchored] = {}
    stack: list[_Open] = []
    roots: list[Any] = []
    count: int = 0


def _build(events: Iterable[Any], name: str, limits: Limits) -> Document:
    """The value, from the events of the parser: iterative, so that no nesting exhausts the stack."""
    from yaml import events as kinds

    reading = _Reading(name, limits)
    for event in events:
        if isinstance(event, kinds.CollectionEndEvent):
            _close(reading)
        elif isinstance(event, kinds.NodeEvent):
            where = _where(event)
            place = _place(name, *where)
            if not reading.stack and reading.roots:
                raise refuse(place, "a second document", "give one document a file")
            _count(reading, 1, place)
            tag = getattr(event, "tag", None)
            if tag is not None:
                raise refuse(place, f"the tag {str(tag)[:40]!r}", "leave it out")
            if isinstance(event, kinds.AliasEvent):
                _alias(reading, str(event.anchor), where)
            elif isinstance(event, kinds.ScalarEvent):
                # implicit[0]: plain, so that its word decides; quoted words are text.
                _scalar(reading, str(event.value), bool(event.implicit[0]), event.anchor, where)
            else:
                value: Any = [] if isinstance(event, kinds.SequenceStartEvent) else {}
                _open(reading, value, event.anchor, where)
    if not reading.roots:
        raise refuse(name, "the file holds nothing but comments", "give key: value lines")
    return Document(name, reading.roots[0], reading.keys, reading.values, tuple(reading.faults))


def _count(reading: _Reading, more: int, where: str) -> None:
    reading.count += more
    if reading.count > reading.limits.values:
        raise refuse(where, f"more than {reading.limits.values} values", "split the file")


def _scalar(reading: _Reading, text: str, plain: bool, anchor: str | None, where: tuple[int, int]) -> None:
    top = reading.stack[-1] if reading.stack else None
    if top is not None and isinstance(top.value, dict) and top.key is None:
        path = (*top.path, text)
        if text in top.value:
            again = f"the key {text[:60]!r} stands twice"
            reading.faults.append(Fault(_place(reading.name, *where), again, "keep one"))
        reading.keys.setdefault(path, where)
        top.key = text
        return
    value = word(text) if plain else text
    if anchor is not None:
        reading.anchors[anchor] = _Anchored(value, 1, 0)
    _put(reading, value, where)


def _open(reading: _Reading, value: Any, anchor: str | None, where: tuple[int, int]) -> None:
    if len(reading.stack) >= reading.limits.depth:
        too_deep = f"nested deeper than {reading.limits.depth}"
        raise refuse(_place(reading.name, *where), too_deep, "flatten it")
    path = _put(reading, value, where)
    if anchor is not None:
        reading.anchors.pop(anchor, None)  # an alias inside itself finds nothing
    reading.stack.append(_Open(value, path, anchor, reading.count))


def _close(reading: _Reading) -> None:
    done = reading.stack.pop()
    if reading.stack:
        reading.stack[-1].height = max(reading.stack[-1].height, done.height + 1)
    if done.anchor is not None:
        reading.anchors[done.anchor] = _Anchored(done.value, reading.count - done.first + 1, done.height)


def _alias(reading: _Reading, anchor: str, where: tuple[int, int]) -> None:
    place = _place(reading.name, *where)
    named = reading.anchors.get(anchor)
    if named is None:
        raise refuse(place, f"the alias *{anchor[:40]} leads nowhere", "write the value out")
    _count(reading, named.count, place)
    if len(reading.stack) + named.height > reading.limits.depth:
        raise refuse(place, f"nested deeper than {reading.limits.depth}", "flatten it")
    _put(reading, named.value, where)
    if reading.stack:
        reading.stack[-1].height = max(reading.stack[-1].height, named.height + 1)


def _put(reading: _Reading, value: Any, where: tuple[int, int]) -> Path:
    """Put a value where it belongs, and give its path."""
    if not reading.stack:
        reading.roots.append(value)
        path: Path = ()
    else:
        top = reading.stack[-1]
        if isinstance(top.value, list):
            path = (*top.path, len(top.value))
            top.value.append(value)
        elif top.key is None:
            raise refuse(_place(reading.name, *where), "a key that is not a word", "write a plain key")
        else:
            path = (*top.path, top.key)
            top.value.setdefault(top.key, value)
            top.key = None
    reading.values.setdefault(path, where)
    return path


def word(text: str) -> Any:
    """What a plain word stands for: nothing, a truth value, a number, or itself."""
    if text in _WORDS:
        return _WORDS[text]
    if len(text) <= _LONGEST_NUMBER:
        if _INTEGER.fullmatch(text):
            return int(text)
        if _DECIMAL.fullmatch(text):
            return float(text)
    return text


def _where(event: Any) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _place(name: str, line: int, column: int) -> str:
    return f"{name}, line {line} column {column}"
