"""Instruments, their norms and their parties, as the commands show them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from proxeny.base.errors import Fault, InputError, refuse
from proxeny.base.yaml_wire import decode_yaml
from proxeny.instrument.library import Library, build_library
from proxeny.instrument.parties import entry_into_force
from proxeny.instrument.words import build_words


def read_library(words: bytes, folders: Mapping[str, Mapping[str, bytes]]) -> Library:
    """The library of a folder of instruments. Raises InputError with every fault of every file."""
    import msgspec

    try:
        known = build_words(decode_yaml(words, "words.yaml").value)
    except msgspec.ValidationError as error:
        raise InputError(Fault("words.yaml", str(error), "see the comments of the file")) from error
    return build_library(known, folders)


def instruments_listed(library: Library) -> Iterator[dict[str, Any]]:
    """One row an instrument."""
    for instrument in library.instruments.values():
        yield {
            "instrument": instrument.id,
            "title": instrument.title,
            "standing": instrument.standing,
            "check": instrument.check,
            "bound_by": instrument.bound_by,
            "in_force": entry_into_force(instrument),
            "norms": sum(norm.instrument == instrument.id for norm in library.norms),
            "notice": instrument.notice,
        }


def instrument_shown(library: Library, name: str) -> dict[str, Any]:
    """An instrument with its norms, or with the one norm that is named. Raises InputError where there is none."""
    norms = library.versions(name) or tuple(norm for norm in library.norms if norm.instrument == name)
    owner = norms[0].instrument if norms else name
    _require(library, owner)
    return {"instrument": library.instruments[owner], "norms": norms}


def parties_shown(library: Library, name: str) -> dict[str, Any]:
    """The register of an instrument. Raises InputError where there is none of that id."""
    _require(library, name)
    instrument = library.instruments[name]
    register = instrument.register
    return {
        "instrument": name,
        "as_of": register.as_of,
        "source": register.source,
        "entry_into_force": entry_into_force(instrument),
        "acts": register.acts,
    }


def _require(library: Library, name: str) -> None:
    if name not in library.instruments:
        from difflib import get_close_matches

        near = get_close_matches(name, library.instruments, n=3)
        remedy = f"did you mean {', '.join(near)}?" if near else "see: proxeny instruments list"
        raise refuse("ID", f"{name[:60]!r} is neither an instrument nor a norm", remedy)
