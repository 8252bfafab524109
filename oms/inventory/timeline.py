"""Available to promise by date: what is free now, what comes, what is wanted. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Due:
    """A quantity that comes or is wanted on a day, in base units."""

    day: date
    quantity: Decimal
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """One day on which something changes. `projected`: what would be free then, below zero when more is wanted than there is.
    `promisable`: what can be promised for that day without taking it from a later demand; never below zero."""

    day: date
    comes: Decimal
    wanted: Decimal
    projected: Decimal
    promisable: Decimal


def atp_by_date(free: Decimal, supplies: Iterable[Due], demands: Iterable[Due], today: date) -> tuple[Point, ...]:
    """ATP from today on: on hand − reserved − safety (`free`) + supply until the day − demand until the day.

    What is overdue counts today. The last point holds for every later day.
    """
    comes: dict[date, Decimal] = defaultdict(Decimal)
    wanted: dict[date, Decimal] = defaultdict(Decimal)
    for due in supplies:
        comes[max(due.day, today)] += due.quantity
    for due in demands:
        wanted[max(due.day, today)] += due.quantity
    points: list[Point] = []
    projected = free
    for day in sorted({today, *comes, *wanted}):
        projected += comes[day] - wanted[day]
        points.append(Point(day, comes[day], wanted[day], projected, _ZERO))
    lowest: Decimal | None = None
    for n in range(len(points) - 1, -1, -1):
        p = points[n]
        lowest = p.projected if lowest is None else min(lowest, p.projected)
        points[n] = Point(p.day, p.comes, p.wanted, p.projected, max(lowest, _ZERO))
    return tuple(points)


def first_day(points: Sequence[Point], quantity: Decimal) -> date | None:
    """The first day for which so much can be promised; None when what is known to come does not suffice."""
    return next((p.day for p in points if p.promisable >= quantity), None)


def covered_from(points: Sequence[Point]) -> date | None:
    """The first day from which on nothing that is wanted is short; None when what is known to come does not suffice."""
    first: date | None = None
    for point in reversed(points):
        if point.projected < 0:
            break
        first = point.day
    return first
