"""What is gathered while one Incident is read, and what every class of IODEF is read with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from proxeny.base.errors import Fault, InputError
from proxeny.base.moments import parse_moment
from proxeny.formats.draft import Draft
from proxeny.formats.indicators import MAX_FOUND, indicator_of
from proxeny.formats.iodef.shape import Shaped, Tree
from proxeny.formats.machinetag import Meaning, meaning_of
from proxeny.formats.marking import label_of
from proxeny.identify.report import Indicator, Tag

# Members whose value is a code of the standard, so that a loss may show it: it names nobody.
_LISTED = """
status severity completion occurrence category ownership spoofed virtual action source system-status domain-status
metric duration rating operator
"""
_SHOWN = frozenset(_LISTED.split())
_MARKED = {"public": "CLEAR", "white": "CLEAR", "green": "GREEN", "amber": "AMBER", "red": "RED"}
_ELSEWHERE = frozenset({"restriction", "ext-restriction"})  # read as markings, wherever they stand


class Gathered(Draft, kw_only=True):
    """A Draft, with what IODEF says in several places. `observed` holds each Indicator under itself without `at`."""

    shaped: Shaped
    language: str | None = None  # of the Incident, where its texts name no other
    observed: dict[Indicator, Indicator] = msgspec.field(default_factory=dict)
    occurred: list[dt.datetime] = msgspec.field(default_factory=list)
    detected: list[dt.datetime] = msgspec.field(default_factory=list)
    reported: list[dt.datetime] = msgspec.field(default_factory=list)
    moment_faults: list[Fault] = msgspec.field(default_factory=list)
    told: set[str] = msgspec.field(default_factory=set)  # the texts, to take each once
    confidence: str | None = None
    title: str = ""

    def rest(self, tree: Tree, cls: str, held: Iterable[str], at: str) -> None:
        """A loss for each member of an object that is not among those `held`."""
        known = {*held, *_ELSEWHERE}
        for key in tree:
            if key in known:
                continue
            shown = f": {tree[key][:60]}" if key in _SHOWN and isinstance(tree[key], str) else ""
            self.lose(f"{at}/{key}", f"{key} of {cls}{shown}")

    def observe(
        self,
        kind: str,
        value: str,
        at: str,
        role: str | None = None,
        port: int | None = None,
        protocol: str | None = None,
    ) -> bool:
        """Hold an observable. False, with a loss, where the value is none of its kind."""
        if self.full:
            self.lose(at, f"observables beyond the first {MAX_FOUND}")
            return True
        found = indicator_of(kind, value)
        if found is None:
            self.lose(at, f"values that are no {kind}")
            return False
        bare = msgspec.structs.replace(found, role=role, port=port, protocol=protocol)
        if bare not in self.observed:
            self.observed[bare] = msgspec.structs.replace(bare, at=at)
        return True

    @property
    def full(self) -> bool:
        """Whether as many observables are held as a Report may have."""
        return len(self.observed) >= MAX_FOUND

    def moment(self, tree: Tree, key: str, at: str) -> dt.datetime | None:
        """The moment of a member, None where it is not there or faulty."""
        if key not in tree:
            return None
        try:
            return parse_moment(tree[key], self.shaped.where(f"{at}/{key}"))
        except InputError as error:
            self.moment_faults += error.faults
            return None

    def say(self, words: list[Any], at: str) -> None:
        """Take texts into the narrative: of several translations of one text, the one in the Incident's language."""
        groups: dict[str, list[tuple[int, str | None, str]]] = {}
        for index, item in enumerate(words):
            text, language, translation = _parts(item)
            if text:
                groups.setdefault(translation or f"\x1f{index}", []).append((index, language, text))
        for same in groups.values():
            chosen = next((one for one in same if one[1] in (None, self.language)), same[0])
            if self.language is None:
                self.language = chosen[1]
            if chosen[2] not in self.told:
                self.told.add(chosen[2])
                self.texts.append(chosen[2])
            for index, _, _ in same:
                if index != chosen[0]:
                    self.lose(f"{at}/{index}", "translations of a text into other languages")

    def additional(self, tree: Tree, cls: str, at: str) -> list[str]:
        """The AdditionalData of an object: codes with their scheme, a title, a PAP label, as this system writes them;
        the rest is lost. Returns the meanings of the codes, in words."""
        meanings = []
        for index, item in enumerate(tree.get("AdditionalData", ())):
            below = f"{at}/AdditionalData/{index}"
            name, scheme, value = item.get("name"), item.get("formatid"), item["value"]
            if name == "code" and scheme and value:
                self.code(scheme, value, below)
                meanings.append(item.get("meaning", ""))
            elif name == "title" and value and cls == "Incident":
                self.title = value
            elif name == "pap" and label_of(value.upper().removeprefix("PAP:")):
                label = label_of(value.upper().removeprefix("PAP:"))
                self.event_meanings.append(Meaning(pap=f"PAP:{label}"))
            else:
                self.lose(below, f"AdditionalData of {cls}")
        return meanings

    def code(self, scheme: str, code: str, at: str) -> None:
        """Hold a code of a scheme for the whole; one that says who did it is withheld."""
        meaning = meaning_of(f"{scheme}:{code}")
        if meaning.withheld:
            self.withhold(meaning.withheld, f"{scheme}:{code}", at)
            return
        tag = Tag(scheme=scheme, code=code, raw=code, at=at, scope="event")
        self.tags.setdefault((scheme, code, "event"), tag)

    def markings(self, incident: Tree, at: str) -> None:
        """The restriction of the Incident, and those of what it holds (RFC 7970, section 3.3.1)."""
        self._marking(incident, at, self.event_meanings)
        for below, tree in _objects_below(incident, at):
            self._marking(tree, below, self.part_meanings)

    def _marking(self, tree: Tree, at: str, into: list[Meaning]) -> None:
        restriction = tree.get("restriction")
        if restriction is None:
            return
        own = tree.get("ext-restriction", "")
        label = label_of(own) if restriction == "ext-value" else _MARKED.get(restriction)
        if label:
            into.append(Meaning(tlp=f"TLP:{label}"))
        else:
            shown = own if restriction == "ext-value" else restriction
            self.lose(f"{at}/restriction", f"a restriction that is no TLP label: {shown[:60]}")


def each(tree: Tree, key: str, at: str, draft: Gathered, read: Callable[[Tree, str, Gathered], None]) -> None:
    """Read each item of a member with its place."""
    for index, item in enumerate(tree.get(key, ())):
        read(item, f"{at}/{key}/{index}", draft)


def _parts(item: Any) -> tuple[str, str | None, str]:
    """Text, language and group of translations of a text of IODEF (RFC 7970, section 2.4)."""
    if isinstance(item, dict):
        return item["value"], item.get("lang") or None, item.get("translation-id", "")
    return item, None, ""


def _objects_below(tree: Tree, at: str) -> Iterator[tuple[str, Tree]]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield f"{at}/{key}", value
            yield from _objects_below(value, f"{at}/{key}")
        elif isinstance(value, list):
            for index, item in enumerate(value):
                if isinstance(item, dict):
                    yield f"{at}/{key}/{index}", item
                    yield from _objects_below(item, f"{at}/{key}/{index}")
