"""The benchmark measures what it says, oversells nothing, and keeps its hands off a database in use."""

from __future__ import annotations

import pytest

from bench.oms import run
from bench.orders import run as run_orders
from models.errors import InputError
from runtime.db import Database


def test_rates_beside_a_baseline_and_nothing_oversold() -> None:
    rates = [row for row in run(orders=8, lines=3, clients=(2,), rounds=1) if row.unit == "orders/s"]
    assert len(rates) == 2
    assert all(row.value > 0 and row.ratio and row.oversold == 0 for row in rates)


def test_a_database_that_has_our_tables_is_refused_untouched(sqlite_database: Database) -> None:
    with pytest.raises(InputError, match="none of ours"):
        run(orders=1, lines=1, database_url=str(sqlite_database.engine.url))
    with sqlite_database.read() as db:
        assert db.connection().exec_driver_sql("SELECT count(*) FROM sales_orders").scalar_one() == 0


def test_every_way_to_look_for_orders_is_measured_and_finds_some() -> None:
    rows = run_orders(orders=400, rounds=2)
    assert len(rows) == 15
    assert all(row.value > 0 and row.ratio for row in rows)
    assert [row.case.split(":")[0] for row in rows if " 0 of " in row.case] == ["a text that is nowhere"]
