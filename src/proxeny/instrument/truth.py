"""Conditions held against a scene: yes, no or unknown (Kleene's strong logic), with what was looked at."""

from __future__ import annotations

from typing import Any, Literal, assert_never

import msgspec

from proxeny.base.moments import show_moment
from proxeny.identify.scale import rate
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
from proxeny.instrument.scene import Scene
from proxeny.instrument.situation import Event

Truth = Literal["yes", "no", "unknown"]


class Step(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that was looked at: what kind of thing, what it gave, and its particulars (ids, times, sources)."""

    step: str
    value: str
    detail: dict[str, Any] = {}


class Verdict(msgspec.Struct, frozen=True):
    """What a condition gives, the steps to it, and which facts would settle what is unknown."""

    value: Truth
    steps: tuple[Step, ...] = ()
    needs: tuple[str, ...] = ()


YES = Verdict("yes")


def judge(condition: Condition, scene: Scene) -> Verdict:
    """Whether the condition holds in the scene."""
    if isinstance(condition, All):
        return _joined([judge(one, scene) for one in condition.of], "no", "yes")
    if isinstance(condition, Any_):
        return _joined([judge(one, scene) for one in condition.of], "yes", "no")
    if isinstance(condition, Not):
        inner = judge(condition.of, scene)
        turned: dict[Truth, Truth] = {"yes": "no", "no": "yes", "unknown": "unknown"}
        return Verdict(turned[inner.value], (*inner.steps, Step("not", turned[inner.value])), inner.needs)
    if isinstance(condition, FactIs):
        return _fact(condition, scene)
    if isinstance(condition, HoldsRole):
        return _role(condition, scene)
    if isinstance(condition, Happened):
        return _happened(condition.pattern, scene)
    if isinstance(condition, AttributeIs):
        return _attribute(condition, scene)
    if isinstance(condition, Apart):
        return _apart(condition, scene)
    assert_never(condition)


def _joined(verdicts: list[Verdict], deciding: Truth, neutral: Truth) -> Verdict:
    """One that decides settles it; else one that is unknown leaves it open."""
    steps = tuple(step for verdict in verdicts for step in verdict.steps)
    values = {verdict.value for verdict in verdicts}
    if deciding in values:
        return Verdict(deciding, steps)
    if "unknown" in values:
        needs = [need for v in verdicts if v.value == "unknown" for need in v.needs]
        return Verdict("unknown", steps, tuple(dict.fromkeys(needs)))
    return Verdict(neutral, steps)


def _verdict(value: Truth, step: str, detail: dict[str, Any], need: str = "") -> Verdict:
    return Verdict(value, (Step(step, value, detail),), (need,) if value == "unknown" and need else ())


def _fact(condition: FactIs, scene: Scene) -> Verdict:
    said = scene.situation.facts.get(condition.name, "unknown")
    value: Truth = "yes" if said == "yes" else "no" if said == "no" else "unknown"
    return _verdict(value, "fact", {"fact": condition.name}, condition.name)


def _role(condition: HoldsRole, scene: Scene) -> Verdict:
    party = scene.bearer if condition.of == "bearer" else scene.counterparty
    holds = condition.name in party.actor.roles if party.actor else condition.name in party.accepts
    return _verdict("yes" if holds else "no", "role", {"role": condition.name, "of": party.name})


def _happened(pattern: Pattern, scene: Scene) -> Verdict:
    found = scene.matching((pattern,))
    detail = shown_event(found[0]) if found else shown_pattern(pattern)
    return _verdict("yes" if found else "no", "happened", detail)


def _attribute(condition: AttributeIs, scene: Scene) -> Verdict:
    """What the trigger says; a level that it leaves out is that of the impact facts of the bearer's State."""
    said = scene.trigger.attributes.get(condition.name) if scene.trigger else None
    detail = {"attribute": condition.name, "is": said} | (shown_event(scene.trigger) if scene.trigger else {})
    if condition.at_least is not None or condition.at_most is not None:
        level = detail["is"] = _level(said, scene)
        return _verdict(_within(condition, level), "attribute", detail, condition.name)
    if said is None and condition.name == "list":
        said = detail["is"] = "no"  # an assessment that names no item of list N found none
    if said is None or said == "unknown":
        return _verdict("unknown", "attribute", detail, condition.name)
    return _verdict("yes" if said in condition.values else "no", "attribute", detail)


def _level(said: Any, scene: Scene) -> int | None:
    """The upper end of the national level."""
    if isinstance(said, int):
        return said
    facts = scene.situation.impact
    if said is None and scene.bearer.state in facts.states:
        return rate(facts).national[scene.bearer.state].high
    return None


def _within(condition: AttributeIs, level: int | None) -> Truth:
    if level is None:
        return "unknown"
    least, most = condition.at_least, condition.at_most
    return "yes" if (least is None or level >= least) and (most is None or level <= most) else "no"


def _apart(condition: Apart, scene: Scene) -> Verdict:
    """The exact time between the first such events; unknown while one of them has not happened."""
    starts, ends = scene.matching((condition.start,)), scene.matching((condition.end,))
    if not starts or not ends:
        missing = condition.end if starts else condition.start
        return _verdict("unknown", "apart", shown_pattern(missing), _named(missing))
    hours = (ends[0].at - starts[0].at).total_seconds() / 3600
    detail = {
        "from": show_moment(starts[0].at),
        "to": show_moment(ends[0].at),
        "sources": [starts[0].source, ends[0].source],
        "hours": round(hours, 4),
    }
    if condition.more_than_hours is not None:
        detail["more_than_hours"] = condition.more_than_hours
        return _verdict("yes" if hours > condition.more_than_hours else "no", "apart", detail)
    detail["at_most_hours"] = condition.at_most_hours
    most = condition.at_most_hours or 0
    return _verdict("yes" if hours <= most else "no", "apart", detail)


def shown_event(event: Event) -> dict[str, Any]:
    """An event for a trace."""
    shown: dict[str, Any] = {"event": event.event, "by": event.by, "at": show_moment(event.at)}
    if event.to:
        shown["to"] = event.to
    if event.source:
        shown["source"] = event.source
    return shown | {key: value for key, value in event.attributes.items() if value is not None}


def shown_pattern(pattern: Pattern) -> dict[str, Any]:
    """What was looked for, for a trace."""
    asked = {
        name: values[0] if len(values) == 1 else list(values) for name, values in pattern.attributes.items()
    }
    return {"event": pattern.event, "by": pattern.by or "any"} | asked


def _named(pattern: Pattern) -> str:
    said = " ".join(value for values in pattern.attributes.values() for value in values)
    return f"{pattern.event} {said}".strip()
