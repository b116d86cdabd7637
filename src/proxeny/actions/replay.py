"""Replaying the facts files of a folder, as the law stands or as if an instrument had been in force."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from proxeny.actions.duties import read_situation
from proxeny.base.errors import Fault, InputError, refuse
from proxeny.instrument.evaluate import evaluate, inquire
from proxeny.instrument.library import Library
from proxeny.instrument.replay import Replay, as_if, end_of, overlaid, tally
from proxeny.instrument.situation import Situation, Zones

if TYPE_CHECKING:  # its code is loaded where it is used
    from proxeny.instrument.generate import Engine


def _interpreter(_: Library) -> Engine:
    return evaluate


def replay(
    files: Iterable[tuple[bytes, str]],
    library: Library,
    zones: Zones,
    overlay: str | None = None,
    at: dt.datetime | None = None,
    engine_of: Callable[[Library], Engine] = _interpreter,
) -> Replay:
    """The statistics of `proxeny replay`. `overlay`: the instrument that is taken to be in force for all States of a
    file from its first event on; `at`: the time of the statuses, None for the last event of each file.

    Raises InputError with every fault of every file, and for an overlay that is no instrument.
    """
    faults: list[Fault] = []
    situations: list[Situation] = []
    if overlay is not None and overlay not in library.instruments:
        known = f"known: {', '.join(library.instruments)}"
        faults.append(Fault("--overlay", f"{overlay[:40]!r} is no instrument", known))
    for data, name in files:
        try:
            situations.append(read_situation(data, name, library, zones))
        except InputError as error:
            faults.extend(error.faults)
    if faults:
        raise InputError(faults)
    if not situations:
        raise refuse("FOLDER", "no facts file in it", "it holds .yaml, .yml or .json files of facts")
    if overlay is not None:
        library = overlaid(library, overlay)
        situations = [as_if(library, situation, overlay) for situation in situations]
    engine = engine_of(library)
    return tally(
        library,
        overlay,
        (
            (situation, engine(inquire(library, situation, at or end_of(situation)), None, None, ()))
            for situation in situations
        ),
    )
