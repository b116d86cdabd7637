"""The names of participants in treaties, as depositaries write them in English, and the codes that registers use."""

from __future__ import annotations

from collections.abc import Mapping

from proxeny.base.errors import Fault, InputError
from proxeny.identify.state_codes import is_state_code
from proxeny.identify.state_names import state_named

ORGANIZATION = "organization"
"""The word of a register for an organization that has no code."""

LEFT_OUT = "-"
"""The code of a name that is to be left out."""

_CODES = ("EU", ORGANIZATION)
# Who takes part in treaties and is no member or observer of the United Nations; and what older tables write.
_OTHERS = {
    "european union": "EU",
    "european community": "EU",
    "european economic community": "EU",
    "cook islands": "CK",
    "niue": "NU",
    "the former yugoslav republic of macedonia": "MK",
}


def is_participant(code: str) -> bool:
    """Whether a register may name a participant so: a State's code, EU, or `organization`."""
    return is_state_code(code) or code in _CODES


def code_named(name: str, names: Mapping[str, str]) -> str | None:
    """The code of a participant by its code or English name; what a person said of the name goes first."""
    said = names.get(name)
    if said is not None:
        return said
    text = name.strip()
    if is_participant(text):
        return text
    return _OTHERS.get(text.casefold()) or state_named(text)


def name_fault(place: str, name: str) -> Fault:
    """What is wrong with a name that fits no State, and what to do."""
    return Fault(
        place,
        f"{name[:60]!r} is no State's name that is known",
        f'say what it is: --name "{name[:60]}=XA", =organization, or =- to leave it out',
    )


def read_names(given: tuple[str, ...]) -> dict[str, str]:
    """`NAME=CODE` as a person gives it. Raises InputError with every fault."""
    found: dict[str, str] = {}
    faults = []
    for text in given:
        name, _, code = text.rpartition("=")
        if not name.strip() or not (code == LEFT_OUT or is_participant(code)):
            faults.append(
                Fault("--name", f"{text[:60]!r} is no NAME=CODE", "a State's code, organization, or -")
            )
        found[name.strip()] = code
    if faults:
        raise InputError(faults)
    return found
