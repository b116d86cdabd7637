"""Instruments, their norms and their parties, as the commands show them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from proxeny.base.errors import Fault, InputError, refuse
from proxeny.base.yaml_wire import decode_yaml
from proxeny.instrument.library import Library, build_library
from proxeny.instrument.norm import Instrument, PartyAct
from proxeny.instrument.parties import counted, effect_of, entry_into_force
from proxeny.instrument.register_csv import read_register_csv
from proxeny.instrument.register_names import read_names
from proxeny.instrument.register_yaml import write_register
from proxeny.instrument.untc import read_untc
from proxeny.instrument.words import build_words


def read_library(
    words: bytes, folders: Mapping[str, Mapping[str, bytes]], root: str = "data/instruments"
) -> Library:
    """The library of a folder of instruments that brings its words. Raises InputError with every fault of every file."""
    try:
        known = build_words(decode_yaml(words, "words.yaml").value)
    except msgspec.ValidationError as error:
        raise InputError(Fault("words.yaml", str(error), "see the comments of the file")) from error
    return build_library(known, folders, root)


def join_library(
    shipped: Library, words: bytes | None, folders: Mapping[str, Mapping[str, bytes]], root: str
) -> Library:
    """What ships with a person's own instruments added. Raises InputError with every fault of their files; and for
    words of their own, which the shipped norms and facts files would not know."""
    if words is not None:
        raise refuse(
            f"{root}/words.yaml", "words of its own", "take it out: instruments are added to those words"
        )
    if not folders:
        raise refuse(
            root, "no folder of an instrument in it", "it holds a folder for each, with instrument.yaml"
        )
    return build_library(shipped.words, folders, root, shipped)


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
    return register_shown(library, instrument)


def register_shown(library: Library, instrument: Instrument) -> dict[str, Any]:
    """The register of an instrument, and what its final clauses make of it: when the instrument enters into force, how
    many deposits count towards that, and from which day each act has effect."""
    register = instrument.register
    rule = next((rule for rule in instrument.entry_rules if rule.deposits is not None), None)
    return {
        "instrument": instrument.id,
        "notice": instrument.notice,
        "as_of": register.as_of,
        "source": register.source,
        "entry_into_force": entry_into_force(instrument),
        "deposits": len(counted(rule, register.acts)) if rule else None,
        "deposits_needed": rule.deposits if rule else None,
        "acts": [
            msgspec.to_builtins(act) | {"effect": _effect(library, instrument, act)} for act in register.acts
        ],
    }


def _effect(library: Library, instrument: Instrument, act: PartyAct) -> dt.date | None:
    """From which day an act binds, or ends that; None for other acts, and where nothing says it."""
    return effect_of(instrument, act) if library.words.acts[act.act].binds == "yes" else act.in_force


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a person says of a table of participants: the day of the table, its source, and names that no State's
    name fits (NAME=CODE)."""

    as_of: dt.date
    source: str = ""
    names: tuple[str, ...] = ()


def import_parties(
    library: Library, name: str, data: bytes, place: str, asked: Asked
) -> tuple[str, dict[str, Any], tuple[Fault, ...]]:
    """The text of parties.yaml from a table of participants: the XML of the United Nations Treaty Collection, or CSV.
    With it, the register as it is shown, and remarks that a person should look at.

    Raises InputError with every fault of the table.
    """
    _require(library, name)
    names = read_names(asked.names)
    if data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<":
        found = read_untc(data, place, asked.as_of, asked.source, names)
    else:
        found = read_register_csv(data, place, library.words, asked.as_of, asked.source, names)
    instrument = msgspec.structs.replace(library.instruments[name], register=found.register)
    return write_register(found.register), register_shown(library, instrument), found.remarks


def _require(library: Library, name: str) -> None:
    if name not in library.instruments:
        from difflib import get_close_matches

        near = get_close_matches(name, library.instruments, n=3)
        remedy = f"did you mean {', '.join(near)}?" if near else "see: proxeny instruments list"
        raise refuse("ID", f"{name[:60]!r} is neither an instrument nor a norm", remedy)
