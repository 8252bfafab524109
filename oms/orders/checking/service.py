"""Orders checked against the house's rules: what they need is held, what is settled is released. In the caller's transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, bindparam, func, or_, select
from sqlalchemy.orm import Session

from models.domain.order_work import HoldKind
from models.domain.states import ReservationState, SalesOrderState
from models.errors import ConflictError
from models.tables.base import Base
from models.tables.orders import OrderHoldRow
from oms.orders.checking.decide import KINDS, ZERO, CheckedLine, CheckedOrder, HoldRule, needed_holds
from oms.orders.checking.rules import hold_rules
from oms.orders.holds import place_hold, release_hold, standing
from runtime.db import Database

RULES = "ordermill"
"""Who places and releases what the rules say."""
_ORDERS, _LINES, _ITEMS, _CUSTOMERS, _ADDRESSES, _RESERVATIONS = (
    Base.metadata.tables[name]
    for name in ("sales_orders", "order_lines", "items", "customers", "addresses", "reservations"))
_OPEN = (SalesOrderState.ACCEPTED, SalesOrderState.RELEASED)
_AT_ONCE = 200
SEEN = frozenset(KINDS) - {HoldKind.PRICE}
"""Kinds to look at where a person has just seen the prices."""
PASSING = (HoldKind.STOCK, HoldKind.CREDIT)
"""Kinds whose reason may go by itself: goods come, and money."""

# Built once: an order is checked whenever it is accepted.
_o, _l, _r = _ORDERS.c, _LINES.c, _RESERVATIONS.c
_ORDER = (
    select(
        _ORDERS, _CUSTOMERS.c.name, _CUSTOMERS.c.currency.label("own_currency"), _CUSTOMERS.c.credit_limit,
        _CUSTOMERS.c.open_balance, _CUSTOMERS.c.overdue, _CUSTOMERS.c.price_tolerance, _ADDRESSES.c.country,
        _ADDRESSES.c.name.label("to"), _ADDRESSES.c.street, _ADDRESSES.c.city)
    .join(_CUSTOMERS, _CUSTOMERS.c.id == _o.customer_id).outerjoin(_ADDRESSES, _ADDRESSES.c.id == _o.ship_to_id)
    .where(_o.id == bindparam("order")))
_LINES_OF = (
    select(_LINES, _ITEMS.c.sku, _ITEMS.c.is_kit).join(_ITEMS, _ITEMS.c.id == _l.item_id)
    .where(_l.order_id == bindparam("order")).order_by(_l.position))
_HELD = (
    select(_r.order_line_id, _r.quantity)
    .join(_LINES, _l.id == _r.order_line_id).where(_l.order_id == bindparam("order"), _r.state == ReservationState.ACTIVE))
_UNBILLED = (
    select(_l.amount, _l.base_quantity, _l.cancelled, _l.invoiced).join(_ORDERS, _o.id == _l.order_id)
    .where(_o.customer_id == bindparam("customer"), _o.id != bindparam("order"), _o.state.in_(_OPEN),
           _o.currency == bindparam("currency"), _l.invoiced < _l.base_quantity))


def check_holds(db: Session, order_id: int, kinds: Collection[HoldKind] = KINDS) -> None:
    """Hold the order for whatever the rules ask, and release holds of theirs whose reason is gone; only of these kinds.

    What a person released is not held again for the same reason in the same words.
    """
    order = db.execute(_ORDER, {"order": order_id}).one()
    if order.state not in _OPEN:
        return
    known = list(db.execute(
        select(OrderHoldRow).where(OrderHoldRow.order_id == order_id, OrderHoldRow.kind != HoldKind.MANUAL)
        .order_by(OrderHoldRow.id)).scalars())
    rules = _asked(hold_rules(db), kinds)
    needed = {hold.kind: hold.sentence for hold in needed_holds(_checked(db, order, rules), rules)}
    for hold in known:
        if hold.released_at is None and hold.placed_by == RULES and hold.kind in kinds and hold.kind not in needed:
            release_hold(db, hold.id, by=RULES, reason="The reason is gone.", is_admin=True)
    settled = {(hold.kind, hold.sentence) for hold in known if hold.released_at is not None and hold.released_by != RULES}
    there = {hold.kind for hold in known if hold.released_at is None}
    for kind, sentence in needed.items():
        if kind not in there and (kind, sentence) not in settled:
            place_hold(db, order_id, kind=kind, sentence=sentence, by=RULES, owner=rules[kind].owner)


def hold_new(
    db: Session, order_id: int, customer_id: int, order: CheckedOrder, rules: Mapping[HoldKind, HoldRule],
    kinds: Collection[HoldKind] = KINDS,
) -> None:
    """Hold an order accepted just now for whatever these rules ask, as `check_holds` would; `order` is told without what the
    customer's other orders say. Call it under the lock of the audit chain: of two orders at once the later sees the earlier."""
    asked = _asked(rules, kinds)
    for hold in needed_holds(_beside_others(db, order_id, customer_id, order, asked), asked):
        place_hold(db, order_id, kind=hold.kind, sentence=hold.sentence, by=RULES, owner=asked[hold.kind].owner)


