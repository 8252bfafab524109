"""Fulfilment in numbers. Pure: what is given to which location, how far lines are, when goods must leave."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from models.domain.stock import Pick

ZERO = Decimal(0)
Place = tuple[int, int, int]
"""(order line id, item id, location id): what a reservation is unique by."""


@dataclass(frozen=True, slots=True)
class Share:
    """A part of an order line that stands on fulfilment orders, in base units of `item_id`."""

    item_id: int
    quantity: Decimal
    shipped: Decimal
    cancelled: Decimal


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an order line is, in its own base units. `allocated` includes what is shipped; `begun` is what a warehouse is at or
    has sent any part of, which is more than `allocated` where a kit is there in part."""

    allocated: Decimal
    shipped: Decimal
    begun: Decimal


def by_location(picks: Iterable[Pick]) -> dict[int, dict[tuple[int, int], Decimal]]:
    """Base units by (order line, item) by location; picks of one place are added up."""
    grouped: dict[int, dict[tuple[int, int], Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for pick in sorted(picks, key=lambda p: (p.location_id, p.line_id, p.item_id)):
        grouped[pick.location_id][pick.line_id, pick.item_id] += pick.quantity
    return {place: dict(lines) for place, lines in grouped.items()}


def uncovered(picks: Sequence[Pick], free: Mapping[Place, Decimal]) -> dict[Place, Decimal]:
    """What the picks want beyond what is free, by place; empty when all of it is there."""
    wanted: dict[Place, Decimal] = defaultdict(Decimal)
    for pick in picks:
        wanted[pick.line_id, pick.item_id, pick.location_id] += pick.quantity
    return {place: quantity - free.get(place, ZERO) for place, quantity in wanted.items() if quantity > free.get(place, ZERO)}


def progress(shares: Sequence[Share], per_kit: Mapping[int, Decimal]) -> Progress:
    """How far a line is. `per_kit`: base units of each component in one kit; empty for an item that is no kit.

    A kit counts as allocated, and as shipped, when all its components are; as begun as soon as one is allocated.
    """
    if not per_kit:
        given_all = sum((s.quantity - s.cancelled for s in shares), ZERO)
        return Progress(given_all, sum((s.shipped for s in shares), ZERO), given_all)
    given, gone = (dict.fromkeys(per_kit, ZERO) for _ in range(2))
    for share in shares:
        given[share.item_id] += share.quantity - share.cancelled
        gone[share.item_id] += share.shipped
    begun = max((given[c] / n).to_integral_value(ROUND_CEILING) for c, n in per_kit.items())
    return Progress(whole_kits(per_kit, given), whole_kits(per_kit, gone), begun)


def whole_kits(per_kit: Mapping[int, Decimal], parts: Mapping[int, Decimal]) -> Decimal:
    """How many whole kits these base units by component make up."""
    return min((parts.get(c, ZERO) / n).to_integral_value(ROUND_FLOOR) for c, n in per_kit.items())


def provided(
    shipped: Decimal, held: Iterable[tuple[int, Decimal]], shares: Iterable[Share], per_kit: Mapping[int, Decimal]
) -> Decimal:
    """Base units of a line that have left or are reserved; of a kit, as many as its components of both kinds make up.

    `held`: (item id, base units) of the line's reservations; `shares` are asked for a kit only.
    """
    if not per_kit:
        return sum((quantity for _, quantity in held), shipped)
    parts: dict[int, Decimal] = defaultdict(Decimal)
    for item, quantity in (*held, *((s.item_id, s.shipped) for s in shares)):
        parts[item] += quantity
    return whole_kits(per_kit, parts)


def missing_parts(per_kit: Mapping[int, Decimal], shares: Sequence[Share], kits: Decimal) -> dict[int, Decimal]:
    """Base units by component that no fulfilment order has of so many kits; only what is above zero."""
    given = defaultdict(Decimal, {c: -n * kits for c, n in per_kit.items()})
    for share in shares:
        given[share.item_id] += share.quantity - share.cancelled
    return {c: -left for c, left in sorted(given.items()) if left < 0}


def ship_by(requested: date | None, transit_days: int | None, closed: Collection[date]) -> date | None:
    """The last day goods may leave to arrive on `requested`: so many working days before, and itself a working day."""
    if requested is None:
        return None
    day, left = requested, transit_days or 0
    while left or not _is_working(day, closed):
        if _is_working(day, closed):
            left -= 1
        day -= timedelta(days=1)
    return day


def _is_working(day: date, closed: Collection[date]) -> bool:
    return day.weekday() < 5 and day not in closed


def most_to_pick(remaining: Decimal, *, ordered: Decimal, tolerance: Decimal, used: Decimal) -> Decimal:
    """The most of a line that may be sent now: what remains, and what the customer tolerates beyond the order.

    `tolerance`: percent of `ordered`, rounded down to whole base units; `used`: of that, sent already.
    """
    beyond = (ordered * tolerance / 100).to_integral_value(ROUND_FLOOR) - used
    return remaining + max(beyond, ZERO)
