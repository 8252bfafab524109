"""The figures of the order core: counted from rows, on both databases."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import update

from models.domain.states import SalesOrderState
from models.errors import NotFound
from models.tables.billing import CreditMemoRow, InvoiceRow
from models.tables.items import ItemRow
from models.tables.orders import OrderLineRow, SalesOrderRow
from oms.billing.credits import issue_credit
from oms.billing.invoices import issue_invoice
from oms.metrics import outlook
from oms.metrics.money import Turnover
from oms.metrics.outlook import load_outlook, load_restock, renew_forecasts
from oms.metrics.service import load_metrics
from review_ui.presenters.metrics import as_csv
from runtime.db import Database
from tests.support.orders import AT
from tests.support.shipments import Sold, sell, send

NOW = AT + timedelta(days=2)


def test_the_figures_of_a_period(database: Database) -> None:
    with database.write() as db:
        first = sell(db)
        send(db, first, [6])
        db.get_one(OrderLineRow, first.line_ids[0]).returned = Decimal(3)
        db.get_one(SalesOrderRow, first.order_id).requested_date = AT.date()
        second = sell(db, shop=first.shop)
        db.get_one(OrderLineRow, second.line_ids[0]).cancelled = Decimal(10)
        db.get_one(SalesOrderRow, second.order_id).state = SalesOrderState.CLOSED
        old = sell(db, shop=first.shop)
        db.get_one(SalesOrderRow, old.order_id).created_at = AT - timedelta(days=200)
    with database.read() as db:
        m = load_metrics(db, NOW, 30, "C-1", company_currency="EUR")
        assert (m.new, m.open, m.late, m.fulfilled) == (2, 2, 1, 1)
        assert (m.fill_rate, m.return_rate, m.days_to_ship) == (0.6, 0.5, 0.0)
        assert sum(week.new for week in m.weeks) == 2 and sum(week.shipped for week in m.weeks) == 1
        assert [(p.sku, p.wanted, p.cover_days) for p in m.popular] == [("WID-1", 10, 0)]
        with pytest.raises(NotFound):
            load_metrics(db, NOW, 30, "C-9", company_currency="EUR")


def test_a_surplus_that_left_does_not_fill_what_another_line_lacks(database: Database) -> None:
    with database.write() as db:
        sold = sell(db, [("10", "25.00"), ("10", "25.00")])
        db.get_one(OrderLineRow, sold.line_ids[0]).over_allowed = Decimal(4)
        db.flush()
        send(db, sold, [10, 5])
        line = db.get_one(OrderLineRow, sold.line_ids[0])
        line.allocated = line.shipped = Decimal(14)
        line.returned = Decimal(7)
    with database.read() as db:
        m = load_metrics(db, NOW, 30, company_currency="EUR")
        assert (m.fill_rate, m.return_rate) == (0.75, 7 / 19)


def test_demand_of_past_weeks_says_what_to_order(database: Database) -> None:
    with database.write() as db:
        shop = sell(db).shop
        for weeks in range(1, 10):
            order = sell(db, [(str(8 + weeks % 3), "10.00")], shop=shop)
            db.get_one(SalesOrderRow, order.order_id).created_at = AT - timedelta(weeks=weeks)
        db.get_one(ItemRow, shop.item_ids[0]).description = "=cmd()"
    with database.read() as db:
        outlook = load_outlook(db, NOW, "WID-1")
        assert outlook.history == tuple(float(8 + weeks % 3) for weeks in range(9, 0, -1)) + (10.0,) * (
            len(outlook.history) - 9)
        assert outlook.forecast.method == "smoothing" and outlook.restock.order > outlook.restock.point > 0
        table = as_csv(load_restock(db, NOW, load_metrics(db, NOW, 90, company_currency="EUR"))).decode("utf-8-sig")
        assert table.splitlines()[1].startswith("WID-1,'=cmd()")
        with pytest.raises(NotFound):
            load_outlook(db, NOW, "NOPE")


def test_money_of_a_period_is_in_company_money_at_each_orders_own_rate(database: Database) -> None:
    with database.write() as db:
        home = sell(db, [("10", "2.50")])
        foreign, unrated = (sell(db, [("10", "2.50")], shop=home.shop) for _ in range(2))
        values: tuple[tuple[Sold, str, str | None], ...] = ((foreign, "USD", "0.5"), (unrated, "JPY", None))
        for order, currency, rate in values:
            row = db.get_one(SalesOrderRow, order.order_id)
            row.currency, row.exchange_rate = currency, Decimal(rate) if rate else None
            row.company_currency = "EUR" if rate else None
        for order in (home, foreign):
            invoice_id = issue_invoice(db, send(db, order, [10]), actor="Ann")
        issue_credit(db, invoice_id, key="k", quantities={foreign.line_ids[0]: Decimal(4)}, reason="Back.", actor="Ann")
        db.execute(update(InvoiceRow).values(issued_at=NOW))
        db.execute(update(CreditMemoRow).values(issued_at=NOW))
    with database.read() as db:
        money = load_metrics(db, NOW, 30, company_currency="EUR").money
    assert money == (
        Turnover("EUR", Decimal("3.75"), Decimal("3.75"), Decimal("0.5"), converted=True),
        Turnover("JPY", Decimal("2.5"), Decimal(0), Decimal(0), converted=False))


def test_forecasts_are_kept_for_the_week_and_say_what_a_fresh_one_says(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.write() as db:
        shop = sell(db).shop
        for weeks in range(1, 14):
            order = sell(db, [(str(8 + weeks % 3), "10.00")], shop=shop)
            db.get_one(SalesOrderRow, order.order_id).created_at = AT - timedelta(weeks=weeks)
    with database.read() as db:
        fresh = load_outlook(db, NOW, "WID-1")
    assert [renew_forecasts(database, NOW) for _ in range(2)] == [1, 0]
    monkeypatch.setattr(outlook, "forecast", None)                    # nothing is worked out while somebody looks
    with database.read() as db:
        assert load_outlook(db, NOW, "WID-1") == fresh
        (listed,) = load_restock(db, NOW, load_metrics(db, NOW, 90, company_currency="EUR"))
        assert listed == fresh
    monkeypatch.undo()
    assert renew_forecasts(database, NOW + timedelta(weeks=1)) == 1
    with database.read() as db:
        later = load_outlook(db, NOW + timedelta(weeks=1), "WID-1")
    assert len(later.history) == len(fresh.history) + 1


def test_forecasts_are_kept_of_what_the_year_shows_though_the_quarter_does_not(database: Database) -> None:
    with database.write() as db:
        order = sell(db, [("8", "10.00")])
        db.get_one(SalesOrderRow, order.order_id).created_at = NOW - timedelta(weeks=30)
    with database.read() as db:
        assert load_metrics(db, NOW, 90, company_currency="EUR").popular == ()
    assert renew_forecasts(database, NOW) == 1
