"""What a report is found to be, with the reasons (design, section 4). The JSON of `proxeny identify` is these records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

Status = Literal[
    "occurred", "suspected", "attempted", "denied", "hypothetical", "advised", "past", "recommended"
]
HomeBasis = Literal["given", "report", "figures", "unplaced", "several"]
Basis = Literal["code", "cue", "model", "rule"]


class Evidence(msgspec.Struct, frozen=True):
    """A code and where it stands, or words of `report.text` and their code-point offsets."""

    kind: Literal["code", "text"]
    value: str
    at: str | tuple[int, int]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A concept found. `confidence` is the probability that an analyst would give this label."""

    concept: str
    slug: str
    label: str
    confidence: float
    basis: Basis
    status: Status = "occurred"
    primary: bool = False
    evidence: tuple[Evidence, ...] = ()


class Question(msgspec.Struct, frozen=True):
    """Something the reporter should be asked, in the chosen language."""

    id: str
    text: str


class Level(msgspec.Struct, frozen=True):
    """The level of the event, an interval while facts are unknown (spec/scale.md)."""

    low: int
    high: int
    driver: str
    driver_low: str
    rules: list[str]
    version: str


class Decision(msgspec.Struct, frozen=True):
    """What the proposed decision instrument says (spec/decision.md). Nobody's law; feeds no duty.

    `home` is the State decided for, None where it may be any of several (`several`). `home_basis`: a person gave
    it; it is the one State that the report names as affected; or the only one that it tells figures of; or the
    placeholder, where no State is named (`unplaced`).
    """

    result: Literal["notify", "consult", "record", "pending"]
    list: list[str]
    questions: Mapping[str, str]
    deadline_hours: int | None
    basis: str
    version: str
    why: Mapping[str, str]
    home: str | None
    home_basis: HomeBasis


class Child(msgspec.Struct, frozen=True, kw_only=True):
    """A structured attachment of a mail, as identified by itself. `part`: which attachment, or entry of it."""

    digest: str
    format: str
    kind: str
    part: str | None
    title: str
    types: list[str]
    primary: str | None


class Identification(msgspec.Struct, frozen=True, kw_only=True):
    """One result line."""

    report: dict[str, Any]
    types: tuple[Finding, ...] = ()
    techniques: tuple[Finding, ...] = ()
    causes: tuple[Finding, ...] = ()
    origins: tuple[Finding, ...] = ()
    effects: tuple[Finding, ...] = ()
    sectors: tuple[Finding, ...] = ()
    responses: tuple[Finding, ...] = ()
    ruled_out: tuple[Finding, ...] = ()
    several: bool = False
    level: Level | None = None
    national: dict[str, dict[str, Any]] = {}
    facts: dict[str, Any] = {}
    decision: Decision | None = None
    reason: str | None = None  # why level and decision are null
    questions: tuple[Question, ...] = ()
