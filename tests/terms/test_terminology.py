"""The terminology: complete in six languages, found from any of them, compiled as written."""

from __future__ import annotations

import pytest

from knowledge import KNOWLEDGE
from proxeny.base.errors import InputError
from proxeny.terms.search import search
from proxeny.terms.source import CueRule, SourceAxis, SourceConcept, find_faults
from proxeny.terms.terminology import LANGUAGES

TYPES = 56  # leaves of spec/types.md


def six(text: str) -> dict[str, str]:
    return {language: f"{text} {language}" for language in LANGUAGES}


def concept(slug: str, broader: str | None = None, cue: str = "", number: int = 1) -> SourceConcept:
    cues = {language: [cue or f"{slug} {language}"] for language in LANGUAGES}
    return SourceConcept(
        id=f"px:{number}", slug=slug, label=six(slug), definition=six(slug), cues=cues, broader=broader
    )


def test_there_are_at_least_220_concepts_each_named_in_six_languages() -> None:
    concepts = KNOWLEDGE.terminology.concepts.values()
    assert len(concepts) >= 220
    assert all(set(c.label) == set(LANGUAGES) for c in concepts)
    assert all(set(g.definition) == set(g.cues) == set(LANGUAGES) for g in KNOWLEDGE.glosses.values())


def test_every_type_to_start_from_is_there() -> None:
    leaves = [c for c in KNOWLEDGE.terminology.concepts.values() if c.axis == "type" and c.broader]
    assert len(leaves) == TYPES


@pytest.mark.parametrize(
    ("query", "slug"),
    [
        ("ransomware", "ransomware"),
        ("ransomwere", "ransomware"),
        ("rançongiciel", "ransomware"),
        ("rancongiciel", "ransomware"),
        ("勒索", "ransomware"),
        ("钓鱼", "phishing"),
        ("программа-вымогатель", "ransomware"),
        ("hameçonnage", "phishing"),
        ("фишинг", "phishing"),
        ("defacement", "defacement"),
        ("data-theft", "data-theft"),
    ],
)
def test_a_concept_is_found_from_any_language_misspelt_or_without_accents(query: str, slug: str) -> None:
    found = search(KNOWLEDGE.terminology, KNOWLEDGE.glosses, query, "en")
    assert slug in [row.slug for row in found[:3]]


def test_an_unknown_concept_is_refused_naming_the_nearest() -> None:
    with pytest.raises(InputError, match="ransomware"):
        KNOWLEDGE.terminology.concept("ransomwre")


def faults(*concepts: SourceConcept, rules: list[CueRule] | None = None) -> str:
    return "\n".join(str(f) for f in find_faults([SourceAxis("type", list(concepts))], rules or []))


def test_a_missing_language_is_a_fault() -> None:
    bad = concept("a")
    del bad.label["zh"]
    assert "no label in zh" in faults(bad)


def test_a_dangling_and_a_circular_broader_are_faults() -> None:
    assert "does not exist" in faults(concept("a", "nowhere"))
    assert "circular" in faults(concept("a", "b", number=1), concept("b", "a", number=2))


def test_a_label_twice_within_an_axis_is_a_fault() -> None:
    one, two = concept("a", number=1), concept("b", number=2)
    two.label["fr"] = one.label["fr"]
    assert "is also a's" in faults(one, two)


def test_a_cue_of_two_concepts_is_a_fault_unless_a_rule_decides() -> None:
    pair = (concept("a", cue="same", number=1), concept("b", cue="same", number=2))
    assert "claimed by a too" in faults(*pair)
    rules = [CueRule("type", language, "same", "a", "test") for language in LANGUAGES]
    assert "claimed" not in faults(*pair, rules=rules)
