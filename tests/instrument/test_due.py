"""`proxeny due`: what is due, soonest first, as text, JSON and a calendar file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import icalendar
import pytest
from click.testing import CliRunner, Result
from test_situation_file import CONTRACT

from proxeny.cli.main import main

AT = ("--at", "2026-03-02T12:00Z")


@pytest.fixture
def file(tmp_path: Path) -> str:
    """The facts file of the contract."""
    path = tmp_path / "facts.yaml"
    path.write_text(CONTRACT, encoding="utf-8")
    return str(path)


@pytest.fixture
def exercise(tmp_path: Path) -> str:
    """The same an hour sooner, as a marked exercise."""
    path = tmp_path / "exercise.yaml"
    text = CONTRACT.replace("context: test", "context: exercise").replace(
        "2026-03-02T08:00Z", "2026-03-02T07:00Z"
    )
    path.write_text(text[: text.index("expect:")], encoding="utf-8")
    return str(path)


def run(*words: str) -> Result:
    """The command, in English."""
    return CliRunner(env={"PROXENY_LANG": "en"}).invoke(main, ("due", *words))


def told(*words: str) -> list[dict[str, Any]]:
    """The reminders as JSON."""
    result = run(*words, "--json")
    assert result.exit_code == 0, result.stderr
    found: list[dict[str, Any]] = json.loads(result.stdout)["due"]
    return found


def test_the_soonest_comes_first_over_all_files(file: str, exercise: str) -> None:
    found = told(file, exercise, "--state", "XA", *AT)
    timed = [one["limit"] for one in found if one["limit"]]
    assert timed == sorted(timed)
    assert [one["limit"] for one in found[: len(timed)]] == timed
    assert [(one["row"], one["file"]) for one in found[:2]] == [
        ("D074", "exercise.yaml"),
        ("D074", "facts.yaml"),
    ]


def test_what_is_done_waits_or_stands_is_not_due(file: str, tmp_path: Path) -> None:
    done = tmp_path / "done.yaml"
    warned = "- {event: submitted, what: early_warning, by: op1, at: 2026-03-02T09:00Z, source: m2}\nexpect:"
    done.write_text(CONTRACT.replace("expect:", warned), encoding="utf-8")
    assert "D074" not in [one["row"] for one in told(str(done), "--state", "XA", *AT)]
    found = told(file, "--state", "XA", *AT)
    assert {one["row"] for one in found} >= {"D074", "D075"}
    assert "D077" not in {one["row"] for one in found}
    assert {one["status"] for one in found} <= {"due", "open", "late"}


def test_what_is_late_stays_due(file: str) -> None:
    first = told(file, "--state", "XA", "--at", "2026-03-04T12:00Z")[0]
    assert (first["row"], first["status"]) == ("D074", "late")


def test_text_shows_time_file_and_marks_an_exercise(file: str, exercise: str) -> None:
    lines = run(file, exercise, "--state", "XA", *AT).stdout.splitlines()
    assert lines[:2] == ["TEST: facts.yaml", "EXERCISE: exercise.yaml"]
    assert lines[2] == "2026-03-03T07:00:00Z  EXERCISE  exercise.yaml"
    assert "D074 eu.nis2 23(4)(a)" in lines[3]


def test_nothing_due_is_said(file: str) -> None:
    result = run(file, "--state", "XA", "--at", "2026-03-01T12:00Z")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == ["TEST", "No duties from what has happened."]


def test_the_calendar_goes_to_a_file_or_to_standard_output(file: str, tmp_path: Path) -> None:
    target = tmp_path / "due.ics"
    result = run(file, "--state", "XA", *AT, "--ical", str(target))
    assert (result.exit_code, result.stdout) == (0, "")
    data = target.read_bytes()
    assert b"\r\n" in data
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert len(icalendar.Calendar.from_ical(data).walk("VTODO")) == len(told(file, "--state", "XA", *AT))
    assert run(file, "--state", "XA", *AT, "--ical", "-").stdout_bytes == data


def test_the_facts_are_never_written_over(file: str) -> None:
    assert run(file, "--state", "XA", "--ical", file).exit_code == 2
    assert Path(file).read_text(encoding="utf-8") == CONTRACT


def test_a_file_that_does_not_know_the_state_adds_nothing(file: str, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text("facts_version: 1\nactors: {XB: {kind: state}}\n", encoding="utf-8")
    assert told(file, str(other), "--state", "XA", *AT) == told(file, "--state", "XA", *AT)
    assert run(str(other), "--state", "XA").exit_code == 2


def test_every_fault_of_every_file_is_told(file: str, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text("facts_version: 2\nactors: {XB: {kind: land}}\n", encoding="utf-8")
    Path(file).write_text(CONTRACT.replace("aware", "attacked"), encoding="utf-8")
    result = run(file, str(other), "--state", "XA")
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 3


@pytest.mark.parametrize("options", [("--at", "today"), ("--warn", "soon"), ("--instruments", "nowhere")])
def test_bad_options_are_refused(file: str, options: tuple[str, ...]) -> None:
    assert run(file, "--state", "XA", *options).exit_code == 2


OWN = {
    "instrument.yaml": "id: xa.rule\ntitle: Rule of XA\nbound_by: direct\nstanding: binding-in-force\ncheck: V\nurl: u\n",
    "1.yaml": """
