"""Why there is a duty, why there is none, and what is missing: the steps of the interpreter as sentences.

Words have the label of the language; ids, times and sources are the same in all languages, and provisions are never
translated. A word that a person would have to write in a facts file stands beside its label.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from proxeny.actions.ports import Say
from proxeny.base.errors import refuse
from proxeny.instrument.evaluate import ABSENT, Inquiry, concerns, outcomes
from proxeny.instrument.labels import Labels
from proxeny.instrument.library import Library
from proxeny.instrument.norm import Norm
from proxeny.instrument.truth import Step


def _(message: str) -> str:
    """Marks a message for the catalogues; it is translated when shown."""
    return message


class Explained(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a norm for one bearer and counterparty, and the sentences that say why."""

    norm: str
    rows: tuple[str, ...]
    provision: str
    bearer: str
    counterparty: str
    list: str
    status: str
    by: Any
    by_if: Any
    needs: tuple[str, ...]
    sentences: tuple[str, ...]
    trace: tuple[Step, ...]
    notice: str = ""


SENTENCES = {
    ("trigger", "yes"): _("Trigger: {what}."),
    ("trigger", "no"): _("No trigger: there is no {what}."),
    ("awaits", "yes"): _("It waits for what discharges {norm}."),
    ("valid", "no"): _(
        "The provision held from {from} until {until}, and no longer at the time of the trigger."
    ),
    ("valid", "later"): _("The provision holds only from {from}."),
    ("parties", "yes"): _("{instrument} is in force for {state} since {in_force}, by {act} ({source})."),
    ("parties", "no"): _("{instrument} is not in force for {state} ({source})."),
    ("parties", "later"): _("{instrument} is in force for {state} only from {in_force} ({source})."),
    ("parties", "unknown"): _(
        "It is unknown whether {instrument} is in force for {state}: the register is silent."
    ),
    ("law", "no"): _("{instrument} is the law of {state}, and does not bind this bearer."),
    ("fact", "yes"): _("The fact {fact} is given: yes."),
    ("fact", "no"): _("The fact {fact} is given: no."),
    ("fact", "unknown"): _("The fact {fact} is unknown."),
    ("role", "yes"): _("{of} is {role}."),
    ("role", "no"): _("{of} is not {role}."),
    ("happened", "yes"): _("It happened: {what}."),
    ("happened", "no"): _("It has not happened: {what}."),
    ("attribute", "yes"): _("{attribute} is {is}: the condition holds."),
    ("attribute", "no"): _("{attribute} is {is}: the condition does not hold."),
    ("attribute", "unknown"): _("{attribute} is not stated."),
    ("apart", "yes"): _("From {from} to {to} it is {hours} hours: the condition holds."),
    ("apart", "no"): _("From {from} to {to} it is {hours} hours: the condition does not hold."),
    ("apart", "unknown"): _("The time between cannot be reckoned: there is no {what}."),
    ("exception", "yes"): _("An exception is proved: {source}."),
    ("exception", "no"): _("An exception does not apply: {source}."),
    ("exception", "unknown"): _("An exception is not proved, and suppresses nothing: {source}."),
    ("displaced", "yes"): _("{by} displaces it: {source}."),
    ("displaced", "no"): _("{by} does not displace it here: {source}."),
    ("displaced", "unknown"): _("It is not proved that {by} displaces it: {source}."),
    ("check", "unknown"): _("Its text has not been verified: it is not presented as due."),
    ("anchor", "yes"): _("Anchor: {what}."),
    ("anchor", "no"): _("No anchor yet: there is no {what}."),
    ("move", "yes"): _("It falls on a weekend or a holiday and moves to {by}: {source}."),
    ("move", "no"): _("It does not move from a weekend or a holiday: {source}."),
    ("move", "unknown"): _("It may fall on a weekend or a holiday: {source}."),
    ("discharged", "yes"): _("Discharged: {what}."),
    ("lapsed", "yes"): _("Lapsed: {what}."),
    ("refused", "yes"): _("Refused with a ground: {what}."),
    ("disputed", "yes"): _("Disputed: {what}."),
    ("reason", "yes"): _("Reasons for the delay were given: {what}."),
}
_STANDING = _("Standing: {standing}.")
_ARITHMETIC = _("{add}: {gives}.")
_PICKED = {"min": _("The earlier of these: {value}."), "max": _("The later of these: {value}.")}
_VAGUE = _("The provision says “{term}”: no clock measures that.")
_CLOSES = _("At the latest it ends with the day: {late_after}.")
_ALWAYS = _("It stands always.")
_REFERENCE = _("It is shown as a reference and never instantiated: its standing is {standing}.")
_POSITION = _("It is the statement of one State, and is not evaluated.")


