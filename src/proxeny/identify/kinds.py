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


def rated_kind(kind: str) -> bool:
    """Only an incident, or a marked exercise, gets a level and a decision (spec/types.md, rules)."""
    return kind in ("incident", "exercise")


def settle_kind(report: Report, reading: Reading) -> str:
    """The kind as marked by the format; for free text that marks nothing, as its words show it."""
    if report.kind != "incident" or report.format not in _FREE or report.tags:
        return report.kind
    kinds = sorted((r for r in reading.found if r.axis == "kind"), key=lambda r: -r.confidence)
    if not kinds:
        return report.kind
    surest_type = max((r.confidence for r in reading.found if r.axis == "type"), default=0.0)
    if kinds[0].slug in ("exercise", "test") or kinds[0].confidence > surest_type:
        return _BY_WORDS[kinds[0].slug]
    return report.kind


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
