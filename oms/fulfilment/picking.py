"""What is taken from the shelf into a shipment, lot by lot. Services; they never commit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.orm import Session

from models.domain.fulfilment import UNSHIPPED, FulfilmentAction, ShipmentAction
from models.domain.stock import Tracking
from models.errors import InputError, NotFound
from models.tables.base import Base
from oms.fulfilment.plan import ZERO, most_to_pick
from oms.fulfilment.shipments import Locked, check_shipment, lock_shipment
from oms.fulfilment.work import check
from oms.inventory.lots import free_lot, hold_lot, propose_lots

_SHIPMENTS, _LINES, _SHARES, _ITEMS, _LOTS, _ORDER_LINES, _ORDERS, _CUSTOMERS = (
    Base.metadata.tables[name] for name in (
        "shipments", "shipment_lines", "fulfilment_lines", "items", "lots", "order_lines", "sales_orders", "customers"))


def pick(
    db: Session, shipment_id: int, share_id: int, quantity: Decimal, *, lot_id: int | None = None,
) -> list[int]:
    """Take so many base units for a line of the fulfilment order; returns the ids of the shipment's lines they went to.

    Of an item that is kept by lot, what expires first is taken unless `lot_id` says otherwise; a serial number is always said.
    Raises ShipmentRefused, FulfilmentRefused, NotFound, LotShort, and InputError for more than may be sent.
    """
    locked = lock_shipment(db, shipment_id)
    check_shipment(db, ShipmentAction.PICK, locked)
    check(db, FulfilmentAction.PICK, locked.fulfilment.id)
    share = _share(db, locked, share_id)
    if not quantity > 0:
        raise InputError("Say how much you take: a number above zero.", code="quantity_missing")
    _check_room(db, share, quantity)
    return [_add(db, locked, share, part, lot) for lot, part in _lots(db, locked, share, quantity, lot_id)]


def find_lot(db: Session, share_id: int, code: str | None) -> int | None:
    """The id of the lot or serial number with this code, of the line's item; None for no code. Raises InputError."""
    if not code:
        return None
    row = db.execute(
        select(_LOTS.c.id).join(_SHARES, _SHARES.c.item_id == _LOTS.c.item_id)
        .where(_SHARES.c.id == share_id, _LOTS.c.code == code)).one_or_none()
    if row is None:
        raise InputError(f"There is no lot {code} of this item; scan the lot on the goods.", code="unknown_lot")
    return int(row.id)


def put_back(db: Session, shipment_line_id: int) -> None:
    """Put a picked line back on the shelf. Raises ShipmentRefused, NotFound."""
    c = _LINES.c
    shipment_id = db.execute(select(c.shipment_id).where(c.id == shipment_line_id)).scalar_one_or_none()
    if shipment_id is None:
        raise NotFound(f"There is no picked line with the id {shipment_line_id}; it was put back already.")
    locked = lock_shipment(db, shipment_id)
    check_shipment(db, ShipmentAction.PICK, locked)
    line = db.execute(select(_LINES).where(c.id == shipment_line_id)).one()
    if line.lot_id is not None:
        free_lot(db, lot_id=line.lot_id, location_id=locked.fulfilment.location_id, quantity=line.quantity)
    db.execute(delete(_LINES).where(c.id == shipment_line_id))


def pick_all(db: Session, shipment_id: int) -> int:
    """Take everything of the fulfilment order that is not in hand yet, first expired first; returns how many lines that were."""
    locked = lock_shipment(db, shipment_id)
    s, c = _SHARES.c, _LINES.c
    picked: dict[int, Decimal] = dict(db.execute(
        select(c.fulfilment_line_id, func.sum(c.quantity)).join(_SHIPMENTS, _SHIPMENTS.c.id == c.shipment_id)
        .where(_SHIPMENTS.c.fulfilment_order_id == locked.fulfilment.id, _SHIPMENTS.c.state.in_(UNSHIPPED))
        .group_by(c.fulfilment_line_id)).all())
    rows = db.execute(
        select(s.id, s.quantity - s.shipped - s.cancelled).where(s.fulfilment_order_id == locked.fulfilment.id).order_by(s.id))
    left = [(share_id, remaining - picked.get(share_id, ZERO)) for share_id, remaining in rows.all()]
    for share_id, quantity in (wanted := [x for x in left if x[1] > 0]):
        pick(db, shipment_id, share_id, quantity)
    return len(wanted)


