"""Rating a facts file on the incident scale."""

from __future__ import annotations

from typing import Any

from proxeny.identify.facts_file import parse_facts
from proxeny.identify.scale import International, National, Rating, rate


def level_of_file(data: bytes, name: str) -> dict[str, Any]:
    """The JSON of `proxeny level`. Raises InputError with every fault of the file."""
    return shown(rate(parse_facts(data, name).facts))


def shown(rating: Rating) -> dict[str, Any]:
    """A rating as the commands show it."""
    return {
        "national": {code: national_shown(state) for code, state in rating.national.items()},
        "international": _event(rating.international),
        "version": rating.version,
    }


def national_shown(state: National) -> dict[str, Any]:
    """One State's level, its driver and every rule that fired."""
    return {
        "low": state.low,
        "high": state.high,
        "driver": state.driver,
        "driver_low": state.driver_low,
        "rules": state.rules,
    }


def _event(event: International) -> dict[str, Any]:
    return {"low": event.low, "high": event.high, "driver": event.driver, "driver_low": event.driver_low}
