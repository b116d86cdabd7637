"""Every word has its label in the six languages; only words change with the language, and no id, time or source."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from shipped import ROOT, library, words, zones

from proxeny.actions.duties import read_situation
from proxeny.actions.duties_explained import explain
from proxeny.base.errors import InputError
from proxeny.base.yaml_wire import decode_yaml
from proxeny.cli.main import main
from proxeny.cli.marks import NOTICES
from proxeny.instrument.evaluate import Inquiry, inquire
from proxeny.instrument.labels import Labels, read_labels, wanted_words
from proxeny.instrument.situation import Situation
from proxeny.instrument.truth import shown_pattern
from proxeny.terms.terminology import LANGUAGES
from proxeny.wiring import ShippedKnowledge

FILE = ROOT / "labels.yaml"
SCENARIOS = sorted(ROOT.glob("*/scenarios/*.yaml"))
OTHER_SCRIPTS = {"ar": "[\u0621-\u064a]", "ru": "[а-яА-Я]", "zh": "[\u4e00-\u9fff]"}
NAMES = re.compile(r"CSIRT|ENISA|EU-CyCLONe|\bN\b|\([abc]\)|\b[abc]\)|清单N")
"""What is written in Latin letters in every language: names, and the letters of lists and points."""

OF_TERMINOLOGY = {
    ("roles", "affected_state"): "affected-state",
    ("roles", "territorial_state"): "territorial-state",
    ("roles", "requesting_state"): "requesting-state",
    ("roles", "competent_authority"): "competent-authority",
    ("roles", "contact_point"): "point-of-contact",
    ("roles", "depositary"): "depositary",
    ("events", "acknowledged"): "acknowledgement",
    ("awareness", "vulnerability"): "vulnerability",
    ("messages", "early_warning"): "early-warning",
    ("messages", "notification"): "notification",
    ("messages", "verification"): "verification",
    ("messages", "consultation"): "consultation",
    ("messages", "assistance"): "assistance",
    ("messages", "contact"): "point-of-contact",
}
"""The words that are concepts of the terminology, by their slugs."""

ELSEWHERE_IN_ENGLISH = {("events", "acknowledged")}
"""Their English label says more than the concept's: acknowledgement of receipt."""

WITHIN = {
    ("facts", "essential_service_disrupted"): {"zh": "基本服务", "ar": "خدمة أساسية"},
    ("facts", "ci_hit"): {"zh": "关键基础设施"},
    ("facts", "unable_to_notify"): {"zh": "通知"},
    ("messages", "initial"): {"zh": "通知", "ru": "уведомление", "ar": "إخطار"},
    ("decisions", "notify"): {"zh": "通知"},
    ("awareness", "exploited_vulnerability"): {"zh": "漏洞", "ar": "ثغرة", "ru": "уязвимость"},
}
"""Labels that hold a term of the terminology which their language does not inflect there."""

TIME = re.compile(r"\d{4}-\d\d-\d\d(?:T[\d:]+Z)?")
IN_BRACKETS = re.compile(r"\[([^\]]*)\]")
CLOSED = tuple((section, word) for section, known in wanted_words(words()).items() for word in known)
WHOLE_FILE = settings(deadline=None, max_examples=20)  # each example reads all labels


@cache
def plain() -> Any:
    """The values of the file."""
    return decode_yaml(FILE.read_bytes(), "labels.yaml").value


@cache
def labels() -> dict[str, Labels]:
    """The shipped labels by language."""
    return read_labels(FILE.read_bytes(), "labels.yaml", words())


def faults_of(changed: Any) -> list[str]:
    """What is wrong with changed labels."""
    try:
        read_labels(json.dumps(changed).encode(), "labels.yaml", words())
    except InputError as error:
        return [f"{fault.place}: {fault.message}" for fault in error.faults]
    return []


def copy() -> Any:
    """The values, to be changed."""
    return json.loads(json.dumps(plain()))


@cache
def situation_of(path: Path) -> Situation:
    """The situation of a scenario."""
    return read_situation(path.read_bytes(), path.name, library(), zones)


