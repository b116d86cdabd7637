"""Options that several commands share."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

LANGUAGES = ("ar", "en", "es", "fr", "ru", "zh")

F = TypeVar("F", bound=Callable[..., Any])

json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for programs.")


instruments_option = click.option(
    "--instruments",
    "own",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="A folder of your own instruments, known beside those that ship.",
)


def _default_language() -> str:
    for name in ("PROXENY_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        code = os.environ.get(name, "")[:2]
        if code in LANGUAGES:
            return code
    return "en"


def lang_option(function: F) -> F:
    """--lang, by default the language of the environment where it is one of the six."""
    option = click.option(
        "--lang",
        type=click.Choice(LANGUAGES),
        default=_default_language,
        show_default="from the environment, else en",
        help="The language of labels and messages.",
    )
    return option(function)
