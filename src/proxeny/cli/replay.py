"""`proxeny replay`: facts files of the past, held against the law or against an instrument as if it had been in force."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

import click

from proxeny.actions.ports import Say
from proxeny.actions.replay import replay as replay_files
from proxeny.base.records import encode_json
from proxeny.cli.duties import HEADS, moment_option
from proxeny.cli.layout import wrapped
from proxeny.cli.marks import mark_lines
from proxeny.cli.options import instruments_option, json_option, lang_option
from proxeny.cli.refusal import refusals
from proxeny.instrument.labels import Labels
from proxeny.instrument.replay import Count, Replay
from proxeny.instrument.situation import EXERCISES
from proxeny.wiring import ShippedKnowledge, engine_of, library_with, read_facts_files, time_zone


@click.command()
@click.argument("folder", metavar="FOLDER", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--overlay",
    metavar="ID",
    help="An instrument taken to be in force for all States of a file from its first event on: model-convention.",
)
@click.option(
    "--at", metavar="TIME", help="The time of the statuses.  [default: of each file, its last event]"
)
@instruments_option
@lang_option
@json_option
def replay(
    folder: Path, overlay: str | None, at: str | None, own: Path | None, lang: str, as_json: bool
) -> None:
    """Hold every facts file of FOLDER (and of the folders in it) against the law, and count what came of the duties.

    The statistics speak of roles and norms, never of States: no name of a State, an actor or a file is in them, and
    duties by the law of one State are left out. With --overlay they show what an instrument would have asked, had it
    been in force. What was not done by the end of a record counts as due while its limit has not passed, for nothing
    is known of later.
    """
    with refusals():
        found = replay_files(
            read_facts_files(folder),
            library_with(own),
            time_zone,
            overlay,
            moment_option(at, "--at"),
            engine_of,
        )
    if as_json:
        click.echo(encode_json(found))
        return
    knowledge = ShippedKnowledge()
    for line in _lines(found, knowledge.say(lang), knowledge.word_labels(lang)):
        click.echo(line)


def _lines(found: Replay, say: Say, labels: Labels) -> list[str]:
    head = say("{files} files, {events} events")
    if found.overlay:
        head = say("{files} files, {events} events, overlay {overlay}")
    told = [
        *_marks(found, say),
        head.format(files=found.files, events=found.events, overlay=found.overlay),
    ]
    if found.notice:
        told.append(say(found.notice))
    for title, counts in ((say("By role"), found.by_role), (say("By norm"), found.by_norm)):
        told += ["", title, *_table(counts, say, labels)]
    if found.left_out:
        told += ["", say("{count} duties by the law of one State are left out").format(count=found.left_out)]
    return told


def _marks(found: Replay, say: Say) -> list[str]:
    """Exercises and tests, and how many of the files are such where not all are."""
    if found.context is not None:
        return mark_lines(found.context, say)
    told = say("{count} of {files} files")
    return [
        say("{heading}: ").format(heading=say(context.upper()))
        + told.format(count=found.contexts[context], files=found.files)
        for context in EXERCISES
        if context in found.contexts
    ]


def _table(counts: Iterable[Count], say: Say, labels: Labels) -> list[str]:
    """The counts under the word of their list."""
    told = []
    for name, listed in groupby(counts, key=lambda one: one.list):
        told.append(f"  {say(HEADS[name])}")
        told += [wrapped(_row(one, say, labels), "    ", "        ") for one in listed]
    return told


def _row(one: Count, say: Say, labels: Labels) -> str:
    who = labels.party(one.role)
    if one.towards:
        who = say("{bearer} towards {counterparty}").format(
            bearer=who, counterparty=labels.party(one.towards)
        )
    what = f"{one.row or '':5}{one.norm}  " if one.norm else ""
    told = [labels.pair(labels.of("statuses", status), str(count)) for status, count in one.statuses.items()]
    counted = say("{total} ({statuses})").format(total=one.total, statuses=labels.joined(told))
    return what + labels.pair(who, counted)
