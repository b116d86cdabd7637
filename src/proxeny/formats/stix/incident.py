"""The Incident Core Extension for STIX 2.1 (OASIS cti-stix-common-objects, versions 1.0 and 2.0).

An incident of STIX 2.1 is a stub of name and description. The extension adds its types and what was
determined, and points to events, tasks and impacts, objects of their own in version 2.0.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from proxeny.base.errors import InputError
from proxeny.base.moments import parse_moment
from proxeny.formats.draft import Draft
from proxeny.formats.stix.check import Object, moment_of
from proxeny.formats.stix.graph import Graph
from proxeny.formats.stix.write_objects import TERMS_EXTENSION
from proxeny.identify.report import Stated

CORE = "extension-definition--ef765651-680c-498d-9894-99799f2fa126"
_NOT_HELD = {
    "criticality": "the sender's own criticality: it never sets the level",
    "scores": "the sender's own scores: they never set the level",
    "impacted_entity_counts": "numbers of the entities hit",
    "recoverability": "the sender's own view of recoverability",
    "investigation_status": "the state of the sender's investigation",
    "detection_methods": "how it was detected",
}
_HAPPENED = ("occurred", "ongoing", "undetermined", None)


def parts_of(incident: Object) -> list[str]:
    """The identifiers of the events, tasks, impacts and patterns that the extension names."""
    core = _core(incident)
    found = [ref for ref in _list(core, "impact_refs") if isinstance(ref, str)]
    for name, key in (("events", "event_ref"), ("tasks", "task_ref"), ("attacker_activities", "pattern_ref")):
        for entry in _objects(core, name):
            if isinstance(entry.get(key), str):
                found.append(entry[key])
    return found


def read_extension(graph: Graph, incident: Object, at: str, draft: Draft) -> None:
    """The types and the determination, as tags; what else the extension says, as narrative or loss."""
    core = _core(incident)
    inside = f"{at}/extensions/{CORE}"
    for index, kind in enumerate(_list(core, "incident_types")):
        if isinstance(kind, str):
            draft.tag("stix-incident", kind, f"{inside}/incident_types/{index}", "event")
    for key in ("incident_types", "incident_type"):  # as some platforms write them, beside the extension
        for kind in [incident[key]] if isinstance(incident.get(key), str) else _list(incident, key):
            draft.tag("stix-incident", kind, f"{at}/{key}", "event")
    if isinstance(core.get("determination"), str):
        draft.tag("stix-determination", core["determination"], f"{inside}/determination", "event")
    for key, why in _NOT_HELD.items():
        if core.get(key):
            draft.lose(f"{inside}/{key}", why)
    for name in ("attacker_activities", "defender_activities"):
        for entry in _objects(core, name):
            if isinstance(entry.get("description"), str):
                draft.texts.append(entry["description"])
    for index, entry in enumerate(_objects(core, "confidentiality_impacts")):
        _records(entry, f"{inside}/confidentiality_impacts/{index}", draft)
    for item in graph.found(parts_of(incident)):
        _part(item, graph.pointers[item["id"]], draft)


def moments_of(graph: Graph, incident: Object) -> tuple[dt.datetime | None, dt.datetime | None]:
    """When it occurred (the earliest event, or first_seen) and when it was detected."""
    occurred = [moment_of(incident["first_seen"])] if "first_seen" in incident else []
    detected = []
    own = incident.get("extensions", {}).get(TERMS_EXTENSION)
    if isinstance(own, dict):
        occurred += _moments(own.get("occurred"))
        detected += _moments(own.get("detected"))
    for item in graph.found(parts_of(incident)):
        if "start_time" not in item:
            continue
        if item["type"] == "event" and item.get("status") in _HAPPENED:
            occurred.append(moment_of(item["start_time"]))
        elif item["type"] == "task" and "detected" in item.get("task_types", ()):
            detected.append(moment_of(item["start_time"]))
    return min(occurred, default=None), min(detected, default=None)


def _moments(value: Any) -> list[dt.datetime]:
    """The moment of a timestamp in our own extension, which the check of the standard does not know."""
    try:
        return [parse_moment(value, "")] if isinstance(value, str) else []
    except InputError:
        return []


def _part(item: Object, at: str, draft: Draft) -> None:
    """An event, a task or an impact of the incident."""
    kind = item["type"]
    if kind == "event" and item.get("status") not in _HAPPENED:
        draft.lose(at, "events that did not happen, or not yet")
        return
    if kind not in ("event", "task", "impact") or "superseded_by_ref" in item:
        return
    for name in ("name", "description"):
        if item.get(name, "").strip():
            draft.texts.append(item[name])
    for name in item.get("event_types", ()):
        draft.tag("stix-incident", name, f"{at}/event_types", "event")
    for name in item.get("task_types", ()):
        draft.tag("stix-task", name, f"{at}/task_types", "part")
    if item.get("goal"):
        draft.withhold("motive", item["goal"], f"{at}/goal")
    if kind == "impact":
        _impact(item, at, draft)


def _impact(item: Object, at: str, draft: Draft) -> None:
    category = item.get("impact_category", "")
    detail = item.get("extensions", {}).get(category)
    at = f"{at}/extensions/{category}"
    if not isinstance(detail, dict):
        draft.lose(at, "impacts without detail")
    elif category == "confidentiality":
        _records(detail, at, draft)
    elif category == "monetary":
        _money(detail, at, draft)
    elif category == "physical" and str(detail.get("impact_type", "")).startswith("damaged"):
        words = f"impact_type: {detail['impact_type']}"
        draft.stated.append(Stated(path="physical", value="repairable", words=words, at=f"{at}/impact_type"))
    else:
        draft.lose(at, f"impacts on {category[:40]}: their measure is not that of the scale")


def _records(detail: Object, at: str, draft: Draft) -> None:
    """A number of records of persons; other records are no input of the scale."""
    count = detail.get("record_count")
    kind, lost = detail.get("information_type"), detail.get("loss_type")
    number = _number(count)
    if kind in ("pii", "phi") and lost != "none" and number is not None:
        stated = Stated(
            path="records.persons",
            value=number,
            words=f"record_count: {count}, information_type: {kind}",
            at=f"{at}/record_count",
        )
        draft.stated.append(stated)
    else:
        draft.lose(at, "impacts on confidentiality that count no records of persons")


def _money(detail: Object, at: str, draft: Draft) -> None:
    """A loss in US dollars. What was only demanded is no loss."""
    low, high, currency = (
        _number(detail.get("min_amount")),
        _number(detail.get("max_amount")),
        detail.get("currency"),
    )
    usd = isinstance(currency, str) and currency.lower() == "usd"
    if (
        usd
        and low is not None
        and high is not None
        and low <= high
        and detail.get("variety") != "ransom-demand"
    ):
        words = f"min_amount: {low:g}, max_amount: {high:g}, currency: {currency}"
        value = low if low == high else (low, high)
        draft.stated.append(Stated(path="loss_usd", value=value, words=words, at=f"{at}/min_amount"))
    else:
        draft.lose(at, "sums that were demanded, or are not in US dollars")


def _number(value: Any) -> float | None:
    """A number from 0 up, as JSON gives it."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < 1e300:
        return float(value)
    return None


def _core(incident: Object) -> Object:
    core = incident.get("extensions", {}).get(CORE)
    return core if isinstance(core, dict) else {}


def _list(owner: Object, key: str) -> list[Any]:
    found = owner.get(key)
    return found if isinstance(found, list) else []


def _objects(owner: Object, key: str) -> list[Object]:
    return [entry for entry in _list(owner, key) if isinstance(entry, dict)]
