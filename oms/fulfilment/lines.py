"""Orders under lock, and how far their lines are: what the services of this room share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.orm import Session

from models.domain.fulfilment import LIVE_FULFILMENT
from models.domain.states import ReservationState, SalesOrderState
from models.errors import NotFound
from models.tables.base import Base
from oms.fulfilment.plan import ZERO, Place, Share, missing_parts, progress
from oms.orders.raised import settle_order
from oms.sql import changed
from runtime.audit import record

_ORDERS, _LINES, _FULFILMENTS, _SHARES, _RESERVATIONS, _ITEMS, _COMPONENTS = (
    Base.metadata.tables[name] for name in (
        "sales_orders", "order_lines", "fulfilment_orders", "fulfilment_lines", "reservations", "items", "kit_components"))
_LOCKED_ORDER = select(_ORDERS).where(_ORDERS.c.id == bindparam("order")).with_for_update(key_share=True)
_SET = (
    update(_LINES).where(_LINES.c.id == bindparam("line"))
    .values(allocated=bindparam("given"), shipped=bindparam("gone"), over_allowed=bindparam("over")))


def lock_order(db: Session, order_id: int) -> Row[Any]:
    """The order's row, locked until the transaction ends: everything about its fulfilment happens one at a time.

    Raises NotFound.
    """
    order = db.execute(_LOCKED_ORDER, {"order": order_id}).one_or_none()
    if order is None:
        raise NotFound(f"There is no sales order with the id {order_id}.")
    return order


def has_shipped(db: Session, order_id: int) -> bool:
    """True when something of the order has left the house."""
    return db.execute(select(_LINES.c.id).where(_LINES.c.order_id == order_id, _LINES.c.shipped > 0).limit(1)).first() is not None


def unassigned(db: Session, order_id: int) -> dict[Place, Decimal]:
    """What is reserved for the order and not on any live fulfilment order, in base units; only what is above zero."""
    return {place: quantity for place, quantity in _beyond_shares(db, order_id).items() if quantity > 0}


def overdrawn(db: Session, order_id: int) -> dict[Place, Decimal]:
    """What live fulfilment orders have and is not reserved any more, because a count took it back; only what is above zero."""
    return {place: -quantity for place, quantity in _beyond_shares(db, order_id).items() if quantity < 0}


def _beyond_shares(db: Session, order_id: int) -> dict[Place, Decimal]:
    """What is reserved for the order less what its live fulfilment orders still have to send, by place."""
    mine = _LINES.c.order_id == order_id
    r, f, s = _RESERVATIONS.c, _FULFILMENTS.c, _SHARES.c
    free: dict[Place, Decimal] = defaultdict(Decimal)
    for line, item, place, quantity in db.execute(
            select(r.order_line_id, r.item_id, r.location_id, r.quantity).join(_LINES, _LINES.c.id == r.order_line_id)
            .where(mine, r.state == ReservationState.ACTIVE)):
        free[line, item, place] += quantity
    for line, item, place, quantity in db.execute(
            select(s.order_line_id, s.item_id, f.location_id, s.quantity - s.shipped - s.cancelled)
            .join(_FULFILMENTS, f.id == s.fulfilment_order_id).where(f.order_id == order_id, f.state.in_(LIVE_FULFILMENT))):
        free[line, item, place] -= quantity
    return dict(sorted(free.items()))


def shares_of(db: Session, order_id: int) -> dict[int, list[Share]]:
    """What stands on the order's fulfilment orders, by line; only lines of which something does. What left with kits that were
    cancelled, and is a line of its own now, counts no more for the kits."""
    shares: dict[int, list[Share]] = defaultdict(list)
    s = _SHARES.c
    for line, *share in db.execute(
            select(s.order_line_id, s.item_id, s.quantity, s.shipped, s.cancelled)
            .join(_FULFILMENTS, _FULFILMENTS.c.id == s.fulfilment_order_id).where(_FULFILMENTS.c.order_id == order_id)):
        shares[line].append(Share(*share))
    x = _LINES.c
    for line, item, gone in db.execute(
            select(x.origin_line_id, x.item_id, x.base_quantity)
            .where(x.order_id == order_id, x.origin_line_id.in_(shares), x.origin_order_id.is_(None))):
        shares[line].append(Share(item, -gone, -gone, ZERO))
    return dict(shares)


def project_lines(db: Session, order_id: int) -> None:
    """Set allocated, shipped and the surplus of the order's lines to what its fulfilment lines say."""
    shares, kits = shares_of(db, order_id), kits_of(db, order_id)
    rows = []
    for line in db.execute(select(_LINES).where(_LINES.c.order_id == order_id, _LINES.c.id.in_(shares))):
        now = progress(shares[line.id], kits.get(line.item_id, {}))
        over = max(line.over_allowed, now.allocated + line.cancelled - line.base_quantity, ZERO)
        if (now.allocated, now.shipped, over) != (line.allocated, line.shipped, line.over_allowed):
            rows.append({"line": line.id, "given": now.allocated, "gone": now.shipped, "over": over})
    if rows:
        db.execute(_SET, rows)


