"""Automatic holds on both databases: placed at acceptance and change, released when their reason goes or by the right role."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update

from models.domain.order_work import HoldKind, OrderSource
from models.domain.states import Role
from models.errors import Forbidden, InputError
from models.tables.orders import OrderHoldRow
from models.tables.partners import CustomerRow
from oms.allocation.service import allocate_order
from oms.inventory.ledger import receive
from oms.orders.changes.plan import EditLine
from oms.orders.changes.service import change_order
from oms.orders.checking.decide import HoldRule
from oms.orders.checking.rules import check_may_release, hold_rules, save_hold_rules
from oms.orders.checking.service import recheck_holds
from oms.orders.holds import OrderHeld, release_hold
from oms.orders.offers.given import GivenLine, GivenOrder, named_order
from oms.orders.offers.service import accept_offer, write_offer
from oms.orders.repository import Orders
from oms.orders.service import accept_order, release_order
from runtime.clock import now
from runtime.db import Database
from tests.support.orders import draft, draft_line, open_case, open_shop

D = Decimal


def customer(database: Database, **values: Any) -> None:
    with database.write() as db:
        db.execute(update(CustomerRow).values(**values))


def given(
    database: Database, quantity: int = 4, price: str = "2.50", list_price: str | None = "2.50", po_number: str = "PO 1",
) -> int:
    with database.write() as db:
        line = GivenLine("WID-1", D(quantity), unit_price=D(price), list_price=D(list_price) if list_price else None)
        order = named_order(db, GivenOrder("C-1", po_number, lines=(line,)))
        order_id = write_offer(db, order, actor="shop", source=OrderSource.API)
        accept_offer(db, order_id, actor="shop", today=now().date())
    return order_id


def change(database: Database, order_id: int, edit: EditLine) -> None:
    with database.write() as db:
        change_order(db, order_id, [edit], actor="Ann", reason="By phone.")


def standing(database: Database) -> list[tuple[HoldKind, str | None]]:
    with database.read() as db:
        return list(db.execute(
            select(OrderHoldRow.kind, OrderHoldRow.owner)
            .where(OrderHoldRow.released_at.is_(None)).order_by(OrderHoldRow.id)).all())


def test_an_order_above_the_limit_is_held_and_not_released_until_there_is_room(database: Database) -> None:
    with database.write() as db:
        open_shop(db)
        db.execute(update(CustomerRow).values(credit_limit=D(20), open_balance=D(5)))
    first, second = given(database), given(database, po_number="PO 2")
    assert standing(database) == [(HoldKind.CREDIT, "Accounts")]
    with database.write() as db:
        release_order(db, first, user="Ann")
    with pytest.raises(OrderHeld, match=r"5.00 EUR above the credit limit of 20.00 EUR"), database.write() as db:
        release_order(db, second, user="Ann")
    customer(database, open_balance=D(0))
    assert (recheck_holds(database), standing(database), recheck_holds(database)) == (1, [], 0)
    with database.write() as db:
        release_order(db, second, user="Ann")


def test_what_a_person_released_is_held_again_only_for_another_reason(database: Database) -> None:
    with database.write() as db:
        open_shop(db)
    order_id = given(database, price="2.00")
    assert standing(database) == [(HoldKind.PRICE, "Sales")]
    change(database, order_id, EditLine(1, D(5)))
    assert standing(database) == [(HoldKind.PRICE, "Sales")]
    with database.write() as db:
        release_hold(db, 1, by="Ann", reason="Agreed by phone.", is_admin=False)
    change(database, order_id, EditLine(1, D(6)))
    assert standing(database) == []
    change(database, order_id, EditLine(1, unit_price=D("1.50")))
    assert standing(database) == [(HoldKind.PRICE, "Sales")]
    change(database, order_id, EditLine(1, unit_price=D("2.49")))
    assert standing(database) == []


def test_prices_a_person_approved_are_not_asked_about_again(database: Database) -> None:
    with database.write() as db:
        shop = open_shop(db)
        cheap = draft(shop, lines=(draft_line(shop.item_ids[0], 2, price="1", list_price=D(2)),))
        for who in ("Ann", "ordermill"):
            accept_order(db, case_id=open_case(db), case_version=1, draft=cheap, approved_by=who)
    with database.read() as db:
        assert db.execute(select(OrderHoldRow.order_id)).scalars().all() == [2]


def test_a_stock_hold_goes_when_goods_come(database: Database) -> None:
    with database.write() as db:
        shop = open_shop(db, [[3]])
        save_hold_rules(db, [HoldRule(HoldKind.STOCK, True, D(0))], user="Adam")
    order_id = given(database)
    assert standing(database) == [(HoldKind.STOCK, None)]
    with database.write() as db:
        receive(
            db, item_id=shop.item_ids[0], location_id=shop.location_ids[0], quantity=D(9), reference="x", actor="Wim")
        change_order(db, order_id, [EditLine(1, D(5))], actor="Ann", reason="One more.")
    assert standing(database) == []


def test_rules_are_kept_and_say_who_may_release(sqlite_database: Database) -> None:
    with sqlite_database.write() as db:
        save_hold_rules(db, [HoldRule(HoldKind.CREDIT, True, owner="Frau Soll", released_by=Role.ADMIN)], user="Adam")
        save_hold_rules(db, [HoldRule(HoldKind.STOCK, True, D(10))], user="Adam")
        rules = hold_rules(db)
        assert (rules[HoldKind.CREDIT].owner, rules[HoldKind.STOCK].limit, rules[HoldKind.PRICE].is_on) == ("Frau Soll", 10, True)
        check_may_release(db, HoldKind.CREDIT, is_admin=True)
        check_may_release(db, HoldKind.MANUAL, is_admin=False)
        with pytest.raises(Forbidden, match="Ask Frau Soll"):
            check_may_release(db, HoldKind.CREDIT, is_admin=False)
        for bad in (HoldRule(HoldKind.MANUAL, True), HoldRule(HoldKind.FRAUD, True, D(-1)),
                    HoldRule(HoldKind.FRAUD, True, released_by=Role.VIEWER)):
            with pytest.raises(InputError):
                save_hold_rules(db, [bad], user="Adam")


def test_an_order_of_a_customer_who_wants_all_at_once_waits_until_all_of_it_is_there(database: Database) -> None:
    with database.write() as db:
        shop = open_shop(db, [[10], [1]])
    customer(database, ship_complete=True)
    with database.write() as db:
        mailed = accept_order(db, case_id=open_case(db), case_version=1, draft=draft(shop, [(0, 2), (1, 3)]), approved_by="Ann")
        release_order(db, mailed, user="Ann")
        plan = allocate_order(db, mailed)
        assert plan.picks == () and "must leave complete" in plan.why_short[min(plan.why_short)]
    asked = given(database)
    customer(database, ship_complete=False)             # what an order was accepted with stays with it
    later = given(database, po_number="PO 2")
    with database.read() as db:
        kept = [Orders(db).detail(f"SO-{order_id:06d}").ship_complete for order_id in (mailed, asked, later)]
    assert kept == [True, True, False]
