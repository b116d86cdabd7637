"""What a person is shown for a word of norms and facts files: a label in each of the six languages.

Read from data/instruments/labels.yaml. Labels are shown and never read; ids, times, sources and provisions have none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from string import Formatter
from typing import Any

import msgspec

from proxeny.base.errors import InputError
from proxeny.instrument.duty import LISTS
from proxeny.instrument.evaluate import ABSENT
from proxeny.instrument.norm_file import CHECKS
from proxeny.instrument.norm_parts import UNITS
from proxeny.instrument.reading import Reader, open_document
from proxeny.instrument.situation_file import STATUSES
from proxeny.instrument.words import ANY_STATE, OTHER_STATE, Words
from proxeny.terms.terminology import LANGUAGES

Wanted = dict[str, tuple[str, ...]]
"""The words of each section that need a label."""

COMMON = ("by", "to", "at", "source")
"""What every event may carry, beside its attributes."""

PATTERNS = {
    "named": {"label"},
    "written": {"label", "word"},
    "pair": {"name", "value"},
    "event": {"event", "particulars"},
    "between": set(),
    "period": {"count", "unit"},
}
"""How labels are put together, and what each way of it must name."""

MAY_COINCIDE = ("units", "patterns")
"""Sections in which two words may share a label: an abbreviation is the same for one and for several."""

LONGEST = 120  # characters; a longer label is a definition
_RESERVED = frozenset("[]{}_")  # brackets mark a word that a person would write
_SHOWN = ("event", *COMMON, "reason")


class Labels(msgspec.Struct, frozen=True):
    """The labels of one language. `sections`: section to word to label; `attributes`: event to attribute to the
    section that holds its values."""

    language: str
    sections: dict[str, dict[str, str]]
    attributes: dict[str, dict[str, str]]

    def of(self, section: str, word: str) -> str:
        """The label of a word; what is no word of the section is shown as it is."""
        return self.sections.get(section, {}).get(word, word)

    def written(self, section: str, word: str) -> str:
        """The label as a sentence names it, with the word that a person would write in a facts file."""
        label = self.sections[section].get(word)
        return word if label is None else self._with_word(self._put("named", label=label), word)

    def party(self, name: str) -> str:
        """An actor by its name; the label of a role or of a side where nobody is named."""
        return self.of("roles", name) if name in self.sections["roles"] else self.of("sides", name)

    def value(self, event: str, attribute: str, value: Any) -> str:
        """The value of an event's attribute: of a closed list its label, else the value."""
        if isinstance(value, (list, tuple)):
            return " / ".join(self.value(event, attribute, one) for one in value)
        return self.of(self.attributes.get(event, {}).get(attribute, "answers"), str(value))

    def joined(self, parts: Iterable[str]) -> str:
        """One after the other."""
        return self.of("patterns", "between").join(parts)

    def pair(self, name: str, value: str) -> str:
        """A name and what it stands for."""
        return self._put("pair", name=name, value=value)

    def period(self, unit: str, count: int) -> str:
        """A length of time that is added."""
        return self._put("period", count=count, unit=self.of("units", _single(unit) if count == 1 else unit))

    def event(self, detail: Mapping[str, Any]) -> str:
        """An event, or a pattern of events, as a trace holds it. A pattern is what has not happened: its words are
        shown too, for whoever has to write them."""
        if "limit_of" in detail:
            return self.joined(str(detail[key]) for key in ("limit_of", "at") if detail.get(key))
        name = str(detail.get("event", ""))
        attributes = {key: value for key, value in detail.items() if key not in _SHOWN}
        told = [self._attribute(key, self.value(name, key, value)) for key, value in attributes.items()]
        for key in _SHOWN[1:]:
            if detail.get(key) and (key, detail[key]) != ("by", "any"):
                said = str(detail[key])
                told.append(self._attribute(key, self.party(said) if key in ("by", "to") else said))
        label = self._event(name, told)
        return label if "at" in detail else self._with_word(label, " ".join((name, *_flat(attributes))))

    def needed(self, need: str) -> str:
        """What an open duty needs, or a report gave: the label, and always the word."""
        for section in ("facts", "attributes", "checks", "roles"):
            if need in self.sections[section]:
                return self._with_word(self.of(section, need), need)
        event, _, values = need.partition(" ")
        if event in self.sections["events"]:
            known = self.attributes.get(event, {})
            told = [
                self._attribute(attribute, self.of(section, value))
                for value in values.split()
                for attribute, section in known.items()
                if value in self.sections.get(section, {})
            ]
            return self._with_word(self._event(event, told), need)
        if need.startswith("to of "):
            label = self._event(self.of("attributes", "to"), [need.removeprefix("to of ")])
            return self._with_word(label, need)
        return need

    def answer(self, value: str) -> str:
        """Yes, no or unknown, with the word where the label is another; any other value as it is."""
        label = self.of("answers", value)
        return value if label == value else self._with_word(label, value)

    def _attribute(self, name: str, value: str) -> str:
        return self.pair(self.of("attributes", name), value)

    def _event(self, name: str, told: list[str]) -> str:
        label = self.of("events", name)
        return self._put("event", event=label, particulars=self.joined(told)) if told else label

    def _with_word(self, label: str, word: str) -> str:
        return self._put("written", label=label, word=word)

    def _put(self, pattern: str, **values: Any) -> str:
        return self.sections["patterns"][pattern].format_map(values)


