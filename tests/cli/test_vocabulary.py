"""`proxeny terms export, import, suggest, accept` as a user types them, and every command with what was imported."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

NATIONAL = "code;label;broader;language\n1;Disponibilité;;fr\n1.1;Déni de service distribué;1;fr\n"


def run(*args: str | Path, vocabularies: Path | None = None) -> tuple[int, str, str]:
    """Exit code, output and errors of `proxeny ARGS`, with the folder in the environment where one is given."""
    env = {key: value for key, value in os.environ.items() if key != "PROXENY_VOCABULARIES"}
    if vocabularies is not None:
        env["PROXENY_VOCABULARIES"] = str(vocabularies)
    done = subprocess.run(
        [sys.executable, "-m", "proxeny", *map(str, args)], capture_output=True, check=False, env=env
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one vocabulary, its code 1.1 mapped by accepting the first proposal."""
    (tmp_path / "xa.csv").write_text(NATIONAL, encoding="utf-8")
    made = tmp_path / "vocabularies"
    assert run("terms", "import", tmp_path / "xa.csv", "--name", "xa-cert", "-o", made)[0] == 0
    table = tmp_path / "xa-cert.suggested.tsv"
    assert run("terms", "suggest", made, "-o", table)[0] == 0
    lines = table.read_text(encoding="utf-8").splitlines()
    at = next(at for at, line in enumerate(lines) if line.startswith("\txa-cert:1.1\t"))
    lines[at] = "x" + lines[at]
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    code, out, err = run("terms", "accept", table, "-o", made)
    assert (code, out) == (0, "1 codes mapped in xa-cert.tsv\n"), err
    return made


def test_an_imported_vocabulary_is_used_by_translate_terms_and_bulk(folder: Path, tmp_path: Path) -> None:
    code, out, _ = run("--vocabulary", folder, "translate", "xa-cert:1.1", "--to", "rsit", "--json")
    assert code == 0
    assert [answer["code"] for answer in json.loads(out)["to"]] == ['rsit:availability="ddos"']
    code, out, _ = run("terms", "schemes", "--json", vocabularies=folder)
    assert "xa-cert" in {json.loads(line)["scheme"] for line in out.splitlines()}
    rows = tmp_path / "in.jsonl"
    text = "A distributed denial-of-service attack flooded the web site of the city with requests."
    rows.write_text(json.dumps({"text": text}) + "\n", encoding="utf-8")
    code, out, err = run("bulk", rows, "--text", "text", "--to", "xa-cert", vocabularies=folder)
    assert code == 0, err
    assert json.loads(out)["codes"] == {"xa-cert": ["1.1"]}


def test_a_tag_of_an_imported_vocabulary_is_evidence_for_identify(folder: Path, tmp_path: Path) -> None:
    event = {"Event": {"info": "Something", "Tag": [{"name": "xa-cert:1.1"}], "Attribute": []}}
    path = tmp_path / "event.json"
    path.write_text(json.dumps(event), encoding="utf-8")
    for vocabularies, wanted in ((folder, ["distributed-denial-of-service"]), (None, [])):
        code, out, err = run("identify", path, "--format", "misp", "--json", vocabularies=vocabularies)
        assert code == 0, err
        coded = [t["slug"] for t in json.loads(out)["types"] if t["basis"] == "code"]
        assert coded == wanted


def test_without_the_folder_the_vocabulary_is_not_known(folder: Path) -> None:
    assert folder.is_dir()
    assert run("translate", "xa-cert:1.1", "--to", "rsit")[0] == 2


def test_a_folder_that_is_not_there_is_refused_by_every_command(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere"
    for command in (("terms", "schemes"), ("translate", "rsit:ddos", "--to", "veris")):
        code, _, err = run(*command, vocabularies=missing)
        assert code == 2
        assert str(missing) in err
        assert "Traceback" not in err


def test_a_misp_taxonomy_is_imported_from_its_folder_and_a_passed_over_tag_is_told(tmp_path: Path) -> None:
    source = tmp_path / "xa-tags"
    source.mkdir()
    taxonomy = {
        "namespace": "xa-tags",
        "version": 1,
        "predicates": [{"value": "kind"}],
        "values": [{"predicate": "kind", "entry": [{"value": "phish"}, {"value": "Phish"}]}],
    }
    (source / "machinetag.json").write_text(json.dumps(taxonomy), encoding="utf-8")
    code, out, err = run("terms", "import", source, "-o", tmp_path / "made")
    assert (code, out) == (0, f"xa-tags: 2 codes, 0 of them mapped, in {tmp_path / 'made'}\n")
    assert "passed over: " in err
    code, out, _ = run("terms", "import", source, "-o", tmp_path / "again", "--name", "xb", "--json")
    assert json.loads(out)["codes"] == 2


def test_an_import_that_is_refused_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "xa.csv").write_text("code,label\na,\n", encoding="utf-8")
    code, _, err = run("terms", "import", tmp_path / "xa.csv", "-o", tmp_path / "made")
    assert code == 2
    assert "line 2: no label (fill it in)" in err
    assert not (tmp_path / "made").exists()


def test_exports_are_written_to_a_file_a_folder_or_standard_output(tmp_path: Path) -> None:
    code, out, _ = run("terms", "export", "--format", "csv")
    assert code == 0
    assert run("terms", "export", "--format", "csv", "-o", tmp_path / "t.csv")[0] == 0
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as file:
        assert file.read().splitlines() == out.splitlines()
    assert run("terms", "export", "--format", "machinetag", "-o", tmp_path / "misp")[0] == 0
    taxonomy = json.loads((tmp_path / "misp" / "proxeny" / "machinetag.json").read_text(encoding="utf-8"))
    assert taxonomy["namespace"] == "proxeny"
    assert (tmp_path / "misp" / "MANIFEST.json").exists()
    assert run("terms", "export", "--format", "csv", "-o", tmp_path)[0] == 2


def test_suggest_shows_proposals_with_reasons_and_as_json(tmp_path: Path) -> None:
    (tmp_path / "xa.csv").write_text(NATIONAL, encoding="utf-8")
    code, out, _ = run("terms", "suggest", tmp_path / "xa.csv", "--scheme", "xa-cert")
    assert code == 0
    assert "xa-cert:1.1  Déni de service distribué" in out
    code, out, _ = run("terms", "suggest", tmp_path / "xa.csv", "--scheme", "xa-cert", "--json")
    best = json.loads(out.splitlines()[1])["suggested"][0]
    assert best["slug"] == "distributed-denial-of-service"
    assert best["reasons"]


def test_the_commands_of_the_guide_run_one_after_the_other(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "vocabularies.md").read_text(encoding="utf-8")
    (table,) = re.findall(r"```csv\n(.*?)```", page, re.DOTALL)
    (tmp_path / "xa-national.csv").write_text(table, encoding="utf-8")
    commands = re.findall(r"^    \.venv/bin/proxeny (.+)$", page, re.MULTILINE)
    assert len(commands) == 9
    for command in commands:
        words = [sys.executable, "-m", "proxeny", *shlex.split(command)]
        done = subprocess.run(words, check=False, capture_output=True, cwd=tmp_path)
        assert done.returncode == 0, done.stderr.decode()
        if "suggest" in command:
            proposals = tmp_path / "xa-national.suggested.tsv"
            text = proposals.read_text(encoding="utf-8")
            proposals.write_text(
                text.replace("\n\txa-national:1.1\t", "\nx\txa-national:1.1\t", 1), encoding="utf-8"
            )
    assert 'rsit:availability="ddos"' in done.stdout.decode()
