"""IntelMQ events brought to the form that IntelMQ 3 prescribes: every field known, of its type, in its spelling."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from proxeny.base.errors import Fault, InputError
from proxeny.formats.entries import pointer
from proxeny.formats.intelmq.fields import FIELDS, TAXONOMY
from proxeny.formats.intelmq.names import GROUPS
from proxeny.formats.intelmq.values import CHECKS, UnfitError

MAX_NESTING = 4  # of the hierarchical form: source.geolocation.cc has three levels

_MISSING = frozenset(["", "-", "N/A"])  # what IntelMQ takes for no value
_EXTRA = re.compile(r"extra\.[a-z_][a-z_0-9]*(?:\.[a-z_0-9]+)*").fullmatch


def harmonise(event: Mapping[str, Any], place: str) -> dict[str, Any]:
    """The event with every value in the form that IntelMQ prescribes, flat, and its class beside its type.

    Takes the flat and the hierarchical form. Values that IntelMQ takes for none (null, "", "-", "N/A") are left out.
    Raises InputError with all faults: an unknown field (naming the nearest), a value its field does not take.
    """
    found: dict[str, Any] = {}
    faults: list[Fault] = []
    for name, value in event.items():
        check = CHECKS.get(name)
        if check is None:
            _other(name, value, found, faults, place)
        elif value is not None and (value.__class__ is not str or value not in _MISSING):
            try:
                found[name] = check(value)
            except UnfitError as error:
                faults.append(Fault(f"{place}{pointer(name)}", error.message, error.remedy))
    kind = found.get("classification.type")
    if kind is not None:
        found["classification.taxonomy"] = TAXONOMY[kind]
    if faults:
        raise InputError(faults)
    return found


def fit(name: str, value: Any) -> Any:
    """The harmonised form of the value of one field, `extra.` included. Raises UnfitError."""
    if name.startswith("extra."):
        if not _EXTRA(name):
            raise UnfitError("a name that no member of extra may have", "use a-z, 0-9 and _ only")
        return value
    check = CHECKS.get(name)
    if check is None:
        raise UnfitError(f"no field of IntelMQ: {name[:60]!r}", _nearest(name))
    return check(value)


def _other(
    name: str, value: Any, found: dict[str, Any], faults: list[Fault], place: str, level: int = 0
) -> None:
    """A member that is no field by its name alone: of `extra`, a group of the hierarchical form, or unknown."""
    if name.startswith("extra.") and _EXTRA(name):
        if value is not None and (not isinstance(value, str) or value not in _MISSING):
            found[name] = value
    elif name == "extra":
        _take_extra(value, found, faults, place)
    elif name == "__type" and value == "Event":
        found[name] = value
    elif isinstance(value, dict) and level < MAX_NESTING and _is_group(name):
        for key, item in value.items():
            whole = f"{name}.{key}"
            if whole in CHECKS:
                try:
                    if item is not None and (not isinstance(item, str) or item not in _MISSING):
                        found[whole] = CHECKS[whole](item)
                except UnfitError as error:
                    faults.append(Fault(f"{place}{pointer(*whole.split('.'))}", error.message, error.remedy))
            else:
                _other(whole, item, found, faults, place, level + 1)
    elif name == "__type":
        faults.append(Fault(f"{place}/__type", "not an event", "give what a parser made of the report"))
    elif name.startswith("extra."):
        faults.append(
            Fault(
                f"{place}{pointer(name)}",
                "a name that no member of extra may have",
                "begin it with a-z or _ and use a-z, 0-9 and _ only",
            )
        )
    else:
        faults.append(Fault(f"{place}{pointer(name)}", f"no field of IntelMQ: {name[:60]!r}", _nearest(name)))


_PREFIXES = frozenset(
    ".".join(words[:length])
    for words in (name.split(".") for name in FIELDS)
    for length in range(1, len(words))
)


def _is_group(name: str) -> bool:
    return name in GROUPS or name in _PREFIXES


def _take_extra(value: Any, found: dict[str, Any], faults: list[Fault], place: str) -> None:
    """`extra` as a whole: an object, or its JSON in a text (IntelMQ 1)."""
    if isinstance(value, str) and value.startswith("{"):
        try:
            value = msgspec.json.decode(value)
        except msgspec.DecodeError:
            faults.append(Fault(f"{place}/extra", "not the JSON of an object", "correct it"))
            return
    if isinstance(value, dict):
        for key, item in value.items():
            _other(f"extra.{key}", item, found, faults, place)
    elif value is not None and value not in ("", "-", "N/A"):
        faults.append(Fault(f"{place}/extra", "not an object", "give its members by their names"))


def _nearest(name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name.lower(), FIELDS, n=1)
    return f"did you mean {near[0]!r}? Else put it under 'extra.'" if near else "put it under 'extra.'"
