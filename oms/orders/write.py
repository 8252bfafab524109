"""Rows of a new sales order."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from functools import cache, partial
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from models.domain.states import SalesOrderState
from models.tables.base import Base
from oms.orders.assemble import NewCharge, NewLine, NewOrder
from oms.sql import insert_once_on
from runtime.clock import now
from runtime.prepared import Prepared

_ORDERS, _LINES, _CHARGES, _CUSTOMERS = (
    Base.metadata.tables[name] for name in ("sales_orders", "order_lines", "order_charges", "customers"))
_INSERT_LINES = Prepared(
    insert(_LINES).returning(_LINES.c.position, _LINES.c.id), "order_id", "position", "customer_line_no", "customer_part_number",
    "item_id", "description", "quantity", "uom", "base_quantity", "unit_price", "amount", "requested_date", "discount",
    "list_price")
_NUMBER = Prepared(update(_ORDERS).where(_ORDERS.c.id == bindparam("order")).values(order_no=bindparam("number")))


def order_no(order_id: int) -> str:
    """The number people use: "SO-000123"."""
    return f"SO-{order_id:06d}"


def insert_order(db: Session, order: NewOrder, origin: Mapping[str, Any]) -> int | None:
    """The new order's id, or None when its case and version, or its key, have one already. `origin`: approved_by, and whatever
    else its row is to hold: case_id and case_version, source, state, key; without ship_complete, the customer's rule holds."""
    values = {
        "customer_id": order.customer_id, "po_number": order.po_number, "order_date": order.order_date,
        "requested_date": order.requested_date, "currency": order.currency, "ship_to_id": order.ship_to_id,
        "ship_to_text": order.ship_to_text, "payment_terms": order.payment_terms, "notes": order.notes, "total": order.total,
        "state": SalesOrderState.ACCEPTED, "created_at": now(), "order_no": secrets.token_hex(16), **origin}
    if "ship_complete" not in values:
        values["ship_complete"] = db.execute(
            select(_CUSTOMERS.c.ship_complete).where(_CUSTOMERS.c.id == order.customer_id)).scalar_one()
    order_id: int | None = _insert_order(*values).value(db, values)
    if order_id is not None:                        # the number follows from the id, so nobody waits for a counter
        _NUMBER.one(db, {"order": order_id, "number": order_no(order_id)})
    return order_id


@cache
def _insert_order(*columns: str) -> Prepared:
    return Prepared(partial(insert_once_on, table=_ORDERS, returning=_ORDERS.c.id), *columns)


def insert_lines(db: Session, order_id: int, lines: Sequence[NewLine]) -> dict[int, int]:
    """Line ids by position."""
    made = _INSERT_LINES.returned(db, [{
        "order_id": order_id, "position": x.position, "customer_line_no": x.customer_line_no,
        "customer_part_number": x.customer_part_number, "item_id": x.item_id, "description": x.description,
        "quantity": x.quantity, "uom": x.uom, "base_quantity": x.base_quantity, "unit_price": x.unit_price, "amount": x.amount,
        "requested_date": x.requested_date, "discount": x.discount, "list_price": x.list_price} for x in lines])
    return dict(sorted(made))


def insert_charges(db: Session, order_id: int, charges: Sequence[NewCharge]) -> None:
    """The charges of a new order, in their order."""
    if charges:
        db.execute(insert(_CHARGES), [
            {"order_id": order_id, "position": n, "kind": x.kind, "name": x.name, "rate": x.rate, "amount": x.amount}
            for n, x in enumerate(charges, 1)])
