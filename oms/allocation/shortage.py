"""Lines that stock does not cover are told: those that may wait do, those that may not are held until somebody chooses."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from models.domain.order_work import ExceptionKind, ExceptionState
from models.tables.base import Base
from models.tables.exceptions import ExceptionRow
from oms.allocation.facts import Wish
from oms.allocation.plan import Allocation
from oms.exceptions import close_exception, open_exception
from oms.exceptions.service import STANDING
from oms.inventory.count import short_key
from oms.inventory.supplies import timeline
from oms.inventory.timeline import covered_from

NO_BACKORDER = "no_backorder"
UNDECIDED = "is not sold while there is none; the line is held until somebody chooses to wait, to replace it or to cancel it"
_LINES, _ITEMS = (Base.metadata.tables[name] for name in ("order_lines", "items"))
_WHAT_NEXT = "Wait for new stock, offer a substitute, or cancel the rest."
_CHOOSE = "It is not sold on backorder: choose to wait for it all the same, to replace it, or to cancel the rest."


def lines_undecided(db: Session, order_id: int) -> set[int]:
    """The order's lines that are held because nobody has chosen what becomes of their shortage."""
    keys = set(db.execute(select(ExceptionRow.key).where(
        ExceptionRow.order_id == order_id, ExceptionRow.code == NO_BACKORDER, ExceptionRow.state.in_(STANDING))).scalars())
    lines = db.execute(select(_LINES.c.id).where(_LINES.c.order_id == order_id)).scalars() if keys else ()
    return {line for line in lines if short_key(line) in keys}


def tell_shortages(db: Session, order: Row[Any], wishes: Sequence[Wish], plan: Allocation, actor: str) -> None:
    """Open an exception for each line that stock does not cover, close those of lines that it covers now."""
    late = {w.line_id for w in wishes if w.not_before}
    for line in sorted({w.line_id for w in wishes} - plan.lacking - late):
        close_exception(db, key=short_key(line), by=actor, resolution="Stock covers the line now.")
    tell_short(db, order.id, order.order_no, {line: plan.why_short[line] for line in plan.lacking})


def tell_short(db: Session, order_id: int, order_no: str, why: Mapping[int, str], *, only_held: bool = False) -> None:
    """Open an exception for each of these lines: why it is short, by line id. One whose item is not sold on backorder is held;
    `only_held` tells of such lines alone."""
    if not why:
        return
    chosen = chosen_to_wait(db, why)
    rows = db.execute(
        select(_LINES.c.id, _LINES.c.item_id, _ITEMS.c.backorder).join(_ITEMS, _ITEMS.c.id == _LINES.c.item_id)
        .where(_LINES.c.id.in_(why)).order_by(_LINES.c.position)).all()
    for line, item, backorder in rows:
        may_wait = backorder or line in chosen
        if may_wait and only_held:
            continue
        words = [f"{order_no}: {why[line]}", *_hope(db, item), _WHAT_NEXT if may_wait else _CHOOSE]
        open_exception(
            db, kind=ExceptionKind.SHORT_STOCK, key=short_key(line), code="short_stock" if may_wait else NO_BACKORDER,
            sentence=" ".join(words), order_id=order_id, item_id=item)


def chosen_to_wait(db: Session, line_ids: Collection[int]) -> set[int]:
    """Lines somebody chose to wait with, although their item is not sold on backorder."""
    keys = {short_key(line): line for line in line_ids}
    found = db.execute(select(ExceptionRow.key).where(
        ExceptionRow.key.in_(keys), ExceptionRow.code == NO_BACKORDER, ExceptionRow.state == ExceptionState.WAIVED)).scalars()
    return {keys[key] for key in found}


def _hope(db: Session, item_id: int) -> list[str]:
    """When what is known to come covers everything that is wanted, if it does."""
    day = covered_from(timeline(db, item_id))
    return [f"What is known to come covers all that is wanted from {day} on."] if day else []
