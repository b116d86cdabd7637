"""A MISP document without what says who did it: attributes, objects, clusters and tags of actors. All else stays."""

from __future__ import annotations

from typing import Any

from proxeny.formats.accused import accuses as says
from proxeny.formats.entries import pointer
from proxeny.formats.machinetag import galaxy_meaning, meaning_of
from proxeny.formats.misp.attributes import accused_by, accused_in
from proxeny.identify.report import Loss

Object = dict[str, Any]

NEVER = "a statement on who did it: never exported"


def unattributed(value: Any, at: str, losses: list[Loss]) -> Any:
    """A copy of a document of MISP, with a loss for each thing that is left out, by its JSON pointer."""
    if isinstance(value, list):
        return [unattributed(item, f"{at}/{index}", losses) for index, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    found: Object = {}
    for key, held in value.items():
        accuses = _ACCUSING.get(key)
        if says(key, held):
            losses.append(Loss(at=f"{at}{pointer(key)}", why=NEVER))
        elif accuses is None:
            found[key] = unattributed(held, f"{at}/{key}", losses)
        elif isinstance(held, list):
            kept = []
            for index, item in enumerate(held):
                where = f"{at}/{key}/{index}"
                if isinstance(item, dict) and accuses(item, value):
                    losses.append(Loss(at=where, why=NEVER))
                else:
                    kept.append(unattributed(item, where, losses))
            found[key] = kept
        elif isinstance(held, dict) and accuses(held, value):
            losses.append(Loss(at=f"{at}/{key}", why=NEVER))
        else:
            found[key] = unattributed(held, f"{at}/{key}", losses)
    return found


def _attribute(item: Object, _: Object) -> bool:
    return accused_by(item) is not None


def _object(item: Object, _: Object) -> bool:
    return accused_in(item.get("name")) is not None


def _tag(item: Object, _: Object) -> bool:
    name = item.get("name")
    return isinstance(name, str) and bool(name.strip()) and meaning_of(name).withheld is not None


def _galaxy(item: Object, _: Object) -> bool:
    """A galaxy whose very name is one of actors, whatever clusters it holds."""
    kind = item.get("type")
    return isinstance(kind, str) and _means(kind, "", "")


def _cluster(item: Object, galaxy: Object) -> bool:
    kind, value = item.get("type") or galaxy.get("type"), item.get("value")
    role = item.get("relationship_type")
    if not isinstance(kind, str) or not isinstance(value, str):
        return False
    return _means(kind, value, role.lower() if isinstance(role, str) else "")


def _means(kind: str, value: str, role: str) -> bool:
    if not value and kind.lower() in ("country", "region", "stix-2.1-location"):
        return False  # whether it was hit is told by each cluster
    return galaxy_meaning(kind, value, role=role).withheld is not None


_ACCUSING = {
    "Attribute": _attribute,
    "ShadowAttribute": _attribute,
    "Object": _object,
    "Tag": _tag,
    "Galaxy": _galaxy,
    "GalaxyCluster": _cluster,
}
