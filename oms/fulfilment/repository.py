"""Fulfilment orders and shipments as pages, papers and the API show them: plain SELECTs into dataclasses."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from models.domain.fulfilment import UNSHIPPED, FulfilmentState, ParcelKind, RequestState, ShipmentState
from models.domain.stock import Tracking
from models.errors import NotFound
from models.tables.fulfilment import (
    FulfilmentHoldRow,
    FulfilmentLineRow,
    FulfilmentOrderRow,
    ParcelRow,
    ShipmentLineRow,
    ShipmentRow,
    WaveRow,
)
from models.tables.inventory import LocationRow, LotRow
from models.tables.items import ItemRow
from models.tables.orders import OrderLineRow, SalesOrderRow
from models.tables.partners import AddressRow, CustomerRow
from oms.fulfilment.plan import ZERO


@dataclass(frozen=True, slots=True)
class FulfilmentSummary:
    """One fulfilment order in a list."""

    id: int
    number: str
    state: FulfilmentState
    request_state: RequestState
    request_note: str | None
    order_id: int
    order_no: str
    customer_no: str
    customer: str
    po_number: str
    location: str
    location_name: str
    location_id: int
    ship_by: date | None
    wave: str | None
    explanation: str | None
    created_at: datetime
    lines: int


@dataclass(frozen=True, slots=True)
class ShareDetail:
    """One line of a fulfilment order, in base units. `picked`: in a shipment that has not left."""

    id: int
    position: int
    item_id: int
    sku: str
    description: str
    customer_part_number: str | None
    uom: str
    tracking: Tracking
    quantity: Decimal
    shipped: Decimal
    cancelled: Decimal
    picked: Decimal

    @property
    def remaining(self) -> Decimal:
        """Still to be sent."""
        return self.quantity - self.shipped - self.cancelled

    @property
    def to_pick(self) -> Decimal:
        """Still to be taken from the shelf; never below zero."""
        return max(self.remaining - self.picked, ZERO)


@dataclass(frozen=True, slots=True)
class HoldDetail:
    """A hold that stands."""

    id: int
    reason: str
    placed_by: str
    placed_at: datetime


@dataclass(frozen=True, slots=True)
class ShipmentSummary:
    """One shipment in a list."""

    id: int
    number: str
    state: ShipmentState
    fulfilment_id: int
    fulfilment_no: str
    order_no: str
    customer: str
    location: str
    carrier: str | None
    service: str | None
    tracking_number: str | None
    created_at: datetime
    created_by: str
    shipped_at: datetime | None
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True)
class PickedLine:
    """What is in a shipment: base units of one line, of one lot, in one parcel. `weight` in kg, of one base unit."""

    id: int
    share_id: int
    position: int
    sku: str
    description: str
    customer_part_number: str | None
    quantity: Decimal
    uom: str
    lot: str | None
    expires_on: date | None
    parcel_id: int | None
    weight: Decimal | None
    tariff_code: str | None
    origin: str | None
    unit_price: Decimal                # for one base unit, in the order's currency


@dataclass(frozen=True, slots=True)
class ParcelDetail:
    """A parcel or a pallet that holds something. Weight in kg, edges in mm."""

    id: int
    kind: ParcelKind
    sscc: str
    pallet_id: int | None
    weight: Decimal | None
    length: int | None
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class Destination:
    """Who gets the goods, as it stands on papers. `address`: lines; `country`: ISO 3166-1 alpha-2, if known."""

    address: str
    country: str | None
    sender: str
    sender_country: str | None
    po_number: str
    order_date: date | None
    currency: str
    delivery_terms: str | None
    notes: str | None


@dataclass(frozen=True, slots=True)
class ShipmentDetail:
    """One shipment whole."""

    summary: ShipmentSummary
    lines: tuple[PickedLine, ...]
    parcels: tuple[ParcelDetail, ...]
    to: Destination


class Fulfilments:
    """Reads fulfilment orders and shipments. Holds a session, writes nothing."""

    def __init__(self, db: Session) -> None:
        self.db = db

    def find(
        self, *, states: Collection[FulfilmentState] = (), location: str | None = None, order_no: str | None = None,
        wave: str | None = None, search: str = "", after_id: int = 0, limit: int = 100, by_day: bool = False,
    ) -> list[FulfilmentSummary]:
        """By id; or, with `by_day`, what must leave first. `search`: part of a number, a PO number or the customer's name."""
        f = FulfilmentOrderRow
        query = _summaries().where(f.id > after_id).limit(limit)
        query = query.order_by(f.ship_by.is_(None), f.ship_by, f.id) if by_day else query.order_by(f.id)
        if states:
            query = query.where(f.state.in_(states))
        if location:
            query = query.where(LocationRow.code == location)
        if order_no:
            query = query.where(SalesOrderRow.order_no == order_no)
        if wave:
            query = query.where(WaveRow.number == wave)
        if text := search.strip():
            columns = (f.number, SalesOrderRow.order_no, SalesOrderRow.po_number, CustomerRow.name)
            query = query.where(or_(*(column.icontains(text, autoescape=True) for column in columns)))
        return [FulfilmentSummary(*row) for row in self.db.execute(query)]

    def one(self, number: str) -> FulfilmentSummary:
        """By its number. Raises NotFound."""
        found = self.db.execute(_summaries().where(FulfilmentOrderRow.number == number)).one_or_none()
        if found is None:
            raise NotFound(f"There is no fulfilment order {number}; look for it in the list of fulfilment orders.")
        return FulfilmentSummary(*found)

    def shares(self, fulfilment_ids: Collection[int]) -> Mapping[int, Sequence[ShareDetail]]:
        """Lines by fulfilment order, by SKU: the order in which one walks along the shelves."""
        s, x = FulfilmentLineRow, ShipmentLineRow
        picked = (
            select(func.sum(x.quantity)).join(ShipmentRow, ShipmentRow.id == x.shipment_id)
            .where(x.fulfilment_line_id == s.id, ShipmentRow.state.in_(UNSHIPPED)).correlate(s).scalar_subquery())
        rows = self.db.execute(
            select(
                s.fulfilment_order_id, s.id, OrderLineRow.position, s.item_id, ItemRow.sku, ItemRow.description,
                OrderLineRow.customer_part_number, ItemRow.base_uom, ItemRow.tracking, s.quantity, s.shipped, s.cancelled, picked)
            .join(ItemRow, ItemRow.id == s.item_id).join(OrderLineRow, OrderLineRow.id == s.order_line_id)
            .where(s.fulfilment_order_id.in_(fulfilment_ids)).order_by(ItemRow.sku, s.id))
        found: dict[int, list[ShareDetail]] = {}
        for row in rows:
            values: tuple[Any, ...] = (*row[1:-1], row[-1] or ZERO)
            found.setdefault(row[0], []).append(ShareDetail(*values))
        return found

    def holds(self, fulfilment_id: int) -> list[HoldDetail]:
        """Those that stand, oldest first."""
        h = FulfilmentHoldRow
        rows = self.db.execute(
            select(h.id, h.reason, h.placed_by, h.placed_at)
            .where(h.fulfilment_order_id == fulfilment_id, h.released_at.is_(None)).order_by(h.id))
        return [HoldDetail(*row) for row in rows]

    def shipments(
        self, *, fulfilment_id: int | None = None, state: ShipmentState | None = None, order_no: str | None = None,
        after_id: int = 0, limit: int = 100,
    ) -> list[ShipmentSummary]:
        """By id."""
        query = _shipments().where(ShipmentRow.id > after_id).order_by(ShipmentRow.id).limit(limit)
        if fulfilment_id is not None:
            query = query.where(ShipmentRow.fulfilment_order_id == fulfilment_id)
        if state is not None:
            query = query.where(ShipmentRow.state == state)
        if order_no:
            query = query.where(SalesOrderRow.order_no == order_no)
        return [ShipmentSummary(*row) for row in self.db.execute(query)]

    def open_shipments(self, fulfilment_ids: Collection[int]) -> list[ShipmentSummary]:
        """Those that have not left, by id."""
        query = _shipments().where(ShipmentRow.fulfilment_order_id.in_(fulfilment_ids), ShipmentRow.state.in_(UNSHIPPED))
        return [ShipmentSummary(*row) for row in self.db.execute(query.order_by(ShipmentRow.id))]

    def shipment(self, number: str) -> ShipmentDetail:
        """One shipment whole, by its number. Raises NotFound."""
        found = self.db.execute(_shipments().where(ShipmentRow.number == number)).one_or_none()
        if found is None:
            raise NotFound(f"There is no shipment {number}; look for it at its fulfilment order.")
        summary = ShipmentSummary(*found)
        to = self.destination(summary.fulfilment_id)
        return ShipmentDetail(summary, self._lines(summary.id), self._parcels(summary.id), to)

    def destination(self, fulfilment_id: int) -> Destination:
        """Who gets what a fulfilment order sends."""
        f, o, a, here = FulfilmentOrderRow, SalesOrderRow, AddressRow, LocationRow
        order, address, customer, place = self.db.execute(
            select(o, a, CustomerRow, here).join(f, f.order_id == o.id).join(CustomerRow, CustomerRow.id == o.customer_id)
            .join(here, here.id == f.location_id).outerjoin(a, a.id == o.ship_to_id).where(f.id == fulfilment_id)).one()
        lines = (
            [address.name, address.street, f"{address.postcode} {address.city}", address.region, address.country] if address
            else [customer.name, order.ship_to_text])
        sender = [place.name, place.street, " ".join(filter(None, (place.postcode, place.city))), place.country]
        return Destination(
            "\n".join(filter(None, lines)), address.country if address else None, "\n".join(filter(None, sender)), place.country,
            order.po_number, order.order_date, order.currency, customer.delivery_terms, order.notes)

    def _lines(self, shipment_id: int) -> tuple[PickedLine, ...]:
        x, s, line = ShipmentLineRow, FulfilmentLineRow, OrderLineRow
        rows = self.db.execute(
            select(x, line, ItemRow, LotRow.code, LotRow.expires_on).join(s, s.id == x.fulfilment_line_id)
            .join(ItemRow, ItemRow.id == s.item_id).join(line, line.id == s.order_line_id)
            .outerjoin(LotRow, LotRow.id == x.lot_id).where(x.shipment_id == shipment_id).order_by(line.position, x.id))
        return tuple(
            PickedLine(
                row.id, row.fulfilment_line_id, ordered.position, item.sku, item.description, ordered.customer_part_number,
                row.quantity, item.base_uom, lot, expires, row.parcel_id, item.weight, item.tariff_code, item.origin_country,
                ordered.amount / ordered.base_quantity if item.id == ordered.item_id else ZERO)
            for row, ordered, item, lot, expires in rows)

    def _parcels(self, shipment_id: int) -> tuple[ParcelDetail, ...]:
        """Only those that hold goods or carry such parcels; one that was emptied is left out."""
        p, x = ParcelRow, ShipmentLineRow
        rows = self.db.execute(select(p).where(p.shipment_id == shipment_id).order_by(p.id)).scalars().all()
        full = set(self.db.execute(select(x.parcel_id).where(x.shipment_id == shipment_id)).scalars())
        full |= {row.pallet_id for row in rows if row.id in full}
        return tuple(
            ParcelDetail(r.id, r.kind, r.sscc, r.pallet_id, r.weight, r.length, r.width, r.height) for r in rows if r.id in full)


