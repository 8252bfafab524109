"""What somebody chooses for a line that stock does not cover."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.errors import ConflictError, InputError, NotFound
from models.tables.exceptions import ExceptionRow
from oms.exceptions import close_exception
from oms.exceptions.service import STANDING, waive
from oms.fulfilment.lines import lock_order
from oms.inventory.count import short_key
from oms.orders.backorders import tell_backordered
from oms.orders.changes.lines import named_line
from oms.orders.changes.plan import AddLine, CancelLine, Edit
from oms.orders.changes.service import change_order
from oms.orders.repository import Orders


class Shortage(StrEnum):
    """What becomes of a line that stock does not cover."""

    WAIT = "wait"                    # sent when there is stock again
    REPLACE = "replace"              # another item in its place, at the same price
    CANCEL = "cancel"


def decide_shortage(
    db: Session, order_id: int, position: int, choice: Shortage, *, actor: str, reason: str, sku: str | None = None,
) -> None:
    """Choose what becomes of what a line is short of. `sku`: what replaces it, in the same unit at the same price.

    Raises NotFound, ConflictError for a line that is not short, InputError without a reason or substitute, ChangeRefused.
    """
    order = lock_order(db, order_id)
    line = next((x for x in Orders(db).detail(order.order_no).lines if x.position == position), None)
    if line is None:
        raise NotFound(f"Order {order.order_no} has no line {position}; look at the order again.")
    key = short_key(line.id)
    standing = _standing(db, key)
    if line.short <= 0 and (standing is None or choice is not Shortage.WAIT):
        raise ConflictError(f"Line {position} of {order.order_no} is not short of anything any more. Reload.", code="not_short")
    if choice is Shortage.WAIT:
        if standing is None:
            raise ConflictError(f"Line {position} of {order.order_no} waits for stock already.", code="waits_already")
        waive(db, standing, user=actor, reason=reason)
        tell_backordered(db, order_id, actor=actor)
        return
    short = line.short * line.quantity / line.base_quantity
    edits: list[Edit] = [CancelLine(position, short)]
    if choice is Shortage.REPLACE:
        if not (sku or "").strip():
            raise InputError("Say which item is sent in its place.", code="substitute_missing")
        other = named_line(
            db, sku=sku or "", quantity=short, uom=line.uom, unit_price=line.unit_price, currency=order.currency,
            requested_date=line.requested_date)
        edits.append(AddLine(other, instead_of=position))
    change_order(db, order_id, edits, actor=actor, reason=reason)
    close_exception(db, key=key, by=actor, resolution=reason)


def _standing(db: Session, key: str) -> int | None:
    found: int | None = db.execute(select(ExceptionRow.id).where(
        ExceptionRow.key == key, ExceptionRow.state.in_(STANDING))).scalar_one_or_none()
    return found
