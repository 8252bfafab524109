"""A fulfilment order on its way: the handshake with the warehouse, holds, cancelling, closing. Services; they never commit.

Order of locks: the sales order's row, then everything under it, the audit chain last.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.orm import Session

from models.domain.fulfilment import (
    FULFILMENT_MOVES,
    LIVE_FULFILMENT,
    REQUEST_MOVES,
    UNSHIPPED,
    FulfilmentAction,
    FulfilmentState,
    RequestState,
)
from models.domain.moves import RefusedMove, sources
from models.errors import NotFound
from models.tables.base import Base
from oms.fulfilment.decide import FulfilmentFacts, refusal, supported_actions
from oms.fulfilment.lines import close_when_done, lock_order, project_lines, tell
from oms.sql import changed
from runtime.clock import now

A = FulfilmentAction
_FULFILMENTS, _SHARES, _HOLDS, _SHIPMENTS, _LOCATIONS = (
    Base.metadata.tables[name]
    for name in ("fulfilment_orders", "fulfilment_lines", "fulfilment_holds", "shipments", "locations"))
_REQUESTS = {
    A.SUBMIT: RequestState.SUBMITTED, A.ACCEPT: RequestState.ACCEPTED, A.REJECT: RequestState.REJECTED,
    A.REQUEST_CANCELLATION: RequestState.CANCELLATION_REQUESTED, A.ACCEPT_CANCELLATION: RequestState.CANCELLATION_ACCEPTED,
    A.REJECT_CANCELLATION: RequestState.CANCELLATION_REJECTED}
_MOVES = {
    A.ACCEPT: FulfilmentState.IN_PROGRESS, A.REJECT_CANCELLATION: FulfilmentState.IN_PROGRESS,
    A.START: FulfilmentState.IN_PROGRESS, A.OPEN: FulfilmentState.OPEN, A.CANCEL: FulfilmentState.CANCELLED,
    A.CLOSE_INCOMPLETE: FulfilmentState.INCOMPLETE}
_DONE = {
    A.SUBMIT: "submitted", A.ACCEPT: "accepted", A.REJECT: "rejected", A.REQUEST_CANCELLATION: "cancellation_requested",
    A.ACCEPT_CANCELLATION: "cancellation_accepted", A.REJECT_CANCELLATION: "cancellation_rejected", A.START: "started",
    A.OPEN: "opened", A.CANCEL: "cancelled", A.CLOSE_INCOMPLETE: "closed_incomplete"}
NOTE_NEEDED = frozenset({A.REJECT, A.REQUEST_CANCELLATION, A.REJECT_CANCELLATION})
"""Actions that mean nothing without a word of why."""
SIMPLE = frozenset(A) - {A.SCHEDULE, A.HOLD, A.RELEASE_HOLD, A.PICK}
"""Actions that need no more than a word."""


class FulfilmentRefused(RefusedMove):
    """A fulfilment order does not take this action now."""

    code = "fulfilment_refused"


def facts_of(db: Session, fulfilment_ids: Collection[int]) -> dict[int, FulfilmentFacts]:
    """What decides about these fulfilment orders; ids that are none are left out."""
    f, s = _FULFILMENTS.c, _SHARES.c
    rows = db.execute(
        select(
            f.id, f.number, f.state, f.request_state, _LOCATIONS.c.kind,
            func.sum(s.quantity - s.shipped - s.cancelled), func.sum(s.shipped))
        .join(_LOCATIONS, _LOCATIONS.c.id == f.location_id).join(_SHARES, s.fulfilment_order_id == f.id)
        .where(f.id.in_(fulfilment_ids)).group_by(f.id, _LOCATIONS.c.kind)).all()
    open_shipments: dict[int, str] = dict(db.execute(
        select(_SHIPMENTS.c.fulfilment_order_id, _SHIPMENTS.c.number)
        .where(_SHIPMENTS.c.fulfilment_order_id.in_(fulfilment_ids), _SHIPMENTS.c.state.in_(UNSHIPPED))).all())
    holds: dict[int, int] = dict(db.execute(
        select(_HOLDS.c.fulfilment_order_id, func.count())
        .where(_HOLDS.c.fulfilment_order_id.in_(fulfilment_ids), _HOLDS.c.released_at.is_(None))
        .group_by(_HOLDS.c.fulfilment_order_id)).all())
    return {
        row.id: FulfilmentFacts(*row[1:5], row[5] > 0, row[6] > 0, open_shipments.get(row.id), holds.get(row.id, 0))
        for row in rows}


def actions_of(db: Session, fulfilment_id: int) -> tuple[FulfilmentAction, ...]:
    """What the fulfilment order takes right now. Raises NotFound."""
    facts = facts_of(db, [fulfilment_id]).get(fulfilment_id)
    if facts is None:
        raise NotFound(f"There is no fulfilment order with the id {fulfilment_id}.")
    return supported_actions(facts)


def lock_fulfilment(db: Session, fulfilment_id: int) -> Row[Any]:
    """The fulfilment order's row; its sales order is locked until the transaction ends. Raises NotFound."""
    c = _FULFILMENTS.c
    order_id = db.execute(select(c.order_id).where(c.id == fulfilment_id)).scalar_one_or_none()
    if order_id is None:
        raise NotFound(f"There is no fulfilment order with the id {fulfilment_id}.")
    lock_order(db, order_id)
    return db.execute(select(_FULFILMENTS).where(c.id == fulfilment_id)).one()


