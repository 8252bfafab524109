"""The REST API of fulfilment: orders given to locations, shipments, waves, papers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.auth import Client, allow, rooms_of
from app.api.idempotent import once
from app.api.problems import READ_REFUSALS, REFUSALS
from models.domain.fulfilment import (
    FulfilmentAction,
    FulfilmentState,
    PaperKind,
    ParcelKind,
    RequestState,
    ShipmentAction,
    ShipmentState,
)
from models.errors import InputError, NotFound
from models.tables.orders import SalesOrderRow
from oms.fulfilment import commands
from oms.fulfilment.create import create_fulfilment_orders
from oms.fulfilment.decide import supported_actions, supported_shipment_actions
from oms.fulfilment.packing import Measures, pack, stack
from oms.fulfilment.papers import print_papers
from oms.fulfilment.picking import find_lot, pick, pick_all, put_back
from oms.fulfilment.repository import Fulfilments, FulfilmentSummary, ShipmentDetail, ShipmentSummary
from oms.fulfilment.ship import Carriage
from oms.fulfilment.shipments import open_shipment, shipment_facts
from oms.fulfilment.waves import make_wave
from oms.fulfilment.work import facts_of

router = APIRouter(tags=["fulfilment"])
Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=120)]
After = Annotated[int, Query(ge=0, le=2**53, description="Only ids above this; for paging.")]
Limit = Annotated[int, Query(ge=1, le=500)]
Quantity = Annotated[Decimal, Field(gt=0, lt=10**12, decimal_places=6, description="Base units.")]
Reader = allow("fulfilment:read")
_PDF: dict[int | str, dict[str, Any]] = {200: {"content": {"application/pdf": {}}}, **REFUSALS}


class FulfilmentLineOut(BaseModel):
    """A part of an order line, in base units. `picked`: in a shipment that has not left."""

    id: int
    position: int
    sku: str
    description: str
    uom: str
    tracking: str
    quantity: Decimal
    picked: Decimal
    shipped: Decimal
    cancelled: Decimal


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


class HoldOut(BaseModel):
    """A hold that stands."""

    id: int
    reason: str
    placed_by: str
    placed_at: datetime


class FulfilmentWhole(FulfilmentOut):
    """With its lines and the holds that stand."""

    lines: list[FulfilmentLineOut]
    holds: list[HoldOut]


class FulfilmentsIn(BaseModel):
    """Which released order is to be given to its locations, as far as stock is reserved."""

    order_no: str = Field(max_length=32)


class ActionIn(BaseModel):
    """`note`: why; needed to reject, to ask for cancellation, to refuse one and to hold. `ship_by` is for schedule, `hold_id`
    for release_hold."""

    note: str = Field("", max_length=2_000)
    ship_by: date | None = None
    hold_id: int | None = Field(None, ge=1, le=2**53)


class PickIn(BaseModel):
    """So much of a line of the fulfilment order; without `lot`, of lots that expire first."""

    line_id: int = Field(ge=1, le=2**53)
    quantity: Quantity
    lot: str | None = Field(None, max_length=64)


class ShipmentIn(BaseModel):
    """What is picked at once; `lines` left out: everything that remains; an empty list: nothing yet."""

    lines: list[PickIn] | None = Field(None, max_length=1_000)


class ShipmentActionIn(BaseModel):
    """`carrier`, `service`, `tracking_number` are for ship; `note` says why a shipment is voided."""

    note: str = Field("", max_length=2_000)
    carrier: str | None = Field(None, max_length=64)
    service: str | None = Field(None, max_length=64)
    tracking_number: str | None = Field(None, max_length=64)


class ParcelIn(BaseModel):
    """What goes into a parcel: base units by line of the shipment; left out: all that lies loose. With `parcels`, these
    parcels are put onto a pallet instead. Weight in kg, edges in mm."""

    contents: dict[int, Quantity] | None = Field(None, max_length=1_000)
    parcels: list[int] | None = Field(None, max_length=1_000)
    kind: ParcelKind = ParcelKind.PARCEL
    weight: Quantity | None = None
    length: int | None = Field(None, ge=1, le=100_000)
    width: int | None = Field(None, ge=1, le=100_000)
    height: int | None = Field(None, ge=1, le=100_000)


class ShipmentLineOut(BaseModel):
    """What is in a shipment: base units of one line, of one lot, in one parcel."""

    id: int
    line_id: int
    position: int
    sku: str
    quantity: Decimal
    uom: str
    lot: str | None
    parcel_id: int | None


class ParcelOut(BaseModel):
    """A parcel or a pallet."""

    id: int
    kind: ParcelKind
    sscc: str
    pallet_id: int | None
    weight: Decimal | None
    length: int | None
    width: int | None
    height: int | None


class ShipmentOut(BaseModel):
    """Goods of one fulfilment order that leave together."""

    id: int
    number: str
    state: ShipmentState
    fulfilment_order: str
    order_no: str
    location: str
    carrier: str | None
    service: str | None
    tracking_number: str | None
    created_at: datetime
    shipped_at: datetime | None
    delivered_at: datetime | None
    supported_actions: list[ShipmentAction]


class ShipmentWhole(ShipmentOut):
    """With what is in it."""

    lines: list[ShipmentLineOut]
    parcels: list[ParcelOut]


class Numbers(BaseModel):
    """Numbers of fulfilment orders."""

    fulfilment_orders: list[str] = Field(min_length=1, max_length=500)


class WaveOut(BaseModel):
    """A wave, by its number."""

    number: str


class PapersIn(BaseModel):
    """What to print into one file: of fulfilment orders or a wave for a pick list, else of shipments."""

    kind: PaperKind
    numbers: list[str] = Field(min_length=1, max_length=200)


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
        return [FulfilmentOut(**_head(x), supported_actions=list(supported_actions(facts[x.id]))) for x in found]


@router.post("/fulfilment-orders", status_code=201, responses=REFUSALS)
def give_out(
    request: Request, wanted: FulfilmentsIn, client: Annotated[Client, allow("fulfilment:write")], key: Key = None
) -> list[FulfilmentOut]:
    """Give what is reserved for a released order to its locations; answers with all its fulfilment orders."""
    def work(db: Session) -> None:
        order_id = db.execute(select(SalesOrderRow.id).where(SalesOrderRow.order_no == wanted.order_no)).scalar_one_or_none()
        if order_id is None:
            raise NotFound(f"There is no sales order {wanted.order_no}.")
        create_fulfilment_orders(db, order_id, actor=_actor(client))

    _once(request, client, key, wanted, lambda: _write(request, work))
    return fulfilment_orders(request, order_no=wanted.order_no)


@router.get("/fulfilment-orders/{number}", responses=READ_REFUSALS, dependencies=[Reader])
def fulfilment_order(request: Request, number: str) -> FulfilmentWhole:
    """One fulfilment order with its lines."""
    with rooms_of(request).db.read() as db:
        return _whole(db, number)


@router.post("/fulfilment-orders/{number}/actions/{action}", responses=REFUSALS | READ_REFUSALS)
def act(
    request: Request, number: str, action: FulfilmentAction, wanted: ActionIn,
    client: Annotated[Client, allow("fulfilment:write")],
) -> FulfilmentWhole:
    """Do one of its `supported_actions`; `pick` opens a shipment."""
    with rooms_of(request).db.write() as db:
        commands.do(
            db, Fulfilments(db).one(number).id, action, actor=_actor(client), note=wanted.note, ship_by=wanted.ship_by,
            hold_id=wanted.hold_id)
        return _whole(db, number)


@router.post("/fulfilment-orders/{number}/shipments", status_code=201, responses=REFUSALS | READ_REFUSALS)
def ship_from(
    request: Request, number: str, wanted: ShipmentIn, client: Annotated[Client, allow("fulfilment:write")], key: Key = None
) -> ShipmentWhole:
    """Begin a shipment, or go on with the one that is being filled, and pick into it."""
    def work(db: Session) -> str:
        shipment_id = open_shipment(db, Fulfilments(db).one(number).id, actor=_actor(client))
        for line in wanted.lines or ():
            pick(db, shipment_id, line.line_id, line.quantity, lot_id=find_lot(db, line.line_id, line.lot))
        if wanted.lines is None:
            pick_all(db, shipment_id)
        return shipment_facts(db, [shipment_id])[shipment_id].number

    return shipment(request, _once(request, client, key, wanted, lambda: _write(request, work), number))


@router.post("/waves", status_code=201, responses=REFUSALS | READ_REFUSALS)
def wave(
    request: Request, wanted: Numbers, client: Annotated[Client, allow("fulfilment:write")], key: Key = None
) -> WaveOut:
    """Put fulfilment orders of one location into a wave, to be picked on one walk."""
    def work(db: Session) -> str:
        read = Fulfilments(db)
        return make_wave(db, [read.one(number).id for number in wanted.fulfilment_orders], actor=_actor(client))

    return WaveOut(number=_once(request, client, key, wanted, lambda: _write(request, work)))


@router.get("/shipments", responses=READ_REFUSALS, dependencies=[Reader])
def shipments(
    request: Request, state: ShipmentState | None = None, order_no: str | None = None, after: After = 0, limit: Limit = 100
) -> list[ShipmentOut]:
    """Shipments by id, oldest first."""
    with rooms_of(request).db.read() as db:
        found = Fulfilments(db).shipments(state=state, order_no=order_no, after_id=after, limit=limit)
        facts = shipment_facts(db, [x.id for x in found])
        return [
            ShipmentOut(**_shipment_head(x), supported_actions=list(supported_shipment_actions(facts[x.id]))) for x in found]


@router.get("/shipments/{number}", responses=READ_REFUSALS, dependencies=[Reader])
def shipment(request: Request, number: str) -> ShipmentWhole:
    """One shipment with what is in it."""
    with rooms_of(request).db.read() as db:
        return _shipment_whole(db, number)


@router.post("/shipments/{number}/actions/{action}", responses=REFUSALS | READ_REFUSALS)
def act_on_shipment(
    request: Request, number: str, action: ShipmentAction, wanted: ShipmentActionIn,
    client: Annotated[Client, allow("fulfilment:write")], key: Key = None,
) -> ShipmentWhole:
    """Do one of its `supported_actions`. A confirmation that comes again with its Idempotency-Key moves nothing again."""
    rooms = rooms_of(request)
    with rooms.db.write() as db:
        commands.do_shipment(
            db, Fulfilments(db).shipment(number).summary.id, action, actor=_actor(client), note=wanted.note,
            by=Carriage(wanted.carrier, wanted.service, wanted.tracking_number), key=f"api:{key}" if key else None,
            company_prefix=rooms.settings.gs1_company_prefix)
        return _shipment_whole(db, number)


@router.post("/shipments/{number}/lines", status_code=201, responses=REFUSALS | READ_REFUSALS)
def add_line(
    request: Request, number: str, wanted: PickIn, client: Annotated[Client, allow("fulfilment:write")], key: Key = None
) -> ShipmentWhole:
    """Pick into a draft."""
    def work(db: Session) -> str:
        shipment_id = Fulfilments(db).shipment(number).summary.id
        pick(db, shipment_id, wanted.line_id, wanted.quantity, lot_id=find_lot(db, wanted.line_id, wanted.lot))
        return number

    return shipment(request, _once(request, client, key, wanted, lambda: _write(request, work), number))


@router.delete(
    "/shipments/{number}/lines/{line_id}", responses=REFUSALS | READ_REFUSALS, dependencies=[allow("fulfilment:write")])
def remove_line(request: Request, number: str, line_id: int) -> ShipmentWhole:
    """Put a picked line back on the shelf."""
    with rooms_of(request).db.write() as db:
        if line_id not in {line.id for line in Fulfilments(db).shipment(number).lines}:
            raise NotFound(f"{number} has no picked line {line_id}; it was put back already.")
        put_back(db, line_id)
        return _shipment_whole(db, number)


@router.post("/shipments/{number}/parcels", status_code=201, responses=REFUSALS | READ_REFUSALS)
def add_parcel(
    request: Request, number: str, wanted: ParcelIn, client: Annotated[Client, allow("fulfilment:write")], key: Key = None
) -> ShipmentWhole:
    """Pack picked goods into a new parcel, or put parcels onto a new pallet. With the last goods the shipment is packed."""
    prefix = rooms_of(request).settings.gs1_company_prefix

    def work(db: Session) -> str:
        shipment_id = Fulfilments(db).shipment(number).summary.id
        if wanted.parcels is not None:
            stack(db, shipment_id, wanted.parcels, company_prefix=prefix, actor=_actor(client))
        else:
            pack(
                db, shipment_id, company_prefix=prefix, actor=_actor(client), contents=wanted.contents, kind=wanted.kind,
                measures=Measures(wanted.weight, wanted.length, wanted.width, wanted.height))
        return number

    return shipment(request, _once(request, client, key, wanted, lambda: _write(request, work), number))


@router.get("/shipments/{number}/papers/{kind}", responses=_PDF | READ_REFUSALS, dependencies=[Reader], response_class=Response)
def paper(request: Request, number: str, kind: PaperKind) -> Response:
    """One paper of a shipment, as PDF."""
    if kind is PaperKind.PICK_LIST:
        raise InputError("A pick list is of fulfilment orders; ask for it at /papers.", code="wrong_paper")
    return _print(request, PapersIn(kind=kind, numbers=[number]))


@router.post("/papers", responses=_PDF | READ_REFUSALS, dependencies=[Reader], response_class=Response)
def print_many(request: Request, wanted: PapersIn) -> Response:
    """Papers of several shipments, or the pick list of fulfilment orders or a wave, in one PDF."""
    return _print(request, wanted)


def _print(request: Request, wanted: PapersIn) -> Response:
    rooms = rooms_of(request)
    with rooms.db.read() as db:
        content = print_papers(db, wanted.kind, wanted.numbers, company=rooms.settings.company_name)
    return Response(content, media_type="application/pdf", headers={
        "Content-Disposition": f'attachment; filename="{wanted.kind}.pdf"'})


def _actor(client: Client) -> str:
    return f"token:{client.name}"


def _write(request: Request, work: Callable[[Session], str | None]) -> str:
    with rooms_of(request).db.write() as db:
        return work(db) or ""


def _once(
    request: Request, client: Client, key: str | None, wanted: BaseModel, work: Callable[[], str], about: str = ""
) -> str:
    if key is None:
        return work()
    path = request.url.path
    fingerprint = hashlib.sha256(f"{path} {about} {wanted.model_dump_json()}".encode()).hexdigest()
    return once(rooms_of(request).db, f"fulfilment:{client.name}", key, fingerprint, work)


def _head(x: FulfilmentSummary) -> dict[str, Any]:
    return {name: getattr(x, name) for name in FulfilmentOut.model_fields if name != "supported_actions"}


def _whole(db: Session, number: str) -> FulfilmentWhole:
    read = Fulfilments(db)
    x = read.one(number)
    lines = [
        FulfilmentLineOut(**{name: getattr(s, name) for name in FulfilmentLineOut.model_fields})
        for s in read.shares([x.id]).get(x.id, ())]
    holds = [HoldOut(id=h.id, reason=h.reason, placed_by=h.placed_by, placed_at=h.placed_at) for h in read.holds(x.id)]
    actions = list(supported_actions(facts_of(db, [x.id])[x.id]))
    return FulfilmentWhole(**_head(x), supported_actions=actions, lines=lines, holds=holds)


def _shipment_head(x: ShipmentSummary) -> dict[str, Any]:
    names = [name for name in ShipmentOut.model_fields if name not in ("supported_actions", "fulfilment_order")]
    return {"fulfilment_order": x.fulfilment_no, **{name: getattr(x, name) for name in names}}


def _shipment_whole(db: Session, number: str) -> ShipmentWhole:
    found: ShipmentDetail = Fulfilments(db).shipment(number)
    facts = shipment_facts(db, [found.summary.id])[found.summary.id]
    return ShipmentWhole(
        **_shipment_head(found.summary), supported_actions=list(supported_shipment_actions(facts)),
        lines=[
            ShipmentLineOut(
                id=x.id, line_id=x.share_id, position=x.position, sku=x.sku, quantity=x.quantity, uom=x.uom, lot=x.lot,
                parcel_id=x.parcel_id) for x in found.lines],
        parcels=[ParcelOut(**{name: getattr(p, name) for name in ParcelOut.model_fields}) for p in found.parcels])
