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
