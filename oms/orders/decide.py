"""What may be done with an order as it stands. Pure; the API publishes it, the pages offer it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from models.domain.states import ENDED_ORDERS, SalesOrderState

_OPEN = frozenset({SalesOrderState.ACCEPTED, SalesOrderState.RELEASED})


class OrderAction(StrEnum):
    """What somebody may ask of an order."""

    CHANGE = "change"
    CANCEL = "cancel"
    HOLD = "hold"
    RELEASE_HOLD = "release_hold"
    RELEASE = "release"


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What the decision rests on. `with_warehouse`: goods are on a fulfilment order and have not left."""

    state: SalesOrderState
    holds: int
    blocking: int
    has_open: bool
    with_warehouse: bool


def supported_actions(x: OrderFacts) -> tuple[OrderAction, ...]:
    """What can be done now, in the order of OrderAction."""
    is_open = x.state in _OPEN
    allowed = {
        OrderAction.CHANGE: is_open or x.state is SalesOrderState.DRAFT,
        OrderAction.CANCEL: x.state not in ENDED_ORDERS and x.has_open
        and not x.with_warehouse,
        OrderAction.HOLD: x.state not in ENDED_ORDERS,
        OrderAction.RELEASE_HOLD: x.holds > 0,
        OrderAction.RELEASE: x.state is SalesOrderState.ACCEPTED and not x.holds and not x.blocking,
    }
    return tuple(action for action in OrderAction if allowed[action])
