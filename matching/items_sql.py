"""Items as matching sees them: by id, by the codes on a paper, and all of them for the index."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from matching.candidates import indexed
from matching.catalog_documents import IndexedItem
from matching.catalog_index import CatalogIndex
from matching.records import CatchWeight, ItemRecord, PriceRecord
from models.domain.codes import fold_code, gtin_is_valid
from models.domain.stock import SELLABLE, Level
from models.domain.units import ItemUnit
from models.tables.audit import AuditEntryRow
from models.tables.inventory import LocationRow, StockLevelRow, expired_here
from models.tables.items import CustomerPartNumberRow, ItemRow, ItemSubstituteRow, ItemUnitRow, PriceRow
from models.tables.partners import CustomerRow
from runtime.zone import today

_CHUNK = 5_000


def _chunks(ids: Collection[int]) -> Iterator[Sequence[int]]:
    ordered = sorted(ids)
    return (ordered[start:start + _CHUNK] for start in range(0, len(ordered), _CHUNK))


def load_items(db: Session, ids: Collection[int], customer_id: int | None) -> dict[int, ItemRecord]:
    """Records with units, the prices that hold for this customer, and what stock can be promised."""
    found: dict[int, ItemRecord] = {}
    for chunk in _chunks(ids):
        units, prices, stock = _units(db, chunk), _prices(db, chunk, customer_id), _available(db, chunk)
        r = ItemRow
        substitutes = _substitutes(db, chunk)
        for i in db.execute(select(r.__table__).where(r.id.in_(chunk))):
            own = units.get(i.id, [])
            found[i.id] = ItemRecord(
                i.id, i.sku, i.description, i.base_uom, frozenset(gtin for _, gtin in own if gtin), i.mpn, i.brand, i.status,
                tuple(unit for unit, _ in own), tuple(prices.get(i.id, ())), stock.get(i.id), i.manufacturer, i.product_line,
                i.attributes, i.superseded_by_id, tuple(substitutes.get(i.id, ())), i.order_multiple, i.order_minimum,
                i.lead_time_days, _catch_weight(i))
    return found


_LONGEST_CHAIN = 5


def with_successors(db: Session, items: dict[int, ItemRecord], customer_id: int | None) -> dict[int, ItemRecord]:
    """The same items and those that superseded them, step by step."""
    for _ in range(_LONGEST_CHAIN):
        missing = {i.superseded_by for i in items.values() if i.superseded_by is not None} - items.keys()
        if not missing:
            break
        items = items | load_items(db, missing, customer_id)
    return items


def _catch_weight(i: Any) -> CatchWeight | None:
    if i.catch_weight_uom is None:
        return None
    return CatchWeight(i.catch_weight_uom, i.catch_weight, i.catch_weight_tolerance or Decimal(0))


def _substitutes(db: Session, ids: Sequence[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    s = ItemSubstituteRow
    stmt = select(s.item_id, s.substitute_id).where(s.item_id.in_(ids)).order_by(s.item_id, s.rank, s.substitute_id)
    for item_id, substitute_id in db.execute(stmt):
        found.setdefault(item_id, []).append(substitute_id)
    return found


def _units(db: Session, ids: Sequence[int]) -> dict[int, list[tuple[ItemUnit, str | None]]]:
    found: dict[int, list[tuple[ItemUnit, str | None]]] = {}
    u = ItemUnitRow
    stmt = select(u.item_id, u.uom, u.factor, u.gtin).where(u.item_id.in_(ids)).order_by(u.factor, u.uom)
    for row in db.execute(stmt):
        found.setdefault(row.item_id, []).append((ItemUnit(row.uom, row.factor, row.gtin), row.gtin))
    return found


def _prices(db: Session, ids: Sequence[int], customer_id: int | None) -> dict[int, list[PriceRecord]]:
    found: dict[int, list[PriceRecord]] = {}
    r = PriceRow
    group = select(CustomerRow.group_code).where(CustomerRow.id == customer_id).scalar_subquery()
    everybody = and_(r.customer_id.is_(None), r.group_code.is_(None))
    for p in db.execute(select(r.__table__).where(
            r.item_id.in_(ids), or_(everybody, r.customer_id == customer_id, r.group_code == group)).order_by(r.id)):
        found.setdefault(p.item_id, []).append(PriceRecord(
            p.uom, p.price, p.price_unit, p.currency, p.kind, p.min_quantity, p.valid_from, p.valid_to, p.reference))
    return found


def _available(db: Session, ids: Sequence[int]) -> dict[int, Decimal]:
    """What can be promised of items that stock is kept of: nothing of what has expired, or lies where nothing is sold from."""
    found: dict[int, Decimal] = {}
    s, place = StockLevelRow, LocationRow
    for row in db.execute(
            select(s.item_id, s.on_hand, s.reserved, s.safety, place.kind, place.is_active,
                   expired_here(today()).label("expired"))
            .join(place, place.id == s.location_id).where(s.item_id.in_(ids))):
        level = Level(
            row.item_id, 0, row.on_hand, row.reserved, row.safety, is_sellable=row.kind in SELLABLE and row.is_active,
            expired=row.expired)
        found[row.item_id] = found.get(row.item_id, Decimal(0)) + level.available
    return found


def items_by_code(db: Session, codes: Collection[str]) -> dict[str, set[int]]:
    """Folded code to the ids of items with such a SKU, manufacturer's number or GTIN; `codes` are clean."""
    folded = {fold_code(code) for code in codes}
    gtins = {g for code in codes if gtin_is_valid(code) for g in _spellings(code)}
    found: dict[str, set[int]] = {}
    for chunk in (list(folded)[start:start + _CHUNK] for start in range(0, len(folded), _CHUNK)):
        rows = db.execute(
            select(ItemRow.id, ItemRow.sku_folded, ItemRow.mpn_folded)
            .where(or_(ItemRow.sku_folded.in_(chunk), ItemRow.mpn_folded.in_(chunk))))
        for item_id, sku, mpn in rows:
            for code in {sku, mpn or ""} & folded:
                found.setdefault(code, set()).add(item_id)
    for item_id, gtin in db.execute(select(ItemUnitRow.item_id, ItemUnitRow.gtin).where(ItemUnitRow.gtin.in_(gtins))):
        for code in (c for c in codes if c.lstrip("0") == (gtin or "").lstrip("0")):
            found.setdefault(fold_code(code), set()).add(item_id)
    return found


