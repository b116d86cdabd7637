"""Clock arithmetic: hours are exact; days, months and working days run in local time (decision 7 of the duties).

A local time that a change of clocks leaves out is read by the offset before the change; one that comes twice is first
read as the first (RFC 5545, section 3.3.5), and as the second for the latest limit.
"""

from __future__ import annotations

import calendar as gregorian
import datetime as dt
from collections.abc import Callable

from proxeny.instrument.norm import Period
from proxeny.instrument.situation import Calendar

UTC = Calendar(dt.UTC, frozenset({5, 6}))

UNKNOWN_CALENDARS = tuple(
    Calendar(dt.timezone(dt.timedelta(hours=hours)), frozenset(weekend))
    for hours in (0, -12, 14)
    for weekend in ((5, 6), (4, 5))
)
"""What the calendar of a State may be of which none is given: from the last zone to the first, with either weekend."""

_NOON = dt.time(12)
_MIDNIGHT = dt.time(0)
_LONGEST_HOLIDAY = 366  # days; past that, the calendar has no working day

Span = tuple[dt.datetime, dt.datetime]
"""The earliest and the latest moment that a limit may be."""


def add(moment: dt.datetime, period: Period, calendar: Calendar) -> Span:
    """The moment a period after another. Raises OverflowError beyond the year 9999."""
    if period.unit == "hours":
        later = moment + dt.timedelta(hours=period.count)
        return later, later
    local = moment.astimezone(calendar.zone)
    if period.unit == "months":
        day = _months_later(local.date(), period.count)
    elif period.unit == "days":
        day = local.date() + dt.timedelta(days=period.count)
    else:
        day = _working_days_later(local.date(), period.count, calendar)
    return _local(day, local.time(), calendar)


def is_working_day(day: dt.date, calendar: Calendar) -> bool:
    """Whether the day is neither of the weekend nor a holiday."""
    return day.weekday() not in calendar.weekend and day not in calendar.holidays


def next_working_day(day: dt.date, calendar: Calendar) -> dt.date:
    """The first working day after this one."""
    for number in range(1, _LONGEST_HOLIDAY):
        later = day + dt.timedelta(days=number)
        if is_working_day(later, calendar):
            return later
    return day


def to_noon(moment: dt.datetime, calendar: Calendar) -> dt.datetime:
    """A limit that falls on a weekend or a holiday moves to noon of the next working day; any other stays."""
    day = moment.astimezone(calendar.zone).date()
    if is_working_day(day, calendar):
        return moment
    return _local(next_working_day(day, calendar), _NOON, calendar)[0]


def closing(moment: dt.datetime, how: str, calendar: Calendar) -> dt.datetime:
    """The latest reading of a period of days or months: the end of its last day, or of the next working day."""
    if how == "at_the_hour":
        return moment
    day = moment.astimezone(calendar.zone).date()
    if how == "end_of_working_day" and not is_working_day(day, calendar):
        day = next_working_day(day, calendar)
    return _local(day + dt.timedelta(days=1), _MIDNIGHT, calendar)[1]


def over(calendars: tuple[Calendar, ...], reckon: Callable[[Calendar], Span]) -> Span:
    """The earliest and the latest of what a reckoning gives by any of the calendars."""
    spans = [reckon(calendar) for calendar in calendars]
    return min(first for first, _ in spans), max(last for _, last in spans)


def local_day(moment: dt.datetime, calendar: Calendar) -> dt.date:
    """The day it is there then."""
    return moment.astimezone(calendar.zone).date()


def _local(day: dt.date, time: dt.time, calendar: Calendar) -> Span:
    naive = dt.datetime.combine(day, time.replace(tzinfo=None, fold=0))
    first = naive.replace(tzinfo=calendar.zone, fold=0).astimezone(dt.UTC)
    second = naive.replace(tzinfo=calendar.zone, fold=1).astimezone(dt.UTC)
    # Where the clocks go back the second is later; where they go forward it would be earlier, and does not count.
    return first, max(first, second)


def _months_later(day: dt.date, months: int) -> dt.date:
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    if year > dt.MAXYEAR:
        raise OverflowError(year)
    return dt.date(year, month + 1, min(day.day, gregorian.monthrange(year, month + 1)[1]))


def _working_days_later(day: dt.date, count: int, calendar: Calendar) -> dt.date:
    for _ in range(count):
        day = next_working_day(day, calendar)
    return day
