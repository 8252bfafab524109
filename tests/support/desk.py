"""A review UI to look at and to test: real rows, real documents, invented companies.

`python -m tests.support.desk` serves it on a free loopback port until it is stopped.
"""

from __future__ import annotations

import socket
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pymupdf
import uvicorn
from fastapi import FastAPI
from sqlalchemy.orm import Session

from models.domain.doubt import Choice, Doubt, DoubtCode
from models.domain.draft import AddressMatch, CustomerMatch, Draft, DraftLine, ItemMatch
from models.domain.evidence import Evidence, Found, Origin, PageKind, Place
from models.domain.messages import MailKind, Source
from models.domain.outbox import Channel
from models.domain.pages import Page, SourceFormat, Word, WordFlag
from models.domain.partners import AddressKind
from models.domain.reading import DocumentType, Reading
from models.domain.states import CaseState, DocumentState, LineState, MessageState, OutboxState, Role
from models.tables import Base
from models.tables.cases import CaseReadingRow, CaseRow, DoubtRow, DraftRow
from models.tables.intake import DocumentRow, MailboxRow, MailFailureRow, MessageRow, ReadingRow
from models.tables.inventory import LocationRow, ReservationRow
from models.tables.items import CustomerPartNumberRow, ItemRow, ItemUnitRow, PriceRow
from models.tables.orders import OrderLineRow, SalesOrderRow
from models.tables.outbox import OutboxRow
from models.tables.partners import AddressRow, CustomerRow
from models.tables.people import UserRow
from models.tables.work import WorkerRow
from review_ui.services import Services
from review_ui.web import make_router, static_app
from runtime import audit, codec
from runtime.accounts import create_user
from runtime.blobs import Blobs
from runtime.clock import Clock, now
from runtime.db import Database
from runtime.settings import MailboxSettings, Settings

PASSWORD = "correct horse battery"
PEOPLE = (
    ("vera", "Vera Viewer", Role.VIEWER),
    ("carl", "Carl Clerk", Role.CLERK),
    ("anna", "Anna Approver", Role.APPROVER),
    ("adam", "Adam Admin", Role.ADMIN),
)
ITEMS = (
    ("GLV-100-M", "Nitrile gloves, size M, box of 100", "7.90"),
    ("GLV-100-L", "Nitrile gloves, size L, box of 100", "7.90"),
    ("HEX-M8-40", "Hexagon bolt M8 x 40, zinc plated", "0.1150"),
    ("HEX-M10-40", "Hexagon bolt M10 x 40, zinc plated", "0.1720"),
    ("TAPE-48", "Packing tape 48 mm, clear, 66 m", "1.35"),
    ("LAMP-230", "Work lamp, LED, 230 V", "48.00"),
)
ROWS = (
    ("10", "AC-4471", "Nitrile gloves size M", "12", "BX", "7.90"),
    ("20", "AC-9082", "Hex bolt M8x40 zn", "500", "C62", "0.1240"),
    ("30", "", "Packing tape clear 48mm", "36", "RO", "1.35"),
)


@dataclass
class Desk:
    """A running UI's parts, and the ids of what was put in."""

    services: Services
    app: FastAPI
    ids: dict[str, int] = field(default_factory=dict)

    @property
    def db(self) -> Database:
        """The database under it."""
        return self.services.db


def draw_page(content: bytes, page: int, dpi: float) -> bytes:
    """A page as PNG; stands in for the sandboxed renderer, for documents we made ourselves."""
    with pymupdf.open(stream=content) as document:
        png: bytes = document[page].get_pixmap(dpi=int(dpi)).tobytes("png")
    return png


def make_desk(folder: Path, *, clock: Clock = now, warnings: Sequence[str] = (), settings: Settings | None = None) -> Desk:
    """An empty house: schema, users, blob store, application."""
    settings = settings or Settings(_env_file=None, data=folder, company_name="Millbrook Supplies")
    db = Database(f"sqlite:///{folder / 'desk.db'}")
    Base.metadata.create_all(db.engine)
    nudges: list[None] = []
    services = Services(
        db=db,
        blobs=Blobs(folder / "blobs"),
        settings=settings,
        clock=clock,
        render_page=draw_page,
        nudge=lambda: nudges.append(None),
        warnings=lambda: warnings,
    )
    app = FastAPI()
    app.include_router(make_router(services))
    app.mount("/static", static_app())
    with db.write() as session:
        for login, name, role in PEOPLE:
            create_user(session, login=login, name=name, role=role, password=PASSWORD)
    return Desk(services, app)


