"""Invoices, credit memos, payments and refunds: their states."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class InvoiceState(StrEnum):
    """The life of an invoice. `PAID` follows from the payments; a wrong one is corrected by a credit memo, never edited."""

    ISSUED = "issued"
    PAID = "paid"
    CREDITED = "credited"          # credit memos took all of it back


INVOICE_MOVES: Mapping[InvoiceState, frozenset[InvoiceState]] = {
    InvoiceState.ISSUED: frozenset({InvoiceState.PAID, InvoiceState.CREDITED}),
    InvoiceState.PAID: frozenset({InvoiceState.CREDITED}),
    InvoiceState.CREDITED: frozenset(),
}


class RefundState(StrEnum):
    """The life of a refund. Pending and submitted ones count against what may be paid back."""

    PENDING = "pending"
    SUBMITTED = "submitted"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


REFUND_MOVES: Mapping[RefundState, frozenset[RefundState]] = {
    RefundState.PENDING: frozenset({RefundState.SUBMITTED, RefundState.FAILED}),
    RefundState.SUBMITTED: frozenset({RefundState.SUCCEEDED, RefundState.FAILED}),
    RefundState.SUCCEEDED: frozenset(),
    RefundState.FAILED: frozenset({RefundState.PENDING}),
}
