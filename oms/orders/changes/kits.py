"""Kits of which some parts have left and the rest never will: what can be cancelled, and what the parts that left come to. Pure.

The money of a kit is shared over its parts by their list prices, or by their base units where a part has no price.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from models.domain.money import round_money
from oms.orders.assemble import NewLine

ZERO = Decimal(0)
_SIX_PLACES = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class PartNow:
    """A component of a line's kits, in its base units. `given` stands on fulfilment orders, what is `gone` included; what became
    a line of its own counts no more. `price`: the list's for one base unit, None where no list has it."""

    item_id: int
    sku: str
    description: str
    uom: str
    each: Decimal                  # in one kit, > 0
    given: Decimal
    gone: Decimal
    price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Freed:
    """So much of a component left with kits that are cancelled; `amount` is its share of their money."""

    part: PartNow
    quantity: Decimal
    amount: Decimal

    def as_line(self, position: int, requested_date: date | None) -> NewLine:
        """The line it becomes."""
        part = self.part
        return NewLine(
            key="", position=position, item_id=part.item_id, sku=part.sku, customer_line_no=None, customer_part_number=None,
            description=part.description, quantity=self.quantity, uom=part.uom, base_quantity=self.quantity,
            unit_price=(self.amount / self.quantity).quantize(_SIX_PLACES, rounding=ROUND_HALF_UP), amount=self.amount,
            requested_date=requested_date)


@dataclass(frozen=True, slots=True)
class PartLine:
    """Parts that left with cancelled kits, as a line of its own; `line_id` is the kits'."""

    line_id: int
    line: NewLine


@dataclass(frozen=True, slots=True)
class KitNow:
    """What is in a line's kits, and how far each part is."""

    parts: tuple[PartNow, ...]

    @property
    def bound(self) -> Decimal:
        """Kits that left whole, or that a warehouse is at; the others can be cancelled, whatever part of them left."""
        whole = min((x.gone / x.each).to_integral_value(ROUND_FLOOR) for x in self.parts)
        at_work = [(x.given / x.each).to_integral_value(ROUND_CEILING) for x in self.parts if x.given > x.gone]
        return max([whole, *at_work])

    def freed(self, cancelled: Decimal, remaining: Decimal, released: Decimal, currency: str) -> Iterator[Freed]:
        """The parts that left beyond what the `remaining` kits hold, when so many kits are `cancelled` (> 0) and so much money is
        `released` with them. All parts together never come to more than that."""
        weights = weights_of([x.price for x in self.parts])
        whole = cancelled * sum((w * x.each for w, x in zip(weights, self.parts, strict=True)), ZERO)
        reached = ZERO
        for weight, part in zip(weights, self.parts, strict=True):
            quantity = max(part.gone - remaining * part.each, ZERO)
            if quantity:
                before, reached = reached, reached + weight * quantity
                yield Freed(part, quantity, round_money(released * reached / whole, currency)
                            - round_money(released * before / whole, currency))


def weights_of(prices: Sequence[Decimal | None]) -> list[Decimal]:
    """What one base unit of each part weighs in the money of its kit: its list price, or the same for all where one has none."""
    known = [price for price in prices if price is not None]
    return known if len(known) == len(prices) and any(known) else [Decimal(1)] * len(prices)
