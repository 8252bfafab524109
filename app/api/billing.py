"""The REST API of money: invoices, payments, credit memos, refunds. Amounts are in the order's currency."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.auth import Client, allow, rooms_of
from app.api.bounds import Before, Limit, RowId
from app.api.idempotent import row_key
from app.api.problems import READ_REFUSALS, REFUSALS
from models.domain.billing import REFUND_MOVES, InvoiceState, RefundState
from models.errors import NotFound
from models.tables.billing import InvoiceRow
from models.tables.fulfilment import ShipmentRow
from models.tables.orders import OrderLineRow, SalesOrderRow
from oms.billing.credits import issue_credit
from oms.billing.invoices import issue_invoice, receive_payment
from oms.billing.paper import MOST, Letterhead, credit_pdf, invoice_pdf
from oms.billing.refunds import move_refund, request_refund
from oms.billing.repository import BilledLine, Billing, CreditListed, InvoiceAction, InvoiceListed, RefundListed
from runtime.clock import now

router = APIRouter(tags=["billing"])
Writer = Annotated[Client, allow("billing:write")]
Key = Annotated[str, Header(alias="Idempotency-Key", min_length=1, max_length=100, description="Makes a repeat harmless.")]
Money = Annotated[Decimal, Field(gt=0, max_digits=18, decimal_places=6)]
MUTATION = REFUSALS | {404: REFUSALS[422]}
_READ = [allow("billing:read")]
PDF: dict[int | str, dict[str, Any]] = {200: {"content": {"application/pdf": {}}, "description": "The paper."}}


class BilledLineOut(BaseModel):
    """What an invoice or credit memo has of an order line; `quantity` is in base units."""

    position: int
    sku: str
    description: str
    quantity: Decimal
    base_uom: str
    amount: Decimal


class NumbersIn(BaseModel):
    """Papers by number."""

    numbers: Annotated[list[Annotated[str, Field(max_length=64)]], Field(min_length=1, max_length=MOST)]


class InvoiceOut(BaseModel):
    """An invoice. `open` is what is still to be paid, below zero when the customer is owed. `external_id`: the ERP's number."""

    id: int
    number: str
    state: InvoiceState
    order_no: str
    shipment: str | None
    customer_no: str
    currency: str
    net: Decimal
    charges: Decimal
    tax: Decimal
    total: Decimal
    paid: Decimal
    credited: Decimal
    refunded: Decimal
    open: Decimal
    issued_at: datetime
    due_on: date | None
    external_id: str | None
    supported_actions: list[InvoiceAction]
    lines: list[BilledLineOut]


class CreditOut(BaseModel):
    """A credit memo: lines + charges + tax − fee = total."""

    id: int
    number: str
    invoice: str
    order_no: str
    customer_no: str
    currency: str
    charges: Decimal
    tax: Decimal
    fee: Decimal
    total: Decimal
    reason: str
    issued_by: str
    issued_at: datetime
    lines: list[BilledLineOut]


class RefundOut(BaseModel):
    """Money that goes back."""

    id: int
    invoice: str
    credit_memo_id: int | None
    amount: Decimal
    currency: str
    state: RefundState
    sentence: str | None
    requested_by: str
    created_at: datetime
    moved_at: datetime
    supported_states: list[RefundState]


class InvoiceIn(BaseModel):
    """The shipment to bill."""

    shipment: str = Field(max_length=32, description="The shipment's number.")


class PaymentIn(BaseModel):
    """Money that came."""

    amount: Money
    received_at: datetime | None = None


class CreditLineIn(BaseModel):
    """So many base units of an order line."""

    position: int = Field(ge=1, le=100_000)
    quantity: Money


class CreditIn(BaseModel):
    """What is to be taken back of an invoice; `fee` is kept."""

    invoice: str = Field(max_length=32)
    lines: list[CreditLineIn] = Field(min_length=1, max_length=1_000)
    reason: str = Field(min_length=1, max_length=2_000)
    fee: Decimal = Field(Decimal(0), ge=0, max_digits=18, decimal_places=6)


class RefundIn(BaseModel):
    """Money that is to go back."""

    invoice: str = Field(max_length=32)
    amount: Money
    credit_memo: str | None = Field(None, max_length=32)


class RefundMoveIn(BaseModel):
    """Where the refund is now; `sentence` says why it failed."""

    state: RefundState
    sentence: str | None = Field(None, max_length=2_000)


