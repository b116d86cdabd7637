"""A Report as a document of IODEF with one Incident, in the shape of JSON-IODEF, and what it does not say."""

from __future__ import annotations

import base64
import math
import re
from typing import Any, NamedTuple

from proxeny.base.moments import show_moment
from proxeny.formats.entries import shortened
from proxeny.formats.iodef.assessed import PAGES, SCHEME
from proxeny.formats.iodef.classes import BUSINESS_IMPACTS, SYSTEM_IMPACTS
from proxeny.formats.iodef.document import KINDS
from proxeny.formats.iodef.shape import Tree
from proxeny.formats.iodef.systems import PROTOCOLS
from proxeny.formats.machinetag import meaning_of
from proxeny.formats.normal import HASHES
from proxeny.formats.outgoing import Outgoing, identifier, moment, untold
from proxeny.identify.report import Indicator, Loss, Report

OWN = "proxeny"
"""The `formatid` of a code that is a slug of the Common Terminology."""

CVE_INDEX = 1
"""Of CVE in the IANA "Security External Enumeration Registry" (RFC 7495, section 6)."""

_PURPOSES = frozenset({"reporting", "watch"})  # of KINDS, those that RFC 7970, section 3.2, lists
_RESTRICTIONS = {
    "TLP:RED": {"restriction": "red"},
    "TLP:AMBER+STRICT": {"restriction": "ext-value", "ext-restriction": "TLP:AMBER+STRICT"},
    "TLP:AMBER": {"restriction": "amber"},
    "TLP:GREEN": {"restriction": "green"},
    "TLP:CLEAR": {"restriction": "white"},
}
_NUMBERS = {name: number for number, name in PROTOCOLS.items()}
_CATEGORIES = {"ipv4": "ipv4-addr", "ipv6": "ipv6-addr", "url": "site-uri", "email": "e-mail", "mac": "mac"}
_DIGESTS = {
    "md5": "http://www.w3.org/2001/04/xmldsig-more#md5",
    "sha1": "http://www.w3.org/2000/09/xmldsig#sha1",
    "sha256": "http://www.w3.org/2001/04/xmlenc#sha256",
    "sha512": "http://www.w3.org/2001/04/xmlenc#sha512",
}  # RFC 6931, sections 2.1 and 2.8; XML Encryption
_NODES = frozenset({"ipv4", "ipv6", "cidr", "domain", "url", "email", "mac", "asn"})
_PORTED = frozenset({"ipv4", "ipv6", "cidr", "domain", "url"})
_LANGUAGE = re.compile(r"[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*", re.ASCII)  # of XML Schema and RFC 8727
_PAGED = {
    "attack": re.compile(r"(T\d{4})(?:\.(\d{3}))?", re.ASCII),
    "capec": re.compile(r"CAPEC-(\d{1,5})", re.ASCII),
    "cwe": re.compile(r"CWE-(\d{1,5})", re.ASCII),
}
_IMPACTS = {
    f"{name}.{kind}": {name: {"type": kind}}
    for name, kinds in (("SystemImpact", SYSTEM_IMPACTS), ("BusinessImpact", BUSINESS_IMPACTS))
    for kind in kinds
    if kind != "unknown"
}
_HELD = (
    *("source_id", "title", "text", "occurred", "detected", "reported", "tags", "indicators", "stated"),
    *("confidence", "marking", "reporter"),
)


class Composed(NamedTuple):
    """A document and what of the report it does not say."""

    tree: Tree
    losses: tuple[Loss, ...]


def compose(out: Outgoing, version: str) -> Composed:
    """The document of a report. `version` as the form spells it: `2.00` in XML, `2.0` in JSON."""
    report = out.report
    losses: list[Loss] = []
    language = report.language if report.language and _LANGUAGE.fullmatch(report.language) else None
    incident: Tree = _purpose(report) | _restriction(report, losses)
    incident["IncidentID"] = {"id": str(identifier(report)), "name": out.author.domain}
    if report.source_id:
        names = {"id": report.source_id, "name": report.reporter or "unknown"}
        incident["AlternativeID"] = {"IncidentID": [names]}
    incident |= _moments(out)
    words = report.text.strip() or report.title.strip()
    if words:
        incident["Description"] = [words]
    assessment = _assessment(out, losses)
    if assessment:
        incident["Assessment"] = [assessment]
    references = _references(report)
    if references:
        incident["Method"] = [{"Reference": references}]
    incident["Contact"] = _contacts(out, losses)
    incident |= _observables(out, losses)
    additional = _additional(report, words, losses)
    if additional:
        incident["AdditionalData"] = additional
    tree: Tree = {"version": version}
    if language:
        tree["lang"] = language
    tree["Incident"] = [incident]
    held = (*_HELD, "language") if language else _HELD
    losses += untold(report, held)
    if out.found is not None and out.found.level is not None:
        losses.append(Loss(at="level", why="the level and the decision: IODEF has no place for them"))
    return Composed(tree, tuple(losses))


