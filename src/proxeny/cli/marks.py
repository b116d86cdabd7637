"""What no output may leave out: that it is of an exercise or a test, and what an instrument says of itself."""

from __future__ import annotations

from collections.abc import Iterable

from proxeny.actions.ports import Say
from proxeny.instrument.situation import marked


def _(message: str) -> str:
    """Marks a message for the catalogues; it is translated when shown."""
    return message


NOTICES = (_("drafting aid; no State has proposed it"),)
"""The notices of the instruments that ship; one of a person's own is shown as it is written."""


def mark_lines(context: str, say: Say) -> list[str]:
    """The first line of what is told of a facts file, where it is of an exercise or a test."""
    return [say(context.upper())] if marked(context) else []


def file_mark_lines(contexts: Iterable[tuple[str, str]], say: Say) -> list[str]:
    """The same for several files, of each its name and context; the files are named where not all are marked alike."""
    told = list(contexts)
    kinds = dict.fromkeys(context.lower() for _, context in told)
    if len(kinds) == 1:
        return mark_lines(next(iter(kinds)), say)
    lines = []
    for kind in filter(marked, kinds):
        names = say(", ").join(name for name, context in told if context.lower() == kind)
        lines.append(say("{heading}: ").format(heading=say(kind.upper())) + names)
    return lines


def shared_context(contexts: Iterable[str]) -> str | None:
    """The context that all files have; None where they differ."""
    kinds = set(contexts)
    return kinds.pop() if len(kinds) == 1 else None


def notice_line(notice: str, say: Say) -> str:
    """A notice in front of which the id of its instrument stands, in the language."""
    instrument, _, text = notice.partition(": ")
    return f"{instrument}: {say(text)}"
