"""Stock under lock: levels are read locked, planned on, and changed by conditional updates in the caller's transaction.

Locks are always taken in (item, location) order and before rows that refer to them are inserted: an insert takes a key-share
lock on what its foreign keys name, and asking for a stronger lock afterwards is how two orders deadlock.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal

from sqlalchemy import ColumnElement, Update, bindparam, case, select, update
from sqlalchemy.orm import Session

from models.domain.states import ReservationState
from models.domain.stock import Level, Pick
from models.errors import ConflictError
from models.tables.base import Base
from oms.sql import add_up, changed

_LEVELS = Base.metadata.tables["stock_levels"]
_LOCATIONS = Base.metadata.tables["locations"]
_RESERVATIONS = Base.metadata.tables["reservations"]


class StockMoved(ConflictError):
    """Stock that was free when it was planned is not free any more."""

    code = "stock_moved"


def _is_level(item_id: object, location_id: object) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return _LEVELS.c.item_id == item_id, _LEVELS.c.location_id == location_id


_UNLOCKED = (
    select(
        _LEVELS.c.item_id, _LEVELS.c.location_id, _LEVELS.c.on_hand, _LEVELS.c.reserved, _LEVELS.c.safety, _LOCATIONS.c.priority)
    .join(_LOCATIONS, _LOCATIONS.c.id == _LEVELS.c.location_id)
    .where(_LEVELS.c.item_id.in_(bindparam("item_ids", expanding=True)))
    .order_by(_LEVELS.c.item_id, _LEVELS.c.location_id)
)
_LOCKED = _UNLOCKED.with_for_update(key_share=True, of=_LEVELS)
_RESERVE = (
    update(_LEVELS).values(reserved=_LEVELS.c.reserved + bindparam("take", type_=_LEVELS.c.reserved.type))
    .where(*_is_level(bindparam("item"), bindparam("place")))
    .where(_LEVELS.c.on_hand - _LEVELS.c.reserved - _LEVELS.c.safety >= bindparam("take", type_=_LEVELS.c.reserved.type))
)
_HELD_BY = (_RESERVATIONS.c.order_line_id, _RESERVATIONS.c.item_id, _RESERVATIONS.c.location_id)
_TAKE = bindparam("take", type_=_RESERVATIONS.c.quantity.type)
_SHRINK = (
    update(_RESERVATIONS)
    .values(
        quantity=_RESERVATIONS.c.quantity - _TAKE,
        state=case((_RESERVATIONS.c.quantity == _TAKE, ReservationState.RELEASED), else_=ReservationState.ACTIVE))
    .where(*(column == bindparam(name) for column, name in zip(_HELD_BY, ("line", "item", "place"), strict=True)))
    .where(_RESERVATIONS.c.state == ReservationState.ACTIVE, _RESERVATIONS.c.quantity >= _TAKE)
)
_GIVE_BACK = (
    update(_LEVELS).values(reserved=_LEVELS.c.reserved - bindparam("take", type_=_LEVELS.c.reserved.type))
    .where(*_is_level(bindparam("item"), bindparam("place")))
)


def lock_levels(db: Session, item_ids: Collection[int]) -> list[Level]:
    """All levels of these items, locked until the transaction ends, by item and location id."""
    return [Level(*row) for row in db.execute(_LOCKED, {"item_ids": sorted(set(item_ids))})] if item_ids else []


def available(db: Session, item_ids: Collection[int]) -> dict[int, Decimal]:
    """Available to promise by item, over all locations, in base units; 0 for an item without stock. Locks nothing."""
    free = dict.fromkeys(item_ids, Decimal(0))
    for level in db.execute(_UNLOCKED, {"item_ids": sorted(free)}):
        free[level.item_id] += Level(*level).available
    return free


def reserve(db: Session, picks: Sequence[Pick]) -> None:
    """Promise stock to order lines, beside what they hold already.

    Raises StockMoved if a level has not got it free; the caller must roll back then.
    """
    if not picks:
        return
    _move_reserved(db, _RESERVE, ((p.item_id, p.location_id, p.quantity) for p in picks))
    db.execute(add_up(db, _RESERVATIONS, _HELD_BY, state=ReservationState.ACTIVE), [
        {"order_line_id": p.line_id, "item_id": p.item_id, "location_id": p.location_id, "quantity": p.quantity,
         "state": ReservationState.ACTIVE} for p in picks])


def release(db: Session, line_ids: Collection[int]) -> dict[int, Decimal]:
    """Give back what these order lines still hold, and no more. Returns base units by line."""
    lines, active = _RESERVATIONS.c.order_line_id.in_(line_ids), _RESERVATIONS.c.state == ReservationState.ACTIVE
    lock_levels(db, db.execute(select(_RESERVATIONS.c.item_id).where(lines, active)).scalars().all())
    held = db.execute(select(_RESERVATIONS).where(lines, active)).all()
    _move_reserved(db, _GIVE_BACK, ((r.item_id, r.location_id, r.quantity) for r in held))
    db.execute(update(_RESERVATIONS).values(quantity=Decimal(0), state=ReservationState.RELEASED).where(lines, active))
    returned: dict[int, Decimal] = defaultdict(Decimal)
    for r in held:
        returned[r.order_line_id] += r.quantity
    return dict(returned)


def give_back(db: Session, picks: Sequence[Pick]) -> None:
    """Take back a part of what order lines hold; the caller holds the levels' locks. Raises StockMoved if one holds less."""
    rows = [{"line": p.line_id, "item": p.item_id, "place": p.location_id, "take": p.quantity} for p in picks]
    if rows and changed(db, _SHRINK, rows) != len(rows):
        raise StockMoved("The stock promised to this order changed at this very moment. Try again.")
    _move_reserved(db, _GIVE_BACK, ((p.item_id, p.location_id, p.quantity) for p in picks))


def _move_reserved(db: Session, statement: Update, amounts: Iterable[tuple[int, int, Decimal]]) -> None:
    """Run one conditional update for each level, in level order; every one must hit its row."""
    by_level: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for item_id, location_id, quantity in amounts:
        by_level[item_id, location_id] += quantity
    rows = [{"item": i, "place": p, "take": by_level[i, p]} for i, p in sorted(by_level)]
    if rows and changed(db, statement, rows) != len(rows):
        raise StockMoved("The stock changed while it was being promised. Try again.")
