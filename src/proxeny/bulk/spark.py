"""Chunks on a cluster by Spark's `mapInArrow` (extra `proxeny[spark]`): wave after wave, each in the order of its chunks.

The driver reads the source and writes the output; executors only work. So nothing but Spark itself is shared, the
output is the same bytes as on one machine, and a killed run loses no more than a wave.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from proxeny.base.errors import refuse
from proxeny.bulk.batches import CHUNK_SCHEMA, DONE_SCHEMA, chunk_batch, done_of, over_batches
from proxeny.bulk.chunks import Chunk, Done, Work

WAVE = 16  # chunks a core in one wave: enough that starting the wave costs little, bounded in the driver's memory
_HINT = "the cluster is chosen as for any Spark program, by SPARK_MASTER or spark-submit"


def worked(chunks: Iterable[Chunk], make: Callable[[], Work], master: str | None) -> Iterator[Done]:
    """What came of each chunk, in order. `make` must be importable on the executors. `master`: Spark's address,
    None for what Spark is configured with.

    Raises InputError where Spark is not installed or does not start.
    """
    spark = _session(master)
    try:
        source = iter(chunks)
        cores = max(1, int(spark.sparkContext.defaultParallelism))
        function = over_batches(make)
        while wave := list(islice(source, cores * WAVE)):
            yield from _wave(spark, wave, function, cores)
    finally:
        spark.stop()


def _wave(spark: Any, wave: list[Chunk], function: Callable[..., Any], cores: int) -> list[Done]:
    frame = spark.createDataFrame(chunk_batch(wave), schema=CHUNK_SCHEMA)
    spread = frame.repartition(min(len(wave), cores * 4))
    return done_of(spread.mapInArrow(function, DONE_SCHEMA).toArrow())


def _session(master: str | None) -> Any:
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise refuse(
            "--engine spark", "needs Spark, which is not installed", "pip install 'proxeny[spark]'"
        ) from error
    builder = SparkSession.builder.appName("proxeny bulk")
    if master:
        builder = builder.master(master)
        if master.startswith("local"):  # workers of this machine run this very Python; a cluster has its own
            os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    try:
        return (
            builder.config("spark.sql.execution.arrow.pyspark.enabled", "true")
            .config(
                "spark.sql.execution.arrow.maxRecordsPerBatch", "4"
            )  # chunks; few at a time in an executor
            .config("spark.ui.enabled", "false")
            .getOrCreate()
        )
    except Exception as error:  # whatever Java or the network says
        raise refuse("--engine spark", f"Spark does not start: {str(error)[:300]}", _HINT) from error
