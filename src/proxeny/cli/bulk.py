"""`proxeny bulk`: the texts of a JSON lines file, identified in order."""

from __future__ import annotations

import os
import secrets
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO, Literal

import click

from proxeny.base.errors import InputError, refuse
from proxeny.base.records import encode_json
from proxeny.bulk.batches import identify_batches
from proxeny.cli.options import json_option
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
@json_option
def bulk(source: str, field: str, schemes: str, output: str, processes: int | None, as_json: bool) -> None:
    """Identify the text of every row of a JSON lines file.

    Each line of the result is {id, types: [{slug, confidence, status, primary}], codes: {scheme: [code …]}}, in
    the order of the input. A row that is refused says why in `faults`; the others are still done, and the exit
    code is 2. Progress and the closing count go to standard error; with --json, the count alone, as
    {"rows": n, "refused": m}. OUT.jsonl appears when all is done: where a run fails, what stood there stays.
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
        with _reading(source) as lines, _writing(output, lines) as out:
            for line, good in identify_batches(lines, field, source, make, processes or os.cpu_count() or 1):
                out.write(line + b"\n")
                done += 1
                bad += not good
                if done % TOLD_EVERY == 0 and sys.stderr.isatty() and not as_json:
                    click.echo(f"\r{done} rows", nl=False, err=True)
            if not done:
                raise refuse(source, "the file is empty", "give one JSON object a line")
        count = encode_json({"rows": done, "refused": bad}) if as_json else f"{done} rows, {bad} refused"
        click.echo(count, err=True)
    if bad:
        sys.exit(BAD_INPUT)


def _reading(name: str) -> BinaryIO:
    if name == "-":
        return sys.stdin.buffer
    try:
        return Path(name).open("rb")
    except OSError as error:
        raise refuse(name, f"cannot be read: {error.strerror}", "check the name and the rights") from error


@contextmanager
def _writing(name: str, source: BinaryIO) -> Iterator[BinaryIO]:
    """Where the results go: standard output, a device or pipe, or a file that appears when all is done.

    Refuses the file that is being read: its rows would be lost.
    """
    if name == "-":
        _refuse_same(name, os.fstat(sys.stdout.fileno()), source)
        yield sys.stdout.buffer
        return
    path = Path(name)
    before = _status(name, path)
    if before is None or stat.S_ISREG(before.st_mode):
        _refuse_same(name, before, source)
        with _replacing(name, path.resolve(), before) as out:  # through a link, which stays one
            yield out
    else:
        with _opened(name, path, "wb") as out:
            yield out


def _status(name: str, path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unwritable(name, error) from error


@contextmanager
def _replacing(name: str, target: Path, before: os.stat_result | None) -> Iterator[BinaryIO]:
    """A file beside the target that takes its place, and its rights, at the end; it goes when the run fails."""
    part = target.with_name(f".proxeny-{secrets.token_hex(8)}.part")
    out = _opened(name, part, "xb")
    try:
        with out:
            yield out
        if before is not None:
            part.chmod(stat.S_IMODE(before.st_mode))
        part.replace(target)
    except BaseException:  # an interruption too
        part.unlink(missing_ok=True)
        raise


def _opened(name: str, path: Path, mode: Literal["wb", "xb"]) -> BinaryIO:
    try:
        return path.open(mode)
    except OSError as error:
        raise _unwritable(name, error) from error


def _unwritable(name: str, error: OSError) -> InputError:
    return refuse(name, f"cannot be written: {error.strerror}", "check the name and the rights")


def _refuse_same(name: str, output: os.stat_result | None, source: BinaryIO) -> None:
    read = os.fstat(source.fileno())
    if output is not None and stat.S_ISREG(read.st_mode) and os.path.samestat(output, read):
        raise refuse(name, "the output is the file that is read", "give another name with -o")
