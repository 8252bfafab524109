"""Which invoices a return is credited on. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal


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
