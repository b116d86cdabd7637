"""Words by which the name of a member, a tag or an object tells that it says who did it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

ActorKind = Literal["actor", "intrusion-set", "actor-country", "motive", "campaign"]

# In this order, since a name may hold several: the country of an actor is more than an actor.
_SAYING: tuple[tuple[str, ActorKind], ...] = (
    ("actor country", "actor-country"),
    ("country of actor", "actor-country"),
    ("adversary country", "actor-country"),
    ("nation state", "actor-country"),
    ("state sponsor", "actor-country"),
    ("state sponsored", "actor-country"),
    ("sponsor state", "actor-country"),
    ("activity group", "intrusion-set"),
    ("intrusion set", "intrusion-set"),
    ("intrusionset", "intrusion-set"),
    ("campaign", "campaign"),
    ("motivation", "motive"),
    ("motive", "motive"),
    *(
        (word, "actor")
        for word in (
            "actor",
            "adversary",
            "apt",
            "apt group",
            "attributed",
            "attribution",
            "perpetrator",
            "threat group",
            "threatactor",
        )
    ),
)
"""Words in the name of a member below which it is said who did it. A family of malware says what, not who; an attacker
is an end of a connection."""

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_MOST_NAMED = 200  # code points of a name that are looked at


@lru_cache(maxsize=4096)
def actor_kind(name: str) -> ActorKind | None:
    """What the member of this name says of an actor, None where it says nothing of one. `threatActors`,
    `suspected-actor` and `actor_name` are read as their words."""
    words = [_singular(word.lower()) for word in _WORD.findall(name[:_MOST_NAMED])]
    said = f" {' '.join(words)} "
    return next((kind for phrase, kind in _SAYING if f" {phrase} " in said), None)


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word
