"""Which type of report a file is: by its name, by the columns of its header, and by what its rows say.

Shadowserver names a file `2026-01-31-scan_rdp-example-asn.csv`. Where the name says nothing, the columns decide; where
several types have the same columns (those of IPv4 and IPv6 do), the rows decide; where they do not, it is a fault.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from proxeny.base.errors import Fault, InputError, refuse
from proxeny.formats.csv_rows import Row
from proxeny.formats.shadowserver.table import ReportType, Types, shipped

SAMPLE = 50  # rows that are looked at to tell types with the same columns
_LEAST = 0.6  # share of the columns that must agree; a version of a report adds or drops a few at a time
_LEAST_NAMED = 0.2  # the same where the file's name says the type
_ADDRESS = ("ip", "src_ip", "http_referer_ip", "dst_ip")
_PARTS = re.compile(r"[-.]")
_WORDS = re.compile(r"[;,\s]+")


class _Fit(NamedTuple):
    kind: ReportType
    share: float  # of the columns in either that are in both, those of every report left out
    missing: tuple[str, ...]  # without which no row can be read


def recognise(header: Sequence[str], rows: Sequence[Row], place: str) -> ReportType:
    """The type of report. Raises InputError: naming the nearest type and what is missing or unknown, or the types
    among which neither the file's name nor its rows decide."""
    known = shipped()
    columns = frozenset(header)
    hint = named_type(place, known.types)
    if hint is not None:
        return _as_named(_fit(hint, columns, known), columns, known, place)
    fits = sorted((_fit(kind, columns, known) for kind in known.types.values()), key=lambda fit: -fit.share)
    best = [
        fit.kind
        for fit in fits
        if fit.share == fits[0].share and not fit.missing and not fit.kind.named and fit.kind.kind != "test"
    ]
    if fits[0].share < _LEAST or not best:
        raise InputError(_unknown(header, known, place))
    return _decided(best, header, rows, place)


def named_type(place: str, types: Mapping[str, ReportType]) -> ReportType | None:
    """The type that the name of a file says, as Shadowserver writes it."""
    name = re.split(r"[\\/]", place)[-1]
    return next((types[part] for part in _PARTS.split(name) if part in types), None)


def looks_like(header: Sequence[str]) -> bool:
    """Whether a header is nearer to a report of Shadowserver than to any other table."""
    columns = set(header)
    return "timestamp" in columns and len(columns & shipped().columns.keys()) * 2 >= len(columns)


def unknown_header(header: Sequence[str], place: str) -> Fault:
    """The fault of a header of no known report: the nearest type, what is missing to it and what is unknown."""
    return _unknown(header, shipped(), place)


def _common(kind: ReportType, known: Types) -> frozenset[str]:
    """The columns of nearly every report of its sort, of scans or of events, which tell none from another."""
    if "src_ip" in kind.columns and "ip" not in kind.columns:
        return known.types["event4_honeypot_darknet"].columns - {"count"}
    return known.types["scan_socks"].columns


def _fit(kind: ReportType, columns: frozenset[str], known: Types) -> _Fit:
    common = _common(kind, known)
    theirs, own = columns - common, kind.columns - common
    missing = ["timestamp"] if "timestamp" not in columns else []
    # A row needs one end; where a type has several, the first is the one it is about.
    address = next((name for name in _ADDRESS if name in kind.columns), None)
    if address is not None and address not in columns:
        missing.append(address)
    if not theirs and not own:
        # Nothing but common columns: nearest is the type that has most of those given.
        share = len(columns & kind.columns) / max(1, len(columns))
    else:
        share = len(theirs & own) / len(theirs | own)
    return _Fit(kind, share, tuple(missing))


def _as_named(fit: _Fit, columns: frozenset[str], known: Types, place: str) -> ReportType:
    common = _common(fit.kind, known)
    own = fit.kind.columns - common
    strange = bool(own) and bool(columns - common) and fit.share < _LEAST_NAMED and not fit.kind.named
    if fit.missing or strange:
        lost = fit.missing or tuple(sorted(own - columns))
        raise refuse(
            f"{place}, line 1",
            f"the file's name says {fit.kind.name}, but its header has no {_listed(lost)}",
            "send it again whole, or name the file by its own type",
        )
    return fit.kind


def _decided(best: list[ReportType], header: Sequence[str], rows: Sequence[Row], place: str) -> ReportType:
    if len(best) > 1:
        best = _of_family(best, header, rows)
    if len(best) > 1:
        told = [kind for kind in best if any(_tells(kind, header, rows))]
        best = told or [kind for kind in best if not kind.tells] or best
    if len(best) == 1:
        return best[0]
    names = " or ".join(kind.name for kind in best)
    raise refuse(
        f"{place}, line 1",
        f"the header is that of {names}, and the rows do not say which",
        f"name the file as Shadowserver does: 2026-01-31-{best[0].name}-example.csv",
    )


def _of_family(best: list[ReportType], header: Sequence[str], rows: Sequence[Row]) -> list[ReportType]:
    """Those for the addresses that the rows hold; IPv4 where the file has no row."""
    at = next((header.index(name) for name in _ADDRESS if name in header), None)
    sixth = at is not None and any(":" in row.cells[at] for row in rows)
    return [kind for kind in best if kind.family in (None, 6 if sixth else 4)] or best


def _tells(kind: ReportType, header: Sequence[str], rows: Sequence[Row]) -> list[bool]:
    """For each word by which rows tell a type, whether a row of the sample bears it."""
    return [
        column in header and any(_bears(row.cells[header.index(column)], word) for row in rows)
        for column, word in kind.tells
    ]


def _bears(cell: str, word: str) -> bool:
    """Whether a cell, which may hold several words, has this one; with a star at its end, one that begins so."""
    words = _WORDS.split(cell.lower())
    return any(found.startswith(word[:-1]) for found in words) if word.endswith("*") else word in words


def _unknown(header: Sequence[str], known: Types, place: str) -> Fault:
    from rapidfuzz import process

    columns = frozenset(header)
    fits = [_fit(kind, columns, known) for kind in known.types.values() if not kind.named]
    near = max(fits, key=lambda fit: (fit.share, len(columns & fit.kind.columns), fit.kind.family != 6))
    if not near.share:
        # No telling column is known: perhaps they are misspelt.
        score = {
            fit.kind.name: sum(
                found[1]
                for name in columns
                if (found := process.extractOne(name, fit.kind.columns, score_cutoff=80)) is not None
            )
            for fit in fits
        }
        near = max(fits, key=lambda fit: score[fit.kind.name])
    strange = [name for name in header if name not in near.kind.columns]
    absent = near.missing or tuple(sorted(near.kind.columns - _common(near.kind, known) - columns))
    says = [f"missing: {_listed(absent)}"] if absent else []
    says += [f"unknown: {_listed(strange)}"] if strange else []
    return Fault(
        f"{place}, line 1",
        f"the file is a table (CSV) whose header is that of no known report; the nearest is "
        f"Shadowserver's {near.kind.name}" + (f" ({'; '.join(says)})" if says else ""),
        "give Shadowserver's file as it is, or say what the columns mean in a mapping file",
    )


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(repr(name[:60]) for name in names[:6])
    return shown + (f" and {len(names) - 6} more" if len(names) > 6 else "")
