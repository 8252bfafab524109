"""What the page of one item in stock shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from models.domain.stock import Tracking
from oms.inventory.ledger import REVERSIBLE
from oms.inventory.repository import (
    EntryDetail,
    ItemStock,
    LotDetail,
    ReservationDetail,
    SupplyDetail,
    entries,
    item_stock,
    locations,
    lots_of,
    reservations,
    supplies,
)
from oms.inventory.supplies import outlook
from oms.inventory.timeline import Coming, Point
from review_ui.charts import Chart, over_time

_PROMISABLE = "Can be promised"


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry, and whether it can be taken back here."""

    detail: EntryDetail
    is_reversible: bool


@dataclass(frozen=True, slots=True)
class Supply:
    """Goods that are to come, how much of them orders want already, and whether they come to where something is sold from."""

    detail: SupplyDetail
    promised: Decimal
    is_sellable: bool


@dataclass(frozen=True, slots=True)
class ItemPage:
    """One item: levels, ATP by date as points and drawn, ledger, promises, supply, lots, and where it may be booked.

    `set_aside`: what lies where nothing is sold from.
    """

    stock: ItemStock
    points: tuple[Point, ...]
    chart: Chart
    entries: tuple[Entry, ...]
    reservations: tuple[ReservationDetail, ...]
    supplies: tuple[Supply, ...]
    set_aside: Decimal
    lots: tuple[LotDetail, ...]
    places: tuple[str, ...]

    @property
    def is_tracked(self) -> bool:
        """True when a lot or serial number must be named."""
        return self.stock.tracking is not Tracking.NONE


def load_item(db: Session, sku: str, *, today: date) -> ItemPage:
    """Everything about one item. Raises NotFound."""
    stock = item_stock(db, sku)
    seen = outlook(db, stock.item_id, today=today)
    points = seen.points
    claims = {(x.due.reference, x.due.location): x for x in seen.coming}
    chart = over_time([p.day.strftime("%y-%m-%d") for p in points], [(_PROMISABLE, [float(p.promisable) for p in points])])
    found = entries(db, sku=sku, limit=50)
    return ItemPage(
        stock, points, chart,
        tuple(Entry(x, x.kind in REVERSIBLE and not x.is_reversed) for x in found),
        tuple(reservations(db, sku=sku, limit=200)), _supplies(supplies(db, sku=sku), claims), seen.set_aside,
        tuple(lots_of(db, stock.item_id)), tuple(locations(db)))


def _supplies(found: Sequence[SupplyDetail], claims: Mapping[tuple[str, str], Coming]) -> tuple[Supply, ...]:
    return tuple(
        Supply(x, claim.promised, claim.due.is_sellable) for x in found
        if (claim := claims.get((x.reference, x.location))) is not None)
