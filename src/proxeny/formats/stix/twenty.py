"""STIX 2.0 (OASIS Committee Specification 01, 19 July 2017) in the shape of 2.1, so that both are read alike.

Three things differ (STIX 2.1, appendix D): 2.0 objects bear no spec_version, observed data hold their observables by
numbers of their own, and the labels of some objects are what 2.1 calls types.
"""

from __future__ import annotations

from typing import Any

from proxeny.formats.stix.check import OBSERVABLES, Object
from proxeny.formats.stix.write_objects import observable

_TYPED = {
    "indicator": "indicator_types",
    "malware": "malware_types",
    "report": "report_types",
    "threat-actor": "threat_actor_types",
    "tool": "tool_types",
}
_MAX_CHAIN = 8  # observables that refer to one another; a mail with its parts and files needs four
_MARKS = frozenset(":=")  # of a machine tag, which stays a label


def is_old(document: Any, entries: list[tuple[str, Object]], is_attack: bool) -> bool:
    """Whether a file is STIX 2.0: it says so, or no object of a known type says that it is 2.1 (2.1, section 3.2)."""
    says = document.get("spec_version") if isinstance(document, dict) and "objects" in document else None
    versions = {
        str(item.get("spec_version", "")) for _, item in entries if str(item.get("type")) not in OBSERVABLES
    }
    if says == "2.0" or ("2.0" in versions and versions <= {"2.0", ""}):
        return True
    if versions != {""} or is_attack:
        return False
    dated = any("id" in item and "created" in item for _, item in entries)
    return dated and not all(str(item.get("type")).startswith("x-") for _, item in entries)


def upgraded(entries: list[tuple[str, Object]]) -> list[tuple[str, Object]]:
    """The objects of a file of STIX 2.0, each with its pointer, in the shape of 2.1. What is not in order stays as it
    is, for the check to tell."""
    found: list[tuple[str, Object]] = []
    seen: set[str] = set()
    for pointer, item in entries:
        if item.get("spec_version", "2.0") != "2.0":
            found.append((pointer, item))
            continue
        new = _typed(item)
        if item.get("type") == "observed-data" and isinstance(item.get("objects"), dict):
            made = observables_in(item["objects"], str(item.get("id")).encode())
            new["object_refs"] = list(dict.fromkeys(one["id"] for one in made.values()))
            del new["objects"]
            for key, one in made.items():
                if one["id"] not in seen:
                    seen.add(one["id"])
                    found.append((f"{pointer}/objects/{key}", one))
        found.append((pointer, new))
    return found


def _typed(item: Object) -> Object:
    """The object with its version, and its labels as types where 2.1 has such."""
    kind = item.get("type")
    new = {**item, "spec_version": "2.1"}
    if kind == "indicator":
        new.setdefault("pattern_type", "stix")
    elif kind == "malware":
        new.setdefault("is_family", False)
    labels = item.get("labels")
    prop = _TYPED.get(kind) if isinstance(kind, str) else None
    if prop is not None and isinstance(labels, list) and all(isinstance(label, str) for label in labels):
        words = [label for label in labels if _MARKS.isdisjoint(label)]
        rest = [label for label in labels if not _MARKS.isdisjoint(label)]
        if words:
            new.setdefault(prop, words)
        if rest:
            new["labels"] = rest
        else:
            del new["labels"]
    return new


def observables_in(objects: Object, salt: bytes) -> dict[str, Object]:
    """The observables of observed data, by their number, those referred to first; each with the identifier of 2.1.
    A reference that leads nowhere, or round in a circle, is left as it stands."""
    made: dict[str, Object] = {}
    for key in objects:
        _resolve(key, objects, salt, made, ())
    return made


def _resolve(key: str, objects: Object, salt: bytes, made: dict[str, Object], above: tuple[str, ...]) -> str:
    if key in made:
        return str(made[key]["id"])
    item = objects.get(key)
    if key in above or len(above) > _MAX_CHAIN or not isinstance(item, dict):
        return key
    properties = {}
    for name, value in item.items():
        if name in ("type", "id", "spec_version"):
            continue
        properties[name] = _referring(name, value, objects, salt, made, (*above, key))
    made[key] = observable(str(item.get("type")), properties, salt=salt + key.encode())
    return str(made[key]["id"])


def _referring(
    name: str, value: Any, objects: Object, salt: bytes, made: dict[str, Object], above: tuple[str, ...]
) -> Any:
    """A value with its references to other observables of the same observed data resolved."""
    if name.endswith("_ref") and isinstance(value, str):
        return _resolve(value, objects, salt, made, above)
    if name.endswith("_refs") and isinstance(value, list):
        return [_resolve(one, objects, salt, made, above) if isinstance(one, str) else one for one in value]
    if isinstance(value, dict):
        return {key: _referring(key, held, objects, salt, made, above) for key, held in value.items()}
    if isinstance(value, list):
        return [_referring("", held, objects, salt, made, above) for held in value]
    return value
