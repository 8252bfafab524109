"""What happened to an order, from the customer's mail to the delivery, as one list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
from review_ui.language import N_
from review_ui.presenters.message_words import message_word


@dataclass(frozen=True, slots=True)
class ChangedValue:
    """One value before and after. `field` is translated where it is shown; `line`: of which line, empty for the order's own."""

    field: str
    before: str
    after: str
    line: str = ""


FIELDS: Mapping[str, str] = {
    "po_number": N_("PO number"), "requested_date": N_("Requested for"), "ship_to_id": N_("Ship to"),
    "ship_to_text": N_("Ship to"),
    "payment_terms": N_("Payment"), "notes": N_("Notes"), "ship_complete": N_("Ship complete"), "valid_until": N_("Valid until"),
    "quantity": N_("Quantity"), "unit_price": N_("Price"), "cancelled": N_("Cancelled"), "sku": N_("Item"), "uom": N_("Unit"),
    "instead_of": N_("Instead of line")}
"""What the values of an order that change are called."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened. `icon` names a symbol; `what` is translated where it is shown, `which` says which one (a number, a
    kind); `href` leads to more, empty for nowhere."""

    at: datetime
    icon: str
    what: str
    detail: str = ""
    who: str = ""
    href: str = ""
    which: str = ""
    changes: tuple[ChangedValue, ...] = ()


def load_timeline(db: Session, order: OrderDetail) -> list[Happening]:
    """Everything, the newest first."""
    found = [*_beginning(db, order), *_changes(order), *_holds(order), *_sent(order), *_shipments(db, order.summary.id)]
    return sorted(found, key=lambda h: h.at, reverse=True)


def changed(entry: Entry) -> ChangedValue:
    """One change of an order, as it is shown."""
    path = entry.path.split(".")
    line = path[1] if path[0] == "lines" and len(path) > 1 else ""
    name = N_("Line") if line and len(path) == 2 else path[-1]
    return ChangedValue(FIELDS.get(name, name.replace("_", " ")), entry.before or "–", entry.after or "–", line)


def _beginning(db: Session, order: OrderDetail) -> Iterator[Happening]:
    s = order.summary
    if s.case_id is not None:
        message = db.execute(
            select(MessageRow.received_at, MessageRow.subject, MessageRow.sender_address)
            .join(CaseRow, CaseRow.message_id == MessageRow.id).where(CaseRow.id == s.case_id)).one_or_none()
        if message:
            yield Happening(
                message.received_at, "inbox", N_("The customer's order came in"), message.subject or "",
                message.sender_address or "", f"/cases/{s.case_id}")
    if s.source in {OrderSource.API, OrderSource.DESK}:
        yield Happening(s.created_at, "typed", N_("Written as a draft"))
    else:
        yield Happening(s.created_at, "checks", N_("Taken over as a sales order"), "", s.approved_by)


def _changes(order: OrderDetail) -> Iterator[Happening]:
    for change in order.changes:
        yield Happening(
            change.at, "typed", N_("Changed, revision"), change.reason, change.actor,
            f"/cases/{change.case_id}" if change.case_id else "", str(change.revision),
            tuple(changed(e) for e in change.entries))


def _holds(order: OrderDetail) -> Iterator[Happening]:
    for hold in order.holds:
        yield Happening(hold.placed_at, "lock", N_("Held"), hold.sentence, hold.placed_by, which=hold.kind)
        if hold.released_at:
            yield Happening(
                hold.released_at, "check", N_("Hold released"), hold.release_reason or "", hold.released_by or "",
                which=hold.kind)


def _sent(order: OrderDetail) -> Iterator[Happening]:
    for message in order.messages:
        if message.sent_at:
            what = f"{message.channel.value}, {message_word(message.kind)}"
            yield Happening(message.sent_at, "send", N_("Sent"), message.external_id or "", which=what)


def _shipments(db: Session, order_id: int) -> Iterator[Happening]:
    x = ShipmentRow
    rows = db.execute(
        select(x.number, x.carrier, x.tracking_number, x.shipped_at, x.delivered_at, x.created_by)
        .join(FulfilmentOrderRow, FulfilmentOrderRow.id == x.fulfilment_order_id).where(FulfilmentOrderRow.order_id == order_id))
    for row in rows:
        detail = " ".join(filter(None, (row.carrier, row.tracking_number)))
        if row.shipped_at:
            yield Happening(row.shipped_at, "send", N_("Shipped"), detail, row.created_by, which=row.number)
        if row.delivered_at:
            yield Happening(row.delivered_at, "checks", N_("Delivered"), detail, which=row.number)
