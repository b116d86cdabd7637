"""Chunks on all cores of one machine: in order, at most a few waiting."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import chain, islice
from multiprocessing import get_context

from proxeny.bulk.chunks import Chunk, Done, Work

WAITING = 3  # chunks a process in the hands of the pool; more would only fill memory
WORTH = 2  # chunks from which on a second process pays for its start

_work: list[Work] = []  # one a process, made when it starts


def worked(chunks: Iterable[Chunk], make: Callable[[], Work], processes: int) -> Iterator[Done]:
    """What came of each chunk, in order, worked out by so many processes.

    `make` makes the work; it must be a function that a new process can import. Fewer chunks than are worth a
    process are worked on in this one.
    """
    source = iter(chunks)
    first = list(islice(source, WORTH))
    everything = chain(first, source)
    if processes < 2 or len(first) < WORTH:
        work = make()
        yield from map(work, everything)
        return
    with ProcessPoolExecutor(processes, get_context("spawn"), _start, (make,)) as pool:
        pending: deque[Future[Done]] = deque()
        for chunk in everything:
            pending.append(pool.submit(_one, chunk))
            if len(pending) >= processes * WAITING:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()


def _start(make: Callable[[], Work]) -> None:
    _work.append(make())


def _one(chunk: Chunk) -> Done:
    return _work[0](chunk)
