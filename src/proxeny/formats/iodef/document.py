"""A document of IODEF to Reports, one an Incident: the same for both of its forms."""

from __future__ import annotations

from typing import Any

from proxeny.base.errors import Fault, InputError
from proxeny.base.wire import Limits
from proxeny.formats.entries import MAX_FAULTS, shortened
from proxeny.formats.iodef.assessed import read_assessment, read_method
from proxeny.formats.iodef.gathered import Gathered
from proxeny.formats.iodef.observed import read_discovery, read_event, read_indicators
from proxeny.formats.iodef.shape import Shaped, Tree
from proxeny.formats.machinetag import kind_of_tags, marking_of
from proxeny.identify.report import Kind, Report

KINDS: dict[Kind, str] = {
    "incident": "reporting",
    "indicators": "watch",
    "threat-report": "threat-report",
    "advisory": "advisory",
    "reference": "reference",
    "exercise": "exercise",
    "test": "test",
}
"""The purpose (RFC 7970, section 3.2) by which each kind of report is written. Those that the standard does not know
are written as an `ext-purpose`, so that no one takes an exercise for what it is not."""

_BY_PURPOSE: dict[str, Kind] = {purpose: kind for kind, purpose in KINDS.items()}
_UNDETERMINED = "und"  # RFC 5646, section 4.1: of a language that is not known
_HELD_DOCUMENT = ("version", "lang", "Incident")
_HELD = (
    *(
        "purpose",
        "ext-purpose",
        "lang",
        "IncidentID",
        "RelatedActivity",
        "DetectTime",
        "StartTime",
        "ReportTime",
    ),
    *(
        "GenerationTime",
        "Description",
        "Discovery",
        "Assessment",
        "Method",
        "Contact",
        "EventData",
        "Indicator",
    ),
    "AdditionalData",
)


def reports_of(
    shaped: Shaped, name: str, digest: str, limits: Limits, part: str | None = None
) -> list[Report]:
    """The Reports of a document. `name`: the format; `part`: the entry of the file that the document is.

    Raises InputError with every time that is none, or bears no offset (RFC 7970, section 2.9, asks for one).
    """
    incidents = shaped.tree["Incident"]
    several = len(incidents) > 1
    faults: list[Fault] = []
    reports = []
    for index, incident in enumerate(incidents):
        at = f"/Incident/{index}"
        draft = Gathered(place=shaped.place, shaped=shaped, language=_language(incident, shaped.tree))
        report = _report(incident, at, draft, limits, name, digest, _part(part, at, several), index == 0)
        reports.append(report)
        faults += draft.moment_faults
    if faults:
        raise InputError(faults[:MAX_FAULTS])
    return reports


def _part(part: str | None, at: str, several: bool) -> str | None:
    if not several:
        return part
    return f"{part}, {at}" if part and not part.startswith("/") else f"{part or ''}{at}"


def _language(incident: Tree, document: Tree) -> str | None:
    found = incident.get("lang") or document.get("lang") or None
    return None if found == _UNDETERMINED else found


def _report(
    incident: Tree,
    at: str,
    draft: Gathered,
    limits: Limits,
    name: str,
    digest: str,
    part: str | None,
    first: bool,
) -> Report:
    draft.say(incident.get("Description", []), f"{at}/Description")
    for key, read in (
        ("Discovery", read_discovery),
        ("Assessment", read_assessment),
        ("Method", read_method),
        ("EventData", read_event),
        ("RelatedActivity", _related),
    ):
        for index, item in enumerate(incident.get(key, ())):
            read(item, f"{at}/{key}/{index}", draft)
    read_indicators(incident, at, draft)
    draft.additional(incident, "Incident", at)
    draft.markings(incident, at)
    draft.rest(incident, "Incident", _HELD, at)
    reporter = _reporter(incident["Contact"], f"{at}/Contact", draft)
    _set_aside(draft, at, first)
    occurred = draft.moment(incident, "StartTime", at) or min(draft.occurred, default=None)
    detected = draft.moment(incident, "DetectTime", at) or min(draft.detected, default=None)
    generated = draft.moment(incident, "GenerationTime", at)
    reported = draft.moment(incident, "ReportTime", at) or min(draft.reported, default=generated)
    text = draft.narrative(f"{at}/Description", limits.text)
    return Report(
        digest=digest,
        format=name,
        kind=_kind(incident, draft, at),
        part=part,
        source_id=incident["IncidentID"]["id"],
        title=draft.title or shortened(text),
        text=text,
        language=draft.language,
        occurred=occurred,
        detected=detected,
        reported=reported,
        tags=tuple(draft.tags.values()),
        indicators=tuple(draft.observed.values()),
        stated=tuple(draft.stated),
        confidence=draft.confidence,
        reporter=reporter,
        marking=marking_of(draft.event_meanings, draft.part_meanings),
        losses=draft.all_losses(),
        withheld=tuple(draft.withheld.values()),
    )


def _kind(incident: Tree, draft: Gathered, at: str) -> Kind:
    """What the tags tell, else the purpose: what is sent to watch for is no incident."""
    told = kind_of_tags(draft.tags.values())
    purpose = incident["purpose"]
    if purpose == "ext-value":
        purpose = incident.get("ext-purpose", "")
    if purpose not in _BY_PURPOSE:
        draft.lose(f"{at}/purpose", f"the purpose: {purpose[:60]}")
    kind = _BY_PURPOSE.get(purpose, "incident")
    return told if told in ("exercise", "test") else kind


def _related(tree: Tree, at: str, draft: Gathered) -> None:
    """Actors and campaigns are withheld; the rest of what is related is told as lost."""
    for key, kind in (("ThreatActor", "actor"), ("Campaign", "campaign")):
        for index, item in enumerate(tree.get(key, ())):
            names = [*item.get(f"{key}ID", ()), *map(_said, item.get("Description", ()))]
            value = ", ".join(filter(None, names)) or key
            draft.withhold("actor" if kind == "actor" else "campaign", value, f"{at}/{key}/{index}")
    draft.rest(tree, "RelatedActivity", ("ThreatActor", "Campaign"), at)


def _said(words: Any) -> str:
    return words["value"] if isinstance(words, dict) else str(words)


def _reporter(contacts: list[Tree], at: str, draft: Gathered) -> str | None:
    """The name of who reported, else of who made the document. Other contacts, and how to reach any, are lost."""
    found: dict[str, str] = {}
    for index, contact in enumerate(contacts):
        role = contact["role"]
        names = [text for text in map(_said, contact.get("ContactName", ())) if text]
        if role in ("reporter", "creator") and contact["type"] != "person" and names:
            found.setdefault(role, names[0])
            draft.rest(contact, "Contact", ("role", "type", "ContactName"), f"{at}/{index}")
        else:
            draft.lose(f"{at}/{index}", f"contacts: {role[:40]}")
    return found.get("reporter") or found.get("creator")


def _set_aside(draft: Gathered, at: str, first: bool) -> None:
    """What the standard does not know, told with the Incident it stands in; of the document with the first."""
    for place, name in draft.shaped.unknown.get(at, ()):
        draft.lose(place, f"unknown to IODEF 2: {name}")
    if first:
        for place, name in draft.shaped.unknown.get("", ()):
            draft.lose(place, f"unknown to IODEF 2: {name}")
        draft.rest(draft.shaped.tree, "IODEF-Document", _HELD_DOCUMENT, "")
