"""EventData, Indicator and Observable of IODEF as indicators (RFC 7970, sections 3.14 to 3.29)."""

from __future__ import annotations

import re
from collections.abc import Callable

from proxeny.formats.iodef.assessed import read_assessment, read_method, read_reference
from proxeny.formats.iodef.files import read_files, read_hashes, read_keys, read_record
from proxeny.formats.iodef.gathered import Gathered, each
from proxeny.formats.iodef.shape import Tree
from proxeny.formats.iodef.systems import ADDRESSES, address_of, domain_of, read_system

_BULK = {
    **ADDRESSES,
    **dict.fromkeys(("domain-name", "fqdn"), "domain"),
    "file-hash": "hash",
    "file-path": "filename",
    **dict.fromkeys(("windows-reg-key", "mutex", "http-user-agent", "email-x-mailer"), "other"),
}
_BETWEEN = re.compile(r"[\s,;]+")
_LINE = re.compile(r"[^\r\n]*\S[^\r\n]*")


def read_event(tree: Tree, at: str, draft: Gathered) -> None:
    """One EventData and those within: narrative, moments, codes, and its systems with their ends of a connection."""
    draft.say(tree.get("Description", []), f"{at}/Description")
    for key, into in (
        ("StartTime", draft.occurred),
        ("DetectTime", draft.detected),
        ("ReportTime", draft.reported),
    ):
        moment = draft.moment(tree, key, at)
        if moment:
            into.append(moment)
    each(tree, "Discovery", at, draft, read_discovery)
    if "Assessment" in tree:
        read_assessment(tree["Assessment"], f"{at}/Assessment", draft)
    each(tree, "Method", at, draft, read_method)
    each(tree, "System", at, draft, read_system)
    each(tree, "RecordData", at, draft, read_record)
    each(tree, "EventData", at, draft, read_event)
    draft.additional(tree, "EventData", at)
    held = (
        *("Description", "StartTime", "DetectTime", "ReportTime", "Discovery", "Assessment", "Method"),
        *("System", "RecordData", "EventData", "AdditionalData"),
    )
    draft.rest(tree, "EventData", held, at)


def read_discovery(tree: Tree, at: str, draft: Gathered) -> None:
    """How it was found out: its words are narrative."""
    draft.say(tree.get("Description", []), f"{at}/Description")
    draft.rest(tree, "Discovery", ("Description",), at)


def read_indicators(incident: Tree, at: str, draft: Gathered) -> None:
    """The IndicatorData of an Incident."""
    each(incident, "Indicator", at, draft, _indicator)


def _indicator(tree: Tree, at: str, draft: Gathered) -> None:
    if "Observable" in tree:
        _observable(tree["Observable"], f"{at}/Observable", draft)
    if "IndicatorExpression" in tree:
        _expression(tree["IndicatorExpression"], f"{at}/IndicatorExpression", draft)
    each(tree, "Reference", at, draft, read_reference)
    held = ("IndicatorID", "Observable", "IndicatorExpression", "Reference")
    draft.rest(tree, "Indicator", held, at)


def _expression(tree: Tree, at: str, draft: Gathered) -> None:
    """The observables of an expression; what it negates is no sign of anything."""
    operator = tree.get("operator", "and")
    if operator == "not":
        draft.lose(at, "observables whose absence is meant (operator: not)")
        return
    draft.lose(at, "the logic that joins observables")
    each(tree, "Observable", at, draft, _observable)
    each(tree, "IndicatorExpression", at, draft, _expression)
    draft.rest(tree, "IndicatorExpression", ("operator", "Observable", "IndicatorExpression"), at)


def _observable(tree: Tree, at: str, draft: Gathered) -> None:
    for key, value in tree.items():
        below = f"{at}/{key}"
        if key in _OBSERVABLES:
            _OBSERVABLES[key](value, below, draft)
        elif key in ("Address", "DomainData"):
            for kind, name, place in (address_of if key == "Address" else domain_of)(value, below, draft):
                draft.observe(kind, name, place)
        elif key == "AdditionalData":
            for index, item in enumerate(value):
                draft.observe("other", item["value"], f"{below}/{index}")
        elif key not in ("restriction", "ext-restriction"):
            draft.lose(below, f"observables of the class {key}")


def _bulk(tree: Tree, at: str, draft: Gathered) -> None:
    """Observables one a line (RFC 7970, section 3.29.4)."""
    named = ("ext-type", "type") if tree.get("type", "ext-value") == "ext-value" else ("type",)
    kind = next((str(tree[key]) for key in named if key in tree), "")
    place = f"{at}/BulkObservableList"
    if not (kind in _BULK or kind.startswith("domain-to-") or kind in ("ipv4-port", "ipv6-port")):
        draft.lose(at, f"observables of the type {kind[:40]}")
        return
    for match in _LINE.finditer(tree["BulkObservableList"]):
        line = match[0].strip()
        if kind in _BULK:
            draft.observe(_BULK[kind], line, place)
        elif kind.startswith("domain-to-"):
            _resolved(_BETWEEN.split(line), place, draft)
        else:
            _bulk_port(_BETWEEN.split(line), place, draft)
    draft.rest(tree, "BulkObservable", ("type", "ext-type", "BulkObservableList"), at)


def _resolved(words: list[str], at: str, draft: Gathered) -> None:
    """A name, the address it was resolved to, and when."""
    draft.observe("domain", words[0], at)
    if len(words) > 1:
        draft.observe("ip", words[1], at)
    if len(words) > 2:
        draft.lose(at, "when a name was resolved")


def _bulk_port(words: list[str], at: str, draft: Gathered) -> None:
    """An address with its port and protocol, in whichever order these two follow."""
    numbers = [int(word) for word in words[1:] if word.isdecimal() and len(word) < 6 and int(word) <= 65_535]
    names = [word.lower() for word in words[1:] if word.isalpha()]
    draft.observe("ip", words[0], at, None, next(iter(numbers), None), next(iter(names), None))


def _mail(tree: Tree, at: str, draft: Gathered) -> None:
    """The addresses and digests of a mail; what it says is kept out."""
    for index, address in enumerate(tree.get("EmailTo", ())):
        draft.observe("email", address, f"{at}/EmailTo/{index}", "target")
    if "EmailFrom" in tree:
        draft.observe("email", tree["EmailFrom"], f"{at}/EmailFrom", "source")
    each(tree, "HashData", at, draft, read_hashes)
    draft.rest(tree, "EmailData", ("EmailTo", "EmailFrom", "HashData"), at)


_OBSERVABLES: dict[str, Callable[[Tree, str, Gathered], None]] = {
    "System": read_system,
    "EmailData": _mail,
    "FileData": read_files,
    "WindowsRegistryKeysModified": read_keys,
    "RecordData": read_record,
    "Reference": read_reference,
    "BulkObservable": _bulk,
}
