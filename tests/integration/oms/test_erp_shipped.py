"""What the ERP sent is booked here once: stock, lines and promises follow; what cannot be booked is an exception."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from models.domain.order_work import HoldKind
from models.domain.outbox import Channel
from models.domain.states import SalesOrderState
from models.tables.audit import AuditEntryRow
from models.tables.exceptions import ExceptionRow
from models.tables.fulfilment import ShipmentRow
from models.tables.inventory import StockLevelRow
from models.tables.orders import OrderLineRow, SalesOrderRow
from models.tables.outbox import OutboxRow
from oms.erp.shipped import ShippedMore, Told, book, not_booked, told_shipments
from oms.inventory.reconcile import reconcile
from oms.orders.holds import OrderHeld, place_hold
from oms.orders.service import accept_order
from runtime.db import Database
from tests.support.fulfilment import fulfilment_orders
from tests.support.orders import draft, open_case, open_shop

D = Decimal


def ordered(database: Database, *lines: tuple[int, int], stock: Any = ((60,), (60,))) -> str:
    """The number of an accepted order of (item, quantity) lines; nobody released it."""
    with database.write() as db:
        shop = open_shop(db, stock)
        order_id = accept_order(db, case_id=open_case(db), case_version=1, draft=draft(shop, lines), approved_by="anna")
        return db.get_one(SalesOrderRow, order_id).order_no


def told(order_no: str, number: str = "CS-1", state: str = "shipped", **goods: int) -> Told:
    return Told(order_no, number, state, "TRACK-1", {f"WID-{sku[1:]}": D(q) for sku, q in goods.items()})


def booked(database: Database, *shipments: Told) -> list[bool]:
    done = []
    for shipment in shipments:
        with database.write() as db:
            done.append(book(db, "tryton", shipment))
    with database.read() as db:
        assert reconcile(db) == []
    return done


def lines_of(database: Database) -> list[Decimal]:
    with database.read() as db:
        return list(db.execute(select(OrderLineRow.shipped).order_by(OrderLineRow.position)).scalars())


def test_a_part_and_then_the_rest_close_the_order_and_nobody_is_told_what_he_said(database: Database) -> None:
    number = ordered(database, (0, 10), (1, 4))
    assert booked(database, told(number, i1=6), told(number, "CS-2", i1=4, i2=4)) == [True, True]
    assert lines_of(database) == [D(10), D(4)]
    with database.read() as db:
        assert db.execute(select(SalesOrderRow.state)).scalar_one() is SalesOrderState.CLOSED
        assert db.execute(select(StockLevelRow.on_hand).order_by(StockLevelRow.item_id)).scalars().all() == [D(50), D(56)]
        kinds = db.execute(select(OutboxRow.kind).where(OutboxRow.channel == Channel.ERP)).scalars().all()
        assert kinds == ["sales_order.created"]
        events = db.execute(select(AuditEntryRow.action).where(AuditEntryRow.action == "shipment.shipped")).scalars().all()
        assert len(events) == 2
        assert db.execute(select(ShipmentRow.tracking_number)).scalars().all() == ["TRACK-1", "TRACK-1"]


def test_told_again_and_again_it_is_booked_once_and_its_delivery_is_noted(database: Database) -> None:
    number = ordered(database, (0, 10))
    states = ["packed", "shipped", "shipped", "delivered", "delivered", "shipped"]
    assert booked(database, *(told(number, state=state, i1=10) for state in states)) == [False, True, False, True, True, False]
    with database.read() as db:
        (shipment,) = db.execute(select(ShipmentRow)).scalars()
        assert (shipment.state.value, lines_of(database)) == ("delivered", [D(10)])


def test_one_that_is_heard_of_when_it_is_there_already_is_booked_and_delivered(database: Database) -> None:
    number = ordered(database, (0, 3))
    assert booked(database, told(number, state="delivered", i1=3)) == [True]
    with database.read() as db:
        assert db.execute(select(ShipmentRow.state)).scalar_one().value == "delivered"


def test_goods_from_two_shelves_are_two_shipments_of_ours(database: Database) -> None:
    number = ordered(database, (0, 10), stock=((6, 4),))
    assert booked(database, told(number, i1=10)) == [True]
    with database.read() as db:
        assert len(db.execute(select(ShipmentRow)).scalars().all()) == 2 and lines_of(database) == [D(10)]


def test_fulfilment_orders_that_are_there_are_used(database: Database) -> None:
    fulfilment_orders(database)
    with database.read() as db:
        number = db.execute(select(SalesOrderRow.order_no)).scalar_one()
    assert booked(database, told(number, i1=7)) == [True]
    assert lines_of(database) == [D(7)]


def test_more_than_is_promised_is_not_half_booked_but_said(database: Database) -> None:
    number = ordered(database, (0, 10), (1, 1))
    much = told(number, i1=11, i2=1)
    with pytest.raises(ShippedMore) as refused, database.write() as db:
        book(db, "tryton", much)
    with database.write() as db:
        not_booked(db, much, refused.value.code, refused.value.sentence)
    assert lines_of(database) == [D(0), D(0)]
    with database.read() as db:
        (said,) = db.execute(select(ExceptionRow)).scalars()
        assert "1 of WID-1 more than is promised" in said.sentence and said.code == "erp_shipped_more"
    assert booked(database, told(number, i1=10, i2=1)) == [True]      # the ERP mended its shipment
    with database.read() as db:
        assert db.execute(select(ExceptionRow.state)).scalar_one().value == "resolved"


def test_an_order_that_is_held_here_is_not_booked_behind_its_back(database: Database) -> None:
    number = ordered(database, (0, 10))
    with database.write() as db:
        order_id = db.execute(select(SalesOrderRow.id)).scalar_one()
        place_hold(db, order_id, kind=HoldKind.CREDIT, sentence="Overdue.", by="anna")
    with pytest.raises(OrderHeld), database.write() as db:
        book(db, "tryton", told(number, i1=10))
    assert lines_of(database) == [D(0)]


def test_an_order_of_somebody_else_is_nothing_to_us(database: Database) -> None:
    assert booked(database, told("SO-999999", i1=1)) == [False]


def test_moves_of_one_item_add_up() -> None:
    rows = [{"order_no": "SO-1", "shipment": "CS-1", "state": "shipped", "tracking": "", "sku": "A", "quantity": q} for q in "12"]
    assert told_shipments(rows) == [Told("SO-1", "CS-1", "shipped", "", {"A": D(3)})]
