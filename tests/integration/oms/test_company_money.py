"""Orders in foreign money keep the rate of their day on both databases, and show what they come to in the company's."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from models.errors import InputError
from models.tables.audit import AuditEntryRow
from models.tables.orders import SalesOrderRow
from oms.events.follow import follow
from oms.orders.company_money import (
    CompanyMoneyFollower,
    Rate,
    import_rates,
    rate_currencies,
    rates,
    save_rate,
    waiting_for_rate,
)
from oms.orders.repository import CompanyMoney, Orders
from oms.orders.service import accept_order
from runtime.clock import now
from runtime.db import Database
from tests.support.orders import Shop, draft, found, open_case, open_shop

D = Decimal


def accept(database: Database, shop: Shop, currency: str) -> str:
    with database.write() as db:
        order_id = accept_order(
            db, case_id=open_case(db), case_version=1, draft=draft(shop, [(0, 4)], currency=found(currency)), approved_by="Ann")
    return f"SO-{order_id:06d}"


def rate(database: Database, day: date, value: str, currency: str = "USD") -> None:
    with database.write() as db:
        save_rate(db, Rate(currency, "EUR", day, D(value), "Central bank"), user="Ann")


def shown(database: Database, number: str) -> CompanyMoney | None:
    with database.read() as db:
        return Orders(db).detail(number).company_money


def test_the_rate_of_the_day_is_kept_and_stays_when_a_newer_one_comes(database: Database) -> None:
    follower, today = CompanyMoneyFollower("EUR"), now().date()
    follow(database, follower)
    with database.write() as db:
        shop = open_shop(db)
    rate(database, date(2001, 1, 1), "0.5")
    rate(database, date(2999, 1, 1), "9")
    foreign, own, unknown = (accept(database, shop, currency) for currency in ("USD", "EUR", "CHF"))
    while follow(database, follower):
        pass
    assert shown(database, foreign) == CompanyMoney("EUR", D(5), D("0.5"), date(2001, 1, 1), "Central bank")
    assert shown(database, own) == CompanyMoney("EUR", D(10), D(1), today, "same currency")
    assert shown(database, unknown) is None
    rate(database, today, "0.75")
    rate(database, today, "0.9", "CHF")
    money = [shown(database, number) for number in (foreign, unknown)]
    assert [(m.total, m.rate) for m in money if m] == [(5, D("0.5")), (9, D("0.9"))]


def test_a_rate_of_the_same_day_takes_the_others_place_and_a_bad_one_is_refused(sqlite_database: Database) -> None:
    day = date(2031, 3, 1)
    for value in ("0.5", "0.6"):
        rate(sqlite_database, day, value)
    with sqlite_database.read() as db:
        assert [replace(kept, made_at=None) for kept in rates(db)] == [
            Rate("USD", "EUR", day, D("0.6"), "Central bank", "Ann")]
    for bad in (Rate("EUR", "EUR", day, D(1), "x"), Rate("USD", "EUR", day, D(0), "x"), Rate("USD", "EUR", day, D(1), " ")):
        with pytest.raises(InputError), sqlite_database.write() as db:
            save_rate(db, bad, user="Ann")


def test_an_order_that_was_cancelled_is_not_given_a_rate(sqlite_database: Database) -> None:
    with sqlite_database.write() as db:
        shop = open_shop(db)
    number = accept(sqlite_database, shop, "USD")
    with sqlite_database.write() as db:
        db.execute(update(SalesOrderRow).values(state="cancelled"))
    rate(sqlite_database, date(2001, 1, 1), "0.5")
    with sqlite_database.read() as db:
        assert db.execute(select(SalesOrderRow.exchange_rate).where(SalesOrderRow.order_no == number)).scalar_one() is None


def test_a_table_of_rates_comes_in_once_and_a_corrected_day_says_what_it_was(database: Database) -> None:
    with database.write() as db:
        shop = open_shop(db, [[50]])
    accept(database, shop, "USD")
    with database.read() as db:
        assert waiting_for_rate(db, "EUR") == [("USD", 1)]
    rows = [{"currency": "usd", "company_currency": "EUR", "day": f"2020-01-0{n}", "rate": f"0.9{n}", "source": "Central bank"}
            for n in (1, 2)]
    bad = [rows[0] | {"currency": "EUR"}, rows[0] | {"rate": "0"}, rows[0] | {"currency": "U$"}, rows[0] | {"day": ""}]
    first, again = (import_rates(database, iter([*rows, *bad])) for _ in range(2))
    assert [(r.added, r.unchanged, r.refused_count) for r in (first, again)] == [(2, 0, 4), (0, 2, 4)]
    corrected = import_rates(database, iter([rows[1] | {"rate": "0.95"}]))
    assert (corrected.changed, corrected.added) == (1, 0)
    with database.read() as db:
        assert [(r.day.day, r.rate) for r in rates(db, currency="USD")] == [(2, D("0.95")), (1, D("0.91"))]
        assert (rates(db, currency="CHF"), rate_currencies(db), waiting_for_rate(db, "EUR")) == ([], ["USD"], [])
        told = db.execute(select(AuditEntryRow.content).where(AuditEntryRow.action == "policy.exchange_rate")).scalars().all()
    assert '"was":"0.92"' in told[-1].replace(" ", "") and '"was"' not in told[0]
    with pytest.raises(InputError, match="6 decimals"):
        rate(database, date(2020, 1, 1), "0.1234567")
