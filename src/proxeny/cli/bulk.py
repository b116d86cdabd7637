"""`proxeny bulk`: the texts of many rows, identified in order, on all cores or on a cluster."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import click

from proxeny import __version__
from proxeny.base.errors import refuse
from proxeny.base.records import encode_json
from proxeny.bulk.chunks import Chunk, chunked
from proxeny.bulk.identified import REJECTED, RESULTS
from proxeny.bulk.output import packed_file, write_identified
from proxeny.bulk.resumable import Count, Engine, run
from proxeny.bulk.shards import clear, finished, held, signature, source_mark
from proxeny.bulk.source import KINDS, check_readable, kind_of, rows_of
from proxeny.cli.options import json_option
from proxeny.cli.outputs import refuse_same, replacing, streamed, streams, written_to
from proxeny.cli.progress import engine_of, engine_options, told
from proxeny.cli.refusal import BAD_INPUT, refusals
from proxeny.terms.crosswalk import require_scheme
from proxeny.wiring import ShippedKnowledge, make_identify_work


@click.command()
@click.argument("source", metavar="IN")
@click.option(
    "--text",
    "field",
    metavar="FIELD",
    required=True,
    help="The member or column of each row that holds the text.",
)
@click.option(
    "--to", "schemes", metavar="SCHEME[,SCHEME]", default="", help="Schemes whose codes to give as well."
)
@click.option(
    "-o",
    "--output",
    metavar="OUT",
    default="-",
    show_default=True,
    help="Where to write; the ending says how, as for IN; - is standard output.",
)
@engine_options
@json_option
def bulk(
    source: str,
    field: str,
    schemes: str,
    output: str,
    processes: int | None,
    engine: str,
    master: str | None,
    as_json: bool,
) -> None:
    """Identify the text of every row of a file: JSON lines, CSV (.csv) or Parquet (.parquet).

    Either side may be packed (.gz, .bz2, .xz, .zst). Each line of the result is {id, types: [{slug, confidence,
    status, primary}], codes: {scheme: [code …]}}, in the order of the input. A row that is refused says why in
    `faults`, and stands again as it came in OUT's neighbour ending in .rejected.jsonl; the others are still done, and
    the exit code is 2. Progress and the closing count go to standard error; with --json, the count alone, as {"rows":
    n, "refused": m}. OUT appears when all is done. A run that is killed goes on where it was when the same command
    is given again.
    """
    count = Count()
    with refusals():
        wanted = _schemes(schemes)
        check_readable(source)
        refuse_same(output, source)
        if not streams(output):
            refuse_same(str(_rejected_of(Path(output).resolve())), source)
        make = partial(make_identify_work, field, source, wanted)
        work = engine_of(engine, make, processes or os.cpu_count() or 1, master)
        if streams(output):
            count = _stream(source, output, work, as_json)
        else:
            count = _keep(source, output, work, (field, *wanted), as_json)
        if not count.rows:
            raise refuse(source, "the file is empty", "give one JSON object a line, or a table with rows")
        closing = {"rows": count.rows, "refused": count.refused}
        click.echo(
            encode_json(closing) if as_json else f"{count.rows} rows, {count.refused} refused", err=True
        )
    if count.refused:
        sys.exit(BAD_INPUT)


def _schemes(names: str) -> tuple[str, ...]:
    knowledge = ShippedKnowledge()
    return tuple(
        require_scheme(knowledge.crosswalks, name.strip()).name for name in names.split(",") if name.strip()
    )


def _chunks(source: str) -> Iterator[Chunk]:
    return chunked(rows_of(source))


def _stream(source: str, output: str, work: Engine, as_json: bool) -> Count:
    """Straight through, in order; nothing to go on with after a kill."""
    if kind_of(output)[0] == "parquet":
        raise refuse(output, "Parquet cannot be streamed", "give a file with -o")
    count = Count()
    with streamed(output) as out:
        for done in work(_chunks(source)):
            out.write(done.streams[RESULTS])
            count.rows += done.rows
            count.refused += done.refused
            told(count, as_json)
    return count


def _keep(source: str, output: str, work: Engine, options: tuple[str, ...], as_json: bool) -> Count:
    """By way of a folder beside the output, so that a kill loses nothing that is done."""
    target = Path(output).resolve()
    folder = target.with_name(f".{target.name}.proxeny")
    if source == "-":  # cannot be read twice: nothing to go on with
        folder = folder.with_name(f"{folder.name}-{secrets.token_hex(4)}")
        job = folder.name
    else:
        job = signature(__version__, "identify", source_mark(source), *options)
    count = Count()
    with held(folder), written_to(output):
        for count in run(_chunks(source), work, folder, job):
            told(count, as_json)
        if count.rows:
            with replacing(output) as part:
                write_identified(part, output, finished(folder, count.chunks), options[1:])
            _write_rejected(target, folder, count)
        clear(folder)
    return count


def _rejected_of(target: Path) -> Path:
    """The file of refused rows: the output's name without the endings that say how it is written."""
    name = target.name
    for ending in (kind_of(name)[1], *KINDS):
        name = name.removesuffix(ending)
    return target.with_name(f"{name or target.name}.{REJECTED}.jsonl")


def _write_rejected(target: Path, folder: Path, count: Count) -> None:
    """The refused rows beside the output; none, and no such file of an earlier run stays."""
    beside = _rejected_of(target)
    if not count.refused:
        beside.unlink(missing_ok=True)
        return
    with replacing(str(beside)) as part, packed_file(part, "") as file:
        for done in finished(folder, count.chunks):
            file.write(done.streams[REJECTED])
