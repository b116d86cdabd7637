"""The impact facts that the scale and the decision are computed from: the shape of the facts file.

A number is `n`, `[least, most]` or the word `unknown`; a choice or a yes-or-no may be `unknown` too. An
absent key means none or no (the decision instrument, "How unknowns are treated").
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Unknown = Literal["unknown"]
Number = int | float | tuple[int | float, int | float] | Unknown
Flag = bool | Unknown
Answer = Literal["yes", "no", "unknown"]
Physical = Literal["none", "repairable", "site_lost", "off_site", "unknown"]
IntegrityState = Literal[
    "none", "restored_24h", "restored_later", "not_restorable", "extent_unknown", "unknown"
]
TrustAnchor = Literal["none", "exposed", "misused", "misused_many", "unknown"]

UNLISTED_STATES = 193
"""Members of the United Nations: what `more_states: unknown` may be at most."""

LIST_N = ("N1", "N2", "N3", "N4", "N5", "N6")
QUESTIONS = (
    *("1a", "1b", "1c", "1d", "1e"),
    *("2a", "2b", "2c", "2d", "2e"),
    *("3a", "3b", "3c", "3d", "3e"),
    *("4a", "4b", "4c", "4d"),
)


class Service(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A service that people cannot get, after fallback: its tier (1 to 3), the `share` of its users (0 to 1),
    `persons`, and for how many `hours`. `degraded`: it works, only worse."""

    tier: Number
    share: Number | None = None
    persons: Number | None = None
    hours: Number = 0
    degraded: Flag = False


class Records(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Personal records exposed; `sensitive`: health, biometric, State credentials."""

    share: Number | None = None
    persons: Number | None = None
    sensitive: Flag = False


class Integrity(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Authoritative data altered, and of whom."""

    state: IntegrityState = "none"
    share: Number | None = None
    persons: Number | None = None


class StateFacts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What happened in one State. Money in US dollars of the day, `loss_gdp_share` a fraction of yearly GDP.

    `worst_credible` is K of rule C (0 to 3), `barriers` how many independent ones are left, `common_cause`
    the same flaw in products used by two States or more, `repetition` the same root cause within 12 months
    or an alert not acted on, `planned_test` a test that finds a flaw within its plan.
    """

    services: tuple[Service, ...] = ()
    deaths: Number = 0
    injuries: Number = 0
    physical: Physical = "none"
    loss_gdp_share: Number = 0
    loss_usd: Number = 0
    records: Records | None = None
    integrity: Integrity | None = None
    trust_anchor: TrustAnchor = "none"
    worst_credible: Number = 0
    barriers: Number | None = None
    common_cause: Flag = False
    repetition: Flag = False
    planned_test: Flag = False


class DecisionFacts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Answers given by a person: to items of list N, and to the sub-criteria of the four questions."""

    list: dict[str, Answer] = {}
    questions: dict[str, Answer] = {}
    hours_since_aware: Number | None = None


class Facts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All of it. `more_states`: States with A of 2 or more that are not listed."""

    home: str | None = None
    states: dict[str, StateFacts] = {}
    more_states: Number = 0
    decision: DecisionFacts = DecisionFacts()


def home_of(facts: Facts) -> str | None:
    """The State that decides: the one named, or the only one there is. None where that leaves a choice."""
    if facts.home is not None:
        return facts.home
    return next(iter(facts.states)) if len(facts.states) == 1 else None


def bounds(value: Number, most: float) -> tuple[float, float]:
    """The least and the most a number can be; `unknown` is anything from 0 to `most`."""
    if isinstance(value, str):
        return 0, most
    return value if isinstance(value, tuple) else (value, value)


def flag_bounds(value: Flag) -> tuple[bool, bool]:
    """A yes-or-no at its least and at its most."""
    return (False, True) if isinstance(value, str) else (value, value)


def to_plain(facts: Facts) -> dict[str, Any]:
    """The shape of the facts file, absent keys left out: what `parse_facts` reads back as the same facts."""
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(facts))  # lists for tuples, at any depth
    listed = plain.get("decision", {}).get("list", {})
    if listed and set(listed.values()) == {"yes"}:
        plain["decision"]["list"] = list(listed)
    return plain


class Given(msgspec.Struct, frozen=True):
    """Facts from a file, and which keys it names (of each State, and under "" at the top).

    A 0 that is written is not an absence.
    """

    facts: Facts
    keys: dict[str, frozenset[str]]


def merge(drawn: Facts, given: Given) -> Facts:
    """Facts drawn from a report, corrected by those given by a person, key by key: what is given wins."""
    states = dict(drawn.states)
    for code, facts in given.facts.states.items():
        own = states.get(code)
        changes = {key: getattr(facts, key) for key in given.keys.get(code, frozenset())}
        states[code] = facts if own is None else msgspec.structs.replace(own, **changes)
    top = given.keys.get("", frozenset())
    ours, theirs = drawn.decision, given.facts.decision
    hours = theirs.hours_since_aware
    return Facts(
        home=given.facts.home or drawn.home,
        states=states,
        more_states=given.facts.more_states if "more_states" in top else drawn.more_states,
        decision=DecisionFacts(
            list={**ours.list, **theirs.list},
            questions={**ours.questions, **theirs.questions},
            hours_since_aware=ours.hours_since_aware if hours is None else hours,
        ),
    )
