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


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The attackers ordered transfers of 951 million dollars."),
        ("en", "They tried to move 20 million dollars abroad."),
        ("en", "The fraud would have cost the bank $5 million."),
        ("en", "Payments of $5 million were intercepted."),
        ("fr", "Les pirates ont ordonné le virement de 951 millions de dollars."),
        ("fr", "Une tentative de virement de 20 millions de dollars a été signalée."),
        ("es", "Los atacantes ordenaron transferir 951 millones de dólares."),
        ("es", "Intentaron transferir 20 millones de dólares."),
        ("ru", "Злоумышленники пытались вывести 20 млн долларов."),
        ("ru", "Они отдали распоряжения о переводе 951 млн долларов."),
        ("ar", "حاول المهاجمون تحويل 20 مليون دولار."),
        ("ar", "أصدروا أوامر بتحويل 951 مليون دولار."),
        ("zh", "黑客发出指令，要求从该行账户转出近10亿美元。"),
        ("zh", "他们试图转走2000万美元。"),
        ("zh", "8700万美元被拦截。"),
    ],
)
def test_a_sum_that_was_ordered_tried_or_intercepted_is_no_loss(language: str, text: str) -> None:
    assert not [f for f in figures(text, language) if f.path == "loss_usd"]


def test_what_was_lost_beside_a_sum_ordered_in_another_sentence_is_a_loss() -> None:
    text = "黑客要求从该行账户转出近10亿美元。多数指令被拦截，但有8100万美元被转走并流失。"
    assert [f.value for f in figures(text, "zh") if f.path == "loss_usd"] == [81_000_000]


def test_a_part_of_a_person_is_no_count() -> None:
    assert figures("Of every 2.5 users one was offline.", "en") == []


def test_a_figure_belongs_to_the_one_state_that_its_sentence_names() -> None:
    assert [f.state for f in figures("In France 5,000 users were offline.", "en")] == ["FR"]


def test_a_figure_whose_sentence_names_two_states_belongs_to_none() -> None:
    assert figures("In Chile and Bolivia 5,000 users were offline.", "en") == []


@given(st.text(max_size=200), st.sampled_from(LANGUAGES))
def test_the_words_of_a_figure_are_the_slice_at_its_offsets(text: str, language: str) -> None:
    for stated in figures(text, language):
        assert isinstance(stated.at, tuple)
        assert text[stated.at[0] : stated.at[1]] == stated.words