def _purpose(report: Report) -> Tree:
    purpose = KINDS[report.kind]
    return {"purpose": purpose} if purpose in _PURPOSES else {"purpose": "ext-value", "ext-purpose": purpose}


def _restriction(report: Report, losses: list[Loss]) -> Tree:
    tlp = report.marking.tlp
    if tlp and tlp not in _RESTRICTIONS:
        losses.append(Loss(at="marking", why=f"the marking {tlp[:40]}"))
    return dict(_RESTRICTIONS.get(tlp or "", {}))


def _moments(out: Outgoing) -> Tree:
    report = out.report
    told = {"DetectTime": report.detected, "StartTime": report.occurred, "ReportTime": report.reported}
    moments = {name: show_moment(at) for name, at in told.items() if at is not None}
    return moments | {"GenerationTime": show_moment(moment(out))}


def _assessment(out: Outgoing, losses: list[Loss]) -> Tree:
    """What befell whom: the types of the standard, the labels of what was found as categories, its slugs as codes."""
    report = out.report
    own = [tag.code for tag in report.tags if tag.scheme == SCHEME and tag.scope == "event"]
    codes = [code for code in dict.fromkeys((*own, *out.codes.get(SCHEME, ()))) if code in _IMPACTS]
    impacts: list[Tree] = [_IMPACTS[code] for code in codes] + _sums(report, losses)
    confidence = _confidence(report, losses)
    types = [slug for slug, axis in out.said if axis == "type"]
    if not (impacts or out.said or confidence):
        return {}
    assessment: Tree = {}
    if types:
        assessment["IncidentCategory"] = [_worded(out.label(slug), out.language) for slug in types]
    assessment["Impact"] = impacts or [{"SystemImpact": {"type": "unknown"}}]
    if confidence:
        assessment["Confidence"] = confidence
    if out.said:
        slugs = dict.fromkeys(slug for slug, _ in out.said)
        assessment["AdditionalData"] = [_code(OWN, slug) | {"meaning": out.label(slug)} for slug in slugs]
    return assessment


def _sums(report: Report, losses: list[Loss]) -> list[Tree]:
    """Losses in US dollars. The schema takes one number above nought (RFC 7970, section 3.12.4)."""
    impacts: list[Tree] = []
    for stated in report.stated:
        value = stated.value
        if stated.path == "loss_usd" and isinstance(value, (int, float)) and 0 < value < math.inf:
            impacts.append({"MonetaryImpact": {"value": value, "currency": "USD"}})
            if stated.state:
                losses.append(Loss(at="stated", why="of which State a loss in money is told"))
        else:
            losses.append(Loss(at="stated", why=f"the impact that the report states: {stated.path[:60]}"))
    return impacts


def _confidence(report: Report, losses: list[Loss]) -> Tree:
    """A number from 0 to 100; the schema asks for a number even where a rating in words stands for none."""
    if report.confidence is None:
        return {}
    try:
        value = float(report.confidence)
    except ValueError:
        value = math.nan
    if 0 <= value <= 100 and f"{value:g}" == report.confidence:
        return {"value": int(value) if value.is_integer() else value, "rating": "numeric"}
    losses.append(Loss(at="confidence", why="the source's own confidence, which is no number from 0 to 100"))
    return {}


def _references(report: Report) -> list[Tree]:
    """CVE names by the registry of RFC 7495; techniques, patterns and weaknesses by the pages of their publishers."""
    cves = dict.fromkeys(item.value for item in report.indicators if item.type == "cve")
    found: list[Tree] = [{"ReferenceName": {"specIndex": CVE_INDEX, "ID": name}} for name in cves]
    for tag in report.tags:
        match = _paged(tag.scheme, tag.code)
        if match and tag.scope == "event":
            page = PAGES[tag.scheme]
            tail = "/".join(filter(None, match.groups())) if tag.scheme == "attack" else f"{match[1]}.html"
            found.append({"URL": [f"{page}{tail}"], "Description": [tag.code]})
    return found


def _paged(scheme: str, code: str) -> re.Match[str] | None:
    return _PAGED[scheme].fullmatch(code) if scheme in _PAGED else None


