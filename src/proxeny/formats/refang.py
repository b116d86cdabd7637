"""Defanged marks (hxxp, [.], [at] …) undone, with the way back to the places in the text as written.

Analysts write addresses so that nobody follows them by mistake. Undoing that opens nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable

_DOT_WORD_BEFORE = "com|net|org|info|biz|edu|gov|mil|int|io|ru|cn|fr|uk|br|jp|xyz|top|onion|cc"
_DEFANGED = re.compile(
    r"(?P<dot>[ \t]?(?:\[[ \t]?(?:\.|dot)[ \t]?\]|\([ \t]?(?:\.|dot)[ \t]?\)"
    r"|\{[ \t]?(?:\.|dot)[ \t]?\})[ \t]?"
    r"|(?<=[0-9a-z])\[\.(?=[0-9a-z])|(?<=[0-9a-z])\.\](?=[0-9a-z])"
    rf"|(?<=[0-9a-z])[ \t]dot[ \t](?=(?:{_DOT_WORD_BEFORE})\b|[0-9a-z-]{{1,63}}[ \t]dot[ \t]))"
    r"|(?P<at>[ \t]?(?:\[[ \t]?(?:@|at)[ \t]?\]|\([ \t]?(?:@|at)[ \t]?\)|\{[ \t]?(?:@|at)[ \t]?\})[ \t]?)"
    r"|(?P<colons>\[://\]|\[:\]//)"
    r"|(?P<colon>(?<=[0-9a-f])\[:\](?=[0-9a-f]))"
    r"|(?P<slash>(?<=\w)\[/\](?=\w))"
    r"|(?P<scheme>(?<![a-z])(?:h(?:xx|\*\*|tx|xt|__)p(?:s)?|fxp|meow)(?=:|\[:|\[s\]|\(s\)))",
    re.IGNORECASE,
)
# One of these stands in every text that has defanged marks; most texts have none.
_LISTED = "[|{|(.|( .|.]|(dot|(DOT|(at|(AT|(@| dot | DOT |xxp|XXp|XXP|**p|txp|TXP|xtp|XTP|__p|fxp|FXP|meow"
_MARKS = tuple(_LISTED.split("|"))


def as_written(position: int) -> int:
    """The way back where the text is unchanged."""
    return position


def refanged(text: str) -> tuple[str, Callable[[int], int]]:
    """The text with its defanged marks undone, and the way back from its positions to those of `text`.

    A position inside what stands for a mark leads to the start of the mark. Where nothing is defanged,
    the way back is `as_written`.
    """
    if not any(mark in text for mark in _MARKS):
        return text, as_written
    parts: list[str] = []
    starts: list[int] = [0]
    sources: list[int] = [0]
    done = length = 0
    for match in _DEFANGED.finditer(text):
        new = _plain_form(match)
        parts += (text[done : match.start()], new)
        length += match.start() - done
        starts += (length, length + len(new))
        sources += (match.start(), match.end())
        length += len(new)
        done = match.end()
    if not parts:
        return text, as_written
    parts.append(text[done:])

    def original(position: int) -> int:
        index = bisect_right(starts, position) - 1
        inside_replacement = index % 2 == 1
        return sources[index] + (0 if inside_replacement else position - starts[index])

    return "".join(parts), original


def _plain_form(match: re.Match[str]) -> str:
    kind = match.lastgroup
    if kind == "scheme":
        word = match.group().lower()
        return "ftp" if word == "fxp" else "https" if word.endswith("ps") else "http"
    return {"dot": ".", "at": "@", "colons": "://", "colon": ":", "slash": "/"}[kind or ""]
