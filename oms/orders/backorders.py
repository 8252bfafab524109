"""A customer hears that a part of an order comes later, once: whenever more is short than the acknowledgement, or the last such
letter, said. In the caller's transaction; call it last, it writes to the audit chain, which the letter is made from."""

from __future__ import annotations

import json
from collections.abc import Collection
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.domain.states import SalesOrderState
from models.tables.audit import AuditEntryRow
from models.tables.exceptions import ExceptionRow
from models.tables.items import ItemRow
from models.tables.orders import OrderLineRow, SalesOrderRow
from oms.allocation.shortage import chosen_to_wait
from oms.exceptions.service import STANDING
from oms.inventory.count import COUNTED_SHORT
from oms.inventory.supplies import timeline
from oms.inventory.timeline import covered_from
from oms.orders.repository import Orders
from runtime.audit import record

TOLD = "order.backordered"
_OPEN = (SalesOrderState.ACCEPTED, SalesOrderState.RELEASED)


def tell_backordered(db: Session, order_id: int, *, actor: str) -> bool:
    """Note that lines of the order come later, if the customer was not told so yet; True: it was noted. Lines of items that are
    not sold on backorder are told of once somebody has chosen to wait."""
    order_no, state = db.execute(select(SalesOrderRow.order_no, SalesOrderRow.state).where(SalesOrderRow.id == order_id)).one()
    if state not in _OPEN:
        return False
    may_wait, told = _may_wait(db, order_id), _told(db, order_no)          # item ids by line id
    short = [x for x in Orders(db).detail(order_no).lines if x.short > 0 and x.id in may_wait]
    if all(x.short <= told.get(str(x.position), 0) for x in short):
        return False
    record(db, actor=actor, action=TOLD, subject=f"order:{order_no}", content={
        "short": {str(x.position): f"{x.short:f}" for x in short},
        "expected": {str(x.position): day for x in short if (day := _expected(db, may_wait[x.id]))}})
    return True


def tell_counted_short(db: Session, item_ids: Collection[int], *, actor: str) -> None:
    """The orders that a count of these items took promises from are told of, as by `tell_backordered`."""
    e = ExceptionRow
    for order_id in db.execute(
            select(e.order_id).where(e.code == COUNTED_SHORT, e.item_id.in_(item_ids), e.state.in_(STANDING)).distinct()
            .order_by(e.order_id)).scalars().all():
        if order_id is not None:
            tell_backordered(db, order_id, actor=actor)


def _may_wait(db: Session, order_id: int) -> dict[int, int]:
    """The lines that wait for stock, with their items."""
    rows = db.execute(
        select(OrderLineRow.id, ItemRow.id, ItemRow.backorder).join(ItemRow, ItemRow.id == OrderLineRow.item_id)
        .where(OrderLineRow.order_id == order_id)).all()
    chosen = chosen_to_wait(db, [line for line, *_ in rows])
    return {line: item for line, item, backorder in rows if backorder or line in chosen}


def _told(db: Session, order_no: str) -> dict[str, Decimal]:
    """The most that was said to be short of each line, by position."""
    a = AuditEntryRow
    said = db.execute(select(a.content).where(a.subject == f"order:{order_no}", a.action.in_(("order.accepted", TOLD)))).scalars()
    most: dict[str, Decimal] = {}
    for content in said:
        for position, quantity in json.loads(content).get("short", {}).items():
            most[position] = max(Decimal(quantity), most.get(position, Decimal(0)))
    return most


def _expected(db: Session, item: int) -> str | None:
    """The day from which what is known to come covers all that is wanted of an item."""
    day = covered_from(timeline(db, item))
    return day.isoformat() if day else None
