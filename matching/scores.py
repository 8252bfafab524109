"""How likely a draft's lines are right, as one number each. Pure."""

from __future__ import annotations

from models.domain.draft import Draft, DraftLine
from models.domain.evidence import Found, Origin
from models.domain.states import LineState


def line_score(line: DraftLine) -> float:
    """The probability (0.0–1.0) that item, quantity, unit and price of a line are all right: that it was read rightly,
    times that it was matched to the right item, times that its unit is meant. 0.0 without an item or a unit."""
    if line.item is None or line.uom is None:
        return 0.0
    return line.confidence * line.item.confidence * line.uom.confidence


def order_score(draft: Draft) -> float:
    """The score of the least sure line that is not rejected: an order goes through whole or not at all. 0.0 without lines."""
    return min((line_score(line) for line in draft.lines if line.state is not LineState.REJECTED), default=0.0)


def is_touched(draft: Draft) -> bool:
    """True when a person has set a value of the draft or rejected a line."""
    holders: list[Draft | DraftLine] = [draft, *draft.lines]
    return any(line.state is LineState.REJECTED for line in draft.lines) or any(
        isinstance(value := getattr(holder, name), Found) and value.evidence.origin is Origin.TYPED
        for holder in holders for name in holder.__dataclass_fields__)
