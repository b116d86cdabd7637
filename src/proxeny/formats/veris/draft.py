"""What is gathered from one VERIS record, and the checks its members pass on the way.

A value of the wrong JSON type refuses the record: nothing can be read from it. What else the schema
asks for (members that are required, not empty, without duplicates, known by name) is written down as a
loss instead: a report is not turned away because it names no motive.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from proxeny.base.errors import Fault
from proxeny.formats.entries import pointer
from proxeny.identify.report import Indicator, Loss, Stated, Tag, Withheld

NOT_SAID = frozenset(["", "Unknown", "NA", "unknown", "Other", "000000"])
"""Values by which a record says that it says nothing (of an actor, a place, a rating)."""


class Draft(msgspec.Struct):
    """A Report in the making."""

    place: str  # the record within its file, for faults
    faults: list[Fault] = []
    tags: list[Tag] = []
    indicators: list[Indicator] = []
    stated: list[Stated] = []
    losses: list[Loss] = []
    withheld: list[Withheld] = []
    notes: list[str] = []

    def fault(self, at: str, message: str, remedy: str) -> None:
        self.faults.append(Fault(f"{self.place}{at}", message, remedy))

    def lose(self, at: str, why: str) -> None:
        self.losses.append(Loss(at=at, why=why))

    def tag(self, code: str, at: str, scope: Literal["event", "part"] = "event") -> None:
        self.tags.append(Tag(scheme="veris", code=code, raw=code, at=at, scope=scope))

    def withhold(
        self, kind: Literal["actor", "actor-country", "motive", "campaign"], value: str, at: str
    ) -> None:
        if value not in NOT_SAID:
            self.withheld.append(Withheld(kind=kind, value=value, at=at))


def member(draft: Draft, node: dict[str, Any], key: str, at: str) -> dict[str, Any]:
    """The object under `key`, empty where there is none."""
    value = node.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        draft.fault(pointer_in(at, key), f"{kind_of(value)} where an object belongs", "see the VERIS schema")
        return {}
    return value


def text_in(draft: Draft, node: dict[str, Any], key: str, at: str) -> str:
    """The text under `key`, without the blanks around it; "" where there is none."""
    value = node.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        draft.fault(pointer_in(at, key), f"{kind_of(value)} where a text belongs", "put it in quotes")
        return ""
    if not value.strip():
        draft.lose(pointer_in(at, key), "it is empty, which the VERIS schema forbids")
    return value.strip()


def codes_in(
    draft: Draft, node: dict[str, Any], key: str, at: str, one: bool = False
) -> list[tuple[str, str]]:
    """Each code of the list under `key` with its pointer. `one`: version 1.3 had a single text here."""
    value = node.get(key)
    where = pointer_in(at, key)
    if value is None:
        return []
    if isinstance(value, str) and one:
        return [(value.strip(), where)] if value.strip() else []
    if not isinstance(value, list):
        draft.fault(where, f"{kind_of(value)} where a list belongs", "put it in square brackets")
        return []
    if not value:
        draft.lose(where, "the list is empty, which the VERIS schema forbids")
    found: dict[str, str] = {}
    for index, item in enumerate(value):
        if not isinstance(item, str):
            draft.fault(f"{where}/{index}", f"{kind_of(item)} where a text belongs", "put it in quotes")
        elif item.strip() in found:
            draft.lose(f"{where}/{index}", f"{item[:60]!r} stands twice; it is read once")
        elif item.strip():
            found[item.strip()] = f"{where}/{index}"
    return list(found.items())


def number_in(draft: Draft, node: dict[str, Any], key: str, at: str) -> float | None:
    """The number under `key`; a negative one is a loss, another type a fault."""
    value = node.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        draft.fault(
            pointer_in(at, key), f"{kind_of(value)} where a number belongs", "write it without quotes"
        )
        return None
    if value < 0:
        draft.lose(pointer_in(at, key), f"{value} is below zero")
        return None
    return value


def lose_unknown(draft: Draft, node: dict[str, Any], known: frozenset[str], at: str) -> None:
    """A loss for each member that no VERIS version has, nor this reader takes."""
    for key in node:
        if key not in known:
            draft.lose(
                pointer_in(at, key), f"{key[:60]!r} is no member the VERIS schema knows here; not read"
            )


def lose_unheld(draft: Draft, node: dict[str, Any], keys: tuple[str, ...], at: str) -> None:
    """A loss for each member that VERIS has and the Report does not."""
    for key in keys:
        value = node.get(key)
        if value is not None and value not in ("Unknown", "NA", ["Unknown"], ["NA"]):
            shown = f": {value!r}"[:120] if isinstance(value, (str, int, float, list)) else ""
            draft.lose(pointer_in(at, key), f"not held{shown}")


def pointer_in(at: str, key: object) -> str:
    """The pointer of a member of the node at `at`."""
    return at + pointer(key)


def kind_of(value: Any) -> str:
    """The JSON type of a value, for a person."""
    if isinstance(value, bool):
        return "true or false"
    names = {dict: "an object", list: "a list", str: "a text", int: "a number", float: "a number"}
    return names.get(type(value), "null")
