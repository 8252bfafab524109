"""Invoices the ERP has written: booked here under its number, so that money, letters and credits follow; we write no second one.

The ERP may write an invoice before the goods leave. Ours follow the goods, so such an invoice waits until they have left.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.domain.money import round_money
from models.domain.order_work import ExceptionKind
from models.tables.billing import InvoiceRow
from models.tables.items import ItemRow
from models.tables.orders import OrderLineRow, SalesOrderRow
from oms.billing.assemble import Part, PartLine
from oms.billing.invoices import book_invoice, receive_payment
from oms.erp.credited import book_credit
from oms.erp.told import Billed, InvoicedAhead, ToldInvoice, Unbookable
from oms.exceptions import close_exception, open_exception
from oms.fulfilment.lines import lock_order
from runtime.clock import now

ZERO = Decimal(0)


def book_told(db: Session, system: str, told: ToldInvoice) -> bool:
    """Book an invoice of the ERP, and that it was paid, or a credit note; False when it is none of ours, or a credit note of no
    invoice. A repeat changes nothing.

    Raises InvoicedAhead when it must wait, ServiceError when it cannot be booked: nothing is to be kept of the transaction then.
    """
    order_id = db.execute(select(SalesOrderRow.id).where(SalesOrderRow.order_no == told.order_no)).scalar_one_or_none()
    if order_id is None or (told.total < 0 and not told.credits):
        return False
    order = lock_order(db, order_id)
    if told.total < 0:
        book_credit(db, system, told, order_id)
        return True
    i = InvoiceRow
    invoice_id = db.execute(
        select(i.id).where(i.order_id == order_id, i.external_id == told.number)).scalar_one_or_none()
    if invoice_id is None:
        part = _part(db, order_id, told, order.currency)
        at = datetime.combine(told.issued_on, time(), UTC)
        invoice_id = book_invoice(db, order, part, external_id=told.number, issued_at=at, actor=system)
        close_exception(db, key=told.about, by=system, resolution="Booked.")
    if told.is_paid:
        _pay(db, system, told, invoice_id)
    return True


def not_booked(db: Session, told: ToldInvoice, code: str, sentence: str) -> None:
    """Say that an invoice of the ERP is not in our books, and what to do."""
    order_id = db.execute(select(SalesOrderRow.id).where(SalesOrderRow.order_no == told.order_no)).scalar_one()
    open_exception(
        db, kind=ExceptionKind.RECONCILIATION, key=told.about, code=code, order_id=order_id,
        sentence=f"The ERP wrote invoice {told.number} for {', '.join(told.orders)}, but it cannot be booked here: {sentence}")


def _part(db: Session, order_id: int, told: ToldInvoice, currency: str) -> Part:
    """The invoice on the order's lines. Raises InvoicedAhead, Unbookable."""
    if len(told.orders) > 1:
        raise Unbookable("it bills several orders at once. Note it by hand, and let the ERP write one invoice an order.")
    if told.currency != currency:
        raise Unbookable(f"it is in {told.currency}, the order in {currency}. Correct the one that is wrong.")
    rows = db.execute(
        select(OrderLineRow.id, ItemRow.sku, OrderLineRow.shipped, OrderLineRow.invoiced, OrderLineRow.base_quantity)
        .join(ItemRow, ItemRow.id == OrderLineRow.item_id).where(OrderLineRow.order_id == order_id)
        .order_by(OrderLineRow.position)).all()
    goods = _by_sku(told.lines)
    for sku, (quantity, _) in goods.items():
        ours = [row for row in rows if row.sku == sku]
        if quantity > sum((row.base_quantity - row.invoiced for row in ours), ZERO):
            raise Unbookable(
                f"it bills {quantity:f} of {sku}, more than the order has that no invoice bills yet. Compare it with the order "
                "and its invoices, then credit what is too much.")
        if quantity > sum((row.shipped - row.invoiced for row in ours), ZERO):
            raise InvoicedAhead(f"Invoice {told.number} of {told.order_no} bills goods that have not left. It is booked then.")
    lines = [
        part for sku, (quantity, amount) in goods.items()
        for part in _share([(row.id, row.shipped - row.invoiced) for row in rows if row.sku == sku], quantity, amount, currency)]
    net = sum((line.amount for line in lines), ZERO)
    part = Part(tuple(lines), net, sum((x.amount for x in told.lines if not x.sku), ZERO), told.tax)
    if part.total != told.total:
        raise Unbookable(f"its lines and tax come to {part.total:f}, its total is {told.total:f} {currency}. Look at it there.")
    return part


def _by_sku(lines: Iterable[Billed]) -> dict[str, tuple[Decimal, Decimal]]:
    goods: dict[str, tuple[Decimal, Decimal]] = {}
    for line in lines:
        if line.sku:
            quantity, amount = goods.get(line.sku, (ZERO, ZERO))
            goods[line.sku] = quantity + line.quantity, amount + line.amount
    return {sku: both for sku, both in goods.items() if both[0] > 0}


def _share(open_: Sequence[tuple[int, Decimal]], quantity: Decimal, amount: Decimal, currency: str) -> list[PartLine]:
    """`quantity` taken from the lines (id, what no invoice bills) in their order; the amounts add up to the last cent."""
    parts, left = [], quantity
    for line_id, most in open_:
        if (take := min(most, left)) > 0:
            before, left = round_money(amount * (quantity - left) / quantity, currency), left - take
            parts.append(PartLine(line_id, take, round_money(amount * (quantity - left) / quantity, currency) - before))
    return parts


def _pay(db: Session, system: str, told: ToldInvoice, invoice_id: int) -> None:
    """The ERP says it is paid: what is still open came. When exactly, and in which parts, the ERP knows."""
    i = db.get_one(InvoiceRow, invoice_id, populate_existing=True)
    missing = i.total - i.credited - i.paid + i.refunded
    if missing > 0:
        receive_payment(
            db, invoice_id, key=f"erp:{system}:{told.order_no}/{told.number}"[:128], amount=missing, received_at=now(),
            actor=system)
