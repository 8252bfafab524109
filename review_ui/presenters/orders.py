"""What the order pages show: sales orders, their lines, reservations, and what was sent about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from models.domain.outbox import Channel
from models.domain.states import OutboxState, ReservationState, SalesOrderState
from models.errors import NotFound
from models.tables.inventory import LocationRow, ReservationRow
from models.tables.items import ItemRow
from models.tables.orders import OrderLineRow, SalesOrderRow
from models.tables.outbox import OutboxRow
from models.tables.partners import AddressRow, CustomerRow

PAGE = 100


@dataclass(frozen=True, slots=True)
class OrderListed:
    """One order of the list. `erp` is None when nothing is to be sent."""

    order_no: str
    customer: str
    po_number: str
    state: SalesOrderState
    lines: int
    total: Decimal
    currency: str
    approved_by: str
    created_at: datetime
    erp: OutboxState | None


@dataclass(frozen=True, slots=True)
class Held:
    """Stock promised to a line at a location, in base units."""

    location: str
    quantity: Decimal
    state: ReservationState


@dataclass(frozen=True, slots=True)
class LineListed:
    """One line of an order. `short` is what no reservation covers, in base units."""

    position: int
    customer_part_number: str
    sku: str
    description: str
    quantity: Decimal
    uom: str
    base_quantity: Decimal
    base_uom: str
    unit_price: Decimal
    amount: Decimal
    requested_date: date | None
    held: tuple[Held, ...]
    short: Decimal


@dataclass(frozen=True, slots=True)
class Sent:
    """One outgoing message about an order."""

    channel: Channel
    kind: str
    state: OutboxState
    sentence: str
    external_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OrderDetail:
    """The order's page."""

    order_no: str
    state: SalesOrderState
    case_id: int | None
    customer: str
    customer_no: str
    po_number: str
    order_date: date | None
    requested_date: date | None
    currency: str
    ship_to: str
    payment_terms: str
    notes: str
    total: Decimal
    approved_by: str
    created_at: datetime
    lines: tuple[LineListed, ...]
    sent: tuple[Sent, ...]


def load_orders(db: Session, text: str) -> list[OrderListed]:
    """The newest PAGE orders whose number, PO number or customer contains `text`."""
    lines = select(func.count()).where(OrderLineRow.order_id == SalesOrderRow.id).scalar_subquery()
    erp = (
        select(OutboxRow.state).where(OutboxRow.order_id == SalesOrderRow.id, OutboxRow.channel == Channel.ERP)
        .order_by(OutboxRow.id.desc()).limit(1).scalar_subquery())
    query = (
        select(SalesOrderRow, CustomerRow.name, lines, erp).join(CustomerRow, CustomerRow.id == SalesOrderRow.customer_id)
        .order_by(SalesOrderRow.id.desc()).limit(PAGE))
    if text:
        columns = (SalesOrderRow.order_no, SalesOrderRow.po_number, CustomerRow.name, CustomerRow.customer_no)
        query = query.where(or_(*(func.lower(c).contains(text.lower(), autoescape=True) for c in columns)))
    return [
        OrderListed(
            order.order_no, customer, order.po_number, order.state, count, order.total, order.currency, order.approved_by,
            order.created_at, OutboxState(sent) if sent else None)
        for order, customer, count, sent in db.execute(query)
    ]


def _held(db: Session, order_id: int) -> dict[int, list[Held]]:
    found: dict[int, list[Held]] = {}
    rows = db.execute(
        select(ReservationRow, LocationRow.code).join(LocationRow, LocationRow.id == ReservationRow.location_id)
        .join(OrderLineRow, OrderLineRow.id == ReservationRow.order_line_id).where(OrderLineRow.order_id == order_id)
        .order_by(LocationRow.priority, LocationRow.code))
    for row, location in rows:
        found.setdefault(row.order_line_id, []).append(Held(location, row.quantity, row.state))
    return found


def _lines(db: Session, order_id: int) -> tuple[LineListed, ...]:
    held = _held(db, order_id)
    rows = db.execute(
        select(OrderLineRow, ItemRow.sku, ItemRow.base_uom).join(ItemRow, ItemRow.id == OrderLineRow.item_id)
        .where(OrderLineRow.order_id == order_id).order_by(OrderLineRow.position))
    return tuple(_line(row, sku, base_uom, tuple(held.get(row.id, ()))) for row, sku, base_uom in rows)


def _line(row: OrderLineRow, sku: str, base_uom: str, held: tuple[Held, ...]) -> LineListed:
    covered = sum((h.quantity for h in held if h.state is ReservationState.ACTIVE), row.shipped + row.cancelled)
    return LineListed(
        row.position, row.customer_part_number or "", sku, row.description, row.quantity, row.uom, row.base_quantity, base_uom,
        row.unit_price, row.amount, row.requested_date, held, short=max(row.base_quantity - covered, Decimal(0)))


def _sent(db: Session, order_id: int) -> tuple[Sent, ...]:
    rows = db.execute(select(OutboxRow).where(OutboxRow.order_id == order_id).order_by(OutboxRow.id)).scalars()
    return tuple(
        Sent(row.channel, row.kind, row.state, row.sentence or "", row.external_id or "", row.sent_at or row.created_at)
        for row in rows)


def _address(address: AddressRow | None, text: str | None) -> str:
    if address is None:
        return text or ""
    return f"{address.name}, {address.street}, {address.postcode} {address.city}, {address.country}"


def load_order(db: Session, order_no: str) -> OrderDetail:
    """One order with everything about it. Raises NotFound."""
    found = db.execute(
        select(SalesOrderRow, CustomerRow, AddressRow).join(CustomerRow, CustomerRow.id == SalesOrderRow.customer_id)
        .outerjoin(AddressRow, AddressRow.id == SalesOrderRow.ship_to_id)
        .where(SalesOrderRow.order_no == order_no)).one_or_none()
    if found is None:
        raise NotFound(f"There is no order {order_no}. Look for it in the list of orders.")
    order, customer, address = found
    return OrderDetail(
        order_no=order.order_no, state=order.state, case_id=order.case_id, customer=customer.name,
        customer_no=customer.customer_no, po_number=order.po_number, order_date=order.order_date,
        requested_date=order.requested_date, currency=order.currency, ship_to=_address(address, order.ship_to_text),
        payment_terms=order.payment_terms or "", notes=order.notes or "", total=order.total, approved_by=order.approved_by,
        created_at=order.created_at, lines=_lines(db, order.id), sent=_sent(db, order.id))
