"""What kind of text it is: an exercise, a test, a list of indicators, or the report of an incident.

Real, exercise and test are never mixed (design, section 4), so the words that mark an exercise are
looked for first, at the start only, where practice puts them.
"""

from __future__ import annotations

import re

from proxeny.formats.indicators import indicators_in_text
from proxeny.identify.report import Indicator, Kind

_START = 400  # code points in which an exercise marks itself as one
_LIST_SAMPLE = 200  # lines looked at to tell a list
_LIST_SHARE = 0.8

_DRILL = (
    "EXERCISE|DRILL|EXERCICE|EJERCICIO|SIMULACRO|УЧЕНИЯ|УЧЕНИЕ|УЧЕБНАЯ ТРЕВОГА|演习|演練|演练|تمرين|تدريب"
)
_EXERCISE = re.compile(
    rf"\b({_DRILL})\b(?:[\s,.;:/*!|—–-]{{1,4}}\1\b)+"  # EXERCISE EXERCISE EXERCISE
    rf"|^\W{{0,6}}(?:{_DRILL})\s{{0,2}}[\]:：】)）|—–-]"  # [EXERCISE] …, 【演习】…
    r"|\b(?i:this is (?:only )?an? (?:exercise|drill)|(?:exercise|drill) (?:only|message|inject)"
    r"|for exercise purposes(?: only)?"
    r"|ceci est un exercice|message d.exercice|esto es (?:solo )?un (?:ejercicio|simulacro)"
    r"|mensaje de ejercicio"
    r"|это (?:только )?(?:учени[ея]|учебн)|(?<!не )учебн(?:ая тревога|ое сообщение|ый инцидент))"
    r"|(?:这|此|本(?:消息|报告|邮件|通报))(?:是|为|系)(?:一次|一场)?(?:网络安全)?(?:演习|演练)|演习(?:信息|消息|通报)[，。：:]"
    r"|(?:演习|演练)\s?(?:演习|演练)"
    r"|هذا (?:مجرد )?(?:تمرين|تدريب)|هذه (?:رسالة )?(?:تمرين|مناورة|تدريبية)|رسالة (?:تمرين|تدريبية)"
)
_TEST = re.compile(
    r"^\W{0,6}(?:TEST\b(?:\W{1,3}TEST\b)+|TEST MESSAGE\b|TEST\s?[\]:])"
    r"|\b(?i:this is (?:only )?a test(?: message|\.|,|!|$)|ceci est un (?:message de )?test\b"
    r"|esto es una prueba\b|mensaje de prueba\b|это тест(?:овое сообщение)?\b|тестовое сообщение\b)"
    r"|这是(?:一条)?测试|测试(?:消息|邮件|信息)|هذا اختبار|رسالة اختبار"
)
_COMMENT = ("#", ";", "//")
_CELLS = re.compile(r"[,;|\t]")
_WORD = re.compile(r"[^\W\d_]{2,}")


def marked_kind(text: str) -> Kind:
    """`exercise` or `test` where the start of the text says so, else `incident`."""
    start = text[:_START]
    if _EXERCISE.search(start):
        return "exercise"
    return "test" if _TEST.search(start) else "incident"


def kind_of(text: str, indicators: tuple[Indicator, ...]) -> Kind:
    """The kind of a text whose indicators are known."""
    kind = marked_kind(text)
    return "indicators" if kind == "incident" and indicators and _is_list(text, len(indicators)) else kind


def _is_list(text: str, found: int) -> bool:
    """Whether nearly all lines, comments aside, are entries of a list and not sentences."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith(_COMMENT)]
    if not lines or found * 4 < min(len(lines), _LIST_SAMPLE):
        return False
    sample = lines[:_LIST_SAMPLE]
    return sum(map(_is_entry, sample)) >= _LIST_SHARE * len(sample)


def _is_entry(line: str) -> bool:
    """A line of an indicator and at most one word, or a row of cells of which one is an indicator."""
    if len(line) > 4096:
        return False
    named = [_span(indicator) for indicator in indicators_in_text(line)]
    if not named:
        return False
    outside = line
    for start, end in reversed(named):
        outside = outside[:start] + " " + outside[end:]
    if len(_WORD.findall(outside)) <= 1:
        return True
    cells = [cell.strip(" \"'") for cell in _CELLS.split(line)]
    alone = {line[start:end] for start, end in named}
    tight = cells[0] in alone and ", " not in line
    return len(cells) >= 3 and (tight or (line.count("|") >= 3 and not alone.isdisjoint(cells)))


def _span(indicator: Indicator) -> tuple[int, int]:
    start, _, end = indicator.at.partition("-")
    return int(start), int(end)
