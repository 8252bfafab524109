"""Orders found in a period, also when they were not written in the order they came."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from models.tables.orders import SalesOrderRow
from oms.orders.listing import Wanted, find_ids
from oms.orders.service import accept_order
from runtime.db import Database
from tests.support.orders import draft, open_case, open_shop

FIRST = datetime(2031, 1, 1, tzinfo=UTC)


def came_on(db: Database, *days: int) -> list[int]:
    """One order for each day after the first, written in this order; their ids."""
    with db.write() as session:
        shop = open_shop(session, [[100]])
        ids = []
        for day in days:
            order_id = accept_order(
                session, case_id=open_case(session), case_version=1, draft=draft(shop, [(0, 1)]), approved_by="Ann")
            session.execute(
                update(SalesOrderRow).where(SalesOrderRow.id == order_id).values(created_at=FIRST + timedelta(days=day)))
            ids.append(order_id)
        return ids


def test_orders_of_a_period_come_newest_first_and_page_without_a_gap(database: Database) -> None:
    a, b, c, d, e = came_on(database, 5, 1, 3, 3, 9)
    period = Wanted(since=FIRST + timedelta(days=1), until=FIRST + timedelta(days=5))
    with database.read() as db:
        assert find_ids(db, period) == [a, d, c, b]
        assert [find_ids(db, period, before_id=last, limit=2) for last in (a, c)] == [[d, c], [b]]
        assert find_ids(db, Wanted(since=FIRST + timedelta(days=4), text="SO-1")) == [a]
        assert find_ids(db, Wanted(), before_id=e) == [d, c, b, a]
