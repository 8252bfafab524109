"""An approved case becomes a sales order, a part of one, or a change of one. One transaction; doing it again changes nothing."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.amending import apply_case_change, is_amending
from matching.cases import Cases
from matching.partly import PARTLY, partly_words, released, waiting
from models.domain.draft import Draft
from models.domain.states import CaseState
from models.tables.orders import SalesOrderRow
from oms.fulfilment.lines import lock_order
from oms.orders.assemble import OrderIncomplete, assemble_line
from oms.orders.changes.plan import EDITABLE, AddLine
from oms.orders.changes.service import change_order
from oms.orders.service import accept_order
from runtime.log import get_logger

log = get_logger("handover")
ADDED = "More lines of the customer's order were agreed."


def hand_over_case(db: Session, case_id: int, version: int) -> None:
    """Hand over the lines of an approved version that go ahead; the case comes back to review when others wait.

    Nothing happens when the case is not approved any more. Raises what the order core refuses, with nothing done.
    """
    cases = Cases(db)
    draft, approver = cases.draft(case_id, version), cases.approved_by(case_id)
    stays = bool(waiting(draft))
    to = CaseState.NEEDS_REVIEW if stays else CaseState.HANDED_OVER
    code, sentence = (PARTLY, partly_words(draft)) if stays else (None, None)
    # The case first: its row decides between us and a person who reopens it, and locks are taken in one order.
    if not cases.move(case_id, frm=CaseState.APPROVED, to=to, code=code, sentence=sentence, actor="ordermill"):
        return
    order_id = _hand_over(db, case_id, version, draft, approver)
    if stays:
        cases.take_back_the_rest(case_id, version, draft)
    log.info("case.handed_over", case_id=case_id, order_id=order_id, partly=stays)


def _hand_over(db: Session, case_id: int, version: int, draft: Draft, approver: str) -> int | None:
    if is_amending(db, case_id, draft):
        if waiting(draft) or released(draft):
            raise OrderIncomplete(
                "This changes an order that is here already, so it goes ahead as a whole. Settle its lines, then approve all.")
        return apply_case_change(db, case_id=case_id, draft=draft, approved_by=approver)
    before = _open_order(db, case_id) if released(draft) else None
    due = [line for line in draft.lines if line.is_due]
    if released(draft) and not due:
        return before                   # what remained was left out: the order is as it shall be
    if before is None:                  # the first part; or the order has ended since, and the rest is an order of its own
        draft = replace(draft, charges=()) if released(draft) else draft           # they went with the first part
        return accept_order(db, case_id=case_id, case_version=version, draft=draft, approved_by=approver)
    order = lock_order(db, before)
    change_order(
        db, before, [AddLine(assemble_line(line, order.currency)) for line in due], actor=approver, reason=ADDED, case_id=case_id)
    return before


def _open_order(db: Session, case_id: int) -> int | None:
    """The newest order of the case that can still take lines."""
    stmt = select(SalesOrderRow.id).where(SalesOrderRow.case_id == case_id, SalesOrderRow.state.in_(EDITABLE))
    return db.execute(stmt.order_by(SalesOrderRow.id.desc()).limit(1)).scalar_one_or_none()
