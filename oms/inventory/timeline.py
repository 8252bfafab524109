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
    """A quantity that comes or is wanted on a day, in base units. `is_sellable` False: it comes to a place that nothing is sold
    from, and cannot be promised until it is moved."""

    day: date
    quantity: Decimal
    reference: str = ""
    location: str = ""
    is_sellable: bool = True


@dataclass(frozen=True, slots=True)
class Coming:
    """What is still to come by one supply, and how much of it orders want already; none of what cannot be sold."""

    due: Due
    promised: Decimal


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

    What is overdue counts today, what comes to where nothing is sold from not at all. The last point holds for every later day.
    """
    comes: dict[date, Decimal] = defaultdict(Decimal)
    wanted: dict[date, Decimal] = defaultdict(Decimal)
    for due in (x for x in supplies if x.is_sellable):
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


def sold_from(points: Sequence[Point], first: date | None) -> tuple[Point, ...]:
    """The points of an item that leaves from a day on, sold in advance until then: nothing can be promised for an earlier one."""
    early = [p for p in points if first is not None and p.day < first]
    if first is None or not early:
        return tuple(points)
    later = tuple(points[len(early):])
    if not later or later[0].day != first:
        later = (Point(first, _ZERO, _ZERO, early[-1].projected, early[-1].promisable), *later)
    return (*(Point(p.day, p.comes, p.wanted, p.projected, _ZERO) for p in early), *later)


def share_out(free: Decimal, supplies: Iterable[Due], demands: Iterable[Due]) -> tuple[Coming, ...]:
    """What is to come, by day: orders have a claim on what is free first, then on what comes first."""
    left = sum((due.quantity for due in demands), _ZERO) - free
    shared: list[Coming] = []
    for due in sorted(supplies, key=lambda x: (x.day, x.reference, x.location)):
        taken = max(min(left, due.quantity), _ZERO) if due.is_sellable else _ZERO
        shared.append(Coming(due, taken))
        left -= taken
    return tuple(shared)


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
