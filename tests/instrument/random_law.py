"""Random norms from the grammar of the language, and random situations in which they meet."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import assume
from hypothesis import strategies as st
from shipped import words

from proxeny.base.errors import InputError
from proxeny.identify.facts import Facts, StateFacts
from proxeny.instrument.evaluate import Inquiry, inquire
from proxeny.instrument.library import Library
from proxeny.instrument.norm import Instrument, Norm, PartyAct, Register
from proxeny.instrument.norm_file import parse_norm
from proxeny.instrument.situation import Actor, Calendar, Event, Situation

DAY = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
EVENTS: dict[str, dict[str, list[str]]] = {
    "aware": {"of": ["incident", "significant_incident", "personal_data_breach"]},
    "classified": {"as": ["major", "not_major"]},
    "assessed": {"decision": ["notify", "record"]},
    "submitted": {"what": ["initial", "final", "assistance"]},
    "received": {"what": ["assistance", "clarification"]},
    "replied": {"what": ["assistance", "clarification"]},
    "refused": {"ground": ["no_capacity", "essential_security"]},
    "recovered": {},
}
STATE_ROLES = ("affected_state", "requested_state", "requesting_state")
BODY_ROLES = ("nis2_entity", "financial_entity", "csirt", "competent_authority")
FACTS = ("malicious", "cross_border", "risk_unlikely", "ongoing")
SIDES = (*STATE_ROLES, *BODY_ROLES, "any_state", "other_state")
HOURS = (1, 4, 24, 72)


def some(known: Any, most: int = 3) -> st.SearchStrategy[list[Any]]:
    """A few of them, none twice."""
    return st.lists(st.sampled_from(list(known)), min_size=1, max_size=most, unique=True)


@st.composite
def patterns(draw: st.DrawFn) -> dict[str, Any]:
    """An event pattern."""
    event = draw(st.sampled_from(sorted(EVENTS)))
    made: dict[str, Any] = {"event": event}
    for name, values in EVENTS[event].items():
        if name in words().events[event].needs or draw(st.booleans()):
            made[name] = draw(some(values, 2))
    whom = ("bearer", "counterparty", "any", "csirt", "requesting_state")
    for key, often in (("by", 2), ("to", 4)):
        if draw(st.integers(0, often)) == 0:
            made[key] = draw(st.sampled_from(whom))
    return made


def conditions() -> st.SearchStrategy[Any]:
    """A condition of any operator."""
    hours = st.fixed_dictionaries({"hours": st.sampled_from(HOURS)})
    ends = st.fixed_dictionaries({"from": patterns(), "to": patterns()})
    leaves = st.one_of(
        st.fixed_dictionaries({"fact": st.sampled_from(FACTS)}),
        st.fixed_dictionaries(
            {"role": st.sampled_from(BODY_ROLES)}, optional={"of": st.just("counterparty")}
        ),
        st.fixed_dictionaries({"happened": patterns()}),
        st.fixed_dictionaries({"apart": ends, "more_than": hours}),
        st.fixed_dictionaries({"apart": ends, "at_most": hours}),
        st.fixed_dictionaries({"attribute": st.just("decision"), "is": some(("notify", "record"), 2)}),
        st.fixed_dictionaries({"attribute": st.just("list"), "is": st.sampled_from(("yes", "no"))}),
        st.fixed_dictionaries({"attribute": st.just("level_high"), "at_least": st.integers(0, 7)}),
        st.fixed_dictionaries(
            {
                "attribute": st.just("level_high"),
                "at_least": st.integers(0, 4),
                "at_most": st.integers(3, 7),
            }
        ),
    )
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.fixed_dictionaries({"not": inner}),
            st.fixed_dictionaries({"all": st.lists(inner, min_size=1, max_size=3)}),
            st.fixed_dictionaries({"any": st.lists(inner, min_size=1, max_size=3)}),
        ),
        max_leaves=4,
    )


@st.composite
def limits(draw: st.DrawFn, others: list[str]) -> dict[str, Any]:
    """A limit from the trigger, another event, or another norm's limit."""
    unit = draw(st.sampled_from(("hours", "hours", "days", "working_days", "months")))
    after: Any = draw(st.one_of(st.just("trigger"), patterns()))
    if others and draw(st.integers(0, 3)) == 0:
        after = {"limit_of": draw(st.sampled_from(others))}
    made = {unit: draw(st.integers(1, 40)), "after": after}
    return made | draw(
        st.fixed_dictionaries(
            {}, optional={"take": st.just("latest"), "calendar": st.just("counterparty")}
        )
    )


