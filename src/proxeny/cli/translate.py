"""`proxeny translate`: a code of one scheme in the words of another."""

from __future__ import annotations

import click

from proxeny.actions.translate import translate_code
from proxeny.base.records import encode_json
from proxeny.cli.options import json_option
from proxeny.cli.refusal import refusals
from proxeny.wiring import ShippedKnowledge


@click.command()
@click.argument("code", metavar="SCHEME:CODE")
@click.option("--to", "target", metavar="SCHEME", required=True, help="The scheme to translate into.")
@json_option
def translate(code: str, target: str, as_json: bool) -> None:
    """Translate a code of one scheme into another, and say how the two relate.

    The relation is seen from the source: exact, close, broader (the target says more generally), narrower;
    where nothing answers, none and the reason. Example: proxeny translate 'rsit:availability="ddos"' --to veris
    """
    with refusals():
        result = translate_code(ShippedKnowledge().crosswalks, code, target)
        if as_json:
            click.echo(encode_json(result))
            return
        click.echo(result.source)
        if result.none is not None:
            click.echo(f"  none    {result.none.reason}")
        for answer in result.to:
            click.echo(f"  {answer.relation:8}{answer.code}   via {', '.join(answer.via)}")
