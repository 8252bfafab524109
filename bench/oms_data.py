"""What the benchmark of accepting orders works on: a customer, items with stock for half of the demand, a case for each order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from random import Random
from typing import TypeVar

from sqlalchemy import insert

from models.domain.draft import CustomerMatch, Draft, DraftLine, ItemMatch
from models.domain.evidence import Evidence, Found, Origin, Place
from models.domain.messages import MailKind, Source
from models.domain.reading import DocumentType
from models.domain.states import CaseState, LineState
from models.domain.stock import LocationKind
from models.tables.audit import AuditHeadRow
from models.tables.cases import CaseRow
from models.tables.intake import MessageRow
from models.tables.inventory import LocationRow, StockLevelRow
from models.tables.items import ItemRow
from models.tables.partners import CustomerRow
from runtime.audit import GENESIS
from runtime.db import Database

T = TypeVar("T")
_AT = datetime(2031, 1, 1, tzinfo=UTC)


def seed(db: Database, orders: int, lines: int, pool: int) -> dict[int, list[int]]:
    """Fill a fresh schema; returns what each order asks for one of: the ids of its lines' items, by case id."""
    random = Random(7)
    stock = Decimal(max(orders * lines // pool // 2, 1))
    with db.write() as session:
        session.execute(insert(CustomerRow), [{"id": 1, "customer_no": "C1", "name": "Bench Buyer", "currency": "EUR"}])
        session.execute(insert(LocationRow), [
            {"code": "MAIN", "name": "Main"}, {"code": "@customer", "name": "Customer", "kind": LocationKind.CUSTOMER}])
        session.execute(insert(ItemRow), [
            {"id": i, "sku": f"B{i:06d}", "sku_folded": f"8{i:06d}", "description": f"Bench item {i}", "base_uom": "PCE"}
            for i in range(1, pool + 1)])
        session.execute(insert(StockLevelRow), [{"item_id": i, "location_id": 1, "on_hand": stock} for i in range(1, pool + 1)])
        session.execute(insert(AuditHeadRow), {"id": 1, "seq": 0, "hash": GENESIS})
        session.execute(insert(MessageRow), [{
            "id": 1, "source": Source.MAIL, "sha256": "0" * 64, "size": 0, "received_at": _AT, "kind": MailKind.ORDINARY,
            "sender_address": "buyer@example.com"}])
        session.execute(insert(CaseRow), [{
            "id": n, "message_id": 1, "state": CaseState.APPROVED, "doc_type": DocumentType.PURCHASE_ORDER, "version": 1,
            "received_at": _AT, "moved_at": _AT} for n in range(1, orders + 1)])
    return {n: [random.randint(1, pool) for _ in range(lines)] for n in range(1, orders + 1)}


def draft(n: int, items: Sequence[int]) -> Draft:
    """The approved draft of order `n`: one piece of each item, every value with its place on a page."""
    lines = tuple(
        DraftLine(
            key=str(k), state=LineState.CONFIRMED, item=_found(ItemMatch(item, f"B{item:06d}", f"Bench item {item}", 0.99)),
            quantity=_found(Decimal(1)), uom=_found("PCE"), unit_price=_found(Decimal("12.50")), base_quantity=Decimal(1),
            list_price=Decimal("12.50"))
        for k, item in enumerate(items, 1))
    customer = _found(CustomerMatch(1, "C1", "Bench Buyer", 0.99))
    return Draft(
        DocumentType.PURCHASE_ORDER, customer=customer, po_number=_found(f"PO-{n}"), currency=_found("EUR"), lines=lines)


def _found(value: T) -> Found[T]:
    return Found(value, 0.99, Evidence(Origin.READ, str(value), (Place(0, (72.0, 100.0, 120.0, 110.0)),), document_id=1))