def inquiries(path: Path) -> list[Inquiry]:
    """A scenario at each time at which it expects something."""
    situation = situation_of(path)
    return [inquire(library(), situation, one.at, one.known_at) for one in situation.expect]


class TestTheFile:
    def test_its_labels_are_those_of_the_words_in_each_language(self) -> None:
        for language in LANGUAGES:
            have = {
                (section, word) for section, known in labels()[language].sections.items() for word in known
            }
            assert have == set(CLOSED)

    @WHOLE_FILE
    @given(st.sampled_from(CLOSED), st.sampled_from(LANGUAGES))
    def test_a_label_that_is_missing_in_one_language_is_refused_with_its_place(
        self, word: tuple[str, str], language: str
    ) -> None:
        changed = copy()
        del changed[word[0]][word[1]][language]
        (fault,) = faults_of(changed)
        assert f"{word[1]} is without {language}" in fault
        assert "line 1 column" in fault

    @WHOLE_FILE
    @given(st.sampled_from(CLOSED))
    def test_a_word_without_any_label_is_refused(self, word: tuple[str, str]) -> None:
        changed = copy()
        del changed[word[0]][word[1]]
        (fault,) = faults_of(changed)
        assert f"{word[0]} is without {word[1]}" in fault

    @WHOLE_FILE
    @given(st.sampled_from(sorted(wanted_words(words()))))
    def test_a_label_without_a_word_is_refused(self, section: str) -> None:
        changed = copy()
        changed[section]["no_such_word"] = dict.fromkeys(LANGUAGES, "x")
        assert len(faults_of(changed)) >= 1
        assert "no_such_word" in faults_of(changed)[0]

    def test_a_new_word_of_the_norms_asks_for_its_label(self) -> None:
        more = msgspec.structs.replace(words(), vague=(*words().vague, "swiftly"))
        with pytest.raises(InputError) as refused:
            read_labels(FILE.read_bytes(), "labels.yaml", more)
        assert [fault.message for fault in refused.value.faults] == ["vague is without swiftly"]

    @pytest.mark.parametrize(
        ("section", "word", "label", "said"),
        [
            ("acts", "approval", "acceptance", "is the label of acceptance too"),
            ("facts", "malicious", "an act [malicious]", "holds one of"),
            ("facts", "malicious", " suspected", "blanks"),
            ("facts", "malicious", "x" * 121, "longer than"),
            ("facts", "malicious", "", "blanks"),
            ("facts", "malicious", 7, "is no text"),
            ("patterns", "written", "{label}", "it names label"),
            ("patterns", "pair", "{name", "open brace"),
            ("patterns", "between", "{name}", "it names name"),
        ],
    )
    def test_a_label_that_cannot_be_shown_is_refused(
        self, section: str, word: str, label: Any, said: str
    ) -> None:
        changed = copy()
        changed[section][word]["en"] = label
        (fault,) = faults_of(changed)
        assert said in fault

    @pytest.mark.parametrize(("language", "letters"), OTHER_SCRIPTS.items())
    def test_labels_are_in_the_letters_of_the_language(self, language: str, letters: str) -> None:
        for section, known in labels()[language].sections.items():
            for word, label in known.items():
                if section != "patterns":
                    assert re.search(letters, label), (section, word)
                    assert not re.search("[A-Za-z]", NAMES.sub("", label)), (section, word)

    @pytest.mark.parametrize("word", OF_TERMINOLOGY)
    def test_what_the_terminology_has_is_called_the_same(self, word: tuple[str, str]) -> None:
        concept = ShippedKnowledge().terminology.concept(OF_TERMINOLOGY[word])
        for language in LANGUAGES:
            if language != "en" or word not in ELSEWHERE_IN_ENGLISH:
                assert labels()[language].of(*word).lower() == concept.label[language].lower()

    @pytest.mark.parametrize("language", ["ar", "ru", "zh"])
    def test_a_response_team_is_called_as_in_the_terminology_beside_its_abbreviation(
        self, language: str
    ) -> None:
        name = ShippedKnowledge().terminology.concept("csirt").label[language]
        assert re.fullmatch(
            rf"{re.escape(name)} ?[(（]CSIRT[)）]", labels()[language].of("roles", "csirt"), re.IGNORECASE
        )

    @pytest.mark.parametrize("word", WITHIN)
    def test_terms_within_a_label_are_those_of_the_terminology(self, word: tuple[str, str]) -> None:
        terms = {
            label.lower()
            for concept in ShippedKnowledge().terminology.concepts.values()
            for label in concept.label.values()
        }
        for language, term in WITHIN[word].items():
            assert term in terms
            assert term in labels()[language].of(*word).lower()

    def test_russian_has_one_word_for_a_duty(self) -> None:
        for section, known in labels()["ru"].sections.items():
            for word, label in known.items():
                assert "обязанност" not in label, (section, word)

    def test_the_notices_of_the_instruments_are_told_in_each_language(self) -> None:
        notices = {one.notice for one in library().instruments.values() if one.notice}
        assert notices == set(NOTICES)
        for notice in notices:
            assert len({ShippedKnowledge().say(language)(notice) for language in LANGUAGES}) == len(LANGUAGES)


