"""The incident scale, levels 0 to 7: pure rules over facts (a proposal, docs/reference/scale.md).

National level L = max(A, B, C): A people and essential services (at most 7), B data, integrity and trust (at
most 5), C defence in depth, what might have happened (at most 3). Cause-neutral: a faulty update counts like
an attack. Every rule is evaluated at the least and at the most its inputs can be, which bounds the level
because each input pulls in one direction only. Intent, actor and attribution are left out on purpose.

Where the cuts come from: 10 % or 100,000 users and 2 h or 24 h from DORA (Delegated Regulation (EU)
2024/1772), 50 % from the European definition of a blackout, barriers and planned tests from INES, and one
death at level 4 from INES too (recalled, not yet checked against its manual). The others are our own.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from proxeny.identify.facts import (
    UNLISTED_STATES,
    Facts,
    Number,
    Service,
    StateFacts,
    bounds,
    flag_bounds,
)

VERSION = "scale-1.0.0"

HIGHEST = 7
MOST_B, MOST_C = 5, 3

# Reach R: users who cannot get the service, the higher of share and number. Duration D in hours.
REACH_SHARE = (0.001, 0.01, 0.1, 0.5)
REACH_PERSONS = (10_000, 100_000, 1_000_000, 10_000_000)
REACH_FLOOR = 1_000  # persons; below it R0, where the number is given
DURATION_HOURS = (2, 8, 24, 168)
MATRIX = ((1, 2, 3, 4), (2, 3, 4, 5), (3, 4, 5, 6), (4, 5, 6, 7))  # rows R1 to R4, columns D1 to D4
CASCADE_SERVICES, CASCADE_LEVEL = 3, 3  # this many services at this level or more: one level up

DEATHS = ((1, 4), (10, 5), (100, 6), (1_000, 7))
INJURIES = ((1, 3), (10, 4), (100, 5), (1_000, 6))
PHYSICAL = {"none": 0, "repairable": 3, "site_lost": 4, "off_site": 5}
GDP_SHARE = ((0.00005, 2), (0.0001, 3), (0.001, 4), (0.005, 5), (0.01, 6), (0.05, 7))
LOSS_USD = ((10e6, 2), (100e6, 3), (1e9, 4), (10e9, 5), (50e9, 6))

RECORDS_REACH = 3  # records count by reach, up to here; one more where they are sensitive
INTEGRITY = {"none": 0, "restored_24h": 1, "restored_later": 2, "not_restorable": 3, "extent_unknown": 3}
INTEGRITY_REACH = (2, 3)  # one level more from each of these reach bands
TRUST_ANCHOR = {"none": 0, "exposed": 3, "misused": 4, "misused_many": 5}

# C: rows K1 to K3 (worst credible consequence), columns 0 or 1, 2, 3, 4 or more barriers left.
DEPTH = ((1, 0, 0, 0), (2, 1, 0, 0), (3, 2, 1, 0))

SPREAD_LEVEL = 2  # a State counts for the spread when its A is at least this
SPREAD = ((3, 1), (10, 2))  # so many States: the highest A counts so many levels more

NO_RULE = "none"
UNLISTED = "unlisted"

_ANY = float("inf")  # the most that an unknown quantity can be
_ROUNDING = 1e-14  # relative; sums of decimal fractions miss a cut by some units in the last place


class Rule(msgspec.Struct, frozen=True):
    """What one rule gives: `id` is A1 to A5, B1 to B3 or C. `extra` names what added to it at its most."""

    id: str
    low: int
    high: int
    extra: tuple[str, ...] = ()


class National(msgspec.Struct, frozen=True):
    """One State.

    `rules` are the ids of all rules that give more than 0, each followed by what added to it (`A1`,
    `A1+cascade`); `values` what each gives, least and most. `driver` explains the high, `driver_low` the low.
    """

    low: int
    high: int
    driver: str
    driver_low: str
    rules: list[str]
    values: dict[str, tuple[int, int]]

    def group(self, letter: str, end: int) -> tuple[int, str]:
        """The highest of the rules A, B or C at the low (end 0) or the high (end 1), and its rule."""
        own = [(value[end], rule) for rule, value in self.values.items() if rule[0] == letter]
        return max(own, key=lambda pair: pair[0], default=(0, NO_RULE))


class International(msgspec.Struct, frozen=True):
    """The event. A driver is the national rule that drives, with +spread1 or +spread2 where the number of
    States lifts it."""

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
    return Rating(national, rate_event(list(national.values()), facts.more_states), VERSION)


def rate_state(state: StateFacts) -> National:
    """The national level: the highest rule. In a tie the first of A1 to A5, B1 to B3, C drives."""
    rules = [
        _unavailable(state.services),
        Rule("A2", *_steps(DEATHS, state.deaths)),
        Rule("A3", *_steps(INJURIES, state.injuries)),
        Rule("A4", *_choice(PHYSICAL, state.physical)),
        _economy(state),
        _exposed(state),
        _altered(state),
        Rule("B3", *_choice(TRUST_ANCHOR, state.trust_anchor)),
        _depth(state),
    ]
    fired = [rule for rule in rules if rule.high]
    low, high = max(rule.low for rule in rules), max(rule.high for rule in rules)
    return National(
        low=low,
        high=high,
        driver=next((rule.id for rule in fired if rule.high == high), NO_RULE),
        driver_low=next((rule.id for rule in fired if rule.low == low), NO_RULE) if low else NO_RULE,
        rules=[name for rule in fired for name in (rule.id, *(f"{rule.id}+{extra}" for extra in rule.extra))],
        values={rule.id: (rule.low, rule.high) for rule in fired},
    )


def _unavailable(services: Sequence[Service]) -> Rule:
    """A1: the service that is hit most; one level more where three or more are hit hard."""
    levels = [service_level(service) for service in services]
    low, high = ([level[end] for level in levels] for end in (0, 1))
    extra = ("cascade",) if _cascades(high) else ()
    return Rule("A1", _with_cascade(low), _with_cascade(high), extra)


def service_level(service: Service) -> tuple[int, int]:
    """Rule A1 for one service, at its least and at its most."""
    reach, hours = reach_bands(service.share, service.persons), bounds(service.hours, _ANY)
    tiers = (1, 3) if isinstance(service.tier, str) else bounds(service.tier, 3)
    degraded = flag_bounds(service.degraded)
    low = _cell(reach[0], duration_band(hours[0]), tiers[1], degraded[1])
    return low, _cell(reach[1], duration_band(hours[1]), tiers[0], degraded[0])


def _cell(reach: int, duration: int, tier: float, degraded: bool) -> int:
    """The matrix, one less for each tier below the first and for a service that still works; at least 1."""
    if reach == 0 or duration == 0:
        return 0
    return max(1, MATRIX[reach - 1][duration - 1] - (int(tier) - 1) - int(degraded))


def reach_bands(share: Number | None, persons: Number | None) -> tuple[int, int]:
    """The band R0 to R4 at the least and at the most. A share given alone has no floor of persons."""
    shares = (0.0, 0.0) if share is None else bounds(share, 1)
    counts = None if persons is None else bounds(persons, _ANY)
    low, high = (_reach(shares[end], None if counts is None else counts[end]) for end in (0, 1))
    return low, high


def _reach(share: float, persons: float | None) -> int:
    if persons is None:
        return _band(REACH_SHARE, share)
    if persons < REACH_FLOOR:
        return 0
    return max(_band(REACH_SHARE, share), _band(REACH_PERSONS, persons))


def duration_band(hours: float) -> int:
    """The band D0 to D4."""
    return _band(DURATION_HOURS, hours)


def _cascades(levels: Sequence[int]) -> bool:
    return sum(level >= CASCADE_LEVEL for level in levels) >= CASCADE_SERVICES


def _with_cascade(levels: Sequence[int]) -> int:
    return min(HIGHEST, max(levels, default=0) + int(_cascades(levels)))


def _economy(state: StateFacts) -> Rule:
    """A5: the higher of the loss in yearly GDP and the direct loss in US dollars."""
    gdp, usd = _steps(GDP_SHARE, state.loss_gdp_share), _steps(LOSS_USD, state.loss_usd)
    return Rule("A5", max(gdp[0], usd[0]), max(gdp[1], usd[1]))


def _exposed(state: StateFacts) -> Rule:
    """B1: personal records exposed, by reach; one more where sensitive ones are among them, however few."""
    if state.records is None:
        return Rule("B1", 0, 0)
    reach = reach_bands(state.records.share, state.records.persons)
    sensitive = flag_bounds(state.records.sensitive)
    low, high = (min(RECORDS_REACH, r) + int(s) for r, s in zip(reach, sensitive, strict=True))
    return Rule("B1", low, high, ("sensitive",) if sensitive[1] else ())


def _altered(state: StateFacts) -> Rule:
    """B2: authoritative data altered, by how it was restored and by reach."""
    if state.integrity is None:
        return Rule("B2", 0, 0)
    base = _choice(INTEGRITY, state.integrity.state)
    reach = reach_bands(state.integrity.share, state.integrity.persons)
    more = [sum(r >= cut for cut in INTEGRITY_REACH) for r in reach]
    low, high = (min(MOST_B, b + m) if b else 0 for b, m in zip(base, more, strict=True))
    return Rule("B2", low, high, ("reach",) if high > base[1] else ())


def _depth(state: StateFacts) -> Rule:
    """C: what would have followed had the barriers failed that were left.

    A planned test that finds a flaw within its plan is 0.
    """
    worst = bounds(state.worst_credible, len(DEPTH))
    barriers = (0, _ANY) if state.barriers is None else bounds(state.barriers, _ANY)
    common, again = flag_bounds(state.common_cause), flag_bounds(state.repetition)
    planned = flag_bounds(state.planned_test)
    low = _potential(worst[0], barriers[1], common[0] or again[0], planned[1])
    high = _potential(worst[1], barriers[0], common[1] or again[1], planned[0])
    named = (("common_cause", common), ("repetition", again))
    counted = high > _potential(worst[1], barriers[0], False, planned[0])
    return Rule("C", low, high, tuple(name for name, flag in named if flag[1] and counted))


def _potential(worst: float, barriers: float, lifted: bool, planned: bool) -> int:
    if planned or worst == 0:
        return 0
    column = int(min(max(barriers, 1), len(DEPTH[0]))) - 1
    level = DEPTH[int(worst) - 1][column]
    return min(MOST_C, level + int(lifted)) if level else 0


def rate_event(states: Sequence[National], more_states: Number) -> International:
    """The international level: the highest A, lifted by the number of States hit, or the highest B or C.

    States counted by `more_states` have an A of 2 or more by definition, so the highest A is no less.
    """
    more = bounds(more_states, UNLISTED_STATES)
    low, driver_low = _event_end(states, more[0], 0)
    high, driver = _event_end(states, more[1], 1)
    return International(low, high, driver, driver_low)


def _event_end(states: Sequence[National], more: float, end: int) -> tuple[int, str]:
    """The level at one end, and its rule. In a tie A drives before B and C, and the State listed first."""
    a = [state.group("A", end) for state in states]
    if more >= 1:
        a.append((SPREAD_LEVEL, UNLISTED))
    highest, rule = max(a, key=lambda pair: pair[0], default=(0, NO_RULE))
    lift = _step(SPREAD, sum(level >= SPREAD_LEVEL for level, _ in a[: len(states)]) + more)
    lifted = min(HIGHEST, highest + lift)
    if lifted > highest:
        rule = f"{rule}+spread{lift}"
    other = [state.group(letter, end) for letter in "BC" for state in states]
    level, driver = max([(lifted, rule), *other], key=lambda pair: pair[0])
    return level, driver if level else NO_RULE


def _band(cuts: Sequence[float], value: float) -> int:
    return sum(value >= cut * (1 - _ROUNDING) for cut in cuts)


def _step(cuts: Sequence[tuple[float, int]], value: float) -> int:
    return max((level for cut, level in cuts if value >= cut * (1 - _ROUNDING)), default=0)


def _steps(cuts: Sequence[tuple[float, int]], value: Number) -> tuple[int, int]:
    low, high = bounds(value, _ANY)
    return _step(cuts, low), _step(cuts, high)


def _choice(levels: dict[str, int], chosen: str) -> tuple[int, int]:
    if chosen == "unknown":
        return min(levels.values()), max(levels.values())
    return levels[chosen], levels[chosen]
