"""Write the reference that is generated from the code: docs/reference/commands.md.

    make docs

A test compares what is written with what the code says now.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from proxeny.cli.main import COMMANDS, main

TARGET = Path(__file__).resolve().parent.parent / "docs" / "reference" / "commands.md"


def reference() -> str:
    """The help of every command, as Markdown."""
    parts = ["# Commands", "", "Generated from the code by `make docs`.", ""]
    context = click.Context(main, info_name="proxeny", terminal_width=100, max_content_width=100)
    for name in COMMANDS:
        command = main.get_command(context, name)
        assert command is not None
        parts += _section(command, context, name)
        if isinstance(command, click.Group):
            below = click.Context(
                command, info_name=name, parent=context, terminal_width=100, max_content_width=100
            )
            for sub in command.list_commands(below):
                found = command.get_command(below, sub)
                assert found is not None
                parts += _section(found, below, sub)
    return "\n".join(parts)


def _section(command: click.Command, parent: click.Context, name: str) -> list[str]:
    context = click.Context(command, info_name=name, parent=parent, terminal_width=100, max_content_width=100)
    lines = [line.rstrip() for line in command.get_help(context).splitlines()]
    return [f"## {context.command_path}", "", "```", *lines, "```", ""]


if __name__ == "__main__":
    TARGET.write_text(reference(), encoding="utf-8")
    print(f"wrote {TARGET.name}", file=sys.stderr)