def _summaries() -> Select[Any]:
    f, o = FulfilmentOrderRow, SalesOrderRow
    lines = select(func.count()).where(FulfilmentLineRow.fulfilment_order_id == f.id).correlate(f).scalar_subquery()
    columns: list[Any] = [
        f.id, f.number, f.state, f.request_state, f.request_note, o.id, o.order_no, CustomerRow.customer_no, CustomerRow.name,
        o.po_number, LocationRow.code, LocationRow.name, LocationRow.id, f.ship_by, WaveRow.number, f.explanation, f.created_at,
        lines]
    return (
        select(*columns).select_from(f)
        .join(o, o.id == f.order_id).join(CustomerRow, CustomerRow.id == o.customer_id)
        .join(LocationRow, LocationRow.id == f.location_id).outerjoin(WaveRow, WaveRow.id == f.wave_id))


def _shipments() -> Select[Any]:
    s, f, o = ShipmentRow, FulfilmentOrderRow, SalesOrderRow
    columns: list[Any] = [
        s.id, s.number, s.state, f.id, f.number, o.order_no, CustomerRow.name, LocationRow.code, s.carrier, s.service,
        s.tracking_number, s.created_at, s.created_by, s.shipped_at, s.delivered_at]
    return (
        select(*columns).select_from(s)
        .join(f, f.id == s.fulfilment_order_id).join(o, o.id == f.order_id).join(CustomerRow, CustomerRow.id == o.customer_id)
        .join(LocationRow, LocationRow.id == f.location_id))
