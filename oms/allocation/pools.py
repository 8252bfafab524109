"""Stock that is set aside for a channel is promised to its orders only, as it is sent to them only."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.domain.stock import Level
from models.tables.base import Base
from oms.allocation.plan import choose_rule
from oms.allocation.rules import sourcing_rules

_ORDERS, _ADDRESSES = (Base.metadata.tables[name] for name in ("sales_orders", "addresses"))


def drawable(db: Session, levels: Sequence[Level], order_id: int) -> Sequence[Level]:
    """The levels that an order may be promised from: those of every channel, and of the pool that its sourcing rule names."""
    if not any(level.pool for level in levels):
        return levels
    source, country = db.execute(
        select(_ORDERS.c.source, _ADDRESSES.c.country)
        .outerjoin(_ADDRESSES, _ADDRESSES.c.id == _ORDERS.c.ship_to_id).where(_ORDERS.c.id == order_id)).one()
    rule = choose_rule([r.rule for r in sourcing_rules(db) if r.is_active], source, country)
    return [level for level in levels if level.pool in (None, rule.pool)]
