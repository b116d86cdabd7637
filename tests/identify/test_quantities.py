"""Figures that reports state, in six languages, and what they are figures of."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import KNOWLEDGE
from proxeny.identify.quantities import read_figures
from proxeny.identify.report import Stated
from proxeny.identify.words import LANGUAGES


def figures(text: str, language: str) -> list[Stated]:
    return read_figures(text, KNOWLEDGE.figures(language), KNOWLEDGE.territories(language), ())


@pytest.mark.parametrize(
    ("language", "text", "path", "value"),
    [
        ("en", "The outage left 120,000 customers without power.", "services.persons", 120_000),
        ("en", "Service was restored after three days.", "services.hours", 72),
        ("en", "Records of 3.2 million patients were stolen.", "records.persons", 3_200_000),
        ("en", "Two patients died.", "deaths", 2),
        ("en", "The loss reached $40 million.", "loss_usd", 40_000_000),
        ("en", "300 to 400 users had no access.", "services.persons", (300, 400)),
        ("fr", "La panne a privé 120 000 abonnés de téléphone.", "services.persons", 120_000),
        ("fr", "Deux personnes sont mortes.", "deaths", 2),
        ("es", "El apagón dejó sin luz a 12.000 hogares durante cinco horas.", "services.persons", 12_000),
        ("es", "El apagón dejó sin luz a 12.000 hogares durante cinco horas.", "services.hours", 5),
        ("ru", "Похищены данные 3,5 млн пациентов.", "records.persons", 3_500_000),
        ("ru", "Электроснабжение восстановлено через три часа.", "services.hours", 3),
        ("ar", "تسربت بيانات 5000 مريض.", "records.persons", 5_000),
        ("ar", "انقطعت الكهرباء عن 120 ألف منزل لمدة ست ساعات.", "services.hours", 6),
        ("zh", "全市12万用户停电6小时。", "services.persons", 120_000),
        ("zh", "2人死亡。", "deaths", 2),
    ],
)
def test_a_stated_figure_is_read_with_its_meaning(language: str, text: str, path: str, value: Any) -> None:
    found = {stated.path: stated.value for stated in figures(text, language)}
    assert found.get(path) == value


def test_a_ransom_demanded_is_no_loss() -> None:
    assert not [
        f for f in figures("They demanded a ransom of 2 million dollars.", "en") if f.path == "loss_usd"
    ]


def test_a_figure_belongs_to_the_one_state_that_its_sentence_names() -> None:
    assert [f.state for f in figures("In France 5,000 users were offline.", "en")] == ["FR"]


def test_a_figure_whose_sentence_names_two_states_belongs_to_none() -> None:
    assert figures("In Chile and Bolivia 5,000 users were offline.", "en") == []


@given(st.text(max_size=200), st.sampled_from(LANGUAGES))
def test_the_words_of_a_figure_are_the_slice_at_its_offsets(text: str, language: str) -> None:
    for stated in figures(text, language):
        assert isinstance(stated.at, tuple)
        assert text[stated.at[0] : stated.at[1]] == stated.words
