"""Outside scales as ranges of the scale 0 to 7: monotone, explained, and never evidence of a level."""

from __future__ import annotations

import itertools

import pytest
from crosswalk_data import crosswalks

from proxeny.base.errors import InputError
from proxeny.terms.level_range import level_range
from proxeny.terms.translation import asserted, translate

# From the mildest to the gravest, as their publishers order them.
SCALES = {
    "ppd-41": ["level-0", "level-1", "level-2", "level-3", "level-4", "level-5"],
    "nciss": ["baseline-negligible", "baseline-minor", "low", "medium", "high", "severe", "emergency"],
    "ncsc-uk": ["category-6", "category-5", "category-4", "category-3", "category-2", "category-1"],
}


@pytest.mark.parametrize("scheme", SCALES)
def test_every_code_of_a_scale_has_a_range_that_says_how_its_basis_differs(scheme: str) -> None:
    assert set(crosswalks().schemes[scheme].codes) == set(SCALES[scheme])
    for code in SCALES[scheme]:
        found = level_range(crosswalks(), scheme, code)
        assert found is not None
        assert 0 <= found.low <= found.nearest <= found.high <= 7
        assert len(found.comment) > 20


@pytest.mark.parametrize("scheme", SCALES)
def test_a_graver_code_is_never_lower_on_the_scale(scheme: str) -> None:
    ranges = [level_range(crosswalks(), scheme, code) for code in SCALES[scheme]]
    bounds = [(found.low, found.nearest, found.high) for found in ranges if found is not None]
    for milder, graver in itertools.pairwise(bounds):
        assert all(one <= two for one, two in zip(milder, graver, strict=True))
    assert bounds[0] < bounds[-1]


@pytest.mark.parametrize("scheme", SCALES)
def test_a_range_has_no_gap(scheme: str) -> None:
    for code in crosswalks().schemes[scheme].codes.values():
        levels = sorted(int(item.slug.removeprefix("level-")) for item in code.mapped)
        assert levels == list(range(levels[0], levels[-1] + 1))


@pytest.mark.parametrize("scheme", SCALES)
def test_the_level_of_another_scale_is_never_evidence(scheme: str) -> None:
    for code in SCALES[scheme]:
        assert asserted(crosswalks(), scheme, code) == ()


def test_a_threat_alone_keeps_the_lowest_level_at_three_or_less() -> None:
    """Where an imminent threat is enough for the gravest code, level 3 is possible (C of the scale is at most 3)."""
    for scheme, code in (("ppd-41", "emergency"), ("nciss", "emergency")):
        found = level_range(crosswalks(), scheme, code)
        assert found is not None
        assert (found.low, found.high) == (3, 7)


def test_codes_that_say_no_level_have_no_range() -> None:
    assert level_range(crosswalks(), "rsit", "ddos") is None
    # the order of work of one team is only related to levels
    assert level_range(crosswalks(), "csirt_case_classification", 'criticality-classification="1"') is None
    with pytest.raises(InputError, match="did you mean ncsc-uk:category-1"):
        level_range(crosswalks(), "ncsc-uk", "category-11")


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("ppd-41:5", "level-5"),
        ("ppd-41:Severe", "level-4"),
        ("nciss:black", "emergency"),
        ("ncsc-uk:C1", "category-1"),
    ],
)
def test_levels_are_known_by_number_name_and_colour(written: str, code: str) -> None:
    scheme, _, rest = written.partition(":")
    assert level_range(crosswalks(), scheme, rest) == level_range(crosswalks(), scheme, code)


def test_the_scale_of_the_directive_and_the_score_built_on_it_answer_each_other() -> None:
    for score, level in (("low", 1), ("medium", 2), ("high", 3), ("severe", 4), ("emergency", 5)):
        answers = translate(crosswalks(), f"priority-level:{score}", "ppd-41")
        assert [one.code for one in answers if one.relation == "close"] == [f"ppd-41:level-{level}"]
