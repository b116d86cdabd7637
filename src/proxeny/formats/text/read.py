"""Plain text and Markdown to one Report. Free text is never split: one file is one report."""

from __future__ import annotations

import re

from proxeny.base.errors import refuse
from proxeny.base.wire import DEFAULT_LIMITS, Limits, check_size, decode_text, digest_of
from proxeny.formats.entries import shortened
from proxeny.formats.indicators import indicators_in_text
from proxeny.formats.marking import marking_in_text
from proxeny.formats.shapes import foreign_bytes, foreign_text, looks_like_json
from proxeny.formats.text.kind import kind_of
from proxeny.identify.report import Loss, Report

_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(\S[^\n]*)", re.MULTILINE)
_MARK_LINE = re.compile(r"\W*(?:TLP|PAP)\s?[:：]\s?[A-Z+]+\W*|[\W_]*", re.IGNORECASE)
_DRESS = re.compile(r"^[\s;#>*=_-]+(?=\S)|\s#+$|\*{1,3}|`")
_FIRST_LINES = 2000  # code points in which a heading is looked for


def read(data: bytes, place: str, limits: Limits = DEFAULT_LIMITS) -> list[Report]:
    """The one Report of a text file. `text` is the file as decoded, so offsets are those of the file.

    Raises InputError for what is empty, too large, not UTF-8 (or UTF-16 with its mark), or is no prose:
    an archive, an image, XML, JSON, a table.
    """
    check_size(data, place, limits)
    fault = foreign_bytes(data, place)
    if fault:
        raise refuse(fault.place, fault.message, fault.remedy)
    text = decode_text(data, place)
    return [read_value(text, digest_of(data), place, limits)]


def read_value(text: str, digest: str, place: str, limits: Limits = DEFAULT_LIMITS) -> Report:
    """The Report of a decoded text."""
    fault = foreign_text(text, place)
    if fault:
        raise refuse(fault.place, fault.message, fault.remedy)
    if looks_like_json(text):
        raise refuse(place, "the file is JSON, not prose", "leave the format to be found out: --format auto")
    if not text.strip():
        raise refuse(place, "the file holds no text", "give a report")
    if len(text) > limits.text:
        raise refuse(
            place, f"more than {limits.text} characters of text", "send the report without its annexes"
        )
    indicators = indicators_in_text(text)
    return Report(
        digest=digest,
        format="text",
        kind=kind_of(text, indicators),
        title=_title(text),
        text=text,
        indicators=indicators,
        marking=marking_in_text(text),
        losses=losses_of(text),
    )


def losses_of(text: str) -> tuple[Loss, ...]:
    """What stands in the text but is not opened or verified."""
    losses = []
    if "-----BEGIN PGP MESSAGE-----" in text:
        losses.append(Loss(at="text", why="a PGP message in it is encrypted, not opened"))
    if "-----BEGIN PGP SIGNED MESSAGE-----" in text:
        losses.append(Loss(at="text", why="its PGP signature is not verified"))
    return tuple(losses)


def _title(text: str) -> str:
    """The first heading (CommonMark, section 4.2) or the first line that is more than a marking."""
    heading = _HEADING.search(text, 0, _FIRST_LINES)
    if heading:
        return shortened(_DRESS.sub("", heading[1][:_FIRST_LINES].strip()))
    for line in text[:_FIRST_LINES].splitlines():
        if not _MARK_LINE.fullmatch(line):
            return shortened(_DRESS.sub("", shortened(line, 200)))
    return shortened(text)
