"""States and the moves between them, as data. A guard that refuses says why."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from models.domain.moves import RefusedMove, check_move

__all__ = [
    "CASE_MOVES", "ENDED_CASES", "ENDED_ORDERS", "OFFERS", "PEOPLE_ROLES", "SALES_ORDER_MOVES", "CaseState",
    "DocumentState", "LineState", "MessageState", "OutboxState", "RefusedMove", "ReservationState", "Role",
    "SalesOrderState", "check_case_move",
]


class MessageState(StrEnum):
    """The life of one message as it arrived."""

    RECEIVED = "received"          # bytes and row are safe; nothing understood yet
    READING = "reading"            # a workflow is at it
    READ = "read"                  # every document ended in a state of its own
    IGNORED = "ignored"            # not for the desk: auto-reply, bounce, our own mail
    FAILED = "failed"              # could not be taken apart; operations look at it
    QUARANTINED = "quarantined"    # tried three times and never finished; operations look at it


class DocumentState(StrEnum):
    """How a document ended."""

    STORED = "stored"              # found in the message, not read yet
    READ = "read"                  # pages and readings are there
    REFUSED = "refused"            # not readable as it is; `code` and `sentence` say why
    SKIPPED = "skipped"            # no order can be in it (signature image, calendar entry)


class CaseState(StrEnum):
    """The way of one purchase order through intake."""

    RECEIVED = "received"
    READING = "reading"
    MATCHING = "matching"
    NEEDS_REVIEW = "needs_review"                    # waits for a person
    IN_REVIEW = "in_review"                          # a person has it open
    WAITING_FOR_CUSTOMER = "waiting_for_customer"    # a question is out
    APPROVED = "approved"                            # agreed, not yet in the OMS core
    HANDED_OVER = "handed_over"                      # the sales order exists
    REJECTED = "rejected"
    DUPLICATE = "duplicate"
    NOT_AN_ORDER = "not_an_order"
    MERGED = "merged"
    FAILED = "failed"                                # operations look at it


_ASIDE = frozenset({CaseState.REJECTED, CaseState.DUPLICATE, CaseState.NOT_AN_ORDER, CaseState.MERGED})

ENDED_CASES = _ASIDE | {CaseState.HANDED_OVER}
"""Where a case is over, whatever a person may still reopen."""

CASE_MOVES: Mapping[CaseState, frozenset[CaseState]] = {
    CaseState.RECEIVED: frozenset({CaseState.READING, CaseState.FAILED}),
    CaseState.READING: frozenset({CaseState.MATCHING, CaseState.FAILED}),
    CaseState.MATCHING: frozenset({CaseState.APPROVED, CaseState.NEEDS_REVIEW, CaseState.FAILED}) | _ASIDE,
    CaseState.NEEDS_REVIEW: frozenset({CaseState.IN_REVIEW, CaseState.MATCHING, CaseState.WAITING_FOR_CUSTOMER}) | _ASIDE,
    CaseState.IN_REVIEW: frozenset({
        CaseState.NEEDS_REVIEW, CaseState.WAITING_FOR_CUSTOMER, CaseState.APPROVED, CaseState.MATCHING}) | _ASIDE,
    CaseState.WAITING_FOR_CUSTOMER: frozenset({CaseState.NEEDS_REVIEW, CaseState.IN_REVIEW, CaseState.MATCHING}) | _ASIDE,
    CaseState.APPROVED: frozenset({CaseState.HANDED_OVER, CaseState.NEEDS_REVIEW, CaseState.FAILED}),
    CaseState.HANDED_OVER: frozenset(),
    CaseState.REJECTED: frozenset({CaseState.NEEDS_REVIEW}),        # reopened by a person
    CaseState.DUPLICATE: frozenset({CaseState.NEEDS_REVIEW}),       # "yes, again"
    CaseState.NOT_AN_ORDER: frozenset({CaseState.NEEDS_REVIEW}),
    CaseState.MERGED: frozenset(),
    CaseState.FAILED: frozenset({CaseState.MATCHING, CaseState.NEEDS_REVIEW, CaseState.REJECTED}),
}


class LineState(StrEnum):
    """How far a draft line is agreed."""

    EXTRACTED = "extracted"    # read from the document, no item yet
    PROPOSED = "proposed"      # best candidate known, below the automatic threshold
    CONFIRMED = "confirmed"    # item and quantity agreed, by rule or by a reviewer
    REJECTED = "rejected"      # not an order line (heading, freight note, duplicate)
    WAITING = "waiting"        # stays behind when the others are handed over
    RELEASED = "released"      # part of the sales order already; what remains of the case goes on without it


class SalesOrderState(StrEnum):
    """The life of a sales order in the OMS core; fulfilment and invoice status are derived from its lines."""

    DRAFT = "draft"            # being written by us; no stock is promised
    QUOTED = "quoted"          # offered to the customer, until `valid_until`
    ACCEPTED = "accepted"      # taken over, stock reserved as far as there was any
    RELEASED = "released"      # may be fulfilled
    CANCELLED = "cancelled"
    CLOSED = "closed"          # everything shipped or cancelled
    MERGED = "merged"          # its lines went into another order; they can come back until something moves


SALES_ORDER_MOVES: Mapping[SalesOrderState, frozenset[SalesOrderState]] = {
    SalesOrderState.DRAFT: frozenset({SalesOrderState.QUOTED, SalesOrderState.ACCEPTED, SalesOrderState.CANCELLED}),
    SalesOrderState.QUOTED: frozenset({SalesOrderState.DRAFT, SalesOrderState.ACCEPTED, SalesOrderState.CANCELLED}),
    SalesOrderState.ACCEPTED: frozenset({SalesOrderState.RELEASED, SalesOrderState.CANCELLED, SalesOrderState.MERGED}),
    SalesOrderState.RELEASED: frozenset({
        SalesOrderState.ACCEPTED, SalesOrderState.CLOSED, SalesOrderState.CANCELLED, SalesOrderState.MERGED}),
    SalesOrderState.CANCELLED: frozenset(),
    SalesOrderState.CLOSED: frozenset(),
    SalesOrderState.MERGED: frozenset({SalesOrderState.ACCEPTED}),
}
OFFERS = frozenset({SalesOrderState.DRAFT, SalesOrderState.QUOTED})
"""States of an order that promises nothing yet."""
ENDED_ORDERS = frozenset({SalesOrderState.CANCELLED, SalesOrderState.CLOSED, SalesOrderState.MERGED})
"""States of an order of which nothing more will leave."""


class ReservationState(StrEnum):
    """Whether a reservation stands; when its quantity is gone it is consumed, released or expired."""

    ACTIVE = "active"
    CONSUMED = "consumed"
    RELEASED = "released"
    EXPIRED = "expired"


class OutboxState(StrEnum):
    """A message on its way out. `UNKNOWN` is asked for (or, for mail, shown to a person) before anything is resent."""

    PENDING = "pending"
    SENDING = "sending"        # a worker holds it until `lease_until`
    UNKNOWN = "unknown"        # sent, but the answer was lost
    SENT = "sent"
    FAILED = "failed"          # refused for good, or tried too often; operations look at it


class Role(StrEnum):
    """What a user may do; each includes what stands above it in the docs' table."""

    VIEWER = "viewer"
    CLERK = "clerk"
    APPROVER = "approver"
    ADMIN = "admin"
    INTEGRATION = "integration"    # a program with an API token; never signs in, and its scopes say what it may


PEOPLE_ROLES = (Role.VIEWER, Role.CLERK, Role.APPROVER, Role.ADMIN)
"""What people may be; each includes those before it."""


def check_case_move(frm: CaseState, to: CaseState) -> None:
    """Raise RefusedMove, saying what is possible, unless a case may go from `frm` to `to`."""
    check_move(CASE_MOVES, frm, to, "the case")
