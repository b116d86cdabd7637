"""Proposing concepts for the codes of a vocabulary that nobody has mapped: from names alone, without reading for meaning.

Each hint says by what it came about, so that the person who decides can judge it. Hints to one concept add up, as
independent evidence does; what several schemes call by one name, or a known scheme is mapped to, is told as such.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

import msgspec

from proxeny.base.normal import fold as fold_text
from proxeny.terms.crosswalk import Code, Crosswalks, Mapped, Predicate, find_code
from proxeny.terms.imported.records import Entry, Link, Note
from proxeny.terms.own_scheme import NAME as OWN
from proxeny.terms.relation import OF_PREDICATE, compose
from proxeny.terms.terminology import Gloss, Terminology

Why = Literal["mapping", "label", "cue", "scheme", "phrase", "words", "like", "definition", "text", "parent"]
"""`mapping`: its own publisher maps it to a code that is mapped here; `label`, `cue`: it is called like a concept, or
as one is recognised; `scheme`: another scheme calls a code so; `phrase`: a cue stands in what it is called; `words`:
it has words of a name of the concept; `like`: words of a code that is mapped to it; `definition`: words of its
definition; `text`: it reads like reports of the concept; `parent`: the code above it is that."""

LABEL, CUE, SLUG = 0.9, 0.75, 0.85
"""Of a code that is called exactly like a concept, as one is recognised, or like its slug."""

SCHEME, SCHEME_BESIDE = 0.7, 0.25
"""Shares of a mapping's confidence that pass to a code of the same name: of its principal concept, of another."""

_VOTES = 4  # schemes of one opinion that are counted
_VOTE = 0.6  # what each further one counts of the one before

PARENT = 0.35
"""Share of the confidence of the concept of the code above: it is usually true, and says too little."""

FURTHER = 0.8
"""What is left of it with each further step up."""

_NOT_WORDS = re.compile(r"[\W_]+")
_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_LEAF = re.compile(r".*[=.:/]")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LEAST_LEAF = 3  # letters of the last part of a code from which it may be a word


class Hint(msgspec.Struct, frozen=True):
    """One reason to map a code to a concept. `what` are the words, or the code, that gave it."""

    concept: str
    predicate: Predicate
    confidence: float
    why: Why
    what: str


class Reason(msgspec.Struct, frozen=True):
    """A hint as it is shown."""

    why: Why
    what: str
    confidence: float


class Suggested(msgspec.Struct, frozen=True):
    """A concept proposed for a code, with the reasons, the strongest first."""

    concept: str
    slug: str
    axis: str
    predicate: Predicate
    confidence: float
    reasons: tuple[Reason, ...]


class Suggestion(msgspec.Struct, frozen=True):
    """What is proposed for one code, best first."""

    code: str
    label: str
    suggested: tuple[Suggested, ...]


def key_of(words: str) -> str:
    """What a name is compared by: case, marks, hyphens and blanks taken off."""
    return " ".join(_NOT_WORDS.split(fold_text(words))).strip()


def names_of(entry: Entry) -> dict[str, str]:
    """What a code is called, by `key_of`: its labels with and without asides, and the last part of its spelling."""
    said = [note.label for note in entry.notes]
    said += [_ASIDE.sub(" ", label) for label in said]
    leaf = _LEAF.sub("", entry.code.rstrip('"')).strip('"')
    if sum(map(str.isalpha, leaf)) >= _LEAST_LEAF and not any(map(str.isdigit, leaf)):
        said.append(_CAMEL.sub(" ", leaf))
    named = {key_of(name): " ".join(name.split()) for name in reversed(said)}
    named.pop("", None)
    return named


Names = Mapping[str, Sequence[tuple[str, Why, float]]]
"""By `key_of`: the concepts so called, in what manner, and how sure that is."""


def index_names(terminology: Terminology, glosses: Mapping[str, Gloss]) -> Names:
    """All names of all concepts, in every language."""
    found: dict[str, dict[str, tuple[str, Why, float]]] = {}

    def put(name: str, concept: str, why: Why, sure: float) -> None:
        held = found.setdefault(key_of(name), {})
        if concept not in held or held[concept][2] < sure:
            held[concept] = (concept, why, sure)

    for concept in terminology.concepts.values():
        if concept.replaced_by is not None:
            continue
        put(concept.slug, concept.id, "label", SLUG)
        for label in concept.label.values():
            put(label, concept.id, "label", LABEL)
        for cues in glosses[concept.id].cues.values():
            for cue in cues:
                put(cue, concept.id, "cue", CUE)
    return {name: tuple(held.values()) for name, held in found.items()}


