"""Holds on orders: reasons why one may not go on. Several may stand at once; each is released by somebody, with a reason."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.domain.order_work import HoldKind
from models.domain.states import ENDED_ORDERS
from models.errors import ConflictError, InputError, NotFound
from models.tables.base import Base
from models.tables.orders import OrderHoldRow
from oms.exceptions.service import blocking
from oms.fulfilment.lines import lock_order
from oms.orders.checking.rules import check_may_release
from oms.orders.raised import raise_hold, settle_hold
from oms.sql import changed, insert_once
from runtime.audit import record
from runtime.clock import now

MOST_WORDS = 2_000
_HOLDS = Base.metadata.tables["order_holds"]


class OrderHeld(ConflictError):
    """Something stands in the way of the order; the sentence names all of it."""

    code = "order_held"


def place_hold(db: Session, order_id: int, *, kind: HoldKind, sentence: str, by: str, owner: str | None = None) -> int:
    """Hold an order; returns the hold's id. `owner` is the person or group who decides. Of a kind other than manual one stands at
    most: the same id comes back. It is an exception too, until it is released.

    Raises NotFound, InputError without a reason, ConflictError for an order at its end.
    """
    sentence = worded(sentence, "why the order is held")
    order = lock_order(db, order_id)
    if order.state in ENDED_ORDERS:
        raise ConflictError(f"Order {order.order_no} is {order.state}; there is nothing left to hold.", code="order_ended")
    made: int | None = db.execute(insert_once(db, _HOLDS, returning=_HOLDS.c.id), {
        "order_id": order_id, "kind": kind, "sentence": sentence, "owner": owner or None, "placed_by": by, "placed_at": now(),
    }).scalar_one_or_none()
    if made is None:
        return next(hold.id for hold in standing(db, order_id) if hold.kind is kind)
    raise_hold(db, order_id, made, kind, sentence)
    record(db, actor=by, action="order.held", subject=f"order:{order.order_no}", content={
        "hold": made, "kind": kind, "reason": sentence})
    return made


def release_hold(
    db: Session, hold_id: int, *, by: str, reason: str, is_admin: bool, order_id: int | None = None,
) -> None:
    """Take a hold off (of this order, where one is named). `is_admin`: some kinds are for administrators, see the house's rules.

    Raises NotFound, Forbidden, InputError without a reason, ConflictError when somebody did already.
    """
    reason = worded(reason, "why the hold is released")
    hold = db.get(OrderHoldRow, hold_id)
    if hold is None or order_id not in {None, hold.order_id}:
        raise NotFound(f"There is no hold {hold_id}; reload the order.")
    check_may_release(db, hold.kind, is_admin=is_admin)
    order = lock_order(db, hold.order_id)
    off = {"released_by": by, "released_at": now(), "release_reason": reason}
    if not changed(db, update(_HOLDS).where(_HOLDS.c.id == hold_id, _HOLDS.c.released_at.is_(None)).values(off)):
        raise ConflictError("This hold was released already. Reload to see by whom.", code="hold_released")
    settle_hold(db, hold_id, by=by, reason=reason)
    record(db, actor=by, action="order.hold_released", subject=f"order:{order.order_no}", content={
        "hold": hold_id, "kind": hold.kind, "reason": reason})


def take_back_hold(db: Session, hold_id: int, *, by: str) -> None:
    """Take off a manual hold one has placed oneself, as if it had been a slip. Raises NotFound, ConflictError."""
    hold = db.get(OrderHoldRow, hold_id)
    if hold is None or hold.kind is not HoldKind.MANUAL or hold.placed_by != by:
        raise NotFound("There is no hold of yours to take back; reload the orders.")
    release_hold(db, hold_id, by=by, reason="Taken back.", is_admin=False)


def standing(db: Session, order_id: int) -> list[OrderHoldRow]:
    """The holds that stand on an order, the oldest first."""
    return list(db.execute(
        select(OrderHoldRow).where(OrderHoldRow.order_id == order_id, OrderHoldRow.released_at.is_(None))
        .order_by(OrderHoldRow.id)).scalars())


def check_free(db: Session, order_id: int, order_no: str) -> None:
    """Raise OrderHeld, naming every hold and blocking exception, unless nothing stands in the order's way."""
    stands = [f"hold {hold.id} ({hold.kind}): {hold.sentence}" for hold in standing(db, order_id)]
    stands += [f"exception {e.id}: {e.sentence}" for e in blocking(db, order_id)]
    if stands:
        raise OrderHeld(f"Order {order_no} cannot go on: {' '.join(stands)} Settle these first.")


def worded(text: str, what: str) -> str:
    """The text without blanks around it. Raises InputError when nothing, or too much, is said."""
    text = text.strip()
    if not text or len(text) > MOST_WORDS:
        raise InputError(f"Say in up to {MOST_WORDS:,} characters {what}.", code="reason_missing")
    return text