def give_back_lots(db: Session, shipment_id: int, location_id: int) -> None:
    """The units of lots that are kept for a shipment are free again."""
    c = _LINES.c
    rows = db.execute(
        select(c.lot_id, func.sum(c.quantity)).where(c.shipment_id == shipment_id, c.lot_id.is_not(None))
        .group_by(c.lot_id).order_by(c.lot_id))
    for lot_id, quantity in rows.all():
        free_lot(db, lot_id=lot_id, location_id=location_id, quantity=quantity)


def _share(db: Session, locked: Locked, share_id: int) -> Row[Any]:
    s, i = _SHARES.c, _ITEMS.c
    share = db.execute(
        select(_SHARES, i.sku, i.tracking, _ORDER_LINES.c.base_quantity, _ORDER_LINES.c.over_allowed,
               _ORDER_LINES.c.item_id.label("ordered_id"), _CUSTOMERS.c.over_tolerance)
        .join(_ITEMS, i.id == s.item_id).join(_ORDER_LINES, _ORDER_LINES.c.id == s.order_line_id)
        .join(_ORDERS, _ORDERS.c.id == _ORDER_LINES.c.order_id).join(_CUSTOMERS, _CUSTOMERS.c.id == _ORDERS.c.customer_id)
        .where(s.id == share_id, s.fulfilment_order_id == locked.fulfilment.id)).one_or_none()
    if share is None:
        raise NotFound(f"{locked.fulfilment.number} has no line {share_id}; look at its list of lines.")
    return share


def _check_room(db: Session, share: Row[Any], quantity: Decimal) -> None:
    """Refuse more than is left on the line and what the customer tolerates beyond; parts of kits are never sent beyond."""
    c = _LINES.c
    picked = db.execute(
        select(func.sum(c.quantity)).join(_SHIPMENTS, _SHIPMENTS.c.id == c.shipment_id)
        .where(c.fulfilment_line_id == share.id, _SHIPMENTS.c.state.in_(UNSHIPPED))).scalar_one() or ZERO
    tolerance = share.over_tolerance if share.ordered_id == share.item_id else ZERO
    room = most_to_pick(
        share.quantity - share.shipped - share.cancelled, ordered=share.base_quantity, tolerance=tolerance,
        used=share.over_allowed) - picked
    if quantity > room:
        raise InputError(
            f"At most {max(room, ZERO):f} more of {share.sku} can be taken: the rest of the line, and {tolerance:f} % beyond the "
            "order. Change the order to send more.", code="too_much")


def _lots(
    db: Session, locked: Locked, share: Row[Any], quantity: Decimal, lot_id: int | None
) -> list[tuple[int | None, Decimal]]:
    """The lots the units are of, with how many of each; they are kept for this shipment."""
    place = locked.fulfilment.location_id
    if share.tracking == Tracking.NONE:
        if lot_id is not None:
            raise InputError(f"Units of {share.sku} are not told apart; leave the lot out.", code="lot_not_wanted")
        return [(None, quantity)]
    if lot_id is not None:
        if db.execute(select(_LOTS.c.id).where(_LOTS.c.id == lot_id, _LOTS.c.item_id == share.item_id)).first() is None:
            raise InputError(f"This is no lot of {share.sku}; scan the lot on the goods.", code="unknown_lot")
        chosen = [(lot_id, quantity)]
    elif share.tracking == Tracking.SERIAL:
        raise InputError(f"Every unit of {share.sku} has a serial number; scan the one you take.", code="serial_missing")
    else:
        chosen = [
            (p.lot_id, p.quantity)
            for p in propose_lots(db, item_id=share.item_id, location_id=place, quantity=quantity)]
        if sum((part for _, part in chosen), ZERO) < quantity:
            raise InputError(
                f"There are not {quantity:f} of {share.sku} in lots that have not expired. Scan a lot, or take less.",
                code="lot_missing")
    for lot, part in chosen:
        hold_lot(db, lot_id=lot, location_id=place, quantity=part)
    return list(chosen)


def _add(db: Session, locked: Locked, share: Row[Any], quantity: Decimal, lot_id: int | None) -> int:
    """Into the shipment's line of the same goods, or a new one."""
    c = _LINES.c
    same = db.execute(
        select(c.id, c.quantity).where(
            c.shipment_id == locked.shipment.id, c.fulfilment_line_id == share.id, c.parcel_id.is_(None),
            c.lot_id.is_not_distinct_from(lot_id))).one_or_none()
    if same is not None:
        db.execute(update(_LINES).where(c.id == same.id).values(quantity=same.quantity + quantity))
        return int(same.id)
    return int(db.execute(insert(_LINES).returning(c.id), {
        "shipment_id": locked.shipment.id, "fulfilment_line_id": share.id, "lot_id": lot_id, "quantity": quantity}).scalar_one())
