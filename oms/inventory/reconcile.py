"""Do the levels still say what the ledger and the reservations say? A difference is reported, never silently mended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Select, func, select, union_all
from sqlalchemy.orm import Session

from models.domain.order_work import ExceptionKind
from models.domain.stock import STOCKED
from models.tables.base import Base
from models.tables.exceptions import ExceptionRow
from models.tables.inventory import LocationRow
from models.tables.items import ItemRow
from oms.exceptions import close_exception, open_exception
from oms.inventory.levels import OURSELVES

_LEVELS = Base.metadata.tables["stock_levels"]
_ENTRIES = Base.metadata.tables["stock_entries"]
_KEY = "stock:"
_RESERVATIONS = Base.metadata.tables["reservations"]


class Figure(StrEnum):
    """Which figure of a level is wrong."""

    ON_HAND = "on_hand"        # is not what came minus what went, by the ledger
    RESERVED = "reserved"      # is not the sum of its reservations
    PROMISED = "promised"      # reserved is not the sum of the ledger's promises


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
        Difference(item, place, figure, difference, _sentence(figure, difference, sku, code))
        for figure, statement in _DIFFERENCES.items() for item, place, difference, sku, code in db.execute(statement)]


def report_differences(db: Session, differences: Iterable[Difference]) -> None:
    """Open an exception for each of all the disagreements there are, close those that are gone. Mends nothing."""
    found = {_key(d): d for d in differences}
    for key, d in found.items():
        open_exception(
            db, kind=ExceptionKind.RECONCILIATION, key=key, code=f"{d.figure}_differs", sentence=d.sentence, item_id=d.item_id,
            location_id=d.location_id)
    standing = db.execute(select(ExceptionRow.key).where(
        ExceptionRow.kind == ExceptionKind.RECONCILIATION, ExceptionRow.key.startswith(_KEY), ExceptionRow.closed_at.is_(None)))
    for key in set(standing.scalars()) - found.keys():
        close_exception(db, key=key, by=OURSELVES, resolution="Level and records agree again.")


def _key(d: Difference) -> str:
    return f"{_KEY}{d.figure}:{d.item_id}:{d.location_id}"


def _differences(level: Column[Decimal], *records: Select[Any]) -> Select[Any]:
    """Levels that are not the sum of these records: item id, location id, records − level, SKU, location code."""
    entries = union_all(*records, select(_LEVELS.c.item_id, _LEVELS.c.location_id, -level)).subquery()
    item_id, location_id, quantity = entries.c
    total = func.sum(quantity, type_=level.type)
    return (
        select(item_id, location_id, total, ItemRow.sku, LocationRow.code)
        .join(ItemRow, ItemRow.id == item_id).join(LocationRow, LocationRow.id == location_id)
        .where(LocationRow.kind.in_(sorted(STOCKED)))
        .group_by(item_id, location_id, ItemRow.sku, LocationRow.code)
        .having(total != Decimal(0)).order_by(item_id, location_id))


_E, _R = _ENTRIES.c, _RESERVATIONS.c
_DIFFERENCES = {                                        # built once: building takes as long as running on a small house
    Figure.ON_HAND: _differences(
        _LEVELS.c.on_hand, select(_E.item_id, _E.to_id.label("location_id"), _E.physical.label("quantity")),
        select(_E.item_id, _E.from_id.label("location_id"), (-_E.physical).label("quantity"))),
    Figure.RESERVED: _differences(_LEVELS.c.reserved, select(_R.item_id, _R.location_id, _R.quantity)),
    Figure.PROMISED: _differences(
        _LEVELS.c.reserved, select(_E.item_id, _E.from_id.label("location_id"), _E.promised.label("q")))}


def _sentence(figure: Figure, quantity: Decimal, sku: str, code: str) -> str:
    books = {Figure.ON_HAND: "entries", Figure.RESERVED: "reservations", Figure.PROMISED: "entries of promises"}[figure]
    side = "more" if quantity > 0 else "less"
    level = "on_hand" if figure is Figure.ON_HAND else "reserved"
    return f"{sku} at {code}: the {books} add up to {abs(quantity):f} {side} than the level's {level}. Count and correct it."
