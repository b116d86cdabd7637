"""Parquet and Arrow through pyarrow, which only rows in columns need (extra `proxeny[columns]`)."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from proxeny.base.errors import refuse

_BATCH = 1000  # rows decoded at a time


def arrow(place: str) -> Any:
    """The module pyarrow. Raises InputError with the remedy where it is not installed."""
    try:
        import pyarrow
    except ImportError as error:
        raise refuse(
            place, "needs pyarrow, which is not installed", "pip install 'proxeny[columns]'"
        ) from error
    return pyarrow


def zstd_reader(path: Path) -> BinaryIO:
    """The unpacked bytes of a .zst file. Raises OSError as `open` does."""
    unpacked = arrow(path.name).CompressedInputStream(str(path), "zstd")
    return io.BufferedReader(unpacked)  # which alone gives lines


def zstd_writer(file: BinaryIO) -> BinaryIO:
    """What packs for an open file."""
    found: BinaryIO = arrow("a .zst file").CompressedOutputStream(file, "zstd")
    return found


def parquet_rows(name: str) -> Iterator[dict[str, Any]]:
    """The rows of a Parquet file, in order. Raises InputError where it is none."""
    pyarrow = arrow(name)
    if name == "-":
        raise refuse(name, "Parquet cannot be read from standard input", "give a file")
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(name)
        for batch in file.iter_batches(batch_size=_BATCH):
            yield from batch.to_pylist()
    except (OSError, pyarrow.ArrowException) as error:
        raise refuse(name, f"cannot be read as Parquet: {str(error)[:200]}", "check the file") from error


def identified_schema() -> Any:
    """The Arrow schema of identified rows: what `proxeny bulk` writes as Parquet."""
    pyarrow = arrow("Parquet")
    found = pyarrow.struct(
        [
            ("slug", pyarrow.string()),
            ("confidence", pyarrow.float64()),
            ("status", pyarrow.string()),
            ("primary", pyarrow.bool_()),
        ]
    )
    return pyarrow.schema(
        [
            ("id", pyarrow.string()),
            ("types", pyarrow.list_(found)),
            ("codes", pyarrow.map_(pyarrow.string(), pyarrow.list_(pyarrow.string()))),
            ("faults", pyarrow.list_(pyarrow.string())),
        ]
    )


def write_parquet(path: Path, rows: Iterable[list[dict[str, Any]]], schema: Any) -> None:
    """Rows, given some at a time, as one Parquet file of that schema (zstd within)."""
    pyarrow = arrow(path.name)
    from pyarrow import parquet

    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        for some in rows:
            writer.write_table(pyarrow.Table.from_pylist(some, schema=schema))
