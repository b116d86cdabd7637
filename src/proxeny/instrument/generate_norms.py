"""One norm as code: trigger, law, conditions, exceptions, displacement, deadline and status, as evaluate.py has them."""

from __future__ import annotations

from collections.abc import Iterable

from proxeny.instrument.duty import new_duty
from proxeny.instrument.generate_conditions import write_condition, write_required
from proxeny.instrument.generate_deadlines import write_deadline
from proxeny.instrument.generate_source import Lines, Source, literal, names_of
from proxeny.instrument.library import Library
from proxeny.instrument.norm import Condition, Discharge, Ground, Norm, Pattern
from proxeny.instrument.parties import LATER
from proxeny.instrument.trigger import reads_trigger

_SAID = (
    *("row", "rows", "norm", "instrument", "provision", "reference", "url", "standing", "check", "modality"),
    *("action", "summary", "vague", "notice"),
)
"""Fields of a duty that the norm alone gives."""


def write_norm(source: Source, library: Library, number: int) -> None:
    """Write the two functions of a norm: `norm_N` finds what triggers it, `duty_N` makes one duty."""
    norm = library.norms[number]
    if norm.triggers:
        source.functions.append(_triggered(source, norm, number))
    else:
        source.functions.append(_always(source, number))
    source.functions.append(_duty(source, library, norm, number))


def _always(source: Source, number: int) -> str:
    start = source.step("trigger", "yes", {"always": True})
    return (
        f"def norm_{number}(run, pair, out):\n"
        f"    if pair.bearer.actor is not None:\n"
        f"        duty_{number}(run, pair, None, run.at, {start}, False, out)\n"
    )


def _triggered(source: Source, norm: Norm, number: int) -> str:
    lines = Lines()
    lines.add(f"found = {source.matching(norm.triggers)}")
    lines.add("if not found:")
    for awaited in norm.awaits:
        start = source.step("awaits", "yes", {"norm": awaited})
        lines.add(f"since = run.running({awaited!r}, pair.bearer)", 1)
        lines.add("if since is not None:", 1)
        lines.add(f"duty_{number}(run, pair, None, since, {start}, True, out)", 2)
        lines.add("return", 2)
    lines.add("return", 1)
    if norm.take == "first" and reads_trigger(norm) and norm.condition is not None:
        _write_first(source, lines, norm.condition)
    taken = {"first": "found[:1]", "latest": "found[-1:]", "each": "found"}[norm.take]
    lines.add(f"for event in {taken}:")
    start = "run.step('trigger', event)"
    lines.add(f"duty_{number}(run, pair, event, event.at, {start}, False, out)", 1)
    return "\n".join([f"def norm_{number}(run, pair, out):", *lines.lines, ""])


def _write_first(source: Source, lines: Lines, condition: Condition) -> None:
    """Put the event first that is the trigger where the norm takes the first (trigger.first_of)."""
    lines.add("if len(found) > 1:")
    lines.depth += 1
    lines.add("bearer, other, values, aside = pair.bearer, pair.other, [], []")
    lines.add("for event in found:")
    lines.depth += 1
    lines.add(f"values.append({write_condition(source, lines, condition, 'aside').value})")
    lines.depth -= 1
    lines.add("for value in ('yes', 'unknown'):")
    lines.add("if value in values:", 1)
    lines.add("found = found[values.index(value) :]", 2)
    lines.add("break", 2)
    lines.depth -= 1


def _duty(source: Source, library: Library, norm: Norm, number: int) -> str:
    lines = Lines()
    lines.add("bearer, other = pair.bearer, pair.other")
    _write_law(source, lines, library, norm)
    lines.add("steps = [start, *law]")
    lines.add("needs = [*asked]")
    if norm.condition is not None:
        conditional = bool(norm.awaits)
        if conditional:
            lines.add("if not waiting:")
        lines.depth += conditional
        write_required(source, lines, norm.condition)
        lines.depth -= conditional
    for kind, grounds in (("exception", norm.exceptions), ("displaced", norm.displaced_by)):
        for ground in grounds:
            _write_ground(source, lines, library, kind, ground)
    if norm.check == "R":
        lines.add("if listed == 'due':")
        lines.add(f"steps.append({source.step('check', 'unknown', {'check': norm.check})})", 1)
        lines.add("needs.append('check')", 1)
    lines.add("by = late = None")
    if norm.deadline is not None:
        if norm.awaits:
            lines.add("if not waiting:")
        lines.depth += bool(norm.awaits)
        write_deadline(source, lines, norm.deadline)
        lines.depth -= bool(norm.awaits)
    lines.add("since = None if event is None else event.at")
    _write_ends(source, lines, library, norm)
    head = f"def duty_{number}(run, pair, event, when, start, waiting, out):"
    return "\n".join([head, *lines.lines, ""])


