"""Figures that a report states: persons, hours, deaths, records, sums of money, with their words.

The words are data (data/rules/quantities.yaml). A figure counts only where its sentence says what it is a figure
of; one in a clause that is supposed or advised does not count; a figure belongs to a State only if its
sentence names exactly one, and one whose sentence names several belongs to none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from proxeny.base.normal import fold
from proxeny.identify.report import Stated

_DIGITS = r"\d{1,3}(?:[  ,.’']\d{3})+(?!\d)|\d+(?:[.,]\d{1,2})?"
_SENTENCE = re.compile(r"[^.!?。！？؟\n]*(?:[.!?](?=\S)[^.!?。！？؟\n]*)*[.!?。！？؟\n]?")
_HOURS = {"minutes": 1 / 60, "hours": 1.0, "days": 24.0, "weeks": 168.0}
_STATE_CODE = re.compile(r"\bX[A-Z]\b")
_COUNTED = ("persons", "deaths", "injuries")  # facts that are whole numbers
_GAP = 3  # words that may stand between a number and what it counts
_FIGURE = re.compile(r"\d")


class Patterns(msgspec.Struct, frozen=True):
    """The compiled words of one language."""

    units: dict[str, re.Pattern[str]]
    hints: dict[str, re.Pattern[str]]
    numbers: dict[str, float]
    scales: dict[str, float]
    any_number: re.Pattern[str]


def compile_patterns(words: Mapping[str, Any], han: bool) -> Patterns:
    """The patterns of one language from its lists."""
    scales, numbers = words["scales"], words["numbers"]
    tail = "" if han else r"\w*"
    edge = "" if han else r"\b"
    number = f"(?P<figure>{_DIGITS})|{edge}(?P<word>{_any(numbers)}){'' if han else edge}"
    scale = f"(?:{'' if han else r'[ -]?'}(?P<scale>{_any(scales)}){'' if han else edge})?"
    second = rf"(?:\s?(?:-|–|to|and|a|à|y|et|и|до|إلى|و|至|到)\s?(?P<upto>{_DIGITS}))?"
    gap = (
        r"[^\d,，。;；]{0,6}?"
        if han
        else rf"(?:[ -]+(?!\d|(?:{_any(numbers)})\b)[^\s\d,;]+){{0,{_GAP}}}?[ -]+(?:de\s|d')?"
    )
    units = {
        kind: re.compile(rf"(?:{number}){second}{scale}{gap}(?P<unit>{edge}(?:{_any(words[kind])}){tail})")
        for kind in ("persons", "records", "deaths", "injuries", *_HOURS, "dollars")
    }
    units["signed"] = re.compile(
        rf"(?:us)?\$\s?(?P<figure>{_DIGITS})(?P<word>(?!))?{second}{scale}(?P<unit>)"
    )
    hints = {
        kind: re.compile(rf"{edge}(?:{_any(words[kind])})")
        for kind in ("data", "outage", "restored", "demand", "sensitive", "not_duration")
    }
    return Patterns(
        units, hints, dict(numbers), dict(scales), re.compile(rf"\d|{edge}(?:{_any(numbers)}){edge}")
    )


def _any(words: Any) -> str:
    return "|".join(re.escape(str(word)) for word in sorted(words, key=lambda w: -len(str(w))))


def read_figures(
    text: str, patterns: Patterns, territories: Mapping[str, str], silent: Sequence[tuple[int, int]]
) -> list[Stated]:
    """The figures that the text states. `silent` are the spans whose words are supposed, advised or past."""
    found: dict[tuple[str | None, str], Stated] = {}
    for match in _SENTENCE.finditer(text):
        sentence = match.group()
        folded = _same_length(sentence)
        if not sentence.strip() or not patterns.any_number.search(folded):
            continue
        states: set[str] | None = None
        for path, value, start, end in _figures(folded, patterns):
            at = (match.start() + start, match.start() + end)
            if any(first < at[1] and at[0] < last for first, last in silent) and value != 0:
                continue
            if states is None:
                states = states_named(sentence, territories)
            if len(states) > 1:
                continue
            state = next(iter(states), None)
            found.setdefault(
                (state, path), Stated(path=path, value=value, words=text[at[0] : at[1]], at=at, state=state)
            )
    return list(found.values())


def _same_length(sentence: str) -> str:
    """Folded character by character, so that offsets stay those of the sentence."""
    if sentence.isascii():
        return sentence.lower()
    return "".join((fold(char) or " ")[:1] if len(fold(char)) != 1 else fold(char) for char in sentence)


def _figures(sentence: str, patterns: Patterns) -> Iterator[tuple[str, Any, int, int]]:
    """(path, value, start, end) of each figure of a sentence."""
    hints = {kind: bool(pattern.search(sentence)) for kind, pattern in patterns.hints.items()}
    taken: list[tuple[int, int]] = []
    for kind in ("deaths", "injuries", "signed", "dollars", *_HOURS, "records", "persons"):
        for match in patterns.units[kind].finditer(sentence):
            start, end = match.span()
            if any(start < last and first < end for first, last in taken):
                continue
            path = _path(kind, hints, sentence, start)
            if path is None:
                continue
            value = _value(match, patterns)
            if path.endswith(_COUNTED) and not _is_whole(value):
                continue
            taken.append((start, end))
            if kind in _HOURS:
                value = _scaled(value, _HOURS[kind])
            yield path, value, start, end
            if path == "records.persons" and hints["sensitive"]:
                yield "records.sensitive", True, start, end


def _path(kind: str, hints: Mapping[str, bool], sentence: str, start: int) -> str | None:
    """Which fact a figure states, by what else its sentence says; None where it says too little."""
    if kind in ("deaths", "injuries"):
        return kind
    if kind in ("signed", "dollars"):
        return None if hints["demand"] else "loss_usd"
    if kind in _HOURS:
        if hints["not_duration"] and not hints["restored"]:
            return None
        return "services.hours" if hints["outage"] else None
    if hints["data"] and not (hints["outage"] and not _before(sentence, start)):
        return "records.persons"
    if kind == "records":
        return "records.persons" if hints["data"] else None
    return "services.persons" if hints["outage"] else None


def _before(sentence: str, start: int) -> bool:
    """Whether the figure is led in by a word such as `of` (the data of 300 patients)."""
    return bool(
        re.search(
            r"(?:\bof|\bde|\bdes|\bdel|\bon|\bsur|\bsobre|данные|записи|بيانات|的)\s*(?:\w+\s)?$",
            sentence[:start],
        )
    )


def _value(match: re.Match[str], patterns: Patterns) -> Any:
    groups = match.groupdict()
    scale = patterns.scales.get(groups.get("scale") or "", 1)
    least = (
        _number(groups["figure"]) * scale
        if groups.get("figure")
        else patterns.numbers[groups["word"]] * scale
    )
    if groups.get("upto"):
        most = _number(groups["upto"]) * scale
        return (_whole(least), _whole(most)) if most > least else _whole(least)
    return _whole(least)


def _number(text: str) -> float:
    """A written number. A separator before exactly three digits groups thousands; before one or two it is decimal."""
    bare = re.sub(r"[  ’']", "", text)
    if re.fullmatch(r"\d{1,3}(?:[,.]\d{3})+", bare):
        return float(re.sub(r"[,.]", "", bare))
    return float(bare.replace(",", "."))


def _whole(value: float) -> int | float:
    return int(value) if value == int(value) else value


def _is_whole(value: Any) -> bool:
    """Whether it counts whole persons or things: one in 2.5 is a share of them."""
    return all(part == int(part) for part in (value if isinstance(value, tuple) else (value,)))


def _scaled(value: Any, factor: float) -> Any:
    if isinstance(value, tuple):
        return tuple(_whole(round(part * factor, 2)) for part in value)
    return _whole(round(value * factor, 2))


def states_named(sentence: str, territories: Mapping[str, str]) -> set[str]:
    """The ISO 3166-1 codes of the States that a sentence names, by name, or by a user-assigned code (XA to XZ)."""
    found = set(_STATE_CODE.findall(sentence))
    for name, code in territories.items():
        if name in sentence and re.search(
            rf"(?<!\w){re.escape(name)}(?!\w)" if name[0] < "\u3400" else re.escape(name), sentence
        ):
            found.add(code)
    return found
