"""Returns until the goods come: asked for, approved or declined, on their way. Services; they never commit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from models.domain.returns import ReturnAction, ReturnState
from models.domain.stock import LocationKind
from models.errors import InputError, NotFound
from models.tables.base import Base
from oms.numbers import insert_numbered
from oms.returns.room import Spot, check_room
from oms.returns.rows import (
    ITEMS,
    ORDER_LINES,
    RETURN_LINES,
    RETURNS,
    check,
    lock_order,
    lock_return,
    move,
)
from oms.returns.told_apart import kits_told_apart
from runtime.audit import record
from runtime.clock import now

_CUSTOMERS, _LOCATIONS = (Base.metadata.tables[name] for name in ("customers", "locations"))
_LARGEST = Decimal(10) ** 12
_RECEIVING = (LocationKind.OWN, LocationKind.THIRD_PARTY, LocationKind.QUARANTINE)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to come back: base units of an order line, of a part (`item_id`) of its kits, or of an item where the order is not
    known."""

    quantity: Decimal
    order_line_id: int | None = None
    item_id: int | None = None
    reason: str | None = None


def request_return(
    db: Session, *, order_id: int, lines: Sequence[Wanted], reason: str, actor: str, location_id: int | None = None
) -> int:
    """Ask that goods of an order may come back; returns the return's id. Kits with parts that are told apart come as their parts.

    Raises NotFound, InputError for lines that are none, MoreThanShipped when the customer has not got that much.
    """
    order = lock_order(db, order_id)
    _check_lines(lines, reason)
    items = dict(db.execute(select(ORDER_LINES.c.id, ORDER_LINES.c.item_id).where(ORDER_LINES.c.order_id == order_id)).all())
    lines = _in_parts(db, lines, items)
    wanted: dict[Spot, Decimal] = defaultdict(Decimal)
    for line in lines:
        wanted[line.order_line_id or 0, line.item_id or items.get(line.order_line_id or 0, 0)] += line.quantity
    check_room(db, order, wanted)
    return _insert(
        db, lines, items, reason=reason, actor=actor, location_id=_location(db, location_id), customer_id=order.customer_id,
        order_id=order_id, state=ReturnState.REQUESTED, order_no=order.order_no)


def open_blind_return(
    db: Session, *, customer_no: str, lines: Sequence[Wanted], reason: str, actor: str, location_id: int | None = None
) -> int:
    """Goods stand at the door whose order nobody knows: an approved return without one; returns its id.

    It is matched to its order before anything is credited. Raises NotFound, InputError.
    """
    _check_lines(lines, reason)
    customer = db.execute(select(_CUSTOMERS.c.id).where(_CUSTOMERS.c.customer_no == customer_no)).scalar_one_or_none()
    if customer is None:
        raise NotFound(f"There is no customer {customer_no}. Look the number up, or import the customer first.")
    known = set(db.execute(select(ITEMS.c.id).where(ITEMS.c.id.in_([x.item_id for x in lines]))).scalars())
    if any(x.item_id not in known for x in lines):
        raise NotFound("One of the lines names no item of ours. Choose the item that came back.")
    return _insert(
        db, _in_parts(db, lines, {}), {}, reason=reason, actor=actor, location_id=_location(db, location_id),
        customer_id=customer, order_id=None, state=ReturnState.APPROVED, order_no=None)


def approve_return(db: Session, return_id: int, *, actor: str, fee: Decimal = Decimal(0)) -> None:
    """Let the goods come; `fee`, in the order's currency, will be kept from the credit."""
    row = lock_return(db, return_id)
    check(db, ReturnAction.APPROVE, return_id)
    _check_fee(fee)
    move(db, row, ReturnState.APPROVED, actor=actor, content={"fee": f"{fee:f}"}, fee=fee)


def decline_return(db: Session, return_id: int, *, actor: str, answer: str) -> None:
    """Say no; `answer` is what the customer is told."""
    row = lock_return(db, return_id)
    check(db, ReturnAction.DECLINE, return_id)
    if not answer.strip():
        raise InputError("Say why the return is declined; the customer is told.", code="answer_missing")
    move(db, row, ReturnState.DECLINED, actor=actor, content={"answer": answer.strip()}, answer=answer.strip())


def send_return(db: Session, return_id: int, *, actor: str) -> None:
    """Note that the customer has sent the goods."""
    row = lock_return(db, return_id)
    check(db, ReturnAction.SEND, return_id)
    move(db, row, ReturnState.IN_TRANSIT, actor=actor)


def cancel_return(db: Session, return_id: int, *, actor: str) -> None:
    """Nothing will come. What was asked for may be asked for again."""
    row = lock_return(db, return_id)
    check(db, ReturnAction.CANCEL, return_id)
    move(db, row, ReturnState.CANCELLED, actor=actor)


def _check_lines(lines: Sequence[Wanted], reason: str) -> None:
    if not lines or any(not x.quantity.is_finite() or not 0 < x.quantity < _LARGEST for x in lines):
        raise InputError("Say how many units of which line come back, each above zero.", code="quantity_missing")
    if not reason.strip():
        raise InputError("Say why the goods come back.", code="reason_missing")


def _in_parts(db: Session, lines: Sequence[Wanted], items: dict[int, int]) -> list[Wanted]:
    """The lines, kits with parts that are told apart as those parts. `items`: item id by order line id."""
    about = [(x, x.item_id or items.get(x.order_line_id or 0, 0)) for x in lines]
    kits = kits_told_apart(db, {item for _, item in about})
    return [
        part for x, item in about
        for part in ([Wanted(x.quantity * each, x.order_line_id, part, x.reason) for part, each in kits[item].items()]
                     if item in kits else [x])]


def _check_fee(fee: Decimal) -> None:
    if not fee.is_finite() or not 0 <= fee < _LARGEST:
        raise InputError(f"{fee} is no fee. Give an amount of zero or more.", code="bad_amount")


def _location(db: Session, location_id: int | None) -> int:
    """The location given, or the preferred one of our own. Raises NotFound."""
    stmt = select(_LOCATIONS.c.id).where(_LOCATIONS.c.kind.in_(_RECEIVING), _LOCATIONS.c.is_active)
    if location_id is not None:
        stmt = stmt.where(_LOCATIONS.c.id == location_id)
    found = db.execute(stmt.order_by(_LOCATIONS.c.kind, _LOCATIONS.c.priority, _LOCATIONS.c.id).limit(1)).scalar_one_or_none()
    if found is None:
        raise NotFound("There is no such location that takes goods. Choose one of the warehouses.")
    return int(found)


def _insert(
    db: Session, lines: Sequence[Wanted], items: dict[int, int], *, reason: str, actor: str, location_id: int, customer_id: int,
    order_id: int | None, state: ReturnState, order_no: str | None,
) -> int:
    at = now()
    return_id, number = insert_numbered(db, RETURNS, "RMA", {
        "order_id": order_id, "customer_id": customer_id, "location_id": location_id, "state": state, "reason": reason.strip(),
        "requested_by": actor, "created_at": at, "moved_at": at})
    db.execute(insert(RETURN_LINES), [{
        "return_id": return_id, "order_line_id": x.order_line_id, "item_id": x.item_id or items[x.order_line_id or 0],
        "quantity": x.quantity, "reason": x.reason} for x in lines])
    record(db, actor=actor, action=f"return.{state}", subject=f"return:{number}", content={
        "order": order_no, "reason": reason.strip(), "quantity": f"{sum((x.quantity for x in lines), Decimal(0)):f}"})
    return return_id
