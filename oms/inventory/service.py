"""Stock as people change it: one movement, or a table of counts whose differences are booked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from models.domain.stock import Level
from models.errors import InputError
from models.tables.base import Base
from oms.imports import item_ids
from oms.inventory.levels import lock_levels
from oms.sql import changed, insert_once
from runtime.clock import now
from runtime.db import Database
from runtime.imports import UNWATCHED, ImportReport, Outcome, Tally, Watch, in_batches, opened, parse_rows
from runtime.tabular import Row, decimal_of, need

BATCH = 2_000
_LEVELS, _LOCATIONS, _MOVEMENTS = (Base.metadata.tables[name] for name in ("stock_levels", "locations", "stock_movements"))
_SET_LEVEL = (
    update(_LEVELS).values(on_hand=bindparam("counted"), safety=bindparam("kept"))
    .where(_LEVELS.c.item_id == bindparam("item"), _LEVELS.c.location_id == bindparam("place")))


class BelowReserved(InputError):
    """A change would leave less stock than is promised to orders."""

    code = "below_reserved"


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


def adjust(db: Session, *, item_id: int, location_id: int, quantity: Decimal, reason: str, reference: str | None = None) -> None:
    """Book one physical change (positive comes in) and its level. Raises BelowReserved when promised stock would be gone."""
    zero = Decimal(0)
    db.execute(insert_once(db, _LEVELS), {
        "item_id": item_id, "location_id": location_id, "on_hand": zero, "reserved": zero, "safety": zero})
    after = _LEVELS.c.on_hand + bindparam("change", quantity, type_=_LEVELS.c.on_hand.type)
    here, enough = (_LEVELS.c.item_id == item_id, _LEVELS.c.location_id == location_id), after >= _LEVELS.c.reserved
    if not changed(db, update(_LEVELS).values(on_hand=after).where(*here, enough)):
        raise BelowReserved(
            f"Taking {-quantity} away would leave less than orders were promised. Cancel orders for this item first.")
    db.execute(insert(_MOVEMENTS), {
        "item_id": item_id, "location_id": location_id, "quantity": quantity, "reason": reason, "reference": reference,
        "at": now()})


def import_stock(db: Database, rows: Iterable[Row], watch: Watch = UNWATCHED) -> ImportReport:
    """Set levels to what was counted. Columns: location, sku, on_hand, safety (optional); unknown locations are made.

    Refused, with the rest going in: unknown items, numbers that are none, a second row for the same place, and counts below
    what orders were promised. Raises InputError for a table that lacks a column.
    """
    tally = Tally(watch)
    _, rest = opened(rows, "location", "sku", "on_hand")
    first: dict[tuple[str, str], int] = {}
    for batch in in_batches(parse_rows(rest, _parse, tally), tally, BATCH):
        counts = [replace(count, line=line) for line, count in batch]
        with db.write() as session:
            _store(session, [c for c in counts if _is_first(c, first, tally)], tally)
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


def _store(db: Session, counts: Sequence[Count], tally: Tally) -> None:
    items, places = item_ids(db, (c.sku for c in counts)), _location_ids(db, {c.location for c in counts if c.location})
    for c in counts:
        if c.sku not in items:
            tally.refuse(c.line, InputError(f"There is no item {c.sku}; import items first.", code="unknown_item"))
    known = {(items[c.sku], places[c.location]): c for c in counts if c.sku in items}
    fresh = _make_missing(db, sorted(known))
    locked = {(x.item_id, x.location_id): x for x in lock_levels(db, [item for item, _ in known])}
    levels = [_Level(count, locked[key]) for key, count in sorted(known.items())]
    good = [x for x in levels if x.count.on_hand >= x.level.reserved]
    for x in levels:
        if x.count.on_hand < x.level.reserved:
            tally.refuse(x.count.line, _promised(x))
    _write(db, [x for x in good if x.is_new])
    for x in good:
        is_fresh = (x.level.item_id, x.level.location_id) in fresh
        tally.count([Outcome.ADDED if is_fresh else Outcome.CHANGED if x.is_new else Outcome.UNCHANGED])
        _tell(x, tally, is_fresh=is_fresh)


def _tell(x: _Level, tally: Tally, *, is_fresh: bool) -> None:
    key = f"{x.count.location} {x.count.sku}"
    if is_fresh:
        tally.note(Outcome.ADDED, key)
        return
    for name, before, after in (("on_hand", x.level.on_hand, x.count.on_hand), ("safety", x.level.safety, x.safety)):
        if before != after:
            tally.note(Outcome.CHANGED, key, name, before, after)


def _make_missing(db: Session, keys: Sequence[tuple[int, int]]) -> set[tuple[int, int]]:
    """Levels of zero where there are none yet, in lock order; returns which."""
    stmt = select(_LEVELS.c.item_id, _LEVELS.c.location_id).where(_LEVELS.c.item_id.in_({item for item, _ in keys}))
    there = {(item, place) for item, place in db.execute(stmt)}
    missing = [key for key in keys if key not in there]
    zero = Decimal(0)
    if missing:
        db.execute(insert_once(db, _LEVELS), [
            {"item_id": i, "location_id": p, "on_hand": zero, "reserved": zero, "safety": zero} for i, p in missing])
    return set(missing)


def _write(db: Session, levels: Sequence[_Level]) -> None:
    """Set the levels and book the differences."""
    moved = [x for x in levels if x.count.on_hand != x.level.on_hand]
    if levels:
        db.execute(_SET_LEVEL, [
            {"item": x.level.item_id, "place": x.level.location_id, "counted": x.count.on_hand, "kept": x.safety}
            for x in levels])
    if moved:
        at = now()
        db.execute(insert(_MOVEMENTS), [{
            "item_id": x.level.item_id, "location_id": x.level.location_id, "quantity": x.count.on_hand - x.level.on_hand,
            "reason": "count", "reference": None, "at": at} for x in moved])


def _promised(x: _Level) -> InputError:
    return InputError(
        f"{x.count.sku} at {x.count.location}: {x.count.on_hand:f} counted, but {x.level.reserved:f} are promised to orders. "
        "Cancel orders first, or count again.", code="below_reserved")


def _location_ids(db: Session, codes: set[str]) -> dict[str, int]:
    """Ids by code; unknown locations are made, with their code as name."""
    db.execute(insert_once(db, _LOCATIONS), [{"code": code, "name": code, "priority": 0} for code in sorted(codes)])
    return dict(db.execute(select(_LOCATIONS.c.code, _LOCATIONS.c.id).where(_LOCATIONS.c.code.in_(codes))).all())
