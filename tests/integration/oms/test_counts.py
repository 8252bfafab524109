"""Counts, incoming supply and kits: what is on the shelf holds, and what it does to promises is told."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import select

from models.domain.stock import LocationKind
from models.tables.exceptions import ExceptionRow
from models.tables.inventory import LocationRow, ReservationRow, StockEntryRow, StockLevelRow
from models.tables.items import ItemRow, KitComponentRow
from oms.inventory.count import count
from oms.inventory.ledger import receive
from oms.inventory.reconcile import reconcile
from oms.inventory.supplies import expect, outlook, timeline
from oms.inventory.timeline import first_day
from oms.orders.service import accept_order
from runtime.db import Database
from tests.support.orders import draft, open_case, open_shop, reserved


def test_a_count_below_what_is_promised_takes_the_newest_promise_back_and_tells(database: Database) -> None:
    with database.write() as db:
        shop = open_shop(db, [[10]])
        for quantity in (6, 4):
            accept_order(db, case_id=open_case(db), case_version=1, draft=draft(shop, [(0, quantity)]), approved_by="Ann")
    place = {"item_id": shop.item_ids[0], "location_id": shop.location_ids[0], "reference": "sheet 1", "actor": "Ann"}
    with database.write() as db:
        first = count(db, counted=Decimal(7), key="c1", **place)
        assert count(db, counted=Decimal(7), key="c1", **place) == first
        assert count(db, counted=Decimal(7), **place) is None
    with database.read() as db:
        assert db.execute(select(ReservationRow.quantity).order_by(ReservationRow.id)).scalars().all() == [6, 1]
        (told,) = db.execute(select(ExceptionRow)).scalars()
        assert (told.code, told.order_id, told.is_blocking) == ("counted_short", 2, False)
        assert told.sentence.startswith("SO-000002 line 1: 3 of WID-1 promised from LOC0 are not there")
        assert reconcile(db) == []


def test_atp_by_date_counts_on_what_is_to_come_until_it_has_come(database: Database) -> None:
    today = date(2031, 3, 1)
    with database.write() as db:
        shop = open_shop(db, [[5]])
        item, place = shop.item_ids[0], shop.location_ids[0]
        order = draft(shop, [(0, 8)])
        accept_order(db, case_id=open_case(db), case_version=1, draft=order, approved_by="Ann")
        for quantity in (Decimal(9), Decimal(10)):
            expect(
                db, item_id=item, location_id=place, quantity=quantity, expected_on=date(2031, 3, 20), reference="PO-1")
        points = timeline(db, item, today=today)
        assert [(p.day.day, p.projected) for p in points] == [(1, -3), (20, 7)]
        assert first_day(points, Decimal(7)) == date(2031, 3, 20)
        receive(db, item_id=item, location_id=place, quantity=Decimal(10), reference="PO-1", actor="Ann")
        assert [(p.day.day, p.promisable) for p in timeline(db, item, today=today)] == [(1, 7)]


def test_what_comes_to_quarantine_is_shown_and_promised_to_nobody(database: Database) -> None:
    today, kept = date(2031, 3, 1), LocationRow(code="QUA", name="Quarantine", kind=LocationKind.QUARANTINE)
    with database.write() as db:
        shop = open_shop(db, [[5]])
        item, place = shop.item_ids[0], shop.location_ids[0]
        db.add(kept)
        db.flush()
        accept_order(db, case_id=open_case(db), case_version=1, draft=draft(shop, [(0, 8)]), approved_by="Ann")
        receive(db, item_id=item, location_id=kept.id, quantity=Decimal(4), reference="PO-0", actor="Ann")
        for reference, to, quantity, day in (("PO-1", kept.id, 6, 10), ("PO-2", place, 7, 20), ("PO-3", place, 7, 25)):
            expect(
                db, item_id=item, location_id=to, quantity=Decimal(quantity), expected_on=date(2031, 3, day), reference=reference)
        seen = outlook(db, item, today=today)
        assert [(p.day.day, p.projected) for p in seen.points] == [(1, -3), (20, 4), (25, 11)]
        assert [(x.due.reference, x.promised, x.due.is_sellable) for x in seen.coming] == [
            ("PO-1", 0, False), ("PO-2", 3, True), ("PO-3", 0, True)]
        assert seen.set_aside == 4


def test_a_kit_is_promised_from_its_components_which_other_lines_want_too(database: Database) -> None:
    with database.write() as db:
        shop = open_shop(db, [[10], [9], [0]])
        one, two, kit = shop.item_ids
        db.execute(ItemRow.__table__.update().where(ItemRow.id == kit).values(is_kit=True))  # type: ignore[attr-defined]
        db.add_all([
            KitComponentRow(kit_id=kit, component_id=one, quantity=Decimal(3)),
            KitComponentRow(kit_id=kit, component_id=two, quantity=Decimal(1))])
        db.flush()
        accept_order(
            db, case_id=open_case(db), case_version=1, draft=draft(shop, [(2, 2), (0, 5), (2, 1)]), approved_by="Ann")
        held = db.execute(select(ReservationRow.item_id, ReservationRow.quantity).order_by(ReservationRow.id)).all()
        assert sorted(tuple(row) for row in held) == sorted([(one, 6), (two, 2), (one, 4)])
        assert reserved(db) == 12
        assert timeline(db, kit)[0].promisable == 0
        assert reconcile(db) == []
        assert db.execute(select(StockLevelRow.reserved).where(StockLevelRow.item_id == one)).scalar_one() == 10
        assert sum(db.execute(select(StockEntryRow.promised)).scalars()) == 12
