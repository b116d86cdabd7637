"""`proxeny terms export`, `import`, `suggest` and `accept`: vocabularies handed out, taken in and mapped."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from proxeny.actions.vocabulary import (
    EXPORTS,
    IMPORTS,
    Proposed,
    accept_files,
    export,
    import_files,
    propose_for_file,
    propose_for_folder,
    read_vocabulary,
)
from proxeny.base.errors import refuse
from proxeny.base.records import encode_json
from proxeny.base.wire import decode_text
from proxeny.cli.options import json_option, lang_option
from proxeny.cli.refusal import refusals
from proxeny.terms.imported import accepted
from proxeny.terms.imported.records import Imported
from proxeny.terms.sssom import NO_TERM
from proxeny.wiring import ShippedKnowledge, read_folder, read_input

_MISP_FILE = "machinetag.json"  # as MISP/misp-taxonomies calls the file of a taxonomy's folder


@click.command("export")
@click.option("--format", "form", type=click.Choice(EXPORTS), required=True, help="The form to write.")
@click.option(
    "--scheme",
    "schemes",
    metavar="SCHEME[,SCHEME]",
    default="",
    help="The crosswalks to write: of sssom all by default, of skos none.",
)
@click.option(
    "-o",
    "--output",
    metavar="PATH",
    default="-",
    show_default=True,
    help="The file, or for machinetag the folder; - is standard output.",
)
def export_(form: str, schemes: str, output: str) -> None:
    """Write the Common Terminology in a form that other tools read.

    skos is Turtle in six languages; sssom the crosswalks; machinetag a MISP taxonomy (a folder with its manifest);
    stix-ov open vocabularies, one an axis; csv one table. The same version gives the same bytes.
    """
    with refusals():
        wanted = [name.strip() for name in schemes.split(",") if name.strip()]
        files = export(ShippedKnowledge(), form, wanted)
        if output == "-":
            click.echo(next(iter(files.values())), nl=False)
        elif len(files) > 1:
            _write(Path(output), files)
        else:
            (data,) = files.values()
            _write(Path(output).parent, {Path(output).name: data})


@click.command("import")
@click.argument("path", metavar="PATH")
@click.option(
    "--format", "form", type=click.Choice(IMPORTS), help="The form of PATH; by default as it looks."
)
@click.option("--name", metavar="NS", help="What to call the vocabulary; by default as it calls itself.")
@click.option("-o", "--output", metavar="DIR", required=True, help="The folder of vocabularies to add it to.")
@json_option
def import_(path: str, form: str | None, name: str | None, output: str, as_json: bool) -> None:
    """Take in a vocabulary: a MISP taxonomy, an SSSOM mapping set, or a table of codes in CSV.

    CSV has the columns code and label, and if wished broader, description and language. The vocabulary is checked
    and written to DIR; name that folder with `proxeny --vocabulary DIR`, or in PROXENY_VOCABULARIES, and every
    command knows its codes. What it does not map itself, `proxeny terms suggest DIR` proposes concepts for.
    """
    with refusals():
        knowledge = ShippedKnowledge()
        imported = read_vocabulary(*_read(path), form, name)
        before = read_folder(output) if Path(output).is_dir() else {}
        files = import_files(imported, knowledge, before, output)
        _write(Path(output), {name: text.encode() for name, text in files.items()})
    _tell_imported(imported, output, as_json)


def _tell_imported(imported: Imported, output: str, as_json: bool) -> None:
    codes = len(imported.entries)
    mapped = {link.code for link in imported.links if link.target.startswith("px:")}
    if as_json:
        row = {
            "name": imported.name,
            "codes": codes,
            "mapped": len(mapped),
            "passed_over": imported.passed_over,
        }
        click.echo(encode_json(row))
        return
    click.echo(f"{imported.name}: {codes} codes, {len(mapped)} of them mapped, in {output}")
    for told in imported.passed_over:
        click.echo(f"passed over: {told}", err=True)


@click.command()
@click.argument("path", metavar="PATH")
@click.option("--scheme", metavar="NS", help="The vocabulary of the folder, where it has several.")
@click.option(
    "-o", "--output", metavar="NS.suggested.tsv", help="Write a table to go through and accept from."
)
@lang_option
@json_option
def suggest(path: str, scheme: str | None, output: str | None, lang: str, as_json: bool) -> None:
    """Propose concepts for the codes of a vocabulary, best first, with reasons, for a person to accept.

    PATH is a folder that `proxeny terms import` wrote, of which the codes that nobody has mapped are taken, or a
    file that it would read. Mark rows of the table with x under accept, and run `proxeny terms accept`.
    """
    with refusals():
        knowledge = ShippedKnowledge()
        if Path(path).is_dir() and not (Path(path) / _MISP_FILE).exists():
            proposed = propose_for_folder(read_folder(path), scheme, path, knowledge)
        else:
            proposed = propose_for_file(read_vocabulary(*_read(path), None, scheme), knowledge)
        if output is not None:
            text = accepted.render(proposed.name, proposed.suggestions, knowledge.terminology, lang)
            _write(Path(output).parent, {Path(output).name: text.encode()})
    if as_json:
        for suggestion in proposed.suggestions:
            click.echo(encode_json(suggestion))
    elif output is None:
        _show(proposed)
    else:
        click.echo(f"{proposed.name}: proposals for {len(proposed.suggestions)} codes in {output}")


def _show(proposed: Proposed) -> None:
    for suggestion in proposed.suggestions:
        click.echo(f"{proposed.name}:{suggestion.code}  {suggestion.label}")
        for one in suggestion.suggested:
            click.echo(f"  {one.confidence:.2f}  {one.predicate:7} {one.slug:32} {accepted.reasons_of(one)}")
        if not suggestion.suggested:
            click.echo(f"  none    map it by hand, or to {NO_TERM} with a reason")


@click.command()
@click.argument("path", metavar="NS.suggested.tsv")
@click.option(
    "-o", "--output", metavar="DIR", required=True, help="The folder of the vocabulary, as import wrote it."
)
@json_option
def accept(path: str, output: str, as_json: bool) -> None:
    """Put the accepted rows of a table of proposals into the vocabulary's crosswalk.

    They take the place of what the crosswalk said of their codes; the first of a code is its principal concept.
    """
    with refusals():
        knowledge = ShippedKnowledge()
        text = decode_text(read_input(path), path)
        files, codes = accept_files(text, path, read_folder(output), output, knowledge)
        _write(Path(output), {name: made.encode() for name, made in files.items()})
    (name,) = files
    click.echo(encode_json({"file": name, "codes": codes}) if as_json else f"{codes} codes mapped in {name}")


def _read(path: str) -> tuple[bytes, str]:
    """The bytes of a file, or of the MISP taxonomy in a folder, and its name."""
    name = str(Path(path) / _MISP_FILE) if Path(path).is_dir() else path
    return read_input(name), name


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    try:
        for name, data in files.items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
    except OSError as error:
        raise refuse(
            str(folder), f"cannot be written: {error.strerror}", "check the name and rights"
        ) from error
