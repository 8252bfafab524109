"""A small company with items, customers and a matcher, and orders put into its database as extraction would."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

from matching import masterdata
from matching.cases import Cases
from matching.catalog_index import CatalogIndex
from matching.policy import Policy
from matching.review import Review
from matching.service import Matcher
from models.domain.evidence import Evidence, Found, Origin, Place
from models.domain.messages import Source
from models.domain.reading import DocumentType, Header, Reading, ReadingLine
from models.domain.states import DocumentState, MessageState, Role, SalesOrderState
from models.tables.intake import DocumentRow, MessageRow, ReadingRow
from models.tables.orders import OrderLineRow, SalesOrderRow
from models.tables.people import UserRow
from runtime.clock import now
from runtime.codec import to_json
from runtime.db import Database

_ITEM = {"base_uom": "H87", "currency": "EUR", "brand": "Kessel"}
ITEMS = [
    {**_ITEM, "sku": "HB-0840", "description": "Hex bolt M8 x 40 DIN 933 zinc", "mpn": "KE840Z", "list_price": "0.50"},
    {**_ITEM, "sku": "HB-0840", "description": "Hex bolt M8 x 40 DIN 933 zinc", "mpn": "KE840Z", "uom": "XCS", "factor": "24"},
    {**_ITEM, "sku": "HB-1040", "description": "Hex bolt M10 x 40 DIN 933 zinc", "mpn": "KE1040Z", "list_price": "0.80"},
    {**_ITEM, "sku": "GL-L", "description": "Nitrile gloves size L blue", "base_uom": "XBX", "list_price": "6.20"},
    {**_ITEM, "sku": "GL-M", "description": "Nitrile gloves size M blue", "base_uom": "XBX", "list_price": "6.20"},
    {**_ITEM, "sku": "OLD-1", "description": "Rope 20 m hemp", "list_price": "30", "status": "discontinued"},
]
_CUSTOMER = {"currency": "EUR", "country": "DE", "address_kind": "ship_to", "address_code": "MAIN"}
CUSTOMERS = [
    {**_CUSTOMER, "customer_no": "C100", "name": "Muster Works GmbH", "email_domain": "muster.example", "vat_id": "DE123456789",
     "address_name": "Muster Works GmbH", "street": "Long Road 1", "postcode": "12345", "city": "Sampleton",
     "ship_to_default": "yes"},
    {**_CUSTOMER, "customer_no": "C100", "name": "Muster Works GmbH", "address_code": "NORTH",
     "address_name": "Muster Works depot", "street": "Harbour Street 77", "postcode": "54321", "city": "Portville"},
    {**_CUSTOMER, "customer_no": "C200", "name": "Elbe Fittings Ltd", "email_domain": "elbe.example",
     "address_name": "Elbe Fittings", "street": "Mill Lane 5", "postcode": "99999", "city": "Millham"},
]
PRICES = [{"customer_no": "C100", "sku": "HB-0840", "uom": "H87", "price": "0.45", "currency": "EUR"}]
PARTS = [{"customer_no": "C100", "part_number": "77-4711", "sku": "HB-0840"}]


def found(value: Any, confidence: float = 0.99, text: str | None = None) -> Any:
    """A value as read, on some place of page 0."""
    return Found(value, confidence, Evidence(Origin.READ, text or str(value), (Place(0, (1.0, 2.0, 3.0, 4.0)),)))


def line(**values: Any) -> ReadingLine:
    """A reading line; plain values become found ones, numbers Decimals."""
    exact = {"quantity", "unit_price", "amount", "pack", "discount"}
    return ReadingLine(**{
        k: v if isinstance(v, Found) else found(Decimal(str(v)) if k in exact else v) for k, v in values.items()})


BOLTS = line(
    supplier_sku="HB-0840", description="Hex bolt M8x40 DIN 933", quantity=100, uom="pcs", unit_price="0.45", amount="45")
GLOVES = line(description="nitrile gloves size L blue", quantity=3, uom="box", unit_price="6.20", amount="18.60")


_numbers = count(1000)


def reading(
    *lines: ReadingLine, po: str | None = "", kind: DocumentType = DocumentType.PURCHASE_ORDER, **header: Any
) -> Reading:
    """A purchase order of Muster Works; with a PO number of its own unless one is given, or None for none."""
    number = f"PO-{next(_numbers)}" if po == "" else po
    values = {"buyer_name": "Muster Works GmbH", "currency": "EUR", "po_number": number} | header
    fields = {k: v if isinstance(v, Found) else found(v) for k, v in values.items() if v is not None}
    return Reading(found(kind), Header(**fields), lines or (BOLTS, GLOVES))


class Desk:
    """The company at work, on one database."""

    def __init__(self, db: Database, folder: Path, policy: Policy | None = None) -> None:
        self.db = db
        self.index = CatalogIndex(folder / "index")
        self.policy = policy or Policy()
        self.matcher = Matcher(db, self.index, self.policy)
        self.review = Review(db, self.index, self.policy)
        for load, rows in (
            (masterdata.import_items, ITEMS), (masterdata.import_customers, CUSTOMERS), (masterdata.import_prices, PRICES),
            (masterdata.import_part_numbers, PARTS),
        ):
            columns = dict.fromkeys(name for row in rows for name in row)
            assert not load(db, [{k: str(row.get(k, "")) for k in columns} for row in rows]).refused
        self.ann, self.bob = self._user("ann", "Ann Ames"), self._user("bob", "Bob Burr")

    def _user(self, login: str, name: str) -> int:
        with self.db.write() as db:
            row = UserRow(login=login, name=name, role=Role.APPROVER, password_hash="-", is_active=True, failed_logins=0)
            db.add(row)
            db.flush()
            return row.id

    def receive(
        self, *documents: Reading | list[Reading], body: Reading | None = None, sender: str = "po@muster.example",
        authentication: str | None = None,
    ) -> int:
        """Store a message with one document a reading (or list of readings) and, if given, a body; returns its id."""
        with self.db.write() as db:
            message = MessageRow(
                source=Source.MAIL, sha256="0" * 64, size=1, received_at=now(), state=MessageState.READ, sender_address=sender,
                sent_at=datetime(2031, 5, 6, 8, 0, tzinfo=UTC), authentication=authentication)
            db.add(message)
            db.flush()
            parts = [([body], True)] if body else []
            parts += [(d if isinstance(d, list) else [d], False) for d in documents]
            for position, (readings, is_body) in enumerate(parts):
                self._document(db, message.id, position, readings, is_body)
            return message.id

    def _document(self, db: Any, message_id: int, position: int, readings: list[Reading], is_body: bool) -> None:
        document = DocumentRow(
            message_id=message_id, position=position, is_body=is_body, sha256="0" * 64, size=1, state=DocumentState.READ,
            name=None if is_body else f"order{position}.pdf")
        db.add(document)
        db.flush()
        for place, r in enumerate(readings):
            number = r.header.po_number.value if r.header.po_number else None
            db.add(ReadingRow(
                document_id=document.id, position=place, doc_type=r.doc_type.value, po_number=number, content=to_json(r)))

    def open(self, message_id: int) -> list[int]:
        """Open the cases of a message."""
        with self.db.write() as db:
            return Cases(db).open_for_message(message_id)

    def case(self, *documents: Reading, **more: Any) -> int:
        """Receive, open and match one case; returns its id."""
        (case_id,) = self.open(self.receive(*documents, **more))
        self.matcher.match_case(case_id)
        return case_id

    def row(self, case_id: int) -> Any:
        """The case's row."""
        with self.db.read() as db:
            row = Cases(db).get(case_id)
            db.expunge(row)
            return row

    def draft(self, case_id: int, version: int | None = None) -> Any:
        """The draft."""
        with self.db.read() as db:
            return Cases(db).draft(case_id, version)

    def doubts(self, case_id: int) -> list[Any]:
        """The open doubts, dearest first."""
        with self.db.read() as db:
            return Cases(db).doubts(case_id)


