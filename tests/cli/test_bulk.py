"""Many rows: in order, the same with any number of processes, and one bad row keeps no other from being done."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

TEXTS = (
    "Thieves stole two laptops from the clinic.",
    "Les dossiers ont été envoyés au mauvais destinataire.",
    "勒索软件加密了医院的服务器。",
)


def run(source: Path, output: Path, *options: str) -> subprocess.CompletedProcess[bytes]:
    """`proxeny bulk` on a file."""
    command = [sys.executable, "-m", "proxeny", "bulk", str(source), "--text", "text", "-o", str(output)]
    return subprocess.run([*command, *options], check=False, capture_output=True)


def test_one_process_and_three_write_the_same_bytes(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    rows = [json.dumps({"id": n, "text": TEXTS[n % 3]}) for n in range(1203)]
    source.write_text("\n".join(rows), encoding="utf-8")
    for processes in ("1", "3"):
        done = run(source, tmp_path / processes, "--to", "rsit", "--processes", processes)
        assert done.returncode == 0, done.stderr
    one, three = (tmp_path / "1").read_bytes(), (tmp_path / "3").read_bytes()
    assert one == three
    assert [json.loads(line)["id"] for line in one.splitlines()] == list(range(1203))


def test_a_bad_row_says_why_and_the_others_are_done(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    good = [json.dumps({"text": TEXTS[0]})] * 600
    source.write_text("\n".join([*good, '{"text": 3}', *good, "{", *good]), encoding="utf-8")
    done = run(source, tmp_path / "out", "--processes", "2")
    results = [json.loads(line) for line in (tmp_path / "out").read_bytes().splitlines()]
    assert done.returncode == 2
    assert len(results) == 1802
    assert "line 601" in results[600]["faults"][0]
    assert "line 1202" in results[1201]["faults"][0]
    assert sum("faults" in result for result in results) == 2


def test_the_file_that_is_read_is_never_written_over(tmp_path: Path) -> None:
    source, link = tmp_path / "in.jsonl", tmp_path / "link.jsonl"
    rows = json.dumps({"text": TEXTS[0]}).encode() + b"\n"
    source.write_bytes(rows)
    link.symlink_to(source)
    for output in (source, link):
        done = run(source, output)
        assert done.returncode == 2
        assert b"the output is the file that is read" in done.stderr
    assert source.read_bytes() == rows
    with source.open("rb") as file:
        command = [sys.executable, "-m", "proxeny", "bulk", "-", "--text", "text", "-o", str(source)]
        assert subprocess.run(command, check=False, capture_output=True, stdin=file).returncode == 2
    assert source.read_bytes() == rows


def test_what_stood_in_the_output_stays_when_the_run_fails_and_nothing_is_left_beside_it(
    tmp_path: Path,
) -> None:
    source, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("\n \n")
    output.write_text("before")
    done = run(source, output)
    assert done.returncode == 2
    assert b"the file is empty" in done.stderr
    assert output.read_text() == "before"
    assert {path.name for path in tmp_path.iterdir()} == {"in.jsonl", "out.jsonl"}


def test_the_output_takes_the_place_and_the_rights_of_what_stood_there(tmp_path: Path) -> None:
    source, output, link = tmp_path / "in.jsonl", tmp_path / "out.jsonl", tmp_path / "link.jsonl"
    source.write_text(json.dumps({"text": TEXTS[0]}))
    output.write_text("before")
    output.chmod(0o640)
    link.symlink_to(output)
    assert run(source, link).returncode == 0
    assert link.is_symlink()
    assert json.loads(output.read_bytes())["id"] == 1
    assert output.stat().st_mode & 0o777 == 0o640
    assert run(source, Path("/dev/null")).returncode == 0
    assert not Path("/dev/null").is_file()


def test_an_empty_input_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.touch()
    done = run(source, tmp_path / "out.jsonl")
    assert done.returncode == 2
    assert b"in.jsonl: the file is empty" in done.stderr
    assert not (tmp_path / "out.jsonl").exists()


def test_a_refused_row_keeps_its_own_id(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"id": "a-7", "text": 3}\n{"id": "b-8"}\n[1]\n{"id": "c"')
    run(source, tmp_path / "out.jsonl")
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_bytes().splitlines()]
    assert [row["id"] for row in rows] == ["a-7", "b-8", 3, 4]
    assert all(row["faults"] for row in rows)


def test_with_json_the_closing_count_is_one_object_on_standard_error(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text(json.dumps({"text": TEXTS[0]}) + '\n{"text": 3}\n')
    done = run(source, tmp_path / "out.jsonl", "--json")
    assert done.returncode == 2
    assert json.loads(done.stderr) == {"rows": 2, "refused": 1}


def test_outputs_of_names_that_begin_alike_keep_their_refused_rows_apart(tmp_path: Path) -> None:
    bad, good = tmp_path / "bad.jsonl", tmp_path / "good.jsonl"
    bad.write_text('{"id": 1}\n')
    good.write_text('{"id": 1, "text": "Ransomware on a server."}\n')
    assert run(bad, tmp_path / "xa.first.jsonl").returncode == 2
    assert run(good, tmp_path / "xa.second.csv.gz").returncode == 0
    assert (tmp_path / "xa.first.rejected.jsonl").exists()


def test_refused_rows_that_are_read_again_are_never_removed(tmp_path: Path) -> None:
    source = tmp_path / "out.rejected.jsonl"
    source.write_text('{"id": 1, "text": "Ransomware on a server."}\n')
    done = run(source, tmp_path / "out.jsonl")
    assert done.returncode == 2
    assert b"the file that is read" in done.stderr
    assert source.exists()
