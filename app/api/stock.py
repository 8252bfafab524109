"""The REST API of stock: levels, the ledger, movements, promises, what is to come, and the rules of sourcing."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from app.api.auth import Client, allow, rooms_of
from app.api.bounds import After, Before, Key, Limit, RowId
from app.api.idempotent import row_key
from app.api.problems import READ_REFUSALS, REFUSALS
from matching.masterdata.lists import find_items
from models.domain.stock import EntryKind, Tracking
from oms.inventory import repository
from oms.inventory.booking import Booking, Movement, book, take_back
from oms.inventory.ledger import REVERSIBLE
from oms.inventory.supplies import expect, outlook
from oms.inventory.timeline import first_day

router = APIRouter(tags=["stock"])
MOST_FOUND = 200
"""Items a search looks at: of these, those are told that a location has."""
Sku = Annotated[str, Query(max_length=64, description="Only this item.")]
Quantity = Annotated[Decimal, Field(description="In base units.", max_digits=18, decimal_places=6)]
Positive = Annotated[Decimal, Field(description="In base units.", gt=0, max_digits=18, decimal_places=6)]


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class LevelOut(_Out):
    """What one location holds of an item, in base units. `available`: on hand − reserved − safety."""

    location: str
    on_hand: Decimal
    reserved: Decimal
    safety: Decimal
    available: Decimal


class ItemStockOut(_Out):
    """An item and where it is."""

    sku: str
    description: str
    base_uom: str
    tracking: Tracking
    on_hand: Decimal
    reserved: Decimal
    available: Decimal
    levels: list[LevelOut]


class EntryOut(_Out):
    """One entry of the ledger: `physical` went from → to, `promised` changed at the first. It takes the `supported_actions`."""

    id: int
    at: datetime
    kind: EntryKind
    sku: str
    from_location: str
    to_location: str
    physical: Decimal
    promised: Decimal
    lot: str | None
    order_no: str | None
    reference: str | None
    actor: str
    reverses_id: int | None
    is_reversed: bool
    supported_actions: list[str]


class ReservationOut(_Out):
    """A promise to an order line that stands."""

    id: int
    order_no: str
    position: int
    sku: str
    location: str
    quantity: Decimal


class SupplyIn(BaseModel):
    """Goods that are to come. The same reference, item and location again changes quantity and day."""

    reference: str = Field(min_length=1, max_length=128)
    sku: str = Field(max_length=64)
    location: str = Field(max_length=32)
    quantity: Positive
    expected_on: date


class SupplyOut(_Out):
    """Goods that are to come, and how many have."""

    id: int
    reference: str
    sku: str
    location: str
    quantity: Decimal
    received: Decimal
    expected_on: date
    is_closed: bool


class BookingIn(BaseModel):
    """A movement. `quantity`: what is there now for a count, signed for an adjustment, above zero else."""

    kind: Movement
    sku: str = Field(max_length=64)
    location: str = Field(max_length=32)
    quantity: Quantity
    reference: str = Field(min_length=1, max_length=128, description="Why, or by which paper.")
    to: str | None = Field(None, max_length=32, description="Where a transfer goes.")
    lot: str | None = Field(None, min_length=1, max_length=64)
    expires_on: date | None = None


class Booked(BaseModel):
    """The entry that was written; none for a count that was right."""

    entry_id: int | None


class PointOut(_Out):
    """A day on which something changes. `promisable`: what can be promised for it without taking it from a later demand."""

    day: date
    comes: Decimal
    wanted: Decimal
    projected: Decimal
    promisable: Decimal


class ComingOut(BaseModel):
    """What is still to come by one supply. `promised`: how much of it orders want already; `is_sellable` false: it comes to where
    nothing is sold from, and is in no figure of the points."""

    reference: str
    location: str
    day: date
    quantity: Decimal
    promised: Decimal
    is_sellable: bool


class TimelineOut(BaseModel):
    """ATP by date; the last point holds for every later day. `first_day`: from when the asked quantity can be promised;
    `set_aside`: what is in quarantine, in transit or in places out of use, in no figure of the points."""

    sku: str
    points: list[PointOut]
    first_day: date | None
    coming: list[ComingOut]
    set_aside: Decimal


@router.get("/stock", responses=READ_REFUSALS, dependencies=[allow("stock:read")])
def stock(
    request: Request,
    search: Annotated[str, Query(max_length=200, description="Only the items most like this.")] = "",
    location: Annotated[str, Query(max_length=32)] = "",
    after: Annotated[str, Query(max_length=64, description="Only SKUs beyond this one; for paging.")] = "", limit: Limit = 100,
) -> list[ItemStockOut]:
    """Items and where they are, by SKU; with `search` of the 200 items most like it, as the catalogue's index has them."""
    rooms = rooms_of(request)
    with rooms.db.read() as db:
        likely = None
        if search.strip():
            likely = [item.sku for item in find_items(db, rooms.matcher.made_index(), search, limit=MOST_FOUND)]
        found = repository.stock_of(db, among=likely, location=location, after=after, limit=limit)
    return [ItemStockOut.model_validate(x) for x in found]