def check(db: Session, action: FulfilmentAction, fulfilment_id: int) -> None:
    """Raise FulfilmentRefused, saying what to do next, unless the (locked) fulfilment order takes the action."""
    if sentence := refusal(action, facts_of(db, [fulfilment_id])[fulfilment_id]):
        raise FulfilmentRefused(sentence)


def act(db: Session, fulfilment_id: int, action: FulfilmentAction, *, actor: str, note: str = "") -> None:
    """Do one of the SIMPLE actions. Raises FulfilmentRefused, NotFound.

    What is cancelled, or left when the warehouse stops, is given back to the order: its reservations stand.
    """
    row = lock_fulfilment(db, fulfilment_id)
    check(db, action, fulfilment_id)
    values: dict[str, Any] = {}
    if to := _REQUESTS.get(action):
        values |= {"request_state": to, "request_note": note or row.request_note}
    state = _MOVES.get(action)
    if action is A.ACCEPT_CANCELLATION:
        has_shipped = facts_of(db, [fulfilment_id])[fulfilment_id].has_shipped
        state = FulfilmentState.INCOMPLETE if has_shipped else FulfilmentState.CANCELLED
    _move(db, row, values, None if state == row.state else state)
    if state in (FulfilmentState.CANCELLED, FulfilmentState.INCOMPLETE):
        _give_back(db, row)
    tell(db, row, _DONE[action], actor, note=note)


def schedule(db: Session, fulfilment_id: int, ship_by: date, *, actor: str) -> None:
    """Put an open fulfilment order off until `ship_by`. Raises FulfilmentRefused, NotFound."""
    row = lock_fulfilment(db, fulfilment_id)
    check(db, A.SCHEDULE, fulfilment_id)
    _move(db, row, {"ship_by": ship_by}, FulfilmentState.SCHEDULED)
    tell(db, row, "scheduled", actor, ship_by=ship_by.isoformat())


def hold(db: Session, fulfilment_id: int, reason: str, *, actor: str) -> int:
    """Place a hold, beside those that stand; returns its id. Raises FulfilmentRefused, NotFound."""
    row = lock_fulfilment(db, fulfilment_id)
    check(db, A.HOLD, fulfilment_id)
    if row.state != FulfilmentState.ON_HOLD:
        _move(db, row, {}, FulfilmentState.ON_HOLD)
    hold_id = int(db.execute(insert(_HOLDS).returning(_HOLDS.c.id), {
        "fulfilment_order_id": fulfilment_id, "reason": reason, "placed_by": actor, "placed_at": now()}).scalar_one())
    tell(db, row, "held", actor, note=reason)
    return hold_id


