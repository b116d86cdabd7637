"""The JSON Schema for editors accepts what the loader accepts, and refuses words that are none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from shipped import ROOT, words
from test_norm_file import NORM, changed

from proxeny.base.yaml_wire import decode_yaml
from proxeny.instrument.library import INSTRUMENT, NO_NORMS, PARTIES
from proxeny.instrument.schema import norm_schema

jsonschema = pytest.importorskip("jsonschema", reason="needs jsonschema, which the product does not")

NORMS = [
    path
    for path in sorted(ROOT.glob("*/**/*.yaml"))
    if path.name not in (INSTRUMENT, PARTIES) and path.relative_to(ROOT).parts[1] not in NO_NORMS
]


def accepts(value: Any) -> bool:
    """Whether the schema accepts a norm."""
    return bool(jsonschema.Draft202012Validator(norm_schema(words())).is_valid(value))


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(norm_schema(words()))


@pytest.mark.parametrize("path", NORMS, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_it_accepts_every_shipped_norm(path: Path) -> None:
    assert accepts(decode_yaml(path.read_bytes(), path.name).value)


@pytest.mark.parametrize(
    "change",
    [
        {"when": {"event": "attacked"}},
        {"when": {"event": "aware", "of": "trouble"}},
        {"bearer": "bank"},
        {"if": {"fact": "serious"}},
        {"if": {"xor": []}},
        {"standing": "law"},
        {"provision": None},
        {"deadline": {"within": {"hours": 0, "after": "trigger"}}},
        {"exceptions": [{"if": {"fact": "malicious"}}]},
        {"limit": 4},
    ],
)
def test_it_refuses_what_the_loader_refuses(change: dict[str, Any]) -> None:
    assert accepts(NORM)
    assert not accepts(changed(**change))
