"""What is wrong with an order becomes an exception that somebody is given, by a time: what it is held for, a PO number that
another order has, a value below the customer's minimum. In the caller's transaction; call it before the audit chain is locked."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from models.domain.money import round_money
from models.domain.order_work import ExceptionKind, HoldKind, OrderSource
from models.domain.states import OFFERS, SalesOrderState
from models.tables.base import Base
from oms.exceptions.service import HOLD_KEY, STANDING, close_exception, open_exception

SEEN_TO: Mapping[HoldKind, ExceptionKind] = {
    HoldKind.CREDIT: ExceptionKind.CREDIT, HoldKind.PAYMENT: ExceptionKind.CREDIT, HoldKind.PRICE: ExceptionKind.PRICE,
    HoldKind.COMPLIANCE: ExceptionKind.COMPLIANCE, HoldKind.FRAUD: ExceptionKind.COMPLIANCE,
    HoldKind.ADDRESS: ExceptionKind.ADDRESS, HoldKind.STOCK: ExceptionKind.SHORT_STOCK}
"""Of which kind the exception is that a hold opens; who holds an order by hand sees to it without one."""
_ORDERS, _CUSTOMERS, _EXCEPTIONS = (Base.metadata.tables[name] for name in ("sales_orders", "customers", "exceptions"))
_OPEN = (SalesOrderState.ACCEPTED, SalesOrderState.RELEASED)
_DUPLICATE, _MINIMUM = "duplicate:", "minimum:"       # how the keys of such exceptions begin
_OF_ANOTHER = (OrderSource.SPLIT, OrderSource.EXCHANGE)
"""Orders that have the number of the one they come from."""


def raise_hold(db: Session, order_id: int, hold_id: int, kind: HoldKind, sentence: str) -> None:
    """A hold was placed: its exception stands as long as it does. It blocks nothing itself; the hold does."""
    if kind in SEEN_TO:
        open_exception(
            db, kind=SEEN_TO[kind], key=f"{HOLD_KEY}{hold_id}", code=f"held_{kind}", sentence=sentence, order_id=order_id,
            is_blocking=False)


def settle_hold(db: Session, hold_id: int, *, by: str, reason: str) -> None:
    """The hold was released."""
    close_exception(db, key=f"{HOLD_KEY}{hold_id}", by=by, resolution=reason)


def raise_terms(db: Session, order_id: int) -> None:
    """An order that did not come through the order desk was taken: what the desk would have been asked of it."""
    order = _order(db, order_id)
    other = db.execute(
        select(_ORDERS.c.order_no).where(
            _ORDERS.c.customer_id == order.customer_id, _ORDERS.c.id != order_id,
            func.lower(_ORDERS.c.po_number) == func.lower(order.po_number), _ORDERS.c.source.not_in(_OF_ANOTHER),
            _ORDERS.c.state.not_in((*OFFERS, SalesOrderState.CANCELLED, SalesOrderState.MERGED)))
        .order_by(_ORDERS.c.id).limit(1)).scalar_one_or_none()
    if order.po_number and other is not None and order.source not in _OF_ANOTHER:
        open_exception(
            db, kind=ExceptionKind.DUPLICATE_PO, key=f"{_DUPLICATE}{order_id}", code="duplicate_po", order_id=order_id, sentence=(
                f"{order.order_no} has the PO number {order.po_number} of {other}. Cancel one of them, or accept both."))
    _raise_minimum(db, order)


def raise_minimum(db: Session, order_id: int, *, before: Decimal) -> None:
    """The order is worth something else than `before`: whether it has fallen below its customer's minimum, or is above again."""
    order = _order(db, order_id)
    if not _is_below(order, order.total):
        close_exception(db, key=_minimum_key(order_id), by="ordermill", resolution="The order reaches the minimum now.")
    elif not _is_below(order, before):
        _raise_minimum(db, order)


def settle_order(db: Session, order_id: int, *, by: str, resolution: str) -> None:
    """The order is at its end: nobody has to see to it any more, except to what concerns the ERP."""
    keys = db.execute(
        select(_EXCEPTIONS.c.key).where(
            _EXCEPTIONS.c.order_id == order_id, _EXCEPTIONS.c.outbox_id.is_(None), _EXCEPTIONS.c.state.in_(STANDING))).scalars()
    for key in [key for key in keys if key.startswith((HOLD_KEY, _DUPLICATE, _MINIMUM))]:
        close_exception(db, key=key, by=by, resolution=resolution)


def _order(db: Session, order_id: int) -> Row[Any]:
    return db.execute(
        select(_ORDERS, _CUSTOMERS.c.order_minimum, _CUSTOMERS.c.currency.label("own_currency"), _CUSTOMERS.c.name)
        .join(_CUSTOMERS, _CUSTOMERS.c.id == _ORDERS.c.customer_id).where(_ORDERS.c.id == order_id)).one()


def _is_below(order: Row[Any], total: Decimal) -> bool:
    """Nothing is compared across currencies."""
    same = order.own_currency in (None, order.currency)
    return bool(same and order.state in _OPEN and order.order_minimum and total < order.order_minimum)


def _raise_minimum(db: Session, order: Row[Any]) -> None:
    if _is_below(order, order.total):
        total, least = (f"{round_money(x, order.currency):,f}" for x in (order.total, order.order_minimum))
        open_exception(
            db, kind=ExceptionKind.MINIMUM, key=_minimum_key(order.id), code="below_minimum", order_id=order.id, sentence=(
                f"{order.order_no} comes to {total} {order.currency}; the least that {order.name} orders is {least}. Ask for "
                "more, add a charge, or accept it."))


def _minimum_key(order_id: int) -> str:
    return f"{_MINIMUM}{order_id}"
