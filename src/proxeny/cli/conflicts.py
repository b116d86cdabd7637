"""`proxeny duties conflicts`: duties that cannot both be met, and norms that can never apply."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from proxeny.actions.conflicts import conflicts_of_folder
from proxeny.base.errors import InputError
from proxeny.base.records import encode_json
from proxeny.cli.options import json_option
from proxeny.cli.refusal import show_faults
from proxeny.instrument.conflicts import MOST_SITUATIONS, Audit, Finding, audit
from proxeny.wiring import ShippedKnowledge, read_instruments

FOUND = 1


@click.command()
@click.argument(
    "folder", metavar="[FOLDER]", required=False, type=click.Path(file_okay=False, path_type=Path)
)
@json_option
def conflicts(folder: Path | None, as_json: bool) -> None:
    """Audit norms: duties that cannot both be met, and norms that can never apply.

    Without a folder, the norms that ship. A folder has one folder for each instrument, and words.yaml unless the
    shipped words are meant (docs/reference/norms.md). Each finding comes with a facts file that shows it. Exit code 1
    where there is one that no norm records (tension_with), or one is undecided. The kinds: docs/reference/conflicts.md.
    """
    shipped = ShippedKnowledge().instruments
    try:
        if folder is None:
            found = audit(shipped)
        else:
            found = conflicts_of_folder(shipped.words, *read_instruments(folder), str(folder))
    except InputError as error:
        show_faults(error)
        sys.exit(FOUND)
    if as_json:
        click.echo(encode_json(found))
    else:
        for line in _lines(found):
            click.echo(line)
    if found.open or found.undecided:
        sys.exit(FOUND)


def _lines(found: Audit) -> Iterator[str]:
    for finding in found.findings:
        yield from _finding(finding)
    for name in found.undecided:
        yield f"undecided: {name}: more than {MOST_SITUATIONS} situations; divide the norm"
    recorded = len(found.findings) - len(found.open)
    told = f"{len(found.open)} found" if found.open else "no conflict"
    yield f"{found.norms} norms: {told}" + (f", {recorded} recorded" if recorded else "")


def _finding(finding: Finding) -> Iterator[str]:
    yield f"{finding.kind}: {finding.says}"
    if finding.recorded:
        yield f"  recorded: {finding.recorded}"
    for key, value in finding.witness.items():
        if not value:
            continue
        if key in ("actors", "parties", "events", "calendars"):
            yield f"  {key}:"
            entries = value.items() if isinstance(value, dict) else ((None, one) for one in value)
            yield from (f"    {'-' if name is None else f'{name}:'} {_flow(one)}" for name, one in entries)
        else:
            yield f"  {key}: {_flow(value)}"
    yield ""


def _flow(value: object) -> str:
    """A value in YAML's flow style; what ships as words needs no quotes, and a time has them."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(one) for one in value) + "]"
    text = str(value)
    return text if text.replace("_", "").isalnum() else json.dumps(text)
