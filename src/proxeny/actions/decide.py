"""Running the decision instrument on a facts file."""

from __future__ import annotations

from proxeny.identify.decision import Worksheet, decide
from proxeny.identify.facts_file import parse_facts
from proxeny.identify.scale import rate


def decide_file(data: bytes, name: str) -> Worksheet:
    """The worksheet of `proxeny decide`. Raises InputError with every fault of the file."""
    facts = parse_facts(data, name).facts
    return decide(facts, rate(facts))
