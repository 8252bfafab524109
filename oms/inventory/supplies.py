"""Incoming supply: goods that are to come, how much of them has come, and what they let us promise by date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import and_, func, insert, or_, select, update
from sqlalchemy.orm import Session

from models.domain.states import ReservationState, SalesOrderState
from models.domain.stock import SELLABLE
from models.errors import InputError
from models.tables.base import Base
from oms.inventory.kits import kits_among
from oms.inventory.levels import available
from oms.inventory.timeline import Coming, Due, Point, atp_by_date, share_out, sold_from
from runtime.clock import now
from runtime.zone import day_at

_SUPPLIES, _LINES, _ORDERS, _RESERVATIONS, _LEVELS, _LOCATIONS = (
    Base.metadata.tables[name]
    for name in ("incoming_supplies", "order_lines", "sales_orders", "reservations", "stock_levels", "locations"))
_OPEN_ORDERS = (SalesOrderState.ACCEPTED, SalesOrderState.RELEASED)


def expect(db: Session, *, item_id: int, location_id: int, quantity: Decimal, expected_on: date, reference: str) -> int:
    """Say that goods are to come; the same reference, item and location again changes quantity and day. Returns the id.

    Raises InputError for a kit or a quantity of nothing.
    """
    if not quantity > 0:
        raise InputError("An incoming supply needs a quantity above zero.", code="quantity_missing")
    if kits_among(db, [item_id]):
        raise InputError("A kit is put together from its components; expect those.", code="kit_has_no_stock")
    here = (_SUPPLIES.c.item_id == item_id, _SUPPLIES.c.location_id == location_id, _SUPPLIES.c.reference == reference)
    row = db.execute(select(_SUPPLIES).where(*here).with_for_update()).one_or_none()
    if row is None:
        return int(db.execute(insert(_SUPPLIES).returning(_SUPPLIES.c.id), {
            "item_id": item_id, "location_id": location_id, "quantity": quantity, "received": Decimal(0),
            "expected_on": expected_on, "reference": reference, "is_closed": False}).scalar_one())
    after = {"quantity": quantity, "expected_on": expected_on, "is_closed": row.received >= quantity}
    db.execute(update(_SUPPLIES).where(_SUPPLIES.c.id == row.id).values(after))
    return int(row.id)


_ITEMS = Base.metadata.tables["items"]


@dataclass(frozen=True, slots=True)
class Outlook:
    """An item by date, over all locations: `points`, what is `coming` and who has a claim on it, and what is `set_aside`: on hand
    where nothing is sold from (quarantine, transit, places out of use), in no figure of the points."""

    points: tuple[Point, ...]
    coming: tuple[Coming, ...]
    set_aside: Decimal


def outlook(db: Session, item_id: int, *, today: date | None = None) -> Outlook:
    """ATP of an item by date, and what it follows from; for no day before the one it leaves from. A kit's is what
    its components allow, without what is to come."""
    day = today or day_at(now())
    parts = kits_among(db, [item_id]).get(item_id)
    first = db.execute(select(_ITEMS.c.available_from).where(_ITEMS.c.id == item_id)).scalar_one_or_none()
    if parts is not None:
        free = available(db, list(parts))
        whole = atp_by_date(min(free[part] // per for part, per in parts.items()), (), (), day)
        return Outlook(sold_from(whole, first), (), Decimal(0))
    here, supplies, demands = available(db, [item_id])[item_id], _to_come(db, item_id), _wanted(db, item_id)
    points = sold_from(atp_by_date(here, supplies, demands, day), first)
    return Outlook(points, share_out(here, supplies, demands), _set_aside(db, item_id))


def timeline(db: Session, item_id: int, *, today: date | None = None) -> tuple[Point, ...]:
    """The points of `outlook`."""
    return outlook(db, item_id, today=today).points


def _to_come(db: Session, item_id: int) -> list[Due]:
    rows = db.execute(
        select(
            _SUPPLIES.c.expected_on, _SUPPLIES.c.quantity - _SUPPLIES.c.received, _SUPPLIES.c.reference, _LOCATIONS.c.code,
            and_(_LOCATIONS.c.kind.in_(SELLABLE), _LOCATIONS.c.is_active))
        .join(_LOCATIONS, _LOCATIONS.c.id == _SUPPLIES.c.location_id)
        .where(_SUPPLIES.c.item_id == item_id, _SUPPLIES.c.is_closed.is_(False), _SUPPLIES.c.quantity > _SUPPLIES.c.received))
    return [Due(*row) for row in rows]


def _set_aside(db: Session, item_id: int) -> Decimal:
    kept = db.execute(
        select(_LEVELS.c.on_hand).join(_LOCATIONS, _LOCATIONS.c.id == _LEVELS.c.location_id)
        .where(_LEVELS.c.item_id == item_id, or_(_LOCATIONS.c.kind.not_in(SELLABLE), _LOCATIONS.c.is_active.is_(False))))
    return sum(kept.scalars(), Decimal(0))


def _wanted(db: Session, item_id: int) -> list[Due]:
    """What open orders want and have not been promised, by the day they want it; without a day, today."""
    held = (
        select(_RESERVATIONS.c.order_line_id, func.sum(_RESERVATIONS.c.quantity, type_=_LINES.c.shipped.type).label("held"))
        .where(_RESERVATIONS.c.item_id == item_id, _RESERVATIONS.c.state == ReservationState.ACTIVE)
        .group_by(_RESERVATIONS.c.order_line_id).subquery())
    rows = db.execute(
        select(
            func.coalesce(_LINES.c.requested_date, _ORDERS.c.requested_date), _LINES.c.base_quantity, _LINES.c.cancelled,
            _LINES.c.shipped, held.c.held, _ORDERS.c.order_no)
        .join(_ORDERS, _ORDERS.c.id == _LINES.c.order_id).outerjoin(held, held.c.order_line_id == _LINES.c.id)
        .where(_LINES.c.item_id == item_id, _ORDERS.c.state.in_(_OPEN_ORDERS)))
    return [
        Due(day or date.min, left, number) for day, ordered, cancelled, shipped, promised, number in rows
        if (left := ordered - cancelled - shipped - (promised or 0)) > 0]


def book_receipt(db: Session, *, item_id: int, location_id: int, reference: str, quantity: Decimal) -> None:
    """Lower what is still to come under this reference; it is closed once all has come. Nothing happens without such a supply."""
    _book(db, item_id, location_id, reference, quantity)


def take_back_receipt(db: Session, *, item_id: int, location_id: int, reference: str | None, quantity: Decimal) -> None:
    """The goods of a receipt that was reversed are to come again."""
    if reference is not None:
        _book(db, item_id, location_id, reference, -quantity)


def _book(db: Session, item_id: int, location_id: int, reference: str, quantity: Decimal) -> None:
    here = (_SUPPLIES.c.item_id == item_id, _SUPPLIES.c.location_id == location_id, _SUPPLIES.c.reference == reference)
    row = db.execute(select(_SUPPLIES).where(*here).with_for_update()).one_or_none()
    if row is not None:
        received = max(row.received + quantity, Decimal(0))
        after = {"received": received, "is_closed": received >= row.quantity}
        db.execute(update(_SUPPLIES).where(_SUPPLIES.c.id == row.id).values(after))
