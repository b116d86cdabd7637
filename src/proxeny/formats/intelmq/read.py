"""IntelMQ events (flat or hierarchical JSON; one, a list, or JSON lines) to Reports, one an event.

`raw` is the line a feed sent, in base64: it is never opened. Where an address stands on the map says
nothing on whom the incident befell, nor on who did it, so geolocation is not held.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from proxeny.base.errors import Fault, InputError, refuse
from proxeny.base.moments import parse_moment
from proxeny.base.wire import DEFAULT_LIMITS, Limits, decode_json, digest_of
from proxeny.formats.accused import MAX_VALUE, tag_kind
from proxeny.formats.actor_words import ActorKind, actor_kind
from proxeny.formats.entries import Entry, json_entries, pointer, read_each, shortened
from proxeny.formats.indicators import indicator_of
from proxeny.formats.intelmq.names import (
    GROUPS,
    HASHES,
    HELD,
    NO_INCIDENT,
    OLD_TYPES,
    TYPES,
)
from proxeny.formats.marking import label_of
from proxeny.formats.own import SCHEME, own_tags
from proxeny.identify.report import Indicator, Kind, Loss, Marking, Report, Tag, Withheld

MAX_EXTRA = 100  # members of `extra` told one by one; feeds send some fifty
OWN = f"extra.{SCHEME}"
ROLES: dict[str, Literal["source", "target"]] = {"source": "source", "destination": "target"}
MAX_NESTING = 4  # of the hierarchical form: malware.hash.sha256 has three levels

# Fields whose content stands elsewhere in the Report, or is IntelMQ's own bookkeeping.
_LISTED = """
__type classification.type classification.taxonomy classification.identifier event_description.text
comment time.source time.observation tlp feed.accuracy feed.provider event_hash
"""
_USED = frozenset(_LISTED.split())

_FIRST_NAMED = {"url": 0, "domain": 1, "ipv4": 2, "ipv6": 2, "sha256": 3, "sha1": 3, "md5": 3}


def read(data: bytes, place: str, limits: Limits = DEFAULT_LIMITS) -> list[Report]:
    """The Reports of a file of IntelMQ events.

    Raises InputError with every fault found: no IntelMQ event, an unparsed IntelMQ report, a field of
    the wrong type, a time without an offset.
    """
    return read_entries(json_entries(data, place, limits), digest_of(data), place)


def read_entries(entries: list[Entry], digest: str, place: str) -> list[Report]:
    """The Reports of decoded values."""
    if not entries:
        raise refuse(place, "no IntelMQ event in the list", "give at least one")
    return read_each(entries, lambda entry: _event(entry, digest))


def is_event(value: Any) -> bool:
    """Whether a decoded value has the fields by which IntelMQ is told from other JSON."""
    if not isinstance(value, dict):
        return False
    if value.get("__type") in ("Event", "Report"):
        return True
    groups = {key.partition(".")[0] for key in value if "." in key} & GROUPS
    nested = {key for key in GROUPS & value.keys() if isinstance(value[key], dict)}
    kind = value.get("classification")
    return bool(groups) or (len(nested) >= 2 and (isinstance(kind, dict) or "feed" in nested))


def _event(entry: Entry, digest: str) -> Report:
    if not is_event(entry.value):
        raise refuse(
            entry.place,
            "no IntelMQ event: it has no field such as 'classification.type'",
            "give what an IntelMQ output wrote",
        )
    if entry.value.get("__type") == "Report":
        raise refuse(entry.place, "an IntelMQ report that no parser has read yet", "give the parsed event")
    fields = _flat(entry.value)
    faults: list[Fault] = []
    report = _report(fields, entry, digest, faults)
    if faults:
        raise InputError(faults)
    return report


def _flat(event: dict[str, Any], before: str = "", level: int = 0) -> dict[str, Any]:
    """The event with dotted names, from either form. `extra` is left as it is: its names are free."""
    fields: dict[str, Any] = {}
    for key, value in event.items():
        name = before + key
        if isinstance(value, dict) and level < MAX_NESTING and (before or key in GROUPS):
            fields.update(_flat(value, f"{name}.", level + 1))
        else:
            fields[name] = value
    return fields


def _report(fields: dict[str, Any], entry: Entry, digest: str, faults: list[Fault]) -> Report:
    def words(name: str) -> str:
        value = fields.get(name)
        if value is None or isinstance(value, str):
            return (value or "").strip()
        faults.append(Fault(f"{entry.place}{pointer(name)}", "not a text", "put it in quotes"))
        return ""

    losses: list[Loss] = []
    withheld: list[Withheld] = []
    kind_name = words("classification.type")
    texts = dict.fromkeys(text for text in (words("event_description.text"), words("comment")) if text)
    text = "\n\n".join(texts)
    indicators = _indicators(fields, losses)
    tlp = label_of(words("tlp"))
    accuracy = fields.get("feed.accuracy")
    # What a person knows the event by: an address before a network or its number.
    named = sorted(indicators, key=lambda indicator: _FIRST_NAMED.get(indicator.type, 9))
    subject = f"{kind_name or 'event'}: {named[0].value}" if named else kind_name
    report = Report(
        digest=digest,
        format="intelmq",
        kind=_kind(kind_name),
        part=entry.part,
        source_id=words("event_hash") or None,
        title=shortened(text) or subject,
        text=text,
        occurred=_moment(words("time.source"), entry, "time.source", faults),
        reported=_moment(words("time.observation"), entry, "time.observation", faults),
        tags=(
            *_tags(kind_name, words("classification.taxonomy"), words("classification.identifier")),
            *_own(fields),
        ),
        indicators=tuple(indicators),
        confidence=f"feed accuracy {accuracy}" if isinstance(accuracy, (int, float)) else None,
        reporter=words("feed.provider") or None,
        marking=Marking(tlp=f"TLP:{tlp}" if tlp else None),
    )
    losses += _losses(fields, _carried(fields, indicators))
    _take_extra(fields, losses, withheld)
    return msgspec.structs.replace(report, losses=tuple(losses), withheld=tuple(withheld))


def _kind(name: str) -> Kind:
    if name == "test":
        return "test"
    return "indicators" if not name or name.lower() in NO_INCIDENT else "incident"


def _tags(kind: str, taxonomy: str, identifier: str) -> tuple[Tag, ...]:
    """The type as a code of `intelmq`, or of `intelmq-old` where only the older versions knew it."""
    tags = []
    if kind in TYPES or kind.lower() not in OLD_TYPES:
        if kind:
            tags.append(Tag(scheme="intelmq", code=kind, raw=kind, at="/classification.type"))
    else:
        code = OLD_TYPES[kind.lower()]
        tags.append(Tag(scheme="intelmq-old", code=code, raw=kind, at="/classification.type"))
    for name, value in (("taxonomy", taxonomy), ("identifier", identifier)):
        if value:
            at = f"/classification.{name}"
            tags.append(Tag(scheme=f"intelmq-{name}", code=value, raw=value, at=at, scope="part"))
    return tuple(tags)


def _moment(written: str, entry: Entry, name: str, faults: list[Fault]) -> dt.datetime | None:
    if not written:
        return None
    try:
        return parse_moment(written, f"{entry.place}{pointer(name)}")
    except InputError as error:
        faults += error.faults
        return None


def _own(fields: dict[str, Any]) -> list[Tag]:
    """The concepts that this system wrote into an event."""
    extra = fields.get("extra")
    value = fields.get(OWN, extra.get(SCHEME) if isinstance(extra, dict) else None)
    return own_tags(value, pointer(OWN))


def _indicators(fields: dict[str, Any], losses: list[Loss]) -> list[Indicator]:
    found: dict[tuple[str, str], Indicator] = {}
    for name, value in fields.items():
        side, _, rest = name.partition(".")
        kind = HELD.get(rest) if side in ROLES else HASHES.get(name)
        if rest == "account" and "@" in str(value):
            kind = "email"
        if kind is None or value is None:
            continue
        indicator = indicator_of(kind, str(value), pointer(name))
        if indicator:
            indicator = _at_end(indicator, side, rest, fields)
            found.setdefault((indicator.type, indicator.value), indicator)
        else:
            losses.append(Loss(at=pointer(name), why=f"{str(value)[:60]!r} is no {kind}"))
    return list(found.values())


def _at_end(indicator: Indicator, side: str, rest: str, fields: dict[str, Any]) -> Indicator:
    """The indicator with its end; the port and the protocol go to the address, or to the name where there is none."""
    role = ROLES.get(side)
    if role is None:
        return indicator
    if rest != ("fqdn" if fields.get(f"{side}.ip") is None else "ip"):
        return msgspec.structs.replace(indicator, role=role)
    return msgspec.structs.replace(
        indicator, role=role, port=_port(fields.get(f"{side}.port")), protocol=_protocol(fields) or None
    )


def _port(value: Any) -> int | None:
    digits = str(value) if isinstance(value, (int, str)) and not isinstance(value, bool) else ""
    return int(digits) if digits.isascii() and digits.isdecimal() and int(digits) < 65_536 else None


def _protocol(fields: dict[str, Any]) -> str:
    """That of the application, which tells more; the same for both ends."""
    value = fields.get("protocol.application") or fields.get("protocol.transport")
    return value.strip().lower()[:100] if isinstance(value, str) else ""


def _carried(fields: dict[str, Any], indicators: list[Indicator]) -> frozenset[str]:
    """The fields of port and protocol that an indicator holds."""
    held = set()
    for item in indicators:
        side = item.at[1:].partition(".")[0]
        if item.port is not None:
            held.add(f"{side}.port")
        if item.protocol:
            held.add("protocol.application" if fields.get("protocol.application") else "protocol.transport")
    return frozenset(held)


def _losses(fields: dict[str, Any], carried: frozenset[str]) -> list[Loss]:
    """Every field the Report does not hold, but for `extra`."""
    losses = []
    for name, value in fields.items():
        side, _, rest = name.partition(".")
        if name in _USED or value is None or name in HASHES or name in carried:
            continue
        if side in ROLES and (rest in HELD or (rest == "account" and "@" in str(value))):
            continue
        if side == "extra":
            continue
        if name == "raw":
            losses.append(Loss(at="/raw", why="what the feed sent is kept out, unopened"))
        else:
            shown = f": {value!r}"[:120] if isinstance(value, (str, int, float)) else ""
            losses.append(Loss(at=pointer(name), why=f"not held{shown}"))
    return losses


def _take_extra(fields: dict[str, Any], losses: list[Loss], withheld: list[Withheld]) -> None:
    """`extra`, whose names are free: members that say who did it are withheld, the others lost by name only, since
    their values may name anyone."""
    lost: dict[str, str] = {}  # name -> where it stands first
    for name, value in fields.items():
        if name == "extra" or name.startswith("extra."):
            for member, at, said in _members(name, pointer(name), _opened(value)):
                kind = _actor_kind(member)
                if member == OWN and own_tags(said, at):
                    continue
                kind = kind or tag_kind(member, said)
                if kind is None:
                    lost.setdefault(member, at)
                else:
                    withheld.append(Withheld(kind=kind, value=str(said)[:MAX_VALUE], at=at))
    losses += [Loss(at=at, why=f"not held: {name[:120]}") for name, at in list(lost.items())[:MAX_EXTRA]]
    if len(lost) > MAX_EXTRA:
        losses.append(Loss(at="/extra", why=f"not held: {len(lost) - MAX_EXTRA} further members of extra"))


def _actor_kind(member: str) -> ActorKind | None:
    return next(filter(None, map(actor_kind, member.split(".")[1:])), None)


def _opened(value: Any) -> Any:
    """IntelMQ 1 writes `extra` as JSON within a text."""
    if isinstance(value, str) and value.startswith("{"):
        try:
            return decode_json(value.encode(), "extra")
        except InputError:
            pass
    return value


def _members(name: str, at: str, value: Any) -> Iterator[tuple[str, str, Any]]:
    """The members of a value with their dotted names and pointers; the values of a list under the name of the list."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _members(f"{name}.{key}", at + pointer(key), item)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _members(name, f"{at}/{index}", item)
    elif value is not None and value != "":
        yield name, at, value
