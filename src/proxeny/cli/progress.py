"""What long runs share: how they are worked on, and how far they are."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import click

from proxeny.bulk.chunks import Work
from proxeny.bulk.resumable import Count, Engine

MOST_PROCESSES = 64


def engine_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options --processes, --engine and --master."""
    for option in (
        click.option(
            "--master",
            metavar="URL",
            default=None,
            help="Spark's master, e.g. local[2] or spark://host:7077.",
        ),
        click.option(
            "--engine",
            type=click.Choice(("local", "spark")),
            default="local",
            show_default=True,
            help="One machine, or a cluster by Spark; the output is the same.",
        ),
        click.option(
            "--processes",
            type=click.IntRange(1, MOST_PROCESSES),
            default=None,
            help="How many processes share the work; the output is the same.  [default: one a core]",
        ),
    ):
        command = option(command)
    return command


def engine_of(name: str, make: Callable[[], Work], processes: int, master: str | None) -> Engine:
    """What works on chunks."""
    if name == "spark":
        from proxeny.bulk import spark

        return partial(spark.worked, make=make, master=master)
    from proxeny.bulk import local

    return partial(local.worked, make=make, processes=processes)


def told(count: Count, quiet: bool) -> None:
    """The count so far, on a terminal only."""
    if quiet or not sys.stderr.isatty():
        return
    earlier = f", {count.earlier} of them by an earlier run" if count.earlier else ""
    click.echo(f"\r{count.rows} rows{earlier}", nl=False, err=True)
