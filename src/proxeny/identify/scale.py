"""The incident scale, levels 0 to 7: pure rules over facts (spec/scale.md; this project's proposal).

National level L = max(A, B, C): A people and essential services (at most 7), B data, integrity and trust (at most
5), C defence in depth, what might have happened (at most 3). Cause-neutral: a faulty update counts like an attack.
Every rule is evaluated at the least and at the most its inputs can be; that is right because the scale is
monotone. Intent, actor and attribution are left out on purpose.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from proxeny.identify.facts import Facts, Number, Service, StateFacts, bounds, flag_bounds

VERSION = "scale-1.0.0"

HIGHEST = 7
MOST_B, MOST_C = 5, 3
UNLISTED_STATES = 193  # members of the United Nations; what `more_states: unknown` may be at most

# Reach R: users who cannot get the service, the higher of share and number. Duration D in hours.
REACH_SHARE = (0.001, 0.01, 0.1, 0.5)
REACH_PERSONS = (10_000, 100_000, 1_000_000, 10_000_000)
REACH_FLOOR = 1_000  # persons; below it R0, where the number is given
DURATION_HOURS = (2, 8, 24, 168)
MATRIX = ((1, 2, 3, 4), (2, 3, 4, 5), (3, 4, 5, 6), (4, 5, 6, 7))  # rows R1..R4, columns D1..D4
CASCADE_SERVICES, CASCADE_LEVEL = 3, 3  # this many services at this level or more: one level up

DEATHS = ((1, 4), (10, 5), (100, 6), (1_000, 7))
INJURIES = ((1, 3), (10, 4), (100, 5), (1_000, 6))
PHYSICAL = {"none": 0, "repairable": 3, "site_lost": 4, "off_site": 5}
GDP_SHARE = ((0.00005, 2), (0.0001, 3), (0.001, 4), (0.005, 5), (0.01, 6), (0.05, 7))
LOSS_USD = ((10e6, 2), (100e6, 3), (1e9, 4), (10e9, 5), (50e9, 6))

INTEGRITY = {"none": 0, "restored_24h": 1, "restored_later": 2, "not_restorable": 3, "extent_unknown": 3}
TRUST_ANCHOR = {"none": 0, "exposed": 3, "misused": 4, "misused_many": 5}

# C: rows K1..K3 (worst credible consequence), columns barriers left 0-1, 2, 3, 4 or more.
DEPTH = ((1, 0, 0, 0), (2, 1, 0, 0), (3, 2, 1, 0))

SPREAD_LEVEL = 2  # a State counts for the spread when its A is at least this
SPREAD = ((3, 1), (10, 2))  # States hit, levels added to the highest A

_MUCH = 1e15  # stands for "no upper limit" in bands that end long before
_TOLERANCE = 1e-9  # shares are written in decimals that binary fractions only approach


class Rule(NamedTuple):
    """What one rule gives: `id` is A1 … A5, B1 … B3 or C."""

    id: str
    low: int
    high: int


class National(msgspec.Struct, frozen=True):
    """One State. `rules` are all that give more than 0, as `id=low..high`."""

    low: int
    high: int
    driver: str
    driver_low: str
    rules: list[str]
    a_low: int
    a_high: int
    b_low: int
    b_high: int
    c_low: int
    c_high: int


class International(msgspec.Struct, frozen=True):
    """The event. A driver is the national rule, with +spread1 or +spread2 where the number of States lifts it."""

    low: int
    high: int
    driver: str
    driver_low: str


class Rating(msgspec.Struct, frozen=True):
    """The result of `proxeny level`."""

    national: dict[str, National]
    international: International
    version: str


def rate(facts: Facts) -> Rating:
    """The levels of every State and of the event."""
    national = {code: rate_state(state) for code, state in facts.states.items()}
    return Rating(national, rate_event(national, facts.more_states), VERSION)


def rate_state(state: StateFacts) -> National:
    """The national level: the highest rule. In a tie the first of A1 … A5, B1 … B3, C drives."""
    rules = [*_rules_a(state), *_rules_b(state), _rule_c(state)]
    low, high = max(r.low for r in rules), max(r.high for r in rules)
    return National(
        low=low,
        high=high,
        driver=next(r.id for r in rules if r.high == high) if high else "none",
        driver_low=next(r.id for r in rules if r.low == low) if low else "none",
        rules=[f"{r.id}={r.low}..{r.high}" for r in rules if r.high],
        a_low=_most(rules, "A", 0),
        a_high=_most(rules, "A", 1),
        b_low=_most(rules, "B", 0),
        b_high=_most(rules, "B", 1),
        c_low=_most(rules, "C", 0),
        c_high=_most(rules, "C", 1),
    )


def _most(rules: Sequence[Rule], group: str, end: int) -> int:
    return max(rule[1 + end] for rule in rules if rule.id[0] == group)


def _rules_a(state: StateFacts) -> list[Rule]:
    services = [service_level(service) for service in state.services]
    deaths, injuries = bounds(state.deaths, _MUCH), bounds(state.injuries, _MUCH)
    gdp, usd = bounds(state.loss_gdp_share, _MUCH), bounds(state.loss_usd, _MUCH)
    physical = _choice(PHYSICAL, state.physical)
    return [
        Rule("A1", _cascade([s[0] for s in services]), _cascade([s[1] for s in services])),
        Rule("A2", _step(DEATHS, deaths[0]), _step(DEATHS, deaths[1])),
        Rule("A3", _step(INJURIES, injuries[0]), _step(INJURIES, injuries[1])),
        Rule("A4", *physical),
        Rule("A5", *(max(_step(GDP_SHARE, gdp[end]), _step(LOSS_USD, usd[end])) for end in (0, 1))),
    ]


def service_level(service: Service) -> tuple[int, int]:
    """Rule A1 for one service, at its least and at its most."""
    reach, hours = reach_bands(service.share, service.persons), bounds(service.hours, _MUCH)
    tiers = (3, 1) if isinstance(service.tier, str) else (service.tier, service.tier)
    degraded = flag_bounds(service.degraded)
    low = _cell(reach[0], duration_band(hours[0]), tiers[0], degraded[1])
    return low, _cell(reach[1], duration_band(hours[1]), tiers[1], degraded[0])


def _cell(reach: int, duration: int, tier: int, degraded: bool) -> int:
    if reach == 0 or duration == 0:
        return 0
    return max(1, MATRIX[reach - 1][duration - 1] - (tier - 1) - int(degraded))


def reach_bands(share: Number | None, persons: Number | None) -> tuple[int, int]:
    """The band R0 to R4 at the least and at the most. A share given alone has no floor of persons."""
    shares = (0.0, 0.0) if share is None else bounds(share, 1.0)
    if persons is None:
        return _band(REACH_SHARE, shares[0]), _band(REACH_SHARE, shares[1])
    counts = bounds(persons, _MUCH)
    low, high = (
        0 if counts[end] < REACH_FLOOR else max(_band(REACH_SHARE, shares[end]), _band(REACH_PERSONS, counts[end]))
        for end in (0, 1)
    )
    return low, high


def duration_band(hours: float) -> int:
    """The band D0 to D4."""
    return _band(DURATION_HOURS, hours)


def _cascade(levels: Sequence[int]) -> int:
    highest = max(levels, default=0)
    if sum(level >= CASCADE_LEVEL for level in levels) >= CASCADE_SERVICES:
        return min(HIGHEST, highest + 1)
    return highest


def _rules_b(state: StateFacts) -> list[Rule]:
    return [
        Rule("B1", *_exposed(state)),
        Rule("B2", *_altered(state)),
        Rule("B3", *_choice(TRUST_ANCHOR, state.trust_anchor)),
    ]


def _exposed(state: StateFacts) -> tuple[int, int]:
    """B1: personal records exposed, min(3, R), one more where they are sensitive."""
    if state.records is None:
        return 0, 0
    reach = reach_bands(state.records.share, state.records.persons)
    sensitive = flag_bounds(state.records.sensitive)
    low, high = (min(3, r) + int(s) if r else 0 for r, s in zip(reach, sensitive, strict=True))
    return low, high


def _altered(state: StateFacts) -> tuple[int, int]:
    """B2: authoritative data altered; one more from R2, one more still from R3."""
    if state.integrity is None:
        return 0, 0
    base = _choice(INTEGRITY, state.integrity.state)
    reach = reach_bands(state.integrity.share, state.integrity.persons)
    low, high = (
        min(MOST_B, b + int(r >= 2) + int(r >= 3)) if b else 0 for b, r in zip(base, reach, strict=True)
    )
    return low, high


def _rule_c(state: StateFacts) -> Rule:
    """C: what would have followed had the remaining barriers failed. A planned test within its plan is 0."""
    worst = bounds(state.worst_credible, 3)
    barriers = (0.0, _MUCH) if state.barriers is None else bounds(state.barriers, _MUCH)
    common, again = flag_bounds(state.common_cause), flag_bounds(state.repetition)
    planned = flag_bounds(state.planned_test)
    low = _depth(int(worst[0]), barriers[1], common[0] or again[0], planned[1])
    high = _depth(int(worst[1]), barriers[0], common[1] or again[1], planned[0])
    return Rule("C", low, high)


def _depth(worst: int, barriers: float, lifted: bool, planned: bool) -> int:
    if planned or worst == 0:
        return 0
    column = 0 if barriers <= 1 else min(3, int(min(barriers, 4)) - 1)
    level = DEPTH[worst - 1][column]
    return min(MOST_C, level + int(lifted)) if level else 0


def rate_event(national: dict[str, National], more_states: Number) -> International:
    """The international level: the highest A lifted by the number of States hit, or the highest B or C."""
    more = bounds(more_states, UNLISTED_STATES)
    ends = []
    for end, most in ((0, more[0]), (1, more[1])):
        states = list(national.values())
        a = [s.a_low if end == 0 else s.a_high for s in states]
        lift = _step(SPREAD, sum(level >= SPREAD_LEVEL for level in a) + most)
        highest = max(a, default=0)
        lifted = min(HIGHEST, highest + lift) if highest else 0
        level = max([lifted, *((s.low if end == 0 else s.high) for s in states)], default=0)
        ends.append((level, _event_driver(states, end, level, lifted, lift)))
    return International(ends[0][0], ends[1][0], ends[1][1], ends[0][1])


def _event_driver(states: Sequence[National], end: int, level: int, lifted: int, lift: int) -> str:
    if level == 0:
        return "none"
    if level == lifted:
        highest = max(states, key=lambda s: s.a_high if end else s.a_low)
        rule = next(r for r in highest.rules if r[0] == "A" and _end_of(r, end) == (highest.a_high if end else highest.a_low))
        plain = highest.a_high if end else highest.a_low
        return rule.partition("=")[0] + (f"+spread{level - plain}" if level > plain else "")
    for state in states:
        if (state.high if end else state.low) == level:
            return state.driver if end else state.driver_low
    return "none"


def _end_of(rule: str, end: int) -> int:
    return int(rule.partition("=")[2].split("..")[end])


def _band(cuts: Sequence[float], value: float) -> int:
    return sum(value >= cut - _TOLERANCE * cut for cut in cuts)


def _step(cuts: Sequence[tuple[float, int]], value: float) -> int:
    return max((level for cut, level in cuts if value >= cut - _TOLERANCE * cut), default=0)


def _choice(levels: dict[str, int], chosen: str) -> tuple[int, int]:
    if chosen == "unknown":
        return min(levels.values()), max(levels.values())
    return levels[chosen], levels[chosen]
