"""What may be done with a return, and what is usual for goods of a grade. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from models.domain.returns import Disposition, Grade, ReturnAction, ReturnOutcome, ReturnState

A, S = ReturnAction, ReturnState
_WHEN: Mapping[ReturnAction, frozenset[ReturnState]] = {
    A.MATCH: frozenset({S.REQUESTED, S.APPROVED, S.IN_TRANSIT, S.RECEIVED, S.INSPECTED}),
    A.APPROVE: frozenset({S.REQUESTED}),
    A.DECLINE: frozenset({S.REQUESTED}),
    A.SEND: frozenset({S.APPROVED}),
    A.RECEIVE: frozenset({S.APPROVED, S.IN_TRANSIT, S.RECEIVED}),
    A.INSPECT: frozenset({S.RECEIVED, S.INSPECTED}),
    A.CLOSE: frozenset({S.RECEIVED, S.INSPECTED}),
    A.CANCEL: frozenset({S.REQUESTED, S.APPROVED, S.IN_TRANSIT}),
}
USUAL: Mapping[Grade, tuple[Disposition, ReturnOutcome]] = {
    Grade.NEW: (Disposition.RESTOCK, ReturnOutcome.CREDIT),
    Grade.OPENED: (Disposition.QUARANTINE, ReturnOutcome.CREDIT),
    Grade.DAMAGED: (Disposition.SCRAP, ReturnOutcome.REJECT),
    Grade.DEFECTIVE: (Disposition.QUARANTINE, ReturnOutcome.EXCHANGE),
    Grade.WRONG_ITEM: (Disposition.RESTOCK, ReturnOutcome.EXCHANGE),
}
"""What becomes of goods and customer unless the inspector says otherwise."""


@dataclass(frozen=True, slots=True)
class ReturnFacts:
    """What decides about a return. Quantities are sums over its lines, in base units."""

    number: str
    state: ReturnState
    is_blind: bool                 # its order is not known
    expected: Decimal
    received: Decimal
    inspected: Decimal
    owes: bool                     # something was judged that needs the order: a credit or an exchange


def supported_actions(facts: ReturnFacts) -> tuple[ReturnAction, ...]:
    """What the return takes right now, in the order of its life."""
    return tuple(action for action in A if refusal(action, facts) is None)


def refusal(action: ReturnAction, facts: ReturnFacts) -> str | None:
    """Why the return does not take the action now, and what to do instead; None when it does."""
    name = f"Return {facts.number}"
    if facts.state not in _WHEN[action]:
        others = " or ".join(state.replace("_", " ") for state in S if state in _WHEN[action])
        return f"{name} is {facts.state.replace('_', ' ')}; this can be done while it is {others}."
    if action is A.MATCH and not facts.is_blind:
        return f"{name} has its order already. Decline or cancel it, and make a new one for another order."
    if action is A.RECEIVE and facts.received >= facts.expected:
        return f"{name} is here whole. Inspect it next."
    if action is A.INSPECT and facts.inspected >= facts.received:
        return f"{name} is inspected as far as it came. Close it, or receive the rest first."
    if action is A.CLOSE:
        return _open_ends(facts, name)
    return None


def _open_ends(facts: ReturnFacts, name: str) -> str | None:
    if facts.inspected < facts.received:
        return f"{name} has {facts.received - facts.inspected:f} units that are not inspected yet. Inspect them first."
    if facts.is_blind and facts.owes:
        return f"{name} belongs to no order yet, so nothing can be credited or exchanged. Match it to its order first."
    return None
