"""Returns: their states, and what becomes of what came back."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class ReturnState(StrEnum):
    """The life of a return (RMA)."""

    REQUESTED = "requested"
    APPROVED = "approved"
    DECLINED = "declined"
    IN_TRANSIT = "in_transit"
    RECEIVED = "received"
    INSPECTED = "inspected"        # every unit that came has been judged
    CLOSED = "closed"              # stock and money have moved, once
    CANCELLED = "cancelled"


RETURN_MOVES: Mapping[ReturnState, frozenset[ReturnState]] = {
    ReturnState.REQUESTED: frozenset({ReturnState.APPROVED, ReturnState.DECLINED, ReturnState.CANCELLED}),
    ReturnState.APPROVED: frozenset({ReturnState.IN_TRANSIT, ReturnState.RECEIVED, ReturnState.CANCELLED}),
    ReturnState.DECLINED: frozenset(),
    ReturnState.IN_TRANSIT: frozenset({ReturnState.RECEIVED, ReturnState.CANCELLED}),
    ReturnState.RECEIVED: frozenset({ReturnState.INSPECTED}),
    ReturnState.INSPECTED: frozenset({ReturnState.CLOSED, ReturnState.RECEIVED}),     # a judgement was taken back
    ReturnState.CLOSED: frozenset(),
    ReturnState.CANCELLED: frozenset(),
}


class Grade(StrEnum):
    """What inspected goods are like."""

    NEW = "new"
    OPENED = "opened"
    DAMAGED = "damaged"
    DEFECTIVE = "defective"
    WRONG_ITEM = "wrong_item"


class Disposition(StrEnum):
    """Where inspected goods go."""

    RESTOCK = "restock"
    QUARANTINE = "quarantine"
    SCRAP = "scrap"


class ReturnOutcome(StrEnum):
    """What the customer gets for inspected goods."""

    CREDIT = "credit"
    EXCHANGE = "exchange"
    REJECT = "reject"


class ReturnAction(StrEnum):
    """What somebody may do with a return; which of them now, `oms.returns.decide` says."""

    MATCH = "match"                # say which order a blind return belongs to
    APPROVE = "approve"
    DECLINE = "decline"
    SEND = "send"                  # the customer has sent the goods
    RECEIVE = "receive"
    INSPECT = "inspect"
    CLOSE = "close"
    CANCEL = "cancel"
