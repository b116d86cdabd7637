"""What learning counts is what use weighs: the packed sums equal the sums of the named features' weights."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import KNOWLEDGE
from proxeny.identify.features import names_of, see
from proxeny.identify.model import BELOW, OwnWeights
from proxeny.identify.reading import Language, weigh
from proxeny.identify.words import LANGUAGES
from proxeny.wiring import _compiled

SETS = Path(__file__).parent.parent / "sets" / "reports"


def summed(text: str, language: Language) -> tuple[dict[int, int], int]:
    """The whole-number weight of each class, and the number of features, by the names of the features."""
    weighed = weigh(text, language)
    names, size = names_of(see(weighed.scan, weighed.live, language.scorer.telling), language.reader)
    own = _compiled(f"model-{language.reader.lexicon.language}.msgpack", OwnWeights).own
    sums: dict[int, int] = {}
    for name, count in names.items():
        weights = (language.scorer.weights.common if name[0] in "LKPMD" else own).get(name, b"")
        for at in range(0, len(weights), 2):
            weight = weights[at + 1] - 256 if weights[at + 1] > 127 else weights[at + 1]
            sums[weights[at]] = sums.get(weights[at], 0) + weight * count
    return sums, size


def packed(text: str, language: Language) -> tuple[dict[int, int], int]:
    """The same by the scorer."""
    scorer = language.scorer
    weighed = weigh(text, language)
    total, size = scorer._total(see(weighed.scan, weighed.live, scorer.telling))
    numbers = range(len(scorer.weights.classes))
    return {n: lane for n in numbers if (lane := scorer._lane(total, n + 1))}, size


@given(st.text(max_size=200), st.sampled_from(LANGUAGES))
def test_any_text_is_weighed_by_the_features_that_learning_names(text: str, code: str) -> None:
    language = KNOWLEDGE.language(code)
    sums, size = summed(text, language)
    assert packed(text, language) == ({n: s for n, s in sums.items() if s}, size)


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_report_is_weighed_by_the_features_that_learning_names(code: str) -> None:
    language = KNOWLEDGE.language(code)
    for line in (SETS / f"{code}.jsonl").read_text(encoding="utf-8").splitlines():
        text = json.loads(line)["text"]
        sums, size = summed(text, language)
        assert packed(text, language) == ({n: s for n, s in sums.items() if s}, size)


@given(st.text(max_size=200), st.sampled_from(LANGUAGES))
def test_what_is_told_is_at_least_as_likely_as_what_is_asked_about(text: str, code: str) -> None:
    language = KNOWLEDGE.language(code)
    weighed = weigh(text, language)
    assert all(BELOW - 0.001 <= n.chance <= 1 for n in (*weighed.named, *weighed.below))


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_weights_stay_small(code: str) -> None:
    folder = Path(__file__).parents[2] / "data" / "model"
    assert sum(path.stat().st_size for path in folder.glob("*.bin")) < 1_500_000
    assert (folder / f"{code}.bin").exists()
