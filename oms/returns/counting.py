"""Judged goods counted in units of their order lines: parts of kits that come back alone stand for a share of their kit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from models.domain.returns import ReturnOutcome
from oms.fulfilment.lines import kits_of
from oms.orders.changes.kit_parts import list_prices
from oms.orders.changes.kits import weights_of
from oms.returns.plan import KitBack
from oms.returns.room import Spot, came_back
from oms.returns.rows import ORDER_LINES


@dataclass(frozen=True, slots=True)
class Counted:
    """Goods of one judgement: so many base units of `spot`, which are `units` of their order line."""

    spot: Spot
    outcome: ReturnOutcome
    quantity: Decimal
    units: Decimal


def counted(db: Session, order: Row[Any], kept: Iterable[Row[Any]]) -> list[Counted]:
    """The judgements in units of their order lines, in their order. The order's row is locked."""
    rows = [x for x in kept if x.order_line_id]
    kits = _kits_back(db, order, {x.order_line_id for x in rows})
    found = []
    for x in rows:
        line, units = kits.get(x.order_line_id), x.quantity
        if line and x.item_id in line.each:
            units = line.so_many(x.item_id, x.quantity)
            kits[x.order_line_id] = line.after(x.item_id, x.quantity)
        elif line:
            kits[x.order_line_id] = line.after_whole(x.quantity)
        found.append(Counted((x.order_line_id, x.item_id), x.outcome, x.quantity, units))
    return found


def _kits_back(db: Session, order: Row[Any], line_ids: set[int]) -> dict[int, KitBack]:
    """Of the lines that are kits, what of them has not come back yet."""
    kits, c = kits_of(db, order.id), ORDER_LINES.c
    if not kits:
        return {}
    lines = db.execute(
        select(c.id, c.item_id, c.shipped, c.returned).where(c.id.in_(line_ids), c.item_id.in_(kits)).order_by(c.id)).all()
    prices = list_prices(db, {part for each in kits.values() for part in each}, order.currency)
    before = came_back(db, [x.id for x in lines])
    return {
        x.id: KitBack(each := kits[x.item_id], _weights(each, prices), _missing(x, each, before[x.id]), x.shipped - x.returned)
        for x in lines}


def _weights(each: Mapping[int, Decimal], prices: Mapping[int, Decimal]) -> dict[int, Decimal]:
    return dict(zip(each, weights_of([prices.get(part) for part in each]), strict=True))


def _missing(line: Any, each: Mapping[int, Decimal], back: Mapping[int, Decimal]) -> dict[int, Decimal]:
    whole = line.shipped - back.get(line.item_id, Decimal(0))
    return {part: per * whole - back.get(part, Decimal(0)) for part, per in each.items()}
