"""`proxeny identify`: any incident report becomes common terms, a level and a decision, with reasons."""

from __future__ import annotations

import sys

import click

from proxeny.actions.identify import asked_for, identify_reports
from proxeny.base.errors import InputError, refuse
from proxeny.base.records import encode_json
from proxeny.cli.options import json_option, lang_option
from proxeny.cli.refusal import BAD_INPUT, refusals, show_faults
from proxeny.formats.detect import FORMATS
from proxeny.identify.facts import Given
from proxeny.wiring import ShippedKnowledge, read_input


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option(
    "--format",
    "source",
    type=click.Choice(("auto", *FORMATS)),
    default="auto",
    show_default=True,
    help="The format of the files; auto looks at their content.",
)
@click.option("--facts", metavar="F.yaml", help="Impact facts that win over those drawn from the report.")
@click.option("--home", metavar="XA", help="The State whose desk this is (ISO 3166-1 alpha-2).")
@lang_option
@json_option
def identify(
    files: tuple[str, ...], source: str, facts: str | None, home: str | None, lang: str, as_json: bool
) -> None:
    """Say what each report is in common terms, how serious, whether other States should be told, and why.

    FILE may be MISP, STIX, VERIS, IntelMQ, IDEA0, IODEF, X-ARF, Shadowserver, CSAF, an e-mail, or plain text in Arabic,
    Chinese, English, French, Russian or Spanish; - reads standard input. A file that is refused
    does not keep the others from being done.
    """
    with refusals():
        home, given = _asked(files, facts, home)
    knowledge = ShippedKnowledge()
    refused = False
    shown = 0
    for name in files:
        try:
            results = identify_reports(
                read_input(name), name, knowledge, source=source, home=home, language=lang, given=given
            )
            for result in results:
                if as_json:
                    click.echo(encode_json(result))
                else:
                    from proxeny.cli.card import card

                    shown_as = card(result, name, knowledge.say(lang), knowledge.labels(lang))
                    click.echo(("\n" if shown else "") + shown_as)
                shown += 1
        except InputError as error:
            show_faults(error)
            refused = True
    if refused:
        sys.exit(BAD_INPUT)


def _asked(files: tuple[str, ...], facts: str | None, home: str | None) -> tuple[str | None, Given | None]:
    """The home and the facts, read and checked once. Standard input can be read once only."""
    if facts == "-" and "-" in files:
        raise refuse("--facts -", "standard input is named as a report too", "give one of them as a file")
    return asked_for(home, (facts, read_input(facts)) if facts is not None else None)
