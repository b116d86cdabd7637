"""Clusters of the galaxies of MISP as objects of STIX: techniques, malware, tools, measures, vulnerabilities, sectors
and places hit. Those that say who did it are withheld; what STIX has no object for becomes a note."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from proxeny.formats.between.bundle import NEVER, Bundle, extension, members
from proxeny.formats.between.values import FORMS
from proxeny.formats.machinetag import galaxy_meaning
from proxeny.identify.state_names import state_named

Object = dict[str, Any]


class _Kind(NamedTuple):
    """The type of STIX for a galaxy, and the word of its vocabulary that the galaxy itself implies."""

    type: str
    words: tuple[str, ...] = ()


# The first part of a galaxy's name that fits decides.
_KINDS: tuple[tuple[str, _Kind], ...] = (
    ("course-of-action", _Kind("course-of-action")),
    ("mitigation", _Kind("course-of-action")),
    ("preventive-measure", _Kind("course-of-action")),
    ("attack-pattern", _Kind("attack-pattern")),
    ("vulnerability", _Kind("vulnerability")),
    ("mitre-tool", _Kind("tool")),
    ("mitre-malware", _Kind("malware")),
    ("ransomware", _Kind("malware", ("ransomware",))),
    ("cryptominers", _Kind("malware", ("resource-exploitation",))),
    ("botnet", _Kind("malware", ("bot",))),
    ("backdoor", _Kind("malware", ("backdoor",))),
    ("stealer", _Kind("malware", ("spyware",))),
    ("banker", _Kind("malware", ("trojan",))),
    ("malpedia", _Kind("malware")),
    ("malware", _Kind("malware")),
    ("android", _Kind("malware")),
    ("exploit-kit", _Kind("tool", ("exploitation",))),
    ("sector", _Kind("identity")),
)
_EXACT: dict[str, _Kind] = {
    "rat": _Kind("malware", ("remote-access-trojan",)),
    "tool": _Kind("tool"),
    "tds": _Kind("tool"),
    "country": _Kind("location"),
    "region": _Kind("location"),
    "stix-2.1-location": _Kind("location"),
    "target-information": _Kind("location"),
    "stix-2.1-attack-pattern": _Kind("attack-pattern"),
    "stix-2.1-malware": _Kind("malware"),
    "stix-2.1-tool": _Kind("tool"),
    "stix-2.1-infrastructure": _Kind("infrastructure"),
}
_HANDLED = frozenset({"external_id", "refs", "synonyms", "kill_chain"})
# What of the meta says nothing on anybody: kept in the extension, for the way back.
_KEPT = frozenset({"aliases", "date", "mitre_platforms", "mitre_data_sources", "mitre_permissions_required"})
_ATTACK_ID = re.compile(r"(?:T|S|M)\d{4}(?:\.\d{3})?", re.ASCII)
_CAPEC_ID = re.compile(r"CAPEC-\d+", re.ASCII)
_NUMBERED = re.compile(r"(.+?) - (?:T|S|M)\d{4}(?:\.\d{3})?", re.ASCII | re.DOTALL)
_PHASE = re.compile(r"[a-z0-9-]+", re.ASCII)
_WORDS = {"malware": "malware_types", "tool": "tool_types"}


def kind_of(galaxy: str) -> _Kind | None:
    """The type of STIX for the clusters of a galaxy, by its name; None where it has none."""
    name = galaxy.lower()
    exact = _EXACT.get(name)
    if exact is not None:
        return exact
    return next((kind for part, kind in _KINDS if part in name), None)


def clusters_of(owner: Object, main: str, pointer: str, bundle: Bundle) -> list[str]:
    """The objects of the galaxy clusters of what `main` stands for: their identifiers."""
    found = []
    for at, galaxy in members(owner, "Galaxy", pointer, bundle):
        clusters = members(galaxy, "GalaxyCluster", at, bundle)
        if not clusters:
            bundle.lose(at, "a galaxy without clusters")
        for where, cluster in clusters:
            name = _cluster(cluster, galaxy, main, where, bundle)
            if name is not None:
                found.append(name)
    return found


def _cluster(cluster: Object, galaxy: Object, main: str, pointer: str, bundle: Bundle) -> str | None:
    """The object of a cluster; None where it gives none, or one that refers to what it hangs on by itself."""
    name, value = cluster.get("type") or galaxy.get("type"), cluster.get("value")
    if not isinstance(name, str) or not isinstance(value, str) or not value:
        bundle.lose(pointer, "a galaxy cluster without type or value")
        return None
    meta = cluster.get("meta")
    meta = meta if isinstance(meta, dict) else {}
    identifiers = texts(meta.get("external_id"))
    role = cluster.get("relationship_type")
    meaning = galaxy_meaning(
        name, value, identifiers[0] if identifiers else "", role.lower() if isinstance(role, str) else ""
    )
    if meaning.withheld:
        bundle.lose(pointer, NEVER)
        return None
    kind = kind_of(name)
    made = bundle.stamp
    if kind is None:
        _note(cluster, name, value, galaxy, meta, main, bundle)
        _lose_meta(meta, frozenset(), pointer, bundle)
        return None
    identifier = bundle.identifier(kind.type, cluster.get("uuid"), f"{name}\x1f{value}")
    known = f"{kind.type}--{cluster.get('uuid')}"
    if known in bundle.seen:
        return known
    common: Object = {
        "made": made,
        "extensions": extension("cluster", _source(cluster, name, value, galaxy, meta)),
    }
    description = cluster.get("description")
    if isinstance(description, str) and description:
        common["description"] = description
    if kind.type == "location":
        # What a State or region is like (capital, currency …) is nothing that the event says.
        state = state_named((texts(meta.get("iso-code")) or texts(meta.get("ISO")) or [value])[0])
        return bundle.add(location(identifier, value, state, common, bundle))
    _lose_meta(meta, _HANDLED, pointer, bundle)
    return bundle.add(
        bundle.domain_object(kind.type, identifier, **common, **_properties(kind, name, value, meta))
    )


def _lose_meta(meta: Object, handled: frozenset[str], pointer: str, bundle: Bundle) -> None:
    handled |= _KEPT
    rest = sorted(key for key, held in meta.items() if key not in handled and held not in (None, "", [], {}))
    if rest:
        bundle.lose(f"{pointer}/meta", f"members of the meta of a galaxy cluster: {', '.join(rest)}")


def _note(
    cluster: Object,
    name: str,
    value: str,
    galaxy: Object,
    meta: Object,
    main: str,
    bundle: Bundle,
) -> None:
    description = cluster.get("description")
    words = f"{value}\n{description}" if isinstance(description, str) and description else value
    bundle.add(
        bundle.domain_object(
            "note",
            bundle.identifier("note", cluster.get("uuid"), f"{main}\x1f{name}\x1f{value}"),
            bundle.stamp,
            abstract=f"misp-galaxy:{name}",
            content=words,
            object_refs=[main],
            extensions=extension("cluster", _source(cluster, name, value, galaxy, meta)),
        )
    )


def _source(cluster: Object, name: str, value: str, galaxy: Object, meta: Object) -> Object:
    """How MISP names the cluster, for the way back."""
    found: Object = {"type": name, "value": value}
    for key, held in (("galaxy", galaxy.get("name")), ("tag_name", cluster.get("tag_name"))):
        if isinstance(held, str) and held:
            found[key] = held
    if rest := {key: given for key in sorted(_KEPT & meta.keys()) if (given := texts(meta[key]))}:
        found["meta"] = rest
    return found


def _properties(kind: _Kind, galaxy: str, value: str, meta: Object) -> Object:
    numbered = _NUMBERED.fullmatch(value)
    found: Object = {"name": numbered[1] if numbered else value}
    if kind.type == "identity":
        return {**found, "identity_class": "class"}
    references = [_reference(code, galaxy) for code in texts(meta.get("external_id"))]
    references += [{"source_name": "url", "url": url} for url in texts(meta.get("refs")) if FORMS["url"](url)]
    unusable = [url for url in texts(meta.get("refs")) if not FORMS["url"](url)]
    references += [{"source_name": "url", "description": url} for url in unusable]
    if references:
        found["external_references"] = references
    if synonyms := texts(meta.get("synonyms")):
        if kind.type in ("malware", "tool", "attack-pattern", "infrastructure"):
            found["aliases"] = synonyms
        else:
            found["labels"] = synonyms
    if kind.type == "malware":
        found["is_family"] = True
    if kind.words:
        found[_WORDS[kind.type]] = list(kind.words)
    if kind.type in ("attack-pattern", "malware", "tool", "infrastructure"):
        phases = [phase for chain in texts(meta.get("kill_chain")) if (phase := _phase(chain))]
        if phases:
            found["kill_chain_phases"] = phases
    return found


def _phase(chain: str) -> Object | None:
    name, _, phase = chain.rpartition(":")
    name = name.partition(":")[0]
    return {"kill_chain_name": name, "phase_name": phase} if name and phase else None


def _reference(code: str, galaxy: str) -> Object:
    if _ATTACK_ID.fullmatch(code):
        return {"source_name": "mitre-attack", "external_id": code}
    if _CAPEC_ID.fullmatch(code):
        return {"source_name": "capec", "external_id": code}
    cve = FORMS["cve"](code)
    return {"source_name": "cve", "external_id": cve} if cve else {"source_name": galaxy, "external_id": code}


def texts(value: Any) -> list[str]:
    """Galaxies give the same key as a string or as a list of strings."""
    if isinstance(value, str):
        return [value] if value else []
    return [item for item in value if isinstance(item, str) and item] if isinstance(value, list) else []


def location(identifier: str, name: str, state: str | None, common: Object, bundle: Bundle) -> Object:
    """A place that was hit: the State by its ISO 3166-1 code, or a region by its name."""
    place: Object = {"country": state} if state else {"region": name}
    return bundle.domain_object("location", identifier, name=name, **place, **common)


_RELATIONS = {  # from what, to what: the relationship that the standard has for it (sections 4 and 5)
    ("indicator", "attack-pattern"): "indicates",
    ("indicator", "malware"): "indicates",
    ("indicator", "tool"): "indicates",
    ("indicator", "infrastructure"): "indicates",
}


def relate_cluster(source: str, target: str, made: str, pointer: str, bundle: Bundle) -> None:
    """The relation between a thing of the event and the cluster that it bears."""
    kinds = (source.partition("--")[0], target.partition("--")[0])
    if kinds == ("indicator", "course-of-action"):
        bundle.relate("mitigates", target, source, made, pointer)
    else:
        bundle.relate(_RELATIONS.get(kinds, "related-to"), source, target, made, pointer)
