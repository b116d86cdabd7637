"""Imported vocabularies joined to the crosswalks that ship, so that every command knows their codes."""

from __future__ import annotations

from collections.abc import Mapping

from proxeny.base.errors import Fault, InputError
from proxeny.terms.crosswalk import Crosswalks, fold
from proxeny.terms.crosswalk_build import build
from proxeny.terms.imported.files import SCHEMES, read_schemes
from proxeny.terms.own_scheme import NAME as OWN
from proxeny.terms.terminology import Terminology

SUFFIXES = (".tsv", ".yaml")
"""Of the files of a folder that are read."""


def join(shipped: Crosswalks, files: Mapping[str, str], place: str, terminology: Terminology) -> Crosswalks:
    """The crosswalks with the vocabularies of one folder added. `files`: its texts by name; `place`: the folder.

    Raises InputError with every fault of the folder, and where a name is taken already.
    """
    try:
        names = read_schemes(files.get(SCHEMES, ""), SCHEMES)
        added = build(files, terminology.concepts.values())
    except InputError as error:
        raise InputError(_within(place, fault) for fault in error.faults) from error
    faults = [
        Fault(f"{place}/{SCHEMES}", f"{name!r} names a vocabulary that is known already", "rename it")
        for name, scheme in added.names.items()
        if name in shipped.names and scheme != OWN
    ]
    if not names:
        faults.append(Fault(place, "no vocabulary", "give a folder that `proxeny terms import` wrote"))
    if faults:
        raise InputError(faults)
    by_concept = {concept: dict(schemes) for concept, schemes in shipped.by_concept.items()}
    for concept, schemes in added.by_concept.items():
        own = {name: codes for name, codes in schemes.items() if name != OWN}
        by_concept.setdefault(concept, {}).update(own)
    return Crosswalks(
        schemes={
            **added.schemes,
            **shipped.schemes,
        },  # what both have is the terminology as a scheme of its own
        names={**added.names, **shipped.names},
        concepts=shipped.concepts,
        above=shipped.above,
        by_concept=by_concept,
    )


def known_name(crosswalks: Crosswalks, name: str) -> str | None:
    """The scheme that has this name already, in any spelling, or None."""
    return crosswalks.names.get(fold(name))


def _within(place: str, fault: Fault) -> Fault:
    return Fault(f"{place}/{fault.place}" if fault.place else place, fault.message, fault.remedy)
