"""Members of free JSON by whose name it is said who did it. They are withheld when read and never written.

Formats with members of a sender's own (extra of IntelMQ, X-ARF's further fields, `_`-members of IDEA) carry such
statements under names as these.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal

from proxeny.formats.entries import pointer
from proxeny.identify.report import Withheld

MAX_VALUE = 500  # code points of a withheld value

ActorKind = Literal["actor", "intrusion-set", "actor-country", "motive", "campaign"]

_NAMES = "actor actor_name adversary apt apt_group apt_name attributed_to attribution threat_actor threat_actor_name"

ACTORS: dict[str, ActorKind] = {
    **dict.fromkeys([*_NAMES.split(), "threatactor", "threat_group"], "actor"),
    **dict.fromkeys(["activity_group", "intrusion_set", "intrusionset"], "intrusion-set"),
    **dict.fromkeys(["campaign", "campaign_id", "campaign_name"], "campaign"),
    **dict.fromkeys(["motivation", "motive"], "motive"),
    "actor_country": "actor-country",
}
"""Names of members below which it is said who did it. A family of malware says what, not who."""

_FOLDED = re.compile(r"[^a-z0-9]+")


def actor_kind(name: str) -> ActorKind | None:
    """What the member of this name says of an actor, None where it says nothing of one."""
    return ACTORS.get(_FOLDED.sub("_", name.lower()).strip("_"))


def accuses(name: str, value: Any) -> bool:
    """Whether a member says who did it: by its name, and with anything in it."""
    return actor_kind(name) is not None and any(True for _ in _leaves(value))


def statements(value: Any, at: str = "") -> list[Withheld]:
    """The statements on who did it anywhere within a value, each with its pointer."""
    found = []
    for where, kind, said in _accused(value, at):
        found += [Withheld(kind=kind, value=str(leaf)[:MAX_VALUE], at=where) for leaf in _leaves(said)]
    return found


def unaccusing(value: Any) -> Any:
    """A copy of the value without the members that say who did it. An empty one says nothing and stays."""
    if isinstance(value, dict):
        return {key: unaccusing(item) for key, item in value.items() if not accuses(key, item)}
    if isinstance(value, list):
        return [unaccusing(item) for item in value]
    return value


def _accused(value: Any, at: str) -> Iterator[tuple[str, ActorKind, Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            kind = actor_kind(key)
            if kind is None:
                yield from _accused(item, at + pointer(key))
            else:
                yield at + pointer(key), kind, item
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _accused(item, f"{at}/{index}")


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    elif value is not None and value != "":
        yield value
