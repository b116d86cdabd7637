"""What the objects linked to an incident, report or grouping add to its Report."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Literal

from proxeny.formats.draft import Draft
from proxeny.formats.indicators import indicator_of
from proxeny.formats.machinetag import Meaning, meaning_of
from proxeny.formats.stix.check import OBSERVABLES, Object
from proxeny.formats.stix.graph import Graph, Names
from proxeny.formats.stix.observables import cves_of, values_in_pattern, values_of
from proxeny.identify.state_names import state_named

Scope = Literal["event", "part"]

# The fixed definitions of TLP: version 1 in section 7.2.1.4 of the standard, version 2.0 in the OASIS
# extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d.
_TLP = {
    "613f2e26-407d-48c7-9eca-b8e91df99dc9": "white",
    "34098fce-860f-48ae-8e50-ebd3cc5e41da": "green",
    "f88d31f6-486f-44da-b317-01333bde0b82": "amber",
    "5e57c739-391a-4eb3-b6be-7d15ca92d5ed": "red",
    "94868c89-83c2-464b-929b-a1a8aa3c8487": "clear",
    "bab4a63c-aed9-4cf5-a766-dfca5abac2bb": "green",
    "55d920b0-5e8b-4f79-9ee9-91f868d9b421": "amber",
    "939a9414-2ddd-4d32-a0cd-375ea402b003": "amber+strict",
    "e828b379-4e03-4974-9ac4-e53a884c97c1": "red",
}
_TLP2 = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
_LABEL = re.compile(r"(?:TLP|PAP):[A-Z+]{3,12}", re.IGNORECASE)

_ACTORS: dict[str, Literal["actor", "intrusion-set", "campaign"]] = {
    "threat-actor": "actor",
    "intrusion-set": "intrusion-set",
    "campaign": "campaign",
}
_TYPED = {  # open vocabularies: the property, and the scheme under which its words are kept
    "malware": ("malware_types", "stix-malware"),
    "infrastructure": ("infrastructure_types", "stix-infrastructure"),
    "tool": ("tool_types", "stix-tool"),
}
_HIT = ("targets", "impacts", "located-at", "sighted")
_ATTACK_SOURCES = frozenset({"mitre-attack", "mitre-mobile-attack", "mitre-ics-attack"})
_TECHNIQUE = re.compile(r"T[0-9]{4}(?:\.[0-9]{3})?", re.ASCII)
_AT_END = re.compile(r"[\s\-–:(](T[0-9]{4}(?:\.[0-9]{3})?)\)?$", re.ASCII)


def read_labels(item: Object, at: str, scope: Scope, draft: Draft) -> None:
    """The labels: machine tags where they are some, else words as found."""
    for index, label in enumerate(item.get("labels", ())):
        if label.strip():
            draft.mean(meaning_of(label), label, f"{at}/labels/{index}", scope)


def markings_of(graph: Graph, item: Object) -> list[Meaning]:
    """The TLP and PAP labels of an object, those of its parts included."""
    refs: list[object] = list(item.get("object_marking_refs", ()))
    refs += [marking.get("marking_ref") for marking in item.get("granular_markings", ())]
    return [meaning for ref in refs if isinstance(ref, str) for meaning in _markings(graph, ref)]


def _markings(graph: Graph, ref: str) -> list[Meaning]:
    fixed = _TLP.get(ref.removeprefix("marking-definition--"))
    if fixed:
        return [meaning_of(f"tlp:{fixed}")]
    definition = graph.objects.get(ref)
    if definition is None:
        return []
    extension = definition.get("extensions", {}).get(_TLP2)
    found = [
        f"tlp:{definition.get('definition', {}).get('tlp')}",
        f"tlp:{extension.get('tlp_2_0')}" if isinstance(extension, dict) else "",
        definition.get("name", ""),
    ]
    labels = [label for label in found if _LABEL.fullmatch(label)]
    return [meaning for meaning in map(meaning_of, labels) if meaning.tlp or meaning.pap]


def read_technique(item: Object, at: str, draft: Draft) -> None:
    """An attack pattern that is linked: its ATT&CK or CAPEC code."""
    for reference in item.get("external_references", ()):
        source, code = reference.get("source_name"), reference.get("external_id")
        if not isinstance(code, str):
            continue
        if source in _ATTACK_SOURCES and _TECHNIQUE.fullmatch(code):
            draft.mean(Meaning(codes=(("attack", code),)), code, at, "event")
            return
        if source == "capec":
            draft.mean(Meaning(codes=(("capec", code),)), code, at, "event")
            return
    named = _AT_END.search(item["name"])
    if named:
        draft.mean(Meaning(codes=(("attack", named[1]),)), item["name"], at, "event")
    else:
        draft.lose(at, "techniques without a code of ATT&CK or CAPEC")


def read_types(item: Object, at: str, scope: Scope, draft: Draft) -> None:
    """The words of malware, infrastructure and tools."""
    name, scheme = _TYPED[item["type"]]
    for word in item.get(name, ()):
        draft.tag(scheme, word, f"{at}/{name}", scope if scheme == "stix-malware" else "part")


def read_actor(graph: Graph, item: Object, at: str, draft: Draft) -> None:
    """Whoever is said to have done it, why, and from where: withheld."""
    draft.withhold(_ACTORS.get(item["type"], "actor"), _name_of(item), at)
    for name in ("primary_motivation", "objective", "goal"):
        if item.get(name):
            draft.withhold("motive", item[name], f"{at}/{name}")
    for name in ("secondary_motivations", "goals"):
        for word in item.get(name, ()):
            draft.withhold("motive", word, f"{at}/{name}")
    for link in graph.linked(item["id"]):
        if link.outward and link.kind in ("located-at", "originates-from", "attributed-to"):
            for other in graph.found((link.other,)):
                where = graph.pointers[other["id"]]
                if other["type"] == "location":
                    draft.withhold("actor-country", str(other.get("country") or _name_of(other)), where)
                elif other["type"] == "identity":
                    draft.withhold("actor", _name_of(other), where)


def _name_of(item: Object) -> str:
    return str(item.get("name") or item["id"])


def is_actor(graph: Graph, item: Object) -> bool:
    """Whether the object says who did it: by its type, or because something is attributed to it."""
    return item["type"] in _ACTORS or (item["type"] == "identity" and item["id"] in graph.accused)


def read_victims(graph: Graph, root: Object, near: Names, draft: Draft) -> None:
    """The States and sectors of whom and what the root itself says was hit, never those of an actor."""
    own = dict.fromkeys(_hit_by(graph, root, _HIT))
    for item in graph.found(near):
        if item["type"] in ("event", "impact"):
            own |= dict.fromkeys((*_hit_by(graph, item, _HIT), *item.get("impacted_refs", ())))
        elif item["type"] == "sighting":
            own |= dict.fromkeys(item.get("where_sighted_refs", ()))
        elif is_actor(graph, item) or item["type"] in ("malware", "attack-pattern", "tool", "indicator"):
            # What somebody targets in general counts only where the root itself holds it.
            own |= {other: None for other in _hit_by(graph, item, ("targets", "sighted")) if other in near}
    for item in graph.found(own):
        if item["type"] == "location":
            _place(item, graph.pointers[item["id"]], draft)
        elif item["type"] == "identity" and not is_actor(graph, item):
            for sector in item.get("sectors", ()):
                draft.sectors[f"stix-sector:{sector}"] = None
            for place in graph.found(_hit_by(graph, item, ("located-at",))):
                if place["type"] == "location":
                    _place(place, graph.pointers[place["id"]], draft)


def _hit_by(graph: Graph, item: Object, kinds: Collection[str]) -> list[str]:
    return [link.other for link in graph.linked(item["id"]) if link.outward and link.kind in kinds]


def _place(location: Object, at: str, draft: Draft) -> None:
    name = location.get("country") or location.get("name", "")
    state = state_named(name)
    if state:
        draft.states[state] = None
    else:
        draft.lose(at, "places hit that name no one State")


def read_observed(graph: Graph, items: Iterable[Object], draft: Draft) -> None:
    """The indicators of observables, patterns and vulnerabilities."""
    for item in items:
        kind, at = item["type"], graph.pointers[item["id"]]
        if kind == "indicator":
            if item["pattern_type"] != "stix":
                draft.lose(at, f"rules written in {item['pattern_type'][:40]}")
                continue
            values = list(values_in_pattern(item["pattern"]))
        elif kind == "vulnerability":
            values = list(cves_of(item))
        elif kind in OBSERVABLES:
            values = list(values_of(item))
        else:
            continue
        before = len(draft.indicators)
        for name, value in values:
            found = indicator_of(name, value, at)
            if found is not None:
                draft.indicators.setdefault((found.type, found.value), found)
        if not values and len(draft.indicators) == before:
            draft.lose(at, f"values of type {kind}")
