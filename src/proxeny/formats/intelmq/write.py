"""A report as an IntelMQ event: flat JSON, in the form that IntelMQ 3 prescribes.

An event has one type, one address an end and a class that follows from the type. What has no field of its own stands
below `extra.`, whose names are free; the concepts themselves stand in `extra.proxeny`.
"""

from __future__ import annotations

import copy
from typing import Any

import msgspec

from proxeny.formats.accused import accuses, unaccusing
from proxeny.formats.ends import ends_of, named
from proxeny.formats.entries import pointer, shortened
from proxeny.formats.intelmq.fields import TAXONOMY, TRANSPORTS
from proxeny.formats.intelmq.harmonise import fit
from proxeny.formats.intelmq.read import OWN
from proxeny.formats.intelmq.values import UnfitError
from proxeny.formats.outgoing import Outgoing, Written, moment, untold
from proxeny.formats.own import SCHEME, own_codes, said_of
from proxeny.identify.report import Indicator, Loss, Report

_FIELDS = {
    "asn": "asn",
    "cidr": "network",
    "domain": "fqdn",
    "email": "account",
    "ipv4": "ip",
    "ipv6": "ip",
    "url": "url",
}
_HASHES = {name: f"malware.hash.{name}" for name in ("md5", "sha1", "sha256")}
_TOLD = """
source_id text title language occurred detected reported states sectors tags indicators confidence reporter marking
"""
_KEPT = frozenset(_TOLD.split())
_SAFER = {"TLP:AMBER+STRICT": "TLP:RED"}  # IntelMQ has the labels of TLP 1.0: the next stricter one stands


def write(out: Outgoing) -> Written:
    """The IntelMQ event of a report: one line of JSON.

    Where the report was read from an IntelMQ event, its document is kept in the form it has, except for statements
    on who did it; only a type, where it has none, and `extra.proxeny` are added.
    """
    if isinstance(out.document, dict):
        return _completed(out, out.document)
    losses: list[Loss] = []
    members = {**_classified(out, losses), **_described(out.report, losses), **_timed(out)}
    if out.author.given:
        members["feed.name"] = out.author.name
    members |= _ended(out.report, losses)
    if out.said:
        members[OWN] = own_codes(out.said)
    event: dict[str, Any] = {"__type": "Event"}
    for name, value in members.items():
        try:
            event[name] = fit(name, value)
        except UnfitError as error:
            losses.append(Loss(at=name, why=f"{str(value)[:80]!r}: {error.message}"))
    return Written(_encoded(event), (*losses, *untold(out.report, _KEPT)))


def _completed(out: Outgoing, document: dict[str, Any]) -> Written:
    """The document itself, with the type where it has none and with the concepts found."""
    event = {
        name: unaccusing(_opened(value), name) if _is_extra(name) else copy.deepcopy(value)
        for name, value in document.items()
        if not _accuses(name, value)
    }
    group = event.get("classification")
    types = [code for code in out.codes.get("intelmq", ()) if code in TAXONOMY]
    typed = event.get("classification.type") or (isinstance(group, dict) and group.get("type"))
    if not typed and types and isinstance(group, dict):
        group["type"], group["taxonomy"] = types[0], TAXONOMY[types[0]]
    elif not typed and types:
        event |= {"classification.type": types[0], "classification.taxonomy": TAXONOMY[types[0]]}
    losses = [*untold(Report(digest="", format="", withheld=out.report.withheld), ())]
    _add_own(event, own_codes(out.said), losses)
    return Written(_encoded(event), tuple(losses), whole=True)


def _is_extra(name: str) -> bool:
    return name == "extra" or name.startswith("extra.")


def _accuses(name: str, value: Any) -> bool:
    return _is_extra(name) and any(accuses(word, value) for word in name.split(".")[1:])


def _opened(value: Any) -> Any:
    """IntelMQ 1 writes `extra` as JSON within a text; opened only where a statement must be taken out of it."""
    if isinstance(value, str) and value.startswith("{"):
        try:
            inner = msgspec.json.decode(value)
        except msgspec.DecodeError:
            return value
        return value if unaccusing(inner) == inner else msgspec.json.encode(unaccusing(inner)).decode()
    return value


def _add_own(event: dict[str, Any], codes: list[str], losses: list[Loss]) -> None:
    extra = event.get("extra")
    node, name = (extra, SCHEME) if isinstance(extra, dict) and OWN not in event else (event, OWN)
    held = node.get(name)
    if not codes:
        return
    if held is None or isinstance(held, list):
        node[name] = [*(held or []), *(code for code in codes if code not in (held or []))]
    else:
        losses.append(Loss(at=pointer(OWN), why="the concepts found: the event has another value there"))


