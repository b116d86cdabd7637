"""The notification decision instrument: pure rules over facts and levels.

A proposal of this project and nobody's law (docs/reference/decision.md).

List N: notify without questions. Then four questions, each yes if any of its sub-criteria is met: two yes or
more notify, one consults, none records. The result is computed twice, every unknown as no and every unknown
as yes. If both agree, that is the result; if not, it is pending before 24 hours since awareness, and from
then on the higher one. The instrument never asks who did it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from proxeny.base.errors import refuse
from proxeny.identify.facts import LIST_N, QUESTIONS, Answer, Facts, StateFacts, bounds, home_of
from proxeny.identify.scale import National, Rating, duration_band, reach_bands

VERSION = "decision-1.0.0"
BASIS = "proposed instrument"

UNKNOWN_IS_YES_HOURS = 24  # since awareness; from here on unknown counts as yes
LIST_HOURS, QUESTIONS_HOURS = 4, 24  # to notify: through list N, through two questions
ENOUGH = 2  # questions answered yes that notify
N1_LEVEL, SERIOUS_LEVEL = 4, 3  # national level of N1 and of 1a
SERIOUS_TIER, SERIOUS_REACH, SERIOUS_DURATION = 1, 2, 2  # 1b: R2 and D2 of a tier 1 service
DERIVED = ("N1", "1a", "1b")  # from the facts of the home State

Result = Literal["notify", "consult", "record", "pending"]
_STRENGTH: dict[Answer, int] = {"no": 0, "unknown": 1, "yes": 2}
_ANY = float("inf")


class Worksheet(msgspec.Struct, frozen=True):
    """The result of `proxeny decide`.

    `list` holds the items of list N that are met, `list_unknown` those that may be; `questions` the answers
    to the sub-criteria (1a …) and to the four questions (1 to 4); `why` where each answer comes from.
    `deadline_hours` is the instrument's own, for notify only. `home` is the State decided for, None where it is
    unknown which of several it is.
    """

    result: Result
    list: list[str]
    list_unknown: tuple[str, ...]
    questions: dict[str, Answer]
    why: dict[str, str]
    deadline_hours: int | None
    basis: str
    version: str
    home: str | None = None


class Raised(msgspec.Struct, frozen=True):
    """An answer drawn from a report, with the finding that raised it."""

    answer: Answer
    why: str


class _Duty(msgspec.Struct, frozen=True, order=True):
    """What one way of counting the unknowns gives. In their order: record, consult, notify, sooner notify."""

    rank: int
    urgency: int = 0


_RECORD, _CONSULT, _NOTIFY, _NOTIFY_SOON = _Duty(0), _Duty(1), _Duty(2), _Duty(2, 1)
_RESULTS: tuple[Result, ...] = ("record", "consult", "notify")


def decide(facts: Facts, rating: Rating, raised: Mapping[str, Raised] | None = None) -> Worksheet:
    """The worksheet of the home State. `raised`: answers drawn from a report; for facts from a file, None.

    Drawn from a report that leaves open which of several States the home is, what differs between them is
    unknown. Raises InputError when a file lists several States and none is the home.
    """
    home = home_of(facts)
    if home is None and facts.states and raised is None:
        raise refuse("home", "several States and no home", f"add home: one of {', '.join(facts.states)}")
    answers, why = _answers(facts, _derived(facts, rating, home), raised)
    for number in "1234":
        answers[number], why[number] = _question(number, answers)
    result, deadline = conclude(answers, bounds(facts.decision.hours_since_aware or 0, _ANY)[0])
    return Worksheet(
        result=result,
        list=[code for code in LIST_N if answers[code] == "yes"],
        list_unknown=tuple(code for code in LIST_N if answers[code] == "unknown"),
        questions={code: answers[code] for code in (*QUESTIONS, *"1234")},
        why=why,
        deadline_hours=deadline,
        basis=BASIS,
        version=VERSION,
        home=home,
    )


def conclude(answers: Mapping[str, Answer], hours: float) -> tuple[Result, int | None]:
    """Step 3, over the answers to N1 to N6 and to the questions 1 to 4, at so many hours since awareness.

    Gives the result, and for notify within how many hours. Where both ways of counting the unknowns notify,
    but one of them sooner, it is the later deadline before 24 hours and the sooner one from then on.
    """
    least, most = _duty(answers, ("yes",)), _duty(answers, ("yes", "unknown"))
    if least.rank != most.rank and hours < UNKNOWN_IS_YES_HOURS:
        return "pending", None
    duty = least if hours < UNKNOWN_IS_YES_HOURS else most
    if duty.rank < _NOTIFY.rank:
        return _RESULTS[duty.rank], None
    return "notify", LIST_HOURS if duty == _NOTIFY_SOON else QUESTIONS_HOURS


def _duty(answers: Mapping[str, Answer], counted: tuple[Answer, ...]) -> _Duty:
    if any(answers[code] in counted for code in LIST_N):
        return _NOTIFY_SOON
    met = sum(answers[number] in counted for number in "1234")
    return _NOTIFY if met >= ENOUGH else _CONSULT if met else _RECORD


def _question(number: str, answers: Mapping[str, Answer]) -> tuple[Answer, str]:
    """A question is yes if any of its sub-criteria is, else unknown if any is."""
    own = [code for code in QUESTIONS if code[0] == number]
    for answer in ("yes", "unknown"):
        met = [code for code in own if answers[code] == answer]
        if met:
            return answer, f"{answer}: {', '.join(met)}"
    return "no", "none met"


def _answers(
    facts: Facts, derived: Mapping[str, Raised], raised: Mapping[str, Raised] | None
) -> tuple[dict[str, Answer], dict[str, str]]:
    """List N and every sub-criterion: what is given wins, then the stronger of drawn and derived."""
    given = {**facts.decision.list, **facts.decision.questions}
    answers: dict[str, Answer] = {}
    why: dict[str, str] = {}
    for code in (*LIST_N, *QUESTIONS):
        found = [pool[code] for pool in (derived, raised or {}) if code in pool]
        if code in given:
            answers[code], why[code] = given[code], "given"
        elif found:
            strongest = max(found, key=lambda one: _STRENGTH[one.answer])
            answers[code], why[code] = strongest.answer, strongest.why
        else:
            answers[code], why[code] = "no", "absent" if raised is None else "not-raised"
    return answers, why


def _derived(facts: Facts, rating: Rating, home: str | None) -> dict[str, Raised]:
    """N1, 1a and 1b of the home State. Where it may be any of several, an answer is theirs if it is the same for
    all, else unknown: which State decides is an unknown like any other ("How unknowns are treated")."""
    if home is not None or not facts.states:
        return _of_state(facts.states.get(home or "", StateFacts()), rating.national.get(home or ""))
    each = {code: _of_state(state, rating.national.get(code)) for code, state in facts.states.items()}
    return {code: _joined(code, each) for code in DERIVED}


def _joined(code: str, each: Mapping[str, Mapping[str, Raised]]) -> Raised:
    """One answer over the States that may be the home."""
    answers = {own[code].answer for own in each.values()}
    why = "; ".join(f"{state}: {own[code].why.removeprefix('derived: ')}" for state, own in each.items())
    return Raised(answers.pop() if len(answers) == 1 else "unknown", f"derived: {why}")


def _of_state(state: StateFacts, level: National | None) -> dict[str, Raised]:
    """N1, 1a and 1b from the facts of one State.

    Reached only through unknown inputs they are unknown, not yes.
    """
    low, high = (level.low, level.high) if level is not None else (0, 0)
    deaths = bounds(state.deaths, _ANY)
    n1 = _sure(low >= N1_LEVEL or deaths[0] >= 1, high >= N1_LEVEL or deaths[1] >= 1)
    serious = _sure(low >= SERIOUS_LEVEL, high >= SERIOUS_LEVEL)
    return {
        "N1": Raised(n1, _level_stated(n1, level)),
        "1a": Raised(serious, _level_stated(serious, level)),
        "1b": Raised(_serious_service(state), "derived: reach and duration of tier 1 services"),
    }


def _level_stated(answer: Answer, level: National | None) -> str:
    """The level and the rule that made the answer: of the least for a sure yes, else of the most."""
    if level is None or not level.high:
        return "derived: national level 0"
    if level.low == level.high:
        return f"derived: national level {level.low} by {level.driver_low}"
    if answer == "yes":
        return f"derived: national level {level.low} or more by {level.driver_low}"
    return f"derived: national level {level.low} to {level.high} by {level.driver}"


def _serious_service(state: StateFacts) -> Answer:
    """1b: a tier 1 service out of reach of R2 or more for D2 or more."""
    sure = possible = False
    for service in state.services:
        tier = (1, 3) if isinstance(service.tier, str) else bounds(service.tier, 3)
        reach, hours = reach_bands(service.share, service.persons), bounds(service.hours, _ANY)
        least, most = (
            reach[end] >= SERIOUS_REACH and duration_band(hours[end]) >= SERIOUS_DURATION for end in (0, 1)
        )
        sure = sure or (least and tier[1] == SERIOUS_TIER)
        possible = possible or (most and tier[0] == SERIOUS_TIER)
    return _sure(sure, possible)


def _sure(least: bool, most: bool) -> Answer:
    return "yes" if least else "unknown" if most else "no"
