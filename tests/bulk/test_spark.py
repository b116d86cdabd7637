"""On a cluster the same bytes come out as on one machine. A real Spark of two cores runs; `make test-spark` has it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bulk_rows import TEXTS, lines, run

pytest.importorskip("pyspark", reason="needs the extra proxeny[spark]: make test-spark")
if shutil.which("java") is None:
    pytest.skip("Spark needs Java 17 or later", allow_module_level=True)


def test_spark_gives_the_same_bytes_as_one_process(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    rows = lines(2600)
    rows[700] = "{"
    source.write_text("\n".join(rows), encoding="utf-8")
    assert run(source, tmp_path / "one.jsonl", "--processes", "1", "--to", "rsit").returncode == 2
    spark = ("--engine", "spark", "--master", "local[2]", "--to", "rsit")
    done = run(source, tmp_path / "spark.jsonl", *spark)
    assert done.returncode == 2, done.stderr[-3000:]
    assert (tmp_path / "spark.jsonl").read_bytes() == (tmp_path / "one.jsonl").read_bytes()
    rejected = [(tmp_path / f"{name}.rejected.jsonl").read_bytes() for name in ("one", "spark")]
    assert rejected[0] == rejected[1]


def test_spark_converts_to_the_same_files_as_one_process(tmp_path: Path) -> None:
    source = tmp_path / "events.jsonl"
    rows = [
        json.dumps({"classification.type": "phishing", "source.ip": f"192.0.2.{n % 250}", "source.port": n})
        for n in range(1, 1301)
    ]
    rows[700] = "{"
    source.write_text("\n".join(rows), encoding="utf-8")
    for name, engine in (
        ("one", ("--processes", "1")),
        ("spark", ("--engine", "spark", "--master", "local[2]")),
    ):
        words = (str(source), "--to", "idea0", "-o", str(tmp_path / name), "--at", "2026-03-02T09:00:00Z")
        done = subprocess.run(
            [sys.executable, "-m", "proxeny", "convert", *words, *engine], check=False, capture_output=True
        )
        assert done.returncode == 2, done.stderr[-3000:]
    one, spark = ({p.name: p.read_bytes() for p in (tmp_path / name).iterdir()} for name in ("one", "spark"))
    assert one == spark
    assert len(one["events.idea.jsonl"].splitlines()) == 1299


def test_a_frame_of_ones_own_is_identified_by_map_in_arrow() -> None:
    from pyspark.sql import SparkSession

    from proxeny.bulk.batches import IDENTIFIED_SCHEMA
    from proxeny.wiring import identify_frame

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    spark = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
    try:
        frame = spark.createDataFrame([(str(n), TEXTS[n % 3]) for n in range(9)], "key string, words string")
        found = frame.mapInArrow(identify_frame("words", "key", ("rsit",)), IDENTIFIED_SCHEMA).collect()
    finally:
        spark.stop()
    assert {row.id: json.loads(row.result)["types"][0]["slug"] for row in found} == {
        str(n): ("equipment-theft", "misdelivery", "ransomware")[n % 3] for n in range(9)
    }
