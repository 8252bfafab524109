"""How doubts say things: numbers without noise, lines by the customer's own number, and what is at stake. Pure."""

from __future__ import annotations

from decimal import Decimal

from models.domain.draft import Draft, DraftLine
from models.domain.states import LineState

LEAST_VALUE = 20.0
"""What any mistake costs at least, in the order's currency: somebody has to put it right."""


def number(value: Decimal) -> str:
    """A quantity without trailing zeros: 12, 2.5."""
    return f"{value.normalize() + 0:f}"


def money(value: Decimal) -> str:
    """A price with at least two decimals: 12.40, 0.0125."""
    plain = number(value)
    decimals = len(plain.partition(".")[2])
    return plain if decimals >= 2 else f"{value:.2f}"


def quoted(goods: str) -> str:
    """Goods as a sentence names them: codes as they are, words in “quotes”, which no other language changes."""
    return goods if all(any(sign.isdigit() for sign in word) for word in goods.split()) else f"“{goods}”"


def row_name(line: DraftLine) -> str:
    """"Line 4": the number printed on the paper, else our count."""
    return f"Line {line.line_no.value if line.line_no else line.key}"


def line_value(line: DraftLine) -> float:
    """What a line is worth, for ordering doubts; never below LEAST_VALUE."""
    price = line.unit_price.value if line.unit_price else line.list_price
    if line.amount is not None:
        return max(float(abs(line.amount.value)), LEAST_VALUE)
    if line.quantity is None or price is None:
        return LEAST_VALUE
    return max(float(abs(line.quantity.value * price)), LEAST_VALUE)


def order_value(draft: Draft) -> float:
    """What an order is worth, for ordering doubts."""
    if draft.total is not None:
        return max(float(abs(draft.total.value)), LEAST_VALUE)
    return max(sum(line_value(line) for line in draft.lines if line.state is not LineState.REJECTED), LEAST_VALUE)


def is_above(draft: Draft, limit: Decimal | None) -> bool:
    """True when an order is worth more than a limit. The amount is compared as it stands, in the order's own currency."""
    return limit is not None and Decimal(str(order_value(draft))) > limit
