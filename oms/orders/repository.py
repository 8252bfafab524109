"""One sales order whole, as pages and programs show it: plain SELECTs into dataclasses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from models.domain.order_work import ChargeKind, HoldKind
from models.domain.outbox import Channel
from models.domain.states import OutboxState, ReservationState
from models.errors import NotFound
from models.tables.inventory import LocationRow, ReservationRow
from models.tables.items import ItemRow
from models.tables.orders import OrderChangeRow, OrderChargeRow, OrderHoldRow, OrderLineRow, OrderNoteRow, SalesOrderRow
from models.tables.outbox import OutboxRow
from models.tables.partners import AddressRow
from oms.exceptions.service import blocking
from oms.fulfilment.lines import kits_of, shares_of
from oms.fulfilment.plan import provided
from oms.fulfilment.work import is_in_hand
from oms.orders.changes.plan import Entry
from oms.orders.company_money import in_company_money
from oms.orders.decide import OrderAction, OrderFacts, supported_actions
from oms.orders.listing import Listed, load_listed
from runtime.zone import today


@dataclass(frozen=True, slots=True)
class Reserved:
    """What one location holds of an item for a line, in base units; for a kit, of its components."""

    location: str
    sku: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class LineDetail:
    """One line; everything but `quantity` in the item's base unit. `short`: still to be delivered and reserved nowhere."""

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
    discount: Decimal | None
    requested_date: date | None
    cancelled: Decimal
    allocated: Decimal
    shipped: Decimal
    invoiced: Decimal
    returned: Decimal
    reserved: tuple[Reserved, ...]
    short: Decimal
    list_price: Decimal | None             # ours then, for one `uom`
    origin: str | None                     # the order it came from, when it was merged or split


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
class HoldDetail:
    """A hold; it stands while `released_at` is None."""

    id: int
    kind: HoldKind
    sentence: str
    owner: str | None
    placed_by: str
    placed_at: datetime
    released_by: str | None
    released_at: datetime | None
    release_reason: str | None


@dataclass(frozen=True, slots=True)
class ChangeDetail:
    """One change: what was before and after, by path."""

    revision: int
    entries: tuple[Entry, ...]
    reason: str
    actor: str
    case_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class NoteDetail:
    """An internal note."""

    id: int
    text: str
    author: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ChargeDetail:
    """A discount, charge or tax line as given; `amount` is signed."""

    kind: ChargeKind
    name: str
    rate: Decimal | None
    amount: Decimal


@dataclass(frozen=True, slots=True)
class CompanyMoney:
    """An order's total in the company's money, at the rate of its day that is kept on it, and who says so."""

    currency: str
    total: Decimal
    rate: Decimal
    rate_date: date | None
    source: str | None


@dataclass(frozen=True, slots=True)
class OrderDetail:
    """One order whole, as it is at its revision. `payable` is lines and charges; `supported_actions` can be asked of it now."""

    summary: Listed
    order_date: date | None
    ship_to_id: int | None
    ship_to: str | None
    ship_to_text: str | None
    payment_terms: str | None
    notes: str | None
    ship_complete: bool
    valid_until: date | None
    payable: Decimal
    lines: tuple[LineDetail, ...]
    charges: tuple[ChargeDetail, ...]
    holds: tuple[HoldDetail, ...]
    changes: tuple[ChangeDetail, ...]
    remarks: tuple[NoteDetail, ...]
    messages: tuple[OutgoingDetail, ...]
    supported_actions: tuple[OrderAction, ...]
    company_money: CompanyMoney | None


def order_id_of(db: Session, order_no: str) -> int:
    """The id behind a number people use. Raises NotFound."""
    found = db.execute(select(SalesOrderRow.id).where(SalesOrderRow.order_no == order_no)).scalar_one_or_none()
    if found is None:
        raise NotFound(f"There is no sales order {order_no}; look for it in the list of orders.")
    return found


