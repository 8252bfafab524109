"""Billing as goods leave: a follower of the audit chain that writes an invoice for every shipment."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.tables.fulfilment import ShipmentRow
from oms.billing.invoices import NothingToBill, issue_invoice
from oms.events.follow import Event

ACTOR = "ordermill"


class BillingFollower:
    """For houses whose ERP does not write the invoices."""

    name = "billing"

    def handle(self, db: Session, event: Event) -> None:
        """Bill a shipment that has left; what is billed already stays as it is."""
        if event.type != "shipment.shipped":
            return
        shipment_id = db.execute(select(ShipmentRow.id).where(ShipmentRow.number == event.name)).scalar_one()
        try:
            issue_invoice(db, shipment_id, actor=ACTOR)
        except NothingToBill:
            return
