"""How long the list of orders and the search in it take with a million orders there, beside the 100 ms a page may take."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import CTE, BigInteger, ColumnElement, String, Table, case, cast, insert, literal, select
from sqlalchemy.orm import Session

from bench.oms import empty_schema, percentile
from bench.rows import Row
from models.domain.codes import fold_code
from models.domain.order_work import HoldKind, OrderSource
from models.domain.states import SalesOrderState
from models.tables.base import Base
from models.tables.items import ItemRow
from models.tables.partners import CustomerRow
from oms.orders.listing import Wanted, find_orders
from runtime.db import Database

CUSTOMERS = 5_000
ITEMS = 1_000
"""How many items orders ask for; every third order asks for the first."""
DAYS = 100
"""On how many days of the year orders came."""
FIRST = 1_000_000
"""Ids begin here, so that order numbers need no zeros before them."""
RARE = 50
"""How many orders, the oldest, are of another source than the rest."""
MAY_TAKE_MS = 100.0
_AT = datetime(2031, 1, 1, tzinfo=UTC)
_ORDERS, _LINES, _TAGS, _HOLDS = (
    Base.metadata.tables[name] for name in ("sales_orders", "order_lines", "order_tags", "order_holds"))


def run(*, orders: int, rounds: int, database_url: str | None = None) -> list[Row]:
    """95th percentile of the milliseconds of each way to look for orders; on a fresh SQLite file unless a database is named.

    A named database must not hold our tables.
    """
    with tempfile.TemporaryDirectory() as folder, empty_schema(database_url or f"sqlite:///{Path(folder) / 'bench.db'}") as db:
        fill(db, orders)
        return list(_measure(db, orders, rounds))


def _measure(db: Database, orders: int, rounds: int) -> Iterator[Row]:
    random = Random(7)
    with db.read() as session:                          # connections are open and statements compiled then
        for _, wanted, before in _ways(FIRST, random):
            find_orders(session, wanted, before_id=before)
    asked: dict[str, list[tuple[Wanted, int | None]]] = {}
    for _ in range(rounds):
        one = FIRST + random.randrange(orders)
        for name, wanted, before in _ways(one, random):
            asked.setdefault(name, []).append((wanted, before))
    for name, questions in asked.items():
        took, found = [], 0
        for wanted, before in questions:
            begun = time.perf_counter()
            with db.read() as session:
                found += len(find_orders(session, wanted, before_id=before))
            took.append(time.perf_counter() - begun)
        sees = f"{found // rounds} of {orders:,} orders"
        yield Row(f"{name}: {sees}", percentile(took, 95), "ms p95", MAY_TAKE_MS, "may take")


def _ways(one: int, random: Random) -> Iterator[tuple[str, Wanted, int | None]]:
    """Questions about an order `one` as people ask them: name, filter, and the id of the page's beginning."""
    yield "the newest", Wanted(), None
    yield "a page far down", Wanted(), one
    yield "open ones", Wanted(states=(SalesOrderState.ACCEPTED, SalesOrderState.RELEASED)), None
    yield "held ones", Wanted(is_held=True), None
    yield "one customer's", Wanted(customer_no=f"C-{_customer(one)}"), None
    yield "one tag", Wanted(tag="rush"), None
    yield "a rare source", Wanted(source=OrderSource.EXCHANGE), None
    since = _AT + timedelta(days=random.randrange(350))
    yield "one week", Wanted(since=since, until=since + timedelta(days=7)), None
    yield "an order number", Wanted(text=f"SO-{one}"), None
    yield "a PO number", Wanted(text=_po_number(one)), None
    yield "a part of a PO number", Wanted(text=_po_number(one)[5:12]), None
    yield "a part of a customer's name", Wanted(text=f"works {_customer(one)}"), None
    yield "an item of many orders", Wanted(text="K-1"), None
    yield "an item of few orders", Wanted(text=f"K-{(one - one % 3 + 1) * 17 % ITEMS + 1}"), None
    yield "a text that is nowhere", Wanted(text="zq-77-xw"), None


def _customer(order_id: int) -> int:
    return order_id * 31 % CUSTOMERS + 1


def _po_number(order_id: int) -> str:
    return f"PO-{order_id * 7_919 % 9_999_991}-{order_id % 97}"


def fill(db: Database, orders: int, first: datetime = _AT) -> None:
    """So many orders of one line over a year from `first` on, some open, tagged or held; the database makes the rows itself."""
    with db.write() as session:
        session.execute(insert(CustomerRow), [
            {"id": n, "customer_no": f"C-{n}", "name": f"Heron Works {n}", "currency": "EUR"} for n in range(1, CUSTOMERS + 1)])
        session.execute(insert(ItemRow), [
            {"id": n, "sku": f"K-{n}", "sku_folded": fold_code(f"K-{n}"), "description": "Bolt", "base_uom": "PCE"}
            for n in range(1, ITEMS + 1)])
    chunk = -(-orders // DAYS)
    for start in range(0, orders, chunk):
        end = min(start + chunk, orders)
        with db.write() as session:
            _chunk(session, FIRST + start, FIRST + end, first + timedelta(days=365) * (start / orders))
    with db.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("ANALYZE")


def _chunk(db: Session, start: int, end: int, at: datetime) -> None:
    numbers = select(literal(start, BigInteger).label("n")).cte("numbers", recursive=True)
    numbers = numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n < end - 1))
    n = numbers.c.n
    one = Decimal(1)
    _copy(db, numbers, _ORDERS, {
        "id": n, "order_no": literal("SO-") + cast(n, String), "customer_id": n * 31 % CUSTOMERS + 1, "currency": "EUR",
        "po_number": literal("PO-") + cast(n * literal(7_919, BigInteger) % 9_999_991, String) + "-" + cast(n % 97, String),
        "source": case((n < FIRST + RARE, "exchange"), else_="case"),
        "state": case((n % 40 == 0, "accepted"), (n % 40 == 1, "released"), else_="closed"), "total": one, "approved_by": "bench",
        "created_at": at})
    _copy(db, numbers, _LINES, {
        "order_id": n, "position": 1, "item_id": case((n % 3 == 0, 1), else_=n * 17 % ITEMS + 1), "description": "Bolt",
        "quantity": one, "uom": "PCE", "base_quantity": one,
        "unit_price": one, "amount": one})
    _copy(db, numbers, _TAGS, {"order_id": n, "tag": case((n % 2_000 == 0, "rush"), else_="web")}, n % 50 == 0)
    _copy(db, numbers, _HOLDS, {
        "order_id": n, "kind": HoldKind.MANUAL, "sentence": "Ask first.", "placed_by": "bench", "placed_at": at},
        n % 500 == 0)


def _copy(db: Session, numbers: CTE, table: Table, values: dict[str, Any], only: ColumnElement[bool] | None = None) -> None:
    columns = [
        value if isinstance(value, ColumnElement) else literal(value, type_=table.c[name].type) for name, value in values.items()]
    rows = select(*columns).select_from(numbers)
    db.execute(insert(table).from_select(list(values), rows if only is None else rows.where(only)))
