"""Clock arithmetic against tables written by hand."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shipped import duties, facts, moment, of_row, zones

from proxeny.instrument.clock import (
    UNKNOWN_CALENDARS,
    add,
    closing,
    is_working_day,
    next_working_day,
    over,
    to_noon,
)
from proxeny.instrument.norm import Period
from proxeny.instrument.situation import Calendar


def calendar(tz: str, weekend: tuple[int, ...] = (5, 6), *holidays: str) -> Calendar:
    """The calendar of a State."""
    zone = zones(tz)
    assert zone is not None
    return Calendar(zone, frozenset(weekend), frozenset(dt.date.fromisoformat(day) for day in holidays))


PARIS = calendar("Europe/Paris")
RIYADH = calendar("Asia/Riyadh", (4, 5))
TOKYO, KATHMANDU = calendar("Asia/Tokyo"), calendar("Asia/Kathmandu")
HOLIDAY = calendar("Europe/Paris", (5, 6), "2026-03-10")
WORKING = "working_days"

TABLE = [
    # what, calendar, anchor, period, earliest, latest
    ("hours are exact over the spring change", PARIS, "2026-03-28T10:00+01:00", ("hours", 24), "2026-03-29T11:00+02:00"),
    ("a day keeps its local time over it", PARIS, "2026-03-28T10:00+01:00", ("days", 1), "2026-03-29T10:00+02:00"),
    ("a month keeps its local time over it", PARIS, "2026-03-15T10:00+01:00", ("months", 1), "2026-04-15T10:00+02:00"),
    ("hours are exact over the autumn change", PARIS, "2026-10-24T10:00+02:00", ("hours", 24), "2026-10-25T09:00+01:00"),
    ("a day keeps its local time over it", PARIS, "2026-10-24T10:00+02:00", ("days", 1), "2026-10-25T10:00+01:00"),
    ("a left-out local time: the offset before", PARIS, "2026-03-28T02:30+01:00", ("days", 1), "2026-03-29T03:30+02:00"),
    ("leap day and a month", PARIS, "2028-01-29T09:00+01:00", ("months", 1), "2028-02-29T09:00+01:00"),
    ("leap day and a year", PARIS, "2028-02-29T09:00+01:00", ("months", 12), "2029-02-28T09:00+01:00"),
    ("clamped at the end of February", PARIS, "2026-01-31T09:00+01:00", ("months", 1), "2026-02-28T09:00+01:00"),
    ("clamped at the end of April", PARIS, "2026-03-31T23:30+02:00", ("months", 1), "2026-04-30T23:30+02:00"),
    ("not clamped back", PARIS, "2026-02-28T09:00+01:00", ("months", 1), "2026-03-28T09:00+01:00"),
    ("over the turn of the year", PARIS, "2026-11-30T09:00+01:00", ("months", 3), "2027-02-28T09:00+01:00"),
    ("the local day decides", TOKYO, "2026-01-30T20:00Z", ("months", 1), "2026-02-27T20:00Z"),
    ("working days skip Saturday and Sunday", PARIS, "2026-03-05T09:00+01:00", (WORKING, 3), "2026-03-10T09:00+01:00"),
    ("working days skip Friday and Saturday", RIYADH, "2026-03-05T09:00+03:00", (WORKING, 3), "2026-03-10T09:00+03:00"),
    ("working days from a Thursday there", RIYADH, "2026-03-05T09:00+03:00", (WORKING, 1), "2026-03-08T09:00+03:00"),
    ("a holiday on the last day", HOLIDAY, "2026-03-05T09:00+01:00", (WORKING, 3), "2026-03-11T09:00+01:00"),
    ("half an hour from a whole offset", KATHMANDU, "2026-05-31T23:00+05:45", ("months", 1), "2026-06-30T23:00+05:45"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("what", "cal", "anchor", "period", "expected"), TABLE, ids=[row[0] for row in TABLE]
)
def test_a_period_ends_at(
    what: str, cal: Calendar, anchor: str, period: tuple[str, int], expected: str
) -> None:
    assert what
    assert add(moment(anchor), Period(*period), cal) == (moment(expected), moment(expected))


def test_a_local_time_that_comes_twice_is_first_the_first_and_at_latest_the_second() -> None:
    first, second = add(moment("2026-10-24T02:30+02:00"), Period("days", 1), PARIS)
    assert (first, second) == (moment("2026-10-25T02:30+02:00"), moment("2026-10-25T02:30+01:00"))


@pytest.mark.parametrize(
    ("cal", "limit", "moved"),
    [
        (PARIS, "2026-03-06T23:59+01:00", "2026-03-06T23:59+01:00"),  # Friday stays
        (PARIS, "2026-03-07T00:00+01:00", "2026-03-09T12:00+01:00"),  # Saturday to Monday noon
        (PARIS, "2026-03-08T13:00+01:00", "2026-03-09T12:00+01:00"),  # Sunday
        (calendar("Europe/Paris", (5, 6), "2026-04-06"), "2026-04-04T10:00+02:00", "2026-04-07T12:00+02:00"),
        (calendar("Europe/Paris", (5, 6), "2026-05-01"), "2026-05-01T10:00+02:00", "2026-05-04T12:00+02:00"),
        (calendar("Asia/Riyadh", (4, 5)), "2026-03-06T10:00+03:00", "2026-03-08T12:00+03:00"),
        (PARIS, "2026-03-06T23:30Z", "2026-03-09T12:00+01:00"),  # Friday in UTC is Saturday there
        (PARIS, "2026-03-28T10:00+01:00", "2026-03-30T12:00+02:00"),  # noon after the change of clocks
    ],
)
def test_a_limit_on_a_weekend_or_holiday_moves_to_noon(cal: Calendar, limit: str, moved: str) -> None:
    assert to_noon(moment(limit), cal) == moment(moved)


@pytest.mark.parametrize(
    ("how", "limit", "end"),
    [
        ("at_the_hour", "2026-04-05T07:00Z", "2026-04-05T07:00Z"),
        ("end_of_day", "2026-04-05T07:00Z", "2026-04-06T00:00Z"),
        ("end_of_working_day", "2026-04-05T07:00Z", "2026-04-08T00:00Z"),  # Sunday; Monday is a holiday
        ("end_of_working_day", "2026-04-02T07:00Z", "2026-04-03T00:00Z"),
    ],
)
def test_a_period_of_days_or_months_ends_at_latest_with_the_day(how: str, limit: str, end: str) -> None:
    assert closing(moment(limit), how, calendar("UTC", (5, 6), "2026-04-06")) == moment(end)


def test_an_unknown_calendar_gives_the_earliest_and_the_latest_of_all() -> None:
    anchor = moment("2026-01-31T06:00Z")  # still 30 January at the date line's east, the 31st west of it
    span = over(UNKNOWN_CALENDARS, lambda cal: add(anchor, Period("months", 1), cal))
    assert span[0] <= moment("2026-02-28T06:00Z") <= span[1]
    assert span[0] < span[1]


CALENDARS = st.builds(
    lambda name, weekend, days: Calendar(zones(name) or dt.UTC, frozenset(weekend), frozenset(days)),
    st.sampled_from(
        ("UTC", "Europe/Paris", "America/New_York", "Asia/Riyadh", "Pacific/Auckland", "Asia/Tehran")
    ),
    st.sets(st.integers(0, 6), max_size=3),
    st.sets(st.dates(dt.date(2026, 1, 1), dt.date(2026, 12, 31)), max_size=5),
)
MOMENTS = st.integers(0, 365 * 24 * 60).map(
    lambda minutes: moment("2026-01-01T00:00Z") + dt.timedelta(minutes=minutes)
)
PERIODS = st.builds(Period, st.sampled_from(("hours", "days", "working_days", "months")), st.integers(1, 40))


@given(MOMENTS, PERIODS, CALENDARS)
def test_a_period_ends_after_it_begins_and_the_latest_is_never_before_the_earliest(
    anchor: dt.datetime, period: Period, cal: Calendar
) -> None:
    first, last = add(anchor, period, cal)
    assert anchor < first <= last


@given(MOMENTS, MOMENTS, PERIODS, CALENDARS)
def test_a_later_anchor_never_gives_an_earlier_day(
    one: dt.datetime, other: dt.datetime, period: Period, cal: Calendar
) -> None:
    earlier, later = sorted((one, other))
    ends = [add(anchor, period, cal)[1].astimezone(cal.zone).date() for anchor in (earlier, later)]
    assert ends[0] <= ends[1]


@given(MOMENTS, CALENDARS)
def test_what_is_moved_lands_on_a_working_day_and_never_earlier(limit: dt.datetime, cal: Calendar) -> None:
    moved = to_noon(limit, cal)
    assert moved >= limit
    assert is_working_day(moved.astimezone(cal.zone).date(), cal)
    assert next_working_day(limit.date(), cal) > limit.date()


class TestNoonRule:
    """Delegated Regulation (EU) 2025/301, Article 5(4) and (5): Friday 6 March 2026, classified at 22:00 in Paris."""

    @staticmethod
    def due(*roles: str, calendars: bool = True) -> tuple[dt.datetime | None, dt.datetime | None]:
        text = facts(
            actors={"XA": {"kind": "state"}, "f": {"kind": "entity", "state": "XA", "roles": list(roles)}},
            calendars={"XA": {"tz": "Europe/Paris", "weekend": ["sat", "sun"]}} if calendars else {},
            events=[
                {"event": "aware", "of": "incident", "by": "f", "at": "2026-03-06T20:00Z"},
                {"event": "classified", "as": "major", "by": "f", "at": "2026-03-06T21:00Z"},
            ],
        )
        (duty,) = of_row(duties(text, "2026-03-06T22:00Z").due, "D084")
        return duty.by, duty.late_after

    def test_the_limit_on_saturday_moves_to_monday_noon(self) -> None:
        noon = moment("2026-03-09T12:00+01:00")
        assert self.due("financial_entity") == (noon, noon)

    @pytest.mark.parametrize("role", ["credit_institution", "ccp", "trading_venue", "nis2_entity"])
    def test_not_for_those_that_the_rule_excludes(self, role: str) -> None:
        limit = moment("2026-03-07T01:00Z")
        assert self.due("financial_entity", role) == (limit, limit)

    def test_without_a_calendar_the_earliest_limit_stands_and_lateness_waits(self) -> None:
        by, late_after = self.due("financial_entity", calendars=False)
        assert by == moment("2026-03-07T01:00Z")
        assert late_after is not None
        assert late_after > by
