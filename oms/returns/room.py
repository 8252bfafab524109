"""How much of an order can come back: whole lines and, of kits, their parts too. In the caller's transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from models.domain.returns import RETURN_MOVES, ReturnOutcome, ReturnState
from oms.fulfilment.lines import kits_of
from oms.returns.rows import INSPECTIONS, ORDER_LINES, RETURN_LINES, RETURNS, MoreThanShipped

Spot = tuple[int, int]
"""What comes back: of an order line, its item or, where that is a kit, one of the parts."""
_ZERO = Decimal(0)
_ONE = Decimal(1)
_SIX_PLACES = Decimal("0.000001")
_OPEN = tuple(state for state, targets in RETURN_MOVES.items() if targets)


@dataclass(frozen=True, slots=True)
class LineRoom:
    """Of one order line what the customer has and no open return names, base units by part; what is no kit is its own part.

    `each`: base units of a part in one of the line's item.
    """

    position: int
    item_id: int
    each: Mapping[int, Decimal]
    left: Mapping[int, Decimal]

    def of(self, item_id: int) -> Decimal:
        """Base units of the line's item, or of a part of it, that can come back."""
        if item_id == self.item_id:
            return min(_quotient(self.left[part], each) for part, each in self.each.items())
        return self.left.get(item_id, _ZERO)

    def needs(self, item_id: int, quantity: Decimal) -> Mapping[int, Decimal]:
        """The parts that come back with so much of the line's item, or of a part."""
        if item_id == self.item_id:
            return {part: each * quantity for part, each in self.each.items()}
        return {item_id: quantity}

    def without(self, item_id: int, quantity: Decimal) -> LineRoom:
        """The room when so much of the line's item, or of a part, has come back too; never below nothing."""
        left = dict(self.left)
        for part, needed in self.needs(item_id, quantity).items():
            left[part] = max(left.get(part, _ZERO) - needed, _ZERO)
        return replace(self, left=left)


def rooms(db: Session, order_id: int) -> dict[int, LineRoom]:
    """What of each line can come back, by order line id. Call it under the order's lock to rely on it."""
    c, kits = ORDER_LINES.c, kits_of(db, order_id)
    rows = db.execute(
        select(c.id, c.position, c.item_id, c.shipped, c.returned).where(c.order_id == order_id).order_by(c.position)).all()
    asked = _asked(db, order_id)
    back = came_back(db, [x.id for x in rows if x.item_id in kits])
    found = {}
    for x in rows:
        each = kits.get(x.item_id, {x.item_id: _ONE})
        has = x.shipped if x.item_id in kits else x.shipped - x.returned
        room = LineRoom(x.position, x.item_id, each, {part: has * per for part, per in each.items()})
        for item_id, quantity in (*asked[x.id].items(), *back[x.id].items()):
            room = room.without(item_id, quantity)
        found[x.id] = room
    return found


def returnable(db: Session, order_id: int) -> dict[int, Decimal]:
    """Base units by order line that can come back, of kits whole ones."""
    return {line: room.of(room.item_id) for line, room in rooms(db, order_id).items()}


def came_back(db: Session, line_ids: Collection[int]) -> Mapping[int, Mapping[int, Decimal]]:
    """Base units by item that closed returns brought back, for each of these order lines; what was rejected did not."""
    x = RETURN_LINES.c
    return _by_line(db.execute(
        select(x.order_line_id, x.item_id, func.sum(INSPECTIONS.c.quantity, type_=INSPECTIONS.c.quantity.type))
        .join(RETURN_LINES, x.id == INSPECTIONS.c.return_line_id).join(RETURNS, RETURNS.c.id == x.return_id)
        .where(x.order_line_id.in_(line_ids), RETURNS.c.state == ReturnState.CLOSED,
               INSPECTIONS.c.outcome != ReturnOutcome.REJECT)
        .group_by(x.order_line_id, x.item_id)))


def check_room(db: Session, order: Row[Any], wanted: Mapping[Spot, Decimal]) -> None:
    """Raise MoreThanShipped, listing every line of which more is to come back than can."""
    room, asked = rooms(db, order.id), defaultdict[Spot, Decimal](Decimal)
    for (line, item_id), quantity in wanted.items():
        for part, needed in room[line].needs(item_id, quantity).items() if line in room else ():
            asked[line, part] += needed
    over = {line for (line, part), quantity in asked.items() if quantity > room[line].left.get(part, _ZERO)}
    wrong = [
        _too_much(room[line], item_id, quantity) if line in room else "a line of another order"
        for (line, item_id), quantity in wanted.items() if line in over or line not in room]
    if wrong:
        raise MoreThanShipped(
            f"More is to come back than was shipped on {order.order_no} and is not returned already: {'; '.join(wrong)}. "
            "Lower the quantities.")


def _too_much(room: LineRoom, item_id: int, quantity: Decimal) -> str:
    left = room.of(item_id)
    return f"line {room.position}: {quantity:f} asked, {left:f} left"


def _asked(db: Session, order_id: int) -> dict[int, dict[int, Decimal]]:
    x = RETURN_LINES.c
    return _by_line(db.execute(
        select(x.order_line_id, x.item_id, func.sum(x.quantity, type_=x.quantity.type))
        .join(RETURNS, RETURNS.c.id == x.return_id)
        .where(RETURNS.c.order_id == order_id, RETURNS.c.state.in_(_OPEN), x.order_line_id.is_not(None))
        .group_by(x.order_line_id, x.item_id)))


def _quotient(left: Decimal, each: Decimal) -> Decimal:
    return left // each if left % each == 0 else (left / each).quantize(_SIX_PLACES, ROUND_FLOOR)


def _by_line(rows: Iterable[Sequence[Any]]) -> dict[int, dict[int, Decimal]]:
    found: defaultdict[int, dict[int, Decimal]] = defaultdict(dict)
    for line, item_id, quantity in rows:
        found[line][item_id] = quantity
    return found
