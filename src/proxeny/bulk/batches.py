"""Many rows on all cores: batches in order, each identified by one of several processes, at most a few waiting."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import chain, islice
from multiprocessing import get_context

from proxeny.bulk.lines import Identify, identify_lines

BATCH = 500  # rows of a batch: enough work to be worth handing over, little enough to keep in order
WAITING = 3  # batches a process in the hands of the pool; more would only fill memory

Result = list[tuple[bytes, bool]]

_identify: list[Identify] = []  # one a process, made when it starts


def identify_batches(
    lines: Iterable[bytes], field: str, place: str, make: Callable[[], Identify], processes: int
) -> Iterator[tuple[bytes, bool]]:
    """What `identify_lines` gives, worked out by so many processes. `make` makes what identifies a text; it must be
    a function that a new process can import. Fewer rows than a batch are not worth a process."""
    rows = iter(lines)
    first = list(islice(rows, BATCH))
    if processes < 2 or len(first) < BATCH:
        yield from identify_lines(chain(first, rows), field, make(), place)
        return
    context = get_context("spawn")
    with ProcessPoolExecutor(processes, context, _start, (make,)) as pool:
        pending: deque[Future[Result]] = deque()
        number, batch = 1, first
        while batch:
            pending.append(pool.submit(_work, batch, field, place, number))
            if len(pending) >= processes * WAITING:
                yield from pending.popleft().result()
            number += len(batch)
            batch = list(islice(rows, BATCH))
        while pending:
            yield from pending.popleft().result()


def _start(make: Callable[[], Identify]) -> None:
    _identify.append(make())


def _work(batch: list[bytes], field: str, place: str, first: int) -> Result:
    return list(identify_lines(batch, field, _identify[0], place, first))
