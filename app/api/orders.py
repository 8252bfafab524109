"""The REST API of sales orders: find them, change them, hold, release and cancel them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.auth import Client, allow, rooms_of
from app.api.bounds import Before, Key, RowId
from app.api.idempotent import answer_once
from app.api.problems import READ_REFUSALS, REFUSALS
from matching.agreement import Agreement, agreements_of
from models.domain.order_work import HoldKind, OrderSource
from models.domain.states import SalesOrderState
from models.tables.orders import SalesOrderRow
from models.tables.partners import AddressRow
from oms.orders.cancel import cancel_order
from oms.orders.changes.plan import AddLine, CancelLine, ChangeRefused, Edit, EditHeader, EditLine, RemoveLine
from oms.orders.changes.service import change_order
from oms.orders.desk import add_note, set_priority, tag, untag
from oms.orders.holds import place_hold, release_hold
from oms.orders.listing import Listed, Wanted, find_orders
from oms.orders.offers.given import GivenLine, named_lines
from oms.orders.repository import (
    OrderDetail,
    Orders,
    order_id_of,
)
from oms.orders.service import release_order
from review_ui.our_prices import priced_lines
from runtime.zone import today

router = APIRouter(tags=["orders"])
Writer = Annotated[Client, allow("orders:write")]
Amount = Annotated[Decimal, Field(max_digits=24, decimal_places=12)]


class HeaderIn(BaseModel):
    """Fields to set; what is left out stays, null clears. `ship_to` is the code of one of the customer's addresses."""

    model_config = ConfigDict(extra="forbid")

    po_number: str | None = Field(None, min_length=1, max_length=255)
    requested_date: date | None = None
    ship_to: str | None = Field(None, max_length=64)
    ship_to_text: str | None = Field(None, max_length=2_000)
    payment_terms: str | None = Field(None, max_length=500)
    notes: str | None = Field(None, max_length=4_000)
    ship_complete: bool | None = None


class LineIn(BaseModel):
    """One edit of a line. `edit` sets what is given, `cancel` cancels `quantity` of what is open or all of it, `add` needs sku
    and quantity, `unit_price` left out is ours; `remove` takes a line out of a draft. Quantities and prices are per the line's
    unit, `discount` of a new line in percent."""

    model_config = ConfigDict(extra="forbid")

    action: Literal["edit", "cancel", "add", "remove"]
    position: int | None = Field(None, ge=1, le=100_000)
    sku: str | None = Field(None, max_length=64)
    uom: str | None = Field(None, max_length=3)
    quantity: Amount | None = None
    unit_price: Amount | None = None
    discount: Annotated[Decimal, Field(ge=0, le=100, max_digits=9, decimal_places=6)] | None = None
    requested_date: date | None = None


class ReasonIn(BaseModel):
    """Why, and the revision that was seen: another one in force is a conflict."""

    reason: str = Field(min_length=1, max_length=2_000)
    revision: int | None = Field(None, ge=1, le=10**9)


class ChangeIn(ReasonIn):
    """A change: all of it is made, or none. A draft needs no reason."""

    reason: str = Field("", max_length=2_000)
    header: HeaderIn | None = None
    lines: list[LineIn] = Field([], max_length=500)


class HoldIn(BaseModel):
    """A reason why the order may not go on; `owner` is the person or group who decides."""

    kind: HoldKind = HoldKind.MANUAL
    reason: str = Field(min_length=1, max_length=2_000)
    owner: str | None = Field(None, max_length=255)


class NoteIn(BaseModel):
    """An internal note."""

    text: str = Field(min_length=1, max_length=2_000)


class PriorityIn(BaseModel):
    """How urgent an order is: 0 as any, 9 at once."""

    priority: int = Field(ge=0, le=9)


