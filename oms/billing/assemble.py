"""What part of an order or of an invoice comes to. Pure; whatever the parts, together they are the whole to the last cent.

Each part is the difference of two rounded running totals: round(whole × after) − round(whole × before). So no part carries a
remainder of its own, and the order in which parts are made does not matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from models.domain.money import round_money

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Share:
    """One line and how much of it is taken now. Quantities in base units; `amount` is that of the whole line.

    For an invoice the whole is the order line and `taken` what was invoiced before; for a credit memo the whole is the invoice
    line and `taken` what was credited before.
    """

    order_line_id: int
    amount: Decimal
    whole: Decimal                 # > 0
    taken: Decimal
    quantity: Decimal              # ≥ 0; beyond `whole` only where more was shipped than ordered
    is_part: bool = False          # of a kit that was taken apart: its money is in that of the kit's line too


@dataclass(frozen=True, slots=True)
class PartLine:
    """What the part takes of one line."""

    order_line_id: int
    quantity: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Part:
    """An invoice or credit memo in numbers: total = net + charges + tax, all rounded to the currency's minor unit."""

    lines: tuple[PartLine, ...]
    net: Decimal
    charges: Decimal
    tax: Decimal

    @property
    def total(self) -> Decimal:
        """What is to be paid, or is credited."""
        return self.net + self.charges + self.tax


def assemble_part(shares: Sequence[Share], *, charges: Decimal, tax: Decimal, currency: str) -> Part:
    """The part that takes `quantity` of each line; `shares` are all lines of the whole, those without a quantity too.

    Charges (signed) and tax follow the net amounts; where everything is free of charge, the quantities.
    """
    lines = tuple(
        PartLine(s.order_line_id, s.quantity, _until(s, s.taken + s.quantity, currency) - _until(s, s.taken, currency))
        for s in shares if s.quantity > 0)
    before, after, whole = _progress(shares, currency)

    def portion(total: Decimal) -> Decimal:
        return round_money(total * after / whole, currency) - round_money(total * before / whole, currency)

    return Part(lines, sum((x.amount for x in lines), ZERO), portion(charges), portion(tax))


def _until(share: Share, quantity: Decimal, currency: str) -> Decimal:
    """What the first `quantity` units of the line come to."""
    return round_money(share.amount * quantity / share.whole, currency)


def _progress(shares: Sequence[Share], currency: str) -> tuple[Decimal, Decimal, Decimal]:
    """How far the whole was taken before, is after this part, and how much it is: in money, or in units where there is none."""
    lines = [s for s in shares if not s.is_part]
    whole = sum((s.amount for s in lines), ZERO)
    if whole:
        return (
            sum((_until(s, s.taken, currency) for s in shares), ZERO),
            sum((_until(s, s.taken + s.quantity, currency) for s in shares), ZERO), whole)
    taken = sum((s.taken for s in lines), ZERO)
    return taken, taken + sum((s.quantity for s in lines), ZERO), sum((s.whole for s in lines), ZERO)
