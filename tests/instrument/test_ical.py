"""Reminders as iCalendar: what an independent reader makes of them, and what RFC 5545 asks of every line."""

from __future__ import annotations

import datetime as dt
from typing import Any

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from shipped import duties, facts, moment

from knowledge import KNOWLEDGE
from proxeny.instrument.calendar_ics import LEAST_LEAD, MOST_LEAD, escape, fold, write_calendar
from proxeny.instrument.reminder import Reminder, reminders_of, soonest_first

AT = moment("2026-03-02T12:00Z")
ACTORS: dict[str, dict[str, Any]] = {
    "XA": {"kind": "state"},
    "op1": {"kind": "entity", "state": "XA", "roles": ["nis2_entity"]},
}
CALENDARS = {"XA": {"tz": "UTC"}}
PARTIES = {"eu.nis2": [{"state": "XA", "act": "transposition", "in_force": "2024-10-18", "source": "test"}]}
AWARE = {
    "event": "aware",
    "of": "significant_incident",
    "by": "op1",
    "at": "2026-03-02T08:00Z",
    "source": "m1",
}
WARNED = {
    "event": "submitted",
    "what": "early_warning",
    "by": "op1",
    "at": "2026-03-03T07:00Z",
    "source": "m2",
}


def found(
    *events: dict[str, Any], at: str = "2026-03-02T12:00Z", context: str = "", **more: Any
) -> tuple[Reminder, ...]:
    """The reminders of XA by these events."""
    text = facts(actors=ACTORS, calendars=CALENDARS, parties=PARTIES, events=list(events), **more)
    return soonest_first(reminders_of(duties(text, at), "a.yaml", context))


def calendar(given_reminders: tuple[Reminder, ...], language: str = "en", *contexts: str) -> Any:
    """The calendar as the reader of the package icalendar has it; `contexts`: of the files asked."""
    labels, say = KNOWLEDGE.word_labels(language), KNOWLEDGE.say(language)
    data = write_calendar(given_reminders, "XA", AT, labels, say, contexts)
    return icalendar.Calendar.from_ical(data)


def todo(given_calendar: Any, norm: str) -> Any:
    """The one to-do of a norm."""
    (one,) = [todo for todo in given_calendar.walk("VTODO") if todo["X-PROXENY-NORM"] == norm]
    return one


def test_each_duty_is_a_to_do_with_its_time_and_what_programs_need() -> None:
    one = todo(calendar(found(AWARE)), "eu.nis2.23.4.a")
    assert one.decoded("due") == moment("2026-03-03T08:00Z")
    assert one.decoded("dtstamp") == AT
    assert one["status"] == "NEEDS-ACTION"
    assert str(one["summary"]) == "eu.nis2 23(4)(a): to be done"
    assert "Early warning, saying" in str(one["description"])
    assert [str(word) for word in one["categories"].cats] == ["DUE"]
    values = {
        name: str(one[f"X-PROXENY-{name}"])
        for name in ("ROW", "BEARER", "COUNTERPARTY", "CHECK", "LATE-AFTER")
    }
    assert values == {
        "ROW": "D074",
        "BEARER": "op1",
        "COUNTERPARTY": "csirt",
        "CHECK": "V",
        "LATE-AFTER": "2026-03-03T08:00:00Z",
    }


def test_every_property_that_the_standard_asks_for_is_there_once() -> None:
    read = calendar(found(AWARE))
    assert str(read["version"]) == "2.0"
    assert read["prodid"]
    for one in read.walk("VTODO"):
        assert {"UID", "DTSTAMP", "SUMMARY"} <= set(one)
        assert not one.errors
    assert not read.errors


def test_the_alarm_rings_when_a_quarter_of_the_time_is_left() -> None:
    (alarm,) = todo(calendar(found(AWARE)), "eu.nis2.23.4.a").walk("VALARM")
    assert alarm["action"] == "DISPLAY"
    assert alarm.decoded("trigger") == -dt.timedelta(hours=6)
    assert alarm["trigger"].params["RELATED"] == "END"


FIRST = found(AWARE)[0]


@given(st.timedeltas(dt.timedelta(minutes=1), dt.timedelta(days=4000)))
def test_no_alarm_rings_later_than_the_least_lead_or_sooner_than_the_most(allowed: dt.timedelta) -> None:
    first = FIRST
    own = replace(first, duty=replace(first.duty, since=first.limit - allowed))  # type: ignore[operator]
    (alarm,) = calendar((own,)).walk("VALARM")
    assert LEAST_LEAD <= -alarm.decoded("trigger") <= MOST_LEAD


def test_what_is_done_is_marked_done_and_keeps_its_uid() -> None:
    before = todo(calendar(found(AWARE)), "eu.nis2.23.4.a")
    after = todo(calendar(found(AWARE, WARNED, at="2026-03-03T12:00Z")), "eu.nis2.23.4.a")
    assert after["uid"] == before["uid"]
    assert after["status"] == "COMPLETED"
    assert after.decoded("completed") == moment("2026-03-03T07:00Z")
    assert not after.walk("VALARM")


def test_uids_stay_when_other_things_are_learnt_and_differ_between_duties() -> None:
    before = {one["X-PROXENY-NORM"]: one["uid"] for one in calendar(found(AWARE)).walk("VTODO")}
    later = found(AWARE, WARNED, at="2026-03-04T12:00Z", facts={"malicious": "yes"})
    after = {one["X-PROXENY-NORM"]: one["uid"] for one in calendar(later).walk("VTODO")}
    assert before.items() <= after.items()
    assert len(set(after.values())) == len(after)


