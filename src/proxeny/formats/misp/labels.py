"""Tags and galaxies of an event, an object or an attribute."""

from __future__ import annotations

from typing import Any, Literal

from proxeny.formats.draft import Draft
from proxeny.formats.machinetag import galaxy_meaning, meaning_of, parse_machinetag
from proxeny.identify.state_names import state_named

Scope = Literal["event", "part"]


def members_of(
    owner: dict[str, Any], key: str, pointer: str, draft: Draft
) -> list[tuple[int, dict[str, Any]]]:
    """The objects of a list, with their index. What is absent, null or empty is none."""
    found = owner.get(key)
    if not found:
        return []
    if isinstance(found, dict):  # an attribute search gives one object in place of a list of one
        found = [found]
    if not isinstance(found, list):
        draft.fault(f"{pointer}/{key}", "not a list", f"give `{key}` as a list of objects")
        return []
    members = []
    for index, item in enumerate(found):
        if isinstance(item, dict):
            members.append((index, item))
        else:
            draft.fault(f"{pointer}/{key}/{index}", "not an object", "give it as an object")
    return members


def read_labels(owner: dict[str, Any], pointer: str, scope: Scope, draft: Draft) -> None:
    """The tags and galaxies of an event, an object or an attribute."""
    if owner.get("Tag"):
        for index, tag in members_of(owner, "Tag", pointer, draft):
            _tag(tag, f"{pointer}/Tag/{index}", scope, draft)
    if owner.get("Galaxy"):
        for index, galaxy in members_of(owner, "Galaxy", pointer, draft):
            for nth, cluster in members_of(galaxy, "GalaxyCluster", f"{pointer}/Galaxy/{index}", draft):
                at = f"{pointer}/Galaxy/{index}/GalaxyCluster/{nth}"
                _cluster(cluster, galaxy.get("type"), at, scope, draft)


def _tag(tag: dict[str, Any], at: str, scope: Scope, draft: Draft) -> None:
    name = tag.get("name")
    if not isinstance(name, str) or not name.strip():
        draft.fault(f"{at}/name", "a tag without a name", "give its name as a string")
        return
    meaning = meaning_of(name)
    role = tag.get("relationship_type")
    if isinstance(role, str) and role and meaning.withheld == "actor-country":
        parsed = parse_machinetag(name)
        if parsed is not None:
            meaning = galaxy_meaning(parsed.predicate, parsed.value or "", role=role.lower())
    if meaning.target:
        read_target(meaning.target, None, at, draft)
    draft.mean(meaning, name, at, scope)


def _cluster(cluster: dict[str, Any], galaxy: Any, at: str, scope: Scope, draft: Draft) -> None:
    galaxy = cluster.get("type") or galaxy
    value = cluster.get("value")
    if not isinstance(galaxy, str) or not isinstance(value, str):
        draft.fault(at, "a galaxy cluster without type or value", "give both as strings")
        return
    meta = cluster.get("meta")
    meta = meta if isinstance(meta, dict) else {}
    role = cluster.get("relationship_type")
    meaning = galaxy_meaning(
        galaxy, value, _first(meta.get("external_id")), role.lower() if isinstance(role, str) else ""
    )
    if meaning.target:
        read_target(meaning.target, _first(meta.get("iso-code")) or _first(meta.get("ISO")), at, draft)
    draft.mean(meaning, f'misp-galaxy:{galaxy}="{value}"', at, scope)


def _first(value: Any) -> str:
    """Galaxies give the same key as a string or as a list of strings."""
    if isinstance(value, list) and value:
        value = value[0]
    return value if isinstance(value, str) else ""


def read_target(name: str, code: str | None, at: str, draft: Draft) -> None:
    state = state_named(code or name)
    if state:
        draft.states[state] = None
    else:
        draft.lose(at, f"a place hit that names no one State: {name[:60]}")