def _write_law(source: Source, lines: Lines, library: Library, norm: Norm) -> None:
    """Set `listed`, `asked` and `law` (its steps); end where it is no law for the two on that day."""
    valid, word = norm.valid, library.words.standings[norm.standing]
    span = {"from": valid.start.isoformat(), "until": valid.until.isoformat() if valid.until else None}
    law = source.law(norm.instrument, norm.standing)
    lines.add(f"day, listed, asked, law = pair.laws.get(({law}, when)) or run.law(pair, {law}, when)")
    if valid.until is not None:
        lines.add(f"if day >= {source.day(valid.until)}:")
        lines.add("return", 1)
    lines.add(f"if day < {source.day(valid.start)}:")
    if library.versions(norm.id)[0].valid.start == valid.start and word != "recommended":
        later = source.step("valid", LATER, span)
        lines.add(f"listed, asked, law = 'would_apply', (), ({later},)", 1)
    else:
        lines.add("return", 1)
    lines.add("elif listed == 'absent':")
    lines.add("return", 1)


def _write_ground(source: Source, lines: Lines, library: Library, kind: str, ground: Ground) -> None:
    """End where the ground is proved; else show it, where there is anything to show."""
    lines.add("aside = []")
    value = "'yes'"
    if ground.condition is not None:
        value = write_condition(source, lines, ground.condition, "aside").value
    lines.add(f"value = {value}")
    if ground.by:
        lines.add("if value == 'yes':")
        lines.depth += 1
        _write_displacement(source, lines, library, ground.by)
        lines.depth -= 1
    lines.add("if value == 'yes':")
    lines.add("return", 1)
    lines.add("if aside:")
    detail = {"source": ground.source} | ({"by": ground.by} if ground.by else {})
    lines.add("steps += aside", 1)
    no, unknown = (source.step(kind, said, detail) for said in ("no", "unknown"))
    lines.add(f"steps.append({no} if value == 'no' else {unknown})", 1)


def _write_displacement(source: Source, lines: Lines, library: Library, by: str) -> None:
    """What displaces must itself be law for the bearer that day."""
    displacing = [norm for norm in library.norms if by in (norm.id, norm.instrument)]
    spans = {
        f"{source.day(n.valid.start)} <= day" + (f" < {source.day(n.valid.until)}" if n.valid.until else "")
        for n in displacing
    }
    if not displacing:
        lines.add("value = 'no'")
        return
    lines.add(f"if {' or '.join(sorted(spans))}:")
    lines.add(f"bound = run.binds({displacing[0].instrument!r}, bearer, other, day)", 1)
    lines.add("value = bound.value", 1)
    lines.add("aside += bound.steps", 1)
    lines.add("else:")
    lines.add("value = 'no'", 1)


def _write_ends(source: Source, lines: Lines, library: Library, norm: Norm) -> None:
    """An open, a waiting or a running duty."""
    said = source.constant(_said(library, norm))
    sides = "bearer=bearer.name, counterparty=other.name"
    lines.add("if needs:")
    more = "status='open', needs=tuple(dict.fromkeys(needs)), by_if=by, since=since, trace=tuple(steps)"
    lines.add(f"out.append(('open', replace({said}, {sides}, {more})))", 1)
    lines.add("return", 1)
    if norm.awaits:
        lines.add("if waiting:")
        lines.add(f"out.append((listed, replace({said}, {sides}, status='waiting', trace=tuple(steps))))", 1)
        lines.add("return", 1)
    told = _write_status(source, lines, library, norm)
    vague = norm.deadline.vague if norm.deadline else ""
    warn = f"bool(run.warn_after) and {told['status']} == 'due' and "
    warn += f"warns(run.warn_after, {vague!r}, since, run.at)"
    more = ", ".join(f"{name}={value}" for name, value in told.items())
    times = f"by=by, late_after=late, since=since, warn={warn}, trace=tuple(steps)"
    lines.add(f"out.append((listed, replace({said}, {sides}, {more}, {times})))")


