"""`proxeny duties`: who owes what to whom, by when, and why."""

from __future__ import annotations

import datetime as dt
import sys

import click

from proxeny.actions.duties import Asked, check_file, duties_of_file
from proxeny.actions.ports import Say
from proxeny.base.errors import refuse
from proxeny.base.moments import parse_moment, show_moment
from proxeny.base.records import encode_json
from proxeny.cli.layout import wrapped
from proxeny.cli.options import json_option, lang_option
from proxeny.cli.refusal import refusals
from proxeny.instrument.duty import Duties, Duty
from proxeny.wiring import ShippedKnowledge, now, read_input, time_zone

CHECK_FAILED = 1
_MOST_HOURS = 100_000  # eleven years; a longer time to warn after is a slip of the pen


def _(message: str) -> str:
    """Marks a message for the catalogues; it is translated when shown."""
    return message


HEADS = {
    "due": _("Due"),
    "recommended": _("Recommended"),
    "would_apply": _("Would apply, were it in force"),
    "open": _("Open: facts are missing"),
}
STATUSES = {
    "waiting": _("waiting"),
    "open": _("open"),
    "due": _("to be done"),
    "discharged": _("discharged"),
    "discharged_late": _("discharged late"),
    "late": _("late"),
    "late_with_reason": _("late, with reasons given"),
    "refused_with_ground": _("refused with a ground"),
    "disputed": _("disputed"),
    "lapsed": _("lapsed"),
    "standing": _("standing"),
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
    """Say who owes what to whom, by when and why, from a facts file.

    `proxeny duties FACTS.yaml --state XA` is short for `proxeny duties of FACTS.yaml --state XA`. A facts file is
    described in docs/reference/facts-file-duties.md.
    """


@duties.command()
@click.argument("facts", metavar="FACTS.yaml")
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
    lang: str,
    as_json: bool,
) -> None:
    """Who owes what to whom: due, recommended, what would apply, and what is open for want of facts."""
    with refusals():
        knowledge = ShippedKnowledge()
        asked = Asked(
            at=moment_option(at, "--at") or now(),
            known_at=moment_option(known_at, "--known-at"),
            state=state,
            counterparty=counterparty,
            instruments=instruments,
            warn_after=dict(_warning(text) for text in warnings),
        )
        found = duties_of_file(read_input(facts), facts, knowledge.instruments, time_zone, asked)
    if as_json:
        click.echo(encode_json(found))
        return
    for line in lines(found, knowledge.say(lang), standing):
        click.echo(line)


@duties.command()
@click.argument("facts", metavar="FACTS.yaml...", nargs=-1, required=True)
@json_option
def check(facts: tuple[str, ...], as_json: bool) -> None:
    """Hold facts files against their own `expect`. Exit code 1 where one is not met."""
    failed = False
    with refusals():
        library = ShippedKnowledge().instruments
        for name in facts:
            count, failures = check_file(read_input(name), name, library, time_zone)
            failed = failed or bool(failures)
            if as_json:
                click.echo(encode_json({"file": name, "expectations": count, "failures": failures}))
                continue
            for failure in failures:
                click.echo(f"{failure.place}: {failure.message}", err=True)
            click.echo(f"{name}: {count} expectations, {len(failures)} failures")
    if failed:
        sys.exit(CHECK_FAILED)


def moment_option(text: str | None, option: str) -> dt.datetime | None:
    """The time of an option. Raises InputError."""
    return None if text is None else parse_moment(text, option)


def _warning(text: str) -> tuple[str, dt.timedelta]:
    term, _, hours = text.partition("=")
    try:
        count = float(hours)
    except ValueError:
        count = -1
    if not 0 <= count <= _MOST_HOURS:
        raise refuse("--warn", f"{text[:40]!r} has no hours", "write forthwith=2")
    return term, dt.timedelta(hours=count)


def lines(found: Duties, say: Say, standing: bool) -> list[str]:
    """The duties as lines for a person; what stands whatever has happened only where it is asked for."""
    told: list[str] = []
    hidden = 0
    for name, head in HEADS.items():
        listed: tuple[Duty, ...] = getattr(found, name)
        shown = [duty for duty in listed if standing or not _always(duty)]
        hidden += len(listed) - len(shown)
        if shown:
            told += ["", say(head)]
            told += [line for duty in sorted(shown, key=_by_time) for line in _duty(duty, say)]
    if not told:
        told.append(say("No duties from what has happened."))
    if hidden:
        told += ["", say("{count} more stand always; --standing shows them").format(count=hidden)]
    if found.reference:
        told.append(say("References, never instantiated: {count}").format(count=len(found.reference)))
    return [*found.notices, *(told[1:] if told[0] == "" else told)]


def _always(duty: Duty) -> bool:
    """Whether no event led to it."""
    return duty.since is None and duty.status != "waiting"


def _by_time(duty: Duty) -> tuple[bool, str]:
    limit = duty.by or duty.by_if
    return limit is None, show_moment(limit) if limit else ""


def _duty(duty: Duty, say: Say) -> list[str]:
    head = f"  {duty.row or '':5}{duty.instrument} {duty.provision}  [{duty.check}]  "
    head += say("{bearer} towards {counterparty}").format(bearer=duty.bearer, counterparty=duty.counterparty)
    told = [head, f"       {say(STATUSES[duty.status])}{_times(duty, say)}"]
    if duty.summary:
        told.append(wrapped(duty.summary, "       ", "       "))
    if duty.needs:
        told.append("       " + say("needs: {needs}").format(needs=", ".join(duty.needs)))
    if duty.reason:
        told.append("       " + say("reason: {reason}").format(reason=duty.reason))
    return told


def _times(duty: Duty, say: Say) -> str:
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
        told += f" · {duty.vague.replace('_', ' ')}"
    if duty.warn:
        told += " · " + say("this has run longer than the desk allows")
    return told
