"""CSAF 2.0 documents to Reports, one a document. An advisory tells of weaknesses; no incident is read into it.

What it says on products, scores and remedies is counted in the losses: it is looked up in the document itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from proxeny.base.errors import InputError, refuse
from proxeny.base.wire import DEFAULT_LIMITS, Limits, digest_of
from proxeny.formats.csaf.check import NOTES, PUBLISHERS, STATUSES, Check
from proxeny.formats.entries import Entry, json_entries, read_each
from proxeny.formats.indicators import indicator_of, indicators_in_text
from proxeny.formats.marking import label_of
from proxeny.identify.report import Indicator, Loss, Marking, Report, Tag
from proxeny.identify.words import LANGUAGES

VERSION = "2.0"

_LOST_IN_DOCUMENT = {
    "acknowledgments": "acknowledgments",
    "category": "the category of the document",
    "aggregate_severity": "the publisher's own severity, taken for no level here",
    "references": "references",
    "source_lang": "the language it was translated from",
}
_LOST_IN_TRACKING = {
    "aliases": "other identifiers of the document",
    "generator": "the program that made it",
    "revision_history": "revisions",
    "version": "the version of the document",
}
_LOST_IN_VULNERABILITY = {
    "acknowledgments": "acknowledgments",
    "discovery_date": "dates of discovery",
    "flags": "flags",
    "ids": "identifiers of other systems",
    "involvements": "involvements",
    "product_status": "statuses of products",
    "references": "references of vulnerabilities",
    "release_date": "dates of release",
    "remediations": "remedies",
    "scores": "CVSS scores",
    "threats": "statements on threat and impact",
}


def read(data: bytes, place: str, limits: Limits = DEFAULT_LIMITS) -> list[Report]:
    """The Reports of a file of CSAF documents: one, a list, or JSON lines.

    Raises InputError with every fault found, each with its JSON pointer: a member that CSAF requires, a wrong JSON
    type, a version other than 2.0, a time or an identifier that is none.
    """
    return read_entries(json_entries(data, place, limits), digest_of(data), place, limits)


def read_entries(
    entries: list[Entry], digest: str, place: str, limits: Limits = DEFAULT_LIMITS
) -> list[Report]:
    """The Reports of decoded values."""
    if not entries:
        raise refuse(place, "no CSAF document in the list", "give at least one")
    return read_each(entries, lambda entry: _document(entry, digest, limits))


def is_document(value: Any) -> bool:
    """Whether a decoded value has the members by which CSAF is told from other JSON."""
    document = value.get("document") if isinstance(value, dict) else None
    return isinstance(document, dict) and ("csaf_version" in document or "tracking" in document)


def _document(entry: Entry, digest: str, limits: Limits) -> Report:
    if not is_document(entry.value):
        raise refuse(
            entry.place, "no CSAF document: it has no member 'document'", "see CSAF 2.0, section 3.2"
        )
    check = Check(entry.place)
    report = _report(check, entry.value, digest, entry.part, limits)
    if check.faults:
        raise InputError(check.faults)
    return report


def _report(check: Check, value: dict[str, Any], digest: str, part: str | None, limits: Limits) -> Report:
    document = value["document"]
    losses: list[Loss] = []
    version = check.text(document, "csaf_version", "/document", required=True)
    if version and version != VERSION:
        check.fault(
            "/document/csaf_version", f"version {version[:20]!r}", f"give a document of version {VERSION}"
        )
    check.text(document, "category", "/document", required=True)
    language = check.text(document, "lang", "/document")
    check.form(language, "/document/lang", "language")
    publisher = check.member(document, "publisher", "/document", dict, required=True) or {}
    reporter = _publisher(check, publisher, losses) if publisher else ""
    tracking = check.member(document, "tracking", "/document", dict, required=True) or {}
    texts = list(_notes(check, document, "/document", losses))
    indicators: dict[tuple[str, str], Indicator] = {}
    tags: dict[str, Tag] = {}
    vulnerabilities = check.items(value, "vulnerabilities", "")
    for at, item in vulnerabilities:
        texts += _vulnerability(check, item, at, indicators, tags, losses)
    text = "\n\n".join(dict.fromkeys(texts))
    if len(text) > limits.text:
        losses.append(Loss(at="/document/notes", why=f"the text beyond its first {limits.text} characters"))
        text = text[: limits.text]
    for found in indicators_in_text(text):
        if found.type == "cve":
            indicators.setdefault((found.type, found.value), found)
    _count(document, "/document", _LOST_IN_DOCUMENT, losses)
    _count_products(check, value, losses)
    _count_each(vulnerabilities, losses)
    dates = _dates(check, tracking, losses) if tracking else {}
    return Report(
        digest=digest,
        format="csaf",
        kind="advisory",
        part=part,
        source_id=dates.get("id") or None,
        title=check.text(document, "title", "/document", required=True).strip(),
        text=text,
        language=_language(language, losses),
        reported=dates.get("reported"),
        tags=tuple(tags.values()),
        indicators=tuple(indicators.values()),
        reporter=reporter or None,
        confidence=dates.get("status") or None,
        marking=_marking(check, document, losses),
        losses=tuple(losses),
    )


def _language(written: str, losses: list[Loss]) -> str | None:
    """The language, where it is one that is read for meaning; else it is told from the text."""
    language = written.partition("-")[0].lower()
    if language in LANGUAGES:
        return language
    if language:
        losses.append(Loss(at="/document/lang", why=f"not held: the language {written[:20]!r}"))
    return None


def _publisher(check: Check, publisher: dict[str, Any], losses: list[Loss]) -> str:
    at = "/document/publisher"
    check.one_of(publisher, "category", at, PUBLISHERS)
    check.text(publisher, "namespace", at, required=True)
    for key in ("category", "namespace", "contact_details", "issuing_authority"):
        if check.text(publisher, key, at):
            losses.append(Loss(at=f"{at}/{key}", why=f"not held: {key.replace('_', ' ')} of the publisher"))
    return check.text(publisher, "name", at, required=True).strip()


def _dates(check: Check, tracking: dict[str, Any], losses: list[Loss]) -> dict[str, Any]:
    """Identifier, time of release and status of the document."""
    at = "/document/tracking"
    identifier = check.text(tracking, "id", at, required=True)
    check.form(identifier, f"{at}/id", "identifier")
    check.form(check.text(tracking, "version", at, required=True), f"{at}/version", "version")
    status = check.one_of(tracking, "status", at, STATUSES)
    first = check.moment(tracking, "initial_release_date", at, required=True)
    current = check.moment(tracking, "current_release_date", at, required=True)
    for where, revision in check.items(tracking, "revision_history", at, required=True):
        check.moment(revision, "date", where, required=True)
        check.form(check.text(revision, "number", where, required=True), f"{where}/number", "version")
        check.text(revision, "summary", where, required=True)
    if first is not None and first != current:
        losses.append(
            Loss(at=f"{at}/initial_release_date", why=f"not held: first released {first.isoformat()}")
        )
    _count(tracking, at, _LOST_IN_TRACKING, losses)
    return {"id": identifier, "status": "" if status == "final" else status, "reported": current or first}


def _notes(check: Check, node: dict[str, Any], at: str, losses: list[Loss]) -> Iterator[str]:
    """The texts of notes; a legal disclaimer says nothing on what happened."""
    for where, note in check.items(node, "notes", at):
        category = check.one_of(note, "category", where, NOTES)
        text = check.text(note, "text", where, required=True).strip()
        title = check.text(note, "title", where).strip()
        if category == "legal_disclaimer":
            losses.append(Loss(at=where, why="a legal disclaimer, not read"))
        elif text:
            yield f"{title}: {text}" if title and title.lower() not in (category, "summary") else text


def _vulnerability(
    check: Check,
    item: dict[str, Any],
    at: str,
    indicators: dict[tuple[str, str], Indicator],
    tags: dict[str, Tag],
    losses: list[Loss],
) -> Iterator[str]:
    """The title and notes of one vulnerability; its CVE is an indicator, its CWE a code."""
    cve = check.text(item, "cve", at)
    check.form(cve, f"{at}/cve", "CVE")
    found = indicator_of("cve", cve, f"{at}/cve") if cve else None
    if found is not None:
        indicators.setdefault((found.type, found.value), found)
    weakness = check.member(item, "cwe", at, dict)
    if weakness is not None:
        code = check.text(weakness, "id", f"{at}/cwe", required=True)
        check.text(weakness, "name", f"{at}/cwe", required=True)
        if code:
            tags.setdefault(code, Tag(scheme="cwe", code=code, raw=code, at=f"{at}/cwe/id", scope="part"))
    for key in ("discovery_date", "release_date"):
        check.moment(item, key, at)
    for key in ("remediations", "scores", "threats", "flags", "ids", "involvements"):
        check.items(item, key, at)
    title = check.text(item, "title", at).strip()
    if title:
        yield title
    yield from _notes(check, item, at, losses)


def _marking(check: Check, document: dict[str, Any], losses: list[Loss]) -> Marking:
    """The label of TLP; the words beside it are a loss."""
    at = "/document/distribution"
    distribution = check.member(document, "distribution", "/document", dict) or {}
    if check.text(distribution, "text", at):
        losses.append(Loss(at=f"{at}/text", why="not held: the words on distribution"))
    tlp = check.member(distribution, "tlp", at, dict)
    if tlp is None:
        return Marking()
    word = check.text(tlp, "label", f"{at}/tlp", required=True)
    label = label_of(word) if word else None
    if word and label is None:
        check.fault(
            f"{at}/tlp/label", f"{word[:40]!r} is no label of TLP", "one of: AMBER, GREEN, RED, WHITE"
        )
    return Marking(tlp=f"TLP:{label}" if label else None)


def _count(node: dict[str, Any], at: str, names: dict[str, str], losses: list[Loss]) -> None:
    """A loss for each member that the Report does not hold, with how many values it has."""
    for key, what in names.items():
        value = node.get(key)
        if value:
            count = f"{len(value)} " if isinstance(value, list) else ""
            losses.append(Loss(at=f"{at}/{key}", why=f"not held: {count}{what}"))


def _count_each(vulnerabilities: list[tuple[str, Any]], losses: list[Loss]) -> None:
    """One loss for each kind of member of all vulnerabilities, with the sum."""
    for key, what in _LOST_IN_VULNERABILITY.items():
        where = ""
        total = 0
        for at, item in vulnerabilities:
            value = item.get(key)
            if value:
                where = where or f"{at}/{key}"
                total += len(value) if isinstance(value, (list, dict)) else 1
        if total:
            losses.append(Loss(at=where, why=f"not held: {total} {what}"))


def _count_products(check: Check, value: dict[str, Any], losses: list[Loss]) -> None:
    tree = check.member(value, "product_tree", "", dict)
    if tree is None:
        return
    total = _products(tree)
    losses.append(
        Loss(at="/product_tree", why=f"not held: {total} {'product' if total == 1 else 'products'}")
    )


def _products(tree: dict[str, Any]) -> int:
    """How many products the tree names; the depth of decoded JSON is bounded (base.wire)."""
    total = (
        len(tree.get("full_product_names") or ()) if isinstance(tree.get("full_product_names"), list) else 0
    )
    level: list[Any] = [tree]
    while level:
        below: list[Any] = []
        for node in level:
            if isinstance(node, dict):
                total += isinstance(node.get("product"), dict)
                branches = node.get("branches")
                below += branches if isinstance(branches, list) else []
        level = below
    relations = tree.get("relationships")
    return total + (len(relations) if isinstance(relations, list) else 0)