def release_hold(db: Session, hold_id: int, *, actor: str) -> None:
    """Release one hold; with the last one the fulfilment order is open again. Raises FulfilmentRefused, NotFound."""
    fulfilment_id = db.execute(select(_HOLDS.c.fulfilment_order_id).where(_HOLDS.c.id == hold_id)).scalar_one_or_none()
    if fulfilment_id is None:
        raise NotFound(f"There is no hold with the id {hold_id}.")
    row = lock_fulfilment(db, fulfilment_id)
    released = update(_HOLDS).where(_HOLDS.c.id == hold_id, _HOLDS.c.released_at.is_(None))
    if not changed(db, released.values(released_at=now(), released_by=actor)):
        raise FulfilmentRefused(f"This hold of {row.number} was released already.")
    if not facts_of(db, [fulfilment_id])[fulfilment_id].holds:
        _move(db, row, {}, FulfilmentState.OPEN)
    tell(db, row, "hold_released", actor)


def is_in_hand(db: Session, order_id: int) -> bool:
    """True while a shipment of the order is being picked or packed."""
    return db.execute(
        select(_SHIPMENTS.c.id).join(_FULFILMENTS, _FULFILMENTS.c.id == _SHIPMENTS.c.fulfilment_order_id)
        .where(_FULFILMENTS.c.order_id == order_id, _SHIPMENTS.c.state.in_(UNSHIPPED)).limit(1)).first() is not None


def withdraw(db: Session, order_id: int, *, actor: str, reason: str) -> int:
    """Take an order's unfinished work back from its locations, whoever has it; returns how many fulfilment orders that were.

    For cancelling or changing the order. Raises FulfilmentRefused when a shipment of it is being picked or packed.
    """
    lock_order(db, order_id)
    c = _FULFILMENTS.c
    rows = db.execute(select(_FULFILMENTS).where(c.order_id == order_id, c.state.in_(LIVE_FULFILMENT)).order_by(c.id)).all()
    facts = facts_of(db, [row.id for row in rows])
    busy = [x.open_shipment for x in facts.values() if x.open_shipment]
    if busy:
        raise FulfilmentRefused(f"Shipment {', '.join(sorted(busy))} is being picked or packed; ship or void it first.")
    for row in rows:
        state = FulfilmentState.INCOMPLETE if facts[row.id].has_shipped else FulfilmentState.CANCELLED
        _move(db, row, {}, state)
        _give_back(db, row)
        tell(db, row, "withdrawn", actor, note=reason)
    return len(rows)


def finish(db: Session, fulfilment: Row[Any], actor: str) -> None:
    """Close a fulfilment order of which nothing remains, and its sales order when that was the last."""
    if not facts_of(db, [fulfilment.id])[fulfilment.id].remains:
        _move(db, fulfilment, {}, FulfilmentState.CLOSED)
        tell(db, fulfilment, "closed", actor)
    close_when_done(db, fulfilment.order_id, actor)


def _move(db: Session, row: Row[Any], values: dict[str, Any], state: FulfilmentState | None) -> None:
    """Compare-and-set state and request state together."""
    c, at = _FULFILMENTS.c, now()
    stmt = update(_FULFILMENTS).where(c.id == row.id)
    if state is not None:
        stmt = stmt.where(c.state.in_(sources(FULFILMENT_MOVES, state)))
        values = values | {"state": state}
    if request := values.get("request_state"):
        stmt = stmt.where(c.request_state.in_(sources(REQUEST_MOVES, request)))
    if not changed(db, stmt.values(**values, moved_at=at)):
        raise FulfilmentRefused(f"{row.number} was changed meanwhile. Reload and look again.")


def _give_back(db: Session, row: Row[Any]) -> None:
    """What was not shipped is cancelled here, and free again for the order."""
    s = _SHARES.c
    db.execute(update(_SHARES).where(s.fulfilment_order_id == row.id).values(cancelled=s.quantity - s.shipped))
    project_lines(db, row.order_id)

