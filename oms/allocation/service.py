"""A released order is given to the locations that send it; what they cannot use goes back to everybody.

Order of locks: the sales order's row, stock levels by (item, location), locations with a limit by id, the audit chain last.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.domain.fulfilment import FulfilmentState
from models.domain.geography import point_of
from models.domain.states import SalesOrderState
from models.domain.stock import SELLABLE, Level, Pick
from models.tables.base import Base
from oms.allocation.distance import Whereabouts, distance_between
from oms.allocation.facts import Place, Wish, serves
from oms.allocation.plan import Allocation, choose_rule, plan_allocation
from oms.allocation.rules import sourcing_rules
from oms.allocation.shortage import UNDECIDED, lines_undecided, tell_shortages
from oms.exceptions import close_exception
from oms.fulfilment.create import NotReleased, create_fulfilment_orders
from oms.fulfilment.lines import kits_begun, lock_order, missing_of_kits, overdrawn, unassigned
from oms.fulfilment.work import withdraw
from oms.inventory.count import short_key
from oms.inventory.kits import held_items, kits_among
from oms.inventory.levels import OURSELVES, give_back, lock_levels, reserve
from oms.orders.backorders import tell_backordered
from oms.orders.holds import check_free, worded
from runtime.audit import record
from runtime.zone import moment_of, today

_LINES, _ITEMS, _LOCATIONS, _ADDRESSES, _FULFILMENTS = (
    Base.metadata.tables[name] for name in ("order_lines", "items", "locations", "addresses", "fulfilment_orders"))
_ZERO = Decimal(0)
_Spot = tuple[int, int, int]


def allocate_order(db: Session, order_id: int, *, actor: str = OURSELVES) -> Allocation:
    """Plan a released order anew as far as no fulfilment order has it: stock is reserved where it is sent from, the rest of what
    the order held is given back, and fulfilment orders are made. Each short line has an exception until it is covered.

    A second call without new stock does nothing. Raises NotFound, NotReleased, OrderHeld, StockMoved to be tried again.
    """
    order = lock_order(db, order_id)
    if order.state != SalesOrderState.RELEASED:
        raise NotReleased(order.order_no, order.state)
    check_free(db, order_id, order.order_no)
    owed = overdrawn(db, order_id)
    wishes = _wishes(db, order_id)
    kits = kits_among(db, [w.item_id for w in wishes])
    items = held_items([w.item_id for w in wishes], kits) | {item for _, item, _ in owed}
    levels = lock_levels(db, items)
    if owed:
        owed = _make_good(db, owed, levels, actor)
        levels = lock_levels(db, items)
    own = unassigned(db, order_id)
    goal = _goal(db, order.ship_to_id)
    rule = choose_rule([r.rule for r in sourcing_rules(db) if r.is_active], order.source, goal.country)
    places = _places(db, goal)
    plan = plan_allocation(
        wishes, _as_seen(levels, own, owed), places, rule, kits=kits, country=goal.country, ship_complete=order.ship_complete)
    if plan.picks:
        _hold(db, plan.picks, own, actor)
    else:
        _give_up(db, own, {p.location_id for p in places if serves(p, rule)}, actor)
    tell_shortages(db, order, wishes, plan, actor)
    if plan.picks:
        create_fulfilment_orders(db, order_id, plan.picks, plan.why, actor=actor)
        record(db, actor=actor, action="order.allocated", subject=f"order:{order.order_no}", content={
            "why": list(plan.why.values()), "short": list(plan.why_short.values())})
    if plan.lacking:
        tell_backordered(db, order_id, actor=actor)
    return plan


def reallocate_order(db: Session, order_id: int, *, reason: str, actor: str) -> Allocation:
    """Take back what locations have not sent of an order, and plan all that is open anew, by the rules and the stock of now.

    Raises as `allocate_order`, and FulfilmentRefused while a shipment of it is being picked or packed.
    """
    reason = worded(reason, "why the order is planned again")
    withdraw(db, order_id, actor=actor, reason=reason)
    return allocate_order(db, order_id, actor=actor)


def _make_good(
    db: Session, owed: Mapping[_Spot, Decimal], levels: Sequence[Level], actor: str
) -> dict[_Spot, Decimal]:
    """Reserve again, as far as there is stock, what fulfilment orders have and a count took back; returns what is owed still.

    This comes before anything is planned: what is planned anew must not count on it.
    """
    free = {(x.item_id, x.location_id): x.available for x in levels}
    left = dict(owed)
    for spot, quantity in owed.items():
        take = min(quantity, free.get(spot[1:], _ZERO))
        free[spot[1:]] = free.get(spot[1:], _ZERO) - take
        left[spot] -= take
    reserve(db, [Pick(*spot, owed[spot] - rest) for spot, rest in left.items() if rest < owed[spot]], actor=actor)
    left = {spot: rest for spot, rest in left.items() if rest}
    for line in sorted({line for line, *_ in owed} - {line for line, *_ in left}):
        close_exception(db, key=short_key(line), by=actor, resolution="What was counted short is there again.")
    return left


def _wishes(db: Session, order_id: int) -> list[Wish]:
    """What no fulfilment order has yet, line by line. Of a kit that a warehouse has in part, the components that are missing."""
    day = today()
    line, item = _LINES.c, _ITEMS.c
    rows = db.execute(
        select(
            line.id, line.position, line.item_id, item.sku, line.base_quantity, line.cancelled, line.allocated,
            item.available_from)
        .join(_ITEMS, item.id == line.item_id).where(line.order_id == order_id).order_by(line.position)).all()
    begun, undecided = kits_begun(db, order_id), lines_undecided(db, order_id)
    parts = missing_of_kits(db, order_id, begun)
    wishes: list[Wish] = []
    for x in rows:
        why = UNDECIDED if x.id in undecided else _preorder(x.available_from, day)
        if (left := x.base_quantity - x.cancelled - begun.get(x.id, x.allocated)) > 0:
            wishes.append(Wish(x.id, x.position, x.item_id, x.sku, left, why))
        wishes += [
            Wish(x.id, x.position, part, sku, quantity, None) for part, sku, quantity in parts.get(x.id, ())]
    return wishes


def _preorder(available_from: date | None, today: date) -> str | None:
    return f"is sold in advance and leaves from {available_from} on" if available_from and available_from > today else None


def _as_seen(levels: Sequence[Level], own: Mapping[_Spot, Decimal], owed: Mapping[_Spot, Decimal]) -> list[Level]:
    """The levels as this order sees them: what it has reserved itself is free to it, what it owes to a warehouse is not."""
    mine: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for sign, spots in ((1, own), (-1, owed)):
        for (_, item, place), quantity in spots.items():
            mine[item, place] += sign * quantity
    return [replace(x, reserved=x.reserved - mine[x.item_id, x.location_id]) for x in levels]


def _goal(db: Session, address_id: int | None) -> Whereabouts:
    """Where an order goes, as far as it is known."""
    a = _ADDRESSES.c
    row = db.execute(select(a.country, a.postcode, a.latitude, a.longitude).where(a.id == address_id)).one_or_none()
    return Whereabouts() if row is None else Whereabouts(row.country, row.postcode, point_of(row.latitude, row.longitude))


def _places(db: Session, goal: Whereabouts) -> list[Place]:
    """The locations that may send to there, with the room they have left today. Those with a limit are locked first: what is
    counted of them stays true until this order is given out."""
    place = _LOCATIONS.c
    db.execute(
        select(place.id).where(place.capacity_per_day.is_not(None)).order_by(place.id).with_for_update(key_share=True)).all()
    midnight = moment_of(today())
    made = (
        select(_FULFILMENTS.c.location_id, func.count().label("made"))
        .where(_FULFILMENTS.c.created_at >= midnight, _FULFILMENTS.c.state != FulfilmentState.CANCELLED)
        .group_by(_FULFILMENTS.c.location_id).subquery())
    rows = db.execute(
        select(
            place.id, place.code, place.priority, place.country, place.cost_per_order, place.channel_pool,
            place.capacity_per_day, made.c.made, place.postcode, place.latitude, place.longitude)
        .outerjoin(made, made.c.location_id == place.id).where(place.kind.in_(sorted(SELLABLE)), place.is_active))
    return [
        Place(
            location_id, code, priority, country, cost or _ZERO, pool,
            None if capacity is None else max(capacity - (taken or 0), 0),
            distance_between(Whereabouts(country, postcode, point_of(latitude, longitude)), goal))
        for location_id, code, priority, country, cost, pool, capacity, taken, postcode, latitude, longitude in rows]


def _hold(db: Session, picks: Sequence[Pick], own: Mapping[_Spot, Decimal], actor: str) -> None:
    """Make the order's own reservations what the plan says, and no more."""
    wanted: dict[_Spot, Decimal] = defaultdict(Decimal)
    for p in picks:
        wanted[p.line_id, p.item_id, p.location_id] += p.quantity
    spots = sorted(wanted.keys() | own.keys())
    less = {s: own.get(s, _ZERO) - wanted.get(s, _ZERO) for s in spots}
    give_back(db, [Pick(*s, q) for s, q in less.items() if q > 0], actor=actor)
    reserve(db, [Pick(*s, -q) for s, q in less.items() if q < 0], actor=actor)


def _give_up(db: Session, own: Mapping[_Spot, Decimal], usable: Collection[int], actor: str) -> None:
    """An order that cannot leave yet keeps what it holds, except where nothing may be sent to it from."""
    give_back(db, [Pick(*spot, quantity) for spot, quantity in own.items() if spot[2] not in usable], actor=actor)
