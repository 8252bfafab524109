"""The REST API of shipments: picked, packed, confirmed, delivered."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from app.api.auth import Client, allow, rooms_of
from app.api.bounds import LARGEST_ID, After, Key, Limit, RowId
from app.api.idempotent import answer_once, row_key
from app.api.problems import READ_REFUSALS, REFUSALS
from models.domain.fulfilment import ParcelKind, ShipmentAction, ShipmentState
from models.errors import NotFound
from oms.fulfilment import commands
from oms.fulfilment.decide import ShipmentFacts, supported_shipment_actions
from oms.fulfilment.packing import Measures, pack, stack
from oms.fulfilment.picking import find_lot, pick, put_back
from oms.fulfilment.repository import Fulfilments, ParcelDetail, ShipmentSummary
from oms.fulfilment.ship import Carriage
from oms.fulfilment.shipments import shipment_facts

router = APIRouter(tags=["fulfilment"])
Quantity = Annotated[Decimal, Field(gt=0, lt=10**12, decimal_places=6, description="Base units.")]
Writer = Annotated[Client, allow("fulfilment:write")]
Reader = allow("fulfilment:read")


class PickIn(BaseModel):
    """So much of a line of the fulfilment order; without `lot`, of lots that expire first."""

    line_id: int = Field(ge=1, le=LARGEST_ID)
    quantity: Quantity
    lot: str | None = Field(None, max_length=64)


class ShipmentActionIn(BaseModel):
    """`carrier`, `service`, `tracking_number` are for ship, and for correct, which says all three anew; `note` says why a
    shipment is voided."""

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
    parcels: list[ParcelDetail]


@router.get("/shipments", responses=READ_REFUSALS, dependencies=[Reader])
def shipments(
    request: Request, state: ShipmentState | None = None, order_no: str | None = None, after: After = 0, limit: Limit = 100
) -> list[ShipmentOut]:
    """Shipments by id, oldest first."""
    with rooms_of(request).db.read() as db:
        found = Fulfilments(db).shipments(state=state, order_no=order_no, after_id=after, limit=limit)
        facts = shipment_facts(db, [x.id for x in found])
        return [_head(x, facts[x.id]) for x in found]


@router.get("/shipments/{number}", responses=READ_REFUSALS, dependencies=[Reader])
def shipment(request: Request, number: str) -> ShipmentWhole:
    """One shipment with what is in it."""
    with rooms_of(request).db.read() as db:
        return shipment_whole(db, number)


@router.post("/shipments/{number}/actions/{action}", responses=REFUSALS | READ_REFUSALS)
def act_on_shipment(
    request: Request, number: str, action: ShipmentAction, wanted: ShipmentActionIn,
    client: Writer, key: Key = None,
) -> ShipmentWhole:
    """Do one of its `supported_actions`. A confirmation that comes again with its Idempotency-Key moves nothing again."""
    rooms = rooms_of(request)
    with rooms.db.write() as db:
        commands.do_shipment(
            db, Fulfilments(db).shipment(number).summary.id, action, actor=client.actor, note=wanted.note,
            by=Carriage(wanted.carrier, wanted.service, wanted.tracking_number), key=key and row_key(client, "shipment", key),
            company_prefix=rooms.settings.gs1_company_prefix)
        return shipment_whole(db, number)


@router.post("/shipments/{number}/lines", status_code=201, responses=REFUSALS | READ_REFUSALS)
def add_line(
    request: Request, number: str, wanted: PickIn, client: Writer, key: Key = None
) -> ShipmentWhole:
    """Pick into a draft."""
    def work() -> ShipmentWhole:
        with rooms_of(request).db.write() as db:
            shipment_id = Fulfilments(db).shipment(number).summary.id
            pick(db, shipment_id, wanted.line_id, wanted.quantity, lot_id=find_lot(db, wanted.line_id, wanted.lot))
            return shipment_whole(db, number)

    return answer_once(request, client, key, wanted.model_dump_json(), ShipmentWhole, work)


@router.delete(
    "/shipments/{number}/lines/{line_id}", responses=REFUSALS | READ_REFUSALS, dependencies=[allow("fulfilment:write")])
def remove_line(request: Request, number: str, line_id: RowId) -> ShipmentWhole:
    """Put a picked line back on the shelf."""
    with rooms_of(request).db.write() as db:
        if line_id not in {line.id for line in Fulfilments(db).shipment(number).lines}:
            raise NotFound(f"{number} has no picked line {line_id}; it was put back already.")
        put_back(db, line_id)
        return shipment_whole(db, number)


@router.post("/shipments/{number}/parcels", status_code=201, responses=REFUSALS | READ_REFUSALS)
def add_parcel(
    request: Request, number: str, wanted: ParcelIn, client: Writer, key: Key = None
) -> ShipmentWhole:
    """Pack picked goods into a new parcel, or put parcels onto a new pallet. With the last goods the shipment is packed."""
    prefix = rooms_of(request).settings.gs1_company_prefix

    def work() -> ShipmentWhole:
        with rooms_of(request).db.write() as db:
            shipment_id = Fulfilments(db).shipment(number).summary.id
            if wanted.parcels is not None:
                stack(db, shipment_id, wanted.parcels, company_prefix=prefix, actor=client.actor)
            else:
                pack(
                    db, shipment_id, company_prefix=prefix, actor=client.actor, contents=wanted.contents, kind=wanted.kind,
                    measures=Measures(wanted.weight, wanted.length, wanted.width, wanted.height))
            return shipment_whole(db, number)

    return answer_once(request, client, key, wanted.model_dump_json(), ShipmentWhole, work)


def shipment_whole(db: Session, number: str) -> ShipmentWhole:
    """A shipment with what is in it. Raises NotFound."""
    found = Fulfilments(db).shipment(number)
    head = _head(found.summary, shipment_facts(db, [found.summary.id])[found.summary.id])
    return ShipmentWhole(
        **head.model_dump(), parcels=list(found.parcels),
        lines=[ShipmentLineOut.model_validate({**asdict(x), "line_id": x.share_id}) for x in found.lines])


def _head(x: ShipmentSummary, facts: ShipmentFacts) -> ShipmentOut:
    return ShipmentOut.model_validate(
        {**asdict(x), "fulfilment_order": x.fulfilment_no, "supported_actions": supported_shipment_actions(facts)})
