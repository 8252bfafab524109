"""Released orders reach the locations that send them; what cannot be used goes back; new stock is used."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier

import pytest
from sqlalchemy import select, update

from models.domain.order_work import HoldKind, OrderSource
from models.domain.sourcing import Criterion, SourcingRule
from models.domain.states import ReservationState
from models.domain.stock import Tracking
from models.tables.exceptions import ExceptionRow
from models.tables.fulfilment import FulfilmentLineRow, FulfilmentOrderRow
from models.tables.inventory import LocationRow, ReservationRow
from models.tables.items import ItemRow
from models.tables.orders import OrderLineRow
from models.tables.partners import AddressRow
from oms.allocation.rules import NamedRule, drop_rule, set_rule, sourcing_rules
from oms.allocation.service import allocate_order, reallocate_order
from oms.allocation.sweep import Sweep, waiting
from oms.inventory.count import count
from oms.inventory.expiry import expire_promises
from oms.inventory.ledger import receive
from oms.inventory.lots import open_lot
from oms.inventory.reconcile import reconcile
from oms.inventory.supplies import outlook
from oms.orders.changes.plan import EditLine
from oms.orders.changes.service import change_order
from oms.orders.holds import OrderHeld, place_hold
from oms.orders.service import accept_order, release_order
from runtime.clock import now
from runtime.db import Database
from tests.support.orders import Shop, draft, open_case, open_shop, reserved


def released(database: Database, stock: list[list[int]], *quantities: tuple[int, int]) -> tuple[int, Shop]:
    with database.write() as db:
        shop = open_shop(db, stock)
        order = accept_order(db, case_id=open_case(db), case_version=1, draft=draft(shop, quantities), approved_by="Ann")
        release_order(db, order, user="Ann")
        return order, shop


def sent(database: Database) -> list[tuple[int, int, Decimal]]:
    """(location, item, quantity) of all fulfilment orders; the books must be right."""
    with database.read() as db:
        assert reconcile(db) == []
        return [tuple(row) for row in db.execute(
            select(FulfilmentOrderRow.location_id, FulfilmentLineRow.item_id, FulfilmentLineRow.quantity)
            .join(FulfilmentLineRow, FulfilmentLineRow.fulfilment_order_id == FulfilmentOrderRow.id)
            .order_by(FulfilmentOrderRow.id, FulfilmentLineRow.id))]


def test_an_order_is_moved_to_the_one_location_that_has_all_and_the_other_promise_falls(database: Database) -> None:
    order, shop = released(database, [[5, 9], [0, 9]], (0, 5), (1, 5))
    first, second = shop.location_ids
    with database.read() as db:
        assert set(db.execute(select(ReservationRow.location_id)).scalars()) == {first, second}
    with database.write() as db:
        plan = allocate_order(db, order, actor="Ann")
        assert not plan.short and list(plan.why) == [second]
    assert sent(database) == [(second, shop.item_ids[0], 5), (second, shop.item_ids[1], 5)]
    with database.write() as db:
        assert allocate_order(db, order).picks == ()
        assert reserved(db) == 10
        assert db.execute(select(OrderLineRow.allocated)).scalars().all() == [5, 5]
        assert "has" not in db.execute(select(FulfilmentOrderRow.explanation)).scalar_one().split(":")[0]


def test_a_shortage_is_an_exception_until_stock_comes_and_the_sweep_uses_it(database: Database) -> None:
    order, shop = released(database, [[3]], (0, 5))
    sweep = Sweep(database)
    assert sweep.run() == 1
    assert sweep.run() == 0
    with database.read() as db:
        assert [(e.code, e.order_id, e.closed_at) for e in db.execute(select(ExceptionRow)).scalars()] == [
            ("short_stock", order, None)]
    with database.write() as db:
        receive(
            db, item_id=shop.item_ids[0], location_id=shop.location_ids[0], quantity=Decimal(9), reference="PO", actor="Ann")
    assert [sweep.run() for _ in range(3)].count(1) == 1
    assert [quantity for *_, quantity in sent(database)] == [3, 2]
    with database.read() as db:
        assert db.execute(select(ExceptionRow.closed_by)).scalar_one() == "ordermill"


def test_a_held_order_is_left_alone(database: Database) -> None:
    order, _ = released(database, [[9]], (0, 5))
    with database.write() as db:
        place_hold(db, order, kind=HoldKind.MANUAL, sentence="Call them first.", by="Ann")
    with pytest.raises(OrderHeld), database.write() as db:
        allocate_order(db, order)
    assert Sweep(database).run() == 0
    assert sent(database) == []


def test_rules_are_kept_as_data_and_limit_the_parts(database: Database) -> None:
    with database.write() as db:
        set_rule(db, NamedRule(1, "One parcel", True, SourcingRule(max_locations=1)), actor="Ann")
        set_rule(db, NamedRule(1, "One part", True, SourcingRule(max_locations=1)), actor="Ann")
        assert [(r.position, r.name, r.rule.max_locations) for r in sourcing_rules(db)] == [(1, "One part", 1)]
    order, shop = released(database, [[3, 4]], (0, 6))
    with database.write() as db:
        plan = allocate_order(db, order)
        assert sum(plan.short.values()) == 2
        assert "at most 1 may send" in next(iter(plan.why_short.values()))
        assert reserved(db) == 4
        drop_rule(db, 1, actor="Ann")
        assert sourcing_rules(db) == []
    assert sent(database) == [(shop.location_ids[1], shop.item_ids[0], 4)]


def test_the_nearest_location_sends_by_coordinates_and_else_by_postcode(database: Database) -> None:
    where = {"LOC0": ("BT1 1AA", None, None), "LOC1": ("SW1A 1AA", 51.5, -0.12)}
    with database.write() as db:
        set_rule(db, NamedRule(1, "Nearest", True, SourcingRule((Criterion.DISTANCE,), max_km=600)), actor="Ann")
    order, shop = released(database, [[9, 9]], (0, 5))
    with database.write() as db:
        db.execute(update(AddressRow).values(postcode="SW7 2AZ", latitude=51.5, longitude=-0.17))
        for code, (postcode, latitude, longitude) in where.items():
            db.execute(update(LocationRow).where(LocationRow.code == code).values(
                country="GB", postcode=postcode, latitude=latitude, longitude=longitude))
        near = shop.location_ids[1]
        assert "(3 km; nearest by postcode, as not all locations have coordinates: the same postcode area)" in allocate_order(
            db, order).why[near]
        db.execute(update(LocationRow).where(LocationRow.code == "LOC0").values(latitude=54.6, longitude=-5.93))
        assert "its distance (3 km)" in reallocate_order(db, order, reason="Moved.", actor="Ann").why[near]
        db.execute(update(LocationRow).where(LocationRow.code == "LOC1").values(latitude=40.4, longitude=-3.7))
        found = reallocate_order(db, order, reason="Moved.", actor="Ann").why
        assert list(found.values()) == ["LOC0 sends line 1: no other location may send this order (516 km)."]


def test_what_a_count_took_from_a_fulfilment_order_is_reserved_for_it_again_when_stock_comes(database: Database) -> None:
    order, shop = released(database, [[5]], (0, 5))
    item, place = shop.item_ids[0], shop.location_ids[0]
    sweep = Sweep(database)
    assert sweep.run() == 1
    with database.write() as db:
        count(db, item_id=item, location_id=place, counted=Decimal(2), reference="sheet", actor="Ann")
        assert reserved(db) == 2
    with database.write() as db:
        receive(db, item_id=item, location_id=place, quantity=Decimal(9), reference="delivery", actor="Ann")
        assert waiting(db) == [order]
        allocate_order(db, order)
        assert reserved(db) == 5
        assert db.execute(select(ExceptionRow.code).where(ExceptionRow.closed_at.is_(None))).first() is None
    assert sent(database) == [(place, item, 5)]


def test_what_an_order_has_reserved_expires_when_nobody_releases_it_and_is_reserved_again_when_somebody_does(
    database: Database,
) -> None:
    with database.write() as db:
        shop = open_shop(db, [[5]])
        order = accept_order(db, case_id=open_case(db), case_version=1, draft=draft(shop, [(0, 4)]), approved_by="Ann")
    start = now()

    def expire(hours: int) -> int:
        return expire_promises(database, 8, clock=lambda: start + timedelta(hours=hours))

    assert (expire_promises(database, 0), expire(0), expire(7)) == (0, 0, 0)
    assert (expire(9), expire(9)) == (1, 0)
    with database.write() as db:
        assert (reserved(db), reconcile(db)) == (0, [])
        assert db.execute(select(ReservationRow.state)).scalar_one() is ReservationState.EXPIRED
        release_order(db, order, user="Ann")
        allocate_order(db, order)
        assert reserved(db) == 4
    assert expire(99) == 0                              # a released order keeps what it has


def test_the_sweep_looks_only_when_something_happened_or_long_ago(database: Database) -> None:
    order, shop = released(database, [[3]], (0, 5))
    seconds = [0.0]
    sweep = Sweep(database, clock=lambda: seconds[0])
    assert [sweep.run_when_woken() for _ in range(3)] == [1, 0, 0]
    with database.write() as db:                        # stock comes by a door that nobody is told of
        receive(db, item_id=shop.item_ids[0], location_id=shop.location_ids[0], quantity=Decimal(9), reference="x", actor="Ann")
    assert sweep.run_when_woken() == 0
    seconds[0] += 61
    assert sweep.run_when_woken() == 1
    with database.write() as db:
        change_order(db, order, [EditLine(1, quantity=Decimal(6))], actor="Ann", reason="one more")
    assert [sweep.run_when_woken() for _ in range(3)] == [1, 0, 0]


def test_orders_planned_at_once_never_take_more_than_a_location_can_send_in_a_day(database: Database) -> None:
    with database.write() as db:
        shop = open_shop(db, [[5]] * 6)                 # items of their own: no lock of a level parts the planners
        orders = [
            accept_order(db, case_id=open_case(db), case_version=1, draft=draft(shop, [(n, 1)]), approved_by="Ann")
            for n in range(6)]
        for order in orders:
            release_order(db, order, user="Ann")
        db.execute(update(LocationRow).where(LocationRow.id == shop.location_ids[0]).values(capacity_per_day=2))
    together = Barrier(len(orders))

    def plan(order: int) -> None:
        together.wait(240)
        with database.write() as db:
            allocate_order(db, order)

    with ThreadPoolExecutor(len(orders)) as planners:
        list(planners.map(plan, orders))
    assert len(sent(database)) == 2


@pytest.mark.parametrize(("drawn", "held"), [("web", 8), ("shop", 3), (None, 3)])
def test_stock_set_aside_for_a_channel_is_promised_to_its_orders_only(
    database: Database, drawn: str | None, held: int
) -> None:
    with database.write() as db:
        shop = open_shop(db, [[5, 3]])
        db.execute(update(LocationRow).where(LocationRow.id == shop.location_ids[0]).values(channel_pool="web"))
        if drawn:
            set_rule(db, NamedRule(1, "Ours", True, SourcingRule(sources=(OrderSource.CASE,), pool=drawn)), actor="Ann")
        order = accept_order(db, case_id=open_case(db), case_version=1, draft=draft(shop, [(0, 3)]), approved_by="Ann")
        change_order(db, order, [EditLine(1, Decimal(8))], actor="Ann", reason="More of it.")
        assert reserved(db) == held
    with database.read() as db:
        assert reconcile(db) == []


def test_stock_that_expired_does_not_wake_an_order_that_waits_for_stock(database: Database) -> None:
    with database.write() as db:
        shop = open_shop(db, [[0]])
        db.execute(update(ItemRow).values(tracking=Tracking.LOT))
        order = accept_order(db, case_id=open_case(db), case_version=1, draft=draft(shop, [(0, 3)]), approved_by="Ann")
        release_order(db, order, user="Ann")
        item, here = shop.item_ids[0], shop.location_ids[0]
        lot = open_lot(db, item_id=item, code="OLD", expires_on=date(2020, 1, 1))
        receive(db, item_id=item, location_id=here, quantity=Decimal(9), reference="PO", actor="Ann", lot_id=lot)
        assert waiting(db) == []
        fresh = open_lot(db, item_id=item, code="NEW", expires_on=now().date() + timedelta(days=90))
        receive(db, item_id=item, location_id=here, quantity=Decimal(1), reference="PO", actor="Ann", lot_id=fresh)
        assert waiting(db) == [order]


def test_an_item_sold_in_advance_is_promised_for_no_day_before_its_own(database: Database) -> None:
    first = now().date() + timedelta(days=30)
    with database.write() as db:
        shop = open_shop(db, [[5]])
        db.execute(update(ItemRow).values(available_from=first))
        points = outlook(db, shop.item_ids[0]).points
    assert [p.promisable for p in points] == [0, 5] and points[1].day == first
