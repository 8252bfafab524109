"""What the checks need beside the draft, once it is known: the customer's former quantities, closed days, what stands in for an
item."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.facts import Loaded
from matching.items_sql import load_items, with_successors
from models.domain.draft import Draft
from models.domain.states import SalesOrderState
from models.tables.orders import OrderLineRow, SalesOrderRow
from models.tables.partners import ClosedDayRow

MOST_HISTORY = 50
"""How many former quantities of an item are looked at, the newest ones."""
_CHUNK = 5_000


def with_background(db: Session, loaded: Loaded, draft: Draft) -> Loaded:
    """The same facts with what the checks of this draft look at."""
    facts = loaded.facts
    customer_id = facts.customer.customer_id if facts.customer else None
    chosen = {line.item.value.item_id for line in draft.lines if line.item}
    items = dict(facts.items)
    offered = {s for i in chosen if i in items for s in items[i].substitutes} - items.keys()
    if offered:
        items = with_successors(db, items | load_items(db, offered, customer_id), customer_id)
    history = bought_before(db, customer_id, chosen) if customer_id is not None else {}
    return replace(loaded, facts=replace(facts, items=items, history=history, closed_days=_closed_days(db, facts.on)))


def _closed_days(db: Session, on: date) -> frozenset[date]:
    return frozenset(db.execute(select(ClosedDayRow.day).where(ClosedDayRow.day >= on)).scalars())


def bought_before(db: Session, customer_id: int, items: Collection[int]) -> dict[int, tuple[Decimal, ...]]:
    """What a customer ordered of these items: quantities in base units by item, the newest first."""
    found: dict[int, list[Decimal]] = {}
    ordered = sorted(items)
    for chunk in (ordered[start:start + _CHUNK] for start in range(0, len(ordered), _CHUNK)):
        stmt = (
            select(OrderLineRow.item_id, OrderLineRow.base_quantity)
            .join(SalesOrderRow, SalesOrderRow.id == OrderLineRow.order_id)
            .where(SalesOrderRow.customer_id == customer_id, OrderLineRow.item_id.in_(chunk))
            .where(SalesOrderRow.state != SalesOrderState.CANCELLED)
            .order_by(SalesOrderRow.id.desc()))
        for item_id, quantity in db.execute(stmt):
            kept = found.setdefault(item_id, [])
            if len(kept) < MOST_HISTORY:
                kept.append(quantity)
    return {item_id: tuple(kept) for item_id, kept in found.items()}
