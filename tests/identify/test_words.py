"""Words, phrases and modality: what evidence and statuses rest on."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import KNOWLEDGE
from proxeny.identify.language import detect_language
from proxeny.identify.modality import modalities
from proxeny.identify.words import LANGUAGES


@given(st.text(max_size=300), st.sampled_from(LANGUAGES))
def test_every_word_is_the_slice_of_the_text_at_its_offsets(text: str, language: str) -> None:
    for word in KNOWLEDGE.language(language).reader.words(text):
        assert text[word.start : word.end] == word.surface
        assert word.keys


@given(st.text(max_size=300), st.sampled_from(LANGUAGES))
def test_words_come_in_order_and_do_not_overlap(text: str, language: str) -> None:
    words = KNOWLEDGE.language(language).reader.words(text)
    assert all(a.end <= b.start for a, b in pairwise(words))
    assert all(a.clause <= b.clause and a.sentence <= b.sentence for a, b in pairwise(words))


def mode_of(text: str, language: str, word: str) -> str:
    """The modality of the first word of the text that begins with `word`."""
    reader = KNOWLEDGE.language(language).reader
    words = reader.words(text)
    modes = modalities(words, reader.hits(words), reader.lexicon.classes)
    return next(m for w, m in zip(words, modes, strict=True) if w.surface.lower().startswith(word))


@pytest.mark.parametrize(
    ("language", "text", "word", "mode"),
    [
        ("en", "No records were stolen.", "stolen", "denied"),
        ("en", "Thieves stole two laptops.", "stole", "asserted"),
        ("en", "If the flaw were used, files could be stolen.", "stolen", "hypothetical"),
        ("en", "They tried to guess the password.", "guess", "attempted"),
        ("en", "We recommend installing the patch.", "patch", "advised"),
        ("en", "Staff could not open any file.", "file", "asserted"),
        ("fr", "Aucune donnée n'a été volée.", "volée", "denied"),
        ("es", "No se robaron datos.", "robaron", "denied"),
        ("ru", "Данные не похищены.", "похищены", "denied"),
        ("ar", "لم تسرق أي بيانات.", "تسرق", "denied"),
        ("zh", "没有数据被窃取。", "被窃取", "denied"),
    ],
)
def test_what_is_denied_supposed_tried_or_advised_is_told_from_what_is_asserted(
    language: str, text: str, word: str, mode: str
) -> None:
    assert mode_of(text, language, word) == mode


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The hospital was without power for two hours.", "en"),
        ("L'hôpital est resté sans courant pendant deux heures.", "fr"),
        ("El hospital estuvo dos horas sin luz.", "es"),
        ("Больница осталась без света.", "ru"),
        ("بقي المستشفى دون كهرباء ساعتين.", "ar"),
        ("医院停电两小时。", "zh"),
        ("勒索软件 ransomware 加密了服务器 server", "zh"),
        ("12345 !!", None),
    ],
)
def test_the_language_of_a_short_text_is_told(text: str, language: str | None) -> None:
    assert detect_language(text) == language