def recheck_holds(database: Database) -> int:
    """Look again at orders the rules hold: stock may have come, or money. Returns how many were looked at."""
    h = OrderHoldRow
    with database.read() as db:
        held = list(db.execute(
            select(h.order_id).where(
                h.released_at.is_(None), h.placed_by == RULES, h.kind.in_(PASSING))
            .distinct().order_by(h.order_id).limit(_AT_ONCE)).scalars())
    for order_id in held:
        try:
            with database.write() as db:
                if standing(db, order_id):
                    check_holds(db, order_id, PASSING)
        except ConflictError:                               # somebody is at it; it comes again at the next turn
            continue
    return len(held)


def _checked(db: Session, order: Row[Any], asked: Collection[HoldKind]) -> CheckedOrder:
    """What the rules of these kinds look at; what only others do is not loaded."""
    held: dict[int, Decimal] = {}
    if HoldKind.STOCK in asked:
        for line_id, quantity in db.execute(_HELD, {"order": order.id}):
            held[line_id] = held.get(line_id, ZERO) + quantity
    lines = tuple(_line(x, held.get(x.id, ZERO)) for x in db.execute(_LINES_OF, {"order": order.id}))
    address = ", ".join(filter(None, (order.to, order.street, order.city))) if order.to else order.ship_to_text or ""
    return _beside_others(db, order.id, order.customer_id, CheckedOrder(
        currency=order.currency, total=order.total, customer=order.name, customer_currency=order.own_currency,
        credit_limit=order.credit_limit, open_balance=order.open_balance, overdue=order.overdue,
        price_tolerance=order.price_tolerance, country=order.country, address=address,
        is_known_address=order.ship_to_id is not None, payment_terms=order.payment_terms or "", lines=lines), asked)


def _line(x: Row[Any], held: Decimal) -> CheckedLine:
    wanted = max(x.base_quantity - x.cancelled - x.shipped, ZERO)
    price = x.unit_price * (1 - (x.discount or ZERO) / 100)
    short = ZERO if x.is_kit else max(wanted - held, ZERO)              # of a kit the parts are held
    return CheckedLine(x.position, x.sku, wanted, short, price, x.list_price)


def _asked(rules: Mapping[HoldKind, HoldRule], kinds: Collection[HoldKind]) -> Mapping[HoldKind, HoldRule]:
    return {kind: rule for kind, rule in rules.items() if kind in kinds and rule.is_on}


def _beside_others(
    db: Session, order_id: int, customer_id: int, order: CheckedOrder, asked: Collection[HoldKind],
) -> CheckedOrder:
    """The order with what the customer's other orders say, as far as rules of these kinds look at it."""
    is_counted = HoldKind.CREDIT in asked and order.credit_limit is not None
    return replace(
        order, open_orders=_unbilled(db, order_id, customer_id, order.currency) if is_counted else ZERO,
        is_first=HoldKind.FRAUD in asked and _is_first(db, order_id, customer_id))


def _unbilled(db: Session, order_id: int, customer_id: int, currency: str) -> Decimal:
    """What the customer's other open orders in the same currency come to, as far as they are neither cancelled nor billed."""
    asked = {"customer": customer_id, "order": order_id, "currency": currency}
    return sum((
        amount * max(base - cancelled - invoiced, ZERO) / base
        for amount, base, cancelled, invoiced in db.execute(_UNBILLED, asked)), ZERO)


def _is_first(db: Session, order_id: int, customer_id: int) -> bool:
    return db.execute(
        select(func.count()).select_from(_ORDERS).where(
            _o.customer_id == customer_id, _o.id < order_id,
            or_(_o.state.in_(_OPEN), _o.state == SalesOrderState.CLOSED))).scalar_one() == 0
