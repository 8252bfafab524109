"""Our prices for lines that name their item by SKU: what our lists say, whoever asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.items_sql import load_items
from matching.pricing import our_price
from models.tables.items import ItemRow


@dataclass(frozen=True, slots=True)
class Asked:
    """So much of an item in a unit; `uom` None is its base unit."""

    sku: str
    quantity: Decimal
    uom: str | None = None


def list_prices(db: Session, customer_id: int, asked: Sequence[Asked], on: date, currency: str) -> list[Decimal | None]:
    """Our price for one unit of each, in their order; None where no list has one or the SKU is not known."""
    ids = dict(db.execute(select(ItemRow.sku, ItemRow.id).where(ItemRow.sku.in_({x.sku.strip() for x in asked}))).all())
    items = load_items(db, set(ids.values()), customer_id)

    def price(x: Asked) -> Decimal | None:
        item = items.get(ids.get(x.sku.strip(), 0))
        found = our_price(item, (x.uom or item.base_uom).strip().upper(), x.quantity, on, currency) if item else None
        return found.amount if found else None

    return [price(x) for x in asked]