# --- master data --------------------------------------------------------------------------------------------------------


def add_master_data(db: Session) -> dict[str, int]:
    """One customer with two addresses, a few items with units and prices; answers ids by customer number, SKU or code."""
    customer = CustomerRow(
        customer_no="C-1001", name="Ashcroft Dental Care", email_domain="ashcroft-dental.example", currency="EUR", language="en"
    )
    db.add(customer)
    db.flush()
    ids = {"C-1001": customer.id}
    for code, name, street, is_default in (
        ("MAIN", "Ashcroft Dental Care", "12 Harbour Row", True),
        ("WEST", "Ashcroft West", "4 Mill Lane", False),
    ):
        address = AddressRow(
            customer_id=customer.id,
            kind=AddressKind.SHIP_TO,
            code=code,
            name=name,
            street=street,
            postcode="4020",
            city="Linford",
            country="AT",
            is_default=is_default,
        )
        db.add(address)
        db.flush()
        ids[code] = address.id
    for sku, description, price in ITEMS:
        ids[sku] = _add_item(db, customer.id, sku, description, Decimal(price))
    db.add(
        CustomerPartNumberRow(
            customer_id=customer.id, part_number="AC-4471", part_number_folded="AC4471", item_id=ids["GLV-100-M"]
        )
    )
    return ids


def _add_item(db: Session, customer_id: int, sku: str, description: str, price: Decimal) -> int:
    folded = "".join(c for c in sku if c.isalnum()).translate(str.maketrans("OQILSBZG", "00115826"))
    item = ItemRow(sku=sku, sku_folded=folded, description=description, base_uom="C62", brand="Millbrook")
    db.add(item)
    db.flush()
    for uom, factor in (("C62", 1), ("BX", 1), ("RO", 1), ("CS", 12)):
        db.add(ItemUnitRow(item_id=item.id, uom=uom, factor=Decimal(factor)))
        db.add(PriceRow(customer_id=customer_id, item_id=item.id, uom=uom, price=price * factor, currency="EUR"))
    return item.id


# --- documents ----------------------------------------------------------------------------------------------------------


def make_pdf(po_number: str, rows: Sequence[Sequence[str]] = ROWS, *, pages: int = 1) -> tuple[bytes, tuple[Page, ...]]:
    """A purchase order as PDF, and its pages of words."""
    document = pymupdf.open()
    for number in range(pages):
        page = document.new_page(width=595, height=842)
        page.insert_text((56, 70), "PURCHASE ORDER", fontsize=20, fontname="hebo")
        page.insert_text((56, 110), "Ashcroft Dental Care", fontsize=11, fontname="hebo")
        page.insert_text((56, 126), "12 Harbour Row, 4020 Linford", fontsize=10)
        page.insert_text((360, 110), f"PO number: {po_number}", fontsize=11)
        page.insert_text((360, 126), "Date: 2026-11-20", fontsize=10)
        page.insert_text((360, 142), f"Page {number + 1} of {pages}", fontsize=10)
        _draw_rows(page, rows if number == 0 else ())
    content: bytes = document.tobytes()
    found = tuple(_words(page) for page in document)
    document.close()
    return content, found


def _draw_rows(page: pymupdf.Page, rows: Sequence[Sequence[str]]) -> None:
    columns = (56, 90, 160, 360, 410, 460, 515)
    for x, head in zip(columns, ("Pos", "Your no.", "Description", "Qty", "Unit", "Price", "Amount"), strict=True):
        page.insert_text((x, 200), head, fontsize=9, fontname="hebo")
    page.draw_line((56, 206), (540, 206))
    for n, row in enumerate(rows):
        amount = f"{Decimal(row[3]) * Decimal(row[5]):.2f}"
        for x, text in zip(columns, (*row, amount), strict=True):
            page.insert_text((x, 224 + 22 * n), text, fontsize=10)
    if rows:
        total = sum((Decimal(r[3]) * Decimal(r[5]) for r in rows), Decimal(0))
        page.draw_line((400, 226 + 22 * len(rows)), (540, 226 + 22 * len(rows)))
        page.insert_text((410, 244 + 22 * len(rows)), f"Total EUR {total:.2f}", fontsize=11, fontname="hebo")