def _said(library: Library, norm: Norm) -> str:
    plain = new_duty(norm, library.instruments[norm.instrument], "", "", status="")
    said = ", ".join(f"{name}={literal(getattr(plain, name))}" for name in _SAID)
    return f"Duty({said}, bearer='', counterparty='', status='')"


def _write_status(source: Source, lines: Lines, library: Library, norm: Norm) -> dict[str, str]:
    """Write what tells the status (status.status_of). Returns, by field of the duty, the code of its value."""
    discharge = norm.discharge
    if norm.modality in ("prohibition", "permission") or discharge is None:
        return {"status": "'standing'"}
    lines.add("ends, unsure = [], ()")
    _write_discharge(source, lines, library, norm, discharge)
    after = "e for e in {} if since is None or e.at >= since"
    if norm.lapse:
        lines.add(f"lapsed = next(({after.format(source.matching(norm.lapse))}), None)")
        lines.add("if lapsed is not None:")
        lines.add("ends.append((lapsed.at, lapsed.number, 'lapsed', lapsed))", 1)
    ground = "()"
    if norm.refusal:
        lines.add(f"refusals = [{after.format(source.matching(norm.refusal))}]")
        lines.add("refused = next((e for e in refusals if grounded(e)), None)")
        lines.add("if refused is not None:")
        lines.add("ends.append((refused.at, refused.number, 'refused', refused))", 1)
        ground = "(('ground',) if refusals else ())"
    proof = f"lambda: {source.matching(discharge.proof)}" if discharge.proof else "nothing"
    given = norm.late_reason.given if norm.late_reason else ""
    names = literal(names_of(norm))
    lines.add("if ends:")
    lines.add(f"told = ended(run, pair, late, ends, {given!r}, {proof}, steps)", 1)
    lines.add("else:")
    lines.add(f"told = unended(run, pair, late, {given!r}, {names}, steps)", 1)
    lines.add(f"needed = () if ends else (*{ground}, *unsure)")
    return {
        "status": "told[0]",
        "reason": "told[1]",
        "done_at": "told[2]",
        "proved_by": "told[3]",
        "needs": "needed",
    }


def _write_discharge(
    source: Source, lines: Lines, library: Library, norm: Norm, discharge: Discharge
) -> None:
    """Find the first event that discharges, and the addressees to ask for of those that would."""
    since = "" if discharge.early else " if since is None or e.at >= since"
    found = f"[e for e in {source.matching(discharge.events)}{since}]"
    if discharge.early:
        found = source.matching(discharge.events)
    doubts = _doubts(source, library, norm, discharge.events)
    lines.add(f"done = {found}")
    if doubts:
        lines.add("if done:")
        lines.add(f"done, unsure = sure(run, pair, done, {doubts})", 1)
    lines.add("if done:")
    lines.add("ends.append((done[0].at, done[0].number, 'discharged', done[0]))", 1)


def _doubts(source: Source, library: Library, norm: Norm, events: Iterable[Pattern]) -> str:
    """Other norms towards quite other roles that the same act may discharge: their bearers' roles, how they are
    triggered and how discharged (evaluate._unclear)."""
    if all(pattern.event != "submitted" for pattern in events):
        return ""
    roles, made = set(norm.counterparty.roles), []
    for other in library.norms:
        if other.instrument == norm.instrument or other.discharge is None or not other.triggers:
            continue
        if roles & set(other.counterparty.roles):
            continue
        discharges = [p for p in other.discharge.events if p.event == "submitted"]
        if not discharges or not other.bearer.roles:
            continue
        bearers = source.constant(f"frozenset({sorted(other.bearer.roles)!r})")
        trigger, act = (
            source.matching(which).partition("(")[0] for which in (other.triggers, tuple(discharges))
        )
        made.append(f"({bearers}, {trigger}, {act})")
    return source.group(dict.fromkeys(made)) if made else ""
