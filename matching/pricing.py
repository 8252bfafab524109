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
    """What one `uom` costs by our lists, whose price that is, and the contract's number or the promotion's name."""

    amount: Decimal
    source: PriceKind
    reference: str | None = None


def our_price(
    item: ItemRecord, uom: str, quantity: Decimal | None, on: date, currency: str | None
) -> OurPrice | None:
    """The price in force for `quantity` × `uom` on a day; None when no list has one.

    A price kept for another unit is converted by the item's factors. Of several the strongest kind comes first, then one kept
    in the ordered unit, then the highest quantity break reached, then the one that began last.
    """
    usable = _usable(item, uom, quantity, on, currency)
    return _priced(item, max(usable, key=lambda p: _rank(p, uom)), uom) if usable else None


def rival_prices(
    item: ItemRecord, uom: str, quantity: Decimal | None, on: date, currency: str | None
) -> tuple[OurPrice, ...]:
    """Prices that hold as well as the one in force and differ from it: of the same kind, for the same quantity, begun on the
    same day or agreed under another number. The one in force comes first; empty when it stands alone."""
    usable = _usable(item, uom, quantity, on, currency)
    if not usable:
        return ()
    best = max(usable, key=lambda p: _rank(p, uom))
    first = _priced(item, best, uom)
    rivals = [
        _priced(item, p, uom) for p in usable
        if _rank(p, uom)[:3] == _rank(best, uom)[:3] and (p.valid_from == best.valid_from or p.reference != best.reference)]
    different = tuple({r.amount: r for r in rivals if r.amount != first.amount}.values())
    return (first, *different) if different else ()


def _usable(
    item: ItemRecord, uom: str, quantity: Decimal | None, on: date, currency: str | None
) -> list[PriceRecord]:
    return [p for p in item.prices if _is_in_force(p, on, currency) and _reaches(item, p, uom, quantity)]


def _rank(price: PriceRecord, uom: str) -> tuple[int, bool, Decimal, date]:
    """How strongly a price holds for a unit; the greatest is taken."""
    return -_STRENGTH[price.kind], price.uom == uom, price.min_quantity, price.valid_from or date.min


def _priced(item: ItemRecord, price: PriceRecord, uom: str) -> OurPrice:
    amount = _convert(item, price, uom)
    assert amount is not None
    return OurPrice(amount, price.kind, price.reference)


def _is_in_force(price: PriceRecord, on: date, currency: str | None) -> bool:
    if currency and price.currency and price.currency != currency:
        return False
    return (price.valid_from is None or price.valid_from <= on) and (price.valid_to is None or on <= price.valid_to)


def _reaches(item: ItemRecord, price: PriceRecord, uom: str, quantity: Decimal | None) -> bool:
    """True when the price can be had: its unit converts, and the quantity is not below its break."""
    ordered, priced = (factor_of(u, item.base_uom, item.convertible) for u in (uom, price.uom))
    if ordered is None or priced is None:
        return False
    return price.min_quantity == 0 or (quantity is not None and quantity * ordered >= price.min_quantity * priced)


def _convert(item: ItemRecord, price: PriceRecord, uom: str) -> Decimal | None:
    ordered, priced = (factor_of(u, item.base_uom, item.convertible) for u in (uom, price.uom))
    if ordered is None or priced is None:
        return None
    return to_scale(price.price * ordered / (price.price_unit * priced))


def prices_by_unit(
    item: ItemRecord, uoms: Sequence[str], quantity: Decimal | None, on: date, currency: str | None
) -> dict[str, Decimal]:
    """Our price for one of each unit, as if the quantity were in that unit; units without a price are left out."""
    found = ((uom, our_price(item, uom, quantity, on, currency)) for uom in uoms)
    return {uom: price.amount for uom, price in found if price is not None}
