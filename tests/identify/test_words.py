"""Words, phrases and modality: what evidence and statuses rest on."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import KNOWLEDGE
from proxeny.identify.language import detect_language
from proxeny.identify.modality import modalities
from proxeny.identify.words import LANGUAGES, cut_by_lexicon, cut_text


@given(st.text(max_size=300), st.sampled_from(LANGUAGES))
def test_every_token_is_the_slice_of_the_text_at_its_offsets(text: str, language: str) -> None:
    cut = KNOWLEDGE.language(language).reader.scan(text).cut
    spans = cut.spans()
    assert [text[start:end] for start, end in spans] == cut.tokens
    assert "".join(part for pair in zip(cut.gaps, [*cut.tokens, ""], strict=True) for part in pair) == text


@given(st.text(max_size=300), st.sampled_from(LANGUAGES))
def test_tokens_come_in_order_and_do_not_overlap(text: str, language: str) -> None:
    scan = KNOWLEDGE.language(language).reader.scan(text)
    assert all(a[1] <= b[0] for a, b in pairwise(scan.cut.spans()))
    assert all(a <= b for a, b in pairwise(scan.clauses))
    assert all(a <= b for a, b in pairwise(scan.sentences))
    assert all(hit.last < len(scan.cut.tokens) for hit in scan.hits)


@given(st.text(st.characters(max_codepoint=127), max_size=300))
def test_a_text_in_ascii_is_cut_as_it_would_be_among_other_letters(text: str) -> None:
    assert cut_text(text, NO_HAN).tokens == cut_text(text + " é", NO_HAN).tokens[:-1]


NO_HAN = cut_by_lexicon(frozenset(), 1)


def mode_of(text: str, language: str, word: str) -> str:
    """The modality of the first token of the text that begins with `word`."""
    reader = KNOWLEDGE.language(language).reader
    scan = reader.scan(text)
    modes = modalities(scan, reader.lexicon.classes) or ["asserted"] * len(scan.cut.tokens)
    return next(m for t, m in zip(scan.cut.tokens, modes, strict=True) if t.lower().startswith(word))


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
        ("zh", "没有数据被窃取。", "数据", "denied"),
        ("en", "It was not done by a thief but by the storm.", "storm", "asserted"),
        ("en", "Apparently, the database was copied.", "copied", "suspected"),
        ("ru", "Ничто не указывает на то, что данные похищены.", "похищены", "denied"),
        ("fr", "Le réseau sans fil a été piraté.", "piraté", "asserted"),
        ("ar", "ولم تسرق أي بيانات.", "تسرق", "denied"),
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
