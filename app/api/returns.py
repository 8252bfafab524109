"""The REST API of returns: ask, answer, receive, inspect, close. Quantities are in the items' base units."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field, model_validator
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.auth import Client, allow, rooms_of
from app.api.bounds import LARGEST_ID, Before, Key, RowId
from app.api.idempotent import answer_once
from app.api.many import ManyOut, Names, do_each
from app.api.problems import READ_REFUSALS, REFUSALS
from models.domain.returns import Disposition, Grade, ReturnAction, ReturnOutcome, ReturnState
from models.errors import InputError, NotFound
from models.tables.inventory import LocationRow
from models.tables.items import ItemRow
from models.tables.orders import OrderLineRow
from oms.billing.repository import Billing
from oms.returns.close import close_return
from oms.returns.inspection import expected, inspect, receive_return, withdraw_inspection
from oms.returns.match import match_return
from oms.returns.repository import ReturnLineListed, ReturnListed, Returns
from oms.returns.requests import (
    Wanted,
    approve_return,
    cancel_return,
    decline_return,
    open_blind_return,
    request_return,
    send_return,
)

router = APIRouter(tags=["returns"], prefix="/returns")
Writer = Annotated[Client, allow("returns:write")]
Amount = Annotated[Decimal, Field(gt=0, max_digits=18, decimal_places=6)]
MUTATION = REFUSALS | {404: REFUSALS[422]}


class ReturnOut(BaseModel):
    """A return (RMA). `supported_actions` are those it takes now."""

    number: str
    state: ReturnState
    order_no: str | None
    customer_no: str
    location: str
    reason: str
    answer: str | None
    fee: Decimal
    exchange_order_no: str | None
    credit_memos: list[str]
    requested_by: str
    created_at: datetime
    moved_at: datetime
    supported_actions: list[ReturnAction]
    lines: list[ReturnLineListed]


class ReturnLineIn(BaseModel):
    """What comes back: of an order its line's `position`, with `sku` for a part of its kits alone; of a blind return the item's
    `sku`."""

    quantity: Amount
    position: int | None = Field(None, ge=1, le=100_000)
    sku: str | None = Field(None, max_length=64)
    reason: str | None = Field(None, max_length=2_000)


class ReturnIn(BaseModel):
    """A return to be: with `order_no`, or blind with `customer_no`, whose order is matched later."""

    order_no: str | None = Field(None, max_length=32)
    customer_no: str | None = Field(None, max_length=64)
    location: str | None = Field(None, max_length=32)
    reason: str = Field(max_length=2_000)
    lines: list[ReturnLineIn] = Field(min_length=1, max_length=1_000)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.order_no is None) == (self.customer_no is None):
            raise ValueError("give either order_no or, for goods whose order is not known, customer_no")
        return self


class NumbersIn(BaseModel):
    """Returns by number."""

    numbers: Names


class ApprovalIn(BaseModel):
    """`fee` is kept from the credit, in the order's currency."""

    fee: Decimal = Field(Decimal(0), ge=0, max_digits=18, decimal_places=6)


class DeclineIn(BaseModel):
    """What the customer is told."""

    answer: str = Field(max_length=2_000)


class MatchIn(BaseModel):
    """The order a blind return belongs to."""

    order_no: str = Field(max_length=32)


class CameIn(BaseModel):
    """So many base units of a line came."""

    line_id: int = Field(ge=1, le=LARGEST_ID)
    quantity: Amount


class ReceiptIn(BaseModel):
    """What came, by line."""

    lines: list[CameIn] = Field(min_length=1, max_length=1_000)


class InspectionIn(BaseModel):
    """A judgement about some units; what is left out follows from the grade."""

    line_id: int = Field(ge=1, le=LARGEST_ID)
    quantity: Amount
    grade: Grade
    disposition: Disposition | None = None
    outcome: ReturnOutcome | None = None
    note: str | None = Field(None, max_length=2_000)
    lot: str | None = Field(None, max_length=64, description="The lot, of an item that is kept by lot.")
    serials: list[Annotated[str, Field(max_length=64)]] = Field(
        [], max_length=1_000, description="The serial number of each unit, of an item that is kept by them.")

    @property
    def lots(self) -> list[str]:
        """The lot, or the serial numbers."""
        return [*([self.lot] if self.lot else []), *self.serials]


