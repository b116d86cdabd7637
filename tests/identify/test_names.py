"""What was learnt knows no nation, nationality, group or organisation."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge import KNOWLEDGE
from proxeny.identify.model import OwnWeights
from proxeny.identify.words import LANGUAGES
from proxeny.wiring import _compiled

NAMES = set(
    (Path(__file__).parents[2] / "data" / "training" / "names.txt").read_text(encoding="utf-8").split()
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_listed_name_is_a_feature_of_the_weights(language: str) -> None:
    own = _compiled(f"model-{language}.msgpack", OwnWeights).own
    whole = {f[2:-1] for f in own if f[0] == "G" and f[1] == "^" and f[-1] == "$"}
    words = {f[1:] for f in own if f[0] == "W"} | whole
    assert not words & NAMES


def test_an_actor_tag_never_changes_what_is_found() -> None:
    from proxeny.actions.identify import identify_reports

    event = (
        '{"Event": {"info": "Web site flooded with requests",'
        ' "uuid": "0b3f5c62-7a7e-4d2f-8d55-6c1e4a1f9b18", "Tag": [%s]}}'
    )
    tag = '{"name": "rsit:availability=\\"ddos\\""}'
    actor = '{"name": "misp-galaxy:threat-actor=\\"Example Bear\\""}'
    (plain,) = identify_reports((event % tag).encode(), "x", KNOWLEDGE)
    (named,) = identify_reports((event % f"{tag}, {actor}").encode(), "x", KNOWLEDGE)
    assert plain.types == named.types
    assert plain.level == named.level
    assert named.report["withheld"]
