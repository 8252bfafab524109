"""Goods come, go and are put elsewhere: the ledger has every step, a repeat does nothing, promises are kept."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from models.domain.stock import LocationKind, Pick, Tracking
from models.errors import ConflictError, InputError
from models.tables.inventory import IncomingSupplyRow, LocationRow, StockEntryRow, StockLevelRow
from models.tables.items import ItemRow
from models.tables.orders import OrderLineRow
from oms.inventory import ledger
from oms.inventory.ledger import BelowReserved, NotReversible
from oms.inventory.levels import available, release, reserve
from oms.inventory.lots import LotShort, open_lot, propose_lots
from oms.inventory.reconcile import reconcile
from oms.orders.service import accept_order
from runtime.db import Database
from tests.support.orders import Shop, draft, open_case, open_shop, reserved


def shop_with_order(database: Database, stock: int, ordered: int) -> tuple[Shop, int]:
    with database.write() as db:
        shop = open_shop(db, [[stock, 0]])
        accept_order(db, case_id=open_case(db), case_version=1, draft=draft(shop, [(0, ordered)]), approved_by="Ann")
        return shop, db.execute(select(OrderLineRow.id)).scalar_one()


def levels(database: Database) -> list[tuple[Decimal, Decimal]]:
    with database.read() as db:
        assert reconcile(db) == []
        rows = db.execute(select(StockLevelRow.on_hand, StockLevelRow.reserved).order_by(StockLevelRow.location_id))
        return [(row.on_hand, row.reserved) for row in rows]


def test_goods_that_leave_use_up_the_promise_once(database: Database) -> None:
    shop, line = shop_with_order(database, 10, 8)
    for key in ("a", "a", "b"):
        with database.write() as db:
            ledger.ship(
                db, order_line_id=line, item_id=shop.item_ids[0], location_id=shop.location_ids[0], quantity=Decimal(3),
                reference="SH-1", actor="Ann", key=key)
    assert levels(database) == [(4, 2)]
    with database.write() as db:
        assert release(db, [line]) == {line: 2}
        assert release(db, [line]) == {}
    assert levels(database) == [(4, 0)]


def test_more_than_was_promised_may_leave_only_if_it_is_free(database: Database) -> None:
    shop, line = shop_with_order(database, 10, 8)
    with database.write() as db:
        other = accept_order(db, case_id=open_case(db), case_version=1, draft=draft(shop, [(0, 1)]), approved_by="Ann")
    assert other
    goods = {"item_id": shop.item_ids[0], "location_id": shop.location_ids[0], "reference": "SH-1", "actor": "Ann"}
    with pytest.raises(BelowReserved), database.write() as db:
        ledger.ship(db, order_line_id=line, quantity=Decimal(10), **goods)
    with database.write() as db:
        ledger.ship(db, order_line_id=line, quantity=Decimal(9), **goods)
    assert levels(database) == [(1, 1)]


def test_what_comes_back_is_never_refused_and_scrap_and_transfers_keep_promises(database: Database) -> None:
    shop, line = shop_with_order(database, 10, 10)
    item, (here, there) = shop.item_ids[0], shop.location_ids
    with database.write() as db:
        ledger.take_back(
            db, item_id=item, location_id=there, quantity=Decimal(2), reference="RMA-1", actor="Ann", order_line_id=line)
    for work in (
        lambda db: ledger.scrap(db, item_id=item, location_id=here, quantity=Decimal(1), reference="x", actor="Ann"),
        lambda db: ledger.move(
            db, item_id=item, from_id=here, to_id=there, quantity=Decimal(1), reference="x", actor="Ann"),
        lambda db: ledger.adjust(db, item_id=item, location_id=here, quantity=Decimal(-1), reason="x", actor="Ann"),
    ):
        with pytest.raises(BelowReserved), database.write() as db:
            work(db)
    with database.write() as db:
        ledger.move(db, item_id=item, from_id=there, to_id=here, quantity=Decimal(1), reference="T", actor="Ann")
        ledger.scrap(db, item_id=item, location_id=there, quantity=Decimal(1), reference="broken", actor="Ann")
    assert levels(database) == [(11, 10), (0, 0)]


def test_a_reversal_names_its_entry_and_happens_once(database: Database) -> None:
    shop, line = shop_with_order(database, 10, 4)
    item, (here, there) = shop.item_ids[0], shop.location_ids
    with database.write() as db:
        moved = ledger.move(db, item_id=item, from_id=here, to_id=there, quantity=Decimal(5), reference="T", actor="Ann")
        first = ledger.reverse(db, moved, actor="Bob")
        assert ledger.reverse(db, moved, actor="Bob") == first
        shipped = ledger.ship(
            db, order_line_id=line, item_id=item, location_id=here, quantity=Decimal(1), reference="SH", actor="Ann")
    assert levels(database) == [(9, 3), (0, 0)]
    for entry in (shipped, first):
        with pytest.raises(NotReversible), database.write() as db:
            ledger.reverse(db, entry, actor="Bob")


def test_a_receipt_closes_the_supply_it_names_and_a_reversal_opens_it(database: Database) -> None:
    shop, _ = shop_with_order(database, 1, 1)
    item, place = shop.item_ids[0], shop.location_ids[0]
    with database.write() as db:
        db.add(IncomingSupplyRow(
            item_id=item, location_id=place, quantity=Decimal(20), expected_on=date(2031, 4, 1), reference="PO-7"))
    goods = {"item_id": item, "location_id": place, "reference": "PO-7", "actor": "Ann"}
    with database.write() as db:
        ledger.receive(db, quantity=Decimal(5), key="r1", **goods)
        ledger.receive(db, quantity=Decimal(5), key="r1", **goods)
        rest = ledger.receive(db, quantity=Decimal(15), **goods)
    supply = select(IncomingSupplyRow.received, IncomingSupplyRow.is_closed)
    with database.read() as db:
        assert db.execute(supply).one() == (20, True)
    with database.write() as db:
        ledger.reverse(db, rest, actor="Ann")
    with database.read() as db:
        assert db.execute(supply).one() == (5, False)
    with pytest.raises(ConflictError, match="r1"), database.write() as db:
        ledger.receive(db, quantity=Decimal(6), key="r1", **goods)


def test_stock_in_quarantine_is_counted_but_not_promised(database: Database) -> None:
    shop, _ = shop_with_order(database, 5, 5)
    with database.write() as db:
        place = LocationRow(code="Q", name="Quarantine", kind=LocationKind.QUARANTINE)
        db.add(place)
        db.flush()
        ledger.take_back(
            db, item_id=shop.item_ids[0], location_id=place.id, quantity=Decimal(3), reference="RMA", actor="Ann")
    with database.read() as db:
        assert available(db, shop.item_ids) == {shop.item_ids[0]: 0}
        assert reconcile(db) == []


def tracked(database: Database, tracking: Tracking) -> tuple[int, tuple[int, ...]]:
    with database.write() as db:
        shop = open_shop(db, [[0, 0]])
        db.execute(ItemRow.__table__.update().values(tracking=tracking))  # type: ignore[attr-defined]
        return shop.item_ids[0], shop.location_ids


def test_lots_leave_first_expired_first_and_never_more_than_there_is(database: Database) -> None:
    item, (here, _) = tracked(database, Tracking.LOT)
    goods = {"item_id": item, "location_id": here, "reference": "D", "actor": "Ann"}
    with pytest.raises(InputError, match="lot"), database.write() as db:
        ledger.receive(db, quantity=Decimal(1), **goods)
    with database.write() as db:
        for code, day, quantity in (("B", date(2031, 9, 1), 5), ("A", date(2031, 6, 1), 4), ("OLD", date(2030, 1, 1), 9)):
            lot = open_lot(db, item_id=item, code=code, expires_on=day)
            ledger.receive(db, quantity=Decimal(quantity), lot_id=lot, **goods)
    with database.write() as db:
        picks = propose_lots(db, item_id=item, location_id=here, quantity=Decimal(6), today=date(2031, 3, 1))
        assert [(p.code, p.quantity) for p in picks] == [("A", 4), ("B", 2)]
        for pick in picks:
            ledger.scrap(db, quantity=pick.quantity, lot_id=pick.lot_id, **goods)
    with pytest.raises(LotShort), database.write() as db:
        ledger.scrap(db, quantity=Decimal(1), lot_id=picks[0].lot_id, **goods)
    assert levels(database) == [(12, 0)]


def test_a_serial_number_is_in_one_place_only(database: Database) -> None:
    item, (here, there) = tracked(database, Tracking.SERIAL)
    with database.write() as db:
        unit = open_lot(db, item_id=item, code="SN-1")
        ledger.receive(db, item_id=item, location_id=here, quantity=Decimal(1), lot_id=unit, reference="D", actor="Ann")
    with pytest.raises(ConflictError, match="SN-1"), database.write() as db:
        ledger.take_back(db, item_id=item, location_id=there, quantity=Decimal(1), lot_id=unit, reference="R", actor="Ann")
    with database.write() as db:
        ledger.move(
            db, item_id=item, from_id=here, to_id=there, quantity=Decimal(1), lot_id=unit, reference="T", actor="Ann")
    assert levels(database) == [(0, 0), (1, 0)]


def test_a_promise_given_back_can_be_made_again_and_part_of_it_returned(database: Database) -> None:
    shop, line = shop_with_order(database, 10, 8)
    with database.write() as db:
        assert release(db, [line], at_most={line: Decimal(3)}) == {line: 3}
        release(db, [line])
        reserve(db, [Pick(line, shop.item_ids[0], shop.location_ids[0], Decimal(4))])
        reserve(db, [Pick(line, shop.item_ids[0], shop.location_ids[0], Decimal(2))])
        assert reserved(db) == 6
        assert sum(db.execute(select(StockEntryRow.promised)).scalars()) == 6
    assert levels(database) == [(10, 6)]
