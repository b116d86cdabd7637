"""The reasons of a decision as sentences: which criterion is met, and what that rests on.

The codes of `decision.why` are those of docs/reference/decision.md; they stay as they are for programs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from proxeny.actions.ports import Say
from proxeny.identify.identification import Decision, Identification

MOST_QUOTED = 3  # statements of the report quoted for one reason


def _(message: str) -> str:
    """Marks a message for the catalogues; it is translated when shown."""
    return message


HEADS = {
    "N": _("notify at once"),
    "1": _("serious"),
    "2": _("unusual or unexpected"),
    "3": _("may spread across borders"),
    "4": _("may cause a harmful reaction between States"),
}
"""List N and the four questions, by the first character of a criterion."""

CRITERIA = {
    "N1": _("national level 4 or more, or a death"),
    "N2": _("a protection or safety system of an installation with dangerous forces entered"),
    "N3": _("a trust anchor misused that is relied on abroad"),
    "N4": _("self-spreading code active"),
    "N5": _("a contact, emergency, medical or humanitarian system of another State hit from home"),
    "N6": _("shared infrastructure lost"),
    "1a": _("national level 3 or more"),
    "1b": _("an essential service lost by many users for hours"),
    "1c": _("more than 24 hours, with no end in sight"),
    "1d": _("national capacity exceeded"),
    "1e": _("a protected service hit (hospital, water, aid)"),
    "2a": _("a flaw without a public fix used"),
    "2b": _("cause unknown 24 hours after detection"),
    "2c": _("first of its sector or technique at home"),
    "2d": _("same root cause again within 6 months"),
    "2e": _("known controls in place, and failed"),
    "3a": _("seen in another State"),
    "3b": _("same product or supplier in use abroad"),
    "3c": _("users abroad, or a cross-border link fed"),
    "3d": _("harmful traffic across infrastructure of others"),
    "3e": _("stolen credentials or keys valid abroad"),
    "4a": _("others likely to block, disconnect or suspend"),
    "4b": _("a military-adjacent, nuclear, electoral or diplomatic target"),
    "4c": _("a public accusation already made"),
    "4d": _("signs of a false trail to a State"),
}
"""Short labels of list N and of the sub-criteria (spec/decision.md)."""


def reasons(result: Identification, say: Say, label: Callable[[str], str]) -> Iterator[str]:
    """One sentence for each criterion that is met. `label`: from the slug of a concept to its name."""
    decision = result.decision
    if decision is None:
        return
    met = [*decision.list, *(c for c in CRITERIA if decision.questions.get(c) == "yes")]
    for code in met:
        yield say("{code} · {question}: {criterion}. Reason: {reason}.").format(
            code=code,
            question=say(HEADS[code[0]]),
            criterion=say(CRITERIA[code]),
            reason=say("; ").join(_basis(code, decision, result, say, label)),
        )


def _basis(
    code: str, decision: Decision, result: Identification, say: Say, label: Callable[[str], str]
) -> Iterator[str]:
    """What an answer rests on, by its code in `why`."""
    why = decision.why.get(code, "")
    if why == "given":
        yield say("answered by a person")
    elif why.startswith("raised by "):
        yield say("the report tells of “{name}”").format(name=label(why.removeprefix("raised by ")))
    elif why.startswith("report: "):
        states = why.removeprefix("report: ").removesuffix(" affected").removesuffix(" States")
        yield say("States affected, by the report: {states}").format(states=states)
    elif why.startswith("derived: "):
        yield from _derived(code, result, say)
    else:
        yield why


def _derived(code: str, result: Identification, say: Say) -> Iterator[str]:
    """The level of the home State by its rules, and what the report states of it; of each State that may be the
    home where that is open."""
    own = result.decision.home if result.decision is not None else None
    homes = [own] if own in result.national else list(result.national)
    if code == "1b" or not homes:
        yield say("reach and duration of the essential services")
    else:
        levels = [_level(result.national[home], say) for home in homes]
        named = [f"{home}: {level}" for home, level in zip(homes, levels, strict=True)]
        yield say("; ").join(levels if len(homes) == 1 else named)
    evidence = result.facts.get("evidence", {})
    words = [words for home in homes for words in _stated(evidence, home)]
    if words:
        yield say("the report states {words}").format(
            words=say(", ").join(say("“{words}”").format(words=w) for w in words[:MOST_QUOTED])
        )


def _level(national: Mapping[str, Any], say: Say) -> str:
    if national["low"] == national["high"]:
        return say("level {level} by rule {rule}").format(level=national["low"], rule=national["driver_low"])
    return say("level at least {low} by rule {low_rule}, at most {high} by rule {high_rule}").format(
        low=national["low"],
        low_rule=national["driver_low"],
        high=national["high"],
        high_rule=national["driver"],
    )


def _stated(evidence: Mapping[str, Mapping[str, Any]], home: str) -> list[str]:
    return [
        " ".join(e["value"].split()) for path, e in evidence.items() if path.startswith(f"states.{home}.")
    ]
