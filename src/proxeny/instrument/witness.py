"""A situation as a facts file, to show what an audit found; and a smaller one that still shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import msgspec

from proxeny.base.moments import show_moment
from proxeny.instrument.norm import PartyAct
from proxeny.instrument.situation import Actor, Event, Situation

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def facts_file(situation: Situation) -> dict[str, Any]:
    """The sections of a facts file that says the same (docs/reference/facts-file-duties.md). Times are in UTC."""
    return {
        "facts_version": 1,
        "context": situation.context,
        "actors": {actor.id: _actor(actor) for actor in situation.actors.values()},
        "calendars": {
            name: {"tz": "UTC", "weekend": [_DAYS[day] for day in sorted(calendar.weekend)]}
            for name, calendar in situation.calendars.items()
        },
        "parties": {name: [_act(act) for act in acts] for name, acts in situation.parties.items()},
        "facts": dict(situation.facts),
        "states": msgspec.to_builtins(situation.impact.states),
        "events": [_event(event) for event in situation.events],
    }


def _actor(actor: Actor) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": actor.kind}
    if actor.kind != "state" and actor.state:
        found["state"] = actor.state
    return found | ({"roles": sorted(actor.roles)} if actor.roles else {})


def _act(act: PartyAct) -> dict[str, Any]:
    return {"state": act.state, "act": act.act, "in_force": str(act.in_force), "source": act.source}


def _event(event: Event) -> dict[str, Any]:
    sides = {"by": event.by} | ({_other(event): event.to} if event.to else {})
    return {
        "event": event.event,
        **event.attributes,
        **sides,
        "at": show_moment(event.at),
        "source": event.source,
    }


def _other(event: Event) -> str:
    return "from" if event.event == "received" else "to"


def shrunk(situation: Situation, shows: Callable[[Situation], bool]) -> Situation:
    """The situation without the facts, events, roles and actors that it can do without and still `shows` it."""
    for smaller in _parts(situation):
        tried = smaller(situation)
        if tried is not None and shows(tried):
            situation = tried
    return situation


def _parts(situation: Situation) -> Iterator[Callable[[Situation], Situation | None]]:
    """What takes out one part each."""
    for name in situation.facts:
        yield partial(_without, field="facts", key=name)
    for event in situation.events:
        yield partial(_without_event, event=event)
    for actor in situation.actors.values():
        for role in sorted(actor.roles):
            yield partial(_without_role, name=actor.id, role=role)
    for name in situation.parties:
        yield partial(_without, field="parties", key=name)
    for name in situation.actors:
        yield partial(_without_actor, name=name)


def _without(situation: Situation, field: str, key: str) -> Situation:
    return _with(situation, **{field: {k: v for k, v in getattr(situation, field).items() if k != key}})


def _without_event(situation: Situation, event: Event) -> Situation:
    return _with(situation, events=tuple(one for one in situation.events if one is not event))


def _with(situation: Situation, **changes: Any) -> Situation:
    return msgspec.structs.replace(situation, **changes)


def _without_role(situation: Situation, name: str, role: str) -> Situation:
    actor = situation.actors[name]
    fewer = msgspec.structs.replace(actor, roles=actor.roles - {role})
    return _with(situation, actors={**situation.actors, name: fewer})


def _without_actor(situation: Situation, name: str) -> Situation | None:
    """None for a State, and for an actor that an event names."""
    if situation.actors[name].kind == "state" or any(name in (e.by, e.to) for e in situation.events):
        return None
    return _with(situation, actors={k: v for k, v in situation.actors.items() if k != name})