def changed(base: ReadingLine, **values: Any) -> ReadingLine:
    """The same line with other values; None takes one away."""
    empty = {k: None for k, v in values.items() if v is None}
    given = line(**{k: v for k, v in values.items() if v is not None})
    return replace(base, **empty, **{k: getattr(given, k) for k, v in values.items() if v is not None})


DUE = date(2031, 5, 20)


def sold(desk: Desk, po: str, *goods: tuple[int, int, int], days_ago: int = 0, case_id: int | None = None) -> str:
    """A sales order of Muster Works of (item, quantity, shipped); returns its number."""
    with desk.db.write() as db:
        row = SalesOrderRow(
            order_no=f"SO-{po}", case_id=case_id, case_version=1 if case_id else None, state=SalesOrderState.RELEASED,
            customer_id=1, po_number=po, currency="EUR", total=Decimal(1), approved_by="x",
            created_at=now() - timedelta(days_ago), requested_date=DUE)
        db.add(row)
        db.flush()
        for position, (item, quantity, shipped) in enumerate(goods, 1):
            db.add(OrderLineRow(
                order_id=row.id, position=position, item_id=item, description="x", quantity=Decimal(quantity), uom="H87",
                base_quantity=Decimal(quantity), unit_price=Decimal("0.45"), amount=Decimal(1), cancelled=Decimal(0),
                shipped=Decimal(shipped)))
        return row.order_no
