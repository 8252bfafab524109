"""Fulfilment orders and shipments: their states, and the handshake with the warehouse that does the work."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class FulfilmentState(StrEnum):
    """The life of a fulfilment order: what one location is to send for one sales order."""

    OPEN = "open"
    SCHEDULED = "scheduled"        # its goods or its date are still to come
    ON_HOLD = "on_hold"            # a hold of its own stands; several may
    IN_PROGRESS = "in_progress"    # the warehouse works on it
    CLOSED = "closed"              # everything shipped or cancelled
    INCOMPLETE = "incomplete"      # the warehouse stopped; the rest was given back to the order
    CANCELLED = "cancelled"


FULFILMENT_MOVES: Mapping[FulfilmentState, frozenset[FulfilmentState]] = {
    FulfilmentState.OPEN: frozenset({
        FulfilmentState.SCHEDULED, FulfilmentState.ON_HOLD, FulfilmentState.IN_PROGRESS, FulfilmentState.CANCELLED}),
    FulfilmentState.SCHEDULED: frozenset({FulfilmentState.OPEN, FulfilmentState.ON_HOLD, FulfilmentState.CANCELLED}),
    FulfilmentState.ON_HOLD: frozenset({FulfilmentState.OPEN, FulfilmentState.SCHEDULED, FulfilmentState.CANCELLED}),
    FulfilmentState.IN_PROGRESS: frozenset({
        FulfilmentState.OPEN, FulfilmentState.CLOSED, FulfilmentState.INCOMPLETE, FulfilmentState.CANCELLED}),
    FulfilmentState.CLOSED: frozenset(),
    FulfilmentState.INCOMPLETE: frozenset(),
    FulfilmentState.CANCELLED: frozenset(),
}


class RequestState(StrEnum):
    """The handshake with a warehouse that is asked to do the work, or to stop."""

    UNSUBMITTED = "unsubmitted"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    CANCELLATION_REQUESTED = "cancellation_requested"
    CANCELLATION_ACCEPTED = "cancellation_accepted"
    CANCELLATION_REJECTED = "cancellation_rejected"


REQUEST_MOVES: Mapping[RequestState, frozenset[RequestState]] = {
    RequestState.UNSUBMITTED: frozenset({RequestState.SUBMITTED}),
    RequestState.SUBMITTED: frozenset({RequestState.ACCEPTED, RequestState.REJECTED, RequestState.CANCELLATION_REQUESTED}),
    RequestState.ACCEPTED: frozenset({RequestState.CANCELLATION_REQUESTED}),
    RequestState.REJECTED: frozenset({RequestState.SUBMITTED}),
    RequestState.CANCELLATION_REQUESTED: frozenset({
        RequestState.CANCELLATION_ACCEPTED, RequestState.CANCELLATION_REJECTED}),
    RequestState.CANCELLATION_ACCEPTED: frozenset(),
    RequestState.CANCELLATION_REJECTED: frozenset({RequestState.CANCELLATION_REQUESTED}),
}


class ShipmentState(StrEnum):
    """The life of a shipment. It can be voided until it has left; after that a return or an adjustment corrects it."""

    DRAFT = "draft"
    PICKED = "picked"
    PACKED = "packed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    VOID = "void"


SHIPMENT_MOVES: Mapping[ShipmentState, frozenset[ShipmentState]] = {
    ShipmentState.DRAFT: frozenset({ShipmentState.PICKED, ShipmentState.VOID}),
    ShipmentState.PICKED: frozenset({ShipmentState.PACKED, ShipmentState.DRAFT, ShipmentState.VOID}),
    ShipmentState.PACKED: frozenset({ShipmentState.SHIPPED, ShipmentState.PICKED, ShipmentState.VOID}),
    ShipmentState.SHIPPED: frozenset({ShipmentState.DELIVERED}),
    ShipmentState.DELIVERED: frozenset(),
    ShipmentState.VOID: frozenset(),
}


class FulfilmentAction(StrEnum):
    """What can be asked of a fulfilment order; which of them it takes right now is published with it."""

    SUBMIT = "submit"
    ACCEPT = "accept"
    REJECT = "reject"
    REQUEST_CANCELLATION = "request_cancellation"
    ACCEPT_CANCELLATION = "accept_cancellation"
    REJECT_CANCELLATION = "reject_cancellation"
    START = "start"                # our own people begin; no handshake
    SCHEDULE = "schedule"          # not before its day
    OPEN = "open"                  # its day has come, or the work is put back
    HOLD = "hold"
    RELEASE_HOLD = "release_hold"
    CANCEL = "cancel"
    CLOSE_INCOMPLETE = "close_incomplete"
    PICK = "pick"                  # into a shipment


class ShipmentAction(StrEnum):
    """What can be asked of a shipment; which of them it takes right now is published with it."""

    PICK = "pick"
    FINISH_PICKING = "finish_picking"
    PACK = "pack"
    REOPEN = "reopen"              # one step back: packed → picked, picked → draft
    SHIP = "ship"
    DELIVER = "deliver"
    CORRECT = "correct"            # carrier and tracking number, after it has left
    VOID = "void"


LIVE_FULFILMENT = (FulfilmentState.OPEN, FulfilmentState.SCHEDULED, FulfilmentState.ON_HOLD, FulfilmentState.IN_PROGRESS)
"""States in which what remains of a fulfilment order is still to be sent."""

UNSHIPPED = (ShipmentState.DRAFT, ShipmentState.PICKED, ShipmentState.PACKED)
"""States of a shipment whose goods are still in the house."""


class ParcelKind(StrEnum):
    """What a shipment is packed into."""

    PARCEL = "parcel"
    PALLET = "pallet"


class PaperKind(StrEnum):
    """What is printed: a pick list of fulfilment orders, everything else of shipments."""

    PICK_LIST = "pick_list"
    PACKING_SLIP = "packing_slip"
    LABEL = "label"
    DELIVERY_NOTE = "delivery_note"
    CUSTOMS_DECLARATION = "customs_declaration"
    COMMERCIAL_INVOICE = "commercial_invoice"
