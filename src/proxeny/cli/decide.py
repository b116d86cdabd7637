"""`proxeny decide`: the notification decision instrument on a facts file."""

from __future__ import annotations

import click

from proxeny.actions.decide import decide_file
from proxeny.base.records import encode_json
from proxeny.cli.options import json_option
from proxeny.cli.refusal import refusals
from proxeny.wiring import read_input


@click.command()
@click.argument("facts", metavar="FACTS.yaml")
@json_option
def decide(facts: str, as_json: bool) -> None:
    """Say whether other States should be told: notify, consult, record, or pending while too much is unknown.

    The instrument is a proposal; no State has adopted it, and its hours are no one's obligation.
    """
    with refusals():
        sheet = decide_file(read_input(facts), facts)
        if as_json:
            click.echo(encode_json(sheet))
            return
        hours = f" within {sheet.deadline_hours} h" if sheet.deadline_hours else ""
        click.echo(f"{sheet.result.upper()}{hours}  ({sheet.basis}, {sheet.version})")
        if sheet.list or sheet.list_unknown:
            click.echo(
                f"  list N: {', '.join(sheet.list) or '-'}; unknown: {', '.join(sheet.list_unknown) or '-'}"
            )
        for code, answer in sheet.questions.items():
            if answer != "no":
                click.echo(f"  {code}: {answer}  {sheet.why.get(code, '')}")
