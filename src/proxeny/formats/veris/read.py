"""VERIS incident records (schema versions 1.2 to 1.4) to Reports, one a record.

Codes are passed on as they are written; whether a code is one of VERIS is known to the crosswalk.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from proxeny.base.errors import InputError, refuse
from proxeny.base.moments import parse_moment
from proxeny.base.wire import DEFAULT_LIMITS, Limits, digest_of
from proxeny.formats.entries import Entry, entries_of, json_entries, read_each, shortened
from proxeny.formats.indicators import indicator_of, indicators_in_text
from proxeny.formats.marking import marking_in_text
from proxeny.formats.veris.codes import (
    take_actions,
    take_actors,
    take_assets,
    take_attributes,
    take_notes,
)
from proxeny.formats.veris.draft import (
    Draft,
    codes_in,
    lose_unheld,
    lose_unknown,
    member,
    number_in,
    pointer_in,
    text_in,
)
from proxeny.identify.report import Report, Stated

_LISTED = """
action actor asset attribute campaign_id confidence control_failure corrective_action
cost_corrective_action discovery_method discovery_notes extra impact incident_id ioc notes plus reference
related_incidents schema_name schema_version security_incident source_id subsets summary targeted
timeline value_chain victim
"""

MEMBERS = frozenset(_LISTED.split())
"""The members of a record, in any version."""

_REQUIRED = ("schema_version", "incident_id", "security_incident", "timeline", "actor", "asset")
_OBJECTS = ("action", "actor", "asset", "attribute", "timeline", "impact", "plus", "victim")
_STATE = re.compile(r"[A-Z]{2}")
_NAICS = re.compile(r"\d{2}-?\d{0,4}")


def read(data: bytes, place: str, limits: Limits = DEFAULT_LIMITS) -> list[Report]:
    """The Reports of a file of VERIS records: one, a list, JSON lines, or {"incidents": [...]}.

    Raises InputError with every fault found: no VERIS record, the schema itself, a wrong JSON type.
    """
    return read_entries(json_entries(data, place, limits), digest_of(data), place)


def read_entries(entries: list[Entry], digest: str, place: str) -> list[Report]:
    """The Reports of decoded values."""
    if len(entries) == 1 and isinstance(entries[0].value, dict):
        held = entries[0].value.get("incidents")
        if isinstance(held, list):
            entries = entries_of(held, f"{place}/incidents")
    if not entries:
        raise refuse(place, "no VERIS record in the list", "give at least one")
    return read_each(entries, lambda entry: _record(entry, digest))


def wrapped(value: Any) -> dict[str, Any] | None:
    """The record of VERIS's own test cases, which stands under `incident` beside `should`."""
    if isinstance(value, dict) and isinstance(value.get("incident"), dict) and "action" not in value:
        record = value["incident"]
        return record if is_record(record) else None
    return None


def is_record(value: Any) -> bool:
    """Whether a decoded value has the members by which VERIS is told from other JSON."""
    if not isinstance(value, dict):
        return False
    known = MEMBERS & value.keys()
    telling = {"action", "actor", "asset", "attribute", "security_incident"} & known
    return len(known) >= 3 and len(telling) >= 2


def schema_name(value: Any) -> str | None:
    """What a file of the VERIS project is that holds no incident: its schema, labels or enumerations."""
    if not isinstance(value, dict):
        return None
    if "$schema" in value and "security_incident" in (value.get("properties") or {}):
        return "the VERIS schema"
    if isinstance(value.get("security_incident"), (dict, list)):
        return "the labels or enumerations of the VERIS schema"
    return None


def _record(entry: Entry, digest: str) -> Report:
    name = schema_name(entry.value)
    if name:
        raise refuse(entry.place, f"this is {name}, not an incident", "give an incident record")
    inner = wrapped(entry.value)
    record = inner if inner is not None else entry.value
    if not isinstance(record, dict) or "action" not in record:
        raise refuse(entry.place, "no VERIS record: it has no member 'action'", "see veriscommunity.net")
    draft = Draft(place=entry.place + ("/incident" if inner is not None else ""))
    for key in _OBJECTS:
        if key != "victim" or not isinstance(record.get(key), list):
            member(draft, record, key, "")
    if draft.faults:
        raise InputError(draft.faults)
    report = _report(record, draft, digest, entry.part, is_test=inner is not None and "should" in entry.value)
    if draft.faults:
        raise InputError(draft.faults)
    return report


