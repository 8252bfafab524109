"""Credit memos: what is taken back of an invoice, by line. In the caller's transaction; the invoice is locked first."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.orm import Session

from models.errors import InputError
from oms.billing.assemble import ZERO, Part, Share, assemble_part
from oms.billing.invoices import check_amount
from oms.billing.rows import (
    CREDIT_LINES,
    CREDIT_MEMOS,
    INVOICE_LINES,
    INVOICES,
    ORDER_LINES,
    ORDERS,
    AboveLimit,
    lock_invoice,
    repeated,
    settle,
)
from oms.numbers import insert_numbered
from oms.sql import changed
from runtime.audit import record
from runtime.clock import now


class NothingToCredit(InputError):
    """A credit memo needs something to credit."""

    code = "nothing_to_credit"


def issue_credit(
    db: Session, invoice_id: int, *, key: str, quantities: Mapping[int, Decimal], reason: str, actor: str,
    fee: Decimal = ZERO, return_id: int | None = None,
) -> int:
    """Take back base units of order lines from an invoice, less a fee; returns the memo's id, for a repeated key the first one.

    The line's price, its share of charges and its tax come back; all memos of an invoice together are never more than it was.
    Raises NotFound, AboveLimit, NothingToCredit, ConflictError for a key that was used for another invoice.
    """
    order_id = _lock_order(db, invoice_id)
    invoice = lock_invoice(db, invoice_id)
    existing = repeated(db, CREDIT_MEMOS, key, {"invoice_id": invoice_id, "return_id": return_id})
    if existing is not None:
        return existing
    part = _part(db, invoice, {line: q for line, q in quantities.items() if q})
    if fee:
        check_amount(fee, invoice.currency)
    total = part.total - fee
    if total <= 0:
        raise NothingToCredit(
            f"Nothing would be left to credit: the goods come to {part.total:f} {invoice.currency} and the fee is {fee:f}. "
            "Lower the fee, or reject the goods.")
    memo_id, number = insert_numbered(db, CREDIT_MEMOS, "CM", {
        "order_id": order_id, "invoice_id": invoice_id, "return_id": return_id, "key": key, "currency": invoice.currency,
        "charges": part.charges, "tax": part.tax, "total": total, "fee": fee, "reason": reason, "issued_by": actor,
        "issued_at": now()})
    _write(db, memo_id, part)
    c = INVOICES.c
    if not changed(db, update(INVOICES).where(c.id == invoice_id, c.credited + total <= c.total)
                   .values(credited=c.credited + total)):
        raise AboveLimit(f"Invoice {invoice.number} would be credited beyond its total. Look at its credit memos first.")
    record(db, actor=actor, action="credit_memo.issued", subject=f"credit_memo:{number}", content={
        "invoice": invoice.number, "total": f"{total:f}", "fee": f"{fee:f}", "currency": invoice.currency, "reason": reason})
    settle(db, invoice_id, actor=actor)
    return memo_id


def worth_of(db: Session, invoice_id: int, quantities: Mapping[int, Decimal]) -> Decimal:
    """What crediting these base units of order lines would come to, before a fee. Raises NotFound, AboveLimit."""
    return _part(db, lock_invoice(db, invoice_id), quantities).total


def _lock_order(db: Session, invoice_id: int) -> int | None:
    """The order before the invoice, as everywhere; None when there is no such invoice."""
    order = select(INVOICES.c.order_id).where(INVOICES.c.id == invoice_id).scalar_subquery()
    return db.execute(select(ORDERS.c.id).where(ORDERS.c.id == order).with_for_update(key_share=True)).scalar_one_or_none()


def _part(db: Session, invoice: Row[Any], quantities: Mapping[int, Decimal]) -> Part:
    shares = shares_of(db, invoice.id)
    left = {s.order_line_id: s.whole - s.taken for s in shares}
    for line_id, quantity in quantities.items():
        if line_id not in left:
            raise AboveLimit(f"Invoice {invoice.number} does not bill this line; choose the invoice that does.")
        if not quantity.is_finite() or not 0 < quantity <= left[line_id]:
            raise AboveLimit(
                f"Of this line {left[line_id]:f} can still be credited on invoice {invoice.number}, not {quantity:f}.")
    if not quantities:
        raise NothingToCredit("Say how many units of which line are to be credited.")
    wanted = [Share(s.order_line_id, s.amount, s.whole, s.taken, quantities.get(s.order_line_id, ZERO)) for s in shares]
    return assemble_part(wanted, charges=invoice.charges, tax=invoice.tax, currency=invoice.currency)


def shares_of(db: Session, invoice_id: int) -> list[Share]:
    """The invoice's lines with what credit memos took of each; nothing is taken now."""
    credited = func.sum(CREDIT_LINES.c.quantity, type_=CREDIT_LINES.c.quantity.type)
    rows = db.execute(
        select(CREDIT_LINES.c.order_line_id, credited).join(CREDIT_MEMOS, CREDIT_MEMOS.c.id == CREDIT_LINES.c.credit_memo_id)
        .where(CREDIT_MEMOS.c.invoice_id == invoice_id).group_by(CREDIT_LINES.c.order_line_id))
    taken = dict(rows.all())
    lines = db.execute(select(INVOICE_LINES).where(INVOICE_LINES.c.invoice_id == invoice_id).order_by(INVOICE_LINES.c.id))
    return [Share(x.order_line_id, x.amount, x.quantity, taken.get(x.order_line_id, ZERO), ZERO) for x in lines]


def _write(db: Session, memo_id: int, part: Part) -> None:
    db.execute(insert(CREDIT_LINES), [
        {"credit_memo_id": memo_id, "order_line_id": x.order_line_id, "quantity": x.quantity, "amount": x.amount}
        for x in part.lines])
    c = ORDER_LINES.c
    for x in sorted(part.lines, key=lambda x: x.order_line_id):
        db.execute(update(ORDER_LINES).where(c.id == x.order_line_id).values(credited=c.credited + x.quantity))
