"""Credits on both sides: our credit memos told to an ERP that keeps the accounts, its credit notes booked as memos; each once."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.domain.outbox import Channel
from models.tables.billing import CreditMemoRow, InvoiceLineRow, InvoiceRow
from models.tables.items import ItemRow
from models.tables.orders import OrderLineRow
from oms.billing.credits import issue_credit, shares_of, worth_of
from oms.billing.repository import Billing
from oms.erp import payload
from oms.erp.told import Billed, InvoicedAhead, ToldInvoice, Unbookable
from oms.events.follow import Event
from oms.exceptions import close_exception
from oms.orders.repository import order_id_of
from oms.outbox import Outbox

ZERO = Decimal(0)


class ErpCreditFollower:
    """Writes the message of every credit memo that the ERP does not know already. `system`: the ERP, as an actor of entries."""

    name = "erp_credits"

    def __init__(self, system: str) -> None:
        self.system = system

    def handle(self, db: Session, event: Event) -> None:
        """Write the message of one memo; what the ERP told us of is not told back."""
        if event.type != "credit_memo.issued" or event.actor == self.system:
            return
        billing = Billing(db)
        memo = billing.credit(event.name)
        content = payload.credited(
            memo, billing.credit_lines(memo.id), key=f"{payload.CREDIT_KEY}{memo.number}",
            invoice=billing.invoice(memo.invoice).paper_no)
        Outbox(db).add(
            Channel.ERP, payload.CREDITED, content["id"], content, order_id=order_id_of(db, memo.order_no))


def book_credit(db: Session, system: str, told: ToldInvoice, order_id: int) -> None:
    """A credit note of the ERP as our credit memo, to the cent; a repeat changes nothing. Raises InvoicedAhead, Unbookable."""
    i, x, line = InvoiceRow, OrderLineRow, InvoiceLineRow
    invoice_id = db.execute(select(i.id).where(i.order_id == order_id, i.external_id == told.credits)).scalar_one_or_none()
    if invoice_id is None:
        raise InvoicedAhead(f"Credit note {told.number} credits invoice {told.credits}, which is not booked. It waits for it.")
    key = f"erp:{system}:{told.order_no}/{told.number}"[:128]
    if db.execute(select(CreditMemoRow.id).where(CreditMemoRow.key == key)).first() is not None:
        return
    billed = db.execute(
        select(line.order_line_id, ItemRow.sku, line.quantity).join(x, x.id == line.order_line_id)
        .join(ItemRow, ItemRow.id == x.item_id).where(line.invoice_id == invoice_id).order_by(x.position)).all()
    taken = {share.order_line_id: share.taken for share in shares_of(db, invoice_id)}
    quantities: dict[int, Decimal] = {}
    for sku, left in _returned(told.lines).items():
        for row in billed:
            if row.sku == sku and (take := min(left, row.quantity - taken[row.order_line_id])) > 0:
                quantities[row.order_line_id], left = take, left - take
        if left > 0:
            raise Unbookable(f"it credits {left:f} more of {sku} than invoice {told.credits} has left. Compare both.")
    worth = worth_of(db, invoice_id, quantities) if quantities else ZERO
    if worth != -told.total:
        raise Unbookable(
            f"it credits {-told.total:f} {told.currency}, the goods on it are worth {worth:f} on invoice {told.credits}. Credit "
            "the invoice by hand with what is right.")
    issue_credit(db, invoice_id, key=key, quantities=quantities, reason=f"Credit note {told.number} of the ERP.", actor=system)
    close_exception(db, key=told.about, by=system, resolution="Booked.")


def _returned(lines: Iterable[Billed]) -> dict[str, Decimal]:
    """Base units by SKU that a credit note takes back."""
    goods: dict[str, Decimal] = {}
    for line in lines:
        if line.sku and line.quantity < 0:
            goods[line.sku] = goods.get(line.sku, ZERO) - line.quantity
    return goods
