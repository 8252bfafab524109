"""Packs and weights: how many a description says there are in one, how many base units a quantity is, whole packs. Pure."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from matching.agreed import agreed
from matching.attributes import profile
from matching.records import CatchWeight, CustomerRules, ItemRecord
from matching.units import factor_of, to_scale, unit_name
from matching.wording import number
from models.domain.evidence import Found, Origin
from models.domain.partners import PackRule


def pack_in_text(description: str) -> Decimal | None:
    """How many a description says are in one: 100 in "gloves, box of 100", "100 pcs/box", "100er-Pack"; None where it says two
    numbers or none."""
    found = profile(description).named.get("pack", frozenset())
    return Decimal(next(iter(found))) if len(found) == 1 else None


def rounded_up(quantity: Decimal, multiple: Decimal) -> Decimal:
    """The least whole number of multiples that is not below `quantity`."""
    return (quantity / multiple).to_integral_value(ROUND_CEILING) * multiple


def rounded_down(quantity: Decimal, multiple: Decimal) -> Decimal:
    """The most whole multiples that are not above `quantity`."""
    return (quantity / multiple).to_integral_value(ROUND_FLOOR) * multiple


def base_quantity(quantity: Decimal, uom: str, item: ItemRecord) -> Decimal | None:
    """How many base units are ordered; None where the unit does not fit the item. What is ordered by weight and sold by the piece
    becomes whole pieces where the item's tolerance allows that."""
    factor = factor_of(uom, item.base_uom, item.convertible)
    if not factor:
        return None
    weighed = item.catch_weight
    if weighed is not None and uom == weighed.uom and (pieces := whole_pieces(quantity, weighed)) is not None:
        return pieces
    return to_scale(quantity * factor).normalize() + 0


def whole_pieces(weight: Decimal, weighed: CatchWeight) -> Decimal | None:
    """The pieces of nominal weight that come near enough to a weight; None when none do."""
    pieces = (weight / weighed.nominal).to_integral_value(ROUND_HALF_UP)
    off = abs(pieces * weighed.nominal - weight)
    return pieces.normalize() + 0 if pieces and off <= weight * weighed.tolerance / 100 else None


def sellable(base: Decimal, item: ItemRecord) -> Decimal:
    """The least quantity in base units, not below `base`, that the item is sold in: whole multiples, not less than the least."""
    least = max(base, item.order_minimum or Decimal(0))
    return rounded_up(least, item.order_multiple) if item.order_multiple else least


def in_whole_packs(
    quantity: Found[Decimal] | None, uom: Found[str] | None, item: ItemRecord, rules: CustomerRules, sure: float
) -> Found[Decimal] | None:
    """The quantity, rounded up to what the item is sold in where the customer agreed to that; what was ordered stays beside it
    as its first candidate. A quantity that a person gave, or one in a unit that is not sure, stays as it is."""
    if rules.pack_rule is not PackRule.ROUND_UP or quantity is None or uom is None or uom.confidence < sure:
        return quantity
    factor = factor_of(uom.value, item.base_uom, item.convertible)
    if quantity.evidence.origin is Origin.TYPED or not factor or not quantity.value > 0:
        return quantity
    base = quantity.value * factor
    wanted = sellable(base, item)
    value = to_scale(wanted / factor).normalize() + 0
    if wanted == base or to_scale(value * factor) != to_scale(wanted):
        return quantity
    return agreed(quantity, value, f"rounded up from {number(quantity.value)}; {why_not_sold(base, item)}")


def why_not_sold(base: Decimal, item: ItemRecord) -> str:
    """Why an item is not sold in a quantity of base units, as half a sentence."""
    least, multiple = item.order_minimum or Decimal(0), item.order_multiple
    if base < least:
        return f"the least quantity is {number(least)} {unit_name(item.base_uom, least)}"
    return f"it is sold in multiples of {number(multiple or Decimal(1))} {unit_name(item.base_uom, Decimal(2))}"
