"""The card: every language reads as a person would write it, and says what it rests on."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import KNOWLEDGE
from proxeny.actions.identify import identify_reports
from proxeny.cli.card import card
from proxeny.cli.layout import WIDTH, columns, shortened, wrapped
from proxeny.cli.reasons import CRITERIA
from proxeny.identify.facts import LIST_N, QUESTIONS
from proxeny.identify.facts_file import parse_facts
from proxeny.identify.identification import Identification

VERIS = b"""{"incident_id": "1", "security_incident": "Confirmed", "summary": "The hospital is hit.",
 "victim": {"country": ["FR"], "industry": "622110"},
 "action": {"malware": {"variety": ["Ransomware"], "vector": ["Unknown"]}},
 "actor": {"external": {"variety": ["Unknown"]}}, "asset": {"assets": [{"variety": "S - Database"}]},
 "attribute": {"availability": {"variety": ["Obscuration"]}}}"""


def shown(data: bytes, language: str, facts: bytes | None = None) -> tuple[Identification, str]:
    given_facts = parse_facts(facts, "f.yaml") if facts is not None else None
    (result,) = identify_reports(data, "r", KNOWLEDGE, language=language, given=given_facts)
    return result, card(result, "r", KNOWLEDGE.say(language), KNOWLEDGE.labels(language))


def test_every_criterion_has_a_short_label() -> None:
    assert tuple(CRITERIA) == (*LIST_N, *QUESTIONS)


@pytest.mark.parametrize("language", ["ar", "en", "es", "fr", "ru", "zh"])
def test_the_reasons_are_sentences_of_the_language_and_the_json_keeps_its_codes(language: str) -> None:
    facts = b"home: FR\nstates: {FR: {deaths: 2}}\ndecision: {questions: {4c: yes}}\n"
    result, text = shown(VERIS, language, facts)
    assert result.decision is not None
    assert result.decision.why["N1"].startswith("derived: national level 4")
    assert result.decision.why["1e"] == "raised by hospital-care"
    say = KNOWLEDGE.say(language)
    flat = re.sub(r"\s", "", text)
    for code in ("N1", "1a", "1e", "4c"):
        assert re.sub(r"\s", "", say(CRITERIA[code])) in flat
    assert re.sub(r"\s", "", KNOWLEDGE.labels(language)("hospital-care")) in flat
    assert re.sub(r"\s", "", say("answered by a person")) in flat
    assert not re.search(r"derived|raised by|not-raised|hospital-care", text)


@pytest.mark.parametrize(
    ("language", "decision"),
    [
        ("ar", "إخطار الدول الأخرى خلال 4 ساعات"),
        ("en", "NOTIFY other States within 4 hours"),
        ("fr", "NOTIFIER l’incident aux autres États dans un délai de 4 heures"),
        ("ru", "УВЕДОМИТЬ другие государства в течение 4 часов"),
        ("zh", "在4小时内通知其他国家"),
    ],
)
def test_the_deadline_stands_in_the_order_and_number_of_the_language(language: str, decision: str) -> None:
    _, text = shown(VERIS, language, b"home: FR\nstates: {FR: {deaths: 2}}\n")
    assert decision in text


@pytest.mark.parametrize(("language", "comma"), [("ar", "، "), ("en", ", "), ("zh", "、")])
def test_lists_are_joined_by_the_comma_of_the_language(language: str, comma: str) -> None:
    result, text = shown(VERIS, language)
    labels = [f.label for f in result.responses[:2]]
    assert comma.join(labels) in re.sub(r"\n *", "" if language == "zh" else " ", text)


def test_an_attached_report_is_named_with_what_it_tells() -> None:
    mail = b"""From: a@example.org
Message-ID: <1@example.org>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="B"

--B
Content-Type: text/plain

See the attachment.
--B
Content-Type: application/json; name="e.json"
Content-Disposition: attachment; filename="e.json"

{"classification.type":"ddos","time.source":"2024-01-01T00:00:00+00:00"}
--B--
"""
    _, text = shown(mail, "en")
    assert "– e.json (intelmq, incident): Distributed denial of service" in text


@given(st.text(max_size=300))
def test_no_text_makes_a_line_too_wide_but_one_long_word_or_steers_the_terminal(text: str) -> None:
    line = shortened(text, 80)
    assert columns(line) <= 80
    assert not re.search(r"[\x00-\x1f\x7f-\x9f]", line)
    for row in wrapped(line, "   ", "     ").splitlines():
        assert columns(row) <= WIDTH or " " not in row.strip()


def test_chinese_is_broken_between_characters_and_shortened_like_any_text() -> None:
    text = "勒索软件加密了医院的服务器，" * 20
    assert 70 < columns(shortened(text, 80)) <= 80
    rows = wrapped(text, "   ", "     ").split("\n")
    assert all(90 < columns(row) <= WIDTH for row in rows[:-1])
    assert not any(row.strip().startswith("，") for row in rows)
