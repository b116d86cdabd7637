"""`proxeny replay`: facts files of the past, held against the law or against an instrument as if it had been in force."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from proxeny.actions.replay import replay as replay_files
from proxeny.base.records import encode_json
from proxeny.cli.duties import moment_option
from proxeny.cli.options import instruments_option, json_option
from proxeny.cli.refusal import refusals
from proxeny.instrument.replay import Count, Replay
from proxeny.wiring import engine_of, library_with, read_facts_files, time_zone


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
@json_option
def replay(folder: Path, overlay: str | None, at: str | None, own: Path | None, as_json: bool) -> None:
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
    for line in _lines(found):
        click.echo(line)


def _lines(found: Replay) -> list[str]:
    over = f", overlay {found.overlay}" if found.overlay else ""
    told = [f"{found.files} files, {found.events} events{over}"]
    if found.notice:
        told.append(found.notice)
    told += ["", "By role", *_table(found.by_role), "", "By norm", *_table(found.by_norm)]
    if found.left_out:
        told += ["", f"{found.left_out} duties by the law of one State are left out"]
    return told


def _table(counts: Iterable[Count]) -> list[str]:
    told = []
    for one in counts:
        who = one.role + (f" towards {one.towards}" if one.towards else "")
        what = f"{one.row or '':5}{one.norm}  " if one.norm else ""
        statuses = ", ".join(f"{count} {status.replace('_', ' ')}" for status, count in one.statuses.items())
        told.append(f"  {one.list:12} {what}{who}: {one.total} ({statuses})")
    return told