def _contacts(out: Outgoing, losses: list[Loss]) -> list[Tree]:
    author = out.author
    if not author.given:
        losses.append(Loss(at="Contact", why="no reporter was given: the document names an unnamed desk"))
    creator: Tree = {
        "role": "creator",
        "type": "organization",
        "ContactName": [author.name],
        "Email": [{"EmailTo": author.contact}],
    }
    if not out.report.reporter:
        return [creator]
    named = {"role": "reporter", "type": "organization", "ContactName": [out.report.reporter]}
    return [creator, named]


def _observables(out: Outgoing, losses: list[Loss]) -> Tree:
    """What is an end of a connection stands in an EventData, the rest in the IndicatorData."""
    systems: list[Tree] = []
    indicators: list[Tree] = []
    dropped: dict[str, int] = {}
    for index, item in enumerate(out.report.indicators):
        if item.type == "cve":
            continue  # a Reference of the Method
        ported = item.type in _PORTED
        if (item.port is not None or item.protocol) and not ported:
            dropped["the ports and protocols of what is no address"] = index
        if item.role and item.type not in _NODES:
            dropped["from or to where went what is no address"] = index
        if item.role and item.type in _NODES:
            systems.append(_system(item, ported))
            continue
        observable = (
            {"System": _system(item, ported)}
            if ported and (item.port is not None or item.protocol)
            else _observable(item)
        )
        name = str(identifier(out.report, "indicator", str(index)))
        named = {"id": f"i-{name}", "name": out.author.domain, "version": "1"}
        indicators.append({"IndicatorID": named, "Observable": observable})
    losses += [Loss(at=f"indicators/{index}", why=why) for why, index in dropped.items()]
    return ({"EventData": [{"System": systems}]} if systems else {}) | (
        {"Indicator": indicators} if indicators else {}
    )


def _system(item: Indicator, ported: bool) -> Tree:
    tree: Tree = {"category": item.role} if item.role else {}
    tree["Node"] = {key: [value] for key, value in _node(item).items()}
    service: Tree = {}
    if ported and item.protocol in _NUMBERS:
        service["ip-protocol"] = _NUMBERS[item.protocol]
    elif ported and item.protocol:
        service["ServiceName"] = {"IANAService": item.protocol}
    if ported and item.port is not None:
        service["Port"] = item.port
    return tree | ({"Service": [service]} if service else {})


def _node(item: Indicator) -> Tree:
    if item.type == "domain":
        # RFC 8727 requires both statuses where RFC 7970 does not.
        return {"DomainData": {"system-status": "unknown", "domain-status": "unknown", "Name": item.value}}
    if item.type == "asn":
        return {"Address": {"value": item.value.removeprefix("AS"), "category": "asn"}}
    category = _CATEGORIES.get(item.type) or ("ipv6-net" if ":" in item.value else "ipv4-net")
    return {"Address": {"value": item.value, "category": category}}


def _observable(item: Indicator) -> Tree:
    if item.type in _NODES:
        return _node(item)
    if item.type == "filename":
        return {"FileData": {"File": [{"FileName": item.value}]}}
    if item.type in HASHES.values():
        method = base64.b64encode(_DIGESTS[item.type].encode()).decode()
        value = base64.b64encode(bytes.fromhex(item.value)).decode()
        digest = {"DigestMethod": method, "DigestValue": value}
        return {"FileData": {"File": [{"HashData": {"scope": "file-contents", "Hash": [digest]}}]}}
    return {"AdditionalData": [{"value": item.value, "dtype": "string"}]}


def _additional(report: Report, words: str, losses: list[Loss]) -> list[Tree]:
    """What the classes of the standard have no place for: a title of its own, a PAP label, codes of other schemes.
    A code that would say who did it is never written."""
    found: list[Tree] = []
    if report.title and report.title not in (words, shortened(words)):
        found.append({"value": report.title, "dtype": "string", "name": "title"})
    if report.marking.pap:
        found.append({"value": report.marking.pap, "dtype": "string", "name": "pap"})
    parts = accusing = 0
    for tag in report.tags:
        if tag.scope == "part":
            parts += 1
        elif meaning_of(f"{tag.scheme}:{tag.code}").withheld:
            accusing += 1
        elif not _paged(tag.scheme, tag.code) and not (tag.scheme == SCHEME and tag.code in _IMPACTS):
            found.append(_code(tag.scheme, tag.code))
    if parts:
        losses.append(Loss(at="tags", why=f"codes of parts of the report: {parts}"))
    if accusing and not report.withheld:
        losses.append(Loss(at="tags", why="statements on who did it: never exported"))
    return found


def _code(scheme: str, code: str) -> Tree:
    return {"value": code, "dtype": "string", "name": "code", "formatid": scheme}


def _worded(text: str, language: str) -> Any:
    return {"value": text, "lang": language} if _LANGUAGE.fullmatch(language) else text