@st.composite
def deadlines(draw: st.DrawFn, others: list[str]) -> dict[str, Any]:
    """A deadline."""
    one = limits(others)
    nested = st.recursive(
        one,
        lambda inner: st.one_of(
            *(st.fixed_dictionaries({key: st.lists(inner, min_size=2, max_size=3)}) for key in ("min", "max"))
        ),
        max_leaves=3,
    )
    moves = st.fixed_dictionaries(
        {"weekend_or_holiday": st.just("noon_of_next_working_day"), "source": st.just("x")},
        optional={"unless": conditions(), "calendar": st.just("counterparty")},
    )
    return draw(
        st.fixed_dictionaries(
            {"within": nested},
            optional={
                "vague": st.just("without_undue_delay"),
                "where_possible": st.just("yes"),
                "moves": moves,
                "closes": st.sampled_from(("end_of_day", "end_of_working_day", "at_the_hour")),
            },
        )
    )


def sides() -> st.SearchStrategy[Any]:
    """A side of a norm."""
    one = st.sampled_from(SIDES)
    return st.one_of(one, some(BODY_ROLES), st.fixed_dictionaries({"one_of": some(BODY_ROLES)}))


@st.composite
def norms(draw: st.DrawFn, norm_id: str, others: list[str]) -> dict[str, Any]:
    """The plain values of a norm. `others`: norms that stand before it, to which it may refer."""
    ground = st.fixed_dictionaries({"if": conditions(), "source": st.just("x")})
    by = st.sampled_from(["t", "u", *others])
    displacing = st.fixed_dictionaries({"by": by, "source": st.just("x")}, optional={"if": conditions()})
    discharge = st.one_of(
        patterns(),
        st.fixed_dictionaries({"any": st.lists(patterns(), min_size=1, max_size=2)}),
    )
    optional: dict[str, st.SearchStrategy[Any]] = {
        "when": st.lists(patterns(), min_size=1, max_size=2),
        "take": st.sampled_from(("first", "latest", "each")),
        "if": conditions(),
        "exceptions": st.lists(ground, min_size=1, max_size=2),
        "displaced_by": st.lists(displacing, min_size=1, max_size=2),
        "deadline": deadlines(others),
        "refusal": patterns(),
        "lapse": patterns(),
        "late_reason": st.fixed_dictionaries(
            {"given": st.sampled_from(("before_limit", "with_discharge")), "source": st.just("x")}
        ),
    }
    if others:
        optional["awaits"] = some(others, 2)
    made = draw(st.fixed_dictionaries({}, optional=optional))
    if draw(st.integers(0, 3)):
        done = draw(discharge)
        more = {"early": st.just("yes"), "proof": patterns()}
        made["discharge"] = done | draw(st.fixed_dictionaries({}, optional=more))
    later = [{"from": "2020-01-01", "until": "2026-03-03"}, {"from": "2026-03-03", "changes": {}}]
    if draw(st.booleans()):
        later[1]["changes"] = {"deadline": draw(deadlines(others))}
    valid = st.sampled_from(
        ([{"from": "2020-01-01"}], [{"from": "2020-01-01"}], [{"from": "2026-03-05"}], later, later[:1])
    )
    return made | {
        "id": norm_id,
        "rows": [f"D{100 + len(others)}"],
        "provision": {"at": "1", "url": "https://example.org"},
        "check": draw(st.sampled_from("SSR")),
        "standing": draw(
            st.sampled_from(
                ("binding-EU", "binding-in-force", "via-national-law", "political", "proposed", "ILC-articles")
            )
        ),
        "modality": draw(
            st.sampled_from(("obligation", "obligation", "recommendation", "permission", "prohibition"))
        ),
        "bearer": draw(sides()),
        "counterparty": draw(sides()),
        "valid": draw(valid),
        "action": "reply",
    }


@st.composite
def acts(draw: st.DrawFn) -> PartyAct:
    """What a State did about an instrument."""
    day = st.sampled_from((None, dt.date(2024, 1, 1), dt.date(2026, 3, 3), dt.date(2027, 1, 1)))
    act = draw(st.sampled_from(("signature", "ratification", "transposition", "withdrawal")))
    return PartyAct(
        state=draw(st.sampled_from(("XA", "XB"))), act=act, source="x", on=draw(day), in_force=draw(day)
    )


@st.composite
def instruments(draw: st.DrawFn, name: str) -> Instrument:
    """An instrument, with its register."""
    bound = ("every_state", "direct", "parties", "transposition", "state")
    as_of = draw(st.sampled_from((None, dt.date(2026, 3, 2), dt.date(2030, 1, 1))))
    return Instrument(
        id=name,
        title=name,
        bound_by=draw(st.sampled_from(bound)),
        standing="political",
        check="S",
        url="x",
        state="XA",
        notice=draw(st.sampled_from(("", "a 'notice'"))),
        register=Register(tuple(draw(st.lists(acts(), max_size=2))), as_of, "x"),
    )


