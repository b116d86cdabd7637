"""Rating a facts file on the incident scale."""

from __future__ import annotations

from typing import Any

from proxeny.identify.facts_file import parse_facts
from proxeny.identify.scale import National, Rating, rate


def level_of_file(data: bytes, name: str) -> dict[str, Any]:
    """The JSON of `proxeny level`. Raises InputError with every fault of the file."""
    return shown(rate(parse_facts(data, name).facts))


def shown(rating: Rating) -> dict[str, Any]:
    """A rating as the commands show it."""
    event = rating.international
    return {
        "national": {code: national_shown(state) for code, state in rating.national.items()},
        "international": {
            "low": event.low,
            "high": event.high,
            "driver": event.driver,
            "driver_low": event.driver_low,
        },
        "version": rating.version,
    }


def national_shown(state: National) -> dict[str, Any]:
    """One State's level, its drivers, every rule that fired, and what each gives at least and at most."""
    return {
        "low": state.low,
        "high": state.high,
        "driver": state.driver,
        "driver_low": state.driver_low,
        "rules": state.rules,
        "values": {rule: list(value) for rule, value in state.values.items()},
    }
