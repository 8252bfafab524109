"""A customer's change order, revised order or cancellation, agreed by a person, applied to the order it names.

What the paper does to each line is told by the same comparison the reviewer saw (matching); the order core makes it one order
change. Both meet here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.change_diff import ChangeKind, LineChange, OrderChange, diff_orders
from matching.checks.order import amended
from matching.ordered import lines_of
from matching.records import Twin
from matching.twins import load_twins
from matching.wording import quoted
from models.domain.codes import clean_code
from models.domain.doubt import DoubtCode
from models.domain.draft import Draft, DraftLine
from models.domain.reading import DocumentType
from models.domain.states import SalesOrderState
from models.tables.cases import CaseRow, DoubtRow
from models.tables.orders import OrderChangeRow, OrderNoteRow, SalesOrderRow
from oms.fulfilment.lines import lock_order
from oms.orders.assemble import OrderIncomplete, assemble_line
from oms.orders.changes.plan import (
    AddLine,
    CancelLine,
    ChangeRefused,
    Edit,
    EditHeader,
    EditLine,
    LineNow,
    NothingChanged,
    OrderNow,
)
from oms.orders.changes.service import change_order
from runtime.clock import now

AMENDING = frozenset({DocumentType.ORDER_CHANGE, DocumentType.CANCELLATION})
"""Kinds of paper that change an order instead of becoming one."""
_REASONS = {
    DocumentType.ORDER_CHANGE: "The customer changed the order.", DocumentType.CANCELLATION: "The customer cancelled.",
    DocumentType.PURCHASE_ORDER: "The customer sent the order anew, with other content."}


def is_amending(db: Session, case_id: int, draft: Draft) -> bool:
    """Whether an approved case changes an order there is instead of becoming one: a change order, a cancellation, or an order
    that was asked about as the revision of another whose number it still carries. A new order is what comes after one at its end.
    """
    if draft.doc_type in AMENDING:
        return True
    asked = select(DoubtRow.case_id).where(DoubtRow.case_id == case_id, DoubtRow.code == DoubtCode.REVISED_ORDER).limit(1)
    if db.execute(asked).first() is None:
        return False
    target = _same_number(load_twins(db, case_id, draft, 0), draft)
    if target is None or target.order_no is None:
        return target is not None
    state = db.execute(select(SalesOrderRow.state).where(SalesOrderRow.order_no == target.order_no)).scalar_one()
    return state not in {SalesOrderState.CANCELLED, SalesOrderState.CLOSED}


def apply_case_change(db: Session, *, case_id: int, draft: Draft, approved_by: str) -> int:
    """Make the order what the paper of a case asks for; returns the order's id.

    A case is applied once, and one that came before another that was applied already changes nothing: a note on the order says
    so. Raises ChangeRefused for what cannot be done any more, OrderIncomplete when there is no such order or a line is not whole.
    """
    target = _same_number(load_twins(db, case_id, draft, 0), draft)
    if target is None or target.order_no is None:
        po = draft.po_number.value if draft.po_number else "none"
        raise OrderIncomplete(
            f"There is no sales order with the PO number {po}. Correct the number, or wait until the order itself is approved.")
    order_id = db.execute(select(SalesOrderRow.id).where(SalesOrderRow.order_no == target.order_no)).scalar_one()
    if lock_order(db, order_id).state is SalesOrderState.MERGED:
        raise ChangeRefused(
            f"{target.order_no} was merged into another order. Part it again or change that order, then reject this case.")
    if _is_applied(db, order_id, case_id) or _is_late(db, order_id, case_id, approved_by):
        return order_id
    current = _same_number(load_twins(db, case_id, draft, 0), draft)        # again, now that nobody else can change it
    assert current is not None
    change = diff_orders(draft.doc_type, current.lines, lines_of(draft))
    try:
        change_order(
            db, order_id, lambda order: edits_of(change, draft, order), actor=approved_by, reason=_REASONS[draft.doc_type],
            case_id=case_id)
    except NothingChanged:
        _note(db, order_id, approved_by, f"Case {case_id} asks for what the order says already.")
    return order_id


def _same_number(twins: Sequence[Twin], draft: Draft) -> Twin | None:
    """The order the paper is about: of those that carry its number."""
    number = clean_code(draft.po_number.value) if draft.po_number else ""
    return amended([twin for twin in twins if number and clean_code(twin.po_number or "") == number])


def edits_of(change: OrderChange, draft: Draft, order: OrderNow) -> list[Edit]:
    """The edits that make the order what the paper asks for. Raises ChangeRefused with everything that comes too late. Pure."""
    lines = {line.position: line for line in order.lines}
    late = [f"line {x.name} ({quoted(x.what)}): {x.refused}" for x in change.refused]
    late += [_with_warehouse(x, lines[x.before]) for x in change.lines
             if x.kind is ChangeKind.REMOVED and x.before and lines[x.before].at_work]
    if late:
        raise ChangeRefused(f"It comes too late for {'; '.join(late)}. Agree with the customer, correct the lines, then approve.")
    header = iter(()) if draft.doc_type is DocumentType.CANCELLATION else _header(draft, order.header)
    return [*header, *(edit for x in change.differing for edit in _of_line(x, draft, lines, order.currency))]


def _with_warehouse(change: LineChange, line: LineNow) -> str:
    return f"line {change.name} ({quoted(change.what)}): {line.at_work:f} are with a warehouse"


def _header(draft: Draft, before: Mapping[str, object]) -> Iterator[Edit]:
    """Only what the paper itself names: an address or date that follows from master data changes nothing."""
    if draft.requested_date and draft.requested_date.evidence.places:
        yield EditHeader("requested_date", draft.requested_date.value)
    if draft.ship_to and draft.ship_to_text and draft.ship_to.value.address_id != before["ship_to_id"]:
        yield EditHeader("ship_to_id", draft.ship_to.value.address_id)
        yield EditHeader("ship_to_text", draft.ship_to_text.value)


def _of_line(change: LineChange, draft: Draft, lines: Mapping[int, LineNow], currency: str) -> Iterator[Edit]:
    asked = draft.lines[change.after] if change.after is not None else None
    line = lines[change.before] if change.before is not None else None
    names = {f.name for f in change.fields}
    if line and (asked is None or "item" in names):
        yield CancelLine(line.position)
    if asked and (line is None or "item" in names):
        yield AddLine(assemble_line(asked, currency))
    elif asked and line:
        yield _edit(line, asked, names)


def _edit(line: LineNow, asked: DraftLine, names: set[str]) -> Edit:
    """Quantity and price in the line's own unit, whatever unit the paper counts in; what was cancelled stays cancelled."""
    quantity = price = None
    per_unit = line.base_quantity / line.quantity
    if "quantity" in names and asked.base_quantity is not None:
        quantity = (asked.base_quantity + line.cancelled) / per_unit
    if "price" in names and asked.unit_price is not None and asked.quantity is not None and asked.base_quantity:
        asked_per_unit = asked.base_quantity / asked.quantity.value
        price = asked.unit_price.value * (Decimal(1) if asked_per_unit == per_unit else per_unit / asked_per_unit)
    return EditLine(
        line.position, quantity, price, asked.requested_date.value if "date" in names and asked.requested_date else None)


def _is_applied(db: Session, order_id: int, case_id: int) -> bool:
    row = OrderChangeRow
    return db.execute(select(row.id).where(row.order_id == order_id, row.case_id == case_id).limit(1)).first() is not None


def _is_late(db: Session, order_id: int, case_id: int, approved_by: str) -> bool:
    """True, with a note on the order, when a change the customer sent later was applied already."""
    came = select(CaseRow.received_at).where(CaseRow.id == case_id).scalar_subquery()
    later = db.execute(
        select(OrderChangeRow.case_id).join(CaseRow, CaseRow.id == OrderChangeRow.case_id)
        .where(OrderChangeRow.order_id == order_id, CaseRow.received_at > came).limit(1)).scalar_one_or_none()
    if later is not None:
        words = f"Case {case_id} came before case {later}, which was applied already; it changes nothing."
        _note(db, order_id, approved_by, words)
    return later is not None


def _note(db: Session, order_id: int, author: str, text: str) -> None:
    db.add(OrderNoteRow(order_id=order_id, text=text, author=author, at=now()))
    db.flush()
