"""The notification decision instrument: pure rules over facts and levels (spec/decision.md; a proposal, nobody's law).

List N: notify without questions. Then four questions, each yes if any of its sub-criteria is met: two yes or more
notify, one consults, none records. The result is computed twice, every unknown as no and every unknown as
yes; if both agree that is the result, if not it is pending before 24 hours since awareness, and the higher one
from then on. The instrument never asks who did it.
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

AGAIN_AFTER_HOURS = 24  # from here on unknown counts as yes
NOTIFY_LIST_HOURS, NOTIFY_HOURS = 4, 24
N1_LEVEL, SERIOUS_LEVEL = 4, 3
SERIOUS_REACH, SERIOUS_DURATION = 2, 2  # 1b: R2 and D2 of a tier 1 service

Result = Literal["notify", "consult", "record", "pending"]
_RANK = {"record": 0, "consult": 1, "notify": 2}
_UP_TO = 1e15


class Worksheet(msgspec.Struct, frozen=True):
    """The result of `proxeny decide`. `questions` holds the sub-criteria (1a …) and the four questions (1 … 4);
    `why` says of each where the answer comes from: given, derived and from what, raised, or not-raised."""

    result: Result
    list: list[str]
    list_unknown: list[str]
    questions: dict[str, Answer]
    why: dict[str, str]
    deadline_hours: int | None
    basis: str
    version: str


class Raised(msgspec.Struct, frozen=True):
    """An answer drawn from a report, with the finding that raised it."""

    answer: Answer
    why: str


def decide(facts: Facts, rating: Rating, raised: Mapping[str, Raised] | None = None) -> Worksheet:
    """The worksheet of the home State. `raised`: answers drawn from a report; for facts from a file, None.

    Raises InputError when several States are listed and none is the home.
    """
    home = home_of(facts)
    if home is None and facts.states:
        raise refuse("home", "several States and no home", "add home: and the State that decides")
    state = facts.states.get(home or "", StateFacts())
    answers, why = _answers(facts, state, rating.national.get(home or ""), raised)
    hits = [code for code in LIST_N if answers[code] == "yes"]
    maybe = [code for code in LIST_N if answers[code] == "unknown"]
    questions = {code: answers[code] for code in QUESTIONS} | _four(answers)
    hours = bounds(facts.decision.hours_since_aware or 0, _UP_TO)[0]
    result, by_list = _result(hits, maybe, questions, hours)
    return Worksheet(
        result=result,
        list=hits,
        list_unknown=maybe,
        questions=questions,
        why=why,
        deadline_hours=(NOTIFY_LIST_HOURS if by_list else NOTIFY_HOURS) if result == "notify" else None,
        basis=BASIS,
        version=VERSION,
    )


def _result(
    hits: list[str], maybe: list[str], questions: Mapping[str, Answer], hours: float
) -> tuple[Result, bool]:
    """The result, and whether it is list N that orders it."""
    four = [questions[number] for number in "1234"]
    least = _outcome(bool(hits), four.count("yes"))
    most = _outcome(bool(hits or maybe), four.count("yes") + four.count("unknown"))
    if least == most:
        return least, bool(hits)
    if hours < AGAIN_AFTER_HOURS:
        return "pending", False
    return max(least, most, key=lambda r: _RANK[r]), bool(hits or maybe)


def _outcome(listed: bool, yes: int) -> Result:
    if listed or yes >= 2:
        return "notify"
    return "consult" if yes == 1 else "record"


def _four(answers: Mapping[str, Answer]) -> dict[str, Answer]:
    """A question is yes if any of its sub-criteria is, else unknown if any is."""
    four: dict[str, Answer] = {}
    for number in "1234":
        own = [answers[code] for code in QUESTIONS if code[0] == number]
        four[number] = "yes" if "yes" in own else "unknown" if "unknown" in own else "no"
    return four


def _answers(
    facts: Facts, state: StateFacts, level: National | None, raised: Mapping[str, Raised] | None
) -> tuple[dict[str, Answer], dict[str, str]]:
    given = {**facts.decision.list, **facts.decision.questions}
    derived = _derived(state, level)
    answers: dict[str, Answer] = {}
    why: dict[str, str] = {}
    for code in (*LIST_N, *QUESTIONS):
        if code in given:
            answers[code], why[code] = given[code], "given"
        elif raised is not None and code in raised and (code not in derived or raised[code].answer == "yes"):
            answers[code], why[code] = raised[code].answer, raised[code].why
        elif code in derived:
            answers[code], why[code] = derived[code]
        else:
            answers[code], why[code] = "no", "absent" if raised is None else "not-raised"
    return answers, why


def _derived(state: StateFacts, level: National | None) -> dict[str, tuple[Answer, str]]:
    """N1, 1a and 1b from the facts of the home State; reached only through unknown inputs they are unknown."""
    low, high = (level.low, level.high) if level is not None else (0, 0)
    deaths = bounds(state.deaths, _UP_TO)
    interval = f"derived: national level {low}" if low == high else f"derived: national level {low} to {high}"
    return {
        "N1": (_sure(low >= N1_LEVEL or deaths[0] >= 1, high >= N1_LEVEL or deaths[1] >= 1), interval + ", deaths"),
        "1a": (_sure(low >= SERIOUS_LEVEL, high >= SERIOUS_LEVEL), interval),
        "1b": (_serious_service(state), "derived: reach and duration of tier 1 services"),
    }


def _serious_service(state: StateFacts) -> Answer:
    sure = possible = False
    for service in state.services:
        if service.tier not in (1, "unknown"):
            continue
        reach, hours = reach_bands(service.share, service.persons), bounds(service.hours, _UP_TO)
        met = [
            r >= SERIOUS_REACH and duration_band(h) >= SERIOUS_DURATION for r, h in zip(reach, hours, strict=True)
        ]
        sure = sure or (met[0] and service.tier == 1)
        possible = possible or met[1]
    return _sure(sure, possible)


def _sure(least: bool, most: bool) -> Answer:
    return "yes" if least else "unknown" if most else "no"
