"""What the objects of a STIX file say beside what a Report holds of them: told as losses, by the names of members."""

from __future__ import annotations

from collections.abc import Iterable

from proxeny.formats.draft import Draft
from proxeny.formats.entries import members_beside
from proxeny.formats.stix.check import OBSERVABLES, Object
from proxeny.formats.stix.graph import Graph
from proxeny.formats.stix.linked import is_actor

_EVERY = frozenset(
    {"type", "id", "spec_version", "labels", "object_marking_refs", "granular_markings", "object_refs"}
)
_ROOT = _EVERY | {"name", "description", "lang", "confidence", "published", "created", "report_types"}
_HELD: dict[str, frozenset[str]] = {
    "incident": _ROOT | {"incident_type", "incident_types", "first_seen", "extensions"},
    "report": _ROOT,
    "grouping": _ROOT,
    "note": _EVERY | {"abstract", "content"},
    "indicator": _EVERY | {"pattern", "pattern_type"},
    "attack-pattern": _EVERY | {"name", "external_references"},
    "vulnerability": _EVERY | {"name", "external_references"},
    "malware": _EVERY | {"malware_types"},
    "tool": _EVERY | {"tool_types"},
    "infrastructure": _EVERY | {"infrastructure_types"},
    "identity": _EVERY | {"sectors"},
    "location": _EVERY | {"country"},
    "sighting": _EVERY | {"sighting_of_ref", "observed_data_refs", "where_sighted_refs", "summary"},
    "event": _EVERY | {"name", "description", "event_types", "status", "start_time", "goal"},
    "task": _EVERY | {"name", "description", "task_types", "start_time"},
    "impact": _EVERY | {"name", "description", "impact_category", "extensions", "impacted_refs"},
    **dict.fromkeys(OBSERVABLES, _EVERY | {"value", "number", "hashes"}),
    "file": _EVERY | {"name", "hashes"},
}
"""The members that are read of each type. What a file tells of itself (markings, definitions) is none of them."""
_LINKS = frozenset(
    {"targets", "impacts", "located-at", "originates-from", "attributed-to"}
)  # read by their kind


def lose_beside(graph: Graph, items: Iterable[Object], draft: Draft) -> None:
    """One loss for the members of each type of object that the Report does not hold, at the first of the type."""
    found: dict[str, list[Object]] = {}
    for item in items:
        kind = item["type"]
        if kind == "relationship":
            if item["relationship_type"] not in _LINKS:
                draft.lose(graph.pointers[item["id"]], "relations between objects")
        elif kind in _HELD and not is_actor(graph, item):
            found.setdefault(kind, []).append(item)
    for kind, same in found.items():
        names = members_beside(same, _HELD[kind])
        if names:
            draft.lose(graph.pointers[same[0]["id"]], f"of objects of type {kind}: {names}")
