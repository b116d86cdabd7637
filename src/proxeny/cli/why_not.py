"""`proxeny why-not`: why there is no duty."""

from __future__ import annotations

from typing import Any

import click

from proxeny.cli.why import asked, tell


@click.command("why-not")
@asked
def why_not(norm: str, facts: str, **options: Any) -> None:
    """Why there is no duty: the first false condition, the exception, the displacement, or the standing.

    NORM is the id of a norm, or a row of the source table: eu.nis2.23.4.a or D074.
    """
    tell(norm, facts, options, absent=True)