@router.get("/stock/timeline", responses=READ_REFUSALS, dependencies=[allow("stock:read")])
def timeline_of(
    request: Request, sku: Sku,
    quantity: Annotated[Decimal, Query(ge=0, lt=10**12, description="How many are wanted.")] = Decimal(1),
) -> TimelineOut:
    """Available to promise by date, over all locations."""
    with rooms_of(request).db.read() as db:
        found = outlook(db, repository.item_stock(db, sku).item_id)
    coming = [
        ComingOut(
            reference=x.due.reference, location=x.due.location, day=x.due.day, quantity=x.due.quantity, promised=x.promised,
            is_sellable=x.due.is_sellable)
        for x in found.coming]
    return TimelineOut(
        sku=sku, points=[PointOut.model_validate(p) for p in found.points], first_day=first_day(found.points, quantity),
        coming=coming, set_aside=found.set_aside)


@router.get("/stock/entries", responses=READ_REFUSALS, dependencies=[allow("stock:read")])
def entries(
    request: Request, sku: Sku | None = None, order_no: Annotated[str | None, Query(max_length=32)] = None,
    before: Before = None,
    limit: Limit = 100,
) -> list[EntryOut]:
    """The stock ledger, newest first."""
    with rooms_of(request).db.read() as db:
        found = repository.entries(db, sku=sku, order_no=order_no, before=before, limit=limit)
    return [_entry(x) for x in found]


def _entry(x: repository.EntryDetail) -> EntryOut:
    actions = ["reverse"] if x.kind in REVERSIBLE and not x.is_reversed else []
    return EntryOut(
        id=x.id, at=x.at, kind=x.kind, sku=x.sku, from_location=x.from_code, to_location=x.to_code, physical=x.physical,
        promised=x.promised, lot=x.lot, order_no=x.order_no, reference=x.reference, actor=x.actor, reverses_id=x.reverses_id,
        is_reversed=x.is_reversed, supported_actions=actions)


@router.post("/stock/entries", status_code=201, responses=REFUSALS | {404: READ_REFUSALS[404]})
def add_entry(request: Request, wanted: BookingIn, client: Annotated[Client, allow("stock:write")], key: Key = None) -> Booked:
    """Count, adjust, transfer, receive or scrap. A count below what is promised takes the newest promises back."""
    with rooms_of(request).db.write() as db:
        made = book(db, Booking(**wanted.model_dump()), actor=client.actor, key=key and row_key(client, "stock-entry", key))
    return Booked(entry_id=made)


@router.post("/stock/entries/{entry_id}/reverse", responses=REFUSALS | {404: READ_REFUSALS[404]})
def reverse(request: Request, entry_id: RowId, client: Annotated[Client, allow("stock:write")]) -> Booked:
    """Take an entry back by another one. Doing it again changes nothing."""
    with rooms_of(request).db.write() as db:
        return Booked(entry_id=take_back(db, entry_id, actor=client.actor))


@router.get("/stock/reservations", responses=READ_REFUSALS, dependencies=[allow("stock:read")])
def reservations(
    request: Request, sku: Sku | None = None, order_no: Annotated[str | None, Query(max_length=32)] = None, after: After = 0,
    limit: Limit = 100,
) -> list[ReservationOut]:
    """The promises that stand, oldest first."""
    with rooms_of(request).db.read() as db:
        found = repository.reservations(db, sku=sku, order_no=order_no, after=after, limit=limit)
    return [ReservationOut.model_validate(x) for x in found]


@router.get("/stock/supplies", responses=READ_REFUSALS, dependencies=[allow("stock:read")])
def supplies(
    request: Request, sku: Sku | None = None, is_open: bool = True, after: After = 0, limit: Limit = 100
) -> list[SupplyOut]:
    """What is to come; with `is_open` false also what has come."""
    with rooms_of(request).db.read() as db:
        found = repository.supplies(db, sku=sku, is_open=is_open, after=after, limit=limit)
    return [SupplyOut.model_validate(x) for x in found]


@router.put("/stock/supplies", responses=REFUSALS | {404: READ_REFUSALS[404]})
def set_supply(request: Request, wanted: SupplyIn, client: Annotated[Client, allow("stock:write")]) -> SupplyOut:
    """Say that goods are to come. Doing it again changes nothing; a receipt with the reference lowers it."""
    with rooms_of(request).db.write() as db:
        made = expect(
            db, item_id=repository.item_stock(db, wanted.sku).item_id,
            location_id=repository.location_id_of(db, wanted.location), quantity=wanted.quantity,
            expected_on=wanted.expected_on, reference=wanted.reference)
        (shown,) = repository.supplies(db, is_open=False, after=made - 1, limit=1)
    return SupplyOut.model_validate(shown)
