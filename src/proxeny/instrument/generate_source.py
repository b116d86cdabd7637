"""The source that is being generated: its constants, the functions that look for events, and the lines of a function.

Every word of a norm comes into the source by repr(), as a literal; names are made of our own letters and numbers. So no
norm, whatever it says, can bring code of its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from proxeny.instrument.norm import Norm, Pattern, Period
from proxeny.instrument.truth import shown_pattern
from proxeny.instrument.words import Words


class Lines:
    """The lines of a function's body, indented as they go."""

    def __init__(self, depth: int = 1) -> None:
        self.lines: list[str] = []
        self.depth = depth
        self._names = 0

    def add(self, line: str, deeper: int = 0) -> None:
        """One line; `deeper` by so many steps."""
        self.lines.append("    " * (self.depth + deeper) + line)

    def name(self, letter: str) -> str:
        """A name that the function has not used yet."""
        self._names += 1
        return f"{letter}{self._names}"


class Source:
    """The module: constants and functions, each made once."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self._constants: dict[str, str] = {}
        self._patterns: dict[str, str] = {}
        self._groups: dict[str, str] = {}
        self.laws: dict[tuple[str, str], int] = {}
        self.functions: list[str] = []

    def constant(self, expression: str) -> str:
        """The name of a constant."""
        return self._constants.setdefault(expression, f"C{len(self._constants)}")

    def step(self, name: str, value: str, detail: Mapping[str, Any] | None = None) -> str:
        """The name of a step that is always the same."""
        given = f", {literal(detail)}" if detail is not None else ""
        return self.constant(f"Step({name!r}, {value!r}{given})")

    def day(self, day: dt.date) -> str:
        """The name of a day."""
        return self.constant(f"date({day.year}, {day.month}, {day.day})")

    def period(self, period: Period) -> str:
        """The name of a length of time: exact where it is in hours."""
        if period.unit == "hours":
            return self.constant(f"timedelta(hours={period.count!r})")
        return self.constant(f"Period({period.unit!r}, {period.count!r})")

    def law(self, instrument: str, standing: str) -> int:
        """The number of an instrument with a standing."""
        return self.laws.setdefault((instrument, standing), len(self.laws))

    def sought(self, name: str, value: str, pattern: Pattern) -> str:
        """The name of a step that says which event was not found."""
        return self.step(name, value, shown_pattern(pattern))

    def matching(self, patterns: Iterable[Pattern]) -> str:
        """A call that gives the events that fit one of the patterns, in the order of time."""
        wanted = tuple(patterns)
        key = repr(wanted)
        if key not in self._patterns:
            self._patterns[key] = name = f"events_{len(self._patterns)}"
            self.functions.append(self._search(name, wanted))
        return f"{self._patterns[key]}(run, pair)"

    def group(self, members: Iterable[str]) -> str:
        """The name of a tuple of functions and constants, which is made after them."""
        expression = f"({''.join(f'{one}, ' for one in members)})"
        return self._groups.setdefault(expression, f"G{len(self._groups)}")

    def groups(self) -> list[str]:
        """The lines that make the groups."""
        return [f"{name} = {expression}" for expression, name in self._groups.items()]

    def constants(self) -> list[str]:
        """The lines that make the constants."""
        return [f"{name} = {expression}" for expression, name in self._constants.items()]

    def _search(self, name: str, patterns: tuple[Pattern, ...]) -> str:
        words = {pattern.event for pattern in patterns}
        if len(words) == 1:
            events = f"run.of_word.get({patterns[0].event!r}, ())"
            tests = [self._test(pattern) for pattern in patterns]
        else:
            events = "run.events"
            tests = [f"e.event == {pattern.event!r} and {self._test(pattern)}" for pattern in patterns]
        test = " or ".join(f"({one})" for one in tests) or "False"
        return f"def {name}(run, pair):\n    return [e for e in {events} if {test}]\n"

    def _test(self, pattern: Pattern) -> str:
        """Whether an event `e` of the pattern's word is meant (scene.fits)."""
        word = self.words.events[pattern.event]
        tests = []
        for name, asked in pattern.attributes.items():
            fitting = self.constant(
                f"frozenset({sorted(fitting_values(self.words, word.attributes[name], asked))!r})"
            )
            said = f"e.attributes.get({name!r})"
            if name in word.needs:
                tests.append(f"str({said}) in {fitting}")
            else:
                tests.append(f"({said} is None or str({said}) in {fitting})")
        told = _either(pattern, "e.by", "e.to")
        turned = _either(pattern, "e.to", "e.by")
        if told != "True":
            tests.append(f"({told} or e.turned and {turned})")
        return " and ".join(tests) or "True"


def _either(pattern: Pattern, by: str, to: str) -> str:
    tests = [_is(pattern.by, by)] if pattern.by else []
    if pattern.to:
        tests.append(f"(not {to} or {_is(pattern.to, to)})")
    return " and ".join(tests) or "True"


def _is(meant: str, name: str) -> str:
    if meant == "bearer":
        return f"{name} in pair.b"
    if meant == "counterparty":
        return f"{name} in pair.c"
    return f"{name} in run.players({meant!r})"


def fitting_values(words: Words, kind: str, asked: Iterable[str]) -> set[str]:
    """The values that are one of those asked for, or narrower."""
    asked = tuple(asked)
    known = words.values.get(kind, {})
    return {*asked, *(said for said in known if any(words.counts_as(kind, said, one) for one in asked))}


def literal(value: Any) -> str:
    """A value of a norm as a literal of the language. Raises TypeError for what has none."""
    if isinstance(value, str | int | float | bool) or value is None:
        return repr(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{literal(k)}: {literal(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(literal(one) for one in value) + "]"
    if isinstance(value, tuple):
        return "(" + "".join(f"{literal(one)}, " for one in value) + ")"
    raise TypeError(type(value).__name__)


def names_of(norm: Norm) -> tuple[str, ...]:
    """By which words a dispute may name the duty."""
    return (norm.id, *norm.rows)
