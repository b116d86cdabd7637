"""The mapping file of a national form: which column or JSON member goes where in a Report. Strict: every fault at once,
each with its line and column. What each key means stands in docs/reference/formats-form.md.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping as Table
from typing import Any, Literal

import msgspec

from proxeny.base.errors import Fault, InputError
from proxeny.base.wire import Limits, unknown_keys
from proxeny.base.yaml_wire import YAML_LIMITS, Document, Path, scan_yaml
from proxeny.formats.form.paths import PATHS
from proxeny.formats.marking import label_of
from proxeny.formats.normal import FORMS
from proxeny.identify.words import LANGUAGES

VERSION = 1
KINDS = ("incident", "exercise", "test", "advisory", "threat-report", "indicators", "reference")
WITHHELD = ("actor", "intrusion-set", "actor-country", "motive", "campaign")
SEPARATORS = {",": ",", ";": ";", "|": "|", "tab": "\t"}
TYPES = (*FORMS, "filename", "other")
AXES = ("type", "technique", "cause", "origin", "effect", "sector")

_OFFSET = re.compile(r"(?:UTC|Z|[+-](?:0\d|1[0-4]):[0-5]\d)")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_CODE = re.compile(r"[a-z][a-z0-9_.-]*:\S.*")
_POINTER = re.compile(r"(?:/(?:[^/~]|~[01])*)+")
_PROBE = dt.datetime(2025, 11, 28, 21, 43, 7, tzinfo=dt.UTC)


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Where a value comes from. `names`: columns or JSON pointers, the first that holds something; `constant` where
    the mapping gives the value itself. `values` turns what is written into what is meant, matched without regard to
    case. The rest is for one section each."""

    names: tuple[str, ...] = ()
    constant: str | None = None
    values: Table[str, str] | None = None
    split: str | None = None
    label: str = ""
    formats: tuple[str, ...] = ()
    zone: str | None = None
    type: str = "other"
    role: Literal["source", "target"] | None = None
    path: str = ""
    kind: Literal["actor", "intrusion-set", "actor-country", "motive", "campaign"] = "actor"
    axis: str = "type"


class Mapping(msgspec.Struct, frozen=True, kw_only=True):
    """A mapping file. `fields` are those of a Report that hold one value, by name; `states` and `sectors` several."""

    form: str
    separator: str = ","
    records: str = ""  # JSON pointer to the list of entries, "" for the whole file
    fields: Table[str, Source] = {}
    texts: tuple[Source, ...] = ()
    states: Source | None = None
    sectors: Source | None = None
    codes: tuple[Source, ...] = ()
    indicators: tuple[Source, ...] = ()
    facts: tuple[Source, ...] = ()
    withheld: tuple[Source, ...] = ()
    ignore: frozenset[str] = frozenset()

    def sources(self) -> list[Source]:
        """All of them, in no order that matters."""
        several = [one for one in (self.states, self.sectors) if one is not None]
        lists = (self.texts, self.codes, self.indicators, self.facts, self.withheld)
        return [*self.fields.values(), *several, *(one for some in lists for one in some)]


_ONE = {  # fields of a Report with one value, and the keys that each may have beside `from`
    "kind": ("values",),
    "source_id": (),
    "title": (),
    "language": ("values",),
    "occurred": ("format", "zone"),
    "detected": ("format", "zone"),
    "reported": ("format", "zone"),
    "confidence": ("values",),
    "reporter": (),
    "tlp": ("values",),
    "pap": ("values",),
}
_SEVERAL = {"states": ("values", "split"), "sectors": ("values", "split")}
_LISTS = {
    "text": ("label",),
    "codes": ("values", "split", "axis"),
    "indicators": ("type", "role", "split"),
    "facts": ("path", "values"),
    "withheld": ("kind", "split"),
}
_NEEDS = {"indicators": ("type",), "facts": ("path",), "codes": (), "text": (), "withheld": ()}
KEYS = ("mapping", "form", "separator", "records", "zone", "ignore", *_ONE, *_SEVERAL, *_LISTS)
"""The keys of a mapping file."""


def parse_mapping(data: bytes, place: str, limits: Limits = YAML_LIMITS) -> Mapping:
    """The mapping of a file (YAML or JSON). Raises InputError with every fault, each with line and column."""
    document = scan_yaml(data, place, limits)
    check = _Check(document, list(document.faults))
    found = _mapping(check, document.value)
    if check.faults:
        raise InputError(check.faults)
    return found