@router.get("", responses=READ_REFUSALS, dependencies=[allow("returns:read")])
def returns(
    request: Request,
    state: ReturnState | None = None,
    customer: Annotated[str | None, Query(description="The customer's number.")] = None,
    order: Annotated[str | None, Query(description="The order's number.")] = None,
    text: Annotated[str, Query(max_length=200)] = "",
    before: Before = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> list[ReturnOut]:
    """Returns, the newest first."""
    with rooms_of(request).db.read() as db:
        found = Returns(db).find(
            text=text, states=[state] if state else (), customer_no=customer, order_no=order, before=before, limit=limit)
        return [_shown(db, listed) for listed in found]


@router.get("/{number}", responses=READ_REFUSALS, dependencies=[allow("returns:read")])
def one(request: Request, number: str) -> ReturnOut:
    """One return."""
    with rooms_of(request).db.read() as db:
        return _shown(db, Returns(db).get(number))


@router.post("", status_code=201, responses=MUTATION)
def request_one(request: Request, wanted: ReturnIn, client: Writer, key: Key = None) -> ReturnOut:
    """Ask that goods may come back, or note goods that stand at the door without a paper."""
    def work() -> ReturnOut:
        with rooms_of(request).db.write() as db:
            return_id = _open(db, wanted, client.actor)
            db.flush()
            return _shown(db, _by_id(db, return_id))

    return answer_once(request, client, key, wanted.model_dump_json(), ReturnOut, work)


@router.post("/all/{action}", responses=MUTATION)
def act_on_many(
    request: Request, action: Literal["approve", "receive"], wanted: NumbersIn, client: Writer, key: Key = None,
) -> ManyOut:
    """Let the goods of several returns come without a fee, or note that all of them that had not come are here; each by itself.
    With an Idempotency-Key a repeat gets the first answer."""
    def act(db: Session, number: str) -> None:
        id_ = Returns(db).get(number).id
        if action == "approve":
            approve_return(db, id_, actor=client.actor)
        else:
            receive_return(db, id_, quantities=expected(db, id_), actor=client.actor)

    return answer_once(
        request, client, key, wanted.model_dump_json(), ManyOut,
        lambda: do_each(rooms_of(request).db, wanted.numbers, act))


@router.post("/{number}/approve", responses=MUTATION)
def approve(request: Request, number: str, wanted: ApprovalIn, client: Writer) -> ReturnOut:
    """Let the goods come."""
    return _do(request, number, lambda db, id_: approve_return(db, id_, actor=client.actor, fee=wanted.fee))


@router.post("/{number}/decline", responses=MUTATION)
def decline(request: Request, number: str, wanted: DeclineIn, client: Writer) -> ReturnOut:
    """Say no."""
    return _do(request, number, lambda db, id_: decline_return(db, id_, actor=client.actor, answer=wanted.answer))


@router.post("/{number}/send", responses=MUTATION)
def send(request: Request, number: str, client: Writer) -> ReturnOut:
    """Note that the customer has sent the goods."""
    return _do(request, number, lambda db, id_: send_return(db, id_, actor=client.actor))


@router.post("/{number}/match", responses=MUTATION)
def match(request: Request, number: str, wanted: MatchIn, client: Writer) -> ReturnOut:
    """Say which order a blind return belongs to."""
    return _do(
        request, number, lambda db, id_: match_return(db, id_, Returns(db).order_id(wanted.order_no), actor=client.actor))


@router.post("/{number}/receive", responses=MUTATION)
def receive(request: Request, number: str, wanted: ReceiptIn, client: Writer, key: Key = None) -> ReturnOut:
    """Note what came; the rest may come later. With an Idempotency-Key a repeat gets the first answer."""
    quantities = {line.line_id: line.quantity for line in wanted.lines}
    if len(quantities) < len(wanted.lines):
        raise InputError("A line stands there twice; add its quantities up.", code="repeated")
    return answer_once(request, client, key, wanted.model_dump_json(), ReturnOut, lambda: _do(
        request, number, lambda db, id_: receive_return(db, id_, quantities=quantities, actor=client.actor)))


@router.post("/{number}/inspections", status_code=201, responses=MUTATION)
def judge(request: Request, number: str, wanted: InspectionIn, client: Writer, key: Key = None) -> ReturnOut:
    """Judge some units of a line. With an Idempotency-Key a repeat gets the first answer."""
    return answer_once(request, client, key, wanted.model_dump_json(), ReturnOut, lambda: _do(
        request, number, lambda db, id_: inspect(
            db, id_, line_id=wanted.line_id, quantity=wanted.quantity, grade=wanted.grade, disposition=wanted.disposition,
            outcome=wanted.outcome, note=wanted.note, lots=wanted.lots, actor=client.actor)))


@router.delete("/{number}/inspections/{inspection_id}", responses=MUTATION)
def withdraw(request: Request, number: str, inspection_id: RowId, client: Writer) -> ReturnOut:
    """Take a judgement back, before the return is closed."""
    return _do(request, number, lambda db, id_: withdraw_inspection(db, id_, inspection_id, actor=client.actor))


@router.post("/{number}/close", responses=MUTATION)
def close(request: Request, number: str, client: Writer) -> ReturnOut:
    """Move stock and money. Closing a closed return changes nothing."""
    return _do(request, number, lambda db, id_: close_return(db, id_, actor=client.actor))


@router.post("/{number}/cancel", responses=MUTATION)
def cancel(request: Request, number: str, client: Writer) -> ReturnOut:
    """Nothing will come."""
    return _do(request, number, lambda db, id_: cancel_return(db, id_, actor=client.actor))


def _do(request: Request, number: str, work: Callable[[Session, int], object]) -> ReturnOut:
    with rooms_of(request).db.write() as db:
        work(db, Returns(db).get(number).id)
        db.flush()
        db.expire_all()
        return _shown(db, Returns(db).get(number))


def _open(db: Session, wanted: ReturnIn, actor: str) -> int:
    location_id = None
    if wanted.location is not None:
        location_id = db.execute(select(LocationRow.id).where(LocationRow.code == wanted.location)).scalar_one_or_none()
        if location_id is None:
            raise NotFound(f"There is no location {wanted.location}.")
    if wanted.order_no is not None:
        order_id = Returns(db).order_id(wanted.order_no)
        rows = select(OrderLineRow.position, OrderLineRow.id).where(OrderLineRow.order_id == order_id)
        ids = dict(db.execute(rows).all())
        if missing := [line.position for line in wanted.lines if line.position not in ids]:
            raise NotFound(f"Order {wanted.order_no} has no line {missing[0]}; give its position.")
        parts = _items(db, [x.sku for x in wanted.lines if x.sku is not None])
        lines = [
            Wanted(x.quantity, order_line_id=ids[x.position or 0], item_id=parts[x.sku] if x.sku is not None else None,
                   reason=x.reason) for x in wanted.lines]
        return request_return(db, order_id=order_id, lines=lines, reason=wanted.reason, actor=actor, location_id=location_id)
    items = _items(db, [x.sku for x in wanted.lines])
    lines = [Wanted(x.quantity, item_id=items[x.sku or ""], reason=x.reason) for x in wanted.lines]
    return open_blind_return(
        db, customer_no=wanted.customer_no or "", lines=lines, reason=wanted.reason, actor=actor, location_id=location_id)


def _items(db: Session, skus: Sequence[str | None]) -> dict[str, int]:
    """Ids by SKU. Raises NotFound, naming one that is none."""
    items = dict(db.execute(select(ItemRow.sku, ItemRow.id).where(ItemRow.sku.in_(skus))).all())
    if unknown := [sku for sku in skus if sku not in items]:
        raise NotFound(f"There is no item {unknown[0]}; give the SKU of what came back.")
    return items


def _by_id(db: Session, return_id: int) -> ReturnListed:
    return Returns(db).get(f"RMA-{return_id:06d}")


def _shown(db: Session, r: ReturnListed) -> ReturnOut:
    return ReturnOut(
        number=r.number, state=r.state, order_no=r.order_no, customer_no=r.customer_no, location=r.location, reason=r.reason,
        answer=r.answer, fee=r.fee, exchange_order_no=r.exchange_order_no,
        credit_memos=[memo.number for memo in Billing(db).credits(return_id=r.id)], requested_by=r.requested_by,
        created_at=r.created_at, moved_at=r.moved_at, supported_actions=list(r.supported_actions), lines=Returns(db).lines(r.id))
