"""Deadlines as code: each limit leaves its two times in names and its steps in the trace, as limits.reckon does."""

from __future__ import annotations

from proxeny.instrument.generate_conditions import write_condition
from proxeny.instrument.generate_source import Lines, Source, literal
from proxeny.instrument.norm import Deadline, Earliest, Limit, Within


def write_deadline(source: Source, lines: Lines, deadline: Deadline) -> None:
    """Write the code that sets `by` and `late`, and adds its steps to `steps`."""
    if deadline.vague:
        lines.add(f"steps.append({source.step('vague', deadline.vague)})")
    if deadline.within is None:
        return
    by, late = _within(source, lines, deadline.within)
    lines.add(f"by, late = {by}, {late}")
    if deadline.move is not None:
        lines.add("if by is not None:")
        lines.depth += 1
        excluded = "'no'"
        if deadline.move.unless is not None:
            lines.add("aside = []")
            excluded = write_condition(source, lines, deadline.move.unless, "aside").value
        party = _party(deadline.move.calendar)
        lines.add(f"by, late = moved(run, {party}, (by, late), {excluded}, {deadline.move.source!r}, steps)")
        lines.depth -= 1
    if deadline.closes != "at_the_hour":
        lines.add("if by is not None:")
        lines.add(f"late = closed(run, bearer, {deadline.closes!r}, late, steps)", 1)
    if deadline.where_possible:
        lines.add("late = None")


def _party(side: str) -> str:
    return "bearer" if side == "bearer" else "other"


def _within(source: Source, lines: Lines, within: Within) -> tuple[str, str]:
    """The names of the two times."""
    if isinstance(within, Limit):
        return _limit(source, lines, within)
    times = [_within(source, lines, one) for one in within.of]
    by, late = lines.name("by"), lines.name("late")
    pairs = "".join(f"({one}, {other}), " for one, other in times)
    name = "min" if isinstance(within, Earliest) else "max"
    lines.add(f"{by}, {late} = whichever({name!r}, ({pairs}), steps)")
    return by, late


def _limit(source: Source, lines: Lines, limit: Limit) -> tuple[str, str]:
    by, late = lines.name("by"), lines.name("late")
    lines.add(f"{by} = {late} = None")
    if limit.limit_of:
        first, last = lines.name("first"), lines.name("last")
        lines.add(f"{first}, {last} = run.limit_of({limit.limit_of!r}, bearer)")
        lines.add(f"if {first} is None:")
        lines.add(f"steps.append({source.step('anchor', 'no', {'limit_of': limit.limit_of})})", 1)
        lines.add("else:")
        detail = f"{{'limit_of': {limit.limit_of!r}, 'at': shown_moment({first})}}"
        lines.add(f"steps.append(Step('anchor', 'yes', {detail}))", 1)
        _after(source, lines, limit, by, late, first, f"({last} or {first})")
        lines.add(f"if {last} is None:", 1)
        lines.add(f"{late} = None", 2)
        return by, late
    anchor = "event"
    if limit.anchor is not None:
        anchor, found = lines.name("a"), lines.name("m")
        lines.add(f"{found} = {source.matching((limit.anchor,))}")
        place = 0 if limit.take == "first" else -1
        lines.add(f"{anchor} = {found}[{place}] if {found} else None")
        sought = source.sought("anchor", "no", limit.anchor)
    else:
        sought = source.step("anchor", "no", {})
    lines.add(f"if {anchor} is None:")
    lines.add(f"steps.append({sought})", 1)
    lines.add("else:")
    lines.add(f"steps.append(run.step('anchor', {anchor}))", 1)
    _after(source, lines, limit, by, late, f"{anchor}.at", f"{anchor}.at")
    return by, late


def _after(source: Source, lines: Lines, limit: Limit, by: str, late: str, first: str, last: str) -> None:
    """The two times a period after the two of the anchor."""
    period, gives = source.period(limit.period), lines.name("t")
    if limit.period.unit != "hours":
        party = _party(limit.calendar)
        lines.add(f"{by}, {late} = after(run, {period}, {party}, {first}, {last}, steps)", 1)
        return
    lines.add(f"{by} = {first} + {period}", 1)
    lines.add(f"{late} = {by if first == last else f'{last} + {period}'}", 1)
    lines.add(f"{gives} = shown_moment({by})", 1)
    add = literal({limit.period.unit: limit.period.count})
    lines.add(f"steps.append(Step('arithmetic', {gives}, {{'add': {add}, 'gives': {gives}}}))", 1)
