"""The records of a norm: one provision as data (docs/reference/norms.md)."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

from proxeny.instrument.words import ANY_STATE, OTHER_STATE

Check = Literal["V", "S", "R"]
"""How far the provision was verified: V its text was read, S a secondary source was, R from memory."""


class Provision(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which provision it is, and where its official text stands. `eid`: its Akoma Ntoso identifier.

    `text_sha256` is the digest of the text that was read on the day `read` (`text_digest`).
    """

    at: str
    url: str
    reference: str = ""
    eid: str = ""
    text_sha256: str = ""
    read: dt.date | None = None


class Side(msgspec.Struct, frozen=True, omit_defaults=True):
    """A side of the norm: whoever holds one of the roles. `one`: one of them is enough, in that order."""

    roles: tuple[str, ...]
    one: bool = False

    @property
    def is_any_state(self) -> bool:
        """Whether States are meant whatever their role."""
        return self.roles[0] in (ANY_STATE, OTHER_STATE)


class Pattern(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which events are meant. `by` and `to`: bearer, counterparty, a role, or "" for anybody.

    `attributes`: each must be one of the values given, or narrower.
    """

    event: str
    by: str = ""
    to: str = ""
    attributes: dict[str, tuple[str, ...]] = {}


class All(msgspec.Struct, frozen=True, tag="all"):
    """Every one of the conditions."""

    of: tuple[Condition, ...]


class Any_(msgspec.Struct, frozen=True, tag="any"):  # noqa: N801 - `Any` is taken
    """At least one of the conditions."""

    of: tuple[Condition, ...]


class Not(msgspec.Struct, frozen=True, tag="not"):
    """The contrary."""

    of: Condition


class FactIs(msgspec.Struct, frozen=True, tag="fact"):
    """The legal fact is yes."""

    name: str


class HoldsRole(msgspec.Struct, frozen=True, tag="role", omit_defaults=True):
    """The bearer (or the counterparty) holds the role too."""

    name: str
    of: str = "bearer"


class Happened(msgspec.Struct, frozen=True, tag="happened"):
    """Such an event has happened."""

    pattern: Pattern


class AttributeIs(msgspec.Struct, frozen=True, kw_only=True, tag="attribute", omit_defaults=True):
    """An attribute of the trigger event: one of the values, or within the numbers."""

    name: str
    values: tuple[str, ...] = ()
    at_least: int | None = None
    at_most: int | None = None


class Apart(msgspec.Struct, frozen=True, kw_only=True, tag="apart", omit_defaults=True):
    """The exact time from one event to another: more than, or at most, so many hours."""

    start: Pattern
    end: Pattern
    more_than_hours: int | None = None
    at_most_hours: int | None = None


Condition = All | Any_ | Not | FactIs | HoldsRole | Happened | AttributeIs | Apart


class Period(msgspec.Struct, frozen=True, omit_defaults=True):
    """A length of time in one unit: hours, days, working_days, months."""

    unit: str
    count: int


class Limit(msgspec.Struct, frozen=True, kw_only=True, tag="limit", omit_defaults=True):
    """A period after an anchor: the trigger, another event, or the limit of another norm (its id)."""

    period: Period
    anchor: Pattern | None = None  # None: the trigger, or limit_of
    limit_of: str = ""
    take: str = "first"
    calendar: str = "bearer"


class Earliest(msgspec.Struct, frozen=True, tag="min"):
    """Whichever limit is first."""

    of: tuple[Within, ...]


class Latest(msgspec.Struct, frozen=True, tag="max"):
    """Whichever limit is last."""

    of: tuple[Within, ...]


Within = Limit | Earliest | Latest


class Move(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A limit on a weekend or a holiday of the calendar's State moves to noon of the next working day."""

    source: str
    calendar: str = "bearer"
    unless: Condition | None = None


class Deadline(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """By when. `vague`: a term no clock measures. `where_possible`: it never turns late.

    `closes`: the latest reading of a period in days or months: at_the_hour, end_of_day, end_of_working_day.
    `every`: it comes again after so much time.
    """

    within: Within | None = None
    vague: str = ""
    where_possible: bool = False
    move: Move | None = None
    closes: str = "at_the_hour"
    every: Period | None = None


class Discharge(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What discharges the duty (any of the events), with which fields; and what event proves it. `early`: it
    counts before the trigger too."""

    events: tuple[Pattern, ...]
    early: bool = False
    fields: tuple[str, ...] = ()
    proof: tuple[Pattern, ...] = ()


class Ground(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An exception or a displacement: suppresses the duty when its condition is proved. `by`: the displacing
    instrument or norm, which must be in force."""

    source: str
    condition: Condition | None = None
    by: str = ""


class Tension(msgspec.Struct, frozen=True, omit_defaults=True):
    """A known tension with another norm: that norm's id, who says so, and what to do about it."""

    norm: str
    source: str
    note: str


class LateReason(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The rule on reasons for lateness: given `before_limit`, or `with_discharge` at the latest."""

    source: str
    given: str


class Valid(msgspec.Struct, frozen=True, omit_defaults=True):
    """From this day on, and before that one."""

    start: dt.date
    until: dt.date | None = None


class Norm(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One provision in one version. Several records may bear one id: its versions, whose validity is disjoint."""

    id: str
    instrument: str
    rows: tuple[str, ...] = ()
    provision: Provision
    check: Check
    standing: str
    modality: str
    bearer: Side
    counterparty: Side
    valid: Valid
    action: str
    summary: str = ""
    triggers: tuple[Pattern, ...] = ()
    take: str = "first"
    awaits: tuple[str, ...] = ()
    condition: Condition | None = None
    deadline: Deadline | None = None
    discharge: Discharge | None = None
    refusal: tuple[Pattern, ...] = ()
    lapse: tuple[Pattern, ...] = ()
    late_reason: LateReason | None = None
    exceptions: tuple[Ground, ...] = ()
    displaced_by: tuple[Ground, ...] = ()
    forbids: tuple[Pattern, ...] = ()
    tensions: tuple[Tension, ...] = ()
    note: str = ""


class PartyAct(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a State did about an instrument. `in_force`: from which day it has effect for that State."""

    state: str
    act: str
    source: str
    on: dt.date | None = None
    in_force: dt.date | None = None
    note: str = ""


class Register(msgspec.Struct, frozen=True, omit_defaults=True):
    """Acts of States, complete up to the day `as_of`; after it, or without it, silence means unknown."""

    acts: tuple[PartyAct, ...] = ()
    as_of: dt.date | None = None
    source: str = ""


class EntryRule(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A final clause as data: when the instrument enters into force, or what silence on a reservation does.

    `deposits`: so many bring it into force, `after` so much time; `for_later_state`: so much after its own
    deposit. `effect`: on the day on which that time ends, or on the first day of the month that follows it (as
    treaties of the Council of Europe say). `not_counted`: participants whose deposits do not count towards the
    number. `on`: the day it entered into force, where that is recorded.
    """

    provision: Provision
    check: Check
    rows: tuple[str, ...] = ()
    deposits: int | None = None
    after: Period | None = None
    for_later_state: Period | None = None
    effect: str = "that_day"
    not_counted: tuple[str, ...] = ()
    on: dt.date | None = None
    summary: str = ""


class Instrument(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A treaty, an act, a set of norms: how it binds, its final clauses, its register."""

    id: str
    title: str
    bound_by: str
    standing: str
    check: Check
    url: str
    reference: str = ""
    state: str = ""
    in_force: dt.date | None = None
    entry_rules: tuple[EntryRule, ...] = ()
    notice: str = ""
    note: str = ""
    register: Register = Register()
