"""The notification decision instrument: every combination, what unknowns do, where each answer comes from."""

from __future__ import annotations

import json
from itertools import product
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from impact import POINTS, facts_of, known_less, worse

from proxeny.actions.decide import decide_file
from proxeny.base.errors import InputError
from proxeny.base.records import encode_json
from proxeny.identify.decision import Raised, Result, Worksheet, conclude, decide
from proxeny.identify.facts import LIST_N, QUESTIONS, Answer, Facts
from proxeny.identify.scale import rate

ANSWERS: tuple[Answer, ...] = ("yes", "no", "unknown")
STRENGTH = {"record": 0, "consult": 1, "notify": 2}
EARLY, LATE = 23.9, 24.0


def decided(text: str) -> Worksheet:
    return decide_file(text.encode(), "f.yaml")


def answers_of(listed: Answer, four: tuple[Answer, ...]) -> dict[str, Answer]:
    """Item N4 of list N and the four questions so answered, the rest of the list no."""
    answers: dict[str, Answer] = dict.fromkeys(LIST_N, "no")
    return answers | {"N4": listed} | dict(zip("1234", four, strict=True))


def by_the_book(listed: bool, four: list[bool]) -> str:
    return "notify" if listed or sum(four) >= 2 else "consult" if any(four) else "record"


COMBINATIONS = [
    (listed, hours, four)
    for listed, hours, four in product(ANSWERS, (EARLY, LATE), product(ANSWERS, repeat=4))
]


@pytest.mark.parametrize("listed", ANSWERS)
def test_every_combination_gives_the_result_of_the_rules(listed: Answer) -> None:
    """486 of list N (yes, no, unknown), time and four answers; the 324 with a known list N are among them."""
    assert len(COMBINATIONS) == 486
    for _, hours, four in (one for one in COMBINATIONS if one[0] == listed):
        result, deadline = conclude(answers_of(listed, four), hours)
        least = by_the_book(listed == "yes", [answer == "yes" for answer in four])
        most = by_the_book(listed != "no", [answer != "no" for answer in four])
        assert result in get_args(Result)
        if least == most:
            assert result == least
        elif hours < 24:
            assert result == "pending"
        else:
            assert result == most
        assert (deadline is None) == (result != "notify")


def test_nothing_is_pending_from_24_hours_on() -> None:
    assert all(conclude(answers_of(n, four), h)[0] != "pending" for n, h, four in COMBINATIONS if h >= 24)


def test_turning_any_answer_to_yes_never_lowers_the_duty_nor_gives_more_time() -> None:
    for listed, hours, four in COMBINATIONS:
        answers = answers_of(listed, four)
        result, deadline = conclude(answers, hours)
        for code in ("N4", *"1234"):
            higher, sooner = conclude({**answers, code: "yes"}, hours)
            if result == "pending":
                assert higher != "record"
            else:
                assert STRENGTH[higher] >= STRENGTH[result]
            assert deadline is None or (sooner is not None and sooner <= deadline)


@pytest.mark.parametrize(
    ("listed", "four", "hours", "expected"),
    [
        ("yes", ("no",) * 4, EARLY, ("notify", 4)),
        ("no", ("yes", "yes", "no", "no"), EARLY, ("notify", 24)),
        ("no", ("yes", "yes", "no", "unknown"), LATE, ("notify", 24)),
        ("unknown", ("no",) * 4, EARLY, ("pending", None)),
        ("unknown", ("no",) * 4, LATE, ("notify", 4)),
        ("unknown", ("yes", "yes", "no", "no"), EARLY, ("notify", 24)),
        ("unknown", ("yes", "yes", "no", "no"), LATE, ("notify", 4)),
        ("no", ("unknown", "unknown", "no", "no"), LATE, ("notify", 24)),
        ("no", ("yes", "no", "no", "no"), LATE, ("consult", None)),
        ("no", ("unknown", "no", "no", "no"), EARLY, ("pending", None)),
        ("no", ("unknown", "no", "no", "no"), LATE, ("consult", None)),
        ("no", ("no",) * 4, EARLY, ("record", None)),
    ],
)
def test_list_n_gives_4_hours_and_two_questions_24(
    listed: Answer, four: tuple[Answer, ...], hours: float, expected: tuple[str, int | None]
) -> None:
    assert conclude(answers_of(listed, four), hours) == expected


