"""Kits: sold as one, held and picked as their components."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from decimal import Decimal

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from models.tables.base import Base
from oms.inventory.plan import Kits

_ITEMS, _COMPONENTS = (Base.metadata.tables[name] for name in ("items", "kit_components"))
_OF_ITEMS = (
    select(_COMPONENTS.c.kit_id, _COMPONENTS.c.component_id, _COMPONENTS.c.quantity)
    .join(_ITEMS, _ITEMS.c.id == _COMPONENTS.c.kit_id)
    .where(_COMPONENTS.c.kit_id.in_(bindparam("ids", expanding=True)), _ITEMS.c.is_kit))


def kits_among(db: Session, item_ids: Collection[int]) -> Kits:
    """What is in those of the items that are kits."""
    found: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for kit, component, quantity in db.execute(_OF_ITEMS, {"ids": sorted(set(item_ids))}):
        found[kit][component] = quantity
    return dict(found)


def held_items(item_ids: Collection[int], kits: Kits) -> set[int]:
    """The items that are held in stock for these: components in the place of kits."""
    return {part for item in item_ids for part in kits.get(item, (item,))}
