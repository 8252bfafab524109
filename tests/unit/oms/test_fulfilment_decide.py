"""What a fulfilment order or a shipment takes: the published actions are the moves of the state machines, and refusals speak."""

from __future__ import annotations

from itertools import product

import pytest

from models.domain.fulfilment import FULFILMENT_MOVES as FO
from models.domain.fulfilment import REQUEST_MOVES as REQUEST
from models.domain.fulfilment import FulfilmentAction as A
from models.domain.fulfilment import FulfilmentState as F
from models.domain.fulfilment import RequestState as R
from models.domain.fulfilment import ShipmentAction, ShipmentState
from models.domain.stock import LocationKind
from oms.fulfilment.decide import (
    FulfilmentFacts,
    ShipmentFacts,
    refusal,
    shipment_refusal,
    supported_actions,
    supported_shipment_actions,
)

OWN, THIRD = LocationKind.OWN, LocationKind.THIRD_PARTY
TARGETS = {A.ACCEPT: F.IN_PROGRESS, A.START: F.IN_PROGRESS, A.CANCEL: F.CANCELLED, A.CLOSE_INCOMPLETE: F.INCOMPLETE,
           A.SCHEDULE: F.SCHEDULED, A.HOLD: F.ON_HOLD, A.OPEN: F.OPEN}
REQUESTS = {A.SUBMIT: R.SUBMITTED, A.ACCEPT: R.ACCEPTED, A.REJECT: R.REJECTED, A.REQUEST_CANCELLATION: R.CANCELLATION_REQUESTED,
            A.ACCEPT_CANCELLATION: R.CANCELLATION_ACCEPTED, A.REJECT_CANCELLATION: R.CANCELLATION_REJECTED}


def facts(
    state: F = F.OPEN, request: R = R.UNSUBMITTED, kind: LocationKind = OWN, remains: bool = True, has_shipped: bool = False,
    open_shipment: str | None = None, holds: int = 0,
) -> FulfilmentFacts:
    return FulfilmentFacts("FO-000001", state, request, kind, remains, has_shipped, open_shipment, holds)


ALL = [
    facts(*parts) for parts in product(F, R, (OWN, THIRD), (True, False), (True, False), (None, "SH-000001"), (0, 2))]


@pytest.mark.parametrize("action", list(TARGETS))
def test_an_action_that_is_offered_is_a_move_of_the_state_machine(action: A) -> None:
    offered = [x for x in ALL if action in supported_actions(x)]
    assert offered and all(TARGETS[action] in FO[x.state] or x.state is TARGETS[action] for x in offered)


@pytest.mark.parametrize("action", list(REQUESTS))
def test_an_answer_that_is_offered_is_a_move_of_the_handshake(action: A) -> None:
    offered = [x for x in ALL if action in supported_actions(x)]
    assert offered and all(REQUESTS[action] in REQUEST[x.request] for x in offered)


def test_at_an_end_nothing_is_offered() -> None:
    for state in (F.CLOSED, F.INCOMPLETE, F.CANCELLED):
        assert supported_actions(facts(state)) == ()


def test_every_refusal_names_the_fulfilment_order_or_its_shipment() -> None:
    for x, action in product(ALL, A):
        sentence = refusal(action, x)
        assert sentence is None or ("000001" in sentence and sentence.endswith("."))


@pytest.mark.parametrize(("x", "offered"), [
    (facts(), {A.SUBMIT, A.START, A.SCHEDULE, A.HOLD, A.CANCEL, A.PICK}),
    (facts(kind=THIRD), {A.SUBMIT, A.SCHEDULE, A.HOLD, A.CANCEL}),
    (facts(request=R.SUBMITTED, kind=THIRD), {A.ACCEPT, A.REJECT, A.REQUEST_CANCELLATION}),
    (facts(F.IN_PROGRESS, R.ACCEPTED, THIRD), {A.REQUEST_CANCELLATION, A.CLOSE_INCOMPLETE, A.PICK}),
    (facts(F.IN_PROGRESS, R.CANCELLATION_REQUESTED, THIRD), {A.ACCEPT_CANCELLATION, A.REJECT_CANCELLATION, A.CLOSE_INCOMPLETE}),
    (facts(F.IN_PROGRESS), {A.OPEN, A.CANCEL, A.CLOSE_INCOMPLETE, A.PICK}),
    (facts(F.IN_PROGRESS, has_shipped=True), {A.CLOSE_INCOMPLETE, A.PICK}),
    (facts(F.IN_PROGRESS, open_shipment="SH-000001"), {A.PICK}),
    (facts(F.ON_HOLD, holds=1), {A.HOLD, A.RELEASE_HOLD, A.CANCEL}),
    (facts(F.SCHEDULED), {A.OPEN, A.HOLD, A.CANCEL}),
])
def test_what_is_offered_where(x: FulfilmentFacts, offered: set[A]) -> None:
    assert set(supported_actions(x)) == offered


@pytest.mark.parametrize(("state", "lines", "loose", "offered"), [
    (ShipmentState.DRAFT, 0, 0, {"pick", "void"}),
    (ShipmentState.DRAFT, 1, 1, {"pick", "finish_picking", "void"}),
    (ShipmentState.PICKED, 2, 1, {"pack", "reopen", "void"}),
    (ShipmentState.PACKED, 2, 0, {"ship", "reopen", "void"}),
    (ShipmentState.SHIPPED, 2, 0, {"deliver", "correct"}),
    (ShipmentState.DELIVERED, 2, 0, {"correct"}),
    (ShipmentState.VOID, 2, 0, set()),
])
def test_what_a_shipment_takes(state: ShipmentState, lines: int, loose: int, offered: set[str]) -> None:
    x = ShipmentFacts("SH-000001", state, lines, loose)
    assert {action.value for action in supported_shipment_actions(x)} == offered
    for action in ShipmentAction:
        sentence = shipment_refusal(action, x)
        assert (sentence is None) == (action.value in offered) and (sentence is None or "SH-000001" in sentence)
