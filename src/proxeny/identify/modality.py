"""What a word is said *as*: asserted, denied, supposed, advised, past, attempted or suspected.

A report that says "no data were taken" names a theft and denies it. The rules read the lexicon's `mod.*`
classes, so one set of rules serves six languages; they work by clause and sentence, never by grammar.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from proxeny.identify.lexicon import Hit, Scan

ASSERTED, SUSPECTED, ATTEMPTED = "asserted", "suspected", "attempted"
DENIED, HYPOTHETICAL, ADVISED, PAST = "denied", "hypothetical", "advised", "past"

LIVE = frozenset({ASSERTED, SUSPECTED, ATTEMPTED, PAST, ADVISED})
"""What the classifier reads. What is denied or supposed is kept from it, for denial turns the meaning round. Of what
is past or advised it reads the words, which tell what the text is about; a type that rests on them is ruled out."""

NEGATION_REACH = 6
"""Words after a negation that it denies, within its clause: long enough for an object and its attributes."""

_ORDER = (DENIED, HYPOTHETICAL, ADVISED, PAST, ATTEMPTED, SUSPECTED)
"""Where several apply to one word the first wins: a denial of a suspicion is a denial."""


def modalities(scan: Scan, classes: Sequence[str]) -> list[str] | None:
    """The modality of each token, None when all is asserted. `classes` gives the word class of each label number."""
    signals = _signals(scan.hits, classes)
    if not signals:
        return None
    marks: list[set[str]] = [set() for _ in scan.clauses]
    turns = [hit.first for hit in scan.hits if any(classes[label] == _TURN for label in hit.labels)]
    for hit, signal in signals:
        modality, reach = _RULES[signal]
        for at in _scope(reach, hit, scan, turns):
            marks[at].add(modality)
    return [next((m for m in _ORDER if m in found), ASSERTED) if found else ASSERTED for found in marks]


_RULES = {
    "mod.negation": (DENIED, "after"),
    "mod.ruled-out": (DENIED, "clause"),
    "mod.hypothetical": (HYPOTHETICAL, "clause"),
    "mod.advice": (ADVISED, "sentence"),
    "mod.past": (PAST, "sentence"),
    "mod.elsewhere": (PAST, "sentence"),
    "mod.attempt": (ATTEMPTED, "around"),
    "mod.blocked": (ATTEMPTED, "clause"),
    "mod.suspected": (SUSPECTED, "clause"),
}
_TURN = "link.but"
"""`Not an attack but a cut cable`: what follows the turn is not denied."""
BEFORE_ATTEMPT = 3
"""Words before `attempt` that it governs too: `an intrusion attempt`."""
SHORT_CLAUSE = 3
"""Words of a clause that only leads into the next one: `Apparently, …`, `По слухам, …`."""


def _signals(hits: Sequence[Hit], classes: Sequence[str]) -> list[tuple[Hit, str]]:
    """The hits that bear on modality. One inside a longer entry is part of that entry's meaning:
    `not` inside `cannot open` denies nothing."""
    signals = []
    for hit in hits:
        said = [classes[label] for label in hit.labels if classes[label] in _RULES]
        if said and not any(_inside(hit, other, classes) for other in hits):
            signals += [(hit, signal) for signal in said]
    return signals


def _inside(hit: Hit, other: Hit, classes: Sequence[str]) -> bool:
    """Whether a longer entry holds all of the hit, or, bearing on modality itself, some of it."""
    if other.last - other.first <= hit.last - hit.first:
        return False
    if other.first <= hit.first and hit.last <= other.last:
        return True
    overlaps = other.first <= hit.last and hit.first <= other.last
    return overlaps and any(classes[label].startswith("mod.") for label in other.labels)


def _scope(reach: str, hit: Hit, scan: Scan, turns: Sequence[int]) -> range:
    """The tokens that a signal governs. `turns` are the places of words such as `but`."""
    clauses, sentences = scan.clauses, scan.sentences
    if reach == "after":
        han = ord(scan.cut.tokens[hit.last][0]) >= 0x3400
        end = _end(clauses, hit.last) if han else min(_end(clauses, hit.last), hit.last + 1 + NEGATION_REACH)
        return range(hit.last + 1, min([end, *(turn for turn in turns if turn > hit.last)]))
    if reach == "around":
        return range(max(_start(clauses, hit.first), hit.first - BEFORE_ATTEMPT), _end(clauses, hit.last))
    if reach == "clause":
        return range(_start(clauses, hit.first), _led_to(hit, scan))
    return range(_start(sentences, hit.first), _end(sentences, hit.first))


def _led_to(hit: Hit, scan: Scan) -> int:
    """The end of the clause of the hit, or of the next one, where the clause only leads into it: because it is short,
    or because the next begins with a word such as the Russian `что`."""
    first, end = _start(scan.clauses, hit.first), _end(scan.clauses, hit.last)
    if end >= len(scan.clauses) or scan.sentences[end] != scan.sentences[hit.first]:
        return end
    follows = scan.cut.tokens[end + 1].lower() if end + 1 < len(scan.cut.tokens) else ""
    if end - first <= SHORT_CLAUSE + 1 or follows in _LINKS:
        return _end(scan.clauses, end)
    return end


_LINKS = frozenset({"что", "чтобы", "будто", "que", "that", "أن", "بأن"})


def _start(numbers: Sequence[int], at: int) -> int:
    """The first token with the same number: numbers rise."""
    return bisect_left(numbers, numbers[at])


def _end(numbers: Sequence[int], at: int) -> int:
    return bisect_right(numbers, numbers[at])