@pytest.mark.parametrize("code", LIST_N)
def test_any_item_of_list_n_notifies(code: str) -> None:
    sheet = decided(f"decision: {{list: [{code}]}}")
    assert (sheet.result, sheet.deadline_hours, sheet.list) == ("notify", 4, [code])
    sheet = decided(f"decision: {{list: {{{code}: unknown}}}}")
    assert (sheet.result, sheet.list, sheet.list_unknown) == ("pending", [], (code,))


@pytest.mark.parametrize("code", QUESTIONS)
def test_any_sub_criterion_makes_its_question_yes(code: str) -> None:
    sheet = decided(f"decision: {{questions: {{{code}: yes}}}}")
    assert sheet.result == "consult"
    assert [q for q in "1234" if sheet.questions[q] == "yes"] == [code[0]]
    assert (sheet.why[code], sheet.why[code[0]]) == ("given", f"yes: {code}")
    sheet = decided(f"decision: {{questions: {{{code}: unknown}}}}")
    assert sheet.result == "pending"
    assert (sheet.questions[code[0]], sheet.why[code[0]]) == ("unknown", f"unknown: {code}")


def test_sub_criteria_of_one_question_count_once_and_of_two_twice() -> None:
    assert decided("decision: {questions: {3a: yes, 3b: yes, 3c: yes}}").result == "consult"
    sheet = decided("decision: {questions: {3a: yes, 4c: yes}}")
    assert (sheet.result, sheet.deadline_hours) == ("notify", 24)


@pytest.mark.parametrize(
    ("hours", "expected"),
    [("0", "pending"), ("23.9", "pending"), ("24", "consult"), ("unknown", "pending"), ("[3, 30]", "pending"),
     ("[25, 30]", "consult")],
)  # fmt: skip
def test_unknown_counts_as_yes_once_24_hours_have_surely_passed(hours: str, expected: str) -> None:
    text = f"decision: {{questions: {{2b: unknown}}, hours_since_aware: {hours}}}"
    assert decided(text).result == expected


def test_a_missing_number_of_hours_counts_as_0() -> None:
    assert decided("decision: {questions: {2b: unknown}}").result == "pending"


TIER_1 = "states: {XA: {services: [{tier: 1, %s}]}}"


@pytest.mark.parametrize(
    ("text", "n1", "a", "b"),
    [
        ("{}", "no", "no", "no"),
        ("states: {XA: {}}", "no", "no", "no"),
        ("states: {XA: {deaths: 1}}", "yes", "yes", "no"),
        ("states: {XA: {deaths: [0, 1]}}", "unknown", "unknown", "no"),
        ("states: {XA: {deaths: unknown}}", "unknown", "unknown", "no"),
        ("states: {XA: {injuries: 1}}", "no", "yes", "no"),
        ("states: {XA: {injuries: [1, 10]}}", "unknown", "yes", "no"),
        ("states: {XA: {trust_anchor: misused}}", "yes", "yes", "no"),
        ("states: {XA: {trust_anchor: unknown}}", "unknown", "unknown", "no"),
        ("states: {XA: {worst_credible: 3, barriers: 0}}", "no", "yes", "no"),
        (TIER_1 % "share: 0.01, hours: 8", "no", "yes", "yes"),
        (TIER_1 % "share: 0.009, hours: 30", "no", "yes", "no"),
        (TIER_1 % "share: 0.6, hours: 7.9", "yes", "yes", "no"),
        (TIER_1 % "persons: 100000, hours: 8", "no", "yes", "yes"),
        (TIER_1 % "persons: 999, share: 0.5, hours: 8", "no", "no", "no"),
        (TIER_1 % "share: 0.01, hours: 8, degraded: yes", "no", "no", "yes"),
        (TIER_1 % "share: unknown, hours: 8", "unknown", "unknown", "unknown"),
        (TIER_1 % "share: 0.01, hours: [2, 8]", "no", "unknown", "unknown"),
        ("states: {XA: {services: [{tier: 2, share: 0.5, hours: 8}]}}", "yes", "yes", "no"),
        ("states: {XA: {services: [{tier: 3, share: 0.5, hours: 8}]}}", "no", "yes", "no"),
        ("states: {XA: {services: [{tier: unknown, share: 0.01, hours: 8}]}}", "no", "unknown", "unknown"),
        ("states: {XA: {services: [{tier: [2, 3], share: 0.5, hours: 8}]}}", "unknown", "yes", "no"),
    ],
)
def test_n1_1a_and_1b_come_from_the_facts_of_the_home(text: str, n1: Answer, a: Answer, b: Answer) -> None:
    """Reached only through what is unknown, they are unknown themselves, and not yes."""
    sheet = decided(text)
    listed: Answer = "yes" if "N1" in sheet.list else "unknown" if "N1" in sheet.list_unknown else "no"
    assert (listed, sheet.questions["1a"], sheet.questions["1b"]) == (n1, a, b)
    assert all(sheet.why[code].startswith("derived: ") for code in ("N1", "1a", "1b"))


