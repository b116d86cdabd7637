"""From a file in one format to the same report in another, in the recipient's vocabulary, with the losses both ways."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from importlib import import_module
from typing import Any, NamedTuple

import msgspec

from proxeny.actions.bulk import AXES_SAID, said_of_text
from proxeny.actions.identify import identify
from proxeny.actions.ports import Knowledge
from proxeny.base.errors import Fault, InputError, refuse
from proxeny.base.wire import DEFAULT_LIMITS, decode_json
from proxeny.formats.detect import FORMATS, detect, read
from proxeny.formats.entries import json_entries
from proxeny.formats.outgoing import TARGETS, Author, Outgoing, Target, Writer, Written, writer
from proxeny.identify.coded import read_codes, unknown_codes
from proxeny.identify.compose import primary_of
from proxeny.identify.identification import Identification
from proxeny.identify.kinds import rated_kind
from proxeny.identify.report import Loss, Report
from proxeny.terms.translation import codes_for

Said = tuple[tuple[str, str], ...]


class Converted(msgspec.Struct, frozen=True, kw_only=True):
    """One written report. `part` says which entry of the file it was, None where it was the whole of it. An entry
    that was refused alone, among good ones, has `faults` and no data."""

    part: str | None
    data: bytes = b""
    faults: tuple[Fault, ...] = ()
    read: tuple[Loss, ...] = ()  # what of the source the Report, or the way taken, does not hold
    written: tuple[Loss, ...] = ()  # what of it the target does not say


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a person asks of a conversion. `at` is the time of writing; `schemes` are vocabularies of the recipient
    beside those of the target; `source` is a format or "auto"."""

    target: str
    at: dt.datetime
    source: str = "auto"
    schemes: tuple[str, ...] = ()
    author: Author = Author()
    language: str = "en"


Convert = Callable[[bytes, str], list[Converted]]
Reader = Callable[[bytes, str, str], Iterable[Report | tuple[Fault, ...]]]
"""From bytes, their place and a format to each report, or what is wrong with it alone."""

# From format to format without a Report between them, where both hold far more than a Report does.
_DIRECT: dict[tuple[str, str], str] = {
    ("misp", "stix"): "proxeny.formats.between.misp_stix",
    ("stix", "misp"): "proxeny.formats.between.stix_misp",
    ("shadowserver", "intelmq"): "proxeny.formats.between.shadowserver_intelmq",
}


# Tables of many reports, whose rows are refused one by one.
_BY_ROW = {"shadowserver": "proxeny.formats.shadowserver.read"}


def read_parts(data: bytes, place: str, source: str) -> Iterable[Report | tuple[Fault, ...]]:
    """The reports of a file. Raises InputError with every fault of a format whose files are read whole or not at all."""
    module = _BY_ROW.get(source)
    if module is None:
        return read(data, place, source)
    rows: Iterable[Report | tuple[Fault, ...]] = import_module(module).read_rows(data, place)
    return rows


def converter(asked: Asked, knowledge: Knowledge, reader: Reader = read_parts) -> Convert:
    """A function from the bytes of a file and its name to what is written of each of its reports, in order.

    It raises InputError with every fault of the file. `reader` reads in place of detection, for forms of one's own.
    Raises InputError for an unknown target.
    """
    if asked.target not in TARGETS:
        raise refuse("--to", f"no format {asked.target!r} to write", f"one of: {', '.join(TARGETS)}")
    if asked.source != "auto" and asked.source not in FORMATS:
        raise refuse("--from", f"no format {asked.source!r} to read", f"one of: auto, {', '.join(FORMATS)}")
    target = TARGETS[asked.target]
    schemes = tuple(dict.fromkeys((*target.schemes, *asked.schemes)))
    way = _Way(asked, knowledge, target, writer(asked.target), schemes, {})
    return partial(_converted, way=way, reader=reader)


class _Way(NamedTuple):
    """What stays the same for every report. `codes` holds those of sets of concepts met before, and is added to."""

    asked: Asked
    knowledge: Knowledge
    target: Target
    write: Writer
    schemes: tuple[str, ...]
    codes: dict[Said, dict[str, list[str]]]


def _converted(data: bytes, place: str, way: _Way, reader: Reader) -> list[Converted]:
    asked = way.asked
    detected = asked.source == "auto" and reader is read_parts
    source = detect(data, place) if detected else asked.source
    direct = _DIRECT.get((source, asked.target))
    if direct is not None and not asked.schemes:
        return _directly(direct, data, place, asked)
    found = reader(data, place, source)
    if source != asked.target:
        return [_tried(report, None, place, way) for report in found]
    reports = [report for report in found if isinstance(report, Report)]
    return [_tried(report, doc, place, way) for report, doc in _with_documents(reports, data, place, source)]


