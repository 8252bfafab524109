"""What the services of billing share: rows under lock, keys that make a repeat harmless, the state that follows from money."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, Table, select, update
from sqlalchemy.orm import Session

from models.domain.billing import INVOICE_MOVES, InvoiceState
from models.domain.moves import sources
from models.errors import ConflictError, InputError, NotFound
from models.tables.base import Base
from oms.sql import changed, insert_once
from runtime.audit import record

INVOICES, INVOICE_LINES, CREDIT_MEMOS, CREDIT_LINES, PAYMENTS, REFUNDS, ORDERS, ORDER_LINES = (
    Base.metadata.tables[name] for name in (
        "invoices", "invoice_lines", "credit_memos", "credit_lines", "payments", "refunds", "sales_orders", "order_lines"))
LONGEST_KEY = 128


class AboveLimit(InputError):
    """More is asked for than may be billed, credited or paid back."""

    code = "above_limit"


def lock_invoice(db: Session, invoice_id: int) -> Row[Any]:
    """The invoice's row, locked until the transaction ends. Raises NotFound."""
    stmt = select(INVOICES).where(INVOICES.c.id == invoice_id).with_for_update(key_share=True)
    found = db.execute(stmt).one_or_none()
    if found is None:
        raise NotFound(f"There is no invoice with the id {invoice_id}.")
    return found


def repeated(db: Session, table: Table, key: str, same: Mapping[str, Any]) -> int | None:
    """The row this key made before; None for a new key. Call it under the invoice's lock.

    Raises ConflictError when the key was used for something else than `same`, InputError for a key that is none.
    """
    if not 0 < len(key) <= LONGEST_KEY:
        raise InputError(f"A key has 1 to {LONGEST_KEY} characters; send a shorter one.", code="bad_key")
    found = db.execute(select(table).where(table.c.key == key)).mappings().one_or_none()
    if found is None:
        return None
    if any(found[name] != value for name, value in same.items()):
        raise ConflictError(
            f"The key {key} was used for something else; send this with a key of its own.", code="idempotency_key_reused")
    return int(found["id"])


def insert_keyed(db: Session, table: Table, values: Mapping[str, Any]) -> int:
    """Insert a row whose `key` nobody has. Raises ConflictError when another transaction took the key just now."""
    row_id = db.execute(insert_once(db, table, returning=table.c.id), dict(values)).scalar_one_or_none()
    if row_id is None:
        raise ConflictError("The same key came in another request just now. Send this again to see what became of it.")
    return int(row_id)


def settle(db: Session, invoice_id: int, *, actor: str) -> None:
    """Move the invoice to the state its figures say, if they say another one than it is in: one compare-and-set each."""
    i = INVOICES.c
    for state, is_so, action in (
        (InvoiceState.CREDITED, i.credited == i.total, "invoice.credited"),
        (InvoiceState.PAID, i.paid >= i.total - i.credited, "invoice.paid"),
    ):
        move = update(INVOICES).values(state=state).where(i.id == invoice_id, i.state.in_(sources(INVOICE_MOVES, state)), is_so)
        if changed(db, move):
            number = db.execute(select(i.number).where(i.id == invoice_id)).scalar_one()
            record(db, actor=actor, action=action, subject=f"invoice:{number}")
            return
