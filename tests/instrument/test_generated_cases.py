"""Small laws at whose edges generated duties could differ from the interpreter's: on a limit, in a chain, in doubt."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest
import yaml
from shipped import facts, moment, situation, words

from proxeny.instrument.duty import LISTS, Duties, Duty
from proxeny.instrument.evaluate import evaluate, inquire
from proxeny.instrument.generate import compile_engine
from proxeny.instrument.library import Library
from proxeny.instrument.norm import Instrument, Norm
from proxeny.instrument.norm_file import parse_norm

ACTORS = {
    "XA": {"kind": "state"},
    "op1": {"kind": "entity", "state": "XA", "roles": ["nis2_entity", "financial_entity"]},
}
AWARE = {"event": "aware", "of": "incident"}
DAY = {"within": {"hours": 24, "after": "trigger"}}
FINAL = {"event": "submitted", "what": "final"}


def law(*norms: dict[str, Any]) -> Library:
    """A library of these norms, t.0 and so on unless they say their id; its instruments t and u bind every bearer."""
    found: list[Norm] = []
    for number, values in enumerate(norms):
        norm = {
            "id": f"t.{number}",
            "provision": {"at": str(number), "url": "https://example.org"},
            "check": "S",
            "standing": "binding-EU",
            "modality": "obligation",
            "bearer": "nis2_entity",
            "counterparty": "csirt",
            "valid": [{"from": "2020-01-01"}],
            "action": "submit",
            "when": AWARE,
            "discharge": FINAL,
        } | values
        found += parse_norm(yaml.safe_dump(norm).encode(), f"{number}.yaml", words(), str(norm["id"])[0])
    instruments = {
        name: Instrument(id=name, title=name, bound_by="direct", standing="binding-EU", check="S", url="x")
        for name in "tu"
    }
    return Library(words(), instruments, tuple(found))


def event(name: str, at: str, by: str = "op1", **more: Any) -> dict[str, Any]:
    """An event of March 2026, its time written as 02T08:00."""
    return {"event": name, "by": by, "at": f"2026-03-{at}Z", "source": f"s-{name}-{at}", **more}


HAPPENED = event("aware", "02T08:00", of="incident")


def told(made: Library, at: str, *events: dict[str, Any], **sections: Any) -> Duties:
    """What both say at a time of March 2026."""
    text = facts(**({"actors": ACTORS, "events": [HAPPENED, *events]} | sections))
    warn = {"without_undue_delay": dt.timedelta(hours=2)}
    inquiry = inquire(made, situation(text, lib=made), moment(f"2026-03-{at}Z"), None, warn)
    by_reference, generated = evaluate(inquiry), compile_engine(made)(inquiry, None, None, ())
    assert generated == by_reference
    assert msgspec.json.encode(generated) == msgspec.json.encode(by_reference)
    return generated


def duty(found: Duties, norm: str) -> Duty | None:
    """The one duty of a norm, in any list."""
    of = [one for name in LISTS for one in getattr(found, name) if one.norm == norm]
    assert len(of) < 2
    return of[0] if of else None


def status(found: Duties, norm: str) -> str:
    """The status of the one duty of a norm; absent where there is none."""
    one = duty(found, norm)
    return one.status if one else "absent"


@pytest.mark.parametrize(
    ("ending", "event_", "expected"),
    [
        ({}, event("recovered", "02T09:00"), "waiting"),
        ({"lapse": {"event": "recovered"}}, event("recovered", "02T09:00"), "absent"),
        ({"refusal": {"event": "refused"}}, event("refused", "02T09:00", ground="no_capacity"), "absent"),
        ({"refusal": {"event": "refused"}}, event("refused", "02T09:00"), "waiting"),
    ],
)
def test_what_awaits_a_duty_that_lapsed_or_was_refused_waits_no_more(
    ending: dict[str, Any], event_: dict[str, Any], expected: str
) -> None:
    made = law(ending, {"when": FINAL, "awaits": ["t.0"]})
    assert status(told(made, "02T10:00", event_), "t.1") == expected


def test_a_chain_of_waiting_duties_waits_for_its_first() -> None:
    later = {"event": "handled"}
    made = law({}, {"when": FINAL, "awaits": ["t.0"]}, {"when": later, "awaits": ["t.1"]})
    assert [status(told(made, "02T10:00"), f"t.{n}") for n in range(3)] == ["due", "waiting", "waiting"]


def test_a_limit_runs_from_that_of_an_open_duty() -> None:
    made = law(
        {"if": {"fact": "malicious"}, "deadline": DAY}, {"deadline": {"within": limit_of("t.0", hours=2)}}
    )
    found = duty(told(made, "02T10:00"), "t.1")
    assert found is not None
    assert found.by == moment("2026-03-03T10:00Z")


def limit_of(norm: str, **period: int) -> dict[str, Any]:
    """A limit after that of another norm."""
    return {**period, "after": {"limit_of": norm}}


@pytest.mark.parametrize("order", [("03T08:00", "04T08:00"), ("04T08:00", "03T08:00")])
def test_of_several_duties_the_earliest_limit_counts(order: tuple[str, str]) -> None:
    made = law(
        {"when": {"event": "recovered"}, "take": "each", "deadline": DAY},
        {"deadline": {"within": limit_of("t.0", hours=1)}},
    )
    found = duty(told(made, "05T00:00", *(event("recovered", at) for at in order)), "t.1")
    assert found is not None
    assert found.by == moment("2026-03-04T09:00Z")


def test_a_limit_after_one_that_closes_later_is_late_later() -> None:
    first = {"deadline": {"within": {"days": 1, "after": "trigger"}, "closes": "end_of_day"}}
    made = law(first, {"deadline": {"within": limit_of("t.0", hours=1)}})
    found = duty(told(made, "02T10:00", calendars={"XA": {"tz": "UTC"}}), "t.1")
    assert found is not None
    assert (found.by, found.late_after) == (moment("2026-03-03T09:00Z"), moment("2026-03-04T01:00Z"))


@pytest.mark.parametrize("minute", ["07:59", "08:00", "08:01"])
@pytest.mark.parametrize("bound", ["more_than", "at_most"])
def test_a_time_between_events_is_held_to_its_bound_exactly(minute: str, bound: str) -> None:
    ends = {"from": AWARE, "to": {"event": "recovered"}}
    made = law({"if": {"apart": ends, bound: {"hours": 24}}})
    there = status(told(made, "04T00:00", event("recovered", f"03T{minute}")), "t.0") == "due"
    assert there is ((minute > "08:00") is (bound == "more_than"))


@pytest.mark.parametrize("said", ["yes", "no", "unknown", None])
def test_a_list_that_is_unknown_is_open_and_one_left_out_is_no(said: str | None) -> None:
    made = law({"when": {"event": "assessed"}, "if": {"attribute": "list", "is": "yes"}})
    assessed = event("assessed", "02T09:00") | ({"list": said} if said else {})
    expected = {"yes": "due", "unknown": "open"}.get(said or "no", "absent")
    assert status(told(made, "02T10:00", assessed), "t.0") == expected


@pytest.mark.parametrize("calendars", [{}, {"XA": {"tz": "UTC"}}, {"XA": {"tz": "Pacific/Kiritimati"}}])
@pytest.mark.parametrize("said", ["yes", "no", "unknown"])
def test_a_limit_on_a_weekend_moves_unless_that_is_excluded_or_may_be(
    said: str, calendars: dict[str, Any]
) -> None:
    moves = {"weekend_or_holiday": "noon_of_next_working_day", "source": "x", "unless": {"fact": "malicious"}}
    limit = {"within": {"hours": 5 * 24, "after": "trigger"}, "moves": moves}
    found = duty(
        told(law({"deadline": limit}), "02T10:00", facts={"malicious": said}, calendars=calendars), "t.0"
    )
    assert found is not None
    assert (found.by == found.late_after) is (said == "yes" or (said == "no" and bool(calendars)))


@pytest.mark.parametrize("minute", ["07:59", "08:00", "08:01"])
def test_what_is_done_on_the_limit_is_in_time(minute: str) -> None:
    made = law({"deadline": DAY})
    done = event("submitted", f"03T{minute}", what="final")
    late = minute > "08:00"
    assert status(told(made, f"03T{minute}"), "t.0") == ("late" if late else "due")
    assert status(told(made, "04T00:00", done), "t.0") == ("discharged_late" if late else "discharged")


@pytest.mark.parametrize("minute", ["09:59", "10:00", "10:01"])
def test_a_vague_term_warns_after_its_time(minute: str) -> None:
    found = duty(told(law({"deadline": {"vague": "without_undue_delay"}}), f"02T{minute}"), "t.0")
    assert found is not None
    assert found.warn is (minute > "10:00")


@pytest.mark.parametrize("to", [None, "csirt"])
@pytest.mark.parametrize("bearer", ["nis2_entity", "financial_entity", "controller"])
@pytest.mark.parametrize("norm_id", ["t.1", "u.1"])
def test_an_act_without_addressee_that_fits_a_duty_of_another_law_too_discharges_neither(
    norm_id: str, bearer: str, to: str | None
) -> None:
    made = law({}, {"id": norm_id, "bearer": bearer, "counterparty": "competent_authority"})
    done = event("submitted", "02T09:00", what="final") | ({"to": to} if to else {})
    found = duty(told(made, "02T10:00", done), "t.0")
    assert found is not None
    unclear = norm_id == "u.1" and bearer != "controller" and to is None
    assert found.status == ("due" if unclear else "discharged")
    assert bool(found.needs) is unclear


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "UTC"])
def test_the_day_of_the_law_is_that_of_the_bearers_own_calendar(zone: str) -> None:
    made = law({"valid": [{"from": "2020-01-01", "until": "2026-03-03"}]})
    calendars = {"XA": {"tz": "UTC"}, "op1": {"tz": zone}}
    aware = event("aware", "02T12:00", of="incident")
    found = told(made, "02T13:00", calendars=calendars, events=[aware])
    assert (status(found, "t.0") == "absent") is (zone != "UTC")
