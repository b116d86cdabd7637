"""`proxeny why` and `proxeny why-not`: the reasons of a duty, or of there being none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from proxeny.actions.duties import read_situation
from proxeny.actions.duties_explained import Explained, explain
from proxeny.actions.ports import Say
from proxeny.base.moments import show_moment
from proxeny.base.records import encode_json
from proxeny.cli.duties import moment_option, needs_line, sides_line
from proxeny.cli.layout import wrapped
from proxeny.cli.marks import mark_lines
from proxeny.cli.options import instruments_option, json_option, lang_option
from proxeny.cli.refusal import refusals
from proxeny.instrument.evaluate import ABSENT, inquire
from proxeny.instrument.labels import Labels
from proxeny.wiring import ShippedKnowledge, library_with, now, read_input, time_zone


def asked(function: Callable[..., Any]) -> Callable[..., Any]:
    """The arguments and options that both commands share."""
    for decorate in (
        json_option,
        lang_option,
        instruments_option,
        click.option("--known-at", metavar="TIME", help="Leave out what was not on record then."),
        click.option("--at", metavar="TIME", help="The time for which it is told.  [default: now]"),
        click.option("--counterparty", metavar="ACTOR", help="Only towards this actor."),
        click.option("--state", metavar="ACTOR", help="Only duties of this State or actor."),
        click.argument("facts", metavar="FACTS.yaml"),
        click.argument("norm", metavar="NORM"),
    ):
        function = decorate(function)
    return function


@click.command()
@asked
def why(norm: str, facts: str, **options: Any) -> None:
    """Why there is a duty: provision, each condition with its fact and source, anchor, arithmetic.

    NORM is the id of a norm, or a row of the source table: eu.nis2.23.4.a or D074.
    """
    tell(norm, facts, options, absent=False)


def tell(norm: str, facts: str, options: dict[str, Any], absent: bool) -> None:
    """Print the answers: of duties that there are, or of those that there are not."""
    with refusals():
        knowledge = ShippedKnowledge()
        say = knowledge.say(options["lang"])
        library = library_with(options["own"])
        situation = read_situation(read_input(facts), facts, library, time_zone)
        at = moment_option(options["at"], "--at") or now()
        inquiry = inquire(library, situation, at, moment_option(options["known_at"], "--known-at"))
        labels = knowledge.word_labels(options["lang"])
        found = explain(inquiry, norm, options["state"], options["counterparty"], say, labels)
    fitting = [one for one in found if (one.list in (ABSENT, "reference", "none")) == absent]
    if options["as_json"]:
        click.echo(encode_json({"norm": norm, "at": at, "context": situation.context, "answers": fitting}))
        return
    for line in mark_lines(situation.context, say):
        click.echo(line)
    for notice in dict.fromkeys(one.notice for one in fitting if one.notice):
        click.echo(say(notice))
    for one in fitting:
        for line in _lines(one, say, labels, last=absent):
            click.echo(line)
    if not fitting:
        click.echo(
            say("There is no such duty here; see why-not.")
            if not absent
            else say("There is a duty; see why.")
        )


def _lines(one: Explained, say: Say, labels: Labels, last: bool) -> list[str]:
    """Head and reasons; of an absent duty the last reason is the first that failed."""
    limit = one.by or one.by_if
    status = labels.of("statuses", one.status) + (f"  {show_moment(limit)}" if limit else "")
    told = [wrapped(f"{one.norm} {one.provision}  {sides_line(one, say, labels)}  {status}", "", "  ")]
    reasons = one.sentences
    told += [wrapped(text, "  - ", "    ") for text in (reasons[:-1] if last else reasons)]
    if last and reasons:
        told.append(wrapped(reasons[-1], "  ✗ ", "    "))
    if one.needs:
        told.append(wrapped(needs_line(one.needs, say, labels), "  ", "      "))
    return told