def _classified(out: Outgoing, losses: list[Loss]) -> dict[str, Any]:
    """The type, which is one: that of the source itself before that of what was found first."""
    report = out.report
    codes = said_of(out.codes.get("intelmq", ()), report.tags, "intelmq")
    codes = tuple(code for code in codes if code in TAXONOMY)
    if report.kind in ("exercise", "test"):
        if report.kind == "exercise":
            losses.append(Loss(at="kind", why="an exercise: the format knows only a test"))
        kind, further = "test", [code for code in codes if code != "test"]
    elif codes:
        kind, further = codes[0], list(codes[1:])
    else:
        kind, further = ("blacklist" if report.kind == "indicators" else "undetermined"), []
        if out.said:
            what = ", ".join(slug for slug, _ in out.said)
            losses.append(Loss(at="types", why=f"no type fits: {what}"))
    if further:
        losses.append(Loss(at="types", why=f"an event has one type; not said: {', '.join(further)}"))
    if report.kind in ("advisory", "reference", "threat-report"):
        losses.append(Loss(at="kind", why=f"that it is a report of the kind {report.kind}, not on one event"))
    members: dict[str, Any] = {"classification.type": kind, "classification.taxonomy": TAXONOMY[kind]}
    identifiers = [tag.code for tag in report.tags if tag.scheme == "intelmq-identifier"]
    if identifiers:
        members["classification.identifier"] = identifiers[0]
    own = ("intelmq", "intelmq-taxonomy", "intelmq-identifier", SCHEME)
    others = [f"{tag.scheme}:{tag.code}" for tag in report.tags if tag.scheme not in own]
    if others:
        members["extra.tags"] = list(dict.fromkeys(others))
    return members


def _described(report: Report, losses: list[Loss]) -> dict[str, Any]:
    """Words, marking and what else a Report says of itself. Empty members are left out."""
    accuracy = (report.confidence or "").removeprefix("feed accuracy ")
    tlp = report.marking.tlp
    if tlp in _SAFER:
        losses.append(Loss(at="marking", why=f"no label {tlp}: written as the stricter {_SAFER[tlp]}"))
    members = {
        "event_description.text": report.text or report.title,
        "extra.title": report.title if report.text and shortened(report.text) != report.title else "",
        "extra.language": report.language,
        "extra.source_id": report.source_id,
        "extra.states": list(report.states),
        "extra.sectors": list(report.sectors),
        "feed.accuracy" if _is_accuracy(accuracy) else "extra.confidence": accuracy,
        "feed.provider": report.reporter,
        "tlp": _SAFER.get(tlp or "", tlp),
        "extra.pap": report.marking.pap,
    }
    return {name: value for name, value in members.items() if value}


def _is_accuracy(text: str) -> bool:
    try:
        fit("feed.accuracy", text)
    except UnfitError:
        return False
    return True


def _timed(out: Outgoing) -> dict[str, Any]:
    report = out.report
    times = {"time.observation": (report.reported or moment(out)).isoformat()}
    if report.occurred:
        times["time.source"] = report.occurred.isoformat()
    if report.detected and report.reported:
        times["extra.detected"] = report.detected.isoformat()
    return times


def _ended(report: Report, losses: list[Loss]) -> dict[str, Any]:
    """The first observable of each type at each end in its field; further ones below `extra.`, told as losses."""
    ends = ends_of(report)
    losses += ends.losses
    members: dict[str, Any] = {}
    further: list[Indicator] = []
    for side, items in (("source", ends.sources), ("destination", ends.targets)):
        for item in items:
            name = f"{side}.{_FIELDS.get(item.type, '')}"
            if name in members or item.type not in _FIELDS:
                further.append(item)
            else:
                members[name] = item.value[2:] if item.type == "asn" else item.value
        _add_port(side, items, members, losses)
    _add_protocol((*ends.sources, *ends.targets), members, losses)
    for item in ends.others:
        name = _HASHES.get(item.type, "")
        if name and name not in members:
            members[name] = item.value
        else:
            further.append(item)
    if further:
        members["extra.observables"] = [f"{item.type}:{item.value}" for item in further]
        losses.append(Loss(at="indicators", why=f"no field of their own, below extra: {named(further)}"))
    return members


def _carrier(side: str, items: tuple[Indicator, ...], members: dict[str, Any]) -> Indicator | None:
    """The observable that the port and the protocol belong to: the address, or the name where there is none."""
    value = members.get(f"{side}.ip", members.get(f"{side}.fqdn"))
    return next((item for item in items if item.value == value), None)


def _add_port(side: str, items: tuple[Indicator, ...], members: dict[str, Any], losses: list[Loss]) -> None:
    carrier = _carrier(side, items, members)
    if carrier and carrier.port is not None:
        members[f"{side}.port"] = carrier.port
    lost = [item for item in items if item.port is not None and item is not carrier]
    if lost:
        losses.append(Loss(at="indicators", why=f"the ports of {named(lost)}"))


def _add_protocol(items: tuple[Indicator, ...], members: dict[str, Any], losses: list[Loss]) -> None:
    """One protocol for the event."""
    found = list(dict.fromkeys(item.protocol for item in items if item.protocol))
    if found:
        members["protocol.transport" if found[0] in TRANSPORTS else "protocol.application"] = found[0]
    if len(found) > 1:
        losses.append(
            Loss(at="indicators", why=f"an event has one protocol; not said: {', '.join(found[1:])}")
        )


def _encoded(event: dict[str, Any]) -> bytes:
    return msgspec.json.encode(event) + b"\n"
