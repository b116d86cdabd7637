"""Indicators and observed data of STIX as attributes and objects of MISP."""

from __future__ import annotations

from typing import Any

from proxeny.formats.between.attribute_types import RULES
from proxeny.formats.between.event_draft import Draft, kept_labels
from proxeny.formats.between.stix_domain import COMMON, leftover
from proxeny.formats.between.stix_observables import convert_observables, object_of
from proxeny.formats.between.stix_patterns import parts_of

Object = dict[str, Any]

_NO_VALUES = ("relationship", "note", "opinion", "sighting")


def put_indicator(item: Object, draft: Draft) -> None:
    """An indicator as the attributes its pattern compares with; a rule or another pattern stays whole."""
    labels = kept_labels(item)
    tags = draft.tags(item)
    pattern, language = item["pattern"], item["pattern_type"]
    comment = "\n".join(item[name] for name in ("name", "description") if item.get(name))
    more: Object = {"comment": comment} if comment and comment != pattern else {}
    if item.get("valid_until"):
        more["last_seen"] = item["valid_until"]
    if tags:
        more["Tag"] = tags
    found = parts_of(pattern, labels.get("type", ""), labels.get("name", "")) if language == "stix" else None
    known = COMMON | {"name", "description", "pattern", "pattern_type", "pattern_version", "valid_from"}
    known |= {"valid_until"}
    if item.get("indicator_types") == ["unknown"]:
        known |= {"indicator_types"}
    if labels.get("category") or labels.get("name"):
        known |= {"kill_chain_phases"}  # in which converters of MISP say the category once more
    leftover(item, known, draft)
    if labels.get("category"):
        more["category"] = labels["category"]
    if found is None:
        kind = next((name for name, rule in RULES.items() if rule == language), "text")
        if kind == "text":
            more["comment"] = f"pattern of type {language}" + (f": {comment}" if comment else "")
        draft.put(item, "attribute", draft.attribute(item, kind, pattern, to_ids=kind != "text", **more))
        return
    name, parts = found
    if name:
        made = object_of(item, name, parts, draft, tags, to_ids=True)
        if comment:
            made["comment"] = comment
        draft.put(item, "object", made)
        return
    for number, part in enumerate(parts):
        what = (str(number),) if number else ()
        made = draft.attribute(item, part.type, part.value, to_ids=True, what=what, **more)
        draft.put(item, "attribute", made)


def put_observed(item: Object, draft: Draft) -> None:
    """Observed data as what their observables are."""
    held = [draft.objects[ref] for ref in item.get("object_refs", ()) if ref in draft.objects]
    held = [one for one in held if one["type"] not in _NO_VALUES]
    if (
        held
        and all(one["id"] in draft.holders or one["id"] in draft.done for one in held)
        and any(one["id"] in draft.done for one in held)
    ):
        draft.done.add(item["id"])  # files that an attribute has back already
        return
    at = draft.pointers[item["id"]]
    missing = [ref for ref in item.get("object_refs", ()) if ref not in draft.objects]
    draft.done.add(item["id"])
    if missing:
        draft.lose(f"{at}/object_refs", f"observables that the file has not: {len(missing)}")
    if held:
        made = convert_observables(held, item, draft, kept_labels(item).get("type", ""))
        if made:
            draft.made[item["id"]] = made[0]
    elif "objects" in item:
        draft.lose(f"{at}/objects", "observables in the deprecated form of STIX 2.1")
    known = COMMON | {"object_refs", "first_observed", "last_observed", "objects"}
    leftover(item, known | ({"number_observed"} if item.get("number_observed") == 1 else set()), draft)
