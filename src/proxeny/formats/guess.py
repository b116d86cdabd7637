"""What a JSON value is: one of the formats that are read, a format known by name, or unknown.

Told by members that its specification requires, never by a file name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from proxeny.formats.csaf.read import is_document
from proxeny.formats.idea0.read import is_event as is_idea
from proxeny.formats.intelmq.read import is_event
from proxeny.formats.shapes import READ
from proxeny.formats.veris.read import is_record, schema_name, wrapped
from proxeny.formats.xarf.read import is_report as is_xarf

# The members by which the nearest format is found for a value that is none.
_NEAR: dict[str, tuple[str, ...]] = {
    "a MISP event": (
        "Event",
        "info",
        "uuid",
        "Attribute",
        "threat_level_id",
        "analysis",
        "Orgc",
        "orgc_id",
        "date",
    ),
    "a STIX 2.1 bundle": ("type", "id", "spec_version", "objects", "created", "modified"),
    "a VERIS record": (
        "action",
        "actor",
        "asset",
        "attribute",
        "security_incident",
        "timeline",
        "incident_id",
    ),
    "an IntelMQ event": ("classification.type", "feed.name", "source.ip", "time.source", "time.observation"),
}
_DECIDING = {
    "a MISP event": "Event",
    "a STIX 2.1 bundle": "objects",
    "a VERIS record": "action",
    "an IntelMQ event": "classification.type",
}


def format_of(value: Any) -> str | None:
    """The name of the format that reads this value, if one does."""
    if _is_misp(value):
        return "misp"
    if _is_stix(value):
        return "stix"
    if is_record(value) or wrapped(value) or schema_name(value) or _holds(value, "incidents", is_record):
        return "veris"
    if is_document(value):
        return "csaf"
    if _is_iodef(value):
        return "iodef-json"
    if is_idea(value):
        return "idea0"
    if is_xarf(value):
        return "xarf"
    return "intelmq" if is_event(value) else None


def foreign_json(value: Any) -> tuple[str, str]:
    """What a value is that no reader reads, and what the person can do."""
    if isinstance(value, dict):
        for name, remedy, fits in _KNOWN:
            if fits(value):
                return f"the file is {name}", remedy
        return _nearest(value)
    return "JSON that is no report", READ


def _holds(value: Any, key: str, fits: Callable[[Any], bool]) -> bool:
    items = value.get(key) if isinstance(value, dict) else None
    return isinstance(items, list) and bool(items) and fits(items[0])


def _is_misp(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    if isinstance(value.get("Event"), dict) or "response" in value or "GalaxyCluster" in value:
        return True
    if "info" in value and not {"threat_level_id", "analysis", "Attribute", "Orgc", "date"}.isdisjoint(value):
        return True
    # A feed's manifest: short events by their uuid.
    first = next(iter(value.values()), None)
    if isinstance(first, dict) and {"info", "Orgc"} <= first.keys():
        return True
    lists = [key for key in ("Attribute", "Object", "ShadowAttribute") if isinstance(value.get(key), list)]
    return bool(lists) and all(key[:1].isupper() or key in ("info", "date", "uuid") for key in value)


def _is_stix(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    name, identifier = value.get("type"), value.get("id")
    if name == "bundle" or (isinstance(name, str) and str(identifier).startswith(f"{name}--")):
        return name != "playbook"
    return _holds(value, "objects", _is_stix)  # the envelope of TAXII 2.1, section 3.7


def _is_iodef(value: Any) -> bool:
    incidents = value.get("Incident") if isinstance(value, dict) else None
    return isinstance(incidents, list) and not {"version", "lang"}.isdisjoint(value)


_KNOWN: tuple[tuple[str, str, Callable[[dict[str, Any]], bool]], ...] = (
    ("a CACAO playbook", READ, lambda value: value.get("type") == "playbook" and "workflow" in value),
    ("a CVE record", READ, lambda value: value.get("dataType") == "CVE_RECORD" or "cveMetadata" in value),
    ("a Microsoft CTIP feed entry", READ, lambda value: "indicatorthreattype" in value),
    ("a log event of the Elastic Common Schema", READ, lambda value: "@timestamp" in value),
    ("an n6 event", READ, lambda value: {"category", "restriction", "confidence"} <= value.keys()),
    ("an OSV record", READ, lambda value: {"id", "affected", "modified"} <= value.keys()),
    (
        "a JSON schema, not a report",
        "give the report itself",
        lambda value: "$schema" in value and not {"properties", "definitions", "$defs"}.isdisjoint(value),
    ),
)


def _nearest(value: dict[str, Any]) -> tuple[str, str]:
    """The known format that shares the most members, and the member by which it would be known."""
    counts = {name: len(set(members) & value.keys()) for name, members in _NEAR.items()}
    name = max(counts, key=lambda key: counts[key])
    if not counts[name]:
        return "JSON of a format that is not known", READ
    return f"JSON of a format that is not known; the nearest is {name}, but {_missing(name, value)}", READ


def _missing(name: str, value: dict[str, Any]) -> str:
    deciding = _DECIDING[name]
    if deciding not in value:
        return f"the member {deciding!r} is missing"
    others = [member for member in _NEAR[name] if member not in value]
    return f"the members {', '.join(map(repr, others[:3]))} are missing"
