"""What is gathered while one MISP event, or one incident or report of STIX, is read."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from proxeny.base.errors import Fault
from proxeny.formats.entries import MAX_FAULTS
from proxeny.formats.machinetag import Meaning, tags_of
from proxeny.identify.report import Indicator, Loss, Stated, Tag, Withheld

MAX_REASONS = 200  # distinct losses listed for one report; beyond it a reader learns nothing new


class Draft(msgspec.Struct, kw_only=True):
    """The Report in the making, and the faults of structure found on the way."""

    place: str  # the file, to name in faults
    faults: list[Fault] = msgspec.field(default_factory=list)
    texts: list[str] = msgspec.field(default_factory=list)
    tags: dict[tuple[str, str, str], Tag] = msgspec.field(default_factory=dict)
    indicators: dict[tuple[str, str], Indicator] = msgspec.field(default_factory=dict)
    losses: dict[str, list[Any]] = msgspec.field(default_factory=dict)  # why -> [first place, how often]
    withheld: dict[tuple[str, str], Withheld] = msgspec.field(default_factory=dict)
    event_meanings: list[Meaning] = msgspec.field(default_factory=list)
    part_meanings: list[Meaning] = msgspec.field(default_factory=list)
    stated: list[Stated] = msgspec.field(default_factory=list)
    states: dict[str, None] = msgspec.field(default_factory=dict)
    sectors: dict[str, None] = msgspec.field(default_factory=dict)

    def fault(self, at: str, message: str, remedy: str) -> None:
        """Note what breaks the format, as far as a person can correct it at a time."""
        if len(self.faults) < MAX_FAULTS:
            self.faults.append(Fault(f"{self.place}, {at}", message, remedy))

    def lose(self, at: str, why: str) -> None:
        """Note what the Report cannot hold: one entry for each reason, with its first place."""
        if len(self.losses) >= MAX_REASONS and why not in self.losses:
            why = "further things of other kinds"
        entry = self.losses.get(why)
        if entry is None:
            self.losses[why] = [at, 1]
        else:
            entry[1] += 1

    def withhold(
        self,
        kind: Literal["actor", "intrusion-set", "actor-country", "motive", "campaign"],
        value: str,
        at: str,
    ) -> None:
        """Keep a statement on who did it apart."""
        self.withheld.setdefault((kind, value), Withheld(kind=kind, value=value, at=at))

    def tag(self, scheme: str, code: str, at: str, scope: Literal["event", "part"]) -> None:
        """Keep a code of an open vocabulary, which its sources write as they like."""
        tag = Tag(scheme=scheme, code=code.strip().lower(), raw=code, at=at, scope=scope)
        self.tags.setdefault((scheme, tag.code, scope), tag)

    def mean(self, meaning: Meaning, raw: str, at: str, scope: Literal["event", "part"]) -> None:
        """Take in what a tag says."""
        (self.event_meanings if scope == "event" else self.part_meanings).append(meaning)
        for tag in tags_of(meaning, raw, at, scope):
            self.tags.setdefault((tag.scheme, tag.code, scope), tag)
        if meaning.withheld:
            self.withhold(meaning.withheld, raw, at)
        if meaning.sector and scope == "event":
            self.sectors[meaning.sector] = None

    def narrative(self, at: str, most: int) -> str:
        """The texts, in order, a line break between them, cut to `most` code points."""
        text = "\n".join(self.texts)
        if len(text) > most:
            self.lose(at, f"the narrative beyond its first {most} characters")
        return text[:most]

    def all_losses(self) -> tuple[Loss, ...]:
        """The losses, each with how often it occurred."""
        return tuple(
            Loss(at=at, why=why if times == 1 else f"{why} ({times} times)")
            for why, (at, times) in self.losses.items()
        )
