"""Never oversell: real threads on a real database."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

from sqlalchemy import func, select

from models.tables.inventory import StockLevelRow
from models.tables.orders import SalesOrderRow
from oms.inventory.reconcile import reconcile
from oms.orders.cancel import cancel_order
from oms.orders.listing import Wanted, find_orders
from oms.orders.repository import Orders
from oms.orders.service import accept_order
from runtime import audit
from runtime.db import Database
from tests.support.orders import Shop, draft, open_case, open_shop, reserved

CLIENTS = 16


def prepare(db: Database, stock: Sequence[Sequence[int]], orders: int) -> tuple[Shop, list[int]]:
    with db.write() as session:
        return open_shop(session, stock), [open_case(session) for _ in range(orders)]


def all_at_once(work: Sequence[Callable[[], object]]) -> None:
    with ThreadPoolExecutor(CLIENTS) as clients:
        for done in [clients.submit(w) for w in work]:
            done.result()


def accepting(db: Database, shop: Shop, case: int, quantities: Sequence[tuple[int, int]]) -> Callable[[], int]:
    def work() -> int:
        with db.write() as session:
            return accept_order(session, case_id=case, case_version=1, draft=draft(shop, quantities), approved_by="Ann")
    return work


def test_a_hundred_orders_of_one_on_a_stock_of_sixty(database: Database) -> None:
    shop, cases = prepare(database, [[60]], 100)
    all_at_once([accepting(database, shop, case, [(0, 1)]) for case in cases])
    with database.read() as db:
        orders = Orders(db)
        short = [line.short for o in find_orders(db, Wanted(), limit=200) for line in orders.detail(o.order_no).lines]
        assert (len(short), sum(short), reserved(db)) == (100, 40, 60)
        assert db.execute(select(StockLevelRow.reserved)).scalar_one() == 60
        assert reconcile(db) == []


def test_the_very_first_orders_of_an_empty_database_may_come_at_once(database: Database) -> None:
    shop, cases = prepare(database, [[9]] * CLIENTS, CLIENTS)
    together = Barrier(CLIENTS)

    def first(case: int, item: int) -> Callable[[], int]:
        def work() -> int:
            together.wait(240)
            return accepting(database, shop, case, [(item, 1)])()
        return work

    all_at_once([first(case, item) for item, case in enumerate(cases)])
    with database.read() as db:
        assert reserved(db) == CLIENTS
        assert list(audit.verify(db)) == []


def test_fifty_approvals_of_one_case_are_one_order(database: Database) -> None:
    shop, (case,) = prepare(database, [[60]], 1)
    all_at_once([accepting(database, shop, case, [(0, 1)]) for _ in range(50)])
    with database.read() as db:
        assert db.execute(select(func.count()).select_from(SalesOrderRow)).scalar_one() == 1
        assert reserved(db) == 1


def test_hot_items_in_any_order_of_lines_neither_deadlock_nor_oversell(database: Database) -> None:
    stock = [[40, 20]] * 5
    shop, cases = prepare(database, stock, 60)
    dice = random.Random(3)
    work = []
    for case in cases:
        lines = [(i, dice.randint(1, 4)) for i in [*dice.sample(range(5), 5), dice.randrange(5)]]
        work.append(accepting(database, shop, case, lines))
    all_at_once(work)
    with database.read() as db:
        levels = db.execute(select(StockLevelRow.on_hand, StockLevelRow.reserved)).all()
        assert all(taken == there for there, taken in levels)       # 60 orders want far more than 300
        assert reconcile(db) == []
        assert list(audit.verify(db)) == []


def test_cancelling_while_others_order_leaves_the_books_right(database: Database) -> None:
    shop, cases = prepare(database, [[30], [30]], 60)
    first = [accepting(database, shop, case, [(0, 1), (1, 1)])() for case in cases[:30]]

    def cancelling(order_id: int) -> Callable[[], None]:
        def work() -> None:
            with database.write() as session:
                cancel_order(session, order_id, user="Ann", reason="test")
        return work

    both = [accepting(database, shop, case, [(1, 1), (0, 1)]) for case in cases[30:]] + [cancelling(o) for o in first]
    random.Random(5).shuffle(both)
    all_at_once(both)
    with database.read() as db:
        assert reconcile(db) == []
        assert reserved(db) <= Decimal(60)
        taken = db.execute(select(func.sum(StockLevelRow.reserved))).scalar_one()
        assert taken == reserved(db)
