"""Reading back a vocabulary folder, to propose concepts for what nobody has mapped yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from proxeny.base.errors import Fault, InputError, refuse
from proxeny.terms.crosswalk import Predicate
from proxeny.terms.imported.files import LINK_COLUMNS, NOTE_COLUMNS, SCHEMES, read_schemes
from proxeny.terms.imported.records import Entry, Link, Note
from proxeny.terms.sssom import CODE_COLUMNS, PREDICATES, parse_table

_PREDICATES: frozenset[str] = frozenset(PREDICATES.values())


def names_in(files: Mapping[str, str], place: str) -> list[str]:
    """The vocabularies of a folder. Raises InputError where there is none."""
    names = list(read_schemes(files.get(SCHEMES, ""), f"{place}/{SCHEMES}"))
    if not names:
        raise refuse(place, "no vocabulary", "give a folder that `proxeny terms import` wrote")
    return names


def chosen_name(files: Mapping[str, str], name: str | None, place: str) -> str:
    """The vocabulary of that name, or the only one. Raises InputError naming those there are."""
    names = names_in(files, place)
    if name is None and len(names) > 1:
        raise refuse(place, "several vocabularies", "choose one with --scheme: " + ", ".join(names))
    if name is not None and name not in names:
        raise refuse(place, f"no vocabulary {name[:60]!r}", "there are: " + ", ".join(names))
    return name or names[0]


def entries_of(files: Mapping[str, str], name: str, place: str) -> list[Entry]:
    """The codes with all that is said of them. Raises InputError with every faulty line."""
    notes: dict[str, list[Note]] = {}
    if f"{name}.notes.tsv" in files:
        for row in parse_table(files[f"{name}.notes.tsv"], f"{place}/{name}.notes.tsv", NOTE_COLUMNS):
            code, language, label, description = row.values
            notes.setdefault(code, []).append(Note(language, label, description))
    table = f"{name}.codes.tsv"
    entries = []
    for row in parse_table(files.get(table, ""), f"{place}/{table}", CODE_COLUMNS):
        code, label, broader = row.values
        told = tuple(notes.get(code, ())) or (Note("", label),)
        entries.append(Entry(code, broader, told, f"{place}/{table}, line {row.line}"))
    return entries


def links_of(files: Mapping[str, str], name: str, place: str) -> list[Link]:
    """The mappings to other schemes. Raises InputError with every faulty line."""
    table = f"{name}.links.tsv"
    if table not in files:
        return []
    faults: list[Fault] = []
    links = list(_links(files[table], f"{place}/{table}", faults))
    if faults:
        raise InputError(faults)
    return links


def _links(text: str, place: str, faults: list[Fault]) -> Iterator[Link]:
    for row in parse_table(text, place, LINK_COLUMNS):
        code, predicate, target, stated = row.values
        at = f"{place}, line {row.line}"
        try:
            confidence = float(stated)
        except ValueError:
            confidence = -1.0
        if predicate not in _PREDICATES or not 0 <= confidence <= 1:
            faults.append(
                Fault(at, "not a link", "code, predicate (exact, close, …), target, confidence 0 to 1")
            )
        else:
            said: Predicate = predicate  # type: ignore[assignment]
            yield Link(code, said, target, confidence, "", at)
