"""Imports of stock and open orders, and the ledger nobody can rewrite."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from matching.items_sql import load_items
from models.domain.order_work import OrderSource
from models.domain.states import ReservationState
from models.domain.stock import EntryKind, LocationKind, Pick, Tracking
from models.errors import InputError
from models.tables.audit import AuditEntryRow
from models.tables.exceptions import ExceptionRow
from models.tables.inventory import LocationRow, ReservationRow, StockEntryRow, StockLevelRow
from models.tables.items import ItemRow
from models.tables.orders import SalesOrderRow
from models.tables.outbox import OutboxRow
from models.tables.partners import CustomerRow
from oms.allocation.service import allocate_order
from oms.events.follow import follow
from oms.inventory.ledger import receive
from oms.inventory.levels import StockMoved, available, give_back, reserve
from oms.inventory.lots import open_lot
from oms.inventory.reconcile import reconcile
from oms.inventory.repository import available_of
from oms.inventory.service import import_stock
from oms.orders.company_money import CompanyMoneyFollower
from oms.orders.holds import OrderHeld
from oms.orders.imports import import_orders
from oms.orders.listing import Wanted, find_orders
from oms.orders.repository import Orders
from oms.orders.service import accept_order, release_order
from runtime.clock import now
from runtime.db import Database
from runtime.imports import ImportReport
from tests.support.orders import draft, open_case, open_shop, reserved


def stock_rows(*rows: str) -> list[Mapping[str, str]]:
    return [dict(zip(("location", "sku", "on_hand", "safety"), row.split(","), strict=True)) for row in rows]


def order_rows(*rows: str) -> list[Mapping[str, str]]:
    names = ("customer_no", "po_number", "order_date", "sku", "quantity", "uom", "unit_price")
    return [dict(zip(names, row.split(","), strict=True)) for row in rows]


def codes(report: ImportReport) -> list[tuple[int, str]]:
    return [(r.line, r.code) for r in report.refused]


def test_a_count_sets_the_level_and_books_the_difference(database: Database) -> None:
    with database.write() as db:
        shop = open_shop(db, [[60], [5]])
    rows = stock_rows("LOC0,WID-1,50,3", "NEW,WID-1,7.5,", "LOC0,WID-2,5,0")
    first = import_stock(database, rows)
    again = import_stock(database, rows)
    assert (first.added, first.changed, first.unchanged, first.refused) == (1, 1, 1, ())
    assert (again.added, again.changed, again.unchanged) == (0, 0, 3)
    with database.read() as db:
        assert available(db, shop.item_ids) == {shop.item_ids[0]: Decimal("54.5"), shop.item_ids[1]: Decimal(5)}
        counted = select(StockEntryRow.physical).where(StockEntryRow.kind == EntryKind.COUNT)
        assert sorted(db.execute(counted).scalars()) == [Decimal("7.5"), Decimal(10)]
        assert reconcile(db) == []
        ours = select(LocationRow.code).where(LocationRow.kind == LocationKind.OWN).order_by(LocationRow.code)
        assert db.execute(ours).scalars().all() == ["LOC0", "NEW"]


def test_bad_rows_are_refused_with_their_line_and_the_rest_goes_in(database: Database) -> None:
    with database.write() as db:
        shop = open_shop(db, [[60]])
        accept_order(db, case_id=open_case(db), case_version=1, draft=draft(shop, [(0, 20)]), approved_by="Ann")
    rows = stock_rows(
        "LOC0,WID-1,19,", "LOC0,NOPE,1,", "LOC0,,1,", "LOC0,WID-1,x,", "LOC1,WID-1,-1,", "LOC1,WID-1,8,", "LOC1,WID-1,9,")
    report = import_stock(database, rows)
    assert codes(report) == [
        (3, "unknown_item"), (4, "missing_value"), (5, "not_a_number"), (6, "out_of_range"),
        (8, "repeated")]
    assert (report.added, report.changed, report.unchanged) == (1, 1, 0)
    with database.read() as db:
        assert sorted(db.execute(select(StockLevelRow.on_hand)).scalars()) == [8, 19]
        assert (reserved(db), db.execute(select(ExceptionRow.code)).scalars().all()) == (19, ["counted_short"])
        assert reconcile(db) == []


def test_a_table_without_its_columns_is_refused_whole(sqlite_database: Database) -> None:
    with pytest.raises(InputError, match="on_hand"):
        import_stock(sqlite_database, [{"location": "A", "sku": "B"}])


def test_open_orders_are_booked_and_reserved_once_and_nobody_is_told(database: Database) -> None:
    with database.write() as db:
        open_shop(db, [[60], [5]])
    rows = order_rows(
        "C-1,PO-1,2031-02-01,WID-1,2,CT,30", "C-1,PO-2,,WID-2,9,PCE,2.5", "C-1,PO-1,2031-02-01,WID-2,1,PCE,2.5")
    first, again = import_orders(database, rows), import_orders(database, rows)
    assert (first.added, first.unchanged, first.refused) == (2, 0, ())
    assert (again.added, again.unchanged) == (0, 2)
    with database.read() as db:
        orders = Orders(db)
        details = {o.po_number: orders.detail(o.order_no) for o in find_orders(db, Wanted())}
        assert [(x.base_quantity, x.short) for x in details["PO-1"].lines] == [(24, 0), (1, 0)]
        assert [(x.base_quantity, x.short) for x in details["PO-2"].lines] == [(9, 5)]
        assert details["PO-1"].summary.total == Decimal("62.50")
        assert (reserved(db), reconcile(db)) == (29, [])
        assert db.execute(select(OutboxRow)).first() is None


def test_an_imported_order_is_checked_and_held_like_any_other(database: Database) -> None:
    follower = CompanyMoneyFollower("EUR")
    follow(database, follower)
    with database.write() as db:
        shop = open_shop(db, [[60], [5]])
        db.execute(update(CustomerRow).values(
            overdue=Decimal(7), order_minimum=Decimal(500), payment_terms="30 days net", ship_complete=True))
        db.execute(update(ItemRow).where(ItemRow.sku == "WID-2").values(backorder=False))
    import_orders(database, order_rows("C-1,PO-1,,WID-1,2,CT,30", "C-1,PO-1,,WID-2,9,PCE,2.5"))
    while follow(database, follower):
        pass
    with database.read() as db:
        order = db.execute(select(SalesOrderRow)).scalar_one()
        number = f"order:{order.order_no}"
        assert (order.source, order.payment_terms, order.ship_to_id, order.ship_complete, order.company_currency) == (
            OrderSource.IMPORT, "30 days net", shop.address_id, True, "EUR")
        assert sorted(db.execute(select(ExceptionRow.code)).scalars()) == ["below_minimum", "held_credit", "no_backorder"]
        told = db.execute(select(AuditEntryRow.action).where(AuditEntryRow.subject == number).order_by(AuditEntryRow.seq))
        assert told.scalars().all() == ["order.accepted", "order.held"]
    with pytest.raises(OrderHeld), database.write() as db:
        release_order(db, order.id, user="Ann")
    with database.write() as db:
        db.execute(update(CustomerRow).values(is_active=False))
    report = import_orders(database, order_rows("C-1,PO-2,,WID-1,1,PCE,2.5"))
    assert codes(report) == [(2, "order_incomplete")] and "is not active" in report.refused[0].sentence


def test_an_order_with_one_bad_line_is_refused_whole(sqlite_database: Database) -> None:
    with sqlite_database.write() as db:
        open_shop(db, [[60]])
    report = import_orders(sqlite_database, order_rows(
        "C-1,PO-1,,WID-1,1,PCE,1", "C-1,PO-1,,WID-1,0,PCE,1", "C-1,PO-2,,NOPE,1,PCE,1", "C-9,PO-3,,WID-1,1,PCE,1",
        "C-1,PO-4,,WID-1,1,KGM,1", "C-1,PO-5,,WID-1,999999999999,PCE,9999", "C-1,PO-6,,WID-1,1,PCE,1"))
    assert codes(report) == [
        (2, "order_incomplete"), (3, "out_of_range"), (4, "order_incomplete"), (5, "order_incomplete"), (6, "order_incomplete"),
        (7, "out_of_range")]
    with sqlite_database.read() as db:
        assert [o.po_number for o in find_orders(db, Wanted())] == ["PO-6"]


def test_a_line_may_hold_more_at_the_same_place_and_give_a_part_back(database: Database) -> None:
    with database.write() as db:
        shop = open_shop(db, [[10]])
        accept_order(db, case_id=open_case(db), case_version=1, draft=draft(shop, [(0, 4)]), approved_by="Ann")
        line = db.execute(select(ReservationRow.order_line_id)).scalar_one()

    def pick(quantity: int) -> list[Pick]:
        return [Pick(line, shop.item_ids[0], shop.location_ids[0], Decimal(quantity))]

    def held() -> list[tuple[Decimal, ReservationState]]:
        with database.read() as db:
            assert reconcile(db) == []
            return [(q, s) for q, s in db.execute(select(ReservationRow.quantity, ReservationRow.state))]

    with database.write() as db:
        reserve(db, pick(3) + pick(2))                  # a kit and a line of its own may want the same
    assert held() == [(9, ReservationState.ACTIVE)]
    with pytest.raises(StockMoved), database.write() as db:
        reserve(db, pick(1) + pick(1))
    assert held() == [(9, ReservationState.ACTIVE)]
    with pytest.raises(StockMoved), database.write() as db:
        give_back(db, pick(10))
    with database.write() as db:
        give_back(db, pick(6))
    assert held() == [(3, ReservationState.ACTIVE)]
    with database.write() as db:
        give_back(db, pick(3))
    assert held() == [(0, ReservationState.RELEASED)]
    with database.write() as db:
        reserve(db, pick(2))
    assert held() == [(2, ReservationState.ACTIVE)]


def test_what_has_expired_is_neither_available_nor_promised(database: Database) -> None:
    today = now().date()
    with database.write() as db:
        shop = open_shop(db, [[0, 0]])
        (item,), (first, second) = shop.item_ids, shop.location_ids
        db.execute(update(ItemRow).values(tracking=Tracking.LOT))
        for code, place, quantity, days in (("OLD", first, 5, -1), ("LAST", first, 2, 0), ("NEW", second, 3, 9)):
            lot = open_lot(db, item_id=item, code=code, expires_on=today + timedelta(days))
            receive(db, item_id=item, location_id=place, quantity=Decimal(quantity), lot_id=lot, reference="D", actor="Ann")
        assert available(db, [item]) == available_of(db, [item]) == {item: 5}
        assert load_items(db, [item], None)[item].available == 5
        order = accept_order(db, case_id=open_case(db), case_version=1, draft=draft(shop, [(0, 9)]), approved_by="Ann")
        held = select(ReservationRow.location_id, ReservationRow.quantity).order_by(ReservationRow.location_id)
        assert [tuple(row) for row in db.execute(held)] == [(first, 2), (second, 3)]
        release_order(db, order, user="Ann")
        assert list(allocate_order(db, order).short.values()) == [4]


def test_matching_offers_only_what_lies_where_it_is_sold_from(database: Database) -> None:
    with database.write() as db:
        shop = open_shop(db, [[5, 7, 9]])
        (item,) = shop.item_ids
        db.get_one(LocationRow, shop.location_ids[1]).kind = LocationKind.QUARANTINE
        db.get_one(LocationRow, shop.location_ids[2]).is_active = False
        db.flush()
        assert load_items(db, [item], None)[item].available == available(db, [item])[item] == 5
