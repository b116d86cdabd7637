"""Members of free JSON by whose name it is said who did it. They are withheld when read and never written.

Formats with members of a sender's own (extra of IntelMQ, X-ARF's further fields, `_`-members of IDEA) carry such
statements under names as these.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from proxeny.formats.actor_words import ActorKind, actor_kind
from proxeny.formats.entries import pointer
from proxeny.formats.machinetag import meaning_of, parse_machinetag
from proxeny.identify.report import Withheld

MAX_VALUE = 500  # code points of a withheld value
_TAGS = frozenset({"tag", "tags", "label", "labels"})


def tag_kind(name: str, value: Any) -> ActorKind | None:
    """What an item of the list of this name says of an actor: a machine tag, `name=value`, or any tag of a list of tags."""
    if not isinstance(value, str) or not value.strip():
        return None
    if "=" not in value and parse_machinetag(value) is None and name.rpartition(".")[2].lower() not in _TAGS:
        return None
    return meaning_of(value).withheld


def accuses(name: str, value: Any) -> bool:
    """Whether a member says who did it: by its name, and with anything in it."""
    return actor_kind(name) is not None and any(True for _ in _leaves(value))


def statements(value: Any, at: str = "") -> list[Withheld]:
    """The statements on who did it anywhere within a value, each with its pointer."""
    found = []
    for where, kind, said in _accused(value, at):
        found += [Withheld(kind=kind, value=str(leaf)[:MAX_VALUE], at=where) for leaf in _leaves(said)]
    return found


def unaccusing(value: Any, name: str = "") -> Any:
    """A copy of the value without the members and tags that say who did it. An empty one says nothing and stays.
    `name` is that of the member whose value it is."""
    if isinstance(value, dict):
        return {key: unaccusing(item, key) for key, item in value.items() if not accuses(key, item)}
    if isinstance(value, list):
        return [unaccusing(item) for item in value if tag_kind(name, item) is None]
    return value


def _accused(value: Any, at: str, name: str = "") -> Iterator[tuple[str, ActorKind, Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            kind = actor_kind(key)
            if kind is None:
                yield from _accused(item, at + pointer(key), key)
            else:
                yield at + pointer(key), kind, item
    elif isinstance(value, list):
        for index, item in enumerate(value):
            told = tag_kind(name, item)
            if told is None:
                yield from _accused(item, f"{at}/{index}")
            else:
                yield f"{at}/{index}", told, item


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    elif value is not None and value != "":
        yield value
