"""Which location covers which order line, and which lot leaves first. Pure: levels in, picks and shortages out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from models.domain.stock import Demand, Level, Lot, LotPick, Pick, Plan

Kits = Mapping[int, Mapping[int, Decimal]]
"""Base units of each component in one kit, by kit."""


def plan_reservation(
    demands: Sequence[Demand], levels: Sequence[Level], kits: Kits | None = None
) -> Plan:
    """Cover demands in the given order; several lines of one item, or kits with the same component, share what there is.

    A kit is covered by its components (`kits`: base units by component, by kit), as many whole ones as all of them allow. A line
    goes to the preferred location that can cover it whole; if none can, it is split in order of preference (priority,
    then location id). No level is ever promised beyond its `available`; every unit is picked or reported short.
    """
    free = {(level.item_id, level.location_id): level.available for level in levels}
    places: dict[int, list[int]] = {}
    for level in sorted(levels, key=lambda x: (x.priority, x.location_id)):
        places.setdefault(level.item_id, []).append(level.location_id)
    picks: list[Pick] = []
    short: dict[int, Decimal] = {}
    for demand in demands:
        parts = (kits or {}).get(demand.item_id)
        if parts is None:
            taken = _cover(demand, places.get(demand.item_id, []), free)
            left = demand.quantity - sum((p.quantity for p in taken), Decimal(0))
        else:
            whole = min(demand.quantity, _whole_kits(parts, places, free))
            needs = [Demand(demand.line_id, part, per * whole) for part, per in sorted(parts.items()) if whole]
            taken = [pick for need in needs for pick in _cover(need, places.get(need.item_id, []), free)]
            left = demand.quantity - whole
        picks += taken
        if left > 0:
            short[demand.line_id] = short.get(demand.line_id, Decimal(0)) + left
    return Plan(tuple(picks), short)


def _whole_kits(
    parts: Mapping[int, Decimal], places: Mapping[int, Sequence[int]], free: Mapping[tuple[int, int], Decimal]
) -> Decimal:
    """How many whole kits can be put together from what is free, over all locations."""
    totals = {part: sum((free[part, place] for place in places.get(part, ())), Decimal(0)) for part in parts}
    return min(totals[part] // per for part, per in parts.items())


def _cover(demand: Demand, places: Sequence[int], free: dict[tuple[int, int], Decimal]) -> list[Pick]:
    """Picks for one demand; what they take is taken from `free`."""
    picks, left = [], demand.quantity
    for location_id in _preferred(demand, places, free):
        take = min(left, free[demand.item_id, location_id])
        if take <= 0:
            continue
        picks.append(Pick(demand.line_id, demand.item_id, location_id, take))
        free[demand.item_id, location_id] -= take
        left -= take
    return picks


def _preferred(demand: Demand, places: Sequence[int], free: Mapping[tuple[int, int], Decimal]) -> Sequence[int]:
    """The one location that covers the demand whole, or all of them in order of preference."""
    whole = [place for place in places if free[demand.item_id, place] >= demand.quantity]
    return whole[:1] or places


def first_expired_first(lots: Sequence[Lot], quantity: Decimal, today: date) -> list[LotPick]:
    """Lots for a quantity: the first to expire first (FEFO), those without a date last, the longer here before the newer.

    What expired before `today` is left out, so the picks may cover less than was asked for.
    """
    picks: list[LotPick] = []
    left = quantity
    for lot in sorted(lots, key=_leaves_first):
        take = min(left, lot.free)
        if take > 0 and (lot.expires_on is None or lot.expires_on >= today):
            picks.append(LotPick(lot.lot_id, lot.code, take))
            left -= take
    return picks


def _leaves_first(lot: Lot) -> tuple[date, date, int]:
    return lot.expires_on or date.max, lot.received_on or date.min, lot.lot_id
