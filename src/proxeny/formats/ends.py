"""The ends of a connection in what is written: which observable stands as source, which as target.

Formats of events place every address at an end. A report that gives addresses in fields of their own but no ends is
about hosts that took part, so they are written as sources, and a loss says so. Addresses found in prose are left
out: there the host that was hit is named as often as the other.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from proxeny.identify.report import Indicator, Loss, Report

ENDED: frozenset[str] = frozenset(["asn", "cidr", "domain", "email", "ipv4", "ipv6", "mac", "url"])
"""Types of observables that stand at an end of a connection; a hash or a file name does not."""

SHOWN = 5  # values that a loss names; the report names all


class Ends(NamedTuple):
    """The observables by their end, in the order of the report, and what of them was left out or decided."""

    sources: tuple[Indicator, ...]
    targets: tuple[Indicator, ...]
    others: tuple[Indicator, ...]  # of no end: hashes, file names, flaws
    losses: tuple[Loss, ...]


def ends_of(report: Report) -> Ends:
    """The observables of a report by their ends."""
    sides: dict[str, list[Indicator]] = {"source": [], "target": [], "taken": [], "prose": [], "none": []}
    for item in report.indicators:
        sides[_side(item)].append(item)
    losses = []
    if sides["taken"]:
        why = f"written as source, since the report does not say at which end they were: {named(sides['taken'])}"
        losses.append(Loss(at="indicators", why=why))
    if sides["prose"]:
        why = f"found in the text, where nothing says at which end they were: {named(sides['prose'])}"
        losses.append(Loss(at="indicators", why=why))
    return Ends(
        (*sides["source"], *sides["taken"]), tuple(sides["target"]), tuple(sides["none"]), tuple(losses)
    )


def _side(item: Indicator) -> str:
    if item.type not in ENDED:
        return "none"
    return item.role or ("taken" if item.at.startswith("/") else "prose")


def named(items: list[Indicator]) -> str:
    """How many of each type, and the first of them: `3 ipv4, 1 url: 192.0.2.1, …`."""
    counts = Counter(item.type for item in items)
    told = ", ".join(f"{count} {kind}" for kind, count in counts.items())
    shown = ", ".join(item.value[:80] for item in items[:SHOWN])
    return f"{told}: {shown}{', …' if len(items) > SHOWN else ''}"
