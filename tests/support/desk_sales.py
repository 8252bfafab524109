"""What follows an order, in a furnished house: a fulfilment order, a shipment, its invoice and credit, a return."""

from __future__ import annotations

from decimal import Decimal

from models.domain.returns import Grade
from models.tables.fulfilment import FulfilmentHoldRow
from oms.billing.credits import issue_credit
from oms.billing.invoices import issue_invoice
from oms.returns.inspection import inspect, receive_return
from oms.returns.requests import Wanted, approve_return, request_return
from tests.support.desk import Desk
from tests.support.shipments import sell, send


def sell_and_take_back(desk: Desk, words: str = "Arrived damaged", name: str = "Wanda Warehouse") -> dict[str, str]:
    """An order that was shipped, billed, credited in part, and partly sent back; `words` stand where people gave a reason, `name`
    where their name is. Answers the pages of all that: name → path."""
    with desk.db.write() as db:
        sold = sell(db, [("10", "25.00"), ("4", "9.99")], charge="3.00", tax="7.00")
        shipment = send(db, sold, [10, 4])
        invoice = issue_invoice(db, shipment, actor=name)
        issue_credit(db, invoice, key="k" * 16, quantities={sold.line_ids[0]: Decimal(1)}, reason=words, actor=name)
        returned = request_return(
            db, order_id=sold.order_id, lines=[Wanted(Decimal(3), sold.line_ids[0], reason=words)], reason=words, actor=name)
        approve_return(db, returned, actor=name)
        receive_return(db, returned, quantities={1: Decimal(3)}, actor=name)
        inspect(db, returned, line_id=1, quantity=Decimal(1), grade=Grade.DAMAGED, note=words, actor=name)
        db.add(FulfilmentHoldRow(
            fulfilment_order_id=sold.fulfilment_order_id, reason=words, placed_by=name, placed_at=desk.now()))
    return {
        "fulfilment-order": f"/fulfilment/FO-{sold.order_id}", "shipment": f"/shipments/SH-{shipment:06d}",
        "invoice": f"/invoices/IN-{invoice:06d}", "return": f"/returns/RMA-{returned:06d}"}
