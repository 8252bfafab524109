"""Parts of kits that were taken apart: what left of them is billed by the shipments that brought it."""

from __future__ import annotations

from sqlalchemy import Select, select

from models.tables.fulfilment import FulfilmentLineRow, ShipmentLineRow, ShipmentRow
from models.tables.orders import OrderLineRow, SalesOrderRow
from oms.billing.invoices import LEFT


def shipments_of_parts(order_no: str | None = None) -> Select[int]:
    """The ids of shipments that brought parts of kits which are lines of their own since and not billed; of one order, or all."""
    x, share, goods = OrderLineRow, FulfilmentLineRow, ShipmentLineRow
    found = (
        select(ShipmentRow.id).join(goods, goods.shipment_id == ShipmentRow.id).join(share, share.id == goods.fulfilment_line_id)
        .join(x, (x.origin_line_id == share.order_line_id) & (x.item_id == share.item_id))
        .where(x.origin_order_id.is_(None), x.shipped > x.invoiced, ShipmentRow.state.in_(LEFT)).distinct()
        .order_by(ShipmentRow.id))
    if order_no is not None:
        found = found.join(SalesOrderRow, SalesOrderRow.id == x.order_id).where(SalesOrderRow.order_no == order_no)
    return found
