"""The chain of what one desk handed to another in one context: numbered without gaps, each bound to the one before.

A gap asks for a resend and never delays what has arrived.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec

from proxeny.exchange.outer import Link, Outer

Kind = Literal["next", "late", "ahead", "again", "conflict"]
LinkAt = Callable[[int], Link | None]
"""Gives the link stored under a sequence number of this sender, addressee and context, or None."""


class Place(msgspec.Struct, frozen=True):
    """Where an outer layer stands in its chain.

    `next` goes on from the last; `late` fills a gap; `ahead` leaves one: the numbers from `missing[0]` to `missing[1]`
    are to be asked for; `again` is known already; `conflict` means the sender signed two chains: the number at
    `against` holds another link, and both outer layers are to be kept as proof (`identity.OuterConflict`).
    """

    kind: Kind
    missing: tuple[int, int] | None = None
    against: int | None = None


def place_in_chain(outer: Outer, link: Link, highest: int, link_at: LinkAt) -> Place:
    """The place of an arrived outer layer where `highest` is the largest number stored so far (0 for none)."""
    number = outer.sequence
    known, before, after = link_at(number), link_at(number - 1), link_at(number + 1)
    if known is not None:
        return Place("again") if known == link else Place("conflict", against=number)
    if before is not None and before.digest != link.previous:
        return Place("conflict", against=number - 1)
    if after is not None and after.previous != link.digest:
        return Place("conflict", against=number + 1)
    if number == highest + 1:
        return Place("next")
    return Place("late") if number <= highest else Place("ahead", missing=(highest + 1, number - 1))
