"""Invoices, credit memos, payments and refunds as pages, papers and programs show them: plain SELECTs into dataclasses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from models.domain.billing import InvoiceState, RefundState
from models.domain.fulfilment import ShipmentState
from models.errors import NotFound
from models.tables.billing import CreditLineRow, CreditMemoRow, InvoiceLineRow, InvoiceRow, PaymentRow, RefundRow
from models.tables.fulfilment import FulfilmentLineRow, FulfilmentOrderRow, ShipmentRow
from models.tables.items import ItemRow
from models.tables.orders import OrderLineRow, SalesOrderRow
from models.tables.partners import CustomerRow
from oms.billing.parts import shipments_of_parts


class InvoiceAction(StrEnum):
    """What may be done about an invoice."""

    PAY = "pay"
    CREDIT = "credit"
    REFUND = "refund"


@dataclass(frozen=True, slots=True)
class InvoiceListed:
    """One invoice of the list; amounts in its currency."""

    id: int
    number: str
    order_no: str
    shipment: str | None
    customer_no: str
    customer: str
    po_number: str
    state: InvoiceState
    currency: str
    net: Decimal
    charges: Decimal
    tax: Decimal
    total: Decimal
    paid: Decimal
    credited: Decimal
    refunded: Decimal
    issued_at: datetime
    due_on: date | None
    external_id: str | None

    @property
    def paper_no(self) -> str:
        """The number on the paper: the ERP's where the ERP wrote the invoice."""
        return self.external_id or self.number

    @property
    def open(self) -> Decimal:
        """What is still to be paid; below zero when the customer is owed."""
        return self.total - self.credited - self.paid + self.refunded

    def is_overdue(self, today: date) -> bool:
        """True when money is missing after its day."""
        return self.due_on is not None and self.due_on < today and self.open > 0

    @property
    def actions(self) -> tuple[InvoiceAction, ...]:
        """What may be done about it now."""
        may = {
            InvoiceAction.PAY: self.open > 0, InvoiceAction.CREDIT: self.credited < self.total,
            InvoiceAction.REFUND: self.refunded < self.paid}
        return tuple(action for action, is_possible in may.items() if is_possible)


@dataclass(frozen=True, slots=True)
class BilledLine:
    """What an invoice or credit memo has of an order line: in base units, and in the unit it was ordered in."""

    order_line_id: int
    position: int
    sku: str
    customer_part_number: str | None
    description: str
    base_quantity: Decimal
    base_uom: str
    quantity: Decimal
    uom: str
    unit_price: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class CreditListed:
    """One credit memo. `total` is what it gives: lines + charges + tax − fee."""

    id: int
    number: str
    invoice_id: int
    invoice: str
    order_no: str
    customer_no: str
    customer: str
    currency: str
    charges: Decimal
    tax: Decimal
    fee: Decimal
    total: Decimal
    reason: str
    issued_by: str
    issued_at: datetime


@dataclass(frozen=True, slots=True)
class RefundListed:
    """One refund, with the invoice it is of."""

    id: int
    invoice_id: int
    invoice: str
    credit_memo_id: int | None
    amount: Decimal
    currency: str
    state: RefundState
    sentence: str | None
    requested_by: str
    created_at: datetime
    moved_at: datetime


@dataclass(frozen=True, slots=True)
class Unbilled:
    """A shipment that has left and has no invoice."""

    shipment_id: int
    number: str
    order_no: str
    customer: str
    shipped_at: datetime | None


