"""Statements given to the driver as text say the same as through SQLAlchemy."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from models.domain.stock import LocationKind
from models.tables.base import Base
from models.tables.inventory import LocationRow, StockLevelRow
from models.tables.items import ItemRow
from models.tables.work import WorkerRow
from oms.sql import insert_once_on
from runtime.db import Database
from runtime.prepared import Prepared, among

_LEVELS, _LOCATIONS = (Base.metadata.tables[name] for name in ("stock_levels", "locations"))
_PLACE = Prepared(insert(_LOCATIONS).returning(_LOCATIONS.c.id), "code", "name", "kind")
_LEVEL = Prepared(insert(_LEVELS).inline(), "item_id", "location_id", "on_hand")
_LOWER = Prepared(
    update(_LEVELS).values(on_hand=_LEVELS.c.on_hand - bindparam("take", type_=_LEVELS.c.on_hand.type))
    .where(_LEVELS.c.item_id == bindparam("item"), _LEVELS.c.on_hand >= bindparam("take", type_=_LEVELS.c.on_hand.type)))


def _items(database: Database, count: int) -> None:
    with database.write() as db:
        db.execute(insert(ItemRow), [
            {"id": n, "sku": f"A{n}", "sku_folded": f"A{n}", "description": "Bolt", "base_uom": "PCE"}
            for n in range(1, count + 1)])


def test_values_are_converted_and_columns_nobody_gives_have_their_defaults(database: Database) -> None:
    _items(database, 2)
    with database.write() as db:
        place = _PLACE.value(db, {"code": "Q", "name": "Quarantine", "kind": LocationKind.QUARANTINE})
        rows = [{"item_id": n, "location_id": place, "on_hand": Decimal("2.5") * n} for n in (1, 2)]
        assert _LEVEL.many(db, rows) == 2
    with database.read() as db:
        found = db.execute(select(LocationRow)).scalar_one()
        assert (found.kind, found.priority, found.is_active) == (LocationKind.QUARANTINE, 0, True)
        levels = db.execute(select(StockLevelRow.on_hand, StockLevelRow.reserved).order_by(StockLevelRow.item_id)).all()
        assert [tuple(row) for row in levels] == [(Decimal("2.5"), 0), (Decimal(5), 0)]


def test_how_many_rows_were_touched_is_counted_over_all(database: Database) -> None:
    _items(database, 3)
    with database.write() as db:
        place = _PLACE.value(db, {"code": "M", "name": "Main", "kind": LocationKind.OWN})
        _LEVEL.many(db, [{"item_id": n, "location_id": place, "on_hand": n} for n in (1, 2, 3)])
        assert _LOWER.many(db, [{"item": n, "take": Decimal(2)} for n in (1, 2, 3)]) == 2
        assert _LOWER.many(db, []) == 0


def test_what_the_database_refuses_is_told_as_by_any_other_statement(database: Database) -> None:
    with pytest.raises(IntegrityError), database.write() as db:
        _LEVEL.many(db, [{"item_id": 77, "location_id": 77, "on_hand": Decimal(1)}])


def test_an_instant_is_kept_to_the_microsecond(database: Database) -> None:
    table = Base.metadata.tables["workers"]
    at = datetime(2031, 3, 4, 5, 6, 7, 89, tzinfo=UTC)
    with database.write() as db:
        Prepared(insert(table).inline(), *(c.key for c in table.columns if not c.nullable)).one(
            db, {"executor_id": "w", "host": "h", "pid": 1, "started_at": at, "heartbeat_at": at})
    with database.read() as db:
        assert db.execute(select(WorkerRow.heartbeat_at)).scalar_one() == at


def test_rows_are_read_as_their_columns_say(database: Database) -> None:
    _items(database, 4)
    by_items = Prepared(lambda dialect: (
        select(_LEVELS.c.item_id, _LEVELS.c.on_hand, _LOCATIONS.c.kind, _LOCATIONS.c.is_active)
        .join(_LOCATIONS, _LOCATIONS.c.id == _LEVELS.c.location_id).where(among(dialect, _LEVELS.c.item_id, "items"))
        .order_by(_LEVELS.c.item_id)))
    with database.write() as db:
        place = _PLACE.value(db, {"code": "M", "name": "Main", "kind": LocationKind.OWN})
        _LEVEL.many(db, [{"item_id": n, "location_id": place, "on_hand": Decimal("0.25") * n} for n in range(1, 5)])
        assert by_items.rows(db, {"items": [2, 4, 7]}) == [
            (2, Decimal("0.5"), LocationKind.OWN, True), (4, Decimal(1), LocationKind.OWN, True)]
        assert by_items.rows(db, {"items": []}) == []


def test_an_insert_of_many_rows_returns_each_of_them_and_settles_what_is_there(database: Database) -> None:
    _items(database, 250)
    put = Prepared(
        lambda dialect: insert_once_on(dialect, _LEVELS, _LEVELS.c.item_id), "item_id", "location_id", "on_hand")
    with database.write() as db:
        place = _PLACE.value(db, {"code": "M", "name": "Main", "kind": LocationKind.OWN})
        rows = [{"item_id": n, "location_id": place, "on_hand": Decimal(n)} for n in range(1, 251)]
        assert {n for n, in put.returned(db, rows[:120])} == set(range(1, 121))
        assert {n for n, in put.returned(db, rows)} == set(range(121, 251))
        assert put.returned(db, []) == []
    with database.read() as db:
        assert db.execute(select(func.sum(StockLevelRow.on_hand))).scalar_one() == 250 * 251 // 2
