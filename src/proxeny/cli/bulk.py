"""`proxeny bulk`: the texts of a JSON lines file, identified in order."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import BinaryIO

import click

from proxeny.base.errors import refuse
from proxeny.bulk.batches import identify_batches
from proxeny.cli.refusal import BAD_INPUT, refusals
from proxeny.terms.crosswalk import require_scheme
from proxeny.wiring import ShippedKnowledge, make_identifier

MOST_PROCESSES = 64
TOLD_EVERY = 500  # rows between two notes of progress


@click.command()
@click.argument("source", metavar="IN.jsonl")
@click.option(
    "--text", "field", metavar="FIELD", required=True, help="The member of each row that holds the text."
)
@click.option(
    "--to", "schemes", metavar="SCHEME[,SCHEME]", default="", help="Schemes whose codes to give as well."
)
@click.option(
    "-o",
    "--output",
    metavar="OUT.jsonl",
    default="-",
    show_default=True,
    help="Where to write; - is standard output.",
)
@click.option(
    "--processes",
    type=click.IntRange(1, MOST_PROCESSES),
    default=None,
    help="How many processes share the work; the output is the same.  [default: one a core]",
)
def bulk(source: str, field: str, schemes: str, output: str, processes: int | None) -> None:
    """Identify the text of every row of a JSON lines file.

    Each line of the result is {id, types: [{slug, confidence, status, primary}], codes: {scheme: [code …]}}, in
    the order of the input. A row that is refused says why in `faults`; the others are still done, and the exit
    code is 2. Progress goes to standard error.
    """
    knowledge = ShippedKnowledge()
    bad = 0
    with refusals():
        wanted = [
            require_scheme(knowledge.crosswalks, name.strip()).name
            for name in schemes.split(",")
            if name.strip()
        ]
        make = partial(make_identifier, tuple(wanted))
        done = 0
        with _reading(source) as lines, _writing(output) as out:
            for line, good in identify_batches(lines, field, source, make, processes or os.cpu_count() or 1):
                out.write(line + b"\n")
                done += 1
                bad += not good
                if done % TOLD_EVERY == 0 and sys.stderr.isatty():
                    click.echo(f"\r{done} rows", nl=False, err=True)
        click.echo(f"{done} rows, {bad} refused", err=True)
    if bad:
        sys.exit(BAD_INPUT)


def _reading(name: str) -> BinaryIO:
    if name == "-":
        return sys.stdin.buffer
    try:
        return Path(name).open("rb")
    except OSError as error:
        raise refuse(name, f"cannot be read: {error.strerror}", "check the name and the rights") from error


def _writing(name: str) -> BinaryIO:
    if name == "-":
        return sys.stdout.buffer
    try:
        return Path(name).open("wb")
    except OSError as error:
        raise refuse(name, f"cannot be written: {error.strerror}", "check the name and the rights") from error
