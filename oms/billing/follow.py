"""Billing as goods leave: a follower of the audit chain that writes an invoice for every shipment."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.tables.fulfilment import ShipmentRow
from oms.billing.invoices import NothingToBill, issue_invoice
from oms.billing.parts import shipments_of_parts
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
        return db.execute(shipments_of_parts(event.name)).scalars().all() if event.type in _CHANGES else ()
