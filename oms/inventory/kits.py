"""Kits: sold as one, held and picked as their components."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from models.tables.base import Base
from oms.inventory.plan import Kits
from runtime.prepared import Prepared, among

_ITEMS, _COMPONENTS = (Base.metadata.tables[name] for name in ("items", "kit_components"))
_GOODS = Prepared(lambda dialect: (
    select(_ITEMS.c.id, _ITEMS.c.base_uom, _ITEMS.c.backorder, _COMPONENTS.c.component_id, _COMPONENTS.c.quantity)
    .outerjoin(_COMPONENTS, and_(_COMPONENTS.c.kit_id == _ITEMS.c.id, _ITEMS.c.is_kit))
    .where(among(dialect, _ITEMS.c.id, "ids"))))


@dataclass(frozen=True, slots=True)
class Goods:
    """Of some items: the base unit by item id, what is in those that are kits, and which are not sold while there are none."""

    base_uoms: Mapping[int, str]
    kits: Kits
    stock_only: frozenset[int]


def goods_of(db: Session, item_ids: Collection[int]) -> Goods:
    """What promising these items needs to know of them."""
    base_uoms: dict[int, str] = {}
    kits: dict[int, dict[int, Decimal]] = defaultdict(dict)
    stock_only: set[int] = set()
    for item, base_uom, backorder, component, quantity in _GOODS.rows(db, {"ids": sorted(set(item_ids))}):
        base_uoms[item] = base_uom
        if not backorder:
            stock_only.add(item)
        if component is not None:
            kits[item][component] = quantity
    return Goods(base_uoms, dict(kits), frozenset(stock_only))


def kits_among(db: Session, item_ids: Collection[int]) -> Kits:
    """What is in those of the items that are kits."""
    return goods_of(db, item_ids).kits


def held_items(item_ids: Collection[int], kits: Kits) -> set[int]:
    """The items that are held in stock for these: components in the place of kits."""
    return {part for item in item_ids for part in kits.get(item, (item,))}
