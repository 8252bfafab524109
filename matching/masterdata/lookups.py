"""Ids of what rows name by number, many at once."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.tables.items import ItemRow
from models.tables.partners import CustomerRow


def item_ids(db: Session, skus: Collection[str]) -> dict[str, int]:
    """SKU to id of those that exist."""
    return dict(db.execute(select(ItemRow.sku, ItemRow.id).where(ItemRow.sku.in_(skus))).all())


def customer_ids(db: Session, numbers: Collection[str]) -> dict[str, int]:
    """Customer number to id of those that exist."""
    stmt = select(CustomerRow.customer_no, CustomerRow.id).where(CustomerRow.customer_no.in_(numbers))
    return dict(db.execute(stmt).all())
