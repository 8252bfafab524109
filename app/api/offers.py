"""The REST API of orders that programs give directly, and of drafts and quotes on their way to become orders."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from app.api.auth import Client, allow, rooms_of
from app.api.billing import PDF, sender_of
from app.api.bounds import Key
from app.api.idempotent import answer_once, row_key
from app.api.orders import Amount, Writer, done, done_once
from app.api.problems import READ_REFUSALS, REFUSALS
from models.domain.order_work import ChargeKind, OrderSource
from models.errors import InputError
from oms.billing.paper import quote_pdf
from oms.orders.listing import load_listed
from oms.orders.offers.given import GivenCharge, GivenLine, GivenOrder, named_order
from oms.orders.offers.service import accept_offer, order_of_key, quote_offer, revise_quote, write_offer
from oms.orders.repository import OrderDetail, Orders
from review_ui.our_prices import priced
from runtime.clock import now
from runtime.zone import day_at

router = APIRouter(tags=["orders"])
Percent = Annotated[Decimal, Field(ge=0, le=100, max_digits=9, decimal_places=6)]


class NewLineIn(BaseModel):
    """A line of a new order. `uom` left out is the item's base unit, `unit_price` (per `uom`) our price."""

    model_config = ConfigDict(extra="forbid")

    sku: str = Field(min_length=1, max_length=64)
    quantity: Amount = Field(gt=0)
    uom: str | None = Field(None, min_length=1, max_length=3)
    unit_price: Amount | None = Field(None, ge=0)
    discount: Percent | None = None
    requested_date: date | None = None


class ChargeIn(BaseModel):
    """A discount, charge or tax line; `amount` without a sign, `rate` in percent."""

    model_config = ConfigDict(extra="forbid")

    kind: ChargeKind
    name: str = Field(min_length=1, max_length=255)
    amount: Amount = Field(ge=0)
    rate: Percent | None = None


class OrderIn(BaseModel):
    """A new order. What is left out follows from the customer: currency, terms, the usual address. `ship_to` is the code of one
    of the customer's addresses. `valid_until`: the last day of a draft or quote; a quote needs it."""

    model_config = ConfigDict(extra="forbid")

    customer: str = Field(min_length=1, max_length=64, description="The customer's number.")
    state: Literal["accepted", "draft", "quoted"] = "accepted"
    po_number: str = Field("", max_length=255)
    currency: str | None = Field(None, pattern="^[A-Z]{3}$")
    order_date: date | None = None
    requested_date: date | None = None
    ship_to: str | None = Field(None, max_length=64)
    ship_to_text: str | None = Field(None, max_length=2_000)
    payment_terms: str | None = Field(None, max_length=500)
    notes: str | None = Field(None, max_length=4_000)
    valid_until: date | None = None
    lines: list[NewLineIn] = Field([], max_length=500)
    charges: list[ChargeIn] = Field([], max_length=50)

    def given(self) -> GivenOrder:
        """The order as the core takes it."""
        plain = self.model_dump(exclude={"customer", "state", "valid_until", "lines", "charges"})
        return GivenOrder(
            customer_no=self.customer, **plain, lines=tuple(GivenLine(**x.model_dump()) for x in self.lines),
            charges=tuple(GivenCharge(**x.model_dump()) for x in self.charges))


class QuoteIn(BaseModel):
    """The last day on which the customer may take the quote; `mail`: it is sent to the customer as PDF."""

    valid_until: date
    mail: bool = False


class AcceptIn(BaseModel):
    """The customer's PO number, where the offer has none yet or another."""

    po_number: str | None = Field(None, min_length=1, max_length=255)


@router.post("/orders", status_code=201, responses=REFUSALS)
def new_order(request: Request, wanted: OrderIn, client: Writer, key: Key = None) -> OrderDetail:
    """Give an order. It is accepted like one that was mailed and approved, with the same holds; or it is kept as a draft or
    quote, which promises nothing until it is accepted."""
    own_key = key and row_key(client, "order", key)

    def work() -> OrderDetail:
        with rooms_of(request).db.write() as db:
            known = order_of_key(db, own_key) if own_key else None              # written before a crash that lost the answer
            return _shown(db, known) if known is not None else _write(db, wanted, client, own_key)

    return answer_once(request, client, key, wanted.model_dump_json(), OrderDetail, work)


@router.post("/orders/{order_no}/quote", responses=REFUSALS)
def quote(request: Request, order_no: str, wanted: QuoteIn, client: Writer) -> OrderDetail:
    """Offer a draft to the customer until the end of a day."""
    return done(request, order_no, lambda db, order_id: quote_offer(
        db, order_id, actor=client.actor, valid_until=wanted.valid_until, today=day_at(now()), is_mailed=wanted.mail))


@router.get(
    "/orders/{order_no}/quote/pdf", responses=READ_REFUSALS | PDF, response_class=Response, dependencies=[allow("orders:read")])
def quote_paper(request: Request, order_no: str) -> Response:
    """A draft or quote on paper."""
    with rooms_of(request).db.read() as db:
        return Response(quote_pdf(db, order_no, sender_of(request)), media_type="application/pdf")


@router.post("/orders/{order_no}/revise", responses=REFUSALS)
def revise(request: Request, order_no: str, client: Writer) -> OrderDetail:
    """Make a quote a draft again, to be changed."""
    return done(request, order_no, lambda db, order_id: revise_quote(db, order_id, actor=client.actor))


@router.post("/orders/{order_no}/accept", responses=REFUSALS)
def accept(request: Request, order_no: str, wanted: AcceptIn, client: Writer, key: Key = None) -> OrderDetail:
    """Make a draft or quote an order, once: stock is reserved as far as there is any, and the ERP is told."""
    return done_once(request, order_no, client, key, wanted, lambda db, order_id: accept_offer(
        db, order_id, actor=client.actor, today=day_at(now()), po_number=wanted.po_number))


def _write(db: Session, wanted: OrderIn, client: Client, key: str | None) -> OrderDetail:
    today, actor = day_at(now()), client.actor
    if wanted.state == "quoted" and wanted.valid_until is None:
        raise InputError("Say until which day the quote is valid.", code="validity_missing")
    order = named_order(db, priced(db, wanted.given(), today))
    order_id = write_offer(
        db, order, actor=actor, source=OrderSource.API, valid_until=wanted.valid_until if wanted.state != "accepted" else None,
        key=key)
    if wanted.state == "accepted":
        accept_offer(db, order_id, actor=actor, today=today)
    elif wanted.valid_until is not None and wanted.state == "quoted":
        quote_offer(db, order_id, actor=actor, valid_until=wanted.valid_until, today=today)
    return _shown(db, order_id)


def _shown(db: Session, order_id: int) -> OrderDetail:
    (summary,) = load_listed(db, [order_id])
    return Orders(db).detail(summary.order_no)