def _report(record: dict[str, Any], draft: Draft, digest: str, part: str | None, is_test: bool) -> Report:
    states, sectors, government = _victim(draft, record)
    state = states[0] if len(states) == 1 else None
    summary = text_in(draft, record, "summary", "")
    take_notes(draft, record, "")
    take_actions(draft, record["action"] or {})
    take_actors(draft, record.get("actor") or {})
    take_assets(draft, record.get("asset") or {})
    take_attributes(draft, record.get("attribute") or {}, state, government)
    status = text_in(draft, record, "security_incident", "")
    if status:
        draft.tag(f"security_incident.{status}", "/security_incident")
    _take_impact(draft, record.get("impact") or {}, state)
    _take_rest(draft, record)
    occurred, reported = _times(draft, record)
    text = "\n\n".join(piece for piece in (summary, *draft.notes) if piece)
    return Report(
        digest=digest,
        format="veris",
        kind="test" if is_test else "incident",
        part=part,
        source_id=text_in(draft, record, "incident_id", "") or None,
        title=shortened(summary),
        text=text,
        occurred=occurred,
        reported=reported,
        states=states,
        sectors=sectors,
        tags=tuple(draft.tags),
        indicators=tuple(
            {(i.type, i.value): i for i in (*indicators_in_text(text), *draft.indicators)}.values()
        ),
        stated=tuple(draft.stated),
        confidence=text_in(draft, record, "confidence", "") or status or None,
        marking=marking_in_text(text),
        losses=tuple(draft.losses),
        withheld=tuple(draft.withheld),
    )


