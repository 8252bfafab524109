"""Refunds: money that goes back, never more than came. In the caller's transaction; the invoice is locked first."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import Row, func, select, update
from sqlalchemy.orm import Session

from models.domain.billing import REFUND_MOVES, RefundState
from models.domain.moves import check_move
from models.errors import ConflictError, NotFound
from oms.billing.invoices import check_amount
from oms.billing.rows import CREDIT_MEMOS, INVOICES, REFUNDS, AboveLimit, insert_keyed, lock_invoice, repeated
from oms.sql import changed
from runtime.audit import record
from runtime.clock import now


def request_refund(
    db: Session, invoice_id: int, *, key: str, amount: Decimal, actor: str, credit_memo_id: int | None = None
) -> int:
    """Note that money is to go back; returns the refund's id, for a repeated key the first one.

    Never more than was paid and not refunded; for a credit memo never more than the memo. Raises NotFound, AboveLimit,
    InputError for an amount that is none, ConflictError for a key that was used for something else.
    """
    invoice = lock_invoice(db, invoice_id)
    check_amount(amount, invoice.currency)
    existing = repeated(
        db, REFUNDS, key, {"invoice_id": invoice_id, "credit_memo_id": credit_memo_id, "amount": amount})
    if existing is not None:
        return existing
    if credit_memo_id is not None:
        _check_memo(db, invoice, credit_memo_id, amount)
    _take(db, invoice, amount)
    at = now()
    refund_id = insert_keyed(db, REFUNDS, {
        "invoice_id": invoice_id, "credit_memo_id": credit_memo_id, "key": key, "amount": amount,
        "state": RefundState.PENDING, "requested_by": actor, "created_at": at, "moved_at": at})
    record(db, actor=actor, action="refund.requested", subject=f"refund:{refund_id}", content={
        "invoice": invoice.number, "amount": f"{amount:f}", "currency": invoice.currency})
    return refund_id


def move_refund(db: Session, refund_id: int, to: RefundState, *, actor: str, sentence: str | None = None) -> None:
    """Move a refund on; moving it to where it is changes nothing. One that failed may be tried again while the money is there.

    Raises NotFound, RefusedMove, AboveLimit.
    """
    found = db.execute(select(REFUNDS.c.invoice_id).where(REFUNDS.c.id == refund_id)).scalar_one_or_none()
    if found is None:
        raise NotFound(f"There is no refund with the id {refund_id}.")
    invoice = lock_invoice(db, found)
    refund = db.execute(select(REFUNDS).where(REFUNDS.c.id == refund_id)).one()
    if refund.state is to:
        return
    check_move(REFUND_MOVES, refund.state, to, f"refund {refund_id}")
    if refund.state is RefundState.FAILED:
        if refund.credit_memo_id is not None:
            _check_memo(db, invoice, refund.credit_memo_id, refund.amount)
        _take(db, invoice, refund.amount)
    move = update(REFUNDS).where(REFUNDS.c.id == refund_id, REFUNDS.c.state == refund.state)
    if not changed(db, move.values(state=to, moved_at=now(), sentence=sentence)):
        raise ConflictError(f"Refund {refund_id} was moved by somebody else just now. Look again.")
    if to is RefundState.FAILED:
        db.execute(update(INVOICES).where(INVOICES.c.id == invoice.id).values(refunded=INVOICES.c.refunded - refund.amount))
    record(db, actor=actor, action=f"refund.{to}", subject=f"refund:{refund_id}", content={
        "invoice": invoice.number, "amount": f"{refund.amount:f}", "currency": invoice.currency, "sentence": sentence})


def _take(db: Session, invoice: Row[Any], amount: Decimal) -> None:
    c = INVOICES.c
    if not changed(db, update(INVOICES).where(c.id == invoice.id, c.refunded + amount <= c.paid)
                   .values(refunded=c.refunded + amount)):
        raise AboveLimit(
            f"For invoice {invoice.number} at most {invoice.paid - invoice.refunded:f} {invoice.currency} can go back: "
            f"{invoice.paid:f} came and {invoice.refunded:f} went back.")


def _check_memo(db: Session, invoice: Row[Any], memo_id: int, amount: Decimal) -> None:
    memo = db.execute(
        select(CREDIT_MEMOS).where(CREDIT_MEMOS.c.id == memo_id, CREDIT_MEMOS.c.invoice_id == invoice.id)).one_or_none()
    if memo is None:
        raise NotFound(f"There is no credit memo with the id {memo_id} for invoice {invoice.number}.")
    going = func.sum(REFUNDS.c.amount, type_=REFUNDS.c.amount.type)
    stmt = select(going).where(REFUNDS.c.credit_memo_id == memo_id, REFUNDS.c.state != RefundState.FAILED)
    left = memo.total - (db.execute(stmt).scalar_one() or Decimal(0))
    if amount > left:
        raise AboveLimit(f"Of credit memo {memo.number} {left:f} {memo.currency} can still go back, not {amount:f}.")