def by_names(entry: Entry, names: Names) -> Iterator[Hint]:
    """The concepts that are called as the code is. Where several are recognised alike, each is less sure."""
    for key, name in names_of(entry).items():
        called = names.get(key, ())
        kinds = Counter(why for _, why, _ in called)
        for concept, why, sure in called:
            predicate: Predicate = "exact" if why == "label" else "close"
            yield Hint(concept, predicate, sure / kinds[why] ** 0.5, why, name)


Siblings = Mapping[str, Sequence[tuple[str, Code]]]
"""By `key_of`: the codes of schemes that are so called, each with its scheme."""


def index_codes(crosswalks: Crosswalks, without: Iterable[str] = ()) -> Siblings:
    """The mapped codes of all schemes but those left out, by what they are called."""
    left_out = {OWN, *without}  # the terminology's own scheme only repeats its names
    found: dict[str, list[tuple[str, Code]]] = {}
    for name, scheme in crosswalks.schemes.items():
        if name in left_out:
            continue
        for code in scheme.codes.values():
            if code.mapped:
                for key in names_of(Entry(code.code, "", (Note("", code.label),), "")):
                    found.setdefault(key, []).append((name, code))
    return found


def by_schemes(entry: Entry, siblings: Siblings) -> Iterator[Hint]:
    """What codes of the same name are mapped to elsewhere: a concept that more schemes choose is surer, and each is
    less sure where they disagree, as they do on what `other` means."""
    hints: dict[str, dict[str, Hint]] = {}
    called = {(scheme, code.code): code for key in names_of(entry) for scheme, code in siblings.get(key, ())}
    for (scheme, _), code in called.items():
        for at, item in enumerate(code.mapped):
            if item.predicate == "related":
                continue
            sure = item.confidence * (SCHEME_BESIDE if at else SCHEME)
            held = hints.setdefault(item.concept, {})
            if scheme not in held or held[scheme].confidence < sure:
                held[scheme] = Hint(item.concept, item.predicate, sure, "scheme", f"{scheme}:{code.code}")
    voters = len({scheme for scheme, _ in called})
    for of in hints.values():
        ordered = sorted(of.values(), key=lambda hint: -hint.confidence)[:_VOTES]
        missed = 1.0
        for at, hint in enumerate(ordered):
            missed *= 1 - hint.confidence * _VOTE**at
        agreed = (len(of) / voters) ** 0.5
        told = ", ".join(hint.what for hint in ordered)
        yield msgspec.structs.replace(ordered[0], confidence=(1 - missed) * agreed, what=told)


def by_parent(above: Iterable[Suggested]) -> Iterator[Hint]:
    """The concepts of the codes above, nearest first, of which the code is probably a kind."""
    for at, one in enumerate(above):
        yield Hint(one.concept, "broad", PARENT * one.confidence * FURTHER**at, "parent", one.slug)


def by_links(links: Iterable[Link], crosswalks: Crosswalks) -> Iterator[Hint]:
    """What the codes are mapped to that the publisher itself maps the code to."""
    for link in links:
        scheme, _, rest = link.target.partition(":")
        code = find_code(crosswalks, scheme, rest)
        for item in code.mapped if code is not None else ():
            predicate = _composed(link.predicate, item)
            if predicate is not None:
                share = 1.0 if code is not None and item is code.mapped[0] else SCHEME_BESIDE
                yield Hint(
                    item.concept, predicate, link.confidence * item.confidence * share, "mapping", link.target
                )


_FROM_RELATION: dict[str, Predicate] = {
    "exact": "exact",
    "close": "close",
    "broader": "broad",
    "narrower": "narrow",
}


def _composed(first: Predicate, item: Mapped) -> Predicate | None:
    return _FROM_RELATION.get(compose(OF_PREDICATE[first], OF_PREDICATE[item.predicate]))


def combine(hints: Iterable[Hint], terminology: Terminology) -> list[Suggested]:
    """The concepts hinted at, best first. Hints of different kinds add up as independent evidence does."""
    by_concept: dict[str, dict[str, Hint]] = {}
    for hint in hints:
        kinds = by_concept.setdefault(hint.concept, {})
        if hint.why not in kinds or kinds[hint.why].confidence < hint.confidence:
            kinds[hint.why] = hint
    made = []
    for concept, kinds in by_concept.items():
        ordered = sorted(kinds.values(), key=lambda hint: (-hint.confidence, hint.why))
        missed = 1.0
        for hint in ordered:
            missed *= 1 - hint.confidence
        told = terminology.concepts[concept]
        reasons = tuple(Reason(h.why, h.what, round(h.confidence, 3)) for h in ordered)
        made.append(
            Suggested(concept, told.slug, told.axis, ordered[0].predicate, round(1 - missed, 3), reasons)
        )
    return ranked(made)


def ranked(suggested: Iterable[Suggested]) -> list[Suggested]:
    """Best first; of equals the smaller id."""
    return sorted(suggested, key=lambda s: (-s.confidence, s.concept))
