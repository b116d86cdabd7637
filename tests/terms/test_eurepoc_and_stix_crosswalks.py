"""EuRepoC incident types and the smaller vocabularies of STIX: what they say, and what they must not say."""

from __future__ import annotations

import pytest
from crosswalk_data import crosswalks

from proxeny.terms.crosswalk import require_code
from proxeny.terms.translation import asserted, translate

STIX = (
    "stix-infrastructure",
    "stix-indicator",
    "stix-tool",
    "stix-determination",
    "stix-confidentiality-loss",
    "stix-integrity-alteration",
    "stix-physical-impact",
    "stix-information",
    "stix-external-impact",
    "stix-task",
)


def test_every_type_of_eurepoc_is_there_as_published() -> None:
    assert list(crosswalks().schemes["eurepoc"].codes) == [
        "Data theft",
        "Data theft & Doxing",
        "Disruption",
        "Hijacking with Misuse",
        "Hijacking without Misuse",
        "Ransomware",
        "Not available",
    ]


@pytest.mark.parametrize(
    ("code", "slugs"),
    [
        ("Data theft", ["data-theft"]),
        ("data theft and doxing", ["data-theft", "data-publication"]),
        ("disruption", ["disruption"]),
        ("Hijacking with Misuse", ["intrusion"]),
        ("Hijacking without Misuse", ["intrusion"]),
        ("ransomware", ["ransomware"]),
        ("Not available", []),
    ],
)
def test_a_type_of_eurepoc_says_what_befell(code: str, slugs: list[str]) -> None:
    assert [item.slug for item in asserted(crosswalks(), "eurepoc", code)] == slugs


def test_entry_of_which_no_use_was_made_is_not_called_theft() -> None:
    for target in ("rsit", "veris", "stix-incident"):
        answers = translate(crosswalks(), "eurepoc:Hijacking without Misuse", target)
        assert not [one.code for one in answers if "exfil" in one.code.lower() or "information" in one.code]


@pytest.mark.parametrize("scheme", STIX)
def test_every_code_has_a_concept_or_a_reason(scheme: str) -> None:
    for code in crosswalks().schemes[scheme].codes.values():
        assert bool(code.mapped) != bool(code.reason), code.code
        assert len({item.concept for item in code.mapped}) == len(code.mapped), code.code


@pytest.mark.parametrize("scheme", ["stix-indicator", "stix-task"])
def test_who_did_it_is_never_a_concept(scheme: str) -> None:
    code = require_code(crosswalks(), scheme, "attribution")
    assert code.mapped == ()
    assert "does not pass on" in code.reason


@pytest.mark.parametrize(
    ("scheme", "code"),
    [
        ("stix-determination", "false-positive"),
        ("stix-determination", "suspected"),
        ("stix-determination", "failed-attempt"),
        ("stix-confidentiality-loss", "suspected-loss"),
        ("stix-confidentiality-loss", "none"),
        ("stix-integrity-alteration", "potential-destruction"),
        ("stix-information", "pii"),
        ("stix-information", "credentials-user"),
    ],
)
def test_what_is_not_established_is_no_evidence(scheme: str, code: str) -> None:
    assert asserted(crosswalks(), scheme, code) == ()


@pytest.mark.parametrize(
    ("source", "target", "answer"),
    [
        ("infrastructure-type-ov:command-and-control", "rsit", 'malicious-code="c2-server"'),
        ("stix-infrastructure:phishing", "rsit", 'fraud="phishing"'),
        ("stix-infrastructure:amplification", "rsit", 'vulnerable="ddos-amplifier"'),
        ("stix-tool:remote-access", "attack", "T1219"),
        ("stix-tool:network-capture", "attack", "T1040"),
        ("stix-integrity-alteration:full-modification", "veris", "attribute.integrity.variety.Modify data"),
    ],
)
def test_the_smaller_vocabularies_are_translated(source: str, target: str, answer: str) -> None:
    assert answer in {one.code.partition(":")[2] for one in translate(crosswalks(), source, target)}