def _victim(draft: Draft, record: dict[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
    """States and sectors of the victims, and whether public administration (NAICS 92) is among them."""
    held = record.get("victim")
    victims = held if isinstance(held, list) else [held] if held else []  # version 1.2 had a list
    states: dict[str, None] = {}
    sectors: dict[str, None] = {}
    for index, victim in enumerate(victims):
        at = f"/victim/{index}" if isinstance(held, list) else "/victim"
        if not isinstance(victim, dict):
            draft.fault(at, "no object", "see the VERIS schema")
            continue
        for code, where in codes_in(draft, victim, "country", at, one=True):
            if _STATE.fullmatch(code):
                states[code] = None
            elif code not in ("Unknown", "Other"):
                draft.lose(where, f"{code[:60]!r} is no ISO 3166 code of a country")
        industry = text_in(draft, victim, "industry", at)
        if _NAICS.fullmatch(industry) and not industry.startswith("00"):
            sectors[f"naics:{industry}"] = None
        lose_unheld(
            draft, victim, ("victim_id", "employee_count", "region", "state", "locations_affected"), at
        )
        lose_unheld(draft, victim, ("government", "revenue", "secondary"), at)
        take_notes(draft, victim, at)
    return tuple(states), tuple(sectors), any(sector.startswith("naics:92") for sector in sectors)


def _take_impact(draft: Draft, impact: dict[str, Any], state: str | None) -> None:
    """The sum lost, where it is in US dollars; no rating is taken for a level of ours."""
    if not impact:
        return
    low = number_in(draft, impact, "overall_min_amount", "/impact")
    high = number_in(draft, impact, "overall_max_amount", "/impact")
    amount = number_in(draft, impact, "overall_amount", "/impact")
    losses = impact.get("loss")
    parts = [item for item in losses if isinstance(item, dict)] if isinstance(losses, list) else []
    sums = [number_in(draft, item, "amount", f"/impact/loss/{index}") for index, item in enumerate(parts)]
    total = sum(value for value in sums if value is not None) if any(sums) else None
    value: float | tuple[float, float] | None = amount if amount is not None else total
    if value is None and low is not None and high is not None and low <= high:
        value = (low, high)
    currency = text_in(draft, impact, "iso_currency_code", "/impact")
    if value is not None and currency == "USD":
        draft.stated.append(
            Stated(path="loss_usd", value=value, words=f"{value} USD", at="/impact", state=state)
        )
    elif value is not None:
        draft.lose("/impact", f"a loss of {value} {currency or 'in a currency not named'}: not in US dollars")
    lose_unheld(draft, impact, ("overall_rating",), "/impact")
    take_notes(draft, impact, "/impact")


def _take_rest(draft: Draft, record: dict[str, Any]) -> None:
    """Discovery, indicators of compromise, campaign; and what the Report has no place for."""
    method = record.get("discovery_method")
    if isinstance(method, str) and method.strip():  # version 1.3: "Int - unknown"
        draft.tag(f"discovery_method.{method.strip()}", "/discovery_method", "part")
    elif isinstance(method, dict):
        for name in method:
            at = pointer_in("/discovery_method", name)
            draft.tag(f"discovery_method.{name}", at, "part")
            if isinstance(method[name], dict):
                for code, where in codes_in(draft, method[name], "variety", at):
                    draft.tag(f"discovery_method.{name}.variety.{code}", where, "part")
    elif method is not None:
        draft.fault("/discovery_method", "neither a text nor an object", "see the VERIS schema")
    notes = text_in(draft, record, "discovery_notes", "")
    draft.notes += [notes] if notes else []
    draft.withhold("campaign", text_in(draft, record, "campaign_id", ""), "/campaign_id")
    _take_iocs(draft, record.get("ioc"))
    for key in _REQUIRED:
        if record.get(key) is None:
            draft.lose("", f"no {key}, which the VERIS schema requires")
    unheld = (
        "source_id",
        "reference",
        "targeted",
        "value_chain",
        "plus",
        "extra",
        "subsets",
        "control_failure",
    )
    lose_unheld(
        draft, record, (*unheld, "corrective_action", "cost_corrective_action", "related_incidents"), ""
    )
    lose_unknown(draft, record, MEMBERS, "")


def _take_iocs(draft: Draft, iocs: Any) -> None:
    if iocs is None:
        return
    if not isinstance(iocs, list):
        draft.fault("/ioc", "no list", "put it in square brackets")
        return
    for index, item in enumerate(iocs):
        at = f"/ioc/{index}"
        if not isinstance(item, dict):
            draft.fault(at, "no object", 'write it as {"indicator": "192.0.2.1"}')
            continue
        value = text_in(draft, item, "indicator", at)
        found = indicators_in_text(value) or (indicator_of("other", value, f"{at}/indicator"),)
        draft.indicators += [indicator for indicator in found if indicator]


def _times(draft: Draft, record: dict[str, Any]) -> tuple[dt.datetime | None, dt.datetime | None]:
    """When it occurred, and when it was notified (VCDB keeps that under `plus`)."""
    timeline = record.get("timeline") or {}
    occurred = _day(draft, member(draft, timeline, "incident", "/timeline"), "/timeline/incident")
    lose_unheld(draft, timeline, ("compromise", "exfiltration", "discovery", "containment"), "/timeline")
    kept = (record.get("plus") or {}).get("timeline")
    told = kept.get("notification") if isinstance(kept, dict) else None
    reported = _day(draft, told, "/plus/timeline/notification") if isinstance(told, dict) else None
    return occurred, reported


def _day(draft: Draft, node: dict[str, Any], at: str) -> dt.datetime | None:
    """Midnight UTC of a full date. VERIS has no offsets: less than a date is a loss, not a guess."""
    year, month, day = (number_in(draft, node, key, at) for key in ("year", "month", "day"))
    if year is None:
        return None
    if month is None or day is None:
        draft.lose(at, f"only {year:.0f}" + (f"-{month:02.0f}" if month else "") + " is stated, no day")
        return None
    try:
        moment = parse_moment(f"{year:04.0f}-{month:02.0f}-{day:02.0f}T00:00Z", at)
    except InputError as error:
        draft.lose(at, error.faults[0].message)
        return None
    draft.lose(at, "the day is stated and no offset: taken as midnight UTC")
    return moment
