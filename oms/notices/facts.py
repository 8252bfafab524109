"""What a notice has to say, gathered from rows when the event is handled."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from models.domain.outbox import NoticeKind
from models.domain.states import SalesOrderState
from models.tables.base import Base
from oms.acknowledgement.recipient import Nobody, choose_recipient, is_address, is_nobody
from oms.events.follow import Event
from oms.letters.ready import Letter
from oms.notices.compose import Facts, Goods

_T = Base.metadata.tables
(_ORDERS, _LINES, _ITEMS, _CASES, _MESSAGES, _CUSTOMERS, _SHIPMENTS, _FULFILMENT, _SHIPMENT_LINES, _FULFILMENT_LINES, _INVOICES,
 _MEMOS, _RETURNS, _RETURN_LINES, _EMAILS, _CHARGES) = (_T[name] for name in (
    "sales_orders", "order_lines", "items", "cases", "messages", "customers", "shipments", "fulfilment_orders", "shipment_lines",
    "fulfilment_lines", "invoices", "credit_memos", "returns", "return_lines", "customer_emails", "order_charges"))
_OPEN = _LINES.c.base_quantity - _LINES.c.cancelled - _LINES.c.shipped


@dataclass(frozen=True, slots=True)
class About:
    """The order a notice is about, and the letter that would carry it."""

    order_id: int
    case_id: int | None
    facts: Facts


def gather(db: Session, event: Event) -> About | Nobody | None:
    """What to tell about an event: None when it is nothing customers are told, or they were told otherwise (`mailed` False);
    Nobody when there is nobody to tell."""
    found = _GATHERERS.get(event.type)
    if found is None or event.data.get("mailed") is False:
        return None
    kind, gatherer = found
    order_id, said = gatherer(db, event)
    if order_id is None:
        return Nobody("no_order", "The order is not known, so nobody knows whom to tell.")
    order = db.execute(select(_ORDERS).where(_ORDERS.c.id == order_id)).one()
    if kind is NoticeKind.QUOTE and order.state is not SalesOrderState.QUOTED:
        return None                                        # taken back or accepted before anybody wrote
    letter = _letter(db, order_id, event, may_begin=kind is NoticeKind.QUOTE)
    if isinstance(letter, Nobody):
        return letter
    names = {"po_number": order.po_number, "order_no": order.order_no, **said.pop("names", {})}
    return About(order_id, order.case_id, Facts(kind, letter, order.currency, names, **said))


def _letter(db: Session, order_id: int, event: Event, *, may_begin: bool) -> Letter | Nobody:
    row = _correspondence(db, order_id)
    recipient = _reader(db, order_id, row, may_begin=may_begin)
    if isinstance(recipient, Nobody):
        return recipient
    return Letter(recipient, f"notice.{event.seq}.{secrets.token_hex(8)}", row.language, row.message_id)


def quote_reader(db: Session, order_id: int) -> str | Nobody:
    """The address that a quote is mailed to."""
    return _reader(db, order_id, _correspondence(db, order_id), may_begin=True)


def _correspondence(db: Session, order_id: int) -> Any:
    return db.execute(
        select(
            _MESSAGES.c.kind, _MESSAGES.c.sender_address, _MESSAGES.c.reply_to, _MESSAGES.c.message_id, _CUSTOMERS.c.language,
            _CUSTOMERS.c.email_domain)
        .select_from(_ORDERS).join(_CUSTOMERS, _CUSTOMERS.c.id == _ORDERS.c.customer_id)
        .outerjoin(_CASES, _CASES.c.id == _ORDERS.c.case_id).outerjoin(_MESSAGES, _MESSAGES.c.id == _CASES.c.message_id)
        .where(_ORDERS.c.id == order_id)).one()


def _reader(db: Session, order_id: int, row: Any, *, may_begin: bool) -> str | Nobody:
    """Who wrote to us; a letter that `may_begin` a correspondence goes else to the customer's address in master data, the first
    by alphabet of several."""
    recipient = choose_recipient(
        kind=row.kind, sender=row.sender_address, reply_to=row.reply_to, customer_domain=row.email_domain)
    if not (isinstance(recipient, Nobody) and may_begin):
        return recipient
    emails = db.execute(
        select(_EMAILS.c.email).join(_ORDERS, _ORDERS.c.customer_id == _EMAILS.c.customer_id)
        .where(_ORDERS.c.id == order_id).order_by(_EMAILS.c.email)).scalars()
    usable = [email for email in emails if is_address(email) and not is_nobody(email)]
    return usable[0] if usable else Nobody(
        "no_address", "The customer has no mail address in master data; add one there, or send the paper yourself.")


def _goods(db: Session, query: Select[Any]) -> tuple[Goods, ...]:
    return tuple(Goods(*row) for row in db.execute(query))


def _of_lines(quantity: Any) -> Select[Any]:
    return select(_ITEMS.c.sku, _LINES.c.description, quantity, _ITEMS.c.base_uom).select_from(_LINES).join(
        _ITEMS, _ITEMS.c.id == _LINES.c.item_id).order_by(_LINES.c.position)


def _shipment(db: Session, event: Event) -> tuple[int | None, dict[str, Any]]:
    row = db.execute(
        select(_SHIPMENTS.c.id, _SHIPMENTS.c.carrier, _SHIPMENTS.c.tracking_number, _FULFILMENT.c.order_id)
        .join(_FULFILMENT, _FULFILMENT.c.id == _SHIPMENTS.c.fulfilment_order_id).where(_SHIPMENTS.c.number == event.name)).one()
    goods = _goods(db, (
        select(_ITEMS.c.sku, _ITEMS.c.description, _SHIPMENT_LINES.c.quantity, _ITEMS.c.base_uom)
        .select_from(_SHIPMENT_LINES).join(_FULFILMENT_LINES, _FULFILMENT_LINES.c.id == _SHIPMENT_LINES.c.fulfilment_line_id)
        .join(_ITEMS, _ITEMS.c.id == _FULFILMENT_LINES.c.item_id).where(_SHIPMENT_LINES.c.shipment_id == row.id)
        .order_by(_SHIPMENT_LINES.c.id)))
    rest = _goods(db, _of_lines(_OPEN).where(_LINES.c.order_id == row.order_id, _OPEN > 0))
    names = {"shipment": event.name, "carrier": row.carrier or "", "tracking": row.tracking_number or ""}
    return row.order_id, {"names": names, "goods": goods, "rest": rest}


def _invoice(db: Session, event: Event) -> tuple[int | None, dict[str, Any]]:
    row = db.execute(select(_INVOICES).where(_INVOICES.c.number == event.name)).one()
    return row.order_id, {"names": {"invoice": row.external_id or event.name}, "total": row.total, "due": row.due_on}


def _credit_memo(db: Session, event: Event) -> tuple[int | None, dict[str, Any]]:
    row = db.execute(select(_MEMOS).where(_MEMOS.c.number == event.name)).one()
    return row.order_id, {"names": {"credit_memo": event.name}, "total": row.total}


def _return(db: Session, event: Event) -> tuple[int | None, dict[str, Any]]:
    row: Row[Any] = db.execute(select(_RETURNS).where(_RETURNS.c.number == event.name)).one()
    goods = _goods(db, (
        select(_ITEMS.c.sku, _ITEMS.c.description, _RETURN_LINES.c.quantity, _ITEMS.c.base_uom)
        .select_from(_RETURN_LINES).join(_ITEMS, _ITEMS.c.id == _RETURN_LINES.c.item_id)
        .where(_RETURN_LINES.c.return_id == row.id).order_by(_RETURN_LINES.c.id)))
    return row.order_id, {"names": {"return": event.name, "reason": row.answer or ""}, "goods": goods}


def _order(db: Session, event: Event) -> tuple[int | None, dict[str, Any]]:
    order_id = db.execute(select(_ORDERS.c.id).where(_ORDERS.c.order_no == event.name)).scalar_one()
    left = _LINES.c.base_quantity - _LINES.c.cancelled
    goods = _goods(db, _of_lines(left).where(_LINES.c.order_id == order_id, left > 0))
    return order_id, {"names": {"reason": str(event.data.get("reason") or "")}, "goods": goods}


def _backorder(db: Session, event: Event) -> tuple[int | None, dict[str, Any]]:
    order_id = db.execute(select(_ORDERS.c.id).where(_ORDERS.c.order_no == event.name)).scalar_one()
    short, expected = event.data.get("short", {}), event.data.get("expected", {})
    rows = db.execute(_of_lines(_LINES.c.position).where(_LINES.c.order_id == order_id))
    goods = tuple(
        Goods(sku, description, Decimal(short[at]), uom, date.fromisoformat(expected[at]) if at in expected else None)
        for sku, description, position, uom in rows if (at := str(position)) in short)
    return order_id, {"goods": goods}


def _offer(db: Session, event: Event) -> tuple[int | None, dict[str, Any]]:
    row = db.execute(select(_ORDERS.c.id, _ORDERS.c.total, _ORDERS.c.valid_until).where(_ORDERS.c.order_no == event.name)).one()
    charges = db.execute(
        select(func.sum(_CHARGES.c.amount, type_=_CHARGES.c.amount.type)).where(_CHARGES.c.order_id == row.id)).scalar_one()
    return row.id, {"total": row.total + (charges or 0), "until": row.valid_until}


_Gatherer = Callable[[Session, Event], tuple[int | None, dict[str, Any]]]
_GATHERERS: Mapping[str, tuple[NoticeKind, _Gatherer]] = {
    "shipment.shipped": (NoticeKind.SHIPMENT, _shipment),
    "invoice.issued": (NoticeKind.INVOICE, _invoice),
    "credit_memo.issued": (NoticeKind.CREDIT_MEMO, _credit_memo),
    "return.approved": (NoticeKind.RETURN_APPROVED, _return),
    "return.declined": (NoticeKind.RETURN_DECLINED, _return),
    "return.received": (NoticeKind.RETURN_RECEIVED, _return),
    "order.changed": (NoticeKind.ORDER_CHANGED, _order),
    "order.cancelled": (NoticeKind.ORDER_CANCELLED, _order),
    "order.backordered": (NoticeKind.BACKORDER, _backorder),
    "order.quoted": (NoticeKind.QUOTE, _offer),
}
