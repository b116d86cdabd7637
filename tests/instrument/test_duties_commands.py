"""The commands of duties: what they print, their JSON, their exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from shipped import ROOT
from test_situation_file import CONTRACT

from proxeny.cli.main import main

ITEM = (
    *(
        "row",
        "norm",
        "provision",
        "standing",
        "check",
        "bearer",
        "counterparty",
        "status",
        "by",
        "late_after",
    ),
    *("by_if", "needs", "trace"),
)
AT = ("--at", "2026-03-02T12:00Z")


@pytest.fixture
def file(tmp_path: Path) -> str:
    """The facts file of the contract."""
    path = tmp_path / "facts.yaml"
    path.write_text(CONTRACT, encoding="utf-8")
    return str(path)


def run(*words: str) -> Result:
    """A command, in English."""
    return CliRunner(env={"PROXENY_LANG": "en"}).invoke(main, words)


def told(*words: str) -> Any:
    """The JSON of a command that succeeds."""
    result = run(*words, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_duties_gives_the_five_lists_and_each_duty_its_keys(file: str) -> None:
    found = told("duties", file, "--state", "XA", *AT)
    assert set(found) >= {"due", "recommended", "would_apply", "open", "reference"}
    by_row = {duty["row"]: duty for duty in found["due"]}
    assert by_row["D074"]["by"] == "2026-03-03T08:00:00Z"
    assert by_row["D075"]["by"] == "2026-03-05T08:00:00Z"
    assert by_row["D077"]["status"] == "waiting"
    assert all(set(duty) >= set(ITEM) for duty in found["due"])


def test_options_may_stand_before_the_file(file: str) -> None:
    assert told("duties", "--state", "XA", *AT, file) == told("duties", file, "--state", "XA", *AT)


def test_an_instrument_alone_may_be_asked_for(file: str) -> None:
    found = told("duties", file, "--state", "XA", *AT, "--instrument", "eu.gdpr")
    assert not found["due"]


def test_duties_reads_well(file: str) -> None:
    result = run("duties", file, "--state", "XA", *AT)
    assert "op1 towards CSIRT" in result.stdout
    assert "by 2026-03-03T08:00:00Z" in result.stdout


@pytest.mark.parametrize(
    "options",
    [
        ("--state", "XZ"),
        ("--state", "XA", "--counterparty", "nobody"),
        ("--state", "XA", "--instrument", "eu.nis3"),
        ("--state", "XA", "--at", "yesterday"),
        ("--state", "XA", "--warn", "forthwith"),
        ("--state", "XA", "--warn", "soon=2"),
    ],
)
def test_bad_options_are_refused(file: str, options: tuple[str, ...]) -> None:
    result = run("duties", file, *options)
    assert result.exit_code == 2
    assert result.stderr.startswith("proxeny: --")


def test_a_bad_file_is_refused_with_every_fault(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(CONTRACT.replace("aware", "attacked").replace("nis2_entity", "bank"), encoding="utf-8")
    result = run("duties", str(path), "--state", "XA")
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 2


def test_check_runs_the_expectations(file: str, tmp_path: Path) -> None:
    assert run("duties", "check", file).exit_code == 0
    path = tmp_path / "wrong.yaml"
    path.write_text(CONTRACT.replace("by: 2026-03-03T08:00Z", "by: 2026-03-03T09:00Z"), encoding="utf-8")
    result = run("duties", "check", str(path))
    assert result.exit_code == 1
    assert "2026-03-03T08:00:00Z" in result.stderr


def test_why_names_provision_condition_anchor_and_arithmetic(file: str) -> None:
    (answer,) = told("why", "D074", file, *AT)["answers"]
    text = " ".join(answer["sentences"])
    for part in (
        "m1",
        "in force for XA since 2024-10-18",
        "Anchor: aware",
        "+ 24 hours: 2026-03-03T08:00:00Z",
    ):
        assert part in text


def test_why_not_ends_with_what_failed_first(file: str) -> None:
    (answer,) = told("why-not", "D084", file, *AT)["answers"]
    assert "classified major" in answer["sentences"][-1]
    assert not told("why-not", "eu.nis2.23.4.a", file, *AT)["answers"]
    assert run("why-not", "D999", file).exit_code == 2


def test_instruments_are_listed_shown_and_checked(tmp_path: Path) -> None:
    listed = run("instruments", "list", "--json")
    rows = [json.loads(line) for line in listed.stdout.splitlines()]
    assert {"eu.nis2", "model-convention"} <= {row["instrument"] for row in rows}
    assert told("instruments", "show", "eu.nis2.23.4.a")["norms"][0]["check"] == "V"
    assert told("instruments", "parties", "eu.nis2")["acts"] == []
    assert run("instruments", "show", "eu.nis3").exit_code == 2
    assert told("instruments", "check", str(ROOT))["norms"] > 0
    (tmp_path / "words.yaml").write_bytes((ROOT / "words.yaml").read_bytes())
    (tmp_path / "t").mkdir()
    (tmp_path / "t" / "1.yaml").write_text("id: t.1\nbearer: bank\n", encoding="utf-8")
    result = run("instruments", "check", str(tmp_path))
    assert result.exit_code == 1
    assert "t/instrument.yaml" in result.stderr


def test_a_final_clause_is_no_norm_and_says_where_it_is_shown(file: str) -> None:
    result = run("why", "D022", file)
    assert result.exit_code == 2
    assert "proxeny instruments show un.cybercrime" in result.stderr


def test_every_output_about_the_model_convention_bears_its_notice(tmp_path: Path) -> None:
    party = "act: deposit, in_force: 2026-06-01, source: t"
    path = tmp_path / "facts.yaml"
    path.write_text(
        "facts_version: 1\n"
        "actors: {XA: {kind: state}, XB: {kind: state}}\n"
        f"parties: {{model-convention: [{{state: XA, {party}}}, {{state: XB, {party}}}]}}\n"
        "events: [{event: assessed, level_high: 4, by: XA, at: 2026-06-02T10:00Z, source: m}]\n",
        encoding="utf-8",
    )
    facts, at = str(path), ("--at", "2026-06-02T11:00Z")
    for words in (
        ("duties", facts, "--state", "XA", *at),
        ("due", facts, "--state", "XA", *at),
        ("due", facts, "--state", "XA", *at, "--ical", "-"),
        ("why", "model-convention.5.3", facts, *at),
        ("why-not", "model-convention.5.2", facts, *at),
        ("replay", str(tmp_path)),
        ("instruments", "show", "model-convention"),
        ("instruments", "parties", "model-convention"),
    ):
        for more in ((), ("--json",)) if "--ical" not in words else ((),):
            result = run(*words, *more)
            assert result.exit_code == 0, result.stderr
            unfolded = result.stdout.replace("\r\n ", "").replace("\\;", ";")
            assert "drafting aid; no State has proposed it" in unfolded, words
