"""What a line comes to. Pure."""

from __future__ import annotations

from decimal import Decimal

from matching.agreed import asked_value
from models.domain.draft import DraftLine
from models.domain.money import line_amount


def net_of_line(line: DraftLine, currency: str | None) -> Decimal | None:
    """Net value of a line as it would be booked; None while quantity or price is not known."""
    price = line.unit_price.value if line.unit_price else line.list_price
    if line.quantity is None or price is None:
        return line.amount.value if line.amount else None
    return line_amount(line.quantity.value, price, line.discount.value if line.discount else None, currency)


def printed_amount(line: DraftLine, currency: str | None) -> Decimal | None:
    """What a line comes to by the customer's paper, whatever a rule agreed with the customer made of it: its amount, else its
    quantity times its price; None without those."""
    if line.amount is not None:
        return line.amount.value
    if line.unit_price is None or line.quantity is None:
        return None
    return line_amount(
        asked_value(line.quantity), asked_value(line.unit_price), line.discount.value if line.discount else None, currency)
