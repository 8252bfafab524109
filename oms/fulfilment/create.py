"""Fulfilment orders from what is reserved: one for each location that is to send something."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from models.domain.fulfilment import LIVE_FULFILMENT, FulfilmentState, RequestState
from models.domain.states import SalesOrderState
from models.domain.stock import Pick
from models.errors import ConflictError
from models.tables.base import Base
from oms.fulfilment.lines import lock_order, project_lines, tell, unassigned
from oms.fulfilment.plan import Place, by_location, ship_by, uncovered
from oms.numbers import insert_numbered
from oms.orders.holds import check_free
from runtime.clock import now

_FULFILMENTS, _SHARES, _LINES, _ADDRESSES, _CLOSED = (
    Base.metadata.tables[name]
    for name in ("fulfilment_orders", "fulfilment_lines", "order_lines", "addresses", "closed_days"))


class NotReleased(ConflictError):
    """The order may not be fulfilled."""

    code = "order_not_released"

    def __init__(self, order_no: str, state: SalesOrderState) -> None:
        super().__init__(f"Order {order_no} is {state}; only a released order can be fulfilled. Release it first.")


class NotReserved(ConflictError):
    """More was asked for than is reserved for the order and not on its way already."""

    code = "not_reserved"

    def __init__(self, order_no: str, missing: Mapping[Place, Decimal]) -> None:
        super().__init__(
            f"{len(missing)} picks for order {order_no} want more than is reserved for it there. Allocate the order again.")


def create_fulfilment_orders(
    db: Session, order_id: int, picks: Sequence[Pick] | None = None, explanations: Mapping[int, str] | None = None, *,
    actor: str = "ordermill",
) -> list[int]:
    """Give a released order's reserved stock to its locations; returns the ids of the new fulfilment orders, by location.

    `picks` None: all that is reserved and on no fulfilment order yet, so that a second call makes nothing. `explanations`:
    why this location, by location id. Raises NotFound, NotReleased, OrderHeld, NotReserved.
    """
    order = lock_order(db, order_id)
    if order.state != SalesOrderState.RELEASED:
        raise NotReleased(order.order_no, order.state)
    check_free(db, order_id, order.order_no)            # a hold may have been placed after the release
    free = unassigned(db, order_id)
    if picks is None:
        picks = [Pick(*place, quantity) for place, quantity in free.items()]
    if missing := uncovered(picks, free):
        raise NotReserved(order.order_no, missing)
    days = _days(db, order)
    made = [
        _insert(db, order, location_id, lines, days, (explanations or {}).get(location_id))
        for location_id, lines in by_location(picks).items()]
    project_lines(db, order_id)
    for fulfilment_id in made:
        tell(db, db.execute(select(_FULFILMENTS).where(_FULFILMENTS.c.id == fulfilment_id)).one(), "created", actor)
    return made


def _insert(
    db: Session, order: Row[Any], location_id: int, lines: Mapping[tuple[int, int], Decimal], days: Mapping[int, date | None],
    explanation: str | None,
) -> int:
    at = now()
    dates = [day for line, _ in lines if (day := days[line])]
    fulfilment_id, _ = insert_numbered(db, _FULFILMENTS, "FO", {
        "order_id": order.id, "location_id": location_id, "state": FulfilmentState.OPEN,
        "request_state": RequestState.UNSUBMITTED, "ship_by": min(dates, default=None), "explanation": explanation,
        "created_at": at, "moved_at": at})
    db.execute(insert(_SHARES), [
        {"fulfilment_order_id": fulfilment_id, "order_line_id": line, "item_id": item, "quantity": quantity,
         "shipped": Decimal(0), "cancelled": Decimal(0)} for (line, item), quantity in lines.items()])
    return fulfilment_id


def reschedule(db: Session, order_id: int) -> None:
    """Say anew when the goods of an order's live fulfilment orders must leave; those put off by hand keep their day. The caller
    holds the order's lock."""
    order, f = lock_order(db, order_id), _FULFILMENTS.c
    days = _days(db, order)
    rows = db.execute(
        select(f.id, _SHARES.c.order_line_id).join(_SHARES, _SHARES.c.fulfilment_order_id == f.id)
        .where(f.order_id == order_id, f.state.in_(LIVE_FULFILMENT), f.state != FulfilmentState.SCHEDULED))
    wanted: dict[int, list[date]] = defaultdict(list)
    for fulfilment_id, line in rows:
        wanted[fulfilment_id] += [day] if (day := days[line]) else []
    for fulfilment_id, dates in sorted(wanted.items()):
        db.execute(update(_FULFILMENTS).where(f.id == fulfilment_id).values(ship_by=min(dates, default=None)))


def _days(db: Session, order: Row[Any]) -> dict[int, date | None]:
    """When goods of each line must leave to be there in time."""
    transit = db.execute(select(_ADDRESSES.c.transit_days).where(_ADDRESSES.c.id == order.ship_to_id)).scalar_one_or_none()
    closed = set(db.execute(select(_CLOSED.c.day)).scalars())
    rows = db.execute(select(_LINES.c.id, _LINES.c.requested_date).where(_LINES.c.order_id == order.id))
    return {line: ship_by(requested or order.requested_date, transit, closed) for line, requested in rows}
