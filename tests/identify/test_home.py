"""Whose desk decides, and whose figures they are: the home State, the State affected, and the placeholder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from knowledge import KNOWLEDGE
from proxeny.actions.identify import asked_for, identify_reports
from proxeny.actions.questions import FACTS
from proxeny.base.errors import InputError
from proxeny.cli.card import card
from proxeny.identify.decision import Raised, decide
from proxeny.identify.drawn import UNPLACED, draw, settled
from proxeny.identify.facts import Facts, StateFacts
from proxeny.identify.facts_file import parse_facts
from proxeny.identify.identification import Identification
from proxeny.identify.report import Stated
from proxeny.identify.scale import rate

REPORTS = Path(__file__).parents[2] / "examples" / "reports"
HOSPITAL = (
    "Ransomware encrypted the servers of the hospital in France; 12,000 patients lost service for 3 days."
    " Two people died."
)
TWO_STATES = "Ransomware: in France 12,000 patients lost service for 3 days. In Germany two people died."
DISCS = (REPORTS / "13-discs.veris.json").read_bytes()


def identified(text: str | bytes, home: str | None = None, facts: bytes | None = None) -> Identification:
    data = text.encode() if isinstance(text, str) else text
    _, given = asked_for(home, ("f.yaml", facts) if facts is not None else None)
    (result,) = identify_reports(data, "x", KNOWLEDGE, home=home, given=given)
    return result


def decision_of(result: Identification) -> tuple[str | None, str]:
    assert result.decision is not None
    return result.decision.home, result.decision.home_basis


def shown(result: Identification) -> str:
    return " ".join(card(result, "x", str, str).split())


def test_without_a_home_the_one_state_that_a_text_names_gets_all_figures_and_decides() -> None:
    result = identified(HOSPITAL)
    assert list(result.national) == ["FR"]
    assert result.facts["states"]["FR"]["deaths"] == 2
    assert decision_of(result) == ("FR", "report")
    assert "N1" in result.decision.list  # type: ignore[union-attr]
    assert "not given; decided for FR" in shown(result)


def test_without_a_home_the_victims_state_decides() -> None:
    result = identified(DISCS)
    assert list(result.national) == ["GB"]
    assert decision_of(result) == ("GB", "report")


def test_without_a_home_what_differs_between_states_is_unknown_and_the_state_is_asked_for() -> None:
    result = identified(TWO_STATES)
    assert {"FR", "DE"} <= set(result.national)
    assert decision_of(result) == (None, "several")
    assert result.decision.result == "pending"  # type: ignore[union-attr]
    assert "N1" not in result.decision.list  # type: ignore[union-attr]
    assert "home" not in result.facts
    assert "home" in [question.id for question in result.questions]
    assert "not given; what differs between" in shown(result)


def test_the_placeholder_decides_only_where_no_state_is_named() -> None:
    assert decision_of(identified("Two people died in the outage.")) == (UNPLACED, "unplaced")
    named = identified("An outage in France hit 5,000 users. Two people died. Germany was spared.")
    assert decision_of(named)[0] != UNPLACED
    given = identified("Two people died in the outage.", facts=b"states: {XA: {}, XB: {}}")
    assert decision_of(given) == (None, "several")


def test_a_placeholder_that_nothing_is_left_for_is_not_rated() -> None:
    hit = StateFacts(deaths=1)
    assert settled(Facts(states={UNPLACED: StateFacts(), "FR": hit})) == Facts(home="FR", states={"FR": hit})
    assert settled(Facts(states={UNPLACED: hit, "FR": hit})).home is None
    assert settled(Facts(states={UNPLACED: StateFacts()})).home == UNPLACED


def test_the_only_state_with_figures_decides_where_the_report_names_others_too() -> None:
    result = identified((REPORTS / "12-bank.zh.txt").read_bytes())
    assert result.facts["states"]["PH"]["loss_usd"] == 81_000_000
    assert decision_of(result)[0] != UNPLACED
    deaths = Stated(path="deaths", value=2, words="two people died", at=(10, 25), state="FR")
    drawn = draw({}, [deaths], {}, None, (), "unknown")
    assert (drawn.facts.home, settled(drawn.facts).home) == (None, "FR")


def test_a_state_that_is_only_mentioned_gets_no_figures() -> None:
    assert list(identified("Two people died. The mail came from Russia.").national) == [UNPLACED]


def test_figures_of_a_report_on_another_state_are_not_those_of_home() -> None:
    result = identified(DISCS, home="FR")
    states = result.facts["states"]
    assert states["FR"] == {}
    assert states["GB"]["records"]["persons"] == 25_000_000
    assert (result.national["FR"]["high"], list(result.national)) == (0, ["FR", "GB"])
    assert decision_of(result) == ("FR", "given")
    decision = result.decision
    assert decision is not None
    assert (decision.questions["1"], decision.questions["3a"]) == ("no", "yes")


def test_a_text_that_names_another_state_only_gives_home_none_of_its_figures() -> None:
    states = identified(HOSPITAL, home="DE").facts["states"]
    assert (states["DE"], states["FR"]["deaths"]) == ({}, 2)


def test_figures_that_no_state_is_named_for_are_those_of_home() -> None:
    result = identified("Two people died. The mail came from Russia.", home="FR")
    assert list(result.national) == ["FR"]
    assert result.facts["states"]["FR"]["deaths"] == 2


def test_the_answers_of_several_possible_homes_count_only_where_they_agree() -> None:
    hit, spared = StateFacts(deaths=1), StateFacts()
    none: dict[str, Raised] = {}
    for states, expected in (
        ({"XA": hit, "XB": hit}, "notify"),
        ({"XA": hit, "XB": spared}, "pending"),
        ({"XA": spared, "XB": spared}, "record"),
    ):
        facts = Facts(states=states)
        sheet = decide(facts, rate(facts), none)
        assert (sheet.home, sheet.result) == (None, expected)
    assert "XA: national level 0; XB: national level 0" in sheet.why["N1"]


@pytest.mark.parametrize("name", sorted(path.name for path in REPORTS.iterdir()))
@pytest.mark.parametrize("home", [None, "FR"])
def test_facts_that_identify_emits_are_read_again_as_the_same(name: str, home: str | None) -> None:
    for result in identify_reports((REPORTS / name).read_bytes(), name, KNOWLEDGE, home=home):
        again = parse_facts(json.dumps(result.facts, ensure_ascii=False).encode(), "emitted.json")
        rated = rate(again.facts)
        assert result.level is not None
        assert (rated.international.low, rated.international.high) == (result.level.low, result.level.high)
        assert set(rated.national) == set(result.national)


def test_a_question_is_asked_once_for_all_states_home_first() -> None:
    result = identified(
        "Ransomware: in France 12,000 patients lost service. In Germany 400 users were offline.",
        facts=b"states: {XA: {services: [{tier: unknown, hours: unknown}], records: {share: unknown}}}\nhome: XA",
    )
    ids = [question.id for question in result.questions]
    assert len(ids) == len(set(ids))
    asked = {question.id: question.text for question in result.questions}
    assert asked["services"] == f"{FACTS['services']} (XA, FR, DE)"
    assert asked["records"] == f"{FACTS['records']} (XA)"


def test_a_question_names_no_state_where_there_is_but_one() -> None:
    result = identified("Two people died.", facts=b"states: {FR: {records: {share: unknown}}}")
    assert FACTS["records"] in [question.text for question in result.questions]


def test_the_home_and_the_facts_may_not_name_different_states() -> None:
    with pytest.raises(InputError, match=r"f\.yaml: --home is XB, and home: in the facts is XA"):
        asked_for("XB", ("f.yaml", b"home: XA"))
    assert asked_for("XB", ("f.yaml", b"home: XB"))[0] == "XB"
    assert asked_for("XB", ("f.yaml", b"states: {XA: {}}"))[0] == "XB"


@pytest.mark.parametrize(
    ("home", "remedy"),
    [
        ("UK", "did you mean GB?"),
        ("fr", "did you mean FR?"),
        ("France", "two capital letters"),
        ("ZZ", "XA to XZ"),
        ("", "XA to XZ"),
    ],
)
def test_a_home_that_is_no_state_code_is_refused_as_in_a_facts_file(home: str, remedy: str) -> None:
    with pytest.raises(InputError) as caught:
        asked_for(home, None)
    (fault,) = caught.value.faults
    assert (fault.place, fault.message) == ("--home", f"{home!r} is no State code")
    assert remedy in fault.remedy


def test_faults_of_the_home_and_of_the_facts_are_told_together() -> None:
    with pytest.raises(InputError) as caught:
        asked_for("UK", ("f.yaml", b"hom: XA"))
    assert len(caught.value.faults) == 2


def test_sectors_told_by_words_alone_leave_the_tier_open() -> None:
    for text in ("Card payments failed for 5,000 users in the outage.", HOSPITAL):
        result = identified(text, home="FR")
        tiers = [
            service["tier"] for state in result.facts["states"].values() for service in state["services"]
        ]
        assert tiers == ["unknown"]
        assert "tier" in [question.id for question in result.questions]


def test_a_telephone_network_is_read_as_telecommunications() -> None:
    result = identified((REPORTS / "17-telecom.en.md").read_bytes())
    assert "core-telecommunications" in [sector.slug for sector in result.sectors]
    (service,) = result.facts["states"][UNPLACED]["services"]
    assert service["tier"] == "unknown"


@pytest.mark.parametrize(
    "text",
    [
        "The mobile, landline and internet services were down.",
        "Les services de téléphonie mobile et de téléphonie fixe étaient en panne.",
        "La telefonía móvil y la telefonía fija quedaron sin servicio.",
        "Мобильная связь и доступ в интернет не работали.",
        "تعطلت خدمات الهاتف المحمول وخدمات الإنترنت.",
        "移动通信和固定电话服务中断。",
    ],
)
def test_mobile_landline_and_internet_services_are_telecommunications_in_six_languages(text: str) -> None:
    assert "core-telecommunications" in [sector.slug for sector in identified(text).sectors]
