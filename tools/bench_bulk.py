"""Measure `proxeny bulk` as it grows: 100,000 and 1,000,000 short records, time a record, cores busy, peak memory.

    python tools/bench_bulk.py [ROWS ...] [--spark]     # needs ../shared/data; Spark as in `make test-spark`

Prints a table; with --spark also whether a real Spark of two cores gives the same bytes for the first count.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("PROXENY_SHARED", ROOT.parent / "shared")) / "data"
SHORT = 200  # code points of a short text
COUNTS = (100_000, 1_000_000)
SAMPLED = 0.25  # seconds between two looks at the memory


def texts() -> list[str]:
    """The short texts of the VERIS Community Database."""
    lines = (SHARED / "vcdb-before-2016.jsonl").read_text(encoding="utf-8").splitlines()
    return [text for line in lines if 0 < len(text := json.loads(line)["text"]) <= SHORT]


def write_rows(path: Path, count: int) -> None:
    """So many records, each with a number of its own, so that no memo of whole texts helps."""
    with path.open("w", encoding="utf-8") as file:
        for number, text in enumerate(islice(cycle(texts()), count)):
            file.write(
                json.dumps({"id": number, "text": f"{text} Case {number}."}, ensure_ascii=False) + "\n"
            )


def memory(group: int) -> int:
    """The memory of a process group, bytes: shared pages counted once (PSS)."""
    total = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(process.name)) == group:
                rollup = (process / "smaps_rollup").read_text()
                total += (
                    int(next(line.split()[1] for line in rollup.splitlines() if line.startswith("Pss:")))
                    * 1024
                )
        except (OSError, StopIteration):
            continue
    return total


def run(source: Path, output: Path, *options: str) -> tuple[float, float, int]:
    """Seconds, seconds of processor time and peak memory of one run."""
    command = [
        sys.executable,
        "-m",
        "proxeny",
        "bulk",
        str(source),
        "--text",
        "text",
        "-o",
        str(output),
        *options,
    ]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    process = subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL)
    peak = 0
    while process.poll() is None:
        peak = max(peak, memory(process.pid))
        time.sleep(SAMPLED)
    seconds = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, peak


def main(counts: tuple[int, ...], spark: bool) -> None:
    """Print the table."""
    print("| records | seconds | µs a record | cores busy | peak MiB |")
    print("|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for count in counts:
            source = folder / f"{count}.jsonl"
            write_rows(source, count)
            seconds, busy, peak = run(source, folder / "out.jsonl")
            row = (f"{count:,}", f"{seconds:.1f}", f"{seconds / count * 1e6:.1f}", f"{busy / seconds:.2f}")
            print(f"| {' | '.join(row)} | {peak / 2**20:.0f} |", flush=True)
        if spark:
            source = folder / f"{counts[0]}.jsonl"
            run(source, folder / "one.jsonl")
            seconds, _, _ = run(source, folder / "spark.jsonl", "--engine", "spark", "--master", "local[2]")
            same = (folder / "one.jsonl").read_bytes() == (folder / "spark.jsonl").read_bytes()
            print(
                f"Spark, {counts[0]} records: {seconds:.1f} s, {'the same bytes' if same else 'OTHER BYTES'}"
            )


if __name__ == "__main__":
    given = tuple(int(word) for word in sys.argv[1:] if word.isdecimal())
    main(given or COUNTS, "--spark" in sys.argv)
