"""A report as a MISP event (MISP core format), valid by its strict JSON schema, which knows neither objects nor event
reports: the narrative stands in an attribute.

Where the report was read from MISP, the event is kept whole: only tags are added, and what says who did it is left out.
"""

from __future__ import annotations

from typing import Any

import msgspec

from proxeny.base.moments import show_moment
from proxeny.formats.entries import shortened
from proxeny.formats.machinetag import parse_machinetag
from proxeny.formats.misp.withhold import unattributed
from proxeny.formats.outgoing import Outgoing, Written, identifier, moment, untold, untold_parts
from proxeny.formats.own import own_codes
from proxeny.identify.report import Indicator, Loss, Report

Object = dict[str, Any]

_TYPES = {  # the type and category of an attribute for each type of indicator
    "domain": ("domain", "Network activity"),
    "url": ("url", "Network activity"),
    "email": ("email", "Payload delivery"),
    "md5": ("md5", "Payload delivery"),
    "sha1": ("sha1", "Payload delivery"),
    "sha256": ("sha256", "Payload delivery"),
    "sha512": ("sha512", "Payload delivery"),
    "filename": ("filename", "Payload delivery"),
    "mac": ("mac-address", "Network activity"),
    "asn": ("AS", "Network activity"),
    "cve": ("vulnerability", "External analysis"),
    "other": ("other", "Other"),
}
_NOT_SIGNS = frozenset(
    {"asn", "cve", "mac", "other"}
)  # MISP does not look for these by default (describeTypes)
_ADDRESSES = frozenset({"ipv4", "ipv6", "cidr"})
_SECTOR_TAGS = {  # the tag for a sector that a report names, by the scheme it is of
    "dhs": "dhs-ciip-sectors:DHS-critical-sectors",
    "nis": "nis:impact-sectors-impacted",
    "nis2": "nis2:impact-sectors-impacted",
    "misp-sector": "misp-galaxy:sector",
    "stix-sector": "misp-galaxy:stix-2.1-industry-sector",
    "naics": "misp-galaxy:naics",
    "cert-eu": "cert-eu-govsector:sector",
}
_KEPT = (
    *(
        "source_id",
        "title",
        "text",
        "occurred",
        "detected",
        "reported",
        "states",
        "sectors",
        "tags",
        "indicators",
    ),
    "marking",
)
_encode = msgspec.json.Encoder().encode


def write(out: Outgoing) -> Written:
    """The event of a report as one line of JSON."""
    if isinstance(out.document, (dict, list)):
        return _completed(out)
    report = out.report
    losses: list[Loss] = []
    at = moment(out)
    attributes = [_attribute(out, *one) for one in _narrative(report)]
    for index, indicator in enumerate(report.indicators):
        found = _indicator(indicator)
        if found is None:
            losses.append(Loss(at=f"indicators/{index}", why=f"MISP has no type for {indicator.type}"))
        else:
            attributes.append(_attribute(out, *found))
    author = {"name": out.author.name, "uuid": str(identifier(report, "author", out.author.name))}
    event: Object = {
        "uuid": str(identifier(report, "misp", "event")),
        "info": report.title or shortened(report.text) or "Report",
        "date": at.date().isoformat(),
        "timestamp": str(int(at.timestamp())),
        "published": False,
        "analysis": "0",
        "threat_level_id": "4",  # undefined: MISP's own level is not that of the scale
        "distribution": "0",  # your organisation only: who writes decides on more
        "Orgc": author,
        "Attribute": _unique(attributes),
        "Tag": [{"name": name} for name in _tags(out, losses)],
    }
    return Written(_encode({"Event": event}), (*losses, *untold_parts(report), *untold(report, _KEPT)))


def _attribute(
    out: Outgoing, kind: str, category: str, value: str, to_ids: bool, comment: str = ""
) -> Object:
    found: Object = {
        "uuid": str(identifier(out.report, "misp", kind, value, comment)),
        "type": kind,
        "category": category,
        "value": value,
        "to_ids": to_ids,
        "timestamp": str(int(moment(out).timestamp())),
    }
    return found | ({"comment": comment} if comment else {})


def _unique(attributes: list[Object]) -> list[Object]:
    """MISP refuses the same type and value twice in an event."""
    found: dict[tuple[str, str], Object] = {}
    for attribute in attributes:
        found.setdefault((attribute["type"], attribute["value"]), attribute)
    return list(found.values())


