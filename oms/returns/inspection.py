"""Goods at the door and on the bench: received, in parts too, and judged unit by unit. Services; they never commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from models.domain.returns import Disposition, Grade, ReturnAction, ReturnOutcome, ReturnState
from models.errors import InputError, NotFound
from oms.returns.decide import USUAL
from oms.returns.rows import INSPECTIONS, RETURN_LINES, check, facts_of, lines_of, lock_return, move
from oms.returns.told_apart import units_judged
from oms.sql import changed
from runtime.audit import record
from runtime.clock import now


class MoreThanExpected(InputError):
    """More came, or is judged, than the return says."""

    code = "more_than_expected"


def expected(db: Session, return_id: int) -> dict[int, Decimal]:
    """What has not come yet, base units by line of the return."""
    return {line.id: line.quantity - line.received for line in lines_of(db, return_id) if line.quantity > line.received}


def receive_return(db: Session, return_id: int, *, quantities: Mapping[int, Decimal], actor: str) -> None:
    """Note that base units of return lines have come; more may come later. Stock moves when the return is closed.

    Raises NotFound, ReturnRefused, MoreThanExpected, InputError for quantities that are none.
    """
    row = lock_return(db, return_id)
    check(db, ReturnAction.RECEIVE, return_id)
    if not quantities or any(not q.is_finite() or q <= 0 for q in quantities.values()):
        raise InputError("Say how many units of which line came, each above zero.", code="quantity_missing")
    x = RETURN_LINES.c
    for line_id, quantity in sorted(quantities.items()):
        stmt = update(RETURN_LINES).where(x.id == line_id, x.return_id == return_id, x.received + quantity <= x.quantity)
        if not changed(db, stmt.values(received=x.received + quantity)):
            raise MoreThanExpected(
                f"{quantity:f} is more than is still to come on this line of return {row.number}. Receive what was agreed, and "
                "open another return for the rest.")
    content = {"quantity": f"{sum(quantities.values(), Decimal(0)):f}"}
    if row.state is ReturnState.RECEIVED:
        record(db, actor=actor, action="return.received_more", subject=f"return:{row.number}", content=content)
    else:
        move(db, row, ReturnState.RECEIVED, actor=actor, content=content)


def inspect(
    db: Session, return_id: int, *, line_id: int, quantity: Decimal, grade: Grade, actor: str,
    disposition: Disposition | None = None, outcome: ReturnOutcome | None = None, note: str | None = None,
    lots: Sequence[str] = (),
) -> list[int]:
    """Judge so many base units of a line; returns the inspections' ids. What is left open follows from the grade.

    `lots`: the lot's code, or the serial number of each unit: each is an inspection of its own.
    Raises NotFound, ReturnRefused, MoreThanExpected, InputError and ConflictError for lots that do not fit.
    """
    row = lock_return(db, return_id)
    check(db, ReturnAction.INSPECT, return_id)
    x = RETURN_LINES.c
    line = db.execute(select(RETURN_LINES).where(x.id == line_id, x.return_id == return_id)).one_or_none()
    if line is None:
        raise NotFound(f"Return {row.number} has no such line. Look at it again.")
    if not quantity.is_finite() or not 0 < quantity <= line.received - line.inspected:
        raise MoreThanExpected(
            f"{line.received - line.inspected:f} units of this line wait for inspection, not {quantity:f}. Correct the quantity.")
    usual = USUAL[grade]
    owed = outcome or usual[1]
    found = [
        {"return_line_id": line_id, "lot_id": lot, "quantity": units, "grade": grade, "disposition": disposition or usual[0],
         "outcome": owed, "note": (note or "").strip() or None, "inspected_by": actor, "at": now()}
        for lot, units in units_judged(db, line, quantity, lots, owed)]
    db.execute(update(RETURN_LINES).where(x.id == line_id).values(inspected=x.inspected + quantity))
    made = [int(db.execute(insert(INSPECTIONS).values(one).returning(INSPECTIONS.c.id)).scalar_one()) for one in found]
    facts = facts_of(db, [return_id])[return_id]
    if facts.inspected >= facts.expected:
        move(db, row, ReturnState.INSPECTED, actor=actor)
    return made


def withdraw_inspection(db: Session, return_id: int, inspection_id: int, *, actor: str) -> None:
    """Take a judgement back before the return is closed. One that is gone already is no error.

    Raises NotFound, ReturnRefused once stock and money have moved.
    """
    row = lock_return(db, return_id)
    lines = [line.id for line in lines_of(db, return_id)]
    i, x = INSPECTIONS.c, RETURN_LINES.c
    found = db.execute(select(INSPECTIONS).where(i.id == inspection_id, i.return_line_id.in_(lines))).one_or_none()
    if found is None:
        return
    if row.state is ReturnState.INSPECTED:
        move(db, row, ReturnState.RECEIVED, actor=actor)
    elif row.state is not ReturnState.RECEIVED:
        check(db, ReturnAction.INSPECT, return_id)
    db.execute(delete(INSPECTIONS).where(i.id == inspection_id))
    db.execute(update(RETURN_LINES).where(x.id == found.return_line_id).values(inspected=x.inspected - found.quantity))
    record(db, actor=actor, action="return.inspection_withdrawn", subject=f"return:{row.number}", content={
        "quantity": f"{found.quantity:f}", "grade": found.grade})
