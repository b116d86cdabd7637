"""Measure `proxeny terms suggest`: hide a shipped scheme's own mappings, propose them anew, and compare.

    python tools/measure_suggest.py [FOLDER]    # FOLDER holds MISP taxonomies (*.json), for their descriptions

For each scheme its codes and labels are read as if just imported. *Beside other schemes*: names that other schemes
share may be used, but not those of the same publisher (FAMILIES), which repeat it. *By words alone*: no scheme is
asked. A proposal is right when it is the principal concept of the code, or one of its concepts (any), among the first
one or three. Codes that no concept answers to are left out.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from proxeny.actions.suggest import Proposer, suggest
from proxeny.base.errors import InputError
from proxeny.terms.crosswalk import Scheme
from proxeny.terms.imported import machinetag
from proxeny.terms.imported.records import Entry, Note
from proxeny.terms.own_scheme import NAME as OWN
from proxeny.terms.suggest import Suggestion
from proxeny.wiring import ShippedKnowledge

FAMILIES = ("intelmq", "stix-", "attack-", "nis", "europol-")
LEAST_CODES = 20  # schemes with fewer are counted in the sum only
FIRST = 3
STEPS = (0.95, 0.8, 0.6, 0.4, 0.0)  # of confidence


def family_of(name: str, schemes: Sequence[str]) -> list[str]:
    """The scheme and those of the same publisher."""
    start = next((start for start in FAMILIES if name.startswith(start)), name)
    return [other for other in schemes if other.startswith(start)]


def entries_of(scheme: Scheme, described: dict[str, dict[str, str]]) -> list[Entry]:
    """The codes as an import would give them."""
    told = described.get(scheme.name, {})
    own = f"{scheme.name}:"
    return [
        Entry(
            code.code,
            code.broader.removeprefix(own) if code.broader.startswith(own) else "",
            (Note("en", code.label, told.get(code.code, "")),),
            "",
        )
        for code in scheme.codes.values()
    ]


def descriptions(folder: Path) -> dict[str, dict[str, str]]:
    """By scheme and code: what MISP taxonomies say of them."""
    found: dict[str, dict[str, str]] = {}
    for path in sorted(folder.glob("*.json")):
        try:
            read = machinetag.read(path.read_bytes(), path.name)
        except InputError:
            continue
        found[read.name] = {entry.code: entry.notes[0].description for entry in read.entries}
    return found


class Tally:
    """How often the truth was proposed first, and among the first three."""

    def __init__(self) -> None:
        self.codes = 0
        self.principal = [0, 0]
        self.any = [0, 0]
        self.sure: dict[float, list[bool]] = {}  # by least confidence: whether the first proposal was right

    def add(self, scheme: Scheme, proposed: Sequence[Suggestion]) -> None:
        """Count one scheme."""
        for suggestion in proposed:
            mapped = [item.concept for item in scheme.codes[suggestion.code].mapped]
            if not mapped:
                continue
            self.codes += 1
            given = [one.concept for one in suggestion.suggested]
            for one in suggestion.suggested[:1]:
                least = next(step for step in STEPS if one.confidence >= step)
                self.sure.setdefault(least, []).append(one.concept in mapped)
            for at, first in enumerate((1, FIRST)):
                self.principal[at] += mapped[0] in given[:first]
                self.any[at] += not set(mapped).isdisjoint(given[:first])

    def cells(self) -> str:
        """Shares: the principal concept first, among three; any of its concepts first, among three."""
        return " | ".join(f"{right / max(1, self.codes):.2f}" for right in (*self.principal, *self.any))


def lines(knowledge: ShippedKnowledge, described: dict[str, dict[str, str]]) -> Iterator[str]:
    """The rows of the table."""
    schemes = knowledge.crosswalks.schemes
    alone = Proposer(knowledge, schemes)
    sums = (Tally(), Tally())
    yield "| scheme | codes | first | in 3 | any first | any in 3 | alone: first | in 3 | any first | any in 3 |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for name, scheme in schemes.items():
        if name == OWN:
            continue
        entries = entries_of(scheme, described)
        beside = Proposer(knowledge, family_of(name, list(schemes)))
        own = (Tally(), Tally())
        for tally, all_, proposer in zip(own, sums, (beside, alone), strict=True):
            proposed = suggest(entries, (), proposer)
            tally.add(scheme, proposed)
            all_.add(scheme, proposed)
        if own[0].codes >= LEAST_CODES:
            yield f"| {name} | {own[0].codes} | {own[0].cells()} | {own[1].cells()} |"
    yield f"| all | {sums[0].codes} | {sums[0].cells()} | {sums[1].cells()} |"
    yield ""
    yield "| first proposal's confidence | proposals | a concept of the code |"
    yield "|---|---|---|"
    for step in STEPS:
        right = sums[0].sure.get(step, [])
        yield f"| from {step} | {len(right)} | {sum(right) / max(1, len(right)):.2f} |"


def main(arguments: list[str]) -> None:
    """Print the table."""
    described = descriptions(Path(arguments[0])) if arguments else {}
    for line in lines(ShippedKnowledge(), described):
        print(line)


if __name__ == "__main__":
    main(sys.argv[1:])
