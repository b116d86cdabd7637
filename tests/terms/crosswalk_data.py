"""The crosswalks of this repository put together for the tests, and the tables of translation vectors."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest
import yaml

from proxeny.terms.crosswalk import Crosswalks
from proxeny.terms.crosswalk_build import build
from proxeny.terms.sssom import parse_table
from proxeny.terms.terminology import AXES, Concept

ROOT = Path(__file__).resolve().parents[2]
CROSSWALKS = ROOT / "data" / "crosswalks"
TERMS = ROOT / "data" / "terms"
VECTORS = ROOT / "tests" / "vectors" / "translation"

SCHEMES = (
    "rsit",
    "ecsirt",
    "circl",
    "intelmq",
    "intelmq-old",
    "veris",
    "common-taxonomy",
    "europol-incident",
    "csirt_case_classification",
)


@functools.cache
def files() -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(CROSSWALKS.iterdir())}


@functools.cache
def concepts() -> tuple[Concept, ...]:
    """The concepts as the terminology's files give them: ids, axes, slugs and hierarchy."""
    found = []
    for axis in AXES:
        path = TERMS / f"{axis}.yaml"
        if not path.exists():
            pytest.skip(f"data/terms/{axis}.yaml is not there", allow_module_level=True)
        listed = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)["concepts"]
        ids = {entry["slug"]: entry["id"] for entry in listed}
        found += [
            Concept(
                id=entry["id"],
                axis=axis,
                slug=entry["slug"],
                label={},
                broader=ids[entry["broader"]] if entry.get("broader") else None,
            )
            for entry in listed
        ]
    return tuple(found)


@functools.cache
def crosswalks() -> Crosswalks:
    return build(files(), concepts())


def vectors(name: str, *columns: str) -> list[tuple[str, ...]]:
    text = (VECTORS / name).read_text(encoding="utf-8")
    return [row.values for row in parse_table(text, name, columns)]
