"""Attributes and objects of MISP that our extension of a STIX object keeps, put back as they stood."""

from __future__ import annotations

from typing import Any

from proxeny.formats.between.bundle import NEVER
from proxeny.formats.between.event_draft import Draft, source_of
from proxeny.formats.between.misp_attributes import withheld
from proxeny.formats.misp.attributes import accused_in
from proxeny.formats.stix.write_objects import MISP_EXTENSION

Object = dict[str, Any]


def withhold(name: str, draft: Draft) -> None:
    """Take what an object became out of the event again where it says who did it."""
    made = draft.made[name]
    item = made.item
    if made.kind == "attribute":
        accusing = withheld(item, str(item.get("type")))
    else:
        accusing = accused_in(item.get("name")) is not None
        kept = [one for one in item["Attribute"] if not withheld(one, str(one.get("type")))]
        if not accusing and len(kept) != len(item["Attribute"]):
            draft.lose(draft.pointers[name], NEVER)
            item["Attribute"] = kept
    if accusing:
        held = draft.event["Attribute" if made.kind == "attribute" else "Object"]
        held.pop()  # it was put there last
        draft.lose(draft.pointers[name], NEVER)
        del draft.made[name]


def restore(item: Object, draft: Draft) -> bool:
    """Put the attribute or object that our extension keeps back as it stood; False where there is none."""
    if "extensions" not in item or MISP_EXTENSION not in item["extensions"]:
        return False
    for kind in ("attribute", "object"):
        source = source_of(item, kind)
        if source is None or (kind == "attribute" and ("type" not in source or "value" not in source)):
            continue
        if kind == "object" and ("name" not in source or not isinstance(source.get("Attribute", []), list)):
            continue
        _restore_one(item, kind, source, draft)
        return True
    return False


def _restore_one(item: Object, kind: Any, source: Object, draft: Draft) -> None:
    draft.done.update(item.get("object_refs", ()) if item["type"] == "observed-data" else ())
    draft.done.add(item["id"])
    own = source.get("uuid")
    other = draft.pairs.get(item["id"]) or draft.restored.get(str(own), "")
    if other in draft.made and source_of(draft.objects[other], kind) == source:
        draft.made[item["id"]] = draft.made[other]  # an indicator and its observed data keep the same thing
        return
    made = {key: held for key, held in source.items() if key not in ("data_ref", "Attribute", "Tag")}
    if not isinstance(own, str) or own in draft.used:
        made["uuid"] = draft.uuid(item["id"], "restored")
    else:
        draft.used.add(own)
        draft.restored[own] = item["id"]
    if kind == "attribute":
        _data(source, made, draft)
        if tags := draft.tags(item):
            made["Tag"] = _told(source, tags)
    else:
        made["Attribute"] = []
        if source.get("Tag"):
            made["Tag"] = _told(source, draft.tags(item))
        for one in source.get("Attribute", ()):
            if isinstance(one, dict):
                inner = {key: held for key, held in one.items() if key != "data_ref"}
                _data(one, inner, draft)
                made["Attribute"].append(inner)
    draft.put(item, kind, made)
    withhold(item["id"], draft)


def _told(source: Object, tags: list[Object]) -> list[Object]:
    """The tags, with what the source told of each (colour and the like)."""
    held = source.get("Tag")
    told = {tag.get("name"): tag for tag in held if isinstance(tag, dict)} if isinstance(held, list) else {}
    return [told.get(tag["name"], tag) for tag in tags]


def _data(source: Object, made: Object, draft: Draft) -> None:
    """Give an attribute its file back, which an artifact holds."""
    ref = source.get("data_ref")
    artifact = draft.objects.get(ref) if isinstance(ref, str) else None
    if artifact is not None:
        draft.done.add(artifact["id"])
        draft.done.update(draft.holders.get(artifact["id"], ()))
        if "payload_bin" in artifact:
            made["data"] = artifact["payload_bin"]
