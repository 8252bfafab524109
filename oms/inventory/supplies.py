"""Incoming supply: goods that are to come, and how much of them has come."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.tables.base import Base

_SUPPLIES = Base.metadata.tables["incoming_supplies"]


def book_receipt(db: Session, *, item_id: int, location_id: int, reference: str, quantity: Decimal) -> None:
    """Lower what is still to come under this reference; it is closed once all has come. Nothing happens without such a supply."""
    _book(db, item_id, location_id, reference, quantity)


def take_back_receipt(db: Session, *, item_id: int, location_id: int, reference: str | None, quantity: Decimal) -> None:
    """The goods of a receipt that was reversed are to come again."""
    if reference is not None:
        _book(db, item_id, location_id, reference, -quantity)


def _book(db: Session, item_id: int, location_id: int, reference: str, quantity: Decimal) -> None:
    here = (_SUPPLIES.c.item_id == item_id, _SUPPLIES.c.location_id == location_id, _SUPPLIES.c.reference == reference)
    row = db.execute(select(_SUPPLIES).where(*here).with_for_update()).one_or_none()
    if row is not None:
        received = max(row.received + quantity, Decimal(0))
        after = {"received": received, "is_closed": received >= row.quantity}
        db.execute(update(_SUPPLIES).where(_SUPPLIES.c.id == row.id).values(after))
