"""Reading a norm file: every fault at once, each with its line, its column and its remedy."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from proxeny.base.errors import InputError
from proxeny.base.yaml_wire import Path
from proxeny.instrument.norm import (
    Deadline,
    Discharge,
    Earliest,
    Ground,
    LateReason,
    Latest,
    Limit,
    Norm,
    Pattern,
    Provision,
    Tension,
    Valid,
    Within,
)
from proxeny.instrument.norm_parts import (
    Parts,
    read_condition,
    read_deadline,
    read_patterns,
    read_side,
)
from proxeny.instrument.reading import Reader, open_document
from proxeny.instrument.words import Words

CHECKS = ("V", "S", "R")
_NEEDED = ("id", "provision", "check", "standing", "modality", "bearer", "counterparty", "valid", "action")
_KEYS = (
    *_NEEDED,
    *("rows", "summary", "when", "take", "awaits", "if", "deadline", "discharge", "refusal", "lapse"),
    *("late_reason", "exceptions", "displaced_by", "forbids", "tension_with", "note"),
)
_FIXED = ("id", "rows", "valid")  # what no later version changes
_ID = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)+")
_ROW = re.compile(r"D\d{3}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_FIELD = re.compile(r"[a-z][a-z0-9_.]*")

_Field = tuple[Any, Path]


def text_digest(text: str) -> str:
    """The SHA-256 of a provision's text, in hex: NFC, white space made single blanks, nothing around it."""
    return hashlib.sha256(" ".join(unicodedata.normalize("NFC", text).split()).encode()).hexdigest()


def parse_norm(data: bytes, name: str, words: Words, instrument: str) -> tuple[Norm, ...]:
    """The versions of the norm of a file, oldest first. Raises InputError with every fault."""
    reader = open_document(data, name)
    found = _versions(Parts(reader, words), reader.document.value, instrument)
    if reader.faults:
        raise InputError(reader.faults)
    return found


def _versions(parts: Parts, raw: Any, instrument: str) -> tuple[Norm, ...]:
    reader = parts.reader
    values = reader.mapping(raw, (), _KEYS)
    if not reader.require(values, (), _NEEDED):
        return ()
    found: list[Norm] = []
    before: dt.date | None = None
    fields: dict[str, _Field] = {key: (value, (key,)) for key, value in values.items()}
    for path, entry in reader.items(values["valid"], ("valid",)):
        own = reader.mapping(entry, path, ("from", "until", "changes"))
        reader.require(own, path, ("from",))
        start = reader.date(own.get("from"), (*path, "from"))
        until = reader.date(own.get("until"), (*path, "until"))
        if start is not None and (before is not None and start < before):
            reader.fault(
                (*path, "from"), "a version that begins before another ends", "order them, and end each"
            )
        if start is not None and until is not None and until <= start:
            reader.fault((*path, "until"), "a version that ends before it begins", "correct the days")
        if found and before is None:
            reader.fault(path, "the version before this one has no end", "add until: to it")
        before = until
        changes = reader.mapping(
            own.get("changes"), (*path, "changes"), [k for k in _KEYS if k not in _FIXED]
        )
        fields = fields | {key: (value, (*path, "changes", key)) for key, value in changes.items()}
        if start is not None:
            found.append(_norm(parts, fields, instrument, Valid(start, until)))
    return tuple(found)


