"""What will be wanted of an item, kept from week to week, and when to order it again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from models.domain.order_work import OrderSource
from models.errors import NotFound
from models.tables.base import Base
from models.tables.items import ItemForecastRow, ItemRow
from models.tables.orders import OrderLineRow, SalesOrderRow
from oms.metrics.forecast import Forecast, Restock, forecast, plan_restock
from oms.metrics.service import POPULAR, REAL, Metrics, Popular, monday_of, mondays, most_wanted, positions, sum_of
from runtime.codec import from_json, to_json
from runtime.db import Database

HISTORY_WEEKS, AHEAD_WEEKS, USUAL_LEAD_DAYS = 156, 8, 10
KEPT = {90: 500, 30: POPULAR, 365: POPULAR}
AT_ONCE = 20
"""So many of the items most wanted in so many days have their forecasts kept: those that any period of the page shows. So many
are renewed in one turn."""
_FORECASTS = Base.metadata.tables["item_forecasts"]
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Demand:
    """What was wanted of an item in the weeks from the Monday `first` on, and what will be."""

    first: date
    history: tuple[float, ...]
    ahead: Forecast


@dataclass(frozen=True, slots=True)
class Outlook:
    """An item's demand by week, its forecast, and what to order."""

    item: Popular
    mondays: tuple[date, ...]
    history: tuple[float, ...]
    forecast: Forecast
    restock: Restock


def load_outlook(db: Session, at: datetime, sku: str) -> Outlook:
    """What will be wanted of an item, and when to order it. Raises NotFound."""
    item = db.execute(select(ItemRow).where(ItemRow.sku == sku)).scalar_one_or_none()
    if item is None:
        raise NotFound(f"There is no item {sku}. Choose one of the list.")
    (found,) = _outlooks(db, at, [item])
    return found


def load_restock(db: Session, at: datetime, metrics: Metrics) -> list[Outlook]:
    """Outlooks of the items that sell, those to order now first."""
    items = db.execute(select(ItemRow).where(ItemRow.id.in_([p.item_id for p in metrics.popular]))).scalars().all()
    return sorted(_outlooks(db, at, items), key=lambda o: (-o.restock.order, o.item.sku))


def renew_forecasts(database: Database, at: datetime) -> int:
    """Work out this week's forecasts of items that sell and have none yet, a few at once; returns how many. Any number of
    processes may do so: the later one only says the same again."""
    week = monday_of(at.date())
    with database.read() as db:
        wanted = {p.item_id for days, most in KEPT.items()
                  for p in most_wanted(db, at - timedelta(days=days), days, most=most)}
        due = sorted(wanted - _kept(db, week, wanted).keys())[:AT_ONCE]
        made = {item: _demand(db, at, item) for item in due}
    if made:
        with database.write() as db:
            db.execute(delete(_FORECASTS).where(_FORECASTS.c.item_id.in_(list(made))))
            db.execute(insert(_FORECASTS), [
                {"item_id": item, "week": week, "content": to_json(demand), "made_at": at} for item, demand in made.items()])
    return len(made)


def _kept(db: Session, week: date, item_ids: Collection[int]) -> dict[int, Demand]:
    """This week's forecasts. What was cancelled since they were made shows in the next week's."""
    f = ItemForecastRow
    rows = db.execute(select(f.item_id, f.content).where(f.week == week, f.item_id.in_(item_ids)))
    return {item: from_json(Demand, content) for item, content in rows}


def _outlooks(db: Session, at: datetime, items: Sequence[ItemRow]) -> list[Outlook]:
    ids = [item.id for item in items]
    kept, there = _kept(db, monday_of(at.date()), ids), positions(db, ids)
    return [_outlook(item, kept.get(item.id) or _demand(db, at, item.id), there[item.id]) for item in items]


def _outlook(item: ItemRow, demand: Demand, position: Decimal) -> Outlook:
    ahead = demand.ahead
    restock = plan_restock(
        ahead, lead_days=USUAL_LEAD_DAYS if item.lead_time_days is None else item.lead_time_days, position=position,
        multiple=item.order_multiple)
    weekly = sum(ahead.mean) / AHEAD_WEEKS
    cover = int(float(max(position, _ZERO)) / weekly * 7) if weekly else None
    popular = Popular(
        item.id, item.sku, item.description, item.base_uom, Decimal(str(round(sum(demand.history), 6))), position, cover)
    weeks = tuple(demand.first + timedelta(weeks=n) for n in range(len(demand.history)))
    return Outlook(popular, weeks, demand.history, ahead, restock)


def _demand(db: Session, at: datetime, item_id: int) -> Demand:
    since = at - timedelta(weeks=HISTORY_WEEKS)
    weeks = mondays(since.date(), at.date())[:-1]                    # the running week is not over
    by_week: dict[date, Decimal] = dict.fromkeys(weeks, _ZERO)
    x, o, day = OrderLineRow, SalesOrderRow, func.date(SalesOrderRow.created_at)
    for found, quantity in db.execute(
            select(day, sum_of(x.base_quantity - x.cancelled)).join(o, o.id == x.order_id)
            .where(x.item_id == item_id, o.state.in_(REAL), o.source != OrderSource.EXCHANGE, o.created_at >= since)
            .group_by(day)):
        if monday_of(found) in by_week:
            by_week[monday_of(found)] += quantity
    first = next((n for n, monday in enumerate(weeks) if by_week[monday]), len(weeks))
    history = tuple(float(by_week[monday]) for monday in weeks[first:])
    return Demand(weeks[first] if history else monday_of(at.date()), history, forecast(history, AHEAD_WEEKS))
