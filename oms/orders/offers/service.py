"""Offers: orders that promise nothing yet. A draft is written freely, a quote stands until its day, and either becomes an order
exactly once. Every function works in the caller's transaction and never commits.

Order of locks: the order's row, stock levels by id, the audit chain.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from models.domain.moves import RefusedMove
from models.domain.order_work import OrderSource
from models.domain.outbox import Channel
from models.domain.states import OFFERS, SalesOrderState
from models.domain.stock import Demand
from models.errors import ConflictError, InputError
from models.tables.base import Base
from oms.allocation.pools import drawable
from oms.allocation.shortage import tell_short
from oms.erp import payload
from oms.fulfilment.lines import lock_order
from oms.inventory.kits import held_items, kits_among
from oms.inventory.levels import lock_levels, reserve
from oms.inventory.plan import plan_reservation
from oms.orders.assemble import NewOrder
from oms.orders.changes.history import note_change
from oms.orders.changes.plan import Entry
from oms.orders.checking.service import check_holds
from oms.orders.holds import worded
from oms.orders.offers.rows import Stored, load_stored
from oms.orders.raised import raise_terms, settle_order
from oms.orders.write import insert_charges, insert_lines, insert_order, order_no
from oms.outbox import Outbox
from oms.sql import changed
from runtime.audit import record
from runtime.clock import Clock, now
from runtime.db import Database
from runtime.zone import day_at

S = SalesOrderState
ROUND = "ordermill"
_ORDERS, _LINES = (Base.metadata.tables[name] for name in ("sales_orders", "order_lines"))


class OfferIncomplete(InputError):
    """The offer lacks what the next step needs; the sentence lists everything."""

    code = "offer_incomplete"


class OfferExpired(ConflictError):
    """The last day of the offer is over."""

    code = "offer_expired"


def order_of_key(db: Session, key: str) -> int | None:
    """The order that a request with this key made before."""
    return db.execute(select(_ORDERS.c.id).where(_ORDERS.c.key == key)).scalar_one_or_none()


def write_offer(
    db: Session, order: NewOrder, *, actor: str, source: OrderSource, valid_until: date | None = None, key: str | None = None,
) -> int:
    """A draft; returns the order's id. `key` is kept, so that a repeat is found by `order_of_key`. Raises ConflictError for a key
    in use."""
    order_id = insert_order(db, order, {
        "approved_by": actor, "source": source, "state": S.DRAFT, "valid_until": valid_until, "key": key})
    if order_id is None:
        raise ConflictError("The same order is being written at this very moment. Try again.")
    if order.lines:
        insert_lines(db, order_id, order.lines)
    insert_charges(db, order_id, order.charges)
    record(db, actor=actor, action="order.drafted", subject=f"order:{order_no(order_id)}", content={
        "source": source, "total": f"{order.total:f}", "currency": order.currency})
    return order_id


def quote_offer(db: Session, order_id: int, *, actor: str, valid_until: date, today: date, is_mailed: bool = False) -> None:
    """Offer a draft to the customer until the end of a day; `is_mailed`: the quote goes to them as a letter. Raises NotFound,
    RefusedMove, OfferIncomplete."""
    order = lock_order(db, order_id)
    missing = [] if load_stored(db, order_id).order.lines else ["it has no lines"]
    if valid_until < today:
        missing.append(f"{valid_until} is over, so it cannot be the last day")
    _complete(order, missing, "quoted")
    _move(
        db, order, (S.DRAFT,), S.QUOTED, "order.quoted", actor, "Offered to the customer.", {"mailed": is_mailed},
        valid_until=valid_until)


def revise_quote(db: Session, order_id: int, *, actor: str) -> None:
    """Make a quote a draft again, to be changed. Raises NotFound, RefusedMove."""
    _move(db, lock_order(db, order_id), (S.QUOTED,), S.DRAFT, "order.quote_revised", actor, "Taken back to be changed.")


def accept_offer(db: Session, order_id: int, *, actor: str, today: date, po_number: str | None = None) -> None:
    """Make a draft or quote an order: stock is reserved as far as there is any, and the ERP is told. `po_number`: the customer's
    number, where the offer has none yet or another.

    Raises NotFound, RefusedMove when it is no offer any more, OfferExpired, OfferIncomplete, StockMoved to be tried again.
    """
    order = lock_order(db, order_id)
    number = (po_number or order.po_number).strip()
    if order.state in OFFERS and order.valid_until is not None and order.valid_until < today:
        raise OfferExpired(
            f"{order.order_no} was valid until {order.valid_until}. Take it back to a draft and give it another day first.")
    stored = load_stored(db, order_id)
    missing = [] if stored.order.lines else ["it has no lines"]
    if not number:
        missing.append("the customer's PO number is missing")
    _complete(order, missing, "an order")
    _move(
        db, order, tuple(OFFERS), S.ACCEPTED, "order.offer_accepted", actor, "Taken as an order.", po_number=number,
        order_date=order.order_date or today, approved_by=actor)
    take_over(db, order_id, actor=actor)


def take_over(db: Session, order_id: int, *, actor: str) -> None:
    """What follows when an order is accepted by its rows: reservations, the message to the ERP, the audit entry, holds."""
    short = _reserve(db, order_id, actor)
    stored = tell_created(db, order_id, short, actor=actor, key=f"so:{order_no(order_id)}")
    raise_terms(db, order_id)
    record(db, actor=actor, action="order.accepted", subject=f"order:{order_no(order_id)}", content={
        "total": f"{stored.order.total:f}", "currency": stored.order.currency,
        "short": {str(position): f"{quantity:f}" for position, quantity in short.items()}})
    check_holds(db, order_id)


def end_offer(db: Session, order_id: int, *, actor: str, reason: str) -> int:
    """Nothing comes of a draft or quote; returns the revision that says so. Raises NotFound, RefusedMove, InputError."""
    order = lock_order(db, order_id)
    settle_order(db, order_id, by=actor, resolution="Nothing came of the offer.")
    _move(db, order, tuple(OFFERS), S.CANCELLED, "order.offer_ended", actor, worded(reason, "why nothing comes of the offer"))
    return int(order.revision) + 1


def expire_offers(database: Database, *, clock: Clock = now) -> int:
    """End every draft and quote whose last day is over; returns how many those were. Any number may run at once."""
    today = day_at(clock())
    o = _ORDERS.c
    over = select(o.id).where(o.state.in_(OFFERS), o.valid_until < today).order_by(o.id).limit(500)
    with database.read() as db:
        due = list(db.execute(over).scalars())
    ended = 0
    for order_id in due:
        with database.write() as db:
            order = lock_order(db, order_id)
            if order.state in OFFERS and order.valid_until is not None and order.valid_until < today:
                end_offer(db, order_id, actor=ROUND, reason=f"It was valid until {order.valid_until}, and nobody took it.")
                ended += 1
    return ended


def _complete(order: Row[Any], missing: list[str], what: str) -> None:
    if order.state not in OFFERS:
        raise RefusedMove(f"{order.order_no} is {order.state}; only a draft or a quote can become {what}.")
    if missing:
        raise OfferIncomplete(f"{order.order_no} cannot become {what} yet: {'; '.join(missing)}.")


def _move(
    db: Session, order: Row[Any], frm: tuple[SalesOrderState, ...], to: SalesOrderState, action: str, actor: str, reason: str,
    told: Mapping[str, Any] = MappingProxyType({}), **values: Any,
) -> None:
    """Compare-and-set the state, with the change's own row; `told` goes into the audit entry."""
    moved = update(_ORDERS).where(_ORDERS.c.id == order.id, _ORDERS.c.state.in_(frm))
    if not changed(db, moved.values(state=to, revision=_ORDERS.c.revision + 1, **values)):
        raise RefusedMove(f"{order.order_no} is {order.state} and cannot become {to}. Reload to see what can be done.")
    entries = [Entry("state", order.state, to)]
    entries += [
        Entry(name, str(before) if (before := getattr(order, name)) else None, str(value))
        for name, value in values.items() if name != "approved_by" and value != getattr(order, name)]
    note_change(db, order.id, order.revision + 1, entries, actor=actor, reason=reason)
    record(db, actor=actor, action=action, subject=f"order:{order.order_no}", content={
        "revision": order.revision + 1, "reason": reason, **told})


