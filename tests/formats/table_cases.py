"""The case folders of tables, forms, advisories and VERIS records: how a case is run, for the tests that use them.

A case is a folder of `tests/vectors/formats/FORMAT`: `case.yaml` and the files it names. `promise` says what it shows;
`file` is read, through `mapping` where there is one; `expected` holds for each Report the fields that must come out so.
With `to`, the Report is written in that format, with `codes` of the recipient: `written` holds values by JSON pointer,
`losses` the places of losses. Where the folder's name ends in `_fail` it is refused: `refused` holds words that the
faults must say, `place` what the place of each must hold.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from proxeny.base.errors import InputError
from proxeny.base.moments import show_moment
from proxeny.base.wire import DEFAULT_LIMITS
from proxeny.formats.detect import detect, read
from proxeny.formats.form.read import parse_mapping
from proxeny.formats.form.read import read as read_form
from proxeny.formats.outgoing import Outgoing, Written, writer
from proxeny.identify.report import Report

VECTORS = Path(__file__).resolve().parents[1] / "vectors" / "formats"
AT = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)


def cases(form: str) -> list[Path]:
    """The case folders of a format."""
    return sorted(path.parent for path in (VECTORS / form).glob("*/case.yaml"))


def check(form: str, folder: Path) -> None:
    """Run a case and compare."""
    about = yaml.safe_load((folder / "case.yaml").read_text(encoding="utf-8"))
    data = (folder / about["file"]).read_bytes()
    if folder.name.endswith("_fail"):
        _refused(about, folder, data)
        return
    if form not in ("form", "veris"):
        assert detect(data, about["file"]) == form
    reports = _read(about, folder, data)
    if "to" in about:
        _compare_written(about, write(about["to"], reports[0], data, about.get("codes", {})))
        return
    assert len(reports) == len(about["expected"])
    for report, expected in zip(reports, about["expected"], strict=True):
        for field, value in expected.items():
            found = shown(report, field)
            assert found == (sorted(value) if field in ("losses", "withheld") else value), (field, found)


def _refused(about: dict[str, Any], folder: Path, data: bytes) -> None:
    with pytest.raises(InputError) as refused:
        _done(about, folder, data)
    told = str(refused.value)
    assert all(words in told for words in about["refused"]), told
    assert all(fault.remedy for fault in refused.value.faults), told
    assert all(about["place"] in fault.place for fault in refused.value.faults), told


def _done(about: dict[str, Any], folder: Path, data: bytes) -> None:
    reports = _read(about, folder, data)
    if "to" in about:
        write(about["to"], reports[0], data, about.get("codes", {}))


def _read(about: dict[str, Any], folder: Path, data: bytes) -> list[Report]:
    if "mapping" in about:
        mapping = parse_mapping((folder / about["mapping"]).read_bytes(), about["mapping"])
        return read_form(data, about["file"], DEFAULT_LIMITS, mapping)
    return read(data, about["file"], about.get("source", "auto"))


def write(to: str, report: Report, data: bytes, codes: dict[str, list[str]]) -> Written:
    """The report written, from its own document where it is of the format that is written."""
    document = json.loads(data) if report.format == to else None
    return writer(to)(Outgoing(report=report, at=AT, codes=codes, document=document))


def _compare_written(about: dict[str, Any], written: Written) -> None:
    value = json.loads(written.data)
    for pointer, wanted in about["written"].items():
        node = value
        for key in pointer[1:].split("/"):
            node = node[int(key)] if isinstance(node, list) else node[key]
        assert node == wanted, (pointer, node)
    assert {loss.at for loss in written.losses} >= set(about.get("losses", []))


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
    if field == "states":
        return list(report.states)
    return report.marking.tlp if field == "marking" else getattr(report, field)
