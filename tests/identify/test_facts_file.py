"""Facts files: what they may say, and that every fault is told at once with its place and remedy."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from impact import POINTS, facts_of, known_less

from proxeny.base.errors import InputError
from proxeny.identify.facts import (
    LIST_N,
    QUESTIONS,
    DecisionFacts,
    Facts,
    Integrity,
    Records,
    Service,
    StateFacts,
    home_of,
    merge,
    to_plain,
)
from proxeny.identify.facts_file import parse_facts

WHOLE = """
home: XA
more_states: [2, 5]
states:
  XA:
    services:
      - {tier: 1, share: 0.2, persons: 40_000, hours: [5, 30], degraded: no}
      - tier: unknown
        share: unknown
    deaths: 0
    injuries: [0, 3]
    physical: site_lost
    loss_gdp_share: 1e-4
    loss_usd: unknown
    records: {share: 0.01, persons: unknown, sensitive: yes}
    integrity: {state: extent_unknown, share: 0.5, persons: 10}
    trust_anchor: misused
    worst_credible: 3
    barriers: [0, 2]
    common_cause: unknown
    repetition: true
    planned_test: No
  NO: {}
decision:
  list: [N2, N6]
  questions: {1a: yes, 1e: no, 2e: unknown, 3a: true, 4d: false}
  hours_since_aware: 12.5
