"""How refusals are shown: every fault on a line of its own, and exit code 2."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from proxeny.base.errors import InputError

BAD_INPUT = 2


def show_faults(error: InputError) -> None:
    """Print every fault with its place and remedy to standard error."""
    for fault in error.faults:
        click.echo(f"proxeny: {fault}", err=True)


@contextmanager
def refusals() -> Iterator[None]:
    """End the command with exit code 2 when its input is refused."""
    try:
        yield
    except InputError as error:
        show_faults(error)
        sys.exit(BAD_INPUT)
