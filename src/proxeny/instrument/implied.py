"""Roles that a facts file gives to nobody, held by the State that an event shows in them."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from proxeny.instrument.situation import Actor, Event
from proxeny.instrument.words import ImpliedRole, Words


def with_implied(words: Words, actors: dict[str, Actor], events: tuple[Event, ...]) -> dict[str, Actor]:
    """The actors, each State with the roles that the file gives to nobody and an event shows it in."""
    held = {role for actor in actors.values() for role in actor.roles}
    shown: dict[str, set[str]] = {}
    for event in events:
        for rule in words.implied_roles:
            for role, name in _implied(rule, event):
                if role not in held and name in actors and actors[name].kind == "state":
                    shown.setdefault(name, set()).add(role)
    return {
        name: msgspec.structs.replace(actor, roles=actor.roles | shown[name]) if name in shown else actor
        for name, actor in actors.items()
    }


def _implied(rule: ImpliedRole, event: Event) -> Iterator[tuple[str, str]]:
    if event.event == rule.event and (not rule.what or event.attributes.get("what") in rule.what):
        yield rule.by, event.by
        if rule.other and event.to:
            yield rule.other, event.to
