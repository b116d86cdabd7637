"""The Report: what a team sent, whatever the format, and what of it could not be held (design, section 4)."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

Kind = Literal["incident", "threat-report", "indicators", "advisory", "reference", "exercise", "test"]
"""What a report is (spec/types.md, rules). Only an incident or a marked exercise gets a level."""


class Tag(msgspec.Struct, frozen=True, kw_only=True):
    """A code of an outside scheme as found. `scope`: only an event's tag may classify."""

    scheme: str
    code: str  # in the scheme's canonical spelling, without the scheme
    raw: str  # as found
    at: str  # JSON pointer or header name
    scope: Literal["event", "part"] = "event"


class Indicator(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An observable named by the report. `type` is one of ipv4, ipv6, domain, url, email, md5, sha1,
    sha256, sha512, asn, cve, filename, mac, other; `value` is refanged and normalised. `role` is its end of a
    connection where the source says it: where traffic came from or whom it hit, never a judgement on who did it."""

    type: str
    value: str
    at: str = ""
    role: Literal["source", "target"] | None = None
    port: int | None = None
    protocol: str | None = None  # of transport or application, in lower case: tcp, https


class Loss(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something the source said that the Report does not hold. Where it is a code that its scheme does not know:
    the code, and the one that was probably meant, both as "scheme:code"."""

    at: str
    why: str
    code: str | None = None
    nearest: str | None = None


class Withheld(msgspec.Struct, frozen=True, kw_only=True):
    """A statement on who did it: kept raw, never evidence, never exported (design, section 10)."""

    kind: Literal["actor", "intrusion-set", "actor-country", "motive", "campaign"]
    value: str
    at: str


class Marking(msgspec.Struct, frozen=True, kw_only=True):
    """TLP 2.0 (FIRST) and PAP labels, canonical in upper case, e.g. TLP:AMBER+STRICT."""

    tlp: str | None = None
    pap: str | None = None


class Stated(msgspec.Struct, frozen=True, kw_only=True):
    """An impact fact the report states. `path` is a path of the facts file below a State
    (`deaths`, `records.persons`, `loss_usd`, `services.hours`); `state` is None when the report
    does not tie the figure to exactly one State."""

    path: str
    value: float | tuple[float, float] | str
    words: str
    at: str | tuple[int, int]
    state: str | None = None


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One report. `text` is what is read for meaning; all text evidence is offsets into it."""

    digest: str  # "sha256:" and the hex digest of the raw bytes of the file
    format: str
    kind: Kind = "incident"
    part: str | None = None  # which entry of the file this is, where it holds several
    source_id: str | None = None
    title: str = ""
    text: str = ""
    language: str | None = None
    occurred: dt.datetime | None = None
    detected: dt.datetime | None = None
    reported: dt.datetime | None = None
    states: tuple[str, ...] = ()  # ISO 3166-1 alpha-2 codes of the States affected (never of an actor)
    sectors: tuple[str, ...] = ()  # as found: "naics:622110", "dhs:health"
    tags: tuple[Tag, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    stated: tuple[Stated, ...] = ()
    confidence: str | None = None  # the source's own, kept apart from ours
    reporter: str | None = None  # the organisation that made the report, as the source names it
    marking: Marking = Marking()
    losses: tuple[Loss, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    children: tuple[Report, ...] = ()
