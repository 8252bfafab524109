"""One badge per state: a word, a tone and a shape, so that nobody depends on the colour."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from models.domain.billing import InvoiceState, RefundState
from models.domain.fulfilment import FulfilmentState, RequestState, ShipmentState
from models.domain.order_work import ExceptionState
from models.domain.returns import ReturnState
from models.domain.states import CaseState, DocumentState, LineState, MessageState, OutboxState, ReservationState, SalesOrderState


@dataclass(frozen=True, slots=True)
class Badge:
    """How a state looks. `tone` is one of calm, busy, ask, good, bad; `icon` names a symbol of `_icons.html`."""

    word: str
    tone: str
    icon: str


_BY_KIND: dict[type[StrEnum], dict[StrEnum, Badge]] = {
    CaseState: {
        CaseState.RECEIVED: Badge("Received", "busy", "inbox"),
        CaseState.READING: Badge("Reading", "busy", "eye"),
        CaseState.MATCHING: Badge("Matching", "busy", "search"),
        CaseState.NEEDS_REVIEW: Badge("Needs review", "ask", "question"),
        CaseState.IN_REVIEW: Badge("In review", "busy", "person"),
        CaseState.WAITING_FOR_CUSTOMER: Badge("Waiting for customer", "calm", "hourglass"),
        CaseState.APPROVED: Badge("Approved", "good", "check"),
        CaseState.HANDED_OVER: Badge("Handed over", "good", "checks"),
        CaseState.REJECTED: Badge("Rejected", "bad", "cross"),
        CaseState.DUPLICATE: Badge("Duplicate", "calm", "copy"),
        CaseState.NOT_AN_ORDER: Badge("Not an order", "calm", "minus"),
        CaseState.MERGED: Badge("Merged", "calm", "merge"),
        CaseState.FAILED: Badge("Failed", "bad", "warning"),
    },
    MessageState: {
        MessageState.RECEIVED: Badge("Received", "busy", "inbox"),
        MessageState.READING: Badge("Reading", "busy", "eye"),
        MessageState.READ: Badge("Read", "good", "check"),
        MessageState.IGNORED: Badge("Ignored", "calm", "minus"),
        MessageState.FAILED: Badge("Failed", "bad", "warning"),
        MessageState.QUARANTINED: Badge("Quarantined", "bad", "stop"),
    },
    DocumentState: {
        DocumentState.STORED: Badge("Stored", "busy", "inbox"),
        DocumentState.READ: Badge("Read", "good", "check"),
        DocumentState.REFUSED: Badge("Refused", "bad", "warning"),
        DocumentState.SKIPPED: Badge("Skipped", "calm", "minus"),
    },
    LineState: {
        LineState.EXTRACTED: Badge("No item yet", "ask", "question"),
        LineState.PROPOSED: Badge("Proposed", "ask", "question"),
        LineState.CONFIRMED: Badge("Confirmed", "good", "check"),
        LineState.REJECTED: Badge("Left out", "calm", "minus"),
        LineState.WAITING: Badge("Waits", "calm", "hourglass"),
        LineState.RELEASED: Badge("In the order", "good", "checks"),
    },
    FulfilmentState: {
        FulfilmentState.OPEN: Badge("Open", "ask", "inbox"),
        FulfilmentState.SCHEDULED: Badge("Scheduled", "calm", "hourglass"),
        FulfilmentState.ON_HOLD: Badge("On hold", "bad", "stop"),
        FulfilmentState.IN_PROGRESS: Badge("In progress", "busy", "person"),
        FulfilmentState.CLOSED: Badge("Closed", "good", "checks"),
        FulfilmentState.INCOMPLETE: Badge("Closed incomplete", "calm", "minus"),
        FulfilmentState.CANCELLED: Badge("Cancelled", "calm", "cross"),
    },
    RequestState: {
        RequestState.UNSUBMITTED: Badge("Not submitted", "calm", "minus"),
        RequestState.SUBMITTED: Badge("Submitted", "busy", "send"),
        RequestState.ACCEPTED: Badge("Accepted", "good", "check"),
        RequestState.REJECTED: Badge("Rejected", "bad", "cross"),
        RequestState.CANCELLATION_REQUESTED: Badge("Cancellation asked for", "ask", "question"),
        RequestState.CANCELLATION_ACCEPTED: Badge("Cancellation accepted", "calm", "check"),
        RequestState.CANCELLATION_REJECTED: Badge("Cancellation refused", "busy", "cross"),
    },
    ShipmentState: {
        ShipmentState.DRAFT: Badge("Being picked", "busy", "person"),
        ShipmentState.PICKED: Badge("Picked", "busy", "check"),
        ShipmentState.PACKED: Badge("Packed", "ask", "inbox"),
        ShipmentState.SHIPPED: Badge("Shipped", "good", "send"),
        ShipmentState.DELIVERED: Badge("Delivered", "good", "checks"),
        ShipmentState.VOID: Badge("Void", "calm", "cross"),
    },
    SalesOrderState: {
        SalesOrderState.DRAFT: Badge("Draft", "calm", "typed"),
        SalesOrderState.QUOTED: Badge("Quoted", "busy", "hourglass"),
        SalesOrderState.ACCEPTED: Badge("Accepted", "good", "check"),
        SalesOrderState.RELEASED: Badge("Released", "good", "checks"),
        SalesOrderState.CANCELLED: Badge("Cancelled", "bad", "cross"),
        SalesOrderState.CLOSED: Badge("Closed", "calm", "minus"),
        SalesOrderState.MERGED: Badge("Merged", "calm", "merge"),
    },
    ExceptionState: {
        ExceptionState.OPEN: Badge("Open", "ask", "question"),
        ExceptionState.ASSIGNED: Badge("Assigned", "busy", "person"),
        ExceptionState.RESOLVED: Badge("Resolved", "good", "check"),
        ExceptionState.WAIVED: Badge("Accepted as it is", "calm", "minus"),
    },
    ReservationState: {
        ReservationState.ACTIVE: Badge("Reserved", "good", "check"),
        ReservationState.CONSUMED: Badge("Shipped", "good", "checks"),
        ReservationState.RELEASED: Badge("Released", "calm", "minus"),
        ReservationState.EXPIRED: Badge("Expired", "calm", "hourglass"),
    },
    OutboxState: {
        OutboxState.PENDING: Badge("Waiting to be sent", "busy", "hourglass"),
        OutboxState.SENDING: Badge("Being sent", "busy", "send"),
        OutboxState.UNKNOWN: Badge("Maybe sent", "ask", "question"),
        OutboxState.SENT: Badge("Sent", "good", "check"),
        OutboxState.FAILED: Badge("Failed", "bad", "warning"),
    },
    ReturnState: {
        ReturnState.REQUESTED: Badge("Requested", "ask", "question"),
        ReturnState.APPROVED: Badge("Approved", "good", "check"),
        ReturnState.DECLINED: Badge("Declined", "bad", "cross"),
        ReturnState.IN_TRANSIT: Badge("On its way", "busy", "send"),
        ReturnState.RECEIVED: Badge("To inspect", "ask", "inbox"),
        ReturnState.INSPECTED: Badge("To close", "ask", "eye"),
        ReturnState.CLOSED: Badge("Closed", "calm", "checks"),
        ReturnState.CANCELLED: Badge("Cancelled", "calm", "minus"),
    },
    InvoiceState: {
        InvoiceState.ISSUED: Badge("Open", "busy", "hourglass"),
        InvoiceState.PAID: Badge("Paid", "good", "check"),
        InvoiceState.CREDITED: Badge("Credited", "calm", "undo"),
    },
    RefundState: {
        RefundState.PENDING: Badge("To be sent", "ask", "hourglass"),
        RefundState.SUBMITTED: Badge("Sent to the bank", "busy", "send"),
        RefundState.SUCCEEDED: Badge("Paid back", "good", "check"),
        RefundState.FAILED: Badge("Failed", "bad", "warning"),
    },
}


def badge(state: StrEnum) -> Badge:
    """The badge of a state of any of our state machines."""
    return _BY_KIND[type(state)][state]
