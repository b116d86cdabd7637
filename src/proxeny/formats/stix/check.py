"""What STIX 2.1 forbids (OASIS Standard, 10 June 2021), told all at once, each fault with its section.

Only clear rules refuse: required properties (3.2 and the tables of 4 to 7), identifiers (2.9), timestamps
(2.16), the order of two times, and the JSON type of what is read here. After this check the readers rely
on those types. ATT&CK as published leaves out `spec_version` and is read all the same.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from proxeny.base.errors import Fault
from proxeny.formats.entries import MAX_FAULTS

Object = dict[str, Any]

_UUID = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
_TYPE = re.compile(r"[a-z][a-z0-9-]{1,248}[a-z0-9]")
_IDENTIFIER = re.compile(rf"([a-z][a-z0-9-]{{1,248}}[a-z0-9])--{_UUID}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z", re.ASCII)

OBSERVABLES = frozenset(
    {"artifact", "autonomous-system", "directory", "domain-name", "email-addr", "email-message", "file"}
    | {"ipv4-addr", "ipv6-addr", "mac-addr", "mutex", "network-traffic", "process", "software", "url"}
    | {"user-account", "windows-registry-key", "x509-certificate"}
)
_DATED = ("spec_version", "created", "modified")
# Section 4 (domain objects), 5 (relationships), 6 (observables), 7 (meta objects): the required properties.
_REQUIRED: dict[str, tuple[str, ...]] = {
    "attack-pattern": (*_DATED, "name"),
    "campaign": (*_DATED, "name"),
    "course-of-action": (*_DATED, "name"),
    "grouping": (*_DATED, "context", "object_refs"),
    "identity": (*_DATED, "name"),
    "incident": (*_DATED, "name"),
    "indicator": (*_DATED, "pattern", "pattern_type", "valid_from"),
    "infrastructure": (*_DATED, "name"),
    "intrusion-set": (*_DATED, "name"),
    "location": _DATED,
    "malware": (*_DATED, "is_family"),
    "malware-analysis": (*_DATED, "product"),
    "note": (*_DATED, "content", "object_refs"),
    "observed-data": (*_DATED, "first_observed", "last_observed", "number_observed"),
    "opinion": (*_DATED, "opinion", "object_refs"),
    "report": (*_DATED, "name", "published", "object_refs"),
    "threat-actor": (*_DATED, "name"),
    "tool": (*_DATED, "name"),
    "vulnerability": (*_DATED, "name"),
    "relationship": (*_DATED, "relationship_type", "source_ref", "target_ref"),
    "sighting": (*_DATED, "sighting_of_ref"),
    "language-content": (*_DATED, "object_ref", "contents"),
    "extension-definition": (*_DATED, "created_by_ref", "name", "schema", "version", "extension_types"),
    "marking-definition": ("spec_version", "created"),
    "autonomous-system": ("number",),
    "directory": ("path",),
    "email-message": ("is_multipart",),
    "mutex": ("name",),
    "network-traffic": ("protocols",),
    "software": ("name",),
    **dict.fromkeys(("domain-name", "email-addr", "ipv4-addr", "ipv6-addr", "mac-addr", "url"), ("value",)),
    # The Incident Core Extension's own objects (extension-definition--4ca6de00…, 7cc33dd6…, 2074a052…)
    "event": _DATED,
    "impact": _DATED,
    "task": _DATED,
}
_ONE_OF: dict[str, tuple[str, ...]] = {
    "location": ("region", "country", "latitude"),
    "observed-data": ("object_refs", "objects"),
    "malware-analysis": ("result", "analysis_sco_refs"),
    "file": ("hashes", "name"),
    "artifact": ("payload_bin", "url"),
}
_ATTACK_LEAVES_OUT = frozenset({"is_family"})  # besides spec_version

_TEXTS = (
    *("name", "description", "pattern", "pattern_type", "relationship_type", "context", "content", "value"),
    *("opinion", "abstract", "country", "lang", "definition_type", "primary_motivation", "objective"),
    *("goal", "status", "impact_category", "outcome"),
)
_TIMES = (
    *("created", "modified", "published", "valid_from", "valid_until", "first_observed", "last_observed"),
    *("first_seen", "last_seen", "start_time", "stop_time", "end_time"),
)
_WORDS = (
    *("labels", "report_types", "malware_types", "incident_types", "event_types", "task_types", "sectors"),
    *("secondary_motivations", "goals", "infrastructure_types", "tool_types", "aliases"),
)
_REFS = (
    *("object_refs", "object_marking_refs", "observed_data_refs", "where_sighted_refs", "sighting_refs"),
    *("impacted_refs", "impact_refs"),
)
_REF = ("created_by_ref", "source_ref", "target_ref", "sighting_of_ref", "superseded_by_ref")
_KIND_OF = {
    **dict.fromkeys(_TEXTS, "text"),
    **dict.fromkeys(_TIMES, "time"),
    **dict.fromkeys(_WORDS, "words"),
    **dict.fromkeys(_REFS, "refs"),
    **dict.fromkeys(_REF, "ref"),
    "external_references": "objects",
    "granular_markings": "objects",
    "kill_chain_phases": "objects",
    "extensions": "map",
    "hashes": "map",
    "definition": "map",
    "revoked": "flag",
    "confidence": "percent",
}
_MUST_REFER_TO = {"created_by_ref": "identity", "object_marking_refs": "marking-definition"}
_ORDERED = (  # section 3.2 and the tables of 4: the second is not before the first
    ("created", "modified"),
    ("first_observed", "last_observed"),
    ("first_seen", "last_seen"),
    ("valid_from", "valid_until"),
    ("start_time", "stop_time"),
    ("start_time", "end_time"),
)


class _Seen(NamedTuple):
    """What was found good before in the same file, so that it is not matched again."""

    types: dict[str, str]  # by identifier
    moments: dict[str, dt.datetime]  # by timestamp


def faults_of(objects: Iterable[tuple[str, Object]], place: str, is_attack: bool) -> list[Fault]:
    """The faults of the objects, each given with its JSON pointer: all of them, up to MAX_FAULTS."""
    faults: list[Fault] = []
    seen = _Seen({}, {})
    for pointer, item in objects:
        _check(item, f"{place}, {pointer}", is_attack, seen, faults)
        if len(faults) >= MAX_FAULTS:
            break
    return faults[:MAX_FAULTS]


def _check(item: Object, at: str, is_attack: bool, seen: _Seen, faults: list[Fault]) -> None:
    kind = item.get("type")
    if not isinstance(kind, str) or (kind not in _REQUIRED and _TYPE.fullmatch(kind) is None):
        faults.append(Fault(f"{at}/type", "no type of STIX", "give the object's type, in lower case (3.1)"))
        return
    own = _type_of(item.get("id"), seen)
    if own is None:
        faults.append(Fault(f"{at}/id", "no identifier of STIX", f"write it {kind}--UUID (2.9)"))
    elif own != kind:
        message = f"the identifier is one of a {own}, the object a {kind}"
        faults.append(Fault(f"{at}/id", message, "make both the same (2.9)"))
    _check_version(item, kind, at, is_attack, faults)
    plan = (_plan if len(item) <= _MAX_REMEMBERED else _plan.__wrapped__)(kind, tuple(item))
    if not plan.complete:
        _check_required(item, kind, at.removesuffix(", "), is_attack, faults)
    for name, rule in plan.rules:
        value = item[name]
        if rule == "time":
            if _moment(value, seen) is None:
                message = f"{str(value)[:40]!r} is not a timestamp"
                faults.append(Fault(f"{at}/{name}", message, "write it as 2026-03-02T08:00:00.000Z (2.16)"))
        elif rule == "text" and isinstance(value, str):
            continue
        else:
            wrong = _wrong_value(name, value, rule, seen)
            if wrong:
                faults.append(Fault(f"{at}/{name}", wrong, "correct it as the STIX 2.1 standard has it"))
    for first, second in plan.ordered:
        if item[first] != item[second]:
            one, other = _moment(item[first], seen), _moment(item[second], seen)
            if one and other and other < one:
                faults.append(Fault(f"{at}/{second}", f"{second} is before {first}", "correct one of them"))


_MAX_REMEMBERED = 64  # members; objects with more are rare, and their plans would fill the memory


class _Plan(NamedTuple):
    """What is to be checked of an object with these members: most objects of a file share a few sets of them."""

    rules: tuple[tuple[str, str], ...]
    ordered: tuple[tuple[str, str], ...]
    complete: bool  # whether no required member is missing


@lru_cache(maxsize=1024)
def _plan(kind: str, names: tuple[str, ...]) -> _Plan:
    one_of = _ONE_OF.get(kind)
    complete = all(name in names for name in _REQUIRED.get(kind, ()))
    return _Plan(
        tuple((name, _KIND_OF[name]) for name in names if name in _KIND_OF),
        tuple(pair for pair in _ORDERED if pair[0] in names and pair[1] in names),
        complete and (one_of is None or any(name in names for name in one_of)),
    )


def _check_required(item: Object, kind: str, at: str, is_attack: bool, faults: list[Fault]) -> None:
    for name in _REQUIRED.get(kind, ()):
        if name not in item and name != "spec_version" and not (is_attack and name in _ATTACK_LEAVES_OUT):
            faults.append(Fault(at, f"{kind} without {name!r}, which STIX 2.1 requires", f"give {name}"))
    one_of = _ONE_OF.get(kind)
    if one_of and not any(name in item for name in one_of):
        message = f"{kind} with none of {', '.join(one_of)}, of which STIX 2.1 requires one"
        faults.append(Fault(at, message, "give one of them"))


def _check_version(item: Object, kind: str, at: str, is_attack: bool, faults: list[Fault]) -> None:
    version = item.get("spec_version")
    if version == "2.1" or (version is None and (is_attack or kind in OBSERVABLES or kind not in _REQUIRED)):
        return
    if version is None:
        message = "an object without spec_version counts as STIX 2.0 (3.2)"
    else:
        message = f"the object is of STIX {str(version)[:10]}"
    faults.append(Fault(f"{at}/spec_version", message, 'STIX 2.1 is read: give "spec_version": "2.1"'))


def moment_of(value: str) -> dt.datetime:
    """The moment of a timestamp that was checked."""
    # RFC 3339 allows a leap second; Python does not hold it.
    return dt.datetime.fromisoformat(f"{value[:17]}59{value[19:]}" if value[17:19] == "60" else value)


def _moment(value: Any, seen: _Seen) -> dt.datetime | None:
    if not isinstance(value, str):
        return None
    known = seen.moments.get(value)
    if known is None and _TIME.fullmatch(value) is not None:
        try:
            known = seen.moments[value] = moment_of(value)
        except ValueError:
            return None
    return known


def _type_of(identifier: Any, seen: _Seen) -> str | None:
    """The type in an identifier; None where it is none."""
    if not isinstance(identifier, str):
        return None
    known = seen.types.get(identifier)
    if known is None:
        match = _IDENTIFIER.fullmatch(identifier)
        if match is not None:
            known = seen.types[identifier] = match[1]
    return known


def _wrong_value(name: str, value: Any, rule: str, seen: _Seen) -> str:
    """What is wrong with a property; "" where nothing is."""
    if rule == "text":
        return "not text"
    if rule == "ref":
        return _wrong_reference(name, value, seen)
    if rule == "refs":
        if not isinstance(value, list):
            return "not a list"
        return next(filter(None, (_wrong_reference(name, item, seen) for item in value)), "")
    if rule == "words":
        good = isinstance(value, list) and all(isinstance(item, str) for item in value)
        return "" if good else "not a list of texts"
    if rule == "objects":
        good = isinstance(value, list) and all(isinstance(item, dict) for item in value)
        return "" if good else "not a list of objects"
    if rule == "map":
        return "" if isinstance(value, dict) else "not an object"
    if rule == "flag":
        return "" if isinstance(value, bool) else "neither true nor false"
    good = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 100
    return "" if good else "not a whole number from 0 to 100"


def _wrong_reference(name: str, value: Any, seen: _Seen) -> str:
    found = _type_of(value, seen)
    if found is None:
        return f"{str(value)[:60]!r} is no identifier of STIX (2.9)"
    wanted = _MUST_REFER_TO.get(name)
    return f"refers to a {found}, and must to a {wanted}" if wanted and found != wanted else ""
