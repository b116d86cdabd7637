"""IDEA0 events (JSON; one, a list, or JSON lines) to Reports, one an event.

Source: the IDEA definition, version 0 (CESNET). What Warden really carries may lack Format and ID, and has members of
its own; types of members are held to strictly. The content of an attachment is never opened.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from proxeny.base.errors import InputError, refuse
from proxeny.base.moments import parse_moment
from proxeny.base.wire import DEFAULT_LIMITS, Limits, digest_of
from proxeny.formats.accused import statements
from proxeny.formats.actor_words import actor_kind
from proxeny.formats.draft import Draft
from proxeny.formats.entries import Entry, json_entries, pointer, read_each, shortened
from proxeny.formats.idea0.ends import ends
from proxeny.formats.indicators import indicator_of
from proxeny.formats.marking import marking_in_text
from proxeny.formats.own import own_tags
from proxeny.identify.report import Indicator, Kind, Marking, Report, Tag

OWN = "_proxeny"  # members of other makers begin with a low line, as _CESNET does

_TIMES = ("CreateTime", "DetectTime", "EventTime", "WinStartTime")
_USED = frozenset(
    [
        "Attach",
        "Category",
        "Confidence",
        "Description",
        "Format",
        "ID",
        "Node",
        "Note",
        "Ref",
        "Source",
        "Target",
        OWN,
    ]
)
_CVE = re.compile(r"(?:cve:)?(CVE-\d{4}-\d{4,19})", re.IGNORECASE)
_LABEL = re.compile(r"(?:TLP|PAP):[A-Z+]{3,12}")


def read(data: bytes, place: str, limits: Limits = DEFAULT_LIMITS) -> list[Report]:
    """The Reports of a file of IDEA0 events.

    Raises InputError with every fault found: no IDEA event, a member of the wrong type, no category, no time, a time
    without an offset.
    """
    return read_entries(json_entries(data, place, limits), digest_of(data), place)


def read_entries(entries: list[Entry], digest: str, place: str) -> list[Report]:
    """The Reports of decoded values."""
    if not entries:
        raise refuse(place, "no IDEA event in the list", "give at least one")
    return read_each(entries, lambda entry: _event(entry, digest))


def is_event(value: Any) -> bool:
    """Whether a decoded value is told to be IDEA: by its Format, or by members that only IDEA has together."""
    if not isinstance(value, dict):
        return False
    told = {"DetectTime", "Source", "Target", "Node", "EventTime", "WinStartTime"}
    return str(value.get("Format", "")).startswith("IDEA") or (
        isinstance(value.get("Category"), list) and not told.isdisjoint(value)
    )


def _event(entry: Entry, digest: str) -> Report:
    event = entry.value
    if not is_event(event):
        raise refuse(
            entry.place, "no IDEA event: neither Format nor Category and a time", "give what Warden sent"
        )
    draft = Draft(place=entry.place)
    if event.get("Format") not in (None, "IDEA0"):
        draft.fault("/Format", f"{str(event['Format'])[:40]!r} is not IDEA0", "give the event as IDEA0")
    categories = _categories(event, draft)
    times = {name: _moment(event, name, draft) for name in _TIMES}
    if not draft.faults and not any(times.values()):
        draft.fault("/DetectTime", "no time of detection", "give DetectTime")
    title, note = _words(event, "Description", draft), _words(event, "Note", draft)
    marking, note = _marked(note)
    text = "\n\n".join(dict.fromkeys(part for part in (title, note) if part))
    indicators = [*ends(event, draft), *_flaws(event, draft), *_attached(event, draft)]
    reporter = _reporter(event, draft)
    confidence = _confidence(event, draft)
    for name, value in event.items():
        if name not in _USED and name not in _TIMES and actor_kind(name) is None:
            draft.lose(pointer(name), f"not held: {name[:60]}{_shown(value)}")
    withheld = statements(event)
    if times["EventTime"] and times["WinStartTime"]:
        draft.lose("/WinStartTime", "not held: WinStartTime, beside the time of the event")
    source_id = _words(event, "ID", draft)
    if draft.faults:
        raise InputError(draft.faults)
    return Report(
        digest=digest,
        format="idea0",
        kind=_kind(categories),
        part=entry.part,
        source_id=source_id or None,
        title=shortened(title or note) or _subject(categories, indicators),
        text=text,
        occurred=times["EventTime"] or times["WinStartTime"],
        detected=times["DetectTime"],
        reported=times["CreateTime"],
        tags=(*_tags(categories), *own_tags(event.get(OWN), pointer(OWN))),
        indicators=tuple(indicators),
        confidence=confidence,
        reporter=reporter,
        marking=marking,
        losses=draft.all_losses(),
        withheld=tuple(withheld),
    )


def _categories(event: dict[str, Any], draft: Draft) -> list[str]:
    value = event.get("Category")
    found = [value] if isinstance(value, str) else value
    if not isinstance(found, list) or not found:
        draft.fault("/Category", "no list of categories", "give at least one, such as Attempt.Login")
        return []
    for index, name in enumerate(found):
        if not isinstance(name, str) or not name.strip():
            draft.fault(f"/Category/{index}", "not a text", "put the category in quotes")
    return [name.strip() for name in found if isinstance(name, str)]


def _kind(categories: list[str]) -> Kind:
    return "test" if "test" in (name.lower() for name in categories) else "incident"


def _tags(categories: list[str]) -> list[Tag]:
    at = ((name, f"/Category/{index}") for index, name in enumerate(categories))
    return [Tag(scheme="idea", code=name, raw=name, at=where) for name, where in at]


def _moment(event: dict[str, Any], name: str, draft: Draft) -> dt.datetime | None:
    written = event.get(name)
    if written is None:
        return None
    if not isinstance(written, str):
        draft.fault(pointer(name), "not a time", "write it as 2026-03-02T08:00:00Z")
        return None
    try:
        return parse_moment(written, "")
    except InputError as error:
        fault = error.faults[0]
        draft.fault(pointer(name), fault.message, fault.remedy)
        return None


def _words(event: dict[str, Any], name: str, draft: Draft) -> str:
    value = event.get(name)
    if value is None or isinstance(value, str):
        return (value or "").strip()
    draft.fault(pointer(name), "not a text", "put it in quotes")
    return ""


def _marked(note: str) -> tuple[Marking, str]:
    """The marking and the note without the lines that only mark it: IDEA has no member for a marking."""
    lines = note.split("\n")
    while lines and _LABEL.fullmatch(lines[0].strip()):
        lines.pop(0)
    return marking_in_text(note), "\n".join(lines).strip()


def _confidence(event: dict[str, Any], draft: Draft) -> str | None:
    value = event.get("Confidence")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
        draft.fault("/Confidence", "not a number from 0 to 1", "correct it")
        return None
    return f"{value:g}"


def _reporter(event: dict[str, Any], draft: Draft) -> str | None:
    """The node that detected, which is the last that is no relay."""
    nodes = event.get("Node")
    if nodes is None:
        return None
    if not isinstance(nodes, list) or not all(isinstance(node, dict) for node in nodes):
        draft.fault("/Node", "not a list of nodes", "give a list of objects")
        return None
    found: str | None = None
    for index, node in enumerate(nodes):
        relay = "Relay" in node.get("Type", []) if isinstance(node.get("Type", []), list) else False
        name = node.get("Name") or node.get("Note")
        if not name and isinstance(node.get("SW"), list):
            name = ", ".join(map(str, node["SW"]))
        if isinstance(name, str) and not (relay and len(nodes) > 1):
            found = name[:200].strip() or None
        rest = [key for key in node if key not in ("Name", "Note")]
        if relay or rest:
            draft.lose(f"/Node/{index}", f"not held of a node: {', '.join(rest)[:120] or 'a relay'}")
    return found


def _flaws(event: dict[str, Any], draft: Draft) -> list[Indicator]:
    """Known flaws among the references; other references are lost."""
    refs = event.get("Ref")
    if refs is None:
        return []
    found = []
    for index, ref in enumerate(
        [refs] if isinstance(refs, str) else refs if isinstance(refs, list) else [None]
    ):
        at = f"/Ref/{index}"
        if not isinstance(ref, str):
            draft.fault(at, "not a text", "put the reference in quotes")
            continue
        flaw = _CVE.fullmatch(ref.strip())
        indicator = indicator_of("cve", flaw[1], at) if flaw else None
        if indicator:
            found.append(indicator)
        else:
            draft.lose(at, f"not held: the reference {ref[:120]!r}")
    return found


def _attached(event: dict[str, Any], draft: Draft) -> list[Indicator]:
    """Hashes and names of attached files. What they hold stays closed."""
    attached = event.get("Attach")
    if attached is None:
        return []
    if not isinstance(attached, list) or not all(isinstance(item, dict) for item in attached):
        draft.fault("/Attach", "not a list of attachments", "give a list of objects")
        return []
    found = []
    for index, item in enumerate(attached):
        for name, values in item.items():
            at = f"/Attach/{index}{pointer(name)}"
            if name not in ("Hash", "FileName"):
                why = (
                    "an attachment is kept out, unopened"
                    if name == "Content"
                    else f"not held: Attach {name[:40]}"
                )
                draft.lose(at, why)
                continue
            for value in values if isinstance(values, list) else [values]:
                kind, _, digits = str(value).rpartition(":")
                indicator = (
                    indicator_of(kind.lower().replace("-", "") or "hash", digits, at)
                    if name == "Hash"
                    else indicator_of("filename", str(value), at)
                )
                if indicator:
                    found.append(indicator)
                else:
                    draft.lose(at, f"not held: Attach {name} {str(value)[:60]!r}")
    return list({(item.type, item.value): item for item in found}.values())


def _subject(categories: list[str], indicators: list[Indicator]) -> str:
    named = ", ".join(categories)
    return f"{named}: {indicators[0].value}" if indicators else named


def _shown(value: Any) -> str:
    """A number or a time may be shown; a text may name anyone."""
    return f" {value}" if isinstance(value, (int, float)) else ""
