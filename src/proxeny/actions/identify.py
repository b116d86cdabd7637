"""Identifying reports: from the bytes of a file to one Identification for each entry of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from proxeny.actions.level import national_shown
from proxeny.actions.ports import Knowledge, Say
from proxeny.actions.questions import questions_for
from proxeny.base.errors import InputError, refuse
from proxeny.formats.detect import read as read_reports
from proxeny.identify.coded import read_codes, sectors_coded, unknown_codes
from proxeny.identify.compose import (
    Candidate,
    candidates,
    finding_of,
    findings,
    from_attachment,
    from_read,
)
from proxeny.identify.decision import Worksheet, decide
from proxeny.identify.drawn import UNPLACED, Drawn, affected_by_words, draw, settled
from proxeny.identify.facts import Facts, Given, Number, home_of, merge, to_plain
from proxeny.identify.facts_file import home_faults, parse_facts
from proxeny.identify.identification import Child, Decision, Finding, HomeBasis, Identification, Level
from proxeny.identify.kinds import rated_kind, settle_kind, several_incidents
from proxeny.identify.language import detect_language
from proxeny.identify.quantities import read_figures, states_named
from proxeny.identify.reading import MAX_READ, Reading, read
from proxeny.identify.report import Loss, Report
from proxeny.identify.scale import Rating, rate
from proxeny.terms.crosswalk import Crosswalks
from proxeny.terms.terminology import Terminology

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


class _Told(NamedTuple):
    """What a report is told to be before it is rated. `children`: its structured attachments, told likewise."""

    report: Report
    kind: str
    language: str  # of its text
    reading: Reading
    found: dict[str, tuple[Finding, ...]]
    children: list[_Told]


def asked_for(home: str | None, facts: tuple[str, bytes] | None) -> tuple[str | None, Given | None]:
    """The home and the facts that a person gives, checked once for all reports. `facts`: a file's name and bytes.

    Raises InputError with every fault of both, and where the two name different homes.
    """
    faults = home_faults(home, "--home")
    given = None
    try:
        given = parse_facts(facts[1], facts[0]) if facts is not None else None
    except InputError as error:
        faults += error.faults
    if faults:
        raise InputError(faults)
    if home is not None and given is not None and given.facts.home not in (None, home):
        said = f"--home is {home}, and home: in the facts is {given.facts.home}"
        raise refuse(facts[0] if facts is not None else "", said, "leave one of them out")
    return home, given


def identify_reports(
    data: bytes,
    place: str,
    knowledge: Knowledge,
    *,
    source: str = "auto",
    home: str | None = None,
    language: str = "en",
    given: Given | None = None,
) -> list[Identification]:
    """One Identification for each entry of the file: MISP event, VERIS record, IntelMQ event, STIX incident,
    mail or text. Facts `given` win over those drawn; see `asked_for`.

    Raises InputError with every fault of the file.
    """
    return [identify(r, knowledge, home, language, given) for r in read_reports(data, place, source)]


def identify(
    report: Report,
    knowledge: Knowledge,
    home: str | None = None,
    language: str = "en",
    given: Given | None = None,
) -> Identification:
    """The Identification of one report, with labels and questions in `language`."""
    told = _told(report, knowledge, language)
    text_language, reading, found = told.language, told.reading, told.found
    rated = rated_kind(told.kind)
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
        report=_shown(told, knowledge.crosswalks),
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


def _told(report: Report, knowledge: Knowledge, language: str) -> _Told:
    children = [_told(child, knowledge, language) for child in report.children]
    text_language = report.language or detect_language(report.text) or "en"
    reading = _read_text(report, knowledge, text_language)
    kind = settle_kind(report, reading)
    lent = _lent(report, children)
    if kind == "reference" and lent:  # the words report nothing, but what they come with does
        kind = report.kind
    found = _findings(report, reading, lent, knowledge, language) if rated_kind(kind) else {}
    return _Told(report, kind, text_language, reading, found, children)


def _lent(report: Report, children: Sequence[_Told]) -> list[Candidate]:
    """The types of the attachments, for a mail whose own words and tags tell none. What an exercise is about
    counts in an exercise only."""
    return [
        from_attachment(finding, child.report.part or child.report.digest)
        for child in children
        if child.kind == report.kind or report.kind == "exercise"
        for finding in child.found.get("type", ())
    ]


def _read_text(report: Report, knowledge: Knowledge, language: str) -> Reading:
    text = report.text[:MAX_READ]
    return read(text, knowledge.language(language)) if text.strip() else Reading()


def _findings(
    report: Report, reading: Reading, lent: Sequence[Candidate], knowledge: Knowledge, language: str
) -> dict[str, tuple[Finding, ...]]:
    suspected = (report.confidence or "").lower() in ("suspected", "near miss")
    coded = read_codes(report.tags, knowledge.crosswalks)
    coded += sectors_coded(report.sectors, knowledge.crosswalks)
    joined = candidates(coded, reading, suspected)
    if not any(candidate.axis == "type" for candidate in joined):
        joined += _once(lent)
    return findings(joined, knowledge.terminology, knowledge.rules("precedence"), language)


def _once(lent: Sequence[Candidate]) -> list[Candidate]:
    """One candidate a type, at its surest, with the evidence of all."""
    joined: dict[str, Candidate] = {}
    for candidate in sorted(lent, key=lambda c: -c.confidence):
        if candidate.slug in joined:
            joined[candidate.slug].evidence += candidate.evidence
        else:
            joined[candidate.slug] = candidate
    return list(joined.values())


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
    territories = knowledge.territories(text_language)
    lists = {name: getattr(made, name) for name in AXES}
    recommended = _recommended(made, knowledge, language)
    text = report.text[:MAX_READ]
    figures = read_figures(text, knowledge.figures(text_language), territories, reading.silent)
    stated = [*report.stated, *figures]
    home = home or (home_of(given.facts) if given is not None else None)
    affected = report.states or affected_by_words(stated, lambda: states_named(text, territories))
    tier = _tier(made.sectors, knowledge.terminology)
    drawn = draw(lists, stated, knowledge.rules("raises"), home, affected, tier)
    facts = settled(merge(drawn.facts, given) if given is not None else drawn.facts)
    rating = rate(facts)
    sheet = decide(facts, rating, drawn.raised)
    made = msgspec.structs.replace(
        made,
        responses=(*made.responses, *recommended),
        level=_level(rating),
        national={code: national_shown(state) for code, state in rating.national.items()},
        facts=_facts_shown(facts, drawn),
        decision=_decision(sheet, _home_basis(home, drawn.facts.home, sheet.home)),
    )
    questions = questions_for(made, reading, sheet, knowledge.terminology, language, say)
    return msgspec.structs.replace(made, questions=questions)


def _tier(sectors: Sequence[Finding], terminology: Terminology) -> Number:
    """The tier of the service, as the sectors found tell it: an interval where they disagree. Sectors told by words
    alone say what the report speaks of, and not which service was lost: unknown."""
    tiers = [tier for f in sectors if (tier := terminology.concepts[f.concept].tier) is not None]
    if not tiers or all(f.basis != "code" for f in sectors):
        return "unknown"
    least, most = min(tiers), max(tiers)
    return least if least == most else (least, most)


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


def _home_basis(given: str | None, affected: str | None, decided: str | None) -> HomeBasis:
    """Why it is the home: a person gave it, or what the report tells."""
    if given is not None:
        return "given"
    if decided is None:
        return "several"
    if decided == UNPLACED:
        return "unplaced"
    return "report" if decided == affected else "figures"


def _decision(sheet: Worksheet, basis: HomeBasis) -> Decision:
    return Decision(
        result=sheet.result,
        list=sheet.list,
        questions=sheet.questions,
        deadline_hours=sheet.deadline_hours,
        basis=sheet.basis,
        version=sheet.version,
        why=sheet.why,
        home=sheet.home,
        home_basis=basis,
    )


def _facts_shown(facts: Facts, drawn: Drawn) -> dict[str, Any]:
    return {**to_plain(facts), "evidence": drawn.evidence}


def _shown(told: _Told, crosswalks: Crosswalks) -> dict[str, Any]:
    """The report as the result line shows it."""
    bare = msgspec.structs.replace(told.report, children=())
    shown: dict[str, Any] = msgspec.to_builtins(bare)
    shown.pop("stated")
    shown["kind"] = told.kind
    shown["losses"] = [*shown["losses"], *msgspec.to_builtins(_unknown(told.report, crosswalks))]
    shown["language"] = told.language if bare.text.strip() else None
    shown["children"] = [msgspec.to_builtins(_child(child)) for child in told.children]
    return shown


def _unknown(report: Report, crosswalks: Crosswalks) -> list[Loss]:
    """The codes of the report, and of its attachments, that the schemes they name do not know."""
    below = [
        msgspec.structs.replace(loss, at=f"{child.part or child.digest} {loss.at}")
        for child in report.children
        for loss in _unknown(child, crosswalks)
    ]
    return [*unknown_codes(report.tags, crosswalks), *below]


def _child(told: _Told) -> Child:
    report, types = told.report, told.found.get("type", ())
    return Child(
        digest=report.digest,
        format=report.format,
        kind=told.kind,
        part=report.part,
        title=report.title,
        types=[f.slug for f in types],
        primary=next((f.slug for f in types if f.primary), None),
    )
