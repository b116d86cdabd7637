"""Reading an instrument's file and its register of parties: every fault at once, with its place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from proxeny.base.errors import InputError
from proxeny.base.yaml_wire import Path
from proxeny.instrument.norm import EntryRule, Instrument, PartyAct, Period, Register
from proxeny.instrument.norm_file import CHECKS, read_provision
from proxeny.instrument.norm_parts import LONGEST, UNITS
from proxeny.instrument.reading import Reader, open_document
from proxeny.instrument.words import Words

_NEEDED = ("id", "title", "bound_by", "standing", "check", "url")
_KEYS = (*_NEEDED, "reference", "state", "in_force", "entry_rules", "notice", "note")
EFFECTS = ("that_day", "first_of_next_month")
"""When a final clause takes effect once its time has run."""
_ACT = ("state", "act", "on", "in_force", "source", "text", "note")


def parse_instrument(data: bytes, name: str, words: Words) -> Instrument:
    """The instrument of a file instrument.yaml. Raises InputError with every fault."""
    reader = open_document(data, name)
    found = _instrument(reader, words)
    if reader.faults or found is None:
        raise InputError(reader.faults)
    return found


def parse_register(data: bytes, name: str, words: Words) -> Register:
    """The register of a file parties.yaml. Raises InputError with every fault."""
    reader = open_document(data, name)
    values = reader.mapping(reader.document.value, (), ("as_of", "source", "acts"))
    reader.require(values, (), ("as_of", "source"))
    source = reader.text(values.get("source"), ("source",))
    acts = tuple(read_acts(reader, words, values.get("acts"), ("acts",), source))
    register = Register(acts, reader.date(values.get("as_of"), ("as_of",)), source)
    if reader.faults:
        raise InputError(reader.faults)
    return register


def read_acts(reader: Reader, words: Words, raw: Any, path: Path, source: str = "") -> Iterator[PartyAct]:
    """Acts of States: `{state: XA, act: accession, in_force: 2026-06-01, source: …}`; `text`, of a reservation.

    Without a source of its own an act has that of the register.
    """
    for own, entry in reader.items(raw, path):
        values = reader.mapping(entry, own, _ACT)
        given = {"source": source or None} | values
        if not reader.require(given, own, ("state", "act", "source")):
            continue
        act = reader.word(values["act"], (*own, "act"), words.acts, "act of a State")
        on = reader.date(values.get("on"), (*own, "on"))
        in_force = reader.date(values.get("in_force"), (*own, "in_force"))
        if on and in_force and in_force < on:
            reader.fault((*own, "in_force"), "in force before the act", "correct the days")
        if act:
            yield PartyAct(
                state=reader.text(values["state"], (*own, "state")),
                act=act,
                source=reader.text(given["source"], (*own, "source")),
                on=on,
                in_force=in_force,
                note=" ".join(reader.text(values[k], (*own, k)) for k in ("text", "note") if k in values),
            )


def _instrument(reader: Reader, words: Words) -> Instrument | None:
    values = reader.mapping(reader.document.value, (), _KEYS)
    if not reader.require(values, (), _NEEDED):
        return None
    check: Any = reader.word(values["check"], ("check",), CHECKS, "mark of verification")
    bound_by = reader.word(values["bound_by"], ("bound_by",), words.bound_by, "way of binding")
    if bound_by == "state":
        reader.require(values, (), ("state",), "say which State's law it is")
    return Instrument(
        id=reader.text(values["id"], ("id",)),
        bound_by=bound_by,
        standing=reader.word(values["standing"], ("standing",), words.standings, "standing"),
        check=check,
        in_force=reader.date(values.get("in_force"), ("in_force",)),
        entry_rules=tuple(_entry_rules(reader, values.get("entry_rules"), ("entry_rules",))),
        notice=reader.text(values.get("notice"), ("notice",)),
        note=reader.text(values.get("note"), ("note",)),
        title=reader.text(values["title"], ("title",)),
        url=reader.text(values["url"], ("url",)),
        reference=reader.text(values.get("reference"), ("reference",)),
        state=reader.text(values.get("state"), ("state",)),
    )


def _entry_rules(reader: Reader, raw: Any, path: Path) -> Iterator[EntryRule]:
    keys = (
        "provision",
        "check",
        "rows",
        "deposits",
        "after",
        "for_later_state",
        "effect",
        "not_counted",
        "on",
        "summary",
    )
    for own, entry in reader.items(raw, path):
        values = reader.mapping(entry, own, keys)
        if not reader.require(values, own, ("provision", "check")):
            continue
        check: Any = reader.word(values["check"], (*own, "check"), CHECKS, "mark of verification")
        deposits = values.get("deposits")
        yield EntryRule(
            provision=read_provision(reader, values["provision"], (*own, "provision"), check),
            check=check,
            rows=tuple(reader.text(e, p) for p, e in reader.items(values.get("rows"), (*own, "rows"))),
            deposits=None if deposits is None else reader.count(deposits, (*own, "deposits"), 1, 200),
            after=_period(reader, values.get("after"), (*own, "after")),
            for_later_state=_period(reader, values.get("for_later_state"), (*own, "for_later_state")),
            effect=reader.word(values.get("effect", EFFECTS[0]), (*own, "effect"), EFFECTS, "effect"),
            not_counted=tuple(
                reader.text(e, p) for p, e in reader.items(values.get("not_counted"), (*own, "not_counted"))
            ),
            on=reader.date(values.get("on"), (*own, "on")),
            summary=reader.text(values.get("summary"), (*own, "summary")),
        )


def _period(reader: Reader, raw: Any, path: Path) -> Period | None:
    if raw is None:
        return None
    values = reader.mapping(raw, path, UNITS)
    if len(values) != 1:
        reader.fault(path, "not one length of time", f"give one of {', '.join(UNITS)}")
        return None
    ((unit, count),) = values.items()
    found = reader.count(count, (*path, unit), 1, LONGEST[unit])
    return None if found is None else Period(unit, found)
