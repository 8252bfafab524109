"""Locations, kits, lots and supplies from tables: what they make, that a repeat changes nothing, what is refused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from matching.masterdata.records import history
from models.domain.stock import LocationKind, Tracking
from models.errors import ConflictError, InputError
from models.tables.inventory import IncomingSupplyRow, LocationRow, LotLevelRow, StockLevelRow
from models.tables.items import ItemRow, KitComponentRow
from oms.inventory.imports import import_locations, import_lots, import_safety, import_supplies
from oms.inventory.kit_contents import edit_kit, import_kits, parts_of_kit
from oms.inventory.lots import set_tracking
from oms.inventory.reconcile import reconcile
from oms.inventory.repository import item_stock
from oms.orders.service import accept_order
from runtime.db import Database
from runtime.imports import ImportReport
from tests.support.orders import draft, open_case, open_shop


def table(header: str, *rows: str) -> list[Mapping[str, str]]:
    return [dict(zip(header.split(","), row.split(","), strict=True)) for row in rows]


def done(report: ImportReport) -> tuple[int, int, int, list[str]]:
    return report.added, report.changed, report.unchanged, [r.code for r in report.refused]


def test_locations_are_made_and_changed_and_bad_ones_refused(database: Database) -> None:
    with database.write() as db:
        shop = open_shop(db, [[5]])
        accept_order(db, case_id=open_case(db), case_version=1, draft=draft(shop, [(0, 4)]), approved_by="Ann")
    rows = table(
        "code,kind,priority,country,latitude,longitude,capacity_per_day,cost_per_order",
        "NORTH,third_party,3,de,53.55,-9.99,40,2.50",
        "LOC0,quarantine,0,,,,,", "BAD,own,0,DE,91,0,,", "HALF,own,0,,5,,,", "ODD,moon,0,,,,,", "@x,own,0,,,,,")
    assert done(import_locations(database, rows)) == (
        1, 0, 0, ["stock_reserved", "out_of_range", "half_coordinates", "unknown_word", "bad_code"])
    assert done(import_locations(database, rows[:1])) == (0, 0, 1, [])
    assert done(import_locations(database, table("code,priority", "NORTH,9"))) == (0, 1, 0, [])
    with database.read() as db:
        north = db.execute(select(LocationRow).where(LocationRow.code == "NORTH")).scalar_one()
        assert (north.kind, north.priority, north.country, north.latitude, north.longitude, north.capacity_per_day) == (
            LocationKind.THIRD_PARTY, 9, "DE", 53.55, -9.99, 40)


def test_a_kit_is_edited_by_hand_and_is_none_any_more_without_parts(database: Database) -> None:
    with database.write() as db:
        open_shop(db, [[9], [9], [0], [0]])
        edit_kit(db, "WID-3", {"WID-1": Decimal(2), "WID-2": Decimal(1)}, actor="Ann")
        edit_kit(db, "WID-3", {"WID-1": Decimal("2.5")}, actor="Ann")
        assert [(x.sku, x.quantity) for x in parts_of_kit(db, "WID-3")] == [("WID-1", Decimal("2.5"))]
    for kit, parts, code in (("WID-4", {"WID-3": 1}, "nested_kit"), ("WID-4", {"WID-4": 1}, "bad_component"),
                             ("WID-4", {"WID-2": 0}, "bad_component"), ("WID-1", {"WID-4": 1}, "has_stock")):
        with pytest.raises(InputError) as refused, database.write() as db:
            edit_kit(db, kit, {sku: Decimal(n) for sku, n in parts.items()}, actor="Ann")
        assert refused.value.code == code
    with database.write() as db:
        edit_kit(db, "WID-3", {"WID-4": Decimal(1)}, actor="Ann")
    with pytest.raises(InputError, match="is in a kit itself"), database.write() as db:
        edit_kit(db, "WID-4", {"WID-1": Decimal(1)}, actor="Ann")
    with database.write() as db:
        edit_kit(db, "WID-3", {}, actor="Ann")
        assert not parts_of_kit(db, "WID-3") and not db.execute(select(ItemRow.is_kit).where(ItemRow.sku == "WID-3")).scalar_one()
        assert [e.changes[-1].outcome.value for e in history(db, "item:WID-3")] == ["removed", "removed", "removed", "added"]


def test_kits_are_made_of_what_is_no_kit_and_stay_as_they_are_while_orders_want_them(database: Database) -> None:
    with database.write() as db:
        shop = open_shop(db, [[9], [9], [0], [3]])
    header = "kit,component,quantity"
    rows = table(header, "WID-3,WID-1,2", "WID-3,WID-2,1", "WID-4,WID-1,1", "WID-2,WID-2,1", "WID-1,NOPE,1")
    assert done(import_kits(database, rows)) == (1, 0, 0, ["has_stock", "bad_component", "unknown_item"])
    assert done(import_kits(database, rows[:2])) == (0, 0, 1, [])
    with database.write() as db:
        accept_order(db, case_id=open_case(db), case_version=1, draft=draft(shop, [(2, 1)]), approved_by="Ann")
        assert db.get_one(ItemRow, shop.item_ids[2]).is_kit
    assert done(import_kits(database, table(header, "WID-3,WID-1,5"))) == (0, 0, 0, ["kit_in_use"])
    with database.read() as db:
        assert sorted(db.execute(select(KitComponentRow.quantity)).scalars()) == [1, 2]


def test_safety_stock_is_set_without_a_count(database: Database) -> None:
    with database.write() as db:
        open_shop(db, [[8], [5]])
    header = "location,sku,safety"
    rows = table(header, "LOC0,WID-1,3", "LOC0,WID-9,3", "LOC9,WID-1,3", "LOC0,WID-2,-1")
    assert done(import_safety(database, rows)) == (0, 1, 0, ["not_found", "not_found", "out_of_range"])
    assert done(import_safety(database, table(header, "LOC0,WID-1,3.0"))) == (0, 0, 1, [])
    with database.read() as db:
        assert reconcile(db) == []
        stock = item_stock(db, "WID-1")
        assert [(x.on_hand, x.safety, x.available) for x in stock.levels] == [(8, 3, 5)]


def test_lots_are_counted_and_supplies_expected(database: Database) -> None:
    with database.write() as db:
        open_shop(db, [[0], [5]])
        set_tracking(db, "WID-1", Tracking.LOT, actor="Ann")
        with pytest.raises(ConflictError, match="count it to nothing"):
            set_tracking(db, "WID-2", Tracking.LOT, actor="Ann")
    lots = table(
        "location,sku,lot,on_hand,expires_on", "LOC0,WID-1,A,5,2031-05-01", "LOC0,WID-1,B,2,", "LOC0,WID-2,A,1,", "X,WID-1,A,1,")
    assert done(import_lots(database, lots)) == (0, 2, 0, ["lot_not_wanted", "not_found"])
    assert done(import_lots(database, lots[:2])) == (0, 0, 2, [])
    header = "reference,sku,location,quantity,expected_on"
    supplies = table(header, "PO-1,WID-1,LOC0,40,2031-06-01", "PO-1,WID-9,LOC0,40,2031-06-01", "PO-1,WID-1,LOC0,0,2031-06-01")
    assert done(import_supplies(database, supplies)) == (1, 0, 0, ["not_found", "quantity_missing"])
    assert done(import_supplies(database, table(header, "PO-1,WID-1,LOC0,40,2031-06-02"))) == (0, 1, 0, [])
    with database.read() as db:
        assert reconcile(db) == []
        assert sorted(db.execute(select(LotLevelRow.on_hand)).scalars()) == [2, 5]
        assert db.execute(select(StockLevelRow.on_hand).where(StockLevelRow.item_id == 1)).scalar_one() == Decimal(7)
        assert db.execute(select(IncomingSupplyRow.expected_on)).scalar_one() == date(2031, 6, 2)
