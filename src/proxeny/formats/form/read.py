"""National forms (CSV or JSON) to Reports through a mapping: one a row, or one an entry.

Nothing is guessed: a column that the mapping does not name is a loss, a value that its table does not have is one too,
and a time without an offset is a fault where no zone is given.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any, cast

import msgspec

from proxeny.base.errors import Fault, InputError, refuse
from proxeny.base.moments import parse_moment
from proxeny.base.wire import DEFAULT_LIMITS, Limits, digest_of
from proxeny.formats.entries import Entry, all_or_none, shortened
from proxeny.formats.form.entries import at_pointer, form_entries, members
from proxeny.formats.form.mapping import Mapping, Source, fold, parse_mapping
from proxeny.formats.form.paths import PATHS
from proxeny.formats.form.values import amount_of, flag_of
from proxeny.formats.indicators import indicator_of, indicators_in_text
from proxeny.formats.marking import label_of
from proxeny.identify.report import Indicator, Kind, Loss, Marking, Report, Stated, Tag, Withheld
from proxeny.identify.state_codes import is_state_code, meant_code

__all__ = ["Mapping", "parse_mapping", "read", "read_rows"]

MAX_VALUE = 500  # code points of a withheld value
OWN = "proxeny"  # the scheme of concepts of the Common Terminology


def read(data: bytes, place: str, limits: Limits, mapping: Mapping) -> list[Report]:
    """The Reports of a file of the form. Raises InputError with every fault of every row (at most MAX_FAULTS)."""
    empty = refuse(place, "a form without an entry", "give at least one")
    return all_or_none(read_rows(data, place, limits, mapping), empty)


def read_rows(
    data: bytes, place: str, limits: Limits = DEFAULT_LIMITS, mapping: Mapping | None = None
) -> Iterator[Report | tuple[Fault, ...]]:
    """Each entry's Report, or its faults, so that a batch goes on. Raises InputError where the file has another form
    than the mapping says."""
    if mapping is None:
        raise refuse("--mapping", "no mapping", "give the mapping file of the form")
    digest = digest_of(data)
    for found in form_entries(data, place, limits, mapping):
        if isinstance(found, Fault):
            yield (found,)
            continue
        try:
            yield _Reading(found, mapping).report(digest)
        except InputError as error:
            yield error.faults


class _Said(msgspec.Struct, frozen=True):
    """One value of an entry, and the column or pointer it stands in."""

    text: str
    at: str


class _Reading:
    """One entry while it is read: its faults and losses, and which of its members were looked at."""

    def __init__(self, entry: Entry, mapping: Mapping) -> None:
        self.entry = entry
        self.mapping = mapping
        self.faults: list[Fault] = []
        self.losses: list[Loss] = []
        self.used: set[str] = set(mapping.ignore)

    def report(self, digest: str) -> Report:
        """The Report of the entry. Raises InputError with all its faults."""
        fields = {name: self._one(name, source) for name, source in self.mapping.fields.items()}
        text = self._text()
        states = self._states()
        codes = self._codes()
        report = Report(
            digest=digest,
            format="form",
            kind=self._kind(fields),
            part=self.entry.part,
            source_id=fields.get("source_id") or None,
            title=fields.get("title") or shortened(text),
            text=text,
            language=self._listed(fields, "language", ("ar", "en", "es", "fr", "ru", "zh")),
            occurred=self._moment("occurred"),
            detected=self._moment("detected"),
            reported=self._moment("reported"),
            states=states,
            sectors=self._sectors(codes),
            tags=tuple(codes),
            indicators=self._indicators(text),
            stated=self._facts(states),
            confidence=fields.get("confidence") or None,
            reporter=fields.get("reporter") or None,
            marking=self._marking(fields),
            withheld=self._withheld(),
        )
        self._lose_rest()
        if self.faults:
            raise InputError(self.faults)
        return msgspec.structs.replace(report, losses=tuple(self.losses))

    def _fault(self, at: str, message: str, remedy: str) -> None:
        self.faults.append(Fault(f"{self.entry.place}{self._where(at)}", message, remedy))

    def _where(self, at: str) -> str:
        return at if at.startswith("/") else f", column {at}"

    def _lose(self, at: str, why: str) -> None:
        self.losses.append(Loss(at=at, why=why))

    def _values(self, source: Source) -> list[_Said]:
        """What the entry says there: the first of the names that holds something, split where the mapping says so."""
        if source.constant is not None:
            return [_Said(source.constant, "mapping")]
        self.used.update(source.names)
        for name in source.names:
            value = at_pointer(self.entry.value, name) if name.startswith("/") else self.entry.value.get(name)
            found = list(self._flat(value, name))
            if found:
                parts = [
                    _Said(part.strip(), one.at) for one in found for part in _split(one.text, source.split)
                ]
                return [one for one in parts if one.text]
        return []

    def _flat(self, value: Any, at: str) -> Iterator[_Said]:
        if isinstance(value, str):
            if value.strip():
                yield _Said(value.strip(), at)
        elif isinstance(value, bool):
            yield _Said("yes" if value else "no", at)
        elif isinstance(value, (int, float)):
            yield _Said(str(value), at)
        elif isinstance(value, list):
            for item in value:
                yield from self._flat(item, at)
        elif isinstance(value, dict):
            self._fault(at, "an object where a value belongs", "name its members in the mapping, as in /a/b")

    def _meant(self, source: Source) -> list[_Said]:
        """As `_values`, through the table of values; what the table does not have is a loss that names the nearest."""
        found = []
        for one in self._values(source):
            if source.values is None or source.constant is not None:
                found.append(one)
                continue
            meant = source.values.get(fold(one.text))
            if meant is not None:
                found.append(_Said(meant, one.at))
                continue
            near = get_close_matches(fold(one.text), source.values, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            self._lose(one.at, f"{one.text[:60]!r} is no value that the mapping knows{hint}")
        return found

    def _one(self, name: str, source: Source) -> str:
        if name in ("occurred", "detected", "reported"):
            return ""
        found = self._meant(source)
        for one in found[1:]:
            self._lose(one.at, f"not held: more than one {name}")
        return found[0].text if found else ""

    def _kind(self, fields: dict[str, str]) -> Kind:
        """A kind that the form states wrongly is a fault: a test must never be taken for an incident."""
        source = self.mapping.fields.get("kind")
        kind = fields.get("kind", "")
        if source is not None and (not kind or kind not in _KINDS):
            said = self._values(source)
            shown = repr(said[0].text[:40]) if said else "nothing"
            self._fault(
                said[0].at if said else source.names[0], f"{shown} says no kind of report", _KIND_REMEDY
            )
            return "incident"
        return cast(Kind, kind or "incident")

    def _listed(self, fields: dict[str, str], name: str, known: tuple[str, ...]) -> str | None:
        value = fields.get(name, "").lower()
        if value and value not in known:
            self._lose(self.mapping.fields[name].names[0], f"not held: the {name} {value[:20]!r}")
            return None
        return value or None

    def _text(self) -> str:
        pieces = []
        for source in self.mapping.texts:
            for one in self._values(source):
                pieces.append(f"{source.label}: {one.text}" if source.label else one.text)
        return "\n\n".join(pieces)

    def _moment(self, name: str) -> dt.datetime | None:
        source = self.mapping.fields.get(name)
        said = self._values(source) if source is not None else []
        if source is None or not said:
            return None
        at, written = said[0].at, said[0].text
        for pattern in source.formats:
            try:
                read = dt.datetime.strptime(written, pattern)  # noqa: DTZ007 - the zone comes next
            except ValueError:
                continue
            return self._aware(read, source, at, written)
        if source.formats:
            self._fault(
                at, f"{written[:40]!r} is not a time written as {' or '.join(source.formats)}", "correct it"
            )
            return None
        try:
            naive = dt.datetime.fromisoformat(written)
        except ValueError:
            naive = None
        if naive is not None and naive.tzinfo is None:
            return self._aware(naive, source, at, written)
        try:
            return parse_moment(written, f"{self.entry.place}{self._where(at)}")
        except InputError as error:
            self.faults += error.faults
            return None

    def _aware(self, read: dt.datetime, source: Source, at: str, written: str) -> dt.datetime | None:
        if read.tzinfo is None and source.zone is None:
            self._fault(at, f"the time {written[:40]!r} has no offset", "add zone: to the mapping")
            return None
        if read.tzinfo is None:
            read = dt.datetime.fromisoformat(read.isoformat() + (source.zone or "+00:00"))
        try:
            return read.astimezone(dt.UTC)
        except OverflowError:
            self._fault(at, f"{written[:40]!r} is not a time that exists", "correct the date")
            return None

    def _states(self) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for one in self._meant(self.mapping.states) if self.mapping.states is not None else ():
            if is_state_code(one.text):
                found[one.text] = None
                continue
            meant = meant_code(one.text)
            remedy = f"did you mean {meant}?" if meant else "add values: to states: in the mapping"
            self._fault(one.at, f"{one.text[:40]!r} is no State code", remedy)
        return tuple(found)

    def _codes(self) -> list[Tag]:
        found: dict[tuple[str, str], Tag] = {}
        for source in self.mapping.codes:
            for one in self._meant(source):
                scheme, colon, code = one.text.partition(":")
                if not colon:
                    scheme, code = OWN, f'{source.axis}="{one.text}"'
                found.setdefault((scheme, code), Tag(scheme=scheme, code=code, raw=one.text, at=one.at))
        return list(found.values())

    def _sectors(self, codes: list[Tag]) -> tuple[str, ...]:
        """Sectors as found. One that is a concept of the terminology is a code as well."""
        found: dict[str, None] = {}
        for one in self._meant(self.mapping.sectors) if self.mapping.sectors is not None else ():
            found[one.text] = None
            if (
                ":" not in one.text
                and self.mapping.sectors is not None
                and self.mapping.sectors.values is not None
            ):
                codes.append(Tag(scheme=OWN, code=f'sector="{one.text}"', raw=one.text, at=one.at))
        return tuple(found)

    def _indicators(self, text: str) -> tuple[Indicator, ...]:
        found: dict[tuple[str, str], Indicator] = {}
        for source in self.mapping.indicators:
            for one in self._values(source):
                made = indicator_of(source.type, one.text, one.at)
                if made is None:
                    self._lose(one.at, f"{one.text[:60]!r} is no {source.type}")
                else:
                    made = msgspec.structs.replace(made, role=source.role)
                    found.setdefault((made.type, made.value), made)
        for named in indicators_in_text(text):
            found.setdefault((named.type, named.value), named)
        return tuple(found.values())

    def _facts(self, states: tuple[str, ...]) -> tuple[Stated, ...]:
        found = []
        state = states[0] if len(states) == 1 else None
        for source in self.mapping.facts:
            for one in self._meant(source):
                holds = PATHS[source.path]
                value = (
                    one.text
                    if holds == "word"
                    else flag_of(one.text)
                    if holds == "flag"
                    else amount_of(one.text)
                )
                if value is None or (holds == "share" and not isinstance(value, str) and _above_one(value)):
                    remedy = (
                        "write a fraction: 0.35 for 35 %"
                        if holds == "share"
                        else "write a number, or unknown"
                    )
                    self._fault(one.at, f"{one.text[:40]!r} is no {holds}", remedy)
                else:
                    found.append(
                        Stated(path=source.path, value=value, words=one.text, at=one.at, state=state)
                    )
        return tuple(found)

    def _marking(self, fields: dict[str, str]) -> Marking:
        """A marking that cannot be read is a fault: what is marked must never be taken for unmarked."""
        made: dict[str, str | None] = {}
        for name in ("tlp", "pap"):
            source = self.mapping.fields.get(name)
            said = self._values(source) if source is not None else []
            label = label_of(fields.get(name, "").upper().removeprefix("PAP:"))
            if said and (label is None or (name == "pap" and label == "AMBER+STRICT")):
                self._fault(said[0].at, f"{said[0].text[:40]!r} is no label of {name.upper()}", "correct it")
            made[name] = f"{name.upper()}:{label}" if label else None
        return Marking(tlp=made["tlp"], pap=made["pap"])

    def _withheld(self) -> tuple[Withheld, ...]:
        return tuple(
            Withheld(kind=source.kind, value=one.text[:MAX_VALUE], at=one.at)
            for source in self.mapping.withheld
            for one in self._values(source)
        )

    def _lose_rest(self) -> None:
        """A loss for each member that holds something and that the mapping does not name."""
        for at, value in members(self.entry.value, "", self.used, self.entry.value):
            if at not in self.used and value not in (None, "", [], {}):
                self._lose(at, "not held: the mapping does not name it")


_KINDS = ("incident", "exercise", "test", "advisory", "threat-report", "indicators", "reference")
_KIND_REMEDY = "add it to values: of kind: in the mapping"


def _split(text: str, separator: str | None) -> list[str]:
    return text.split(separator) if separator else [text]


def _above_one(value: float | tuple[float, float]) -> bool:
    return max(value) > 1 if isinstance(value, tuple) else value > 1
