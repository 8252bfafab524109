"""What people and rules do to sales orders: holds, changes, charges, exceptions."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class OrderSource(StrEnum):
    """How a sales order came to be."""

    CASE = "case"
    IMPORT = "import"
    API = "api"
    DESK = "desk"                  # written by one of us, often a quote first
    EXCHANGE = "exchange"          # goods for returned goods
    SPLIT = "split"


class HoldKind(StrEnum):
    """Why an order may not go on. Several may stand at once; each has a reason, an owner and a release."""

    CREDIT = "credit"
    PRICE = "price"
    COMPLIANCE = "compliance"
    ADDRESS = "address"
    PAYMENT = "payment"
    FRAUD = "fraud"
    STOCK = "stock"
    MANUAL = "manual"


class ChargeKind(StrEnum):
    """What is added to or taken from the sum of the lines, as the document says it."""

    DISCOUNT = "discount"
    CHARGE = "charge"
    TAX = "tax"


class ExceptionKind(StrEnum):
    """What went wrong with an order after hand-over, or on the way to the ERP."""

    UNKNOWN_ITEM = "unknown_item"
    PRICE = "price"
    MINIMUM = "minimum"
    CREDIT = "credit"
    SHORT_STOCK = "short_stock"
    DUPLICATE_PO = "duplicate_po"
    ADDRESS = "address"
    COMPLIANCE = "compliance"
    SYNC_FAILURE = "sync_failure"
    RECONCILIATION = "reconciliation"


class ExceptionState(StrEnum):
    """The life of an exception."""

    OPEN = "open"
    ASSIGNED = "assigned"
    RESOLVED = "resolved"
    WAIVED = "waived"              # known, accepted by somebody, with a reason


EXCEPTION_MOVES: Mapping[ExceptionState, frozenset[ExceptionState]] = {
    ExceptionState.OPEN: frozenset({ExceptionState.ASSIGNED, ExceptionState.RESOLVED, ExceptionState.WAIVED}),
    ExceptionState.ASSIGNED: frozenset({ExceptionState.OPEN, ExceptionState.RESOLVED, ExceptionState.WAIVED}),
    ExceptionState.RESOLVED: frozenset({ExceptionState.OPEN}),     # it came back
    ExceptionState.WAIVED: frozenset({ExceptionState.OPEN}),
}
