"""All instruments and their norms, and what must hold between them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec

from proxeny.base.errors import Fault, InputError
from proxeny.instrument.instrument_file import parse_instrument, parse_register
from proxeny.instrument.norm import Instrument, Norm
from proxeny.instrument.norm_file import limits_of, parse_norm
from proxeny.instrument.words import Words

INSTRUMENT, PARTIES = "instrument.yaml", "parties.yaml"
NO_NORMS = ("scenarios", "articles")
"""Folders of an instrument that hold no norms: scenario files, and the text of its articles."""


class Library(msgspec.Struct, frozen=True):
    """Words, instruments by id, and norms in the order of their files."""

    words: Words
    instruments: dict[str, Instrument]
    norms: tuple[Norm, ...]

    def versions(self, norm_id: str) -> tuple[Norm, ...]:
        """The versions of a norm, oldest first; none where there is no such norm."""
        return tuple(norm for norm in self.norms if norm.id == norm_id)

    def of_row(self, row: str) -> tuple[Norm, ...]:
        """The norms that stand for a row of the source table."""
        return tuple(norm for norm in self.norms if row in norm.rows)


def build_library(
    words: Words,
    folders: Mapping[str, Mapping[str, bytes]],
    root: str = "data/instruments",
    beside: Library | None = None,
) -> Library:
    """The library of the files of each instrument's folder (file name to bytes). Raises InputError with every
    fault of every file, and those between files: unknown references, rings, ids that stand twice.

    `root`: the folder that holds the folders, for the places of faults. `beside`: a library to which they are added;
    they may refer to what it holds, and may not bear an id that it has.
    """
    faults: list[Fault] = []
    instruments: dict[str, Instrument] = {}
    norms: list[Norm] = []
    places: dict[str, str] = {}
    for folder in sorted(folders):
        files, base = folders[folder], f"{root}/{folder}"
        if beside is not None and folder in beside.instruments:
            faults.append(
                Fault(base, f"the instrument {folder!r} ships already", "give yours an id of its own")
            )
            continue
        try:
            instruments[folder] = _instrument(files, base, words, folder)
        except InputError as error:
            faults.extend(error.faults)
        for name in sorted(name for name in files if _is_norm(name)):
            place = f"{base}/{name}"
            try:
                found = parse_norm(files[name], place, words, folder)
            except InputError as error:
                faults.extend(error.faults)
                continue
            if found and found[0].id in places:
                again = f"the id {found[0].id} stands in {places[found[0].id]} too"
                faults.append(Fault(place, again, "give each norm its own id"))
            places.setdefault(found[0].id, place)
            norms.extend(found)
    if beside is not None:
        instruments = beside.instruments | instruments
    library = Library(words, instruments, (*(beside.norms if beside else ()), *norms))
    faults.extend(_between(library, places))
    if faults:
        raise InputError(faults)
    return library


def _is_norm(name: str) -> bool:
    parts = name.split("/")
    return name.endswith(".yaml") and parts[-1] not in (INSTRUMENT, PARTIES) and parts[0] not in NO_NORMS


def _instrument(files: Mapping[str, bytes], base: str, words: Words, folder: str) -> Instrument:
    if INSTRUMENT not in files:
        raise InputError(Fault(f"{base}/{INSTRUMENT}", "an instrument without its file", "add it"))
    found = parse_instrument(files[INSTRUMENT], f"{base}/{INSTRUMENT}", words)
    if found.id != folder:
        raise InputError(
            Fault(f"{base}/{INSTRUMENT}", f"the id {found.id!r} in folder {folder!r}", "make them one")
        )
    if PARTIES in files:
        register = parse_register(files[PARTIES], f"{base}/{PARTIES}", words)
        found = msgspec.structs.replace(found, register=register)
    return found


def _between(library: Library, places: Mapping[str, str]) -> Iterator[Fault]:
    """Faults between files: what refers to a norm or an instrument that is not there, rings of limits, and norms
    that await one another."""
    ids = {norm.id for norm in library.norms}
    for norm in (norm for norm in library.norms if norm.id in places):
        place = places[norm.id]
        unknown = [
            *(a for a in norm.awaits if a not in ids),
            *(x for x in limit_sources(norm) if x not in ids),
            *(tension.norm for tension in norm.tensions if tension.norm not in ids),
        ]
        for other in unknown:
            yield Fault(place, f"refers to the norm {other!r}, which is not there", "correct the id")
        for ground in norm.displaced_by:
            if ground.by not in ids and ground.by not in library.instruments:
                message = f"displaced by {ground.by!r}, which is neither a norm nor an instrument"
                yield Fault(place, message, "correct the id")
            if ground.by in (norm.id, norm.instrument):
                yield Fault(place, "displaced by itself", "name what goes before it")
        if not unknown and norm.id in _reached(norm.id, library.norms, limit_sources):
            yield Fault(
                place, "an unreachable deadline: it runs from itself by way of others", "break the ring"
            )
        if not unknown and norm.id in _reached(norm.id, library.norms, lambda one: one.awaits):
            yield Fault(place, "it awaits its own discharge, by way of others or at once", "break the ring")


def limit_sources(norm: Norm) -> tuple[str, ...]:
    """The norms from whose limits the deadline of this one runs."""
    return tuple(one.limit_of for one in limits_of(norm.deadline) if one.limit_of) if norm.deadline else ()


def _reached(norm_id: str, norms: Iterable[Norm], links: Callable[[Norm], tuple[str, ...]]) -> set[str]:
    """The norms to which its links lead, and theirs."""
    sources: dict[str, set[str]] = {}
    for norm in norms:
        sources.setdefault(norm.id, set()).update(links(norm))
    found: set[str] = set()
    pending = list(sources[norm_id])
    while pending:
        one = pending.pop()
        if one not in found:
            found.add(one)
            pending.extend(sources.get(one, ()))
    return found