"""


def test_every_key_is_read_as_it_is_meant() -> None:
    given_facts = parse_facts(WHOLE.encode(), "f.yaml")
    own = StateFacts(
        services=(
            Service(tier=1, share=0.2, persons=40_000, hours=(5, 30)),
            Service(tier="unknown", share="unknown"),
        ),
        injuries=(0, 3),
        physical="site_lost",
        loss_gdp_share=0.0001,
        loss_usd="unknown",
        records=Records(share=0.01, persons="unknown", sensitive=True),
        integrity=Integrity(state="extent_unknown", share=0.5, persons=10),
        trust_anchor="misused",
        worst_credible=3,
        barriers=(0, 2),
        common_cause="unknown",
        repetition=True,
    )
    assert given_facts.facts == Facts(
        home="XA",
        states={"XA": own, "NO": StateFacts()},
        more_states=(2, 5),
        decision=DecisionFacts(
            list={"N2": "yes", "N6": "yes"},
            questions={"1a": "yes", "1e": "no", "2e": "unknown", "3a": "yes", "4d": "no"},
            hours_since_aware=12.5,
        ),
    )
    assert given_facts.keys[""] == {"home", "more_states", "states", "decision"}
    assert "deaths" in given_facts.keys["XA"]
    assert given_facts.keys["NO"] == frozenset()


def test_the_answer_to_1a_is_yes_and_norway_is_a_state() -> None:
    """YAML 1.1 would read yes as true, NO as false and 1e5 as it pleases."""
    facts = parse_facts(
        b"home: NO\nstates: {NO: {deaths: 1}}\ndecision: {questions: {1a: yes, 1e: no}}", "f"
    ).facts
    assert (facts.home, list(facts.states)) == ("NO", ["NO"])
    assert facts.decision.questions == {"1a": "yes", "1e": "no"}


@pytest.mark.parametrize(
    "empty", ["{}", "states:\n", "states: {XA: }", "decision:\nstates: {XA: {services: []}}"]
)
def test_an_absent_key_means_none(empty: str) -> None:
    facts = parse_facts(empty.encode(), "f.yaml").facts
    assert facts.decision == DecisionFacts()
    assert all(state == StateFacts() for state in facts.states.values())


def test_list_n_may_be_a_list_of_what_is_met_or_answers() -> None:
    listed = parse_facts(b"decision: {list: [N6, N1, N1]}", "f").facts.decision.list
    assert listed == {"N1": "yes", "N6": "yes"}
    answered = parse_facts(b"decision: {list: {N1: no, N4: unknown, N6: YES}}", "f").facts.decision.list
    assert answered == {"N1": "no", "N4": "unknown", "N6": "yes"}


STATE = "states: {XA: {%s}}"

# What is written for State XA, the column at which it is faulted, and words of the message and of the remedy.
FAULTY_STATE: list[tuple[str, int, str, str]] = [
    ("deths: 1", 15, "unknown key 'deths'", "deaths"),
    ("deaths: many", 23, "deaths is not a number", "[least, most] or unknown"),
    ("deaths: '3'", 23, "deaths is not a number", "without quotes"),
    ("deaths: true", 23, "deaths is not a number", "n, [least, most]"),
    ("deaths: ", 23, "deaths is not a number: no value", "leave the key out"),
    ("deaths: -1", 23, "deaths is not 0 or more: -1", "negative"),
    ("deaths: 1.5", 23, "deaths is not a whole number: 1.5", "whole persons"),
    ("deaths: [3, 1]", 23, "the least of deaths is above the most", "[least, most]"),
    ("deaths: [1]", 23, "deaths is not a number", "[least, most]"),
    ("deaths: [1, 2, 3]", 23, "deaths is not a number", "[least, most]"),
    ("deaths: [0, unknown]", 23, "deaths is not a number", "[least, most]"),
    ("deaths: [0, [1, 2]]", 23, "deaths is not a number", "[least, most]"),
    ("deaths: {low: 1}", 23, "deaths is not a number", "[least, most]"),
    ("deaths: .nan", 23, "deaths is not a number", "unknown"),
    ("deaths: .inf", 23, "deaths is not a number", "unknown"),
    ("deaths: NaN", 23, "deaths is not a number", "unknown"),
    ("deaths: 1e999", 23, "deaths is not 0 or more: inf", "infinite"),
    ("deaths: 1:30", 23, "deaths is not a number", "digits only"),
    ("deaths: 0x10", 23, "deaths is not a number", "digits only"),
    ("deaths: " + "9" * 400, 23, "deaths is not a number", "digits only"),
    ("injuries: [0.5, 2]", 25, "injuries is not a whole number", "whole persons"),
    ("loss_usd: 10 million", 25, "loss_usd is not a number", "units"),
    ("loss_usd: -5", 25, "loss_usd is not 0 or more", "negative"),
    ("loss_gdp_share: 1.1", 31, "loss_gdp_share is not 0 to 1: 1.1", "fraction"),
    ("loss_gdp_share: 2%", 31, "loss_gdp_share is not a number", "0.35 for 35 %"),
    ("physical: broken", 25, "'broken' is no physical", "repairable, site_lost"),
    ("physical: 3", 25, "3 is no physical", "repairable"),
    ("physical: ", 25, "no value is no physical", "repairable"),
    ("trust_anchor: [exposed]", 29, "['exposed'] is no trust_anchor", "misused_many"),
    ("common_cause: maybe", 29, "common_cause is neither yes nor no: 'maybe'", "unknown"),
    ("repetition: 1", 27, "repetition is neither yes nor no: 1", "unknown"),
    ("planned_test: ", 29, "planned_test is neither yes nor no: no value", "unknown"),
    ("worst_credible: 4, barriers: 0", 31, "worst_credible is not 0 to 3: 4", "3 for A of 5"),
    ("worst_credible: 1.5, barriers: 0", 31, "worst_credible is not a whole number", ""),
    ("worst_credible: 2", 15, "worst_credible above 0 without barriers", "add barriers"),
    ("worst_credible: [0, 1]", 15, "worst_credible above 0 without barriers", "add barriers"),
    ("worst_credible: 2, barriers: -1", 44, "barriers is not 0 or more", ""),
    ("worst_credible: 2, barriers: ", 44, "barriers is not a number: no value", "unknown"),
    ("services: 3", 25, "services is not a list", "- {tier: 1"),
    ("services: {tier: 1}", 25, "services is not a list", "- {tier: 1"),
    ("services: [1]", 26, "not a set of keys and values", "key: value"),
    ("services: [{share: 0.1}]", 26, "a service without a tier", "1, 2, 3 or unknown"),
    ("services: [{tier: 0}]", 33, "tier is not 1 to 3: 0", "1 electricity"),
    ("services: [{tier: one}]", 33, "tier is not a number: 'one'", ""),
    ("services: [{tier: 1, share: 35}]", 43, "share is not 0 to 1: 35", "0.35 for 35 %"),
    ("services: [{tier: 1, share: -0.1}]", 43, "share is not 0 to 1", "fraction"),
    ("services: [{tier: 1, persons: 10.5}]", 45, "persons is not a whole number", ""),
    ("services: [{tier: 1, hours: -2}]", 43, "hours is not 0 or more", ""),
    ("services: [{tier: 1, degraded: 2}]", 46, "degraded is neither yes nor no", ""),
    ("services: [{tier: 1, hour: 2}]", 36, "unknown key 'hour'", "hours"),
    ("records: yes", 24, "records is not a set of keys and values", ""),
    ("records: {sensitve: yes}", 25, "unknown key 'sensitve'", "sensitive"),
    ("integrity: {state: restored}", 34, "'restored' is no state", "restored_24h"),
    ("integrity: extent_unknown", 26, "integrity is not a set of keys and values", ""),
]

# A whole file, the place of its one fault, and words of the message and of the remedy.
FAULTY_FILE: list[tuple[str, str, str, str]] = [
    ("", "", "the file is empty", "key: value"),
    ("null", ", line 1 column 1", "no facts file", "states"),
    ("[]", ", line 1 column 1", "no facts file", "states"),
    ("a report on an outage", ", line 1 column 1", "no facts file", "states"),
    ("state: {XA: {}}", ", line 1 column 1", "unknown key 'state'", "states"),
    ("states: [XA]", ", line 1 column 9", "states is not a set of keys and values", ""),
    ("states: {XA: 3}", ", line 1 column 14", "XA is not a set of keys and values", ""),
    ("states: {xa: {}}", ", line 1 column 10", "'xa' is no State code", "did you mean XA?"),
    ("states: {UK: {}}", ", line 1 column 10", "'UK' is no State code", "did you mean GB?"),
    ("states: {QQ: {}}", ", line 1 column 10", "'QQ' is no State code", "ISO 3166-1"),
    ("states: {Norway: {}}", ", line 1 column 10", "'Norway' is no State code", "ISO 3166-1"),
    ("home: XAA", ", line 1 column 7", "'XAA' is no State code", "XA to XZ"),
    ("home: no", ", line 1 column 7", "'no' is no State code", "did you mean NO?"),
    ("home: [XA]", ", line 1 column 7", "is no State code", "XA to XZ"),
    ("home: ", ", line 1 column 6", "is no State code", "XA to XZ"),
    ("more_states: 194", ", line 1 column 14", "more_states is not 0 to 193", "193 members"),
    ("more_states: 2.5", ", line 1 column 14", "more_states is not a whole number", ""),
    ("decision: notify", ", line 1 column 11", "decision is not a set of keys and values", ""),
    ("decision: {list: [N7]}", ", line 1 column 19", "'N7' is not in list N", "N1, N2"),
    ("decision: {list: [n2]}", ", line 1 column 19", "'n2' is not in list N", "did you mean N2?"),
    ("decision: {list: [2]}", ", line 1 column 19", "'2' is not in list N", "N1, N2"),
    ("decision: {list: N2}", ", line 1 column 18", "list is not a set of keys and values", ""),
    ("decision: {list: {N9: yes}}", ", line 1 column 19", "unknown key 'N9'", "N1"),
    ("decision: {list: {N1: perhaps}}", ", line 1 column 23", "'perhaps' is no answer", "yes, no or unknown"),
    ("decision: {questions: {1f: yes}}", ", line 1 column 24", "unknown key '1f'", "1e, 2a"),
    ("decision: {questions: {4e: yes}}", ", line 1 column 24", "unknown key '4e'", "4c, 4d"),
    ("decision: {questions: {1a: 1}}", ", line 1 column 28", "1 is no answer", "yes, no or unknown"),
    ("decision: {questions: {1a: }}", ", line 1 column 28", "no value is no answer", "yes, no or unknown"),
    ("decision: {hours_since_aware: -1}", ", line 1 column 31", "hours_since_aware is not 0 or more", ""),
    ("decision: {hours: 5}", ", line 1 column 12", "unknown key 'hours'", "hours_since_aware"),
]


@pytest.mark.parametrize(
    ("text", "place", "message", "remedy"),
    [
        *((STATE % one, f", line 1 column {column}", *rest) for one, column, *rest in FAULTY_STATE),
        *FAULTY_FILE,
    ],
)
def test_what_is_refused_says_where_and_what_to_do(text: str, place: str, message: str, remedy: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_facts(text.encode(), "f.yaml")
    (fault,) = caught.value.faults
    assert message in fault.message
    assert fault.remedy
    assert remedy in fault.remedy
    assert fault.place == f"f.yaml{place}"


def test_all_faults_are_told_at_once() -> None:
    text = b"""home: XAA
