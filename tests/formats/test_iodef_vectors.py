"""The case folders of both forms of IODEF: what each promises holds; one whose name ends in `_fail` is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from proxeny.base.errors import InputError
from proxeny.base.moments import show_moment
from proxeny.formats.detect import detect, read
from proxeny.identify.report import Report

VECTORS = Path(__file__).resolve().parents[1] / "vectors" / "formats"
CASES = sorted((form, case) for form in ("iodef", "iodef-json") for case in (VECTORS / form).iterdir())
READ = [(form, case) for form, case in CASES if not case.name.endswith("_fail")]
REFUSED = [(form, case) for form, case in CASES if case.name.endswith("_fail")]


def described(case: Path) -> tuple[dict[str, Any], bytes]:
    about = yaml.safe_load((case / "case.yaml").read_text(encoding="utf-8"))
    return about, (case / about["file"]).read_bytes()


def shown(report: Report, field: str) -> Any:
    """A field of a Report as the cases write it."""
    if field in ("occurred", "detected", "reported"):
        moment = getattr(report, field)
        return show_moment(moment) if moment else None
    if field == "indicators":
        names = ("role", "port", "protocol")
        return [
            {"type": item.type, "value": item.value}
            | {name: getattr(item, name) for name in names if getattr(item, name) is not None}
            for item in report.indicators
        ]
    if field == "tags":
        return [f"{tag.scheme}:{tag.code}" for tag in report.tags]
    if field == "stated":
        return [[item.path, item.value] for item in report.stated]
    if field == "withheld":
        return sorted(item.kind for item in report.withheld)
    if field == "losses":
        return sorted(loss.at for loss in report.losses)
    return report.marking.tlp if field == "marking" else getattr(report, field)


@pytest.mark.parametrize(("form", "case"), READ, ids=lambda value: getattr(value, "name", value))
def test_each_case_is_recognised_and_read_as_it_promises(form: str, case: Path) -> None:
    about, data = described(case)
    assert detect(data, about["file"]) == form
    reports = read(data, about["file"])
    assert len(reports) == len(about["expected"])
    for report, expected in zip(reports, about["expected"], strict=True):
        for field, value in expected.items():
            found = shown(report, field)
            assert found == (sorted(value) if field in ("losses", "withheld") else value), field


@pytest.mark.parametrize(("form", "case"), REFUSED, ids=lambda value: getattr(value, "name", value))
def test_each_case_that_must_fail_is_refused_with_its_place_and_a_remedy(form: str, case: Path) -> None:
    about, data = described(case)
    with pytest.raises(InputError) as refused:
        read(data, about["file"], form)
    for part in about["refused"]:
        assert part in str(refused.value)
    assert all(fault.remedy for fault in refused.value.faults)
    assert all(about.get("place", "") in fault.place for fault in refused.value.faults)


def test_both_forms_have_the_same_cases_of_what_is_read() -> None:
    names = {form: {case.name for other, case in READ if other == form} for form, _ in CASES}
    assert names["iodef"] < names["iodef-json"]
