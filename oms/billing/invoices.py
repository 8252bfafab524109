"""Invoices for what was shipped, and the money that comes for them. Functions work in the caller's transaction.

Order of locks: the order's row, its lines by id, the invoice, the audit chain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.orm import Session

from models.domain.fulfilment import ShipmentState
from models.domain.money import round_money
from models.domain.order_work import ChargeKind
from models.errors import InputError, NotFound
from models.tables.base import Base
from oms.billing.assemble import ZERO, Part, Share, assemble_part
from oms.billing.rows import (
    INVOICE_LINES,
    INVOICES,
    ORDER_LINES,
    ORDERS,
    PAYMENTS,
    AboveLimit,
    insert_keyed,
    lock_invoice,
    repeated,
    settle,
)
from oms.billing.terms import parse_terms
from oms.numbers import insert_numbered
from oms.sql import changed
from runtime.audit import record
from runtime.clock import now
from runtime.zone import day_at

_CHARGES, _SHIPMENTS, _FULFILMENT_ORDERS, _SHIPMENT_LINES, _FULFILMENT_LINES, _CUSTOMERS = (
    Base.metadata.tables[name] for name in (
        "order_charges", "shipments", "fulfilment_orders", "shipment_lines", "fulfilment_lines", "customers"))
LEFT = frozenset({ShipmentState.SHIPPED, ShipmentState.DELIVERED})


class NotShipped(InputError):
    """A shipment that has not left cannot be billed."""

    code = "not_shipped"


class NothingToBill(InputError):
    """Everything in the shipment is on an invoice already."""

    code = "nothing_to_bill"


def issue_invoice(db: Session, shipment_id: int, *, actor: str) -> int:
    """Bill what a shipment brought; returns the invoice's id. A second call returns the same id and does nothing, unless kits
    were taken apart since: the parts that left are billed then, on an invoice of their own.

    Raises NotFound, NotShipped, NothingToBill.
    """
    shipment = _shipment(db, shipment_id)
    order = db.execute(select(ORDERS).where(ORDERS.c.id == shipment.order_id).with_for_update(key_share=True)).one()
    existing = db.execute(select(INVOICES.c.id).where(INVOICES.c.shipment_id == shipment_id)).scalar_one_or_none()
    if shipment.state not in LEFT:
        raise NotShipped(f"Shipment {shipment.number} is {shipment.state}; it can be billed once it has left.")
    part = _part(db, order, shipment_id, only_parts=existing is not None)
    if existing is not None:
        return _write(db, order, part, now(), {}, {"shipment": shipment.number}, actor) if part.lines else int(existing)
    if not part.lines:
        raise NothingToBill(f"Everything in shipment {shipment.number} is billed already; there is nothing to do.")
    return _write(db, order, part, now(), {"shipment_id": shipment_id}, {"shipment": shipment.number}, actor)


def book_invoice(db: Session, order: Row[Any], part: Part, *, external_id: str, issued_at: datetime, actor: str) -> int:
    """Note an invoice that another system wrote under its own number, as ours would be; returns its id. A repeat does nothing.

    `order` is a row of sales_orders under lock. Raises AboveLimit when more is billed than was shipped.
    """
    i = INVOICES.c
    known = db.execute(select(i.id).where(i.order_id == order.id, i.external_id == external_id)).scalar_one_or_none()
    if known is not None:
        return int(known)
    return _write(db, order, part, issued_at, {"external_id": external_id}, {"external": external_id}, actor)


def receive_payment(
    db: Session, invoice_id: int, *, key: str, amount: Decimal, received_at: datetime, actor: str
) -> int:
    """Note money that came; returns the payment's id. `key` is the bank's reference: a repeat with it changes nothing.

    More than is open is taken too (people overpay); it can be paid back. Raises NotFound, InputError, ConflictError.
    """
    invoice = lock_invoice(db, invoice_id)
    check_amount(amount, invoice.currency)
    existing = repeated(db, PAYMENTS, key, {"invoice_id": invoice_id, "amount": amount})
    if existing is not None:
        return existing
    payment_id = insert_keyed(
        db, PAYMENTS, {"invoice_id": invoice_id, "key": key, "amount": amount, "received_at": received_at})
    db.execute(update(INVOICES).where(INVOICES.c.id == invoice_id).values(paid=INVOICES.c.paid + amount))
    record(db, actor=actor, action="payment.received", subject=f"invoice:{invoice.number}", content={
        "amount": f"{amount:f}", "currency": invoice.currency, "key": key})
    settle(db, invoice_id, actor=actor)
    return payment_id


def check_amount(amount: Decimal, currency: str) -> None:
    """Raise InputError unless the amount is above zero and can be paid in this currency."""
    if not amount.is_finite() or amount <= 0 or amount >= Decimal(10) ** 12 or amount != round_money(amount, currency):
        raise InputError(
            f"{amount} is no amount of {currency}. Give one above zero, without fractions of the smallest coin.",
            code="bad_amount")


def _shipment(db: Session, shipment_id: int) -> Row[Any, Any, Any]:
    found = db.execute(
        select(_SHIPMENTS.c.number, _SHIPMENTS.c.state, _FULFILMENT_ORDERS.c.order_id)
        .join(_FULFILMENT_ORDERS, _FULFILMENT_ORDERS.c.id == _SHIPMENTS.c.fulfilment_order_id)
        .where(_SHIPMENTS.c.id == shipment_id)).one_or_none()
    if found is None:
        raise NotFound(f"There is no shipment with the id {shipment_id}.")
    return found


def _part(db: Session, order: Row[Any], shipment_id: int, *, only_parts: bool) -> Part:
    lines = db.execute(
        select(ORDER_LINES).where(ORDER_LINES.c.order_id == order.id).order_by(ORDER_LINES.c.id)
        .with_for_update(key_share=True)).all()
    shipped = _shipped(db, shipment_id)
    shares = [
        Share(x.id, x.amount, x.base_quantity, x.invoiced, ZERO if only_parts and not is_kit_part(x) else _to_bill(x, shipped),
              is_kit_part(x)) for x in lines]
    given = _given(db, order.id)
    return assemble_part(
        shares, charges=given[ChargeKind.CHARGE] + given[ChargeKind.DISCOUNT], tax=given[ChargeKind.TAX],
        currency=order.currency)


def _shipped(db: Session, shipment_id: int) -> dict[tuple[int, int], Decimal]:
    """Base units in the shipment by (order line, item)."""
    line = _FULFILMENT_LINES.c
    quantity = func.sum(_SHIPMENT_LINES.c.quantity, type_=_SHIPMENT_LINES.c.quantity.type)
    rows = db.execute(
        select(line.order_line_id, line.item_id, quantity)
        .join(_SHIPMENT_LINES, _SHIPMENT_LINES.c.fulfilment_line_id == line.id)
        .where(_SHIPMENT_LINES.c.shipment_id == shipment_id).group_by(line.order_line_id, line.item_id))
    return {(line_id, item_id): sum_ for line_id, item_id, sum_ in rows}


def _to_bill(line: Row[Any], shipped: Mapping[tuple[int, int], Decimal]) -> Decimal:
    """What the shipment brought of a line and no invoice has; of a kit, whose components are shipped, all that is whole."""
    open_: Decimal = max(line.shipped - line.invoiced, ZERO)
    if is_kit_part(line):
        return open_ if (line.origin_line_id, line.item_id) in shipped else ZERO
    if (line.id, line.item_id) in shipped:
        return min(shipped[line.id, line.item_id], open_)
    return open_ if any(line_id == line.id for line_id, _ in shipped) else ZERO


def is_kit_part(line: Any) -> bool:
    """Whether a row of order_lines is a part that left with a cancelled kit of the same order."""
    return line.origin_line_id is not None and line.origin_order_id is None


def _given(db: Session, order_id: int) -> dict[ChargeKind, Decimal]:
    sums = dict.fromkeys(ChargeKind, ZERO)
    for kind, amount in db.execute(select(_CHARGES.c.kind, _CHARGES.c.amount).where(_CHARGES.c.order_id == order_id)):
        sums[kind] += amount
    return sums


def _customer_terms(db: Session, customer_id: int) -> str | None:
    terms: str | None = db.execute(select(_CUSTOMERS.c.payment_terms).where(_CUSTOMERS.c.id == customer_id)).scalar_one()
    return terms


def _write(
    db: Session, order: Row[Any], part: Part, at: datetime, values: Mapping[str, Any], told: Mapping[str, Any], actor: str
) -> int:
    """The invoice's rows and its entry in the audit chain; `values` and `told` say what it is for."""
    terms = parse_terms(order.payment_terms or _customer_terms(db, order.customer_id))
    due_on = terms.due_on(day_at(at)) if terms else None
    invoice_id, number = insert_numbered(db, INVOICES, "IN", {
        "order_id": order.id, "currency": order.currency, "net": part.net, "charges": part.charges, "tax": part.tax,
        "total": part.total, "issued_at": at, "due_on": due_on, **values})
    _write_lines(db, invoice_id, part)
    record(db, actor=actor, action="invoice.issued", subject=f"invoice:{number}", content={
        "order": order.order_no, **told, "total": f"{part.total:f}", "currency": order.currency,
        "due": due_on.isoformat() if due_on else None})
    settle(db, invoice_id, actor=actor)              # a free delivery is paid at once
    return invoice_id


def _write_lines(db: Session, invoice_id: int, part: Part) -> None:
    rows: Sequence[dict[str, Any]] = [
        {"invoice_id": invoice_id, "order_line_id": x.order_line_id, "quantity": x.quantity, "amount": x.amount}
        for x in part.lines]
    if rows:                                         # an ERP may bill the freight by itself
        db.execute(insert(INVOICE_LINES), rows)
    c = ORDER_LINES.c
    for x in part.lines:
        raise_ = update(ORDER_LINES).where(c.id == x.order_line_id, c.invoiced + x.quantity <= c.shipped)
        if not changed(db, raise_.values(invoiced=c.invoiced + x.quantity)):
            raise AboveLimit("More would be billed than was shipped. Look at the shipment again.")
