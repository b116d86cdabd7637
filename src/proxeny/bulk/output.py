"""What came of the chunks as one file: JSON lines, CSV or Parquet, packed or not, by its name."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import lzma
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

import msgspec

from proxeny.bulk import columns
from proxeny.bulk.chunks import Done
from proxeny.bulk.identified import RESULTS
from proxeny.bulk.source import kind_of

_PACKED: dict[str, Callable[[BinaryIO], Any]] = {
    # No name and no time in the gzip header, so that the same rows give the same bytes.
    ".gz": lambda file: gzip.GzipFile("", "wb", fileobj=file, mtime=0),
    ".bz2": lambda file: bz2.BZ2File(file, "wb"),
    ".xz": lambda file: lzma.LZMAFile(file, "wb"),  # noqa: SIM115 - closed where it is used
    ".zst": columns.zstd_writer,
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""First characters by which a spreadsheet takes a cell for a formula (OWASP, CSV injection)."""


def write_identified(path: Path, name: str, done: Iterable[Done], schemes: Sequence[str]) -> None:
    """Write the results of all chunks to `path`, in the form that `name` asks for."""
    kind, packed = kind_of(name)
    if kind == "parquet":
        columns.write_parquet(path, (_records(one) for one in done), columns.identified_schema())
        return
    with packed_file(path, packed) as file:
        for part in _csv(done, schemes) if kind == "csv" else (one.streams[RESULTS] for one in done):
            file.write(part)


@contextmanager
def packed_file(path: Path, packed: str) -> Iterator[BinaryIO]:
    """A new file that packs what is written to it; `packed` is an ending of COMPRESSIONS or ""."""
    with path.open("wb") as file:
        if packed:
            with _PACKED[packed](file) as packing:
                yield cast(BinaryIO, packing)
        else:
            yield file


def _rows(done: Done) -> Iterator[dict[str, Any]]:
    yield from map(msgspec.json.decode, done.streams[RESULTS].splitlines())


def _records(done: Done) -> list[dict[str, Any]]:
    return [
        {
            "id": str(row["id"]),
            "types": row["types"],
            "codes": list(row["codes"].items()),
            "faults": row.get("faults", []),
        }
        for row in _rows(done)
    ]


def _csv(done: Iterable[Done], schemes: Sequence[str]) -> Iterator[bytes]:
    """Columns: id, primary, types ("slug confidence status", several by semicolon), one for each scheme, faults."""
    yield _line(["id", "primary", "types", *schemes, "faults"])
    for one in done:
        for row in _rows(one):
            types = row["types"]
            yield _line(
                [
                    str(row["id"]),
                    next((t["slug"] for t in types if t["primary"]), ""),
                    "; ".join(f"{t['slug']} {t['confidence']} {t['status']}" for t in types),
                    *("; ".join(row["codes"].get(scheme, ())) for scheme in schemes),
                    "; ".join(row.get("faults", ())),
                ]
            )


def _line(cells: list[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(["'" + cell if cell.startswith(_FORMULA) else cell for cell in cells])
    return text.getvalue().encode()
