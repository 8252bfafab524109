"""A small invented company with stock, and drafts of orders to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.domain.draft import AddressMatch, CustomerMatch, Draft, DraftLine, ItemMatch
from models.domain.evidence import Evidence, Found, Origin, Place
from models.domain.messages import MailKind, Source
from models.domain.partners import AddressKind
from models.domain.reading import DocumentType
from models.domain.states import CaseState, LineState
from models.tables.cases import CaseRow
from models.tables.intake import MessageRow
from models.tables.inventory import LocationRow, ReservationRow, StockLevelRow
from models.tables.items import ItemRow, ItemUnitRow
from models.tables.partners import AddressRow, CustomerRow
from oms.inventory.ledger import receive

T = TypeVar("T")
AT = datetime(2031, 3, 1, 9, 0, tzinfo=UTC)
BUYER = "buyer@zebra-widgets.example"


@dataclass(frozen=True, slots=True)
class Shop:
    """Ids of what `open_shop` made."""

    customer_id: int
    address_id: int
    item_ids: tuple[int, ...]
    location_ids: tuple[int, ...]


def open_shop(db: Session, stock: Sequence[Sequence[int]] = ((60,),), *, safety: int = 0, language: str = "en") -> Shop:
    """One customer and one item per row of `stock`, whose columns are locations in order of preference."""
    customer = CustomerRow(
        customer_no="C-1", name="Zebra Widgets Ltd", currency="EUR", language=language, email_domain="zebra-widgets.example")
    places = [LocationRow(code=f"LOC{n}", name=f"Location {n}", priority=n) for n in range(len(stock[0]))]
    items = [
        ItemRow(sku=f"WID-{n}", sku_folded=f"W1D{n}", description=f"Widget no. {n}", base_uom="PCE")
        for n in range(1, len(stock) + 1)]
    db.add_all([customer, *places, *items])
    db.flush()
    address = AddressRow(
        customer_id=customer.id, kind=AddressKind.SHIP_TO, code="MAIN", name="Zebra Widgets Ltd", street="1 Stripe Street",
        postcode="12345", city="Savanna", country="GB")
    db.add(address)
    db.add_all([ItemUnitRow(item_id=i.id, uom=u, factor=f) for i in items for u, f in (("PCE", Decimal(1)), ("CT", Decimal(12)))])
    db.flush()
    for item, row in zip(items, stock, strict=True):
        for place, quantity in zip(places, row, strict=True):
            if quantity:
                receive(
                    db, item_id=item.id, location_id=place.id, quantity=Decimal(quantity), reference="delivery", actor="Ann")
    db.execute(StockLevelRow.__table__.update().values(safety=Decimal(safety)))  # type: ignore[attr-defined]
    return Shop(customer.id, address.id, tuple(i.id for i in items), tuple(p.id for p in places))


def open_case(db: Session, **mail: Any) -> int:
    """An approved case whose message is a mail of the buyer; `mail` changes columns of the message."""
    values = {
        "source": Source.MAIL, "sha256": "0" * 64, "size": 1, "received_at": AT, "kind": MailKind.ORDINARY,
        "sender_address": BUYER, "message_id": "<po-1@zebra-widgets.example>"}
    message = MessageRow(**(values | mail))
    db.add(message)
    db.flush()
    case = CaseRow(
        message_id=message.id, state=CaseState.APPROVED, doc_type=DocumentType.PURCHASE_ORDER, version=1, received_at=AT,
        moved_at=AT)
    db.add(case)
    db.flush()
    return case.id


def found(value: T, text: str | None = None, **evidence: Any) -> Found[T]:
    """A value read on page 0 of document 7."""
    proof = Evidence(Origin.READ, str(value) if text is None else text, (Place(0, (10.0, 20.0, 60.0, 30.0)),), document_id=7)
    return Found(value, 0.99, replace(proof, **evidence))


def draft_line(
    item_id: int, quantity: Decimal | int | str = 1, *, key: str = "1", price: str = "2.50", **changes: Any
) -> DraftLine:
    """One confirmed line, by the piece."""
    amount = Decimal(quantity)
    line = DraftLine(
        key=key, state=LineState.CONFIRMED, line_no=found(key), buyer_sku=found(f"Z-{item_id}"), quantity=found(amount),
        uom=found("PCE"), unit_price=found(Decimal(price)), list_price=Decimal(price), base_quantity=amount,
        item=found(ItemMatch(item_id, f"WID-{item_id}", f"Widget no. {item_id}", 0.99)))
    return replace(line, **changes)


def draft(shop: Shop, quantities: Sequence[tuple[int, Decimal | int | str]] = ((0, 1),), **changes: Any) -> Draft:
    """An order of (index of the item, quantity) lines."""
    order = Draft(
        DocumentType.PURCHASE_ORDER, customer=found(CustomerMatch(shop.customer_id, "C-1", "Zebra Widgets Ltd", 0.99)),
        ship_to=found(AddressMatch(shop.address_id, "MAIN", 0.99)), po_number=found("PO 4711"),
        order_date=found(date(2031, 3, 1)), currency=found("EUR"),
        lines=tuple(draft_line(shop.item_ids[i], q, key=str(n)) for n, (i, q) in enumerate(quantities, 1)))
    return replace(order, **changes)


def reserved(db: Session) -> Decimal:
    """Everything promised, by the reservations."""
    return sum(db.execute(select(ReservationRow.quantity)).scalars(), Decimal(0))
