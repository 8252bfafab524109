"""Do the levels still say what the ledger and the reservations say? A difference is reported, never silently mended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import Column, Table, func, select, union_all
from sqlalchemy.orm import Session

from models.tables.base import Base
from models.tables.inventory import LocationRow
from models.tables.items import ItemRow

_LEVELS = Base.metadata.tables["stock_levels"]
_MOVEMENTS = Base.metadata.tables["stock_movements"]
_RESERVATIONS = Base.metadata.tables["reservations"]


class Figure(StrEnum):
    """Which figure of a level is wrong."""

    ON_HAND = "on_hand"        # is not the sum of its movements
    RESERVED = "reserved"      # is not the sum of its reservations


@dataclass(frozen=True, slots=True)
class Difference:
    """One level that does not agree with its records. `quantity` = records − level, in base units, never 0."""

    item_id: int
    location_id: int
    figure: Figure
    quantity: Decimal
    sentence: str


def reconcile(db: Session) -> list[Difference]:
    """Every disagreement, by figure, item and location; empty when the books are right."""
    return [
        *_differences(db, Figure.ON_HAND, _LEVELS.c.on_hand, _MOVEMENTS),
        *_differences(db, Figure.RESERVED, _LEVELS.c.reserved, _RESERVATIONS)]


def _differences(db: Session, figure: Figure, level: Column[Decimal], records: Table) -> Iterator[Difference]:
    entries = union_all(
        select(records.c.item_id, records.c.location_id, records.c.quantity.label("quantity")),
        select(_LEVELS.c.item_id, _LEVELS.c.location_id, -level),
    ).subquery()
    total = func.sum(entries.c.quantity, type_=level.type)
    rows = db.execute(
        select(entries.c.item_id, entries.c.location_id, total, ItemRow.sku, LocationRow.code)
        .join(ItemRow, ItemRow.id == entries.c.item_id).join(LocationRow, LocationRow.id == entries.c.location_id)
        .group_by(entries.c.item_id, entries.c.location_id, ItemRow.sku, LocationRow.code)
        .having(total != Decimal(0)).order_by(entries.c.item_id, entries.c.location_id))
    for item_id, location_id, quantity, sku, code in rows:
        yield Difference(item_id, location_id, figure, quantity, _sentence(figure, quantity, sku, code))


def _sentence(figure: Figure, quantity: Decimal, sku: str, code: str) -> str:
    books = "movements" if figure is Figure.ON_HAND else "reservations"
    side = "more" if quantity > 0 else "less"
    return f"{sku} at {code}: the {books} add up to {abs(quantity):f} {side} than the level's {figure}. Count and correct it."
