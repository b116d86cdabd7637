"""A report as a STIX 2.1 bundle: an incident with the Incident Core Extension, and what belongs to it.

A report that is not on an incident becomes a `report`. A bundle that was read is kept whole, with a note of what was
found (write_kept). Nothing here says who did it.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from proxeny.formats.entries import shortened
from proxeny.formats.outgoing import Outgoing, Written, identifier, moment, untold, untold_parts
from proxeny.formats.own import own_codes
from proxeny.formats.stix.check import Object
from proxeny.formats.stix.incident import CORE
from proxeny.formats.stix.write_kept import completed
from proxeny.formats.stix.write_objects import (
    DEFINER,
    TERMS_DEFINITION,
    TERMS_EXTENSION,
    TLP,
    stamp,
)
from proxeny.formats.stix.write_observed import observed_of
from proxeny.identify.report import Loss, Report

_RATED = ("incident", "exercise", "test")  # kinds of a report on an event (spec/types.md, rules)
_REPORT_TYPES = {"threat-report": "threat-report", "indicators": "indicator", "advisory": "vulnerability"}
_AXES = {
    "type": "types",
    "technique": "techniques",
    "cause": "causes",
    "origin": "origins",
    "effect": "effects",
}
_KEPT = (
    *(
        "source_id",
        "title",
        "text",
        "occurred",
        "detected",
        "reported",
        "states",
        "sectors",
        "tags",
        "stated",
    ),
    *("indicators", "marking", "reporter"),
)
_ATTACK = re.compile(r"T\d{4}(?:\.\d{3})?", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_encode = msgspec.json.Encoder().encode


class Maker:
    """What all objects of one bundle share: time, author, markings, and identifiers made from the report."""

    def __init__(self, out: Outgoing) -> None:
        self.out = out
        self.at = stamp(moment(out))
        self.marks: list[str] = []
        self.objects: list[Object] = []
        self.author = f"identity--{identifier(out.report, 'author', out.author.name)}"

    def add(self, kind: str, what: str, **properties: Any) -> str:
        """A domain object, relationship or meta object; its identifier."""
        name = f"{kind}--{identifier(self.out.report, 'stix', kind, what)}"
        item: Object = {
            "type": kind,
            "spec_version": "2.1",
            "id": name,
            "created_by_ref": self.author,
            "created": self.at,
            "modified": self.at,
            **properties,
        }
        if self.marks:
            item["object_marking_refs"] = self.marks
        self.objects.append(item)
        return name

    def relate(self, source: str, kind: str, target: str) -> str:
        """A relationship between two objects."""
        return self.add(
            "relationship",
            f"{source} {kind} {target}",
            relationship_type=kind,
            source_ref=source,
            target_ref=target,
        )


def write(out: Outgoing) -> Written:
    """The bundle of a report. Where it was read from STIX, the file is kept whole but for what says who did it."""
    if out.document is not None:
        return completed(out)
    report = out.report
    made = Maker(out)
    losses: list[Loss] = []
    made.objects.append(_author(out, made))
    _mark(report, made, losses)
    rated = report.kind in _RATED
    root = f"{'incident' if rated else 'report'}--{identifier(report, 'stix', 'incident' if rated else 'report', '')}"
    _who_and_where(report, root, made)
    losses += observed_of(report, root, made)
    _techniques(report, root, made)
    _measures(out, root, made)
    held = [item["id"] for item in made.objects if item["id"] not in (made.author, *made.marks)]
    _root(out, held, made, losses)
    bundle = {
        "type": "bundle",
        "id": f"bundle--{identifier(report, 'stix', 'bundle')}",
        "objects": [*made.objects[-1:], *made.objects[:-1], DEFINER, TERMS_DEFINITION],
    }
    kept = {
        *_KEPT,
        *(("language",) if _language(report) else ()),
        *(("confidence",) if _confidence(report) else ()),
    }
    return Written(_encode(bundle), (*losses, *untold_parts(report), *untold(report, kept)))


def _author(out: Outgoing, made: Maker) -> Object:
    return {
        "type": "identity",
        "spec_version": "2.1",
        "id": made.author,
        "created": made.at,
        "modified": made.at,
        "name": out.author.name,
        "identity_class": "organization",
        "contact_information": out.author.contact,
    }


def _mark(report: Report, made: Maker, losses: list[Loss]) -> None:
    """The marking of the report on every object of the bundle (TLP 2.0 as OASIS published it)."""
    label = (report.marking.tlp or "").lower().removeprefix("tlp:")
    if label in TLP:
        made.objects.append(TLP[label])
        made.marks.append(TLP[label]["id"])
    elif label:
        losses.append(Loss(at="marking", why=f"a marking that TLP 2.0 does not know: {report.marking.tlp}"))


def _root(out: Outgoing, held: list[str], made: Maker, losses: list[Loss]) -> None:
    """The incident, or the report where the matter is none."""
    report = out.report
    title = report.title or shortened(report.text) or "Report"
    properties: Object = {"name": title}
    if report.text:
        properties["description"] = report.text
    if language := _language(report):
        properties["lang"] = language
    if (confidence := _confidence(report)) is not None:
        properties["confidence"] = confidence
    if labels := _labels(out):
        properties["labels"] = labels
    if report.source_id:
        properties["external_references"] = [
            {
                "source_name": report.format,
                "external_id": report.source_id,
                "description": "as it was reported",
            }
        ]
    properties["extensions"] = {TERMS_EXTENSION: terms_of(out)}
    if report.kind in _RATED:
        types = list(out.codes.get("stix-incident", ()))
        if out.said and not types:
            losses.append(
                Loss(at="types", why="no incident type of STIX fits: the terminology's own stand for it")
            )
        core: Object = {
            "extension_type": "property-extension",
            "determination": "suspected",  # "until enough information is available" (2.1)
            "investigation_status": "new",
        }
        if types:
            core["incident_types"] = types
        properties["extensions"] = {CORE: core, **properties["extensions"]}
        made.add("incident", "", **properties)
        return
    known = out.codes.get("stix-report") or [_REPORT_TYPES.get(report.kind, "threat-report")]
    made.add(
        "report",
        "",
        report_types=list(known),
        published=made.at,
        object_refs=held or [made.author],
        **properties,
    )


def _language(report: Report) -> str | None:
    return report.language if report.language and _LANGUAGE.fullmatch(report.language) else None


def _confidence(report: Report) -> int | None:
    """The source's own confidence where it is a number from 0 to 100, as STIX has it (3.2)."""
    text = report.confidence or ""
    return int(text) if text.isdecimal() and len(text) < 4 and int(text) <= 100 else None


