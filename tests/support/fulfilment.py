"""Released orders of the small invented company, ready to be fulfilled."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.tables.fulfilment import FulfilmentLineRow, FulfilmentOrderRow
from models.tables.orders import OrderLineRow
from oms.fulfilment.create import create_fulfilment_orders
from oms.fulfilment.packing import pack
from oms.fulfilment.picking import pick
from oms.fulfilment.shipments import finish_picking, open_shipment
from oms.orders.service import accept_order, release_order
from runtime.db import Database
from tests.support.orders import draft, open_case, open_shop

PREFIX = "4012345"


def released_order(
    database: Database, stock: Sequence[Sequence[int]] = ((60,),), lines: Sequence[tuple[int, Any]] = ((0, 10),),
) -> int:
    """The id of a released order of (index of the item, quantity) lines, reserved as far as the stock goes."""
    with database.write() as db:
        shop = open_shop(db, stock)
        order_id = accept_order(db, case_id=open_case(db), case_version=1, draft=draft(shop, lines), approved_by="anna")
        release_order(db, order_id, user="anna")
    return order_id


def fulfilment_orders(database: Database, **shop: Any) -> list[int]:
    """The ids of the fulfilment orders of a new released order."""
    order_id = released_order(database, **shop)
    with database.write() as db:
        return create_fulfilment_orders(db, order_id, actor="anna")


def state_of(db: Session, fulfilment_id: int) -> tuple[str, str]:
    """State and request state."""
    row = db.get_one(FulfilmentOrderRow, fulfilment_id)
    return row.state.value, row.request_state.value


def packed(db: Session, fulfilment_id: int, *quantities: int | Decimal) -> int:
    """A packed shipment of so much of each of the fulfilment order's lines."""
    shipment = open_shipment(db, fulfilment_id, actor="carl")
    for share, quantity in zip(share_ids(db, fulfilment_id), quantities, strict=False):
        if quantity:
            pick(db, shipment, share, Decimal(quantity))
    finish_picking(db, shipment, actor="carl")
    pack(db, shipment, company_prefix=PREFIX, actor="carl")
    return shipment


def given(db: Session, order_id: int) -> list[tuple[Decimal, Decimal, Decimal]]:
    """(allocated, shipped, cancelled) of the order's lines."""
    rows = db.execute(select(OrderLineRow).where(OrderLineRow.order_id == order_id).order_by(OrderLineRow.position)).scalars()
    return [(line.allocated, line.shipped, line.cancelled) for line in rows]


def share_ids(db: Session, fulfilment_id: int) -> list[int]:
    """Ids of a fulfilment order's lines."""
    lines = select(FulfilmentLineRow.id).where(FulfilmentLineRow.fulfilment_order_id == fulfilment_id)
    return list(db.execute(lines.order_by(FulfilmentLineRow.id)).scalars())
