"""Stock as people change it: one movement, or a table of counts whose differences are booked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from models.domain.stock import Level
from models.errors import InputError
from models.tables.base import Base
from oms.imports import in_batches, item_ids, parse_rows
from oms.inventory.levels import lock_levels
from oms.sql import changed, insert_once
from runtime.audit import record
from runtime.clock import now
from runtime.db import Database
from runtime.tabular import ImportReport, Progress, Refused, Row, decimal_of, need, need_columns

BATCH = 1_000
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


def import_stock(db: Database, rows: Iterable[Row], progress: Progress) -> ImportReport:
    """Set levels to what was counted. Columns: location, sku, on_hand, safety (optional); unknown locations are made.

    Refused, with the rest going in: unknown items, numbers that are none, a second row for the same place, and counts below
    what orders were promised.
    """
    refused: list[Refused] = []
    counts = _once(parse_rows(need_columns(rows, "location", "sku", "on_hand"), _parse, refused), refused)
    added = changed = 0
    for batch in in_batches(counts, BATCH):
        with db.write() as session:
            more_added, more_changed = _store(session, batch, refused)
        added, changed = added + more_added, changed + more_changed
        progress(len(batch))
    unchanged = len(counts) - added - changed - sum(1 for r in refused if r.code in {"unknown_item", "below_reserved"})
    if added or changed:
        with db.write() as session:
            content = {"added": added, "changed": changed}
            record(session, actor="import", action="stock.imported", subject="stock", content=content)
    return ImportReport(added, changed, unchanged, tuple(sorted(refused, key=lambda r: r.line)))


def _parse(line: int, row: Row) -> Count:
    safety = decimal_of(row, "safety") if row.get("safety", "").strip() else None
    return Count(line, need(row, "location", longest=32), need(row, "sku", longest=64), decimal_of(row, "on_hand"), safety)


def _once(counts: Iterable[Count], refused: list[Refused]) -> list[Count]:
    """The first count of each place; repeats are refused."""
    first: dict[tuple[str, str], Count] = {}
    for count in counts:
        if first.setdefault((count.location, count.sku), count) is not count:
            before = first[count.location, count.sku].line
            refused.append(Refused(
                count.line, "repeated", f"{count.sku} at {count.location} stands in line {before} already; keep one of them."))
    return list(first.values())


def _store(db: Session, counts: Sequence[Count], refused: list[Refused]) -> tuple[int, int]:
    """(levels added, levels changed)."""
    items, places = item_ids(db, (c.sku for c in counts)), _location_ids(db, {c.location for c in counts})
    refused += [
        Refused(c.line, "unknown_item", f"There is no item {c.sku}; import items first.") for c in counts if c.sku not in items]
    known = {(items[c.sku], places[c.location]): c for c in counts if c.sku in items}
    fresh = _make_missing(db, sorted(known))
    locked = {(x.item_id, x.location_id): x for x in lock_levels(db, [item for item, _ in known])}
    levels = [_Level(count, locked[key]) for key, count in sorted(known.items())]
    refused += [_promised(x) for x in levels if x.count.on_hand < x.level.reserved]
    good = [x for x in levels if x.count.on_hand >= x.level.reserved]
    _write(db, [x for x in good if x.is_new])
    added = sum(1 for x in good if (x.level.item_id, x.level.location_id) in fresh)
    return added, sum(1 for x in good if x.is_new and (x.level.item_id, x.level.location_id) not in fresh)


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


def _promised(x: _Level) -> Refused:
    return Refused(x.count.line, "below_reserved", (
        f"{x.count.sku} at {x.count.location}: {x.count.on_hand:f} counted, but {x.level.reserved:f} are promised to orders. "
        "Cancel orders first, or count again."))


def _location_ids(db: Session, codes: set[str]) -> dict[str, int]:
    """Ids by code; unknown locations are made, with their code as name."""
    db.execute(insert_once(db, _LOCATIONS), [{"code": code, "name": code, "priority": 0} for code in sorted(codes)])
    return dict(db.execute(select(_LOCATIONS.c.code, _LOCATIONS.c.id).where(_LOCATIONS.c.code.in_(codes))).all())