@st.composite
def libraries(draw: st.DrawFn) -> Library:
    """A library of two instruments with a few norms, each valid by the language."""
    found: list[Norm] = []
    ids: list[str] = []
    for number in range(draw(st.integers(1, 4))):
        norm_id = f"{draw(st.sampled_from('tu'))}.{number}"
        plain = json.dumps(draw(norms(norm_id, list(ids))))
        try:
            found += parse_norm(plain.encode(), f"{number}.yaml", words(), norm_id[0])
        except InputError:
            continue
        ids.append(norm_id)
    assume(found)
    return Library(words(), {name: draw(instruments(name)) for name in "tu"}, tuple(found))


ACTORS = ("XA", "XB", "op1", "op2", "c1")
NAMES = (*ACTORS, "csirt", "requesting_state", "nis2_entity", "")


@st.composite
def events(draw: st.DrawFn, number: int) -> Event:
    """Something that happened in the week of the second of March 2026, or was said to have."""
    word = draw(st.sampled_from((*sorted(EVENTS), "delay_explained", "disputed")))
    attributes: dict[str, Any] = {}
    for name, values in EVENTS.get(word, {}).items():
        if name in words().events[word].needs or draw(st.booleans()):
            attributes[name] = draw(st.sampled_from((*values, *(("unknown",) if name == "ground" else ()))))
    if word == "assessed":
        attributes |= draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "level_high": st.one_of(st.integers(0, 7), st.just("unknown")),
                    "list": st.sampled_from(("yes", "no", "unknown")),
                },
            )
        )
    if word in ("delay_explained", "submitted", "refused") and draw(st.booleans()):
        attributes["reason"] = "the server was lost"
    if word == "disputed":
        attributes["duty"] = draw(st.sampled_from(("t.0", "u.1", "D100", "D101")))
    zone = draw(st.sampled_from((dt.UTC, dt.UTC, dt.timezone(dt.timedelta(hours=2)))))
    at = DAY + dt.timedelta(minutes=30 * draw(st.integers(-48, 200)), seconds=draw(st.sampled_from((0, 0, 7))))
    return Event(
        number=number,
        event=word,
        by=draw(st.sampled_from(NAMES[:-1])),
        at=at.astimezone(zone),
        known_at=at + dt.timedelta(hours=draw(st.sampled_from((0, 0, 30)))),
        to=draw(st.sampled_from(("", "", *NAMES))),
        turned=word == "received" and draw(st.booleans()),
        source=draw(st.sampled_from(("", "m1", "m2"))),
        attributes=attributes,
    )


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    """States and bodies with some roles, calendars and facts, and what happened."""
    actors = {}
    for name in draw(st.lists(st.sampled_from(ACTORS), min_size=1, unique=True)):
        state = name.startswith("X")
        roles = draw(st.frozensets(st.sampled_from(STATE_ROLES if state else BODY_ROLES)))
        of = name if state else draw(st.sampled_from(("XA", "XA", "XB", None)))
        actors[name] = Actor(name, "state" if state else "entity", of, roles)
    calendar = st.sampled_from(
        (
            Calendar(dt.UTC, frozenset({5, 6}), frozenset({dt.date(2026, 3, 9)})),
            Calendar(ZoneInfo("Europe/Paris"), frozenset({4, 5})),
        )
    )
    names = st.sampled_from(("XA", "XB", "op1"))
    count = draw(st.integers(0, 8))
    return Situation(
        name="random",
        context="test",
        actors=actors,
        calendars=draw(st.dictionaries(names, calendar, max_size=2)),
        parties={
            name: tuple(draw(st.lists(acts(), min_size=1, max_size=2)))
            for name in draw(st.sets(st.sampled_from("tu")))
        },
        facts=draw(
            st.dictionaries(st.sampled_from(FACTS), st.sampled_from(("yes", "yes", "no", "unknown")))
        ),
        impact=Facts(states={"XA": StateFacts(deaths=draw(st.sampled_from((0, 3, 5000))))}),
        events=tuple(draw(events(number)) for number in range(count)),
    )


@st.composite
def inquiries(draw: st.DrawFn, library: Library, situation: Situation | None = None) -> Inquiry:
    """A situation asked about at a time, by what was known then."""
    told = draw(situations()) if situation is None else situation
    moments = [DAY + dt.timedelta(hours=draw(st.integers(-30, 3000)))]
    moments += [msgspec.structs.replace(event).at for event in told.events]
    known = draw(st.sampled_from((None, None, *moments)))
    warn = draw(st.sampled_from(({}, {"without_undue_delay": dt.timedelta(hours=2)})))
    return inquire(library, told, draw(st.sampled_from(moments)), known, warn)