def _norm(parts: Parts, fields: dict[str, _Field], instrument: str, valid: Valid) -> Norm:
    reader, words = parts.reader, parts.words

    def word(key: str, known: Any, what: str) -> str:
        raw, path = fields.get(key, (None, (key,)))
        return reader.word(raw, path, known, what)

    def text(key: str) -> str:
        raw, path = fields.get(key, (None, (key,)))
        return reader.text(raw, path)

    def patterns(key: str) -> tuple[Pattern, ...]:
        raw, path = fields.get(key, (None, (key,)))
        return read_patterns(parts, raw, path)

    check: Any = word("check", CHECKS, "mark of verification")
    norm = Norm(
        id=_id(reader, *fields["id"], instrument),
        instrument=instrument,
        rows=tuple(_row(reader, entry, own) for own, entry in reader.items(*fields.get("rows", (None, ())))),
        provision=read_provision(reader, *fields["provision"], check),
        check=check,
        standing=word("standing", words.standings, "standing"),
        modality=word("modality", words.modalities, "modality"),
        bearer=read_side(parts, *fields["bearer"]),
        counterparty=read_side(parts, *fields["counterparty"]),
        valid=valid,
        action=word("action", words.actions, "action"),
        summary=text("summary"),
        triggers=patterns("when"),
        take=word("take", ("first", "latest", "each"), "choice of trigger") if "take" in fields else "first",
        awaits=tuple(reader.text(e, own) for own, e in reader.items(*fields.get("awaits", (None, ())))),
        condition=read_condition(parts, *fields["if"]) if "if" in fields else None,
        deadline=read_deadline(parts, *fields["deadline"]) if "deadline" in fields else None,
        discharge=_discharge(parts, *fields["discharge"]) if "discharge" in fields else None,
        refusal=patterns("refusal"),
        lapse=patterns("lapse"),
        late_reason=_late_reason(parts, *fields["late_reason"]) if "late_reason" in fields else None,
        exceptions=tuple(_grounds(parts, *fields.get("exceptions", (None, ())), displacing=False)),
        displaced_by=tuple(_grounds(parts, *fields.get("displaced_by", (None, ())), displacing=True)),
        forbids=patterns("forbids"),
        tensions=tuple(_tensions(parts, *fields.get("tension_with", (None, ())))),
        note=text("note"),
    )
    _reachable(parts, fields, norm)
    return norm


def _id(reader: Reader, raw: Any, path: Path, instrument: str) -> str:
    found = str(raw)
    if not _ID.fullmatch(found):
        reader.fault(
            path, f"{found[:60]!r} is no id", "small letters and digits, parts joined by dots or hyphens"
        )
    elif not found.startswith(instrument + "."):
        reader.fault(path, f"{found!r} is not of this instrument", f"begin it with {instrument}.")
    return found


def _row(reader: Reader, raw: Any, path: Path) -> str:
    if not _ROW.fullmatch(str(raw)):
        reader.fault(path, f"{str(raw)[:20]!r} is no row", "write it as D074")
    return str(raw)


def read_provision(reader: Reader, raw: Any, path: Path, check: str) -> Provision:
    """Where the provision and its official text stand. A text that was read (V) has its digest and the day."""
    values = reader.mapping(raw, path, ("at", "url", "reference", "eid", "text_sha256", "read"))
    reader.require(
        values, path, ("at", "url"), "every norm has its source: add the provision and its address"
    )
    if check == "V":
        read = "V says that the text was read: add its digest and the day, or mark it S"
        reader.require(values, path, ("text_sha256", "read"), read)
    digest = reader.text(values.get("text_sha256"), (*path, "text_sha256"))
    if digest and not _DIGEST.fullmatch(digest):
        reader.fault((*path, "text_sha256"), "no SHA-256 in hex", "64 digits 0-9 a-f")
    return Provision(
        at=reader.text(values.get("at"), (*path, "at")),
        url=reader.text(values.get("url"), (*path, "url")),
        reference=reader.text(values.get("reference"), (*path, "reference")),
        eid=reader.text(values.get("eid"), (*path, "eid")),
        text_sha256=digest,
        read=reader.date(values.get("read"), (*path, "read")),
    )


def _discharge(parts: Parts, raw: Any, path: Path) -> Discharge | None:
    """`{event: …}` with `fields` and `proof`, or `{any: [patterns], fields: …, proof: …}`."""
    reader = parts.reader
    values = dict(reader.mapping(raw, path))
    fields, proof, early = (values.pop(key, None) for key in ("fields", "proof", "early"))
    if "any" in values:
        reader.mapping(raw, path, ("any", "fields", "proof", "early"))
        events = read_patterns(parts, values["any"], (*path, "any"))
    else:
        events = read_patterns(parts, values, path)
    names = tuple(reader.text(e, own) for own, e in reader.items(fields, (*path, "fields")))
    for name in names:
        if not _FIELD.fullmatch(name):
            reader.fault((*path, "fields"), f"{name[:40]!r} is no field", "small letters, digits, _ and dots")
    return Discharge(
        events=events,
        early=reader.truth(early, (*path, "early")),
        fields=names,
        proof=read_patterns(parts, proof, (*path, "proof")),
    )


