"""What this system writes into another format, it reads again for exactly what it said."""

from __future__ import annotations

import datetime as dt

import pytest

from knowledge import KNOWLEDGE
from proxeny.actions.convert import Asked, converter
from proxeny.actions.identify import identify_reports

AT = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
TEXTS = (
    "Ransomware encrypted the servers of a hospital. Computers were shut down.",
    "A flood of requests made the website of the port unreachable for six hours.",
    "Employees received a mail with a link to a false login page; two entered their passwords.",
)


@pytest.mark.parametrize("target", ["misp", "stix", "idea0", "intelmq", "iodef", "iodef-json"])
@pytest.mark.parametrize("text", TEXTS)
def test_the_types_of_a_report_are_the_same_after_any_format(target: str, text: str) -> None:
    convert = converter(Asked(target=target, at=AT), KNOWLEDGE)
    (written,) = convert(text.encode(), "x")
    (before,) = identify_reports(text.encode(), "x", KNOWLEDGE)
    (after,) = identify_reports(written.data, "x", KNOWLEDGE)
    assert before.types
    assert {f.slug for f in after.types} == {f.slug for f in before.types}
    assert next(f.slug for f in after.types if f.primary) == next(f.slug for f in before.types if f.primary)