def _words(page: pymupdf.Page) -> Page:
    words = tuple(Word(w[4], page.number, (w[0], w[1], w[2], w[3])) for w in page.get_text("words"))
    return Page(page.number, PageKind.PAPER, 595.0, 842.0, words)


def text_page(text: str) -> Page:
    """A mail's text as a page of words."""
    lines = text.split("\n")
    words = []
    for n, line in enumerate(lines):
        start = 0
        for part in line.split():
            left = line.index(part, start)
            start = left + len(part)
            words.append(
                Word(
                    part, 0, (left, n, start, n + 1), flags=frozenset({WordFlag.QUOTED}) if line.startswith(">") else frozenset()
                )
            )
    return Page(0, PageKind.TEXT, max(map(len, lines)), len(lines), tuple(words))


def sheet_page(rows: Sequence[Sequence[str]]) -> Page:
    """A spreadsheet's sheet as a page of cells."""
    words = tuple(Word(text, 0, (c, r, c + 1, r + 1)) for r, row in enumerate(rows) for c, text in enumerate(row) if text)
    return Page(0, PageKind.SHEET, max(map(len, rows)), len(rows), words, name="Order")


def add_message(
    desk: Desk, db: Session, *, subject: str, sender: str = "orders@ashcroft-dental.example", **values: object
) -> int:
    """A mail as it arrived."""
    digest = desk.services.blobs.put(f"Subject: {subject}\n\nbody".encode())
    row = MessageRow(
        **{
            "source": Source.MAIL,
            "account": "mail",
            "sha256": digest,
            "size": 42,
            "received_at": desk.services.clock(),
            "state": MessageState.READ,
            "kind": MailKind.ORDINARY,
            "subject": subject,
            "sender_name": "Ashcroft Orders",
            "sender_address": sender,
            **values,
        }
    )
    db.add(row)
    db.flush()
    return row.id


def add_document(
    desk: Desk,
    db: Session,
    message_id: int,
    content: bytes,
    pages: Sequence[Page],
    *,
    position: int = 0,
    **values: object,
) -> int:
    """A readable part of a message, with its pages."""
    blobs = desk.services.blobs
    row = DocumentRow(
        **{
            "message_id": message_id,
            "position": position,
            "sha256": blobs.put(content),
            "size": len(content),
            "state": DocumentState.READ,
            "page_count": len(pages),
            "pages_sha256": blobs.put(codec.pack(tuple(pages))),
            **values,
        }
    )
    db.add(row)
    db.flush()
    return row.id


# --- cases --------------------------------------------------------------------------------------------------------------


def find(text: str, document_id: int, pages: Sequence[Page], *, nth: int = 0) -> Evidence:
    """Proof that `text` (one or more words) stands on the pages, at its nth occurrence."""
    parts, hits = text.split(), 0
    for page in pages:
        for i in range(len(page.words) - len(parts) + 1):
            run = page.words[i : i + len(parts)]
            if [w.text for w in run] == parts:
                if hits == nth:
                    return Evidence(Origin.READ, text, tuple(Place(page.number, w.box, page.kind) for w in run), document_id)
                hits += 1
    raise AssertionError(f"{text!r} does not stand on the pages")


def match_of(ids: dict[str, int], sku: str, probability: float, *reasons: str) -> ItemMatch:
    """A candidate item."""
    description = next(d for s, d, _ in ITEMS if s == sku)
    return ItemMatch(ids[sku], sku, description, probability, reasons)


def _master(value: object, confidence: float, note: str) -> Found:  # type: ignore[type-arg]
    return Found(value, confidence, Evidence(Origin.MASTER, note=note))


