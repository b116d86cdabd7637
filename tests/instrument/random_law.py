"""Random norms from the grammar of the language, and random situations in which they meet.

Drawn by a seed, which Hypothesis chooses: so that few words are at play in one library, and its norms are met often.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from shipped import words

from proxeny.base.errors import InputError
from proxeny.identify.facts import Facts, StateFacts
from proxeny.instrument.evaluate import Inquiry, inquire
from proxeny.instrument.library import Library
from proxeny.instrument.norm import Instrument, Norm, PartyAct, Register
from proxeny.instrument.norm_file import parse_norm
from proxeny.instrument.situation import Actor, Calendar, Event, Situation

START = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
EVENTS: dict[str, dict[str, tuple[str, ...]]] = {
    "aware": {"of": ("incident", "significant_incident", "personal_data_breach")},
    "classified": {"as": ("major", "not_major")},
    "assessed": {"decision": ("notify", "record")},
    "submitted": {"what": ("initial", "final")},
    "received": {"what": ("assistance", "clarification")},
    "refused": {"ground": ("no_capacity", "essential_security")},
    "recovered": {},
}
STATE_ROLES = ("affected_state", "requested_state", "requesting_state")
BODY_ROLES = ("nis2_entity", "financial_entity", "csirt", "competent_authority")
FACTS = ("malicious", "cross_border", "risk_unlikely")
STANDINGS = ("binding-EU", "binding-in-force", "via-national-law", "political", "proposed")
ACTORS = ("XA", "XB", "op1", "op2", "c1")
SOURCE = {"source": "x"}


class Draw:
    """What is drawn by a seed. `at_play`: the words of events of this library."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.at_play = self.some(tuple(EVENTS), 4, least=2)

    def one(self, known: Sequence[Any]) -> Any:
        """One of them."""
        return self.random.choice(known)

    def some(self, known: Sequence[Any], most: int, least: int = 1) -> list[Any]:
        """A few of them, none twice."""
        return self.random.sample(list(known), min(len(known), self.random.randint(least, most)))

    def chance(self, percent: int) -> bool:
        """Yes, so often in a hundred."""
        return self.random.randrange(100) < percent

    def maybe(self, percent: int, key: str, make: Callable[[], Any]) -> dict[str, Any]:
        """A key with its value, or nothing."""
        return {key: make()} if self.chance(percent) else {}


def pattern(draw: Draw) -> dict[str, Any]:
    """An event pattern."""
    event = draw.one(draw.at_play)
    made: dict[str, Any] = {"event": event}
    for name, values in EVENTS[event].items():
        if draw.chance(60):
            made[name] = draw.some(values, 2)
    whom = ("bearer", "counterparty", "any", "any", "csirt", "requesting_state")
    return made | draw.maybe(50, "by", lambda: draw.one(whom)) | draw.maybe(20, "to", lambda: draw.one(whom))


def condition(draw: Draw, depth: int = 0) -> dict[str, Any]:
    """A condition of any operator."""
    kind = draw.random.randrange(10 if depth < 2 else 7)
    if kind in (0, 1):
        return {"fact": draw.one(FACTS)}
    if kind == 2:
        return {"role": draw.one(BODY_ROLES)} | draw.maybe(30, "of", lambda: "counterparty")
    if kind == 3:
        return {"happened": pattern(draw)}
    if kind == 4:
        bound = {draw.one(("more_than", "at_most")): {"hours": draw.one((1, 4, 24, 72))}}
        return {"apart": {"from": pattern(draw), "to": pattern(draw)}} | bound
    if kind == 5:
        name, known = draw.one((("decision", ("notify", "record")), ("list", ("yes", "no"))))
        return {"attribute": name, "is": draw.one(known)}
    if kind == 6:
        least = {"at_least": draw.random.randrange(6)} if draw.chance(70) else {}
        most = {"at_most": draw.random.randrange(3, 8)} if draw.chance(50) or not least else {}
        return {"attribute": "level_high"} | least | most
    if kind == 7:
        return {"not": condition(draw, depth + 1)}
    return {("all", "any")[kind - 8]: [condition(draw, depth + 1) for _ in range(draw.random.randint(1, 3))]}


def within(draw: Draw, others: list[str], depth: int = 0) -> dict[str, Any]:
    """A limit from the trigger, another event or another norm's limit; or the first or last of some."""
    if depth < 2 and draw.chance(25):
        return {draw.one(("min", "max")): [within(draw, others, depth + 1) for _ in range(2)]}
    after: Any = draw.one(("trigger", "trigger", pattern(draw)))
    if others and draw.chance(25):
        after = {"limit_of": draw.one(others)}
    unit = draw.one(("hours", "hours", "hours", "days", "working_days", "months"))
    return (
        {unit: draw.one((1, 1, 1, 2, 4, 24)), "after": after}
        | draw.maybe(15, "take", lambda: "latest")
        | draw.maybe(20, "calendar", lambda: "counterparty")
    )


