"""IODEF version 2 in XML (RFC 7970) to Reports, one an Incident."""

from __future__ import annotations

from proxeny.base.errors import refuse
from proxeny.base.wire import DEFAULT_LIMITS, Limits, digest_of
from proxeny.formats.iodef.classes import IODEF
from proxeny.formats.iodef.document import reports_of
from proxeny.formats.iodef.markup import Element, parse_xml
from proxeny.formats.iodef.shape import of_xml
from proxeny.identify.report import Report

_OLD = "urn:ietf:params:xml:ns:iodef-1.0"  # RFC 5070, which RFC 7970 replaced
_REMEDY = "export it as IODEF version 2 (RFC 7970)"


def read(data: bytes, place: str, limits: Limits = DEFAULT_LIMITS) -> list[Report]:
    """The Reports of an IODEF document, in its order.

    Raises InputError with every fault found: XML that is not well-formed, a document type, another version or
    vocabulary than IODEF 2, what its schema requires and is not there, a time without an offset.
    """
    root = parse_xml(data, place, limits)
    _check_root(root, place)
    return reports_of(of_xml(root, place), "iodef", digest_of(data), limits)


def _check_root(root: Element, place: str) -> None:
    at = f"{place}, line {root.line}"
    version = next(
        (value for space, name, value in root.attributes if (space, name) == ("", "version")), "2.00"
    )
    if root.name != "IODEF-Document":
        raise refuse(at, f"XML with the root {root.name[:60]!r}", "give an IODEF-Document")
    if root.space == _OLD or (root.space == IODEF and version.strip() in ("1", "1.0", "1.00")):
        raise refuse(at, "IODEF version 1 (RFC 5070)", _REMEDY)
    if root.space != IODEF:
        raise refuse(at, f"the namespace {root.space[:80]!r} is not that of IODEF version 2", _REMEDY)
    if version.strip() not in ("2.00", "2.0"):
        raise refuse(at, f"IODEF version {version[:20]!r}", _REMEDY)