id: xa.rule.1
provision: {at: "1", url: "https://example.org/1", text_sha256: %s, read: 2026-01-01}
check: V
standing: binding-in-force
modality: obligation
bearer: nis2_entity
counterparty: csirt
valid: [{from: 2026-01-01}]
when: {event: aware, of: significant_incident}
deadline: {within: {hours: 2, after: trigger}}
action: submit
discharge: {event: submitted, what: initial}
displaced_by: [{by: eu.dora, if: {role: financial_entity}, source: Article 2}]
"""
    % ("0" * 64),
}


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A folder with an instrument of one's own, which refers to one that ships."""
    folder = tmp_path / "own" / "xa.rule"
    folder.mkdir(parents=True)
    for name, text in OWN.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder.parent


class TestOwnInstruments:
    def run(self, *words: str) -> Result:
        return CliRunner(env={"PROXENY_LANG": "en"}).invoke(main, words)

    def test_they_are_due_beside_those_that_ship(self, file: str, own: Path) -> None:
        found = told(file, "--state", "XA", *AT, "--instruments", str(own))
        assert [one["norm"] for one in found[:2]] == ["xa.rule.1", "eu.nis2.23.4.a"]

    def test_duties_why_and_check_know_them(self, file: str, own: Path) -> None:
        options = ("--instruments", str(own))
        result = self.run("duties", file, "--state", "XA", *AT, "--json", *options)
        assert "xa.rule.1" in [duty["norm"] for duty in json.loads(result.stdout)["due"]]
        assert "+ 2 hours" in self.run("why", "xa.rule.1", file, *AT, *options).stdout
        assert self.run("duties", "check", file, *options).exit_code == 0
        assert "Rule of XA" in self.run("instruments", "list", *options).stdout
        assert "xa.rule.1" in self.run("instruments", "show", "xa.rule", *options).stdout

    def test_a_folder_of_ones_own_is_checked_with_the_words_that_ship(self, own: Path) -> None:
        assert self.run("instruments", "check", str(own)).exit_code == 0
        (own / "xa.rule" / "1.yaml").write_text(
            OWN["1.yaml"].replace("csirt", "sirt").replace("eu.dora", "eu.dura"), encoding="utf-8"
        )
        result = self.run("instruments", "check", str(own))
        assert result.exit_code == 1
        assert "xa.rule/1.yaml, line 8" in result.stderr

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("eu.nis2/instrument.yaml", OWN["instrument.yaml"].replace("xa.rule", "eu.nis2")),
            ("words.yaml", "roles: {}\n"),
        ],
    )
    def test_what_ships_is_never_replaced(self, file: str, own: Path, name: str, text: str) -> None:
        (own / name).parent.mkdir(exist_ok=True)
        (own / name).write_text(text, encoding="utf-8")
        assert self.run("duties", file, "--state", "XA", "--instruments", str(own)).exit_code == 2

    def test_an_empty_folder_is_refused(self, file: str, tmp_path: Path) -> None:
        (tmp_path / "none").mkdir()
        options = ("--instruments", str(tmp_path / "none"))
        assert self.run("duties", file, "--state", "XA", *options).exit_code == 2
