"""D3FEND, RE&CT and the tasks of STIX: every code leads to the response axis and to nothing else."""

from __future__ import annotations

import re

import pytest
from crosswalk_data import crosswalks

from proxeny.terms.crosswalk import find_code
from proxeny.terms.translation import translate
from shared import SHARED

RESPONSES = ("d3fend", "react", "stix-task")
_NUMBER = {
    "d3fend": re.compile(r"D3-[A-Z]{2,6}|[A-Z][a-z]+"),
    "react": re.compile(r"RA[1-6]\d{3}|RS000[1-6]"),
}


@pytest.mark.parametrize("scheme", RESPONSES)
def test_a_measure_leads_to_the_response_axis_alone(scheme: str) -> None:
    for code in crosswalks().schemes[scheme].codes.values():
        assert {item.axis for item in code.mapped} <= {"response"}, code.code
        assert code.mapped or code.reason, code.code
        assert len({item.concept for item in code.mapped}) == len(code.mapped), code.code


@pytest.mark.parametrize("scheme", ["d3fend", "react"])
def test_every_published_code_is_there_under_its_name(scheme: str) -> None:
    path = SHARED / "data" / "vocabularies" / f"{scheme}.tsv"
    if not path.exists():
        pytest.skip("the published codes are not there")
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        code, name, _ = line.split("\t")
        found = crosswalks().schemes[scheme].codes.get(code)
        assert found is not None, code
        assert found.label == name


@pytest.mark.parametrize("scheme", ["d3fend", "react"])
def test_codes_are_well_formed_and_each_has_a_measure(scheme: str) -> None:
    for code in crosswalks().schemes[scheme].codes.values():
        assert _NUMBER[scheme].fullmatch(code.code), code.code
        assert code.mapped, code.code


def test_the_classes_are_the_tactics_and_the_stages() -> None:
    tops = {
        scheme: [code.code for code in crosswalks().schemes[scheme].codes.values() if not code.broader]
        for scheme in ("d3fend", "react")
    }
    assert tops["d3fend"] == ["Model", "Harden", "Detect", "Isolate", "Deceive", "Evict", "Restore"]
    assert tops["react"] == [f"RS000{stage}" for stage in range(1, 7)]


@pytest.mark.parametrize("scheme", ["d3fend", "react"])
def test_each_measure_of_the_terminology_has_at_most_one_exact_code(scheme: str) -> None:
    exact = [
        item.concept
        for code in crosswalks().schemes[scheme].codes.values()
        for item in code.mapped
        if item.predicate == "exact"
    ]
    assert len(exact) == len(set(exact))


@pytest.mark.parametrize(
    ("source", "target", "answer", "relation"),
    [
        ("d3fend:D3-AL", "react", "RA3601", "exact"),
        ("react:RA4601", "d3fend", "D3-CR", "exact"),
        ("react:RA5002", "d3fend", "D3-RO", "close"),
        ("react:RA3101", "d3fend", "D3-NI", "broader"),
        ("stix-task:containment", "react", "RS0003", "exact"),
    ],
)
def test_one_catalogue_of_measures_answers_the_other(
    source: str, target: str, answer: str, relation: str
) -> None:
    answers = {one.code.partition(":")[2]: one.relation for one in translate(crosswalks(), source, target)}
    assert answers.get(answer) == relation


def test_the_name_with_an_ampersand_finds_the_scheme() -> None:
    assert find_code(crosswalks(), "RE&CT", "RA3001") is not None
