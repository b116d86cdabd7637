"""What kind of report it is, once its words are read; and whether one text tells several incidents."""

from __future__ import annotations

import re

from proxeny.identify.reading import Language, Reading, read
from proxeny.identify.report import Kind, Report

_BY_WORDS: dict[str, Kind] = {
    "none": "reference",
    "advisory": "advisory",
    "threat-report": "threat-report",
    "exercise": "exercise",
    "test": "test",
}
"""The kinds that words can show. A text that reports nothing (an invitation, a tender, a quiet week) is a
`reference`: there is no better word among the kinds of spec/types.md (docs/decisions/0006)."""

_FREE = ("text", "email")

_ITEM = re.compile(r"(?m)^\s*(?:\(?\d{1,2}[.)、]|[-*•]|#{1,4} )\s*")
_LEAST_SURE = 0.6
_LIKELIER_THAN_NOT = 0.5
_CLEARLY = 0.1  # a report that tells of something is not passed over for a hair's breadth


def rated_kind(kind: str) -> bool:
    """Only an incident, or a marked exercise, gets a level and a decision (spec/types.md, rules)."""
    return kind in ("incident", "exercise")


def settle_kind(report: Report, reading: Reading) -> str:
    """The kind as marked by the format; for free text that marks nothing, as its words show it."""
    if report.kind != "incident" or report.format not in _FREE or report.tags:
        return report.kind
    return kind_by_words(reading) or report.kind


def kind_by_words(reading: Reading) -> Kind | None:
    """The kind that the words show, None for an incident. A text is quiet when that is likelier than every type
    that it seems to tell of; which kind of quiet text it is, the likeliest of its classes says."""
    chances = {r.slug: r.confidence for r in (*reading.below, *reading.found) if r.axis == "kind"}
    given = {r.slug for r in reading.found if r.axis == "kind"}
    if "exercise" in given:
        return "exercise"
    told = max((r.confidence for r in reading.found if r.axis == "type"), default=0.0)
    if chances.get("quiet", 0.0) <= max(told + _CLEARLY, _LIKELIER_THAN_NOT):
        return None
    likeliest = max(
        (slug for slug in chances if slug in _BY_WORDS), key=lambda slug: chances[slug], default="none"
    )
    return _BY_WORDS[likeliest]


def several_incidents(report: Report, language: Language) -> bool:
    """Whether the text lists items of which two or more name different incidents by themselves.

    Free text is never split; the reporter is asked instead.
    """
    items = [item for item in _ITEM.split(report.text) if len(item.strip()) > 20]
    if len(_ITEM.findall(report.text)) < 2:
        return False
    seen: set[str] = set()
    for item in items[:20]:
        types = [r for r in read(item, language).found if r.axis == "type" and r.confidence >= _LEAST_SURE]
        if types:
            seen.add(max(types, key=lambda r: r.confidence).slug)
    return len(seen) >= 2
