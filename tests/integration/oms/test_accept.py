"""Accepting, releasing and cancelling orders, on both databases."""

from __future__ import annotations

import json
from decimal import Decimal
from itertools import groupby

import pytest
from sqlalchemy import select

from models.domain.codes import fold_code
from models.domain.messages import MailKind, Source
from models.domain.outbox import Channel
from models.domain.states import OutboxState, RefusedMove, SalesOrderState
from models.errors import NotFound
from models.tables.audit import AuditEntryRow
from models.tables.exceptions import ExceptionRow
from models.tables.inventory import ReservationRow, StockLevelRow
from models.tables.items import CustomerPartNumberRow, ItemRow
from models.tables.orders import SalesOrderRow
from models.tables.outbox import OutboxRow
from oms.inventory.ledger import BelowReserved, adjust
from oms.inventory.reconcile import Figure, reconcile, report_differences
from oms.orders.assemble import OrderIncomplete
from oms.orders.cancel import cancel_order
from oms.orders.listing import Wanted, find_orders
from oms.orders.repository import Orders
from oms.orders.service import accept_order, release_order
from runtime import audit
from runtime.db import Database
from tests.support.orders import draft, open_case, open_shop, reserved


def accept(db: Database, quantities: list[tuple[int, int]], stock: list[list[int]], **mail: object) -> int:
    with db.write() as session:
        shop = open_shop(session, stock)
        return accept_order(
            session, case_id=open_case(session, **mail), case_version=1, draft=draft(shop, quantities), approved_by="Ann")


def test_order_lines_reservations_messages_and_audit_are_written_together(database: Database) -> None:
    order_id = accept(database, [(0, 10), (1, 8)], [[30, 0], [5, 2]])
    with database.read() as db:
        detail = Orders(db).detail(f"SO-{order_id:06d}")
        assert (detail.summary.total, detail.summary.state) == (Decimal("45"), SalesOrderState.ACCEPTED)
        assert [[(r.location, r.quantity) for r in line.reserved] for line in detail.lines] == [
            [("LOC0", 10)], [("LOC0", 5), ("LOC1", 2)]]
        assert [line.short for line in detail.lines] == [0, 1]
        assert [(m.channel, m.kind, m.state) for m in detail.messages] == [
            (Channel.ERP, "sales_order.created", OutboxState.PENDING), (Channel.MAIL, "acknowledgement", OutboxState.PENDING)]
        assert reconcile(db) == []
        assert db.execute(select(AuditEntryRow.action)).scalars().all() == ["order.accepted"]
        assert list(audit.verify(db)) == []


@pytest.mark.parametrize("lines", [1, 30])
def test_an_order_of_any_length_is_written_in_as_many_statements(sqlite_database: Database, lines: int) -> None:
    with sqlite_database.write() as db:
        shop = open_shop(db, [[90]])
        accept_order(db, case_id=open_case(db), case_version=1, draft=draft(shop), approved_by="Ann")
        wanted, case = draft(shop, [(0, 2)] * lines), open_case(db)
    sent: list[str] = []
    with sqlite_database.write() as db:
        driver = db.connection().connection.driver_connection
        driver.set_trace_callback(lambda text: sent.append(text[:40]))
        accept_order(db, case_id=case, case_version=1, draft=wanted, approved_by="Ann")
        driver.set_trace_callback(None)
    once = [text for text, _ in groupby(sent) if not text.startswith("--")]         # "--": what triggers do
    assert len(once) == 14, once


def test_the_same_case_and_version_is_one_order(database: Database) -> None:
    with database.write() as db:
        shop = open_shop(db)
        case = open_case(db)
    ids = set()
    for _ in range(3):
        with database.write() as db:
            ids.add(accept_order(db, case_id=case, case_version=1, draft=draft(shop, [(0, 5)]), approved_by="Ann"))
    with database.read() as db:
        assert len(ids) == 1
        assert db.execute(select(OutboxRow.key).order_by(OutboxRow.id)).scalars().all() == [f"so:{case}:1", f"ack:{case}:1"]
        assert reserved(db) == 5


def test_an_incomplete_draft_leaves_nothing_behind(database: Database) -> None:
    with database.write() as db:
        shop = open_shop(db)
        case = open_case(db)
    with pytest.raises(OrderIncomplete), database.write() as db:
        accept_order(db, case_id=case, case_version=1, draft=draft(shop, [(0, 5)], po_number=None), approved_by="Ann")
    with database.read() as db:
        assert db.execute(select(SalesOrderRow)).first() is None
        assert db.execute(select(OutboxRow)).first() is None


def test_two_lines_of_one_item_share_the_stock(database: Database) -> None:
    order_id = accept(database, [(0, 6), (0, 6)], [[10]])
    with database.read() as db:
        assert [line.short for line in Orders(db).detail(f"SO-{order_id:06d}").lines] == [0, 2]
        assert reserved(db) == 10


@pytest.mark.parametrize(("mail", "reason"), [
    ({"source": Source.UPLOAD, "kind": None, "sender_address": None}, "did not come by mail"),
    ({"kind": MailKind.AUTO_REPLY}, "automatic mail"),
    ({"sender_address": "no-reply@zebra-widgets.example"}, "Nobody reads"),
])
def test_without_anybody_to_write_to_the_audit_says_why(sqlite_database: Database, mail: dict[str, object], reason: str) -> None:
    accept(sqlite_database, [(0, 1)], [[10]], **mail)
    with sqlite_database.read() as db:
        assert db.execute(select(OutboxRow.channel)).scalars().all() == [Channel.ERP]
        assert reason in json.loads(db.execute(select(AuditEntryRow.content)).scalar_one())["acknowledgement"]