def _spellings(gtin: str) -> set[str]:
    """The same GTIN with and without leading zeros, in the lengths it may be written in."""
    short = gtin.lstrip("0")
    return {short.zfill(length) for length in (8, 12, 13, 14) if length >= len(short)}


def items_by_sku(db: Session, skus: Collection[str]) -> dict[str, int]:
    """Item ids by SKU, for those that exist."""
    return dict(db.execute(select(ItemRow.sku, ItemRow.id).where(ItemRow.sku.in_(skus))).all()) if skus else {}


def part_numbers(db: Session, customer_id: int | None, codes: Collection[str]) -> dict[str, int]:
    """The customer's folded part numbers among these codes, to item ids."""
    if customer_id is None or not codes:
        return {}
    p = CustomerPartNumberRow
    stmt = select(p.part_number_folded, p.item_id).where(p.customer_id == customer_id)
    return dict(db.execute(stmt.where(p.part_number_folded.in_({fold_code(c) for c in codes}))).all())


def catalogue_stamp(db: Session) -> str:
    """Changes whenever an import or a person touched items."""
    stmt = select(func.max(AuditEntryRow.seq)).where(AuditEntryRow.action.in_(("items.imported", "items.edited")))
    return str(db.execute(stmt).scalar_one() or 0)


def refresh_index(db: Session, index: CatalogIndex) -> bool:
    """Bring the index up to date when the catalogue changed since, writing only what changed; returns whether it had to."""
    stamp = catalogue_stamp(db)
    if index.stamp == stamp:
        return False
    index.refresh(lambda: _all_items(db), stamp)
    return True


def _all_items(db: Session) -> Iterator[IndexedItem]:
    gtins: dict[int, set[str]] = {}
    for item_id, gtin in db.execute(select(ItemUnitRow.item_id, ItemUnitRow.gtin).where(ItemUnitRow.gtin.is_not(None))):
        gtins.setdefault(item_id, set()).add(gtin or "")
    i = ItemRow
    rows = db.execute(
        select(i.id, i.sku, i.description, i.mpn, i.brand, i.manufacturer, i.attributes).execution_options(yield_per=5_000))
    for id_, sku, description, mpn, brand, manufacturer, attributes in rows:
        yield indexed(ItemRecord(
            id_, sku, description, gtins=frozenset(gtins.get(id_, ())), mpn=mpn, brand=brand, manufacturer=manufacturer,
            attributes=attributes))
