"""A scan at the shelf: which line of the fulfilment order it means, and the pick it makes. Services; they never commit."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.domain.codes import fold_code
from models.domain.stock import Tracking
from models.tables.base import Base
from oms.fulfilment.parse import NotUnderstood, Scan, parse_scan
from oms.fulfilment.picking import pick
from oms.fulfilment.repository import Fulfilments, ShareDetail
from oms.fulfilment.shipments import open_shipment

_UNITS, _LOTS, _ITEMS = (Base.metadata.tables[name] for name in ("item_units", "lots", "items"))


@dataclass(frozen=True, slots=True)
class Taken:
    """What a scan did. `left`: base units of the same line still to take; `is_done`: nothing of the order is."""

    sku: str
    quantity: Decimal
    uom: str
    left: Decimal
    is_done: bool


@dataclass(frozen=True, slots=True)
class _Meant:
    share: ShareDetail
    factor: Decimal
    lot_id: int | None


def take(db: Session, fulfilment_id: int, text: str, *, actor: str) -> Taken:
    """Pick what was scanned into the shipment being filled; one unit of it unless the scan says how many.

    Raises NotUnderstood for what is not on the fulfilment order, and what picking raises.
    """
    scan = parse_scan(text)
    shares = Fulfilments(db).shares([fulfilment_id]).get(fulfilment_id, [])
    meant = _meant(db, scan, list(shares))
    quantity = (scan.count or Decimal(1)) * meant.factor
    shipment_id = open_shipment(db, fulfilment_id, actor=actor)
    pick(db, shipment_id, meant.share.id, quantity, lot_id=meant.lot_id)
    after = Fulfilments(db).shares([fulfilment_id])[fulfilment_id]
    left = next(share.to_pick for share in after if share.id == meant.share.id)
    return Taken(meant.share.sku, quantity, meant.share.uom, left, not any(share.to_pick for share in after))


def _meant(db: Session, scan: Scan, shares: list[ShareDetail]) -> _Meant:
    """The line that is meant; of several lines of one item, the first that still wants some."""
    items = {share.item_id for share in shares}
    unit = _unit(db, scan.gtin or scan.code, items)
    lot = _lot(db, scan.lot or scan.code, items)
    by_sku = next((s.item_id for s in shares if fold_code(s.sku) == fold_code(scan.code)), None)
    item_id = unit.item_id if unit else by_sku if by_sku is not None else lot.item_id if lot else None
    mine = sorted((s for s in shares if s.item_id == item_id), key=lambda s: s.to_pick <= 0)
    if not mine:
        raise NotUnderstood(f"{scan.code} is not on this fulfilment order. Put it back, and scan what stands on the list.")
    is_lot = lot is not None and lot.item_id == item_id and (scan.lot is not None or (unit is None and by_sku is None))
    factor = unit.factor if unit and mine[0].tracking != Tracking.SERIAL else Decimal(1)
    return _Meant(mine[0], factor, lot.id if lot and is_lot else None)


def _unit(db: Session, code: str, items: set[int]) -> Any:
    """The item and unit with this GTIN, whose leading zeros may be left out."""
    if not (code.isascii() and code.isdigit() and 8 <= len(code) <= 14):
        return None
    spellings = {code, code.lstrip("0"), *(code.lstrip("0").zfill(n) for n in (8, 12, 13, 14))}
    return db.execute(
        select(_UNITS.c.item_id, _UNITS.c.factor).where(_UNITS.c.gtin.in_(spellings), _UNITS.c.item_id.in_(items))
        .order_by(_UNITS.c.factor)).first()


def _lot(db: Session, code: str, items: set[int]) -> Any:
    return db.execute(
        select(_LOTS.c.id, _LOTS.c.item_id).where(
            or_(_LOTS.c.code == code, _LOTS.c.code == code.upper()), _LOTS.c.item_id.in_(items))).first()
