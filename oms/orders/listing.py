"""Orders found: filtered, newest first, paged. Every way of finding rests on an index, whatever the number of orders."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, exists, func, or_, select, tuple_
from sqlalchemy.orm import Session

from models.domain.codes import fold_code
from models.domain.order_work import OrderSource
from models.domain.outbox import Channel
from models.domain.states import OutboxState, SalesOrderState
from models.tables.items import CustomerPartNumberRow, ItemRow
from models.tables.orders import OrderHoldRow, OrderLineRow, OrderTagRow, SalesOrderRow
from models.tables.outbox import OutboxRow
from models.tables.partners import CustomerRow
from oms.orders.write import order_no

MOST_CUSTOMERS = 200
"""How many customers a search looks into."""
MOST_ITEMS = 20
"""How many items; more than one only where codes look alike."""
_PART = re.compile(r"[^\W_]{3}")
"""Three letters or digits in a row: such a text is looked for anywhere in a PO number, others only at its beginning. The index
knows by threes, and for "K-1" it would bring every number with a 1 behind a stroke."""
_NUMBER = re.compile(r"(?:so-?)?0*(\d{1,12})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for; everything that is set must fit. `text`: an order number, a part of a PO number or of the customer's name
    or number, or the whole number of an item in it, ours or the customer's. Days include both ends, and are of UTC."""

    text: str = ""
    states: tuple[SalesOrderState, ...] = ()
    customer_no: str = ""
    tag: str = ""
    is_held: bool | None = None
    source: OrderSource | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """One order of a list. `total`: of its lines, less what was cancelled; `why_held`: the sentences of the holds that stand;
    `erp`: how far its newest message to the ERP is, None when there is none."""

    id: int
    order_no: str
    state: SalesOrderState
    customer_no: str
    customer: str
    po_number: str
    requested_date: date | None
    currency: str
    total: Decimal
    lines: int
    case_id: int | None
    approved_by: str
    created_at: datetime
    revision: int
    priority: int
    source: OrderSource
    tags: tuple[str, ...]
    holds: int
    why_held: tuple[str, ...]
    erp: OutboxState | None


def find_orders(db: Session, wanted: Wanted, *, before_id: int | None = None, limit: int = 50) -> list[Listed]:
    """The newest orders that fit; `before_id` (the last id of a page) gives the next page."""
    return load_listed(db, find_ids(db, wanted, before_id=before_id, limit=limit))


def find_ids(db: Session, wanted: Wanted, *, before_id: int | None = None, limit: int = 50) -> list[int]:
    """Ids of the orders that fit, newest first: by id, or within a period by when they came."""
    o = SalesOrderRow
    # Walking down the ids from the newest would pass by everything that came after the period.
    newest = (o.created_at, o.id) if wanted.since or wanted.until else (o.id,)
    base = select(*newest).where(*_filters(wanted)).order_by(*(column.desc() for column in newest)).limit(limit)
    if before_id is not None:
        base = base.where(tuple_(*newest) < select(*newest).where(o.id == before_id).scalar_subquery())
    text = wanted.text.strip()
    # One query for each index: a single one with OR would read them all, or the whole table.
    queries = [base.where(way) for way in _ways(db, text)] if text else [base]
    found = {tuple(row) for query in queries for row in db.execute(query)}
    return [row[-1] for row in sorted(found, reverse=True)[:limit]]


def _ways(db: Session, text: str) -> Iterator[ColumnElement[bool]]:
    o, c = SalesOrderRow, CustomerRow
    if number := _NUMBER.fullmatch(text):
        yield o.order_no == order_no(int(number[1]))
    anywhere = "%" if _PART.search(text) else ""
    yield o.po_number.ilike(f"{anywhere}{_literal(text)}%", escape="\\")
    customers = db.execute(
        select(c.id).where(or_(*(x.icontains(text, autoescape=True) for x in (c.name, c.customer_no))))
        .limit(MOST_CUSTOMERS)).scalars().all()
    if customers:
        yield o.customer_id.in_(customers)
    items = _items_called(db, text)
    if items:
        yield o.id.in_(select(OrderLineRow.order_id).where(OrderLineRow.item_id.in_(items)))


def _items_called(db: Session, text: str) -> list[int]:
    """The items of this number: our own, or the one of any customer's."""
    i, part = ItemRow, CustomerPartNumberRow
    code = fold_code(text)
    if not code:
        return []
    ours = select(i.id).where(i.sku_folded == code)
    theirs = select(part.item_id).where(part.part_number_folded == code)
    return list(db.execute(ours.union(theirs).limit(MOST_ITEMS)).scalars())


def _literal(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text)


def _filters(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    o = SalesOrderRow
    if wanted.states:
        yield o.state.in_(wanted.states)
    if wanted.customer_no:
        yield o.customer_id == select(CustomerRow.id).where(CustomerRow.customer_no == wanted.customer_no).scalar_subquery()
    if wanted.tag:
        yield o.id.in_(select(OrderTagRow.order_id).where(OrderTagRow.tag == wanted.tag))
    if wanted.is_held is not None:
        held = exists().where(OrderHoldRow.order_id == o.id, OrderHoldRow.released_at.is_(None))
        yield held if wanted.is_held else ~held
    if wanted.source:
        yield o.source == wanted.source
    if wanted.since:
        yield o.created_at >= wanted.since
    if wanted.until:
        yield o.created_at <= wanted.until


def load_listed(db: Session, ids: Sequence[int]) -> list[Listed]:
    """The orders of these ids as a list shows them, in the order of the ids."""
    if not ids:
        return []
    o, c = SalesOrderRow, CustomerRow
    lines = dict(db.execute(
        select(OrderLineRow.order_id, func.count()).where(OrderLineRow.order_id.in_(ids)).group_by(OrderLineRow.order_id)).all())
    holds: dict[int, list[str]] = {}
    for order_id, why in db.execute(
            select(OrderHoldRow.order_id, OrderHoldRow.sentence)
            .where(OrderHoldRow.order_id.in_(ids), OrderHoldRow.released_at.is_(None)).order_by(OrderHoldRow.id)):
        holds.setdefault(order_id, []).append(why)
    tags: dict[int, list[str]] = {}
    for order_id, tag in db.execute(
            select(OrderTagRow.order_id, OrderTagRow.tag).where(OrderTagRow.order_id.in_(ids)).order_by(OrderTagRow.tag)):
        tags.setdefault(order_id, []).append(tag)
    erp = dict(db.execute(
        select(OutboxRow.order_id, OutboxRow.state).where(OutboxRow.order_id.in_(ids), OutboxRow.channel == Channel.ERP)
        .order_by(OutboxRow.id)).all())                     # of several the newest stays
    rows = {
        row.id: Listed(
            row.id, row.order_no, row.state, number, name, row.po_number, row.requested_date, row.currency, row.total,
            lines.get(row.id, 0), row.case_id, row.approved_by, row.created_at, row.revision, row.priority, row.source,
            tuple(tags.get(row.id, ())), len(held := holds.get(row.id, ())), tuple(held), erp.get(row.id))
        for row, number, name in db.execute(
            select(o, c.customer_no, c.name).join(c, c.id == o.customer_id).where(o.id.in_(ids)))}
    return [rows[i] for i in ids if i in rows]
