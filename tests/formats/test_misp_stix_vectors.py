"""The case folders of MISP, STIX and the routes between them: what each promises holds; `_fail` must be refused.

`contains`: objects of the result, each with at least these members. `absent`: texts that stand nowhere in it.
`losses`: their places. `reads`: what the Reports say. `refused`: words of the refusal.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from stix_misp_cases import AT

from proxeny.base.errors import InputError
from proxeny.formats.between import misp_stix, stix_misp
from proxeny.formats.detect import read
from proxeny.formats.outgoing import Outgoing, Written, writer
from proxeny.identify.report import Report

VECTORS = Path(__file__).resolve().parents[1] / "vectors" / "formats"
CASES = sorted(case for folder in ("misp-stix", "misp", "stix") for case in (VECTORS / folder).iterdir())
SAID = (("ransomware", "type"),)


def described(case: Path) -> tuple[dict[str, Any], bytes]:
    about = yaml.safe_load((case / "case.yaml").read_text(encoding="utf-8"))
    return about, (case / about["file"]).read_bytes()


def written(case: Path, about: dict[str, Any], data: bytes) -> Written:
    if case.parent.name == "misp-stix":
        convert = misp_stix.convert if about["to"] == "stix" else stix_misp.convert
        ((_, found),) = convert(data, about["file"], AT)
        return found
    (report,) = read(data, about["file"])
    return writer(about["to"])(Outgoing(report=report, at=AT, said=SAID, document=json.loads(data)))


def told(case: Path, about: dict[str, Any], data: bytes) -> list[Report]:
    return read(data, about["file"], case.parent.name)


def objects_in(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for held in value.values():
            yield from objects_in(held)
    elif isinstance(value, list):
        for held in value:
            yield from objects_in(held)


@pytest.mark.parametrize(
    "case", [c for c in CASES if not c.name.endswith("_fail")], ids=lambda case: case.name
)
def test_each_case_keeps_its_promise(case: Path) -> None:
    about, data = described(case)
    if "reads" in about:
        reports = read(data, about["file"])
        assert [
            {
                "kind": report.kind,
                "title": report.title,
                "indicators": [f"{one.type}:{one.value}" for one in report.indicators],
                "tags": sorted(f"{tag.scheme}:{tag.code}" for tag in report.tags),
            }
            for report in reports
        ] == about["reads"]
        return
    found = written(case, about, data)
    held = list(objects_in(json.loads(found.data)))
    for wanted in about["contains"]:
        assert any(all(one.get(key) == value for key, value in wanted.items()) for one in held), wanted
    for text in about["absent"]:
        assert text not in found.data.decode()
    assert sorted(loss.at for loss in found.losses) == about["losses"]


@pytest.mark.parametrize("case", [c for c in CASES if c.name.endswith("_fail")], ids=lambda case: case.name)
def test_each_case_that_must_be_refused_is(case: Path) -> None:
    about, data = described(case)
    convert = written if case.parent.name == "misp-stix" else told
    with pytest.raises(InputError) as refused:
        convert(case, about, data)
    assert all(fault.place.startswith(about["file"]) and fault.remedy for fault in refused.value.faults)
    for words in about["refused"]:
        assert words in str(refused.value)
