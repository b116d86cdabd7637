"""`proxeny duties`: who owes what to whom, by when, and why."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from proxeny.actions.duties import Asked, check_file, duties_of_file
from proxeny.actions.duties_explained import Explained
from proxeny.actions.ports import Say
from proxeny.base.errors import refuse
from proxeny.base.moments import show_moment
from proxeny.base.records import encode_json
from proxeny.cli.conflicts import conflicts
from proxeny.cli.layout import shortened, wrapped
from proxeny.cli.marks import mark_lines, notice_line
from proxeny.cli.options import instruments_option, json_option, lang_option
from proxeny.cli.refusal import refusals
from proxeny.instrument.duty import Duties, Duty
from proxeny.instrument.labels import Labels
from proxeny.instrument.library import Library
from proxeny.instrument.reading import parse_calendar_moment
from proxeny.instrument.situation_file import is_facts_file
from proxeny.wiring import ShippedKnowledge, library_with, now, read_input, time_zone

if TYPE_CHECKING:
    from proxeny.actions.duties_report import DrawnFact, ReportDuties

CHECK_FAILED = 1
_MOST_HOURS = 100_000  # eleven years; a longer time to warn after is a slip of the pen

_MOST_WORDS = 160  # columns of the words of a report that are shown as the reason of a fact


def _(message: str) -> str:
    """Marks a message for the catalogues; it is translated when shown."""
    return message


HEADS = {
    "due": _("Due"),
    "recommended": _("Recommended"),
    "would_apply": _("Would apply, were it in force"),
    "open": _("Open: facts are missing"),
}


class OwnOrFile(click.Group):
    """A group whose first argument is one of its commands, or else belongs to the command `of`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `of` before what is none of the commands."""
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = ["of", *args]
        return super().parse_args(ctx, args)


@click.group(cls=OwnOrFile)
def duties() -> None:
    """Say who owes what to whom, by when and why, from a facts file or an incident report.

    `proxeny duties FACTS.yaml --state XA` is short for `proxeny duties of FACTS.yaml --state XA`. A facts file is
    described in docs/reference/facts-file-duties.md.
    """


@duties.command()
@click.argument("facts", metavar="FACTS.yaml|REPORT")
@click.option(
    "--state", metavar="ACTOR", required=True, help="The State (with the bodies under it), or one actor."
)
@click.option("--counterparty", metavar="ACTOR", help="Only what is owed to this actor.")
@click.option("--at", metavar="TIME", help="The time for which the status is told.  [default: now]")
@click.option(
    "--known-at", metavar="TIME", help="Leave out what was not on record then.  [default: all counts]"
)
@click.option(
    "--instrument", "instruments", metavar="ID", multiple=True, help="Only this one. May be repeated."
)
@click.option(
    "--warn",
    "warnings",
    metavar="TERM=HOURS",
    multiple=True,
    help="Warn when a vague term has run so long: forthwith=2. May be repeated.",
)
@click.option("--standing", is_flag=True, help="Show as well what stands always, whatever has happened.")
@instruments_option
@lang_option
@json_option
def of(
    facts: str,
    state: str,
    counterparty: str | None,
    at: str | None,
    known_at: str | None,
    instruments: tuple[str, ...],
    warnings: tuple[str, ...],
    standing: bool,
    own: Path | None,
    lang: str,
    as_json: bool,
) -> None:
    """Who owes what to whom: due, recommended, what would apply, and what is open for want of facts.

    From a REPORT (any file that `identify` reads) come times, the States affected and three legal facts, with the
    words that say so; awareness never does. What it leaves missing is listed; complete the facts that --json shows
    under `facts`, and run again with them.
    """
    with refusals():
        knowledge = ShippedKnowledge()
        asked = Asked(
            at=moment_option(at, "--at") or now(),
            known_at=moment_option(known_at, "--known-at"),
            state=state,
            counterparty=counterparty,
            instruments=instruments,
            warn_after=dict(warning_option(text) for text in warnings),
        )
        library, data = library_with(own), read_input(facts)
        if not is_facts_file(data, facts):
            _of_report(data, facts, library, knowledge, asked, lang, as_json, standing)
            return
        found = duties_of_file(data, facts, library, time_zone, asked)
    if as_json:
        click.echo(encode_json(found))
        return
    say, labels = knowledge.say(lang), knowledge.word_labels(lang)
    for line in (*mark_lines(found.context, say), *lines(found, say, labels, standing)):
        click.echo(line)


def _of_report(
    data: bytes,
    name: str,
    library: Library,
    knowledge: ShippedKnowledge,
    asked: Asked,
    lang: str,
    as_json: bool,
    standing: bool,
) -> None:
    """The duties by each report of a file, with what was drawn from it and what is missing."""
    from proxeny.actions.duties_report import duties_of_report  # it loads all that identifies

    say, labels = knowledge.say(lang), knowledge.word_labels(lang)
    for found in duties_of_report(data, name, library, knowledge, time_zone, asked, lang):
        if as_json:
            members = {
                key: getattr(found, key) for key in ("report", "facts", "drawn", "left_out", "missing")
            }
            click.echo(encode_json({**msgspec.to_builtins(found.duties), **members}))
            continue
        for line in (
            *mark_lines(found.duties.context, say),
            *_drawn(found, say, labels),
            *lines(found.duties, say, labels, standing),
            *_missing(found, say, labels),
        ):
            click.echo(line)


def _drawn(found: ReportDuties, say: Say, labels: Labels) -> list[str]:
    from proxeny.cli.card import KINDS  # it shows all that identifies

    told = [f"{found.report['digest']}  {say(KINDS[found.report['kind']])}"]
    if found.drawn:
        told.append(say("Drawn from the report"))
        for fact in found.drawn:
            because = shortened(", ".join(fact.because), _MOST_WORDS)
            told.append(wrapped(f"{_fact(fact, labels)}  ({because})", "  ", "      "))
    if found.left_out:
        told.append(say("Not drawn from it"))
        told += [wrapped(text, "  ", "      ") for text in found.left_out]
    return [*told, ""]


def _fact(fact: DrawnFact, labels: Labels) -> str:
    """What was drawn, with the words to write: an answer, a time, States, or an attribute and its value."""
    name, parted, value = fact.value.rpartition(": ")
    told = labels.answer(value)
    told = labels.pair(labels.needed(name), told) if parted else told
    return labels.pair(labels.needed(fact.what), told)


def _missing(found: ReportDuties, say: Say, labels: Labels) -> list[str]:
    told = ["", say("Missing: once recorded, these lead to duties")] if found.missing else []
    for one in found.missing:
        event = labels.event({"event": one.event, "by": one.by} | one.attributes)
        told.append(wrapped(labels.pair(event, ", ".join(one.norms)), "  ", "      "))
    return told


@duties.command()
@click.argument("facts", metavar="FACTS.yaml...", nargs=-1, required=True)
@instruments_option
@lang_option
@json_option
def check(facts: tuple[str, ...], own: Path | None, lang: str, as_json: bool) -> None:
    """Hold facts files against their own `expect`. Exit code 1 where one is not met."""
    failed = False
    with refusals():
        say = ShippedKnowledge().say(
            "en" if as_json else lang
        )  # what programs read is the same in all languages
        library = library_with(own)
        for name in facts:
            count, failures = check_file(read_input(name), name, library, time_zone, say)
            failed = failed or bool(failures)
            if as_json:
                click.echo(encode_json({"file": name, "expectations": count, "failures": failures}))
                continue
            for failure in failures:
                click.echo(f"{failure.place}: {failure.message}", err=True)
            told = say("{name}: {count} expectations, {failures} failures")
            click.echo(told.format(name=name, count=count, failures=len(failures)))
    if failed:
        sys.exit(CHECK_FAILED)


duties.add_command(conflicts)


def moment_option(text: str | None, option: str) -> dt.datetime | None:
    """The time of an option. Raises InputError."""
    return None if text is None else parse_calendar_moment(text, option)


def warning_option(text: str) -> tuple[str, dt.timedelta]:
    """A vague term and the time after which to warn. Raises InputError."""
    term, _, hours = text.partition("=")
    try:
        count = float(hours)
    except ValueError:
        count = -1
    if not 0 <= count <= _MOST_HOURS:
        raise refuse("--warn", f"{text[:40]!r} has no hours", "write forthwith=2")
    return term, dt.timedelta(hours=count)


def lines(found: Duties, say: Say, labels: Labels, standing: bool) -> list[str]:
    """The duties as lines for a person; what stands whatever has happened only where it is asked for."""
    told: list[str] = []
    hidden = 0
    for name, head in HEADS.items():
        listed: tuple[Duty, ...] = getattr(found, name)
        shown = [duty for duty in listed if standing or not _always(duty)]
        hidden += len(listed) - len(shown)
        if shown:
            told += ["", say(head)]
            told += [line for duty in sorted(shown, key=_by_time) for line in duty_lines(duty, say, labels)]
    if not told:
        told.append(say("No duties from what has happened."))
    if hidden:
        told += ["", say("{count} more stand always; --standing shows them").format(count=hidden)]
    if found.reference:
        told.append(say("References, never instantiated: {count}").format(count=len(found.reference)))
    return [*(notice_line(one, say) for one in found.notices), *(told[1:] if told[0] == "" else told)]


def _always(duty: Duty) -> bool:
    """Whether no event led to it."""
    return duty.since is None and duty.status != "waiting"


def _by_time(duty: Duty) -> tuple[bool, str]:
    limit = duty.by or duty.by_if
    return limit is None, show_moment(limit) if limit else ""


def duty_lines(duty: Duty, say: Say, labels: Labels) -> list[str]:
    """A duty for a person: what and who, then its status and times, what it asks, what it needs."""
    check, action = labels.of("checks", duty.check), labels.of("actions", duty.action)
    head = f"{duty.row or '':5}{duty.instrument} {duty.provision}  [{check}]  "
    head = wrapped(f"{head}{sides_line(duty, say, labels)} · {action}", "  ", "       ")
    told = [head, f"       {labels.of('statuses', duty.status)}{_times(duty, say, labels)}"]
    if duty.summary:
        told.append(wrapped(duty.summary, "       ", "       "))
    if duty.needs:
        told.append(wrapped(needs_line(duty.needs, say, labels), "       ", "           "))
    if duty.reason:
        told.append("       " + say("reason: {reason}").format(reason=duty.reason))
    return told


def sides_line(duty: Duty | Explained, say: Say, labels: Labels) -> str:
    """Who owes, and to whom."""
    bearer, counterparty = labels.party(duty.bearer), labels.party(duty.counterparty)
    return say("{bearer} towards {counterparty}").format(bearer=bearer, counterparty=counterparty)


def needs_line(needs: tuple[str, ...], say: Say, labels: Labels) -> str:
    """What would settle an open duty, with the words to write."""
    return say("needs: {needs}").format(needs=labels.joined(labels.needed(need) for need in needs))


def _times(duty: Duty, say: Say, labels: Labels) -> str:
    told = ""
    if duty.by is not None:
        told += say(", by {time}").format(time=show_moment(duty.by))
        if duty.late_after is not None and duty.late_after != duty.by:
            told += say(" (late after {time})").format(time=show_moment(duty.late_after))
    elif duty.by_if is not None:
        told += say(", by {time} if it is due").format(time=show_moment(duty.by_if))
    if duty.done_at is not None:
        told += say(", done {time}").format(time=show_moment(duty.done_at))
    if duty.vague:
        told += f" · {labels.of('vague', duty.vague)}"
    if duty.warn:
        told += " · " + say("this has run longer than the desk allows")
    return told
