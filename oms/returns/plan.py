"""Which invoices a return is credited on, and what parts of kits that come back without the rest stand for. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

_ZERO = Decimal(0)
_SIX_PLACES = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class KitBack:
    """A line's kits of which parts come back. `each` part in one kit and what one base unit of it weighs in the kit's money;
    `kits` shipped; `missing` parts, in base units, and `left` kits that have not come back yet, parts counted by `so_many`."""

    each: Mapping[int, Decimal]
    weights: Mapping[int, Decimal]
    missing: Mapping[int, Decimal]
    left: Decimal

    def so_many(self, part: int, quantity: Decimal) -> Decimal:
        """How many kits it stands for when so much of a part comes back: its share of their money, to six places.

        Who brings the last of kits brings all that is left of them, so all parts together stand for as many as they made up, and
        never for more.
        """
        missing = {**self.missing, part: self.missing[part] - quantity}
        whole = {missing[x] / each for x, each in self.each.items()}
        left = self.left - min(whole).quantize(_SIX_PLACES, ROUND_CEILING)      # what is out as a whole still is not theirs
        if len(whole) == 1:
            return left
        of_kit = sum((self.weights[x] * each for x, each in self.each.items()), _ZERO)
        return max(min((self.weights[part] * quantity / of_kit).quantize(_SIX_PLACES, ROUND_FLOOR), left), _ZERO)

    def after(self, part: int, quantity: Decimal) -> KitBack:
        """The kits when that has come back."""
        return replace(
            self, missing={**self.missing, part: self.missing[part] - quantity}, left=self.left - self.so_many(part, quantity))

    def after_whole(self, kits: Decimal) -> KitBack:
        """The kits when so many whole ones have come back."""
        missing = {part: quantity - self.each[part] * kits for part, quantity in self.missing.items()}
        return replace(self, missing=missing, left=self.left - kits)


@dataclass(frozen=True, slots=True)
class Creditable:
    """What can still be credited of one order line on one invoice, in base units."""

    invoice_id: int
    order_line_id: int
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class CreditPlan:
    """Quantities by invoice and order line, and by order line what no invoice covers."""

    memos: Mapping[int, Mapping[int, Decimal]]
    unbilled: Mapping[int, Decimal]


def plan_credits(wanted: Mapping[int, Decimal], creditable: Sequence[Creditable]) -> CreditPlan:
    """Credit the oldest invoices first (lowest id); every unit is on one invoice or reported as never billed."""
    left = {line: quantity for line, quantity in wanted.items() if quantity > 0}
    memos: dict[int, dict[int, Decimal]] = {}
    for c in sorted(creditable, key=lambda c: (c.invoice_id, c.order_line_id)):
        take = min(left.get(c.order_line_id, Decimal(0)), c.quantity)
        if take > 0:
            memos.setdefault(c.invoice_id, {})[c.order_line_id] = take
            left[c.order_line_id] -= take
    return CreditPlan(memos, {line: quantity for line, quantity in left.items() if quantity > 0})
