"""A run that is killed goes on where it was: no row lost, none doubled, the same bytes as a run that was not."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from bulk_rows import command, lines, run

ROWS = 2600


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    """A source and what an unbroken run makes of it."""
    folder = tmp_path_factory.mktemp("whole")
    source = folder / "in.jsonl"
    rows = lines(ROWS)
    rows[1200] = '{"id": "bad", "text": 3}'
    source.write_text("\n".join(rows), encoding="utf-8")
    assert run(source, folder / "out.jsonl", "--processes", "1").returncode == 2
    return source, (folder / "out.jsonl").read_bytes()


def killed_after(source: Path, output: Path, chunks: int, processes: str) -> None:
    """Start a run and kill it, with all its processes, once so many chunks are on disk."""
    folder = output.with_name(f".{output.name}.proxeny")
    process = subprocess.Popen(
        command(source, output, "--processes", processes), stderr=subprocess.DEVNULL, start_new_session=True
    )
    while process.poll() is None and len(list(folder.glob("*.done"))) < chunks:
        os.sched_yield()
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.mark.parametrize(("chunks", "processes"), [(1, "1"), (2, "2"), (4, "1")])
def test_a_killed_run_goes_on_and_gives_the_same_bytes(
    whole: tuple[Path, bytes], tmp_path: Path, chunks: int, processes: str
) -> None:
    source, expected = whole
    output = tmp_path / "out.jsonl"
    killed_after(source, output, chunks, processes)
    assert not output.exists()
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.glob(".out.jsonl.proxeny/*.done")}
    assert len(before) >= chunks
    done = run(source, output, "--json")
    assert json.loads(done.stderr) == {"rows": ROWS, "refused": 1}
    assert output.read_bytes() == expected
    assert json.loads((tmp_path / "out.rejected.jsonl").read_bytes())["row"] == 1201
    assert {path.name for path in tmp_path.iterdir()} == {"out.jsonl", "out.rejected.jsonl"}


def test_the_remains_of_another_job_are_never_mixed_in(whole: tuple[Path, bytes], tmp_path: Path) -> None:
    source, expected = whole
    output = tmp_path / "out.jsonl"
    killed_after(source, output, 1, "1")
    done = run(source, output, "--to", "rsit")
    assert done.returncode == 2
    assert b"an unfinished run with other input or options" in done.stderr
    assert run(source, output).returncode == 2  # the first job is still there, and is finished
    assert output.read_bytes() == expected


def test_a_chunk_half_written_is_done_again(whole: tuple[Path, bytes], tmp_path: Path) -> None:
    source, expected = whole
    output = tmp_path / "out.jsonl"
    killed_after(source, output, 2, "1")
    folder = tmp_path / ".out.jsonl.proxeny"
    (folder / "4.123.part").write_bytes(b"half of a chu")
    run(source, output)
    assert output.read_bytes() == expected
    assert not folder.exists()
