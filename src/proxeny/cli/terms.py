"""`proxeny terms`: the Common Terminology on the screen."""

from __future__ import annotations

import click

from proxeny.base.records import encode_json
from proxeny.cli.options import json_option, lang_option
from proxeny.cli.refusal import refusals
from proxeny.cli.vocabulary import accept, export_, import_, suggest
from proxeny.terms.crosswalk import Code, require_scheme
from proxeny.terms.search import search as search_terms
from proxeny.terms.terminology import AXES, Concept
from proxeny.wiring import ShippedKnowledge


@click.group()
def terms() -> None:
    """Search and show the Common Terminology; exchange vocabularies with others."""


for exchange in (export_, import_, suggest, accept):
    terms.add_command(exchange)


@terms.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(1, 100), default=10, show_default=True)
@lang_option
@json_option
def search(words: tuple[str, ...], limit: int, lang: str, as_json: bool) -> None:
    """Find a concept by words of any of the six languages; accents and misspellings are allowed for."""
    knowledge = ShippedKnowledge()
    found = search_terms(knowledge.terminology, knowledge.glosses, " ".join(words), lang, limit)
    for row in found:
        if as_json:
            click.echo(encode_json(row))
        else:
            click.echo(f"{row.concept}  {row.slug:32} {row.axis:10} {row.label}   ({row.matched})")
    if not found and not as_json:
        click.echo("nothing found", err=True)


@terms.command()
@click.argument("concept", metavar="CONCEPT")
@lang_option
@json_option
def show(concept: str, lang: str, as_json: bool) -> None:
    """Show one concept, by slug or id: its labels, definition, cues, and the codes of outside schemes."""
    with refusals():
        knowledge = ShippedKnowledge()
        found = knowledge.terminology.concept(concept)
        gloss = knowledge.glosses[found.id]
        codes = {s: list(c) for s, c in knowledge.crosswalks.by_concept.get(found.id, {}).items()}
        if as_json:
            click.echo(encode_json({"concept": found, "gloss": gloss, "codes": codes}))
            return
        click.echo(f"{found.id}  {found.slug}  ({found.axis})")
        click.echo(f"{found.label[lang]}: {gloss.definition[lang]}")
        for language, label in found.label.items():
            click.echo(f"  {language}  {label}: {', '.join(gloss.cues[language])}")
        if gloss.scope:
            click.echo(f"  scope: {gloss.scope}")
        for scheme, names in codes.items():
            click.echo(f"  {scheme}: {', '.join(names)}")


@terms.command("list")
@click.option("--axis", type=click.Choice(AXES), help="Only the concepts of this axis.")
@click.option("--scheme", metavar="SCHEME", help="The codes of this outside scheme, with their concepts.")
@lang_option
@json_option
def list_(axis: str | None, scheme: str | None, lang: str, as_json: bool) -> None:
    """List the concepts, those below another set in; or the codes of an outside scheme, as published."""
    if scheme is not None:
        _list_codes(scheme, axis, as_json)
        return
    terminology = ShippedKnowledge().terminology
    for concept in terminology.concepts.values():
        if axis in (None, concept.axis):
            if as_json:
                click.echo(encode_json(concept))
            else:
                click.echo(_line(concept, lang, len(terminology.ancestors(concept.id))))


def _line(concept: Concept, lang: str, depth: int) -> str:
    return f"{concept.id}  {'  ' * depth + concept.slug:40} {concept.label[lang]}"


def _list_codes(scheme: str, axis: str | None, as_json: bool) -> None:
    """The codes of a scheme; with an axis, those that stand for a concept of it."""
    with refusals():
        found = require_scheme(ShippedKnowledge().crosswalks, scheme)
    for code in found.codes.values():
        if axis is None or any(mapped.axis == axis for mapped in code.mapped):
            click.echo(encode_json(_row(found.name, code)) if as_json else _code_line(found.name, code))


def _row(scheme: str, code: Code) -> dict[str, object]:
    concepts = [
        {"concept": m.concept, "slug": m.slug, "axis": m.axis, "predicate": m.predicate} for m in code.mapped
    ]
    return {"code": f"{scheme}:{code.code}", "label": code.label, "concepts": concepts, "reason": code.reason}


def _code_line(scheme: str, code: Code) -> str:
    said = ", ".join(f"{m.slug} ({m.predicate})" for m in code.mapped)
    return f"{scheme + ':' + code.code:56} {code.label:32} {said or '- ' + code.reason}"


@terms.command()
@json_option
def schemes(as_json: bool) -> None:
    """List the outside schemes that codes can be read from and translated into, the imported ones too."""
    with refusals():
        known = ShippedKnowledge().crosswalks.schemes
    for name, scheme in known.items():
        row = {"scheme": name, "title": scheme.title, "version": scheme.version, "codes": len(scheme.codes)}
        click.echo(
            encode_json(row)
            if as_json
            else f"{name:28} {len(scheme.codes):5} codes  {scheme.title} {scheme.version}"
        )