def test_the_level_of_the_home_counts_and_not_that_of_others() -> None:
    states = "states: {XA: {}, XB: {deaths: 5}}"
    assert decided(f"home: XA\n{states}").result == "record"
    assert decided(f"home: XB\n{states}").result == "notify"
    assert decided(f"home: XC\n{states}").result == "record"


def test_the_level_of_the_event_does_not_decide_for_a_state() -> None:
    sheet = decided("states: {XA: {services: [{tier: 1, share: 0.005, hours: 12}]}}\nmore_states: 100")
    assert (sheet.result, sheet.why["1a"]) == ("record", "derived: national level 2 by A1")


@pytest.mark.parametrize(
    ("state", "n1", "serious"),
    [
        (
            "deaths: 2, integrity: {state: unknown, share: unknown}",
            "national level 4 or more by A2",
            "national level 4 or more by A2",
        ),
        (
            "injuries: 1, integrity: {state: unknown, share: unknown}",
            "national level 3 to 5 by B2",
            "national level 3 or more by A3",
        ),
        (
            "services: [{tier: 1, persons: 200000, hours: [8, 24]}], deaths: 1",
            "national level 4 by A2",
            "national level 4 by A2",
        ),
    ],
)
def test_a_sure_yes_names_the_rule_that_makes_it_sure(state: str, n1: str, serious: str) -> None:
    """A sure yes comes from the least that the facts allow; what is merely possible from the most."""
    why = decided(f"states: {{XA: {{{state}}}}}").why
    assert (why["N1"], why["1a"]) == (f"derived: {n1}", f"derived: {serious}")


def test_several_states_without_a_home_are_refused_with_the_choice() -> None:
    with pytest.raises(InputError, match=r"f\.yaml: several States and no home .*XA, XB"):
        decided("states: {XA: {}, XB: {}}")
    facts = facts_of({"states": {"XA": {}, "XB": {}}})
    with pytest.raises(InputError, match="several States and no home"):
        decide(facts, rate(facts))


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_given_wins_over_what_the_facts_say(answer: Answer) -> None:
    sheet = decided(
        "states: {XA: {deaths: 1, services: [{tier: 1, share: 0.5, hours: 30}]}}\n"
        f"decision: {{list: {{N1: {answer}}}, questions: {{1a: {answer}, 1b: {answer}}}}}"
    )
    assert {sheet.questions["1a"], sheet.questions["1b"]} == {answer}
    assert ("N1" in sheet.list, "N1" in sheet.list_unknown) == (answer == "yes", answer == "unknown")
    assert {sheet.why["N1"], sheet.why["1a"], sheet.why["1b"]} == {"given"}


def test_what_a_file_does_not_say_is_no_and_what_a_report_does_not_raise_is_too() -> None:
    assert decided("{}").why["2a"] == "absent"
    sheet = decide(Facts(), rate(Facts()), {})
    assert (sheet.result, sheet.questions["2a"], sheet.why["2a"], sheet.why["N4"]) == (
        *("record", "no", "not-raised"),
        "not-raised",
    )


def test_what_a_report_raises_counts_unless_a_person_answered() -> None:
    raised = {
        "3a": Raised("unknown", "raised by wiper"),
        "N4": Raised("yes", "raised by self-spreading-code"),
    }
    sheet = decide(Facts(), rate(Facts()), raised)
    assert (sheet.result, sheet.list, sheet.why["N4"]) == ("notify", ["N4"], "raised by self-spreading-code")
    assert (sheet.questions["3a"], sheet.why["3a"]) == ("unknown", "raised by wiper")
    facts = facts_of({"decision": {"list": {"N4": "no"}, "questions": {"3a": "no"}}})
    sheet = decide(facts, rate(facts), raised)
    assert (sheet.result, sheet.why["N4"], sheet.why["3a"]) == ("record", "given", "given")


