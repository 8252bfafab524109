"""Billing as goods leave: a follower of the audit chain that writes an invoice for every shipment."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.tables.fulfilment import FulfilmentLineRow, ShipmentLineRow, ShipmentRow
from models.tables.orders import OrderLineRow, SalesOrderRow
from oms.billing.invoices import LEFT, NothingToBill, issue_invoice
from oms.events.follow import Event

ACTOR = "ordermill"
_CHANGES = frozenset({"order.changed", "order.closed"})


class BillingFollower:
    """For houses whose ERP does not write the invoices."""

    name = "billing"

    def handle(self, db: Session, event: Event) -> None:
        """Bill a shipment that has left, and the parts of kits that were taken apart; what is billed already stays as it is."""
        for shipment_id in self._to_bill(db, event):
            try:
                issue_invoice(db, shipment_id, actor=ACTOR)
            except NothingToBill:
                continue

    def _to_bill(self, db: Session, event: Event) -> Sequence[int]:
        if event.type == "shipment.shipped":
            return db.execute(select(ShipmentRow.id).where(ShipmentRow.number == event.name)).scalars().all()
        return _shipments_of_parts(db, event.name) if event.type in _CHANGES else ()


def _shipments_of_parts(db: Session, order_no: str) -> Sequence[int]:
    """The shipments that brought parts of kits which are lines of their own since, and are not billed."""
    x, share, goods = OrderLineRow, FulfilmentLineRow, ShipmentLineRow
    return db.execute(
        select(ShipmentRow.id).join(goods, goods.shipment_id == ShipmentRow.id).join(share, share.id == goods.fulfilment_line_id)
        .join(x, (x.origin_line_id == share.order_line_id) & (x.item_id == share.item_id))
        .join(SalesOrderRow, SalesOrderRow.id == x.order_id)
        .where(
            SalesOrderRow.order_no == order_no, x.origin_order_id.is_(None), x.shipped > x.invoiced, ShipmentRow.state.in_(LEFT))
        .distinct().order_by(ShipmentRow.id)).scalars().all()
