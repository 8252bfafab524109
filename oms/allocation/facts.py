"""What allocation plans with: the locations that may send, and what order lines want of them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from models.domain.sourcing import SourcingRule
from oms.allocation.distance import UNKNOWN, Distance

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Place:
    """A location that may send. `cost` in company money for one fulfilment order; `room`: fulfilment orders it can still take
    today, None for any number; `distance`: to where the order goes."""

    location_id: int
    code: str
    priority: int = 0
    country: str | None = None
    cost: Decimal = _ZERO
    pool: str | None = None
    room: int | None = None
    distance: Distance = UNKNOWN


@dataclass(frozen=True, slots=True)
class Wish:
    """What an order line still wants, in base units of an item: its own, or a component of a kit that a warehouse has in part.
    `not_before`: why it must wait, if it must."""

    line_id: int
    position: int
    item_id: int
    sku: str
    quantity: Decimal
    not_before: str | None = None


def serves(place: Place, rule: SourcingRule) -> bool:
    """False for a location that is set aside for a pool that the rule does not draw from, or is farther than the rule allows."""
    return place.pool in (None, rule.pool) and not is_too_far(place, rule)


def is_too_far(place: Place, rule: SourcingRule) -> bool:
    """A location whose kilometres are not known is not: most addresses would get nothing before all have coordinates."""
    return rule.max_km is not None and place.distance.km is not None and place.distance.km > rule.max_km
