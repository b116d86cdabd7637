"""Whether an instrument binds: by the register of its parties, and by its own final clauses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from proxeny.instrument.clock import UTC, add
from proxeny.instrument.norm import EntryRule, Instrument, PartyAct, Period
from proxeny.instrument.scene import Party
from proxeny.instrument.situation import Situation
from proxeny.instrument.truth import YES, Step, Truth, Verdict
from proxeny.instrument.words import Words

LATER = "later"
"""What a step of parties says where the instrument binds the State only from a later day on."""


def binds(
    words: Words, instrument: Instrument, situation: Situation, bearer: Party, other: Party, day: dt.date
) -> Verdict:
    """Whether the instrument is in force on that day for the bearer and, between States, for the counterparty.

    A side of which the file names only the role is not asked; nor is an institution without a State.
    """
    how = instrument.bound_by
    if how == "every_state":
        return YES
    if how == "state":
        own: Truth = "yes" if bearer.state == instrument.state else "no"
        return Verdict(own, (Step("law", own, {"instrument": instrument.id, "state": instrument.state}),))
    states = [bearer.state] if bearer.state else []
    if how == "parties" and other.is_state and other.name not in states:
        states.append(other.name)
    verdicts = [in_force_for(words, instrument, situation, state, day) for state in states]
    values = {verdict.value for verdict in verdicts}
    value: Truth = "no" if "no" in values else "unknown" if "unknown" in values else "yes"
    return Verdict(
        value,
        tuple(step for verdict in verdicts for step in verdict.steps),
        tuple(need for verdict in verdicts for need in verdict.needs) if value == "unknown" else (),
    )


def in_force_for(
    words: Words, instrument: Instrument, situation: Situation, state: str, day: dt.date
) -> Verdict:
    """Whether it is in force for the State on that day. What the facts file says of a State goes before the
    register that ships. Silence: by `direct`, in force; up to the day `as_of` of the register, not; else unknown."""
    own = tuple(act for act in situation.parties.get(instrument.id, ()) if act.state == state)
    acts = own or tuple(act for act in instrument.register.acts if act.state == state)
    binding = [a for a in acts if words.acts[a.act].binds == "yes" and _fits(instrument, a)]
    ended = [a for a in acts if words.acts[a.act].ends == "yes"]
    detail = {"instrument": instrument.id, "state": state}
    if not binding:
        return _silence(instrument, detail, day, bool(acts))
    started = {act: effect_of(instrument, act) for act in binding}
    for act, start in started.items():
        if start is None:
            said = detail | {"act": act.act, "source": act.source}
            return Verdict("unknown", (Step("parties", "unknown", said),), (_need(instrument, state),))
    first = min(binding, key=lambda act: started[act] or dt.date.max)
    start = started[first] or dt.date.max
    detail |= {"act": first.act, "in_force": start.isoformat(), "source": first.source}
    if start > day and instrument.bound_by == "transposition":
        # Due only with a transposition in force, otherwise open: the State's older law may have asked the same.
        return Verdict("unknown", (Step("parties", LATER, detail),), (_need(instrument, state),))
    if start > day:
        return Verdict("no", (Step("parties", LATER, detail),))
    for act in ended:
        end = act.in_force
        if end is not None and start <= end <= day:
            gone = detail | {"act": act.act, "ended": end.isoformat(), "source": act.source}
            return Verdict("no", (Step("parties", "no", gone),))
    if any(act.in_force is None for act in ended):  # it withdrew, and nothing says from which day on
        return Verdict("unknown", (Step("parties", "unknown", detail),), (_need(instrument, state),))
    return Verdict("yes", (Step("parties", "yes", detail),))


def _fits(instrument: Instrument, act: PartyAct) -> bool:
    """Whether such an act can bind a State to such an instrument: a directive is transposed, a treaty consented to."""
    if instrument.bound_by == "direct":
        return True
    return (act.act == "transposition") == (instrument.bound_by == "transposition")


def _silence(instrument: Instrument, detail: dict[str, str], day: dt.date, other_acts: bool) -> Verdict:
    """No act by which the State is bound. `other_acts`: the register knows it, as a signatory for instance."""
    if instrument.bound_by == "direct" and not other_acts:
        return YES
    as_of = instrument.register.as_of
    if as_of is not None and day <= as_of:
        said = detail | {"as_of": as_of.isoformat(), "source": instrument.register.source}
        return Verdict("no", (Step("parties", "no", said),))
    step = Step("parties", "unknown", detail)
    return Verdict("unknown", (step,), (_need(instrument, detail["state"]),))


def _need(instrument: Instrument, state: str) -> str:
    return f"parties.{instrument.id}.{state}"


def effect_of(instrument: Instrument, act: PartyAct) -> dt.date | None:
    """From which day an act has effect: the day recorded, else that of the final clauses; None where neither says."""
    if act.in_force is not None or act.on is None:
        return act.in_force
    entered = entry_into_force(instrument)
    if entered is None:
        return None
    for rule in instrument.entry_rules:
        if rule.for_later_state is not None:
            return max(entered, _later(act.on, rule.for_later_state, rule.effect))
    return None


def entry_into_force(instrument: Instrument) -> dt.date | None:
    """The day on which the instrument enters into force: the day recorded, else computed from the deposits of the
    register by its final clauses; None where it has not got so far."""
    if instrument.in_force is not None:
        return instrument.in_force
    for rule in instrument.entry_rules:
        if rule.on is not None:
            return rule.on
        computed = _by_deposits(rule, instrument.register.acts)
        if computed is not None:
            return computed
    return None


_CONSENT = (
    *("deposit", "ratification", "acceptance", "approval", "accession", "succession"),
    *("definitive_signature", "formal_confirmation"),
)


def counted(rule: EntryRule, acts: Iterable[PartyAct]) -> dict[str, dt.date]:
    """The first day on which each participant consented; those that the clause does not count are left out."""
    found: dict[str, dt.date] = {}
    for act in acts:
        if act.act in _CONSENT and act.on is not None and act.state not in rule.not_counted:
            found[act.state] = min(act.on, found.get(act.state, act.on))
    return found


def _by_deposits(rule: EntryRule, acts: Iterable[PartyAct]) -> dt.date | None:
    """So much time after the n-th deposit."""
    if rule.deposits is None or rule.after is None:
        return None
    days = sorted(counted(rule, acts).values())
    return _later(days[rule.deposits - 1], rule.after, rule.effect) if len(days) >= rule.deposits else None


def _later(day: dt.date, period: Period, effect: str) -> dt.date:
    """The day on which the time ends, or the first of the month after it (as Article 36(3) of ETS 185 says)."""
    start = dt.datetime.combine(day, dt.time(), dt.UTC)
    end = add(start, period, UTC)[0].date()
    if effect == "that_day":
        return end
    return (end.replace(day=1) + dt.timedelta(days=31)).replace(day=1)
