"""Rows from a file of JSON lines, CSV or Parquet, compressed or not; never more of it in memory than a few rows."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import lzma
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

from proxeny.base.errors import refuse
from proxeny.base.records import encode_json
from proxeny.bulk import columns
from proxeny.bulk.chunks import MAX_ROW, Row

MAX_CELL = 4 * 2**20  # code points of one CSV cell: the narrative limit of base.wire

_UNPACKED: dict[str, Callable[[Path], Any]] = {
    ".gz": lambda path: gzip.GzipFile(path, "rb"),
    ".bz2": lambda path: bz2.BZ2File(path, "rb"),
    ".xz": lambda path: lzma.LZMAFile(path, "rb"),  # noqa: SIM115 - closed where it is used
    ".zst": columns.zstd_reader,
}
KINDS = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".csv": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
}
"""What a file's ending says of its rows; whatever has another ending is read as JSON lines."""
COMPRESSIONS = tuple(_UNPACKED)
_BROKEN = (OSError, EOFError, zlib.error, lzma.LZMAError)


def kind_of(name: str) -> tuple[str, str]:
    """The kind of rows of a file (jsonl, csv, parquet) and its compression (an ending, or ""), by its name."""
    path = Path(name)
    packed = path.suffix.lower() if path.suffix.lower() in _UNPACKED else ""
    ending = Path(path.stem).suffix if packed else path.suffix
    return KINDS.get(ending.lower(), "jsonl"), packed


def rows_of(name: str) -> Iterator[Row]:
    """The rows of a file, or of standard input for `-`, in order.

    Raises InputError where the file cannot be read, is damaged where it is compressed, or has no usable header.
    A single row that cannot be read is given with its fault.
    """
    kind, packed = kind_of(name)
    if kind == "parquet":
        yield from _parquet_rows(name)
        return
    with _opened(name, packed) as file:
        try:
            yield from (_csv_rows(file, name) if kind == "csv" else _line_rows(file, name))
        except _BROKEN as error:
            raise refuse(name, f"cannot be read to its end: {error}", "send the file again whole") from error


def _opened(name: str, packed: str) -> BinaryIO:
    if name == "-":
        return sys.stdin.buffer
    try:
        if packed:
            return cast(BinaryIO, _UNPACKED[packed](Path(name)))
        return Path(name).open("rb")
    except OSError as error:
        raise refuse(
            name, f"cannot be read: {error.strerror or error}", "check the name and the rights"
        ) from error


def _line_rows(file: BinaryIO, name: str) -> Iterator[Row]:
    number = 0
    while line := file.readline(MAX_ROW + 1):
        number += 1
        if len(line) > MAX_ROW and not line.endswith(b"\n"):
            while line and not line.endswith(b"\n"):
                line = file.readline(MAX_ROW)
            yield Row(number, b"", _too_large(name, number))
        elif line.strip():
            yield Row(number, line)


def _too_large(name: str, number: int) -> str:
    return f"{name}, line {number}: larger than {MAX_ROW // 2**20} MiB (split it, or leave attachments out)"


def _csv_rows(file: BinaryIO, name: str) -> Iterator[Row]:
    """One JSON object a record, the header's names as members (RFC 4180). Numbers count records, the header as 1."""
    csv.field_size_limit(MAX_CELL)
    text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")
    reader = csv.reader(text, strict=True)
    header = _header(reader, name)
    number = 1
    while True:
        number += 1
        place = f"{name}, record {number} (line {reader.line_num + 1})"
        try:
            cells = next(reader, None)
        except csv.Error as error:
            yield Row(number, b"", f"{place}: not CSV: {error} (correct the quotation marks)")
            continue
        if cells is None:
            return
        if cells:
            yield _csv_row(header, cells, number, place)


def _csv_row(header: list[str], cells: list[str], number: int, place: str) -> Row:
    if len(cells) != len(header):
        return Row(
            number, b"", f"{place}: {len(cells)} cells under {len(header)} columns (quote cells with commas)"
        )
    try:
        return Row(number, encode_json(dict(zip(header, cells, strict=True))))
    except UnicodeEncodeError:
        return Row(number, b"", f"{place}: not UTF-8 text (save the file as UTF-8)")


def _header(reader: Any, name: str) -> list[str]:
    try:
        header: list[str] = next(reader, [])
    except csv.Error as error:
        raise refuse(f"{name}, line 1", f"not CSV: {error}", "correct the quotation marks") from error
    twice = sorted({column for column in header if header.count(column) > 1})
    if twice:
        raise refuse(
            f"{name}, line 1", f"columns that stand twice: {', '.join(twice)[:200]}", "name each once"
        )
    return header


def _parquet_rows(name: str) -> Iterator[Row]:
    for number, row in enumerate(columns.parquet_rows(name), start=1):
        try:
            yield Row(number, encode_json(row))
        except (TypeError, ValueError) as error:
            yield Row(number, b"", f"{name}, row {number}: {error} (give text, numbers and times)")


def unpacked(name: str, packed: str) -> bytes:
    """The bytes of a packed file, never more than a row may have (what is packed may unpack to any size)."""
    with _opened(name, packed) as file:
        try:
            data = file.read(MAX_ROW + 1)
        except _BROKEN as error:
            raise refuse(name, f"cannot be read to its end: {error}", "send the file again whole") from error
    if len(data) > MAX_ROW:
        raise refuse(name, f"unpacks to more than {MAX_ROW // 2**20} MiB", "give its reports as JSON lines")
    return data


def check_readable(name: str) -> None:
    """Raise InputError where a file is not there or may not be read, before any work."""
    if name == "-":
        return
    try:
        with Path(name).open("rb"):
            pass
    except OSError as error:
        raise refuse(name, f"cannot be read: {error.strerror}", "check the name and the rights") from error
