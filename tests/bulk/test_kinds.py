"""JSON lines, CSV and Parquet, packed or not, in and out: the same findings."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
from pathlib import Path
from typing import Any

import pytest

from bulk_rows import TEXTS, lines, run

pyarrow = pytest.importorskip("pyarrow", reason="needs the extra proxeny[columns]")
parquet = pytest.importorskip("pyarrow.parquet")

COUNT = 7


def written(folder: Path, name: str) -> Path:
    """The same rows in the form that the name asks for."""
    path = folder / name
    rows = [json.loads(line) for line in lines(COUNT)]
    if ".parquet" in name:
        parquet.write_table(pyarrow.Table.from_pylist(rows), path)
        return path
    if ".csv" in name:
        text = io.StringIO()
        table = csv.DictWriter(text, ["id", "text"])
        table.writeheader()
        table.writerows(rows)
        data = text.getvalue().encode("utf-8-sig")
    else:
        data = "\n".join(lines(COUNT)).encode()
    if name.endswith(".zst"):
        with pyarrow.CompressedOutputStream(str(path), "zstd") as out:
            out.write(data)
        return path
    pack: Any = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}.get(path.suffix, bytes)
    path.write_bytes(pack(data))
    return path


def found(path: Path) -> list[list[str]]:
    """The types found, row by row, from any form of output."""
    if path.name.endswith(".parquet"):
        return [[t["slug"] for t in row["types"]] for row in parquet.read_table(path).to_pylist()]
    data = path.read_bytes()
    unpack: Any = {".gz": gzip.decompress, ".bz2": bz2.decompress, ".xz": lzma.decompress}.get(
        path.suffix, bytes
    )
    if path.suffix == ".zst":
        data = pyarrow.CompressedInputStream(str(path), "zstd").read()
    text = unpack(data).decode()
    if ".csv" in path.name:
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
        return [[part.split()[0] for part in row["types"].split("; ") if part] for row in rows]
    return [[t["slug"] for t in json.loads(line)["types"]] for line in text.splitlines()]


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> list[list[str]]:
    folder = tmp_path_factory.mktemp("expected")
    run(written(folder, "in.jsonl"), folder / "out.jsonl")
    return found(folder / "out.jsonl")


NAMES = ("jsonl", "jsonl.gz", "ndjson.zst", "csv", "csv.bz2", "csv.xz", "parquet")


@pytest.mark.parametrize("name", NAMES)
def test_every_form_of_input_gives_the_same_findings(
    tmp_path: Path, expected: list[list[str]], name: str
) -> None:
    done = run(written(tmp_path, f"in.{name}"), tmp_path / "out.jsonl")
    assert done.returncode == 0, done.stderr
    assert found(tmp_path / "out.jsonl") == expected
    assert any(expected)


@pytest.mark.parametrize("name", NAMES)
def test_every_form_of_output_holds_the_same_findings(
    tmp_path: Path, expected: list[list[str]], name: str
) -> None:
    source = written(tmp_path, "in.jsonl")
    assert run(source, tmp_path / f"out.{name}", "--to", "rsit").returncode == 0
    first = (tmp_path / f"out.{name}").read_bytes()
    assert found(tmp_path / f"out.{name}") == expected
    assert run(source, tmp_path / f"out.{name}", "--to", "rsit").returncode == 0
    assert (tmp_path / f"out.{name}").read_bytes() == first


def test_a_cell_is_no_formula_to_a_spreadsheet(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text(json.dumps({"id": "=HYPERLINK(1)", "text": TEXTS[0]}))
    run(source, tmp_path / "out.csv")
    assert b"'=HYPERLINK(1)" in (tmp_path / "out.csv").read_bytes()


@pytest.mark.parametrize(
    ("data", "row"),
    [
        (b'id,text\n1,"a theft"\n2\n3,"a theft"\n', 3),
        (b'id,text\n1,"a theft"\n2,"bro"ken"\n3,"a theft"\n', 3),
        (b"id,text\n1,a theft\n2,\xff\xfe\n3,a theft\n", 3),
    ],
    ids=["too few cells", "a stray quotation mark", "not UTF-8"],
)
def test_a_bad_record_of_csv_says_why_and_the_others_are_done(tmp_path: Path, data: bytes, row: int) -> None:
    source = tmp_path / "in.csv"
    source.write_bytes(data)
    done = run(source, tmp_path / "out.jsonl", "--json")
    assert json.loads(done.stderr) == {"rows": 3, "refused": 1}
    rejected = json.loads((tmp_path / "out.rejected.jsonl").read_bytes())
    assert rejected["row"] == row
    assert f"record {row}" in rejected["faults"][0]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("in.jsonl.gz", gzip.compress(b'{"text": "a"}\n' * 9)[:-9], b"cannot be read to its end"),
        ("in.parquet", b"PAR1 no more", b"cannot be read as Parquet"),
        ("in.csv", b"id,text,text\n1,a,b\n", b"columns that stand twice: text"),
        ("in.csv", b"", b"the file is empty"),
    ],
)
def test_a_damaged_source_is_refused_and_leaves_nothing(
    tmp_path: Path, name: str, data: bytes, said: bytes
) -> None:
    (tmp_path / name).write_bytes(data)
    done = run(tmp_path / name, tmp_path / "out.jsonl")
    assert done.returncode == 2
    assert said in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == [name]
