"""The named steps by which directory metadata is believed, and the refusal that names its step."""

from __future__ import annotations

from typing import Literal

from proxeny.base.errors import Fault, InputError

Step = Literal["bundle", "root", "timestamp", "snapshot", "targets", "file", "keys", "contacts", "pairing"]


class DirectoryRefusedError(InputError):
    """A refusal at one step of docs/reference/wire.md, section 7. Later steps were not tried."""

    def __init__(self, step: Step, faults: list[Fault]) -> None:
        self.step: Step = step
        super().__init__(faults)


def refuse_at(step: Step, place: str, message: str, remedy: str) -> DirectoryRefusedError:
    """The refusal at a step for one fault, to be raised by the caller."""
    return DirectoryRefusedError(step, [Fault(place, message, remedy)])
