"""Returns as pages and programs show them: plain SELECTs into dataclasses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from models.domain.returns import Disposition, Grade, ReturnAction, ReturnOutcome, ReturnState
from models.domain.stock import Tracking
from models.errors import NotFound
from models.tables.inventory import LocationRow, LotRow
from models.tables.items import ItemRow
from models.tables.orders import OrderLineRow, SalesOrderRow
from models.tables.partners import CustomerRow
from models.tables.returns import InspectionRow, ReturnLineRow, ReturnRow
from oms.returns.decide import supported_actions
from oms.returns.room import rooms
from oms.returns.rows import facts_of


@dataclass(frozen=True, slots=True)
class ReturnListed:
    """One return. Quantities are sums over its lines, in base units; `order_no` is None of a blind one."""

    id: int
    number: str
    state: ReturnState
    order_no: str | None
    currency: str | None
    customer_no: str
    customer: str
    location: str
    reason: str
    answer: str | None
    fee: Decimal
    exchange_order_no: str | None
    requested_by: str
    created_at: datetime
    moved_at: datetime
    expected: Decimal
    received: Decimal
    inspected: Decimal
    supported_actions: tuple[ReturnAction, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What inspection found about some units."""

    id: int
    quantity: Decimal
    lot: str | None
    grade: Grade
    disposition: Disposition
    outcome: ReturnOutcome
    note: str | None
    inspected_by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReturnLineListed:
    """One line of a return, in base units; `position` is that of the order line, None while the order is not known."""

    id: int
    order_line_id: int | None
    position: int | None
    sku: str
    description: str
    base_uom: str
    tracking: Tracking
    quantity: Decimal
    received: Decimal
    inspected: Decimal
    reason: str | None
    inspections: tuple[Judgement, ...]


@dataclass(frozen=True, slots=True)
class Returnable:
    """Goods of an order line that can come back, or parts of its kits alone: `quantity` base units."""

    order_line_id: int
    item_id: int
    is_part: bool
    position: int
    sku: str
    description: str
    base_uom: str
    quantity: Decimal


class Returns:
    """Reading about returns. Holds a session."""

    def __init__(self, db: Session) -> None:
        self.db = db

    def find(
        self, *, text: str = "", states: Collection[ReturnState] = (), customer_no: str | None = None,
        order_no: str | None = None, before: int | None = None, limit: int = 100,
    ) -> list[ReturnListed]:
        """Returns, the newest first; `text` is a part of their number, the order's or the customer's name."""
        stmt = _returns()
        if text:
            columns = (ReturnRow.number, SalesOrderRow.order_no, CustomerRow.name)
            stmt = stmt.where(or_(*(func.lower(column).like(f"%{text.lower()}%") for column in columns)))
        if states:
            stmt = stmt.where(ReturnRow.state.in_(states))
        if customer_no is not None:
            stmt = stmt.where(CustomerRow.customer_no == customer_no)
        if order_no is not None:
            stmt = stmt.where(SalesOrderRow.order_no == order_no)
        if before is not None:
            stmt = stmt.where(ReturnRow.id < before)
        return self._listed(stmt.order_by(ReturnRow.id.desc()).limit(limit))

    def get(self, number: str) -> ReturnListed:
        """One return by its number. Raises NotFound."""
        found = self._listed(_returns().where(ReturnRow.number == number))
        if not found:
            raise NotFound(f"There is no return {number}. Look for it in the list of returns.")
        return found[0]

    def counts(self) -> dict[ReturnState, int]:
        """How many returns are in which state."""
        stmt = select(ReturnRow.state, func.count()).group_by(ReturnRow.state)
        return dict(self.db.execute(stmt).all())

    def lines(self, return_id: int) -> list[ReturnLineListed]:
        """The lines of a return with what was found about them."""
        x, judged = ReturnLineRow, defaultdict(list)
        for row, lot in self.db.execute(
                select(InspectionRow, LotRow.code).outerjoin(LotRow, LotRow.id == InspectionRow.lot_id)
                .join(x, x.id == InspectionRow.return_line_id).where(x.return_id == return_id).order_by(InspectionRow.id)):
            judged[row.return_line_id].append(Judgement(
                row.id, row.quantity, lot, row.grade, row.disposition, row.outcome, row.note, row.inspected_by, row.at))
        rows = self.db.execute(
            select(x, OrderLineRow.position, ItemRow.sku, ItemRow.description, ItemRow.base_uom, ItemRow.tracking)
            .join(ItemRow, ItemRow.id == x.item_id).outerjoin(OrderLineRow, OrderLineRow.id == x.order_line_id)
            .where(x.return_id == return_id).order_by(x.id))
        return [
            ReturnLineListed(
                line.id, line.order_line_id, position, sku, description, uom, tracking, line.quantity, line.received,
                line.inspected, line.reason, tuple(judged[line.id]))
            for line, position, sku, description, uom, tracking in rows]

    def returnable(self, order_no: str) -> list[Returnable]:
        """What of an order can come back, by position, of kits whole ones before their parts. Raises NotFound."""
        order_id = self.order_id(order_no)
        found = rooms(self.db, order_id)
        spots = [(line, item) for line, x in found.items() for item in dict.fromkeys((x.item_id, *x.each)) if x.of(item) > 0]
        items = {x.id: x for x in self.db.execute(
            select(ItemRow.id, ItemRow.sku, ItemRow.description, ItemRow.base_uom).where(ItemRow.id.in_({i for _, i in spots})))}
        lines = dict(self.db.execute(
            select(OrderLineRow.id, OrderLineRow.description).where(OrderLineRow.order_id == order_id)).all())
        return [
            Returnable(
                line, item, is_part := item != found[line].item_id, found[line].position, items[item].sku,
                items[item].description if is_part else lines[line], items[item].base_uom, found[line].of(item))
            for line, item in spots]

    def order_id(self, order_no: str) -> int:
        """The id behind an order's number. Raises NotFound."""
        found = self.db.execute(select(SalesOrderRow.id).where(SalesOrderRow.order_no == order_no.strip())).scalar_one_or_none()
        if found is None:
            raise NotFound(f"There is no sales order {order_no.strip()}. Look for it in the list of orders.")
        return found

    def _listed(self, stmt: Select[*tuple[Any, ...]]) -> list[ReturnListed]:
        rows = [tuple(row) for row in self.db.execute(stmt)]
        facts = facts_of(self.db, [row[0] for row in rows])
        more: dict[int, tuple[Any, ...]] = {
            key: (f.expected, f.received, f.inspected, supported_actions(f)) for key, f in facts.items()}
        return [ReturnListed(*row, *more[row[0]]) for row in rows]


def _returns() -> Select[*tuple[Any, ...]]:
    r, exchange = ReturnRow, aliased(SalesOrderRow)
    return (
        select(
            r.id, r.number, r.state, SalesOrderRow.order_no, SalesOrderRow.currency, CustomerRow.customer_no, CustomerRow.name,
            LocationRow.code, r.reason, r.answer, r.fee, exchange.order_no, r.requested_by, r.created_at, r.moved_at)
        .join(CustomerRow, CustomerRow.id == r.customer_id).join(LocationRow, LocationRow.id == r.location_id)
        .outerjoin(SalesOrderRow, SalesOrderRow.id == r.order_id).outerjoin(exchange, exchange.id == r.exchange_order_id))
