"""A run over many chunks that a kill only interrupts: what is done stays done, and every row is there once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from proxeny.base.errors import InputError
from proxeny.bulk.chunks import Chunk, Done
from proxeny.bulk.shards import clear, counts, keep, open_job

Engine = Callable[[Iterable[Chunk]], Iterator[Done]]


class Count:
    """Rows done and refused so far, the chunks there are, and the rows an earlier run had done."""

    def __init__(self) -> None:
        self.rows = self.refused = self.chunks = self.earlier = 0


def run(chunks: Iterable[Chunk], engine: Engine, folder: Path, job: str) -> Iterator[Count]:
    """Work on every chunk that is not done yet, each kept in `folder`; gives the count after each chunk.

    A refused source removes the folder, since it can never be finished; anything else that stops the run leaves it
    for the next one of the same job.
    """
    count = Count()
    try:
        have = open_job(folder, job)
        for done in engine(_left(chunks, have, count)):
            keep(folder, done)
            count.rows += done.rows
            count.refused += done.refused
            yield count
        yield count
    except InputError:
        if not _of_another_job(folder, job):
            clear(folder)
        raise


def _left(chunks: Iterable[Chunk], have: dict[int, Path], count: Count) -> Iterator[Chunk]:
    for chunk in chunks:
        count.chunks += 1
        if chunk.number in have:
            rows, refused = counts(have[chunk.number])
            count.rows += rows
            count.earlier += rows
            count.refused += refused
        else:
            yield chunk


def _of_another_job(folder: Path, job: str) -> bool:
    mark = folder / "job"
    return mark.exists() and mark.read_text() != job
