"""What was counted on the shelf becomes the level; promises that cannot be kept any more are taken back and told."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.domain.order_work import ExceptionKind
from models.domain.states import ReservationState
from models.domain.stock import Entry, EntryKind, LocationKind, Pick
from models.errors import InputError
from models.tables.base import Base
from oms.exceptions import open_exception
from oms.inventory.entries import KeyReused
from oms.inventory.ledger import post
from oms.inventory.levels import give_back, lock_levels
from oms.inventory.places import virtual

_RESERVATIONS, _LINES, _ORDERS, _ITEMS, _LOCATIONS, _ENTRIES, _LOT_LEVELS = (
    Base.metadata.tables[name] for name in (
        "reservations", "order_lines", "sales_orders", "items", "locations", "stock_entries", "lot_levels"))
_ZERO = Decimal(0)
COUNTED_SHORT = "counted_short"


def count(
    db: Session, *, item_id: int, location_id: int, counted: Decimal, reference: str, actor: str, lot_id: int | None = None,
    key: str | None = None,
) -> int | None:
    """Set what is here, of the item or of one lot of it, to what was counted; returns the entry's id, None when it was right.

    A count below what is promised takes the newest promises back, and an exception tells it for each line.
    """
    if counted < 0:
        raise InputError("A count is zero or more; count again.", code="out_of_range")
    levels = {level.location_id: level for level in lock_levels(db, [item_id])}
    if key is not None and (before := _repeated(db, key, item_id)) is not None:
        return before
    on_hand = levels[location_id].on_hand if location_id in levels else _ZERO
    difference = counted - (on_hand if lot_id is None else _of_lot(db, lot_id, location_id))
    if not difference:
        return None
    if location_id in levels:
        take_promises_back(db, item_id, location_id, levels[location_id].reserved - on_hand - difference, actor=actor)
    elsewhere = virtual(db, LocationKind.ADJUSTMENT)
    ends = (elsewhere, location_id) if difference > 0 else (location_id, elsewhere)
    return post(db, Entry(
        item_id, *ends, EntryKind.COUNT, actor, physical=abs(difference), lot_id=lot_id, reference=reference, key=key))


def take_promises_back(db: Session, item_id: int, location_id: int, excess: Decimal, *, actor: str) -> None:
    """Take so much of what is promised here back, the newest promise first; its level is locked. Each line opens an exception."""
    r = _RESERVATIONS.c
    held = db.execute(
        select(r.order_line_id, r.item_id, r.location_id, r.quantity)
        .where(r.item_id == item_id, r.location_id == location_id, r.state == ReservationState.ACTIVE).order_by(r.id.desc()))
    picks: list[Pick] = []
    for line, item, place, quantity in held.all() if excess > 0 else ():
        take = min(quantity, excess - sum((p.quantity for p in picks), _ZERO))
        if take > 0:
            picks.append(Pick(line, item, place, take))
    give_back(db, picks, actor=actor)
    _tell(db, picks)


def _tell(db: Session, picks: list[Pick]) -> None:
    lost: dict[tuple[int, int, int], Decimal] = defaultdict(Decimal)
    for p in picks:
        lost[p.line_id, p.item_id, p.location_id] += p.quantity
    for (line, item, place), quantity in lost.items():
        row = db.execute(
            select(_ORDERS.c.id, _ORDERS.c.order_no, _LINES.c.position, _ITEMS.c.sku, _LOCATIONS.c.code)
            .select_from(_LINES).join(_ORDERS, _ORDERS.c.id == _LINES.c.order_id).join(_ITEMS, _ITEMS.c.id == item)
            .join(_LOCATIONS, _LOCATIONS.c.id == place).where(_LINES.c.id == line)).one()
        sentence = (
            f"{row.order_no} line {row.position}: {quantity:f} of {row.sku} promised from {row.code} are not there by the count. "
            "Wait for new stock, offer a substitute, or cancel the rest.")
        open_exception(
            db, kind=ExceptionKind.SHORT_STOCK, key=short_key(line), code=COUNTED_SHORT, sentence=sentence, order_id=row.id,
            item_id=item, location_id=place)


def short_key(line_id: int) -> str:
    """The key of the exception about an order line that stock does not cover."""
    return f"short:line:{line_id}"


def _repeated(db: Session, key: str, item_id: int) -> int | None:
    found = db.execute(select(_ENTRIES.c.id, _ENTRIES.c.kind, _ENTRIES.c.item_id).where(_ENTRIES.c.key == key)).one_or_none()
    if found is None:
        return None
    if (found.kind, found.item_id) != (EntryKind.COUNT, item_id):
        raise KeyReused(f"The key {key} was used for another booking of stock; send this count with a new key.")
    return int(found.id)


def _of_lot(db: Session, lot_id: int, location_id: int) -> Decimal:
    here = _LOT_LEVELS.c.lot_id == lot_id, _LOT_LEVELS.c.location_id == location_id
    return db.execute(select(_LOT_LEVELS.c.on_hand).where(*here)).scalar_one_or_none() or _ZERO
