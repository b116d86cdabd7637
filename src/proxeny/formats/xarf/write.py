"""A report as an X-ARF v4 report: one source, one type, with the members that the schema of the type demands.

A type is written only where the report has what its schema demands; nothing is made up. Where no type can be written,
`reputation/threat_intelligence` says of the address that it took part in what the word names.
"""

from __future__ import annotations

import re
import uuid
from typing import Any

import msgspec

from proxeny.base.errors import refuse
from proxeny.base.moments import show_moment
from proxeny.formats.accused import unaccusing
from proxeny.formats.ends import Ends, ends_of, named
from proxeny.formats.entries import shortened
from proxeny.formats.machinetag import meaning_of
from proxeny.formats.outgoing import Outgoing, Written, identifier, moment, untold
from proxeny.formats.own import SCHEME, said_of
from proxeny.formats.xarf.fill import Material, filled, identifier_of, source_of
from proxeny.formats.xarf.types import CORE, FALLBACK, REQUIRED, VERSION
from proxeny.identify.report import Indicator, Loss, Report

MAX_DESCRIPTION = 1000  # of the schema
MAX_ORG = 200
MAX_TAGS = 20

_TAG = re.compile(r"[a-z0-9][a-z0-9_+-]*:[a-z0-9][a-z0-9_+-]*")
_KEPT = ("text", "title", "occurred", "indicators", "marking")
_NO_REPORTER = "no reporter was given: the name, mailbox and domain of the sender stand for nobody"


def write(out: Outgoing) -> Written:
    """The X-ARF v4 report: one line of JSON.

    A document that is an X-ARF v4 report with all that its schema demands is kept; an older or incomplete one is
    written anew from what was read. Raises InputError where X-ARF cannot say it: no source of the abuse, nothing
    that names what happened, an exercise or a test, which recipients would act on.
    """
    report = out.report
    if report.kind in ("exercise", "test"):
        raise refuse(
            report.part or "the report",
            f"X-ARF cannot mark {'an exercise' if report.kind == 'exercise' else 'a test'}: its recipient would act",
            "choose another format, such as idea0 or misp",
        )
    if isinstance(out.document, dict) and _is_whole(out.document):
        return _completed(out, out.document)
    losses: list[Loss] = []
    ends = ends_of(report)
    losses += ends.losses
    source = source_of(ends)
    if source is None:
        raise refuse(
            report.part or "the report",
            "X-ARF needs the source of the abuse, and the report names none",
            "give its address as source, or choose another format",
        )
    material = Material(out, ends, source)
    code, members = _typed(material, losses)
    at = moment(out)
    who = _contact(out)
    whole: dict[str, Any] = {
        "xarf_version": VERSION,
        "report_id": str(uuid.UUID(bytes=identifier(report, "xarf").bytes, version=4)),
        "timestamp": show_moment(report.occurred or report.detected or at),
        "reporter": who,
        "sender": who,
        "source_identifier": identifier_of(source),
        "category": code.partition("/")[0],
        "type": code.partition("/")[2],
        **members,
        **_observed(members, material, losses),
        **_described(report, losses),
    }
    tags = _tags(out, losses)
    if tags:
        whole["tags"] = tags
    if not out.author.given:
        losses.append(Loss(at="reporter", why=_NO_REPORTER))
    if report.occurred is None and report.detected is None:
        losses.append(
            Loss(at="occurred", why="the report does not say when it happened: another time stands for it")
        )
    kept = {*_KEPT, *_confidence_kept(whole), *([] if report.occurred else ["detected"])}
    if all(tag.scheme in ("xarf", SCHEME) for tag in report.tags):
        kept.add("tags")
    return Written(_encoded(whole), (*losses, *untold(report, kept)))


def _is_whole(document: dict[str, Any]) -> bool:
    code = f"{document.get('category')}/{document.get('type')}"
    needed = (*CORE, *REQUIRED.get(code, ()))
    contacts = all(
        isinstance(document.get(name), dict) and {"org", "contact", "domain"} == document[name].keys()
        for name in ("reporter", "sender")
    )
    return code in REQUIRED and contacts and all(name in document for name in needed)


def _completed(out: Outgoing, document: dict[str, Any]) -> Written:
    """The document itself without what must not be sent on, with the concepts found among its tags."""
    losses = [*untold(Report(digest="", format="", withheld=out.report.withheld), ())]
    # Base64 has no members, so the evidence passes as it is.
    whole = unaccusing(document)
    if whole.pop("_internal", None) is not None:
        losses.append(Loss(at="/_internal", why="never sent on: it is the sender's own"))
    own = [tag for tag in whole.get("tags") or [] if not (isinstance(tag, str) and meaning_of(tag).withheld)]
    added = [tag for tag in _concepts(out) if tag not in own]
    room = max(0, MAX_TAGS - len(own))
    if added[room:]:
        losses.append(Loss(at="/tags", why=f"no room for the tags {', '.join(added[room:])}"))
    if own or added:
        whole["tags"] = [*own, *added[:room]]
    return Written(_encoded(whole), tuple(losses), whole=True)


