"""Reading the parts of a norm: sides, event patterns, conditions, deadlines (docs/reference/norms.md)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from proxeny.base.yaml_wire import Path
from proxeny.instrument.norm import (
    All,
    Any_,
    Apart,
    AttributeIs,
    Condition,
    Deadline,
    Earliest,
    FactIs,
    Happened,
    HoldsRole,
    Latest,
    Limit,
    Move,
    Not,
    Pattern,
    Period,
    Side,
    Within,
)
from proxeny.instrument.reading import Reader
from proxeny.instrument.words import ANY_STATE, LEVELS, OPEN_TYPES, OTHER_STATE, Words

BEARER, COUNTERPARTY, ANYBODY = "bearer", "counterparty", "any"
UNITS = ("hours", "days", "working_days", "months")
CLOSES = ("at_the_hour", "end_of_day", "end_of_working_day")
TAKES = ("first", "latest")
LONGEST = {"hours": 100_000, "days": 5_000, "working_days": 5_000, "months": 1_200}
"""Eleven years of hours, thirteen of days, a century of months. What is longer is a slip of the pen."""
DEEPEST = 8  # conditions within conditions; a person no longer follows what nests deeper
_OTHER = {BEARER: COUNTERPARTY, COUNTERPARTY: BEARER}


class Parts(msgspec.Struct, frozen=True):
    """A document that is read as norms, and the words that may stand in it."""

    reader: Reader
    words: Words


def read_side(parts: Parts, raw: Any, path: Path) -> Side:
    """`role`, `[role, role]` (each holder), or `{one_of: [role, role]}` (one of them is enough)."""
    known = (*parts.words.roles, ANY_STATE, OTHER_STATE)
    if isinstance(raw, dict):
        values = parts.reader.mapping(raw, path, ("one_of",))
        parts.reader.require(values, path, ("one_of",))
        roles = parts.reader.words(values.get("one_of"), (*path, "one_of"), known, "role")
        return Side(roles or (ANY_STATE,), one=True)
    return Side(parts.reader.words(raw, path, known, "role") or (ANY_STATE,))


def read_patterns(parts: Parts, raw: Any, path: Path) -> tuple[Pattern, ...]:
    """One event pattern, or a list of them of which any will do."""
    found = (read_pattern(parts, entry, own) for own, entry in parts.reader.items(raw, path))
    return tuple(one for one in found if one is not None)


def read_pattern(parts: Parts, raw: Any, path: Path) -> Pattern | None:
    """`{event: aware, of: significant_incident, by: bearer}`; None and a fault where it is none."""
    reader = parts.reader
    if not isinstance(raw, dict):
        reader.fault(path, "no event pattern", "write {event: aware, of: incident}")
        return None
    if not reader.require(raw, path, ("event",)):
        return None
    event = reader.word(raw["event"], (*path, "event"), parts.words.events, "event")
    if not event:
        return None
    attributes = parts.words.events[event].attributes
    values = reader.mapping(raw, path, ("event", "by", "to", *attributes))
    whom = (BEARER, COUNTERPARTY, ANYBODY, *parts.words.roles)
    by = reader.word(values.get("by", BEARER), (*path, "by"), whom, "side or role")
    to = reader.word(values.get("to", _OTHER.get(by, ANYBODY)), (*path, "to"), whom, "side or role")
    asked = {}
    for name in (name for name in attributes if name in values):
        kind = attributes[name]
        if kind in OPEN_TYPES:
            reader.key_fault(
                (*path, name), f"{name} is no choice of words", "use a condition on the attribute"
            )
        else:
            asked[name] = reader.words(values[name], (*path, name), parts.words.values[kind], name)
    return Pattern(
        event=event, by="" if by == ANYBODY else by, to="" if to == ANYBODY else to, attributes=asked
    )


def read_condition(parts: Parts, raw: Any, path: Path, depth: int = 0) -> Condition | None:
    """A condition: one operator with its operands. A list is `all`. None and a fault where it is none."""
    reader = parts.reader
    if depth > DEEPEST:
        reader.fault(path, f"conditions nested deeper than {DEEPEST}", "split the norm")
        return None
    if isinstance(raw, list):
        return _many(parts, raw, path, All, depth)
    if not isinstance(raw, dict) or not raw:
        reader.fault(path, "no condition", f"write one of {', '.join(_OPERATORS)}: …")
        return None
    operator = next((key for key in raw if key in _OPERATORS), None)
    if operator is None:
        key = next(iter(raw))
        reader.key_fault((*path, key), f"unknown operator {key[:60]!r}", f"known: {', '.join(_OPERATORS)}")
        return None
    read, also = _OPERATORS[operator]
    reader.mapping(raw, path, (operator, *also))
    return read(parts, raw, path, depth)


def _all(parts: Parts, raw: dict[str, Any], path: Path, depth: int) -> Condition | None:
    return _many(parts, raw["all"], (*path, "all"), All, depth)


def _any(parts: Parts, raw: dict[str, Any], path: Path, depth: int) -> Condition | None:
    return _many(parts, raw["any"], (*path, "any"), Any_, depth)


def _many(parts: Parts, raw: Any, path: Path, kind: type[All] | type[Any_], depth: int) -> Condition | None:
    found = [read_condition(parts, entry, own, depth + 1) for own, entry in parts.reader.items(raw, path)]
    if not found:
        parts.reader.fault(path, "no condition in the list", "write at least one, or leave the key out")
    kept = tuple(one for one in found if one is not None)
    return kind(kept) if kept else None


def _not(parts: Parts, raw: dict[str, Any], path: Path, depth: int) -> Condition | None:
    inner = read_condition(parts, raw["not"], (*path, "not"), depth + 1)
    return None if inner is None else Not(inner)


def _fact(parts: Parts, raw: dict[str, Any], path: Path, _depth: int) -> Condition | None:
    name = parts.reader.word(raw["fact"], (*path, "fact"), parts.words.facts, "fact")
    return FactIs(name) if name else None


def _role(parts: Parts, raw: dict[str, Any], path: Path, _depth: int) -> Condition | None:
    name = parts.reader.word(raw["role"], (*path, "role"), parts.words.roles, "role")
    of = parts.reader.word(raw.get("of", BEARER), (*path, "of"), (BEARER, COUNTERPARTY), "side")
    return HoldsRole(name, of) if name and of else None


def _happened(parts: Parts, raw: dict[str, Any], path: Path, _depth: int) -> Condition | None:
    pattern = read_pattern(parts, raw["happened"], (*path, "happened"))
    return None if pattern is None else Happened(pattern)


def _attribute(parts: Parts, raw: dict[str, Any], path: Path, _depth: int) -> Condition | None:
    """An attribute of the trigger: `is` a word or one of a list, `at_least` or `at_most` a level."""
    reader, words = parts.reader, parts.words
    kinds = {name: kind for event in words.events.values() for name, kind in event.attributes.items()}
    name = reader.word(raw["attribute"], (*path, "attribute"), kinds, "attribute")
    if not name:
        return None
    if kinds[name] == "level":
        ends = {key: raw[key] for key in ("at_least", "at_most") if key in raw}
        if not ends or "is" in raw:
            reader.fault(path, f"{name} is a level", "write at_least: 4, or at_most: 3")
        read = {key: reader.count(value, (*path, key), LEVELS[0], LEVELS[-1]) for key, value in ends.items()}
        return AttributeIs(name=name, at_least=read.get("at_least"), at_most=read.get("at_most"))
    if "at_least" in raw or "at_most" in raw or "is" not in raw:
        reader.fault(path, f"{name} is a word", "write is: …")
        return None
    known = ("yes", "no") if kinds[name] == "list_n" else words.values.get(kinds[name], {})
    return AttributeIs(name=name, values=reader.words(raw["is"], (*path, "is"), known, name))


def _apart(parts: Parts, raw: dict[str, Any], path: Path, _depth: int) -> Condition | None:
    """`{apart: {from: PATTERN, to: PATTERN}, more_than: {hours: 24}}`: exact time between two events."""
    reader, own = parts.reader, (*path, "apart")
    ends = reader.mapping(raw["apart"], own, ("from", "to"))
    reader.require(ends, own, ("from", "to"))
    start = read_pattern(parts, ends["from"], (*own, "from")) if "from" in ends else None
    end = read_pattern(parts, ends["to"], (*own, "to")) if "to" in ends else None
    bounds = {key: raw[key] for key in ("more_than", "at_most") if key in raw}
    if len(bounds) != 1:
        reader.fault(path, "not one bound", "write more_than: {hours: 24}, or at_most: {hours: 24}")
        return None
    ((key, value),) = bounds.items()
    values = reader.mapping(value, (*path, key), ("hours",))
    hours = reader.count(values.get("hours"), (*path, key, "hours"), 1, LONGEST["hours"])
    if start is None or end is None or hours is None:
        return None
    more = key == "more_than"
    return Apart(
        start=start,
        end=end,
        more_than_hours=hours if more else None,
        at_most_hours=None if more else hours,
    )


_Read = Callable[[Parts, dict[str, Any], Path, int], Condition | None]
_OPERATORS: dict[str, tuple[_Read, tuple[str, ...]]] = {
    "all": (_all, ()),
    "any": (_any, ()),
    "not": (_not, ()),
    "fact": (_fact, ()),
    "role": (_role, ("of",)),
    "happened": (_happened, ()),
    "attribute": (_attribute, ("is", "at_least", "at_most")),
    "apart": (_apart, ("more_than", "at_most")),
}
OPERATORS = tuple(_OPERATORS)


def read_deadline(parts: Parts, raw: Any, path: Path) -> Deadline:
    """By when: `within` limits, a `vague` term, a move to a working day, or `every` so often."""
    reader = parts.reader
    values = reader.mapping(raw, path, ("within", "vague", "where_possible", "moves", "closes", "every"))
    if not values:
        reader.fault(path, "an empty deadline", "write within: {hours: 24, after: trigger}, or leave it out")
    vague = values.get("vague")
    within = read_within(parts, values["within"], (*path, "within")) if "within" in values else None
    if within is None:
        for key in ("where_possible", "moves", "closes"):
            if key in values:
                reader.key_fault((*path, key), f"{key} without a limit", "add within: …, or leave it out")
    return Deadline(
        within=within,
        vague=reader.word(vague, (*path, "vague"), parts.words.vague, "vague term") if vague else "",
        where_possible=reader.truth(values.get("where_possible"), (*path, "where_possible")),
        move=_move(parts, values["moves"], (*path, "moves")) if "moves" in values else None,
        closes=reader.word(values.get("closes", CLOSES[0]), (*path, "closes"), CLOSES, "closing"),
        every=_period(parts, values["every"], (*path, "every")) if "every" in values else None,
    )


def read_within(parts: Parts, raw: Any, path: Path, depth: int = 0) -> Within | None:
    """`{hours: 24, after: trigger}`, or `{min: [...]}`, or `{max: [...]}`."""
    reader = parts.reader
    if not isinstance(raw, dict) or depth > DEEPEST:
        reader.fault(path, "no limit", "write {hours: 24, after: trigger}, {min: […]} or {max: […]}")
        return None
    for key, kind in (("min", Earliest), ("max", Latest)):
        if key in raw:
            reader.mapping(raw, path, (key,))
            own = (*path, key)
            found = [read_within(parts, e, p, depth + 1) for p, e in reader.items(raw[key], own)]
            if len(found) < 2:
                reader.fault(own, f"{key} of fewer than two limits", "write two, or the limit alone")
            kept = tuple(one for one in found if one is not None)
            return kind(kept) if kept else None
    return _limit(parts, raw, path)


def _limit(parts: Parts, raw: dict[str, Any], path: Path) -> Limit | None:
    reader = parts.reader
    values = reader.mapping(raw, path, (*UNITS, "after", "take", "calendar"))
    if not reader.require(values, path, ("after",), "say after what: trigger, an event, or limit_of"):
        return None
    after, anchor, limit_of = values["after"], None, ""
    if isinstance(after, dict) and "limit_of" in after:
        reader.mapping(after, (*path, "after"), ("limit_of",))
        limit_of = reader.text(after["limit_of"], (*path, "after", "limit_of"))
    elif isinstance(after, dict):
        anchor = read_pattern(parts, after, (*path, "after"))
        if anchor is None:
            return None
    elif after != "trigger":
        reader.fault(
            (*path, "after"), f"{str(after)[:40]!r} is no anchor", "trigger, an event, or limit_of: NORM"
        )
    timed = {unit: values[unit] for unit in UNITS if unit in values}
    period = Period("hours", 0) if limit_of and not timed else _period(parts, timed, path)
    if period is None:
        return None
    sides = (BEARER, COUNTERPARTY)
    return Limit(
        period=period,
        anchor=anchor,
        limit_of=limit_of,
        take=reader.word(values.get("take", TAKES[0]), (*path, "take"), TAKES, "choice of event"),
        calendar=reader.word(values.get("calendar", BEARER), (*path, "calendar"), sides, "side"),
    )


def _period(parts: Parts, raw: Any, path: Path) -> Period | None:
    values = parts.reader.mapping(raw, path, UNITS)
    if len(values) != 1:
        parts.reader.fault(path, "not one length of time", f"give one of {', '.join(UNITS)}")
        return None
    ((unit, count),) = values.items()
    found = parts.reader.count(count, (*path, unit), 1, LONGEST[unit])
    return None if found is None else Period(unit, found)


def _move(parts: Parts, raw: Any, path: Path) -> Move | None:
    """`{weekend_or_holiday: noon_of_next_working_day, calendar: bearer, unless: …, source: …}`."""
    reader = parts.reader
    values = reader.mapping(raw, path, ("weekend_or_holiday", "calendar", "unless", "source"))
    if not reader.require(values, path, ("weekend_or_holiday", "source")):
        return None
    noon = ("noon_of_next_working_day",)
    reader.word(values["weekend_or_holiday"], (*path, "weekend_or_holiday"), noon, "day to move to")
    unless = values.get("unless")
    return Move(
        source=reader.text(values["source"], (*path, "source")),
        calendar=reader.word(values.get("calendar", BEARER), (*path, "calendar"), _OTHER, "side"),
        unless=None if unless is None else read_condition(parts, unless, (*path, "unless")),
    )
