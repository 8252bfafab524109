"""Stock as it is counted: a table of counts whose differences are booked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from models.domain.stock import STOCKED, Entry, EntryKind, Level, LocationKind, Tracking
from models.errors import InputError
from models.tables.base import Base
from oms.inventory.count import take_promises_back
from oms.inventory.entries import insert_entries
from oms.inventory.ledger import make_levels
from oms.inventory.levels import lock_levels
from oms.inventory.places import virtual
from oms.orders.backorders import tell_counted_short
from oms.sql import insert_once
from runtime.db import Database
from runtime.imports import UNWATCHED, ImportReport, Outcome, Tally, Watch, in_batches, opened, parse_rows
from runtime.tabular import Row, decimal_of, need

BATCH = 2_000
_LEVELS, _LOCATIONS, _ITEMS = (Base.metadata.tables[name] for name in ("stock_levels", "locations", "items"))
_SET_LEVEL = (
    update(_LEVELS).values(on_hand=bindparam("counted"), safety=bindparam("kept"))
    .where(_LEVELS.c.item_id == bindparam("item"), _LEVELS.c.location_id == bindparam("place")))


@dataclass(frozen=True, slots=True)
class Count:
    """One row: what is on the shelf, in base units. `safety` None leaves it as it is."""

    line: int
    location: str
    sku: str
    on_hand: Decimal
    safety: Decimal | None


@dataclass(frozen=True, slots=True)
class _Level:
    """A count beside the locked level it is about."""

    count: Count
    level: Level

    @property
    def safety(self) -> Decimal:
        return self.level.safety if self.count.safety is None else self.count.safety

    @property
    def is_new(self) -> bool:
        return (self.count.on_hand, self.safety) != (self.level.on_hand, self.level.safety)


def import_stock(db: Database, rows: Iterable[Row], watch: Watch = UNWATCHED) -> ImportReport:
    """Set levels to what was counted. Columns: location, sku, on_hand, safety (optional); unknown locations are made.

    Refused, with the rest going in: unknown items, kits and items kept by lot, numbers that are none, and a second row for
    the same place. A count below what orders were promised takes the newest promises back; an exception tells it. Raises
    InputError for a table that lacks a column.
    """
    tally = Tally(watch)
    _, rest = opened(rows, "location", "sku", "on_hand")
    first: dict[tuple[str, str], int] = {}
    for batch in in_batches(parse_rows(rest, _parse, tally), tally, BATCH):
        counts = [replace(count, line=line) for line, count in batch]
        with db.write() as session:
            _store(session, [c for c in counts if _is_first(c, first, tally)], tally, watch.actor)
    return tally.finish(db, "stock")


def _parse(row: Row) -> Count:
    safety = decimal_of(row, "safety") if row.get("safety", "").strip() else None
    return Count(0, need(row, "location", longest=32), need(row, "sku", longest=64), decimal_of(row, "on_hand"), safety)


def _is_first(count: Count, first: dict[tuple[str, str], int], tally: Tally) -> bool:
    """True for the first count of a place; repeats are refused."""
    before = first.setdefault((count.location, count.sku), count.line)
    if before != count.line:
        tally.refuse(count.line, InputError(
            f"{count.sku} at {count.location} stands in line {before} already; keep one of them.", code="repeated"))
    return before == count.line


def _store(db: Session, counts: Sequence[Count], tally: Tally, actor: str) -> None:
    known = _known(db, counts, tally)
    locked, fresh = _locked(db, sorted(known))
    levels = [_Level(count, locked[key]) for key, count in sorted(known.items())]
    for x in levels:
        take_promises_back(db, x.level.item_id, x.level.location_id, x.level.reserved - x.count.on_hand, actor=actor)
    _write(db, [x for x in levels if x.is_new], actor)
    tell_counted_short(db, [x.level.item_id for x in levels], actor=actor)
    for x in levels:
        is_fresh = (x.level.item_id, x.level.location_id) in fresh
        tally.count([Outcome.ADDED if is_fresh else Outcome.CHANGED if x.is_new else Outcome.UNCHANGED])
        _tell(x, tally, is_fresh=is_fresh)


def _known(db: Session, counts: Sequence[Count], tally: Tally) -> dict[tuple[int, int], Count]:
    """Counts by item and location id; those of items and places that cannot be counted so are refused."""
    items = {row.sku: row for row in db.execute(
        select(_ITEMS.c.sku, _ITEMS.c.id, _ITEMS.c.tracking, _ITEMS.c.is_kit).where(_ITEMS.c.sku.in_({c.sku for c in counts})))}
    places = _location_ids(db, {c.location for c in counts if c.location})
    known: dict[tuple[int, int], Count] = {}
    for c in counts:
        item = items.get(c.sku)
        if item is None:
            tally.refuse(c.line, InputError(f"There is no item {c.sku}; import items first.", code="unknown_item"))
        elif item.is_kit:
            tally.refuse(c.line, InputError(f"{c.sku} is a kit; count its components.", code="kit_has_no_stock"))
        elif item.tracking is not Tracking.NONE:
            tally.refuse(c.line, InputError(f"{c.sku} is kept by lot; count each lot on the stock page.", code="lot_missing"))
        elif places[c.location][1] not in STOCKED:
            tally.refuse(c.line, InputError(f"{c.location} is no place that holds stock; name another.", code="no_stock_here"))
        else:
            known[item.id, places[c.location][0]] = c
    return known


def _tell(x: _Level, tally: Tally, *, is_fresh: bool) -> None:
    key = f"{x.count.location} {x.count.sku}"
    if is_fresh:
        tally.note(Outcome.ADDED, key)
        return
    for name, before, after in (("on_hand", x.level.on_hand, x.count.on_hand), ("safety", x.level.safety, x.safety)):
        if before != after:
            tally.note(Outcome.CHANGED, key, name, before, after)


def _locked(db: Session, keys: Sequence[tuple[int, int]]) -> tuple[dict[tuple[int, int], Level], set[tuple[int, int]]]:
    """The levels at these keys, locked, and which of them were made just now."""
    items = [item for item, _ in keys]
    there = {(x.item_id, x.location_id): x for x in lock_levels(db, items)}
    missing = [key for key in keys if key not in there]
    if missing:
        make_levels(db, missing)
        there = {(x.item_id, x.location_id): x for x in lock_levels(db, items)}
    return there, set(missing)


def _write(db: Session, levels: Sequence[_Level], actor: str) -> None:
    """Set the levels and book the differences."""
    if levels:
        db.execute(_SET_LEVEL, [
            {"item": x.level.item_id, "place": x.level.location_id, "counted": x.count.on_hand, "kept": x.safety}
            for x in levels])
    moved = [x for x in levels if x.count.on_hand != x.level.on_hand]
    if moved:
        elsewhere = virtual(db, LocationKind.ADJUSTMENT)
        insert_entries(db, [_difference(x, elsewhere, actor) for x in moved])


def _difference(x: _Level, elsewhere: int, actor: str) -> Entry:
    more = x.count.on_hand - x.level.on_hand
    ends = (elsewhere, x.level.location_id) if more > 0 else (x.level.location_id, elsewhere)
    return Entry(x.level.item_id, *ends, EntryKind.COUNT, actor, physical=abs(more))


def _location_ids(db: Session, codes: set[str]) -> dict[str, tuple[int, LocationKind]]:
    """Id and kind by code; unknown locations are made, with their code as name."""
    rows = [{"code": code, "name": code, "kind": LocationKind.OWN, "priority": 0, "is_active": True} for code in sorted(codes)]
    if rows:
        db.execute(insert_once(db, _LOCATIONS), rows)
    stmt = select(_LOCATIONS.c.code, _LOCATIONS.c.id, _LOCATIONS.c.kind).where(_LOCATIONS.c.code.in_(codes))
    return {code: (location_id, kind) for code, location_id, kind in db.execute(stmt)}
