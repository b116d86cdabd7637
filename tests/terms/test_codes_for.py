"""A set of concepts in the codes of a scheme: what was found is said, and nothing else."""

from __future__ import annotations

import pytest

from knowledge import KNOWLEDGE
from proxeny.terms.translation import codes_for

Concepts = list[tuple[str, str]]


def said(concepts: Concepts, scheme: str) -> list[str]:
    """The codes of the scheme for these (slug, axis) pairs."""
    return codes_for(KNOWLEDGE.crosswalks, concepts, scheme)


@pytest.mark.parametrize(
    ("concepts", "scheme", "codes"),
    [
        (
            [("ransomware", "type")],
            "rsit",
            [
                'malicious-code="infected-system"',
                'information-content-security="unauthorised-information-modification"',
            ],
        ),
        ([("ransomware", "type")], "veris", ["action.malware.variety.Ransomware"]),
        ([("theft-of-object", "technique")], "veris", ["action.physical.variety.Theft"]),
        ([("equipment-theft", "type")], "veris", ["action.physical.variety.Theft"]),
    ],
)
def test_a_concept_is_said_in_its_own_codes(concepts: Concepts, scheme: str, codes: list[str]) -> None:
    assert said(concepts, scheme) == codes


def test_a_class_of_another_technique_than_was_found_is_not_said() -> None:
    misuse = [("privilege-misuse", "type"), ("misuse-of-entitlement", "technique"), ("malicious", "cause")]
    assert said(misuse, "veris") == ["action.misuse"]


def test_a_channel_alone_does_not_make_its_action() -> None:
    by_web = [("human-error", "technique"), ("web-application-channel", "technique")]
    assert said(by_web, "veris") == ["action.error"]


def test_a_code_that_says_a_concept_only_beside_another_gives_way() -> None:
    exposed = [("data-exposure", "type"), ("configuration-error", "technique")]
    assert "action.error.variety.Publishing error" not in said(exposed, "veris")
    assert said([("data-exposure", "type")], "veris")
