"""What happened to an order, from the customer's mail to the delivery, as one list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.domain.order_work import OrderSource
from models.tables.cases import CaseRow
from models.tables.fulfilment import FulfilmentOrderRow, ShipmentRow
from models.tables.intake import MessageRow
from oms.orders.changes.plan import Entry
from oms.orders.repository import OrderDetail


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened. `icon` names a symbol; `href` leads to more, empty for nowhere."""

    at: datetime
    icon: str
    what: str
    detail: str = ""
    who: str = ""
    href: str = ""


def load_timeline(db: Session, order: OrderDetail) -> list[Happening]:
    """Everything, the newest first."""
    found = [*_beginning(db, order), *_changes(order), *_holds(order), *_sent(order), *_shipments(db, order.summary.id)]
    return sorted(found, key=lambda h: h.at, reverse=True)


def changed(entry: Entry) -> str:
    """One change in words: "line 2 quantity: 10 → 6"."""
    path = entry.path.split(".")
    name = f"line {path[1]} {path[2]}" if path[0] == "lines" and len(path) == 3 else entry.path
    return f"{name.replace('_', ' ')}: {entry.before or 'none'} → {entry.after or 'none'}"


def _beginning(db: Session, order: OrderDetail) -> Iterator[Happening]:
    s = order.summary
    if s.case_id is not None:
        message = db.execute(
            select(MessageRow.received_at, MessageRow.subject, MessageRow.sender_address)
            .join(CaseRow, CaseRow.message_id == MessageRow.id).where(CaseRow.id == s.case_id)).one_or_none()
        if message:
            yield Happening(
                message.received_at, "inbox", "The customer's order came in", message.subject or "", message.sender_address or "",
                f"/cases/{s.case_id}")
    if s.source in {OrderSource.API, OrderSource.DESK}:
        yield Happening(s.created_at, "typed", "Written as a draft")
    else:
        yield Happening(s.created_at, "checks", "Taken over as a sales order", "", s.approved_by)


def _changes(order: OrderDetail) -> Iterator[Happening]:
    for change in order.changes:
        words = "; ".join(changed(e) for e in change.entries)
        yield Happening(
            change.at, "typed", f"Changed: revision {change.revision}", f"{change.reason} {words}", change.actor,
            f"/cases/{change.case_id}" if change.case_id else "")


def _holds(order: OrderDetail) -> Iterator[Happening]:
    for hold in order.holds:
        yield Happening(hold.placed_at, "lock", f"Held ({hold.kind})", hold.sentence, hold.placed_by)
        if hold.released_at:
            yield Happening(
                hold.released_at, "check", f"Hold released ({hold.kind})", hold.release_reason or "", hold.released_by or "")


def _sent(order: OrderDetail) -> Iterator[Happening]:
    for message in order.messages:
        if message.sent_at:
            told = message.external_id or ""
            yield Happening(message.sent_at, "send", f"Sent to {message.channel}: {message.kind.replace('_', ' ')}", told)


def _shipments(db: Session, order_id: int) -> Iterator[Happening]:
    x = ShipmentRow
    rows = db.execute(
        select(x.number, x.carrier, x.tracking_number, x.shipped_at, x.delivered_at, x.created_by)
        .join(FulfilmentOrderRow, FulfilmentOrderRow.id == x.fulfilment_order_id).where(FulfilmentOrderRow.order_id == order_id))
    for row in rows:
        detail = " ".join(filter(None, (row.carrier, row.tracking_number)))
        if row.shipped_at:
            yield Happening(row.shipped_at, "send", f"Shipped: {row.number}", detail, row.created_by)
        if row.delivered_at:
            yield Happening(row.delivered_at, "checks", f"Delivered: {row.number}", detail)
