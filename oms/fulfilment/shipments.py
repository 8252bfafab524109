"""Shipments: picked from a fulfilment order, packed, gone, delivered. Services; they never commit.

Order of locks: the sales order's row, stock levels by id, everything under the order, the audit chain last.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import Row, case, func, select, update
from sqlalchemy.orm import Session

from models.domain.fulfilment import SHIPMENT_MOVES, UNSHIPPED, FulfilmentAction, FulfilmentState, ShipmentAction, ShipmentState
from models.domain.moves import RefusedMove, sources
from models.errors import NotFound
from models.tables.base import Base
from oms.fulfilment.decide import ShipmentFacts, shipment_refusal
from oms.fulfilment.lines import lock_order, tell_shipment
from oms.fulfilment.work import act, check, lock_fulfilment
from oms.numbers import insert_numbered
from oms.sql import changed
from runtime.clock import now

S, A = ShipmentState, ShipmentAction
_SHIPMENTS, _LINES, _FULFILMENTS = (
    Base.metadata.tables[name] for name in ("shipments", "shipment_lines", "fulfilment_orders"))


class ShipmentRefused(RefusedMove):
    """A shipment does not take this action now."""

    code = "shipment_refused"


class Locked(NamedTuple):
    """A shipment and its fulfilment order, whose sales order is locked until the transaction ends."""

    shipment: Row[Any]
    fulfilment: Row[Any]

    @property
    def number(self) -> str:
        """The shipment's number."""
        return str(self.shipment.number)


def open_shipment(db: Session, fulfilment_id: int, *, actor: str) -> int:
    """The shipment that is being filled from this fulfilment order: the one there is, or a new draft. Starts the work.

    Raises FulfilmentRefused, NotFound.
    """
    row = lock_fulfilment(db, fulfilment_id)
    c = _SHIPMENTS.c
    there = db.execute(select(c.id).where(c.fulfilment_order_id == fulfilment_id, c.state.in_(UNSHIPPED))).scalar_one_or_none()
    if there is not None:
        return int(there)
    check(db, FulfilmentAction.PICK, fulfilment_id)
    if row.state == FulfilmentState.OPEN:
        act(db, fulfilment_id, FulfilmentAction.START, actor=actor)
    shipment_id, _ = insert_numbered(db, _SHIPMENTS, "SH", {
        "fulfilment_order_id": fulfilment_id, "state": S.DRAFT, "created_at": now(), "created_by": actor})
    tell_shipment(db, *lock_shipment(db, shipment_id), "created", actor)
    return shipment_id


def lock_shipment(db: Session, shipment_id: int) -> Locked:
    """The shipment and its fulfilment order, under the order's lock. Raises NotFound."""
    c, f = _SHIPMENTS.c, _FULFILMENTS.c
    order_id = db.execute(
        select(f.order_id).join(_SHIPMENTS, c.fulfilment_order_id == f.id).where(c.id == shipment_id)).scalar_one_or_none()
    if order_id is None:
        raise NotFound(f"There is no shipment with the id {shipment_id}.")
    lock_order(db, order_id)
    shipment = db.execute(select(_SHIPMENTS).where(c.id == shipment_id)).one()
    return Locked(shipment, db.execute(select(_FULFILMENTS).where(f.id == shipment.fulfilment_order_id)).one())


def shipment_facts(db: Session, shipment_ids: Collection[int]) -> dict[int, ShipmentFacts]:
    """What decides about these shipments."""
    c, x = _SHIPMENTS.c, _LINES.c
    loose = func.sum(case((x.id.is_not(None) & x.parcel_id.is_(None), 1), else_=0))
    rows = db.execute(
        select(c.id, c.number, c.state, func.count(x.id), loose).outerjoin(_LINES, x.shipment_id == c.id)
        .where(c.id.in_(shipment_ids)).group_by(c.id)).all()
    return {row.id: ShipmentFacts(*row[1:]) for row in rows}


def check_shipment(db: Session, action: ShipmentAction, locked: Locked) -> None:
    """Raise ShipmentRefused, saying what to do next, unless the shipment takes the action."""
    if sentence := shipment_refusal(action, shipment_facts(db, [locked.shipment.id])[locked.shipment.id]):
        raise ShipmentRefused(sentence)


def move_shipment(db: Session, locked: Locked, to: ShipmentState, **values: Any) -> None:
    """Compare-and-set the shipment's state."""
    c = _SHIPMENTS.c
    stmt = update(_SHIPMENTS).where(c.id == locked.shipment.id, c.state.in_(sources(SHIPMENT_MOVES, to)))
    if not changed(db, stmt.values(state=to, **values)):
        raise ShipmentRefused(f"Shipment {locked.number} was changed meanwhile. Reload and look again.")


def finish_picking(db: Session, shipment_id: int, *, actor: str) -> None:
    """Nothing more is picked into this shipment. Raises ShipmentRefused, NotFound."""
    locked = lock_shipment(db, shipment_id)
    check_shipment(db, A.FINISH_PICKING, locked)
    move_shipment(db, locked, S.PICKED)
    tell_shipment(db, *locked, "picked", actor)


def reopen(db: Session, shipment_id: int, *, actor: str) -> None:
    """One step back: unpack what is packed, or go on picking. Emptied parcels keep their SSCC, which is never given twice.

    Raises ShipmentRefused, NotFound.
    """
    locked = lock_shipment(db, shipment_id)
    check_shipment(db, A.REOPEN, locked)
    is_packed = locked.shipment.state == S.PACKED
    db.execute(update(_LINES).where(_LINES.c.shipment_id == shipment_id).values(parcel_id=None))
    move_shipment(db, locked, S.PICKED if is_packed else S.DRAFT)
    tell_shipment(db, *locked, "reopened", actor)


def deliver(db: Session, shipment_id: int, *, actor: str) -> None:
    """The customer has it. Raises ShipmentRefused, NotFound."""
    locked = lock_shipment(db, shipment_id)
    check_shipment(db, A.DELIVER, locked)
    move_shipment(db, locked, S.DELIVERED, delivered_at=now())
    tell_shipment(db, *locked, "delivered", actor)
