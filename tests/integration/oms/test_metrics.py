"""The figures of the order core: counted from rows, on both databases."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from models.domain.states import SalesOrderState
from models.errors import NotFound
from models.tables.items import ItemRow
from models.tables.orders import OrderLineRow, SalesOrderRow
from oms.metrics.service import load_metrics, load_outlook, load_restock
from review_ui.presenters.metrics import as_csv
from runtime.db import Database
from tests.support.orders import AT
from tests.support.shipments import sell, send

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
        m = load_metrics(db, NOW, 30, "C-1")
        assert (m.new, m.open, m.late, m.fulfilled) == (2, 2, 1, 1)
        assert (m.fill_rate, m.return_rate, m.days_to_ship) == (0.6, 0.5, 0.0)
        assert sum(week.new for week in m.weeks) == 2 and sum(week.shipped for week in m.weeks) == 1
        assert [(p.sku, p.wanted, p.cover_days) for p in m.popular] == [("WID-1", 10, 0)]
        with pytest.raises(NotFound):
            load_metrics(db, NOW, 30, "C-9")


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
        table = as_csv(load_restock(db, NOW, load_metrics(db, NOW, 90))).decode("utf-8-sig")
        assert table.splitlines()[1].startswith("WID-1,'=cmd()")
        with pytest.raises(NotFound):
            load_outlook(db, NOW, "NOPE")