class Orders:
    """Reads orders. Holds a session, writes nothing."""

    def __init__(self, db: Session) -> None:
        self.db = db

    def detail(self, order_no: str) -> OrderDetail:
        """Everything about one order. Raises NotFound."""
        order_id = order_id_of(self.db, order_no)
        (summary,) = load_listed(self.db, [order_id])
        row, address = self.db.execute(
            select(SalesOrderRow, AddressRow).outerjoin(AddressRow, AddressRow.id == SalesOrderRow.ship_to_id)
            .where(SalesOrderRow.id == order_id).execution_options(populate_existing=True)).one()
        lines, charges = self._lines(order_id), self._charges(order_id)
        facts = OrderFacts(
            row.state, summary.holds, len(blocking(self.db, order_id)),
            any(x.base_quantity > x.cancelled + x.shipped for x in lines), is_in_hand(self.db, order_id), bool(lines),
            row.valid_until is not None and row.valid_until < today(), not any(x.allocated or x.shipped for x in lines),
            any(x.origin for x in lines))
        return OrderDetail(
            summary, row.order_date, row.ship_to_id, _ship_to(address) or row.ship_to_text, row.ship_to_text, row.payment_terms,
            row.notes, row.ship_complete, row.valid_until, summary.total + sum((c.amount for c in charges), Decimal(0)), lines,
            charges, self._holds(order_id),
            self._changes(order_id), self._notes(order_id), self._messages(order_id), supported_actions(facts),
            _company_money(row))

    def _lines(self, order_id: int) -> tuple[LineDetail, ...]:
        held, kits = self._held(order_id), kits_of(self.db, order_id)
        shares = shares_of(self.db, order_id) if kits else {}
        origins = aliased(SalesOrderRow)
        rows = self.db.execute(
            select(OrderLineRow, ItemRow.sku, ItemRow.base_uom, origins.order_no)
            .join(ItemRow, ItemRow.id == OrderLineRow.item_id).outerjoin(origins, origins.id == OrderLineRow.origin_order_id)
            .where(OrderLineRow.order_id == order_id).order_by(OrderLineRow.position)
            .execution_options(populate_existing=True))
        return tuple(
            LineDetail(
                x.id, x.position, x.customer_line_no, x.customer_part_number, sku, x.description, x.quantity, x.uom,
                x.base_quantity, base_uom, x.unit_price, x.amount, x.discount, x.requested_date, x.cancelled, x.allocated,
                x.shipped, x.invoiced, x.returned,
                tuple(Reserved(h.code, h.sku, h.quantity) for h in held.get(x.id, ())),
                max(x.base_quantity - x.cancelled - provided(
                    x.shipped, ((h.item_id, h.quantity) for h in held.get(x.id, ())), shares.get(x.id, ()),
                    kits.get(x.item_id, {})), Decimal(0)),
                x.list_price, origin)
            for x, sku, base_uom, origin in rows)

    def _held(self, order_id: int) -> Mapping[int, Sequence[Any]]:
        """What is reserved by line: (item id, location, SKU, quantity)."""
        rows = self.db.execute(
            select(ReservationRow.order_line_id, ReservationRow.item_id, LocationRow.code, ItemRow.sku, ReservationRow.quantity)
            .join(OrderLineRow, OrderLineRow.id == ReservationRow.order_line_id)
            .join(LocationRow, LocationRow.id == ReservationRow.location_id).join(ItemRow, ItemRow.id == ReservationRow.item_id)
            .where(OrderLineRow.order_id == order_id, ReservationRow.state == ReservationState.ACTIVE)
            .order_by(LocationRow.priority, LocationRow.code, ItemRow.sku))
        held: dict[int, list[Any]] = defaultdict(list)
        for row in rows:
            held[row.order_line_id].append(row)
        return held

    def _charges(self, order_id: int) -> tuple[ChargeDetail, ...]:
        x = OrderChargeRow
        rows = self.db.execute(select(x.kind, x.name, x.rate, x.amount).where(x.order_id == order_id).order_by(x.position))
        return tuple(ChargeDetail(*row) for row in rows)

    def _holds(self, order_id: int) -> tuple[HoldDetail, ...]:
        return _all(self.db, HoldDetail, OrderHoldRow, order_id)

    def _notes(self, order_id: int) -> tuple[NoteDetail, ...]:
        return _all(self.db, NoteDetail, OrderNoteRow, order_id)

    def _messages(self, order_id: int) -> tuple[OutgoingDetail, ...]:
        return _all(self.db, OutgoingDetail, OutboxRow, order_id)

    def _changes(self, order_id: int) -> tuple[ChangeDetail, ...]:
        x = OrderChangeRow
        rows = self.db.execute(select(x).where(x.order_id == order_id).order_by(x.revision)).scalars()
        return tuple(
            ChangeDetail(r.revision, msgspec.json.decode(r.content, type=tuple[Entry, ...]), r.reason, r.actor, r.case_id, r.at)
            for r in rows)


def _all(db: Session, kind: Any, row: Any, order_id: int) -> tuple[Any, ...]:
    """Rows of an order as dataclasses of the same fields, oldest first."""
    columns = [getattr(row, name) for name in kind.__dataclass_fields__]
    return tuple(kind(*found) for found in db.execute(select(*columns).where(row.order_id == order_id).order_by(row.id)))


def _ship_to(address: AddressRow | None) -> str | None:
    if address is None:
        return None
    return f"{address.name}, {address.street}, {address.postcode} {address.city}, {address.country}"


def _company_money(row: SalesOrderRow) -> CompanyMoney | None:
    total = in_company_money(row.total, row.exchange_rate, row.company_currency)
    if total is None or row.exchange_rate is None or row.company_currency is None:
        return None
    return CompanyMoney(row.company_currency, total, row.exchange_rate, row.rate_date, row.rate_source)
