"""The papers of an order: fulfilment orders, shipments, invoices, credit memos, returns, and the orders it is kin to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.tables.billing import CreditMemoRow, InvoiceRow
from models.tables.fulfilment import FulfilmentOrderRow, ShipmentRow
from models.tables.inventory import LocationRow
from models.tables.orders import SalesOrderRow
from models.tables.returns import ReturnRow
from review_ui.language import N_


@dataclass(frozen=True, slots=True)
class Related:
    """One paper: what it is (to be translated), its number and page, its state (None: it has none) and a word more."""

    what: str
    number: str
    href: str
    state: StrEnum | None
    detail: str = ""


def load_related(db: Session, order_id: int) -> list[Related]:
    """All of them, from the warehouse to the return."""
    return [*_fulfilment(db, order_id), *_billing(db, order_id), *_orders(db, order_id)]


def _fulfilment(db: Session, order_id: int) -> Iterator[Related]:
    f, s = FulfilmentOrderRow, ShipmentRow
    for number, state, place in db.execute(
            select(f.number, f.state, LocationRow.code).join(LocationRow, LocationRow.id == f.location_id)
            .where(f.order_id == order_id).order_by(f.id)):
        yield Related(N_("Fulfilment order"), number, f"/fulfilment/{number}", state, place)
    for number, how_far, carrier, tracking in db.execute(
            select(s.number, s.state, s.carrier, s.tracking_number).join(f, f.id == s.fulfilment_order_id)
            .where(f.order_id == order_id).order_by(s.id)):
        yield Related(N_("Shipment"), number, f"/shipments/{number}", how_far, " ".join(filter(None, (carrier, tracking))))


def _billing(db: Session, order_id: int) -> Iterator[Related]:
    i, c, r = InvoiceRow, CreditMemoRow, ReturnRow
    for number, state in db.execute(select(i.number, i.state).where(i.order_id == order_id).order_by(i.id)):
        yield Related(N_("Invoice"), number, f"/invoices/{number}", state)
    for number, invoice in db.execute(
            select(c.number, i.number).join(i, i.id == c.invoice_id).where(c.order_id == order_id).order_by(c.id)):
        yield Related(N_("Credit memo"), number, f"/invoices/{invoice}", None, invoice)
    for number, how_far in db.execute(select(r.number, r.state).where(r.order_id == order_id).order_by(r.id)):
        yield Related(N_("Return"), number, f"/returns/{number}", how_far)


def _orders(db: Session, order_id: int) -> Iterator[Related]:
    o = SalesOrderRow
    origin = select(o.origin_order_id).where(o.id == order_id).scalar_subquery()
    for number, state, kin in db.execute(
            select(o.order_no, o.state, o.id == origin).where(or_(o.origin_order_id == order_id, o.id == origin)).order_by(o.id)):
        yield Related(N_("Came from") if kin else N_("Came of it"), number, f"/orders/{number}", state)
