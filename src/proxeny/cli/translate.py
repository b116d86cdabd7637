"""`proxeny translate`: a code of one scheme in the words of another."""

from __future__ import annotations

import click

from proxeny.actions.translate import Nearest, nearest_to, translate_code
from proxeny.base.records import encode_json
from proxeny.cli.options import json_option
from proxeny.cli.refusal import refusals
from proxeny.wiring import ShippedKnowledge


@click.command()
@click.argument("code", metavar="SCHEME:CODE")
@click.option("--to", "target", metavar="SCHEME", required=True, help="The scheme to translate into.")
@click.option(
    "--nearest",
    type=click.IntRange(1, 100),
    metavar="N",
    default=None,
    help="Show the N codes that come nearest, for who codes by hand; not all of them may be written in its place.",
)
@json_option
def translate(code: str, target: str, nearest: int | None, as_json: bool) -> None:
    """Translate a code of one scheme into another, and say how the two relate.

    The relation is seen from the source: exact, close, broader (the target says more generally), narrower;
    where nothing answers, none and the reason. A level of an outside scale comes with the range it may stand for
    here. Example: proxeny translate 'rsit:availability="ddos"' --to veris
    """
    with refusals():
        crosswalks = ShippedKnowledge().crosswalks
        if nearest is not None:
            _show_nearest(nearest_to(crosswalks, code, target, nearest), as_json)
            return
        result = translate_code(crosswalks, code, target)
        if as_json:
            click.echo(encode_json(result))
            return
        click.echo(result.source)
        if result.none is not None:
            click.echo(f"  none     {result.none.reason}")
        for answer in result.to:
            click.echo(f"  {answer.relation:9}{answer.code}   via {', '.join(answer.via)}")
        if result.level is not None:
            low, high, near = result.level.low, result.level.high, result.level.nearest
            click.echo(f"  levels {low} to {high}, {near} the nearest: {result.level.comment}")


def _show_nearest(result: Nearest, as_json: bool) -> None:
    if as_json:
        click.echo(encode_json(result))
        return
    click.echo(result.source)
    for near in result.nearest:
        click.echo(f"  {near.score:.2f}  {near.relation:9}{near.code}   via {near.via}")