def _narrative(report: Report) -> list[tuple[str, str, str, bool, str]]:
    """The text, the times that have no place of their own, the source's identifier, and the States hit."""
    found = []
    if report.text.strip() and report.text.strip() != report.title:
        found.append(("comment", "Other", report.text, False, "the report"))
    for name, at in (("occurred", report.occurred), ("detected", report.detected)):
        if at is not None:
            found.append(("datetime", "Other", show_moment(at), False, name))
    if report.source_id:
        found.append(("other", "Internal reference", report.source_id, False, "identifier of the source"))
    found += [("target-location", "Targeting data", state, False, "") for state in report.states]
    return found


def _indicator(one: Indicator) -> tuple[str, str, str, bool, str] | None:
    """Type, category, value, whether to look for it, and a comment. What was hit is never looked for."""
    sign = one.type not in _NOT_SIGNS and one.role != "target"
    said = ({"source": "where it came from", "target": "what was hit"}.get(one.role or ""), one.protocol)
    comment = "; ".join(words for words in said if words)
    if one.type in _ADDRESSES:
        kind, value = ("ip-src" if one.role == "source" else "ip-dst"), one.value
        if one.port is not None and one.type != "cidr":
            kind, value = f"{kind}|port", f"{value}|{one.port}"
        return kind, "Network activity", value, sign, comment
    if one.type == "domain" and one.port is not None:
        return "hostname|port", "Network activity", f"{one.value}|{one.port}", sign, comment
    found = _TYPES.get(one.type)
    return (*found, one.value, sign, comment) if found is not None else None


def _tags(out: Outgoing, losses: list[Loss]) -> list[str]:
    """Machine tags: the terminology's and the recipient's, those of the source, the sectors, level and markings."""
    report = out.report
    found = _found_tags(out)
    found += [_as_tag(tag.scheme, tag.code, tag.raw) for tag in report.tags if tag.scope == "event"]
    for sector in report.sectors:
        scheme, _, value = sector.partition(":")
        name = _SECTOR_TAGS.get(scheme)
        if name is None:
            losses.append(Loss(at="sectors", why=f"a sector of a scheme that MISP has no tag for: {sector}"))
        else:
            found.append(f'{name}="{value}"')
    if report.kind in ("exercise", "test"):
        found.append(f'proxeny:kind="{report.kind}"')
    if report.marking.tlp:
        found.append(report.marking.tlp.lower())
    if report.marking.pap:
        found.append(report.marking.pap)
    return list(dict.fromkeys(found))


def _found_tags(out: Outgoing) -> list[str]:
    """What was found, in the terminology's words and in those of the recipient."""
    found = own_codes(out.said)
    for scheme, codes in out.codes.items():
        found += [f"{scheme}:{code}" for code in codes]
    if out.found is not None and out.found.level is not None:
        low, high = out.found.level.low, out.found.level.high
        found += own_codes((f"level-{level}", "level") for level in range(low, high + 1))
    return found


def _as_tag(scheme: str, code: str, raw: str) -> str:
    """A code of the source as a machine tag: as it stood where it was one."""
    if scheme == "free":
        return code
    parsed = parse_machinetag(raw)
    return raw if parsed is not None and parsed.namespace == scheme else f"{scheme}:{code}"


def _completed(out: Outgoing) -> Written:
    """The document with the tags that it lacks, and without what says who did it."""
    losses: list[Loss] = []
    document = unattributed(out.document, "", losses)
    event = _event_in(document, out.report.part)
    if event is not None:
        tags = event.get("Tag")
        tags = [tags] if isinstance(tags, dict) else list(tags or [])
        held = {tag.get("name") for tag in tags if isinstance(tag, dict)}
        tags += [{"name": name} for name in dict.fromkeys(_found_tags(out)) if name not in held]
        if tags:
            event["Tag"] = tags
    return Written(_encode(document), tuple(losses), whole=True)


def _event_in(document: Any, part: str | None) -> Object | None:
    """The event within what MISP exports: the one that `part` points to, or the first."""
    if isinstance(document, dict) and part and part.startswith("/response/"):
        keys = part.removeprefix("/response/").split("/")
        inner = document.get("response")
        if isinstance(inner, list) and keys[0].isdecimal() and int(keys[0]) < len(inner):
            return _event_in(inner[int(keys[0])], None)
    if isinstance(document, dict):
        for key in ("response", "Event"):
            if isinstance(document.get(key), (dict, list)):
                return _event_in(document[key], None)
        return document
    if isinstance(document, list):
        index = part.strip("/").partition("/")[0] if part else "0"
        chosen = int(index) if index.isdecimal() and int(index) < len(document) else 0
        return _event_in(document[chosen], None) if document else None
    return None