def explain(
    inquiry: Inquiry, norm_or_row: str, state: str | None, counterparty: str | None, say: Say, labels: Labels
) -> list[Explained]:
    """What became of a norm (by its id, or by a row) for each bearer and counterparty, duties first. `say` and
    `labels` are of one language: that of the sentences, and of nothing else.

    Raises InputError where there is no such norm.
    """
    found: list[Explained] = []
    for norm in named(inquiry.library, norm_or_row):
        listing = inquiry.library.words.standings[norm.standing]
        if listing in ("reference", "none"):
            found.append(_without_instance(norm, listing, _not_evaluated(norm, listing, say, labels)))
            continue
        for outcome in outcomes(inquiry, norm):
            if concerns(inquiry.situation, outcome, state, counterparty):
                duty = outcome.duty
                found.append(
                    Explained(
                        norm=norm.id,
                        rows=norm.rows,
                        provision=norm.provision.at,
                        bearer=duty.bearer,
                        counterparty=duty.counterparty,
                        list=outcome.list,
                        status=duty.status,
                        by=duty.by,
                        by_if=duty.by_if,
                        needs=duty.needs,
                        sentences=tuple(sentences(duty.trace, say, labels)),
                        trace=duty.trace,
                        notice=duty.notice,
                    )
                )
    return sorted(found, key=lambda one: one.list == ABSENT)


def named(library: Library, norm_or_row: str) -> tuple[Norm, ...]:
    """The norms of an id or a row. Raises InputError, with the nearest ids, where there is none."""
    found = library.versions(norm_or_row) or library.of_row(norm_or_row.upper())
    if not found:
        from difflib import get_close_matches

        for one in library.instruments.values():
            if any(norm_or_row.upper() in rule.rows for rule in one.entry_rules):
                message = f"{norm_or_row.upper()} is a final clause of {one.id}, no norm"
                raise refuse("NORM", message, f"see: proxeny instruments show {one.id}")
        near = get_close_matches(norm_or_row, {norm.id for norm in library.norms}, n=3)
        remedy = f"did you mean {', '.join(near)}?" if near else "see: proxeny instruments list"
        raise refuse("NORM", f"{norm_or_row[:60]!r} is neither a norm nor a row", remedy)
    return found


def _not_evaluated(norm: Norm, listing: str, say: Say, labels: Labels) -> str:
    if listing != "reference":
        return say(_POSITION)
    return say(_REFERENCE).format(standing=labels.of("standings", norm.standing))


def _without_instance(norm: Norm, listing: str, sentence: str) -> Explained:
    return Explained(
        norm=norm.id,
        rows=norm.rows,
        provision=norm.provision.at,
        bearer=norm.bearer.roles[0],
        counterparty=norm.counterparty.roles[0],
        list=listing,
        status=listing,
        by=None,
        by_if=None,
        needs=(),
        sentences=(sentence,),
        trace=(),
    )


def sentences(trace: tuple[Step, ...], say: Say, labels: Labels) -> Iterator[str]:
    """Each step as a sentence."""
    for step in trace:
        told = sentence(step, say, labels)
        if told:
            yield told


def sentence(step: Step, say: Say, labels: Labels) -> str:
    """One step as a sentence; "" for one that only joins others."""
    detail = step.detail
    if step.step == "trigger" and detail.get("always"):
        return say(_ALWAYS)
    if step.step == "standing":
        return say(_STANDING).format(standing=labels.of("standings", step.value))
    if step.step == "arithmetic":
        ((unit, count),) = detail["add"].items()
        return say(_ARITHMETIC).format(add=labels.period(unit, count), gives=detail["gives"])
    if step.step in _PICKED:
        return say(_PICKED[step.step]).format(value=step.value)
    if step.step == "vague":
        return say(_VAGUE).format(term=labels.of("vague", step.value))
    if step.step == "closes":
        return say(_CLOSES).format(late_after=detail["late_after"])
    message = SENTENCES.get((step.step, step.value))
    return say(message).format_map(_Blank(_filled(step, labels))) if message else ""


class _Blank(dict[str, Any]):
    """Particulars of a step; what it does not have is left out of the sentence."""

    def __missing__(self, key: str) -> str:
        return "—"


def _filled(step: Step, labels: Labels) -> dict[str, Any]:
    """The particulars of a step as they are shown."""
    detail = step.detail
    shown: dict[str, Any] = {"source": "", "act": "", "in_force": ""} | detail
    if "event" in detail or "limit_of" in detail:
        shown["what"] = labels.event(detail)
    if "act" in detail:
        shown["act"] = labels.of("acts", detail["act"])
    if step.step == "fact":
        shown["fact"] = labels.written("facts", detail["fact"])
    if step.step == "role":
        shown |= {"role": labels.written("roles", detail["role"]), "of": labels.party(detail["of"])}
    if step.step == "attribute":
        name = detail["attribute"]
        unknown = step.value == "unknown"
        shown["attribute"] = labels.written("attributes", name) if unknown else labels.of("attributes", name)
        shown["is"] = labels.value(detail.get("event", ""), name, detail["is"])
    return shown
