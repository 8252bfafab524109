"""Goods that move: the one door through which stock comes, goes and is put elsewhere.

Every function works in the caller's transaction, locks the item's levels first, writes one entry of the ledger and returns its
id. A call that repeats a `key` returns the id of the first and does nothing. Whoever books several items in one transaction
locks them all beforehand with `lock_levels`, so that locks are taken in one order.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.orm import Session

from models.domain.states import ReservationState
from models.domain.stock import STOCKED, Entry, EntryKind, LocationKind, Pick
from models.errors import ConflictError, InputError, NotFound
from models.tables.base import Base
from oms.inventory.entries import insert_entry, repeated
from oms.inventory.levels import lock_levels, use_up
from oms.inventory.lots import move_lot
from oms.inventory.places import virtual
from oms.inventory.supplies import book_receipt, take_back_receipt
from oms.sql import changed, insert_once

_LEVELS, _LOCATIONS, _RESERVATIONS, _ENTRIES, _ITEMS = (
    Base.metadata.tables[name] for name in ("stock_levels", "locations", "reservations", "stock_entries", "items"))
_ZERO = Decimal(0)
_KINDS = select(_LOCATIONS.c.id, _LOCATIONS.c.kind).where(_LOCATIONS.c.id.in_(bindparam("ids", expanding=True)))
_HERE = _LEVELS.c.item_id == bindparam("item"), _LEVELS.c.location_id == bindparam("place")
_OUT = bindparam("out", type_=_LEVELS.c.on_hand.type)
_PROMISE = bindparam("promise", type_=_LEVELS.c.on_hand.type)
_GO = (
    update(_LEVELS).values(on_hand=_LEVELS.c.on_hand - _OUT, reserved=_LEVELS.c.reserved + _PROMISE)
    .where(*_HERE, _LEVELS.c.on_hand - _OUT >= _LEVELS.c.reserved + _PROMISE, _LEVELS.c.reserved + _PROMISE >= _ZERO))
_COME = update(_LEVELS).values(on_hand=_LEVELS.c.on_hand + _OUT).where(*_HERE)
_PROMISED = (
    select(_RESERVATIONS.c.quantity)
    .where(
        _RESERVATIONS.c.order_line_id == bindparam("line"), _RESERVATIONS.c.item_id == bindparam("item"),
        _RESERVATIONS.c.location_id == bindparam("place"), _RESERVATIONS.c.state == ReservationState.ACTIVE))
REVERSIBLE = frozenset({
    EntryKind.RECEIPT, EntryKind.COUNT, EntryKind.ADJUSTMENT, EntryKind.TRANSFER, EntryKind.SCRAP, EntryKind.OPENING})


class BelowReserved(ConflictError):
    """A movement would leave less stock than is promised to orders."""

    code = "below_reserved"


class NotReversible(InputError):
    """An entry that another document has to take back."""

    code = "not_reversible"


def ship(
    db: Session, *, order_line_id: int, item_id: int, location_id: int, quantity: Decimal, reference: str, actor: str,
    lot_id: int | None = None, key: str | None = None,
) -> int:
    """Goods leave for the customer. Uses up what the line has reserved here; anything beyond must be free.

    Raises BelowReserved when it is not there, or promised to others.
    """
    customer = _end(db, item_id, LocationKind.CUSTOMER)
    mine = db.execute(_PROMISED, {"line": order_line_id, "item": item_id, "place": location_id}).one_or_none()
    used = min(mine.quantity, quantity) if mine else _ZERO
    entry = Entry(
        item_id, location_id, customer, EntryKind.SHIPMENT, actor, physical=quantity, promised=-used,
        lot_id=lot_id, order_line_id=order_line_id, reference=reference, key=key)
    before = repeated(db, entry)
    if before is not None:
        return before
    if mine and used:
        use_up(db, [Pick(order_line_id, item_id, location_id, used)], ReservationState.CONSUMED)
    return post(db, entry)


def take_back(
    db: Session, *, item_id: int, location_id: int, quantity: Decimal, reference: str, actor: str, lot_id: int | None = None,
    order_line_id: int | None = None, key: str | None = None,
) -> int:
    """Goods come back from a customer, to a shelf or to quarantine. Availability never stands in the way."""
    return post(db, Entry(
        item_id, _end(db, item_id, LocationKind.CUSTOMER), location_id, EntryKind.RETURN, actor, physical=quantity, lot_id=lot_id,
        order_line_id=order_line_id, reference=reference, key=key))


def receive(
    db: Session, *, item_id: int, location_id: int, quantity: Decimal, reference: str, actor: str, lot_id: int | None = None,
    key: str | None = None,
) -> int:
    """Goods come from a supplier; an incoming supply with this reference is lowered by them."""
    entry = Entry(
        item_id, _end(db, item_id, LocationKind.SUPPLIER), location_id, EntryKind.RECEIPT, actor, physical=quantity,
        lot_id=lot_id, reference=reference, key=key)
    before = repeated(db, entry)
    if before is not None:
        return before
    book_receipt(db, item_id=item_id, location_id=location_id, reference=reference, quantity=quantity)
    return post(db, entry)


def move(
    db: Session, *, item_id: int, from_id: int, to_id: int, quantity: Decimal, reference: str, actor: str,
    lot_id: int | None = None, key: str | None = None,
) -> int:
    """A transfer between two places of ours. Raises BelowReserved when the goods are promised to orders."""
    if from_id == to_id:
        raise InputError("A transfer needs two locations; choose another one to move the goods to.", code="same_location")
    return post(db, Entry(
        item_id, from_id, to_id, EntryKind.TRANSFER, actor, physical=quantity, lot_id=lot_id, reference=reference, key=key))


def scrap(
    db: Session, *, item_id: int, location_id: int, quantity: Decimal, reference: str, actor: str, lot_id: int | None = None,
    key: str | None = None,
) -> int:
    """Goods are thrown away. Raises BelowReserved when they are promised to orders."""
    return post(db, Entry(
        item_id, location_id, _end(db, item_id, LocationKind.LOSS), EntryKind.SCRAP, actor, physical=quantity, lot_id=lot_id,
        reference=reference, key=key))


def adjust(
    db: Session, *, item_id: int, location_id: int, quantity: Decimal, reason: str, actor: str, lot_id: int | None = None,
    key: str | None = None,
) -> int:
    """Correct a level by hand: positive comes in. Raises BelowReserved when promised stock would be gone."""
    other = _end(db, item_id, LocationKind.ADJUSTMENT)
    ends = (other, location_id) if quantity > 0 else (location_id, other)
    return post(db, Entry(
        item_id, *ends, EntryKind.ADJUSTMENT, actor, physical=abs(quantity), lot_id=lot_id, reference=reason, key=key))


def reverse(db: Session, entry_id: int, *, actor: str) -> int:
    """Take an entry back by one that names it; a second call returns the first one's id.

    Raises NotFound, NotReversible for entries that orders and shipments stand on, BelowReserved when the goods are needed.
    """
    found = db.execute(select(_ENTRIES).where(_ENTRIES.c.id == entry_id)).one_or_none()
    if found is None:
        raise NotFound(f"There is no stock entry {entry_id}; look for it in the list of entries.")
    if found.kind not in REVERSIBLE:
        raise NotReversible(
            f"Entry {entry_id} is a {found.kind}; it is corrected where it was made: cancel, return or adjust instead.")
    lock_levels(db, [found.item_id])
    done = db.execute(select(_ENTRIES.c.id).where(_ENTRIES.c.reverses_id == entry_id)).scalar_one_or_none()
    if done is not None:
        return int(done)
    if found.kind is EntryKind.RECEIPT:
        take_back_receipt(
            db, item_id=found.item_id, location_id=found.to_id, reference=found.reference, quantity=found.physical)
    return post(db, Entry(
        found.item_id, found.to_id, found.from_id, EntryKind.REVERSAL, actor, physical=found.physical, lot_id=found.lot_id,
        reference=found.reference, reverses_id=entry_id))


def post(db: Session, entry: Entry) -> int:
    """Book one entry that moves goods: levels, lots, ledger. Returns its id; an entry with its key before it is returned instead.

    Raises InputError for a quantity of nothing, an unknown item or location, a lot that is missing or of another item;
    BelowReserved when less than what is promised would stay.
    """
    if not entry.physical > 0:
        raise InputError("A movement of stock needs a quantity above zero.", code="quantity_missing")
    kinds = dict(db.execute(_KINDS, {"ids": [entry.from_id, entry.to_id]}).all())
    item = db.execute(select(_ITEMS.c.sku, _ITEMS.c.tracking, _ITEMS.c.is_kit).where(_ITEMS.c.id == entry.item_id)).one_or_none()
    if item is None or len(kinds) < 2:
        raise NotFound("There is no such item or location; look for it in the list of stock.")
    if item.is_kit:
        raise InputError(f"{item.sku} is a kit and has no stock of its own; book its components.", code="kit_has_no_stock")
    lock_levels(db, [entry.item_id])
    before = repeated(db, entry)
    if before is not None:
        return before
    if kinds[entry.to_id] in STOCKED:
        make_levels(db, [(entry.item_id, entry.to_id)])
    _change_levels(db, entry, kinds, item)
    move_lot(db, entry, item, leaves=kinds[entry.from_id] in STOCKED, arrives=kinds[entry.to_id] in STOCKED)
    return insert_entry(db, entry)


def _end(db: Session, item_id: int, kind: LocationKind) -> int:
    """The location at the other end of a movement; the item's levels are locked first, as everywhere."""
    lock_levels(db, [item_id])
    return virtual(db, kind)


def make_levels(db: Session, keys: list[tuple[int, int]]) -> None:
    """Levels of zero at these (item, location) keys where there are none, in lock order."""
    if keys:
        db.execute(insert_once(db, _LEVELS), [
            {"item_id": i, "location_id": p, "on_hand": _ZERO, "reserved": _ZERO, "safety": _ZERO} for i, p in sorted(keys)])


def _change_levels(db: Session, entry: Entry, kinds: dict[int, LocationKind], item: Row[Any, Any, Any]) -> None:
    level = {"item": entry.item_id, "out": entry.physical}
    if kinds[entry.from_id] in STOCKED and not changed(
            db, _GO, [level | {"place": entry.from_id, "promise": entry.promised}]):
        raise BelowReserved(
            f"Taking {entry.physical:f} of {item.sku} away would leave less than orders were promised, or less than nothing. "
            "Count again, or give promises back first.")
    if kinds[entry.to_id] in STOCKED:
        changed(db, _COME, [level | {"place": entry.to_id}])
