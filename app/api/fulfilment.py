"""The REST API of fulfilment: orders given to locations, picked alone or in waves."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.auth import rooms_of
from app.api.bounds import LARGEST_ID, After, Key, Limit
from app.api.idempotent import answer_once
from app.api.problems import READ_REFUSALS, REFUSALS
from app.api.shipments import PickIn, Reader, ShipmentWhole, Writer, shipment_whole
from models.domain.fulfilment import FulfilmentAction, FulfilmentState, RequestState
from models.errors import NotFound
from models.tables.orders import SalesOrderRow
from oms.fulfilment import commands
from oms.fulfilment.create import create_fulfilment_orders
from oms.fulfilment.decide import FulfilmentFacts, supported_actions
from oms.fulfilment.picking import find_lot, pick, pick_all
from oms.fulfilment.repository import Fulfilments, FulfilmentSummary, HoldDetail, ShareDetail
from oms.fulfilment.shipments import open_shipment, shipment_facts
from oms.fulfilment.waves import make_wave
from oms.fulfilment.work import facts_of

router = APIRouter(tags=["fulfilment"])


class FulfilmentOut(BaseModel):
    """What one location is to send for one sales order. `supported_actions`: what it takes right now."""

    id: int
    number: str
    state: FulfilmentState
    request_state: RequestState
    request_note: str | None
    order_no: str
    customer_no: str
    location: str
    ship_by: date | None
    wave: str | None
    explanation: str | None
    created_at: datetime
    supported_actions: list[FulfilmentAction]


class FulfilmentWhole(FulfilmentOut):
    """With its lines and the holds that stand."""

    lines: list[ShareDetail]
    holds: list[HoldDetail]


class FulfilmentsIn(BaseModel):
    """Which released order is to be given to its locations, as far as stock is reserved."""

    order_no: str = Field(max_length=32)


class ActionIn(BaseModel):
    """`note`: why; needed to reject, to ask for cancellation, to refuse one and to hold. `ship_by` is for schedule, `hold_id`
    for release_hold."""

    note: str = Field("", max_length=2_000)
    ship_by: date | None = None
    hold_id: int | None = Field(None, ge=1, le=LARGEST_ID)


class ShipmentIn(BaseModel):
    """What is picked at once; `lines` left out: everything that remains; an empty list: nothing yet."""

    lines: list[PickIn] | None = Field(None, max_length=1_000)


class Numbers(BaseModel):
    """Numbers of fulfilment orders."""

    fulfilment_orders: list[str] = Field(min_length=1, max_length=500)


class WaveOut(BaseModel):
    """A wave, by its number."""

    number: str


@router.get("/fulfilment-orders", responses=READ_REFUSALS, dependencies=[Reader])
def fulfilment_orders(
    request: Request, state: FulfilmentState | None = None, location: str | None = None, order_no: str | None = None,
    wave: str | None = None, after: After = 0, limit: Limit = 100,
) -> list[FulfilmentOut]:
    """Fulfilment orders by id, oldest first."""
    with rooms_of(request).db.read() as db:
        found = Fulfilments(db).find(
            states=[state] if state else (), location=location, order_no=order_no, wave=wave, after_id=after, limit=limit)
        facts = facts_of(db, [x.id for x in found])
        return [_head(x, facts[x.id]) for x in found]


@router.post("/fulfilment-orders", status_code=201, responses=REFUSALS)
def give_out(
    request: Request, wanted: FulfilmentsIn, client: Writer, key: Key = None
) -> list[FulfilmentOut]:
    """Give what is reserved for a released order to its locations; answers with all its fulfilment orders."""
    def work() -> list[FulfilmentOut]:
        with rooms_of(request).db.write() as db:
            _give_out(db, wanted.order_no, client.actor)
        return fulfilment_orders(request, order_no=wanted.order_no)

    return answer_once(request, client, key, wanted.model_dump_json(), list[FulfilmentOut], work)


@router.get("/fulfilment-orders/{number}", responses=READ_REFUSALS, dependencies=[Reader])
def fulfilment_order(request: Request, number: str) -> FulfilmentWhole:
    """One fulfilment order with its lines."""
    with rooms_of(request).db.read() as db:
        return _whole(db, number)


@router.post("/fulfilment-orders/{number}/actions/{action}", responses=REFUSALS | READ_REFUSALS)
def act(
    request: Request, number: str, action: FulfilmentAction, wanted: ActionIn,
    client: Writer,
) -> FulfilmentWhole:
    """Do one of its `supported_actions`; `pick` opens a shipment."""
    with rooms_of(request).db.write() as db:
        commands.do(
            db, Fulfilments(db).one(number).id, action, actor=client.actor, note=wanted.note, ship_by=wanted.ship_by,
            hold_id=wanted.hold_id)
        return _whole(db, number)


@router.post("/fulfilment-orders/{number}/shipments", status_code=201, responses=REFUSALS | READ_REFUSALS)
def ship_from(
    request: Request, number: str, wanted: ShipmentIn, client: Writer, key: Key = None
) -> ShipmentWhole:
    """Begin a shipment, or go on with the one that is being filled, and pick into it."""
    def work() -> ShipmentWhole:
        with rooms_of(request).db.write() as db:
            shipment_id = open_shipment(db, Fulfilments(db).one(number).id, actor=client.actor)
            for line in wanted.lines or ():
                pick(db, shipment_id, line.line_id, line.quantity, lot_id=find_lot(db, line.line_id, line.lot))
            if wanted.lines is None:
                pick_all(db, shipment_id)
            return shipment_whole(db, shipment_facts(db, [shipment_id])[shipment_id].number)

    return answer_once(request, client, key, wanted.model_dump_json(), ShipmentWhole, work)


@router.post("/waves", status_code=201, responses=REFUSALS | READ_REFUSALS)
def wave(
    request: Request, wanted: Numbers, client: Writer, key: Key = None
) -> WaveOut:
    """Put fulfilment orders of one location into a wave, to be picked on one walk."""
    def work() -> WaveOut:
        with rooms_of(request).db.write() as db:
            ids = [Fulfilments(db).one(number).id for number in wanted.fulfilment_orders]
            return WaveOut(number=make_wave(db, ids, actor=client.actor))

    return answer_once(request, client, key, wanted.model_dump_json(), WaveOut, work)


def _give_out(db: Session, order_no: str, actor: str) -> None:
    order_id = db.execute(select(SalesOrderRow.id).where(SalesOrderRow.order_no == order_no)).scalar_one_or_none()
    if order_id is None:
        raise NotFound(f"There is no sales order {order_no}.")
    create_fulfilment_orders(db, order_id, actor=actor)


def _head(x: FulfilmentSummary, facts: FulfilmentFacts) -> FulfilmentOut:
    return FulfilmentOut.model_validate({**asdict(x), "supported_actions": supported_actions(facts)})


def _whole(db: Session, number: str) -> FulfilmentWhole:
    read = Fulfilments(db)
    x = read.one(number)
    head = _head(x, facts_of(db, [x.id])[x.id])
    return FulfilmentWhole(**head.model_dump(), lines=list(read.shares([x.id]).get(x.id, ())), holds=read.holds(x.id))
