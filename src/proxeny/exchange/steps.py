"""The named steps by which an envelope is let in, and the refusal that names its step."""

from __future__ import annotations

from typing import Literal

from proxeny.base.errors import Fault, InputError

Step = Literal[
    "frame",
    "parse-outer",
    "verify-outer",
    "context",
    "addressee",
    "digest",
    "open",
    "inner-parse",
    "inner-verify",
    "persons",
    "agree",
    "references",
    "parse-receipt",
    "verify-receipt",
    "match-receipt",
    "attachment",
    "evidence",
    "directory",
    "log",
    "inclusion",
    "follows",
    "twin",
]

DOOR: tuple[Step, ...] = ("frame", "parse-outer", "verify-outer", "context", "addressee", "digest")
"""The steps before a message is stored and a receipt given. What one of them refuses is never stored."""

OPENING: tuple[Step, ...] = ("open", "inner-parse", "inner-verify", "persons", "agree", "references")
"""The steps after it. What one of them refuses stays stored as evidence and never becomes a message."""


class RefusedError(InputError):
    """A refusal at one step of docs/reference/wire.md. Later steps were not tried."""

    def __init__(self, step: Step, faults: list[Fault]) -> None:
        self.step: Step = step
        super().__init__(faults)


def refuse_at(step: Step, place: str, message: str, remedy: str) -> RefusedError:
    """The refusal at a step for one fault, to be raised by the caller."""
    return RefusedError(step, [Fault(place, message, remedy)])
