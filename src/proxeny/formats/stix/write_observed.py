"""The observables of a report: what to look for as indicators, all as observed data, and its vulnerabilities."""

from __future__ import annotations

from typing import Protocol

from proxeny.formats.ends import named
from proxeny.formats.stix.check import Object
from proxeny.formats.stix.write_objects import observable
from proxeny.identify.report import Indicator, Loss, Report

_VALUES = {
    "ipv4": "ipv4-addr",
    "ipv6": "ipv6-addr",
    "domain": "domain-name",
    "url": "url",
    "email": "email-addr",
    "mac": "mac-addr",
}
_HASHES = {"md5": "MD5", "sha1": "SHA-1", "sha256": "SHA-256", "sha512": "SHA-512"}


class Making(Protocol):
    """What puts objects into the bundle."""

    at: str
    marks: list[str]
    objects: list[Object]

    def add(self, kind: str, what: str, **properties: object) -> str:
        """A domain object; its identifier."""

    def relate(self, source: str, kind: str, target: str) -> str:
        """A relationship; its identifier."""


def observed_of(report: Report, root: str, made: Making) -> list[Loss]:
    """Put the observables in. What was hit is observed and never looked for. Gives what STIX has no object for."""
    losses: list[Loss] = []
    refs: dict[str, None] = {}
    looked: list[tuple[Indicator, str]] = []
    for index, one in enumerate(report.indicators):
        if one.type == "cve":
            reference = {"source_name": "cve", "external_id": one.value}
            flaw = made.add("vulnerability", one.value, name=one.value, external_references=[reference])
            made.relate(root, "related-to", flaw)
            continue
        items = _observables(one)
        if not items:
            losses.append(
                Loss(at=f"indicators/{index}", why=f"an observable that STIX has no object for: {one.type}")
            )
            continue
        for item in items:
            if item["id"] not in refs:
                refs[item["id"]] = None
                made.objects.append(item | ({"object_marking_refs": made.marks} if made.marks else {}))
        pattern = _pattern(one)
        if pattern and one.role != "target":
            looked.append((one, pattern))
    ends = [one for one in report.indicators if one.role and len(_observables(one)) == 1]
    if ends:
        losses.append(Loss(at="indicators", why=f"the end of the traffic that they were: {named(ends)}"))
    if not refs:
        return losses
    seen = made.add(
        "observed-data",
        "",
        first_observed=made.at,
        last_observed=made.at,
        number_observed=1,
        object_refs=list(refs),
    )
    made.relate(root, "related-to", seen)
    for one, pattern in looked:
        name = made.add(
            "indicator",
            pattern,
            name=one.value[:255],
            description=f"{one.type} named by the report",
            indicator_types=["unknown"],
            pattern=pattern,
            pattern_type="stix",
            pattern_version="2.1",
            valid_from=made.at,
        )
        made.relate(name, "based-on", seen)
        made.relate(name, "related-to", root)
    return losses


def _observables(one: Indicator) -> list[Object]:
    """The observables of an indicator, those referred to first; empty where STIX has none."""
    kind = _VALUES.get(one.type)
    if kind is not None or one.type == "cidr":
        kind = kind or ("ipv6-addr" if ":" in one.value else "ipv4-addr")
        item = observable(kind, {"value": one.value})
        if (one.port is None and not one.protocol) or kind not in ("ipv4-addr", "ipv6-addr", "domain-name"):
            return [item]
        side = "src" if one.role == "source" else "dst"
        lower = {"ipv4-addr": ["ipv4"], "ipv6-addr": ["ipv6"]}.get(kind, ["ip"])
        protocols = [*lower, *([one.protocol] if one.protocol else [])]
        traffic: Object = {f"{side}_ref": item["id"], "protocols": protocols}
        if one.port is not None:
            traffic[f"{side}_port"] = one.port
        return [item, observable("network-traffic", traffic)]
    if one.type in _HASHES:
        return [observable("file", {"hashes": {_HASHES[one.type]: one.value}})]
    if one.type == "filename":
        return [observable("file", {"name": one.value})]
    if one.type == "asn":
        return [observable("autonomous-system", {"number": int(one.value.removeprefix("AS"))})]
    return []


def _pattern(one: Indicator) -> str:
    """The pattern that finds an indicator; "" for an autonomous system, which is no sign of anything by itself."""
    constant = "'" + one.value.replace("\\", "\\\\").replace("'", "\\'") + "'"
    kind = _VALUES.get(one.type)
    if one.type == "cidr":
        kind = "ipv6-addr" if ":" in one.value else "ipv4-addr"
    if kind is not None:
        return f"[{kind}:value = {constant}]"
    if one.type in _HASHES:
        return f"[file:hashes.'{_HASHES[one.type]}' = {constant}]"
    return f"[file:name = {constant}]" if one.type == "filename" else ""