@router.get("/invoices", responses=READ_REFUSALS, dependencies=_READ)
def invoices(
    request: Request, state: InvoiceState | None = None, customer: str | None = None, order: str | None = None,
    text: Annotated[str, Query(max_length=200)] = "", before: Before = None, limit: Limit = 100,
) -> list[InvoiceOut]:
    """Invoices, the newest first; `customer` and `order` are numbers."""
    with rooms_of(request).db.read() as db:
        billing = Billing(db)
        found = billing.invoices(
            text=text, state=state, customer_no=customer, order_no=order, before=before, limit=limit)
        return [_invoice(billing, listed) for listed in found]


@router.post("/invoices", status_code=201, responses=MUTATION)
def bill(request: Request, wanted: InvoiceIn, client: Writer) -> InvoiceOut:
    """Bill a shipment. A shipment has one invoice, so a repeat gets the first one."""
    with rooms_of(request).db.write() as db:
        shipment = db.execute(select(ShipmentRow.id).where(ShipmentRow.number == wanted.shipment)).scalar_one_or_none()
        if shipment is None:
            raise NotFound(f"There is no shipment {wanted.shipment}.")
        invoice_id = issue_invoice(db, shipment, actor=client.actor)
        number = db.execute(select(InvoiceRow.number).where(InvoiceRow.id == invoice_id)).scalar_one()
        return _invoice(Billing(db), Billing(db).invoice(number))


@router.get("/invoices/{number}", responses=READ_REFUSALS, dependencies=_READ)
def invoice(request: Request, number: str) -> InvoiceOut:
    """One invoice."""
    with rooms_of(request).db.read() as db:
        return _invoice(Billing(db), Billing(db).invoice(number))


@router.post("/invoices/papers", responses=READ_REFUSALS | REFUSALS | PDF, response_class=Response, dependencies=_READ)
def print_invoices(request: Request, wanted: NumbersIn) -> Response:
    """Several invoices in one PDF."""
    with rooms_of(request).db.read() as db:
        return Response(invoice_pdf(db, sender_of(request), *wanted.numbers), media_type="application/pdf")


@router.post("/credit-memos/papers", responses=READ_REFUSALS | REFUSALS | PDF, response_class=Response, dependencies=_READ)
def print_credits(request: Request, wanted: NumbersIn) -> Response:
    """Several credit memos in one PDF."""
    with rooms_of(request).db.read() as db:
        return Response(credit_pdf(db, sender_of(request), *wanted.numbers), media_type="application/pdf")


@router.get("/invoices/{number}/pdf", responses=READ_REFUSALS | PDF, response_class=Response, dependencies=_READ)
def invoice_paper(request: Request, number: str) -> Response:
    """The invoice on paper."""
    with rooms_of(request).db.read() as db:
        return Response(invoice_pdf(db, sender_of(request), number), media_type="application/pdf")


@router.post("/invoices/{number}/payments", status_code=201, responses=MUTATION)
def pay(request: Request, number: str, wanted: PaymentIn, client: Writer, key: Key) -> InvoiceOut:
    """Note money that came. The key is the bank's reference."""
    with rooms_of(request).db.write() as db:
        invoice_id = Billing(db).invoice(number).id
        receive_payment(
            db, invoice_id, key=row_key(client, "payment", key), amount=wanted.amount, received_at=wanted.received_at or now(),
            actor=client.actor)
        return _invoice(Billing(db), Billing(db).invoice(number))


@router.get("/credit-memos", responses=READ_REFUSALS, dependencies=_READ)
def credits(request: Request, invoice: str | None = None, before: Before = None, limit: Limit = 100) -> list[CreditOut]:
    """Credit memos, the newest first; `invoice` is a number."""
    with rooms_of(request).db.read() as db:
        billing = Billing(db)
        invoice_id = billing.invoice(invoice).id if invoice else None
        return [_credit(billing, memo) for memo in billing.credits(invoice_id=invoice_id, before=before, limit=limit)]


@router.get("/credit-memos/{number}", responses=READ_REFUSALS, dependencies=_READ)
def credit(request: Request, number: str) -> CreditOut:
    """One credit memo."""
    with rooms_of(request).db.read() as db:
        return _credit(Billing(db), Billing(db).credit(number))


@router.get("/credit-memos/{number}/pdf", responses=READ_REFUSALS | PDF, response_class=Response, dependencies=_READ)
def credit_paper(request: Request, number: str) -> Response:
    """The credit memo on paper."""
    with rooms_of(request).db.read() as db:
        return Response(credit_pdf(db, sender_of(request), number), media_type="application/pdf")


@router.post("/credit-memos", status_code=201, responses=MUTATION)
def give_credit(request: Request, wanted: CreditIn, client: Writer, key: Key) -> CreditOut:
    """Take back a part of an invoice."""
    with rooms_of(request).db.write() as db:
        billing = Billing(db)
        listed = billing.invoice(wanted.invoice)
        quantities = _by_line(db, listed.order_no, wanted.lines)
        memo_id = issue_credit(
            db, listed.id, key=row_key(client, "credit", key), quantities=quantities, reason=wanted.reason, actor=client.actor,
            fee=wanted.fee)
        return next(_credit(billing, memo) for memo in billing.credits(invoice_id=listed.id, limit=500) if memo.id == memo_id)