def _labels(out: Outgoing) -> list[str]:
    """Machine tags: the terminology's, the codes of other vocabularies asked for, those of the source, the PAP."""
    report = out.report
    found = own_codes(out.said)
    for scheme, codes in out.codes.items():
        if not scheme.startswith("stix-"):
            found += [f"{scheme}:{code}" for code in codes]
    found += [
        tag.code if tag.scheme == "free" else f"{tag.scheme}:{tag.code}"
        for tag in report.tags
        if tag.scope == "event" and tag.scheme not in ("attack", "stix-incident", "stix-report")
    ]
    if report.kind in ("exercise", "test"):
        found.append(f'proxeny:kind="{report.kind}"')
    if report.marking.pap:
        found.append(report.marking.pap)
    return list(dict.fromkeys(found))


def terms_of(out: Outgoing) -> Object:
    """What was found in the terms of the Common Terminology, as our extension holds it."""
    report, found = out.report, out.found
    said: dict[str, list[str]] = {}
    for slug, axis in out.said:
        said.setdefault(_AXES.get(axis, f"{axis}s"), []).append(slug)
    if found is not None and found.responses:
        said["responses"] = [finding.slug for finding in found.responses]
    terms: Object = {"extension_type": "property-extension", **said}
    if found is not None and found.level is not None:
        terms["level"] = [found.level.low, found.level.high]
        terms["level_driver"] = found.level.driver
    if found is not None and found.decision is not None:
        terms["decision"] = found.decision.result
    if report.sectors:
        terms["reported_sectors"] = list(report.sectors)
    if report.stated:
        terms["stated"] = [
            {"path": one.path, "value": one.value, "words": one.words}
            | ({"state": one.state} if one.state else {})
            for one in report.stated
        ]
    for name in ("occurred", "detected"):
        moment_of = getattr(report, name)
        if moment_of is not None:
            terms[name] = stamp(moment_of)
    return terms


def _who_and_where(report: Report, root: str, made: Maker) -> None:
    """Who reported, and the States affected."""
    if report.reporter:
        who = made.add("identity", report.reporter, name=report.reporter, identity_class="organization")
        made.relate(root, "related-to", who)
    for state in report.states:
        place = made.add("location", state, country=state)
        made.relate(root, "located-at", place)


def _techniques(report: Report, root: str, made: Maker) -> None:
    """The techniques of ATT&CK that the report itself names."""
    codes = (tag.code for tag in report.tags if tag.scheme == "attack" and tag.scope == "event")
    for code in dict.fromkeys(codes):
        reference = {"source_name": "mitre-attack", "external_id": code}
        references = {"external_references": [reference]} if _ATTACK.fullmatch(code) else {}
        made.relate(root, "related-to", made.add("attack-pattern", code, name=code, **references))


def _measures(out: Outgoing, root: str, made: Maker) -> None:
    """The response actions recommended, their names in English and in the recipient's language (section 7.1)."""
    for finding in out.found.responses if out.found is not None else ():
        english = (
            out.label(finding.slug) if out.language == "en" else finding.slug.replace("-", " ").capitalize()
        )
        measure = made.add(
            "course-of-action",
            finding.slug,
            lang="en",
            name=english,
            labels=own_codes([(finding.slug, "response")]),
        )
        made.relate(measure, "related-to", root)
        if out.language != "en":
            made.add(
                "language-content",
                f"{finding.slug} {out.language}",
                object_ref=measure,
                object_modified=made.at,
                contents={out.language: {"name": out.label(finding.slug)}},
            )
