"""Goods at the door find their order: each line of a blind return is given to lines that sent such goods."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from models.domain.returns import ReturnAction
from models.errors import InputError
from oms.returns.room import LineRoom, Spot, check_room, rooms
from oms.returns.rows import INSPECTIONS, ORDER_LINES, RETURN_LINES, RETURNS, check, lines_of, lock_order, lock_return
from runtime.audit import record

_ZERO = Decimal(0)


def match_return(db: Session, return_id: int, order_id: int, *, actor: str) -> None:
    """Say which order a blind return belongs to. Its goods are those of the lines that order the item, in their order, as
    far as each can come back (an order that was merged or split has several), then of kits it is a part of. A second call does
    nothing.

    Raises NotFound, ReturnRefused, InputError for an order of somebody else or without the items, MoreThanShipped.
    """
    row = lock_return(db, return_id)
    if row.order_id == order_id:
        return
    check(db, ReturnAction.MATCH, return_id)
    order = lock_order(db, order_id)
    if order.customer_id != row.customer_id:
        raise InputError(
            f"Order {order.order_no} is of another customer than return {row.number}. Choose one of this customer's orders.",
            code="other_customer")
    lines, sent = lines_of(db, return_id), _sent(db, order_id)
    if any(not any(_serves(x, line.item_id) for x in sent.values()) for line in lines):
        raise InputError(
            f"Order {order.order_no} did not ship every item of return {row.number}. Choose the order that did.",
            code="other_items")
    wanted: dict[Spot, Decimal] = defaultdict(Decimal)
    shares = {}
    for line in lines:
        shares[line.id] = _shares(sent, line)
        for order_line, quantity in shares[line.id]:
            wanted[order_line, line.item_id] += quantity
            sent[order_line] = sent[order_line].without(line.item_id, quantity)
    check_room(db, order, wanted)
    db.execute(update(RETURNS).where(RETURNS.c.id == return_id).values(order_id=order_id))
    for line in lines:
        _give(db, line, shares[line.id])
    record(db, actor=actor, action="return.matched", subject=f"return:{row.number}", content={"order": order.order_no})


def _serves(room: LineRoom, item_id: int) -> bool:
    return item_id == room.item_id or item_id in room.each


def _sent(db: Session, order_id: int) -> dict[int, LineRoom]:
    """The lines of which anything has left."""
    c = ORDER_LINES.c
    left = set(db.execute(select(c.id).where(c.order_id == order_id, c.shipped > 0)).scalars())
    return {line: room for line, room in rooms(db, order_id).items() if line in left}


def _shares(sent: Mapping[int, LineRoom], line: Row[Any]) -> list[tuple[int, Decimal]]:
    """How much of a return's line goes to which order line; what none has room for stays with the first."""
    serving = [(x.item_id != line.item_id, x.position, order_line) for order_line, x in sent.items() if _serves(x, line.item_id)]
    shares: dict[int, Decimal] = {}
    left = line.quantity
    for _, _, order_line in sorted(serving):
        take = min(left, sent[order_line].of(line.item_id))
        if take > 0:
            shares[order_line] = take
            left -= take
    if left:
        first = min(serving)[2]
        shares[first] = shares.get(first, _ZERO) + left
    return list(shares.items())


def _give(db: Session, line: Row[Any], shares: Sequence[tuple[int, Decimal]]) -> None:
    """Part the return's line among order lines, with what has come of it and what was found about that."""
    received, inspected = line.received, line.inspected
    found = db.execute(select(INSPECTIONS).where(INSPECTIONS.c.return_line_id == line.id).order_by(INSPECTIONS.c.id))
    judged: list[Mapping[str, Any]] = [dict(x) for x in found.mappings()]
    for n, (order_line, quantity) in enumerate(shares):
        came, seen = min(quantity, received), min(quantity, inspected)
        received, inspected = received - came, inspected - seen
        values = {"order_line_id": order_line, "quantity": quantity, "received": came, "inspected": seen}
        if n == 0:
            db.execute(update(RETURN_LINES).where(RETURN_LINES.c.id == line.id).values(values))
            line_id = line.id
        else:
            same = {"return_id": line.return_id, "item_id": line.item_id, "reason": line.reason}
            line_id = int(db.execute(insert(RETURN_LINES).values(same | values).returning(RETURN_LINES.c.id)).scalar_one())
        judged = _judge(db, line_id, judged, seen)


def _judge(db: Session, line_id: int, judged: Iterable[Mapping[str, Any]], quantity: Decimal) -> list[Mapping[str, Any]]:
    """Put judgements about so many units under a line, the one that reaches beyond in two; what is left of them."""
    i, rest = INSPECTIONS.c, list[Mapping[str, Any]]()
    for x in judged:
        here = min(x["quantity"], quantity)
        quantity -= here
        if here:
            db.execute(update(INSPECTIONS).where(i.id == x["id"]).values(return_line_id=line_id, quantity=here))
        if here and here < x["quantity"]:
            copy = {name: value for name, value in x.items() if name != "id"} | {"quantity": x["quantity"] - here}
            rest.append({**copy, "id": db.execute(insert(INSPECTIONS).values(copy).returning(i.id)).scalar_one()})
        elif not here:
            rest.append(x)
    return rest
