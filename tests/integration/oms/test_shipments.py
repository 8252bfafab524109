"""From the shelf to the customer: picked, packed, gone once, delivered; and what never happens on the way."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.domain.fulfilment import FulfilmentAction, ParcelKind
from models.domain.stock import EntryKind, Tracking
from models.errors import InputError
from models.tables.fulfilment import FulfilmentLineRow, ParcelRow, ShipmentLineRow, ShipmentRow
from models.tables.inventory import LotLevelRow, LotRow, StockEntryRow, StockLevelRow
from models.tables.items import ItemRow
from models.tables.orders import OrderLineRow, SalesOrderRow
from models.tables.outbox import OutboxRow
from models.tables.partners import CustomerRow
from oms.fulfilment.lines import unassigned
from oms.fulfilment.packing import pack, stack
from oms.fulfilment.picking import pick, put_back
from oms.fulfilment.ship import Carriage, KeyTaken, confirm, void
from oms.fulfilment.shipments import ShipmentRefused, deliver, finish_picking, open_shipment, reopen
from oms.fulfilment.sscc import is_sscc
from oms.fulfilment.work import FulfilmentRefused, act
from runtime.db import Database
from tests.support.fulfilment import PREFIX, fulfilment_orders, given, packed, share_ids, state_of
from tests.support.orders import reserved

D = Decimal


def on_hand(db: Session) -> list[tuple[Decimal, Decimal]]:
    """(on hand, reserved) by item and location."""
    rows = db.execute(select(StockLevelRow).order_by(StockLevelRow.item_id, StockLevelRow.location_id)).scalars()
    return [(row.on_hand, row.reserved) for row in rows]


def test_an_order_is_picked_packed_shipped_and_closed(database: Database) -> None:
    (fo,) = fulfilment_orders(database, stock=((60,), (5,)), lines=((0, 10), (1, 5)))
    with database.write() as db:
        shipment = packed(db, fo, 10, 5)
        assert on_hand(db) == [(D(60), D(10)), (D(5), D(5))]
        assert confirm(db, shipment, actor="carl", by=Carriage("Heron Parcel", "Express", "HP1"))
        assert on_hand(db) == [(D(50), D(0)), (D(0), D(0))] and reserved(db) == 0
        assert given(db, 1) == [(D(10), D(10), D(0)), (D(5), D(5), D(0))]
        assert state_of(db, fo)[0] == "closed" and db.get_one(SalesOrderRow, 1).state == "closed"
        row = db.get_one(ShipmentRow, shipment)
        assert (row.number, row.state, row.carrier, row.tracking_number) == ("SH-000001", "shipped", "Heron Parcel", "HP1")
        out = db.execute(select(OutboxRow.payload).where(OutboxRow.kind == "shipment.shipped")).scalar_one()
        assert '"sku":"WID-1","quantity":"10"' in out and '"tracking_number":"HP1"' in out
        deliver(db, shipment, actor="carl")
    with pytest.raises(ShipmentRefused, match="return or an adjustment"), database.write() as db:
        void(db, shipment, actor="carl", reason="Oops.")


def test_what_is_not_shipped_stays_for_a_later_shipment_or_goes_back_to_the_order(database: Database) -> None:
    (fo,) = fulfilment_orders(database)
    with database.write() as db:
        confirm(db, packed(db, fo, 4), actor="carl")
        assert state_of(db, fo)[0] == "in_progress" and given(db, 1) == [(D(10), D(4), D(0))]
        confirm(db, packed(db, fo, 3), actor="carl")
        act(db, fo, FulfilmentAction.CLOSE_INCOMPLETE, actor="carl", note="Three are broken.")
        assert state_of(db, fo)[0] == "incomplete" and given(db, 1) == [(D(7), D(7), D(0))]
        assert reserved(db) == D(3) and unassigned(db, 1) == {(1, 1, 1): D(3)}
        assert db.get_one(SalesOrderRow, 1).state == "released"


def test_a_confirmation_that_is_repeated_moves_nothing_again(database: Database) -> None:
    first, second = fulfilment_orders(database, stock=((6, 60), (0, 60)), lines=((0, 5), (1, 2)))
    with database.write() as db:
        one, two = packed(db, first, 5), packed(db, second, 2)
        assert confirm(db, one, actor="carl", key="K1") and not confirm(db, one, actor="carl", key="K1")
        with pytest.raises(KeyTaken):
            confirm(db, two, actor="carl", key="K1")
    with pytest.raises(ShipmentRefused), database.write() as db:
        confirm(db, one, actor="carl", key="K2")
    with database.read() as db:
        assert db.execute(select(func.count()).where(StockEntryRow.kind == EntryKind.SHIPMENT)).scalar_one() == 1


def test_eight_at_once_ship_it_once(database: Database) -> None:
    (fo,) = fulfilment_orders(database)
    with database.write() as db:
        shipment = packed(db, fo, 10)

    def try_it(_n: int) -> bool:
        with database.write() as db:
            return confirm(db, shipment, actor="carl", key="K")

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(try_it, range(8))) == [False] * 7 + [True]
    with database.read() as db:
        assert on_hand(db) == [(D(50), D(0))]


def test_a_voided_shipment_gives_nothing_away(database: Database) -> None:
    (fo,) = fulfilment_orders(database)
    with database.write() as db:
        shipment = packed(db, fo, 10)
        void(db, shipment, actor="carl", reason="Wrong pallet.")
        assert reserved(db) == D(10) and given(db, 1) == [(D(10), D(0), D(0))]
        assert open_shipment(db, fo, actor="carl") != shipment


def test_while_goods_are_in_hand_the_work_cannot_be_cancelled(database: Database) -> None:
    (fo,) = fulfilment_orders(database)
    with database.write() as db:
        packed(db, fo, 10)
    for action in (FulfilmentAction.CANCEL, FulfilmentAction.CLOSE_INCOMPLETE, FulfilmentAction.OPEN):
        with pytest.raises(FulfilmentRefused, match="SH-000001 is being picked or packed"), database.write() as db:
            act(db, fo, action, actor="anna")


def test_no_more_is_picked_than_the_customer_tolerates_and_the_surplus_widens_the_line(database: Database) -> None:
    (fo,) = fulfilment_orders(database)
    with database.write() as db:
        db.execute(update(CustomerRow).values(over_tolerance=D(25)))
        (share,) = share_ids(db, fo)
        shipment = open_shipment(db, fo, actor="carl")
        pick(db, shipment, share, D(10))
        with pytest.raises(InputError, match="At most 2 more of WID-1"):
            pick(db, shipment, share, D(3))
        pick(db, shipment, share, D(2))
        finish_picking(db, shipment, actor="carl")
        pack(db, shipment, company_prefix=PREFIX, actor="carl")
        confirm(db, shipment, actor="carl")
        line = db.get_one(OrderLineRow, 1)
        assert (line.shipped, line.over_allowed, line.allocated) == (D(12), D(2), D(12))
        assert on_hand(db) == [(D(48), D(0))] and db.get_one(SalesOrderRow, 1).state == "closed"


def tracked(database: Database, tracking: Tracking, lots: Sequence[tuple[str, date | None, int]]) -> int:
    """A fulfilment order for 10 units whose stock of 60 is in lots."""
    (fo,) = fulfilment_orders(database)
    with database.write() as db:
        db.execute(update(ItemRow).values(tracking=tracking))
        for code, expires, quantity in lots:
            lot = LotRow(item_id=1, code=code, expires_on=expires, is_serial=tracking is Tracking.SERIAL)
            db.add(lot)
            db.flush()
            db.add(LotLevelRow(lot_id=lot.id, location_id=1, on_hand=D(quantity)))
    return fo


def levels(db: Session) -> list[tuple[Decimal, Decimal]]:
    """(on hand, held) of the lots."""
    return [(x.on_hand, x.held) for x in db.execute(select(LotLevelRow).order_by(LotLevelRow.lot_id)).scalars()]


def test_lots_that_expire_first_leave_first_and_are_kept_while_picked(database: Database) -> None:
    lots = [("LATE", date(2099, 9, 1), 50), ("SOON", date(2099, 1, 1), 6), ("GONE", date(2020, 1, 1), 4)]
    fo = tracked(database, Tracking.LOT, lots)
    with database.write() as db:
        (share,) = share_ids(db, fo)
        shipment = open_shipment(db, fo, actor="carl")
        lines = pick(db, shipment, share, D(10))
        assert levels(db) == [(D(50), D(4)), (D(6), D(6)), (D(4), D(0))]
        put_back(db, lines[-1])
        assert levels(db) == [(D(50), D(0)), (D(6), D(6)), (D(4), D(0))]
        pick(db, shipment, share, D(4), lot_id=1)
        finish_picking(db, shipment, actor="carl")
        pack(db, shipment, company_prefix=PREFIX, actor="carl")
        confirm(db, shipment, actor="carl")
        assert levels(db) == [(D(46), D(0)), (D(0), D(0)), (D(4), D(0))]


def test_a_serial_number_is_named_and_leaves_once(database: Database) -> None:
    fo = tracked(database, Tracking.SERIAL, [("SN-1", None, 1), ("SN-2", None, 1)])
    with database.write() as db:
        (share,) = share_ids(db, fo)
        shipment = open_shipment(db, fo, actor="carl")
        with pytest.raises(InputError, match="scan the one you take"):
            pick(db, shipment, share, D(1))
        pick(db, shipment, share, D(1), lot_id=2)
    with pytest.raises(Exception, match="not that much of the lot"), database.write() as db:
        pick(db, shipment, share, D(1), lot_id=2)
    with database.write() as db:
        void(db, shipment, actor="carl", reason="Later.")
        assert levels(db) == [(D(1), D(0)), (D(1), D(0))]


def test_goods_are_parted_over_parcels_on_a_pallet_and_unpacked_again(database: Database) -> None:
    (fo,) = fulfilment_orders(database)
    with database.write() as db:
        (share,) = share_ids(db, fo)
        shipment = open_shipment(db, fo, actor="carl")
        (line,) = pick(db, shipment, share, D(10))
        finish_picking(db, shipment, actor="carl")
        first = pack(db, shipment, company_prefix=PREFIX, actor="carl", contents={line: D(4)})
        with pytest.raises(InputError, match="lies loose"):
            pack(db, shipment, company_prefix=PREFIX, actor="carl", contents={line: D(7)})
        assert db.get_one(ShipmentRow, shipment, populate_existing=True).state == "picked"
        second = pack(db, shipment, company_prefix=PREFIX, actor="carl")
        pallet = stack(db, shipment, [first, second], company_prefix=PREFIX, actor="carl")
        rows = db.execute(select(ParcelRow).order_by(ParcelRow.id)).scalars().all()
        assert [(p.kind, p.pallet_id) for p in rows] == [(ParcelKind.PARCEL, pallet)] * 2 + [(ParcelKind.PALLET, None)]
        assert all(is_sscc(p.sscc) and p.sscc[1:8] == PREFIX for p in rows) and len({p.sscc for p in rows}) == 3
        contents = db.execute(select(ShipmentLineRow.parcel_id, ShipmentLineRow.quantity).order_by(ShipmentLineRow.id)).all()
        assert sorted(tuple(x) for x in contents) == [(first, D(4)), (second, D(6))]
        reopen(db, shipment, actor="carl")
        reopen(db, shipment, actor="carl")
        assert db.get_one(ShipmentRow, shipment, populate_existing=True).state == "draft"


def test_a_line_of_another_order_is_not_picked(database: Database) -> None:
    first, second = fulfilment_orders(database, stock=((6, 60), (0, 60)), lines=((0, 5), (1, 2)))
    with pytest.raises(Exception, match="has no line"), database.write() as db:
        shipment = open_shipment(db, first, actor="carl")
        pick(db, shipment, share_ids(db, second)[0], D(1))


def test_the_row_itself_refuses_more_than_there_is(database: Database) -> None:
    (fo,) = fulfilment_orders(database)
    with pytest.raises(IntegrityError), database.write() as db:
        values: dict[str, Any] = {"shipped": D(11)}
        db.execute(update(FulfilmentLineRow).where(FulfilmentLineRow.fulfilment_order_id == fo).values(values))