def _late_reason(parts: Parts, raw: Any, path: Path) -> LateReason | None:
    values = parts.reader.mapping(raw, path, ("given", "source"))
    if not parts.reader.require(values, path, ("given", "source")):
        return None
    given = parts.reader.word(values["given"], (*path, "given"), ("before_limit", "with_discharge"), "time")
    return LateReason(given=given, source=parts.reader.text(values["source"], (*path, "source")))


def _grounds(parts: Parts, raw: Any, path: Path, displacing: bool) -> Iterator[Ground]:
    """Exceptions `{if, source}`; displacements `{by, if, source}` where `by` is an instrument or a norm."""
    reader = parts.reader
    needed = ("by", "source") if displacing else ("if", "source")
    for own, entry in reader.items(raw, path):
        values = reader.mapping(entry, own, (*needed, "if") if displacing else needed)
        if not reader.require(values, own, needed, f"say {' and '.join(needed)}"):
            continue
        condition = read_condition(parts, values["if"], (*own, "if")) if "if" in values else None
        by = reader.text(values.get("by"), (*own, "by"))
        yield Ground(source=reader.text(values["source"], (*own, "source")), condition=condition, by=by)


def _tensions(parts: Parts, raw: Any, path: Path) -> Iterator[Tension]:
    """Known tensions: `{norm, source, note}`, all three needed."""
    reader, keys = parts.reader, ("norm", "source", "note")
    for own, entry in reader.items(raw, path):
        values = reader.mapping(entry, own, keys)
        if reader.require(values, own, keys, "say with which norm, who says so, and what is to be done"):
            yield Tension(*(reader.text(values[key], (*own, key)) for key in keys))


def _reachable(parts: Parts, fields: dict[str, _Field], norm: Norm) -> None:
    """Faults of a deadline that can never be met, or never runs; and of words that do not go together."""
    reader = parts.reader
    path = fields["deadline"][1] if "deadline" in fields else ()
    if norm.deadline is not None:
        if norm.modality == "prohibition":
            reader.key_fault(
                path, "a prohibition with a deadline", "it stands always: leave the deadline out"
            )
        for limit in limits_of(norm.deadline):
            if limit.anchor is None and not limit.limit_of and not norm.triggers:
                reader.key_fault(path, "an unreachable deadline: no trigger to run from", "add when: …")
            if limit.limit_of == norm.id:
                reader.key_fault(path, "an unreachable deadline: it runs from itself", "name another norm")
            if limit.anchor is not None and norm.discharge and limit.anchor in norm.discharge.events:
                runs = "an unreachable deadline: it runs from what discharges the duty"
                reader.key_fault(path, runs, "let it run from what comes before")
    if norm.discharge is None and (norm.refusal or norm.late_reason):
        key = "refusal" if norm.refusal else "late_reason"
        reader.key_fault(fields[key][1], f"{key} of a duty that nothing discharges", "add discharge: …")
    if norm.forbids and norm.modality == "permission":
        reader.key_fault(fields["forbids"][1], "a permission that forbids", "make it a prohibition")
    if norm.late_reason and norm.deadline is None:
        reader.key_fault(
            fields["late_reason"][1], "reasons for lateness without a deadline", "add deadline: …"
        )


def limits_of(deadline: Deadline) -> Iterator[Limit]:
    """Every single limit of a deadline."""
    pending: list[Within] = [deadline.within] if deadline.within is not None else []
    while pending:
        one = pending.pop()
        if isinstance(one, (Earliest, Latest)):
            pending.extend(one.of)
        else:
            yield one
