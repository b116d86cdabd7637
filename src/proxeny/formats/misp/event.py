"""One MISP event to one Report (MISP core format, draft-dulaunoy-misp-core-format)."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from proxeny.base.errors import InputError
from proxeny.base.moments import parse_moment
from proxeny.base.wire import Limits
from proxeny.formats.draft import Draft
from proxeny.formats.machinetag import kind_of_tags, marking_of
from proxeny.formats.misp.beside import lose_beside
from proxeny.formats.misp.labels import members_of, read_labels
from proxeny.formats.misp.parts import read_attribute, read_event_report, read_object
from proxeny.identify.report import Kind, Report

_UNCLASSIFYING = frozenset({"free", "misp", "workflow"})  # say nothing about what befell whom
_NOT_HELD = {
    "Orgc": "the organisation that made the event",
    "SharingGroup": "the sharing group",
    "threat_level_id": "the sender's own threat level: it never sets the level",
    "analysis": "the state of the sender's analysis",
    "extends_uuid": "that it extends another event",
    "RelatedEvent": "related events",
    "ShadowAttribute": "proposals that nobody has accepted",
    "Note": "notes of other analysts",
    "Opinion": "opinions of other analysts",
    "Relationship": "relations that other analysts drew",
}
_LATEST = 253_402_300_800  # seconds; the year 10000, beyond which no datetime goes
_WORD = re.compile(r"[^\W\d_]{2,}")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


def read_event(
    event: dict[str, Any], pointer: str, digest: str, part: str | None, place: str, limits: Limits
) -> Report:
    """The Report of one event, or of a collection of attributes without one (which is never an incident).

    Raises InputError with every fault of its structure.
    """
    draft = Draft(place=place)
    info = event.get("info")
    if info is not None and not isinstance(info, str):
        draft.fault(f"{pointer}/info", "the title is not text", "give `info` as a string")
        info = None
    title = (info or "").strip()
    if title:
        draft.texts.append(title)
    read_labels(event, pointer, "event", draft)
    attributes = members_of(event, "Attribute", pointer, draft)
    for index, attribute in attributes:
        read_attribute(attribute, f"{pointer}/Attribute/{index}", "", draft)
    objects = members_of(event, "Object", pointer, draft)
    for index, item in objects:
        read_object(item, f"{pointer}/Object/{index}", draft)
    for index, report in members_of(event, "EventReport", pointer, draft):
        read_event_report(report, f"{pointer}/EventReport/{index}", draft)
    for key, why in _NOT_HELD.items():
        if event.get(key):
            draft.lose(f"{pointer}/{key}", why)
    parts = [(f"{pointer}/Attribute/{index}", attribute) for index, attribute in attributes]
    for index, item in objects:
        inner = item.get("Attribute")
        inner = inner if isinstance(inner, list) else [inner]
        parts += [
            (f"{pointer}/Object/{index}/Attribute/{n}", one)
            for n, one in enumerate(inner)
            if isinstance(one, dict)
        ]
    wholes = [(f"{pointer}/Object/{index}", item) for index, item in objects]
    lose_beside((pointer, event), parts, wholes, draft)
    published = _moment(event, "publish_timestamp", pointer, draft)
    changed = _moment(event, "timestamp", pointer, draft)
    if event.get("date"):
        draft.lose(f"{pointer}/date", f"a date without a time of day: {str(event['date'])[:10]}")
    kind = _kind(draft, title, is_event="info" in event)
    text = draft.narrative(pointer, limits.text)
    if draft.faults:
        raise InputError(draft.faults)
    source_id = event.get("uuid")
    return Report(
        digest=digest,
        format="misp",
        kind=kind,
        part=part,
        source_id=source_id if isinstance(source_id, str) else None,
        title=title,
        text=text,
        reported=published or changed,
        states=tuple(draft.states),
        sectors=tuple(draft.sectors),
        tags=tuple(draft.tags.values()),
        indicators=tuple(draft.indicators.values()),
        confidence=next((m.confidence for m in draft.event_meanings if m.confidence), None),
        marking=marking_of(draft.event_meanings, draft.part_meanings),
        losses=draft.all_losses(),
        withheld=tuple(draft.withheld.values()),
    )


def _kind(draft: Draft, title: str, is_event: bool) -> Kind:
    """What the event is, by the first of these that holds (docs/reference/formats-misp.md)."""
    schemes = {scheme for scheme, _, scope in draft.tags if scope == "event"}
    codes = {f"{scheme}:{code}".lower() for scheme, code, scope in draft.tags if scope == "event"}
    told = kind_of_tags(draft.tags.values())
    if told:
        return told
    if "osint" in schemes or "type:osint" in codes or title[:5].upper() == "OSINT":
        return "threat-report"
    if not is_event:
        return "indicators"
    says_what = len(draft.texts) > 1 or len(_WORD.findall(title)) > 2 or len(_CJK.findall(title)) > 3
    return "incident" if says_what or schemes - _UNCLASSIFYING or not draft.indicators else "indicators"


def _moment(event: dict[str, Any], key: str, pointer: str, draft: Draft) -> dt.datetime | None:
    """Seconds since 1970 as number or digits, or a time with offset. "0" means never."""
    value = event.get(key)
    if value is None or value in ("", "0", 0) or isinstance(value, bool):
        return None
    if isinstance(value, str) and not value.isdecimal():
        try:
            return parse_moment(value, f"{draft.place}, {pointer}/{key}")
        except InputError as error:
            draft.faults.extend(error.faults)
            return None
    if isinstance(value, (str, int)) and len(str(value)) < 13 and 0 < int(value) < _LATEST:
        return dt.datetime.fromtimestamp(int(value), dt.UTC)
    draft.fault(
        f"{pointer}/{key}", f"{str(value)[:40]!r} is not a time", "give seconds since 1970, as MISP does"
    )
    return None