def _typed(material: Material, losses: list[Loss]) -> tuple[str, dict[str, Any]]:
    """The first code for whose type the report has everything."""
    out = material.out
    codes = said_of(out.codes.get("xarf", ()), out.report.tags, "xarf")
    known = [code for code in codes if code in REQUIRED]
    for index, code in enumerate(known):
        members, missing = filled(material._replace(code=code))
        if not missing:
            others = [other for other in known[index + 1 :] if other != FALLBACK]
            if others:
                losses.append(Loss(at="types", why=f"a report has one type; not said: {', '.join(others)}"))
            return code, members
        losses.append(
            Loss(at="types", why=f"not written as {code}: the report has no {', no '.join(missing)}")
        )
    members, missing = filled(material)
    if missing:
        raise refuse(
            out.report.part or "the report",
            "X-ARF needs a type, and nothing names what happened",
            "give the report its code, or choose another format",
        )
    if not known:
        losses.append(Loss(at="types", why=f"no type fits: written as {FALLBACK}"))
    return FALLBACK, members


def _contact(out: Outgoing) -> dict[str, str]:
    author = out.author
    return {"org": author.name[:MAX_ORG], "contact": author.contact, "domain": author.domain}


def _observed(filled: dict[str, Any], material: Material, losses: list[Loss]) -> dict[str, Any]:
    """The ends of the connection and the files, as far as X-ARF has a member for each."""
    ends, source = material.ends, material.source
    members: dict[str, Any] = {}
    held = {id(source)}
    if source.port:
        members["source_port"] = source.port
    target = material.first(ends.targets, "ipv4", "ipv6")
    if target:
        members["destination_ip"] = target.value
        held.add(id(target))
        if target.port:
            members["destination_port"] = target.port
    protocol = filled.get("protocol") or source.protocol or (target.protocol if target else None)
    if protocol:
        members["protocol"] = protocol
    for name, items, kind in (
        ("url", ends.sources, "url"),
        ("domain", ends.sources, "domain"),
        ("smtp_from", ends.sources, "email"),
        ("smtp_to", ends.targets, "email"),
        ("target_url", ends.targets, "url"),
    ):
        item = next((item for item in items if item.type == kind), None)
        if item is not None and _fits(name, item):
            held.add(id(item))
            members[name] = item.value
    held |= _files(ends, members)
    shown = {str(value) for value in filled.values()}
    rest = [item for item in (*ends.sources, *ends.targets, *ends.others) if id(item) not in held]
    rest = [item for item in rest if item.value not in shown]
    if rest:
        losses.append(
            Loss(at="indicators", why=f"a report has one source and one target; not said: {named(rest)}")
        )
    _tell_protocols(protocol, source, target, losses)
    return {name: value for name, value in members.items() if name not in filled}


def _fits(name: str, item: Indicator) -> bool:
    """Whether the schema takes the value: URLs and names of ASCII only."""
    return item.value.isascii() and (
        name != "domain" or re.fullmatch(r"[a-z0-9.-]+\.[a-z]{2,}", item.value) is not None
    )


def _files(ends: Ends, members: dict[str, Any]) -> set[int]:
    """Hashes by their algorithm, flaws; gives what is held."""
    held = set()
    hashes: dict[str, str] = {}
    for item in ends.others:
        if item.type in ("md5", "sha1", "sha256", "sha512") and item.type not in hashes:
            hashes[item.type] = item.value
            held.add(id(item))
    if hashes:
        members["file_hashes"] = hashes
    flaws = [item for item in ends.others if item.type == "cve"][:10]
    if flaws:
        members["cve_ids"] = list(dict.fromkeys(item.value for item in flaws))
        held |= {id(item) for item in flaws}
    return held


def _tell_protocols(
    written: str | None, source: Indicator, target: Indicator | None, losses: list[Loss]
) -> None:
    lost = {item.protocol for item in (source, target) if item and item.protocol and item.protocol != written}
    if lost:
        losses.append(
            Loss(at="indicators", why=f"the protocol {', '.join(sorted(lost))}; written is {written}")
        )


def _described(report: Report, losses: list[Loss]) -> dict[str, Any]:
    """The description: the text, below the title where the text does not begin with it."""
    text = report.text.strip()
    whole = text or report.title
    if report.title and text and shortened(text) != report.title:
        whole = f"{report.title}\n\n{text}"
    if len(whole) > MAX_DESCRIPTION:
        losses.append(Loss(at="text", why=f"the text beyond its first {MAX_DESCRIPTION} characters"))
        whole = whole[: MAX_DESCRIPTION - 1] + "…"
    members: dict[str, Any] = {"description": whole} if whole else {}
    try:
        confidence = float(report.confidence or "")
    except ValueError:
        return members
    return members | ({"confidence": confidence} if 0 <= confidence <= 1 else {})


def _confidence_kept(whole: dict[str, Any]) -> list[str]:
    return ["confidence"] if "confidence" in whole else []


def _concepts(out: Outgoing) -> list[str]:
    return [f"{SCHEME}-{axis}:{slug}" for slug, axis in dict.fromkeys(out.said)]


def _tags(out: Outgoing, losses: list[Loss]) -> list[str]:
    """The marking and the concepts as tags of two words."""
    marking = out.report.marking
    labels = [label.lower() for label in (marking.tlp, marking.pap) if label]
    tags = [tag for tag in (*labels, *_concepts(out)) if _TAG.fullmatch(tag)]
    if len(tags) > MAX_TAGS:
        losses.append(Loss(at="types", why=f"the concepts beyond the first {MAX_TAGS - len(labels)}"))
    return tags[:MAX_TAGS]


def _encoded(whole: dict[str, Any]) -> bytes:
    return msgspec.json.encode(whole) + b"\n"