def sample_draft(ids: dict[str, int], po_number: str, document_id: int, pages: Sequence[Page]) -> Draft:
    """The draft of `make_pdf`: line 2 costs more than agreed, line 3 has no certain item."""

    def read(value: object, text: str, confidence: float = 0.99, nth: int = 0) -> Found:  # type: ignore[type-arg]
        return Found(value, confidence, find(text, document_id, pages, nth=nth))

    customer = CustomerMatch(ids["C-1001"], "C-1001", "Ashcroft Dental Care", 0.99, ("writes from a known address",))
    gloves = match_of(ids, "GLV-100-M", 0.99, "your part number AC-4471")
    bolt = match_of(ids, "HEX-M8-40", 0.97, "M8 and 40 agree")
    tape, lamp = match_of(ids, "TAPE-48", 0.62, "48 mm and clear agree"), match_of(ids, "LAMP-230", 0.03)
    lines = (
        DraftLine(
            "1",
            LineState.CONFIRMED,
            line_no=read("10", "10"),
            buyer_sku=read("AC-4471", "AC-4471"),
            description=read("Nitrile gloves size M", "Nitrile gloves size M"),
            quantity=read(Decimal(12), "12", nth=1),
            uom=read("BX", "BX"),
            unit_price=read(Decimal("7.90"), "7.90"),
            amount=read(Decimal("94.80"), "94.80"),
            item=_master(gloves, 0.99, "your part number AC-4471"),
            item_candidates=(gloves,),
            base_quantity=Decimal(12),
            list_price=Decimal("7.90"),
            price_source="customer list",
        ),
        DraftLine(
            "2",
            LineState.CONFIRMED,
            line_no=read("20", "20"),
            buyer_sku=read("AC-9082", "AC-9082"),
            description=read("Hex bolt M8x40 zn", "Hex bolt M8x40 zn"),
            quantity=read(Decimal(500), "500", 0.97),
            uom=read("C62", "C62"),
            unit_price=read(Decimal("0.1240"), "0.1240", 0.96),
            amount=read(Decimal("62.00"), "62.00"),
            item=_master(bolt, 0.97, "M8 and 40 agree"),
            item_candidates=(bolt, match_of(ids, "HEX-M10-40", 0.02, "M10 is not M8")),
            base_quantity=Decimal(500),
            list_price=Decimal("0.1150"),
            price_source="customer list",
        ),
        DraftLine(
            "3",
            LineState.PROPOSED,
            line_no=read("30", "30"),
            description=read("Packing tape clear 48mm", "Packing tape clear 48mm"),
            quantity=read(Decimal(36), "36", 0.71),
            uom=read("RO", "RO"),
            unit_price=read(Decimal("1.35"), "1.35"),
            amount=read(Decimal("48.60"), "48.60"),
            item=_master(tape, 0.62, "description"),
            item_candidates=(tape, lamp),
            base_quantity=Decimal(36),
            list_price=Decimal("1.35"),
            price_source="customer list",
        ),
    )
    ship_to = AddressMatch(
        ids["MAIN"], "MAIN · Ashcroft Dental Care, 12 Harbour Row, 4020 Linford", 0.95, ("street and postcode agree",)
    )
    return Draft(
        DocumentType.PURCHASE_ORDER,
        customer=_master(customer, 0.99, "writes from a known address"),
        customer_candidates=(customer,),
        ship_to=_master(ship_to, 0.95, "street and postcode agree"),
        ship_to_candidates=(ship_to,),
        ship_to_text=read("12 Harbour Row, 4020 Linford", "12 Harbour Row, 4020 Linford"),
        po_number=read(po_number, po_number, 0.98),
        order_date=read(date(2026, 11, 20), "2026-11-20"),
        currency=Found("EUR", 0.99, find("EUR", document_id, pages)),
        total=read(Decimal("205.40"), "205.40"),
        lines=lines,
    )


def sample_doubts(draft: Draft) -> tuple[Doubt, ...]:
    """What is doubtful about `sample_draft`."""
    second, third = draft.lines[1], draft.lines[2]
    assert second.unit_price and third.quantity
    return (
        Doubt(
            DoubtCode.PRICE_DEVIATION,
            "Line 20: price 0.1240, contract 0.1150 (+7.8 %, tolerance 2 %).",
            "lines.2.unit_price",
            second.unit_price.evidence,
            (Choice("0.1150", "0.1150, our contract price", 0.7), Choice("0.1240", "0.1240, as ordered", 0.3)),
            4.5,
        ),
        Doubt(
            DoubtCode.ITEM_UNSURE,
            "Line 30: “Packing tape clear 48mm” is probably TAPE-48 (62 %).",
            "lines.3.item",
            third.description.evidence if third.description else None,
            tuple(
                Choice(m.sku, f"{m.sku} · {m.description}", m.probability, ", ".join(m.reasons)) for m in third.item_candidates
            ),
            3.0,
        ),
    )