class _Check(msgspec.Struct, frozen=True):
    """The document, and the faults found in it so far."""

    document: Document
    faults: list[Fault]

    def fault(self, path: Path, message: str, remedy: str) -> None:
        self.faults.append(Fault(self.document.at(path), message, remedy))

    def known(self, node: dict[str, Any], keys: tuple[str, ...], path: Path) -> None:
        """A fault for each key that is none of these, naming the nearest."""
        for key in node:
            for fault in unknown_keys({key: None}, frozenset(keys), ""):
                place = self.document.at_key((*path, key))
                self.faults.append(Fault(place, fault.message, fault.remedy))

    def text(self, node: dict[str, Any], key: str, path: Path) -> str:
        """The text of a key, "" where there is none."""
        value = node.get(key)
        if value is None or isinstance(value, str):
            return value or ""
        self.fault((*path, key), "not a text", "put it in quotes")
        return ""

    def word(self, node: dict[str, Any], key: str, path: Path, words: tuple[str, ...], default: str) -> str:
        """One of some words."""
        found = self.text(node, key, path)
        if found and found not in words:
            self.fault((*path, key), f"{found[:40]!r} is not known here", f"one of: {', '.join(words)}")
        return found or default


def _mapping(check: _Check, raw: Any) -> Mapping:
    if not isinstance(raw, dict):
        check.fault((), "no mapping file", "write mapping: 1, form: …, title: {from: …} and so on")
        return Mapping(form="")
    check.known(raw, KEYS, ())
    if raw.get("mapping") != VERSION or isinstance(raw.get("mapping"), bool):
        check.fault(("mapping",), "no version that is known", f"write mapping: {VERSION}")
    form = check.text(raw, "form", ())
    if not form and "form" not in raw:
        check.fault((), "the form has no name", "add form: and the name by which it is known")
    separator = SEPARATORS.get(check.word(raw, "separator", (), tuple(SEPARATORS), ","), ",")
    records = check.text(raw, "records", ())
    if records and not _POINTER.fullmatch(records):
        check.fault(("records",), f"{records[:60]!r} is no JSON pointer", "write it as /notifications")
    zone = _zone(check, raw, ())
    fields = {
        name: _source(check, raw[name], (name,), keys, zone) for name, keys in _ONE.items() if name in raw
    }
    several = {
        name: _source(check, raw[name], (name,), keys, zone) for name, keys in _SEVERAL.items() if name in raw
    }
    lists = {name: _list(check, raw, name, keys, zone) for name, keys in _LISTS.items()}
    made = Mapping(
        form=form,
        separator=separator,
        records=records,
        fields=fields,
        texts=lists["text"],
        states=several.get("states"),
        sectors=several.get("sectors"),
        codes=lists["codes"],
        indicators=lists["indicators"],
        facts=lists["facts"],
        withheld=lists["withheld"],
        ignore=_ignored(check, raw),
    )
    if not any(one.names for one in made.sources()):
        check.fault((), "no column is mapped", "write for instance title: {from: Title}")
    return made


def _ignored(check: _Check, raw: dict[str, Any]) -> frozenset[str]:
    value = raw.get("ignore")
    if value is None:
        return frozenset()
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        check.fault(("ignore",), "not a list of columns", "write [Signature, Page]")
        return frozenset()
    return frozenset(value)


def _list(
    check: _Check, raw: dict[str, Any], name: str, keys: tuple[str, ...], zone: str | None
) -> tuple[Source, ...]:
    value = raw.get(name)
    if value is None:
        return ()
    items = value if isinstance(value, list) else [value]
    made = []
    for at, item in enumerate(items):
        path: Path = (name, at) if isinstance(value, list) else (name,)
        made.append(_source(check, item, path, keys, zone))
        for key in _NEEDS[name]:
            if not isinstance(item, dict) or key not in item:
                check.fault(path, f"the key {key!r} is missing", f"add {key}:")
    return tuple(made)


def _source(check: _Check, raw: Any, path: Path, keys: tuple[str, ...], zone: str | None) -> Source:
    """A source as written: a text is the value itself, `{from: …}` says where it stands."""
    section = str(path[0])
    if isinstance(raw, str):
        _constant(check, raw, section, path)
        return Source(constant=raw)
    if not isinstance(raw, dict):
        check.fault(path, "neither a value nor {from: …}", "write {from: the column's name}")
        return Source()
    check.known(raw, ("from", *keys), path)
    names = _names(check, raw, path)
    return Source(
        names=names,
        values=_values(check, raw, section, path),
        split=check.text(raw, "split", path) or None,
        label=check.text(raw, "label", path),
        formats=_formats(check, raw, path),
        zone=_zone(check, raw, path) or zone,
        type=check.word(raw, "type", path, TYPES, "other"),
        role=check.word(raw, "role", path, ("source", "target"), "") or None,  # type: ignore[arg-type]
        path=check.word(raw, "path", path, tuple(PATHS), ""),
        kind=check.word(raw, "kind", path, WITHHELD, "actor"),  # type: ignore[arg-type]
        axis=check.word(raw, "axis", path, AXES, "sector" if section == "sectors" else "type"),
    )


