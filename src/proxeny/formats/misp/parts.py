"""Attributes, objects and event reports: indicators, narrative, and what is withheld."""

from __future__ import annotations

from typing import Any

from proxeny.formats.draft import Draft
from proxeny.formats.indicators import indicator_of
from proxeny.formats.misp.attributes import (
    CONTENTS,
    INDICATORS,
    NARRATIVE,
    NARRATIVE_OBJECTS,
    NARRATIVE_RELATIONS,
    accused_by,
    accused_in,
)
from proxeny.formats.misp.labels import members_of, read_labels, read_target

_NOT_HELD = {
    "ShadowAttribute": "proposals that nobody has accepted",
    "Sighting": "sightings",
    "ObjectReference": "relations between objects",
    "Note": "notes of other analysts",
    "Opinion": "opinions of other analysts",
    "Relationship": "relations that other analysts drew",
}
_YES = (True, 1, "1")  # MISP writes its flags as booleans, numbers or digits


def read_attribute(attribute: dict[str, Any], at: str, inside: str, draft: Draft) -> None:
    """One attribute. `inside` is the name of the object it belongs to, or ""."""
    if attribute.get("deleted") in _YES:
        draft.lose(at, "deleted attributes: not read")
        return
    read_labels(attribute, at, "part", draft)
    for key, why in _NOT_HELD.items():
        if attribute.get(key):
            draft.lose(f"{at}/{key}", why)
    kind, value = attribute.get("type"), attribute.get("value")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(kind, str) or not isinstance(value, str):
        draft.lose(at, "attributes without type or value")
        return
    if kind in CONTENTS or attribute.get("data"):
        draft.lose(at, "files: never opened")
    accused = accused_by(attribute)
    if accused is not None:
        draft.withhold(accused, value, at)
    elif kind in NARRATIVE:
        _narrative(value, attribute.get("object_relation"), at, inside, draft)
    elif kind == "target-location":
        read_target(value, None, at, draft)
    elif kind.startswith("target-"):
        draft.lose(at, "who was hit")
    else:
        _indicators(kind, value, attribute.get("to_ids"), at, draft)
    if attribute.get("comment") and kind != "comment":
        draft.lose(f"{at}/comment", "comments on single attributes")


def _narrative(value: str, relation: Any, at: str, inside: str, draft: Draft) -> None:
    if not inside or (inside in NARRATIVE_OBJECTS and relation in NARRATIVE_RELATIONS):
        if value.strip():
            draft.texts.append(value)
    else:
        draft.lose(at, f"text of the object {inside[:40]}")


def _indicators(kind: str, value: str, to_ids: Any, at: str, draft: Draft) -> None:
    types = INDICATORS.get(kind)
    if types is None:
        if to_ids in _YES:
            types = ("other",)
        else:
            draft.lose(at, f"values of type {kind[:40]}")
            return
    values = [value] if len(types) == 1 else value.rsplit("|", len(types) - 1)
    for name, single in zip(types, values, strict=False):
        if not name:
            draft.lose(at, "ports")
            continue
        found = indicator_of(name, single, at)
        if found is None:
            draft.lose(at, f"values of type {kind[:40]} that are not well formed")
        else:
            draft.indicators.setdefault((found.type, found.value), found)


def read_object(item: dict[str, Any], at: str, draft: Draft) -> None:
    """One object with its attributes. An object that names who did it is withheld whole."""
    if item.get("deleted") in _YES:
        draft.lose(at, "deleted objects: not read")
        return
    read_labels(item, at, "part", draft)
    for key, why in _NOT_HELD.items():
        if item.get(key):
            draft.lose(f"{at}/{key}", why)
    if item.get("comment"):
        draft.lose(f"{at}/comment", "comments on single objects")
    name = item.get("name")
    name = name if isinstance(name, str) and name else "without a name"
    attributes = members_of(item, "Attribute", at, draft)
    accused = accused_in(name)
    if accused is not None:
        for index, attribute in attributes:
            value = attribute.get("value")
            if isinstance(value, str) and attribute.get("deleted") not in _YES:
                draft.withhold(accused, value, f"{at}/Attribute/{index}")
        return
    for index, attribute in attributes:
        read_attribute(attribute, f"{at}/Attribute/{index}", name, draft)


def read_event_report(report: dict[str, Any], at: str, draft: Draft) -> None:
    """A report in Markdown that belongs to the event: narrative, its name first."""
    if report.get("deleted") in _YES:
        draft.lose(at, "deleted reports: not read")
        return
    for key in ("name", "content"):
        value = report.get(key)
        if isinstance(value, str) and value.strip():
            draft.texts.append(value)
