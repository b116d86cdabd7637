"""The card of one result for a person: what it is, how serious, what to do, why, and what is still open."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from proxeny.actions.ports import Say
from proxeny.cli.layout import WIDTH, shortened, wrapped
from proxeny.cli.reasons import reasons
from proxeny.identify.decision import LIST_HOURS, QUESTIONS_HOURS
from proxeny.identify.drawn import UNPLACED
from proxeny.identify.identification import Decision, Evidence, Finding, Identification, Level

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
NOTIFY = {
    LIST_HOURS: _("NOTIFY other States within 4 hours"),
    QUESTIONS_HOURS: _("NOTIFY other States within 24 hours"),
}
"""By the deadline, whole: each language has its own order of words and its own plurals."""

RESULTS = {
    "consult": _("CONSULT in confidence"),
    "record": _("RECORD only"),
    "pending": _("PENDING: too much is unknown"),
}


def card(result: Identification, name: str, say: Say, label: Callable[[str], str]) -> str:
    """The card as text, in the language of `say`; `label` names a concept, by its slug, in the same."""
    return "\n".join(_lines(result, name, say, label))


def _lines(result: Identification, name: str, say: Say, label: Callable[[str], str]) -> Iterator[str]:
    yield from _head(result.report, name, say)
    for finding in result.types:
        yield from _type(finding, say)
    if not result.types and result.reason is None:
        yield "   " + say("No type could be told from this report.")
    for axis in _MINOR:
        found = getattr(result, axis)
        if found:
            yield _row(say(HEADINGS[axis]), _joined((f.label for f in found), say), say)
    if result.ruled_out:
        named = (
            say("{label} ({status})").format(label=f.label, status=say(STATUS[f.status]))
            for f in result.ruled_out
        )
        yield _row(say("Ruled out"), _joined(named, say), say)
    children = result.report.get("children") or ()
    yield from _list(say("Attached reports"), [_child(child, say, label) for child in children], say)
    yield from _rating(result, say, label)
    yield from _actions(result.responses, say)
    yield from _list(say("Questions"), [question.text for question in result.questions], say)
    yield from _foot(result.report, say)


def _head(report: Mapping[str, Any], name: str, say: Say) -> Iterator[str]:
    part = f" {report['part']}" if report.get("part") else ""
    yield f"── {name}{part} · {report['format']} · {say(KINDS[report['kind']])}"
    if report.get("title"):
        yield "   " + shortened(report["title"], WIDTH - 3)
    marking = [m for m in (report["marking"].get("tlp"), report["marking"].get("pap")) if m]
    if marking:
        yield "   " + "  ".join(marking)


def _foot(report: Mapping[str, Any], say: Say) -> Iterator[str]:
    """What the result does not hold or show."""
    withheld = report.get("withheld") or ()
    if withheld:
        text = say("statements on who did it: {count}; never evidence, never exported")
        yield _row(say("Withheld"), text.format(count=len(withheld)), say)
    losses = report.get("losses") or ()
    unknown = [loss for loss in losses if loss.get("code")]
    yield from _list(say("Unknown codes"), [_unknown(loss, say) for loss in unknown], say)
    if losses:
        text = say("things the report could not hold: {count}; see --json")
        yield _row(say("Not held"), text.format(count=len(losses)), say)


def _unknown(loss: Mapping[str, Any], say: Say) -> str:
    """A code that its scheme does not know, where it stands, and what was probably meant."""
    code, place, nearest = loss["code"], loss["at"], loss.get("nearest")
    if nearest:
        text = say("{code} @ {place}; did you mean {nearest}?")
        return text.format(code=code, place=place, nearest=nearest)
    command = f"proxeny terms list --scheme {code.partition(':')[0]}"
    return say("{code} @ {place}; the known ones: {command}").format(code=code, place=place, command=command)


def _type(finding: Finding, say: Say) -> Iterator[str]:
    mark = "●" if finding.primary else "○"
    sure = say("{number}%").format(number=f"{finding.confidence * 100:.0f}")
    yield f" {mark} {finding.label}  {say(STATUS[finding.status])}  {sure}  [{finding.slug}]"
    for evidence in finding.evidence[:QUOTES]:
        yield "     " + _quoted(evidence, say)


def _quoted(evidence: Evidence, say: Say) -> str:
    if evidence.kind == "code":
        return f"{shortened(evidence.value, 80)}  @ {evidence.at}"
    words = say("“{words}”").format(words=shortened(evidence.value, 80))
    return f"{words}  @ {evidence.at[0]}–{evidence.at[1]}"


def _child(child: Mapping[str, Any], say: Say, label: Callable[[str], str]) -> str:
    """An attached report: which, and what it tells."""
    names = _joined((label(slug) for slug in child["types"]), say) or say("no type told")
    return say("{part} ({format}, {kind}): {names}").format(
        part=child["part"] or shortened(child["title"], 40),
        format=child["format"],
        kind=say(KINDS[child["kind"]]),
        names=names,
    )


def _rating(result: Identification, say: Say, label: Callable[[str], str]) -> Iterator[str]:
    if result.level is None or result.decision is None:
        if result.reason:
            yield wrapped(result.reason, "   ", "     ")
        return
    yield _row(say("Level"), _level(result.level, say), say)
    text = say("{decision} (proposed instrument, nobody’s law)")
    yield _row(say("Decision"), text.format(decision=_decision(result.decision, say)), say)
    yield from _home(result.decision, result.national, say)
    yield from _list(say("Because"), list(reasons(result, say, label)), say)


def _home(decision: Decision, states: Collection[str], say: Say) -> Iterator[str]:
    """That nobody said whose desk this is, and for whom it was decided then."""
    if decision.home_basis != "given":
        text = {
            "report": say("not given; decided for {states}, the State that the report names"),
            "figures": say("not given; decided for {states}, the only State that figures are told of"),
            "unplaced": say("not given; the report names no State that is affected"),
            "several": say("not given; what differs between {states} counts as unknown"),
        }[decision.home_basis]
        named = decision.home or say(", ").join(states)
        yield _row(say("Home"), text.format(states=named), say)
    if UNPLACED in states and decision.home != UNPLACED:
        yield _row(UNPLACED, say("stands for a State that the report does not name"), say)


def _level(level: Level, say: Say) -> str:
    low, high = level.low, level.high
    shown = str(low) if low == high else say("{low} to {high}").format(low=low, high=high)
    if not level.rules:
        return say("{level} of 7").format(level=shown)
    text = say("{level} of 7, driven by {driver}").format(level=shown, driver=level.driver)
    return text if level.rules == [level.driver] else f"{text}  ({'  '.join(level.rules)})"


def _decision(decision: Decision, say: Say) -> str:
    if decision.result == "notify":
        return say(NOTIFY[decision.deadline_hours or QUESTIONS_HOURS])
    return say(RESULTS[decision.result])


def _actions(responses: Sequence[Finding], say: Say) -> Iterator[str]:
    taken = [f.label for f in responses if f.status != "recommended"]
    recommended = [f.label for f in responses if f.status == "recommended"]
    if taken:
        yield _row(say("Done"), _joined(taken, say), say)
    if recommended:
        yield _row(say("To do"), _joined(recommended, say), say)


def _joined(names: Iterable[str], say: Say) -> str:
    """The first names of a list, with the comma of the language between them."""
    return say(", ").join(list(names)[:SHORT])


def _row(heading: str, text: str, say: Say) -> str:
    return wrapped(text, "   " + say("{heading}: ").format(heading=heading), "     ")


def _list(heading: str, items: Sequence[str], say: Say) -> Iterator[str]:
    """A heading and one line an item; nothing where there is none."""
    if items:
        yield "   " + say("{heading}: ").format(heading=heading).rstrip()
    for item in items:
        yield wrapped(item, "     – ", "       ")
