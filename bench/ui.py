"""What a long order costs the server: opening it, and one change until it is drawn again."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from app.bootstrap import Rooms
from app.main import create_app
from bench.rows import Row
from bench.web import get_page
from matching import masterdata
from matching.cases import Cases
from matching.review import Review
from matching.row_change import Move, Shift
from models.domain.evidence import Evidence, Found, Origin, Place
from models.domain.messages import Source
from models.domain.reading import DocumentType, Header, Reading, ReadingLine
from models.domain.states import DocumentState, MessageState, Role
from models.tables import Base
from models.tables.intake import DocumentRow, MessageRow, ReadingRow
from models.tables.people import UserRow
from review_ui.pages import draw
from runtime.accounts import open_session
from runtime.clock import now
from runtime.codec import to_json
from runtime.db import Database
from runtime.garbage import freeze_startup
from runtime.settings import Settings

MAY_TAKE = 150.0      # ms for a change of 200 lines
PAGE_MAY_TAKE = 100.0


def run(*, lines: int, rounds: int) -> list[Row]:
    """CPU milliseconds of one value, a shifted column, a moved row and an undo on an order of so many lines, until its HTML is
    answered, on SQLite; and of opening the case, when nothing of it was drawn before and after the browser asked ahead for it.

    The baselines are what they may take.
    """
    with tempfile.TemporaryDirectory() as folder:
        rooms = Rooms(Settings(_env_file=None, data=Path(folder), workers=1))
        try:
            return _measure(rooms, lines, rounds)
        finally:
            rooms.close()


def _measure(rooms: Rooms, lines: int, rounds: int) -> list[Row]:
    Base.metadata.create_all(rooms.db.engine)
    case_id, user = prepare_case(rooms.db, lines)
    rooms.matcher.match_case(case_id)
    with rooms.db.write() as session:
        cookie = open_session(session, user, now())
    app, review = create_app(rooms), Review(rooms.db, rooms.index, rooms.policy)
    page, order = f"/cases/{case_id}", f"/cases/{case_id}/order"
    get_page(app, page, cookie)                                     # templates are compiled once
    freeze_startup()                                                # as the server does
    rows = [
        Row(f"case opened{how}, {lines} lines", _median(rounds, lambda _: get_page(app, page, cookie), before), "ms CPU",
            PAGE_MAY_TAKE, "may take")
        for how, before in (("", draw.cache_clear), (" that was asked ahead for", _nothing))]
    acts: dict[str, Callable[[int, int], object]] = {
        "one value": lambda version, n: review.correct(case_id, version, "lines.5.quantity", str(1_000 + n), user),
        "column shifted": lambda version, n: review.change_rows(case_id, version, Shift("quantity", -1 if n % 2 else 1), user),
        "row moved": lambda version, n: review.change_rows(case_id, version, Move("7", 1 if n % 2 else -1), user),
        "undo": lambda version, n: review.undo(case_id, version, user),
    }
    for name, act in acts.items():
        def change(n: int, act: Callable[[int, int], object] = act) -> None:
            act(_version(rooms.db, case_id), n)
            get_page(app, order, cookie)

        rows.append(Row(f"{name}, {lines} lines", _median(rounds, change), "ms CPU", MAY_TAKE, "may take"))
    return rows


def _nothing() -> None:
    """Leave everything as the round before left it."""


def _median(rounds: int, work: Callable[[int], object], before: Callable[[], object] = _nothing) -> float:
    times = []
    for n in range(rounds):
        before()
        begun = time.process_time()
        work(n)
        times.append((time.process_time() - begun) * 1000)
    return round(statistics.median(times), 1)


def _version(db: Database, case_id: int) -> int:
    with db.read() as session:
        return Cases(session).get(case_id).version


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
