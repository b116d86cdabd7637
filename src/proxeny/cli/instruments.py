"""`proxeny instruments`: the instruments, their norms and their parties."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from proxeny.actions.instruments import instrument_shown, instruments_listed, parties_shown, read_library
from proxeny.base.errors import InputError
from proxeny.base.records import encode_json
from proxeny.cli.layout import wrapped
from proxeny.cli.options import json_option
from proxeny.cli.refusal import refusals, show_faults
from proxeny.instrument.schema import norm_schema
from proxeny.wiring import ShippedKnowledge, read_instruments

CHECK_FAILED = 1


@click.group()
def instruments() -> None:
    """List and show instruments, their norms and parties; check the files of norms."""


@instruments.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List the instruments: standing, mark of verification, how they bind, how many norms."""
    for row in instruments_listed(ShippedKnowledge().instruments):
        if as_json:
            click.echo(encode_json(row))
        else:
            notice = f"  ({row['notice']})" if row["notice"] else ""
            standing = f"{row['standing']:22} {row['check']}  {row['norms']:3} norms"
            click.echo(f"{row['instrument']:32} {standing}  {row['title']}{notice}")


@instruments.command()
@click.argument("instrument", metavar="ID")
@json_option
def show(instrument: str, as_json: bool) -> None:
    """Show an instrument or a norm: provisions, where their texts stand, how far each was verified."""
    with refusals():
        found = instrument_shown(ShippedKnowledge().instruments, instrument)
    if as_json:
        click.echo(encode_json(found))
        return
    own = found["instrument"]
    click.echo(f"{own.id}  {own.title}  {own.standing}  [{own.check}]")
    click.echo(f"  {own.url}")
    for text in (own.notice, own.note):
        if text:
            click.echo(wrapped(text, "  ", "  "))
    for norm in found["norms"]:
        rows = ", ".join(norm.rows)
        said = f"{norm.id:40} {norm.provision.at}  {rows}  {norm.modality}  {norm.standing}  [{norm.check}]"
        click.echo(f"  {said}")
        if norm.summary:
            click.echo(wrapped(norm.summary, "      ", "      "))


@instruments.command()
@click.argument(
    "folder", metavar="[FOLDER]", required=False, type=click.Path(file_okay=False, path_type=Path)
)
@json_option
def check(folder: Path | None, as_json: bool) -> None:
    """Read a folder of instruments (data/instruments) and tell every fault; without one, what ships.

    The folder holds words.yaml and a folder for each instrument (docs/reference/norms.md).
    """
    try:
        library = (
            ShippedKnowledge().instruments if folder is None else read_library(*read_instruments(folder))
        )
    except InputError as error:
        show_faults(error)
        sys.exit(CHECK_FAILED)
    marks = {mark: sum(norm.check == mark for norm in library.norms) for mark in ("V", "S", "R")}
    if as_json:
        click.echo(
            encode_json({"instruments": len(library.instruments), "norms": len(library.norms)} | marks)
        )
        return
    told = ", ".join(f"{count} {mark}" for mark, count in marks.items())
    click.echo(f"{len(library.instruments)} instruments, {len(library.norms)} norms ({told}): no fault")


@instruments.command()
def schema() -> None:
    """Print the JSON Schema of norm files, for editors that complete and check while one writes."""
    click.echo(json.dumps(norm_schema(ShippedKnowledge().instruments.words), indent=1))


@instruments.command()
@click.argument("instrument", metavar="ID")
@json_option
def parties(instrument: str, as_json: bool) -> None:
    """Show the register of an instrument, with its source and the day as of which it is complete."""
    with refusals():
        found = parties_shown(ShippedKnowledge().instruments, instrument)
    if as_json:
        click.echo(encode_json(found))
        return
    as_of = found["as_of"] or "unknown"
    click.echo(
        f"{instrument}: as of {as_of}; entry into force: {found['entry_into_force'] or 'not recorded'}"
    )
    for act in found["acts"]:
        told = f"{act.state}  {act.act:24} {act.on or '':10}  in force {act.in_force or 'unknown'}"
        click.echo(f"  {told}  {act.source}")
