"""The company's own money beside a document's: rates by day, and the rate kept on each order from the day it was accepted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from models.domain.money import round_money
from models.domain.states import ENDED_ORDERS, OFFERS, SalesOrderState
from models.errors import InputError
from models.tables.base import SCALE, Base
from oms.events.follow import Event
from oms.imports import import_each
from runtime.audit import record
from runtime.clock import now
from runtime.db import Database
from runtime.imports import UNWATCHED, ImportReport, Outcome, Tally, Watch
from runtime.tabular import Row, date_of, decimal_of, need
from runtime.zone import day_at

_ORDERS, _RATES = (Base.metadata.tables[name] for name in ("sales_orders", "exchange_rates"))
_BOOKED = tuple(frozenset(SalesOrderState) - OFFERS - (ENDED_ORDERS - {SalesOrderState.CLOSED}))
HIGHEST = Decimal(10) ** 9
_CURRENCY = re.compile("[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class Rate:
    """What one unit of `currency` is worth in `company_currency` from a day on, and who says so; who entered it, and when."""

    currency: str
    company_currency: str
    day: date
    rate: Decimal
    source: str
    made_by: str = ""
    made_at: datetime | None = None


def rates(db: Session, *, currency: str = "", skip: int = 0, limit: int = 100) -> list[Rate]:
    """The rates kept, of all currencies or one, the newest day first."""
    r = _RATES.c
    rows = db.execute(
        select(r.currency, r.company_currency, r.day, r.rate, r.source, r.made_by, r.made_at)
        .where(*((r.currency == currency,) if currency else ()))
        .order_by(r.day.desc(), r.currency, r.company_currency).offset(skip).limit(limit))
    return [Rate(*row) for row in rows]


def rate_currencies(db: Session) -> list[str]:
    """The currencies there are rates of."""
    return list(db.execute(select(_RATES.c.currency).distinct().order_by(_RATES.c.currency)).scalars())


def waiting_for_rate(db: Session, company_currency: str) -> list[tuple[str, int]]:
    """How many orders have no rate, by currency."""
    o = _ORDERS.c
    rows = db.execute(
        select(o.currency, func.count()).where(
            o.company_currency.is_(None), o.currency != company_currency, o.state.in_(_BOOKED))
        .group_by(o.currency).order_by(o.currency))
    return [(currency, orders) for currency, orders in rows]


def import_rates(db: Database, rows: Iterable[Row], watch: Watch = UNWATCHED) -> ImportReport:
    """Columns: currency, company_currency, day, rate, source. Another rate of the same day is corrected."""
    def store(session: Session, rate: Rate, tally: Tally) -> Outcome:
        before = _kept(session, rate)
        if before is not None and (before.rate, before.source) == (rate.rate, rate.source):
            return Outcome.UNCHANGED
        save_rate(session, rate, user=watch.actor)
        outcome = Outcome.ADDED if before is None else Outcome.CHANGED
        tally.note(outcome, f"{rate.currency} {rate.day}", "rate", before and before.rate, rate.rate)
        return outcome

    return import_each(
        db, rows, watch, "exchange_rates", ("currency", "company_currency", "day", "rate", "source"), _parsed, store)


def _parsed(row: Row) -> Rate:
    day = date_of(row, "day")
    if day is None:
        raise InputError("day is empty; fill it in.", code="missing_value")
    return Rate(
        need(row, "currency", longest=3).upper(), need(row, "company_currency", longest=3).upper(), day, decimal_of(row, "rate"),
        need(row, "source", longest=64))


def _kept(db: Session, rate: Rate) -> Any:
    r = _RATES.c
    return db.execute(select(r.rate, r.source).where(
        r.currency == rate.currency, r.company_currency == rate.company_currency, r.day == rate.day)).one_or_none()


def save_rate(db: Session, rate: Rate, *, user: str) -> None:
    """Keep a rate, in the place of another of the same day. Orders that wait for one get it; those that have one keep theirs.

    Raises InputError.
    """
    if not rate.rate.is_finite() or not 0 < rate.rate < HIGHEST or not rate.source.strip():
        raise InputError("A rate is a number above zero, with the name of who says so.", code="bad_rate")
    if not (_CURRENCY.fullmatch(rate.currency) and _CURRENCY.fullmatch(rate.company_currency)):
        raise InputError("A currency is written with its three letters, like USD.", code="bad_rate")
    if rate.rate != round(rate.rate, SCALE):
        raise InputError(f"A rate is kept with {SCALE} decimals; write it with no more.", code="bad_rate")
    if rate.currency == rate.company_currency:
        raise InputError("A currency is worth one of itself; give the rate of another.", code="bad_rate")
    r = _RATES.c
    before = _kept(db, rate)
    db.execute(delete(_RATES).where(
        r.currency == rate.currency, r.company_currency == rate.company_currency, r.day == rate.day))
    db.execute(insert(_RATES), {
        "currency": rate.currency, "company_currency": rate.company_currency, "day": rate.day, "rate": rate.rate,
        "source": rate.source.strip(), "made_by": user, "made_at": now()})
    waiting = select(_ORDERS.c.id).where(
        _ORDERS.c.currency == rate.currency, _ORDERS.c.company_currency.is_(None), _ORDERS.c.state.in_(_BOOKED))
    for order_id in db.execute(waiting.order_by(_ORDERS.c.id)).scalars().all():
        stamp(db, order_id, rate.company_currency)
    record(db, actor=user, action="policy.exchange_rate", subject=f"rate:{rate.currency}", content={
        "day": rate.day.isoformat(), "rate": f"{rate.rate:f}", "company_currency": rate.company_currency, "source": rate.source,
        **({"was": f"{before.rate:f}", "was_source": before.source} if before else {})})


def stamp(db: Session, order_id: int, company_currency: str) -> bool:
    """Keep the rate of the day the order was made on it, once; False: it has one, or there is none yet."""
    o, r = _ORDERS.c, _RATES.c
    order = db.execute(select(o.currency, o.created_at, o.company_currency).where(o.id == order_id)).one()
    if order.company_currency is not None:
        return False
    day = day_at(order.created_at)
    if order.currency == company_currency:
        values = {"exchange_rate": Decimal(1), "rate_date": day, "rate_source": "same currency"}
    else:
        newest = db.execute(
            select(r.rate, r.day, r.source)
            .where(r.currency == order.currency, r.company_currency == company_currency, r.day <= day)
            .order_by(r.day.desc()).limit(1)).one_or_none()
        if newest is None:
            return False
        values = {"exchange_rate": newest.rate, "rate_date": newest.day, "rate_source": newest.source}
    db.execute(update(_ORDERS).where(o.id == order_id).values(company_currency=company_currency, **values))
    return True


def in_company_money(amount: Decimal, rate: Decimal | None, company_currency: str | None) -> Decimal | None:
    """An amount of a document in the company's money, rounded half-up to its minor unit; None without a rate."""
    return round_money(amount * rate, company_currency) if rate is not None else None


class CompanyMoneyFollower:
    """Keeps the rate of its day on every order that is accepted."""

    name = "company_money"

    def __init__(self, company_currency: str) -> None:
        self.company_currency = company_currency

    def handle(self, db: Session, event: Event) -> None:
        """See to one event."""
        if event.type == "order.accepted":
            order_id = db.execute(select(_ORDERS.c.id).where(_ORDERS.c.order_no == event.name)).scalar_one_or_none()
            if order_id is not None:
                stamp(db, order_id, self.company_currency)
