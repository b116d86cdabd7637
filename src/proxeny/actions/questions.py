"""What to ask the reporter: instead of a guess, and for the facts on which the level or the decision hangs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from proxeny.actions.ports import Say
from proxeny.identify.decision import Worksheet
from proxeny.identify.identification import Identification, Question
from proxeny.identify.reading import Reading
from proxeny.terms.terminology import Terminology

MOST_GUESSES = 2  # types under their threshold that are asked about
MOST_FACTS = 6  # questions on facts in one answer; a reporter on the telephone answers no more

FACTS = {
    "services": "How many users lost the service, and for how many hours?",
    "tier": (
        "Which service was lost: electricity, water, health, transport control or telecommunications; payments,"
        " public administration, food, fuel, heating or digital infrastructure; or another?"
    ),
    "records": "Of how many persons were records exposed, and were they sensitive (health, biometric, credentials)?",
    "integrity": "Was authoritative data altered, and could it be restored within 24 hours?",
    "loss_usd": "How large is the direct loss, in US dollars?",
    "deaths": "Did anybody die?",
    "injuries": "How many persons were seriously injured?",
    "physical": "Was there physical damage, and can it be repaired within 30 days?",
    "trust_anchor": "Was the key, certificate authority or update channel misused, and in how many States?",
}
"""Asked when the fact is unknown."""

CRITERIA = {
    "N2": "Was a protection or safety system of an installation with dangerous forces entered?",
    "N3": "Is the trust anchor relied on outside the State?",
    "N4": "Is self-spreading code active?",
    "N6": (
        "Is shared infrastructure lost (cable landing, exchange point, root or top-level domain,"
        " satellite, cross-border link)?"
    ),
    "1c": "Has it lasted more than 24 hours, with no end in sight?",
    "1d": "Is national capacity exceeded?",
    "2a": "Was a flaw used for which there is no public fix?",
    "2b": "Is the cause still unknown 24 hours after detection?",
    "3a": "Are there victims or indicators in another State?",
    "3b": "Is the same product, supplier or managed service in use abroad?",
    "3c": "Has the service users abroad, or does it feed a cross-border link?",
    "3d": "Does the harmful traffic cross or use infrastructure of others?",
    "3e": "Were credentials or keys taken that are valid abroad?",
    "4a": "Are others likely to block, disconnect, distrust certificates or suspend payments?",
}
"""Asked when the sub-criterion is unknown and the decision hangs on it."""


def questions_for(
    made: Identification,
    reading: Reading,
    sheet: Worksheet,
    terminology: Terminology,
    language: str,
    say: Say,
) -> tuple[Question, ...]:
    """The questions of a rated report, most useful first."""
    asked = list(_type_questions(made, reading, terminology, language, say))
    if made.several:
        asked.append(
            Question(
                "several",
                say("Does this report tell of several incidents? If so, please send one report for each."),
            )
        )
    facts: list[Question] = []
    if sheet.result == "pending" and sheet.home is None:
        facts.append(Question("home", say("Which State is affected?")))
    facts += _fact_questions(made.facts, say)
    if sheet.result == "pending":
        unknown = [
            *sheet.list_unknown,
            *(code for code, answer in sheet.questions.items() if answer == "unknown"),
        ]
        facts += [Question(code, say(CRITERIA[code])) for code in unknown if code in CRITERIA]
    return (*asked, *facts[:MOST_FACTS])


def _type_questions(
    made: Identification, reading: Reading, terminology: Terminology, language: str, say: Say
) -> list[Question]:
    if made.types:
        return []
    guesses = [r for r in reading.below if r.axis == "type"][:MOST_GUESSES]
    if not guesses:
        return [Question("type", say("What happened, and to what or to whom?"))]
    names = [terminology.concept(r.slug).label[language] for r in guesses]
    return [
        Question(
            "type",
            say("Was it this: {names}? What happened, and to what or to whom?").format(
                names=say("; ").join(names)
            ),
        )
    ]


def _fact_questions(facts: Mapping[str, Any], say: Say) -> list[Question]:
    """Each unknown fact once, those of the home first; which States it is unknown of, where there are several."""
    states = facts.get("states", {})
    asked: dict[str, list[str]] = {}
    for code in sorted(states, key=lambda code: code != facts.get("home")):
        for name in _unknown_facts(states[code]):
            asked.setdefault(name, []).append(code)
    named = len(states) > 1
    return [
        Question(name, say(FACTS[name]) + (f" ({', '.join(codes)})" if named else ""))
        for name, codes in asked.items()
    ]


def _unknown_facts(state: Mapping[str, Any]) -> list[str]:
    """The facts of one State to ask for. The tier of a service is asked for by itself; within an interval, too."""
    services = state.get("services", ())
    parts = {
        **state,
        "services": [{key: value for key, value in one.items() if key != "tier"} for one in services],
        "tier": ["unknown" if isinstance(one["tier"], list) else one["tier"] for one in services],
    }
    return [name for name in FACTS if _unknown(parts.get(name))]


def _unknown(value: object) -> bool:
    """Whether a fact, or any part of it, is unknown."""
    if value == "unknown":
        return True
    if isinstance(value, dict):
        return any(_unknown(part) for part in value.values())
    if isinstance(value, list | tuple):
        return any(_unknown(part) for part in value)
    return False
