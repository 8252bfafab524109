"""Stock under lock: levels are read locked, planned on, and changed by conditional updates in the caller's transaction.

Locks are always taken in (item, location) order and before rows that refer to them are inserted: an insert takes a key-share
lock on what its foreign keys name, and asking for a stronger lock afterwards is how two orders deadlock. A reservation is
only changed under the lock of its level.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Date, Select, and_, bindparam, case, or_, select, update
from sqlalchemy.orm import Session

from models.domain.states import ReservationState
from models.domain.stock import SELLABLE, Level, LocationKind, Pick
from models.errors import ConflictError
from models.tables.base import Base
from models.tables.inventory import expired_here
from oms.inventory.entries import insert_promises
from oms.inventory.places import virtual
from oms.inventory.promise import promise_at_once
from oms.sql import add_up
from runtime.clock import now
from runtime.prepared import Prepared, among
from runtime.zone import day_at

K = TypeVar("K")
OURSELVES = "ordermill"
_MOVED = "The stock changed while it was being promised. Try again."
_LEVELS = Base.metadata.tables["stock_levels"]
_LOCATIONS = Base.metadata.tables["locations"]
_RESERVATIONS = Base.metadata.tables["reservations"]


class StockMoved(ConflictError):
    """Stock that was free when it was planned is not free any more."""

    code = "stock_moved"


def _is_level(item_id: object, location_id: object) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return _LEVELS.c.item_id == item_id, _LEVELS.c.location_id == location_id


def _levels(dialect: str) -> Select[Any]:
    is_sellable = and_(or_(*(_LOCATIONS.c.kind == kind for kind in sorted(SELLABLE))), _LOCATIONS.c.is_active)
    return (
        select(
            _LEVELS.c.item_id, _LEVELS.c.location_id, _LEVELS.c.on_hand, _LEVELS.c.reserved, _LEVELS.c.safety,
            _LOCATIONS.c.priority, is_sellable, expired_here(bindparam("today", type_=Date())), _LOCATIONS.c.channel_pool)
        .join(_LOCATIONS, _LOCATIONS.c.id == _LEVELS.c.location_id)
        .where(among(dialect, _LEVELS.c.item_id, "item_ids"))
        .order_by(_LEVELS.c.item_id, _LEVELS.c.location_id))


_UNLOCKED = Prepared(_levels)
_LOCKED = Prepared(lambda dialect: _levels(dialect).with_for_update(key_share=True, of=_LEVELS))
_TAKE = bindparam("take", type_=_LEVELS.c.reserved.type)
_RESERVE = Prepared(
    update(_LEVELS).values(reserved=_LEVELS.c.reserved + _TAKE)
    .where(*_is_level(bindparam("item"), bindparam("place")), _LEVELS.c.on_hand - _LEVELS.c.reserved - _LEVELS.c.safety >= _TAKE)
)
_GIVE_BACK = Prepared(
    update(_LEVELS).values(reserved=_LEVELS.c.reserved - _TAKE)
    .where(*_is_level(bindparam("item"), bindparam("place")), _LEVELS.c.reserved >= _TAKE)
)
_HELD_BY = (_RESERVATIONS.c.order_line_id, _RESERVATIONS.c.item_id, _RESERVATIONS.c.location_id)
_HOLD = Prepared(
    partial(add_up, table=_RESERVATIONS, key=_HELD_BY, state=ReservationState.ACTIVE, expires_at=None),
    "order_line_id", "item_id", "location_id", "quantity")
_SHRINK = Prepared(
    update(_RESERVATIONS)
    .values(
        quantity=_RESERVATIONS.c.quantity - _TAKE,
        state=case((_RESERVATIONS.c.quantity == _TAKE, bindparam("ended", type_=_RESERVATIONS.c.state.type)),
                   else_=_RESERVATIONS.c.state))
    .where(*(column == bindparam(name) for column, name in zip(_HELD_BY, ("line", "item", "place"), strict=True)))
    .where(_RESERVATIONS.c.state == ReservationState.ACTIVE, _RESERVATIONS.c.quantity >= _TAKE)
)


def lock_levels(db: Session, item_ids: Collection[int]) -> list[Level]:
    """All levels of these items, locked until the transaction ends, by item and location id."""
    if not item_ids:
        return []
    return [Level(*row) for row in _LOCKED.rows(db, {"item_ids": sorted(set(item_ids)), "today": day_at(now())})]


def available(db: Session, item_ids: Collection[int]) -> dict[int, Decimal]:
    """Available to promise by item, over all locations, in base units; 0 for an item without stock. Locks nothing."""
    free = dict.fromkeys(item_ids, Decimal(0))
    for level in (Level(*row) for row in _UNLOCKED.rows(db, {"item_ids": sorted(free), "today": day_at(now())})):
        free[level.item_id] += level.available
    return free


def reserve(db: Session, picks: Sequence[Pick], *, actor: str = OURSELVES) -> None:
    """Promise stock to order lines, beside what they hold already.

    Raises StockMoved if a level has not got it free; the caller must roll back then.
    """
    if not picks:
        return
    if db.get_bind().dialect.name == "postgresql":
        levels, is_written = promise_at_once(db, picks, actor)
        if levels != len({(p.item_id, p.location_id) for p in picks}):
            raise StockMoved(_MOVED)
        if not is_written:
            insert_promises(db, picks, virtual(db, LocationKind.CUSTOMER), 1, actor)
        return
    _move_reserved(db, _RESERVE, picks)
    held = _summed(((p.line_id, p.item_id, p.location_id), p.quantity) for p in picks)      # one INSERT raises a row once
    _HOLD.many(db, [
        {"order_line_id": line, "item_id": item, "location_id": place, "quantity": quantity}
        for (line, item, place), quantity in held.items()])
    insert_promises(db, picks, virtual(db, LocationKind.CUSTOMER), 1, actor)


def release(
    db: Session, line_ids: Collection[int], *, at_most: Mapping[int, Decimal] | None = None, actor: str = OURSELVES
) -> dict[int, Decimal]:
    """Give back what these order lines still hold, and no more; with `at_most` (base units by line) only so much of a line, the
    newest promise first. Returns base units by line."""
    mine = _RESERVATIONS.c.order_line_id.in_(line_ids), _RESERVATIONS.c.state == ReservationState.ACTIVE
    lock_levels(db, db.execute(select(_RESERVATIONS.c.item_id).where(*mine)).scalars().all())
    held = db.execute(select(*_HELD_BY, _RESERVATIONS.c.quantity).where(*mine).order_by(_RESERVATIONS.c.id.desc()))
    left = None if at_most is None else dict(at_most)
    picks: list[Pick] = []
    returned: dict[int, Decimal] = defaultdict(Decimal)
    for pick in (Pick(*row) for row in held):
        take = pick.quantity if left is None else min(pick.quantity, left[pick.line_id] - returned[pick.line_id])
        if take > 0:
            picks.append(replace(pick, quantity=take))
            returned[pick.line_id] += take
    give_back(db, picks, actor=actor)
    return {line: quantity for line, quantity in returned.items() if quantity}


def give_back(
    db: Session, picks: Sequence[Pick], *, actor: str = OURSELVES, ended: ReservationState = ReservationState.RELEASED
) -> None:
    """Take back a part of what order lines hold; the caller holds the levels' locks. Raises StockMoved if one holds less."""
    if not picks:
        return
    use_up(db, picks, ended)
    _move_reserved(db, _GIVE_BACK, picks)
    insert_promises(db, picks, virtual(db, LocationKind.CUSTOMER), -1, actor)


def use_up(db: Session, picks: Sequence[Pick], ended: ReservationState) -> None:
    """Lower reservations by so much; those that come to nothing end as `ended`. Their levels are the caller's to change."""
    rows = [{"line": p.line_id, "item": p.item_id, "place": p.location_id, "take": p.quantity, "ended": ended} for p in picks]
    if _SHRINK.many(db, rows) != len(rows):
        raise StockMoved("The stock promised to this order changed at this very moment. Try again.")


def _move_reserved(db: Session, statement: Prepared, picks: Sequence[Pick]) -> None:
    """Run one conditional update for each level, in level order; every one must hit its row."""
    by_level = _summed(((p.item_id, p.location_id), p.quantity) for p in picks)
    rows = [{"item": i, "place": p, "take": by_level[i, p]} for i, p in sorted(by_level)]
    if statement.many(db, rows) != len(rows):
        raise StockMoved(_MOVED)


def _summed(amounts: Iterable[tuple[K, Decimal]]) -> dict[K, Decimal]:
    total: dict[K, Decimal] = defaultdict(Decimal)
    for key, quantity in amounts:
        total[key] += quantity
    return total
