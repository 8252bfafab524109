"""The figures of the order core over a period, for everybody or one customer: plain SELECTs, nothing is locked or written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session

from models.domain.order_work import OrderSource
from models.domain.states import SalesOrderState
from models.domain.stock import SELLABLE
from models.errors import NotFound
from models.tables.fulfilment import FulfilmentOrderRow, ShipmentRow
from models.tables.inventory import IncomingSupplyRow, LocationRow, StockLevelRow
from models.tables.items import ItemRow
from models.tables.orders import OrderLineRow, SalesOrderRow
from models.tables.partners import CustomerRow
from oms.metrics.money import Turnover, load_turnover

POPULAR, TIMED = 20, 5_000
_OPEN = (SalesOrderState.ACCEPTED, SalesOrderState.RELEASED)
REAL = (*_OPEN, SalesOrderState.CLOSED)
"""Orders that count; those that were cancelled or merged do not."""
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Week:
    """Orders taken and shipments sent in the week from this Monday on."""

    monday: date
    new: int
    shipped: int


@dataclass(frozen=True, slots=True)
class Popular:
    """One item that sells: base units wanted in the period, what there is, and for how many days that lasts (None: for ever)."""

    item_id: int
    sku: str
    description: str
    base_uom: str
    wanted: Decimal
    position: Decimal              # on hand + incoming − promised
    cover_days: int | None


@dataclass(frozen=True, slots=True)
class Metrics:
    """The figures of a period. Rates are shares of 1, None where nothing was counted; all days count."""

    since: date
    until: date
    new: int
    open: int
    late: int
    fulfilled: int
    fill_rate: float | None        # base units shipped of those wanted and not cancelled; surplus fills nothing
    return_rate: float | None      # base units that came back of those shipped
    days_to_ship: float | None     # median from the order to its shipments
    weeks: tuple[Week, ...]
    popular: tuple[Popular, ...]
    money: tuple[Turnover, ...]


def load_metrics(
    db: Session, at: datetime, days: int, customer_no: str | None = None, *, company_currency: str
) -> Metrics:
    """The figures of the last `days` days up to `at`. Raises NotFound for a customer we have not."""
    since = at - timedelta(days=days)
    whose = _whose(db, customer_no)
    o = SalesOrderRow
    taken = _taken(db, since, whose)
    states = dict(db.execute(select(o.state, func.count()).where(*whose).group_by(o.state)).all())
    wanted, filled, shipped, returned = _units(db, since, whose)
    return Metrics(
        since.date(), at.date(), sum(taken.values()), sum(states.get(s, 0) for s in _OPEN), _late(db, at.date(), whose),
        sum(count for (_, state), count in taken.items() if state == SalesOrderState.CLOSED),
        float(filled / wanted) if wanted else None, float(returned / shipped) if shipped else None,
        _days_to_ship(db, since, whose), _weeks(db, taken, since, at, whose), most_wanted(db, since, days, whose),
        load_turnover(db, since, company_currency, REAL, whose))


def _whose(db: Session, customer_no: str | None) -> tuple[ColumnElement[bool], ...]:
    if customer_no is None:
        return ()
    found = db.execute(select(CustomerRow.id).where(CustomerRow.customer_no == customer_no)).scalar_one_or_none()
    if found is None:
        raise NotFound(f"There is no customer {customer_no}. Look the number up in the list of customers.")
    return (SalesOrderRow.customer_id == found,)


def sum_of(column: Any) -> Any:
    """The exact sum of quantities."""
    return func.sum(column, type_=OrderLineRow.shipped.type)


def _units(db: Session, since: datetime, whose: tuple[ColumnElement[bool], ...]) -> tuple[Decimal, ...]:
    """Base units wanted, shipped of those, shipped with what went beyond, returned."""
    x = OrderLineRow
    wanted = x.base_quantity - x.cancelled
    filled = case((x.shipped > wanted, wanted), else_=x.shipped)
    row = db.execute(
        select(sum_of(wanted), sum_of(filled), sum_of(x.shipped), sum_of(x.returned))
        .join(SalesOrderRow, SalesOrderRow.id == x.order_id)
        .where(SalesOrderRow.created_at >= since, SalesOrderRow.state.in_(REAL), *whose)).one()
    return tuple(amount or _ZERO for amount in row)


def _late(db: Session, today: date, whose: tuple[ColumnElement[bool], ...]) -> int:
    x, o = OrderLineRow, SalesOrderRow
    is_due = or_(x.requested_date < today, x.requested_date.is_(None) & (o.requested_date < today))
    stmt = (
        select(func.count(o.id.distinct())).join(x, x.order_id == o.id)
        .where(o.state.in_(_OPEN), x.shipped + x.cancelled < x.base_quantity, is_due, *whose))
    return db.execute(stmt).scalar_one()


def _days_to_ship(db: Session, since: datetime, whose: tuple[ColumnElement[bool], ...]) -> float | None:
    rows = db.execute(
        select(SalesOrderRow.created_at, ShipmentRow.shipped_at)
        .join(FulfilmentOrderRow, FulfilmentOrderRow.order_id == SalesOrderRow.id)
        .join(ShipmentRow, ShipmentRow.fulfilment_order_id == FulfilmentOrderRow.id)
        .where(ShipmentRow.shipped_at >= since, *whose).order_by(ShipmentRow.id.desc()).limit(TIMED)).all()
    took = [(shipped - ordered).total_seconds() / 86_400 for ordered, shipped in rows if shipped]
    return median(took) if took else None


def monday_of(day: object) -> date:
    """The Monday of the week of a day, which may be text as SQLite has it."""
    found = day if isinstance(day, date) else date.fromisoformat(str(day))
    return found - timedelta(days=found.weekday())


def _taken(
    db: Session, since: datetime, whose: tuple[ColumnElement[bool], ...],
) -> dict[tuple[object, SalesOrderState], int]:
    """How many orders of each day (text on SQLite) are in which state."""
    o, day = SalesOrderRow, func.date(SalesOrderRow.created_at)
    rows = db.execute(
        select(day, o.state, func.count()).where(o.created_at >= since, o.state.in_(REAL), *whose).group_by(day, o.state))
    return {(found, state): count for found, state, count in rows}


def _weeks(
    db: Session, taken: Mapping[tuple[object, SalesOrderState], int], since: datetime, at: datetime,
    whose: tuple[ColumnElement[bool], ...],
) -> tuple[Week, ...]:
    new: dict[date, int] = defaultdict(int)
    shipped: dict[date, int] = defaultdict(int)
    o = SalesOrderRow
    for (found, _), count in taken.items():
        new[monday_of(found)] += count
    left = func.date(ShipmentRow.shipped_at)
    for found, count in db.execute(
            select(left, func.count()).join(FulfilmentOrderRow, FulfilmentOrderRow.id == ShipmentRow.fulfilment_order_id)
            .join(o, o.id == FulfilmentOrderRow.order_id).where(ShipmentRow.shipped_at >= since, *whose).group_by(left)):
        shipped[monday_of(found)] += count
    return tuple(Week(monday, new[monday], shipped[monday]) for monday in mondays(since.date(), at.date()))


def mondays(since: date, until: date) -> tuple[date, ...]:
    """Of every week from one day to another."""
    first = monday_of(since)
    return tuple(first + timedelta(weeks=n) for n in range((until - first).days // 7 + 1))


def most_wanted(
    db: Session, since: datetime, days: int, whose: tuple[ColumnElement[bool], ...] = (), most: int = POPULAR
) -> tuple[Popular, ...]:
    """The items most wanted since then, in base units."""
    x, o = OrderLineRow, SalesOrderRow
    wanted = sum_of(x.base_quantity - x.cancelled)
    rows = db.execute(
        select(x.item_id, ItemRow.sku, ItemRow.description, ItemRow.base_uom, wanted).join(o, o.id == x.order_id)
        .join(ItemRow, ItemRow.id == x.item_id)
        .where(o.created_at >= since, o.state.in_(REAL), o.source != OrderSource.EXCHANGE, *whose)
        .group_by(x.item_id, ItemRow.sku, ItemRow.description, ItemRow.base_uom).having(wanted > 0)
        .order_by(wanted.desc(), ItemRow.sku).limit(most)).all()
    there = positions(db, [row[0] for row in rows])
    return tuple(
        Popular(item, sku, text, uom, much, there[item], int(max(there[item], _ZERO) * days / much))
        for item, sku, text, uom, much in rows)


def positions(db: Session, item_ids: list[int]) -> dict[int, Decimal]:
    """On hand + incoming − promised of items, at places that sell."""
    found = dict.fromkeys(item_ids, _ZERO)
    level, supply = StockLevelRow, IncomingSupplyRow
    for item, quantity in db.execute(
            select(level.item_id, sum_of(level.on_hand - level.reserved)).join(LocationRow, LocationRow.id == level.location_id)
            .where(level.item_id.in_(item_ids), LocationRow.kind.in_(SELLABLE)).group_by(level.item_id)):
        found[item] += quantity
    for item, quantity in db.execute(
            select(supply.item_id, sum_of(supply.quantity - supply.received))
            .where(supply.item_id.in_(item_ids), supply.is_closed.is_(False), supply.received < supply.quantity)
            .group_by(supply.item_id)):
        found[item] += quantity
    return found
