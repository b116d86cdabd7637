"""The card of one result for a person: what it is, how serious, what to do, why, and what is still open."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from proxeny.actions.ports import Say
from proxeny.identify.identification import Evidence, Finding, Identification

WIDTH = 100
QUOTES = 2  # pieces of evidence shown for one finding
SHORT = 5  # findings of a minor axis shown
_MINOR = ("causes", "origins", "techniques", "effects", "sectors")


def _(message: str) -> str:
    """Marks a message for the catalogues; it is translated when shown."""
    return message


HEADINGS = {
    "causes": _("Cause"),
    "origins": _("Origin"),
    "techniques": _("Technique"),
    "effects": _("Effect"),
    "sectors": _("Sector"),
}
STATUS = {
    "occurred": _("occurred"),
    "suspected": _("suspected"),
    "attempted": _("attempted"),
    "denied": _("denied"),
    "hypothetical": _("hypothetical"),
    "advised": _("advised about"),
    "past": _("past"),
}
KINDS = {
    "incident": _("incident"),
    "threat-report": _("threat report"),
    "indicators": _("indicators"),
    "advisory": _("advisory"),
    "reference": _("reference"),
    "exercise": _("EXERCISE"),
    "test": _("TEST"),
}
RESULTS = {
    "notify": _("NOTIFY other States"),
    "consult": _("CONSULT in confidence"),
    "record": _("RECORD only"),
    "pending": _("PENDING: too much is unknown"),
}


def card(result: Identification, name: str, say: Say) -> str:
    """The card as text, in the language of `say`."""
    return "\n".join(_lines(result, name, say))


def _lines(result: Identification, name: str, say: Say) -> Iterator[str]:
    report = result.report
    part = f" {report['part']}" if report.get("part") else ""
    yield f"── {name}{part} · {report['format']} · {say(KINDS[report['kind']])}"
    if report.get("title"):
        yield "   " + textwrap.shorten(report["title"], WIDTH - 3, placeholder="…")
    marking = [m for m in (report["marking"].get("tlp"), report["marking"].get("pap")) if m]
    if marking:
        yield "   " + "  ".join(marking)
    for finding in result.types:
        yield from _type(finding, say)
    if not result.types and result.reason is None:
        yield "   " + say("No type could be told from this report.")
    for axis in _MINOR:
        found = getattr(result, axis)
        if found:
            yield _row(say(HEADINGS[axis]), ", ".join(f.label for f in found[:SHORT]))
    if result.ruled_out:
        named = ", ".join(f"{f.label} ({say(STATUS[f.status])})" for f in result.ruled_out[:SHORT])
        yield _row(say("Ruled out"), named)
    yield from _rating(result, say)
    yield from _actions(result.responses, say)
    for question in result.questions:
        yield _row("?", question.text)
    withheld = report.get("withheld") or ()
    if withheld:
        yield _row(
            say("Withheld"),
            say("{count} statements on who did it; never evidence, never exported").format(
                count=len(withheld)
            ),
        )
    losses = report.get("losses") or ()
    if losses:
        yield _row(
            say("Not held"),
            say("{count} things the report could not hold; see --json").format(count=len(losses)),
        )


def _type(finding: Finding, say: Say) -> Iterator[str]:
    mark = "●" if finding.primary else "○"
    yield f" {mark} {finding.label}  {say(STATUS[finding.status])}  {finding.confidence:.0%}  [{finding.slug}]"
    for evidence in finding.evidence[:QUOTES]:
        yield "     " + _quoted(evidence)


def _quoted(evidence: Evidence) -> str:
    if evidence.kind == "code":
        return f"{evidence.value}  @ {evidence.at}"
    words = textwrap.shorten(" ".join(evidence.value.split()), 80, placeholder="…")
    return f"“{words}”  @ {evidence.at[0]}–{evidence.at[1]}"


def _rating(result: Identification, say: Say) -> Iterator[str]:
    if result.level is None or result.decision is None:
        if result.reason:
            yield "   " + result.reason
        return
    level = result.level
    shown = (
        str(level.low)
        if level.low == level.high
        else say("{low} to {high}").format(low=level.low, high=level.high)
    )
    rules = "  ".join(level.rules)
    yield _row(
        say("Level"),
        say("{level} of 7, driven by {driver}").format(level=shown, driver=level.driver)
        + (f"  ({rules})" if rules else ""),
    )
    decision = result.decision
    hours = say(" within {hours} h").format(hours=decision.deadline_hours) if decision.deadline_hours else ""
    yield _row(
        say("Decision"),
        f"{say(RESULTS[decision.result])}{hours}  ({say('proposed instrument, nobody’s law')})",
    )
    reasons = [
        f"{code}: {decision.why[code]}"
        for code in (
            *decision.list,
            *(c for c, a in decision.questions.items() if a == "yes" and c in decision.why),
        )
    ]
    if reasons:
        yield _row(say("Because"), "; ".join(reasons))


def _actions(responses: Sequence[Finding], say: Say) -> Iterator[str]:
    taken = [f.label for f in responses if f.status != "recommended"]
    recommended = [f.label for f in responses if f.status == "recommended"]
    if taken:
        yield _row(say("Done"), ", ".join(taken[:SHORT]))
    if recommended:
        yield _row(say("To do"), ", ".join(recommended[:SHORT]))


def _row(heading: str, text: str) -> str:
    lead = f"   {heading}: "
    return textwrap.fill(text, WIDTH, initial_indent=lead, subsequent_indent="     ", break_long_words=False)