def test_duties_that_would_bear_one_uid_are_told_apart() -> None:
    twice = (*found(AWARE), *found(AWARE))
    uids = [one.uid for one in soonest_first(twice)]
    assert len(set(uids)) == len(uids)


@pytest.mark.parametrize("context", ["exercise", "test"])
def test_exercises_are_marked_in_every_entry(context: str) -> None:
    for one in calendar(found(AWARE, context=context)).walk("VTODO"):
        assert str(one["summary"]).startswith(f"{context.upper()}: ")
        assert str(one["description"]).startswith(f"{context.upper()}: ")
        assert context.upper() in [str(word) for word in one["categories"].cats]


@pytest.mark.parametrize("language", ["ar", "es", "fr", "ru", "zh"])
def test_the_mark_of_an_exercise_is_in_the_language_and_its_category_in_none(language: str) -> None:
    mark = KNOWLEDGE.say(language)("EXERCISE")
    for one in calendar(found(AWARE, context="exercise"), language).walk("VTODO"):
        assert str(one["summary"]).startswith(f"{mark}: ")
        assert str(one["description"]).startswith(f"{mark}: ")
        assert "EXERCISE" in [str(word) for word in one["categories"].cats]


def test_an_open_duty_says_what_it_needs_and_rings_no_alarm() -> None:
    trusted = {**ACTORS, "op1": {**ACTORS["op1"], "roles": ["nis2_entity", "trust_service_provider"]}}
    text = facts(actors=trusted, calendars=CALENDARS, parties=PARTIES, events=[AWARE])
    reminders = tuple(reminders_of(duties(text, "2026-03-02T12:00Z"), "a.yaml", ""))
    opened = [
        one for one in calendar(reminders).walk("VTODO") if "OPEN" in [str(c) for c in one["categories"].cats]
    ]
    (one,) = [one for one in opened if "trust_service_impact" in str(one["X-PROXENY-NEEDS"])]
    assert one.decoded("due") == moment("2026-03-03T08:00Z")
    assert not one.walk("VALARM")


def test_a_calendar_without_duties_still_is_one() -> None:
    read = calendar(())
    assert [part.name for part in read.subcomponents] == ["VJOURNAL"]


@pytest.mark.parametrize(
    ("contexts", "summary"),
    [
        (("exercise", "exercise"), "EXERCISE: XA: 0"),
        (("exercise", "test"), "EXERCISE: TEST: XA: 0"),
        (("exercise", ""), "XA: 0"),
        (("real",), "XA: 0"),
    ],
)
def test_a_calendar_without_duties_is_marked_where_all_its_files_are(
    contexts: tuple[str, ...], summary: str
) -> None:
    (one,) = calendar((), "en", *contexts).walk("VJOURNAL")
    assert str(one["summary"]) == summary


def test_addresses_that_are_no_uri_are_left_out_and_notices_are_kept() -> None:
    text = facts(
        actors={"XA": {"kind": "state"}, "XB": {"kind": "state"}},
        parties={
            "model-convention": [
                {"state": state, "act": "accession", "in_force": "2026-01-01", "source": "t"}
                for state in ("XA", "XB")
            ]
        },
        events=[{"event": "assessed", "by": "XA", "at": "2026-03-02T10:00Z", "level_high": 5, "source": "m"}],
    )
    reminders = tuple(reminders_of(duties(text, "2026-03-02T12:00Z"), "a.yaml", ""))
    one = todo(calendar(reminders), "model-convention.5.3")
    assert "url" not in one
    assert "no State has proposed it" in str(one["X-PROXENY-NOTICE"])
    assert "no State has proposed it" in str(one["description"])
    for language in ("ar", "es", "fr", "ru", "zh"):
        told = todo(calendar(reminders, language), "model-convention.5.3")
        assert told["X-PROXENY-NOTICE"] == one["X-PROXENY-NOTICE"]
        assert KNOWLEDGE.say(language)("drafting aid; no State has proposed it") in str(told["description"])
        assert "no State has proposed it" not in str(told["description"])


@pytest.mark.parametrize("language", ["ar", "es", "fr", "ru", "zh"])
def test_words_are_of_the_chosen_language_and_ids_and_times_are_not(language: str) -> None:
    english, other = (todo(calendar(found(AWARE), lang), "eu.nis2.23.4.a") for lang in ("en", language))
    assert english["summary"] != other["summary"]
    assert [english[key] for key in ("uid", "X-PROXENY-ROW")] == [
        other[key] for key in ("uid", "X-PROXENY-ROW")
    ]
    assert english.decoded("due") == other.decoded("due")


TEXT = st.text(max_size=200)


@given(TEXT)
def test_a_folded_line_unfolds_to_itself_in_lines_of_75_octets(text: str) -> None:
    line = "X-TEST:" + escape(text).encode("utf-8", "replace").decode()
    folded = fold(line)
    assert folded.endswith(b"\r\n")
    parts = folded[:-2].split(b"\r\n")
    assert all(len(part) <= 75 for part in parts)
    for part in parts:
        part.decode()  # no character is cut
    assert folded[:-2].replace(b"\r\n ", b"").decode() == line


@given(st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=200))
def test_an_escaped_text_is_read_back_the_same(text: str) -> None:
    head = b"BEGIN:VTODO\r\nUID:1\r\nDTSTAMP:20260302T120000Z\r\n"
    data = head + fold(f"DESCRIPTION:{escape(text)}") + b"END:VTODO\r\n"
    assert str(icalendar.Todo.from_ical(data)["description"]) == text


@given(st.text(max_size=100))
def test_no_text_begins_a_line_of_its_own(text: str) -> None:
    assert len((fold(f"X-A:{escape(text)}")).replace(b"\r\n ", b"").decode().splitlines()) == 1
