"""`proxeny level`: a facts file on the incident scale."""

from __future__ import annotations

from typing import Any

import click

from proxeny.actions.level import level_of_file
from proxeny.base.records import encode_json
from proxeny.cli.options import json_option
from proxeny.cli.refusal import refusals
from proxeny.wiring import read_input


@click.command()
@click.argument("facts", metavar="FACTS.yaml")
@json_option
def level(facts: str, as_json: bool) -> None:
    """Rate impact facts on the incident scale, 0 to 7, as an interval with the rule that drives it.

    FACTS.yaml is described in docs/reference/facts-file.md; JSON is accepted too, and - reads standard input.
    """
    with refusals():
        rating = level_of_file(read_input(facts), facts)
        if as_json:
            click.echo(encode_json(rating))
            return
        for state, one in rating["national"].items():
            click.echo(f"{state}: {interval(one)}  driver {one['driver']}  {' '.join(one['rules'])}")
        event = rating["international"]
        click.echo(f"event: {interval(event)}  driver {event['driver']}, at least {event['driver_low']}")


def interval(level: dict[str, Any]) -> str:
    """`3`, or `2 to 5` while facts are unknown."""
    return str(level["low"]) if level["low"] == level["high"] else f"{level['low']} to {level['high']}"
