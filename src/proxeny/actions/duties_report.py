"""Duties by an incident report: what it honestly tells becomes a facts file; the rest is named as missing.

From a report come the times at which the incident occurred and was detected, which States it names as affected, and
three legal facts. Never from it: that somebody was aware (detection is not awareness), who is bound by which
instrument, what was submitted to whom, and what a decision was. A level that the facts leave open stays unknown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from proxeny.actions.duties import Asked, read_situation, unknown_instruments
from proxeny.actions.identify import identify
from proxeny.actions.ports import Knowledge, Say
from proxeny.base.errors import InputError, refuse
from proxeny.base.moments import show_moment
from proxeny.base.records import encode_json
from proxeny.formats.detect import read as read_reports
from proxeny.identify.drawn import UNPLACED
from proxeny.identify.identification import Finding, Identification
from proxeny.identify.report import Report
from proxeny.identify.state_codes import is_state_code
from proxeny.instrument.duty import Duties
from proxeny.instrument.evaluate import evaluate, inquire
from proxeny.instrument.library import Library
from proxeny.instrument.missing import Missing, missing
from proxeny.instrument.situation import EXERCISES, Zones

if TYPE_CHECKING:  # its code is loaded where it is used
    from proxeny.instrument.generate import Engine

_SURE = 0.8  # as a probability: four to one; below it the cause of an incident settles no legal fact
_HARMLESS = ("error", "accident", "failure", "natural", "planned-action")
_HAPPENED = ("occurred", "suspected")
_MOST_SOURCE = 400  # characters of the source of an event
CRITICAL_TIER = 1  # services whose loss endangers lives (docs/reference/scale.md)


class DrawnFact(msgspec.Struct, frozen=True):
    """What was drawn, its value, and the words, code or field of the report that say so."""

    what: str
    value: str
    because: tuple[str, ...]


class ReportDuties(msgspec.Struct, frozen=True, kw_only=True):
    """The duties by one report. `facts`: the facts file that was drawn, to be completed by a person; `left_out`: what
    the report tells and no event or fact may hold; `missing`: what would trigger further duties, were it recorded."""

    report: dict[str, Any]
    facts: dict[str, Any]
    drawn: tuple[DrawnFact, ...]
    left_out: tuple[str, ...]
    missing: tuple[Missing, ...]
    duties: Duties


def duties_of_report(
    data: bytes,
    name: str,
    library: Library,
    knowledge: Knowledge,
    zones: Zones,
    asked: Asked,
    language: str = "en",
    engine: Engine = evaluate,
) -> list[ReportDuties]:
    """The duties by each report of a file, of any format that `identify` reads. `language`: of what was left out.

    Raises InputError with every fault.
    """
    if asked.state is None or not is_state_code(asked.state):
        raise refuse(
            "--state", f"{str(asked.state)[:40]!r} is no State code", "a report names no other actors"
        )
    unknown = list(unknown_instruments(library, asked.instruments))
    if unknown:
        raise InputError(unknown)
    told = []
    for report in read_reports(data, name):
        found = identify(report, knowledge, asked.state, language)
        drawn = draw(report, found, knowledge, asked, knowledge.say(language))
        situation = read_situation(encode_json(drawn.facts), f"facts drawn from {name}", library, zones)
        inquiry = inquire(library, situation, asked.at, asked.known_at, asked.warn_after)
        told.append(
            ReportDuties(
                report=_named(report, found),
                facts=drawn.facts,
                drawn=tuple(drawn.because),
                left_out=tuple(drawn.left_out),
                missing=missing(inquiry, asked.state, asked.instruments),
                duties=engine(inquiry, asked.state, asked.counterparty, asked.instruments),
            )
        )
    return told


def _named(report: Report, found: Identification) -> dict[str, Any]:
    kind = found.report["kind"]
    return {
        "digest": report.digest,
        "format": report.format,
        "kind": kind,
        "part": report.part,
        "source_id": report.source_id,
    }


class Drawing(msgspec.Struct):
    """The facts file of a report, what in it comes from where, and what was left out."""

    facts: dict[str, Any]
    because: list[DrawnFact] = []
    left_out: list[str] = []


def draw(report: Report, found: Identification, knowledge: Knowledge, asked: Asked, say: Say) -> Drawing:
    """The facts file of a report for the desk of a State (`asked.state`), which assesses it at `asked.at`."""
    kind, state = found.report["kind"], str(asked.state)
    affected = sorted({code for code in report.states if is_state_code(code)})
    facts: dict[str, Any] = {
        "facts_version": 1,
        "context": kind if kind in EXERCISES else "real",
        "actors": {code: {"kind": "state"} for code in dict.fromkeys((state, *affected))},
    }
    made = Drawing(facts)
    if found.level is None:
        made.left_out.append(found.reason or kind)
        return made
    if affected:
        facts["roles"] = {"affected_state": affected}
        made.because.append(DrawnFact("affected_state", ", ".join(affected), tuple(affected)))
    else:
        made.left_out.append(say("no State is named as affected: give it the role affected_state"))
    events = _times(made, report, affected or [state], say)
    made.because += [DrawnFact(event["event"], event["at"], (event["source"],)) for event in events]
    if state in affected:  # an assessment is that of the State which the incident affects
        assessed = _assessed(found, state, asked.at, report.digest)
        events.append(assessed)
        made.because.append(
            DrawnFact("assessed", f"level_high: {assessed['level_high']}", (found.level.driver,))
        )
    legal = list(_legal(found, report, affected, knowledge))
    made.because += [fact for fact in legal if fact.because]
    facts |= {"facts": {fact.what: fact.value for fact in legal}, "events": events}
    made.left_out.append(say("who became aware of what, and when: detection is not awareness"))
    return made


def _times(made: Drawing, report: Report, states: Sequence[str], say: Say) -> list[dict[str, Any]]:
    """Occurrence and detection as events of the States concerned; neither where the two contradict each other."""
    if report.reported is not None:
        told = say("reported at {time}: to whom, and as what, the report does not say")
        made.left_out.append(told.format(time=show_moment(report.reported)))
    if report.occurred and report.detected and report.detected < report.occurred:
        made.left_out.append(say("it has the incident detected before it occurred: correct the times"))
        return []
    source = report.source_id or report.digest
    return [
        {"event": name, "by": state, "at": show_moment(moment), "source": source[:_MOST_SOURCE]}
        for name, moment in (("occurred", report.occurred), ("detected", report.detected))
        if moment is not None
        for state in states
    ]


def _assessed(found: Identification, state: str, at: dt.datetime, digest: str) -> dict[str, Any]:
    """The identification as the State's assessment: its level where it is one number, no decision, and of list N only
    what is met. What a State decides is for a person to say."""
    own = found.national.get(state) or {}
    low, high = own.get("low"), own.get("high")
    known = isinstance(high, int) and low == high
    listed = found.decision.list if found.decision is not None and found.decision.home == state else []
    return {
        "event": "assessed",
        "by": state,
        "at": show_moment(at),
        "level_high": high if known else "unknown",
        "decision": "unknown",
        "list": list(listed) or "unknown",
        "source": f"identification of {digest}",
    }


def _legal(
    found: Identification, report: Report, affected: Sequence[str], knowledge: Knowledge
) -> Iterator[DrawnFact]:
    """The legal facts that a report may tell. What it does not tell is unknown, never no."""
    yield _malicious(found.causes)
    placed = {fact.state for fact in report.stated if fact.state is not None and fact.state != UNPLACED}
    several = sorted({*affected, *(code for code in placed if is_state_code(code))})
    crosses = len(several) > 1
    yield DrawnFact("cross_border", "yes" if crosses else "unknown", tuple(several) if crosses else ())
    yield _ci_hit(found.sectors, knowledge)


def _malicious(causes: Sequence[Finding]) -> DrawnFact:
    """Yes where a malicious cause is found, though it be suspected; no where another cause is surely found and none
    malicious, or the report denies that; unknown where it tells both, or nothing."""
    malicious = [one for one in causes if one.slug == "malicious" and one.status in _HAPPENED]
    denied = [one for one in causes if one.slug == "malicious" and one.status == "denied"]
    others = [
        one
        for one in causes
        if one.slug in _HARMLESS and one.status == "occurred" and one.confidence >= _SURE
    ]
    value = "unknown"
    if malicious and not denied and not others:
        value = "yes"
    elif others and not malicious:
        value = "no"
    return DrawnFact("malicious", value, _words((*malicious, *others, *denied)))


def _ci_hit(sectors: Iterable[Finding], knowledge: Knowledge) -> DrawnFact:
    """Yes where a code of the report names a sector of the first tier. A sector that words alone tell may only be
    spoken of."""
    concepts = knowledge.terminology.concepts
    hit = [
        one
        for one in sectors
        if one.basis == "code" and one.status in _HAPPENED and concepts[one.concept].tier == CRITICAL_TIER
    ]
    return DrawnFact("ci_hit", "yes" if hit else "unknown", _words(hit))


def _words(findings: Iterable[Finding]) -> tuple[str, ...]:
    said = (evidence.value for finding in findings for evidence in finding.evidence)
    return tuple(dict.fromkeys(said))
