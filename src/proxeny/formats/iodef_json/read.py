"""JSON-IODEF (RFC 8727) to Reports, one an Incident. The forms of its drafts are read too."""

from __future__ import annotations

from proxeny.base.errors import refuse
from proxeny.base.wire import DEFAULT_LIMITS, Limits, digest_of
from proxeny.formats.entries import Entry, json_entries, read_each
from proxeny.formats.iodef.document import reports_of
from proxeny.formats.iodef.shape import of_json
from proxeny.identify.report import Report


def read(data: bytes, place: str, limits: Limits = DEFAULT_LIMITS) -> list[Report]:
    """The Reports of a file of JSON-IODEF documents: one, a list, or one a line.

    Raises InputError with every fault found: another version than 2, what RFC 8727 requires and is not there, a
    value of the wrong type, a time without an offset.
    """
    return read_entries(json_entries(data, place, limits), digest_of(data), place, limits)


def read_entries(
    entries: list[Entry], digest: str, place: str, limits: Limits = DEFAULT_LIMITS
) -> list[Report]:
    """The Reports of decoded values."""
    if not entries:
        raise refuse(place, "no IODEF document in the list", "give at least one")
    read = read_each(entries, lambda entry: _document(entry, digest, limits))
    return [report for reports in read for report in reports]


def _document(entry: Entry, digest: str, limits: Limits) -> list[Report]:
    value = entry.value
    if not isinstance(value, dict) or "Incident" not in value:
        raise refuse(
            entry.place, "no IODEF document: it has no list 'Incident'", "give a JSON-IODEF document"
        )
    version = value.get("version")
    if version is None:
        raise refuse(entry.place, "an IODEF document without version", 'add "version": "2.0"')
    if version not in ("2.0", "2.00"):
        message = f"IODEF version {str(version)[:20]!r}"
        raise refuse(f"{entry.place}, /version", message, "export it as IODEF version 2 (RFC 8727)")
    return reports_of(of_json(value, entry.place), "iodef-json", digest, limits, entry.part)
