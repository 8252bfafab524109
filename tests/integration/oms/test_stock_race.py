"""Forty buyers of one unit at once, ten in stock: exactly ten are promised one. And several lines of one order share it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import func, select

from models.tables.inventory import ReservationRow
from models.tables.orders import OrderLineRow
from oms.inventory.reconcile import reconcile
from oms.orders.service import accept_order
from runtime.db import Database
from tests.support.orders import draft, open_case, open_shop, reserved

BUYERS = 40


def test_forty_buyers_of_one_unit_get_exactly_the_ten_there_are(database: Database) -> None:
    with database.write() as db:
        shop = open_shop(db, [[7, 3]])
        cases = [open_case(db) for _ in range(BUYERS)]
    together = Barrier(BUYERS)

    def buy(case: int) -> None:
        together.wait(240)
        with database.write() as db:
            accept_order(db, case_id=case, case_version=1, draft=draft(shop, [(0, 1)]), approved_by="Ann")

    with ThreadPoolExecutor(BUYERS) as buyers:
        list(buyers.map(buy, cases))
    with database.read() as db:
        promised = select(func.count()).select_from(ReservationRow).where(ReservationRow.quantity == 1)
        ordered = select(func.count()).select_from(OrderLineRow)
        assert (db.execute(ordered).scalar_one(), db.execute(promised).scalar_one(), reserved(db)) == (BUYERS, 10, 10)
        assert reconcile(db) == []


def test_three_lines_of_one_order_on_the_same_item_are_promised_what_there_is_once(database: Database) -> None:
    with database.write() as db:
        shop = open_shop(db, [[10]])
        accept_order(
            db, case_id=open_case(db), case_version=1, draft=draft(shop, [(0, 6), (0, 6), (0, 6)]), approved_by="Ann")
        assert reserved(db) == 10
        assert reconcile(db) == []
