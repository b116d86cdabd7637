"""The command `proxeny`. Each command's module is imported only when that command runs, so that a start is quick."""

from __future__ import annotations

import os
from importlib import import_module

import click

from proxeny import __version__

COMMANDS = {
    "identify": "Say what a report is in common terms, how serious, and whether to notify.",
    "level": "Rate a facts file on the incident scale, 0 to 7.",
    "decide": "Run the notification decision instrument on a facts file.",
    "translate": "Translate a code of one scheme into another.",
    "terms": "Search and show the Common Terminology; exchange vocabularies.",
    "convert": "Write reports in another format, with a list of what is lost.",
    "duties": "Say who owes what to whom, by when and why.",
    "due": "Say what is due, soonest first; write it as a calendar.",
    "why": "Say why there is a duty.",
    "why-not": "Say why there is no duty.",
    "replay": "Hold the facts files of a folder against the law, or against what might become law.",
    "instruments": "List, show and check instruments, their norms and parties.",
    "verify": "Verify an evidence file offline, with nothing but the root of trust.",
    "bulk": "Identify the texts of a JSON lines file.",
}


class LazyGroup(click.Group):
    """A group whose commands are modules of proxeny.cli with a function of the same name."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The commands in the order of the work."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of that name, its module imported now."""
        if cmd_name not in COMMANDS:
            return None
        module = cmd_name.replace("-", "_")
        command: click.Command = getattr(import_module(f"proxeny.cli.{module}"), module)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="proxeny")
@click.option(
    "--vocabulary",
    "vocabularies",
    metavar="DIR",
    multiple=True,
    help="A folder of vocabularies that `proxeny terms import` wrote, known to the command. May be repeated; "
    "PROXENY_VOCABULARIES names such folders for good.",
)
def main(vocabularies: tuple[str, ...]) -> None:
    """The desk at which a State's points of contact identify an ICT incident in common terms.

    Every command takes --json for programs. Exit codes: 0 done, 1 a check failed, 2 bad input.
    """
    if vocabularies:  # by the environment, which the processes that share the work inherit
        os.environ["PROXENY_VOCABULARIES"] = os.pathsep.join(vocabularies)
