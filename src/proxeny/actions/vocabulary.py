"""Exchanging vocabularies: the terminology in the forms of others, and vocabularies of others beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from proxeny.actions.ports import Knowledge
from proxeny.actions.suggest import Proposer, suggest
from proxeny.base.errors import refuse
from proxeny.terms.crosswalk import require_scheme
from proxeny.terms.crosswalk_build import build
from proxeny.terms.imported import accepted, machinetag, sssom, table
from proxeny.terms.imported.files import SCHEMES, described, is_concept, vocabulary_files
from proxeny.terms.imported.folder import chosen_name, entries_of, links_of
from proxeny.terms.imported.join import join, known_name
from proxeny.terms.imported.records import Imported
from proxeny.terms.own_scheme import NAME as OWN
from proxeny.terms.sssom import NO_TERM, UNMAPPED, parse_mappings
from proxeny.terms.suggest import Suggested, Suggestion

EXPORTS = ("skos", "sssom", "machinetag", "stix-ov", "csv")
WITH_SCHEMES = ("skos", "sssom")
"""The forms in which codes of outside schemes have a place."""

IMPORTS = ("machinetag", "sssom", "csv")


class Proposed(msgspec.Struct, frozen=True):
    """The proposals for one vocabulary."""

    name: str
    suggestions: tuple[Suggestion, ...]


def export(knowledge: Knowledge, form: str, schemes: Sequence[str] = ()) -> dict[str, bytes]:
    """The files of the export by their names; the first is the export itself.

    `schemes` chooses crosswalks: of SSSOM all where none is named, of SKOS none. Raises InputError for a scheme that
    is not known, and where the form has no place for codes.
    """
    if schemes and form not in WITH_SCHEMES:
        raise refuse("--scheme", f"{form} holds no codes of outside schemes", "leave it out")
    chosen = [require_scheme(knowledge.crosswalks, name).name for name in schemes]
    return _EXPORTS[form](knowledge, list(dict.fromkeys(chosen)))


def _skos(knowledge: Knowledge, schemes: Sequence[str]) -> dict[str, bytes]:
    from proxeny.terms.export import skos

    text = skos.render(knowledge.terminology, knowledge.glosses, knowledge.crosswalks, schemes)
    return {"proxeny.ttl": text.encode()}


def _sssom(knowledge: Knowledge, schemes: Sequence[str]) -> dict[str, bytes]:
    from proxeny.terms.export import sssom as exported

    names = schemes or [name for name in knowledge.crosswalks.schemes if name != OWN]
    text = exported.render(knowledge.crosswalks, names, knowledge.terminology.version)
    return {"proxeny.sssom.tsv": text.encode()}


def _machinetag(knowledge: Knowledge, _: Sequence[str]) -> dict[str, bytes]:
    from proxeny.terms.export import machinetag as exported

    return exported.render(knowledge.terminology, knowledge.glosses)


def _stix_ov(knowledge: Knowledge, _: Sequence[str]) -> dict[str, bytes]:
    from proxeny.terms.export import stix_ov

    return {"proxeny-ov.json": stix_ov.render(knowledge.terminology, knowledge.glosses)}


def _csv(knowledge: Knowledge, _: Sequence[str]) -> dict[str, bytes]:
    from proxeny.terms.export import csv

    return {"proxeny.csv": csv.render(knowledge.terminology, knowledge.glosses).encode()}


_EXPORTS: dict[str, Callable[[Knowledge, Sequence[str]], dict[str, bytes]]] = {
    "skos": _skos,
    "sssom": _sssom,
    "machinetag": _machinetag,
    "stix-ov": _stix_ov,
    "csv": _csv,
}


def form_of(data: bytes) -> str:
    """The form of a vocabulary by its first character: a JSON object, the header of SSSOM, else a table."""
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    return {b"{": "machinetag", b"#": "sssom"}.get(start, "csv")


def read_vocabulary(data: bytes, place: str, form: str | None, name: str | None) -> Imported:
    """The vocabulary of a file, in `form` or, where that is None, in the form it looks like.

    Raises InputError with every fault.
    """
    form = form or form_of(data)
    if form == "machinetag":
        return machinetag.read(data, place, name)
    if form == "sssom":
        return sssom.read(data, place, name)
    return table.read(data, place, name or place.rpartition("/")[2].rpartition(".")[0])


def import_files(
    imported: Imported, knowledge: Knowledge, before: Mapping[str, str], place: str
) -> dict[str, str]:
    """The files to write into a folder that now holds the files `before`.

    Raises InputError for a name that is taken, by a scheme that ships or in the folder, and whatever in the
    vocabulary could not be used afterwards.
    """
    name = imported.name
    taken = known_name(knowledge.crosswalks, name)
    if taken is not None or f"{name}.codes.tsv" in before:
        where = f"{taken!r} is known already" if taken else f"{name}.codes.tsv is there already"
        raise refuse(f"{place}/{name}", where, "give another --name, or take the old one away")
    files = vocabulary_files(imported, knowledge.terminology)
    alone = {**files, SCHEMES: described(imported, "", SCHEMES)}
    join(knowledge.crosswalks, alone, place, knowledge.terminology)
    return {**files, SCHEMES: described(imported, before.get(SCHEMES, ""), f"{place}/{SCHEMES}")}


def propose_for_file(imported: Imported, knowledge: Knowledge) -> Proposed:
    """Concepts for each code of a vocabulary that is not imported yet."""
    proposer = Proposer(knowledge, [imported.name])
    others = [link for link in imported.links if not is_concept(link.target)]
    return Proposed(imported.name, tuple(suggest(imported.entries, others, proposer)))


def propose_for_folder(
    files: Mapping[str, str], name: str | None, place: str, knowledge: Knowledge
) -> Proposed:
    """Concepts for each code of an imported vocabulary that nobody has mapped yet. Raises InputError."""
    chosen = chosen_name(files, name, place)
    entries, links = entries_of(files, chosen, place), links_of(files, chosen, place)
    mapped: dict[str, Suggested] = {}
    waiting: set[str] = set()
    for row in parse_mappings(files.get(f"{chosen}.tsv", ""), f"{place}/{chosen}.tsv").rows:
        code = row.subject_id.partition(":")[2]
        if row.object_id == NO_TERM and row.comment == UNMAPPED:
            waiting.add(code)
        elif row.object_id != NO_TERM and code not in mapped:
            concept = knowledge.terminology.concept(row.object_id)
            mapped[code] = Suggested(concept.id, concept.slug, concept.axis, "exact", row.confidence, ())
    proposed = suggest(entries, links, Proposer(knowledge, [chosen]), mapped)
    return Proposed(chosen, tuple(one for one in proposed if one.code in waiting))


def accept_files(
    text: str, place: str, files: Mapping[str, str], folder: str, knowledge: Knowledge
) -> tuple[dict[str, str], int]:
    """The mapping set to write into the folder with what a person accepted, and how many codes that maps.

    Raises InputError with every fault of the table, and where the folder does not have the vocabulary.
    """
    name, rows = accepted.read(text, place, knowledge.terminology)
    chosen_name(files, name, folder)
    made = {f"{name}.tsv": accepted.accept(name, rows, files, knowledge.terminology)}
    build({**files, **made}, knowledge.terminology.concepts.values())
    return made, len({row.code for row in rows})
