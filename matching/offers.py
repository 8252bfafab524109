"""What a person wants to know of an item before taking it: our price, what can be promised, what the customer bought."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy.orm import Session

from matching.background import bought_before
from matching.items_sql import items_by_sku, load_items
from matching.pricing import our_price
from matching.units import unit_name
from matching.wording import money, number


def offers(db: Session, skus: Collection[str], customer_id: int | None, currency: str | None, on: date) -> dict[str, str]:
    """Half a sentence by SKU, empty where nothing is known: "7.90 EUR for one box, 40 can be promised, bought once, last 12"."""
    ids = items_by_sku(db, skus)
    items = load_items(db, ids.values(), customer_id)
    bought = bought_before(db, customer_id, ids.values()) if customer_id is not None else {}
    said = {}
    for sku, item_id in ids.items():
        item, before, words = items[item_id], bought.get(item_id, ()), []
        if (ours := our_price(item, item.base_uom, None, on, currency)) is not None:
            words.append(f"{money(ours.amount)}{f' {currency}' if currency else ''} for one {unit_name(item.base_uom)}")
        if item.available is not None:
            words.append(f"{number(item.available)} can be promised")
        if before:
            words.append(f"bought {'once' if len(before) == 1 else f'{len(before)} times'}, last {number(before[0])}")
        said[sku] = ", ".join(words)
    return said
