"""Sector, cause and origin: what codes and words say of whom it hit, why and from where."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import KNOWLEDGE
from proxeny.actions.identify import identify_reports
from proxeny.identify.coded import sectors_coded
from proxeny.identify.compose import SURE, candidates
from proxeny.identify.identification import Identification
from proxeny.identify.reading import Read, Reading
from proxeny.identify.words import LANGUAGES

SETS = Path(__file__).parents[1] / "sets" / "axes"
TERMS = KNOWLEDGE.terminology
NAICS = KNOWLEDGE.crosswalks.schemes["naics"].codes

# This release's figures over all languages less a margin of 0.03 (docs/figures.md).
SECTOR_PRECISION, SECTOR_RECALL = 0.82, 0.78


def identified(text: str) -> Identification:
    (found,) = identify_reports(text.encode(), "x", KNOWLEDGE, source="text")
    return found


def sectors(text: str) -> list[str]:
    return [finding.slug for finding in identified(text).sectors]


def rows(language: str) -> list[list[str]]:
    lines = (SETS / f"{language}.tsv").read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")][1:]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_labelled_file_holds_forty_reports_with_known_concepts_and_levels_in_order(language: str) -> None:
    assert len(rows(language)) == 40
    for _text, own, cause, origin, low, high in rows(language):
        axes = [TERMS.concept(slug).axis for slug in (*own.split(","), cause, origin)]
        assert axes[-2:] == ["cause", "origin"]
        assert set(axes[:-2]) == {"sector"}
        assert 0 <= int(low) <= int(high) <= 7


def test_the_labelled_files_name_every_sector_cause_origin_and_level() -> None:
    every = [row for language in LANGUAGES for row in rows(language)]
    named = {slug for row in every for slug in (*row[1].split(","), row[2], row[3])}
    wanted = {c.slug for c in TERMS.concepts.values() if c.axis in ("sector", "cause", "origin")}
    assert wanted - named == set()
    assert {int(row[4]) for row in every} == set(range(8))


def test_sectors_of_the_labelled_reports_stay_found() -> None:
    right = given_ = wanted = 0
    for language in LANGUAGES:
        for row in rows(language):
            found, own = set(sectors(row[0])), set(row[1].split(","))
            right, given_, wanted = right + len(found & own), given_ + len(found), wanted + len(own)
    assert right / given_ >= SECTOR_PRECISION
    assert right / wanted >= SECTOR_RECALL


@given(st.from_regex(r"[0-9]{2,6}", fullmatch=True))
def test_a_code_of_naics_is_read_as_the_longest_listed_code_that_begins_it(code: str) -> None:
    listed = max((c for c in NAICS if code.startswith(c)), key=len, default=None)
    found = sectors_coded([f"naics:{code}"], KNOWLEDGE.crosswalks)
    same = sectors_coded([f"naics:{listed}"], KNOWLEDGE.crosswalks)
    assert [c.slug for c in found] == [c.slug for c in same]
    assert {c.axis for c in found} <= {"sector"}


@pytest.mark.parametrize(
    ("code", "slugs"),
    [
        ("622110", ["hospital-care"]),
        ("621111", ["health"]),
        ("522320", ["payments"]),
        ("522110", ["banking"]),
        ("31-33", ["manufacturing"]),
        ("92", ["government"]),
        ("22", []),  # energy or water: the code says neither
        ("113", []),
        ("999999", []),
    ],
)
def test_a_code_of_naics_asserts_the_sector_it_stands_for(code: str, slugs: list[str]) -> None:
    assert [c.slug for c in sectors_coded([f"naics:{code}"], KNOWLEDGE.crosswalks)] == slugs


@given(st.text(max_size=30))
def test_a_sector_of_an_unknown_scheme_or_of_none_asserts_nothing(code: str) -> None:
    assert sectors_coded([f"nowhere:{code}"], KNOWLEDGE.crosswalks) == []
    assert all(c.axis == "sector" for c in sectors_coded([code], KNOWLEDGE.crosswalks))


def test_the_industry_of_a_veris_record_is_a_sector_told_by_a_code() -> None:
    record = {
        "schema_version": "1.3.4",
        "incident_id": "1",
        "summary": "Files were encrypted by ransomware.",
        "security_incident": "Confirmed",
        "action": {"malware": {"variety": ["Ransomware"], "vector": ["Unknown"]}},
        "actor": {"unknown": {}},
        "asset": {"assets": [{"variety": "S - File"}]},
        "attribute": {"availability": {"variety": ["Obscuration"]}},
        "victim": {"industry": "622110", "country": ["XA"]},
    }
    (found,) = identify_reports(json.dumps(record).encode(), "x", KNOWLEDGE, source="veris")
    coded = [finding for finding in found.sectors if finding.basis == "code"]
    assert [finding.slug for finding in coded] == ["hospital-care"]
    assert coded[0].evidence[0].value == "naics:622110"


@pytest.mark.parametrize(
    ("text", "slug", "instead"),
    [
        ("Thieves stole the bank account numbers of our tenants from the letting agency.", "banking", None),
        (
            "Ransomware encrypted the files of the University Hospital.",
            "universities-and-research",
            "hospital-care",
        ),
        ("A man stole our laptops. The police are investigating.", "public-safety", None),
    ],
)
def test_words_inside_a_longer_name_are_not_read_by_themselves(
    text: str, slug: str, instead: str | None
) -> None:
    found = sectors(text)
    assert slug not in found
    assert instead is None or instead in found


def test_a_sector_named_much_less_often_than_another_is_left_out() -> None:
    text = "Ransomware encrypted the hospital. The hospital sent patients to another hospital. {}"
    assert "hotel" in text.format("A hotel took some in.")
    assert "hospitality" not in sectors(text.format("A hotel took some in."))
    assert "hospitality" in sectors("Ransomware encrypted a hospital and a hotel.")


def _read(axis: str, slug: str, chance: float, basis: str) -> Read:
    return Read(axis, slug, chance, basis, "occurred", ())  # type: ignore[arg-type]


TYPED = _read("type", "misdelivery", 0.9, "model")


@pytest.mark.parametrize(
    ("axis", "said", "usual"),
    [
        ("cause", "power-loss", "malicious"),
        ("cause", "unknown-cause", "error"),
        ("origin", "supplier", "outside"),
    ],
)
def test_where_words_say_the_cause_or_the_origin_outright_the_weights_are_not_heard(
    axis: str, said: str, usual: str
) -> None:
    weights, cue = _read(axis, usual, 0.95, "model"), _read(axis, said, 0.8, "cue")
    assert [c.slug for c in candidates([], Reading((TYPED, weights, cue)), False)] == ["misdelivery", said]
    assert [c.slug for c in candidates([], Reading((TYPED, weights)), False)] == ["misdelivery", usual]


def test_without_a_type_the_weights_are_heard_on_the_origin_only_where_they_are_sure() -> None:
    for chance, slugs in ((SURE, ["inside"]), (SURE - 0.01, [])):
        reading = Reading((_read("origin", "inside", chance, "model"),))
        assert [c.slug for c in candidates([], reading, False)] == slugs


def test_no_word_of_a_sector_a_cause_or_an_origin_changes_which_type_is_found() -> None:
    plain = identified("An e-mail with a false link asked our people for their passwords and two gave them.")
    named = identified(
        "An e-mail with a false link asked our people for their passwords and two gave them. Hotel. Airline."
    )
    assert [f.slug for f in plain.types] == [f.slug for f in named.types]
    assert re.search("airline", " ".join(e.value.lower() for f in named.sectors for e in f.evidence))