def deadline(draw: Draw, others: list[str]) -> dict[str, Any]:
    """A deadline."""
    moves = {"weekend_or_holiday": "noon_of_next_working_day"} | SOURCE
    return (
        {"within": within(draw, others)}
        | draw.maybe(30, "vague", lambda: "without_undue_delay")
        | draw.maybe(10, "where_possible", lambda: "yes")
        | draw.maybe(30, "moves", lambda: moves | draw.maybe(50, "unless", lambda: condition(draw)))
        | draw.maybe(20, "closes", lambda: draw.one(("end_of_day", "end_of_working_day")))
    )


def side(draw: Draw) -> Any:
    """A side of a norm."""
    known = (*STATE_ROLES, *BODY_ROLES, *BODY_ROLES)
    return draw.one(
        (draw.one(known), draw.some(BODY_ROLES, 2), {"one_of": draw.some(BODY_ROLES, 3)}, "any_state")
    )


def norm(draw: Draw, norm_id: str, others: list[str]) -> dict[str, Any]:
    """The plain values of a norm. `others`: norms that stand before it, to which it may refer."""
    later = {"from": "2026-03-04", "changes": {"deadline": deadline(draw, others)}}
    cut: list[dict[str, Any]] = [{"from": "2020-01-01", "until": "2026-03-04"}, later]
    valid: list[dict[str, Any]] = [
        {"from": draw.one(("2020-01-01", "2020-01-01", "2020-01-01", "2026-03-04"))}
    ]
    if draw.chance(20):
        valid = cut[: draw.random.randint(1, 2)]
    made = {
        "id": norm_id,
        "rows": [f"D{100 + len(others)}"],
        "provision": {"at": "1", "url": "https://example.org"},
        "check": draw.one("SSSR"),
        "standing": draw.one((*STANDINGS, *STANDINGS, "ILC-articles")),
        "modality": draw.one(("obligation", "obligation", "obligation", "recommendation", "permission")),
        "bearer": side(draw),
        "counterparty": side(draw),
        "valid": valid,
        "action": "reply",
    }
    made |= draw.maybe(90, "when", lambda: [pattern(draw) for _ in range(draw.random.randint(1, 2))])
    made |= draw.maybe(40, "take", lambda: draw.one(("latest", "each")))
    made |= draw.maybe(30, "if", lambda: condition(draw))
    made |= draw.maybe(20, "exceptions", lambda: [{"if": condition(draw)} | SOURCE])
    by = draw.one(("t", "u", *others))
    ground = {"by": by} | SOURCE | draw.maybe(60, "if", lambda: condition(draw))
    made |= draw.maybe(20, "displaced_by", lambda: [ground])
    if others:
        made |= draw.maybe(40, "awaits", lambda: draw.some(others, 2))
    if "when" in made:
        made |= draw.maybe(70, "deadline", lambda: deadline(draw, others))
    if draw.chance(85):
        made["discharge"] = (
            pattern(draw)
            | draw.maybe(20, "early", lambda: "yes")
            | draw.maybe(40, "proof", lambda: pattern(draw))
        )
        refused = {"event": "refused"} | draw.maybe(50, "ground", lambda: "no_capacity")
        made |= draw.maybe(50, "refusal", lambda: draw.one((refused, pattern(draw))))
        if "deadline" in made:
            given = draw.one(("before_limit", "with_discharge"))
            made |= draw.maybe(75, "late_reason", lambda: {"given": given} | SOURCE)
    return made | draw.maybe(25, "lapse", lambda: pattern(draw))


def act(draw: Draw) -> PartyAct:
    """What a State did about an instrument."""
    days = (None, dt.date(2024, 1, 1), dt.date(2024, 1, 1), dt.date(2026, 3, 3), dt.date(2027, 1, 1))
    kind = draw.one(("signature", "ratification", "transposition", "transposition", "withdrawal"))
    return PartyAct(
        state=draw.one(("XA", "XB")), act=kind, source="x", on=draw.one(days), in_force=draw.one(days)
    )


def instrument(draw: Draw, name: str) -> Instrument:
    """An instrument, with its register."""
    as_of = draw.one((None, dt.date(2026, 3, 2), dt.date(2030, 1, 1)))
    return Instrument(
        id=name,
        title=name,
        bound_by=draw.one(("every_state", "direct", "direct", "parties", "transposition", "state")),
        standing="political",
        check="S",
        url="x",
        state="XA",
        notice=draw.one(("", "a 'notice'")),
        register=Register(tuple(act(draw) for _ in range(draw.random.randrange(3))), as_of, "x"),
    )


