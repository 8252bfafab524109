"""Working days: every day but weekends and the days the house is closed. Pure."""

from __future__ import annotations

from collections.abc import Set
from datetime import date, timedelta

_SATURDAY = 5
_LONGEST = 3_650       # days looked ahead; a calendar without any open day must not hang


def is_open(day: date, closed: Set[date]) -> bool:
    """True when goods leave the house on this day."""
    return day.weekday() < _SATURDAY and day not in closed


def working_days_after(day: date, count: int, closed: Set[date]) -> date:
    """The working day that is `count` working days after `day`; with 0 the day itself, or the next one that is open."""
    for _ in range(_LONGEST):
        if is_open(day, closed):
            if count <= 0:
                return day
            count -= 1
        day += timedelta(days=1)
    return day
