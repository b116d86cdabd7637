"""`proxeny convert`: reports from any format that is read to any that is written, with what is lost on the way."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import click
import msgspec

from proxeny import __version__
from proxeny.base.errors import InputError, refuse
from proxeny.base.moments import parse_moment
from proxeny.base.records import encode_json
from proxeny.bulk.chunks import Done, Row, chunked
from proxeny.bulk.converted import LOSSES, OUTPUT, TABLE, Naming, bases, is_output, without_header
from proxeny.bulk.identified import REJECTED
from proxeny.bulk.resumable import Count, run
from proxeny.bulk.shards import clear, finished, held, signature, source_mark
from proxeny.bulk.source import check_readable, kind_of, rows_of, unpacked
from proxeny.cli.options import json_option, lang_option
from proxeny.cli.outputs import written_to
from proxeny.cli.progress import engine_of, engine_options, told
from proxeny.cli.refusal import BAD_INPUT, refusals
from proxeny.formats.outgoing import TARGETS
from proxeny.terms.crosswalk import require_scheme
from proxeny.wiring import ShippedKnowledge, author_of, make_convert_work, now, read_input

_FOLDER = ".proxeny-convert"
MOST_SHOWN = 20  # refused rows whose reasons are shown


@click.command()
@click.argument("sources", metavar="IN...", nargs=-1, required=True)
@click.option("--to", "target", type=click.Choice(tuple(TARGETS)), required=True, help="The format to write.")
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    default="-",
    show_default=True,
    help="The folder to write to; - is standard output.",
)
@click.option(
    "--from", "source_format", metavar="FORMAT", default="auto", show_default=True, help="The format read."
)
@click.option("--mapping", metavar="M.yaml", help="How a national form's columns or members are read.")
@click.option(
    "--scheme",
    "schemes",
    metavar="SCHEME",
    multiple=True,
    help="A vocabulary of the recipient, besides the usual.",
)
@click.option("--org", metavar="NAME", help="The organisation that sends.")
@click.option("--contact", metavar="ADDRESS", help="Its e-mail address.")
@click.option("--at", metavar="TIME", help="The time of writing, with offset.  [default: now]")
@engine_options
@lang_option
@json_option
def convert(
    sources: tuple[str, ...],
    target: str,
    output: str,
    source_format: str,
    mapping: str | None,
    schemes: tuple[str, ...],
    org: str | None,
    contact: str | None,
    at: str | None,
    processes: int | None,
    engine: str,
    master: str | None,
    lang: str,
    as_json: bool,
) -> None:
    """Write reports in another format, in the words that its recipients use.

    IN is any file that `identify` reads, packed (.gz, .bz2, .xz, .zst) or not, or many reports as JSON lines (.jsonl) or
    Parquet; a national form in CSV or JSON needs --mapping. DIR gets one file a report, or one for all reports of IN
    where the format allows (JSON lines, CSV); losses.jsonl names what of each report was lost, in reading and in writing;
    rejected.jsonl the rows that were refused, which makes the exit code 2. A run that is killed goes on where it was
    when the same command is given again. Statements on who did it are never written; each is told as a loss.
    """
    count = Count()
    with refusals():
        for source in sources:
            check_readable(source)
        wanted = tuple(require_scheme(ShippedKnowledge().crosswalks, name).name for name in schemes)
        moment = parse_moment(at, "--at") if at else now()
        form = (mapping, read_input(mapping)) if mapping else None
        naming = Naming(TARGETS[target].suffix, TARGETS[target].lines, bases(sources))
        make = partial(
            make_convert_work,
            target,
            moment,
            source_format,
            wanted,
            author_of(org, contact),
            lang,
            form,
            naming,
        )
        make()  # what is asked is checked before any work
        worked = engine_of(engine, make, processes or os.cpu_count() or 1, master)
        chunks = chunked(_rows(sources))
        if output == "-":
            count = _stream(worked(chunks), as_json)
        else:
            options = (__version__, target, source_format, wanted, org, contact, at, lang, form and form[1])
            job = signature("convert", *options, *map(_mark, sources))
            folder = _folder(output)
            _refuse_sources(folder, sources, naming)
            with held(folder / _FOLDER), written_to(output):
                for count in run(chunks, worked, folder / _FOLDER, job):
                    told(count, as_json)
                losses = _assemble(folder, count)
                clear(folder / _FOLDER)
            if not as_json:
                _show_refused(folder)
            closing = {"rows": count.rows, "refused": count.refused, "losses": losses}
            said = f"{count.rows} read, {count.refused} refused, {losses} things lost"
            said += f": see {LOSSES}.jsonl" if losses else ""
            click.echo(encode_json(closing) if as_json else said, err=True)
    if count.refused:
        sys.exit(BAD_INPUT)


def _mark(source: str) -> str:
    """What tells a source unchanged; standard input cannot be read twice, so each run of it is another job."""
    return secrets.token_hex(8) if source == "-" else source_mark(source)


def _rows(sources: tuple[str, ...]) -> Iterator[Row]:
    """The rows of every source: each line of a file of many reports, and any other file as one row."""
    for source in sources:
        kind, packed = kind_of(source)
        ending = Path(Path(source).stem if packed else source).suffix.lower()
        if kind == "parquet" or ending in (".jsonl", ".ndjson"):
            for row in rows_of(source):
                yield Row(row.number, row.data, row.fault, source)
        else:
            yield _whole(source, packed)


def _whole(source: str, packed: str) -> Row:
    try:
        return Row(0, unpacked(source, packed) if packed else read_input(source), "", source)
    except InputError as error:
        return Row(0, b"", str(error), source)


def _folder(output: str) -> Path:
    folder = Path(output)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise refuse(output, f"cannot be made: {error.strerror}", "check the name and the rights") from error
    return folder


def _refuse_sources(folder: Path, sources: tuple[str, ...], naming: Naming) -> None:
    """Refuse to write over, or remove, a file that is read: it would be lost."""
    for source in sources:
        path = Path(source).resolve()
        own = {f"{LOSSES}.jsonl", f"{REJECTED}.jsonl"}
        ours = path.name in own or is_output(path.name, naming)
        if source != "-" and ours and path.parent == folder.resolve():
            remedy = "give another folder with -o"
            raise refuse(source, "a file of that name is written into the folder it stands in", remedy)


def _stream(results: Iterator[Done], as_json: bool) -> Count:
    """What is written, one after the other; what was lost or refused goes to standard error."""
    count = Count()
    for done in results:
        count.rows += done.rows
        count.refused += done.refused
        for name, data in done.streams.items():
            if name.startswith(OUTPUT):
                sys.stdout.buffer.write(data if data.endswith(b"\n") else data + b"\n")
            elif data:
                click.echo(data.rstrip(), err=True)
    sys.stdout.buffer.flush()
    if as_json:
        click.echo(encode_json({"rows": count.rows, "refused": count.refused}), err=True)
    return count


def _assemble(folder: Path, count: Count) -> int:
    """Every file of the target whole, then in place at once; the number of losses."""
    losses = 0
    parts: dict[str, Path] = {}
    for stale in (f"{LOSSES}.jsonl", f"{REJECTED}.jsonl"):
        (folder / stale).unlink(missing_ok=True)
    with ExitStack() as stack:
        files: dict[str, BinaryIO] = {}
        for done in finished(folder / _FOLDER, count.chunks):
            for stream, data in done.streams.items():
                if not data:
                    continue
                losses += data.count(b"\n") if stream == LOSSES else 0
                name = stream.removeprefix(OUTPUT) if stream.startswith(OUTPUT) else f"{stream}.jsonl"
                _append(name, data, folder / _FOLDER, files, parts, stack)
    for name, part in parts.items():
        part.replace(folder / name)
    return losses


def _show_refused(folder: Path) -> None:
    """The first reasons for which rows were refused; all of them stand in the file."""
    path = folder / f"{REJECTED}.jsonl"
    if not path.exists():
        return
    with path.open("rb") as file:
        for line in islice(file, MOST_SHOWN):
            for fault in msgspec.json.decode(line)["faults"]:
                click.echo(f"proxeny: {fault}", err=True)


def _append(
    name: str, data: bytes, folder: Path, files: dict[str, BinaryIO], parts: dict[str, Path], stack: ExitStack
) -> None:
    """Add to a file of the target. A file for one report is written and closed; one of many lines stays open."""
    part = parts.setdefault(name, folder / f"{len(parts)}.out")
    if not name.endswith((".jsonl", TABLE)):
        part.write_bytes(data)
        return
    if name not in files:
        files[name] = stack.enter_context(part.open("wb"))
    elif name.endswith(TABLE):
        data = without_header(data)
    files[name].write(data)
