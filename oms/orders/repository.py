"""Sales orders as pages and commands show them: plain SELECTs into dataclasses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from models.domain.outbox import Channel
from models.domain.states import OutboxState, ReservationState, SalesOrderState
from models.errors import NotFound
from models.tables.inventory import LocationRow, ReservationRow
from models.tables.items import ItemRow
from models.tables.orders import OrderLineRow, SalesOrderRow
from models.tables.outbox import OutboxRow
from models.tables.partners import AddressRow, CustomerRow


@dataclass(frozen=True, slots=True)
class OrderSummary:
    """One order in a list."""

    id: int
    order_no: str
    state: SalesOrderState
    customer_no: str
    customer_name: str
    po_number: str
    requested_date: date | None
    currency: str
    total: Decimal
    lines: int
    case_id: int | None
    case_version: int | None
    approved_by: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Reserved:
    """What one location holds for a line, in base units."""

    location: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class LineDetail:
    """One line; `base_quantity`, `cancelled`, `shipped`, `reserved` and `short` in the item's base unit."""

    id: int
    position: int
    customer_line_no: str | None
    customer_part_number: str | None
    sku: str
    description: str
    quantity: Decimal
    uom: str
    base_quantity: Decimal
    base_uom: str
    unit_price: Decimal
    amount: Decimal
    requested_date: date | None
    cancelled: Decimal
    shipped: Decimal
    reserved: tuple[Reserved, ...]

    @property
    def short(self) -> Decimal:
        """Still to be delivered and not reserved anywhere."""
        return self.base_quantity - self.cancelled - self.shipped - sum((r.quantity for r in self.reserved), Decimal(0))


@dataclass(frozen=True, slots=True)
class OutgoingDetail:
    """One message about the order, and how far it got. UNKNOWN on the mail channel is shown as "maybe sent"."""

    id: int
    channel: Channel
    kind: str
    state: OutboxState
    tries: int
    code: str | None
    sentence: str | None
    external_id: str | None
    next_at: datetime
    created_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class OrderDetail:
    """One order whole."""

    summary: OrderSummary
    order_date: date | None
    ship_to: str | None
    payment_terms: str | None
    notes: str | None
    lines: tuple[LineDetail, ...]
    messages: tuple[OutgoingDetail, ...]


class Orders:
    """Reads orders. Holds a session, writes nothing."""

    def __init__(self, db: Session) -> None:
        self.db = db

    def find(
        self, *, search: str | None = None, state: SalesOrderState | None = None, before_id: int | None = None, limit: int = 50
    ) -> list[OrderSummary]:
        """Newest first. `search` is part of a PO number, order number, or the customer's name or number; `before_id` pages on."""
        query = _summaries().order_by(SalesOrderRow.id.desc()).limit(limit)
        if search and search.strip():
            columns = (SalesOrderRow.po_number, SalesOrderRow.order_no, CustomerRow.name, CustomerRow.customer_no)
            query = query.where(or_(*(column.icontains(search.strip(), autoescape=True) for column in columns)))
        if state is not None:
            query = query.where(SalesOrderRow.state == state)
        if before_id is not None:
            query = query.where(SalesOrderRow.id < before_id)
        return [OrderSummary(*row) for row in self.db.execute(query)]

    def of_case(self, case_id: int) -> Sequence[OrderSummary]:
        """The orders a case became; several only when an approved case was reopened and approved anew."""
        return [OrderSummary(*row) for row in self.db.execute(_summaries().where(SalesOrderRow.case_id == case_id))]

    def detail(self, order_no: str) -> OrderDetail:
        """Everything about one order. Raises NotFound."""
        found = self.db.execute(_summaries().where(SalesOrderRow.order_no == order_no)).one_or_none()
        if found is None:
            raise NotFound(f"There is no sales order {order_no}; look for it in the list of orders.")
        summary = OrderSummary(*found)
        row, address = self.db.execute(
            select(SalesOrderRow, AddressRow).outerjoin(AddressRow, AddressRow.id == SalesOrderRow.ship_to_id)
            .where(SalesOrderRow.id == summary.id)).one()
        return OrderDetail(
            summary, row.order_date, _ship_to(address) or row.ship_to_text, row.payment_terms, row.notes,
            self._lines(summary.id), self._messages(summary.id))

    def _lines(self, order_id: int) -> tuple[LineDetail, ...]:
        reserved = self._reserved(order_id)
        rows = self.db.execute(
            select(OrderLineRow, ItemRow.sku, ItemRow.base_uom).join(ItemRow, ItemRow.id == OrderLineRow.item_id)
            .where(OrderLineRow.order_id == order_id).order_by(OrderLineRow.position))
        return tuple(
            LineDetail(
                x.id, x.position, x.customer_line_no, x.customer_part_number, sku, x.description, x.quantity, x.uom,
                x.base_quantity, base_uom, x.unit_price, x.amount, x.requested_date, x.cancelled, x.shipped,
                tuple(reserved.get(x.id, ())))
            for x, sku, base_uom in rows)

    def _reserved(self, order_id: int) -> Mapping[int, Sequence[Reserved]]:
        rows = self.db.execute(
            select(ReservationRow.order_line_id, LocationRow.code, ReservationRow.quantity)
            .join(OrderLineRow, OrderLineRow.id == ReservationRow.order_line_id)
            .join(LocationRow, LocationRow.id == ReservationRow.location_id)
            .where(OrderLineRow.order_id == order_id, ReservationRow.state == ReservationState.ACTIVE)
            .order_by(LocationRow.priority, LocationRow.code))
        by_line: dict[int, list[Reserved]] = defaultdict(list)
        for line_id, code, quantity in rows:
            by_line[line_id].append(Reserved(code, quantity))
        return by_line

    def _messages(self, order_id: int) -> tuple[OutgoingDetail, ...]:
        o = OutboxRow
        rows = self.db.execute(
            select(
                o.id, o.channel, o.kind, o.state, o.tries, o.code, o.sentence, o.external_id, o.next_at, o.created_at, o.sent_at)
            .where(o.order_id == order_id).order_by(o.id))
        return tuple(OutgoingDetail(*row) for row in rows)


def _summaries() -> Select[Any]:
    o = SalesOrderRow
    lines = select(func.count()).where(OrderLineRow.order_id == o.id).correlate(o).scalar_subquery()
    return select(
        o.id, o.order_no, o.state, CustomerRow.customer_no, CustomerRow.name, o.po_number, o.requested_date, o.currency, o.total,
        lines, o.case_id, o.case_version, o.approved_by, o.created_at).join(CustomerRow, CustomerRow.id == o.customer_id)


def _ship_to(address: AddressRow | None) -> str | None:
    if address is None:
        return None
    return f"{address.name}, {address.street}, {address.postcode} {address.city}, {address.country}"