class Billing:
    """Reading about money. Holds a session."""

    def __init__(self, db: Session) -> None:
        self.db = db

    def invoices(
        self, *, text: str = "", state: InvoiceState | None = None, customer_no: str | None = None, order_no: str | None = None,
        before: int | None = None, limit: int = 100,
    ) -> list[InvoiceListed]:
        """Invoices, the newest first; `text` is a part of their number or the ERP's, the order's, the PO number or the customer's
        name."""
        stmt = _invoices()
        if text:
            like = f"%{text.lower()}%"
            columns = (
                InvoiceRow.number, InvoiceRow.external_id, SalesOrderRow.order_no, SalesOrderRow.po_number, CustomerRow.name)
            stmt = stmt.where(or_(*(func.lower(column).like(like) for column in columns)))
        for column, wanted in (
            (InvoiceRow.state, state), (CustomerRow.customer_no, customer_no), (SalesOrderRow.order_no, order_no)
        ):
            if wanted is not None:
                stmt = stmt.where(column == wanted)
        if before is not None:
            stmt = stmt.where(InvoiceRow.id < before)
        return [InvoiceListed(*row) for row in self.db.execute(stmt.order_by(InvoiceRow.id.desc()).limit(limit))]

    def invoice(self, number: str) -> InvoiceListed:
        """One invoice by its number. Raises NotFound."""
        found = self.db.execute(_invoices().where(InvoiceRow.number == number)).one_or_none()
        if found is None:
            raise NotFound(f"There is no invoice {number}. Look for it in the list of invoices.")
        return InvoiceListed(*found)

    def unbilled(self, limit: int = 100) -> list[Unbilled]:
        """Shipments that have left with goods no invoice has, the oldest first."""
        s, f = ShipmentRow, FulfilmentOrderRow
        has_more = (
            select(OrderLineRow.id).join(FulfilmentLineRow, FulfilmentLineRow.order_line_id == OrderLineRow.id)
            .where(FulfilmentLineRow.fulfilment_order_id == f.id, OrderLineRow.invoiced < OrderLineRow.shipped).exists())
        is_billed = select(InvoiceRow.id).where(InvoiceRow.shipment_id == s.id).exists()
        has_parts = s.id.in_(shipments_of_parts())
        stmt = (
            select(s.id, s.number, SalesOrderRow.order_no, CustomerRow.name, s.shipped_at)
            .join(f, f.id == s.fulfilment_order_id).join(SalesOrderRow, SalesOrderRow.id == f.order_id)
            .join(CustomerRow, CustomerRow.id == SalesOrderRow.customer_id)
            .where(s.state.in_((ShipmentState.SHIPPED, ShipmentState.DELIVERED)), or_(~is_billed & has_more, has_parts)))
        return [Unbilled(*row) for row in self.db.execute(stmt.order_by(s.id).limit(limit))]

    def invoice_lines(self, invoice_id: int) -> list[BilledLine]:
        """What an invoice bills, by position."""
        return self._lines(InvoiceLineRow, InvoiceLineRow.invoice_id == invoice_id)

    def credits(
        self, *, invoice_id: int | None = None, return_id: int | None = None, before: int | None = None, limit: int = 100
    ) -> list[CreditListed]:
        """Credit memos, the newest first."""
        stmt = _credits()
        for column, wanted in ((CreditMemoRow.invoice_id, invoice_id), (CreditMemoRow.return_id, return_id)):
            if wanted is not None:
                stmt = stmt.where(column == wanted)
        if before is not None:
            stmt = stmt.where(CreditMemoRow.id < before)
        return [CreditListed(*row) for row in self.db.execute(stmt.order_by(CreditMemoRow.id.desc()).limit(limit))]

    def credit(self, number: str) -> CreditListed:
        """One credit memo by its number. Raises NotFound."""
        found = self.db.execute(_credits().where(CreditMemoRow.number == number)).one_or_none()
        if found is None:
            raise NotFound(f"There is no credit memo {number}. Look for it on the page of its invoice.")
        return CreditListed(*found)

    def credit_lines(self, memo_id: int) -> list[BilledLine]:
        """What a credit memo takes back, by position."""
        return self._lines(CreditLineRow, CreditLineRow.credit_memo_id == memo_id)

    def payments(self, invoice_id: int) -> Sequence[PaymentRow]:
        """What came for an invoice, the oldest first."""
        stmt = select(PaymentRow).where(PaymentRow.invoice_id == invoice_id).order_by(PaymentRow.received_at, PaymentRow.id)
        return self.db.execute(stmt).scalars().all()

    def refunds(
        self, *, invoice_id: int | None = None, refund_id: int | None = None, state: RefundState | None = None,
        before: int | None = None, limit: int = 100,
    ) -> list[RefundListed]:
        """Refunds, the newest first."""
        r = RefundRow
        stmt = select(
            r.id, r.invoice_id, InvoiceRow.number, r.credit_memo_id, r.amount, InvoiceRow.currency, r.state, r.sentence,
            r.requested_by, r.created_at, r.moved_at).join(InvoiceRow, InvoiceRow.id == r.invoice_id)
        for column, wanted in ((r.invoice_id, invoice_id), (r.id, refund_id), (r.state, state)):
            if wanted is not None:
                stmt = stmt.where(column == wanted)
        if before is not None:
            stmt = stmt.where(r.id < before)
        return [RefundListed(*row) for row in self.db.execute(stmt.order_by(r.id.desc()).limit(limit))]

    def _lines(self, table: type[InvoiceLineRow | CreditLineRow], where: Any) -> list[BilledLine]:
        rows = self.db.execute(
            select(table.quantity, table.amount, OrderLineRow, ItemRow.sku, ItemRow.base_uom)
            .join(OrderLineRow, OrderLineRow.id == table.order_line_id).join(ItemRow, ItemRow.id == OrderLineRow.item_id)
            .where(where).order_by(OrderLineRow.position))
        return [
            BilledLine(
                line.id, line.position, sku, line.customer_part_number, line.description, quantity, base_uom,
                round(quantity * line.quantity / line.base_quantity, 6).normalize() + 0, line.uom, line.unit_price, amount)
            for quantity, amount, line, sku, base_uom in rows]


def _invoices() -> Select[*tuple[Any, ...]]:
    i = InvoiceRow
    return (
        select(
            i.id, i.number, SalesOrderRow.order_no, ShipmentRow.number, CustomerRow.customer_no, CustomerRow.name,
            SalesOrderRow.po_number, i.state, i.currency, i.net, i.charges, i.tax, i.total, i.paid, i.credited, i.refunded,
            i.issued_at, i.due_on, i.external_id)
        .join(SalesOrderRow, SalesOrderRow.id == i.order_id).join(CustomerRow, CustomerRow.id == SalesOrderRow.customer_id)
        .outerjoin(ShipmentRow, ShipmentRow.id == i.shipment_id))


def _credits() -> Select[*tuple[Any, ...]]:
    c = CreditMemoRow
    return (
        select(
            c.id, c.number, c.invoice_id, InvoiceRow.number, SalesOrderRow.order_no, CustomerRow.customer_no, CustomerRow.name,
            c.currency, c.charges, c.tax, c.fee, c.total, c.reason, c.issued_by, c.issued_at)
        .join(InvoiceRow, InvoiceRow.id == c.invoice_id).join(SalesOrderRow, SalesOrderRow.id == c.order_id)
        .join(CustomerRow, CustomerRow.id == SalesOrderRow.customer_id))