def _reserve(db: Session, order_id: int, actor: str) -> dict[int, Decimal]:
    """Promise stock to an order that holds none; returns what is short, by position, in base units."""
    c = _LINES.c
    lines = db.execute(
        select(c.id, c.position, c.item_id, c.base_quantity - c.cancelled)
        .where(c.order_id == order_id).order_by(c.position)).all()
    positions = {line_id: position for line_id, position, _, _ in lines}
    items = [item for _, _, item, _ in lines]
    kits = kits_among(db, items)
    demands = [Demand(line_id, item, left) for line_id, _, item, left in lines if left > 0]
    plan = plan_reservation(demands, drawable(db, lock_levels(db, held_items(items, kits)), order_id), kits)
    reserve(db, plan.picks, actor=actor)
    tell_short(db, order_id, order_no(order_id), {
        line_id: f"Line {positions[line_id]}: {quantity:f} are short." for line_id, quantity in plan.short.items()},
        only_held=True)
    return {positions[line_id]: quantity for line_id, quantity in plan.short.items()}


def tell_created(db: Session, order_id: int, short: Mapping[int, Decimal], *, actor: str, key: str) -> Stored:
    """Tell the ERP of an order that its rows make, under this key; returns the order. `short` by position, in base units."""
    stored = load_stored(db, order_id)
    content = payload.created(
        stored.order, key=key, order_no=order_no(order_id), customer_no=stored.customer_no, ship_to_code=stored.ship_to_code,
        approved_by=actor, short=short, evidence=payload.given_by(stored.order, actor))
    Outbox(db).add(Channel.ERP, payload.CREATED, key, content, order_id=order_id)
    return stored