def add_case(
    desk: Desk,
    db: Session,
    message_id: int,
    draft: Draft | None,
    doubts: Sequence[Doubt] = (),
    *,
    document_id: int | None = None,
    **values: object,
) -> int:
    """A case in review with version 1 of its draft."""
    at = desk.services.clock()
    row = CaseRow(
        **{
            "message_id": message_id,
            "state": CaseState.NEEDS_REVIEW,
            "doc_type": DocumentType.PURCHASE_ORDER,
            "customer_id": draft.customer.value.customer_id if draft and draft.customer else None,
            "po_number": draft.po_number.value if draft and draft.po_number else None,
            "version": 1 if draft else 0,
            "cost": sum(d.cost for d in doubts),
            "received_at": at,
            "moved_at": at,
            **values,
        }
    )
    db.add(row)
    db.flush()
    if draft:
        _add_draft(db, row.id, draft, doubts, at)
    if document_id is not None:
        _add_reading(db, row.id, document_id)
    audit.record(db, actor="ordermill", action="case.opened", subject=f"case:{row.id}", content={"message": message_id})
    return row.id


def _add_draft(db: Session, case_id: int, draft: Draft, doubts: Sequence[Doubt], at: datetime) -> None:
    db.add(DraftRow(case_id=case_id, version=1, content=codec.to_json(draft), made_by="ordermill", made_at=at))
    db.flush()
    for position, doubt in enumerate(doubts):
        db.add(
            DoubtRow(
                case_id=case_id,
                version=1,
                position=position,
                code=doubt.code,
                sentence=doubt.sentence,
                path=doubt.path,
                content=codec.to_json(doubt),
            )
        )


def _add_reading(db: Session, case_id: int, document_id: int) -> None:
    kind = Found(DocumentType.PURCHASE_ORDER, 0.99, Evidence(Origin.READ))
    row = ReadingRow(
        document_id=document_id, position=0, doc_type=DocumentType.PURCHASE_ORDER, content=codec.to_json(Reading(kind))
    )
    db.add(row)
    db.flush()
    db.add(CaseReadingRow(reading_id=row.id, case_id=case_id))


def add_pdf_case(
    desk: Desk, ids: dict[str, int], po_number: str, *, doubtful: bool = True, pages: int = 1, **values: object
) -> int:
    """A case read from a PDF that came by mail, with a text body beside it."""
    content, found = make_pdf(po_number, pages=pages)
    with desk.db.write() as db:
        message_id = add_message(desk, db, subject=f"Order {po_number}")
        body = text_page(
            f"Hello,\n\nplease find our order {po_number} attached.\n\nKind regards\nAshcroft Orders\n\n> Thank you for your quote."
        )
        add_document(desk, db, message_id, b"body", [body], is_body=True, format=SourceFormat.TEXT)
        document_id = add_document(
            desk, db, message_id, content, found, position=1, name=f"order-{po_number}.pdf", format=SourceFormat.PDF
        )
        draft = sample_draft(ids, po_number, document_id, found)
        return add_case(desk, db, message_id, draft, sample_doubts(draft) if doubtful else (), document_id=document_id, **values)


# --- a house full of everything -----------------------------------------------------------------------------------------


def furnish(desk: Desk) -> None:
    """Cases in all states, messages that failed, orders, an outbox: something on every page."""
    with desk.db.write() as db:
        desk.ids |= add_master_data(db)
    at = desk.services.clock()
    desk.ids["doubtful"] = add_pdf_case(desk, desk.ids, "PO-77120", pages=3, received_at=at - timedelta(minutes=12))
    desk.ids["clean"] = add_pdf_case(desk, desk.ids, "PO-77121", doubtful=False, received_at=at - timedelta(hours=3))
    desk.ids["sheet"] = _add_sheet_case(desk)
    desk.ids["long"] = _add_long_case(desk)
    _add_other_states(desk)
    _add_order(desk)
    _add_operations(desk)


