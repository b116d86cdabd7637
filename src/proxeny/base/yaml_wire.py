"""YAML under limits: plain values only, every value with its line and column.

JSON is accepted as YAML. Refused: anchors, aliases and tags (they can blow up or construct), duplicate keys,
several documents, and what `base.wire` limits in depth, size and count. Unlike YAML 1.1 the words yes, no, on
and off stay words, keys are always the text as written (`NO` is Norway, `1e` a question), and numbers are
decimal only: nobody writes `08:30` or `010` into a facts file meaning sixty-based or octal.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from proxeny.base.errors import Fault, InputError, refuse
from proxeny.base.wire import DEFAULT_LIMITS, Limits, check_size, decode_text

MAX_DEPTH = 16  # a facts file needs 5, a norm 8

_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9_]*)")
_DECIMAL = re.compile(r"[-+]?(?:[0-9][0-9_]*)?\.?[0-9]+(?:[eE][-+]?[0-9]{1,3})?|[-+]?[0-9]+\.")
_WORDS: dict[str, Any] = {"": None, "~": None, "null": None, "true": True, "false": False}


class Document(msgspec.Struct, frozen=True):
    """The value, and where each of its parts stands: by JSON pointer, "line L column C"."""

    value: Any
    places: dict[str, str]

    def place(self, name: str, pointer: str) -> str:
        """The file with line and column of the part at that pointer, or of its nearest parent."""
        while pointer and pointer not in self.places:
            pointer = pointer.rpartition("/")[0]
        where = self.places.get(pointer, "")
        return f"{name}, {where}" if where else name


def decode_yaml(data: bytes, name: str, limits: Limits = DEFAULT_LIMITS) -> Document:
    """The one document of the file. Raises InputError with line and column."""
    import yaml

    check_size(data, name, limits)
    text = decode_text(data, name)
    reader = _Reader(name, limits)
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            reader.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = f", line {mark.line + 1} column {mark.column + 1}" if mark else ""
        raise refuse(name + at, f"not YAML: {error.problem}", "correct it there") from error
    except yaml.YAMLError as error:
        raise refuse(name, f"not YAML: {error}", "correct it") from error
    if reader.faults:
        raise InputError(reader.faults)
    if not reader.started:
        raise refuse(name, "the file holds nothing", "give facts")
    return Document(reader.root, reader.places)


class _Reader:
    """Builds the value from the parser's events, with a stack of the containers that are open."""

    def __init__(self, name: str, limits: Limits) -> None:
        self.name = name
        self.limits = limits
        self.faults: list[Fault] = []
        self.places: dict[str, str] = {}
        self.root: Any = None
        self.started = False
        self._stack: list[tuple[Any, str]] = []
        self._keys: list[str | None] = []
        self._count = 0

    def take(self, event: Any) -> None:
        kind = type(event).__name__
        if kind == "DocumentStartEvent" and self.started:
            raise refuse(self._at(event), "a second document", "give one document a file")
        if kind == "AliasEvent":
            raise refuse(self._at(event), "an alias", "write the value out")
        if kind in ("ScalarEvent", "SequenceStartEvent", "MappingStartEvent"):
            self._check(event)
            self._value(event, kind)
        elif kind in ("SequenceEndEvent", "MappingEndEvent"):
            self._stack.pop()
            self._keys.pop()

    def _check(self, event: Any) -> None:
        self._count += 1
        if self._count > self.limits.values:
            raise refuse(self._at(event), f"more than {self.limits.values} values", "split the file")
        if len(self._stack) >= MAX_DEPTH:
            raise refuse(self._at(event), f"nested deeper than {MAX_DEPTH}", "flatten it")
        if event.anchor is not None:
            raise refuse(self._at(event), "an anchor", "write the value out where it is needed")
        if event.tag is not None and event.tag != "!":
            raise refuse(self._at(event), f"the tag {event.tag[:40]!r}", "leave it out; plain values only")

    def _value(self, event: Any, kind: str) -> None:
        self.started = True
        container, pointer = self._stack[-1] if self._stack else (None, "")
        if isinstance(container, dict) and self._keys[-1] is None:
            self._key(event, kind, container, pointer)
            return
        if isinstance(container, dict):
            key = self._keys[-1]
            pointer = f"{pointer}/{key}"
        elif isinstance(container, list):
            pointer = f"{pointer}/{len(container)}"
        self.places.setdefault(pointer, _where(event))
        value: Any = self._scalar(event) if kind == "ScalarEvent" else [] if kind == "SequenceStartEvent" else {}
        if isinstance(container, dict):
            container[self._keys[-1]] = value
            self._keys[-1] = None
        elif isinstance(container, list):
            container.append(value)
        else:
            self.root = value
        if kind != "ScalarEvent":
            self._stack.append((value, pointer))
            self._keys.append(None)

    def _key(self, event: Any, kind: str, container: dict[str, Any], pointer: str) -> None:
        if kind != "ScalarEvent":
            raise refuse(self._at(event), "a key that is not a word", "write a plain key")
        key = str(event.value)
        if key in container:
            self.faults.append(Fault(self._at(event), f"the key {key[:60]!r} stands twice", "keep one"))
        container[key] = None
        self.places.setdefault(f"{pointer}/{key}", _where(event))
        self._keys[-1] = key

    def _scalar(self, event: Any) -> Any:
        text = str(event.value)
        if not event.implicit[0]:  # quoted
            return text
        if text.lower() in _WORDS:
            return _WORDS[text.lower()]
        if len(text) > 40:
            return text
        if _INTEGER.fullmatch(text):
            return int(text.replace("_", ""))
        if _DECIMAL.fullmatch(text):
            return float(text.replace("_", ""))
        return text

    def _at(self, event: Any) -> str:
        return f"{self.name}, {_where(event)}"


def _where(event: Any) -> str:
    return f"line {event.start_mark.line + 1} column {event.start_mark.column + 1}"