def _flat(attributes: Mapping[str, Any]) -> Iterator[str]:
    for value in attributes.values():
        yield from (str(one) for one in (value if isinstance(value, (list, tuple)) else [value]))


def _single(unit: str) -> str:
    """The word for one of a unit: hours, hour."""
    return unit.removesuffix("s")


def wanted_words(words: Words) -> Wanted:
    """Every word that a person may be shown, by section."""
    attributes = {name for event in words.events.values() for name in event.attributes}
    not_listed = (name for name in words.standings.values() if name not in LISTS)
    return {
        "roles": tuple(words.roles),
        "sides": (ANY_STATE, OTHER_STATE, "bearer", "counterparty"),
        "kinds": words.kinds,
        "events": tuple(words.events),
        "attributes": (*COMMON, *sorted(attributes)),
        **{name: tuple(values) for name, values in words.values.items()},
        "facts": tuple(words.facts),
        "vague": words.vague,
        "acts": tuple(words.acts),
        "actions": words.actions,
        "standings": tuple(words.standings),
        "modalities": words.modalities,
        "bound_by": words.bound_by,
        "statuses": (*STATUSES, ABSENT, *dict.fromkeys(not_listed)),
        "checks": (*CHECKS, "check"),
        "answers": ("yes", "no", "unknown"),
        "units": (*UNITS, *map(_single, UNITS)),
        "patterns": tuple(PATTERNS),
    }


def read_labels(data: bytes, name: str, words: Words) -> dict[str, Labels]:
    """The labels by language. Raises InputError with every fault: a word without its label in one of the six
    languages, a label without its word, one that two words of a section share, one that cannot be shown."""
    reader, wanted = open_document(data, name), wanted_words(words)
    given = reader.mapping(reader.document.value, (), wanted)
    reader.require(given, (), wanted)
    found: dict[str, dict[str, dict[str, str]]] = {language: {} for language in LANGUAGES}
    for section in given:
        for language, labels in _section(reader, section, given[section], wanted[section]).items():
            found[language][section] = labels
    if reader.faults:
        raise InputError(reader.faults)
    attributes = {
        event: {name: values for name, values in word.attributes.items() if values in words.values}
        for event, word in words.events.items()
    }
    return {language: Labels(language, sections, attributes) for language, sections in found.items()}


def _section(reader: Reader, section: str, raw: Any, wanted: tuple[str, ...]) -> Mapping[str, dict[str, str]]:
    entries = reader.mapping(raw, (section,), wanted)
    reader.require(entries, (section,), wanted, "give it a label in each of the six languages")
    found: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}
    for word, entry in entries.items():
        path = (section, word)
        labels = reader.mapping(entry, path, LANGUAGES)
        reader.require(labels, path, LANGUAGES)
        for language, label in labels.items():
            if not isinstance(label, str):
                reader.fault((*path, language), f"{label!r} is no text", "put it in quotation marks")
                continue
            problem = _pattern_fault(word, label) if section == "patterns" else _label_fault(label)
            if problem:
                reader.fault((*path, language), *problem)
            others = found[language].items()
            same = next((other for other, one in others if one == label), None)
            if same is not None and section not in MAY_COINCIDE:
                reader.fault((*path, language), f"{label!r} is the label of {same} too", "tell them apart")
            found[language][word] = label
    return found


def _label_fault(label: str) -> tuple[str, str] | None:
    if label != " ".join(label.split()) or not label:
        return f"{label!r} begins, ends or breaks with blanks", "write it on one line"
    if len(label) > LONGEST:
        return f"longer than {LONGEST} characters", "shorten it"
    if _RESERVED & set(label):
        return f"{label!r} holds one of {' '.join(sorted(_RESERVED))}", "leave it out"
    return None


def _pattern_fault(word: str, pattern: str) -> tuple[str, str] | None:
    try:
        fields = {field for _, field, _, _ in Formatter().parse(pattern) if field is not None}
    except ValueError:
        fields = {"an open brace"}
    if fields == PATTERNS[word]:
        return None
    wanted = ", ".join(sorted(PATTERNS[word])) or "nothing"
    return f"it names {', '.join(sorted(fields)) or 'nothing'}", f"name {wanted}, each in braces"
