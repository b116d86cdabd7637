"""Identifying reports: from the bytes of a file to one Identification for each entry of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from proxeny.actions.level import national_shown
from proxeny.actions.ports import Knowledge, Say
from proxeny.actions.questions import questions_for
from proxeny.formats.detect import read as read_reports
from proxeny.identify.coded import read_codes
from proxeny.identify.compose import candidates, finding_of, findings, from_read
from proxeny.identify.decision import Worksheet, decide
from proxeny.identify.drawn import Drawn, draw
from proxeny.identify.facts import Facts, Given, home_of, merge, to_plain
from proxeny.identify.facts_file import parse_facts
from proxeny.identify.identification import Decision, Finding, Identification, Level
from proxeny.identify.kinds import rated_kind, settle_kind, several_incidents
from proxeny.identify.language import detect_language
from proxeny.identify.quantities import read_figures
from proxeny.identify.reading import MAX_READ, Reading, read
from proxeny.identify.report import Report
from proxeny.identify.scale import Rating, rate

AXES = {
    "types": "type",
    "techniques": "technique",
    "causes": "cause",
    "origins": "origin",
    "effects": "effect",
    "sectors": "sector",
    "responses": "response",
}
"""The lists of an Identification, and the axis each holds."""


def identify_reports(
    data: bytes,
    place: str,
    knowledge: Knowledge,
    *,
    source: str = "auto",
    home: str | None = None,
    language: str = "en",
    given: tuple[str, bytes] | None = None,
) -> list[Identification]:
    """One Identification for each entry of the file: MISP event, VERIS record, IntelMQ event, STIX incident,
    mail or text. `given` is a facts file (its name and bytes) whose values win over those drawn.

    Raises InputError with every fault of the file or of the facts.
    """
    facts = parse_facts(given[1], given[0]) if given is not None else None
    return [identify(r, knowledge, home, language, facts) for r in read_reports(data, place, source)]


def identify(
    report: Report,
    knowledge: Knowledge,
    home: str | None = None,
    language: str = "en",
    given: Given | None = None,
) -> Identification:
    """The Identification of one report, with labels and questions in `language`."""
    text_language = report.language or detect_language(report.text) or "en"
    reading = _read_text(report, knowledge, text_language)
    kind = settle_kind(report, reading)
    rated = rated_kind(kind)
    found = _findings(report, reading, knowledge, language) if rated else {}
    say = knowledge.say(language)
    ruled_out = tuple(
        finding_of(from_read(r), knowledge.terminology, language) for r in _ruled_out(reading, rated)
    )
    several = (
        several_incidents(report, knowledge.language(text_language))
        if report.format in ("text", "email")
        else False
    )
    made = Identification(
        report=_shown(report, kind, text_language),
        ruled_out=ruled_out,
        several=several,
        reason=None
        if rated
        else say("Only an incident or a marked exercise is rated; this report is of another kind."),
    )
    made = msgspec.structs.replace(made, **{name: found.get(axis, ()) for name, axis in AXES.items()})
    if not rated:
        return made
    return _rated(made, report, knowledge, reading, (text_language, language, home, given), say)


def _read_text(report: Report, knowledge: Knowledge, language: str) -> Reading:
    text = report.text[:MAX_READ]
    return read(text, knowledge.language(language)) if text.strip() else Reading()


def _findings(
    report: Report, reading: Reading, knowledge: Knowledge, language: str
) -> dict[str, tuple[Finding, ...]]:
    suspected = (report.confidence or "").lower() in ("suspected", "near miss")
    joined = candidates(read_codes(report.tags, knowledge.crosswalks), reading, suspected)
    return findings(joined, knowledge.terminology, knowledge.rules("precedence"), language)


def _ruled_out(reading: Reading, rated: bool) -> Sequence[Any]:
    """What the words rule out; in a report that is no incident, whatever type it names."""
    if rated:
        return reading.ruled_out
    named = {r.slug for r in reading.ruled_out}
    as_advised = [
        msgspec.structs.replace(r, status="advised")
        for r in reading.found
        if r.axis == "type" and r.slug not in named
    ]
    return [*reading.ruled_out, *as_advised]


def _rated(
    made: Identification,
    report: Report,
    knowledge: Knowledge,
    reading: Reading,
    asked: tuple[str, str, str | None, Given | None],
    say: Say,
) -> Identification:
    text_language, language, home, given = asked
    lists = {name: getattr(made, name) for name in AXES}
    recommended = _recommended(made, knowledge, language)
    figures = read_figures(
        report.text[:MAX_READ],
        knowledge.figures(text_language),
        knowledge.territories(text_language),
        reading.silent,
    )
    stated = [*report.stated, *figures]
    tiers = [knowledge.terminology.concepts[f.concept].tier for f in made.sectors]
    tier = min((t for t in tiers if t is not None), default=None)
    home = home or (home_of(given.facts) if given is not None else None)
    drawn = draw(lists, stated, knowledge.rules("raises"), home, report.states, tier)
    facts = merge(drawn.facts, given) if given is not None else drawn.facts
    rating = rate(facts)
    sheet = decide(facts, rating, drawn.raised)
    made = msgspec.structs.replace(
        made,
        responses=(*made.responses, *recommended),
        level=_level(rating),
        national={code: national_shown(state) for code, state in rating.national.items()},
        facts=_facts_shown(facts, drawn),
        decision=_decision(sheet),
    )
    questions = questions_for(made, reading, sheet, knowledge.terminology, language, say)
    return msgspec.structs.replace(made, questions=questions)


def _recommended(made: Identification, knowledge: Knowledge, language: str) -> tuple[Finding, ...]:
    """Response actions that the types found call for, by data/rules/responses.yaml, most urgent first."""
    table = knowledge.rules("responses")
    taken = {f.slug for f in made.responses}
    wanted: dict[str, str] = {}
    for finding in made.types:
        for slug in table.get(finding.slug, ()):
            if slug not in taken:
                wanted.setdefault(slug, finding.slug)
    return tuple(
        Finding(
            concept=(concept := knowledge.terminology.concept(slug)).id,
            slug=slug,
            label=concept.label[language],
            confidence=next(f.confidence for f in made.types if f.slug == because),
            basis="rule",
            status="recommended",
        )
        for slug, because in wanted.items()
    )


def _level(rating: Rating) -> Level:
    event = rating.international
    rules = sorted({rule for state in rating.national.values() for rule in state.rules})
    return Level(event.low, event.high, event.driver, event.driver_low, rules, rating.version)


def _decision(sheet: Worksheet) -> Decision:
    return Decision(
        sheet.result, sheet.list, sheet.questions, sheet.deadline_hours, sheet.basis, sheet.version, sheet.why
    )


def _facts_shown(facts: Facts, drawn: Drawn) -> dict[str, Any]:
    return {**to_plain(facts), "evidence": drawn.evidence}


def _shown(report: Report, kind: str, language: str) -> dict[str, Any]:
    """The report as the result line shows it."""
    shown: dict[str, Any] = msgspec.to_builtins(report)
    shown.pop("stated")
    shown["kind"] = kind
    shown["language"] = language if report.text.strip() else None
    shown["children"] = [child.digest for child in report.children]
    return shown
