"""Changes of accepted orders on both databases: lines, reservations, history and messages move together."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from models.domain.fulfilment import FulfilmentState
from models.domain.outbox import Channel
from models.domain.states import SalesOrderState
from models.tables.fulfilment import FulfilmentOrderRow
from models.tables.inventory import ReservationRow
from models.tables.items import ItemRow, KitComponentRow
from models.tables.orders import OrderChangeRow, OrderLineRow, SalesOrderRow
from models.tables.outbox import OutboxRow
from models.tables.partners import AddressRow, CustomerRow
from oms.fulfilment.create import create_fulfilment_orders
from oms.fulfilment.ship import void
from oms.fulfilment.shipments import open_shipment
from oms.fulfilment.work import FulfilmentRefused
from oms.inventory.levels import release
from oms.inventory.reconcile import reconcile
from oms.orders.assemble import NewLine
from oms.orders.cancel import cancel_order
from oms.orders.changes.plan import AddLine, CancelLine, ChangeRefused, Edit, EditHeader, EditLine, NothingChanged
from oms.orders.changes.service import RevisionMoved, change_order
from oms.orders.desk import set_priority
from oms.orders.moves import OrderMoved, move_order, set_order
from oms.orders.service import accept_order, release_order, take_back_release
from runtime.db import Database
from tests.support.orders import Shop, draft, open_case, open_shop, reserved

D = Decimal


def accepted(database: Database, quantities: Sequence[tuple[int, int]], stock: Sequence[Sequence[int]]) -> tuple[int, Shop]:
    with database.write() as db:
        shop = open_shop(db, stock)
        order_id = accept_order(
            db, case_id=open_case(db), case_version=1, draft=draft(shop, quantities), approved_by="Ann")
    return order_id, shop


def change(database: Database, order_id: int, *edits: Edit, revision: int | None = None) -> int:
    with database.write() as db:
        return change_order(db, order_id, edits, actor="Ann", reason="The buyer called.", revision=revision)


def held(database: Database, order_id: int) -> list[Decimal]:
    with database.read() as db:
        assert reconcile(db) == []
        rows = db.execute(
            select(OrderLineRow.position, ReservationRow.quantity).join(ReservationRow)
            .where(OrderLineRow.order_id == order_id).order_by(OrderLineRow.position)).all()
        last = max((p for p, _ in rows), default=0)
        return [sum((q for p, q in rows if p == n), D(0)) for n in range(1, last + 1)]


def added(shop: Shop, quantity: int) -> AddLine:
    amount = D(quantity)
    return AddLine(NewLine(
        "x", 0, shop.item_ids[1], "WID-2", None, None, "Widget no. 2", amount, "PCE", amount, D(2), 2 * amount, None))


def test_one_change_moves_lines_stock_history_and_the_erp_together(database: Database) -> None:
    order_id, shop = accepted(database, [(0, 10), (1, 4)], [[30], [20]])
    assert change(database, order_id, EditLine(1, D(6)), CancelLine(2, D(1)), added(shop, 5), revision=1) == 2
    assert held(database, order_id) == [6, 3, 5]
    with database.read() as db:
        order = db.execute(select(SalesOrderRow)).scalar_one()
        assert (order.revision, order.total) == (2, D("32.5"))
        row = db.execute(select(OrderChangeRow)).scalar_one()
        assert (row.revision, row.actor, row.reason) == (2, "Ann", "The buyer called.")
        assert [(e["path"], e["before"], e["after"]) for e in json.loads(row.content)][:2] == [
            ("lines.1.quantity", "10", "6"), ("lines.2.cancelled", "0", "1")]
        message = json.loads(db.execute(
            select(OutboxRow.payload).where(OutboxRow.key == f"so-change:{order_id}:2")).scalar_one())
        assert [(x["sku"], x["base_quantity"], x["cancelled"]) for x in message["lines"]] == [
            ("WID-1", "6", "0"), ("WID-2", "4", "1"), ("WID-2", "5", "0")]
        assert (message["order_no"], message["customer_no"], message["total"]) == (order.order_no, "C-1", "32.5")


def test_raising_takes_what_there_is_and_lowering_gives_the_last_place_back_first(database: Database) -> None:
    order_id, shop = accepted(database, [(0, 5)], [[6, 3]])
    change(database, order_id, EditLine(1, D(20)))
    assert held(database, order_id) == [9]
    change(database, order_id, EditLine(1, D(4)))
    with database.read() as db:
        left = db.execute(select(ReservationRow.location_id).where(ReservationRow.quantity > 0)).scalars().all()
        assert (left, reserved(db)) == ([shop.location_ids[0]], 4)


def test_who_saw_an_older_revision_is_refused_and_nothing_moves(database: Database) -> None:
    order_id, _ = accepted(database, [(0, 5)], [[10]])
    change(database, order_id, EditLine(1, D(6)), revision=1)
    with pytest.raises(RevisionMoved, match="revision 1, now it is 2"):
        change(database, order_id, EditLine(1, D(9)), revision=1)
    with pytest.raises(NothingChanged):
        change(database, order_id, EditLine(1, D(6)))
    assert held(database, order_id) == [6]


def test_what_a_warehouse_was_given_stays_and_the_rest_can_go(database: Database) -> None:
    order_id, _ = accepted(database, [(0, 10)], [[6]])
    with database.write() as db:
        release_order(db, order_id, user="Ann")
        create_fulfilment_orders(db, order_id)
    with pytest.raises(ChangeRefused, match="only 4 of 10 are open"):
        change(database, order_id, EditLine(1, D(5)))
    change(database, order_id, CancelLine(1))
    assert held(database, order_id) == [6]


def test_an_order_that_is_cancelled_is_withdrawn_from_the_warehouse_unless_goods_are_in_hand(database: Database) -> None:
    order_id, _ = accepted(database, [(0, 10)], [[6]])
    with database.write() as db:
        release_order(db, order_id, user="Ann")
        (fulfilment_id,) = create_fulfilment_orders(db, order_id)
        shipment_id = open_shipment(db, fulfilment_id, actor="Wim")
    with pytest.raises(FulfilmentRefused, match="is being picked or packed"), database.write() as db:
        cancel_order(db, order_id, user="Ann", reason="Not wanted.")
    with database.write() as db:
        void(db, shipment_id, actor="Wim", reason="Stop.")
        cancel_order(db, order_id, user="Ann", reason="Not wanted.")
    assert held(database, order_id) == [0]
    with database.read() as db:
        assert db.execute(select(SalesOrderRow.state)).scalar_one() is SalesOrderState.CANCELLED
        assert db.execute(select(FulfilmentOrderRow.state)).scalar_one() is FulfilmentState.CANCELLED


def test_the_address_and_the_day_change_until_goods_are_in_hand(database: Database) -> None:
    order_id, _ = accepted(database, [(0, 10)], [[10]])
    with database.write() as db:
        release_order(db, order_id, user="Ann")
        create_fulfilment_orders(db, order_id)
    change(database, order_id, EditHeader("requested_date", date(2031, 5, 8)))
    with database.read() as db:
        assert db.execute(select(FulfilmentOrderRow.ship_by)).scalar_one() == date(2031, 5, 8)
    change(database, order_id, EditHeader("ship_to_id", None), EditHeader("ship_to_text", "Gate 4"))
    assert held(database, order_id) == [10]
    with database.write() as db:
        assert db.execute(select(FulfilmentOrderRow.state)).scalar_one() is FulfilmentState.CANCELLED
        (again,) = create_fulfilment_orders(db, order_id)
        open_shipment(db, again, actor="Wim")
    with pytest.raises(FulfilmentRefused, match="is being picked or packed"):
        change(database, order_id, EditHeader("ship_to_text", "Gate 5"))


def test_a_change_that_cancels_the_rest_cancels_the_order_at_the_erp(database: Database) -> None:
    order_id, _ = accepted(database, [(0, 10), (1, 2)], [[6], [5]])
    change(database, order_id, CancelLine(1), CancelLine(2))
    assert held(database, order_id) == [0, 0]
    with database.read() as db:
        assert db.execute(select(SalesOrderRow.state)).scalar_one() is SalesOrderState.CANCELLED
        kinds = select(OutboxRow.kind).where(OutboxRow.channel == Channel.ERP).order_by(OutboxRow.id)
        assert db.execute(kinds).scalars().all() == ["sales_order.created", "sales_order.cancelled"]


def test_only_addresses_of_the_customer_are_taken(sqlite_database: Database) -> None:
    order_id, _ = accepted(sqlite_database, [(0, 1)], [[6]])
    with sqlite_database.write() as db:
        other = CustomerRow(customer_no="C-2", name="Yak Gadgets Inc", currency="EUR")
        db.add(other)
        db.flush()
        mine = db.execute(select(AddressRow)).scalar_one()
        copy = {c.name: getattr(mine, c.name) for c in AddressRow.__table__.columns if c.name != "id"}
        foreign = AddressRow(**(copy | {"customer_id": other.id}))
        db.add(foreign)
        db.flush()
        foreign_id = foreign.id
    with pytest.raises(ChangeRefused, match="not one of the customer's"):
        change(sqlite_database, order_id, EditHeader("ship_to_id", foreign_id))
    change(sqlite_database, order_id, EditHeader("ship_to_id", None), EditHeader("ship_to_text", "Gate 4"))


def test_a_kit_holds_its_parts(database: Database) -> None:
    order_id, shop = accepted(database, [(1, 1)], [[30], [30]])
    with database.write() as db:
        db.execute(update(ItemRow).where(ItemRow.id == shop.item_ids[1]).values(is_kit=True))
        db.add(KitComponentRow(kit_id=shop.item_ids[1], component_id=shop.item_ids[0], quantity=D(3)))
        release(db, db.execute(select(ReservationRow.order_line_id)).scalars().all())
    change(database, order_id, EditLine(1, D(4)))
    assert held(database, order_id) == [12]
    change(database, order_id, EditLine(1, D(2)))
    assert held(database, order_id) == [6]


amounts = st.integers(0, 25).map(D)
some_edits = st.lists(st.one_of(
    st.builds(EditLine, st.integers(1, 4), amounts), st.builds(CancelLine, st.integers(1, 4), amounts),
    st.builds(CancelLine, st.integers(1, 4)), amounts.filter(bool)), min_size=1, max_size=3)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(some_edits, max_size=6))
def test_after_any_changes_stock_is_promised_once_and_the_chain_of_revisions_is_whole(
    sqlite_database: Database, changes: list[list[Edit | Decimal]],
) -> None:
    with pytest.raises(_Undone), sqlite_database.write() as db:
        shop = open_shop(db, [[12, 5], [9, 0]])
        order_id = accept_order(
            db, case_id=open_case(db), case_version=1, draft=draft(shop, [(0, 10), (1, 4)]), approved_by="Ann")
        done = 1
        for edits in changes:
            whole = [added(shop, int(e)) if isinstance(e, Decimal) else e for e in edits]
            before = reserved(db)
            try:
                with db.begin_nested():
                    done = change_order(db, order_id, whole, actor="Ann", reason="again")
            except Exception as e:
                assert getattr(e, "code", "") in {"change_refused", "nothing_changed", "refused_move"}, e
                assert reserved(db) == before
            assert reconcile(db) == []
        lines = db.execute(select(OrderLineRow)).scalars().all()
        for line in lines:
            mine = sum(db.execute(select(ReservationRow.quantity).where(ReservationRow.order_line_id == line.id)).scalars(), D(0))
            assert 0 <= mine <= line.base_quantity - line.cancelled - line.shipped
        order = db.execute(select(SalesOrderRow).execution_options(populate_existing=True)).scalar_one()
        assert order.revision == done
        chain = db.execute(select(OrderChangeRow.revision).order_by(OrderChangeRow.revision)).scalars().all()
        assert chain == [*range(2, done + 1)]
        assert order.total == sum((x.amount * (x.base_quantity - x.cancelled) / x.base_quantity for x in lines), D(0))
        assert (order.state is SalesOrderState.CANCELLED) == all(x.cancelled == x.base_quantity for x in lines)
        raise _Undone


class _Undone(Exception):
    """Takes the example back."""


@pytest.mark.parametrize("other", ["released", "changed", "prioritised"])
def test_of_two_who_move_an_order_the_second_is_told_and_changes_nothing(database: Database, other: str) -> None:
    order_id, _ = accepted(database, [(0, 2)], [[9]])
    with database.read() as db:
        seen = db.execute(select(SalesOrderRow.__table__).where(SalesOrderRow.id == order_id)).one()
    if other == "released":
        with database.write() as db:
            release_order(db, order_id, user="Bob")
    elif other == "changed":
        change(database, order_id, EditLine(1, D(1)))
    else:
        with database.write() as db:
            set_priority(db, order_id, 7, user="Bob")
    with pytest.raises(OrderMoved, match="somebody else") as e, database.write() as db:
        if other == "prioritised":
            set_order(db, seen, SalesOrderRow.__table__.c.priority == seen.priority, priority=3)
        else:
            move_order(db, seen, SalesOrderState.RELEASED)
    assert e.value.code == "order_moved"
    with database.read() as db:
        now = db.execute(select(SalesOrderRow.__table__).where(SalesOrderRow.id == order_id)).one()
    assert (now.state, now.priority) == (
        SalesOrderState.RELEASED if other == "released" else SalesOrderState.ACCEPTED, 7 if other == "prioritised" else 0)


def test_a_release_can_be_taken_back_and_given_again(database: Database) -> None:
    order_id, _ = accepted(database, [(0, 2)], [[9]])
    for move in (release_order, take_back_release, release_order):
        with database.write() as db:
            move(db, order_id, user="Ann")
    with database.read() as db:
        assert db.execute(select(SalesOrderRow.state)).scalar_one() is SalesOrderState.RELEASED
