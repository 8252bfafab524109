"""Goods leave: stock moves once, the order's lines follow, the ERP is told. Services; they never commit."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from models.domain.fulfilment import FulfilmentState, ShipmentAction, ShipmentState
from models.domain.outbox import Channel
from models.errors import ConflictError
from models.tables.base import Base
from oms.erp import payload
from oms.fulfilment.lines import project_lines, tell_shipment
from oms.fulfilment.picking import give_back_lots
from oms.fulfilment.shipments import Locked, ShipmentRefused, check_shipment, lock_shipment, move_shipment
from oms.fulfilment.work import finish
from oms.inventory import ledger
from oms.inventory.levels import lock_levels
from oms.outbox import Outbox
from runtime.clock import now

_SHIPMENTS, _LINES, _SHARES, _ITEMS, _LOTS, _PARCELS, _ORDERS, _ORDER_LINES, _LOCATIONS = (
    Base.metadata.tables[name] for name in (
        "shipments", "shipment_lines", "fulfilment_lines", "items", "lots", "parcels", "sales_orders", "order_lines",
        "locations"))


class KeyTaken(ConflictError):
    """The key of a confirmation belongs to another shipment."""

    code = "key_reused"


@dataclass(frozen=True, slots=True)
class Carriage:
    """Who carries a shipment, how, and under which number it can be followed."""

    carrier: str | None = None
    service: str | None = None
    tracking_number: str | None = None


def confirm(
    db: Session, shipment_id: int, *, actor: str, key: str | None = None, by: Carriage | None = None, is_told: bool = False
) -> bool:
    """The goods have left. True: this call booked them; False: they had left before under the same key, nothing was done.

    The ERP is told, unless it is the ERP that told us (`is_told`); what it sent is in parcels of its own.

    Raises ShipmentRefused, NotFound, KeyTaken, BelowReserved when stock is not there to leave.
    """
    locked = lock_shipment(db, shipment_id)
    key = key or f"shipment:{shipment_id}"
    if _is_repeat(db, locked, key):
        return False
    if not is_told:
        check_shipment(db, ShipmentAction.SHIP, locked)
    _check_order(locked)
    by, at, lines = by or Carriage(), now(), _contents(db, shipment_id)
    lock_levels(db, [line.item_id for line in lines])
    give_back_lots(db, shipment_id, locked.fulfilment.location_id)
    _book(db, locked, lines, actor)
    move_shipment(
        db, locked, ShipmentState.SHIPPED, key=key, shipped_at=at, carrier=by.carrier, service=by.service,
        tracking_number=by.tracking_number)
    _advance(db, locked, lines)
    if not is_told:
        _tell_erp(db, locked, by, at, lines)
    tell_shipment(
        db, *locked, "shipped", actor, carrier=by.carrier, tracking_number=by.tracking_number, lines=len(lines))
    finish(db, locked.fulfilment, actor)
    return True


def _is_repeat(db: Session, locked: Locked, key: str) -> bool:
    owner = db.execute(select(_SHIPMENTS.c.id).where(_SHIPMENTS.c.key == key)).scalar_one_or_none()
    if owner is not None and owner != locked.shipment.id:
        raise KeyTaken(f"This key confirmed another shipment; confirm {locked.number} with a key of its own.")
    return owner is not None


def _check_order(locked: Locked) -> None:
    if locked.fulfilment.state != FulfilmentState.IN_PROGRESS:
        raise ShipmentRefused(
            f"{locked.fulfilment.number} is {locked.fulfilment.state}, so {locked.number} must not leave. Void it.")


def _contents(db: Session, shipment_id: int) -> list[Row[Any]]:
    """What is in the shipment, in the order stock is locked in."""
    x, s = _LINES.c, _SHARES.c
    return list(db.execute(
        select(
            x.id, x.fulfilment_line_id, x.quantity, x.lot_id, s.item_id, s.order_line_id, _ITEMS.c.sku, _ORDER_LINES.c.position,
            _LOTS.c.code.label("lot"))
        .join(_SHARES, s.id == x.fulfilment_line_id).join(_ITEMS, _ITEMS.c.id == s.item_id)
        .join(_ORDER_LINES, _ORDER_LINES.c.id == s.order_line_id).outerjoin(_LOTS, _LOTS.c.id == x.lot_id)
        .where(x.shipment_id == shipment_id).order_by(s.item_id, x.id)))


def _book(db: Session, locked: Locked, lines: list[Row[Any]], actor: str) -> None:
    """One entry of the ledger for each line, under a key of its own."""
    for line in lines:
        ledger.ship(
            db, order_line_id=line.order_line_id, item_id=line.item_id, location_id=locked.fulfilment.location_id,
            quantity=line.quantity, lot_id=line.lot_id, reference=locked.number, actor=actor, key=f"shipment-line:{line.id}")


def _advance(db: Session, locked: Locked, lines: list[Row[Any]]) -> None:
    """Raise what is shipped of the fulfilment lines; what goes beyond the line, within tolerance, widens it."""
    gone: dict[int, Decimal] = defaultdict(Decimal)
    for line in lines:
        gone[line.fulfilment_line_id] += line.quantity
    s = _SHARES.c
    for share_id, quantity in sorted(gone.items()):
        row = db.execute(select(_SHARES).where(s.id == share_id)).one()
        shipped = row.shipped + quantity
        db.execute(update(_SHARES).where(s.id == share_id).values(
            shipped=shipped, quantity=max(row.quantity, shipped + row.cancelled)))
    project_lines(db, locked.fulfilment.order_id)


def _tell_erp(db: Session, locked: Locked, by: Carriage, at: datetime, lines: list[Row[Any]]) -> None:
    order_no = db.execute(select(_ORDERS.c.order_no).where(_ORDERS.c.id == locked.fulfilment.order_id)).scalar_one()
    place = db.execute(select(_LOCATIONS.c.code).where(_LOCATIONS.c.id == locked.fulfilment.location_id)).scalar_one()
    parcels = db.execute(
        select(_PARCELS.c.sscc).where(_PARCELS.c.shipment_id == locked.shipment.id).order_by(_PARCELS.c.id)).scalars().all()
    key = f"shipment:{locked.shipment.id}"
    content = payload.shipped(
        key=key, order_no=order_no, shipment_no=locked.number, location=place, shipped_at=at, carrier=by.carrier,
        tracking_number=by.tracking_number, parcels=parcels, lines=[
            {"position": x.position, "sku": x.sku, "quantity": x.quantity, "lot": x.lot}
            for x in sorted(lines, key=lambda x: (x.position, x.id))])
    Outbox(db).add(Channel.ERP, payload.SHIPPED, key, content, order_id=locked.fulfilment.order_id)


def correct_carriage(db: Session, shipment_id: int, by: Carriage, *, actor: str) -> None:
    """Say anew who carried what has left, and under which number; what was said before stays in the audit. No goods move, and the
    ERP is not told again. Raises ShipmentRefused, NotFound."""
    locked = lock_shipment(db, shipment_id)
    check_shipment(db, ShipmentAction.CORRECT, locked)
    before, after = asdict(Carriage(*(getattr(locked.shipment, f.name) for f in fields(Carriage)))), asdict(by)
    if before == after:
        return
    db.execute(update(_SHIPMENTS).where(_SHIPMENTS.c.id == shipment_id).values(after))
    tell_shipment(db, *locked, "corrected", actor, changes=[
        [name, before[name], after[name]] for name in after if before[name] != after[name]])


def void(db: Session, shipment_id: int, *, actor: str, reason: str) -> None:
    """Give a shipment up before it leaves: its goods are still promised to the order. Raises ShipmentRefused, NotFound."""
    locked = lock_shipment(db, shipment_id)
    check_shipment(db, ShipmentAction.VOID, locked)
    give_back_lots(db, shipment_id, locked.fulfilment.location_id)
    move_shipment(db, locked, ShipmentState.VOID)
    tell_shipment(db, *locked, "voided", actor, reason=reason)
