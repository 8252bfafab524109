"""Orders that we or programs write, with our prices beside theirs: what the lists say (matching) goes into the core (oms)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from matching.list_prices import Asked, list_prices
from oms.orders.offers.given import GivenLine, GivenOrder, find_customer


def priced(db: Session, given: GivenOrder, on: date) -> GivenOrder:
    """The same order with our price on every line that a list has. Raises NotFound, GivenRefused."""
    customer = find_customer(db, given.customer_no)
    currency = given.currency or customer.currency
    return replace(given, lines=priced_lines(db, customer.id, given.lines, on, currency)) if currency else given


def priced_lines(
    db: Session, customer_id: int, lines: tuple[GivenLine, ...], on: date, currency: str,
) -> tuple[GivenLine, ...]:
    """The same lines with our prices."""
    ours = list_prices(db, customer_id, [Asked(x.sku, x.quantity, x.uom) for x in lines], on, currency)
    return tuple(replace(line, list_price=price) for line, price in zip(lines, ours, strict=True))
