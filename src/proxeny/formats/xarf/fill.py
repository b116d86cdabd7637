"""What a report has for the members that a type of X-ARF v4 demands; nothing is made up."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from proxeny.base.moments import show_moment
from proxeny.formats.ends import Ends
from proxeny.formats.entries import shortened
from proxeny.formats.outgoing import Outgoing
from proxeny.formats.xarf.types import FALLBACK, PROTOCOLS, REQUIRED, TRANSPORT, UNSPECIFIED
from proxeny.identify.report import Indicator

_FIRST = ("ipv4", "ipv6", "cidr", "domain", "email", "url", "asn", "mac")
_HOST = re.compile(r"[^:]+://(?:[^/?#@]*@)?(\[[0-9a-f:.]+\]|[^/?#:]+)", re.IGNORECASE)
_STREAM = frozenset(["tcp", "udp"])
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!-~]+")  # RFC 3986: printable ASCII only


class Material(NamedTuple):
    """A report as far as X-ARF asks for it."""

    out: Outgoing
    ends: Ends
    source: Indicator
    code: str = FALLBACK  # the type that is tried

    def first(self, items: Sequence[Indicator], *kinds: str) -> Indicator | None:
        """The first observable of one of the types."""
        return next((item for kind in kinds for item in items if item.type == kind), None)


def source_of(ends: Ends) -> Indicator | None:
    """The observable that names the source: an address before a name before a URL."""
    found = [item for kind in _FIRST for item in ends.sources if item.type == kind]
    return found[0] if found else None


def identifier_of(source: Indicator) -> str:
    """The source as X-ARF names one: of a URL its host."""
    host = _HOST.match(source.value) if source.type == "url" else None
    return host[1].strip("[]") if host else source.value


def filled(material: Material) -> tuple[dict[str, Any], list[str]]:
    """The members that the type demands, and the names of those for which the report has nothing."""
    members: dict[str, Any] = {}
    missing = []
    for name in REQUIRED[material.code]:
        value = UNSPECIFIED.get(material.code, {}).get(name)
        if value is None and name in _FROM:
            value = _FROM[name](material)
        if value is None:
            missing.append(name)
        else:
            members[name] = value
    return members, missing


def _transport_of(code: str, protocol: str | None) -> str | None:
    """The protocol as the type takes it, or the transport below it."""
    taken = PROTOCOLS.get(code, _STREAM)
    below = TRANSPORT.get(protocol or "", protocol)
    return next((name for name in (protocol, below) if name in taken), None)


def _protocol(material: Material) -> str | None:
    named = [material.source.protocol, *(item.protocol for item in material.ends.targets)]
    return next((found for name in named if (found := _transport_of(material.code, name))), None)


def _first_seen(material: Material) -> str | None:
    report = material.out.report
    seen = report.occurred or report.detected
    return show_moment(seen) if seen else None


def _source_port(material: Material) -> int | None:
    return material.source.port or None


def _url(items: Sequence[Indicator]) -> str | None:
    return next((item.value for item in items if item.type == "url" and _URI.fullmatch(item.value)), None)


def _service(material: Material) -> str | None:
    name = material.source.protocol
    return name if name and name not in _STREAM else None


def _flaw(material: Material) -> str | None:
    found = material.first(material.ends.others, "cve")
    return found.value if found else None


def _mailbox(material: Material) -> str | None:
    found = material.first(material.ends.sources, "email")
    return found.value if found else None


def _evidence(material: Material) -> str | None:
    report = material.out.report
    return shortened(report.text, 300) or report.title or None


def _method(material: Material) -> str | None:
    out = material.out
    return next((out.label(slug) for slug, axis in out.said if axis == "technique"), None)


def _threat(material: Material) -> str | None:
    """The word for what it took part in: the principal concept, else the source's own first code."""
    out = material.out
    slugs = [slug for slug, _ in out.said]
    return next(iter([*slugs, *(tag.code for tag in out.report.tags if tag.scope == "event")]), None)


def _probed(material: Material) -> list[str] | None:
    return [item.value for item in material.ends.targets if item.type == "url"] or None


_FROM: dict[str, Callable[[Material], Any]] = {
    "compromise_evidence": _evidence,
    "compromise_method": _method,
    "cve_id": _flaw,
    "first_seen": _first_seen,
    "infringing_url": lambda material: _url(material.ends.sources),
    "legitimate_site": lambda material: _url(material.ends.targets),
    "probed_resources": _probed,
    "protocol": _protocol,
    "service": _service,
    "service_port": _source_port,
    "smtp_from": _mailbox,
    "source_port": _source_port,
    "threat_type": _threat,
    "url": lambda material: _url(material.ends.sources),
}
