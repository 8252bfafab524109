"""An order's rows read back as the order they were written from, for the messages about it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.tables.base import Base
from oms.orders.assemble import NewCharge, NewLine, NewOrder

_ORDERS, _LINES, _ITEMS, _CHARGES, _CUSTOMERS, _ADDRESSES = (
    Base.metadata.tables[name]
    for name in ("sales_orders", "order_lines", "items", "order_charges", "customers", "addresses"))
_HEADER = (
    "customer_id", "po_number", "order_date", "requested_date", "currency", "ship_to_id", "ship_to_text", "payment_terms",
    "notes", "total")
_LINE = tuple(name for name in NewLine.__dataclass_fields__ if name not in {"key", "sku"})


@dataclass(frozen=True, slots=True)
class Stored:
    """An order with what the ERP calls its customer and address. Lines that were cancelled whole are left out."""

    order: NewOrder
    customer_no: str
    ship_to_code: str | None


def load_stored(db: Session, order_id: int) -> Stored:
    """The order of this id, which there is."""
    row = db.execute(
        select(_ORDERS, _CUSTOMERS.c.customer_no, _ADDRESSES.c.code)
        .join(_CUSTOMERS, _CUSTOMERS.c.id == _ORDERS.c.customer_id)
        .outerjoin(_ADDRESSES, _ADDRESSES.c.id == _ORDERS.c.ship_to_id).where(_ORDERS.c.id == order_id)).one()
    lines = db.execute(
        select(_LINES, _ITEMS.c.sku).join(_ITEMS, _ITEMS.c.id == _LINES.c.item_id)
        .where(_LINES.c.order_id == order_id, _LINES.c.cancelled < _LINES.c.base_quantity).order_by(_LINES.c.position))
    order = NewOrder(
        **{name: getattr(row, name) for name in _HEADER},
        lines=tuple(
            NewLine(key=str(x.position), sku=x.sku, **{name: getattr(x, name) for name in _LINE}) for x in lines),
        charges=charges_of(db, order_id))
    return Stored(order, row.customer_no, row.code)


def charges_of(db: Session, order_id: int) -> tuple[NewCharge, ...]:
    """What is added to and taken from the sum of an order's lines."""
    rows = db.execute(
        select(_CHARGES.c.kind, _CHARGES.c.name, _CHARGES.c.amount, _CHARGES.c.rate)
        .where(_CHARGES.c.order_id == order_id).order_by(_CHARGES.c.position))
    return tuple(NewCharge(*row) for row in rows)