def _add_sheet_case(desk: Desk) -> int:
    rows = [
        ["Purchase order", "", "PO-9001"],
        [],
        ["Item", "Description", "Qty"],
        ["GLV-100-L", "Gloves L", "24"],
        ["", "Total", "24"],
    ]
    page = sheet_page([row or [""] for row in rows])
    with desk.db.write() as db:
        message_id = add_message(desk, db, subject="Weekly order sheet", sender="buyer@newcomer.example", sender_name="New Buyer")
        document_id = add_document(desk, db, message_id, b"sheet", [page], name="weekly order.xlsx", format=SourceFormat.XLSX)
        gloves = match_of(desk.ids, "GLV-100-L", 0.93, "our SKU")
        line = DraftLine(
            "1",
            LineState.CONFIRMED,
            supplier_sku=Found("GLV-100-L", 0.99, find("GLV-100-L", document_id, [page])),
            quantity=Found(Decimal(24), 0.99, find("24", document_id, [page])),
            item=_master(gloves, 0.93, "our SKU"),
            item_candidates=(gloves,),
        )
        draft = Draft(
            DocumentType.PURCHASE_ORDER, po_number=Found("PO-9001", 0.99, find("PO-9001", document_id, [page])), lines=(line,)
        )
        doubts = (
            Doubt(
                DoubtCode.UNKNOWN_CUSTOMER, "Nobody at buyer@newcomer.example is known. Choose the customer.", "customer", cost=50
            ),
            Doubt(
                DoubtCode.UNIT_UNSURE,
                "Line 1: 24 cases of 12 = 288 pieces, or 24 pieces?",
                "lines.1.uom",
                line.quantity and line.quantity.evidence,
                (Choice("C62", "24 pieces", 0.6), Choice("CS", "24 cases = 288 pieces", 0.4)),
                20,
            ),
        )
        return add_case(desk, db, message_id, draft, doubts, document_id=document_id)


def _add_long_case(desk: Desk) -> int:
    case_id = add_pdf_case(desk, desk.ids, "PO-LONG-00000000042", cost=1.0)
    with desk.db.write() as db:
        row = db.get_one(DraftRow, (case_id, 1))
        draft = codec.from_json(Draft, row.content)
        lines = tuple(
            replace(
                draft.lines[i % 3],
                key=str(i + 1),
                line_no=Found(str((i + 1) * 10), 0.9, Evidence(Origin.READ)),
                description=Found(
                    "A very long description that a customer has copied from a catalogue " * 3, 0.9, Evidence(Origin.READ)
                ),
            )
            for i in range(60)
        )
        row.content = codec.to_json(replace(draft, lines=lines))
    return case_id


def _add_other_states(desk: Desk) -> None:
    with desk.db.write() as db:
        reviewer = db.query(UserRow).filter_by(login="adam").one().id
        until = desk.services.clock() + timedelta(minutes=5)
        message_id = add_message(desk, db, subject="Various")
        for state, sentence in (
            (CaseState.WAITING_FOR_CUSTOMER, "We asked which colour is meant."),
            (CaseState.REJECTED, "Cancelled by phone."),
            (CaseState.DUPLICATE, "The same order was handed over as SO-000001."),
            (CaseState.FAILED, "Matching failed three times. Look at the log."),
            (CaseState.MATCHING, ""),
            (CaseState.NOT_AN_ORDER, "An invoice was sent to the order address."),
        ):
            add_case(
                desk,
                db,
                message_id,
                None,
                state=state,
                sentence=sentence,
                code="sample" if sentence else None,
                po_number=f"PO-{state.value.upper()}",
            )
        draft = Draft(DocumentType.PURCHASE_ORDER)
        desk.ids["held"] = add_case(
            desk, db, message_id, draft, state=CaseState.IN_REVIEW, po_number="PO-HELD", reviewer_id=reviewer, review_until=until
        )
        add_message(
            desk,
            db,
            subject="Out of office",
            state=MessageState.IGNORED,
            code="auto_reply",
            sentence="An automatic reply; nobody ordered anything.",
        )
        desk.ids["failed_message"] = add_message(
            desk,
            db,
            subject="Scan",
            state=MessageState.QUARANTINED,
            code="gave_up",
            tries=3,
            sentence="Reading was begun 3 times and never ended. Look at the original; then have it read again.",
        )
        other = add_message(desk, db, subject="Encrypted order", state=MessageState.READ)
        add_document(
            desk,
            db,
            other,
            b"%PDF",
            (),
            name="locked.pdf",
            state=DocumentState.REFUSED,
            pages_sha256=None,
            code="encrypted",
            sentence="This file is password-protected. Ask the sender for an open copy.",
        )


