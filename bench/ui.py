"""What one change of a long order costs the server: from the request until the order is drawn again."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from bench.rows import Row
from matching import masterdata
from matching.cases import Cases
from matching.catalog_index import CatalogIndex
from matching.policy import Policy
from matching.review import Review
from matching.row_change import Move, Shift
from matching.service import Matcher
from models.domain.evidence import Evidence, Found, Origin, Place
from models.domain.messages import Source
from models.domain.reading import DocumentType, Header, Reading, ReadingLine
from models.domain.states import DocumentState, MessageState, Role
from models.tables import Base
from models.tables.intake import DocumentRow, MessageRow, ReadingRow
from models.tables.people import UserRow
from review_ui.pages import draw
from review_ui.presenters.case import show_order
from runtime.clock import now
from runtime.codec import to_json
from runtime.db import Database


def run(*, lines: int, rounds: int) -> list[Row]:
    """CPU milliseconds of one value, a shifted column, a moved row and an undo on an order of so many lines, on SQLite; the
    baseline is drawing all its rows for the first time."""
    with tempfile.TemporaryDirectory() as folder:
        db = Database(f"sqlite:///{Path(folder) / 'bench.db'}")
        try:
            return _measure(db, Path(folder), lines, rounds)
        finally:
            db.close()


def _measure(db: Database, folder: Path, lines: int, rounds: int) -> list[Row]:
    Base.metadata.create_all(db.engine)
    index, policy = CatalogIndex(folder / "index"), Policy()
    case_id, user = prepare_case(db, lines)
    Matcher(db, index, policy).match_case(case_id)
    review = Review(db, index, policy)
    draw.cache_clear()
    begun = time.process_time()
    _drawn(db, case_id)
    first = (time.process_time() - begun) * 1000
    acts: dict[str, Callable[[int, int], object]] = {
        "one value": lambda version, n: review.correct(case_id, version, "lines.5.quantity", str(1_000 + n), user),
        "column shifted": lambda version, n: review.change_rows(case_id, version, Shift("quantity", -1 if n % 2 else 1), user),
        "row moved": lambda version, n: review.change_rows(case_id, version, Move("7", 1 if n % 2 else -1), user),
        "undo": lambda version, n: review.undo(case_id, version, user),
    }
    rows = []
    for name, act in acts.items():
        times = []
        for n in range(rounds):
            version = _version(db, case_id)
            begun = time.process_time()
            act(version, n)
            _drawn(db, case_id)
            times.append((time.process_time() - begun) * 1000)
        rows.append(Row(f"{name}, {lines} lines", round(statistics.median(times), 1), "ms CPU", round(first, 1), "first drawing"))
    return rows


def _version(db: Database, case_id: int) -> int:
    with db.read() as session:
        return Cases(session).get(case_id).version


def _drawn(db: Database, case_id: int) -> int:
    """The rows as the page prints them; returns their length."""
    with db.read() as session:
        draft, doubts = Cases(session).draft(case_id), Cases(session).doubts(case_id)
    shown = show_order(draft, doubts, threshold=0.9, tolerance=Decimal(2))
    return sum(len(draw("case/_line.html", line, True, "en")) for line in shown.lines)


def prepare_case(db: Database, lines: int) -> tuple[int, int]:
    """Items, a customer, a user and a case of so many lines that waits for the matcher; (case, user)."""
    items = [
        {"sku": f"BOLT-{n:04d}", "description": f"Shoulder bolt number {n}", "base_uom": "H87", "currency": "EUR",
         "list_price": "1.00"} for n in range(1, lines + 1)]
    masterdata.import_items(db, items)
    masterdata.import_customers(db, [{"customer_no": "C1", "name": "Sample Works Ltd", "currency": "EUR"}])
    reading = Reading(
        _read(DocumentType.PURCHASE_ORDER),
        Header(po_number=_read("PO-1"), buyer_name=_read("Sample Works Ltd"), currency=_read("EUR")),
        tuple(ReadingLine(
            supplier_sku=_read(f"BOLT-{n:04d}"), description=_read(f"Shoulder bolt number {n}"), quantity=_read(Decimal(n)),
            uom=_read("pcs"), unit_price=_read(Decimal("1.20"))) for n in range(1, lines + 1)))
    with db.write() as session:
        user = session.execute(insert(UserRow).values(
            login="bench", name="Bench", role=Role.APPROVER, password_hash="-", is_active=True, failed_logins=0)
            .returning(UserRow.id)).scalar_one()
        message = MessageRow(source=Source.UPLOAD, sha256="0" * 64, size=1, received_at=now(), state=MessageState.READ)
        session.add(message)
        session.flush()
        document = DocumentRow(message_id=message.id, position=0, sha256="0" * 64, size=1, state=DocumentState.READ, name="o.pdf")
        session.add(document)
        session.flush()
        session.add(ReadingRow(
            document_id=document.id, position=0, doc_type=reading.doc_type.value, po_number="PO-1", content=to_json(reading)))
        session.flush()
        return Cases(session).open_for_message(message.id)[0], user


def _read(value: Any) -> Found[Any]:
    return Found(value, 0.99, Evidence(Origin.READ, str(value), (Place(0, (1.0, 2.0, 3.0, 4.0)),)))
