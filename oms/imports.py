"""What the imports of this room share."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.tables.items import ItemRow


def item_ids(db: Session, skus: Iterable[str]) -> dict[str, int]:
    """SKU to id of the items that exist."""
    return dict(db.execute(select(ItemRow.sku, ItemRow.id).where(ItemRow.sku.in_(sorted(set(skus))))).all())
