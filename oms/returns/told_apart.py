"""Goods that are told apart, come back: which lot, or which serial numbers, somebody judges; kits of them come back as parts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from models.domain.returns import RETURN_MOVES, ReturnOutcome
from models.domain.stock import Tracking
from models.errors import ConflictError, InputError, NotFound
from models.tables.base import Base
from oms.inventory.kits import kits_among
from oms.inventory.plan import Kits
from oms.returns.rows import INSPECTIONS, ITEMS, RETURN_LINES, RETURNS

_LOTS = Base.metadata.tables["lots"]
_OPEN = tuple(state for state, targets in RETURN_MOVES.items() if targets)


def units_judged(
    db: Session, line: Row[Any], quantity: Decimal, codes: Sequence[str], outcome: ReturnOutcome
) -> list[tuple[int | None, Decimal]]:
    """(lot id, base units) of one verdict: one row for a lot, one for each serial number. Goods that go back to the customer need
    not be named. `line` is a row of return_lines.

    Raises InputError for a lot that is missing or not wanted, NotFound for one the item has not, ConflictError for a serial
    number that is judged already.
    """
    item = db.execute(select(ITEMS.c.sku, ITEMS.c.tracking).where(ITEMS.c.id == line.item_id)).one()
    if item.tracking is Tracking.NONE and codes:
        raise InputError(f"Units of {item.sku} are not told apart; leave the lot out.", code="lot_not_wanted")
    if item.tracking is Tracking.NONE or (not codes and outcome is ReturnOutcome.REJECT):
        return [(None, quantity)]
    if not codes:
        noun = "serial number" if item.tracking is Tracking.SERIAL else "lot"
        raise InputError(f"{item.sku} is kept by {noun}; say which {noun} it is.", code="lot_missing")
    lots = [_lot(db, line.item_id, item.sku, code) for code in dict.fromkeys(codes)]
    if item.tracking is Tracking.LOT:
        if len(lots) > 1:
            raise InputError("Judge one lot at a time: say how many units of which lot.", code="one_lot_each")
        return [(lots[0], quantity)]
    if len(lots) != quantity:
        raise InputError(
            f"{len(lots)} serial numbers do not fit {quantity:f} units; name each unit that you judge.", code="serials_differ")
    _check_unjudged(db, lots)
    return [(lot, Decimal(1)) for lot in lots]


def kits_told_apart(db: Session, item_ids: Collection[int]) -> Kits:
    """What is in those of the items that are kits of which a part is told apart: such a kit comes back as its parts, since only
    so can each lot be named."""
    kits = kits_among(db, item_ids)
    told_apart = set(db.execute(select(ITEMS.c.id).where(
        ITEMS.c.id.in_({part for each in kits.values() for part in each}), ITEMS.c.tracking != Tracking.NONE)).scalars())
    return {kit: each for kit, each in kits.items() if told_apart & each.keys()}


def _lot(db: Session, item_id: int, sku: str, code: str) -> int:
    found = db.execute(select(_LOTS.c.id).where(_LOTS.c.item_id == item_id, _LOTS.c.code == code)).scalar_one_or_none()
    if found is None:
        raise NotFound(f"There is no lot {code} of {sku}. Read the label again.")
    return int(found)


def _check_unjudged(db: Session, lots: Sequence[int]) -> None:
    judged = db.execute(
        select(_LOTS.c.code, RETURNS.c.number).join(INSPECTIONS, INSPECTIONS.c.lot_id == _LOTS.c.id)
        .join(RETURN_LINES, RETURN_LINES.c.id == INSPECTIONS.c.return_line_id)
        .join(RETURNS, RETURNS.c.id == RETURN_LINES.c.return_id)
        .where(_LOTS.c.id.in_(lots), RETURNS.c.state.in_(_OPEN)).order_by(_LOTS.c.code).limit(1)).one_or_none()
    if judged is not None:
        raise ConflictError(
            f"The unit with the serial number {judged.code} is judged already, in return {judged.number}. Check the number.",
            code="serial_judged")
