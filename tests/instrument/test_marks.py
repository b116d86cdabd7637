"""An exercise or a test is marked on all that is told of it, in the language of the reader and in JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from test_situation_file import CONTRACT

from knowledge import KNOWLEDGE
from proxeny.cli.main import main
from proxeny.cli.marks import file_mark_lines, notice_line, shared_context
from proxeny.terms.terminology import LANGUAGES

AT = ("--at", "2026-03-02T12:00Z")
COMMANDS = {
    "duties": ("duties", "{file}", "--state", "XA", *AT),
    "nothing": ("duties", "{file}", "--state", "XA", "--at", "2026-03-01T12:00Z"),
    "due": ("due", "{file}", "--state", "XA", *AT),
    "nothing due": ("due", "{file}", "--state", "XA", "--at", "2026-03-01T12:00Z"),
    "why": ("why", "D074", "{file}", *AT),
    "why-not": ("why-not", "D084", "{file}", *AT),
    "no such duty": ("why", "D084", "{file}", *AT),
    "replay": ("replay", "{folder}"),
}
KINDS = ("exercise", "test")
CONTEXTS = st.sampled_from([*KINDS, "Exercise", "TEST", "real", "", "drill"])
OVERLAY = ("--overlay", "model-convention")


def write(folder: Path, name: str, context: str) -> None:
    """The facts file of the contract, in a context."""
    text = CONTRACT.replace("context: test", f"context: {context}")
    (folder / name).write_text(text[: text.index("expect:")], encoding="utf-8")


def run(folder: Path, command: tuple[str, ...], *more: str) -> Result:
    """A command on the file of the folder."""
    where = {"file": str(folder / "facts.yaml"), "folder": str(folder)}
    result = CliRunner().invoke(main, [*(word.format(**where) for word in command), *more])
    assert result.exit_code == 0, result.stderr
    return result


def unbroken(text: str) -> str:
    """A text without blanks: in Chinese, lines break where none stood."""
    return "".join(text.split())


def told(folder: Path, command: tuple[str, ...], *more: str) -> Any:
    """Its JSON."""
    return json.loads(run(folder, command, "--json", *more).stdout)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("context", KINDS)
def test_the_first_line_says_so_in_the_language(tmp_path: Path, command: str, context: str) -> None:
    write(tmp_path, "facts.yaml", context)
    for language in LANGUAGES:
        first, *rest = run(tmp_path, COMMANDS[command], "--lang", language).stdout.splitlines()
        assert first == KNOWLEDGE.say(language)(context.upper())
        assert rest


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("context", [*KINDS, "real"])
def test_json_says_so_in_one_word_for_all_languages(tmp_path: Path, command: str, context: str) -> None:
    write(tmp_path, "facts.yaml", context)
    assert told(tmp_path, COMMANDS[command], "--lang", "ru")["context"] == context


@pytest.mark.parametrize("command", COMMANDS)
def test_what_is_real_is_not_marked(tmp_path: Path, command: str) -> None:
    write(tmp_path, "facts.yaml", "real")
    text = run(tmp_path, COMMANDS[command], "--lang", "en").stdout
    assert "EXERCISE" not in text
    assert "TEST" not in text


def test_marks_tell_apart_the_files_of_a_replay(tmp_path: Path) -> None:
    for name, context in (("a", "exercise"), ("b", "Exercise"), ("c", "test"), ("d", "real")):
        write(tmp_path, f"{name}.yaml", context)
    found = told(tmp_path, COMMANDS["replay"])
    assert (found["context"], found["contexts"]) == (None, {"exercise": 2, "real": 1, "test": 1})
    lines = run(tmp_path, COMMANDS["replay"], "--lang", "en").stdout.splitlines()
    assert lines[:3] == ["EXERCISE: 2 of 4 files", "TEST: 1 of 4 files", "4 files, 4 events"]


def test_marks_tell_apart_the_files_of_due(tmp_path: Path) -> None:
    write(tmp_path, "facts.yaml", "exercise")
    write(tmp_path, "real.yaml", "real")
    command = (*COMMANDS["due"], str(tmp_path / "real.yaml"))
    assert told(tmp_path, command)["context"] is None
    lines = run(tmp_path, command, "--lang", "en").stdout.splitlines()
    assert lines[0] == "EXERCISE: facts.yaml"
    assert any(line.endswith("  EXERCISE  facts.yaml") for line in lines)
    assert any(line.endswith("Z  real.yaml") for line in lines)


def test_a_report_of_an_exercise_is_marked(tmp_path: Path) -> None:
    body = "EXERCISE EXERCISE EXERCISE. This is an exercise. Ransomware encrypted the servers of a bank."
    (tmp_path / "r.txt").write_text(body, encoding="utf-8")
    command = ("duties", str(tmp_path / "r.txt"), "--state", "XA", *AT)
    assert told(tmp_path, command)["context"] == "exercise"
    assert run(tmp_path, command, "--lang", "ru").stdout.splitlines()[0] == "УЧЕНИЯ"


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {"en"}))
def test_a_notice_is_in_the_language_and_in_json_in_english(tmp_path: Path, language: str) -> None:
    write(tmp_path, "facts.yaml", "real")
    english = "drafting aid; no State has proposed it"
    notice = KNOWLEDGE.say(language)(english)
    commands = (
        (*COMMANDS["replay"], *OVERLAY),
        ("instruments", "list"),
        ("instruments", "show", "model-convention"),
        COMMANDS["duties"],
    )
    for command in commands:
        text = unbroken(run(tmp_path, command, "--lang", language).stdout)
        assert unbroken(notice) in text
        assert unbroken(english) not in text
        assert english in run(tmp_path, command, "--lang", language, "--json").stdout


@given(st.lists(st.tuples(st.sampled_from(["a.yaml", "b.yaml", "c.yaml"]), CONTEXTS), max_size=5))
def test_a_file_is_marked_exactly_where_it_is_no_real_one(files: list[tuple[str, str]]) -> None:
    lines = file_mark_lines(files, str)
    kinds = {context.lower() for _, context in files}
    for kind in KINDS:
        of_kind = [name for name, context in files if context.lower() == kind]
        if not of_kind:
            assert not [line for line in lines if line.startswith(kind.upper())]
        elif len(kinds) == 1:
            assert lines == [kind.upper()]
        else:
            assert f"{kind.upper()}: {', '.join(of_kind)}" in lines
    assert len(lines) == len(kinds & set(KINDS))


def test_the_mark_does_not_hang_on_capitals(tmp_path: Path) -> None:
    write(tmp_path, "facts.yaml", "EXERCISE")
    assert told(tmp_path, COMMANDS["duties"])["context"] == "exercise"


def test_contexts_that_differ_are_none() -> None:
    assert shared_context(["test", "test"]) == "test"
    assert shared_context(["test", "real"]) is None
    assert shared_context([]) is None


def test_a_notice_of_ones_own_is_shown_as_it_is_written() -> None:
    assert notice_line("xa.rule: draft: for comment", KNOWLEDGE.say("fr")) == "xa.rule: draft: for comment"


@pytest.mark.parametrize(
    ("language", "told_facts"),
    [
        ("en", ["affected State [affected_state]: DE", "[malicious]: no  ("]),
        ("ru", ["пострадавшее государство [affected_state]: DE", "[malicious]: нет [no]  ("]),
        ("zh", ["受影响国[affected_state]：DE", "[malicious]：否[no]  ("]),
    ],
)
def test_what_a_report_gave_is_told_in_words_of_the_language_and_of_facts_files(
    tmp_path: Path, language: str, told_facts: list[str]
) -> None:
    record = {
        "schema_version": "1.3.7",
        "incident_id": "r1",
        "source_id": "test",
        "security_incident": "Confirmed",
        "summary": "A hospital could not reach its records.",
        "victim": {"victim_id": "hospital", "country": ["DE"], "industry": "622110"},
        "actor": {"external": {"variety": ["Unknown"], "motive": ["Unknown"]}},
        "action": {"error": {"variety": ["Misconfiguration"], "vector": ["Unknown"]}},
        "asset": {"assets": [{"variety": "S - Database"}]},
        "attribute": {"availability": {"variety": ["Loss"]}},
        "timeline": {"incident": {"year": 2026, "month": 3, "day": 1}},
    }
    (tmp_path / "r.json").write_text(json.dumps(record), encoding="utf-8")
    command = ("duties", str(tmp_path / "r.json"), "--state", "DE", *AT)
    text = run(tmp_path, command, "--lang", language).stdout
    head = KNOWLEDGE.say(language)("Drawn from the report")
    drawn = text[text.index(head) : text.index(KNOWLEDGE.say(language)("Not drawn from it"))]
    for part in told_facts:
        assert unbroken(part) in unbroken(drawn)


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {"en"}))
def test_an_unmet_expectation_is_told_in_the_language_with_the_words_of_the_file(
    tmp_path: Path, language: str
) -> None:
    wrong = CONTRACT.replace("by: 2026-03-03T08:00Z", "by: 2026-03-03T09:00Z")
    (tmp_path / "facts.yaml").write_text(wrong, encoding="utf-8")
    command = ["duties", "check", str(tmp_path / "facts.yaml")]
    english, other = (CliRunner().invoke(main, [*command, "--lang", lang]) for lang in ("en", language))
    assert english.exit_code == other.exit_code == 1
    for part in ("2026-03-03T09:00:00Z", "2026-03-03T08:00:00Z", "op1", "csirt", "row: D074"):
        assert part in english.stderr
        assert part in other.stderr
    assert "found" not in other.stderr
    assert "failures" not in other.stdout
    as_json = {CliRunner().invoke(main, [*command, "--lang", lang, "--json"]).stdout for lang in LANGUAGES}
    assert len(as_json) == 1