class TestWhatIsShown:
    def test_the_words_of_every_trigger_are_shown_in_the_language_and_beside_it_to_be_written(self) -> None:
        patterns = [pattern for norm in library().norms for pattern in norm.triggers]
        for language in OTHER_SCRIPTS:
            for pattern in patterns:
                told = labels()[language].event(shown_pattern(pattern))
                (written,) = IN_BRACKETS.findall(told)
                assert written.split()[0] == pattern.event
                assert not re.search("[A-Za-z]", NAMES.sub("", IN_BRACKETS.sub("", told))), told

    @given(st.sampled_from(sorted(words().facts)), st.sampled_from(LANGUAGES))
    def test_what_is_needed_is_told_with_the_word(self, fact: str, language: str) -> None:
        told = labels()[language].needed(fact)
        assert told.endswith(f"[{fact}]")
        assert labels()[language].of("facts", fact) in told

    @pytest.mark.parametrize(
        ("need", "told"),
        [
            (
                "aware significant_incident",
                "awareness (object: significant incident) [aware significant_incident]",
            ),
            ("aware ransom_payment", "awareness (object: payment of a ransom) [aware ransom_payment]"),
            ("decision", "decision [decision]"),
            ("check", "mark of verification [check]"),
            ("to of m3", "other side (m3) [to of m3]"),
            ("affected_state", "affected State [affected_state]"),
            ("assessed", "assessment [assessed]"),
            ("parties.eu.nis2.XA", "parties.eu.nis2.XA"),
        ],
    )
    def test_needs_of_each_kind(self, need: str, told: str) -> None:
        assert labels()["en"].needed(need) == told

    @pytest.mark.parametrize(("language", "told"), [("en", "yes"), ("ru", "да [yes]"), ("zh", "是[yes]")])
    def test_an_answer_is_told_with_its_word_where_that_is_another(self, language: str, told: str) -> None:
        assert labels()[language].answer("yes") == told
        assert labels()[language].answer("2026-03-02T08:00:00Z") == "2026-03-02T08:00:00Z"

    def test_an_actor_and_a_source_are_never_translated(self) -> None:
        detail = {
            "event": "aware",
            "of": "incident",
            "by": "op1",
            "at": "2026-03-02T08:00:00Z",
            "source": "aware",
        }
        told = labels()["fr"].event(detail)
        assert "op1" in told
        assert told.endswith("source\u00a0: aware)")

    @given(st.sampled_from(("hours", "days", "working_days", "months")), st.sampled_from(LANGUAGES))
    def test_one_of_a_unit_has_its_own_label(self, unit: str, language: str) -> None:
        own = labels()[language]
        assert own.of("units", unit[:-1]) in own.period(unit, 1)
        assert own.of("units", unit) in own.period(unit, 2)


