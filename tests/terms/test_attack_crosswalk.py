"""The crosswalks of ATT&CK: complete against the published codes, honest, and able to answer other schemes.

The counts of tactics and the forms of the numbers are those of MITRE ATT&CK; the names are compared with the
published lists where these stand beside the project.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from crosswalk_data import crosswalks

from proxeny.terms.crosswalk import Code, find_code
from proxeny.terms.translation import asserted, translate
from shared import SHARED

DOMAINS = ("enterprise", "ics", "mobile")
TACTICS = {
    "enterprise": "TA0043 TA0042 TA0001 TA0002 TA0003 TA0004 TA0005 TA0112 TA0006 TA0007 TA0008 TA0009 TA0011 TA0010 TA0040",
    "ics": "TA0108 TA0104 TA0110 TA0111 TA0103 TA0102 TA0109 TA0100 TA0101 TA0107 TA0106 TA0105",
    "mobile": "TA0027 TA0041 TA0028 TA0029 TA0030 TA0031 TA0032 TA0033 TA0035 TA0037 TA0036 TA0034 TA0038 TA0039",
}
_NUMBER = {
    "enterprise": re.compile(r"T1\d{3}(\.\d{3})?|TA0\d{3}"),
    "ics": re.compile(r"T0\d{3}|TA01\d\d"),
    "mobile": re.compile(r"T1\d{3}(\.\d{3})?|TA00\d\d"),
}


def _codes(domain: str) -> dict[str, Code]:
    return crosswalks().schemes[f"attack-{domain}"].codes


def _published(domain: str) -> dict[str, str]:
    path: Path = SHARED / "data" / "vocabularies" / f"attack-{domain}.tsv"
    if not path.exists():
        pytest.skip("the published codes are not there")
    lines = path.read_text(encoding="utf-8").splitlines()[1:]
    return {line.split("\t")[0]: line.split("\t")[1] for line in lines}


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_tactic_has_its_row_before_the_techniques(domain: str) -> None:
    tactics = TACTICS[domain].split()
    assert list(_codes(domain))[: len(tactics)] == tactics


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_published_technique_is_a_code_or_the_older_number_of_one(domain: str) -> None:
    lost = [code for code in _published(domain) if find_code(crosswalks(), f"attack-{domain}", code) is None]
    assert lost == []


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_technique_is_published_under_its_name(domain: str) -> None:
    published = _published(domain)
    techniques = {code: entry.label for code, entry in _codes(domain).items() if not code.startswith("TA")}
    assert techniques == {code: published.get(code) for code in techniques}


@pytest.mark.parametrize("domain", DOMAINS)
def test_numbers_are_well_formed_and_stand_under_their_parent_or_a_tactic(domain: str) -> None:
    for code, entry in _codes(domain).items():
        assert _NUMBER[domain].fullmatch(code), code
        above = entry.broader.removeprefix(f"attack-{domain}:")
        if code.startswith("TA"):
            assert above == ""
        elif "." in code and code.partition(".")[0] in _codes(domain):
            assert above == code.partition(".")[0]
        else:
            assert above in TACTICS[domain].split(), code


@pytest.mark.parametrize("domain", DOMAINS)
def test_at_most_one_code_in_eight_names_nothing_and_each_says_why(domain: str) -> None:
    without = [entry for entry in _codes(domain).values() if not entry.mapped]
    assert 8 * len(without) <= len(_codes(domain))
    assert all(entry.reason for entry in without)


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_technique_says_how_or_what_and_never_who_or_how_bad(domain: str) -> None:
    for code, entry in _codes(domain).items():
        assert {item.axis for item in entry.mapped} <= {"technique", "type", "effect"}, code
        if entry.mapped:
            assert entry.mapped[0].predicate != "related", code
        assert len({item.concept for item in entry.mapped}) == len(entry.mapped), code


@pytest.mark.parametrize("domain", DOMAINS)
def test_no_two_codes_claim_the_same_concept_exactly(domain: str) -> None:
    exact = [
        item.concept
        for entry in _codes(domain).values()
        for item in entry.mapped
        if item.predicate == "exact"
    ]
    assert len(exact) == len(set(exact))


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_sub_technique_is_never_said_to_be_as_wide_as_its_parent(domain: str) -> None:
    codes = _codes(domain)
    for code, entry in codes.items():
        parent = codes.get(code.partition(".")[0])
        if "." in code and parent is not None and parent.mapped:
            own = {item.concept for item in entry.mapped if item.predicate == "exact"}
            assert not own & {item.concept for item in parent.mapped if item.predicate == "exact"}, code


@pytest.mark.parametrize(
    ("older", "code"),
    [
        ("T1086", "T1059.001"),
        ("T1193", "T1566.001"),
        ("T1562.001", "T1685"),
        ("T1070.001", "T1685.005"),
        ("T1656", "T1684.001"),
        ("t1486", "T1486"),
        ("stealth", "TA0005"),
        ("defense-evasion", "TA0005"),
    ],
)
def test_older_numbers_and_names_of_tactics_lead_to_the_code(older: str, code: str) -> None:
    found = find_code(crosswalks(), "attack", older)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize("name", ["attack", "mitre-attack", "mitre-attack-pattern", "ATTACK-Enterprise"])
def test_the_scheme_is_found_under_the_names_in_use(name: str) -> None:
    assert find_code(crosswalks(), name, "T1566") is not None


@pytest.mark.parametrize(
    ("source", "target", "answer", "relation"),
    [
        ("attack:T1566", "rsit", 'fraud="phishing"', "close"),
        ("attack:T1498", "rsit", 'availability="dos"', "close"),
        ("attack:T1595", "intelmq", "scanner", "close"),
        ("attack:T1110.003", "rsit", 'intrusion-attempts="brute-force"', "broader"),
        ("attack:T1486", "veris", "action.malware.variety.Ransomware", "close"),
        ("attack:T1014", "veris", "action.malware.variety.Rootkit", "close"),
        ("attack:T1190", "rsit", 'intrusions="application-compromise"', "broader"),
        ('rsit:fraud="phishing"', "attack", "T1566", "close"),
        ('rsit:intrusion-attempts="brute-force"', "attack", "T1110", "close"),
        ("veris:action.malware.variety.Ransomware", "attack", "T1486", "close"),
        ("veris:action.hacking.variety.SQLi", "attack", "T1190", "broader"),
        ("attack-ics:T0814", "rsit", 'availability="dos"', "close"),
        ("attack-ics:T0865", "attack", "T1566.001", "close"),
        ("attack-mobile:T1471", "attack", "T1486", "close"),
        ("attack-mobile:T1660", "rsit", 'fraud="phishing"', "close"),
    ],
)
def test_what_desks_ask_most_is_answered(source: str, target: str, answer: str, relation: str) -> None:
    answers = {one.code.partition(":")[2]: one.relation for one in translate(crosswalks(), source, target)}
    assert answers.get(answer) == relation


def test_what_an_adversary_only_prepares_for_itself_asserts_nothing() -> None:
    for code in ("TA0042", "T1583", "T1583.001", "T1587", "T1588.001", "T1608"):
        assert asserted(crosswalks(), "attack", code) == ()


def test_an_attempt_is_never_evidence_of_a_technique_that_may_have_worked() -> None:
    for code in ("T1110", "T1110.003", "T1190", "T1203", "T1210"):
        assert not {"login-attempt", "exploitation-attempt"} & {
            item.slug for item in asserted(crosswalks(), "attack", code)
        }
