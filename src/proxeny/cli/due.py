"""`proxeny due`: what is due for a State by its facts files, soonest first; as text, JSON, or a calendar."""

from __future__ import annotations

from pathlib import Path

import click

from proxeny.actions.duties import Asked
from proxeny.actions.ports import Say
from proxeny.actions.reminders import reminders, shown
from proxeny.base.errors import refuse
from proxeny.base.moments import show_moment
from proxeny.base.records import encode_json
from proxeny.cli.duties import duty_lines, moment_option, warning_option
from proxeny.cli.marks import file_mark_lines, shared_context
from proxeny.cli.options import instruments_option, json_option, lang_option
from proxeny.cli.outputs import refuse_same, replacing, streamed, streams
from proxeny.cli.refusal import refusals
from proxeny.instrument.calendar_ics import write_calendar
from proxeny.instrument.labels import Labels
from proxeny.instrument.reminder import RUNNING, Reminder
from proxeny.instrument.situation import marked
from proxeny.wiring import ShippedKnowledge, library_with, now, read_input, time_zone


@click.command()
@click.argument("facts", metavar="FACTS.yaml...", nargs=-1, required=True)
@click.option(
    "--state", metavar="ACTOR", required=True, help="The State (with the bodies under it), or one actor."
)
@click.option("--at", metavar="TIME", help="The time for which it is told.  [default: now]")
@click.option(
    "--ical", metavar="FILE", help="Write a calendar there (iCalendar, RFC 5545); - is standard output."
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
@instruments_option
@lang_option
@json_option
def due(
    facts: tuple[str, ...],
    state: str,
    at: str | None,
    ical: str | None,
    instruments: tuple[str, ...],
    warnings: tuple[str, ...],
    own: Path | None,
    lang: str,
    as_json: bool,
) -> None:
    """What is due for a State, soonest first: duties, what is recommended, and what is open for want of facts.

    The calendar holds a to-do for each, with an alarm when a quarter of its time is left (at least 15 minutes before,
    at most a day); what is done or has lapsed since is marked so. Written again to the same place it updates: an
    entry keeps its UID while the name of its facts file, its norm, its sides and its trigger stay the same.
    Exercises and tests are marked in every entry.
    """
    with refusals():
        knowledge = ShippedKnowledge()
        say, labels = knowledge.say(lang), knowledge.word_labels(lang)
        asked = Asked(
            at=moment_option(at, "--at") or now(),
            state=state,
            instruments=instruments,
            warn_after=dict(warning_option(text) for text in warnings),
        )
        if facts.count("-") > 1:
            raise refuse("-", "standard input is named twice", "name it once")
        told = reminders([(read_input(f), f) for f in facts], library_with(own), time_zone, asked)
        if ical is not None:
            words = [context for _, context in told.contexts]
            calendar = write_calendar(told.reminders, state, asked.at, labels, say, words)
            _write(calendar, ical, facts)
    running = [one for one in told.reminders if one.duty.status in RUNNING]
    if as_json and ical != "-":
        context = shared_context(context for _, context in told.contexts)
        click.echo(encode_json({"state": state, "at": asked.at, "context": context, "due": shown(running)}))
    elif ical is None:
        for line in (*file_mark_lines(told.contexts, say), *_lines(running, say, labels)):
            click.echo(line)


def _write(calendar: bytes, name: str, facts: tuple[str, ...]) -> None:
    if streams(name):
        with streamed(name) as file:
            file.write(calendar)
        return
    for source in facts:
        refuse_same(name, source)
    with replacing(name) as part:
        part.write_bytes(calendar)


def _lines(running: list[Reminder], say: Say, labels: Labels) -> list[str]:
    if not running:
        return [say("No duties from what has happened.")]
    told = []
    for one in running:
        mark = f"{say(one.context.upper())}  " if marked(one.context) else ""
        when = show_moment(one.limit) if one.limit else "—"
        told += [f"{when}  {mark}{one.file}", *duty_lines(one.duty, say, labels)]
        if one.duty.notice:
            told.append(f"       {say(one.duty.notice)}")
    return told
