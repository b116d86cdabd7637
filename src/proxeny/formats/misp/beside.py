"""What a MISP event says beside what a Report holds of it: told as losses, by the names of members."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from proxeny.formats.draft import Draft
from proxeny.formats.entries import members_beside

Found = tuple[str, dict[str, Any]]
"""A thing of MISP with its JSON pointer."""

_LABELS = frozenset({"Tag", "Galaxy", "deleted"})
# Told for themselves where they stand.
_TOLD = frozenset(
    {"Note", "Opinion", "Relationship", "ShadowAttribute", "Sighting", "ObjectReference", "comment"}
)
_EVENT = (
    _LABELS
    | _TOLD
    | {"info", "Attribute", "Object", "EventReport", "uuid", "date", "publish_timestamp", "timestamp", "Orgc"}
    | {"SharingGroup", "threat_level_id", "analysis", "extends_uuid", "RelatedEvent"}
)
_ATTRIBUTE = _LABELS | _TOLD | {"type", "value", "data"}
_OBJECT = _LABELS | _TOLD | {"Attribute"}
_TAG = frozenset({"name", "relationship_type"})
_GALAXY = frozenset({"type", "GalaxyCluster"})
_CLUSTER = frozenset({"type", "value", "relationship_type", "tag_name"})


def lose_beside(event: Found, attributes: list[Found], objects: list[Found], draft: Draft) -> None:
    """One loss for the members of each sort of thing that the Report does not hold, at the first of the sort."""
    _lose("of the event", [event], _EVENT, draft)
    _lose("of attributes", attributes, _ATTRIBUTE, draft)
    _lose("of objects", objects, _OBJECT, draft)
    owners = (event, *attributes, *objects)
    _lose("of tags", list(_inner(owners, "Tag")), _TAG, draft)
    galaxies = list(_inner(owners, "Galaxy"))
    _lose("of galaxies", galaxies, _GALAXY, draft)
    _lose("of galaxy clusters", list(_inner(galaxies, "GalaxyCluster")), _CLUSTER, draft)


def _lose(what: str, found: list[Found], held: frozenset[str], draft: Draft) -> None:
    names = members_beside((owner for _, owner in found), held)
    if names:
        draft.lose(found[0][0], f"{what}: {names}")


def _inner(owners: Iterable[Found], key: str) -> Iterable[Found]:
    for at, owner in owners:
        held = owner.get(key)
        for index, item in enumerate(held if isinstance(held, list) else ()):
            if isinstance(item, dict):
                yield f"{at}/{key}/{index}", item
