"""Master data and cases for the review UI's tests: invented companies, real rows, drafts made by the real matcher."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TypeVar

from sqlalchemy import update
from sqlalchemy.orm import Session

from matching.cases import Cases
from matching.catalog_index import CatalogIndex
from matching.policy import Policy
from matching.service import Matcher
from models.domain.codes import fold_code
from models.domain.evidence import Evidence, Found, Origin
from models.domain.items import PriceKind
from models.domain.messages import MailKind, Source
from models.domain.pages import Page, SourceFormat
from models.domain.partners import AddressKind
from models.domain.reading import DocumentType, Header, Reading, ReadingLine
from models.domain.states import DocumentState, MessageState
from models.tables.cases import CaseRow
from models.tables.intake import DocumentRow, MessageRow, ReadingRow
from models.tables.items import CustomerPartNumberRow, ItemRow, ItemUnitRow, PriceRow
from models.tables.partners import AddressRow, CustomerEmailRow, CustomerRow
from runtime import codec
from tests.support.desk import Desk
from tests.support.desk_documents import ROWS, find, make_pdf, text_page

T = TypeVar("T")
ITEMS = (
    ("GLV-100-M", "Nitrile gloves, size M, box of 100", "BX", "7.90"),
    ("GLV-100-L", "Nitrile gloves, size L, box of 100", "BX", "7.90"),
    ("HEX-M8-40", "Hexagon bolt M8 x 40, zinc plated", "C62", "0.1150"),
    ("HEX-M10-40", "Hexagon bolt M10 x 40, zinc plated", "C62", "0.1720"),
    ("TAPE-48", "Packing tape 48 mm, clear, 66 m", "RO", "1.35"),
    ("TAPE-48-B", "Packing tape 48 mm, brown, 66 m", "RO", "1.35"),
    ("LAMP-230", "Work lamp, LED, 230 V", "C62", "48.00"),
)


# --- master data ------------------------------------------------------------------------------------------------------


def add_master_data(db: Session) -> dict[str, int]:
    """A customer with two addresses, a few items with units and prices; answers ids by customer number, SKU or code."""
    customer = CustomerRow(
        customer_no="C-1001", name="Ashcroft Dental Care", email_domain="ashcroft-dental.example", currency="EUR", language="en")
    db.add(customer)
    db.flush()
    db.add(CustomerEmailRow(email="orders@ashcroft-dental.example", customer_id=customer.id))
    ids = {"C-1001": customer.id}
    for code, name, street in (("MAIN", "Ashcroft Dental Care", "12 Harbour Row"), ("WEST", "Ashcroft West", "4 Mill Lane")):
        ids[code] = _add_address(db, customer.id, code, name, street)
    for sku, description, uom, price in ITEMS:
        ids[sku] = _add_item(db, customer.id, sku, description, uom, Decimal(price))
    for part, sku in (("AC-4471", "GLV-100-M"), ("AC-9082", "HEX-M8-40")):
        db.add(CustomerPartNumberRow(
            customer_id=customer.id, part_number=part, part_number_folded=fold_code(part), item_id=ids[sku]))
    return ids


def _add_address(db: Session, customer_id: int, code: str, name: str, street: str) -> int:
    address = AddressRow(
        customer_id=customer_id, kind=AddressKind.SHIP_TO, code=code, name=name, street=street, postcode="4020", city="Linford",
        country="AT", is_default=code == "MAIN")
    db.add(address)
    db.flush()
    return address.id


def _add_item(db: Session, customer_id: int, sku: str, description: str, uom: str, price: Decimal) -> int:
    item = ItemRow(sku=sku, sku_folded=fold_code(sku), description=description, base_uom=uom, brand="Millbrook")
    db.add(item)
    db.flush()
    for unit, factor in ((uom, 1), ("CS", 12)):
        db.add(ItemUnitRow(item_id=item.id, uom=unit, factor=Decimal(factor)))
    db.add(PriceRow(
        kind=PriceKind.CONTRACT, customer_id=customer_id, item_id=item.id, uom=uom, price=price, currency="EUR"))
    return item.id


def add_bolts(db: Session, customer_id: int, count: int) -> list[str]:
    """Items of one kind, each with the customer's own number, which is answered; 1.00 EUR a piece."""
    for n in range(1, count + 1):
        sku = f"BOLT-{n:03d}"
        item_id = _add_item(db, customer_id, sku, f"Shoulder bolt number {n}", "C62", Decimal(1))
        db.add(CustomerPartNumberRow(
            customer_id=customer_id, part_number=f"SB-{n:03d}", part_number_folded=fold_code(f"SB-{n:03d}"), item_id=item_id))
    return [f"SB-{n:03d}" for n in range(1, count + 1)]


# --- messages and documents -------------------------------------------------------------------------------------------


def add_message(
    desk: Desk, db: Session, *, subject: str, sender: str = "orders@ashcroft-dental.example", **values: object
) -> int:
    """A mail as it arrived."""
    row = MessageRow(**{
        "source": Source.MAIL, "account": "mail", "sha256": desk.services.blobs.put(f"Subject: {subject}\n\nbody".encode()),
        "size": 42, "received_at": desk.now(), "state": MessageState.READ, "kind": MailKind.ORDINARY, "subject": subject,
        "sender_name": "Ashcroft Orders", "sender_address": sender, **values})
    db.add(row)
    db.flush()
    return row.id


