"""Facts that cannot all be so. They are reported, never resolved silently."""

from __future__ import annotations

from collections.abc import Iterator

from proxeny.base.moments import show_moment
from proxeny.base.yaml_wire import Path
from proxeny.instrument.situation import Event, Situation
from proxeny.instrument.words import Words

_NOT_BEFORE = {
    "detected": ("occurred",),
    "aware": ("occurred",),
    "recovered": ("occurred",),
    "handled": ("occurred",),
}
"""What an event cannot come before, in one incident."""

Found = tuple[Path, str, str]


def contradictions(words: Words, situation: Situation) -> Iterator[Found]:
    """Place, message and remedy of each contradiction."""
    yield from _exclusive(words, situation)
    yield from _order(situation)
    yield from _twice(situation)
    yield from _at_once(situation)
    yield from _ongoing(situation)
    yield from _parties(situation)


def _exclusive(words: Words, situation: Situation) -> Iterator[Found]:
    for one, other in words.exclusive:
        if situation.facts.get(one) == situation.facts.get(other) == "yes":
            yield ("facts", other), f"{one} and {other} cannot both be yes", "correct one of them"


def _order(situation: Situation) -> Iterator[Found]:
    for event in situation.events:
        for before in (e for e in situation.events if e.event in _NOT_BEFORE.get(event.event, ())):
            if event.at < before.at:
                message = f"{event.event} at {show_moment(event.at)}, before it {before.event}"
                yield ("events", event.number, "at"), message, "correct the times"


def _twice(situation: Situation) -> Iterator[Found]:
    """The same message told with two times, or two contents."""
    seen: dict[tuple[str, str, str, str], Event] = {}
    for event in situation.events:
        if not event.source:
            continue
        key = (event.source, event.event, event.by, str(event.attributes.get("what", "")))
        other = seen.setdefault(key, event)
        if other is event or event.known_at != other.known_at:
            continue  # two records of one message, known at different times: both stand
        if (event.at, event.attributes) != (other.at, other.attributes):
            where = f"{event.event} of {event.source} is told twice, and not alike"
            yield (
                ("events", event.number),
                where,
                "correct one, or say with known_at when the other was learnt",
            )


def _at_once(situation: Situation) -> Iterator[Found]:
    """One actor's classification or assessment of one moment, with two results."""
    seen: dict[tuple[str, str, object], Event] = {}
    for event in situation.events:
        if event.event in ("classified", "assessed"):
            other = seen.setdefault((event.event, event.by, event.at), event)
            if other.attributes != event.attributes:
                message = f"{event.by} {event.event} twice at {show_moment(event.at)}, and not alike"
                yield ("events", event.number), message, "keep one, or correct the times"


def _ongoing(situation: Situation) -> Iterator[Found]:
    if situation.facts.get("ongoing") != "yes":
        return
    for event in (e for e in situation.events if e.event == "handled"):
        if any(e.attributes.get("what") == "progress" and e.at <= event.at for e in situation.events):
            continue  # it ran when the progress report was made, and was handled after
        message = "the incident is handled and ongoing"
        yield ("events", event.number), message, "write ongoing: no, or take the event out"


def _parties(situation: Situation) -> Iterator[Found]:
    for instrument, acts in situation.parties.items():
        seen: dict[tuple[str, str], object] = {}
        for number, act in enumerate(acts):
            when = seen.setdefault((act.state, act.act), act.in_force)
            if when != act.in_force:
                message = f"{act.act} of {act.state} with two days of entry into force"
                yield ("parties", instrument, number, "in_force"), message, "keep one"