class TestTheSixLanguages:
    @settings(deadline=None, max_examples=60)
    @given(st.data())
    def test_reasons_differ_in_words_only(self, data: st.DataObject) -> None:
        path = data.draw(st.sampled_from(SCENARIOS))
        asked = data.draw(st.sampled_from(inquiries(path)))
        own = [norm for norm in library().norms if norm.instrument == path.parent.parent.name]
        norm = data.draw(st.sampled_from(own))
        knowledge = ShippedKnowledge()
        told = {
            language: explain(asked, norm.id, None, None, knowledge.say(language), labels()[language])
            for language in LANGUAGES
        }
        for language in LANGUAGES:
            assert len(told[language]) == len(told["en"])
            for one, english in zip(told[language], told["en"], strict=True):
                assert msgspec.structs.replace(one, sentences=()) == msgspec.structs.replace(
                    english, sentences=()
                )
                for sentence, same in zip(one.sentences, english.sentences, strict=True):
                    assert particulars(sentence, asked) == particulars(same, asked)
                    assert "_" not in unworded(sentence, asked)

    @pytest.mark.parametrize(
        "command",
        [
            ("duties", "{}", "--state", "XA", "--at", "2026-03-04T12:00Z"),
            ("instruments", "show", "eu.nis2"),
            ("instruments", "parties", "model-convention"),
            ("instruments", "list"),
            ("instruments", "check"),
            ("replay", str(ROOT / "model-convention" / "scenarios"), "--overlay", "model-convention"),
            ("duties", "check", "{}"),
            ("why", "D080", "{}", "--at", "2026-03-04T12:00Z"),
            ("why-not", "D084", "{}", "--at", "2026-03-04T12:00Z"),
        ],
    )
    def test_json_is_the_same_and_text_is_not(self, command: tuple[str, ...]) -> None:
        scenario = str(ROOT / "eu.nis2" / "scenarios" / "spread-unknown.yaml")
        asked = [scenario if word == "{}" else word for word in command]
        told = {language: run(*asked, "--lang", language, "--json") for language in LANGUAGES}
        assert len({without_sentences(text) for text in told.values()}) == 1
        texts = {run(*asked, "--lang", language) for language in LANGUAGES}
        assert len(texts) == len(LANGUAGES) or command[:2] == ("instruments", "parties")

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_an_open_duty_tells_the_word_to_write(self, language: str) -> None:
        scenario = str(ROOT / "eu.nis2" / "scenarios" / "spread-unknown.yaml")
        told = run("duties", scenario, "--state", "XA", "--at", "2026-03-04T12:00Z", "--lang", language)
        assert "[cross_border]" in told
        assert labels()[language].of("statuses", "open") in told


def run(*asked: str) -> str:
    """What a command prints."""
    result = CliRunner().invoke(main, asked)
    assert result.exit_code == 0, result.output
    return result.stdout


def without_sentences(text: str) -> str:
    """Lines of JSON without the one member that is for reading."""
    values = [json.loads(line) for line in text.splitlines()]
    for value in values:
        for answer in value.get("answers", ()):
            assert answer.pop("sentences")
    return json.dumps(values)


def particulars(sentence: str, asked: Inquiry) -> Counter[str]:
    """What no language changes: times, words to be written, actors, instruments and norms, sources."""
    found = Counter(TIME.findall(sentence)) + Counter(IN_BRACKETS.findall(sentence))
    names = {
        *asked.situation.actors,
        *asked.library.instruments,
        *(e.source for e in asked.events if e.source),
    }
    for name in sorted(names):
        found[name] += len(re.findall(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", sentence, re.ASCII))
    return +found


def unworded(sentence: str, asked: Inquiry) -> str:
    """The sentence without what may hold an underscore: the words to be written, names and sources."""
    rest = IN_BRACKETS.sub("", sentence)
    for name in sorted(map(str, (*asked.situation.actors, *(e.source for e in asked.events))), key=len)[::-1]:
        rest = rest.replace(name, "")
    return rest


def test_other_readers_of_yaml_read_the_same() -> None:
    assert yaml.safe_load(FILE.read_text(encoding="utf-8")) == plain()