def add_document(
    desk: Desk, db: Session, message_id: int, content: bytes, pages: Sequence[Page], *, position: int = 0, **values: object
) -> int:
    """A readable part of a message, with its pages of words."""
    blobs = desk.services.blobs
    row = DocumentRow(**{
        "message_id": message_id, "position": position, "sha256": blobs.put(content), "size": len(content),
        "state": DocumentState.READ, "page_count": len(pages), "pages_sha256": blobs.put(codec.pack(tuple(pages))), **values})
    db.add(row)
    db.flush()
    return row.id


# --- readings ---------------------------------------------------------------------------------------------------------


def reader(pages: Sequence[Page]) -> Callable[..., Found[T]]:
    """Makes found values whose text stands on the pages."""

    def read(value: T, text: str | None = None, *, confidence: float = 0.99, nth: int = 0) -> Found[T]:
        return Found(value, confidence, find(text or str(value), pages, nth=nth))

    return read


def order_reading(po_number: str, pages: Sequence[Page], rows: Sequence[Sequence[str]] = ROWS, *, sure: float = 0.99) -> Reading:
    """What extraction says about `make_pdf`; quantities are read with confidence `sure`."""
    read = reader(pages)
    header = Header(
        po_number=read(po_number), order_date=read(date(2026, 11, 20), "2026-11-20"), currency=read("EUR"),
        buyer_name=read("Ashcroft Dental Care"), ship_to=read("12 Harbour Row, 4020 Linford"))
    lines = tuple(_line(reader([_row(pages[0], at)]), row, sure) for at, row in enumerate(rows))
    return Reading(Found(DocumentType.PURCHASE_ORDER, 0.99, find("PURCHASE ORDER", pages)), header, lines, pages=(0,))


def _row(page: Page, at: int) -> Page:
    """The page with nothing but the words of one table row, so that a value is found in its own row."""
    head = next(word for word in page.words if word.text == "Pos")
    numbers = [w for w in page.words if w.box[0] < head.box[2] and w.box[1] > head.box[3] and w.text.isdecimal()]
    return replace(page, words=tuple(w for w in page.words if abs(w.box[1] - numbers[at].box[1]) < 3))


def _line(read: Callable[..., Found[T]], row: Sequence[str], sure: float) -> ReadingLine:
    number, part, description, quantity, uom, price = row
    return ReadingLine(
        line_no=read(number), buyer_sku=read(part) if part else None, description=read(description),
        quantity=read(Decimal(quantity), quantity, confidence=sure), uom=read(uom), unit_price=read(Decimal(price), price))


def open_case(desk: Desk, db: Session, message_id: int, document_id: int, reading: Reading) -> int:
    """A case waiting for the matcher."""
    po = reading.header.po_number
    db.add(ReadingRow(
        document_id=document_id, position=0, doc_type=reading.doc_type.value, po_number=po.value if po else None,
        content=codec.to_json(reading)))
    db.flush()
    return Cases(db).open_for_message(message_id)[0]


def match(desk: Desk, case_id: int) -> None:
    """Let the real matcher make the draft and its doubts."""
    settings = desk.services.settings
    Matcher(desk.db, CatalogIndex(settings.data / "catalog-index"), Policy.from_settings(settings)).match_case(case_id)


# --- whole cases ------------------------------------------------------------------------------------------------------

BODY = "Hello,\n\nplease find our order {po} attached.\n\nKind regards\nAshcroft Orders\n\n> Thank you for your quote."


def add_pdf_case(
    desk: Desk, po_number: str, rows: Sequence[Sequence[str]] = ROWS, *, pages: int = 1, sure: float = 0.99, **values: object
) -> int:
    """A case read from a PDF that came by mail with a text body, matched; `values` are set on its row afterwards."""
    content, found = make_pdf(po_number, rows, pages=pages)
    with desk.db.write() as db:
        message_id = add_message(desk, db, subject=f"Order {po_number}")
        body = text_page(BODY.format(po=po_number))
        add_document(desk, db, message_id, b"body", [body], is_body=True, format=SourceFormat.TEXT)
        document_id = add_document(
            desk, db, message_id, content, found, position=1, name=f"order-{po_number}.pdf", format=SourceFormat.PDF)
        case_id = open_case(desk, db, message_id, document_id, order_reading(po_number, found, rows, sure=sure))
    match(desk, case_id)
    set_case(desk, case_id, **values)
    return case_id


def set_case(desk: Desk, case_id: int, **values: object) -> None:
    """Put a case into a condition, without the moves that lead there."""
    if values:
        with desk.db.write() as db:
            db.execute(update(CaseRow).where(CaseRow.id == case_id).values(**values))


def add_bare_case(db: Session, desk: Desk, message_id: int, **values: object) -> int:
    """A case without a draft."""
    row = CaseRow(**{
        "message_id": message_id, "doc_type": DocumentType.PURCHASE_ORDER, "received_at": desk.now(), "moved_at": desk.now(),
        **values})
    db.add(row)
    db.flush()
    return row.id


def typed(text: str) -> Evidence:
    """Proof of a value that a person typed."""
    return Evidence(Origin.TYPED, text, person="Carl Clerk")
