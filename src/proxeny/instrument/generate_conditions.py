"""Conditions as code: each leaves its value in a name and its steps in a list, as truth.judge does."""

from __future__ import annotations

from typing import assert_never

import msgspec

from proxeny.instrument.generate_source import Lines, Source, literal
from proxeny.instrument.norm import (
    All,
    Any_,
    Apart,
    AttributeIs,
    Condition,
    FactIs,
    Happened,
    HoldsRole,
    Not,
    Pattern,
)


class Made(msgspec.Struct, frozen=True):
    """The name that holds yes, no or unknown; and a tuple, as code, of what is needed where it is unknown."""

    value: str
    needs: str = "()"


def write_condition(source: Source, lines: Lines, condition: Condition, steps: str) -> Made:
    """Write the code that judges a condition and adds its steps to the list of that name."""
    if isinstance(condition, All):
        return _joined(source, lines, condition.of, steps, "no", "yes")
    if isinstance(condition, Any_):
        return _joined(source, lines, condition.of, steps, "yes", "no")
    if isinstance(condition, Not):
        inner = write_condition(source, lines, condition.of, steps)
        value = lines.name("v")
        lines.add(f"{value} = TURNED[{inner.value}]")
        lines.add(f"{steps}.append({_by_value(source, 'not', '')}[{value}])")
        return Made(value, inner.needs)
    if isinstance(condition, FactIs):
        value = lines.name("v")
        lines.add(f"{value} = run.facts.get({condition.name!r}, 'unknown')")
        lines.add(f"{steps}.append({_by_value(source, 'fact', literal({'fact': condition.name}))}[{value}])")
        return Made(value, _need(condition.name))
    if isinstance(condition, HoldsRole):
        party = "bearer" if condition.of == "bearer" else "other"
        return _called(lines, f"role({party}, {condition.name!r}, {steps})")
    if isinstance(condition, Happened):
        return _happened(source, lines, condition.pattern, steps)
    if isinstance(condition, AttributeIs):
        return _attribute(lines, condition, steps)
    if isinstance(condition, Apart):
        return _apart(source, lines, condition, steps)
    assert_never(condition)


def write_required(source: Source, lines: Lines, condition: Condition) -> None:
    """Write the code of the condition of a norm: it ends where one is proved false, and notes what is unknown."""
    for one in condition.of if isinstance(condition, All) else (condition,):
        made = write_condition(source, lines, one, "steps")
        lines.add(f"if {made.value} == 'no':")
        lines.add("return", 1)
        if made.needs != "()":
            lines.add(f"if {made.value} == 'unknown':")
            lines.add(f"needs += {made.needs}", 1)


def _joined(
    source: Source, lines: Lines, of: tuple[Condition, ...], steps: str, deciding: str, neutral: str
) -> Made:
    made = [write_condition(source, lines, one, steps) for one in of]
    value = lines.name("v")
    values = f"({''.join(f'{one.value}, ' for one in made)})"
    lines.add(
        f"{value} = {deciding!r} if {deciding!r} in {values} "
        f"else 'unknown' if 'unknown' in {values} else {neutral!r}"
    )
    needs = [f"*({one.needs} if {one.value} == 'unknown' else ())" for one in made if one.needs != "()"]
    return Made(value, f"({', '.join(needs)},)" if needs else "()")


def _called(lines: Lines, call: str, need: str = "") -> Made:
    value = lines.name("v")
    lines.add(f"{value} = {call}")
    return Made(value, _need(need))


def _need(name: str) -> str:
    return f"({name!r},)" if name else "()"


def _by_value(source: Source, step: str, detail: str) -> str:
    given = f", {detail}" if detail else ""
    made = ", ".join(f"{value!r}: Step({step!r}, {value!r}{given})" for value in ("yes", "no", "unknown"))
    return source.constant("{" + made + "}")


def _happened(source: Source, lines: Lines, pattern: Pattern, steps: str) -> Made:
    found, value = lines.name("m"), lines.name("v")
    lines.add(f"{found} = {source.matching((pattern,))}")
    lines.add(f"{value} = 'yes' if {found} else 'no'")
    sought = source.sought("happened", "no", pattern)
    lines.add(f"{steps}.append(run.step('happened', {found}[0]) if {found} else {sought})")
    return Made(value)


def _attribute(lines: Lines, condition: AttributeIs, steps: str) -> Made:
    name = condition.name
    if condition.at_least is not None or condition.at_most is not None:
        bounds = literal((condition.at_least, condition.at_most))
        return _called(lines, f"level(run, event, bearer, {name!r}, {bounds}, {steps})", name)
    return _called(lines, f"attribute(run, event, {name!r}, {literal(condition.values)}, {steps})", name)


def _apart(source: Source, lines: Lines, condition: Apart, steps: str) -> Made:
    starts, ends = lines.name("m"), lines.name("m")
    lines.add(f"{starts} = {source.matching((condition.start,))}")
    lines.add(f"{ends} = {source.matching((condition.end,))}")
    bounds = literal((condition.more_than_hours, condition.at_most_hours))
    missing = [source.sought("apart", "unknown", one) for one in (condition.start, condition.end)]
    made = _called(lines, f"apart({starts}, {ends}, {bounds}, ({', '.join(missing)}), {steps})")
    needs = [_need(_named(one)) for one in (condition.start, condition.end)]
    return Made(made.value, f"({needs[1]} if {starts} else {needs[0]})")


def _named(pattern: Pattern) -> str:
    said = " ".join(value for values in pattern.attributes.values() for value in values)
    return f"{pattern.event} {said}".strip()
