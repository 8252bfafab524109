"""What items look like: a small picture each, shown where an item is chosen."""

from __future__ import annotations

from collections.abc import Collection
from hashlib import sha256

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from matching.masterdata.sql import item_ids
from models.errors import NotFound
from models.tables.items import ItemPictureRow, ItemRow
from runtime.imports import Change, Outcome, record_edit

SIDE = 240
"""Pixels of the longer side."""


def set_picture(db: Session, sku: str, content: bytes | None, *, actor: str) -> None:
    """Make this PNG the item's picture; None takes it away. Raises NotFound."""
    item_id = item_ids(db, {sku}).get(sku)
    if item_id is None:
        raise NotFound(f"There is no item {sku}.")
    p = ItemPictureRow
    gone = db.execute(delete(p).where(p.item_id == item_id).returning(p.digest)).scalar()
    digest = sha256(content).hexdigest() if content else None
    if content and digest:
        db.add(p(item_id=item_id, content=content, digest=digest))
    if gone != digest:
        change = Change(Outcome.CHANGED, sku, "picture", (gone or "")[:12], (digest or "")[:12])
        record_edit(db, actor, "pictures", f"item:{sku}", [change])


def load_picture(db: Session, sku: str) -> bytes:
    """The PNG. Raises NotFound for an item without one."""
    found = db.execute(
        select(ItemPictureRow.content).join(ItemRow, ItemRow.id == ItemPictureRow.item_id).where(ItemRow.sku == sku)).scalar()
    if found is None:
        raise NotFound(f"There is no picture of {sku}.")
    return found


def pictures_of(db: Session, skus: Collection[str]) -> dict[str, str]:
    """Of those of these items that have a picture its mark, which changes with it."""
    rows = db.execute(
        select(ItemRow.sku, ItemPictureRow.digest).join(ItemPictureRow, ItemPictureRow.item_id == ItemRow.id)
        .where(ItemRow.sku.in_(skus)))
    return {sku: digest[:12] for sku, digest in rows}
