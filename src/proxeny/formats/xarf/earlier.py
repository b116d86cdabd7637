"""Reports of X-ARF before version 4: ReporterInfo and Report with a class and a type (versions alpha and 1 to 3)."""

from __future__ import annotations

from typing import Any

from proxeny.formats.accused import statements
from proxeny.formats.actor_words import actor_kind
from proxeny.formats.draft import Draft
from proxeny.formats.entries import Entry, pointer, shortened
from proxeny.formats.xarf.members import Role, moment, observables, once, port, words
from proxeny.identify.report import Indicator, Report, Tag

VERSIONS = frozenset(["1", "2", "3", "alpha", "development"])

_HELD: dict[str, tuple[str, Role]] = {
    "SourceUrl": ("url", "source"),
    "SourceDomain": ("domain", "source"),
    "DestinationUrl": ("url", "target"),
    "CVE": ("cve", None),
    "FileName": ("filename", None),
}
_USED = frozenset(
    [
        *("ReportClass", "ReportType", "Date", "FirstSeen", "SourceIp", "SourcePort", "DestinationIp"),
        *("DestinationPort", "Protocol", "ReporterNotes", "ReporterCaseID", "FileHash", "Samples", *_HELD),
    ]
)


def earlier_report_of(entry: Entry, digest: str, draft: Draft) -> Report:
    """The Report of a decoded report before version 4. Faults go into the draft."""
    version = str(entry.value.get("Version", "alpha")).partition(".")[0].lower()
    if version not in VERSIONS:
        draft.fault("/Version", f"version {version[:20]!r} is not read", "give the report as X-ARF 3 or 4")
    node = entry.value.get("Report")
    if not isinstance(node, dict):
        draft.fault("/Report", "no report", "give an object with ReportType, Date and SourceIp")
        return Report(digest=digest, format="xarf")
    group = words(node, "ReportClass", "/Report", draft)
    kind = words(node, "ReportType", "/Report", draft, needed=True)
    date, first = moment(node, "Date", "/Report", draft), moment(node, "FirstSeen", "/Report", draft)
    if date and first:
        draft.lose("/Report/Date", "not held: Date, beside FirstSeen")
    text = words(node, "ReporterNotes", "/Report", draft)
    indicators = _indicators(node, draft)
    identifier = words(node, "ReporterCaseID", "/Report", draft)
    reporter = _reporter(entry.value.get("ReporterInfo"), draft)
    _lose_rest(entry.value, node, draft)
    code = f"{group}/{kind}" if group else kind
    return Report(
        digest=digest,
        format="xarf",
        part=entry.part,
        source_id=identifier or None,
        title=shortened(text) or ": ".join([code, *(item.value for item in indicators[:1])])[:200],
        text=text,
        occurred=first or date,
        tags=(Tag(scheme="xarf", code=code, raw=code, at="/Report/ReportType"),),
        indicators=once(indicators),
        reporter=reporter,
        losses=draft.all_losses(),
        withheld=tuple(draft.withheld.values()),
    )


def _indicators(node: dict[str, Any], draft: Draft) -> list[Indicator]:
    protocol = words(node, "Protocol", "/Report", draft).lower()[:30]
    found: list[Indicator] = []
    ends: tuple[tuple[str, Role], ...] = (("Source", "source"), ("Destination", "target"))
    for side, role in ends:
        number = port(node, f"{side}Port", "/Report", draft)
        at = f"/Report/{side}Ip"
        found += observables("host", node.get(f"{side}Ip"), at, draft, role, number, protocol)
    for name, (kind, role) in _HELD.items():
        found += observables(kind, node.get(name), f"/Report/{name}", draft, role)
    value = node.get("FileHash")
    if isinstance(value, dict):
        kind = str(value.get("HashAlgorithm", "hash")).lower().replace("-", "")
        found += observables(kind, value.get("HashValue"), "/Report/FileHash", draft)
    else:
        found += observables("hash", value, "/Report/FileHash", draft)
    return found


def _reporter(info: Any, draft: Draft) -> str | None:
    if not isinstance(info, dict):
        draft.fault("/ReporterInfo", "not an object", "give ReporterOrg and its contact")
        return None
    rest = [key for key in info if key != "ReporterOrg"]
    if rest:
        draft.lose("/ReporterInfo", f"not held of the reporter: {', '.join(rest)[:160]}")
    return words(info, "ReporterOrg", "/ReporterInfo", draft) or None


def _lose_rest(whole: dict[str, Any], node: dict[str, Any], draft: Draft) -> None:
    if node.get("Samples"):
        draft.lose("/Report/Samples", "samples are kept out, unopened")
    named = [(pointer(name), name, value) for name, value in whole.items()]
    named += [("/Report" + pointer(name), name, value) for name, value in node.items() if name not in _USED]
    for at, name, value in named:
        if at not in ("/Version", "/ReporterInfo", "/Report") and actor_kind(name) is None:
            shown = f" {value}" if isinstance(value, (int, float)) else ""
            draft.lose(at, f"not held: {name[:60]}{shown}")
    shown_node = {name: value for name, value in node.items() if name != "Samples"}
    for statement in statements(shown_node, "/Report"):
        draft.withhold(statement.kind, statement.value, statement.at)
