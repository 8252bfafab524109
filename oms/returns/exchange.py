"""Goods for returned goods: a sales order free of charge, with stock reserved as far as there is any."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, select, true, tuple_
from sqlalchemy.orm import Session

from models.domain.order_work import OrderSource
from models.domain.stock import Demand
from oms.allocation.pools import drawable
from oms.inventory.kits import held_items, kits_among
from oms.inventory.levels import lock_levels, reserve
from oms.inventory.plan import plan_reservation
from oms.orders.assemble import NewLine, NewOrder
from oms.orders.checking.service import check_holds
from oms.orders.offers.service import tell_created
from oms.orders.write import insert_lines, insert_order, order_no
from oms.returns.room import Spot
from oms.returns.rows import ITEMS, ORDER_LINES
from runtime.audit import record

_ZERO = Decimal(0)


def open_exchange(
    db: Session, order: Row[Any], return_number: str, quantities: Mapping[Spot, Decimal], *, actor: str
) -> int | None:
    """An accepted order for the same goods, by base units of what came back; its id, or None when there is nothing to send.

    The goods that came back stay billed, so their replacement costs nothing. The levels of the items are locked.
    """
    if not quantities:
        return None
    c = ORDER_LINES.c
    rows = db.execute(
        select(c.id, ITEMS.c.id.label("item_id"), c.description, c.customer_part_number, ITEMS.c.sku, ITEMS.c.base_uom,
               ITEMS.c.description.label("own"), c.item_id.label("whole"))
        .join(ITEMS, true()).where(tuple_(c.id, ITEMS.c.id).in_(list(quantities))).order_by(c.position, ITEMS.c.id)).all()
    lines = tuple(
        NewLine(
            key=str(n), position=n, item_id=x.item_id, sku=x.sku, customer_line_no=None,
            customer_part_number=x.customer_part_number if x.item_id == x.whole else None,
            description=x.description if x.item_id == x.whole else x.own, quantity=quantities[x.id, x.item_id], uom=x.base_uom,
            base_quantity=quantities[x.id, x.item_id], unit_price=_ZERO, amount=_ZERO, requested_date=None)
        for n, x in enumerate(rows, 1))
    new = NewOrder(
        customer_id=order.customer_id, po_number=order.po_number, order_date=None, requested_date=None, currency=order.currency,
        ship_to_id=order.ship_to_id, ship_to_text=order.ship_to_text, payment_terms=order.payment_terms,
        notes=f"Exchange for what came back with {return_number} of {order.order_no}; free of charge.", total=_ZERO, lines=lines)
    kits = kits_among(db, [line.item_id for line in lines])
    levels = lock_levels(db, held_items([line.item_id for line in lines], kits))
    order_id = insert_order(db, new, {"approved_by": actor, "source": OrderSource.EXCHANGE, "origin_order_id": order.id})
    assert order_id is not None                         # an order of no case is never a repeat
    line_ids = insert_lines(db, order_id, lines)
    demands = [Demand(line_ids[x.position], x.item_id, x.base_quantity) for x in lines]
    plan = plan_reservation(demands, drawable(db, levels, order_id), kits)
    reserve(db, plan.picks)
    short = {x.position: plan.short[line_ids[x.position]] for x in lines if line_ids[x.position] in plan.short}
    tell_created(db, order_id, short, actor=actor, key=f"so-exchange:{order_id}")
    record(db, actor=actor, action="order.accepted", subject=f"order:{order_no(order_id)}", content={
        "source": OrderSource.EXCHANGE, "return": return_number, "origin": order.order_no})
    check_holds(db, order_id)
    return order_id