states:
  XA:
    deths: 1
    injuries: -2
    services:
      - {share: 12, hours: [5, 2]}
      - {tier: 1, persons: 1.5}
    injuries: 3
    worst_credible: 3
more_states: 500
decision: {list: [N9], questions: {5a: yes}}
"""
    with pytest.raises(InputError) as caught:
        parse_facts(text, "f.yaml")
    lines = sorted(int(fault.place.split("line ")[1].split()[0]) for fault in caught.value.faults)
    assert lines == [1, 4, 5, 7, 7, 7, 8, 9, 10, 11, 12, 12]


@pytest.mark.parametrize("worst", ["0", "[0, 0]", "unknown"])
def test_nothing_worse_to_come_needs_no_barriers(worst: str) -> None:
    facts = parse_facts((STATE % f"worst_credible: {worst}").encode(), "f.yaml").facts
    assert all(state.barriers is None for state in facts.states.values())


@given(POINTS, st.data())
@settings(max_examples=100)
def test_facts_written_as_a_file_are_read_back_the_same(plain: dict[str, Any], data: st.DataObject) -> None:
    answers = st.sampled_from(("yes", "no", "unknown"))
    decision = {
        "list": data.draw(st.dictionaries(st.sampled_from(LIST_N), answers)),
        "questions": data.draw(st.dictionaries(st.sampled_from(QUESTIONS), answers)),
    }
    facts = facts_of({**known_less(data, plain), "decision": decision})
    shape = to_plain(facts)
    assert parse_facts(json.dumps(shape).encode(), "f.json").facts == facts
    assert parse_facts(yaml.safe_dump(shape).encode(), "f.yaml").facts == facts


@given(st.text("home:states{}[]XA \n\t-,deaths1.yesunknown'\"decisionlist", max_size=60), POINTS)
def test_any_words_are_read_or_refused(words: str, plain: dict[str, Any]) -> None:
    with suppress(InputError):
        parse_facts(words.encode(), "f.yaml")
    with suppress(InputError):
        parse_facts((yaml.safe_dump(plain) + words).encode(), "f.yaml")


def test_what_is_given_wins_key_by_key_over_what_was_drawn() -> None:
    drawn = Facts(
        home="XA",
        states={
            "XA": StateFacts(deaths="unknown", loss_usd=5, services=(Service(tier=1, hours="unknown"),)),
            "XB": StateFacts(injuries=2),
        },
        more_states="unknown",
        decision=DecisionFacts(questions={"1c": "unknown", "1d": "unknown"}, hours_since_aware=3),
    )
    text = (
        b"states: {XA: {deaths: 0, services: [{tier: 2}]}, XC: {deaths: 1}}\ndecision: {questions: {1c: no}}"
    )
    merged = merge(drawn, parse_facts(text, "f.yaml"))
    assert merged.home == "XA"
    assert merged.states == {
        "XA": StateFacts(loss_usd=5, services=(Service(tier=2),)),
        "XB": StateFacts(injuries=2),
        "XC": StateFacts(deaths=1),
    }
    assert merged.more_states == "unknown"
    assert merged.decision.questions == {"1c": "no", "1d": "unknown"}
    assert merged.decision.hours_since_aware == 3
    again = merge(drawn, parse_facts(b"home: XB\nmore_states: 0\ndecision: {hours_since_aware: 0}", "f.yaml"))
    assert (again.home, again.more_states, again.decision.hours_since_aware) == ("XB", 0, 0)


def test_the_evidence_that_identify_emits_beside_facts_is_passed_over() -> None:
    text = (
        b"states: {XA: {deaths: 1}}\nevidence: {states.XA.deaths: {kind: text, value: one died, at: [0, 8]}}"
    )
    again = parse_facts(text, "f.yaml")
    assert again.facts == Facts(states={"XA": StateFacts(deaths=1)})
    assert again.keys[""] == {"states"}


@pytest.mark.parametrize(
    ("text", "home"),
    [
        ("{}", None),
        ("states: {XB: {}}", "XB"),
        ("states: {XA: {}, XB: {}}", None),
        ("home: XC\nstates: {XB: {}}", "XC"),
    ],
)
def test_the_home_is_the_state_named_or_the_only_one(text: str, home: str | None) -> None:
    assert home_of(parse_facts(text.encode(), "f.yaml").facts) == home


def test_the_example_of_the_reference_is_a_facts_file_and_every_key_is_explained() -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "facts-file.md").read_text(encoding="utf-8")
    example = page.split("```yaml\n")[1].split("```")[0]
    assert parse_facts(example.encode(), "example").facts.home == "XA"
    table = page.split("## Keys")[1].split("## How")[0]
    for record in (Facts, DecisionFacts, StateFacts, Service, Records, Integrity):
        for key in record.__struct_fields__:
            assert key in table or key in ("states", "decision"), key