def kits_begun(db: Session, order_id: int) -> dict[int, Decimal]:
    """By line of a kit: how many kits a warehouse is at or has sent any part of."""
    return {line: progress(shares, per_kit).begun for line, (per_kit, shares) in kit_shares(db, order_id).items()}


def kit_shares(db: Session, order_id: int) -> dict[int, tuple[Mapping[int, Decimal], list[Share]]]:
    """By line of kits of which anything stands on fulfilment orders: base units by component in one kit, and the shares."""
    kits = kits_of(db, order_id)
    if not kits:
        return {}
    shares = shares_of(db, order_id)
    lines = db.execute(select(_LINES.c.id, _LINES.c.item_id).where(_LINES.c.order_id == order_id, _LINES.c.id.in_(shares)))
    return {line: (kits[item], shares[line]) for line, item in lines if item in kits}


def missing_of_kits(db: Session, order_id: int, begun: Mapping[int, Decimal]) -> dict[int, list[tuple[int, str, Decimal]]]:
    """By line: (component, SKU, base units) that no fulfilment order has of the kits that were `begun`."""
    if not any(begun.values()):
        return {}
    kits, shares = kits_of(db, order_id), shares_of(db, order_id)
    items = dict(db.execute(select(_LINES.c.id, _LINES.c.item_id).where(_LINES.c.id.in_(begun))).all())
    skus = dict(db.execute(select(_ITEMS.c.id, _ITEMS.c.sku).where(_ITEMS.c.id.in_({c for k in kits.values() for c in k}))).all())
    return {
        line: [(part, skus[part], left) for part, left in missing_parts(kits[items[line]], shares[line], kits_there).items()]
        for line, kits_there in begun.items()}


def kits_of(db: Session, order_id: int) -> dict[int, Mapping[int, Decimal]]:
    """What is in the kits this order orders: base units by component, by kit."""
    found: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for kit, component, quantity in db.execute(
            select(_COMPONENTS).join(_LINES, _LINES.c.item_id == _COMPONENTS.c.kit_id)
            .join(_ITEMS, _ITEMS.c.id == _COMPONENTS.c.kit_id).where(_LINES.c.order_id == order_id, _ITEMS.c.is_kit)):
        found[kit][component] = quantity
    return dict(found)


def close_when_done(db: Session, order_id: int, actor: str) -> bool:
    """Close a released order every line of which is shipped or cancelled. True: this call closed it."""
    c = _LINES.c
    still_open = select(c.id).where(c.order_id == order_id, c.shipped + c.cancelled < c.base_quantity).limit(1)
    if db.execute(still_open).first() is not None:
        return False
    move = update(_ORDERS).where(_ORDERS.c.id == order_id, _ORDERS.c.state == SalesOrderState.RELEASED)
    if not changed(db, move.values(state=SalesOrderState.CLOSED)):
        return False
    settle_order(db, order_id, by=actor, resolution="The order is at its end.")
    number = db.execute(select(_ORDERS.c.order_no).where(_ORDERS.c.id == order_id)).scalar_one()
    record(db, actor=actor, action="order.closed", subject=f"order:{number}")
    return True


def tell(db: Session, fulfilment: Row[Any], what: str, actor: str, **content: Any) -> None:
    """One audit entry about a fulfilment order, which notices and webhooks are made from: "fulfilment_order.accepted".

    Call it last: the audit chain is locked until the transaction ends. Content that is empty is left out.
    """
    order_no = db.execute(select(_ORDERS.c.order_no).where(_ORDERS.c.id == fulfilment.order_id)).scalar_one()
    record(db, actor=actor, action=f"fulfilment_order.{what}", subject=f"fulfilment_order:{fulfilment.number}", content={
        "order": order_no, **{name: value for name, value in content.items() if value}})


def tell_shipment(db: Session, shipment: Row[Any], fulfilment: Row[Any], what: str, actor: str, **content: Any) -> None:
    """One audit entry about a shipment: "shipment.shipped". As `tell`."""
    order_no = db.execute(select(_ORDERS.c.order_no).where(_ORDERS.c.id == fulfilment.order_id)).scalar_one()
    record(db, actor=actor, action=f"shipment.{what}", subject=f"shipment:{shipment.number}", content={
        "order": order_no, "fulfilment_order": fulfilment.number,
        **{name: value for name, value in content.items() if value is not None and value != ""}})