def _add_order(desk: Desk) -> None:
    at = desk.services.clock()
    case_id = add_pdf_case(desk, desk.ids, "PO-77119", doubtful=False, state=CaseState.HANDED_OVER)
    with desk.db.write() as db:
        order = SalesOrderRow(
            order_no="SO-000001",
            case_id=case_id,
            case_version=1,
            customer_id=desk.ids["C-1001"],
            po_number="PO-77119",
            order_date=date(2026, 11, 20),
            currency="EUR",
            ship_to_id=desk.ids["MAIN"],
            total=Decimal("156.80"),
            approved_by="Anna Approver",
            created_at=at,
        )
        location = LocationRow(code="MAIN", name="Main warehouse")
        db.add_all([order, location])
        db.flush()
        for position, (sku, quantity, price, held) in enumerate(
            (("GLV-100-M", "12", "7.90", "12"), ("HEX-M8-40", "500", "0.1240", "320")), 1
        ):
            line = OrderLineRow(
                order_id=order.id,
                position=position,
                item_id=desk.ids[sku],
                description=next(d for s, d, _ in ITEMS if s == sku),
                quantity=Decimal(quantity),
                uom="C62",
                base_quantity=Decimal(quantity),
                unit_price=Decimal(price),
                amount=Decimal(quantity) * Decimal(price),
            )
            db.add(line)
            db.flush()
            db.add(ReservationRow(order_line_id=line.id, item_id=line.item_id, location_id=location.id, quantity=Decimal(held)))
        for n, (channel, kind, state, sentence) in enumerate(
            (
                (
                    Channel.ERP,
                    "sales_order.created",
                    OutboxState.FAILED,
                    "The ERP refused the order: unknown payment terms. Correct them there, then resend.",
                ),
                (
                    Channel.MAIL,
                    "acknowledgement",
                    OutboxState.UNKNOWN,
                    "The connection broke after the mail was sent. Ask the customer, then resend or give up.",
                ),
            )
        ):
            db.add(
                OutboxRow(
                    channel=channel,
                    kind=kind,
                    key=f"sample:{n}",
                    payload="{}",
                    order_id=order.id,
                    case_id=case_id,
                    state=state,
                    tries=3,
                    next_at=at,
                    code="refused" if state is OutboxState.FAILED else "maybe_sent",
                    sentence=sentence,
                    created_at=at,
                )
            )


def _add_operations(desk: Desk) -> None:
    at = desk.services.clock()
    with desk.db.write() as db:
        db.add(
            MailboxRow(
                account="mail",
                folder="INBOX",
                last_poll_at=at - timedelta(hours=2),
                last_error_at=at,
                last_error="The server refused the password.",
            )
        )
        db.add(
            MailFailureRow(
                account="mail",
                folder="INBOX",
                uidvalidity=7,
                uid=4711,
                tries=5,
                code="mail_not_fetched",
                sentence="The server sends no body for this mail. Open it in the mailbox and forward it.",
                last_at=at,
            )
        )
        db.add(WorkerRow(executor_id="w1", host="mill", pid=4242, started_at=at - timedelta(hours=5), heartbeat_at=at))
        db.add(
            WorkerRow(
                executor_id="w2", host="mill", pid=4100, started_at=at - timedelta(hours=9), heartbeat_at=at - timedelta(hours=2)
            )
        )


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """The application on a free loopback port; yields its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()


def main() -> None:
    """Serve a furnished desk until interrupted."""
    with tempfile.TemporaryDirectory() as folder:
        box = MailboxSettings(host="127.0.0.1", user="orders")
        desk = make_desk(
            Path(folder), settings=Settings(_env_file=None, data=Path(folder), company_name="Millbrook Supplies", mailboxes=[box])
        )
        furnish(desk)
        with serving(desk.app) as address:
            print(
                f"{address}  users: {', '.join(login for login, _, _ in PEOPLE)}  password: {PASSWORD}  {datetime.now(UTC):%H:%M}",
                flush=True,
            )
            threading.Event().wait()


if __name__ == "__main__":
    main()