@router.get("/orders", responses=READ_REFUSALS, dependencies=[allow("orders:read")])
def orders(
    request: Request,
    text: Annotated[
        str, Query(max_length=200, description="Order number, part of the PO number or customer, or an item's number.")] = "",
    state: Annotated[list[SalesOrderState] | None, Query()] = None,
    customer: Annotated[str, Query(max_length=64, description="The customer's number.")] = "",
    tag: Annotated[str, Query(max_length=64)] = "",
    held: bool | None = None,
    source: OrderSource | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    before: Before = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> list[Listed]:
    """Sales orders, newest first. The last `id` of a page, as `before`, gives the next."""
    wanted = Wanted(
        text.replace("\0", ""), tuple(state or ()), customer, tag, held, source, _instant(since), _instant(until))
    with rooms_of(request).db.read() as db:
        return find_orders(db, wanted, before_id=before, limit=limit)


@router.get("/orders/{order_no}", responses=READ_REFUSALS, dependencies=[allow("orders:read")])
def order(request: Request, order_no: str) -> OrderDetail:
    """One order with its lines, holds, changes, notes and messages."""
    with rooms_of(request).db.read() as db:
        return Orders(db).detail(order_no)


@router.get("/orders/{order_no}/agreements", responses=READ_REFUSALS, dependencies=[allow("orders:read")])
def agreements(request: Request, order_no: str) -> list[Agreement]:
    """Who approved what the order was made from, oldest first, each with the code of the reason where a doubt was overridden."""
    with rooms_of(request).db.read() as db:
        order_id_of(db, order_no)
        return agreements_of(db, order_no)


@router.post("/orders/{order_no}/changes", responses=REFUSALS)
def change(request: Request, order_no: str, wanted: ChangeIn, client: Writer, key: Key = None) -> OrderDetail:
    """Change an order before its goods leave. Lines, reservations and the ERP follow in one step."""
    def work(db: Session, order_id: int) -> None:
        edits = list(_edits(db, order_id, wanted))
        change_order(db, order_id, edits, actor=client.actor, reason=wanted.reason, revision=wanted.revision)

    return done_once(request, order_no, client, key, wanted, work)


@router.post("/orders/{order_no}/cancel", responses=REFUSALS)
def cancel(request: Request, order_no: str, wanted: ReasonIn, client: Writer, key: Key = None) -> OrderDetail:
    """Cancel what is open of every line; what has left stays."""
    return done_once(request, order_no, client, key, wanted, lambda db, order_id: cancel_order(
        db, order_id, user=client.actor, reason=wanted.reason, revision=wanted.revision))


@router.post("/orders/{order_no}/release", responses=REFUSALS)
def release(request: Request, order_no: str, client: Writer) -> OrderDetail:
    """Let the order be fulfilled. A hold or a blocking exception is a conflict that names it."""
    return done(request, order_no, lambda db, order_id: release_order(db, order_id, user=client.actor))


@router.post("/orders/{order_no}/holds", status_code=201, responses=REFUSALS)
def hold(request: Request, order_no: str, wanted: HoldIn, client: Writer, key: Key = None) -> OrderDetail:
    """Hold the order; several may stand at once."""
    return done_once(request, order_no, client, key, wanted, lambda db, order_id: place_hold(
        db, order_id, kind=wanted.kind, sentence=wanted.reason, by=client.actor, owner=wanted.owner))


@router.post("/orders/{order_no}/holds/{hold_id}/release", responses=REFUSALS)
def end_hold(request: Request, order_no: str, hold_id: RowId, wanted: ReasonIn, client: Writer) -> OrderDetail:
    """Take a hold off. Kinds that the house's rules leave to administrators are not for programs."""
    return done(request, order_no, lambda db, order_id: release_hold(
        db, hold_id, order_id=order_id, by=client.actor, reason=wanted.reason, is_admin=False))


@router.post("/orders/{order_no}/notes", status_code=201, responses=REFUSALS)
def note(request: Request, order_no: str, wanted: NoteIn, client: Writer, key: Key = None) -> OrderDetail:
    """Keep an internal note."""
    return done_once(request, order_no, client, key, wanted, lambda db, order_id: add_note(
        db, order_id, text=wanted.text, author=client.actor))


@router.put("/orders/{order_no}/tags/{word}", responses=REFUSALS)
def add_tag(request: Request, order_no: str, word: str, _client: Writer) -> OrderDetail:
    """Put a word on the order to find it by."""
    return done(request, order_no, lambda db, order_id: tag(db, order_id, word))


@router.delete("/orders/{order_no}/tags/{word}", responses=REFUSALS)
def remove_tag(request: Request, order_no: str, word: str, _client: Writer) -> OrderDetail:
    """Take a word off."""
    return done(request, order_no, lambda db, order_id: untag(db, order_id, word))


@router.put("/orders/{order_no}/priority", responses=REFUSALS)
def prioritise(request: Request, order_no: str, wanted: PriorityIn, client: Writer) -> OrderDetail:
    """Say how urgent the order is."""
    return done(request, order_no, lambda db, order_id: set_priority(db, order_id, wanted.priority, user=client.actor))


def _instant(moment: datetime | None) -> datetime | None:
    """UTC where the caller named no zone."""
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment


def done(request: Request, order_no: str, work: Callable[[Session, int], object]) -> OrderDetail:
    """Do something to an order in one transaction; answers the order as it is after it."""
    with rooms_of(request).db.write() as db:
        work(db, order_id_of(db, order_no))
        return Orders(db).detail(order_no)


def done_once(
    request: Request, order_no: str, client: Client, key: str | None, wanted: BaseModel, work: Callable[[Session, int], object],
) -> OrderDetail:
    """The same, at most once for each Idempotency-Key."""
    return answer_once(request, client, key, wanted.model_dump_json(), OrderDetail, lambda: done(request, order_no, work))


def _edits(db: Session, order_id: int, wanted: ChangeIn) -> Iterator[Edit]:
    order = db.execute(
        select(SalesOrderRow.currency, SalesOrderRow.customer_id).where(SalesOrderRow.id == order_id)).one()
    if wanted.header:
        yield from _header(db, order.customer_id, wanted.header)
    for line in wanted.lines:
        yield _line(db, order.customer_id, order.currency, line)


def _header(db: Session, customer_id: int, header: HeaderIn) -> Iterator[Edit]:
    for name in sorted(header.model_fields_set - {"ship_to"}):
        yield EditHeader(name, getattr(header, name))
    if "ship_to" in header.model_fields_set:
        found = None
        if header.ship_to is not None:
            found = db.execute(select(AddressRow.id).where(
                AddressRow.customer_id == customer_id, AddressRow.code == header.ship_to).limit(1)).scalar_one_or_none()
            if found is None:
                raise ChangeRefused(f"The customer has no address {header.ship_to}; choose another.", code="unknown_address")
        yield EditHeader("ship_to_id", found)


def _line(db: Session, customer_id: int, currency: str, line: LineIn) -> Edit:
    if line.action == "add":
        if line.sku is None or line.quantity is None:
            raise ChangeRefused("A new line needs sku and quantity.")
        given = GivenLine(line.sku, line.quantity, line.uom, line.unit_price, None, line.discount, line.requested_date)
        (added,) = named_lines(db, priced_lines(db, customer_id, (given,), today(), currency), currency)
        return AddLine(added)
    if line.position is None:
        raise ChangeRefused("Say by its position which line is meant.")
    if line.action == "remove":
        return RemoveLine(line.position)
    if line.action == "cancel":
        return CancelLine(line.position, line.quantity)
    return EditLine(line.position, line.quantity, line.unit_price, line.requested_date)