def test_cancelling_gives_back_exactly_what_the_order_held(database: Database) -> None:
    with database.write() as db:
        shop = open_shop(db, [[10]])
        first = accept_order(db, case_id=open_case(db), case_version=1, draft=draft(shop, [(0, 7)]), approved_by="Ann")
        accept_order(db, case_id=open_case(db), case_version=1, draft=draft(shop, [(0, 7)]), approved_by="Ann")
    with database.write() as db:
        cancel_order(db, first, user="Ann", reason="wrong customer")
    with pytest.raises(RefusedMove, match="cancelled"), database.write() as db:
        cancel_order(db, first, user="Ann", reason="twice")
    with database.read() as db:
        assert reserved(db) == 3
        assert reconcile(db) == []
        lines = Orders(db).detail(f"SO-{first:06d}").lines
        assert [(line.cancelled, line.short) for line in lines] == [(7, 0)]
        assert db.execute(select(OutboxRow.kind).where(OutboxRow.order_id == first, OutboxRow.channel == Channel.ERP)
                          .order_by(OutboxRow.id)).scalars().all() == ["sales_order.created", "sales_order.cancelled"]


def test_release_moves_once_and_unknown_orders_are_not_found(sqlite_database: Database) -> None:
    order_id = accept(sqlite_database, [(0, 1)], [[10]])
    with sqlite_database.write() as db:
        release_order(db, order_id, user="Ann")
    with pytest.raises(RefusedMove), sqlite_database.write() as db:
        release_order(db, order_id, user="Ann")
    with pytest.raises(NotFound), sqlite_database.write() as db:
        release_order(db, 999, user="Ann")
    with sqlite_database.read() as db:
        assert Orders(db).detail(f"SO-{order_id:06d}").summary.state is SalesOrderState.RELEASED


def test_promised_stock_cannot_be_taken_away(database: Database) -> None:
    accept(database, [(0, 8)], [[10]])
    with database.read() as db:
        level = db.execute(select(StockLevelRow.item_id, StockLevelRow.location_id)).one()
    with pytest.raises(BelowReserved), database.write() as db:
        adjust(db, item_id=level.item_id, location_id=level.location_id, quantity=Decimal(-3), reason="broken", actor="Ann")
    with database.write() as db:
        adjust(db, item_id=level.item_id, location_id=level.location_id, quantity=Decimal(-2), reason="broken", actor="Ann")
    with database.read() as db:
        assert db.execute(select(StockLevelRow.on_hand)).scalar_one() == 8
        assert reconcile(db) == []


def test_a_level_that_disagrees_with_its_records_is_reported_not_mended(database: Database) -> None:
    accept(database, [(0, 8)], [[10]])
    with database.write() as db:
        db.execute(StockLevelRow.__table__.update().values(on_hand=Decimal(12)))  # type: ignore[attr-defined]
        db.execute(ReservationRow.__table__.update().values(quantity=Decimal(9)))  # type: ignore[attr-defined]
    with database.read() as db:
        assert [(d.figure, d.quantity) for d in reconcile(db)] == [(Figure.ON_HAND, -2), (Figure.RESERVED, 1)]
        assert db.execute(select(StockLevelRow.on_hand)).scalar_one() == 12
    with database.write() as db:
        report_differences(db, reconcile(db))
        report_differences(db, reconcile(db))
        assert sorted(db.execute(select(ExceptionRow.code)).scalars()) == ["on_hand_differs", "reserved_differs"]
        db.execute(StockLevelRow.__table__.update().values(on_hand=Decimal(10)))  # type: ignore[attr-defined]
        report_differences(db, reconcile(db))
        assert len(db.execute(select(ExceptionRow).where(ExceptionRow.closed_at.is_not(None))).all()) == 1


def test_orders_are_found_by_number_po_and_customer(sqlite_database: Database) -> None:
    order_id = accept(sqlite_database, [(0, 1)], [[10]])
    with sqlite_database.read() as db:
        orders = Orders(db)
        for text in ("4711", f"so-{order_id:06d}", "zebra", "C-1", " 4711 "):
            assert [o.id for o in find_orders(db, Wanted(text))] == [order_id], text
        for text in ("po 4", "711"):                        # fewer than three in a row are looked for at its beginning
            assert [o.id for o in find_orders(db, Wanted(text))] == [order_id], text
        for text in ("4712", "%", "_", "47"):
            assert find_orders(db, Wanted(text)) == [], text
        assert find_orders(db, Wanted(states=(SalesOrderState.CANCELLED,))) == []
        assert find_orders(db, Wanted(), before_id=order_id) == []
        with pytest.raises(NotFound):
            orders.detail("SO-999999")


def test_orders_are_found_by_the_numbers_of_their_items(database: Database) -> None:
    order_id = accept(database, [(0, 1), (1, 1), (0, 2)], [[10], [10], [10]])
    with database.write() as db:
        _, second, third = db.execute(select(ItemRow.id).order_by(ItemRow.id)).scalars().all()
        db.add_all([
            CustomerPartNumberRow(customer_id=1, part_number="Zed/7", part_number_folded=fold_code("Zed/7"), item_id=second),
            CustomerPartNumberRow(customer_id=1, part_number="Zed/8", part_number_folded=fold_code("Zed/8"), item_id=third)])
    with database.read() as db:
        for text in ("WID-1", "wid 1", "zed-7"):
            assert [o.id for o in find_orders(db, Wanted(text))] == [order_id], text
        for text in ("WID-3", "Zed/8", "WID-"):
            assert find_orders(db, Wanted(text)) == [], text
