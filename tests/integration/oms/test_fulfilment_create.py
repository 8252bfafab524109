"""Reserved stock becomes fulfilment orders, one a location, and never more than is reserved."""

from __future__ import annotations

from decimal import Decimal

import pytest

from models.domain.order_work import HoldKind
from models.domain.stock import Pick
from models.tables.fulfilment import FulfilmentLineRow, FulfilmentOrderRow
from oms.fulfilment.create import NotReleased, NotReserved, create_fulfilment_orders
from oms.fulfilment.lines import unassigned
from oms.orders.holds import OrderHeld, place_hold, release_hold
from oms.orders.service import accept_order
from runtime.db import Database
from tests.support.fulfilment import given, released_order
from tests.support.orders import draft, open_case, open_shop

D = Decimal


def test_every_location_gets_what_is_reserved_there_and_a_second_call_makes_nothing(database: Database) -> None:
    order_id = released_order(database, stock=((6, 60), (0, 60)), lines=((0, 5), (0, 3), (1, 2)))
    with database.write() as db:
        made = create_fulfilment_orders(db, order_id, explanations={1: "Nearest."})
        assert create_fulfilment_orders(db, order_id) == []
    with database.read() as db:
        rows = [db.get_one(FulfilmentOrderRow, i) for i in made]
        assert [(r.number, r.location_id, r.explanation) for r in rows] == [("FO-000001", 1, "Nearest."), ("FO-000002", 2, None)]
        lines = db.query(FulfilmentLineRow).order_by(FulfilmentLineRow.id).all()
        assert [(x.fulfilment_order_id, x.order_line_id, x.quantity) for x in lines] == [(1, 1, D(5)), (2, 2, D(3)), (2, 3, D(2))]
        assert given(db, order_id) == [(D(5), D(0), D(0)), (D(3), D(0), D(0)), (D(2), D(0), D(0))]
        assert unassigned(db, order_id) == {}


def test_what_is_short_is_not_given_to_anybody(database: Database) -> None:
    order_id = released_order(database, stock=((4,),), lines=((0, 10),))
    with database.write() as db:
        create_fulfilment_orders(db, order_id)
        assert given(db, order_id) == [(D(4), D(0), D(0))]


def test_picks_beyond_the_reservation_are_refused_whole(database: Database) -> None:
    order_id = released_order(database)
    with database.write() as db:
        create_fulfilment_orders(db, order_id, [Pick(1, 1, 1, D(4))])
    with pytest.raises(NotReserved), database.write() as db:
        create_fulfilment_orders(db, order_id, [Pick(1, 1, 1, D(4)), Pick(1, 1, 1, D(3))])
    with database.read() as db:
        assert given(db, order_id) == [(D(4), D(0), D(0))] and unassigned(db, order_id) == {(1, 1, 1): D(6)}


def test_an_order_that_is_not_released_goes_nowhere(database: Database) -> None:
    with database.write() as db:
        shop = open_shop(db)
        order_id = accept_order(db, case_id=open_case(db), case_version=1, draft=draft(shop), approved_by="anna")
    with pytest.raises(NotReleased, match="Release it first"), database.write() as db:
        create_fulfilment_orders(db, order_id)


def test_a_hold_placed_after_the_release_stops_the_goods(database: Database) -> None:
    order_id = released_order(database)
    with database.write() as db:
        hold = place_hold(db, order_id, kind=HoldKind.CREDIT, sentence="Invoice IN-000001 is overdue.", by="anna")
    with pytest.raises(OrderHeld, match="overdue"), database.write() as db:
        create_fulfilment_orders(db, order_id)
    with database.write() as db:
        release_hold(db, hold, by="anna", reason="Paid.", is_admin=True)
        assert len(create_fulfilment_orders(db, order_id)) == 1
