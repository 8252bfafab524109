"""What every page costs the server of a busy house, on SQLite: many cases waiting, as many decided, as many orders."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from sqlalchemy import Table, insert, select, update
from sqlalchemy.orm import Session

from app.bootstrap import Rooms
from app.main import create_app
from bench import orders
from bench.oms import percentile
from bench.rows import Row
from bench.ui import prepare_case
from bench.web import get_page
from models.domain.doubt import DoubtCode
from models.domain.outcomes import Seen
from models.domain.states import CaseState, Role
from models.tables import Base
from models.tables.cases import CaseRow, CorrectionRow, DoubtRow, DraftRow
from models.tables.decisions import CaseDecisionRow, LineOutcomeRow
from models.tables.desk import CaseVisitRow, CaseWordRow
from models.tables.intake import MessageRow
from models.tables.people import UserRow
from oms.metrics.outlook import renew_forecasts
from review_ui.navigation import ROOMS
from runtime.accounts import open_session
from runtime.clock import now
from runtime.garbage import freeze_startup
from runtime.settings import Settings

MAY_TAKE = 100.0
"""Milliseconds a page may take."""
LINES = 10
WORDS = 60
DECIDED_DAYS = 90
QUEUE = ("sort=customer", "sort=due&dir=asc", "text=shoulder+w4", "text=po-77", "view=off", "view=done")
OTHERS = ("/dashboard?days=7", "/dashboard?days=90", "/dashboard?customer=C1", "/orders?text=works+77", "/orders?text=PO-77",
          "/metrics?days=365", "/masterdata/items", "/masterdata/items?text=shoulder", "/masterdata/customers?text=mpl+wor",
          "/stock?text=bolt")


def run(*, cases: int, rounds: int, told: Callable[[str], None] = lambda _: None) -> list[Row]:
    """95th percentile of CPU milliseconds of each page, from the request to the last byte of HTML. `told` gets each address."""
    with tempfile.TemporaryDirectory() as folder:
        rooms = Rooms(Settings(_env_file=None, data=Path(folder), workers=1))
        try:
            told("filling")
            cookie, case_id = _fill(rooms, cases)
            app = create_app(rooms)
            freeze_startup()
            return list(_measure(app, _addresses(case_id), cookie, cases, rounds, told))
        finally:
            rooms.close()


def _addresses(case_id: int) -> list[str]:
    rooms = (room.href for room in ROOMS)
    return [*rooms, *(f"/?{query}" for query in QUEUE), *OTHERS, f"/cases/{case_id}"]


def _measure(
    app: FastAPI, addresses: Sequence[str], cookie: str, cases: int, rounds: int, told: Callable[[str], None],
) -> Iterator[Row]:
    for address in addresses:
        told(address)
        get_page(app, address, cookie)                              # templates are compiled once
        took = []
        for _ in range(rounds):
            begun = time.process_time()
            get_page(app, address, cookie)
            took.append(time.process_time() - begun)
        yield Row(f"{address}, {cases:,} cases", percentile(took, 95), "ms CPU p95", MAY_TAKE, "may take")


def _fill(rooms: Rooms, cases: int) -> tuple[str, int]:
    """A year of orders, and copies of one matched case, half of them waiting and half decided; (cookie, a case that waits)."""
    Base.metadata.create_all(rooms.db.engine)
    orders.fill(rooms.db, cases, now() - timedelta(days=365))
    first, user = prepare_case(rooms.db, LINES)
    rooms.matcher.match_case(first)
    with rooms.db.write() as session:
        session.execute(update(CaseRow).where(CaseRow.id == first).values(state=CaseState.NEEDS_REVIEW))
        session.execute(update(UserRow).where(UserRow.id == user).values(role=Role.ADMIN))
        _waiting(session, first, cases)
        _decided(session, first, cases, user, now())
        cookie = open_session(session, user, now())
    while renew_forecasts(rooms.db, now()):                         # as the rounds of a running server do
        pass
    with rooms.db.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
    return cookie, first


def _waiting(session: Session, first: int, cases: int) -> None:
    """So many more copies of the first case, each with its own number, value and words."""
    ids = range(first + 1, first + cases)
    _copies(session, MessageRow.__table__, MessageRow.id == 1, [{"id": n} for n in ids])
    _copies(session, CaseRow.__table__, CaseRow.id == first, [
        {"id": n, "message_id": n, "po_number": f"PO-{n}", "cost": float(n % 997),
         "due_at": now() + timedelta(minutes=n % 600 - 60)}
        for n in ids])
    _copies(session, DraftRow.__table__, DraftRow.case_id == first, [{"case_id": n} for n in ids])
    _copies(session, DoubtRow.__table__, DoubtRow.case_id == first, [{"case_id": n} for n in ids])
    words = ("shoulder", "bolt", "sample", "works")
    session.execute(insert(CaseWordRow), [
        {"word": word, "case_id": n} for n in ids for word in (*words, f"po{n}", *(f"w{n % 50}x{k}" for k in range(WORDS)))])


def _decided(session: Session, first: int, cases: int, user: int, at: datetime) -> None:
    """As many that were decided in the last months: a third touchless, the others asked about, looked at and corrected."""
    ids = range(first + cases, first + 2 * cases)

    def moment(n: int) -> datetime:
        return at - timedelta(days=DECIDED_DAYS * (first + 2 * cases - n) / cases)

    _copies(session, MessageRow.__table__, MessageRow.id == 1, [{"id": n, "received_at": moment(n)} for n in ids])
    _copies(session, CaseRow.__table__, CaseRow.id == first, [
        {"id": n, "message_id": n, "po_number": f"PO-{n}", "state": CaseState.HANDED_OVER, "received_at": moment(n),
         "moved_at": moment(n)}
        for n in ids])
    _copies(session, DraftRow.__table__, DraftRow.case_id == first, [{"case_id": n} for n in ids])
    asked, codes = [n for n in ids if n % 3], tuple(DoubtCode)
    session.execute(insert(DoubtRow), [
        {"case_id": n, "version": 1, "position": 0, "code": codes[n % len(codes)], "sentence": "?", "content": "{}"}
        for n in asked])
    session.execute(insert(CaseDecisionRow), [
        {"case_id": n, "version": 1, "customer_id": 1, "is_approved": n % 3 == 0, "is_sampled": False,
         "score": 0.9 + n % 97 / 1_000, "threshold": None, "share": 1.0, "lines": LINES, "at": moment(n)} for n in ids])
    session.execute(insert(CorrectionRow), [
        {"case_id": n, "version": 1, "path": f"lines.{k}.quantity", "before": "1", "after": "2", "user_id": user, "at": moment(n)}
        for n in asked for k in range(1, 4)])
    session.execute(insert(CaseVisitRow), [
        {"case_id": n, "user_id": user, "keys": n % 40, "clicks": 2, "active_seconds": float(n % 300), "ended_at": moment(n)}
        for n in asked])
    session.execute(insert(LineOutcomeRow), [
        {"case_id": n, "line_key": str(k), "customer_id": 1, "seen": Seen.ASKED, "is_wrong": (n + k) % 29 == 0,
         "score": 0.8 + n % 199 / 1_000, "share": 1.0, "person": "bench", "at": moment(n)} for n in asked for k in range(LINES)])


def _copies(session: Session, table: Any, only: Any, changes: Sequence[dict[str, Any]]) -> None:
    """Insert copies of the rows that are meant, each with one of the changes."""
    assert isinstance(table, Table)
    rows = [dict(row) for row in session.execute(select(table).where(only)).mappings()]
    session.execute(insert(table), [{**row, **change} for change in changes for row in rows])
