"""Lots and serial numbers: what is where, which one leaves first, and that a serial number is in one place only."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, bindparam, func, select, update
from sqlalchemy.orm import Session

from models.domain.stock import Entry, Lot, LotPick, Tracking
from models.errors import ConflictError, InputError, NotFound
from models.tables.base import Base
from oms.inventory.levels import lock_levels
from oms.inventory.plan import first_expired_first
from oms.sql import changed, insert_once
from runtime.audit import record
from runtime.clock import now
from runtime.zone import day_at

_LOTS, _LEVELS, _ITEMS, _STOCK = (Base.metadata.tables[name] for name in ("lots", "lot_levels", "items", "stock_levels"))
_TAKE = bindparam("take", type_=_LEVELS.c.on_hand.type)
_HERE = _LEVELS.c.lot_id == bindparam("lot"), _LEVELS.c.location_id == bindparam("place")
_GO = update(_LEVELS).values(on_hand=_LEVELS.c.on_hand - _TAKE).where(*_HERE, _LEVELS.c.on_hand - _LEVELS.c.held >= _TAKE)
_COME = update(_LEVELS).values(on_hand=_LEVELS.c.on_hand + _TAKE).where(*_HERE)
_HOLD = update(_LEVELS).values(held=_LEVELS.c.held + _TAKE).where(*_HERE, _LEVELS.c.on_hand - _LEVELS.c.held >= _TAKE)
_FREE = update(_LEVELS).values(held=_LEVELS.c.held - _TAKE).where(*_HERE, _LEVELS.c.held >= _TAKE)


class LotShort(ConflictError):
    """A lot has not got, at this place, what is to be taken of it."""

    code = "lot_short"


def open_lot(db: Session, *, item_id: int, code: str, expires_on: date | None = None) -> int:
    """The id of the item's lot or serial number with this code; it is made when it is not known yet.

    Raises InputError for an item whose units are not told apart.
    """
    tracking = db.execute(select(_ITEMS.c.tracking).where(_ITEMS.c.id == item_id)).scalar_one()
    if tracking is Tracking.NONE:
        raise InputError("Units of this item are not told apart; leave the lot out.", code="lot_not_wanted")
    db.execute(insert_once(db, _LOTS), {
        "item_id": item_id, "code": code, "is_serial": tracking is Tracking.SERIAL, "expires_on": expires_on,
        "received_on": day_at(now())})
    return int(db.execute(select(_LOTS.c.id).where(_LOTS.c.item_id == item_id, _LOTS.c.code == code)).scalar_one())


def set_tracking(db: Session, sku: str, tracking: Tracking, *, actor: str) -> None:
    """Say whether units of an item are told apart. Doing it again changes nothing.

    Raises NotFound, InputError for a kit, ConflictError while there is stock, which would be of no lot.
    """
    item = db.execute(select(_ITEMS).where(_ITEMS.c.sku == sku)).one_or_none()
    if item is None:
        raise NotFound(f"There is no item {sku}; look for it in the catalogue.")
    if item.tracking is tracking:
        return
    if item.is_kit:
        raise InputError(f"{sku} is a kit; its components are told apart, or not.", code="kit_has_no_stock")
    lock_levels(db, [item.id])
    if db.execute(select(_STOCK.c.item_id).where(_STOCK.c.item_id == item.id, _STOCK.c.on_hand > 0).limit(1)).first():
        raise ConflictError(
            f"There is stock of {sku}; count it to nothing, then change how it is kept, then count each lot.", code="has_stock")
    db.execute(update(_ITEMS).where(_ITEMS.c.id == item.id).values(tracking=tracking))
    record(db, actor=actor, action="stock.tracking_set", subject=f"item:{sku}", content={"tracking": tracking})


def propose_lots(db: Session, *, item_id: int, location_id: int, quantity: Decimal, today: date | None = None) -> list[LotPick]:
    """Which lots to pick here: what expires first leaves first, and nothing that has expired. May cover less than asked for."""
    rows = db.execute(
        select(_LOTS.c.id, _LOTS.c.code, _LOTS.c.expires_on, _LOTS.c.received_on, _LEVELS.c.on_hand - _LEVELS.c.held)
        .join(_LEVELS, _LEVELS.c.lot_id == _LOTS.c.id)
        .where(_LOTS.c.item_id == item_id, _LEVELS.c.location_id == location_id, _LEVELS.c.on_hand > _LEVELS.c.held))
    return first_expired_first([Lot(*row) for row in rows], quantity, today or day_at(now()))


def hold_lot(db: Session, *, lot_id: int, location_id: int, quantity: Decimal) -> None:
    """Keep picked units of a lot for a shipment that has not left. Raises LotShort."""
    if not changed(db, _HOLD, [{"lot": lot_id, "place": location_id, "take": quantity}]):
        raise LotShort("There is not that much of the lot left here; pick another lot.")


def free_lot(db: Session, *, lot_id: int, location_id: int, quantity: Decimal) -> None:
    """The reverse of `hold_lot`: before shipping the units, or when they are put back. Raises LotShort."""
    if not changed(db, _FREE, [{"lot": lot_id, "place": location_id, "take": quantity}]):
        raise LotShort("That much of the lot was not picked here; look at the pick again.")


def move_lot(db: Session, entry: Entry, item: Row[Any, Any, Any], *, leaves: bool, arrives: bool) -> None:
    """Levels of the entry's lot. `leaves`, `arrives`: whether the two ends are places with stock. `item`: sku, tracking.

    Raises InputError for a lot that is missing, not wanted or of another item; LotShort when it is not there.
    """
    if item.tracking is Tracking.NONE:
        if entry.lot_id is not None:
            raise InputError(f"Units of {item.sku} are not told apart; leave the lot out.", code="lot_not_wanted")
        return
    if entry.lot_id is None:
        noun = "serial number" if item.tracking is Tracking.SERIAL else "lot"
        raise InputError(f"{item.sku} is kept by {noun}; say which {noun} it is.", code="lot_missing")
    lot = db.execute(
        select(_LOTS).where(_LOTS.c.id == entry.lot_id, _LOTS.c.item_id == entry.item_id).with_for_update()).one_or_none()
    if lot is None:
        raise InputError(f"There is no such lot of {item.sku}; look it up in the list of lots.", code="unknown_lot")
    amount = {"lot": lot.id, "take": entry.physical}
    if leaves and not changed(db, _GO, [amount | {"place": entry.from_id}]):
        raise LotShort(f"There is not that much of {item.sku} lot {lot.code} free here; choose another lot, or count it.")
    if arrives:
        _check_serial(db, lot, item, entry.physical)
        db.execute(insert_once(db, _LEVELS), {
            "lot_id": lot.id, "location_id": entry.to_id, "on_hand": Decimal(0), "held": Decimal(0),
            "is_serial": lot.is_serial})
        changed(db, _COME, [amount | {"place": entry.to_id}])


def _check_serial(db: Session, lot: Row[Any], item: Row[Any, Any, Any], arriving: Decimal) -> None:
    """The lot's row is locked, so nobody else brings the same unit meanwhile; the schema would refuse a second one."""
    if not lot.is_serial:
        return
    there = db.execute(select(func.sum(_LEVELS.c.on_hand, type_=_LEVELS.c.on_hand.type)).where(
        _LEVELS.c.lot_id == lot.id)).scalar_one()
    if (there or 0) + arriving > 1:
        raise ConflictError(
            f"The unit of {item.sku} with the serial number {lot.code} is in stock already; check the number.",
            code="serial_in_stock")
