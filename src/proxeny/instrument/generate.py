"""Duties by Python that is generated from the norms, indexed by trigger: for live use, and for replay.

The interpreter (evaluate.py) holds every norm against a situation and is the reference. Generated code gives the same
duties with the same traces, sooner: it looks only at norms that an event of the situation may trigger, and asks once for
what several norms ask. Why a norm gives no duty is the interpreter's to say.

What is executed is our own text: it is made only of a library that was read and checked (library.build_library), and
what a norm says stands in it only as literals (generate_source.py). docs/decisions/0011-generated-duties.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping
from typing import Any

import msgspec

from proxeny.instrument.duty import LISTS, Duties, Duty, new_reference
from proxeny.instrument.evaluate import Inquiry
from proxeny.instrument.generate_norms import write_norm
from proxeny.instrument.generate_source import Source
from proxeny.instrument.generated_run import Program, Rule, Run
from proxeny.instrument.library import Library
from proxeny.instrument.norm import Norm

Engine = Callable[[Inquiry, str | None, str | None, Collection[str]], Duties]
"""What tells the duties of an inquiry: as `evaluate`, its State, its counterparty, its instruments."""

_HEAD = '''"""Duties, generated from data/instruments; see proxeny.instrument.generate. Do not edit."""
# mypy: ignore-errors
from datetime import date, timedelta

from msgspec.structs import replace

from proxeny.instrument.duty import Duty
from proxeny.instrument.generated_status import ended, grounded, nothing, sure, unended, warns
from proxeny.instrument.generated_steps import (
    after, apart, attribute, closed, level, moved, role, shown_moment, whichever,
)
from proxeny.instrument.norm import Period
from proxeny.instrument.truth import Step

TURNED = {"yes": "no", "no": "yes", "unknown": "unknown"}
'''


def source_of(library: Library) -> str:
    """The module: a function for each norm, and what triggers it. The same library gives the same text."""
    source = Source(library.words)
    numbers = _instantiated(library)
    for number in numbers:
        write_norm(source, library, number)
    rules = [
        f"    {number}: ({library.norms[number].instrument!r}, {_same_sides(library, number)}, norm_{number}),"
        for number in numbers
    ]
    by_event, always = _triggers(library, numbers)
    return "\n".join(
        [
            *(_HEAD, f"DIGEST = {digest_of(library)!r}", *source.constants(), "", ""),
            *source.functions,
            *source.groups(),
            *("RULES = {", *rules, "}", f"BY_EVENT = {by_event!r}", f"ALWAYS = {always!r}"),
            *(f"LAWS = {tuple(source.laws)!r}", ""),
        ]
    )


def digest_of(library: Library) -> str:
    """What tells a library from any other: SHA-256, as hexadecimal digits."""
    return hashlib.sha256(msgspec.msgpack.encode(library)).hexdigest()


def compile_engine(library: Library) -> Engine:
    """The engine of a library that was read and checked, generated now."""
    made: dict[str, Any] = {"__name__": "proxeny.generated_duties"}
    exec(compile(source_of(library), "<duties>", "exec"), made)  # noqa: S102 - our own text, of checked norms
    return bind(made, library)


def bind(made: Mapping[str, Any], library: Library) -> Engine:
    """The engine of the names of a generated module. Raises ValueError where it was made of another library."""
    if made["DIGEST"] != digest_of(library):
        raise ValueError("the generated duties are of another library")
    versions: dict[str, tuple[int, ...]] = {}
    for number, norm in enumerate(library.norms):
        versions[norm.id] = (*versions.get(norm.id, ()), number)
    rules = {number: Rule(*rule) for number, rule in made["RULES"].items()}
    program = Program(library, rules, made["BY_EVENT"], made["ALWAYS"], versions, made["LAWS"])
    references = tuple(
        new_reference(norm) for norm in library.norms if library.words.standings[norm.standing] == "reference"
    )

    def engine(
        inquiry: Inquiry,
        state: str | None = None,
        counterparty: str | None = None,
        instruments: Collection[str] = (),
    ) -> Duties:
        if inquiry.library is not library:
            raise ValueError("an inquiry by another library than the engine's")
        shown = tuple(r for r in references if not instruments or r.instrument in instruments)
        lists = _lists(program, inquiry, state, counterparty, instruments)
        notices = [f"{d.instrument}: {d.notice}" for name in LISTS for d in lists[name] if d.notice]
        return Duties(
            at=inquiry.at,
            known_at=inquiry.known_at,
            state=state,
            context=inquiry.situation.context,
            due=tuple(lists["due"]),
            recommended=tuple(lists["recommended"]),
            would_apply=tuple(lists["would_apply"]),
            open=tuple(lists["open"]),
            reference=shown,
            notices=tuple(dict.fromkeys(notices)),
        )

    return engine


def _lists(
    program: Program,
    inquiry: Inquiry,
    state: str | None,
    counterparty: str | None,
    instruments: Collection[str],
) -> dict[str, list[Duty]]:
    run = Run(program, inquiry, state, counterparty)
    numbers = set(program.always)
    for word in run.of_word:
        numbers.update(program.by_event.get(word, ()))
    found: list[tuple[str, Duty]] = []
    for number in sorted(numbers):
        rule = program.rules[number]
        if instruments and rule.instrument not in instruments:
            continue
        for pair in run.pairs(rule.sides):
            if pair.asked:
                rule.assess(run, pair, found)
    lists: dict[str, list[Duty]] = {name: [] for name in LISTS}
    for name, duty in found:
        lists[name].append(duty)
    return lists


def _instantiated(library: Library) -> list[int]:
    standings = library.words.standings
    return [
        n for n, norm in enumerate(library.norms) if standings[norm.standing] not in ("reference", "none")
    ]


def _same_sides(library: Library, number: int) -> int:
    norm = library.norms[number]
    return next(
        n
        for n, other in enumerate(library.norms)
        if (other.bearer, other.counterparty) == (norm.bearer, norm.counterparty)
    )


def _triggers(
    library: Library, numbers: Collection[int]
) -> tuple[dict[str, tuple[int, ...]], tuple[int, ...]]:
    """Which norms an event's word may trigger, and which stand always. A norm that awaits others waits where they
    run, so that what triggers those is looked for too."""
    by_id: dict[str, list[Norm]] = {}
    for number in numbers:
        by_id.setdefault(library.norms[number].id, []).append(library.norms[number])
    by_event: dict[str, list[int]] = {}
    always: list[int] = []
    for number in numbers:
        own = _reached(library.norms[number], by_id)
        if any(not norm.triggers for norm in own):
            always.append(number)
            continue
        for word in sorted({pattern.event for norm in own for pattern in norm.triggers}):
            by_event.setdefault(word, []).append(number)
    return {word: tuple(found) for word, found in sorted(by_event.items())}, tuple(always)


def _reached(norm: Norm, by_id: Mapping[str, list[Norm]]) -> list[Norm]:
    """The norm and those that it awaits, and those that they await."""
    found, pending = [norm], [*norm.awaits]
    seen = set(pending)
    while pending:
        for one in by_id.get(pending.pop(), ()):
            found.append(one)
            fresh = [name for name in one.awaits if name not in seen]
            seen.update(fresh)
            pending += fresh
    return found
