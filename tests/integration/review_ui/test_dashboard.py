"""The dashboard: what it counts, whose it counts, and a table that computes nothing in anybody's spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

import openpyxl
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.flow import load_flow, load_waiting
from matching.flow_figures import LINE_FIELDS, ORDER_FIELDS, load_figures
from models.domain.doubt import DoubtCode
from models.domain.states import CaseState
from models.tables.cases import CaseRow, CorrectionRow, DoubtRow, DraftRow
from models.tables.decisions import CaseDecisionRow
from models.tables.desk import CaseVisitRow
from models.tables.people import UserRow
from review_ui.presenters.doubt_words import DOUBT_WORDS, FIELD_WORDS
from runtime.db import Database
from tests.integration.review_ui.conftest import Visit
from tests.support.desk import Desk, make_desk
from tests.support.desk_cases import add_bare_case, add_master_data, add_message


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    """Three orders decided: one untouched, one held and corrected in two fields, one of a formula-minded customer."""
    made = make_desk(tmp_path, db=database)
    with made.db.write() as db:
        made.ids |= add_master_data(db)
    for n, (po, is_approved) in enumerate((("PO-1", True), ("PO-2", False), ("=1+1", True))):
        with made.db.write() as db:
            case_id = bare(db, made, CaseState.HANDED_OVER if is_approved else CaseState.APPROVED, po)
            at = made.now() - timedelta(days=n + 1)
            db.add(DraftRow(case_id=case_id, version=1, content="{}", made_by="ordermill", made_at=at))
            db.flush()
            db.add(CaseDecisionRow(
                case_id=case_id, version=1, is_approved=is_approved, is_sampled=False, score=0.99, threshold=None, share=0.05,
                lines=4, at=at))
            if not is_approved:
                held(db, case_id, at)
    return made


def bare(db: Session, desk: Desk, state: CaseState, po_number: str) -> int:
    return add_bare_case(db, desk, add_message(desk, db, subject=po_number), state=state, po_number=po_number)


def held(db: Session, case_id: int, at: datetime) -> None:
    user_id = db.execute(select(UserRow.id).where(UserRow.login == "anna")).scalar_one()
    codes = (DoubtCode.PRICE_DEVIATION, DoubtCode.UNKNOWN_ITEM, DoubtCode.PRICE_DEVIATION)
    db.add_all(DoubtRow(case_id=case_id, version=1, position=n, code=c, sentence="x", content="{}") for n, c in enumerate(codes))
    db.add_all(
        CorrectionRow(case_id=case_id, version=1, path=path, after="x", user_id=user_id, at=at)
        for path in ("po_number", "lines.1.quantity", "lines.1.quantity"))
    db.add_all(
        CaseVisitRow(case_id=case_id, user_id=user_id, keys=2, clicks=0, active_seconds=7.5, ended_at=at) for _ in range(2))


def test_what_happened_is_counted_once(desk: Desk) -> None:
    with desk.db.read() as db:
        flow = load_flow(db, desk.now() - timedelta(days=30))
        figures = load_figures(db, desk.now() - timedelta(days=30), desk.now())
    assert [c.po_number for c in flow] == ["=1+1", "PO-2", "PO-1"]
    assert (flow[1].keys, flow[1].seconds) == (4, 15.0)
    assert (figures.orders, figures.touchless) == (3, pytest.approx(2 / 3))
    assert figures.reasons == ((DoubtCode.PRICE_DEVIATION, 1), (DoubtCode.UNKNOWN_ITEM, 1))
    shares = dict(figures.accuracy)
    assert shares["po_number"] == pytest.approx(2 / 3) and shares["line quantity"] == pytest.approx(11 / 12)
    assert shares["customer"] == 1.0


@pytest.mark.parametrize("days", [1, 7, 30, 90, 365])
def test_a_period_is_cut_into_stretches_that_hold_every_order_once(desk: Desk, days: int) -> None:
    since = desk.now() - timedelta(days=days)
    with desk.db.read() as db:
        inside, figures = load_flow(db, since), load_figures(db, since, desk.now())
    assert sum(p.orders for p in figures.spans) == figures.orders == len(inside) and len(figures.spans) <= 15


@pytest.mark.parametrize("more", [(), (9,), (9, 1)])
def test_time_and_keys_of_a_stretch_are_medians_of_what_somebody_had_open(desk: Desk, more: tuple[int, ...]) -> None:
    at = desk.now() - timedelta(days=2)
    with desk.db.write() as db:
        user_id = db.execute(select(UserRow.id).where(UserRow.login == "anna")).scalar_one()
        for keys in more:
            case_id = bare(db, desk, CaseState.HANDED_OVER, f"M-{keys}")
            db.add(DraftRow(case_id=case_id, version=1, content="{}", made_by="ordermill", made_at=at))
            db.flush()
            db.add(CaseDecisionRow(
                case_id=case_id, version=1, is_approved=False, is_sampled=False, score=None, threshold=None, share=1.0, lines=1,
                at=at))
            db.add(CaseVisitRow(case_id=case_id, user_id=user_id, keys=keys, clicks=0, active_seconds=keys / 2, ended_at=at))
    with desk.db.read() as db:
        (span,) = [s for s in load_figures(db, desk.now() - timedelta(days=7), desk.now()).spans if s.keys is not None]
    assert (span.keys, span.seconds) == (median((4, *more)), median((15.0, *(keys / 2 for keys in more))))


def test_the_queue_by_age(desk: Desk) -> None:
    at = desk.now()
    for hours in (0, 2, 30, 200):
        with desk.db.write() as db:
            case_id = bare(db, desk, CaseState.NEEDS_REVIEW, f"W-{hours}")
            db.get_one(CaseRow, case_id).received_at = at - timedelta(hours=hours, minutes=1)
    with desk.db.read() as db:
        waiting = load_waiting(db, at)
    assert waiting.by_age == ((1, 1), (4, 1), (24, 0), (72, 1), (None, 1))


def test_the_page_shows_it_for_a_period_and_a_customer(visit: Visit) -> None:
    vera = visit("vera")
    page = vera.get("/dashboard?days=90").text
    assert "66.7%" in page and "Price differs" in page and "<svg" in page
    assert vera.get("/dashboard?days=90&customer=nobody").status_code == 404
    assert vera.get("/dashboard?days=1000").status_code == 422


def test_a_german_page_calls_questions_and_fields_by_german_words(visit: Visit) -> None:
    page = visit("anna").get("/dashboard?days=30", headers={"accept-language": "de"}).text
    assert "Preis weicht ab: 1" in page and "Menge einer Position: " in page and "Bestellnummer: " in page
    assert not re.search(r"price deviation|line quantity|\d\.\d%|Price differs", page)


def test_every_question_and_every_measured_field_has_a_word() -> None:
    assert set(DOUBT_WORDS) == set(DoubtCode)
    assert set(FIELD_WORDS) == {*ORDER_FIELDS, *(f"line {name}" for name in LINE_FIELDS)}


def test_the_table_holds_no_formula(visit: Visit) -> None:
    vera = visit("vera")
    rows = list(csv.DictReader(io.StringIO(vera.get("/dashboard/orders.csv").content.decode("utf-8-sig"))))
    assert [row["po_number"] for row in rows] == ["'=1+1", "PO-2", "PO-1"]
    book = openpyxl.load_workbook(io.BytesIO(vera.get("/dashboard/orders.xlsx").content))
    cells = [cell for row in book["Orders"].iter_rows() for cell in row]
    assert len(cells) == 4 * 13 and all(cell.data_type != "f" for cell in cells)
