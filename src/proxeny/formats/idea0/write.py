"""A report as an IDEA0 event (the IDEA definition, version 0, CESNET).

Categories are codes of the scheme `idea`; the concepts themselves stand in `_proxeny`, since members that begin with
a low line are free. IDEA has no member for a marking, so the first line of the note is the label.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from proxeny.base.moments import show_moment
from proxeny.formats.accused import unaccusing
from proxeny.formats.ends import Ends, ends_of, named
from proxeny.formats.entries import shortened
from proxeny.formats.idea0.ends import PORTED
from proxeny.formats.idea0.read import OWN
from proxeny.formats.outgoing import Outgoing, Written, identifier, moment, untold
from proxeny.formats.own import own_codes, said_of
from proxeny.identify.report import Indicator, Loss, Report

_MEMBERS = {
    "domain": "Hostname",
    "url": "URL",
    "email": "Email",
    "asn": "ASN",
    "mac": "MAC",
    "ipv4": "IP4",
    "ipv6": "IP6",
}
_HASHES = frozenset(["md5", "sha1", "sha256", "sha512"])
_NODE = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*")  # IDEA: a name of dotted parts
_KEPT = ("source_id", "occurred", "detected", "reported", "indicators", "reporter")


def write(out: Outgoing) -> Written:
    """The IDEA0 event of a report: one line of JSON.

    Where the report was read from IDEA0, its document is kept whole: only codes that it lacks are added.
    """
    if isinstance(out.document, dict):
        return _completed(out, unaccusing(out.document))
    report = out.report
    losses: list[Loss] = []
    event: dict[str, Any] = {"Format": "IDEA0", "ID": str(identifier(report, "idea0"))}
    if report.source_id:
        event["AltNames"] = [report.source_id]
    event |= _times(out, losses)
    event["Category"] = _categories(out, losses)
    event |= _words(report, losses)
    confidence = _confidence(report)
    if confidence is not None:
        event["Confidence"] = confidence
    ends = ends_of(report)
    losses += ends.losses
    event |= _ends(ends, losses)
    if report.reporter:
        event["Node"] = [{"Name" if _NODE.fullmatch(report.reporter) else "Note": report.reporter}]
    if out.said:
        event[OWN] = own_codes(out.said)
    kept = {*_KEPT, *(["confidence"] if confidence is not None else []), "title", "text", "marking"}
    if all(tag.scheme in ("idea", "proxeny") for tag in report.tags):
        kept.add("tags")
    return Written(_encoded(event), (*losses, *untold(report, kept)))


def _completed(out: Outgoing, event: dict[str, Any]) -> Written:
    """The document itself, with what IDEA demands and the codes found where they are missing."""
    event.setdefault("Format", "IDEA0")
    event.setdefault("ID", str(identifier(out.report, "idea0")))
    event.setdefault("DetectTime", show_moment(moment(out)))
    own = event.get("Category", [])
    own = own if isinstance(own, list) else [own]
    event["Category"] = list(dict.fromkeys((*own, *out.codes.get("idea", ())))) or ["Other"]
    codes = own_codes(out.said)
    held = event.get(OWN)
    if codes and (held is None or isinstance(held, list)):
        event[OWN] = [*(held or []), *(code for code in codes if code not in (held or []))]
    losses = untold(Report(digest="", format="", withheld=out.report.withheld), ())
    return Written(_encoded(event), losses, whole=True)


def _times(out: Outgoing, losses: list[Loss]) -> dict[str, str]:
    report = out.report
    times = {}
    if report.reported:
        times["CreateTime"] = show_moment(report.reported)
    times["DetectTime"] = show_moment(report.detected or moment(out))
    if report.occurred:
        times["EventTime"] = show_moment(report.occurred)
    if report.detected is None:
        what = "that of the report" if moment(out) is not out.at else "that of writing"
        losses.append(Loss(at="detected", why=f"the report has no time of detection: {what} stands for it"))
    return times


def _categories(out: Outgoing, losses: list[Loss]) -> list[str]:
    """The codes, `Test` first for what is no real event, `Other` where no code fits."""
    report = out.report
    found = [*said_of(out.codes.get("idea", ()), report.tags, "idea")]
    if report.kind in ("exercise", "test") and "Test" not in found:
        found.insert(0, "Test")
    if report.kind == "exercise":
        losses.append(Loss(at="kind", why="an exercise: the format knows only a test"))
    elif report.kind not in ("incident", "test"):
        losses.append(Loss(at="kind", why=f"that it is a report of the kind {report.kind}, not on one event"))
    if not found:
        found = ["Other"]
        what = ", ".join(slug for slug, _ in out.said)
        losses.append(Loss(at="types", why=f"no category fits{': ' if what else ''}{what}"))
    return found


def _words(report: Report, losses: list[Loss]) -> dict[str, str]:
    """Description is the title; Note the label of the marking and the text beyond the title."""
    words = {}
    text = report.text.strip()
    if report.title:
        words["Description"] = report.title
        text = text.removeprefix(report.title).lstrip() if shortened(text) == report.title else text
    labels = [label for label in (report.marking.tlp, report.marking.pap) if label]
    if labels:
        losses.append(
            Loss(at="marking", why=f"no member for a marking: the note begins with {', '.join(labels)}")
        )
    note = "\n".join([*labels, *([text] if text else [])])
    return words | ({"Note": note} if note else {})


def _confidence(report: Report) -> float | None:
    try:
        value = float(report.confidence or "")
    except ValueError:
        return None
    return value if 0 <= value <= 1 else None


def _ends(ends: Ends, losses: list[Loss]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, items in (("Source", ends.sources), ("Target", ends.targets)):
        if items:
            members[name] = _grouped(items, losses)
    flaws = [f"cve:{item.value}" for item in ends.others if item.type == "cve"]
    if flaws:
        members["Ref"] = flaws
    files = [item for item in ends.others if item.type in _HASHES or item.type == "filename"]
    if files:
        members["Attach"] = [_file(item) for item in files]
    rest = [item for item in ends.others if item.type not in (*_HASHES, "cve", "filename")]
    if rest:
        losses.append(Loss(at="indicators", why=f"no member for: {named(rest)}"))
    return members


def _file(item: Indicator) -> dict[str, Any]:
    return {"FileName": [item.value]} if item.type == "filename" else {"Hash": [f"{item.type}:{item.value}"]}


def _grouped(items: tuple[Indicator, ...], losses: list[Loss]) -> list[dict[str, Any]]:
    """One object for the observables of one port and protocol, which belong to all addresses of an object."""
    groups: dict[tuple[int | None, str | None], dict[str, Any]] = {}
    for item in items:
        ported = item.type in PORTED
        if not ported and (item.port is not None or item.protocol):
            losses.append(Loss(at="indicators", why=f"port and protocol of {item.value[:80]}"))
        key = (item.port, item.protocol) if ported else (None, None)
        kind = ("ipv6" if ":" in item.value else "ipv4") if item.type == "cidr" else item.type
        value: Any = int(item.value[2:]) if item.type == "asn" else item.value
        groups.setdefault(key, {}).setdefault(_MEMBERS[kind], []).append(value)
    for (port, protocol), group in groups.items():
        if port is not None:
            group["Port"] = [port]
        if protocol:
            group["Proto"] = [protocol]
    return list(groups.values())


def _encoded(event: dict[str, Any]) -> bytes:
    return msgspec.json.encode(event) + b"\n"
