"""The same functions over Arrow record batches: for Spark's `mapInArrow`, or any engine that hands over columns.

frame.mapInArrow(partial(identify_batches, field="text", schemes=("rsit",)), SCHEMA)   # a frame of one's own
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from proxeny.base.errors import InputError
from proxeny.base.records import encode_json
from proxeny.bulk.chunks import Chunk, Done, Row, Work
from proxeny.bulk.columns import arrow
from proxeny.bulk.identified import Identify

CHUNK_SCHEMA = "number long, rows array<long>, data array<binary>, faults array<string>, names array<string>"
DONE_SCHEMA = "number long, rows long, refused long, streams map<string, binary>"
IDENTIFIED_SCHEMA = "id string, result string, fault string"
"""The schemas in the words of Spark SQL."""


def identify_batches(batches: Iterator[Any], identify: Identify, text: str, key: str) -> Iterator[Any]:
    """For each record batch one of the same length with `id`, `result` (JSON as `proxeny bulk` writes it) and `fault`.

    `text` and `key` name the columns of the text and of the identifier.
    """
    pyarrow = arrow("identify_batches")
    for batch in batches:
        rows = [
            _identified(str(identifier), value, identify)
            for identifier, value in zip(
                batch.column(key).to_pylist(), batch.column(text).to_pylist(), strict=True
            )
        ]
        yield pyarrow.RecordBatch.from_pydict(
            {"id": [r[0] for r in rows], "result": [r[1] for r in rows], "fault": [r[2] for r in rows]},
            schema=pyarrow.schema([(name, pyarrow.string()) for name in ("id", "result", "fault")]),
        )


def _identified(identifier: str, text: Any, identify: Identify) -> tuple[str, str | None, str | None]:
    if not isinstance(text, str):
        return identifier, None, "no text"
    try:
        return identifier, encode_json(identify(text)).decode(), None
    except InputError as error:
        return identifier, None, str(error)


def over_batches(make: Callable[[], Work]) -> Callable[[Iterator[Any]], Iterator[Any]]:
    """A function over batches whose every record is a chunk; what comes of it is one record a chunk."""

    def work_batches(batches: Iterator[Any]) -> Iterator[Any]:
        work = make()
        for batch in batches:
            yield done_batch([work(chunk) for chunk in _chunks(batch)])

    return work_batches


def chunk_batch(chunks: Sequence[Chunk]) -> Any:
    """Chunks as one Arrow table, a record each."""
    pyarrow = arrow("chunks")
    return pyarrow.table(
        {
            "number": [chunk.number for chunk in chunks],
            "rows": [[row.number for row in chunk.rows] for chunk in chunks],
            "data": [[row.data for row in chunk.rows] for chunk in chunks],
            "faults": [[row.fault for row in chunk.rows] for chunk in chunks],
            "names": [[row.name for row in chunk.rows] for chunk in chunks],
        }
    )


def _chunks(batch: Any) -> Iterator[Chunk]:
    for record in batch.to_pylist():
        rows = zip(record["rows"], record["data"], record["faults"], record["names"], strict=True)
        yield Chunk(record["number"], [Row(*row) for row in rows])


def done_batch(done: Sequence[Done]) -> Any:
    """What came of chunks as one Arrow record batch."""
    pyarrow = arrow("chunks")
    return pyarrow.RecordBatch.from_pydict(
        {
            "number": [one.number for one in done],
            "rows": [one.rows for one in done],
            "refused": [one.refused for one in done],
            "streams": [list(one.streams.items()) for one in done],
        },
        schema=pyarrow.schema(
            [
                *((name, pyarrow.int64()) for name in ("number", "rows", "refused")),
                ("streams", pyarrow.map_(pyarrow.string(), pyarrow.binary())),
            ]
        ),
    )


def done_of(table: Any) -> list[Done]:
    """The records of an Arrow table back as what came of chunks, in the order of the chunks."""
    found = [Done(r["number"], r["rows"], r["refused"], dict(r["streams"])) for r in table.to_pylist()]
    return sorted(found, key=lambda one: one.number)
