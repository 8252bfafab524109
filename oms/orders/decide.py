"""What may be done with an order as it stands. Pure; the API publishes it, the pages offer it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from models.domain.states import ENDED_ORDERS, OFFERS, SalesOrderState

_OPEN = frozenset({SalesOrderState.ACCEPTED, SalesOrderState.RELEASED})


class OrderAction(StrEnum):
    """What somebody may ask of an order."""

    CHANGE = "change"
    CANCEL = "cancel"
    HOLD = "hold"
    RELEASE_HOLD = "release_hold"
    RELEASE = "release"
    QUOTE = "quote"                # offer a draft to the customer until a day
    REVISE = "revise"              # make a quote a draft again
    ACCEPT = "accept"              # make a draft or quote an order
    MERGE = "merge"                # take in other orders of the same customer and address
    SPLIT = "split"                # part lines off into an order of their own
    GIVE_BACK = "give_back"        # lines that came from another order go home


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What the decision rests on. `has_open`: some of it has neither left nor was cancelled; `in_hand`: goods are being picked or
    packed; `is_over`: an offer whose last day has passed."""

    state: SalesOrderState
    holds: int
    blocking: int
    has_open: bool
    in_hand: bool
    has_lines: bool
    is_over: bool
    is_untouched: bool             # no goods of it have left or are with a warehouse
    has_guests: bool               # lines that came from another order


def supported_actions(x: OrderFacts) -> tuple[OrderAction, ...]:
    """What can be done now, in the order of OrderAction."""
    regroups = x.state in _OPEN and x.is_untouched and not x.holds
    is_open, is_offer = x.state in _OPEN, x.state in OFFERS
    allowed = {
        OrderAction.CHANGE: is_open or x.state is SalesOrderState.DRAFT,
        OrderAction.CANCEL: is_offer or (x.state not in ENDED_ORDERS and x.has_open and not x.in_hand),
        OrderAction.HOLD: x.state not in ENDED_ORDERS,
        OrderAction.RELEASE_HOLD: x.holds > 0,
        OrderAction.RELEASE: x.state is SalesOrderState.ACCEPTED and not x.holds and not x.blocking,
        OrderAction.QUOTE: x.state is SalesOrderState.DRAFT and x.has_lines,
        OrderAction.REVISE: x.state is SalesOrderState.QUOTED,
        OrderAction.ACCEPT: is_offer and x.has_lines and not x.is_over,
        OrderAction.MERGE: regroups,
        OrderAction.SPLIT: regroups and x.has_open,
        OrderAction.GIVE_BACK: regroups and x.has_guests,
    }
    return tuple(action for action in OrderAction if allowed[action])
