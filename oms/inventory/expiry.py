"""Promises to orders that nobody releases do not stand for ever: after a time their stock is free for others."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.domain.states import ReservationState, SalesOrderState
from models.domain.stock import Pick
from models.tables.base import Base
from oms.fulfilment.lines import lock_order
from oms.inventory.levels import OURSELVES, give_back, lock_levels
from runtime.audit import record
from runtime.clock import Clock, now
from runtime.db import Database

AT_ONCE = 100
_RESERVATIONS, _LINES, _ORDERS = (Base.metadata.tables[name] for name in ("reservations", "order_lines", "sales_orders"))
_WAITING = (
    select(_RESERVATIONS.c.id).join(_LINES, _LINES.c.id == _RESERVATIONS.c.order_line_id)
    .join(_ORDERS, _ORDERS.c.id == _LINES.c.order_id)
    .where(_RESERVATIONS.c.state == ReservationState.ACTIVE, _ORDERS.c.state == SalesOrderState.ACCEPTED))
_UNSTAMPED = _WAITING.where(_RESERVATIONS.c.expires_at.is_(None))


def expire_promises(database: Database, hours: int, *, clock: Clock = now) -> int:
    """Give back what accepted orders have held for so many hours without being released; returns how many orders that were.

    0 hours: never. The time runs from when this first sees a promise. What was given back is reserved again, as far as there is
    stock, when the order is released and allocated.
    """
    if not hours:
        return 0
    at = clock()
    with database.read() as db:
        is_fresh = db.execute(_UNSTAMPED.limit(1)).first() is not None
        due = db.execute(
            _WAITING.with_only_columns(_ORDERS.c.id).where(_RESERVATIONS.c.expires_at <= at).distinct().order_by(_ORDERS.c.id)
            .limit(AT_ONCE)).scalars().all()
    if is_fresh:
        with database.write() as db:
            db.execute(
                update(_RESERVATIONS).where(_RESERVATIONS.c.id.in_(_UNSTAMPED)).values(expires_at=at + timedelta(hours=hours)))
    for order in due:
        with database.write() as db:
            _expire(db, order, clock)
    return len(due)


def _expire(db: Session, order_id: int, clock: Clock) -> None:
    order, r = lock_order(db, order_id), _RESERVATIONS.c
    if order.state != SalesOrderState.ACCEPTED:                         # it was released meanwhile
        return
    mine = (
        select(r.order_line_id, r.item_id, r.location_id, r.quantity).join(_LINES, _LINES.c.id == r.order_line_id)
        .where(_LINES.c.order_id == order_id, r.state == ReservationState.ACTIVE, r.expires_at <= clock()))
    lock_levels(db, db.execute(mine.with_only_columns(r.item_id)).scalars().all())
    picks = [Pick(*row) for row in db.execute(mine.order_by(r.id))]
    give_back(db, picks, ended=ReservationState.EXPIRED)
    if picks:
        record(db, actor=OURSELVES, action="order.promise_expired", subject=f"order:{order.order_no}", content={
            "lines": len({p.line_id for p in picks})})