def _names(check: _Check, raw: dict[str, Any], path: Path) -> tuple[str, ...]:
    value = raw.get("from")
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not names or not all(isinstance(name, str) and name for name in names):
        check.fault(
            (*path, "from"), "no name of a column", "write from: and the column's name, or a JSON pointer"
        )
        return ()
    for name in names:
        if name.startswith("/") and not _POINTER.fullmatch(name):
            check.fault((*path, "from"), f"{name[:60]!r} is no JSON pointer", "see RFC 6901")
    return tuple(names)


def _values(check: _Check, raw: dict[str, Any], section: str, path: Path) -> Table[str, str] | None:
    value = raw.get("values")
    if value is None:
        return None
    if not isinstance(value, dict) or not value:
        check.fault((*path, "values"), "no table of values", "write {what the form says: what it means}")
        return None
    made: dict[str, str] = {}
    for key, meant in value.items():
        where = (*path, "values", key)
        if isinstance(meant, bool) or not isinstance(meant, (str, int, float)):
            check.fault(where, "not a text", "put it in quotes")
            continue
        _constant(check, str(meant), section, where)
        made[fold(key)] = str(meant)
    return made


def fold(text: str) -> str:
    """How values are compared: blanks made one, case left aside."""
    return " ".join(text.split()).casefold()


def _constant(check: _Check, value: str, section: str, path: Path) -> None:
    """Whether a value that the mapping itself gives is one that its section takes."""
    if section == "kind" and value not in KINDS:
        check.fault(path, f"{value[:40]!r} is no kind of report", f"one of: {', '.join(KINDS)}")
    elif section == "language" and value not in LANGUAGES:
        check.fault(path, f"{value[:40]!r} is no language that is read", f"one of: {', '.join(LANGUAGES)}")
    elif section == "tlp" and label_of(value) is None:
        check.fault(
            path, f"{value[:40]!r} is no label of TLP 2.0", "one of: CLEAR, GREEN, AMBER, AMBER+STRICT, RED"
        )
    elif section == "pap" and value.upper() not in ("CLEAR", "GREEN", "AMBER", "RED"):
        check.fault(path, f"{value[:40]!r} is no label of PAP", "one of: CLEAR, GREEN, AMBER, RED")
    elif section == "codes" and not (_SLUG.fullmatch(value) or _CODE.fullmatch(value)):
        remedy = 'write scheme:code, as in rsit:availability="ddos", or a concept, as in ransomware'
        check.fault(path, f"{value[:60]!r} is neither a code nor a concept", remedy)
    elif section in ("occurred", "detected", "reported"):
        check.fault(path, "a time that is the same for every report", "write {from: the column of the time}")


def _formats(check: _Check, raw: dict[str, Any], path: Path) -> tuple[str, ...]:
    """Patterns of times, as Python's strptime has them; each must give back what it writes."""
    value = raw.get("format")
    if value is None:
        return ()
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        check.fault((*path, "format"), "not a pattern of time", 'write "%d.%m.%Y %H:%M"')
        return ()
    for item in items:
        try:
            read = dt.datetime.strptime(_PROBE.strftime(item), item)  # noqa: DTZ007 - only the date is looked at
            whole = (read.year, read.month, read.day) == (_PROBE.year, _PROBE.month, _PROBE.day)
        except ValueError:
            whole = False
        if not whole:
            message = f"{item[:40]!r} does not say year, month and day"
            check.fault((*path, "format"), message, 'write for instance "%d.%m.%Y %H:%M"')
    return tuple(items)


def _zone(check: _Check, raw: dict[str, Any], path: Path) -> str | None:
    value = raw.get("zone")
    if value is None:
        return None
    if not isinstance(value, str) or not _OFFSET.fullmatch(value):
        remedy = 'write UTC or an offset, as in "+02:00"; names of zones are not known here'
        check.fault((*path, "zone"), f"{str(value)[:40]!r} is no offset from UTC", remedy)
        return None
    return "+00:00" if value in ("UTC", "Z") else value
