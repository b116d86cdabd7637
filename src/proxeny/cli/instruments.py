"""`proxeny instruments`: the instruments, their norms and their parties."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

import click

from proxeny.actions.instruments import (
    Asked,
    import_parties,
    instrument_shown,
    instruments_listed,
    join_library,
    parties_shown,
    read_library,
)
from proxeny.base.errors import InputError, refuse
from proxeny.base.records import encode_json
from proxeny.cli.layout import columns, wrapped
from proxeny.cli.options import instruments_option, json_option, lang_option
from proxeny.cli.outputs import refuse_same, replacing, streamed, streams
from proxeny.cli.refusal import refusals, show_faults
from proxeny.instrument.library import Library
from proxeny.instrument.schema import norm_schema
from proxeny.wiring import ShippedKnowledge, library_with, read_input, read_instruments

CHECK_FAILED = 1


@click.group()
def instruments() -> None:
    """List and show instruments, their norms and parties; check the files of norms."""


@instruments.command("list")
@instruments_option
@lang_option
@json_option
def list_(own: Path | None, lang: str, as_json: bool) -> None:
    """List the instruments: standing, mark of verification, how they bind, how many norms."""
    with refusals():
        knowledge, library = ShippedKnowledge(), library_with(own)
    rows = list(instruments_listed(library))
    if as_json:
        for row in rows:
            click.echo(encode_json(row))
        return
    say, labels = knowledge.say(lang), knowledge.word_labels(lang)
    cells = [
        (
            row["instrument"],
            labels.of("standings", row["standing"]),
            labels.of("checks", row["check"]),
            say("{count} norms").format(count=row["norms"]),
            row["title"] + (f"  ({say(row['notice'])})" if row["notice"] else ""),
        )
        for row in rows
    ]
    widths = [max(map(columns, column)) for column in zip(*cells, strict=True)]
    for line in cells:
        click.echo("  ".join(map(_padded, line, widths)).rstrip())


def _padded(text: str, width: int) -> str:
    return text + " " * (width - columns(text))


@instruments.command()
@click.argument("instrument", metavar="ID")
@instruments_option
@lang_option
@json_option
def show(instrument: str, own: Path | None, lang: str, as_json: bool) -> None:
    """Show an instrument or a norm: provisions, where their texts stand, how far each was verified."""
    with refusals():
        found = instrument_shown(library_with(own), instrument)
    if as_json:
        click.echo(encode_json(found))
        return
    knowledge = ShippedKnowledge()
    shown, say, labels = found["instrument"], knowledge.say(lang), knowledge.word_labels(lang)
    standing, mark = labels.of("standings", shown.standing), labels.of("checks", shown.check)
    click.echo(f"{shown.id}  {shown.title}  {standing}  [{mark}]")
    click.echo(f"  {shown.url}")
    for text in (shown.notice and say(shown.notice), shown.note):
        if text:
            click.echo(wrapped(text, "  ", "  "))
    for norm in found["norms"]:
        rows, modality = ", ".join(norm.rows), labels.of("modalities", norm.modality)
        standing, mark = labels.of("standings", norm.standing), labels.of("checks", norm.check)
        click.echo(f"  {norm.id:40} {norm.provision.at}  {rows}  {modality}  {standing}  [{mark}]")
        if norm.summary:
            click.echo(wrapped(norm.summary, "      ", "      "))


@instruments.command()
@click.argument(
    "folder", metavar="[FOLDER]", required=False, type=click.Path(file_okay=False, path_type=Path)
)
@lang_option
@json_option
def check(folder: Path | None, lang: str, as_json: bool) -> None:
    """Read a folder of instruments and tell every fault; without one, what ships.

    The folder holds a folder for each instrument (docs/reference/norms.md). With words.yaml in it (as data/instruments)
    it stands for itself; without, it is your own: its instruments are read by the words that ship, and may refer to the
    norms that ship.
    """
    try:
        library = ShippedKnowledge().instruments if folder is None else _folder(folder)
    except InputError as error:
        show_faults(error)
        sys.exit(CHECK_FAILED)
    marks = {mark: sum(norm.check == mark for norm in library.norms) for mark in ("V", "S", "R")}
    if as_json:
        click.echo(
            encode_json({"instruments": len(library.instruments), "norms": len(library.norms)} | marks)
        )
        return
    knowledge = ShippedKnowledge()
    say, labels = knowledge.say(lang), knowledge.word_labels(lang)
    told = say("{instruments} instruments, {norms} norms ({marks}): no fault").format(
        instruments=len(library.instruments),
        norms=len(library.norms),
        marks=labels.joined(labels.pair(labels.needed(mark), str(count)) for mark, count in marks.items()),
    )
    click.echo(told)


def _folder(folder: Path) -> Library:
    words, files = read_instruments(folder)
    if words is None:
        return join_library(ShippedKnowledge().instruments, None, files, str(folder))
    return read_library(words, files, str(folder))


@instruments.command()
def schema() -> None:
    """Print the JSON Schema of norm files, for editors that complete and check while one writes."""
    click.echo(json.dumps(norm_schema(ShippedKnowledge().instruments.words), indent=1))


@instruments.command()
@click.argument("instrument", metavar="ID")
@click.option(
    "--import",
    "table",
    metavar="FILE",
    help="A table of participants: XML of the United Nations Treaty Collection, or CSV.",
)
@click.option(
    "-o", "--output", metavar="FILE", default="-", help="Where to write parties.yaml; - is standard output."
)
@click.option("--as-of", metavar="DAY", help="The day of the table: 2026-03-02. Needed for an import.")
@click.option(
    "--source", metavar="TEXT", default="", help="Where the table is from.  [default: its name and digest]"
)
@click.option(
    "--name",
    "names",
    metavar="NAME=CODE",
    multiple=True,
    help="What a participant is whose name is not known: a State's code, organization, or - to leave it out.",
)
@instruments_option
@lang_option
@json_option
def parties(
    instrument: str,
    table: str | None,
    output: str,
    as_of: str | None,
    source: str,
    names: tuple[str, ...],
    own: Path | None,
    lang: str,
    as_json: bool,
) -> None:
    """Show the register of an instrument, or make it from a depositary's table.

    The XML is the one of a treaty's status in the United Nations Treaty Collection (treaties.un.org, ….en.xml). The
    CSV has the columns state, act, on, in_force, source, text; the first two are needed. A day of entry into force that
    no table gives is computed from the instrument's final clauses. Put what is written into the instrument's folder as
    parties.yaml.
    """
    with refusals():
        library = library_with(own)
        if table is None:
            _show_register(parties_shown(library, instrument), lang, as_json)
            return
        asked = Asked(as_of=_day(as_of), source=source, names=names)
        text, found, remarks = import_parties(library, instrument, read_input(table), table, asked)
        for remark in remarks:
            click.echo(f"proxeny: {remark}", err=True)
        if streams(output):
            with streamed(output) as file:
                file.write(text.encode())
            return
        refuse_same(output, table)
        with replacing(output) as part:
            part.write_text(text, encoding="utf-8")
    _show_register(found, lang, as_json)


def _day(text: str | None) -> dt.date:
    """The day of --as-of. Raises InputError."""
    try:
        return dt.date.fromisoformat(text or "")
    except ValueError:
        said = "not given" if text is None else f"{text[:20]!r} is no day"
        raise refuse("--as-of", said, "write the day on which the table was downloaded: 2026-03-02") from None


def _show_register(found: dict[str, Any], lang: str, as_json: bool) -> None:
    if as_json:
        click.echo(encode_json(found))
        return
    knowledge = ShippedKnowledge()
    say, labels = knowledge.say(lang), knowledge.word_labels(lang)
    if found["notice"]:
        click.echo(say(found["notice"]))
    as_of = found["as_of"] or labels.of("answers", "unknown")
    entered = found["entry_into_force"] or say("not recorded")
    head = say("{instrument}: as of {as_of}; entry into force: {in_force}")
    click.echo(head.format(instrument=found["instrument"], as_of=as_of, in_force=entered))
    if found["deposits_needed"] is not None:
        counted = say("deposits that count: {count}; needed: {needed}")
        click.echo("  " + counted.format(count=found["deposits"], needed=found["deposits_needed"]))
    for act in found["acts"]:
        effect = say("in force {day}").format(day=act["effect"]) if act["effect"] else ""
        name = _padded(labels.of("acts", act["act"]), 24)
        told = f"{act['state']}  {name} {act.get('on', ''):10}  {_padded(effect, 19)}  {act.get('note', '')}"
        click.echo(f"  {told}".rstrip())
