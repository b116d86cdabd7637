"""Lines of a fixed width for texts of all six languages: Chinese has no blanks to break at, and its characters are
two columns wide."""

from __future__ import annotations

import re
import unicodedata

WIDTH = 100

_WIDE = r"\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uff60"
_CLOSING = "，。、：；？！）】》”’"
_OPENING = "（【《“‘"
_PIECE = re.compile(rf" +|[{_OPENING}]*[{_WIDE}][{_CLOSING}]*|[^ {_WIDE}]+[{_CLOSING}]*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


def columns(text: str) -> int:
    """How wide a text stands on a terminal (Unicode Standard Annex 11; combining marks take no room)."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )


def wrapped(text: str, lead: str, indent: str) -> str:
    """The text after `lead`, broken at WIDTH where the language allows it, further lines after `indent`.

    What is longer than a line by itself is not broken: it is an address or a code.
    """
    lines: list[str] = []
    line, used, empty = lead, columns(lead), True
    for piece in _PIECE.findall(text):
        wide = columns(piece)
        if used + wide > WIDTH and not empty and not piece.isspace():
            lines.append(line.rstrip())
            line, used, empty = indent, columns(indent), True
        if empty and piece.isspace():
            continue
        line, used, empty = line + piece, used + wide, False
    return "\n".join((*lines, line.rstrip()))


def shortened(text: str, most: int) -> str:
    """The text on one line of at most so many columns. What a report says never steers the terminal."""
    text = " ".join(_CONTROL.sub(" ", text).split())
    if columns(text) <= most:
        return text
    kept, used = "", 1  # the sign of omission
    for piece in _PIECE.findall(text):
        used += columns(piece)
        if used > most:
            break
        kept += piece
    return (kept.rstrip() or text[: most // 2]) + "…"
