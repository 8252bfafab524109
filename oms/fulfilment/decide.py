"""What a fulfilment order or a shipment takes right now, and why not. Pure; clients ask here, so nobody codes legality twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from models.domain.fulfilment import FULFILMENT_MOVES as FO
from models.domain.fulfilment import REQUEST_MOVES as REQUEST
from models.domain.fulfilment import FulfilmentAction, FulfilmentState, RequestState, ShipmentAction, ShipmentState
from models.domain.stock import LocationKind

A, F, R, S = FulfilmentAction, FulfilmentState, RequestState, ShipmentState
ASKED = (R.SUBMITTED, R.CANCELLATION_REQUESTED)
"""The warehouse has been asked something and owes an answer."""


@dataclass(frozen=True, slots=True)
class FulfilmentFacts:
    """What decides about a fulfilment order. `open_shipment`: the number of one that has not left; `holds` stand."""

    number: str
    state: FulfilmentState
    request: RequestState
    location_kind: LocationKind
    remains: bool
    has_shipped: bool
    open_shipment: str | None
    holds: int


def refusal(action: FulfilmentAction, facts: FulfilmentFacts) -> str | None:
    """Why this cannot be done now, in a sentence that says what to do next; None: it can."""
    return _RULES[action](facts)


def supported_actions(facts: FulfilmentFacts) -> tuple[FulfilmentAction, ...]:
    """What can be done now."""
    return tuple(action for action in FulfilmentAction if refusal(action, facts) is None)


def _request(to: RequestState, frm: str) -> Callable[[FulfilmentFacts], str | None]:
    def rule(x: FulfilmentFacts) -> str | None:
        if x.state not in (F.OPEN, F.IN_PROGRESS):
            return f"{x.number} is {_words(x.state)}; only open work can be talked over with the warehouse."
        if to not in REQUEST[x.request]:
            return f"The request for {x.number} is {_words(x.request)}; this needs one that is {frm}."
        return None

    return rule


def _submit(x: FulfilmentFacts) -> str | None:
    if x.state is not F.OPEN:
        return f"{x.number} is {_words(x.state)}; only an open fulfilment order can be submitted."
    return _request(R.SUBMITTED, "not submitted, or rejected")(x)


def _accept_cancellation(x: FulfilmentFacts) -> str | None:
    return _request(R.CANCELLATION_ACCEPTED, "waiting for an answer to a cancellation")(x) or _in_hand(x)


def _start(x: FulfilmentFacts) -> str | None:
    if F.IN_PROGRESS not in FO[x.state]:
        return f"{x.number} is {_words(x.state)}; only an open fulfilment order can be started."
    if x.location_kind is LocationKind.THIRD_PARTY:
        return f"{x.number} goes to a warehouse that is not ours: submit it, and note when they accept it."
    return f"{x.number} was submitted; note the answer, or ask for cancellation." if x.request in ASKED else None


def _pick(x: FulfilmentFacts) -> str | None:
    if x.state is F.IN_PROGRESS:
        waits = x.request is R.CANCELLATION_REQUESTED
        if waits:
            return f"A cancellation of {x.number} was asked for; answer it first."
        return None if x.remains else f"Everything of {x.number} was shipped or cancelled; there is nothing to pick."
    return _start(x)


def _schedule(x: FulfilmentFacts) -> str | None:
    if x.holds:
        return f"{x.number} is held; release its holds first."
    return _own_move(x, F.SCHEDULED, "scheduled")


def _own_move(x: FulfilmentFacts, to: FulfilmentState, verb: str) -> str | None:
    if to not in FO[x.state]:
        return f"{x.number} is {_words(x.state)} and cannot be {verb}."
    return f"The warehouse was asked to do {x.number}; ask for cancellation first." if x.request in ASKED else None


def _open(x: FulfilmentFacts) -> str | None:
    if x.state is F.SCHEDULED:
        return None
    if x.state is not F.IN_PROGRESS:
        return f"{x.number} is {_words(x.state)}; only scheduled or started work can be opened again."
    if x.request is not R.UNSUBMITTED or x.has_shipped:
        return f"{x.number} has gone too far to be put back; close it as incomplete."
    return _in_hand(x)


def _hold(x: FulfilmentFacts) -> str | None:
    return None if x.state is F.ON_HOLD else _own_move(x, F.ON_HOLD, "held; put the work back first")


def _release_hold(x: FulfilmentFacts) -> str | None:
    return None if x.holds else f"Nothing holds {x.number}."


def _cancel(x: FulfilmentFacts) -> str | None:
    if x.has_shipped:
        return f"Part of {x.number} was shipped; close it as incomplete to give the rest back to the order."
    return _own_move(x, F.CANCELLED, "cancelled") or _accepted(x) or _in_hand(x)


def _close(x: FulfilmentFacts) -> str | None:
    if x.state is not F.IN_PROGRESS:
        return f"{x.number} is {_words(x.state)}; only started work can be closed as incomplete. Cancel it instead."
    return _in_hand(x)


def _accepted(x: FulfilmentFacts) -> str | None:
    if x.location_kind is LocationKind.THIRD_PARTY and x.request in (R.ACCEPTED, R.CANCELLATION_REJECTED):
        return f"The warehouse accepted {x.number}; ask it for cancellation."
    return None


def _in_hand(x: FulfilmentFacts) -> str | None:
    return f"Shipment {x.open_shipment} is being picked or packed; ship or void it first." if x.open_shipment else None


def _words(state: FulfilmentState | RequestState | ShipmentState) -> str:
    return state.value.replace("_", " ")


_RULES: Mapping[FulfilmentAction, Callable[[FulfilmentFacts], str | None]] = {
    A.SUBMIT: _submit,
    A.ACCEPT: _request(R.ACCEPTED, "submitted"),
    A.REJECT: _request(R.REJECTED, "submitted"),
    A.REQUEST_CANCELLATION: _request(R.CANCELLATION_REQUESTED, "submitted or accepted"),
    A.ACCEPT_CANCELLATION: _accept_cancellation,
    A.REJECT_CANCELLATION: _request(R.CANCELLATION_REJECTED, "waiting for an answer to a cancellation"),
    A.START: _start, A.SCHEDULE: _schedule, A.OPEN: _open, A.HOLD: _hold, A.RELEASE_HOLD: _release_hold, A.CANCEL: _cancel,
    A.CLOSE_INCOMPLETE: _close, A.PICK: _pick,
}


@dataclass(frozen=True, slots=True)
class ShipmentFacts:
    """What decides about a shipment. `loose`: picked lines that are in no parcel yet."""

    number: str
    state: ShipmentState
    lines: int
    loose: int


def shipment_refusal(action: ShipmentAction, x: ShipmentFacts) -> str | None:
    """Why this cannot be done to the shipment now; None: it can."""
    needed, why = _SHIPMENT_RULES[action]
    if x.state not in needed:
        return f"Shipment {x.number} is {_words(x.state)}; {why}."
    if action is ShipmentAction.FINISH_PICKING and not x.lines:
        return f"Nothing is picked for {x.number} yet; scan or enter what you take."
    if action is ShipmentAction.SHIP and x.loose:
        return f"{x.loose} picked lines of {x.number} are in no parcel; pack them first."
    return None


def supported_shipment_actions(x: ShipmentFacts) -> tuple[ShipmentAction, ...]:
    """What can be done to the shipment now."""
    return tuple(action for action in ShipmentAction if shipment_refusal(action, x) is None)


_GONE = "what has left is corrected by a return or an adjustment of stock"
_SHIPMENT_RULES: Mapping[ShipmentAction, tuple[tuple[ShipmentState, ...], str]] = {
    ShipmentAction.PICK: ((S.DRAFT,), "goods are picked into a draft; reopen it first"),
    ShipmentAction.FINISH_PICKING: ((S.DRAFT,), "its picking is finished already"),
    ShipmentAction.PACK: ((S.PICKED,), "only what is picked and not yet packed can be packed"),
    ShipmentAction.REOPEN: ((S.PICKED, S.PACKED), "there is no step to take back"),
    ShipmentAction.SHIP: ((S.PACKED,), "it must be packed, and can leave once"),
    ShipmentAction.DELIVER: ((S.SHIPPED,), "only what was shipped can be delivered, once"),
    ShipmentAction.CORRECT: ((S.SHIPPED, S.DELIVERED), "carrier and tracking number are said when it leaves"),
    ShipmentAction.VOID: ((S.DRAFT, S.PICKED, S.PACKED), _GONE),
}
