"""The words of norms and of facts files: a closed vocabulary, read from data/instruments/words.yaml."""

from __future__ import annotations

from typing import Any

import msgspec


class Role(msgspec.Struct, frozen=True):
    """A role: held by a State, or by a body (an entity, an authority, an organization). `held_by`: the kinds of body
    that the audit of conflicts thinks of; any, where none is named."""

    kind: str
    held_by: tuple[str, ...] = ()


class EventWord(msgspec.Struct, frozen=True):
    """An event: which attributes it may have (attribute to the name of its values), and which it must have."""

    needs: tuple[str, ...] = ()
    attributes: dict[str, str] = {}


class Value(msgspec.Struct, frozen=True):
    """A value of an attribute. `is_a`: the wider value that it also counts as."""

    is_a: str = ""


class ActWord(msgspec.Struct, frozen=True):
    """What a State may do about an instrument: whether it then `binds`, or `ends` that."""

    binds: str = "no"
    ends: str = "no"


class ImpliedRole(msgspec.Struct, frozen=True):
    """A role that an event shows: of who did it (`by`), and of the other side (`other`)."""

    event: str
    by: str
    what: tuple[str, ...] = ()
    other: str = ""


class Words(msgspec.Struct, frozen=True):
    """All words. See the comments of data/instruments/words.yaml."""

    roles: dict[str, Role]
    kinds: tuple[str, ...]
    events: dict[str, EventWord]
    values: dict[str, dict[str, Value]]
    facts: dict[str, str]
    exclusive: tuple[tuple[str, str], ...]
    implied_roles: tuple[ImpliedRole, ...]
    vague: tuple[str, ...]
    acts: dict[str, ActWord]
    actions: tuple[str, ...]
    standings: dict[str, str]
    modalities: tuple[str, ...]
    bound_by: tuple[str, ...]

    def counts_as(self, attribute_values: str, said: str, asked: str) -> bool:
        """Whether a value that was said is the one asked for, or narrower than it."""
        known = self.values.get(attribute_values, {})
        while said != asked:
            wider = known[said].is_a if said in known else ""
            if not wider:
                return False
            said = wider
        return True


ANY_STATE = "any_state"
OTHER_STATE = "other_state"
"""Words for a side of a norm that are no roles: every State, every State but the bearer."""

LEVELS = range(8)
"""The national level of the incident scale, 0 to 7 (docs/reference/scale.md)."""

OPEN_TYPES = ("level", "list_n", "text", "duty")
"""Types of attributes that have no closed list of values."""


def build_words(plain: Any) -> Words:
    """The words from the plain values of the file. Raises msgspec.ValidationError where they do not fit."""
    return msgspec.convert(plain, Words, strict=False)