def _tried(report: Report | tuple[Fault, ...], document: Any, place: str, way: _Way) -> Converted:
    """What is written of a report, or why nothing is: the target may not be told of an advisory, say."""
    if isinstance(report, tuple):
        return Converted(part=None, faults=report)
    try:
        return _written(report, document, way)
    except InputError as error:
        within = f"{place}, {report.part}" if report.part else place
        faults = tuple(Fault(f"{within}: {f.place}", f.message, f.remedy) for f in error.faults)
        return Converted(part=report.part, faults=faults)


def _written(report: Report, document: Any, way: _Way) -> Converted:
    asked, knowledge = way.asked, way.knowledge
    found, said = _told(report, way.target, knowledge, asked.language)
    if said not in way.codes:
        way.codes[said] = {scheme: codes_for(knowledge.crosswalks, said, scheme) for scheme in way.schemes}
    written = way.write(
        Outgoing(
            report=report,
            at=asked.at,
            found=found,
            said=said,
            codes=way.codes[said],
            document=document,
            author=asked.author,
            language=asked.language,
            label=lambda slug: knowledge.terminology.concept(slug).label[asked.language],
            say=knowledge.say(asked.language),
        )
    )
    losses = () if written.whole else (*report.losses, *unknown_codes(report.tags, knowledge.crosswalks))
    return Converted(part=report.part, data=written.data, read=losses, written=written.losses)


def form_reader(mapping: bytes, place: str) -> Reader:
    """What reads the files of a national form by its mapping file. Raises InputError with every fault of that."""
    from proxeny.formats.form.read import parse_mapping, read_rows

    parsed = parse_mapping(mapping, place)
    return lambda data, name, _: read_rows(data, name, DEFAULT_LIMITS, parsed)


def _directly(module: str, data: bytes, place: str, asked: Asked) -> list[Converted]:
    route = import_module(module)
    found: Sequence[tuple[str | None, Written | Fault]] = route.convert(data, place, asked.at)
    return [
        Converted(part=part, faults=(done,))
        if isinstance(done, Fault)
        else Converted(part=part, data=done.data, written=done.losses)
        for part, done in found
    ]


def _told(
    report: Report, target: Target, knowledge: Knowledge, language: str
) -> tuple[Identification | None, Said]:
    """What a report is found to be: wholly where the target says levels and responses, else its concepts alone, by
    its codes where it has any, by its words where it has none."""
    if target.wholly:
        found = identify(report, knowledge, language=language)
        lists = (found.types, found.techniques, found.causes, found.origins, found.effects, found.sectors)
        ordered = sorted((f for some in lists for f in some), key=lambda f: not f.primary)
        axes = {concept.slug: concept.axis for concept in knowledge.terminology.concepts.values()}
        return found, tuple(dict.fromkeys((f.slug, axes[f.slug]) for f in ordered))
    if not rated_kind(report.kind):
        return None, ()
    coded = [(c.slug, c.axis) for c in read_codes(report.tags, knowledge.crosswalks) if c.axis in AXES_SAID]
    if any(axis == "type" for _, axis in coded):
        first = primary_of([slug for slug, axis in coded if axis == "type"], knowledge.rules("precedence"))
        return None, tuple(dict.fromkeys(sorted(coded, key=lambda pair: pair[0] != first)))
    return None, tuple(dict.fromkeys((*coded, *said_of_text(report.text, knowledge))))


def _with_documents(
    reports: Sequence[Report], data: bytes, place: str, source: str
) -> list[tuple[Report, Any]]:
    """Each report with the decoded entry it was read from. A STIX bundle is one document however many incidents it
    tells of: its first stands for it."""
    if source == "stix":
        return [(msgspec.structs.replace(reports[0], part=None), decode_json(data, place))]
    if source not in _JSON:
        return [(report, None) for report in reports]
    entries = json_entries(data, place, DEFAULT_LIMITS)
    values = {entry.part: entry.value for entry in entries}
    whole = entries[0].value if len(entries) == 1 else None
    return [(report, _at(values, whole, report.part)) for report in reports]


_JSON = frozenset({"misp", "intelmq", "idea0", "veris", "xarf"})


def _at(values: dict[str | None, Any], whole: Any, part: str | None) -> Any:
    """The value a part names: an entry, or a JSON pointer (RFC 6901) into the file."""
    if part in values:
        return values[part]
    if part is None or not part.startswith("/"):
        return whole
    keys = [key.replace("~1", "/").replace("~0", "~") for key in part[1:].split("/")]
    head = f"/{keys[0]}"
    value, keys = (values[head], keys[1:]) if head in values else (whole, keys)
    for key in keys:
        value = value[int(key)] if isinstance(value, list) else value[key]
    return value
