"""Bytes to events: a single event, a bare one, a list, or the answer of a search."""

from __future__ import annotations

from typing import Any

from proxeny.base.errors import Fault, InputError, refuse
from proxeny.base.wire import DEFAULT_LIMITS, Limits, decode_json, digest_of
from proxeny.formats.entries import MAX_FAULTS
from proxeny.formats.misp.event import read_event
from proxeny.identify.report import Report

_CONTENT = ("info", "Attribute", "Object")
_REMEDY = 'give an event as MISP exports it: {"Event": {"info": …}}'


def read(data: bytes, place: str, limits: Limits = DEFAULT_LIMITS) -> list[Report]:
    """One Report for each event, in order.

    Attributes or objects found by a search, without their event, become one Report of kind indicators.
    Raises InputError with all faults of all events; a file is read whole or not at all.
    """
    document = decode_json(data, place, limits)
    entries = _entries(document, place)
    digest = digest_of(data)
    reports: list[Report] = []
    faults: list[Fault] = []
    for pointer, event in entries:
        try:
            part = pointer if len(entries) > 1 else None
            reports.append(read_event(event, pointer, digest, part, place, limits))
        except InputError as error:
            faults.extend(error.faults)
        if len(faults) >= MAX_FAULTS:
            break
    if faults:
        raise InputError(faults[:MAX_FAULTS])
    return reports


def _entries(document: Any, place: str) -> list[tuple[str, dict[str, Any]]]:
    """Each event with its JSON pointer."""
    if isinstance(document, dict) and "response" in document:
        document, root = document["response"], "/response"
    else:
        root = ""
    if isinstance(document, dict) and isinstance(document.get("Event"), list):
        document, root = document["Event"], f"{root}/Event"
    if not isinstance(document, list):
        return [_entry(document, root, place)]
    if not document:
        raise refuse(place, "a list without any event", "the search found nothing: widen it")
    entries: list[tuple[str, dict[str, Any]]] = []
    faults: list[Fault] = []
    for index, item in enumerate(document):
        try:
            entries.append(_entry(item, f"{root}/{index}", place))
        except InputError as error:
            faults.extend(error.faults)
    if faults:
        raise InputError(faults[:MAX_FAULTS])
    return entries


def _entry(item: Any, pointer: str, place: str) -> tuple[str, dict[str, Any]]:
    where = f"{place}, {pointer}" if pointer else place
    if not isinstance(item, dict):
        raise refuse(where, "not a MISP event: not an object", _REMEDY)
    if "Event" in item:
        event = item["Event"]
        if not isinstance(event, dict) or not any(key in event for key in _CONTENT):
            raise refuse(
                f"{place}, {pointer}/Event", "an event without a title", "give `info`, as MISP exports it"
            )
        # An attribute found by a search names its event without holding it; then both are one.
        return f"{pointer}/Event", event
    if any(key in item for key in _CONTENT):
        return pointer, item
    raise refuse(where, f"not a MISP event: {_what_it_is(item)}", _REMEDY)


def _what_it_is(item: dict[str, Any]) -> str:
    if "GalaxyCluster" in item or ("values" in item and "type" in item):
        return "a galaxy"
    if "predicates" in item and "namespace" in item:
        return "a taxonomy"
    if item and all(isinstance(entry, dict) and "info" in entry for entry in item.values()):
        return "the manifest of a feed, which lists events and holds none"
    if "errors" in item or "saved" in item:
        return "the error message of a server"
    return "no `info`, no `Attribute`, no `Object`"
