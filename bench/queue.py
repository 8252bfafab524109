"""What a page of the queue costs the server with many cases waiting: finding and loading it, on SQLite."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import insert, select, update

from bench.rows import Row
from bench.ui import prepare_case
from matching.catalog_index import CatalogIndex
from matching.policy import Policy
from matching.queue import Wanted, next_in_review
from matching.service import Matcher
from models.domain.states import CaseState
from models.tables import Base
from models.tables.cases import CaseRow, DoubtRow, DraftRow
from models.tables.desk import CaseWordRow
from review_ui.presenters.queue import load_people, load_queue, load_tabs, load_tags
from review_ui.presenters.views import load_saved
from runtime.clock import now
from runtime.db import Database

LINES = 10
WORDS = 60
VIEWS = {
    "by value": Wanted(), "by customer": Wanted(sort="customer"), "by due": Wanted(sort="due", descending=False),
    "search": Wanted(text="shoulder w4"), "one number": Wanted(text="po-77"), "put off": Wanted(view="off")}


def run(*, cases: int, rounds: int) -> list[Row]:
    """95th percentile of CPU milliseconds of each way to look at the queue; the baseline is the 100 ms a page may take."""
    with tempfile.TemporaryDirectory() as folder:
        db = Database(f"sqlite:///{Path(folder) / 'bench.db'}")
        try:
            user = _fill(db, Path(folder), cases)
            return list(_measure(db, user, cases, rounds))
        finally:
            db.close()


def _measure(db: Database, user: int, cases: int, rounds: int) -> Iterator[Row]:
    ways: dict[str, Callable[[], object]] = {name: partial(_page, db, wanted, user) for name, wanted in VIEWS.items()}
    ways["the next case"] = partial(_next, db, user)
    for name, way in ways.items():
        times = []
        for _ in range(rounds):
            begun = time.process_time()
            way()
            times.append((time.process_time() - begun) * 1000)
        p95 = sorted(times)[int(0.95 * (len(times) - 1))]
        yield Row(f"{name}, {cases:,} cases", round(p95, 1), "ms CPU p95", 100.0, "may take")


def _page(db: Database, wanted: Wanted, user: int) -> int:
    with db.read() as session:
        rows, count = load_queue(session, wanted, now())
        around = (load_tabs(session, now()), load_tags(session), load_people(session), load_saved(session, "queue", user))
        return count + len(rows) + len(around)


def _next(db: Database, user: int) -> int | None:
    with db.read() as session:
        return next_in_review(session, but=1, user_id=user, now=now())


def _fill(db: Database, folder: Path, cases: int) -> int:
    """So many copies of one matched case, each with its own number, value and words; returns a user's id."""
    Base.metadata.create_all(db.engine)
    first, user = prepare_case(db, LINES)
    Matcher(db, CatalogIndex(folder / "index"), Policy()).match_case(first)
    with db.write() as session:
        case = dict(session.execute(select(CaseRow.__table__).where(CaseRow.id == first)).mappings().one())
        draft = dict(session.execute(select(DraftRow.__table__).where(DraftRow.case_id == first)).mappings().one())
        doubts = [dict(d) for d in session.execute(select(DoubtRow.__table__).where(DoubtRow.case_id == first)).mappings()]
        ids = range(first + 1, first + cases)
        session.execute(update(CaseRow).where(CaseRow.id == first).values(state=CaseState.NEEDS_REVIEW))
        session.execute(insert(CaseRow), [
            {**case, "id": n, "po_number": f"PO-{n}", "cost": float(n % 997), "state": CaseState.NEEDS_REVIEW,
             "due_at": now() + timedelta(minutes=n % 600 - 60)} for n in ids])
        session.execute(insert(DraftRow), [{**draft, "case_id": n} for n in ids])
        session.execute(insert(DoubtRow), [{**d, "case_id": n} for n in ids for d in doubts])
        words = ("shoulder", "bolt", "sample", "works")
        session.execute(insert(CaseWordRow), [
            {"word": word, "case_id": n} for n in ids for word in (*words, f"po{n}", *(f"w{n % 50}x{k}" for k in range(WORDS)))])
    return user
