"""Our price for a customer, unit, quantity, day and currency: a contract before the customer's list, promotions, the group's
list and everybody's. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from matching.records import ItemRecord, PriceRecord
from matching.units import factor_of, to_scale
from models.domain.items import PriceKind

_STRENGTH = {kind: place for place, kind in enumerate(PriceKind)}


@dataclass(frozen=True, slots=True)
class OurPrice:
    """What one `uom` costs by our lists, and whose price that is."""

    amount: Decimal
    source: PriceKind


def our_price(
    item: ItemRecord, uom: str, quantity: Decimal | None, on: date, currency: str | None
) -> OurPrice | None:
    """The price in force for `quantity` × `uom` on a day; None when no list has one.

    A price kept for another unit is converted by the item's factors. Of several the strongest kind comes first, then one kept
    in the ordered unit, then the highest quantity break reached, then the one that began last.
    """
    usable = [p for p in item.prices if _is_in_force(p, on, currency) and _reaches(item, p, uom, quantity)]
    if not usable:
        return None
    best = max(usable, key=lambda p: (-_STRENGTH[p.kind], p.uom == uom, p.min_quantity, p.valid_from or date.min))
    amount = _convert(item, best, uom)
    assert amount is not None
    return OurPrice(amount, best.kind)


def _is_in_force(price: PriceRecord, on: date, currency: str | None) -> bool:
    if currency and price.currency and price.currency != currency:
        return False
    return (price.valid_from is None or price.valid_from <= on) and (price.valid_to is None or on <= price.valid_to)


def _reaches(item: ItemRecord, price: PriceRecord, uom: str, quantity: Decimal | None) -> bool:
    """True when the price can be had: its unit converts, and the quantity is not below its break."""
    ordered, priced = (factor_of(u, item.base_uom, item.units) for u in (uom, price.uom))
    if ordered is None or priced is None:
        return False
    return price.min_quantity == 0 or (quantity is not None and quantity * ordered >= price.min_quantity * priced)


def _convert(item: ItemRecord, price: PriceRecord, uom: str) -> Decimal | None:
    ordered, priced = (factor_of(u, item.base_uom, item.units) for u in (uom, price.uom))
    if ordered is None or priced is None:
        return None
    return to_scale(price.price * ordered / (price.price_unit * priced))


def prices_by_unit(
    item: ItemRecord, uoms: Sequence[str], quantity: Decimal | None, on: date, currency: str | None
) -> dict[str, Decimal]:
    """Our price for one of each unit, as if the quantity were in that unit; units without a price are left out."""
    found = ((uom, our_price(item, uom, quantity, on, currency)) for uom in uoms)
    return {uom: price.amount for uom, price in found if price is not None}
