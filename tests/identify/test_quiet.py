"""What tells of nothing is given nothing: no cause, origin or technique without a type, codes and cues aside."""

from __future__ import annotations

import pytest

from knowledge import KNOWLEDGE
from proxeny.actions.identify import identify_reports
from proxeny.identify.coded import Coded
from proxeny.identify.compose import candidates
from proxeny.identify.identification import Evidence
from proxeny.identify.reading import Read, Reading


@pytest.mark.parametrize(
    "text", ["Nothing happened today. The weather is fine.", "今天天气很好。", "Il fait beau."]
)
def test_a_text_that_tells_no_type_has_no_cause_origin_or_technique_of_the_weights(text: str) -> None:
    (result,) = identify_reports(text.encode(), "x", KNOWLEDGE, source="text")
    found = (*result.causes, *result.origins, *result.techniques)
    assert result.types or [f.slug for f in found if f.basis == "model"] == []
    if not result.types and result.report["kind"] == "incident":
        assert "type" in [question.id for question in result.questions]


def test_where_the_words_tell_no_type_cues_and_codes_still_count_and_the_weights_do_not() -> None:
    by_weights = Read("cause", "error", 0.9, "model", "occurred", ())
    by_cue = Read("technique", "credential-lure", 0.8, "cue", "occurred", ())
    assert [c.slug for c in candidates([], Reading((by_weights, by_cue)), False)] == ["credential-lure"]
    code = Coded("px:1011", "type", "phishing", 0.9, Evidence("code", 'rsit:fraud="phishing"', "/Tag/0"))
    assert [c.slug for c in candidates([code], Reading((by_weights,)), False)] == ["phishing"]
    typed = Reading((by_weights, Read("type", "misdelivery", 0.9, "model", "occurred", ())))
    assert "error" in [c.slug for c in candidates([], typed, False)]