def library_of(draw: Draw) -> Library:
    """A library of two instruments with a few norms, each valid by the language."""
    found: list[Norm] = []
    ids: list[str] = []
    for number in range(draw.random.randint(2, 5)):
        norm_id = f"{draw.one('tu')}.{number}"
        try:
            plain = json.dumps(norm(draw, norm_id, ids)).encode()
            found += parse_norm(plain, f"{number}.yaml", words(), norm_id[0])
        except InputError:
            continue  # a deadline that runs from its own discharge, for instance
        ids.append(norm_id)
    return Library(words(), {name: instrument(draw, name) for name in "tu"}, tuple(found))


def event(draw: Draw, number: int, actors: list[str]) -> Event:
    """Something that happened in the first days of March 2026, or was said to have."""
    word = draw.one((*draw.at_play, *draw.at_play, *draw.at_play, *["delay_explained"] * 2, "disputed"))
    attributes: dict[str, Any] = {}
    for name, values in EVENTS.get(word, {}).items():
        if name in words().events[word].needs or draw.chance(70):
            attributes[name] = draw.one(values)
    if word == "assessed":
        attributes |= draw.maybe(60, "level_high", lambda: draw.one((0, 2, 3, 4, 5, 7, "unknown")))
        attributes |= draw.maybe(60, "list", lambda: draw.one(("yes", "no", "unknown")))
    if word in ("delay_explained", "submitted", "refused"):
        attributes |= draw.maybe(40, "reason", lambda: "the server was lost")
    if word == "disputed":
        attributes["duty"] = draw.one(("t.0", "u.1", "t.1", "D100", "D101"))
    hours = draw.one((0, 0, 1, 2, 4, 5, 24, 25, 72, draw.random.randint(-48, 200) / 2))  # often on a limit
    at = START + dt.timedelta(hours=hours, seconds=draw.one((0, 0, 0, 7)))
    names = (*actors, *[actors[0]] * 5, "csirt", "nis2_entity", "requesting_state")
    return Event(
        number=number,
        event=word,
        by=draw.one(names),
        at=at.astimezone(draw.one((dt.UTC, dt.UTC, dt.timezone(dt.timedelta(hours=2))))),
        known_at=at + dt.timedelta(hours=draw.one((0, 0, 30))),
        to=draw.one(names) if draw.chance(30) else "",
        turned=word == "received" and draw.chance(50),
        source=draw.one(("", "m1", "m2")),
        attributes=attributes,
    )


def situation_of(draw: Draw) -> Situation:
    """States and bodies with some roles, calendars and facts, and what happened."""
    actors = {}
    for name in draw.some(ACTORS, 4):
        state = name.startswith("X")
        roles = frozenset(draw.some(STATE_ROLES if state else BODY_ROLES, 3, least=0))
        of = name if state else draw.one(("XA", "XA", "XB", None))
        actors[name] = Actor(name, "state" if state else "entity", of, roles)
    calendars = (
        Calendar(dt.UTC, frozenset({5, 6}), frozenset({dt.date(2026, 3, 9)})),
        Calendar(ZoneInfo("Europe/Paris"), frozenset({4, 5})),
    )
    return Situation(
        name="random",
        context="test",
        actors=actors,
        calendars={name: draw.one(calendars) for name in draw.some(("XA", "XB", "op1"), 2, least=0)},
        parties={
            name: tuple(act(draw) for _ in range(draw.random.randint(1, 2)))
            for name in draw.some("tu", 2, least=0)
        },
        facts={name: draw.one(("yes", "yes", "no", "unknown")) for name in draw.some(FACTS, 3, least=0)},
        impact=Facts(states={"XA": StateFacts(deaths=draw.one((0, 3, 5000)))}),
        events=tuple(event(draw, number, list(actors)) for number in range(draw.random.randint(2, 12))),
    )


def inquiry_of(draw: Draw, library: Library) -> Inquiry:
    """A situation asked about at a time, by what was known then."""
    told = situation_of(draw)
    moments = [START + dt.timedelta(hours=draw.one((1, 5, 24, 29, 90, 400, 3000))) for _ in range(3)]
    moments += [one.at for one in told.events]
    known = draw.one((None, None, None, *moments[:3]))
    warn = draw.one(({}, {"without_undue_delay": dt.timedelta(hours=2)}))
    return inquire(library, told, max(draw.some(moments, 2)), known, warn)
