"""The kits of an order as its changes need them, and the parts of cancelled ones as lines of their own."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, or_, select, update
from sqlalchemy.orm import Session

from models.domain.items import PriceKind
from models.tables.base import Base
from oms.fulfilment.lines import kit_shares
from oms.fulfilment.plan import progress
from oms.orders.changes.kits import ZERO, KitNow, PartLine, PartNow
from oms.orders.write import insert_lines
from runtime.clock import now
from runtime.zone import day_at

_LINES, _ITEMS, _PRICES = (Base.metadata.tables[name] for name in ("order_lines", "items", "prices"))


def kits_now(db: Session, order: Row[Any]) -> dict[int, tuple[Decimal, KitNow]]:
    """By line of kits of which a warehouse has, or has sent, any part: how many kits that are, and what is in them."""
    found = kit_shares(db, order.id)
    if not found:
        return {}
    components = {component for per_kit, _ in found.values() for component in per_kit}
    items = {x.id: x for x in db.execute(
        select(_ITEMS.c.id, _ITEMS.c.sku, _ITEMS.c.description, _ITEMS.c.base_uom).where(_ITEMS.c.id.in_(components)))}
    prices = list_prices(db, components, order.currency)
    kits = {}
    for line, (per_kit, shares) in found.items():
        parts = []
        for component, each in sorted(per_kit.items()):
            item, of = items[component], [x for x in shares if x.item_id == component]
            parts.append(PartNow(
                component, item.sku, item.description, item.base_uom, each, sum((x.quantity - x.cancelled for x in of), ZERO),
                sum((x.shipped for x in of), ZERO), prices.get(component)))
        kits[line] = progress(shares, per_kit).begun, KitNow(tuple(parts))
    return kits


def list_prices(db: Session, item_ids: Collection[int], currency: str) -> dict[int, Decimal]:
    """What one base unit of an item costs today by the list, its smallest quantity."""
    p, today = _PRICES.c, day_at(now())
    rows = db.execute(
        select(p.item_id, p.price, p.price_unit).join(_ITEMS, _ITEMS.c.id == p.item_id)
        .where(p.item_id.in_(item_ids), p.kind == PriceKind.LIST, p.currency == currency, p.uom == _ITEMS.c.base_uom,
               or_(p.valid_from.is_(None), p.valid_from <= today), or_(p.valid_to.is_(None), p.valid_to >= today))
        .order_by(p.item_id, p.min_quantity.desc(), p.id))
    return {item: price / unit for item, price, unit in rows}


def insert_parts(db: Session, order_id: int, parts: Sequence[PartLine]) -> None:
    """Write the parts that left with cancelled kits: lines of which everything has left."""
    if not parts:
        return
    ids, c = insert_lines(db, order_id, [x.line for x in parts]), _LINES.c
    for x in parts:
        db.execute(update(_LINES).where(c.id == ids[x.line.position]).values(
            shipped=x.line.base_quantity, allocated=x.line.base_quantity, origin_line_id=x.line_id))
