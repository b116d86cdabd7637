"""Refusals as values: every fault of an input, each with its place and its remedy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with an input.

    `place` is where (a file with line and column, a JSON pointer, an option), `message` what,
    `remedy` what the person can do about it.
    """

    place: str
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        remedy = f" ({self.remedy})" if self.remedy else ""
        return f"{where}{self.message}{remedy}"


class InputError(Exception):
    """An input was refused. Carries all faults found, never only the first."""

    def __init__(self, faults: Iterable[Fault] | Fault) -> None:
        self.faults: tuple[Fault, ...] = (faults,) if isinstance(faults, Fault) else tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


def refuse(place: str, message: str, remedy: str = "") -> InputError:
    """The refusal of an input for one fault, to be raised by the caller."""
    return InputError(Fault(place, message, remedy))
