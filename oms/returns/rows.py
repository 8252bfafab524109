"""What the services of returns share: rows under lock, moves, room left on an order line.

Order of locks: the return, its order's row, stock levels by id, the invoice, the audit chain.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, func, select, update
from sqlalchemy.orm import Session

from models.domain.moves import RefusedMove, sources
from models.domain.returns import RETURN_MOVES, ReturnAction, ReturnOutcome, ReturnState
from models.errors import InputError, NotFound
from models.tables.base import Base
from oms.returns.decide import ReturnFacts, refusal
from oms.sql import changed
from runtime.audit import record
from runtime.clock import now

RETURNS, RETURN_LINES, INSPECTIONS, ORDERS, ORDER_LINES, ITEMS = (
    Base.metadata.tables[name] for name in ("returns", "return_lines", "inspections", "sales_orders", "order_lines", "items"))


class ReturnRefused(RefusedMove):
    """A return does not take this action now."""

    code = "return_refused"


class MoreThanShipped(InputError):
    """More is to come back than the customer has."""

    code = "more_than_shipped"


def lock_return(db: Session, return_id: int) -> Row[Any]:
    """The return's row, locked until the transaction ends. Raises NotFound."""
    found = db.execute(select(RETURNS).where(RETURNS.c.id == return_id).with_for_update(key_share=True)).one_or_none()
    if found is None:
        raise NotFound(f"There is no return with the id {return_id}.")
    return found


def lock_order(db: Session, order_id: int) -> Row[Any]:
    """The order's row, locked until the transaction ends. Raises NotFound."""
    found = db.execute(select(ORDERS).where(ORDERS.c.id == order_id).with_for_update(key_share=True)).one_or_none()
    if found is None:
        raise NotFound(f"There is no sales order with the id {order_id}.")
    return found


def facts_of(db: Session, return_ids: Collection[int]) -> dict[int, ReturnFacts]:
    """What decides about these returns; ids that are none are left out."""
    r, x = RETURNS.c, RETURN_LINES.c
    sums = [func.sum(column, type_=column.type) for column in (x.quantity, x.received, x.inspected)]
    owed = set(db.execute(
        select(x.return_id).join(INSPECTIONS, INSPECTIONS.c.return_line_id == x.id)
        .where(x.return_id.in_(return_ids), INSPECTIONS.c.outcome != ReturnOutcome.REJECT)).scalars())
    rows = db.execute(
        select(r.id, r.number, r.state, r.order_id, *sums).join(RETURN_LINES, x.return_id == r.id)
        .where(r.id.in_(return_ids)).group_by(r.id)).all()
    return {
        row[0]: ReturnFacts(row[1], row[2], row[3] is None, row[4], row[5], row[6], row[0] in owed) for row in rows}


def check(db: Session, action: ReturnAction, return_id: int) -> None:
    """Raise ReturnRefused, saying what to do next, unless the (locked) return takes the action."""
    if sentence := refusal(action, facts_of(db, [return_id])[return_id]):
        raise ReturnRefused(sentence)


def move(
    db: Session, row: Row[Any], to: ReturnState, *, actor: str, content: Mapping[str, Any] | None = None, **values: Any
) -> None:
    """Compare-and-set the state, with the values that come with it, and note it. Raises ReturnRefused."""
    stmt = update(RETURNS).where(RETURNS.c.id == row.id, RETURNS.c.state.in_(sources(RETURN_MOVES, to)))
    if not changed(db, stmt.values(state=to, moved_at=now(), **values)):
        raise ReturnRefused(f"Return {row.number} was moved by somebody else just now. Look at it again.")
    action = "sent" if to is ReturnState.IN_TRANSIT else to.value
    record(db, actor=actor, action=f"return.{action}", subject=f"return:{row.number}", content=content)


def lines_of(db: Session, return_id: int) -> Sequence[Row[Any]]:
    """The return's lines, by id."""
    return db.execute(select(RETURN_LINES).where(RETURN_LINES.c.return_id == return_id).order_by(RETURN_LINES.c.id)).all()
