"""X-ARF reports (JSON; one, a list, or JSON lines) to Reports, one each: version 4, and the versions before.

Evidence is never opened, and `_internal`, which must not leave the sender's own systems, is never read.
"""

from __future__ import annotations

from typing import Any

from proxeny.base.errors import InputError, refuse
from proxeny.base.wire import DEFAULT_LIMITS, Limits, digest_of
from proxeny.formats.draft import Draft
from proxeny.formats.entries import Entry, json_entries, read_each
from proxeny.formats.xarf.current import report_of
from proxeny.formats.xarf.earlier import earlier_report_of
from proxeny.identify.report import Report


def read(data: bytes, place: str, limits: Limits = DEFAULT_LIMITS) -> list[Report]:
    """The Reports of a file of X-ARF reports.

    Raises InputError with every fault found: no X-ARF report, a version that is not read, a member of the wrong type,
    no type, no source, a time without an offset.
    """
    return read_entries(json_entries(data, place, limits), digest_of(data), place)


def read_entries(entries: list[Entry], digest: str, place: str) -> list[Report]:
    """The Reports of decoded values."""
    if not entries:
        raise refuse(place, "no X-ARF report in the list", "give at least one")
    return read_each(entries, lambda entry: _report(entry, digest))


def is_report(value: Any) -> bool:
    """Whether a decoded value is told to be X-ARF, of any version."""
    return isinstance(value, dict) and (
        "xarf_version" in value or ("ReporterInfo" in value and ("Report" in value or "Version" in value))
    )


def _report(entry: Entry, digest: str) -> Report:
    if not is_report(entry.value):
        raise refuse(entry.place, "no X-ARF report: it has no xarf_version", "give what was sent as X-ARF")
    draft = Draft(place=entry.place)
    of = report_of if "xarf_version" in entry.value else earlier_report_of
    report = of(entry, digest, draft)
    if draft.faults:
        raise InputError(draft.faults)
    return report
