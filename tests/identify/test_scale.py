"""The incident scale: every cell and cut, the worked examples, and that it only moves one way."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from impact import POINTS, facts_of, known_less, worse

from proxeny.actions.level import level_of_file
from proxeny.base.records import encode_json
from proxeny.identify.scale import National, Rating, rate

Plain = dict[str, Any]


def rated(state: Plain, more_states: Any = 0) -> Rating:
    return rate(facts_of({"states": {"XA": state}, "more_states": more_states}))


def national(**state: Any) -> National:
    return rated(state).national["XA"]


def level(**state: Any) -> int:
    found = national(**state)
    assert found.low == found.high
    return found.high


def interval(**state: Any) -> tuple[int, int]:
    found = national(**state)
    return found.low, found.high


def service(**values: Any) -> Plain:
    return {"services": [{"tier": 1, **values}]}


# Rows R1 to R4, columns D1 to D4: the middle of each band as a share, as persons, and in hours.
SHARES = (0.005, 0.05, 0.3, 0.8)
PERSONS = (50_000, 500_000, 5_000_000, 50_000_000)
HOURS = (4, 12, 72, 1000)
MATRIX = ((1, 2, 3, 4), (2, 3, 4, 5), (3, 4, 5, 6), (4, 5, 6, 7))


@pytest.mark.parametrize(
    ("r", "d", "tier", "degraded"), list(product(range(4), range(4), (1, 2, 3), (False, True)))
)
def test_every_cell_of_the_matrix(r: int, d: int, tier: int, degraded: bool) -> None:
    expected = max(1, MATRIX[r][d] - (tier - 1) - degraded)
    common = {"tier": tier, "hours": HOURS[d], "degraded": degraded}
    assert level(**service(share=SHARES[r], **common)) == expected
    assert level(**service(persons=PERSONS[r], **common)) == expected


LASTING = {"hours": 24}  # D3
WIDE = {"share": 0.6}  # R4

# Rule input, what else holds, figures below and at the cut, levels below and from it on.
CUTS: list[tuple[str, Plain, float, float, int, int]] = [
    ("share", LASTING, 0.000999, 0.001, 0, 3),
    ("share", LASTING, 0.00999, 0.01, 3, 4),
    ("share", LASTING, 0.0999, 0.1, 4, 5),
    ("share", LASTING, 0.4999, 0.5, 5, 6),
    ("persons", LASTING, 9_999, 10_000, 0, 3),
    ("persons", LASTING, 99_999, 100_000, 3, 4),
    ("persons", LASTING, 999_999, 1_000_000, 4, 5),
    ("persons", LASTING, 9_999_999, 10_000_000, 5, 6),
    ("persons", WIDE | LASTING, 999, 1000, 0, 6),
    ("hours", WIDE, 1.99, 2, 0, 4),
    ("hours", WIDE, 7.99, 8, 4, 5),
    ("hours", WIDE, 23.99, 24, 5, 6),
    ("hours", WIDE, 167.99, 168, 6, 7),
    ("deaths", {}, 0, 1, 0, 4),
    ("deaths", {}, 9, 10, 4, 5),
    ("deaths", {}, 99, 100, 5, 6),
    ("deaths", {}, 999, 1000, 6, 7),
    ("injuries", {}, 0, 1, 0, 3),
    ("injuries", {}, 9, 10, 3, 4),
    ("injuries", {}, 99, 100, 4, 5),
    ("injuries", {}, 999, 1000, 5, 6),
    ("loss_gdp_share", {}, 0.0000499, 0.00005, 0, 2),
    ("loss_gdp_share", {}, 0.0000999, 0.0001, 2, 3),
    ("loss_gdp_share", {}, 0.000999, 0.001, 3, 4),
    ("loss_gdp_share", {}, 0.00499, 0.005, 4, 5),
    ("loss_gdp_share", {}, 0.00999, 0.01, 5, 6),
    ("loss_gdp_share", {}, 0.0499, 0.05, 6, 7),
    ("loss_usd", {}, 9_999_999.99, 10_000_000, 0, 2),
    ("loss_usd", {}, 99_999_999.99, 100_000_000, 2, 3),
    ("loss_usd", {}, 999_999_999.99, 1_000_000_000, 3, 4),
    ("loss_usd", {}, 9_999_999_999.99, 10_000_000_000, 4, 5),
    ("loss_usd", {}, 49_999_999_999.99, 50_000_000_000, 5, 6),
]


@pytest.mark.parametrize(("key", "others", "below", "at", "before", "after"), CUTS)
def test_each_cut_counts_from_its_figure_on(
    key: str, others: Plain, below: float, at: float, before: int, after: int
) -> None:
    wrap = service if key in ("share", "persons", "hours") else dict
    assert level(**wrap(**others | {key: below})) == before
    assert level(**wrap(**others | {key: at})) == after


def test_a_sum_of_decimal_fractions_reaches_the_cut_it_means() -> None:
    assert 0.7 - 0.6 < 0.1
    assert level(**service(share=0.7 - 0.6, hours=24)) == level(**service(share=0.1, hours=24)) == 5


def test_the_higher_of_share_and_number_counts() -> None:
    assert level(**service(share=0.05, persons=5_000_000, hours=24)) == 5
    assert level(**service(share=0.3, persons=50_000, hours=24)) == 5


def test_without_reach_or_time_there_is_no_level_however_important_the_service() -> None:
    assert level(**service(share=1)) == 0
    assert level(**service(hours=1000)) == 0
    assert level(**service(hours=1000, persons=999, share=1)) == 0


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ((3, 3), 3),
        ((3, 3, 2), 3),
        ((3, 3, 3), 4),
        ((3, 3, 5), 6),
        ((3, 2, 7), 7),
        ((7, 7, 7), 7),
        ((1,) * 9, 1),
    ],
)
def test_three_services_hit_hard_are_one_level_more(levels: tuple[int, ...], expected: int) -> None:
    cells = {1: (0, 0), 2: (0, 1), 3: (0, 2), 5: (2, 2), 7: (3, 3)}
    services = [{"tier": 1, "share": SHARES[cells[n][0]], "hours": HOURS[cells[n][1]]} for n in levels]
    found = national(services=services)
    assert (found.high, found.driver) == (expected, "A1")
    assert ("A1+cascade" in found.rules) == (sum(n >= 3 for n in levels) >= 3)


@pytest.mark.parametrize(
    ("state", "expected", "driver"),
    [
        ({}, 0, "none"),
        ({"physical": "repairable"}, 3, "A4"),
        ({"physical": "site_lost"}, 4, "A4"),
        ({"physical": "off_site"}, 5, "A4"),
        ({"loss_gdp_share": 0.001, "loss_usd": 10**7}, 4, "A5"),
        ({"records": {}}, 0, "none"),
        *(
            ({"records": {"share": share}}, level, "B1")
            for share, level in zip(SHARES, (1, 2, 3, 3), strict=True)
        ),
        ({"records": {"share": 0.8, "sensitive": True}}, 4, "B1"),
        ({"records": {"persons": 500, "share": 0.8}}, 0, "none"),
        ({"records": {"persons": 500, "sensitive": True}}, 1, "B1"),
        ({"integrity": {"state": "none", "share": 0.8}}, 0, "none"),
        ({"integrity": {"state": "restored_24h"}}, 1, "B2"),
        ({"integrity": {"state": "restored_later", "share": 0.005}}, 2, "B2"),
        ({"integrity": {"state": "restored_later", "share": 0.05}}, 3, "B2"),
        ({"integrity": {"state": "restored_later", "share": 0.3}}, 4, "B2"),
        ({"integrity": {"state": "not_restorable", "persons": 500_000}}, 4, "B2"),
        ({"integrity": {"state": "extent_unknown", "persons": 50_000_000}}, 5, "B2"),
        ({"trust_anchor": "exposed"}, 3, "B3"),
        ({"trust_anchor": "misused"}, 4, "B3"),
        ({"trust_anchor": "misused_many"}, 5, "B3"),
        ({"deaths": 1, "physical": "site_lost", "trust_anchor": "misused"}, 4, "A2"),
        ({"injuries": 1, "trust_anchor": "exposed", "worst_credible": 3, "barriers": 0}, 3, "A3"),
        ({"trust_anchor": "exposed", "worst_credible": 3, "barriers": 0}, 3, "B3"),
    ],
)
def test_each_rule_gives_its_level_and_the_first_of_equals_drives(
    state: Plain, expected: int, driver: str
) -> None:
    found = national(**state)
    assert (found.low, found.high, found.driver, found.driver_low) == (expected, expected, driver, driver)
    assert driver == "none" or driver in found.rules


DEPTH = {
    1: (1, 1, 0, 0, 0, 0),
    2: (2, 2, 1, 0, 0, 0),
    3: (3, 3, 2, 1, 0, 0),
}  # worst credible; barriers 0 to 5


@pytest.mark.parametrize(("worst", "barriers"), list(product((1, 2, 3), range(6))))
def test_every_cell_of_defence_in_depth_and_what_lifts_it(worst: int, barriers: int) -> None:
    plain = DEPTH[worst][barriers]
    lifted = min(3, plain + 1) if plain else 0
    facts = {"worst_credible": worst, "barriers": barriers}
    assert level(**facts) == plain
    assert level(**facts, common_cause=True) == lifted
    assert level(**facts, repetition=True) == lifted
    assert level(**facts, repetition=True, common_cause=True) == lifted
    assert level(**facts, common_cause=True, planned_test=True) == 0


def test_what_did_not_happen_stays_within_three() -> None:
    assert level(worst_credible=0, barriers=0, common_cause=True) == 0
    assert interval(worst_credible="unknown", barriers="unknown", common_cause="unknown") == (0, 3)


# Inputs are rough orders of magnitude from public accounts, chosen to try the rules; they are no findings.
GRID = {**service(persons=225_000, hours=6), "physical": "repairable"}
LIBRARY = {"worst_credible": 3, "barriers": 2, "common_cause": True}
HOSPITAL = {**service(persons=20_000, hours=12), "records": {"persons": 20_000, "sensitive": True}}

# Event, facts of one State, further States, A B C, national and international level, driver.
CASES: list[tuple[str, Plain, int, tuple[int, int, int], int, int, str]] = [
    ("Estonia 2007", service(tier=2, share=0.05, hours=10), 0, (2, 0, 0), 2, 2, "A1"),
    ("Ukraine grid 2015", GRID, 0, (3, 0, 0), 3, 3, "A4"),
    ("WannaCry 2017", service(share=0.005, hours=100), 149, (3, 0, 0), 3, 5, "A1+spread2"),
    ("NotPetya 2017", {"loss_gdp_share": 0.005}, 60, (5, 0, 0), 5, 7, "A5+spread2"),
    ("TRITON 2017", {"worst_credible": 3, "barriers": 0}, 0, (0, 0, 3), 3, 3, "C"),
    ("SolarWinds 2020", {"trust_anchor": "misused_many"}, 0, (0, 5, 0), 5, 5, "B3"),
    ("Colonial 2021", service(tier=2, persons=5_000_000, hours=130), 0, (4, 0, 0), 4, 4, "A1"),
    ("Log4Shell 2021", LIBRARY, 0, (0, 0, 3), 3, 3, "C"),
    ("Viasat 2022", service(tier=2, persons=50_000, hours=400), 4, (3, 0, 0), 3, 4, "A1+spread1"),
    ("Costa Rica 2022", service(tier=2, share=0.6, hours=700), 0, (6, 0, 0), 6, 6, "A1"),
    ("CrowdStrike update 2024", service(persons=2_000_000, hours=12), 20, (4, 0, 0), 4, 6, "A1+spread2"),
    ("One hospital, ransomware", HOSPITAL, 0, (2, 2, 0), 2, 2, "A1"),
]


@pytest.mark.parametrize(("name", "state", "more", "groups", "own", "event", "driver"), CASES)
def test_the_worked_examples(
    name: str, state: Plain, more: int, groups: tuple[int, int, int], own: int, event: int, driver: str
) -> None:
    found = rated(state, more)
    one = found.national["XA"]
    assert tuple(one.group(letter, 1)[0] for letter in "ABC") == groups, name
    assert (one.low, one.high) == (own, own)
    assert (found.international.high, found.international.driver) == (event, driver)


A_OF = {0: {}, 1: service(share=0.005, hours=4), 2: service(share=0.005, hours=12), 6: {"deaths": 100}}


@pytest.mark.parametrize(
    ("levels", "more", "expected", "driver"),
    [
        ((), 0, 0, "none"),
        ((0, 0, 0), 0, 0, "none"),
        ((1, 1, 1, 1), 0, 1, "A1"),
        ((2, 2), 0, 2, "A1"),
        ((2, 2, 1), 0, 2, "A1"),
        ((2, 2, 2), 0, 3, "A1+spread1"),
        ((2,), 8, 3, "A1+spread1"),
        ((2,), 9, 4, "A1+spread2"),
        ((6,), 2, 7, "A2+spread1"),
        ((6,), 9, 7, "A2+spread2"),
        ((1,), 1, 2, "unlisted"),
        ((), 10, 4, "unlisted+spread2"),
    ],
)
def test_the_number_of_states_hit_lifts_the_highest_a(
    levels: tuple[int, ...], more: int, expected: int, driver: str
) -> None:
    states = {f"X{chr(65 + number)}": A_OF[one] for number, one in enumerate(levels)}
    event = rate(facts_of({"states": states, "more_states": more})).international
    assert (event.low, event.high, event.driver, event.driver_low) == (expected, expected, driver, driver)


def test_data_and_potential_are_not_lifted_by_the_number_of_states() -> None:
    states = {f"X{letter}": {"trust_anchor": "misused"} for letter in "ABCDEFGHIJKL"}
    assert rate(facts_of({"states": states})).international.high == 4


def test_the_ends_of_the_event_count_their_own_states() -> None:
    """Three States whose A is 2 for sure or only perhaps: the spread is sure or only possible."""
    perhaps = service(share=[0.005, 0.05], hours=[4, 12])
    event = rate(facts_of({"states": {"XA": A_OF[2], "XB": A_OF[2], "XC": perhaps}})).international
    assert (event.low, event.driver_low) == (2, "A1")
    assert (event.high, event.driver) == (4, "A1+spread1")
    event = rated(A_OF[2], "unknown").international
    assert (event.low, event.high) == (2, 4)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (service(share="unknown", hours=24), (0, 6)),
        (service(share=0.05, hours="unknown"), (0, 5)),
        (service(share=[0.005, 0.05], hours=[4, 12]), (1, 3)),
        (service(tier="unknown", share=0.3, hours=24), (3, 5)),
        (service(tier=[2, 3], share=0.3, hours=24), (3, 4)),
        (service(share=0.3, hours=24, degraded="unknown"), (4, 5)),
        (service(share=0.3, persons="unknown", hours=24), (0, 6)),
        ({"deaths": "unknown"}, (0, 7)),
        ({"deaths": [0, 9]}, (0, 4)),
        ({"physical": "unknown"}, (0, 5)),
        ({"loss_usd": "unknown"}, (0, 6)),
        ({"loss_gdp_share": "unknown"}, (0, 7)),
        ({"records": {"persons": "unknown", "sensitive": "unknown"}}, (0, 4)),
        ({"integrity": {"state": "unknown", "share": "unknown"}}, (0, 5)),
        ({"integrity": {"state": "extent_unknown", "share": "unknown"}}, (3, 5)),
        ({"trust_anchor": "unknown"}, (0, 5)),
        ({"worst_credible": 3, "barriers": "unknown"}, (0, 3)),
        ({"worst_credible": [1, 3], "barriers": [1, 2]}, (0, 3)),
        ({"worst_credible": 3, "barriers": 2, "repetition": "unknown"}, (2, 3)),
        ({"worst_credible": 3, "barriers": 0, "planned_test": "unknown"}, (0, 3)),
    ],
)
def test_what_is_unknown_gives_an_interval(state: Plain, expected: tuple[int, int]) -> None:
    assert interval(**state) == expected


def spans(rating: Rating) -> dict[str, tuple[int, int]]:
    """Every level that a rating states."""
    found = {"event": (rating.international.low, rating.international.high)}
    for code, one in rating.national.items():
        found[code] = (one.low, one.high)
        found |= {f"{code} {rule}": value for rule, value in one.values.items()}
    return found


def within(inner: Rating, outer: Rating) -> bool:
    outside = spans(outer)
    return all(
        outside.get(name, (0, 0))[0] <= low and high <= outside.get(name, (0, 0))[1]
        for name, (low, high) in spans(inner).items()
    ) and all(low == 0 or name in spans(inner) for name, (low, _) in outside.items())


@given(POINTS)
@settings(max_examples=150)
def test_facts_without_an_unknown_give_one_level(plain: Plain) -> None:
    found = rate(facts_of(plain))
    assert all(low == high for low, high in spans(found).values())
    assert all(0 <= high <= 7 for _, high in spans(found).values())
    for one in found.national.values():
        assert one.group("B", 1)[0] <= 5
        assert one.group("C", 1)[0] <= 3
        assert one.high == 0 or one.values[one.driver][1] == one.high


@given(POINTS, st.data())
@settings(max_examples=200)
def test_knowing_less_never_narrows_the_result(plain: Plain, data: st.DataObject) -> None:
    """So the interval holds every point that the facts allow."""
    wide = known_less(data, plain)
    wider = known_less(data, wide)
    point, middle, outer = (rate(facts_of(one)) for one in (plain, wide, wider))
    assert within(point, middle)
    assert within(middle, outer)


@given(POINTS, st.data())
@settings(max_examples=200)
def test_no_fact_made_worse_ever_lowers_a_level(plain: Plain, data: st.DataObject) -> None:
    before = known_less(data, plain)
    after = worse(data, before)
    low, high = spans(rate(facts_of(before))), spans(rate(facts_of(after)))
    assert all(a <= b for name in low for a, b in zip(low[name], high.get(name, (0, 0)), strict=True))


def test_the_json_of_the_command() -> None:
    shown = level_of_file(b"states: {XA: {deaths: [1, 20], trust_anchor: exposed}}", "f.yaml")
    assert encode_json(shown) == (
        b'{"national":{"XA":{"low":4,"high":5,"driver":"A2","driver_low":"A2","rules":["A2","B3"],'
        b'"values":{"A2":[4,5],"B3":[3,3]}}},"international":{"low":4,"high":5,"driver":"A2","driver_low":"A2"},'
        b'"version":"scale-1.0.0"}'
    )


def test_facts_without_a_state_are_level_0() -> None:
    assert level_of_file(b"{}", "f.yaml")["international"]["high"] == 0
