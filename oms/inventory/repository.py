"""Stock as pages and the API show it: plain SELECTs into dataclasses."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from models.domain.states import ReservationState
from models.domain.stock import SELLABLE, STOCKED, EntryKind, LocationKind, Tracking
from models.errors import NotFound
from models.tables.inventory import (
    IncomingSupplyRow,
    LocationRow,
    LotLevelRow,
    LotRow,
    ReservationRow,
    StockEntryRow,
    StockLevelRow,
    expired_here,
)
from models.tables.items import ItemRow
from models.tables.orders import OrderLineRow, SalesOrderRow
from runtime.zone import today


@dataclass(frozen=True, slots=True)
class AtLocation:
    """What one location holds of an item, in base units."""

    location: str
    on_hand: Decimal
    reserved: Decimal
    safety: Decimal
    is_sellable: bool
    expired: Decimal = Decimal(0)

    @property
    def available(self) -> Decimal:
        """Available to promise: nothing that has expired, and zero where nothing is sold from."""
        return max(self.on_hand - self.expired - self.reserved - self.safety, Decimal(0)) if self.is_sellable else Decimal(0)


@dataclass(frozen=True, slots=True)
class ItemStock:
    """An item and where it is."""

    item_id: int
    sku: str
    description: str
    base_uom: str
    tracking: Tracking
    levels: tuple[AtLocation, ...]

    @property
    def on_hand(self) -> Decimal:
        """Over all locations."""
        return sum((x.on_hand for x in self.levels), Decimal(0))

    @property
    def reserved(self) -> Decimal:
        """Over all locations."""
        return sum((x.reserved for x in self.levels), Decimal(0))

    @property
    def available(self) -> Decimal:
        """Over all locations that are sold from."""
        return sum((x.available for x in self.levels), Decimal(0))


@dataclass(frozen=True, slots=True)
class EntryDetail:
    """One entry of the ledger. `is_reversed`: another entry took it back."""

    id: int
    at: datetime
    kind: EntryKind
    sku: str
    from_code: str
    to_code: str
    physical: Decimal
    promised: Decimal
    lot: str | None
    order_no: str | None
    reference: str | None
    actor: str
    reverses_id: int | None
    is_reversed: bool


@dataclass(frozen=True, slots=True)
class ReservationDetail:
    """A promise that stands."""

    id: int
    order_no: str
    position: int
    sku: str
    location: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class SupplyDetail:
    """Goods that are to come."""

    id: int
    reference: str
    sku: str
    location: str
    quantity: Decimal
    received: Decimal
    expected_on: date
    is_closed: bool


@dataclass(frozen=True, slots=True)
class LotDetail:
    """What one location holds of a lot."""

    code: str
    location: str
    expires_on: date | None
    on_hand: Decimal
    held: Decimal


def stock_of(
    db: Session, *, location: str = "", sku: str | None = None, after: str = "", limit: int = 50,
    among: Collection[str] | None = None,
) -> list[ItemStock]:
    """Items by SKU. `location`: only items with a level there; `after`: SKUs beyond it; `among`: only these."""
    query = select(ItemRow).where(ItemRow.sku > after, ItemRow.is_kit.is_(False)).order_by(ItemRow.sku).limit(limit)
    if sku is not None:
        query = query.where(ItemRow.sku == sku)
    if among is not None:
        query = query.where(ItemRow.sku.in_(among))
    if location:
        query = query.where(ItemRow.id.in_(
            select(StockLevelRow.item_id).join(LocationRow, LocationRow.id == StockLevelRow.location_id)
            .where(LocationRow.code == location)))
    items = db.execute(query).scalars().all()
    levels = _levels(db, [item.id for item in items])
    return [
        ItemStock(x.id, x.sku, x.description, x.base_uom, x.tracking, tuple(levels.get(x.id, ()))) for x in items]


def available_of(db: Session, item_ids: Sequence[int]) -> dict[int, Decimal]:
    """What can be promised of each item, over all locations that are sold from."""
    levels = _levels(db, item_ids)
    return {i: sum((x.available for x in levels.get(i, ())), Decimal(0)) for i in item_ids}


def item_stock(db: Session, sku: str) -> ItemStock:
    """One item. Raises NotFound."""
    found = stock_of(db, sku=sku, limit=1)
    if not found:
        raise NotFound(f"There is no item {sku} that is held in stock; look for it in the list of stock.")
    return found[0]


def location_id_of(db: Session, code: str) -> int:
    """The id of a location that holds stock. Raises NotFound."""
    found = db.execute(select(LocationRow.id).where(LocationRow.code == code, LocationRow.kind.in_(STOCKED))).scalar_one_or_none()
    if found is None:
        raise NotFound(f"There is no location {code} that holds stock; choose one from the list.")
    return found


def locations(db: Session) -> list[str]:
    """The codes of the locations that hold stock, the preferred first."""
    return list(db.execute(
        select(LocationRow.code).where(LocationRow.kind.in_(STOCKED - {LocationKind.TRANSIT}), LocationRow.is_active)
        .order_by(LocationRow.priority, LocationRow.code)).scalars())


def entries(
    db: Session, *, sku: str | None = None, order_no: str | None = None, before: int | None = None, limit: int = 50
) -> list[EntryDetail]:
    """The ledger, newest first. `before`: only ids below it."""
    here, there, undo = aliased(LocationRow), aliased(LocationRow), aliased(StockEntryRow)
    e = StockEntryRow
    query: Select[*tuple[Any, ...]] = (
        select(
            e.id, e.at, e.kind, ItemRow.sku, here.code, there.code, e.physical, e.promised, LotRow.code, SalesOrderRow.order_no,
            e.reference, e.actor, e.reverses_id, undo.id.is_not(None))
        .join(ItemRow, ItemRow.id == e.item_id).join(here, here.id == e.from_id).join(there, there.id == e.to_id)
        .outerjoin(LotRow, LotRow.id == e.lot_id).outerjoin(OrderLineRow, OrderLineRow.id == e.order_line_id)
        .outerjoin(SalesOrderRow, SalesOrderRow.id == OrderLineRow.order_id).outerjoin(undo, undo.reverses_id == e.id)
        .order_by(e.id.desc()).limit(limit))
    if sku is not None:
        query = query.where(ItemRow.sku == sku)
    if order_no is not None:
        query = query.where(SalesOrderRow.order_no == order_no)
    if before is not None:
        query = query.where(e.id < before)
    return [EntryDetail(*row) for row in db.execute(query)]


def reservations(
    db: Session, *, sku: str | None = None, order_no: str | None = None, after: int = 0, limit: int = 100
) -> list[ReservationDetail]:
    """The promises that stand, oldest first. `after`: only ids above it."""
    r = ReservationRow
    query = (
        select(r.id, SalesOrderRow.order_no, OrderLineRow.position, ItemRow.sku, LocationRow.code, r.quantity)
        .join(OrderLineRow, OrderLineRow.id == r.order_line_id).join(SalesOrderRow, SalesOrderRow.id == OrderLineRow.order_id)
        .join(ItemRow, ItemRow.id == r.item_id).join(LocationRow, LocationRow.id == r.location_id)
        .where(r.state == ReservationState.ACTIVE, r.id > after).order_by(r.id).limit(limit))
    if sku is not None:
        query = query.where(ItemRow.sku == sku)
    if order_no is not None:
        query = query.where(SalesOrderRow.order_no == order_no)
    return [ReservationDetail(*row) for row in db.execute(query)]


def supplies(
    db: Session, *, sku: str | None = None, is_open: bool = True, after: int = 0, limit: int = 100
) -> list[SupplyDetail]:
    """What is to come, by id; with `is_open` False also what has come. `after`: only ids above it."""
    s = IncomingSupplyRow
    query = (
        select(s.id, s.reference, ItemRow.sku, LocationRow.code, s.quantity, s.received, s.expected_on, s.is_closed)
        .join(ItemRow, ItemRow.id == s.item_id).join(LocationRow, LocationRow.id == s.location_id)
        .where(s.id > after).order_by(s.id).limit(limit))
    if is_open:
        query = query.where(s.is_closed.is_(False))
    if sku is not None:
        query = query.where(ItemRow.sku == sku)
    return [SupplyDetail(*row) for row in db.execute(query)]


def lots_of(db: Session, item_id: int) -> list[LotDetail]:
    """The item's lots that are in stock, the first to expire first."""
    rows = db.execute(
        select(LotRow.code, LocationRow.code, LotRow.expires_on, LotLevelRow.on_hand, LotLevelRow.held)
        .join(LotLevelRow, LotLevelRow.lot_id == LotRow.id).join(LocationRow, LocationRow.id == LotLevelRow.location_id)
        .where(LotRow.item_id == item_id, LotLevelRow.on_hand > 0))
    return sorted((LotDetail(*row) for row in rows), key=lambda x: (x.expires_on or date.max, x.code, x.location))


def _levels(db: Session, item_ids: Sequence[int]) -> dict[int, list[AtLocation]]:
    found: dict[int, list[AtLocation]] = {}
    x = StockLevelRow
    rows = db.execute(
        select(x.item_id, LocationRow.code, x.on_hand, x.reserved, x.safety, LocationRow.kind, LocationRow.is_active,
               expired_here(today()))
        .join(LocationRow, LocationRow.id == x.location_id).where(x.item_id.in_(item_ids))
        .order_by(LocationRow.priority, LocationRow.code))
    for item_id, code, on_hand, reserved, safety, kind, is_active, expired in rows:
        found.setdefault(item_id, []).append(
            AtLocation(code, on_hand, reserved, safety, kind in SELLABLE and is_active, expired))
    return found
