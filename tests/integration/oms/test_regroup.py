"""Orders merged, split and parted again on both databases: no unit and no cent is lost, and nothing of it once goods move."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from models.domain.order_work import HoldKind
from models.domain.outbox import Channel
from models.domain.states import SalesOrderState
from models.tables.orders import OrderLineRow, SalesOrderRow
from models.tables.outbox import OutboxRow
from oms.fulfilment.create import create_fulfilment_orders
from oms.inventory.reconcile import reconcile
from oms.orders.holds import place_hold
from oms.orders.regroup.plan import RegroupRefused
from oms.orders.regroup.service import give_back, merge_orders, split_order
from oms.orders.service import accept_order, release_order
from runtime.db import Database
from tests.support.orders import draft, open_case, open_shop, reserved

D = Decimal
S = SalesOrderState


@pytest.fixture
def house(database: Database) -> Database:
    with database.write() as db:
        shop = open_shop(db, [[30], [30]])
        for lines in ([(0, 10), (1, 4)], [(1, 6)], [(0, 3)]):
            accept_order(db, case_id=open_case(db), case_version=1, draft=draft(shop, lines), approved_by="Ann")
    return database


def merge(house: Database, *others: int) -> None:
    with house.write() as db:
        merge_orders(db, 1, others, actor="Ann", reason="One delivery.")


def split(house: Database, order_id: int, wanted: dict[int, Decimal | None]) -> int:
    with house.write() as db:
        return split_order(db, order_id, wanted, actor="Ann", reason="The rest comes later.")


def part(house: Database, order_id: int, home: int) -> None:
    with house.write() as db:
        give_back(db, order_id, home, actor="Ann", reason="It was wrong.")


def stands(house: Database) -> list[tuple[int, S, Decimal, list[tuple[int, Decimal]]]]:
    """(id, state, total, [(position, quantity)]) of each order; the books agree."""
    with house.read() as db:
        assert reconcile(db) == []
        x = OrderLineRow
        return [
            (o.id, o.state, o.total, [tuple(row) for row in db.execute(            # type: ignore[misc]
                select(x.position, x.quantity).where(x.order_id == o.id).order_by(x.position))])
            for o in db.execute(select(SalesOrderRow).order_by(SalesOrderRow.id)).scalars()]


def test_merged_orders_are_one_with_their_stock_and_part_again_as_they_were(house: Database) -> None:
    before = stands(house)
    merge(house, 2, 3)
    assert stands(house) == [
        (1, S.ACCEPTED, D("57.5"), [(1, 10), (2, 4), (3, 6), (4, 3)]), (2, S.MERGED, 0, []), (3, S.MERGED, 0, [])]
    with house.read() as db:
        assert reserved(db) == 23
    part(house, 1, 2)
    part(house, 1, 3)
    assert stands(house) == before
    with house.read() as db:
        told = db.execute(
            select(OutboxRow.order_id, OutboxRow.kind).where(OutboxRow.channel == Channel.ERP).order_by(OutboxRow.id))
        kinds = [(i, kind.removeprefix("sales_order.")) for i, kind in told]
    assert kinds[3:] == [
        (2, "cancelled"), (3, "cancelled"), (1, "changed"), (2, "created"), (1, "changed"), (3, "created"), (1, "changed")]


def test_a_split_takes_whole_lines_and_parts_with_their_stock_and_money(house: Database) -> None:
    new = split(house, 1, {1: D(4), 2: None})
    assert stands(house)[0] == (1, S.ACCEPTED, D(15), [(1, 6)])
    assert stands(house)[3] == (new, S.ACCEPTED, D(20), [(1, 4), (2, 4)])
    with house.read() as db:
        assert reserved(db) == 23
        origins = db.execute(
            select(OrderLineRow.origin_order_id, OrderLineRow.origin_position).where(OrderLineRow.order_id == new)
            .order_by(OrderLineRow.origin_position)).all()
        assert origins == [(1, 1), (1, 2)]
    part(house, new, 1)
    assert stands(house)[0] == (1, S.ACCEPTED, D(35), [(1, 6), (2, 4), (3, 4)])
    assert stands(house)[3] == (new, S.MERGED, 0, [])


def test_once_goods_are_with_a_warehouse_nothing_is_regrouped(house: Database) -> None:
    merge(house, 2)
    with house.write() as db:
        release_order(db, 1, user="Ann")
        create_fulfilment_orders(db, 1)
    for work in (lambda: part(house, 1, 2), lambda: split(house, 1, {1: None}), lambda: merge(house, 3)):
        with pytest.raises(RegroupRefused, match="goods of SO-000001 have left or are with a warehouse"):
            work()


def test_what_speaks_against_it_is_said_at_once(house: Database) -> None:
    with house.write() as db:
        db.execute(update(SalesOrderRow).where(SalesOrderRow.id == 2).values(ship_to_id=None, currency="USD"))
        place_hold(db, 2, kind=HoldKind.MANUAL, sentence="Wait.", by="Ann")
    with pytest.raises(RegroupRefused, match="SO-000002 is held; SO-000002 has another currency, ship-to address than SO-000001"):
        merge(house, 2)
    with pytest.raises(RegroupRefused, match=r"line 1: only a part of what is open.*line 9 is not there"):
        split(house, 1, {1: D(11), 9: None})
    with pytest.raises(RegroupRefused, match="a line must stay"):
        split(house, 1, {1: None, 2: None})
    with pytest.raises(RegroupRefused, match="no line of SO-000001 came from SO-000003"):
        part(house, 1, 3)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from("msp"), st.integers(1, 6), st.integers(1, 6), st.integers(1, 9)), max_size=6))
def test_whatever_is_merged_split_and_parted_no_unit_and_no_cent_is_lost(
    sqlite_database: Database, steps: list[tuple[str, int, int, int]],
) -> None:
    with sqlite_database.write() as db:
        if not db.execute(select(SalesOrderRow.id)).first():
            shop = open_shop(db, [[30], [30]])
            for lines in ([(0, 10), (1, 4)], [(1, 6)], [(0, 3)]):
                accept_order(db, case_id=open_case(db), case_version=1, draft=draft(shop, lines), approved_by="Ann")
    for kind, a, b, n in steps:
        try:
            with sqlite_database.write() as db:
                if kind == "m":
                    merge_orders(db, a, [b], actor="Ann", reason="x")
                elif kind == "s":
                    split_order(db, a, {b: D(n) if n < 9 else None}, actor="Ann", reason="x")
                else:
                    give_back(db, a, b, actor="Ann", reason="x")
        except Exception as e:
            assert getattr(e, "code", None) in {"regroup_refused", "not_found"}, e
    orders = stands(sqlite_database)
    assert (sum(q for *_, lines in orders for _, q in lines), sum(total for _, _, total, _ in orders)) == (23, D("57.5"))
    with sqlite_database.read() as db:
        assert reserved(db) == 23