@router.get("/refunds", responses=READ_REFUSALS, dependencies=_READ)
def refunds(
    request: Request, invoice: str | None = None, state: RefundState | None = None, before: Before = None, limit: Limit = 100
) -> list[RefundOut]:
    """Refunds, the newest first; `invoice` is a number."""
    with rooms_of(request).db.read() as db:
        billing = Billing(db)
        invoice_id = billing.invoice(invoice).id if invoice else None
        return [_refund(r) for r in billing.refunds(invoice_id=invoice_id, state=state, before=before, limit=limit)]


@router.post("/refunds", status_code=201, responses=MUTATION)
def refund(request: Request, wanted: RefundIn, client: Writer, key: Key) -> RefundOut:
    """Have money go back: never more than came and did not go back already."""
    with rooms_of(request).db.write() as db:
        billing = Billing(db)
        memo = billing.credit(wanted.credit_memo).id if wanted.credit_memo else None
        refund_id = request_refund(
            db, billing.invoice(wanted.invoice).id, key=row_key(client, "refund", key), amount=wanted.amount,
            actor=client.actor, credit_memo_id=memo)
        return _refund(billing.refunds(refund_id=refund_id)[0])


@router.post("/refunds/{refund_id}/state", responses=MUTATION)
def refund_state(request: Request, refund_id: RowId, wanted: RefundMoveIn, client: Writer) -> RefundOut:
    """Say what became of a refund: submitted, succeeded, failed, or pending once more after it failed."""
    with rooms_of(request).db.write() as db:
        move_refund(db, refund_id, wanted.state, actor=client.actor, sentence=wanted.sentence)
        return _refund(Billing(db).refunds(refund_id=refund_id)[0])


def sender_of(request: Request) -> Letterhead:
    """Who writes our papers."""
    s = rooms_of(request).settings
    return Letterhead.of(s.company_name, s.company_address, s.company_vat_id, s.company_bank)


def _by_line(db: Session, order_no: str, lines: list[CreditLineIn]) -> dict[int, Decimal]:
    rows = (
        select(OrderLineRow.position, OrderLineRow.id).join(SalesOrderRow, SalesOrderRow.id == OrderLineRow.order_id)
        .where(SalesOrderRow.order_no == order_no))
    ids = dict(db.execute(rows).all())
    if missing := [line.position for line in lines if line.position not in ids]:
        raise NotFound(f"Order {order_no} has no line {missing[0]}; give its position.")
    quantities: dict[int, Decimal] = {}
    for line in lines:
        quantities[ids[line.position]] = quantities.get(ids[line.position], Decimal(0)) + line.quantity
    return quantities


def _lines(lines: list[BilledLine]) -> list[BilledLineOut]:
    return [
        BilledLineOut(
            position=x.position, sku=x.sku, description=x.description, quantity=x.base_quantity, base_uom=x.base_uom,
            amount=x.amount)
        for x in lines]


def _invoice(billing: Billing, i: InvoiceListed) -> InvoiceOut:
    return InvoiceOut(
        id=i.id, number=i.number, state=i.state, order_no=i.order_no, shipment=i.shipment, customer_no=i.customer_no,
        currency=i.currency, net=i.net, charges=i.charges, tax=i.tax, total=i.total, paid=i.paid, credited=i.credited,
        refunded=i.refunded, open=i.open, issued_at=i.issued_at, due_on=i.due_on, external_id=i.external_id,
        supported_actions=list(i.actions),
        lines=_lines(billing.invoice_lines(i.id)))


def _credit(billing: Billing, c: CreditListed) -> CreditOut:
    return CreditOut(
        id=c.id, number=c.number, invoice=c.invoice, order_no=c.order_no, customer_no=c.customer_no, currency=c.currency,
        charges=c.charges, tax=c.tax, fee=c.fee, total=c.total, reason=c.reason, issued_by=c.issued_by, issued_at=c.issued_at,
        lines=_lines(billing.credit_lines(c.id)))


def _refund(r: RefundListed) -> RefundOut:
    return RefundOut(
        id=r.id, invoice=r.invoice, credit_memo_id=r.credit_memo_id, amount=r.amount, currency=r.currency, state=r.state,
        sentence=r.sentence, requested_by=r.requested_by, created_at=r.created_at, moved_at=r.moved_at,
        supported_states=sorted(REFUND_MOVES[r.state]))
