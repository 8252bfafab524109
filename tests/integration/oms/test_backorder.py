"""A line that stock does not cover waits, or, where its item is not sold on backorder, is held until somebody chooses."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from models.domain.order_work import ExceptionState
from models.errors import ConflictError, InputError
from models.tables.exceptions import ExceptionRow
from models.tables.items import ItemRow
from models.tables.orders import OrderLineRow
from oms.allocation.choice import Shortage, decide_shortage
from oms.allocation.service import allocate_order
from oms.exceptions.service import STANDING
from oms.inventory.ledger import receive
from oms.inventory.reconcile import reconcile
from oms.inventory.supplies import expect
from oms.orders.service import accept_order, release_order
from runtime.db import Database
from tests.support.orders import Shop, draft, open_case, open_shop, reserved

D = Decimal


def short_order(database: Database, *, backorder: bool) -> tuple[int, Shop]:
    """A released order of ten of the first item, of which three are there; of the second plenty is there."""
    with database.write() as db:
        shop = open_shop(db, [[3], [60]])
        db.execute(update(ItemRow).values(backorder=backorder))
        order = accept_order(db, case_id=open_case(db), case_version=1, draft=draft(shop, [(0, 10)]), approved_by="Ann")
        release_order(db, order, user="Ann")
    return order, shop


def codes(database: Database) -> list[tuple[str, ExceptionState]]:
    with database.read() as db:
        assert reconcile(db) == []
        return [tuple(x) for x in db.execute(select(ExceptionRow.code, ExceptionRow.state).order_by(ExceptionRow.id))]


def arrive(database: Database, shop: Shop, quantity: int) -> None:
    with database.write() as db:
        receive(
            db, item_id=shop.item_ids[0], location_id=shop.location_ids[0], quantity=D(quantity), reference="PO 1", actor="Ann")


def test_what_may_wait_is_sent_when_stock_comes_and_the_sentence_says_when_that_is(database: Database) -> None:
    order, shop = short_order(database, backorder=True)
    with database.write() as db:
        expect(db, item_id=shop.item_ids[0], location_id=shop.location_ids[0], quantity=D(7), expected_on=date(2099, 5, 2),
               reference="PO 1")
        allocate_order(db, order)
        assert "covers all that is wanted from 2099-05-02 on" in db.execute(select(ExceptionRow.sentence)).scalar_one()
    arrive(database, shop, 7)
    with database.write() as db:
        assert not allocate_order(db, order).short
    assert codes(database) == [("short_stock", ExceptionState.RESOLVED)]


def test_what_is_not_sold_on_backorder_is_held_until_somebody_chooses_to_wait(database: Database) -> None:
    order, shop = short_order(database, backorder=False)
    assert codes(database) == [("no_backorder", ExceptionState.OPEN)]       # told when the order was accepted
    with database.write() as db:
        assert not allocate_order(db, order).picks                          # the whole line is held, what is there stays its own
        assert reserved(db) == 3
    arrive(database, shop, 7)
    with database.write() as db:
        assert "until somebody chooses" in allocate_order(db, order).why_short[1]
        decide_shortage(db, order, 1, Shortage.WAIT, actor="Ann", reason="The customer waits.")
        assert [p.quantity for p in allocate_order(db, order).picks] == [10]
    assert codes(database) == [("no_backorder", ExceptionState.WAIVED)]


def test_having_chosen_to_wait_is_not_asked_again(database: Database) -> None:
    order, _ = short_order(database, backorder=False)
    with database.write() as db:
        decide_shortage(db, order, 1, Shortage.WAIT, actor="Ann", reason="The customer waits.")
        assert [p.quantity for p in allocate_order(db, order).picks] == [3]
    assert codes(database) == [("no_backorder", ExceptionState.WAIVED), ("short_stock", ExceptionState.OPEN)]
    with database.write() as db:
        decide_shortage(db, order, 1, Shortage.WAIT, actor="Ann", reason="Known.")
    with pytest.raises(ConflictError, match="waits for stock already"), database.write() as db:
        decide_shortage(db, order, 1, Shortage.WAIT, actor="Ann", reason="Again.")


def test_the_rest_is_cancelled_or_replaced_in_one_order_change(database: Database) -> None:
    order, shop = short_order(database, backorder=False)
    with pytest.raises(InputError, match="which item"), database.write() as db:
        decide_shortage(db, order, 1, Shortage.REPLACE, actor="Ann", reason="x")
    with database.write() as db:
        decide_shortage(db, order, 1, Shortage.REPLACE, actor="Ann", reason="As agreed by telephone.", sku="WID-2")
        lines = db.execute(select(OrderLineRow).order_by(OrderLineRow.position)).scalars().all()
        assert [(x.item_id, x.base_quantity - x.cancelled, x.unit_price) for x in lines] == [
            (shop.item_ids[0], 3, D("2.50")), (shop.item_ids[1], 7, D("2.50"))]
        assert [p.quantity for p in allocate_order(db, order).picks] == [3, 7] and reserved(db) == 10
    assert codes(database) == [("no_backorder", ExceptionState.RESOLVED)]
    with pytest.raises(ConflictError, match="not short"), database.write() as db:
        decide_shortage(db, order, 1, Shortage.CANCEL, actor="Ann", reason="x")


def test_cancelling_the_short_rest_of_an_order_closes_its_exception(database: Database) -> None:
    order, _ = short_order(database, backorder=True)
    with database.write() as db:
        allocate_order(db, order)
        decide_shortage(db, order, 1, Shortage.CANCEL, actor="Ann", reason="Not needed.")
        assert not db.execute(select(ExceptionRow.id).where(ExceptionRow.state.in_(STANDING))).first()
        assert db.get_one(OrderLineRow, 1).cancelled == 7
