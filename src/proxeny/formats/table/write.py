"""Reports as a table (CSV, RFC 4180, UTF-8): one header, and one row a report. The columns are COLUMNS, in that order.

A spreadsheet takes a cell that begins with = + - @, a tab or a carriage return for a formula. Such a cell gets an
apostrophe before it, which a spreadsheet hides and a program must take off again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from proxeny.base.moments import show_moment
from proxeny.formats.outgoing import Outgoing, Written, identifier, untold
from proxeny.identify.report import Indicator, Loss, Stated

MAX_CELL = 32_767  # characters of a cell in a spreadsheet: Excel's limit, LibreOffice's is higher
SEPARATOR = "; "  # between several values of one cell
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # OWASP, "CSV Injection"
_AXES = ("type", "technique", "cause", "origin", "effect", "sector")

COLUMNS: tuple[str, ...] = (
    "id",
    "kind",
    "title",
    "type",
    "type_label",
    "types",
    "techniques",
    "causes",
    "origins",
    "effects",
    "sectors",
    "level_low",
    "level_high",
    "decision",
    "responses",
    "codes",
    "states",
    "occurred",
    "detected",
    "reported",
    "reporter",
    "tlp",
    "pap",
    "language",
    "confidence",
    "facts",
    "indicators",
    "source_format",
    "source_id",
    "source_part",
    "source_digest",
    "source_codes",
    "text",
)
"""The columns. What each holds stands in docs/reference/formats-csv.md."""

_LISTED = """
source_id title text language occurred detected reported states sectors tags indicators stated confidence
marking reporter
"""
_KEPT = frozenset(_LISTED.split())


def write(out: Outgoing) -> Written:
    """One report as a table of one row."""
    return write_all([out])


def write_all(outs: Iterable[Outgoing]) -> Written:
    """Several reports as one table. Its losses name the row they are of, where there are several."""
    rows = [_line(COLUMNS)]
    losses: list[Loss] = []
    found = list(outs)
    for number, out in enumerate(found, start=1):
        cells, lost = _row(out)
        rows.append(_line(cells))
        where = f"row {number}, " if len(found) > 1 else ""
        losses += [Loss(at=f"{where}{loss.at}", why=loss.why) for loss in lost]
    return Written("".join(rows).encode(), tuple(losses))


def _row(out: Outgoing) -> tuple[list[str], list[Loss]]:
    report = out.report
    said = {axis: [slug for slug, of in out.said if of == axis] for axis in _AXES}
    level = out.found.level if out.found is not None else None
    decision = out.found.decision if out.found is not None else None
    responses = [finding.slug for finding in out.found.responses] if out.found is not None else []
    first = said["type"][0] if said["type"] else ""
    values: dict[str, str] = {
        "id": str(identifier(report, "csv")),
        "kind": report.kind,
        "title": report.title,
        "type": first,
        "type_label": out.label(first) if first else "",
        "types": _joined(said["type"]),
        "techniques": _joined(said["technique"]),
        "causes": _joined(said["cause"]),
        "origins": _joined(said["origin"]),
        "effects": _joined(said["effect"]),
        "sectors": _joined([*said["sector"], *report.sectors]),
        "level_low": str(level.low) if level is not None else "",
        "level_high": str(level.high) if level is not None else "",
        "decision": decision.result if decision is not None else "",
        "responses": _joined(responses),
        "codes": _joined(f"{scheme}:{code}" for scheme, codes in out.codes.items() for code in codes),
        "states": _joined(report.states),
        "occurred": _moment(report.occurred),
        "detected": _moment(report.detected),
        "reported": _moment(report.reported),
        "reporter": report.reporter or "",
        "tlp": report.marking.tlp or "",
        "pap": report.marking.pap or "",
        "language": report.language or "",
        "confidence": report.confidence or "",
        "facts": _joined(_fact(fact) for fact in report.stated),
        "indicators": _joined(_indicator(one) for one in report.indicators),
        "source_format": report.format,
        "source_id": report.source_id or "",
        "source_part": report.part or "",
        "source_digest": report.digest,
        "source_codes": _joined(f"{tag.scheme}:{tag.code}" for tag in report.tags),
        "text": report.text,
    }
    losses = list(untold(report, _KEPT))
    return [_cell(name, values[name], losses) for name in COLUMNS], losses


def _joined(values: Iterable[str]) -> str:
    """Several values of one cell, each once."""
    return SEPARATOR.join(dict.fromkeys(values))


def _moment(moment: dt.datetime | None) -> str:
    return show_moment(moment) if moment is not None else ""


def _fact(fact: Stated) -> str:
    value = f"{fact.value[0]:g}..{fact.value[1]:g}" if isinstance(fact.value, tuple) else str(fact.value)
    return f"{fact.state}.{fact.path}={value}" if fact.state else f"{fact.path}={value}"


def _indicator(one: Indicator) -> str:
    """`source ipv4 192.0.2.7 port 443 tcp`: its end of a connection, type, value, port and protocol, as far as given."""
    words = [
        one.role or "",
        one.type,
        one.value,
        f"port {one.port}" if one.port is not None else "",
        one.protocol or "",
    ]
    return " ".join(word for word in words if word)


def _cell(name: str, value: str, losses: list[Loss]) -> str:
    """A value that no spreadsheet takes for a formula, within the length of a cell."""
    plain = value.replace("\0", "")
    if plain.startswith(_FORMULA):
        plain = "'" + plain
    if len(plain) > MAX_CELL:
        losses.append(Loss(at=name, why=f"what stands beyond the first {MAX_CELL} characters of a cell"))
        plain = plain[:MAX_CELL]
    return plain


def _line(cells: Sequence[str]) -> str:
    return ",".join(_quoted(cell) for cell in cells) + "\r\n"


def _quoted(cell: str) -> str:
    """In quotation marks where the cell holds one, a comma, a line's end or blanks at its ends (RFC 4180, section 2)."""
    if any(char in cell for char in ',"\r\n') or cell != cell.strip():
        return '"' + cell.replace('"', '""') + '"'
    return cell