@pytest.mark.parametrize(
    ("answer", "deaths", "expected"),
    [
        ("yes", 0, "yes"),
        ("unknown", 0, "unknown"),
        ("no", 1, "yes"),
        ("unknown", 1, "yes"),
        ("no", "unknown", "unknown"),
    ],
)
def test_of_raised_and_derived_the_stronger_counts(answer: Answer, deaths: Any, expected: Answer) -> None:
    facts = facts_of({"states": {"XA": {"deaths": deaths}}})
    assert decide(facts, rate(facts), {"1a": Raised(answer, "raised")}).questions["1a"] == expected


# Answers and figures are ours, from public accounts and memory; they try the instrument and find nothing.
PAST: list[tuple[str, str, str, str]] = [
    ("Estonia 2007", "", "questions: {2c: yes, 3d: yes, 4c: yes}", "notify"),
    ("Ukraine grid 2015", "physical: repairable", "questions: {2c: yes, 3b: yes}", "notify"),
    ("WannaCry 2017", "", "list: [N4], questions: {1e: yes, 3a: yes}", "notify"),
    ("NotPetya 2017", "loss_gdp_share: 0.005", "list: [N4]", "notify"),
    ("TRITON 2017", "worst_credible: 3, barriers: 0", "list: [N2]", "notify"),
    ("SolarWinds 2020", "trust_anchor: misused_many", "list: [N3]", "notify"),
    ("Colonial 2021", "services: [{tier: 2, share: 0.2, hours: 130}]", "", "notify"),
    ("Log4Shell 2021", "worst_credible: 3, barriers: 1", "questions: {2a: yes, 3b: yes}", "notify"),
    ("Viasat 2022", "", "list: [N6], questions: {3a: yes}", "notify"),
    ("Costa Rica 2022", "services: [{tier: 2, share: 0.6, hours: 700}]", "", "notify"),
    ("CrowdStrike update 2024", "services: [{tier: 1, share: 0.2, hours: 12}]", "", "notify"),
    ("a hospital", "services: [{tier: 1, persons: 20000, hours: 12}]", "questions: {1e: yes}", "consult"),
    ("a defacement", "integrity: {state: restored_24h}", "", "record"),
]


@pytest.mark.parametrize(("name", "state", "answers", "expected"), PAST)
def test_past_events_come_out_as_the_instrument_was_tried(
    name: str, state: str, answers: str, expected: str
) -> None:
    sheet = decided(f"states: {{XA: {{{state}}}}}\ndecision: {{{answers}}}")
    assert sheet.result == expected, name


@given(POINTS, st.data())
@settings(max_examples=150)
def test_worse_facts_never_lower_the_duty(plain: dict[str, Any], data: st.DataObject) -> None:
    """From 24 hours on, where nothing is pending."""
    late = {**plain, "decision": {"hours_since_aware": 24}}
    before = facts_of(late)
    after = facts_of(worse(data, late))
    assert STRENGTH[decide(after, rate(after)).result] >= STRENGTH[decide(before, rate(before)).result]


@given(POINTS, st.data())
@settings(max_examples=150)
def test_knowing_less_never_lowers_the_duty_at_24_hours_nor_settles_another_before(
    plain: dict[str, Any], data: st.DataObject
) -> None:
    known = facts_of(plain)
    less = facts_of(known_less(data, plain))
    sure, vague = decide(known, rate(known)), decide(less, rate(less))
    assert vague.result in (sure.result, "pending")
    late = facts_of({**known_less(data, plain), "decision": {"hours_since_aware": 30}})
    assert STRENGTH[decide(late, rate(late)).result] >= STRENGTH[sure.result]


def test_the_json_of_the_command_and_that_it_names_itself_a_proposal() -> None:
    shown = json.loads(
        encode_json(decided("states: {XA: {deaths: 1}}\ndecision: {questions: {1c: unknown}}"))
    )
    questions = dict.fromkeys((*QUESTIONS, *"1234"), "no") | {"1a": "yes", "1": "yes", "1c": "unknown"}
    assert shown["result"] == "notify"
    assert shown["list"] == ["N1"]
    assert shown["list_unknown"] == []
    assert shown["questions"] == questions
    assert shown["deadline_hours"] == 4
    assert (shown["basis"], shown["version"]) == ("proposed instrument", "decision-1.0.0")
    assert set(shown["why"]) == {*LIST_N, *QUESTIONS, *"1234"}
