"""Reservations follow a changed order: what it does not want any more is given back, what it wants more is promised."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.domain.states import ReservationState
from models.domain.stock import Demand, Level, Pick
from models.tables.base import Base
from oms.allocation.pools import drawable
from oms.exceptions import close_exception
from oms.fulfilment.lines import kits_of, shares_of, unassigned
from oms.fulfilment.plan import progress
from oms.inventory.count import short_key
from oms.inventory.levels import OURSELVES, give_back, lock_levels, reserve
from oms.inventory.plan import plan_reservation

_LINES, _RESERVATIONS = (Base.metadata.tables[name] for name in ("order_lines", "reservations"))
Wants = Mapping[int, tuple[int, Decimal]]
"""Base units still wanted, by line: (item, quantity)."""


def adjust_reservations(db: Session, order_id: int, wants: Wants) -> None:
    """Make these lines hold what they want, as far as there is stock; the caller holds the order's lock.

    What a warehouse was given is not touched: a plan never lets a line want less.
    """
    kits = kits_of(db, order_id)
    ahead = _parts_ahead(db, order_id, wants, kits)
    needs = {
        (line, part): max(quantity * per - ahead.get((line, part), Decimal(0)), Decimal(0))
        for line, (item, quantity) in wants.items() for part, per in kits.get(item, {item: Decimal(1)}).items()}
    levels = lock_levels(db, [item for _, item in needs])
    held = _held(db, wants)
    free = {place: q for place, q in unassigned(db, order_id).items() if place[0] in wants}
    give_back(db, surplus(needs, held, free, levels))
    missing = [Demand(line, item, need - held[line, item]) for (line, item), need in needs.items() if need > held[line, item]]
    plan = plan_reservation(missing, drawable(db, lock_levels(db, [d.item_id for d in missing]), order_id))
    reserve(db, plan.picks)
    for line in sorted(wants.keys() - plan.short.keys()):
        close_exception(db, key=short_key(line), by=OURSELVES, resolution="Stock covers what the changed line wants.")


def _parts_ahead(
    db: Session, order_id: int, wants: Wants, kits: Mapping[int, Mapping[int, Decimal]]
) -> dict[tuple[int, int], Decimal]:
    """Components that left before the rest of their kits, in base units by (line, component)."""
    shares = shares_of(db, order_id) if kits else {}
    ahead: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for line, (item, _) in wants.items():
        if item in kits and line in shares:
            whole = progress(shares[line], kits[item]).shipped
            for part, per in kits[item].items():
                ahead[line, part] = sum((s.shipped for s in shares[line] if s.item_id == part), -whole * per)
    return dict(ahead)


def surplus(
    needs: Mapping[tuple[int, int], Decimal], held: Mapping[tuple[int, int], Decimal],
    free: Mapping[tuple[int, int, int], Decimal], levels: Sequence[Level],
) -> list[Pick]:
    """What to give back, by (line, item): from the least preferred place first, and only what no warehouse was given. Pure."""
    rank = {(x.item_id, x.location_id): (x.priority, x.location_id) for x in levels}
    picks = []
    for (line, item), need in needs.items():
        left = held[line, item] - need
        places = sorted((p for p in free if p[:2] == (line, item)), key=lambda p: rank[p[1], p[2]], reverse=True)
        for place in places:
            if (take := min(left, free[place])) > 0:
                picks.append(Pick(line, item, place[2], take))
                left -= take
    return picks


def _held(db: Session, line_ids: Collection[int]) -> Mapping[tuple[int, int], Decimal]:
    held: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    r = _RESERVATIONS.c
    for line, item, quantity in db.execute(
            select(r.order_line_id, r.item_id, r.quantity)
            .where(r.order_line_id.in_(line_ids), r.state == ReservationState.ACTIVE)):
        held[line, item] += quantity
    return held
