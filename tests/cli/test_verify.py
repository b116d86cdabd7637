"""`proxeny verify` as a user types it: what is proven, exit codes, refusals."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from proxeny.cli.main import main

FOLDER = Path(__file__).parents[1] / "vectors/exchange/evidence"
BLOBS = json.loads((FOLDER / "blobs.json").read_text(encoding="utf-8"))


def expand(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: expand(one) for name, one in value.items()}
    if isinstance(value, list):
        return [expand(one) for one in value]
    return BLOBS[value] if isinstance(value, str) else value


def case_of(name: str) -> Any:
    return json.loads((FOLDER / name / "case.json").read_text(encoding="utf-8"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("answered", "twin-void", "revoked-outer-unproven", "inner-one_fail"):
        data = json.dumps(expand(case_of(name)["evidence"]))
        (tmp_path / f"{name}.json").write_text(data, encoding="utf-8")
    root = expand(case_of("answered")["evidence"]["directory"]["roots"][0])
    (tmp_path / "1.root.json").write_bytes(base64.b64decode(root))
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["verify", *words])


def test_what_is_proven_is_said_with_who_says_each_time(folder: Path) -> None:
    done = run(str(folder / "answered.json"), "--root", str(folder / "1.root.json"))
    assert done.exit_code == 0, done.output
    assert "proven of the first message: sent, received, acknowledged, read, answered" in done.output
    assert "signed by 2 persons" in done.output
    assert "says a third State: 2026-03-02T08:15:00Z" in done.output


def test_claims_and_doubts_are_said(folder: Path) -> None:
    root = case_of("answered")["root"]
    assert "void: proof stands against it" in run(str(folder / "twin-void.json"), "--root", root).output
    assert "a person decides" in run(str(folder / "revoked-outer-unproven.json"), "--root", root).output


def test_programs_get_the_verdict_as_json(folder: Path) -> None:
    done = run(str(folder / "answered.json"), "--root", case_of("answered")["root"], "--json")
    verdict = json.loads(done.output)
    assert verdict["valid"] is True
    assert verdict["messages"][0]["standing"] == "valid"


def test_what_does_not_hold_names_the_step_and_ends_with_1(folder: Path) -> None:
    done = run(str(folder / "inner-one_fail.json"), "--root", case_of("answered")["root"])
    assert done.exit_code == 1
    assert "refused at the step persons" in done.output


def test_what_is_no_evidence_or_no_root_ends_with_2(folder: Path) -> None:
    root = case_of("answered")["root"]
    assert run(str(folder / "1.root.json"), "--root", root).exit_code == 2
    assert run(str(folder / "absent.json"), "--root", root).exit_code == 2
    assert run(str(folder / "answered.json"), "--root", "sha256:12").exit_code == 2
    assert run(str(folder / "answered.json"), "--root", str(folder / "answered.json")).exit_code == 2
