"""What a writer is given and what it gives back; each format's `write.py` is one function from Outgoing to Written.

A writer says what it is told in the words of its own format. It never reads text for meaning, never adds a claim on
who did it, and names in its losses whatever of the Report, or of what was found, its format cannot hold.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from typing import Any

import msgspec

from proxeny.base.errors import refuse
from proxeny.identify.identification import Identification
from proxeny.identify.report import Loss, Report

NAMESPACE = uuid.UUID("0192d0a4-5f0e-7c3a-9b7e-6f2f6b1d5c11")
"""The namespace of identifiers made from content (RFC 9562, section 5.5), so that the same report gives the same bytes."""


class Author(msgspec.Struct, frozen=True, kw_only=True):
    """Who writes: the organisation of this desk. The defaults are of a reserved domain (RFC 2606, section 2)."""

    name: str = "Unnamed desk"
    contact: str = "desk@desk.invalid"  # an e-mail address
    domain: str = "desk.invalid"
    given: bool = False  # whether a person gave it; a format that must name an author tells when nobody did


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """One report to be written. `codes` holds, for each scheme of the writer's SCHEMES, the codes that say what was
    found; `said` the concepts found as (slug, axis), principal type first. `document` is the decoded entry the report
    was read from where it is of the very format that is written: then its unknown fields stay. `at` is the time of
    writing, used only where the report has none of its own."""

    report: Report
    at: dt.datetime
    found: Identification | None = None
    said: tuple[tuple[str, str], ...] = ()
    codes: Mapping[str, Sequence[str]] = {}
    document: Any = None
    author: Author = Author()
    language: str = "en"
    label: Callable[[str], str] = str  # from the slug of a concept to its label in `language`
    say: Callable[[str], str] = str  # a message of this program in `language`


class Written(msgspec.Struct, frozen=True):
    """The bytes of one file of the format, and what of the report it does not say. `whole` is true where the document
    that was read passes as it stood: then nothing was lost in reading it."""

    data: bytes
    losses: tuple[Loss, ...] = ()
    whole: bool = False


Writer = Callable[[Outgoing], Written]


class Target(msgspec.Struct, frozen=True):
    """A format that is written: the module whose `write` writes it, and how its files are named."""

    module: str
    suffix: str
    schemes: tuple[str, ...]  # the vocabularies whose codes the writer uses
    lines: bool = False  # whether its entries are JSON values that may stand one a line
    wholly: bool = (
        False  # whether it says level, decision and responses, so that a report is identified wholly
    )


TARGETS: dict[str, Target] = {
    "misp": Target("proxeny.formats.misp.write", ".misp.json", ("rsit",), True, True),
    "stix": Target("proxeny.formats.stix.write", ".stix.json", ("stix-incident",), True, True),
    "intelmq": Target("proxeny.formats.intelmq.write", ".intelmq.json", ("intelmq",), True),
    "idea0": Target("proxeny.formats.idea0.write", ".idea.json", ("idea",), True),
    "iodef": Target("proxeny.formats.iodef.write", ".iodef.xml", ("iodef",), wholly=True),
    "iodef-json": Target("proxeny.formats.iodef_json.write", ".iodef.json", ("iodef",), True, True),
    "veris": Target("proxeny.formats.veris.write", ".veris.json", ("veris",), True),
    "xarf": Target("proxeny.formats.xarf.write", ".xarf.json", ("xarf",), True),
    "email": Target("proxeny.formats.mail.write", ".eml", (), wholly=True),
    "csv": Target("proxeny.formats.table.write", ".csv", ("rsit",), wholly=True),
}
"""The formats that are written, by their names on the command line."""


def writer(name: str) -> Writer:
    """The `write` of a format. Raises InputError for a name that is not in TARGETS."""
    target = TARGETS.get(name)
    if target is None:
        raise refuse("--to", f"no format {name!r} to write", f"one of: {', '.join(TARGETS)}")
    found: Writer = import_module(target.module).write
    return found


def identifier(report: Report, *what: str) -> uuid.UUID:
    """An identifier of something in what is written of a report: the same for the same report and thing."""
    return uuid.uuid5(NAMESPACE, "\x1f".join((report.digest, report.part or "", *what)))


def moment(out: Outgoing) -> dt.datetime:
    """The time a written report bears: its own, the latest stage first, else that of writing."""
    report = out.report
    return report.reported or report.detected or report.occurred or out.at


def untold(report: Report, kept: Iterable[str]) -> tuple[Loss, ...]:
    """The losses for each part of a Report that says something and is not among `kept` (names of its fields).

    What was withheld is told as one loss in every format: it is never exported (design, section 10).
    """
    held = set(kept)
    losses = [
        Loss(at=name, why=why)
        for name, why in _PARTS.items()
        if name not in held and getattr(report, name) not in (None, "", (), _NO_MARKING)
    ]
    if report.withheld:
        losses.append(Loss(at="withheld", why="statements on who did it: never exported"))
    return tuple(losses)


def untold_parts(report: Report) -> tuple[Loss, ...]:
    """The loss of the codes that the source gave to single parts, for a format that has codes of the whole only."""
    parts = [f"{tag.scheme}:{tag.code}"[:60] for tag in report.tags if tag.scope == "part"]
    if not parts:
        return ()
    shown = ", ".join(parts[:5]) + (f" and {len(parts) - 5} more" if len(parts) > 5 else "")
    return (Loss(at="tags", why=f"codes of single parts: {shown}"),)


_NO_MARKING = Report(digest="", format="").marking
_PARTS = {
    "source_id": "the source's own identifier",
    "title": "the title",
    "text": "the narrative",
    "language": "the language of the narrative",
    "occurred": "when it occurred",
    "detected": "when it was detected",
    "reported": "when it was reported",
    "states": "the States affected",
    "sectors": "the sectors",
    "tags": "codes of other schemes",
    "indicators": "the observables",
    "stated": "the impact that the report states",
    "confidence": "the source's own confidence",
    "marking": "the marking",
    "reporter": "who reported",
    "children": "structured attachments",
}
