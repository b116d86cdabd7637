"""Running the decision instrument on a facts file."""

from __future__ import annotations

from proxeny.base.errors import refuse
from proxeny.identify.decision import Worksheet, decide
from proxeny.identify.facts import home_of
from proxeny.identify.facts_file import parse_facts
from proxeny.identify.scale import rate


def decide_file(data: bytes, name: str) -> Worksheet:
    """The worksheet of `proxeny decide`. Raises InputError with every fault of the file."""
    facts = parse_facts(data, name).facts
    if facts.states and home_of(facts) is None:
        listed = ", ".join(facts.states)
        raise refuse(name, "several States and no home", f"add home: the one that decides, of {listed}")
    return decide(facts, rate(facts))
